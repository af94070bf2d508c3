"""What the reception tells of itself: the words of the record."""

from blueprints.petitions.reception.domain import DAY_EVENTS, HOURS_EVENTS
from core.record import Told

TOLD = (Told("reception_day", DAY_EVENTS), Told("window_hours", HOURS_EVENTS))
