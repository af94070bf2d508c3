"""What questions tell of themselves: their door, the words of the record, what waits on a desk."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from blueprints.pairing.questions.domain import EVENT_LABELS
from blueprints.pairing.questions.models import Question
from blueprints.pairing.questions.queries import on_desk, waiting
from core.desk import Door, Part, Row, Waiting
from core.record import Told
from core.roles import Viewer

DOORS = (
    Door(
        "questions.read",
        "questions.index",
        _l("Farmers' questions"),
        _l("Technical questions from the fields, and who answers them."),
    ),
)

TOLD = (Told("question", EVENT_LABELS, names=select(Question.id, Question.number), public=True),)


def desk(viewer: Viewer) -> list[Part]:
    """The questions that wait for this person, and the answers to be read for names before they are published."""
    due = Waiting(waiting(viewer), lambda: [_row(each) for each in on_desk(viewer) if each.due_on])
    agreed = Waiting(waiting(viewer), lambda: [_row(each) for each in on_desk(viewer) if not each.due_on])
    return [
        Part("questions", _l("Farmers' questions that wait for you"), due),
        Part("answers", _l("Answers to read for names and publish"), agreed),
    ]


def _row(each: Question) -> Row:
    return Row(each.subject, "questions.show", {"id": each.id}, each.due_on)
