"""What everybody sends by a form and follows by a code: the form's key, the code that is shown once, the question for
it, what it opened in this browser, and its end.

A right code always works; wrong ones run into the limits, and whatever is wrong with a code, the answer is the same.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response, g, make_response, redirect, request, session
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField

from core import clock, limits, receipts, sendings, sessions
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
    sent: str  # and under which what was just sent
    template: str
    form: type[CodeForm]
    find: Callable[[str], int | None]  # the id of what a code opens; whatever was typed costs the same

    def begin(self) -> None:
        """This browser is about to be given the form: it has a key, by which a form sent twice is one."""
        if not session.get("form_key"):
            session["form_key"] = secrets.token_hex(16)

    def number(self, content: object) -> bytes:
        """The number of what is sent now (core/sendings.py)."""
        return sendings.number_of(sessions.current().setdefault("form_key", secrets.token_hex(16)), content)

    def keep(self, number: bytes) -> None:
        """It was taken in: the next page may show its code."""
        sessions.keep(sessions.current(), **{self.sent: number.hex()})

    def another(self) -> None:
        """What was sent is withdrawn: who sends the same once more sends another form."""
        sessions.keep(sessions.current(), form_key=secrets.token_hex(16))

    def once(self, draw: Callable[[bytes], Response | None], otherwise: str) -> Response:
        """The page that `draw` makes of what was just sent, once; afterwards, or where there is nothing, the other."""
        number = bytes.fromhex(session.get(self.sent, ""))
        answer = draw(number) if number and sendings.to_show(number) else None
        if answer is None:
            return page(otherwise)
        if request.method == "GET":  # a HEAD shows nobody anything
            sendings.note_shown(number)
        return answer

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

    def close(self) -> None:
        """Close it on this device, and what was just sent."""
        if g.viewer is None:
            sessions.end(sessions.current())
        else:
            sessions.keep(sessions.current(), **{self.name: None, self.sent: ""})


def shown(number: bytes) -> dict[str, Any]:
    """The code of a sending for its page, with its picture."""
    own = sendings.code(number)
    return {"code": own, "qr": receipts.qr_svg(own, _("Code as a picture for a phone"), "qr")}
