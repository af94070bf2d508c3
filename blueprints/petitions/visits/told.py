"""What the visits tell of themselves: their doors, the words of the record, and what is late on a desk."""

from typing import Any

from flask_babel import lazy_gettext as _l

from blueprints.petitions.visits.domain import EVENT_LABELS
from blueprints.petitions.visits.models import VisitPromise
from blueprints.petitions.visits.queries import late_promises
from core.desk import Door, Part, Row, Waiting
from core.extensions import look
from core.permissions import may
from core.record import Told
from core.roles import Viewer

DOORS = (Door("visits.read", "visits.index", _l("Down-visits"), _l("Plans, promises, and what was said on the spot.")),)

TOLD = (Told("visit", EVENT_LABELS),)


def desk(viewer: Viewer) -> list[Part]:
    """The promises that are late."""
    if not may(viewer, "visits.read"):
        return []
    query = late_promises(viewer)
    late = Waiting((query,), lambda: [_promise(each) for each in look(VisitPromise, query)])
    more = (_l("Late promises of the last visit"), "visits.promises", {"state": "late", "visit": "last"})
    return [Part("promises", _l("Late promises of down-visits"), late, _l("No promise is late."), more)]


def _promise(each: Any) -> Row:
    asked = {"state": "late", "visit": each.visit_id}
    return Row(each.text, "visits.promises", asked, each.due_on, note=f"{each.unit_name} · {each.owner_name}")
