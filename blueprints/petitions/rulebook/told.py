"""What the rulebook tells of itself: the words of the record."""

from sqlalchemy import select

from blueprints.petitions.rulebook.domain import PROCEDURE_EVENT_LABELS, YEAR_EVENT_LABELS
from core.procedures import Procedure
from core.record import Told

TOLD = (
    Told("calendar_year", YEAR_EVENT_LABELS, words=lambda year, data: str(year)),
    Told("procedure", PROCEDURE_EVENT_LABELS, names=select(Procedure.id, Procedure.code)),
)
