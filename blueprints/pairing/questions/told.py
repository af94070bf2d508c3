"""What questions tell of themselves: their door, the words of the record, what waits on a desk."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from blueprints.pairing.questions.domain import EVENT_LABELS
from blueprints.pairing.questions.models import Question
from blueprints.pairing.questions.queries import agreed, waiting
from core.desk import Door, Part, Row, waits
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
    return [
        Part("questions", _l("Farmers' questions that wait for you"), waits(waiting(viewer), _row)),
        Part("answers", _l("Answers to read for names and publish"), waits(agreed(viewer), _row)),
    ]


def _row(each: Question) -> Row:
    return Row(each.subject, "questions.show", {"id": each.id}, each.due_on)
