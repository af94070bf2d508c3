"""What official receptions tell of themselves: their door, the words of the record, and what waits on a desk."""

from flask_babel import format_date
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from blueprints.rules.receptions.domain import EVENT_LABELS, STANDARD_EVENT_LABELS
from blueprints.rules.receptions.models import Reception, StandardVersion
from blueprints.rules.receptions.queries import Task, on_desk, waiting
from core.desk import Door, Part, Row, Waiting
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
    dated = Waiting(waiting(viewer), lambda: [_dated(each) for each in on_desk(viewer) if each.why in WHY])
    bills = Waiting(waiting(viewer), lambda: [_bill(each) for each in on_desk(viewer) if each.why not in WHY])
    return [
        Part("receptions", _l("Official receptions"), dated),
        Part("reception-bills", _l("Bills of receptions to look at"), bills),
    ]


def _dated(task: Task) -> Row:
    row, why = task
    due_on = row.from_on if why in ("approve", "returned") else row.bill_due_on
    return Row(_words(row), "receptions.show", {"id": row.id}, due_on, WHY[why])


def _bill(task: Task) -> Row:
    return Row(_words(task.row), "receptions.show", {"id": task.row.id})


def _words(row: Reception) -> str:
    return f"{row.guest_unit} · {format_date(row.from_on, 'long')}"
