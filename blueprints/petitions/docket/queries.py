"""The queue and the search: one page of matters at a time, each a constant number of queries."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Row, Select, UnaryExpression, and_, bindparam, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, aliased
from sqlalchemy.sql.operators import custom_op

from blueprints.accounts.models import Unit, User
from blueprints.petitions.casefile.models import Clock
from blueprints.petitions.docket.domain import ENDED, EVENT_LABELS, INSIDE, INSIDE_CLOCKS, TERMS, Channel
from blueprints.petitions.docket.models import INDEX, Petition, seen_by
from core import clock, search, vault
from core.extensions import db, fetch
from core.pages import Listing, language, newest_key
from core.places import Place
from core.procedures import profile
from core.record import Entry
from core.roles import Role, Viewer
from core.texts import plain

PAGE = 25
MOST_JOINED = 50
MOST_COMPARED = 300
LOOKED_BACK = timedelta(days=366)
NUMBER = re.compile(r"[0-9]{4}-[0-9]{5,}")

Township = aliased(Place)

_RUNS_OUTSIDE = and_(Clock.stopped_on.is_(None), Clock.name.not_in((*INSIDE_CLOCKS, *TERMS)))


class Line(NamedTuple):
    """One line of the queue: enough to know the matter, nothing of who wrote it."""

    id: int
    number: str | None
    state: str
    kind: str
    channel: str
    due_on: date | None
    due_clock: str | None
    received_on: date
    place: str
    unit: str | None
    unread: bool
    subject: str


@dataclass(frozen=True)
class Filter:
    """What the queue is narrowed to; an empty word means everything."""

    q: str = ""
    state: str = ""
    kind: str = ""
    channel: str = ""
    unit: int | None = None
    place: str = ""
    overdue: bool = False
    unread: bool = False

    def asked(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        return {name: "y" if word is True else str(word) for name, word in vars(self).items() if word}

    def in_full(self) -> str:
        """The filter as the end of an address."""
        return urlencode(self.asked())

    def in_short(self) -> str:
        """The filter to be remembered for a while; never the words of a search, which may be a name."""
        return replace(self, q="").in_full()

    def clauses(self, viewer: Viewer) -> Iterator[ColumnElement[bool]]:
        """The filter as WHERE clauses: the narrowest leads by its index, the others are tested on what it finds."""
        state = "" if self.state in ("open", "all", *ENDED) else self.state
        township, village = (self.place, "") if len(self.place) == 9 else ("", self.place)
        leads = viewer.role in (Role.CLERK, Role.LEADER)  # of others, what they may see leads
        outside = viewer.role == Role.CONTACT
        for column, word in (
            (Petition.unread, self.unread and not outside),  # that the petitioner wrote is between them and the office
            (Petition.place_code, village),
            (Petition.unit_id, self.unit),
            (Petition.state, state),
            (Petition.township_code, township),
            (Petition.channel, self.channel),
            (Petition.kind, self.kind),
            (Petition.state, self.state if self.state in ENDED else ""),
        ):
            if word:
                yield (column if leads else _tested(column)) == word
                leads = False
        if self.overdue and outside:  # by the clocks that they see, whatever else is late or runs inside the office
            late = select(Clock.petition_id).where(_RUNS_OUTSIDE, Clock.due_on < clock.today())
            yield and_(Petition.due_on.is_not(None), Petition.id.in_(late))
        elif self.overdue:
            yield and_(Petition.due_clock.is_not(None), Petition.due_on < clock.today())

    @property
    def by_due_date(self) -> bool:
        """Open matters come by what is due first; closed ones and hits of a search by what is newest."""
        return not self.q and not self.unread and (self.overdue or self.state not in ("all", *ENDED))


LINES: Select[*tuple[Any, ...]] = (
    select(
        Petition.id,
        Petition.number,
        Petition.state,
        Petition.kind,
        Petition.channel,
        Petition.due_on,
        Petition.due_clock,
        Petition.received_on,
        Petition.unread,
        Petition.subject_sealed,
        Place.name.label("place"),
        Township.name.label("township"),
        Unit.name.label("unit"),
    )
    .outerjoin(Place, Place.code == Petition.place_code)  # there always is one; what only counts need not look for it
    .outerjoin(Township, Township.code == Petition.township_code)
    .outerjoin(Unit, Unit.id == Petition.unit_id)
)


def _tested(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """The column as no index serves it: SQLite, which keeps no statistics, guesses which of several is narrow."""
    if db.engine.dialect.name != "sqlite":
        return column.expression
    return UnaryExpression(column.expression, operator=custom_op("+"), type_=column.type)


def queue(viewer: Viewer, wanted: Filter, after: str = "") -> Listing[Line]:
    """One page of the matters that this person may see; the filter goes along to the next."""
    listing = _page(viewer, wanted, after)
    if viewer.role == Role.CONTACT:
        listing = replace(listing, rows=_outside(listing.rows))
    return replace(listing, filters=wanted.asked())


def in_due_order(viewer: Viewer, wanted: Filter) -> bool:
    """Whether this list comes by due date. To a contact none does: its order and its next address would tell the day by
    which a unit has to answer the office."""
    return wanted.by_due_date and viewer.role != Role.CONTACT


def _outside(lines: Sequence[Line]) -> list[Line]:
    """The lines for who filed them, each with the first clock that they see: whether a unit has to answer the office,
    or the petitioner has written to it, is nobody else's business, nor that something is left out."""
    clocks = select(Clock.petition_id, Clock.due_on, Clock.name).order_by(Clock.due_on.desc(), Clock.id.desc())
    clocks = clocks.where(Clock.petition_id.in_([line.id for line in lines if line.due_on]), _RUNS_OUTSIDE)
    first = {id: (due_on, name) for id, due_on, name in db.session.execute(clocks)}
    told = []
    for line in lines:
        due_on, name = first.get(line.id, (None, None))
        told.append(line._replace(due_on=due_on, due_clock=name, unread=False))
    return told


