"""Figures of causes, places and classes, counted through the wall, and the letters behind one of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from blueprints.petitions.docket.domain import Kind
from blueprints.petitions.docket.models import Petition
from blueprints.petitions.docket.models import seen_by as cases_seen_by
from blueprints.petitions.rising.domain import SMALL_CELL, Period, Series, periods
from blueprints.petitions.screening.domain import Field
from blueprints.petitions.screening.models import Item, seen_by
from blueprints.petitions.screening.queries import Filter, ItemLine
from blueprints.petitions.screening.queries import items as items_under
from core import clock
from core.extensions import db
from core.pages import Listing, newest_key
from core.places import Place
from core.roles import Viewer

PAGE = 50


@dataclass(frozen=True)
class Figure:
    """One line of the rising page: what was counted, against its own past, and what stands behind it."""

    key: str
    name: str
    series: Series
    villages: Sequence[tuple[str, str, int]] = ()  # code, name, how often now; none below the small cell


@dataclass(frozen=True)
class Rising:
    """The figures of one page."""

    now: Period
    past: Sequence[Period]
    causes: Sequence[Figure]
    places: Sequence[Figure]
    classes: Sequence[Figure]


Counts = dict[str, list[int]]


def rising(
    viewer: Viewer, days: int, fields: Mapping[str, str], kinds: Mapping[str, str], *, changed_first: bool = False
) -> Rising:
    """Causes, places and classes of letters in the period that ends today, against the periods before it.

    A place counts letters, and items that have not become a letter. Everything is counted through the wall.
    """
    since = min(filter(None, (_first(Item.returned_on, seen_by(viewer)), _first_letter(viewer))), default=None)
    spans = periods(clock.today(), days, since)
    length = len(spans)
    causes: Counts = {each: [0] * length for each in Field}
    classes: Counts = {each: [0] * length for each in Kind}
    towns: Counts = {}
    villages: Counts = {}

    def placed(town: str, village: str, back: int, count: int) -> None:
        towns.setdefault(town, [0] * length)[back] += count
        villages.setdefault(village, [0] * length)[back] += count

    for back, field, town, village, letter, count in _counted(
        spans, Item.returned_on, seen_by(viewer), Item.field, Item.township_code, Item.place_code, Item.petition_id
    ):
        causes[field][back] += count
        if letter is None:  # else it is counted as the letter it became
            placed(town, village, back, count)
    for back, kind, town, village, count in _counted(
        spans,
        Petition.received_on,
        cases_seen_by(viewer),
        Petition.kind,
        Petition.township_code,
        Petition.place_code,
    ):
        classes[kind][back] += count
        placed(town, village, back, count)
    rows = db.session.execute(select(Place.code, Place.name).where(Place.code.in_([*towns, *villages])))
    names = {code: name for code, name in rows}  # noqa: C416 - a Row is no pair to mypy

    def named(town: str) -> list[tuple[str, str, int]]:
        return [
            (code, names[code], counts[0])
            for code, counts in sorted(villages.items())
            if code != town and code.startswith(town) and counts[0] >= SMALL_CELL
        ]

    ordered = _by_change if changed_first else list
    return Rising(
        now=spans[0],
        past=spans[1:],
        causes=ordered(_figure(key, fields[key], counts) for key, counts in causes.items() if any(counts)),
        places=ordered(
            replace(_figure(key, names[key], counts), villages=named(key)) for key, counts in sorted(towns.items())
        ),
        classes=ordered(_figure(key, kinds[key], counts) for key, counts in classes.items() if any(counts)),
    )


def _by_change(figures: Iterable[Figure]) -> list[Figure]:
    """In the order of how far each has moved from its own past: never by how many there are."""
    return sorted(figures, key=lambda figure: -figure.series.change / max(figure.series.usual, 1.0))


def _figure(key: str, name: str, counts: Sequence[int]) -> Figure:
    return Figure(key, name, Series(counts[0], tuple(counts[1:])))


def _first(day: InstrumentedAttribute[date], mine: ColumnElement[bool]) -> date | None:
    return db.session.scalar(select(func.min(day)).where(mine))


def _first_letter(viewer: Viewer) -> date | None:
    return _first(Petition.received_on, cases_seen_by(viewer))


def _counted(
    spans: Sequence[Period],
    day: InstrumentedAttribute[date],
    mine: ColumnElement[bool],
    *by: InstrumentedAttribute[Any],
) -> Iterator[Any]:
    """How many rows lie in each period, by these columns: (how many periods back, columns…, count)."""
    back = case(*((day >= span.since, number) for number, span in enumerate(spans)), else_=len(spans))
    wanted = select(back.label("back"), *by, func.count()).where(day.between(spans[-1].since, spans[0].until), mine)
    yield from db.session.execute(wanted.group_by("back", *by))


@dataclass(frozen=True)
class Behind:
    """Which figure somebody wants to look behind."""

    since: date
    until: date
    place: str = ""
    field: str = ""
    kind: str = ""

    def asked(self) -> dict[str, str]:
        """As it stands in an address."""
        return {name: str(word) for name, word in asdict(self).items() if word}


class LetterLine(NamedTuple):
    """One letter behind a figure."""

    id: int
    number: str | None
    subject: str
    kind: str
    state: str
    received_on: date


def items(viewer: Viewer, wanted: Behind) -> Listing[ItemLine]:
    """The newest items behind a figure; none where the figure counts letters of a class."""
    if wanted.kind:
        return Listing([])
    days = Filter(since=wanted.since, until=wanted.until, apart=not wanted.field)
    return items_under(viewer, replace(days, field=wanted.field, place=wanted.place))


def letters(viewer: Viewer, wanted: Behind, after: str = "") -> Listing[LetterLine]:
    """The letters behind a figure, the latest received first; none where it counts items of a field."""
    if wanted.field:
        return Listing([])
    found = select(Petition).where(cases_seen_by(viewer), Petition.received_on.between(wanted.since, wanted.until))
    if place := wanted.place:
        found = found.where((Petition.township_code if len(place) == 9 else Petition.place_code) == place)
    if wanted.kind:
        found = found.where(Petition.kind == wanted.kind)
    if (key := _key(after)) is not None:
        found = found.where(tuple_(Petition.received_on, Petition.id) < tuple_(*key))
    rows = db.session.scalars(found.order_by(Petition.received_on.desc(), Petition.id.desc()).limit(PAGE + 1)).all()
    lines = [LetterLine(row.id, row.number, row.subject, row.kind, row.state, row.received_on) for row in rows[:PAGE]]
    last = f"{lines[-1].received_on}.{lines[-1].id}" if len(rows) > PAGE else None
    return Listing(lines, last, wanted.asked())


def name_of(code: str) -> str:
    """A place by its code, as people say it."""
    place = db.session.get(Place, code) if code else None
    return place.full_name if place else ""


def _key(after: str) -> tuple[date, int] | None:
    day, _, id = after.partition(".")
    try:
        return date.fromisoformat(day), newest_key(id) or 0
    except ValueError:
        return None
