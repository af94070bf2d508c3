"""What the daily work tells of itself: the words of the record."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from blueprints.petitions.daily.domain import EVENT_LABELS
from blueprints.petitions.docket.domain import LABELS
from core.record import Told
from core.texts import plain


def _taken_along(_id: int, data: dict[str, Any]) -> str:
    """Of a list that was taken along: how many matters, and under which filter."""
    labels = plain(LABELS)
    asked = {name: labels.get(name, {}).get(word, word) for name, word in data["filter"].items()}
    many = ngettext("%(num)s matter", "%(num)s matters", data["rows"])
    return " · ".join([many, *map(str, asked.values()), *([_("Search")] if data["searched"] else [])])


TOLD = (Told("export", EVENT_LABELS, words=_taken_along),)
