"""Lists with names of people that are taken along as a workbook: who took how many rows, under which filter."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from core.record import Thread, write
from core.roles import Viewer

EVENT_LABELS = {"taken along": _l("List taken along")}


def note_taken(kind: str, viewer: Viewer, rows: int, filter: Mapping[str, str]) -> None:
    """Write down that somebody took a list along. The filter is made of words of ours and codes of places."""
    write(Thread(kind, viewer.id), "taken along", by=viewer.id, rows=rows, filter=dict(filter))


def many(_id: int, data: dict[str, Any]) -> str:
    """How many rows, as the record tells it."""
    words: str = ngettext("%(num)s row", "%(num)s rows", data["rows"])
    return words
