"""Reading contact visits: the lists, what became of what was found, what is due, what a village's page tells."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, func, literal, or_, select
from sqlalchemy.orm import joinedload

from blueprints.accounts.models import Unit, User
from blueprints.pairing.contact_groups.models import AROUND_A_STOP, Group, Stop, member_of
from blueprints.pairing.contact_visits.domain import STAFF, VISIT_LABELS, State, VisitState, Where
from blueprints.pairing.contact_visits.models import (
    Finding,
    FindingConcern,
    Visit,
    VisitStop,
    seen_by,
    unwalled,
    visits_seen_by,
)
from blueprints.pairing.needs import domain as needs
from blueprints.pairing.needs import models as need_models
from blueprints.pairing.needs.models import Need
from blueprints.petitions.docket import domain as docket
from blueprints.petitions.docket import models as docket_models
from blueprints.petitions.docket.models import Petition
from blueprints.petitions.screening import domain as screening
from blueprints.petitions.screening import models as screening_models
from blueprints.petitions.screening.models import Item
from core import clock
from core.desk import AT_MOST
from core.extensions import db
from core.pages import Listing, newest_key
from core.places import Place
from core.roles import Role, Viewer
from core.texts import plain

PAGE = 25
SOON = timedelta(days=7)


# --- visits --------------------------------------------------------------------------------------------------------


class VisitLine(NamedTuple):
    """A visit as a list tells it."""

    visit: Visit
    state: str
    stops: list[str]
    found: int  # as far as the reader may know


@dataclass(frozen=True)
class Held:
    """The visits held in a year, in a township, to a village; an empty word means everything."""

    year: str = ""
    township: str = ""
    village: str = ""

    def asked(self) -> dict[str, str]:
        """The same as it stands in an address."""
        return {name: word for name, word in asdict(self).items() if word}

    def clauses(self) -> Iterator[ColumnElement[bool]]:
        """The same as WHERE clauses."""
        if self.year:
            yield Visit.state.in_((VisitState.HELD, VisitState.CLOSED))
            yield Visit.held_on.between(date(int(self.year), 1, 1), date(int(self.year), 12, 31))
        if self.township:
            yield _goes_to(Stop.place_code.startswith(self.township, autoescape=True))
        if self.village:
            yield _goes_to(Stop.place_code == self.village)


def _goes_to(there: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(VisitStop.visit_id == Visit.id, VisitStop.stop_id == Stop.id, there)


def how_many(viewer: Viewer, wanted: Held) -> int:
    """How many visits that finds."""
    rows = select(func.count()).select_from(Visit).where(visits_seen_by(viewer), *wanted.clauses())
    return db.session.scalar(rows) or 0


def how_many_found(viewer: Viewer, wanted: "Filter") -> int:
    """How many findings a filter finds, as far as this person may know of them."""
    rows = select(func.count()).select_from(Finding).where(seen_by(viewer), *wanted.clauses())
    return db.session.scalar(rows) or 0


def visits(viewer: Viewer, wanted: Held, after: str = "") -> Listing[VisitLine]:
    """One page of the visits, the newest first."""
    rows = select(Visit).where(visits_seen_by(viewer), *wanted.clauses()).options(joinedload(Visit.group))
    if key := newest_key(after):
        rows = rows.where(Visit.id < key)
    found = db.session.scalars(rows.order_by(Visit.id.desc()).limit(PAGE + 1)).all()
    more = str(found[PAGE - 1].id) if len(found) > PAGE else None
    return Listing(lines(found[:PAGE], viewer), more, wanted.asked())


def visits_of(group: Group, viewer: Viewer) -> list[VisitLine]:
    """The latest visits of a group."""
    rows = select(Visit).where(Visit.group_id == group.id, visits_seen_by(viewer)).options(joinedload(Visit.group))
    return lines(db.session.scalars(rows.order_by(Visit.held_on.desc(), Visit.id.desc()).limit(PAGE)).all(), viewer)


def lines(found: Sequence[Visit], viewer: Viewer) -> list[VisitLine]:
    """These visits, with where they go and how much was found there that this person may see."""
    ids = [each.id for each in found]
    stops: dict[int, list[str]] = {}
    route = select(VisitStop.visit_id, Stop).join(Stop, Stop.id == VisitStop.stop_id).options(*AROUND_A_STOP)
    for visit, stop in db.session.execute(route.where(VisitStop.visit_id.in_(ids)).order_by(Stop.id)):
        stops.setdefault(visit, []).append(stop.words)
    many = select(Finding.visit_id, func.count()).where(Finding.visit_id.in_(ids), seen_by(viewer))
    counts = {id: count for id, count in db.session.execute(many.group_by(Finding.visit_id))}
    words: dict[Any, str] = plain(VISIT_LABELS)
    return [VisitLine(each, words[each.state], stops.get(each.id, []), counts.get(each.id, 0)) for each in found]


# --- findings ------------------------------------------------------------------------------------------------------


class Became(NamedTuple):
    """What a finding became, as this reader may know it: its state and page are told to those alone who may see it."""

    words: str
    endpoint: str = ""
    id: int = 0
    number: str = ""
    ended: bool = False


class Line(NamedTuple):
    """A finding as a list tells it."""

    finding: Finding
    became: Became | None


@dataclass(frozen=True)
class Filter:
    """What the list of findings is narrowed to."""

    where: str = Where.STANDING
    group: str = ""
    township: str = ""
    village: str = ""
    year: str = ""  # in which it was found
    late: bool = False

    def asked(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        return {name: "y" if word is True else str(word) for name, word in asdict(self).items() if word}

    def clauses(self) -> Iterator[ColumnElement[bool]]:
        """The filter as WHERE clauses over `_lines`."""
        match self.where:
            case Where.STANDING:
                yield ~_ended()
            case Where.OPEN:
                yield Finding.state == State.FOUND
            case Where.UNDER_WAY:
                yield and_(Finding.state != State.FOUND, ~_ended())
            case Where.ENDED:
                yield _ended()
        if self.group:
            yield Finding.group_id == int(self.group)
        if self.township:
            yield Finding.township_code == self.township
        if self.village:
            yield Finding.place_code == self.village
        if self.year:
            yield Finding.found_on.between(date(int(self.year), 1, 1), date(int(self.year), 12, 31))
        if self.late:
            yield Finding.due_on < clock.today()


def _ended() -> ColumnElement[bool]:
    """Whether a finding of `_lines` is at its end; where the reader may not see what it became, it is not."""
    ended = or_(
        Finding.state == State.REMARK,
        Need.state.in_(needs.ENDED),
        Item.state.in_((screening.State.SETTLED, screening.State.NOTHING)),
        Petition.state.in_(docket.ENDED),
    )
    return func.coalesce(ended, False)


@lru_cache(256)
def _lines(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """The findings, each with the state of what it became where this person may see that."""
    case = func.coalesce(Finding.petition_id, Item.petition_id)
    return (
        select(Finding, Need.state, Item.state, Petition.id, Petition.state, Petition.number)
        .select_from(Finding)
        .outerjoin(Need, and_(Need.id == Finding.need_id, need_models.seen_by(viewer)))
        .outerjoin(Item, and_(Item.id == Finding.item_id, screening_models.seen_by(viewer)))
        .outerjoin(Petition, and_(Petition.id == case, docket_models.seen_by(viewer)))
        .where(seen_by(viewer))
        .options(
            joinedload(Finding.group),
            joinedload(Finding.stop).options(*AROUND_A_STOP),
            joinedload(Finding.place).joinedload(Place.parent),
        )
    )


def _line(row: Any) -> Line:
    finding, need, item, case, state, number = row
    return Line(finding, _became(finding, need, item, case, state, number))


def _became(
    finding: Finding, need: str | None, item: str | None, case: int | None, state: str | None, number: str | None
) -> Became | None:
    if state is not None and case is not None:
        words: dict[Any, str] = plain(docket.STATE_LABELS)
        return Became(words[state], "docket.show", case, number or "", state in docket.ENDED)
    if item is not None and finding.item_id is not None:
        words = plain(screening.STATE_LABELS)
        over = item in (screening.State.SETTLED, screening.State.NOTHING)
        return Became(words[item], "screening.item", finding.item_id, ended=over)
    if need is not None and finding.need_id is not None:
        words = plain(needs.STATE_LABELS)
        return Became(words[need], "needs.show", finding.need_id, ended=need in needs.ENDED)
    return None


def findings(viewer: Viewer, wanted: Filter, after: str = "") -> Listing[Line]:
    """One page of what was found, the newest first."""
    rows = _lines(viewer).where(*wanted.clauses())
    if key := newest_key(after):
        rows = rows.where(Finding.id < key)
    found = [_line(row) for row in db.session.execute(rows.order_by(Finding.id.desc()).limit(PAGE + 1))]
    more = str(found[PAGE - 1].finding.id) if len(found) > PAGE else None
    return Listing(found[:PAGE], more, wanted.asked())


def of_visit(visit: Visit, viewer: Viewer) -> list[Line]:
    """What was found on a visit, as far as this person may see it."""
    return _all(_lines(viewer).where(Finding.visit_id == visit.id).order_by(Finding.id))


def became(finding: Finding, viewer: Viewer) -> Became | None:
    """What a finding became, where this person may see it."""
    return _all(_lines(viewer).where(Finding.id == finding.id))[0].became


def _all(rows: Select[*tuple[Any, ...]]) -> list[Line]:
    return [_line(row) for row in db.session.execute(rows)]


def found_need(need: int, viewer: Viewer) -> tuple[date, int | None] | None:
    """The contact visit that a need comes from: its day, and the finding where this person may open it."""
    wanted = select(Finding.found_on, Finding.id, seen_by(viewer)).where(Finding.need_id == need, unwalled(viewer))
    row = db.session.execute(wanted).first()
    return None if row is None else (row[0], row[1] if row[2] else None)


# --- what is due, and what a village's page tells ------------------------------------------------------------------


def to_hand_on(viewer: Viewer) -> Select[Finding] | None:
    """What the groups that this person leads have found and not handed on yet, the first due first; to the clerks
    what the leader of the group may not see, or is not there for."""
    return _to_hand_on(viewer) if viewer.role in STAFF else None


@lru_cache(256)
def _to_hand_on(viewer: Viewer) -> Select[Finding]:
    rows = select(Finding).join(Group, Group.id == Finding.group_id).join(User, User.id == Group.leader_id)
    rows = rows.join(Unit, Unit.id == User.unit_id).options(joinedload(Finding.group))
    mine: ColumnElement[bool] = Group.leader_id == viewer.id
    if viewer.role is Role.CLERK:
        part = literal("%/") + cast(FindingConcern.unit_id, String) + literal("/%")
        names = or_(FindingConcern.person_digest == User.name_digest, Unit.line.like(part))
        about = exists().where(FindingConcern.finding_id == Finding.id, names).correlate(Finding, User, Unit)
        mine = or_(mine, User.closed_at.is_not(None), about)
    due = rows.where(mine, Finding.state == State.FOUND, seen_by(viewer))
    return due.order_by(Finding.due_on, Finding.id).limit(AT_MOST)


def to_go(viewer: Viewer) -> Select[Visit] | None:
    """The visits of this person's groups that are near, or over and not recorded; to their leader, those to close."""
    return _to_go(viewer, clock.today()) if viewer.role in STAFF else None


