"""Pages that a code opens for whoever holds it: the question for the code, what it opened in this browser, and its end.

A right code always works; wrong ones run into the limits, and whatever is wrong with a code, the answer is the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, g, make_response, redirect, request, session
from flask_babel import lazy_gettext as _l
from wtforms import StringField

from core import clock, limits, sessions
from core.forms import OfficeForm
from core.pages import page

OPEN_FOR = timedelta(minutes=30)  # where somebody is signed in, the sitting itself lasts longer


class CodeForm(OfficeForm):
    """The code of something."""

    receipt = StringField(_l("Receipt code"))


@dataclass(frozen=True)
class Opener:
    """What the code of one kind of thing opens. The template extends look_up.html."""

    name: str  # under which the sitting remembers what was opened
    template: str
    form: type[CodeForm]
    find: Callable[[str], int | None]  # the id of what a code opens; whatever was typed costs the same

    def ask(self) -> Response:
        """The question for the code."""
        return page(self.template, form=self.form(), wait=0)

    def look_up(self, then: str) -> Response:
        """Open what the typed code is for, and go to its page; else say that there is nothing, or to wait."""
        form = self.form()
        typed = form.receipt.data or ""
        id = self.find(typed)
        if id is None:
            wait = limits.wrong_receipt(request, typed)
            answer = page(self.template, status=429 if wait else 404, form=form, wait=wait)
            if wait:
                answer.headers["Retry-After"] = str(wait)
            return answer
        until = clock.now() + OPEN_FOR
        sessions.hold(sessions.current(), **{self.name: id, f"{self.name}_until": until.isoformat()})
        return make_response(redirect(then, 303))

    def held(self) -> int | None:
        """The id of what this browser has opened by its code, if that is not too long ago."""
        id, until = session.get(self.name), session.get(f"{self.name}_until", "")
        return id if id and until and clock.now() <= datetime.fromisoformat(until) else None

    def close(self, sent: str) -> None:
        """Close it on this device, and what was just sent, which the sitting has under that name."""
        if g.viewer is None:
            sessions.end(sessions.current())
        else:
            sessions.keep(sessions.current(), **{self.name: None, sent: ""})
