"""What the causes tell of themselves: their doors, the words of the record, and what is due on a desk."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from blueprints.petitions.causes.domain import EVENT_LABELS, PROPOSAL_EVENT_LABELS
from blueprints.petitions.causes.models import Cause, Proposal, unwalled
from blueprints.petitions.causes.queries import Due, of_case, on_desk, waiting
from blueprints.petitions.docket.domain import STAFF
from core.desk import Door, Part, Row, Waiting
from core.extensions import look
from core.record import Told, about
from core.roles import Viewer

DOORS = (Door("causes.read", "causes.listed", _l("Root causes"), _l("What letters come from, what is done about it.")),)

TOLD = (
    Told(
        "cause",
        EVENT_LABELS,
        names=select(Cause.id, Cause.number),
        wall=lambda viewer: about(Cause, unwalled(viewer)),
    ),
    Told(
        "cause_proposal",
        PROPOSAL_EVENT_LABELS,
        names=select(Proposal.id, Cause.number).join(Cause, Cause.id == Proposal.cause_id),
        wall=lambda viewer: about(Proposal, Cause.id == Proposal.cause_id, unwalled(viewer)),
    ),
)
KINDS = {
    "remedy": _l("Remedy"),
    "answer": _l("Proposal to answer"),
    "overdue": _l("Answer of a unit is late"),
}


def desk(viewer: Viewer) -> list[Part]:
    """Remedies and proposals that are late or due within a week."""
    due = Waiting(waiting(viewer), lambda: [_row(each) for each in on_desk(viewer)])
    return [Part("causes", _l("Remedies and proposals"), due)]


def case(id: int, viewer: Viewer) -> dict[str, Waiting[Cause]]:
    """The causes that a case comes from, as far as its reader may see them."""
    query = of_case(viewer)
    return {"causes": Waiting((query,) if viewer.role in STAFF else (), lambda: look(Cause, query, petition=id))}


def _row(each: Due) -> Row:
    return Row(each.words, each.endpoint, {"id": each.id}, each.due_on, KINDS[each.what])
