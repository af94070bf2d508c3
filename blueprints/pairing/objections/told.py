"""What objections tell of themselves: their door, the words of the record, which wait for their answer."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import true

from blueprints.pairing.objections.domain import EVENT_LABELS
from blueprints.pairing.objections.models import Objection, seen_by
from blueprints.pairing.objections.queries import waiting
from core.desk import Door, Part, Row, waits
from core.record import Told, about
from core.roles import Role, Viewer

DOORS = (Door("objections.answer", "objections.listed", _l("Objections to lists on notice"), in_menu=False),)

TOLD = (
    Told(
        "household_objection",
        EVENT_LABELS,
        wall=lambda viewer: true() if viewer.role is Role.AUDITOR else about(Objection, seen_by(viewer)),
        public=True,
    ),
)


def desk(viewer: Viewer) -> list[Part]:
    """The objections that this person may answer."""
    return [Part("objections", _l("Objections to answer"), waits(waiting(viewer), _objection))]


def _objection(each: Objection) -> Row:
    return Row(str(each.household.round.title), "objections.show", {"id": each.id}, each.due_on)
