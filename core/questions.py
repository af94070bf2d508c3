"""One question about a row, asked by GET and answered by POST: a step of a procedure, or what concerns a part of it.

Whatever a room asks behaves alike: what is not open any more says so, a form with a fault comes back with what was
typed, and of two people at once the later one is shown what the first one did, with the own text still in the form.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from flask import Response, flash, make_response, redirect, request
from flask_babel import gettext as _

from core.extensions import READING, db
from core.forms import ChangeForm
from core.pages import page
from core.workflow import NotPossible


class Changing(Protocol):
    """A row whose version counts its changes."""

    version: Any


@dataclass(frozen=True)
class Question:
    """What is asked. `template` extends question.html, whose blocks it may fill; `about` is what it reads besides."""

    title: Any  # a heading, and the words of the button
    form: ChangeForm
    row: Changing
    back: str  # the address of the row: the way back, and where a good answer leads
    act: Callable[[], Any]  # what a good answer does. Raises NotPossible
    crumbs: Sequence[tuple[Any, str]] = ()  # the way here: words and address
    open: bool = True
    told: str = ""  # what it is about, where that is not plain from the way here
    explained: Any = ""  # what a yes means, where nothing is to be filled in
    changes: Callable[[int], Sequence[Any]] = lambda since: ()  # what happened after that version
    refused: Callable[[NotPossible], Any] | None = None  # why it was not possible, where the row can say
    template: str = "question.html"
    block: str = "step"  # what HTMX puts into a page
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def current(self) -> bool:
        """Whether an answer comes to the row as it is, while the question is open."""
        return sends() and self.open and self.form.seen == self.row.version

    def draw(self, status: int = 200, **more: Any) -> Response:
        """The page of the question."""
        words = {"heading": self.title, "told": self.told, "explained": self.explained, "back": self.back}
        answer = {"form": self.form, "crumbs": self.crumbs, **words, **self.about, **more}
        return page(self.template, block=self.block, status=status, **answer)


def sends() -> bool:
    """Whether this request answers: then the row is held from the start."""
    return request.method not in READING


def ask(question: Question) -> Response:
    """The question, or what became of the answer."""
    form, row = question.form, question.row
    if not sends():
        if not question.open:
            flash(_("This step is not open now."), "warning")
            return make_response(redirect(question.back, 303))
        form.version.data = str(row.version)
        return question.draw()
    if not question.current:
        return _late(question, question.open)
    if not form.validate_on_submit():
        return question.draw(422)
    try:
        question.act()
    except NotPossible as why:
        db.session.rollback()
        if question.refused is None:
            return _late(question, still_open=False)
        form.form_errors.append(question.refused(why))
        return question.draw(422)
    flash(_("Done: %(step)s.", step=question.title), "success")
    return make_response(redirect(question.back, 303))


def _late(question: Question, still_open: bool) -> Response:
    """Somebody else was first: what they did, and the own text still in the form."""
    changes = question.changes(max(question.form.seen, 0))
    question.form.version.data = str(question.row.version)
    return question.draw(409, late=True, changes=changes, open_still=still_open)
