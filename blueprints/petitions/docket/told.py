"""What the docket tells of itself: the words of the record."""

from sqlalchemy import select

from blueprints.petitions.docket.domain import EVENT_LABELS
from blueprints.petitions.docket.models import Petition, unwalled
from core.record import Told, about

TOLD = (
    Told(
        "petition",
        EVENT_LABELS,
        names=select(Petition.id, Petition.number),
        wall=lambda viewer: about(Petition, unwalled(viewer)),
        public=True,
    ),
)