@lru_cache(256)
def _to_search(viewer: Viewer, wanted: Filter, today: date, dialect: str) -> Select[*tuple[Any, ...]]:
    """What a search looks through, with the text that it opens; kept without the words, and for the same reason."""
    return LINES.where(seen_by(viewer), *wanted.clauses(viewer)).add_columns(Petition.text_sealed)


def in_order(viewer: Viewer, wanted: Filter) -> Select[*tuple[Any, ...]]:
    """What finds the first page of a list without words."""
    return _in_order(viewer, wanted, clock.today(), db.engine.dialect.name)


@lru_cache(256)
def _in_order(viewer: Viewer, wanted: Filter, today: date, dialect: str) -> Select[*tuple[Any, ...]]:
    """The first page, as a statement that is kept: to put it together takes longer than to run it."""
    lines = LINES.where(seen_by(viewer), *wanted.clauses(viewer)).limit(PAGE + 1)
    if not in_due_order(viewer, wanted):
        return lines.order_by(Petition.id.desc())
    return lines.where(Petition.due_on.is_not(None)).order_by(Petition.due_on, Petition.id)


def _page(viewer: Viewer, wanted: Filter, after: str) -> Listing[Line]:
    if wanted.q:
        lines = _to_search(viewer, replace(wanted, q=""), clock.today(), db.engine.dialect.name)
        return _found(lines, wanted.q, newest_key(after))
    lines = in_order(viewer, wanted)
    if not in_due_order(viewer, wanted):
        key = newest_key(after)
        rows = fetch(db.session(), lines.where(Petition.id < key) if key else lines).all()
        return Listing([line_of(row) for row in rows[:PAGE]], str(rows[PAGE - 1].id) if len(rows) > PAGE else None)
    due, id = _due_key(after)
    if due is not None:
        lines = lines.where(tuple_(Petition.due_on, Petition.id) > tuple_(due, id))
    rows = fetch(db.session(), lines).all()
    key_of = rows[PAGE - 1] if len(rows) > PAGE else None
    return Listing([line_of(row) for row in rows[:PAGE]], f"{key_of.due_on}.{key_of.id}" if key_of else None)


def _found(lines: Select[*tuple[Any, ...]], q: str, after: int | None) -> Listing[Line]:
    """Hits of a search, newest first; a docket number finds its matter."""
    if NUMBER.fullmatch(q):
        rows = db.session.execute(lines.where(Petition.number == q)).all()
        return Listing([line_of(row) for row in rows])
    subjects: dict[int, str] = {}  # opened once

    def words(row: Row[Any]) -> str:
        subjects[row.id] = _open(f"petition.subject_sealed:{row.id}", row.subject_sealed)
        return f"{subjects[row.id]}\n{_open(f'petition.text_sealed:{row.id}', row.text_sealed)}"

    found, key = INDEX.newest(lines, Petition.id, q, words, most=PAGE, after=after)
    return Listing([line_of(row, subjects[row.id]) for row in found], str(key) if key else None)


def joined(petition: Petition, viewer: Viewer) -> list[Line]:
    """The letters that are answered together with this one, or the one that it is answered with."""
    if not petition.leads and petition.merged_into_id is None:
        return []
    lines = _joined(viewer, petition.merged_into_id is not None)
    return [line_of(row) for row in fetch(db.session(), lines, own=petition.id, into=petition.merged_into_id)]


