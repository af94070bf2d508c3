"""Figures of causes, places and classes, counted through the wall, and the letters behind one of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from blueprints.petitions.docket.models import Petition
from blueprints.petitions.docket.models import seen_by as cases_seen_by
from blueprints.petitions.rising.domain import SMALL_CELL, SPANS, Period, Series, periods
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
    """One line of the rising page: what was counted, against its own past, and of what it is made."""

    key: str
    name: str
    series: Series
    items: int = 0  # of what is counted now, how many are items of the screening; the others are letters
    villages: Sequence[tuple[str, str, int]] = ()  # code, name, how often now; none below the small cell


@dataclass(frozen=True)
class Group:
    """Figures of one sort, and the periods that are their past, the latest first."""

    past: Sequence[Period]
    figures: Sequence[Figure]


@dataclass(frozen=True)
class Rising:
    """The figures of one page."""

    now: Period
    causes: Group
    places: Group
    classes: Group


class Counted(NamedTuple):
    """How often something happened in a period (0: the one that ends today), of one sort, in one place."""

    back: int
    sort: str  # the field of items, the class of letters
    town: str
    village: str
    is_letter: bool  # a letter, or an item that became one
    number: int


Counts = dict[str, list[int]]


def rising(
    viewer: Viewer, days: int, fields: Mapping[str, str], kinds: Mapping[str, str], *, changed_first: bool = False
) -> Rising:
    """Causes, places and classes of letters in the period that ends today, against the periods before it.

    A place counts letters, and items that have not become a letter. Everything is counted through the wall.
    """
    items_seen, letters_seen = seen_by(viewer), cases_seen_by(viewer)
    first = (_first(Item.returned_on, items_seen), _first(Petition.received_on, letters_seen))
    spans = periods(clock.today(), days, min(filter(None, first), default=None))
    found = _counted(spans, Item.returned_on, items_seen, Item.field, Item.township_code, Item.place_code, _became)
    letters = _counted(
        spans, Petition.received_on, letters_seen, Petition.kind, Petition.township_code, Petition.place_code, true()
    )
    apart = [each for each in found if not each.is_letter]
    asked = {each.back for each in found}  # where nobody was asked, nothing came back: such a period is no past
    places, villages = _tally([*apart, *letters], "town"), _tally([*apart, *letters], "village")
    names = _names([*places, *villages])
    of_items = _tally(apart, "town")
    towns = [
        replace(each, items=of_items.get(each.key, [0])[0], villages=_villages(each.key, villages, names))
        for each in _figures(places, names, range(1, len(spans)))
    ]
    backs = [back for back in range(1, len(spans)) if back in asked]
    order = _by_change if changed_first else list
    return Rising(
        now=spans[0],
        causes=Group([spans[back] for back in backs], order(_figures(_tally(found, "sort"), fields, backs))),
        places=Group(spans[1:], order(towns)),
        classes=Group(spans[1:], order(_figures(_tally(letters, "sort"), kinds, range(1, len(spans))))),
    )


_became = Item.petition_id.is_not(None)


def _counted(
    spans: Sequence[Period], day: InstrumentedAttribute[date], mine: ColumnElement[bool], *by: ColumnElement[Any] | Any
) -> list[Counted]:
    """How many rows lie in each period, by sort, township, village, and whether it is a letter."""
    back = case(*((day >= span.since, number) for number, span in enumerate(spans)), else_=len(spans)).label("back")
    columns = [each.label(name) for each, name in zip(by, ("sort", "town", "village", "is_letter"), strict=True)]
    wanted = select(back, *columns, func.count()).where(day.between(spans[-1].since, spans[0].until), mine)
    rows = db.session.execute(wanted.group_by("back", "sort", "town", "village", "is_letter"))
    return [Counted._make(row) for row in rows]


def _tally(rows: Iterable[Counted], by: str) -> Counts:
    """The counts of each period, under what the rows say of themselves."""
    periods, counts = 1 + max(SPANS.values()), Counts()
    for row in rows:
        counts.setdefault(getattr(row, by), [0] * periods)[row.back] += row.number
    return counts


def _figures(counts: Counts, names: Mapping[str, str], backs: Sequence[int]) -> list[Figure]:
    """Each count against its own past, which is made of the periods `backs`."""
    order = {key: number for number, key in enumerate(names)}
    return [
        Figure(key, names[key], Series(each[0], tuple(each[back] for back in backs)))
        for key, each in sorted(counts.items(), key=lambda item: order[item[0]])
    ]


def _by_change(figures: Iterable[Figure]) -> list[Figure]:
    """In the order of how far each has moved from its own past: never by how many there are."""
    return sorted(figures, key=lambda figure: -figure.series.change / max(figure.series.usual, 1.0))


def _villages(town: str, counts: Counts, names: Mapping[str, str]) -> list[tuple[str, str, int]]:
    """The villages of a township that are named; a small cell is counted with the township alone."""
    return [
        (code, names[code], each[0])
        for code, each in sorted(counts.items())
        if code != town and code.startswith(town) and each[0] >= SMALL_CELL
    ]


def _names(codes: Sequence[str]) -> dict[str, str]:
    rows = db.session.execute(select(Place.code, Place.name).where(Place.code.in_(codes)).order_by(Place.code))
    return {code: name for code, name in rows}


def _first(day: InstrumentedAttribute[date], mine: ColumnElement[bool]) -> date | None:
    return db.session.scalar(select(func.min(day)).where(mine))


# --- what stands behind a figure -----------------------------------------------------------------------------------


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
