"""The counts of a year, each one aggregate over what this person may see, and the list of what each of them counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, func, or_, select
from sqlalchemy.orm import joinedload

from blueprints.accounts.models import Unit
from blueprints.pairing.account.domain import CHARTED, DIVIDED, MONEY, By, Measure, Took, took
from blueprints.pairing.needs import models as needs
from blueprints.pairing.needs.domain import KIND_LABELS, MeasureState
from blueprints.pairing.needs.models import Measure as Planned
from blueprints.pairing.needs.models import Need, Progress
from blueprints.pairing.pairs import models as pairs
from blueprints.pairing.pairs.domain import GoalState
from blueprints.pairing.pairs.domain import State as PairingState
from blueprints.pairing.pairs.models import Goal, Pairing
from blueprints.pairing.training import models as training
from blueprints.pairing.training.domain import State as CourseState
from blueprints.pairing.training.models import Course, Enrolment
from core import clock
from core.desk import Narrowed
from core.extensions import db, fetch
from core.pages import Listing, newest_key
from core.places import Place
from core.roles import Viewer

PAGE = 25
MOST_TAKEN = 5000  # lines of a workbook


@dataclass(frozen=True)
class Asked:
    """One figure of a year: what is counted, of what, and the part of a table it stands in."""

    measure: Measure
    year: int
    narrowed: Narrowed = field(default_factory=Narrowed)
    by: By | None = None
    key: str = ""


class Counted(NamedTuple):
    """The rows of a figure: their key, their day, their place, whose they are, and the fen that are summed."""

    rows: Select[Any]
    key: ColumnElement[Any]
    day: ColumnElement[Any]
    place: ColumnElement[Any]
    unit: ColumnElement[Any]
    fen: ColumnElement[Any] | None = None


def _counted(viewer: Viewer, measure: Measure, year: int, narrowed: Narrowed) -> Counted:
    """What a figure counts: the one WHERE of the number and of the list that it opens."""
    counted = _of_year(viewer, measure, date(year, 1, 1), date(year, 12, 31))
    rows = counted.rows
    if narrowed.village:
        rows = rows.where(counted.place == narrowed.village)
    if narrowed.township:
        rows = rows.where(counted.place.startswith(narrowed.township, autoescape=True))
    if narrowed.unit:
        rows = rows.where(counted.unit == int(narrowed.unit))
    return counted._replace(rows=rows)


def _of_year(viewer: Viewer, measure: Measure, first: date, last: date) -> Counted:
    whose = Need.place_code.expression, Need.unit_id.expression
    seen = select(Need.id).select_from(Need).where(needs.seen_by(viewer))
    match measure:
        case Measure.RAISED | Measure.MET:
            day = Need.raised_on.expression if measure is Measure.RAISED else Need.confirmed_on.expression
            return Counted(seen.where(day.between(first, last)), Need.id.expression, day, *whose)
        case Measure.PLANNED:
            rows = seen.join(Planned, Planned.need_id == Need.id)
            rows = rows.where(Planned.due_on.between(first, last), Planned.state != MeasureState.DROPPED)
            rows = rows.where(Planned.planned_fen > 0)
            fen = Planned.planned_fen.expression
            return Counted(rows, Planned.id.expression, Planned.due_on.expression, *whose, fen)
        case Measure.SPENT:
            rows = seen.join(Progress, Progress.need_id == Need.id)
            rows = rows.where(Progress.made_on.between(first, last), Progress.spent_fen > 0)
            fen = Progress.spent_fen.expression
            return Counted(rows, Progress.id.expression, Progress.made_on.expression, *whose, fen)
        case Measure.COURSES:
            held = Course.state == CourseState.HELD, Course.held_on.between(first, last), training.seen_by(viewer)
            rows = select(Course.id).select_from(Course).where(*held)
            place, unit = Course.place_code.expression, Course.unit_id.expression
            return Counted(rows, Course.id.expression, Course.held_on.expression, place, unit)
        case Measure.GOALS | Measure.KEPT | Measure.LATE:
            rows = select(Goal.id).select_from(Goal).join(Pairing, Pairing.id == Goal.pairing_id)
            rows = rows.where(pairs.seen_by(viewer), Goal.due_on.between(first, last), _BECAME[measure]())
            own = Pairing.place_code.expression, Pairing.unit_id.expression
            return Counted(rows, Goal.id.expression, Goal.due_on.expression, *own)


_BECAME = {
    Measure.GOALS: lambda: Goal.state != GoalState.DROPPED,
    Measure.KEPT: lambda: and_(Goal.state == GoalState.REACHED, Goal.reached_on <= Goal.due_on),
    Measure.LATE: lambda: or_(
        and_(Goal.state == GoalState.REACHED, Goal.reached_on > Goal.due_on),
        and_(Goal.state == GoalState.OPEN, Pairing.state == PairingState.RUNNING, Goal.due_on < clock.today()),
    ),
}


def _sum(counted: Counted) -> ColumnElement[Any]:
    return func.count() if counted.fen is None else func.coalesce(func.sum(counted.fen), 0)


def _column(by: By, counted: Counted) -> ColumnElement[Any]:
    match by:
        case By.VILLAGE:
            return Need.place_code.expression
        case By.KIND:
            return Need.kind.expression
        case By.MONTH:
            return func.substr(cast(counted.day, String), 1, 7)


def _divided(viewer: Viewer, measure: Measure, year: int, narrowed: Narrowed, by: By) -> dict[str, int]:
    counted = _counted(viewer, measure, year, narrowed)
    column = _column(by, counted)
    rows = counted.rows.with_only_columns(column, _sum(counted)).group_by(column)
    return {key: int(number) for key, number in fetch(db.session(), rows)}


def _whole(viewer: Viewer, measure: Measure, year: int, narrowed: Narrowed) -> int:
    counted = _counted(viewer, measure, year, narrowed)
    return int(db.session.scalar(counted.rows.with_only_columns(_sum(counted))) or 0)


def villages(viewer: Viewer) -> list[tuple[str, str]]:
    """The villages that are or were paired, or have a need, as choices, as far as this person may see them."""
    there = or_(
        exists().where(Pairing.place_code == Place.code),
        exists().where(Need.place_code == Place.code, needs.seen_by(viewer)),
    )
    rows = select(Place).where(pairs.villages_seen_by(viewer), there).options(joinedload(Place.parent))
    return [(each.code, each.full_name) for each in db.session.scalars(rows.order_by(Place.code))]


class Row(NamedTuple):
    """One line of a table: its key in an address, what it is of, and a number for each measure."""

    key: str
    name: Any  # words of a kind of need are told in the language of the page
    numbers: dict[Measure, int]


def most_money(rows: Sequence[Row]) -> list[Row]:
    """Those with the most money planned or spent, as many as a picture holds, in the order of the table."""
    having = [each for each in rows if any(each.numbers[one] for one in MONEY)]
    most = sorted(having, key=lambda each: max(each.numbers[one] for one in MONEY), reverse=True)[:CHARTED]
    return [each for each in having if each in most]


class Training(NamedTuple):
    """The courses of the year: hours taught, seats offered, how many came."""

    hours: int
    seats: int
    came: int


@dataclass(frozen=True)
class Account:
    """A year of pairing."""

    totals: dict[Measure, int]
    took: Took | None
    training: Training
    villages: Sequence[Row]
    kinds: Sequence[Row]
    months: Sequence[Row]


def account(viewer: Viewer, year: int, narrowed: Narrowed) -> Account:
    """The figures of a year, as far as this person may see what they count; as many queries however much there is."""
    villages = {each: _divided(viewer, each, year, narrowed, By.VILLAGE) for each in DIVIDED}
    kinds = {each: _divided(viewer, each, year, narrowed, By.KIND) for each in DIVIDED}
    of_months = (Measure.RAISED, Measure.MET)
    months = {each: _divided(viewer, each, year, narrowed, By.MONTH) for each in of_months}
    totals = {each: sum(kinds[each].values()) for each in DIVIDED}
    totals |= {each: _whole(viewer, each, year, narrowed) for each in Measure if each not in DIVIDED}
    codes = {code for each in villages.values() for code in each}
    names = _names(By.VILLAGE, codes)
    return Account(
        totals=totals,
        took=_took(viewer, year, narrowed),
        training=_training(viewer, year, narrowed),
        villages=_rows({code: names[code] for code in sorted(codes)}, villages),
        kinds=_rows(_names(By.KIND, {kind for each in kinds.values() for kind in each}), kinds),
        months=_rows({each: each for each in (f"{year}-{month:02d}" for month in range(1, 13))}, months),
    )


def pairings(viewer: Viewer, year: int) -> list[Row]:
    """Each pairing that ran in a year, with its goals of that year: how many, reached in time, late."""
    of_goals = (Measure.GOALS, Measure.KEPT, Measure.LATE)
    found: dict[Measure, dict[str, int]] = {}
    for each in of_goals:
        counted = _counted(viewer, each, year, Narrowed())
        rows = counted.rows.with_only_columns(Pairing.id, func.count()).group_by(Pairing.id)
        found[each] = {str(id): number for id, number in fetch(db.session(), rows)}
    ran = or_(Pairing.ended_on.is_(None), Pairing.ended_on >= date(year, 1, 1))
    there = select(Pairing).where(pairs.seen_by(viewer), Pairing.from_on <= date(year, 12, 31), ran)
    around = joinedload(Pairing.unit), joinedload(Pairing.place).joinedload(Place.parent)
    ordered = db.session.scalars(there.options(*around).order_by(Pairing.place_code, Pairing.id))
    return _rows({str(each.id): f"{each.partner} – {each.place.full_name}" for each in ordered}, found)


def _rows(names: Mapping[str, Any], found: Mapping[Measure, Mapping[str, int]]) -> list[Row]:
    return [Row(key, name, {each: found[each].get(key, 0) for each in found}) for key, name in names.items()]


def _names(by: By, keys: set[str]) -> dict[str, Any]:
    if by is By.VILLAGE:
        places = select(Place).where(Place.code.in_(keys)).options(joinedload(Place.parent))
        return {each.code: each.full_name for each in db.session.scalars(places)}
    return {kind: label for kind, label in KIND_LABELS.items() if kind in keys}


def _took(viewer: Viewer, year: int, narrowed: Narrowed) -> Took | None:
    met = _counted(viewer, Measure.MET, year, narrowed).rows
    days = fetch(db.session(), met.with_only_columns(Need.raised_on, Need.confirmed_on))
    return took([(confirmed - raised).days for raised, confirmed in days])


def _training(viewer: Viewer, year: int, narrowed: Narrowed) -> Training:
    held = _counted(viewer, Measure.COURSES, year, narrowed).rows
    sums = held.with_only_columns(func.coalesce(func.sum(Course.hours), 0), func.coalesce(func.sum(Course.seats), 0))
    hours, seats = fetch(db.session(), sums).one()
    came = held.join(Enrolment, Enrolment.course_id == Course.id).with_only_columns(func.count(Enrolment.came))
    return Training(int(hours), int(seats), db.session.scalar(came) or 0)


# --- what is behind a figure ---------------------------------------------------------------------------------------


class Line(NamedTuple):
    """One thing that a figure counts, and its page."""

    on: date
    words: str
    endpoint: str
    id: int
    place: str
    unit: str
    fen: int | None
    days: int | None


def number(viewer: Viewer, asked: Asked) -> int:
    """The figure itself."""
    counted = _behind(viewer, asked)
    return int(db.session.scalar(counted.rows.with_only_columns(_sum(counted))) or 0)


def _behind(viewer: Viewer, asked: Asked) -> Counted:
    counted = _counted(viewer, asked.measure, asked.year, asked.narrowed)
    if asked.by is None:
        return counted
    return counted._replace(rows=counted.rows.where(_column(asked.by, counted) == asked.key))


def name_of(asked: Asked) -> Any:
    """What a figure is of: the village, the kind of need, the month; nothing of the whole."""
    if asked.by in (None, By.MONTH):
        return asked.key
    return _names(asked.by, {asked.key}).get(asked.key, "")


def behind(viewer: Viewer, asked: Asked, after: str = "", most: int = PAGE) -> Listing[Line]:
    """What a figure counts, newest first, so many at once."""
    counted = _behind(viewer, asked)
    rows = counted.rows
    if key := newest_key(after):
        rows = rows.where(counted.key < key)
    table, endpoint = _TABLES[asked.measure]
    columns = [table, counted.day, Place, Unit.name, *([counted.fen] if asked.measure in MONEY else [])]
    rows = rows.outerjoin(Place, Place.code == counted.place).outerjoin(Unit, Unit.id == counted.unit)
    rows = rows.with_only_columns(*columns).options(joinedload(Place.parent))
    found = db.session.execute(rows.order_by(counted.key.desc()).limit(most + 1)).all()
    lines = [_line(asked.measure, endpoint, *row) for row in found[:most]]
    return Listing(lines, str(found[most - 1][0].id) if len(found) > most else None)


_TABLES: dict[Measure, tuple[Any, str]] = {
    Measure.RAISED: (Need, "needs.show"),
    Measure.MET: (Need, "needs.show"),
    Measure.PLANNED: (Planned, "needs.show"),
    Measure.SPENT: (Progress, "needs.show"),
    **dict.fromkeys((Measure.GOALS, Measure.KEPT, Measure.LATE), (Goal, "pairs.show")),
    Measure.COURSES: (Course, "training.show"),
}


def _line(
    measure: Measure, endpoint: str, row: Any, on: date, place: Place | None, unit: str | None, fen: int | None = None
) -> Line:
    words = row.text if measure in MONEY else row.title
    id = row.need_id if measure in MONEY else row.pairing_id if isinstance(row, Goal) else row.id
    days = (row.confirmed_on - row.raised_on).days if measure is Measure.MET else None
    return Line(on, words, endpoint, id, place.full_name if place else "", unit or "", fen, days)
