"""What rounds tell of themselves: their door, the words of the record."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from blueprints.pairing.rounds.domain import EVENT_LABELS
from blueprints.pairing.rounds.models import Round
from core.desk import Door
from core.record import Told

DOORS = (
    Door(
        "rounds.read",
        "rounds.listed",
        _l("Demonstration households: rounds"),
        _l("Rounds in which households are chosen as examples: criteria, panel, notice, results."),
        in_menu=False,
    ),
)

TOLD = (Told("household_round", EVENT_LABELS, names=select(Round.id, Round.title)),)
