"""What official receptions tell of themselves: their door, the words of the record, and what waits on a desk."""

from functools import partial

from flask_babel import format_date
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from blueprints.rules.receptions.domain import EVENT_LABELS, STANDARD_EVENT_LABELS
from blueprints.rules.receptions.models import Reception, StandardVersion
from blueprints.rules.receptions.queries import bills, waiting, why
from core.desk import Door, Part, Row, waits
from core.record import Told
from core.roles import Viewer

DOORS = (
    Door(
        "receptions.read",
        "receptions.listed",
        _l("Official receptions"),
        _l("Asked for before the event, held against the standard, paid by a bill."),
    ),
    Door("receptions.set", "receptions.standards", _l("Standards of receptions")),
)

TOLD = (
    Told("official_reception", EVENT_LABELS, names=select(Reception.id, Reception.number)),
    Told("reception_standard", STANDARD_EVENT_LABELS, names=select(StandardVersion.id, StandardVersion.code)),
)
WHY = {
    "approve": _l("To approve"),
    "returned": _l("Sent back to you"),
    "rebilled": _l("Bill sent back"),
    "bill": _l("Bill to enter"),
    "late": _l("Bill is late"),
}


def desk(viewer: Viewer) -> list[Part]:
    """What waits for this person: before the day of the event, before that of the bill, and bills to look at."""
    return [
        Part("receptions", _l("Official receptions"), waits(waiting(viewer), partial(_dated, viewer))),
        Part("reception-bills", _l("Bills of receptions to look at"), waits(bills(viewer), _bill)),
    ]


def _dated(viewer: Viewer, row: Reception) -> Row:
    reason = why(row, viewer)
    due_on = row.from_on if reason in ("approve", "returned") else row.bill_due_on
    return Row(_words(row), "receptions.show", {"id": row.id}, due_on, WHY[reason])


def _bill(row: Reception) -> Row:
    return Row(_words(row), "receptions.show", {"id": row.id})


def _words(row: Reception) -> str:
    return f"{row.guest_unit} · {format_date(row.from_on, 'long')}"
