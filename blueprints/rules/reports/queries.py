"""Lists and figures of reports: by state and day alone, for nothing else of them is in clear."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, func, literal, not_, or_, select
from sqlalchemy.orm import Session

from blueprints.accounts.models import Unit, User
from blueprints.rules.keyring.models import OfficerKey, current
from blueprints.rules.reports.domain import EVENT_LABELS, OBJECTION, REPORTED, Outcome, State, guarded
from blueprints.rules.reports.models import _HOLDERS, Report, Wrap, seen_by
from core import clock
from core.desk import AT_MOST
from core.extensions import db
from core.pages import Listing
from core.record import entries
from core.roles import Role, Viewer
from core.texts import plain

PAGE = 50


def listed(viewer: Viewer, after: str, state: str = "", *, notices: bool = False) -> Listing[Report]:
    """The reports this officer may see, what is due first; without a state, those that are not closed."""
    rows = select(Report).where(seen_by(viewer), Report.of_id.is_not(None) if notices else Report.of_id.is_(None))
    waits = or_(Report.state != State.CLOSED, Report.unread)
    rows = rows.where(Report.state == state if state in set(State) else waits)
    if key := _key(after):
        day, id = key
        rows = rows.where(or_(Report.due_on > day, and_(Report.due_on == day, Report.id > id)))
    found = db.session.scalars(rows.order_by(Report.due_on, Report.id).limit(PAGE + 1)).all()
    more = f"{found[PAGE - 1].due_on}.{found[PAGE - 1].id}" if len(found) > PAGE else None
    return Listing(found[:PAGE], more, {"state": state} if state else {})


def _key(after: str) -> tuple[date, int] | None:
    day, _, id = after.partition(".")
    try:
        return (date.fromisoformat(day), int(id)) if id.isascii() and len(id) <= 18 else None
    except ValueError:
        return None


@dataclass(frozen=True)
class Happened:
    """One entry, as it is told on a page."""

    at: datetime
    title: str
    by: str | None
    text: str = ""


def timeline(report: Report, *, since: int = 0) -> list[Happened]:
    """What happened to a report, oldest first: who and when, nothing of what was written."""
    found = entries(report.thread, since=since)
    names = people({each.actor_id for each in found if each.actor_id})
    titles = plain(EVENT_LABELS)
    return [Happened(each.at, titles[each.action], names.get(each.actor_id or 0)) for each in found]


def people(ids: set[int]) -> dict[int, str]:
    """Names of officers."""
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(ids))) if ids else ()
    return {row.id: row.name for row in rows}


def unit_name(id: int | None) -> str:
    """The name of a unit, or nothing."""
    return (db.session.scalar(select(Unit.name).where(Unit.id == id)) or "") if id else ""


@dataclass(frozen=True)
class Figures:
    """Counts by kind, by outcome and by month; None where a number is too small to be told."""

    kinds: dict[str, int | None]
    outcomes: dict[str, int | None]
    months: dict[str, int | None]
    hidden: bool
    until: date


def figures(viewer: Viewer) -> Figures:
    """What was received in the last twelve months, and what became of what was received since ever.

    An officer counts what that officer may see. Everybody else is told whole months alone, without small numbers: the
    difference between today and yesterday would be a single report.
    """
    officer = viewer.role is Role.DISCIPLINE
    today = clock.today()
    until = today if officer else today.replace(day=1)
    which = [Report.of_id.is_(None), Report.received_on <= until if officer else Report.received_on < until]
    if officer:
        which.append(seen_by(viewer))
    first = date(until.year - 1, until.month, 1)
    kinds = _counted(select(Report.kind, func.count()).where(*which).group_by(Report.kind))
    outcomes = _counted(
        select(Report.outcome, func.count())
        .where(*which, Report.state == State.CLOSED, Report.outcome.is_not(None))
        .group_by(Report.outcome)
    )
    days = select(Report.received_on, func.count()).where(*which, Report.received_on >= first)
    months: dict[str, int] = {f"{y}-{m:02d}": 0 for y, m in _months(first, until, today=officer)}
    for row in db.session.execute(days.group_by(Report.received_on)):
        months[f"{row[0]:%Y-%m}"] += row[1]
    tables = (
        {str(kind): kinds.get(kind, 0) for kind in REPORTED},
        {str(outcome): outcomes.get(outcome, 0) for outcome in Outcome},
        months,
    )
    told: list[dict[str, int | None]] = [{**each} if officer else guarded(each) for each in tables]
    hidden = any(None in each.values() for each in told)
    return Figures(told[0], told[1], told[2], hidden, until)


def _counted(rows: Select[*tuple[Any, ...]]) -> dict[str, int]:
    return {name: count for name, count in db.session.execute(rows)}


def _months(first: date, until: date, *, today: bool) -> Iterator[tuple[int, int]]:
    year, month = first.year, first.month
    while (year, month) < (until.year, until.month) or (today and (year, month) == (until.year, until.month)):
        yield year, month
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


@lru_cache(256)
def keyless(viewer: Viewer) -> Select[int]:
    """One row, where this officer has no key."""
    return select(literal(1)).where(~current(viewer.id).exists())


def waiting(viewer: Viewer, *, dated: bool) -> Select[Report]:
    """What is due within a week or late, and what the reporter wrote, for this officer: where a day is ours to keep,
    or where none is."""
    return _waiting(viewer, clock.today(), dated)


@lru_cache(256)
def _waiting(viewer: Viewer, today: date, dated: bool) -> Select[Report]:
    late = and_(Report.due_on <= today + timedelta(days=7), or_(Report.clock != OBJECTION, Report.due_on < today))
    ours = and_(Report.clock.is_not(None), Report.clock != OBJECTION)
    rows = select(Report).where(seen_by(viewer), or_(late, Report.unread), ours if dated else not_(ours))
    return rows.order_by(Report.due_on, Report.id).limit(AT_MOST)


def nobody(session: Session) -> Sequence[str]:
    """The open reports that nobody who works here can open any more."""
    holder = _HOLDERS.where(Wrap.report_id == Report.id).correlate(Report).exists()
    return session.scalars(select(Report.number).where(Report.state != State.CLOSED, ~holder)).all()


def opens_alone(key: OfficerKey) -> int:
    """How many reports nobody but the owner of this key can open."""
    own = select(Wrap.report_id).where(Wrap.key_id == key.id)
    others = _HOLDERS.where(Wrap.report_id == Report.id, OfficerKey.id != key.id).correlate(Report).exists()
    return db.session.scalar(select(func.count(Report.id)).where(Report.id.in_(own), ~others)) or 0
