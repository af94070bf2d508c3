"""A year of the calendar put anew, and the running clocks that it moves."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from blueprints.accounts.models import User
from blueprints.petitions.casefile.models import Clock
from blueprints.petitions.docket.models import Petition, unwalled
from blueprints.rules.receptions import models as receptions
from blueprints.rules.reports import models as reports
from core import deadlines, workdays
from core.check import rows
from core.deadlines import Deadline, Unit
from core.extensions import db, fetch
from core.notices import Day
from core.record import Entry, Thread
from core.roles import Viewer
from core.workdays import CalendarYear

_AT_ONCE = 100  # matters held in memory


class Effect(NamedTuple):
    """What a change of the calendar does to running clocks: how many end on another day, and how many are counted
    anew and stay. Matters that complain of whoever asks are counted anew too, and are in neither number; nor is any
    report of a violation."""

    moved: int
    stays: int


def effect(session: Session, calendar: deadlines.Calendar, year: int, viewer: Viewer) -> Effect:
    """What this calendar would do to the clocks that run today."""
    told = [moved for _, moved, tell in _affected(session, calendar, year, viewer) if tell]
    told += [moved for _, _, moved in receptions.recounted(session, calendar, year)]
    return Effect(sum(told), len(told) - sum(told))


def put_year(year: int, days: Sequence[Day], published: bool, *, by: Viewer) -> Effect:
    """Put the table of a year, and with it every running clock that was counted over its days."""
    CalendarYear.change(year, days, published, by=by.id)
    calendar = workdays.calendar()
    touched = list(_affected(db.session(), calendar, year, by))
    reports.recount(calendar, by=by.id)
    told = [moved for _, moved, tell in touched if tell]
    ids = sorted({petition for petition, _, _ in touched})
    for start in range(0, len(ids), _AT_ONCE):
        some = select(Petition).where(Petition.id.in_(ids[start : start + _AT_ONCE])).order_by(Petition.id)
        with db.session.no_autoflush:  # all of them are written at once, and then no longer held
            for petition in db.session.scalars(some.with_for_update()):
                petition.recount(calendar, by=by.id)
        db.session.flush()
    for bill, deadline, moved in list(receptions.recounted(db.session(), calendar, year, to_move=True)):
        bill.recount(deadline, by=by.id)
        told.append(moved)
    return Effect(sum(told), len(told) - sum(told))


def _affected(
    session: Session, calendar: deadlines.Calendar, year: int, viewer: Viewer
) -> Iterator[tuple[int, bool, bool]]:
    """The running clocks whose sum another calendar changes: their matter, whether their last day moves, and whether
    this person may know of them. Only those are read that ask a calendar, and end in that year or later."""
    asks = or_(
        Clock.sum["rule"]["unit"].as_string() == Unit.WORKING_DAYS,
        Clock.sum["rule"]["rolls"].as_boolean(),
        Clock.sum["extends"].as_string().is_not(None),
    )
    wanted = (
        select(Clock.petition_id, Clock.sum, unwalled(viewer))
        .join(Petition, Petition.id == Clock.petition_id)
        .where(Clock.stopped_on.is_(None), Clock.due_on >= date(year, 1, 1), asks)
        .order_by(Clock.due_on, Clock.id)
    )
    for petition, reckoned, tell in rows(session, wanted):
        before = Deadline.from_json(reckoned)
        after = deadlines.recount(before, calendar)
        if after != before:
            yield petition, after.due_on != before.due_on, bool(tell)


class Event(NamedTuple):
    """An entry of the record for people: what, when, by whom."""

    action: str
    at: datetime
    by: str | None


def history(thread: Thread) -> list[Event]:
    """What happened to a year or to a procedure, oldest first."""
    wanted = (
        select(Entry.action, Entry.at, User.name)
        .outerjoin(User, User.id == Entry.actor_id)
        .where(Entry.thread == thread.kind, Entry.thread_id == thread.id)
        .order_by(Entry.number)
    )
    return [Event(*row) for row in fetch(db.session(), wanted)]
