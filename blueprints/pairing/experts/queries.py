"""The roster, by what is needed: a trade, a season, who can be asked."""

from dataclasses import asdict, dataclass

from sqlalchemy import exists, select

from blueprints.pairing.experts.domain import EVENT_LABELS, Season
from blueprints.pairing.experts.models import Expert, ExpertTrade
from blueprints.pairing.timeline import happened
from core.extensions import db
from core.pages import Listing, newest_key
from core.record import Happened

PAGE = 50


@dataclass(frozen=True)
class Filter:
    """What the roster is narrowed to; an empty word means everything."""

    trade: str = ""
    season: str = ""
    state: str = ""

    def asked_for(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        return {name: word for name, word in asdict(self).items() if word}


def roster(wanted: Filter, after: str = "") -> Listing[Expert]:
    """The experts under a filter, the newest entry first."""
    rows = select(Expert).order_by(Expert.id.desc()).limit(PAGE + 1)
    if wanted.trade:
        rows = rows.where(exists().where(ExpertTrade.expert_id == Expert.id, ExpertTrade.trade == wanted.trade))
    if wanted.season:
        rows = rows.where(Expert.season.in_({wanted.season, Season.ALL}))
    if wanted.state:
        rows = rows.where(Expert.state == wanted.state)
    if key := newest_key(after):
        rows = rows.where(Expert.id < key)
    found = list(db.session.scalars(rows))
    return Listing(found[:PAGE], str(found[PAGE - 1].id) if len(found) > PAGE else None, wanted.asked_for())


def timeline(expert: Expert, *, since: int = 0) -> list[Happened]:
    """What happened to an entry, oldest first."""
    return happened(expert.thread, EVENT_LABELS, since=since)
