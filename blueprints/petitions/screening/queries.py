"""Lists and figures of the screening: each a constant number of queries, each through the wall."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, bindparam, case, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from blueprints.accounts.models import Unit, User
from blueprints.petitions.screening.domain import (
    EVENT_LABELS,
    ISSUERS,
    ReturnState,
    RoundState,
    State,
)
from blueprints.petitions.screening.models import Addressee, Item, Round, rounds_seen_by, seen_by
from core import clock
from core.desk import AT_MOST
from core.extensions import db
from core.pages import Listing, newest_key
from core.places import Place
from core.record import Entry, Happened
from core.roles import Viewer

PAGE = 50
SOON = timedelta(days=7)

Township = aliased(Place)


# --- rounds --------------------------------------------------------------------------------------------------------


class RoundLine(NamedTuple):
    """One line of the list of rounds; of whom it is asked, only what concerns this person."""

    id: int
    title: str
    state: str
    due_on: date
    asked: int  # addressees, to the office; to others 1
    returned: int
    returned_on: date | None  # to those who were asked: when their return was complete
    items: int
    reminded_on: date | None


def rounds(viewer: Viewer, after: str = "") -> Listing[RoundLine]:
    """The rounds this person may see, the newest first."""
    wanted = select(Round).where(rounds_seen_by(viewer)).order_by(Round.id.desc()).limit(PAGE + 1)
    if key := newest_key(after):
        wanted = wanted.where(Round.id < key)
    found = list(db.session.scalars(wanted))
    return Listing(_lines(viewer, found[:PAGE]), str(found[PAGE - 1].id) if len(found) > PAGE else None)


def waiting(viewer: Viewer) -> tuple[Select[Round], ...]:
    """For the desk: the open rounds in which this person still has something to return, the first due first."""
    return () if viewer.role in ISSUERS else (_waiting(viewer),)


@lru_cache(256)
def _waiting(viewer: Viewer) -> Select[Round]:
    left = exists().where(Addressee.round_id == Round.id, _own(viewer), Addressee.state != ReturnState.RETURNED)
    rows = select(Round).where(rounds_seen_by(viewer), Round.state == RoundState.OPEN, left)
    return rows.order_by(Round.due_on).limit(AT_MOST)


def awaited(viewer: Viewer) -> list[RoundLine]:
    """The same, as a list tells them."""
    return [line for query in waiting(viewer) for line in _lines(viewer, db.session.scalars(query).all())]


def _lines(viewer: Viewer, found: Sequence[Round]) -> list[RoundLine]:
    ids = [each.id for each in found]
    own = () if viewer.role in ISSUERS else (_own(viewer),)
    done = func.sum(case((Addressee.state == ReturnState.RETURNED, 1), else_=0))
    asked = select(Addressee.round_id, func.count(), done, func.max(Addressee.returned_on))
    asked = asked.where(Addressee.round_id.in_(ids), *own).group_by(Addressee.round_id)
    counts = {id: (all_of_them, returned, last) for id, all_of_them, returned, last in db.session.execute(asked)}
    items = select(Item.round_id, func.count()).where(Item.round_id.in_(ids), seen_by(viewer)).group_by(Item.round_id)
    there = {id: count for id, count in db.session.execute(items)}
    return [
        RoundLine(
            each.id,
            each.title,
            each.state,
            each.due_on,
            *counts.get(each.id, (0, 0, None)),
            items=there.get(each.id, 0),
            reminded_on=each.reminded_on,
        )
        for each in found
    ]


def _own(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.place_code is not None:
        return Addressee.place_code == viewer.place_code
    return Addressee.unit_id == viewer.unit_id


class AskedLine(NamedTuple):
    """Somebody who was asked, and what came back."""

    id: int
    name: str
    state: str
    returned_on: date | None
    items: int


def asked(round: Round, viewer: Viewer) -> list[AskedLine]:
    """Who was asked in a round: units, then villages; how many items this person may see of each."""
    count = select(Item.addressee_id, func.count()).where(Item.round_id == round.id, seen_by(viewer))
    counts = {id: each for id, each in db.session.execute(count.group_by(Item.addressee_id))}
    rows = db.session.execute(
        select(Addressee, Unit.name, Place.name, Township.name)
        .outerjoin(Unit, Unit.id == Addressee.unit_id)
        .outerjoin(Place, Place.code == Addressee.place_code)
        .outerjoin(Township, Township.code == Place.parent_code)
        .where(Addressee.round_id == round.id)
        .order_by(Addressee.unit_id.is_(None), Unit.name, Addressee.place_code)
    )
    return [
        AskedLine(each.id, unit or f"{township} / {village}", each.state, each.returned_on, counts.get(each.id, 0))
        for each, unit, village, township in rows
    ]


# --- items ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filter:
    """What the list of items is narrowed to; an empty word means everything."""

    state: str = ""
    field: str = ""
    urgency: str = ""
    place: str = ""
    round: int | None = None
    asked: int | None = None
    since: date | None = None
    until: date | None = None
    apart: bool = False  # without those that became a case: they are counted as letters

    def asked_for(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: str(word) for name, word in named.items() if word}

    def clauses(self) -> Iterator[ColumnElement[bool]]:
        """The filter as WHERE clauses."""
        columns: tuple[tuple[InstrumentedAttribute[Any], Any], ...] = (
            (Item.state, self.state),
            (Item.field, self.field),
            (Item.urgency, self.urgency),
            (Item.township_code if len(self.place) == 9 else Item.place_code, self.place),
            (Item.round_id, self.round),
            (Item.addressee_id, self.asked),
        )
        for column, word in columns:
            if word:
                yield column == word
        if self.since:
            yield Item.returned_on >= self.since
        if self.until:
            yield Item.returned_on <= self.until
        if self.apart:
            yield Item.petition_id.is_(None)


class ItemLine(NamedTuple):
    """One line of a list of items."""

    id: int
    subject: str
    field: str
    urgency: str
    people: str
    state: str
    place: str
    returned_on: date
    due_on: date | None
    returned_by: str


_ITEMS: Select[*tuple[Any, ...]] = (
    select(
        Item,
        Place.name.label("place"),
        Township.name.label("township"),
        Unit.name.label("unit"),
        User.name.label("person"),
    )
    .join(Place, Place.code == Item.place_code)
    .outerjoin(Township, Township.code == Place.parent_code)
    .outerjoin(Unit, Unit.id == Item.unit_id)
    .join(User, User.id == Item.by_id)
)


def items(viewer: Viewer, wanted: Filter, after: str = "") -> Listing[ItemLine]:
    """The items this person may see under a filter, the newest first."""
    lines = _ITEMS.where(seen_by(viewer), *wanted.clauses()).order_by(Item.id.desc()).limit(PAGE + 1)
    if key := newest_key(after):
        lines = lines.where(Item.id < key)
    rows = db.session.execute(lines).all()
    found = [_item_line(row) for row in rows[:PAGE]]
    return Listing(found, str(found[-1].id) if len(rows) > PAGE else None, wanted.asked_for())


def to_look_at(viewer: Viewer) -> Select[Item] | None:
    """For the desk: the watched items whose day has come or comes within a week."""
    return _due_items(viewer, clock.today()) if viewer.role in ISSUERS else None


@lru_cache(256)
def _due_items(viewer: Viewer, today: date) -> Select[Item]:
    due = (Item.state == State.WATCHED, Item.due_on <= today + SOON)
    return select(Item).where(seen_by(viewer), *due).order_by(Item.due_on, Item.id).limit(AT_MOST)


def everything(round: Round, viewer: Viewer) -> list[tuple[Item, str, str]]:
    """The items of a round for paper and Excel, with place and who returned them; at most some thousands."""
    rows = db.session.execute(_ITEMS.where(seen_by(viewer), Item.round_id == round.id).order_by(Item.id).limit(5000))
    return [(row.Item, _placed(row), _returned_by(row)) for row in rows]


def _item_line(row: Row[*tuple[Any, ...]]) -> ItemLine:
    item: Item = row.Item
    return ItemLine(
        item.id,
        item.subject,
        item.field,
        item.urgency,
        item.people,
        item.state,
        _placed(row),
        item.returned_on,
        item.due_on,
        _returned_by(row),
    )


def _placed(row: Row[*tuple[Any, ...]]) -> str:
    return f"{row.township} / {row.place}" if row.Item.place_code != row.Item.township_code else str(row.place)


def _returned_by(row: Row[*tuple[Any, ...]]) -> str:
    return str(row.unit or row.person)


_TIMELINE = (
    select(Entry, User.name)
    .outerjoin(User, User.id == Entry.actor_id)
    .where(Entry.thread == bindparam("thread"), Entry.thread_id == bindparam("id"), Entry.number > bindparam("since"))
    .order_by(Entry.number)
)


def timeline(item: Item, *, since: int = 0) -> list[Happened]:
    """What happened to an item, oldest first."""
    rows = db.session.execute(_TIMELINE, {"thread": "screening_item", "id": item.id, "since": since})
    return [Happened(entry.at, str(EVENT_LABELS[entry.action]), name, entry.note) for entry, name in rows]
