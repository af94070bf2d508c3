"""The counts, each one aggregate over the matters this person may see, and the matters behind each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, or_, select

from blueprints.accounts.models import Unit
from blueprints.petitions.casefile.domain import PaperKind
from blueprints.petitions.casefile.models import Clock, Concern, Paper
from blueprints.petitions.causes import models as causes
from blueprints.petitions.causes.models import Cause, Tie
from blueprints.petitions.docket.domain import ENDED, KIND_LABELS, Satisfaction, Solved
from blueprints.petitions.docket.models import Petition, seen_by, unwalled
from blueprints.petitions.docket.queries import LINES, Line, line_of
from blueprints.petitions.figures.domain import Age, By, Count, Measure, Period
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


def _clocks(name: str, period: Period, today: date) -> ColumnElement[bool]:
    over = or_(Clock.stopped_on.is_not(None), Clock.due_on < today)
    return and_(
        Clock.petition_id == Petition.id,
        Clock.name == name,
        Clock.due_on.between(period.since, period.until),
        over,
    )


def _measured(measure: Measure, period: Period) -> tuple[Select[Any], ColumnElement[bool] | None]:
    """The matters that a measure counts (a clock of a matter at a time), and which of them are the good part."""
    matters, today = select(Petition.id).select_from(Petition), clock.today()
    closed = Petition.closed_on.between(period.since, period.until)
    match measure:
        case Measure.RECEIVED:
            return matters.where(Petition.received_on.between(period.since, period.until)), None
        case Measure.NOTICES | Measure.ANSWERS:
            name = "notice" if measure is Measure.NOTICES else "handling"
            running = matters.join(Clock, _clocks(name, period, today))
            return running, and_(Clock.stopped_on.is_not(None), Clock.stopped_on <= Clock.due_on)
        case Measure.SOLVED:
            near = Petition.solved.in_((Solved.VILLAGE, Solved.TOWNSHIP))
            return matters.where(closed, Petition.solved.is_not(None)), near
        case Measure.SATISFIED:
            well = Petition.satisfaction.in_((Satisfaction.SATISFIED, Satisfaction.FAIR))
            return matters.where(closed, Petition.satisfaction.is_not(None)), well


def _divided(by: By) -> ColumnElement[Any]:
    match by:
        case By.UNIT:
            return Petition.unit_id.expression
        case By.PLACE:
            return Petition.township_code.expression
        case By.KIND:
            return Petition.kind.expression
        case By.CAUSE:
            return Tie.cause_id.expression
        case By.MONTH:
            return func.substr(cast(Petition.received_on, String), 1, 7)


def _of(rows: Select[Any], by: By) -> Select[Any]:
    """The rows of a measure as they are divided: by cause, those that are tied to one."""
    if by is not By.CAUSE:
        return rows
    return rows.join(Tie, and_(Tie.petition_id == Petition.id, Tie.untied_on.is_(None)))


def counts(viewer: Viewer, measure: Measure, period: Period, by: By | None) -> dict[Any, Count]:
    """A measure, divided or as a whole (under None)."""
    rows, good = _measured(measure, period)
    part = func.sum(case((good, 1), else_=0)) if good is not None else func.count() - func.count()
    columns: list[Any] = [func.count(), part]
    rows = rows.where(visible(viewer))
    if by is None:
        whole, well = fetch(db.session(), rows.with_only_columns(*columns)).one()
        return {None: _told(viewer, Count(whole, well or 0), good)}
    key = _divided(by)
    divided = _of(rows, by).with_only_columns(key, *columns).group_by(key)
    return {row[0]: _told(viewer, Count(row[1], row[2] or 0), good) for row in fetch(db.session(), divided)}


def _told(viewer: Viewer, count: Count, good: ColumnElement[bool] | None) -> Count:
    return count.told(all_of_it=opens(viewer), divided=good is not None)


@dataclass(frozen=True)
class Row:
    """One line of the table: what it is of, its key in an address, and a count for each measure."""

    name: str
    key: str
    counts: dict[Measure, Count]


def table(viewer: Viewer, period: Period, by: By) -> list[Row]:
    """Every measure divided, by name and never by number."""
    found = {measure: counts(viewer, measure, period, by) for measure in Measure}
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
        case By.KIND:
            return {key: str(plain(KIND_LABELS)[key]) for key in wanted}
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
    long = Period(date(year, month, 1), period.until)
    found = counts(viewer, Measure.RECEIVED, long, By.MONTH)
    return [(month, found.get(month, Count(0))) for month in months]


def ages(viewer: Viewer) -> dict[Age, Count]:
    """How long the open matters of today have been here."""
    today = clock.today()
    bands = [case((Petition.received_on >= today - timedelta(days=days), age)) for days, age in _BANDS]
    band = func.coalesce(*bands, Age.LONGER)
    rows = select(band, func.count()).where(visible(viewer), Petition.state.not_in(ENDED)).group_by(band)
    found = {age: Count(number) for age, number in fetch(db.session(), rows)}
    return {age: _told(viewer, found.get(age, Count(0)), None) for age in Age}


_BANDS = ((15, Age.FRESH), (60, Age.USUAL), (90, Age.LONG))


# --- what is behind a figure ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """One figure: a measure, its period, the part of it, and what it is divided by."""

    measure: Measure
    period: Period
    part: str = ""  # "good", "rest", or everything
    by: By | None = None
    key: str = ""


def behind(viewer: Viewer, wanted: Wanted, after: str) -> Listing[Line]:
    """The matters that a figure counts, newest first, as far as this person may see them."""
    rows, good = _measured(wanted.measure, wanted.period)
    if good is not None and wanted.part in ("good", "rest"):
        rows = rows.where(good if wanted.part == "good" else ~good)
    if wanted.by is not None:
        rows = _of(rows, wanted.by)
        column: ColumnElement[Any] = _divided(wanted.by)
        if wanted.by in (By.UNIT, By.CAUSE):
            rows = rows.where(column.is_(None) if wanted.key == NONE else column == (newest_key(wanted.key) or -1))
        else:
            rows = rows.where(column == wanted.key)
        if wanted.by is By.CAUSE:
            rows = rows.join(Cause, Cause.id == Tie.cause_id).where(causes.seen_by(viewer))
    found = LINES.where(Petition.id.in_(rows.with_only_columns(Petition.id)), seen_by(viewer))
    return _page(found, after)


def of_age(viewer: Viewer, age: Age, after: str) -> Listing[Line]:
    """The open matters of one age."""
    today, later = clock.today(), None
    found = LINES.where(seen_by(viewer), Petition.state.not_in(ENDED))
    for days, each in (*_BANDS, (None, Age.LONGER)):
        if each is age:
            if days is not None:
                found = found.where(Petition.received_on >= today - timedelta(days=days))
            if later is not None:
                found = found.where(Petition.received_on < later)
        later = today - timedelta(days=days) if days is not None else later
    return _page(found, after)


def _page(found: Select[Any], after: str) -> Listing[Line]:
    if key := newest_key(after):
        found = found.where(Petition.id < key)
    rows = [line_of(row) for row in fetch(db.session(), found.order_by(Petition.id.desc()).limit(PAGE + 1))]
    return Listing(rows[:PAGE], str(rows[PAGE - 1].id) if len(rows) > PAGE else None)


# --- the yearly report ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Year:
    """What the yearly report tells (2022 Art 41)."""

    year: int
    channels: dict[str, Count]
    kinds: dict[str, Count]
    places: Sequence[Row]
    papers: dict[str, Count]
    assigned: Count
    measures: dict[Measure, Count]
    complained_of: Sequence[tuple[str, Count]]


def year(viewer: Viewer, of: int) -> Year:
    """The counts of one year."""
    period = Period(date(of, 1, 1), date(of, 12, 31))
    received = Petition.received_on.between(period.since, period.until)

    def told(rows: Select[Any]) -> dict[Any, Count]:
        return {key: _told(viewer, Count(number), None) for key, number in fetch(db.session(), rows)}

    def divided(column: Any) -> dict[Any, Count]:
        return told(select(column, func.count()).where(visible(viewer), received).group_by(column))

    papers: Any = (
        select(Paper.kind, func.count())
        .join(Petition, Petition.id == Paper.petition_id)
        .where(Paper.kind.in_(list(PaperKind)), Paper.year == of, visible(viewer))
        .group_by(Paper.kind)
    )
    # A unit may object from the day it is assigned a matter: that clock stands for the assignment.
    given = and_(Clock.name == "objection", Clock.due_on.between(period.since, period.until + timedelta(days=31)))
    began = Clock.started_on.between(period.since, period.until)
    assigned = select(func.count(Petition.id.distinct())).join(Clock, Clock.petition_id == Petition.id)
    number = db.session.scalar(assigned.where(given, began, Petition.unit_id.is_not(None), visible(viewer))) or 0
    about = (
        select(Unit.name, func.count(Petition.id.distinct()))
        .join(Concern, Concern.unit_id == Unit.id)
        .join(Petition, Petition.id == Concern.petition_id)
        .where(received, visible(viewer))
        .group_by(Unit.name)
        .order_by(Unit.name)
    )
    return Year(
        year=of,
        channels=divided(Petition.channel),
        kinds=divided(Petition.kind),
        places=[row for row in table(viewer, period, By.PLACE) if row.counts[Measure.RECEIVED].whole],
        papers=told(papers),
        assigned=_told(viewer, Count(number), None),
        measures={measure: counts(viewer, measure, period, None)[None] for measure in Measure},
        # Of units that few complain of nothing is said, to nobody: a yearly report is passed on.
        complained_of=[(name, Count(many)) for name, many in fetch(db.session(), about) if many >= 5]
        if viewer.role == Role.LEADER
        else [],
    )
