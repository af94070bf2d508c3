"""Reading villages: the list, and what a village's page is made of. Each number counts only what its reader may see."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from blueprints.accounts.models import Unit, User
from blueprints.pairing.needs.domain import EVENT_LABELS as NEED_EVENTS
from blueprints.pairing.needs.domain import OPEN as OPEN_NEEDS
from blueprints.pairing.needs.models import Measure, Need
from blueprints.pairing.needs.models import seen_by as needs_seen_by
from blueprints.pairing.needs.queries import late_by_village as late_needs_by_village
from blueprints.pairing.pairs.domain import EVENT_LABELS as PAIRING_EVENTS
from blueprints.pairing.pairs.domain import State
from blueprints.pairing.pairs.models import Pairing, seen_by, villages_seen_by
from blueprints.pairing.pairs.queries import Filter as Promises
from blueprints.pairing.pairs.queries import helpers, late_by_village
from blueprints.petitions.docket import models as docket
from blueprints.petitions.docket.domain import OPEN
from blueprints.petitions.docket.models import Petition
from blueprints.petitions.visits.domain import State as VisitState
from blueprints.petitions.visits.models import Visit, VisitVillage
from blueprints.petitions.visits.queries import Trip, trips
from core.extensions import db
from core.pages import Listing
from core.places import Place
from core.record import Entry
from core.roles import Role, Viewer
from core.texts import plain

PAGE = 50
MOST_VISITS = 10
MOST_EVENTS = 30
SHOWN = (VisitState.ANNOUNCED, VisitState.CARRIED_OUT, VisitState.CLOSED)  # a plan is not yet anybody's to know


@dataclass(frozen=True)
class Filter:
    """What the list of villages is narrowed to; an empty word means everything."""

    township: str = ""
    paired: str = ""  # yes, no
    unit: str = ""

    def asked(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        return {name: word for name, word in asdict(self).items() if word}

    def clauses(self) -> Iterator[ColumnElement[bool]]:
        """The filter as WHERE clauses."""
        running = exists().where(Pairing.place_code == Place.code, Pairing.state == State.RUNNING)
        if self.township:
            yield Place.parent_code == self.township
        if self.paired:
            yield running if self.paired == "yes" else ~running
        if self.unit:
            yield running.where(Pairing.unit_id == int(self.unit))


class Line(NamedTuple):
    """One line of the list: the village, the units paired with it, how many open needs this reader may see."""

    place: Place
    units: Sequence[str]
    needs: int


def listed(viewer: Viewer, wanted: Filter, after: str = "") -> Listing[Line]:
    """One page of the villages this person may see, by their code."""
    rows = select(Place).where(villages_seen_by(viewer), *wanted.clauses()).options(joinedload(Place.parent))
    if after.isascii() and after.isdigit() and len(after) == 12:
        rows = rows.where(Place.code > after)
    found = db.session.scalars(rows.order_by(Place.code).limit(PAGE + 1)).all()
    codes = [each.code for each in found[:PAGE]]
    units: dict[str, list[str]] = {}
    paired = select(Pairing.place_code, Unit.name).join(Unit, Unit.id == Pairing.unit_id).order_by(Pairing.id)
    for code, name in db.session.execute(paired.where(Pairing.place_code.in_(codes), Pairing.state == State.RUNNING)):
        units.setdefault(code, []).append(name)
    open_needs = select(Need.place_code, func.count()).where(Need.place_code.in_(codes), Need.state.in_(OPEN_NEEDS))
    counted = db.session.execute(open_needs.where(needs_seen_by(viewer)).group_by(Need.place_code)).all()
    needs = {code: count for code, count in counted}
    lines = [Line(each, units.get(each.code, []), needs.get(each.code, 0)) for each in found[:PAGE]]
    return Listing(lines, codes[-1] if len(found) > PAGE else None, wanted.asked())


class Late(NamedTuple):
    """A village to which something is late: how much of each sort, and whom to ask about it."""

    place: Place
    goals: int
    measures: int
    needs: int
    contacts: Sequence[str]
    helpers: Mapping[str, Sequence[str]]  # by unit, who is responsible

    @property
    def number(self) -> int:
        """How many promises in all."""
        return self.goals + self.measures + self.needs


def narrowed(wanted: Promises, day: InstrumentedAttribute[Any]) -> list[ColumnElement[bool]]:
    """The filter of the promises for what is due on that day and belongs to a need."""
    words = (
        (Need.township_code, wanted.township),
        (Need.place_code, wanted.village),
        (Need.unit_id, int(wanted.unit) if wanted.unit else None),
    )
    clauses: list[ColumnElement[bool]] = [column == word for column, word in words if word]
    if wanted.year:
        year = int(wanted.year)
        clauses.append(day.between(date(year, 1, 1), date(year, 12, 31)))
    return clauses


def late_villages(viewer: Viewer, wanted: Promises) -> list[Late]:
    """The villages to which something is late, those with most first; as many queries however many they are."""
    goals = late_by_village(viewer, wanted)
    about = (narrowed(wanted, Measure.due_on), narrowed(wanted, Need.due_on))
    measures, needs = late_needs_by_village(viewer, *about)
    codes = {*goals, *measures, *needs}
    places = db.session.scalars(select(Place).where(Place.code.in_(codes)).options(joinedload(Place.parent)))
    people, there = contacts_of(codes), helpers(codes, viewer)
    rows = [
        Late(
            place=each,
            goals=goals.get(each.code, 0),
            measures=measures.get(each.code, 0),
            needs=needs.get(each.code, 0),
            contacts=people.get(each.code, []),
            helpers=there.get(each.code, {}),
        )
        for each in places
    ]
    return sorted(rows, key=lambda row: (-row.number, row.place.code))


def contacts_of(codes: Collection[str]) -> dict[str, list[str]]:
    """The names of the contacts of these villages."""
    here = (User.place_code.in_(codes), User.role == Role.CONTACT, User.closed_at.is_(None))
    found: dict[str, list[str]] = {}
    for code, name in db.session.execute(select(User.place_code, User.name).where(*here).order_by(User.name)):
        found.setdefault(code or "", []).append(name)
    return found


def open_matters(code: str, viewer: Viewer) -> int:
    """How many open matters of the village this person may see: through the wall, and no word of what they are."""
    here = select(func.count()).select_from(Petition).where(Petition.place_code == code, Petition.state.in_(OPEN))
    return db.session.scalar(here.where(docket.seen_by(viewer))) or 0


def visits(code: str) -> list[Trip]:
    """The down-visits to a village that were announced or held, the latest first; without any matter."""
    villages = select(VisitVillage.visit_id).where(VisitVillage.visit_id == Visit.id)
    whole = (Visit.township_code == code[:9]) & ~villages.exists()
    there = or_(villages.where(VisitVillage.place_code == code).exists(), whole)
    wanted = select(Visit).where(Visit.state.in_(SHOWN), there).order_by(Visit.held_on.desc(), Visit.id.desc())
    return trips(wanted.limit(MOST_VISITS))


class Event(NamedTuple):
    """Something that happened with a village: what, when, to which need or with which unit, and the page of it."""

    at: datetime
    title: str
    endpoint: str
    id: int
    of: str
    by: str | None


def timeline(code: str, viewer: Viewer) -> list[Event]:
    """The latest of what happened to the village's pairings and needs, as far as this person may see them."""
    rows = select(Entry, User.name).outerjoin(User, User.id == Entry.actor_id)
    pairings = select(Pairing.id).where(Pairing.place_code == code, seen_by(viewer))
    needs = select(Need.id).where(Need.place_code == code, needs_seen_by(viewer))
    of_both = or_(
        (Entry.thread == "pairing") & Entry.thread_id.in_(pairings),
        (Entry.thread == "need") & Entry.thread_id.in_(needs),
    )
    titles: dict[str, dict[Any, str]] = {"pairing": plain(PAIRING_EVENTS), "need": plain(NEED_EVENTS)}
    pages = {"pairing": "pairs.show", "need": "needs.show"}
    found = db.session.execute(rows.where(of_both).order_by(Entry.id.desc()).limit(MOST_EVENTS)).all()
    ids = {entry.thread_id for entry, _name in found}
    words = {each.id: each.title for each in db.session.scalars(select(Need).where(Need.id.in_(ids)))}
    units = select(Pairing.id, Unit.name).join(Unit, Unit.id == Pairing.unit_id).where(Pairing.id.in_(ids))
    words |= {id: name for id, name in db.session.execute(units)}
    return [
        Event(
            entry.at,
            titles[entry.thread][entry.action],
            pages[entry.thread],
            entry.thread_id,
            words[entry.thread_id],
            name,
        )
        for entry, name in found
    ]
