"""What figures tell of themselves: their doors, the words of the record."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from blueprints.petitions.figures.domain import BEHIND_LABELS, EVENT_LABELS, Measure
from core.desk import Door
from core.record import Told


def _taken_along(_id: int, data: dict[str, Any]) -> str:
    """How many matters, behind which measure of which period."""
    many = ngettext("%(num)s matter", "%(num)s matters", data["rows"])
    asked = data["asked"]
    measure = asked.get("measure", "")
    label = BEHIND_LABELS[Measure(measure)].get(asked.get("part", ""), "") if measure in set(Measure) else ""
    return " · ".join(filter(None, [many, str(label), asked.get("period", "")]))


DOORS = (Door("figures.read", "figures.figures", _l("Figures"), _l("In time, solved where it arose, satisfaction.")),)

TOLD = (Told("figures", EVENT_LABELS, words=_taken_along),)