@lru_cache(256)
def _joined(viewer: Viewer, away: bool) -> Select[*tuple[Any, ...]]:
    other = Petition.merged_into_id == bindparam("own")
    if away:
        other = or_(other, Petition.id == bindparam("into"))
    return LINES.where(seen_by(viewer), other).order_by(Petition.id).limit(MOST_JOINED)


def same_matter(petition: Petition, viewer: Viewer) -> list[Line]:
    """Letters that may be on the same matter: of the newest ones from the same township, those whose words are most
    alike. About the matter alone: who wrote is not looked at."""
    there = (Petition.township_code == petition.township_code, Petition.id != petition.id)
    recent = Petition.received_on >= petition.received_on - LOOKED_BACK
    lines = LINES.where(seen_by(viewer), *there, recent).add_columns(Petition.text_sealed)
    rows = {row.id: row for row in fetch(db.session(), lines.order_by(Petition.id.desc()).limit(MOST_COMPARED))}
    subjects = {id: _open(f"petition.subject_sealed:{id}", row.subject_sealed) for id, row in rows.items()}
    words = {id: f"{subjects[id]}\n{_open(f'petition.text_sealed:{id}', row.text_sealed)}" for id, row in rows.items()}
    return [line_of(rows[id], subjects[id]) for id in search.alike(petition.words, words)]


@dataclass(frozen=True)
class Happened:
    """One entry of a case, as it is told on the page."""

    at: datetime
    title: str
    by: str | None
    text: str | None


def timeline(petition: Petition, *, inside: bool, since: int = 0) -> list[Happened]:
    """What happened, oldest first. To the contact who filed it (`inside` false) the steps alone: what the petitioner
    and the office write to one another afterwards may be about the contact."""
    words = {each.id: each for each in petition.messages(all_of_them=True)} if inside else {}
    titles = plain(EVENT_LABELS)
    told: list[Happened] = []
    for row in fetch(db.session(), _TIMELINE, petition=petition.id, since=since):
        if not inside and (row.action in INSIDE or "message" in row.data):
            continue
        clocks = [each for each in row.data.get("clocks", ()) if inside or each[0] not in INSIDE_CLOCKS]
        if row.action == "calendar changed" and not clocks:
            continue  # what moved runs between the office and a unit
        message = words.get(row.data.get("message", 0))
        note = _open(f"entry.note_sealed:{row.id}", row.note_sealed) if inside and row.note_sealed else None
        by = row.name if inside and not by_a_contact(row.role, row.action, row.data) else None
        said = _moved(petition, clocks) if row.action == "calendar changed" else note
        told.append(Happened(row.at, titles[row.action], by, message.text if message else said))
    return told


def by_a_contact(role: str | None, action: str, data: dict[str, Any]) -> bool:
    """Whether a contact did it, who may be the one who wrote, whatever role the account has now: nobody else sends
    letters in by the public form and is known by an account."""
    return role == Role.CONTACT or (action == "received" and data["channel"] == Channel.ONLINE)


def _moved(petition: Petition, clocks: list[list[str]]) -> str:
    """What a change of the calendar did to each clock."""
    names = profile(petition.profile)
    return "\n".join(
        _(
            "%(clock)s: until now %(before)s, now %(after)s",
            clock=names.clock(name, petition.kind).name[language()],
            before=format_date(date.fromisoformat(before)),
            after=format_date(date.fromisoformat(after)),
        )
        for name, before, after in clocks
    )


_TIMELINE = (
    select(Entry.id, Entry.at, Entry.action, Entry.data, Entry.note_sealed, User.name, User.role)
    .outerjoin(User, User.id == Entry.actor_id)
    .where(Entry.thread == "petition", Entry.thread_id == bindparam("petition"), Entry.number > bindparam("since"))
    .order_by(Entry.number)
)


def line_of(row: Row[*tuple[Any, ...]], subject: str | None = None) -> Line:
    """A row of LINES, its subject opened."""
    id, number, state, kind, channel, due_on, due_clock, received_on, unread, sealed, village, township, unit, *_ = row
    place = village if village == township else f"{township} / {village}"
    subject = subject or _open(f"petition.subject_sealed:{id}", sealed)
    return Line(id, number, state, kind, channel, due_on, due_clock, received_on, place, unit, unread, subject)


def _open(place: str, sealed: bytes) -> str:
    text: str = json.loads(vault.open(sealed, place))
    return text


def _due_key(after: str) -> tuple[date | None, int]:
    day, _, id = after.partition(".")
    try:
        return date.fromisoformat(day), newest_key(id) or 0
    except ValueError:
        return None, 0
