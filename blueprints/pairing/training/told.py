"""What training tells of itself: its door, the words of the record, what is due on a desk."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from blueprints.pairing.training.domain import EVENT_LABELS, PLACE_EVENT_LABELS
from blueprints.pairing.training.models import Course
from blueprints.pairing.training.queries import due
from core.desk import Door, Part, Row, waits
from core.record import Told
from core.roles import Viewer

DOORS = (
    Door(
        "training.read",
        "training.courses",
        _l("Training courses"),
        _l("Courses in the villages: who comes, who came, what they thought of it."),
    ),
)

TOLD = (
    Told("course", EVENT_LABELS, names=select(Course.id, Course.title), public=True),
    Told("course_place", PLACE_EVENT_LABELS, public=True),
)


def desk(viewer: Viewer) -> list[Part]:
    """The courses of the own unit that are near, or over and not recorded as held."""
    return [Part("courses", _l("Training courses: prepare, hold, record"), waits(due(viewer), _course))]


def _course(each: Course) -> Row:
    return Row(each.title, "training.show", {"id": each.id}, each.held_on)
