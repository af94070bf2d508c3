"""What the rules of procedure tell of themselves: their door, the words of the record."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from blueprints.rules.decisions.domain import EVENT_LABELS
from blueprints.rules.decisions.models import DecisionTable
from core.desk import Door
from core.record import Told

DOORS = (
    Door(
        "decisions.read",
        "decisions.who",
        _l("Who decides this?"),
        _l("Which meeting decides which matter, and the rule that says so."),
    ),
)

TOLD = (Told("decision_table", EVENT_LABELS, names=select(DecisionTable.id, DecisionTable.title)),)
