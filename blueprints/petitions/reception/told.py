"""What the reception tells of itself: its doors, the words of the record."""

from flask_babel import lazy_gettext as _l

from blueprints.petitions.reception.domain import DAY_EVENTS, HOURS_EVENTS
from core.desk import Door
from core.record import Told

DOORS = (Door("visits.read", "reception.index", _l("Reception days")),)

TOLD = (Told("reception_day", DAY_EVENTS), Told("window_hours", HOURS_EVENTS))