@lru_cache(256)
def _to_go(viewer: Viewer, today: date) -> Select[Visit]:
    near = and_(Visit.state == VisitState.PLANNED, Visit.held_on <= today + SOON)
    waits = exists().where(Finding.visit_id == Visit.id, Finding.state == State.FOUND, unwalled(viewer))
    to_close = and_(Visit.state == VisitState.HELD, Visit.held_on < today, Group.leader_id == viewer.id, ~waits)
    rows = select(Visit).join(Group, Group.id == Visit.group_id).options(joinedload(Visit.group))
    rows = rows.where(member_of(viewer, Visit.group_id), or_(near, to_close))
    return rows.order_by(Visit.held_on, Visit.id).limit(AT_MOST)


def of_village(code: str, viewer: Viewer) -> list[VisitLine]:
    """The visits to a village, the newest first."""
    there = _goes_to(Stop.place_code == code)
    rows = select(Visit).where(there, visits_seen_by(viewer), Visit.state != VisitState.CANCELLED)
    rows = rows.options(joinedload(Visit.group)).order_by(Visit.held_on.desc(), Visit.id.desc()).limit(AT_MOST)
    return lines(db.session.scalars(rows).all(), viewer)


def standing_in(code: str, viewer: Viewer) -> list[Line]:
    """What was found in a village and is not at its end, as far as this person may see it."""
    if viewer.role is Role.CONTACT:
        return []
    rows = _lines(viewer).where(Finding.place_code == code, ~_ended())
    return _all(rows.order_by(Finding.id.desc()).limit(AT_MOST))
