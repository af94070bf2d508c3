"""What the ledger tells of itself: its doors, the words of the record."""

from flask_babel import lazy_gettext as _l

from blueprints.petitions.ledger.domain import EVENT_LABELS
from core.desk import Door
from core.record import Told

DOORS = (Door("petitions.register", "ledger.ask", _l("Import a register")),)

TOLD = (Told("ledger_table", EVENT_LABELS),)
