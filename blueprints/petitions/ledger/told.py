"""What the ledger tells of itself: the words of the record."""

from blueprints.petitions.ledger.domain import EVENT_LABELS
from core.record import Told

TOLD = (Told("ledger_table", EVENT_LABELS),)
