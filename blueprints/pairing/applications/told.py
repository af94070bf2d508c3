"""What the applications tell of themselves: their door, the words of the record, what is due on a desk."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from blueprints.pairing.applications.domain import EVENT_LABELS, STATE_LABELS, State
from blueprints.pairing.applications.models import Application
from blueprints.pairing.applications.queries import waiting
from core.desk import Door, Part, Row, waits
from core.record import Told
from core.roles import Viewer

DOORS = (
    Door(
        "applications.work",
        "applications.listed",
        _l("Applications for posts in villages"),
        _l("Who wants to go into a village, who is matched, who is on the reserve list."),
        in_menu=False,
    ),
)

TOLD = (Told("post_application", EVENT_LABELS, names=select(Application.id, Application.number), public=True),)


def desk(viewer: Viewer) -> list[Part]:
    """The applications that wait for an answer or for the first day, and the reserve whose time is over."""
    return [Part("post_applications", _l("Applications for posts in villages"), waits(waiting(viewer), _application))]


def _application(each: Application) -> Row:
    state, name = STATE_LABELS[State(each.state)], each.name or each.number
    return Row(name, "applications.show", {"id": each.id}, each.due_on, state, each.number)
