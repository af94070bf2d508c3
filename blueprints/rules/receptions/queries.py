"""Reading receptions: the list, what happened to one, the year by unit, what waits for somebody.

Each list and each number holds only what its reader may see.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from blueprints.accounts.models import Unit, User
from blueprints.rules.receptions.domain import EVENT_LABELS, STANDARD_EVENT_LABELS, STATE_LABELS, State
from blueprints.rules.receptions.models import BILLED, COUNTED, Reception, seen_by
from core import clock
from core.desk import AT_MOST
from core.extensions import db
from core.money import yuan
from core.pages import Listing, newest_key
from core.record import Entry, Happened, Thread
from core.roles import Role, Viewer
from core.tables import Sheet, write_xlsx
from core.texts import plain

PAGE = 25
MOST_TAKEN = 2000  # rows of a workbook


@dataclass(frozen=True)
class Filter:
    """What the list is narrowed to; an empty word means everything."""

    state: str = ""
    unit: int | None = None
    year: int | None = None
    show: str = ""  # missing: without their bill in time; over: above what was approved; excepted

    def asked(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        words = {"state": self.state, "unit": self.unit, "year": self.year, "show": self.show}
        return {name: str(word) for name, word in words.items() if word}

    def clauses(self) -> Iterator[ColumnElement[bool]]:
        """The filter as WHERE clauses."""
        if self.state:
            yield Reception.state == self.state
        if self.unit:
            yield Reception.unit_id == self.unit
        if self.year:
            yield _in_year(self.year)
        match self.show:
            case "missing":
                yield missing()
            case "over":
                yield Reception.overrun_fen > 0
            case "excepted":
                yield Reception.excepted.is_(True)


def _in_year(year: int) -> ColumnElement[bool]:
    return Reception.from_on.between(date(year, 1, 1), date(year, 12, 31))


def missing() -> ColumnElement[bool]:
    """Those whose bill should be here."""
    return and_(Reception.state == State.APPROVED, Reception.bill_due_on < clock.today())


def listed(viewer: Viewer, wanted: Filter, after: str = "") -> Listing[Reception]:
    """One page of the receptions that this person may see, the newest first."""
    rows = _listed(viewer, wanted)
    if key := newest_key(after):
        rows = rows.where(Reception.id < key)
    found = db.session.scalars(rows.limit(PAGE + 1)).all()
    return Listing(found[:PAGE], str(found[PAGE - 1].id) if len(found) > PAGE else None, wanted.asked())


def _listed(viewer: Viewer, wanted: Filter) -> Select[Reception]:
    rows = select(Reception).where(seen_by(viewer), *wanted.clauses()).order_by(Reception.id.desc())
    return rows.options(joinedload(Reception.unit))


def to_take(viewer: Viewer, wanted: Filter) -> list[Reception]:
    """The rows of a workbook: one more than it holds, where there are more."""
    return list(db.session.scalars(_listed(viewer, wanted).limit(MOST_TAKEN + 1)))


def units(viewer: Viewer) -> list[tuple[str, str]]:
    """The units that have receptions this person may see, as choices."""
    rows = select(Unit.id, Unit.name).join(Reception, Reception.unit_id == Unit.id).where(seen_by(viewer)).distinct()
    return [(str(id), name) for id, name in db.session.execute(rows.order_by(Unit.name))]


def years(viewer: Viewer) -> list[int]:
    """The years of those receptions, the latest first, without a gap; this one is always among them."""
    ends = select(func.min(Reception.from_on), func.max(Reception.from_on)).where(seen_by(viewer))
    found = [each.year for each in db.session.execute(ends).one() if each is not None]
    now = clock.today().year
    return list(range(max([now, *found]), min([now, *found]) - 1, -1))


def timeline(thread: Thread, since: int = 0) -> list[Happened]:
    """What happened to a reception or a standard, oldest first."""
    titles = plain(EVENT_LABELS if thread.kind == "official_reception" else STANDARD_EVENT_LABELS)
    rows = select(Entry, User.name).outerjoin(User, User.id == Entry.actor_id)
    rows = rows.where(Entry.thread == thread.kind, Entry.thread_id == thread.id, Entry.number > since)
    return [
        Happened(entry.at, titles[entry.action], name, entry.note)
        for entry, name in db.session.execute(rows.order_by(Entry.number))
    ]


# --- the year ------------------------------------------------------------------------------------------------------


class Sums(NamedTuple):
    """The receptions of a unit in a year, or of all of them: how many, and their money in fen."""

    unit_id: int | None
    unit: str
    number: int
    planned: int
    billed: int  # what was planned for those of which the bill is here
    actual: int
    overrun: int
    over: int
    excepted: int
    missing: int


def by_unit(viewer: Viewer, year: int) -> list[Sums]:
    """The approved receptions of a year by unit, by its name; the bills as far as they are here."""

    def those(which: ColumnElement[bool], what: Any = 1) -> Any:
        return func.coalesce(func.sum(case((which, what), else_=0)), 0)

    has_bill = Reception.state.in_(BILLED)
    rows = (
        select(
            Unit.id,
            Unit.name,
            func.count(Reception.id),
            func.coalesce(func.sum(Reception.planned_fen), 0),
            those(has_bill, Reception.planned_fen),
            those(has_bill, Reception.actual_fen),
            those(has_bill, Reception.overrun_fen),
            those(and_(has_bill, Reception.overrun_fen > 0)),
            those(Reception.excepted.is_(True)),
            those(missing()),
        )
        .join(Unit, Unit.id == Reception.unit_id)
        .where(seen_by(viewer), Reception.state.in_(COUNTED), _in_year(year))
        .group_by(Unit.id, Unit.name)
        .order_by(Unit.name)
    )
    return [Sums(id, name, *map(int, numbers)) for id, name, *numbers in db.session.execute(rows)]


def in_all(rows: list[Sums]) -> Sums:
    """Their sum."""
    return Sums(None, "", *(sum(column) for column in list(zip(*rows, strict=True))[2:] or [()] * 8))


# --- what waits ----------------------------------------------------------------------------------------------------


def waiting(viewer: Viewer) -> Select[Reception] | None:
    """What waits for this person: to approve, sent back to them, a bill to enter; to a leader late bills."""
    return _waiting(viewer, clock.today()) if viewer.role in (Role.CLERK, Role.HANDLER, Role.LEADER) else None


@lru_cache(256)
def _waiting(viewer: Viewer, today: date) -> Select[Reception]:
    mine, ours = Reception.by_id == viewer.id, Reception.unit_id == viewer.unit_id
    over = and_(Reception.state == State.APPROVED, Reception.until_on < today)
    back = and_(Reception.state == State.APPROVED, Reception.entered_on.is_not(None))
    wanted = [and_(Reception.state == State.RETURNED, mine), and_(or_(mine, ours), or_(over, back))]
    if viewer.role is Role.LEADER:
        wanted.append(and_(Reception.state == State.REQUESTED, ~mine))
        wanted.append(and_(over, Reception.bill_due_on < today))
    rows = select(Reception).where(seen_by(viewer), Reception.state.not_in(_DONE), or_(*wanted))
    return rows.order_by(Reception.from_on, Reception.id).limit(AT_MOST)


@lru_cache(256)
def bills(viewer: Viewer) -> Select[Reception] | None:
    """The bills that this person may settle, which others asked for and entered."""
    if viewer.role not in (Role.CLERK, Role.LEADER):
        return None
    others = and_(Reception.by_id != viewer.id, Reception.entered_by_id != viewer.id)
    rows = select(Reception).where(seen_by(viewer), Reception.state == State.BILLED, others)
    return rows.order_by(Reception.from_on, Reception.id).limit(AT_MOST)


_DONE = (State.DRAFT, State.SETTLED, State.REFUSED, State.CANCELLED)


def why(row: Reception, viewer: Viewer) -> str:
    """Why it waits for this person."""
    match State(row.state):
        case State.REQUESTED:
            return "approve"
        case State.RETURNED:
            return "returned"
    if row.entered_on is not None:
        return "rebilled"
    return "bill" if row.unit_id == viewer.unit_id or row.by_id == viewer.id else "late"


# --- tables to take away: amounts are numbers, and no name of a guest is in them ------------------------------------


def list_workbook(rows: Sequence[Reception]) -> bytes:
    """The list."""
    states = plain(STATE_LABELS)
    headings = [
        _("Number"),
        _("Unit"),
        _("Guests from"),
        _("First day"),
        _("Last day"),
        _("Guests"),
        _("Hosts"),
        _("Venue"),
        _("State"),
        _("Against the standard"),
        _("Approved, yuan"),
        _("Bill, yuan"),
        _("Above, yuan"),
        _("Bill due on"),
    ]
    return write_xlsx(
        Sheet(
            _("Official receptions"),
            headings,
            [
                (
                    row.number,
                    row.unit.name,
                    row.guest_unit,
                    row.from_on,
                    row.until_on,
                    row.guests,
                    row.hosts,
                    row.place,
                    states[row.state],
                    _("approved as an exception") if row.excepted else "",
                    yuan(row.planned_fen),
                    None if row.actual_fen is None else yuan(row.actual_fen),
                    yuan(row.overrun_fen) if row.overrun_fen else None,
                    row.bill_due_on,
                )
                for row in rows
            ],
        )
    )


def year_workbook(rows: Sequence[Sums], of: int) -> bytes:
    """The year by unit, with its sum."""
    headings = [
        _("Unit"),
        _("Receptions"),
        _("Approved, yuan"),
        _("Of these with a bill, yuan"),
        _("Bills, yuan"),
        _("Above, yuan"),
        _("Receptions above"),
        _("Exceptions"),
        _("Bills missing"),
    ]

    def cells(name: str, each: Sums) -> tuple[object, ...]:
        amounts = map(yuan, (each.planned, each.billed, each.actual, each.overrun))
        return (name, each.number, *amounts, each.over, each.excepted, each.missing)

    total = cells(_("Total"), in_all(list(rows)))
    return write_xlsx(Sheet(str(of), headings, [*(cells(each.unit, each) for each in rows), total]))
