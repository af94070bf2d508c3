"""What the visits tell of themselves: their doors, the words of the record, and what is late on a desk."""

from flask_babel import lazy_gettext as _l

from blueprints.petitions.visits.domain import EVENT_LABELS
from blueprints.petitions.visits.queries import late_promises
from core.desk import Door, Part, Row
from core.permissions import may
from core.record import Told
from core.roles import Viewer

DOORS = (Door("visits.read", "visits.index", _l("Down-visits"), _l("Plans, promises, and what was said on the spot.")),)

TOLD = (Told("visit", EVENT_LABELS),)


def desk(viewer: Viewer) -> list[Part]:
    """The promises that are late."""
    if not may(viewer, "visits.read"):
        return []
    rows = [
        Row(
            each.text,
            "visits.promises",
            {"state": "late", "visit": each.visit_id},
            each.due_on,
            note=f"{each.unit_name} · {each.owner_name}",
        )
        for each in late_promises(viewer)
    ]
    more = (_l("Late promises of the last visit"), "visits.promises", {"state": "late", "visit": "last"})
    return [Part("promises", _l("Late promises of down-visits"), rows, _l("No promise is late."), more)]
