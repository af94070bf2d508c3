"""The counts, each one aggregate over the matters this person may see, and the matters behind each of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, Subquery, and_, case, cast, func, literal, or_, select

from blueprints.accounts.models import Unit
from blueprints.petitions.casefile.domain import PaperKind
from blueprints.petitions.casefile.models import Clock, Concern, Paper
from blueprints.petitions.causes import models as causes
from blueprints.petitions.causes.models import Cause, Tie
from blueprints.petitions.causes.queries import ProposalsMade, proposals_made
from blueprints.petitions.docket.domain import CHANNEL_LABELS, KIND_LABELS, Satisfaction, Solved
from blueprints.petitions.docket.models import Petition, seen_by, unwalled
from blueprints.petitions.docket.queries import LINES, Line, line_of
from blueprints.petitions.figures.domain import SMALL, Age, By, Count, Measure, Period, quarter_of, told
from core import clock
from core.extensions import db, fetch
from core.pages import Listing, newest_key
from core.places import Place
from core.roles import Role, Viewer
from core.texts import plain

PAGE = 25
NONE = "-"  # of no unit


@lru_cache(256)
def visible(viewer: Viewer) -> ColumnElement[bool]:
    """The matters that count for this person: an auditor sees no matter, but what comes of them all."""
    return unwalled(viewer) if viewer.role == Role.AUDITOR else seen_by(viewer)


def opens(viewer: Viewer) -> bool:
    """Whether this person may open what is behind a figure."""
    return viewer.role != Role.AUDITOR


# --- what is counted -----------------------------------------------------------------------------------------------


class Counted(NamedTuple):
    """What a figure counts, before the wall: matters, or things of a matter, of which it may have several."""

    rows: Select[Any]  # of the ids of matters
    key: ColumnElement[Any]  # what is counted
    day: ColumnElement[Any]  # by which it belongs to a period
    good: ColumnElement[bool] | None = None  # which of them are the good part


def _measured(measure: Measure, period: Period) -> Counted:
    matters, days = select(Petition.id).select_from(Petition), (period.since, period.until)
    received, closed = Petition.received_on.expression, Petition.closed_on.expression
    match measure:
        case Measure.RECEIVED:
            return Counted(matters.where(received.between(*days)), Petition.id.expression, received)
        case Measure.NOTICES | Measure.ANSWERS:
            over = or_(Clock.stopped_on.is_not(None), Clock.due_on < clock.today())
            rows = matters.join(Clock, Clock.petition_id == Petition.id).where(
                Clock.name == ("notice" if measure is Measure.NOTICES else "handling"),
                Clock.due_on.between(*days),
                over,
            )
            in_time = and_(Clock.stopped_on.is_not(None), Clock.stopped_on <= Clock.due_on)
            return Counted(rows, Clock.id.expression, Clock.due_on.expression, in_time)
        case Measure.SOLVED:
            rows = matters.where(closed.between(*days), Petition.solved.is_not(None))
            return Counted(rows, Petition.id.expression, closed, Petition.solved.in_((Solved.VILLAGE, Solved.TOWNSHIP)))
        case Measure.SATISFIED:
            rows = matters.where(closed.between(*days), Petition.satisfaction.is_not(None))
            well = Petition.satisfaction.in_((Satisfaction.SATISFIED, Satisfaction.FAIR))
            return Counted(rows, Petition.id.expression, closed, well)


def _divided(by: By, counted: Counted) -> tuple[Select[Any], ColumnElement[Any]]:
    """The rows and the column that divides them: by cause, of the matters that are tied to one."""
    match by:
        case By.CAUSE:
            tied = and_(Tie.petition_id == Petition.id, Tie.untied_on.is_(None))
            return counted.rows.join(Tie, tied), Tie.cause_id.expression
        case By.MONTH:
            return counted.rows, func.substr(cast(counted.day, String), 1, 7)
        case _:
            return counted.rows, _COLUMNS[by]


_COLUMNS: dict[By, ColumnElement[Any]] = {
    By.UNIT: Petition.unit_id.expression,
    By.PLACE: Petition.township_code.expression,
    By.KIND: Petition.kind.expression,
    By.CHANNEL: Petition.channel.expression,
}


def whole(viewer: Viewer, measure: Measure, period: Period) -> Count:
    """A measure of the whole period."""
    counted = _measured(measure, period)
    rows = counted.rows.where(visible(viewer)).with_only_columns(*_numbers(counted))
    number, good = fetch(db.session(), rows).one()
    return _told(viewer, {None: Count(number, good or 0)})[None]


def divided(viewer: Viewer, measure: Measure, period: Period, by: By) -> dict[Any, Count]:
    """A measure divided, under the keys of the division."""
    counted = _measured(measure, period)
    rows, key = _divided(by, counted)
    rows = rows.where(visible(viewer)).with_only_columns(key, *_numbers(counted)).group_by(key)
    found = {row[0]: Count(row[1], row[2] or 0) for row in fetch(db.session(), rows)}
    return _told(viewer, found, _sums(by, found))


def _numbers(counted: Counted) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    good = func.sum(case((counted.good, 1), else_=0)) if counted.good is not None else literal(0)
    return func.count(), good


def _sums(by: By, keys: Collection[Any]) -> list[list[Any]]:
    """The keys whose sums stand elsewhere: all of them; of months the year's and the quarter's. Causes have no sum."""
    match by:
        case By.CAUSE:
            return []
        case By.MONTH:
            years, quarters = {month[:4] for month in keys}, {quarter_of(month) for month in keys}
            in_years = [[month for month in keys if month[:4] == year] for year in sorted(years)]
            return [[month for month in keys if quarter_of(month) == each] for each in sorted(quarters)] + in_years
        case _:
            return [list(keys)]


def _told(viewer: Viewer, found: Mapping[Any, Count], sums: Iterable[Collection[Any]] = ()) -> dict[Any, Count]:
    """The counts as this person may know them."""
    return dict(found) if opens(viewer) else told(found, sums)


@dataclass(frozen=True)
class Row:
    """One line of the table: what it is of, its key in an address, and a count for each measure."""

    name: str
    key: str
    counts: dict[Measure, Count]


def table(viewer: Viewer, period: Period, by: By) -> list[Row]:
    """Every measure divided, by name and never by number."""
    found = {measure: divided(viewer, measure, period, by) for measure in Measure}
    keys = {key for each in found.values() for key in each}
    names = _names(viewer, by, keys)
    rows = [
        Row(names[key], NONE if key is None else str(key), {m: found[m].get(key, Count(0)) for m in Measure})
        for key in keys
        if key in names
    ]
    return sorted(rows, key=lambda row: (row.key == NONE, row.key if by in (By.PLACE, By.MONTH) else row.name))


def _names(viewer: Viewer, by: By, keys: set[Any]) -> dict[Any, str]:
    wanted = [key for key in keys if key is not None]
    match by:
        case By.UNIT:
            names = fetch(db.session(), select(Unit.id, Unit.name).where(Unit.id.in_(wanted)))
            return {**{row.id: row.name for row in names}, None: ""}
        case By.PLACE:
            places = fetch(db.session(), select(Place.code, Place.name).where(Place.code.in_(wanted)))
            return {row.code: row.name for row in places}
        case By.KIND | By.CHANNEL:
            labels = plain(KIND_LABELS if by is By.KIND else CHANNEL_LABELS)
            return {key: str(labels[key]) for key in wanted if key in labels}
        case By.CAUSE:
            may = causes.seen_by(viewer) if opens(viewer) else causes.unwalled(viewer)
            rows = db.session.scalars(select(Cause).where(Cause.id.in_(wanted), may))
            return {row.id: f"{row.number} {row.title}" if opens(viewer) else str(row.number) for row in rows}
        case By.MONTH:
            return {key: key for key in wanted}


def by_month(viewer: Viewer, period: Period) -> list[tuple[str, Count]]:
    """What was received in each of twelve months."""
    months = period.months
    year, month = map(int, months[0].split("-"))
    found = divided(viewer, Measure.RECEIVED, Period(date(year, month, 1), period.until), By.MONTH)
    return [(month, found.get(month, Count(0))) for month in months]


_BANDS = ((15, Age.FRESH), (60, Age.USUAL), (90, Age.LONG))
OPEN = Petition.due_on > date.min  # what is open has its next day; said as a range, SQLite finds it by its index


def ages(viewer: Viewer) -> dict[Age, Count]:
    """How long the open matters of today have been here."""
    today = clock.today()
    bands = [(Petition.received_on >= today - timedelta(days=days), age) for days, age in _BANDS]
    band = case(*bands, else_=Age.LONGER)
    rows = select(band, func.count()).where(visible(viewer), OPEN).group_by(band)
    found = {age: Count(number) for age, number in fetch(db.session(), rows)}
    return _told(viewer, {age: found.get(age, Count(0)) for age in Age})


# --- what is behind a figure ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """One figure of a period: a measure, the part of it, and what it is divided by."""

    measure: Measure
    period: Period
    part: str = ""  # "good", "rest", or everything
    by: By | None = None
    key: str = ""


@dataclass(frozen=True)
class Done:
    """One figure of the yearly report: the papers of a kind, or what was assigned."""

    year: int
    what: PaperKind | None  # none: assigned


@dataclass(frozen=True)
class About:
    """One figure of the yearly report: what was received about a unit."""

    year: int
    unit: int


Asked = Wanted | Done | About | Age


def _asked(viewer: Viewer, asked: Asked) -> tuple[Select[Any], ColumnElement[Any]]:
    """The rows behind a figure, and the key of each."""
    match asked:
        case Wanted():
            return _wanted(viewer, asked)
        case Done():
            counted = _done(asked.what, asked.year)
            return counted.rows, counted.key
        case About():
            about = select(Concern.petition_id).where(Concern.unit_id == asked.unit)
            counted = _measured(Measure.RECEIVED, of_year(asked.year))
            return counted.rows.where(Petition.id.in_(about)), counted.key
        case _:
            return _of_age(asked), Petition.id.expression


def _wanted(viewer: Viewer, wanted: Wanted) -> tuple[Select[Any], ColumnElement[Any]]:
    counted = _measured(wanted.measure, wanted.period)
    rows, good = counted.rows, counted.good
    if wanted.by is not None:
        rows, column = _divided(wanted.by, counted)
        if wanted.by in (By.UNIT, By.CAUSE):
            rows = rows.where(column.is_(None) if wanted.key == NONE else column == (newest_key(wanted.key) or -1))
        else:
            rows = rows.where(column == wanted.key)
        if wanted.by is By.CAUSE:
            rows = rows.join(Cause, Cause.id == Tie.cause_id).where(causes.seen_by(viewer))
    if good is not None and wanted.part in ("good", "rest"):
        rows = rows.where(good if wanted.part == "good" else ~good)
    return rows, counted.key


def _of_age(age: Age) -> Select[Any]:
    """The open matters of one age."""
    today, later = clock.today(), None
    rows = select(Petition.id).select_from(Petition).where(OPEN)
    for days, each in (*_BANDS, (None, Age.LONGER)):
        first = today - timedelta(days=days) if days is not None else None
        if each is age:
            rows = rows if first is None else rows.where(Petition.received_on >= first)
            return rows if later is None else rows.where(Petition.received_on < later)
        later = first
    raise ValueError(age)


def behind(viewer: Viewer, asked: Asked, after: str = "") -> Listing[Line]:
    """What a figure counts, newest first, as far as this person may see it: a matter for each thing that is counted."""
    found = _behind(viewer, asked)
    lines = LINES.join(found, found.c.matter == Petition.id).add_columns(found.c.key)
    if key := newest_key(after):
        lines = lines.where(found.c.key < key)
    rows = fetch(db.session(), lines.order_by(found.c.key.desc()).limit(PAGE + 1)).all()
    return Listing([line_of(row) for row in rows[:PAGE]], str(rows[PAGE - 1].key) if len(rows) > PAGE else None)


def how_many(viewer: Viewer, asked: Asked) -> int:
    """How many there are behind a figure."""
    return db.session.scalar(select(func.count()).select_from(_behind(viewer, asked))) or 0


def _behind(viewer: Viewer, asked: Asked) -> Subquery:
    rows, key = _asked(viewer, asked)
    return rows.where(seen_by(viewer)).with_only_columns(Petition.id.label("matter"), key.label("key")).subquery()


def name_of(viewer: Viewer, asked: Asked) -> str | None:
    """What a figure is of: the unit, the place, the cause; None of the whole."""
    if isinstance(asked, About):
        return db.session.scalar(select(Unit.name).where(Unit.id == asked.unit))
    if not isinstance(asked, Wanted) or asked.by is None:
        return None
    by_id = asked.by in (By.UNIT, By.CAUSE)
    key: Any = None if asked.key == NONE else newest_key(asked.key) if by_id else asked.key
    return _names(viewer, asked.by, {key}).get(key)


# --- the yearly report ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Year:
    """What the yearly report tells (2022 Art 41)."""

    year: int
    channels: dict[str, Count]
    kinds: dict[str, Count]
    places: Sequence[tuple[str, str, Count]]  # code, name
    papers: dict[str, Count]
    assigned: Count
    measures: dict[Measure, Count]
    proposals: ProposalsMade | None  # none: for who may see none
    complained_of: Sequence[tuple[int, str, Count]]


def of_year(year: int) -> Period:
    """A year as a period."""
    return Period(date(year, 1, 1), date(year, 12, 31))


def _done(what: PaperKind | None, year: int) -> Counted:
    """The papers of a kind that a year brought; or the matters that were assigned in it."""
    matters, days = select(Petition.id).select_from(Petition), of_year(year)
    if what is not None:
        rows = matters.join(Paper, Paper.petition_id == Petition.id).where(Paper.kind == what, Paper.year == year)
        return Counted(rows, Paper.id.expression, Paper.issued_on.expression)
    # A unit may object from the day it is assigned a matter: that clock stands for the assignment.
    assigned = select(Clock.petition_id).where(
        Clock.name == "objection",
        Clock.due_on.between(days.since, days.until + timedelta(days=31)),
        Clock.started_on.between(days.since, days.until),
    )
    rows = matters.where(Petition.id.in_(assigned), Petition.unit_id.is_not(None))
    return Counted(rows, Petition.id.expression, Petition.received_on.expression)


def year(viewer: Viewer, of: int) -> Year:
    """The counts of one year."""
    period = of_year(of)
    places = divided(viewer, Measure.RECEIVED, period, By.PLACE)
    names = _names(viewer, By.PLACE, set(places))
    papers = (
        select(Paper.kind, func.count())
        .join(Petition, Petition.id == Paper.petition_id)
        .where(Paper.kind.in_(list(PaperKind)), Paper.year == of, visible(viewer))
        .group_by(Paper.kind)
    )
    assigned = _done(None, of).rows.where(visible(viewer)).with_only_columns(func.count())
    return Year(
        year=of,
        channels=divided(viewer, Measure.RECEIVED, period, By.CHANNEL),
        kinds=divided(viewer, Measure.RECEIVED, period, By.KIND),
        places=[(code, names[code], places[code]) for code in sorted(places)],
        papers=_told(viewer, {kind: Count(number) for kind, number in fetch(db.session(), papers)}),
        assigned=_told(viewer, {None: Count(db.session.scalar(assigned) or 0)})[None],
        measures={measure: whole(viewer, measure, period) for measure in Measure},
        proposals=proposals_made(of, viewer) if opens(viewer) else None,
        complained_of=_complained_of(viewer, period),
    )


def _complained_of(viewer: Viewer, period: Period) -> list[tuple[int, str, Count]]:
    """The units that several letters are about, by name, for a leader. Of those that few complain of nothing is said:
    a yearly report is passed on."""
    if viewer.role != Role.LEADER:
        return []
    about = (
        select(Unit.id, Unit.name, func.count(Petition.id.distinct()))
        .join(Concern, Concern.unit_id == Unit.id)
        .join(Petition, Petition.id == Concern.petition_id)
        .where(Petition.received_on.between(period.since, period.until), visible(viewer))
        .group_by(Unit.id, Unit.name)
        .order_by(Unit.name)
    )
    return [(id, name, Count(many)) for id, name, many in fetch(db.session(), about) if many >= SMALL]
