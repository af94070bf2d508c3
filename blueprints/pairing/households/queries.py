"""Lists of households, each a constant number of queries."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, exists, false, func, select, true

from blueprints.pairing.households.domain import EVENT_LABELS, State
from blueprints.pairing.households.models import AROUND, FollowUp, Household, HouseholdPhoto, on_list, seen_by
from blueprints.pairing.rounds.domain import SHOWN
from blueprints.pairing.rounds.domain import State as RoundState
from blueprints.pairing.rounds.models import Round
from blueprints.pairing.timeline import happened
from core import clock
from core.desk import AT_MOST
from core.extensions import db, reading
from core.pages import Listing, newest_key
from core.receipts import digest_of_anything
from core.record import Happened
from core.roles import Role, Viewer

PAGE = 50
SOON = timedelta(days=30)
MOST = 500


@dataclass(frozen=True)
class Filter:
    """What the list is narrowed to; an empty word means everything."""

    state: str = ""
    township: str = ""
    village: str = ""
    unit: str = ""  # whose staff nominated it
    named: str = ""  # in that year
    visited: str = ""  # in that year
    due: str = ""  # a visit, in that year

    def asked(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        return {name: word for name, word in asdict(self).items() if word}

    def clauses(self) -> Iterator[ColumnElement[bool]]:
        """The filter as WHERE clauses."""
        if self.state:
            yield Household.state == self.state
        if self.township:
            yield Household.township_code == self.township
        if self.village:
            yield Household.place_code == self.village
        if self.unit:
            yield Household.unit_id == int(self.unit)
        if self.named:
            yield Household.year == int(self.named)
        if self.visited:
            made = FollowUp.made_on.between(*_year(self.visited))
            yield exists().where(FollowUp.household_id == Household.id, made)
        if self.due:
            yield Household.due_on.between(*_year(self.due))


def _year(of: str) -> tuple[date, date]:
    return date(int(of), 1, 1), date(int(of), 12, 31)


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


def to_check(viewer: Viewer) -> Select[Household] | None:
    """For the desk of a clerk: the nominations that nobody has looked at, in rounds that are open for them."""
    return _TO_CHECK if viewer.role is Role.CLERK else None


_TO_CHECK = (
    select(Household)
    .join(Round, Round.id == Household.round_id)
    .where(Round.state == RoundState.NOMINATING, Household.state == State.NOMINATED)
    .options(*AROUND)
    .order_by(Household.id)
    .limit(AT_MOST)
)


def to_visit(viewer: Viewer) -> Select[Household] | None:
    """For the desk: the households to visit soon, of the office, the own village, or nominated by the own unit."""
    if viewer.role not in (Role.CLERK, Role.CONTACT, Role.HANDLER):
        return None
    return _to_visit(viewer, clock.today())


@lru_cache(256)
def _to_visit(viewer: Viewer, today: date) -> Select[Household]:
    mine = {
        Role.CLERK: true(),
        Role.CONTACT: Household.place_code == viewer.place_code,
        Role.HANDLER: Household.unit_id == viewer.unit_id,
    }.get(viewer.role, false())
    rows = select(Household).where(mine, Household.state == State.NAMED, Household.due_on <= today + SOON)
    return rows.options(*AROUND).order_by(Household.due_on, Household.id).limit(AT_MOST)


def to_end(viewer: Viewer) -> Select[Household] | None:
    """For the desk of a leader: the titles that a visitor proposes to withdraw."""
    return _TO_END if viewer.role is Role.LEADER else None


_TO_END = (
    select(Household)
    .where(exists().where(FollowUp.household_id == Household.id, FollowUp.open), Household.state == State.NAMED)
    .options(*AROUND)
    .order_by(Household.id)
    .limit(AT_MOST)
)


def of_village(code: str, viewer: Viewer) -> Sequence[Household]:
    """The households of a village that this person may see, those that were named first."""
    rows = select(Household).where(Household.place_code == code, seen_by(viewer), Household.state != State.WITHDRAWN)
    rows = rows.order_by((Household.state != State.NAMED), Household.id.desc())
    return db.session.scalars(rows.options(*AROUND).limit(AT_MOST)).all()


def number(viewer: Viewer, wanted: Filter) -> int:
    """How many households the list of this filter has."""
    return db.session.scalar(select(func.count(Household.id)).where(seen_by(viewer), *wanted.clauses())) or 0


def shown(id: int) -> Household | None:
    """A household on a list that everybody may read, if its photos may be seen there too."""
    rows = select(Household).join(Round, Round.id == Household.round_id).where(Round.state.in_(SHOWN), on_list())
    return db.session.scalar(rows.where(Household.id == id, Household.shows_photos))


def public_photos(of: Sequence[Household]) -> dict[int, list[int]]:
    """The photos of those of them that agreed that everybody sees them: ids by household, oldest first."""
    able = [each.id for each in of if each.shows_photos]
    rows = select(HouseholdPhoto.household_id, HouseholdPhoto.id).where(HouseholdPhoto.household_id.in_(able))
    found: dict[int, list[int]] = {}
    for household, photo in db.session.execute(rows.order_by(HouseholdPhoto.id)):
        found.setdefault(household, []).append(photo)
    return found


def by_code(code: str) -> int | None:
    """The household of a code, by its id; whatever was typed costs the same. It reads in a transaction of its own."""
    with reading() as session:
        return session.scalar(select(Household.id).where(Household.code_digest == digest_of_anything(code)))


def timeline(household: Household, *, since: int = 0) -> list[Happened]:
    """What happened to a household, oldest first."""
    return happened(household.thread, EVENT_LABELS, since=since)
