"""Lists of households, each a constant number of queries."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, select

from blueprints.pairing.households.domain import EVENT_LABELS, State
from blueprints.pairing.households.models import AROUND, Household, seen_by
from blueprints.pairing.rounds.domain import SHOWN
from blueprints.pairing.rounds.models import Round
from blueprints.pairing.timeline import happened
from core import clock
from core.extensions import db
from core.pages import Listing, newest_key
from core.record import Happened
from core.roles import Viewer

PAGE = 50
MOST = 500


@dataclass(frozen=True)
class Filter:
    """What the list is narrowed to; an empty word means everything."""

    state: str = ""
    township: str = ""
    year: str = ""  # in which it was named
    due: bool = False  # the visit a year later is due

    def asked(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        return {name: "y" if word is True else str(word) for name, word in asdict(self).items() if word}

    def clauses(self) -> Iterator[ColumnElement[bool]]:
        """The filter as WHERE clauses."""
        if self.state:
            yield Household.state == self.state
        if self.township:
            yield Household.township_code == self.township
        if self.year:
            yield Household.year == int(self.year)
        if self.due:
            yield Household.due_on <= clock.today()


def listed(viewer: Viewer, wanted: Filter, after: str = "") -> Listing[Household]:
    """One page of the households this person may see, the newest first."""
    rows = select(Household).where(seen_by(viewer), *wanted.clauses()).options(*AROUND)
    if key := newest_key(after):
        rows = rows.where(Household.id < key)
    found = db.session.scalars(rows.order_by(Household.id.desc()).limit(PAGE + 1)).all()
    return Listing(found[:PAGE], str(found[PAGE - 1].id) if len(found) > PAGE else None, wanted.asked())


def of_round(of: Round, viewer: Viewer) -> Sequence[Household]:
    """The households of a round that this person may see, in the order in which they were nominated."""
    rows = select(Household).where(Household.round_id == of.id, seen_by(viewer)).options(*AROUND)
    return db.session.scalars(rows.order_by(Household.id).limit(MOST)).all()


def shown(id: int) -> Household | None:
    """A household on a list that everybody may read, if its photos may be seen there too."""
    on = (State.LISTED, State.NAMED)
    rows = select(Household).join(Round, Round.id == Household.round_id).where(Round.state.in_(SHOWN))
    return db.session.scalar(rows.where(Household.id == id, Household.state.in_(on), Household.shows_photos))


def timeline(household: Household, *, since: int = 0) -> list[Happened]:
    """What happened to a household, oldest first."""
    return happened(household.thread, EVENT_LABELS, since=since)
