"""What the rulebook tells of itself: its doors, the words of the record."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from blueprints.petitions.rulebook.domain import PROCEDURE_EVENT_LABELS, YEAR_EVENT_LABELS
from core.desk import Door
from core.procedures import Procedure
from core.record import Told

DOORS = (
    Door(
        "settings.read",
        "rulebook.all_procedures",
        _l("Clocks and calendar"),
        _l("The procedures and their time limits, and the working days."),
    ),
)

TOLD = (
    Told("calendar_year", YEAR_EVENT_LABELS, words=lambda year, data: str(year)),
    Told("procedure", PROCEDURE_EVENT_LABELS, names=select(Procedure.id, Procedure.code)),
)
