"""What objections tell of themselves: the words of the record."""

from blueprints.pairing.objections.domain import EVENT_LABELS
from core.record import Told

TOLD = (Told("household_objection", EVENT_LABELS, public=True),)
