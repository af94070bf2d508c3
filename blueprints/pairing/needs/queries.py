"""Reading needs: the list and its search, a need's page, what is due, the money and the photos of a village."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from blueprints.accounts.models import Unit, User
from blueprints.pairing.needs.domain import AT_WORK, COLUMNS, EVENT_LABELS, LABELS, OPEN, STAFF, MeasureState, State
from blueprints.pairing.needs.models import INDEX, Measure, Need, Origin, Photo, Progress, seen_by
from blueprints.petitions.docket import models as docket
from blueprints.petitions.docket.models import Petition
from blueprints.petitions.docket.queries import Happened
from blueprints.petitions.screening import models as screening
from blueprints.petitions.screening.models import Item
from blueprints.petitions.visits.models import Visit
from core import clock, vault
from core.desk import AT_MOST
from core.extensions import db, fetch
from core.money import yuan
from core.pages import Listing, newest_key
from core.places import FULL_NAME, IN_TOWN, Place, Town
from core.record import Entry
from core.roles import Role, Viewer
from core.tables import Sheet, write_xlsx
from core.texts import plain

PAGE = 25
SOON = timedelta(days=7)
MOST_SHOWN = 100  # of one sort on the page of promises
MOST_PHOTOS = 8  # on the page of a village
MOST_TAKEN = 2000  # rows of a workbook


@dataclass(frozen=True)
class Filter:
    """What the list of needs is narrowed to; an empty word means everything that is open."""

    q: str = ""
    state: str = ""
    kind: str = ""
    township: str = ""
    village: str = ""
    unit: str = ""
    late: bool = False

    def asked(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        return {name: "y" if word is True else str(word) for name, word in asdict(self).items() if word}

    def clauses(self) -> Iterator[ColumnElement[bool]]:
        """The filter as WHERE clauses."""
        if self.state == "":
            yield Need.state.in_(OPEN)
        elif self.state != "all":
            yield Need.state == self.state
        for column, word in (
            (Need.kind, self.kind),
            (Need.township_code, self.township),
            (Need.place_code, self.village),
        ):
            if word:
                yield column == word
        if self.unit:
            yield Need.unit_id == int(self.unit)
        if self.late:
            yield Need.due_on < clock.today()


_AROUND = (joinedload(Need.place).joinedload(Place.parent), joinedload(Need.unit))


class Line(NamedTuple):
    """One line of the list."""

    id: int
    title: str
    state: str
    kind: str
    due_on: date | None
    raised_on: date
    wanted_on: date | None
    confirmed_on: date | None
    place: str
    unit: str | None


_LINES: Select[*tuple[Any, ...]] = (
    select(
        Need.id,
        Need.title_sealed,
        Need.state,
        Need.kind,
        Need.due_on,
        Need.raised_on,
        Need.wanted_on,
        Need.confirmed_on,
        FULL_NAME.label("place"),
        Unit.name.label("unit"),
    )
    .join(Place, Place.code == Need.place_code)
    .outerjoin(Town, IN_TOWN)
    .outerjoin(Unit, Unit.id == Need.unit_id)
)


def listed(viewer: Viewer, wanted: Filter, after: str = "", most: int = PAGE) -> Listing[Line]:
    """One page of the needs this person may see, the newest first; of a search, those in which its words stand. A page
    of hits may be short and still have a next one."""
    rows, key = _LINES.where(seen_by(viewer), *wanted.clauses()), newest_key(after)
    if wanted.q:
        rows = rows.add_columns(Need.text_sealed)
        found, further = INDEX.newest(rows, Need.id, wanted.q, _words, most=most, after=key)
    else:
        rows = rows.order_by(Need.id.desc()).limit(most + 1)
        there = fetch(db.session(), rows.where(Need.id < key) if key else rows).all()
        found, further = list(there[:most]), there[most - 1].id if len(there) > most else None
    return Listing([_line(row) for row in found], str(further) if further else None, wanted.asked())


def _line(row: Row[*tuple[Any, ...]]) -> Line:
    values = row._mapping
    return Line(title=_open(row, "title"), **{name: values[name] for name in Line._fields if name != "title"})


def _words(row: Row[Any]) -> str:
    return f"{_open(row, 'title')}\n{_open(row, 'text')}"  # as Need.words


def _open(row: Row[Any], name: str) -> str:
    column = f"{name}_sealed"
    return str(json.loads(vault.open(getattr(row, column), f"need.{column}:{row.id}")))


def to_take(viewer: Viewer, wanted: Filter) -> list[Line]:
    """Every need of the list, read page by page, and one more than may be taken along."""
    rows: list[Line] = []
    key: str | None = ""
    while key is not None and len(rows) <= MOST_TAKEN:
        listing = listed(viewer, wanted, key, most=500)
        rows += listing.rows
        key = listing.next_key
    return rows[: MOST_TAKEN + 1]


def money_by_need(ids: Sequence[int], viewer: Viewer) -> dict[int, "Money"]:
    """The money of each of these needs, as far as this person may see them."""
    rows = select(Measure.need_id, *_SUMS).join(Need, Need.id == Measure.need_id)
    rows = rows.where(Measure.need_id.in_(ids), seen_by(viewer)).group_by(Measure.need_id)
    return {id: Money(*map(int, sums)) for id, *sums in fetch(db.session(), rows)}


def of_village(code: str, viewer: Viewer) -> Sequence[Need]:
    """The needs of a village that this person may see: the open ones first, the newest first."""
    rows = select(Need).where(Need.place_code == code, seen_by(viewer)).options(*_AROUND)
    return db.session.scalars(rows.order_by(Need.ended_on.is_not(None), Need.id.desc()).limit(PAGE)).all()


def workbook(rows: Sequence[Line], viewer: Viewer) -> bytes:
    """The list as Excel: amounts are numbers, and what a need says besides its one line stays here."""
    labels, spent = plain(LABELS), money_by_need([row.id for row in rows], viewer)
    cells = [
        (
            row.raised_on,
            row.place,
            labels["kind"][row.kind],
            row.title,
            labels["state"][row.state],
            row.unit,
            row.due_on,
            row.wanted_on,
            row.confirmed_on,
            *(yuan(each) for each in spent.get(row.id, _NOTHING)[:2]),
        )
        for row in rows
    ]
    return write_xlsx(Sheet(_("Needs of villages"), [str(each) for each in COLUMNS], cells))


# --- one need ------------------------------------------------------------------------------------------------------


class Step(NamedTuple):
    """Progress of a measure, as the page tells it, with its photos."""

    on: date
    text: str
    spent_fen: int
    by: str
    photos: Sequence[Photo]


def photos(need: Need) -> Sequence[Photo]:
    """All photos of a need, oldest first."""
    return db.session.scalars(select(Photo).where(Photo.need_id == need.id).order_by(Photo.id)).all()


def progress(need: Need, shown: Sequence[Photo]) -> dict[int, list[Step]]:
    """What was done, oldest first, by measure."""
    rows = select(Progress, User.name).join(User, User.id == Progress.by_id)
    found: dict[int, list[Step]] = {}
    for each, name in db.session.execute(rows.where(Progress.need_id == need.id).order_by(Progress.id)):
        own = [photo for photo in shown if photo.progress_id == each.id]
        found.setdefault(each.measure_id, []).append(Step(each.made_on, each.text, each.spent_fen, name, own))
    return found


class Source(NamedTuple):
    """What a need was raised from, as this reader may know it."""

    kind: str  # petition, item, visit
    id: int
    words: str


def sources(need: Need, viewer: Viewer) -> list[Source]:
    """The letter, screening item or down-visit that a need comes from; nothing where the reader may not see it. Of a
    letter the docket number alone: what it says and who wrote it stays where it is."""
    found = []
    letters = select(Petition.id, Petition.number).join(Origin, Origin.petition_id == Petition.id)
    letters = letters.where(Origin.need_id == need.id, docket.seen_by(viewer))
    found += [Source("petition", id, number or "") for id, number in db.session.execute(letters)]
    items = select(Item.id).join(Origin, Origin.item_id == Item.id)
    items = items.where(Origin.need_id == need.id, screening.seen_by(viewer))
    found += [Source("item", id, "") for id in db.session.scalars(items)]
    if viewer.role in STAFF:
        visits = select(Visit.id, Visit.held_on).join(Origin, Origin.visit_id == Visit.id)
        rows = db.session.execute(visits.where(Origin.need_id == need.id))
        found += [Source("visit", id, on.isoformat()) for id, on in rows]
    return found


def timeline(need: Need, *, since: int = 0) -> list[Happened]:
    """What happened to a need, oldest first."""
    rows = select(Entry, User.name).outerjoin(User, User.id == Entry.actor_id)
    rows = rows.where(Entry.thread == "need", Entry.thread_id == need.id, Entry.number > since)
    titles: dict[Any, str] = plain(EVENT_LABELS)
    return [
        Happened(entry.at, titles[entry.action], name, entry.note)
        for entry, name in db.session.execute(rows.order_by(Entry.number))
    ]


# --- a village -----------------------------------------------------------------------------------------------------


class Money(NamedTuple):
    """What is planned on measures that were not dropped; what was spent, and of that on measures dropped later; fen."""

    planned: int
    spent: int
    on_dropped: int


_NOTHING = Money(0, 0, 0)

# What was spent is spent, whatever became of the measure: the account of the year counts it as well.
_SUMS = (
    func.coalesce(func.sum(Measure.planned_fen).filter(Measure.state != MeasureState.DROPPED), 0),
    func.coalesce(func.sum(Measure.spent_fen), 0),
    func.coalesce(func.sum(Measure.spent_fen).filter(Measure.state == MeasureState.DROPPED), 0),
)


def money_of(wanted: ColumnElement[bool], viewer: Viewer) -> Money:
    """The money of the measures of these needs, as far as this person may see them."""
    rows = select(*_SUMS).join(Need, Need.id == Measure.need_id).where(wanted, seen_by(viewer))
    return Money(*map(int, db.session.execute(rows).one()))


def photos_of_village(code: str, viewer: Viewer) -> Sequence[Photo]:
    """The latest photos of the needs of a village."""
    rows = select(Photo).join(Need, Need.id == Photo.need_id).where(Need.place_code == code, seen_by(viewer))
    return db.session.scalars(rows.order_by(Photo.id.desc()).limit(MOST_PHOTOS)).all()


Narrowing = Sequence[ColumnElement[bool]]


def measures_to_do(viewer: Viewer, narrowed: Narrowing, *, late: bool, most: int = MOST_SHOWN) -> Sequence[Measure]:
    """The measures that are still open, or those of them after their last day; the longest first."""
    rows = _measures().where(seen_by(viewer), *_still_open(), *narrowed, *([_measure_late()] if late else []))
    return db.session.scalars(rows.order_by(Measure.due_on, Measure.id).limit(most)).all()


def unanswered(viewer: Viewer, narrowed: Narrowing, *, late: bool, most: int = MOST_SHOWN) -> Sequence[Need]:
    """The needs that no measure and no reason answers yet, or those of them after their last day; the longest first."""
    rows = select(Need).where(seen_by(viewer), Need.state == State.RAISED, *narrowed).options(*_AROUND)
    rows = rows.where(_need_late()) if late else rows
    return db.session.scalars(rows.order_by(Need.due_on, Need.id).limit(most)).all()


def late_by_village(
    viewer: Viewer, of_measures: Narrowing, of_needs: Narrowing
) -> tuple[dict[str, int], dict[str, int]]:
    """How many measures are late, and how many needs without an answer, by village."""
    number, place = func.count(), Need.place_code
    rows = select(place, number).join(Measure, Measure.need_id == Need.id).group_by(place)
    measures = rows.where(seen_by(viewer), *_still_open(), _measure_late(), *of_measures)
    needs = select(place, number).where(seen_by(viewer), Need.state == State.RAISED, _need_late(), *of_needs)
    found = [{code: count for code, count in fetch(db.session(), each)} for each in (measures, needs.group_by(place))]
    return found[0], found[1]


def _measure_late() -> ColumnElement[bool]:
    return Measure.due_on < clock.today()


def _need_late() -> ColumnElement[bool]:
    return Need.due_on < clock.today()


def measures_of_village(code: str, viewer: Viewer) -> Sequence[Measure]:
    """The measures of a village that are still to be done, the first due first."""
    rows = _measures().where(Need.place_code == code, seen_by(viewer), *_still_open())
    return db.session.scalars(rows.order_by(Measure.due_on, Measure.id).limit(PAGE)).all()


def _measures() -> Select[Measure]:
    around = contains_eager(Measure.need)
    return (
        select(Measure)
        .join(Need, Need.id == Measure.need_id)
        .options(around.joinedload(Need.place).joinedload(Place.parent), around.joinedload(Need.unit))
        .options(joinedload(Measure.owner))
    )


def _still_open() -> tuple[ColumnElement[bool], ...]:
    return Measure.state == MeasureState.OPEN, Need.state.in_(AT_WORK)


# --- what is due ---------------------------------------------------------------------------------------------------


def to_do(viewer: Viewer) -> Select[Need] | None:
    """The needs in which the next step is this person's: a unit answers, and goes on where no measure is open any more;
    the village confirms; the office gives and closes, and its leaders see whatever is not answered in time."""
    if viewer.role not in (*STAFF, Role.CONTACT):
        return None
    return _to_do(viewer, clock.today())


@lru_cache(256)
def _to_do(viewer: Viewer, today: date) -> Select[Need]:
    raised = Need.state == State.RAISED
    units = raised | (Need.state.in_(AT_WORK) & Need.due_on.is_(None))  # done but not reported, or objected to
    match viewer.role:
        case Role.CONTACT:
            turn = Need.state == State.REPORTED
        case Role.HANDLER:
            turn = units
        case _:
            own = (raised & Need.unit_id.is_(None)) | (units & (Need.unit_id == viewer.unit_id))
            turn = own | (Need.state == State.CONFIRMED)
            if viewer.role is Role.LEADER:
                turn = turn | (raised & (Need.due_on < today))
    rows = select(Need).where(seen_by(viewer), turn).options(*_AROUND)
    return rows.order_by(Need.due_on, Need.id).limit(AT_MOST)


def measures_due(viewer: Viewer) -> Select[Measure] | None:
    """The measures of one's own that are late or due within a week; to a handler those of the unit."""
    if viewer.role not in STAFF:
        return None
    return _measures_due(viewer, clock.today())


@lru_cache(256)
def _measures_due(viewer: Viewer, today: date) -> Select[Measure]:
    own: ColumnElement[bool] = Measure.owner_id == viewer.id
    if viewer.role is Role.HANDLER:
        own = own | (Need.unit_id == viewer.unit_id)
    due = own & (Measure.due_on <= today + SOON)
    if viewer.role is Role.LEADER:
        due = due | (Measure.due_on < today)
    rows = _measures().where(seen_by(viewer), *_still_open(), due)
    return rows.order_by(Measure.due_on, Measure.id).limit(AT_MOST)
