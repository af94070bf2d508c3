"""The office's calendar: the notices that the program brings along, and the years that the office keeps itself.

A year comes into the tables whole, with the first change of one of its days; until then it is as core.notices has it,
so that a newer table which comes with the program is not lost behind an old copy. The module itself is a
`deadlines.Calendar`.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import ForeignKey, String, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import clock, notices
from core.extensions import Base, Id, Moment, db, fetch, writes
from core.notices import Corrected, Day, Year
from core.record import Recorded, Thread, ThreadHead

MOST_NAME, MOST_SOURCE = 60, 80

# On PostgreSQL whoever starts a clock and whoever changes the calendar wait for one another, so that no clock is
# missed by the recount; on SQLite there is one who writes at a time anyhow.
_SHARED, _ALONE = (text(f"SELECT pg_advisory_xact_lock{how}(20050501)") for how in ("_shared", ""))


class CalendarYear(ThreadHead, Base):
    """A year that the office keeps itself. Its id is the year."""

    __tablename__ = "calendar_year"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    published: Mapped[bool]  # its notice is out: no day of it is expected to change
    changed_at: Mapped[datetime] = mapped_column(Moment)

    @classmethod
    def change(cls, year: int, days: Sequence[Day], published: bool, *, by: int | None) -> "CalendarYear":
        """Put the whole table of a year; the calendar of this transaction is the new one at once."""
        if db.engine.dialect.name == "postgresql":
            db.session.execute(_ALONE)
        before = {day.on: day for day in days_of(db.session(), year)}
        wanted = {day.on: day for day in days}
        calendar = _read(db.session())
        row = db.session.get(cls, year, with_for_update=True)
        if row is None:
            row = cls(id=year, version=0)
            db.session.add(row)
        row.published, row.changed_at = published, clock.now()
        changed = [on for on in sorted(before.keys() | wanted.keys()) if before.get(on) != wanted.get(on)]
        row.trace(
            "calendar changed",
            by=by,
            published=published,
            days=[[on.isoformat(), _what(wanted.get(on))] for on in changed],
        )
        db.session.flush()  # its days refer to it
        kept = {day.day_on: day for day in db.session.scalars(select(CalendarDay).where(CalendarDay.year_id == year))}
        for on in kept.keys() - wanted.keys():
            db.session.delete(kept[on])
        for on, day in wanted.items():
            own = kept.get(on)
            if own is None:
                db.session.add(own := CalendarDay(day_on=on, year_id=year))
            own.working, own.name, own.source = day.working, day.name, day.source
        db.session.flush()
        fresh = calendar.with_year(year, {day.on: day.working for day in days}, published)
        _remember(db.session(), fresh)
        return row


class CalendarDay(Recorded, Base):
    """A day of such a year that has a name, or is worked or free unlike its day of the week."""

    __tablename__ = "calendar_day"

    day_on: Mapped[date] = mapped_column(primary_key=True)
    year_id: Mapped[int] = mapped_column(Id, ForeignKey("calendar_year.id"), index=True)
    working: Mapped[bool]
    name: Mapped[str] = mapped_column(String(MOST_NAME))
    source: Mapped[str] = mapped_column(String(MOST_SOURCE))  # the notice it is from; empty: it came along

    @property
    def thread(self) -> Thread:
        """The record of its year."""
        return Thread("calendar_year", self.year_id)


def _what(day: Day | None) -> str:
    return "plain" if day is None else "working" if day.working else "free"


def days_of(session: Session, year: int) -> Sequence[Day]:
    """The table of a year, in order: the office's own, else the one brought along."""
    if session.get(CalendarYear, year) is None:
        return notices.days(year)
    wanted = select(CalendarDay.day_on, CalendarDay.working, CalendarDay.name, CalendarDay.source)
    rows = fetch(session, wanted.where(CalendarDay.year_id == year).order_by(CalendarDay.day_on))
    return [Day(*row) for row in rows]


# --- the calendar that counts --------------------------------------------------------------------------------------


def is_working(day: date) -> bool:
    """True for a working day (工作日), a shifted weekend included."""
    return calendar().is_working(day)


def provisional(year: int) -> bool:
    """True while that year's notice is not out, so that a day of it may still change."""
    return calendar().provisional(year)


_REVISION = select(func.count(CalendarYear.id), func.sum(CalendarYear.version), func.max(CalendarYear.changed_at))


def calendar(session: Session | None = None) -> Corrected:
    """The calendar as it stands in this transaction: asked for once in it, and read again only after a change."""
    session = session or db.session()
    transaction, found = session.info.get("calendar", (None, None))
    if found is None or transaction is not session.get_transaction():
        if writes() and db.engine.dialect.name == "postgresql":
            session.execute(_SHARED)
        revision = tuple(fetch(session, _REVISION).one())
        kept: tuple[Any, Corrected] | None = current_app.extensions.get("calendar")
        if kept is None or kept[0] != revision:
            kept = current_app.extensions["calendar"] = (revision, _read(session))
        found = _remember(session, kept[1])
    return found  # type: ignore[no-any-return] # what a session carries along has no type


def _remember(session: Session, found: Corrected) -> Corrected:
    session.info["calendar"] = (session.get_transaction(), found)
    return found


def _read(session: Session) -> Corrected:
    days: dict[int, dict[date, bool]] = {}
    for year, on, working in fetch(session, select(CalendarDay.year_id, CalendarDay.day_on, CalendarDay.working)):
        days.setdefault(year, {})[on] = working
    years: Iterable[Any] = fetch(session, select(CalendarYear.id, CalendarYear.published))
    return Corrected({year: Year(published, days.get(year, {})) for year, published in years})
