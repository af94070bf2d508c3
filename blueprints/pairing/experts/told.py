"""What the roster tells of itself: its door, the words of the record."""

from flask_babel import lazy_gettext as _l

from blueprints.pairing.experts.domain import EVENT_LABELS
from core.desk import Door
from core.record import Told

DOORS = (
    Door("experts.read", "experts.roster", _l("Experts"), _l("Who knows which trade, and when they can be asked.")),
)

TOLD = (Told("expert", EVENT_LABELS),)
