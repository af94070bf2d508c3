"""What the pairings tell of themselves: the words of the record, and the goals that are due on a desk."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from blueprints.accounts.models import Unit
from blueprints.pairing.pairs.domain import EVENT_LABELS
from blueprints.pairing.pairs.models import Goal, Pairing
from blueprints.pairing.pairs.queries import on_desk, run_out
from core.desk import Part, Row, waits
from core.places import Place
from core.record import Told
from core.roles import Viewer

_NAMES = select(Pairing.id, Unit.name + " – " + Place.name)

TOLD = (
    Told(
        "pairing",
        EVENT_LABELS,
        names=_NAMES.join(Unit, Unit.id == Pairing.unit_id).join(Place, Place.code == Pairing.place_code),
    ),
)


LATE: tuple[Any, str, dict[str, Any]] = (_l("All late promises"), "villages.late", {})


def desk(viewer: Viewer) -> list[Part]:
    """The goals of the year's plan that are late or due soon."""
    return [
        Part("goals", _l("Goals promised to villages"), waits(on_desk(viewer), _goal), more=LATE),
        Part("run_out", _l("Pairings whose term is over: prolong or end them"), waits(run_out(viewer), _over)),
    ]


def _goal(each: Goal) -> Row:
    village = each.pairing.place.full_name
    return Row(each.title, "pairs.show", {"id": each.pairing_id}, each.due_on, _l("Goal"), village)


def _over(each: Pairing) -> Row:
    return Row(each.partner, "pairs.show", {"id": each.id}, each.until_on, note=each.place.full_name)
