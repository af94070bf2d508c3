"""What the docket tells of itself: its doors, the words of the record."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, select

from blueprints.petitions.docket.domain import EVENT_LABELS, Channel
from blueprints.petitions.docket.models import Petition, unwalled
from core.desk import Door
from core.record import Entry, Told, about

DOORS = (
    Door("petitions.read", "docket.queue", _l("Queue"), _l("All matters that you may see, the most urgent first.")),
)

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
