"""The published answers, the newest first, found by words in Chinese or English."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Row, select

from blueprints.pairing.experts.domain import Season
from blueprints.pairing.questions.models import INDEX, Knowledge
from core import vault
from core.extensions import db, fetch
from core.pages import Listing, newest_key

PAGE = 20


@dataclass(frozen=True)
class Filter:
    """What the page is narrowed to; an empty word means everything."""

    q: str = ""
    trade: str = ""
    season: str = ""

    def asked_for(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        return {name: word for name, word in asdict(self).items() if word}


class Line(NamedTuple):
    """One answer in the list."""

    id: int
    title: str
    trade: str
    season: str
    published_on: date


_LINES = select(
    Knowledge.id,
    Knowledge.trade,
    Knowledge.season,
    Knowledge.published_on,
    Knowledge.title_sealed,
    Knowledge.question_sealed,
    Knowledge.answer_sealed,
)


def listed(wanted: Filter, after: str = "") -> Listing[Line]:
    """One page of the answers; a page of hits may be short and still have a next one."""
    rows, key = _LINES, newest_key(after)
    if wanted.trade:
        rows = rows.where(Knowledge.trade == wanted.trade)
    if wanted.season:
        rows = rows.where(Knowledge.season.in_({wanted.season, Season.ALL}))
    if wanted.q:
        found, further = INDEX.newest(rows, Knowledge.id, wanted.q, _words, most=PAGE, after=key)
    else:
        rows = rows.order_by(Knowledge.id.desc()).limit(PAGE + 1)
        there = fetch(db.session(), rows.where(Knowledge.id < key) if key else rows).all()
        found, further = list(there[:PAGE]), there[PAGE - 1].id if len(there) > PAGE else None
    return Listing([_line(row) for row in found], str(further) if further else None, wanted.asked_for())


def _line(row: Row[Any]) -> Line:
    return Line(row.id, _open(row, "title"), row.trade, row.season, row.published_on)


def _words(row: Row[Any]) -> str:
    return "\n".join(_open(row, name) for name in ("title", "question", "answer"))


def _open(row: Row[Any], name: str) -> str:
    column = f"{name}_sealed"
    return str(json.loads(vault.open(getattr(row, column), f"knowledge.{column}:{row.id}")))
