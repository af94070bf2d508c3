"""What the docket tells of itself: the words of the record."""

from sqlalchemy import and_, select

from blueprints.petitions.docket.domain import EVENT_LABELS, Channel
from blueprints.petitions.docket.models import Petition, unwalled
from core.record import Entry, Told, about

TOLD = (
    Told(
        "petition",
        EVENT_LABELS,
        names=select(Petition.id, Petition.number),
        wall=lambda viewer: about(Petition, unwalled(viewer)),
        public=True,
        unnamed=and_(Entry.action == "received", Entry.data["channel"].as_string() == Channel.ONLINE),  # by a contact
    ),
)
