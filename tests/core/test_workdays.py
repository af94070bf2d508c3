"""The office's own calendar: a year is as it came along until one of its days is put otherwise, and at once for all."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import delete, select, text

from core import notices, workdays
from core.deadlines import Rule, Unit, due
from core.extensions import db
from core.notices import Day
from core.record import Entry, Untraced
from core.words import Words
from core.workdays import CalendarDay, CalendarYear
from tests.browse import queries
from tests.letters import viewer

RULE = Rule("x", 5, Unit.WORKING_DAYS, Words(zh="一", en="1"))
SATURDAY = date(2026, 2, 14)  # worked for Spring Festival


def without(day: date) -> list[Day]:
    return [each for each in notices.days(day.year) if each.on != day]


def test_until_it_is_changed_every_year_is_as_it_came_with_the_program(context: Flask) -> None:
    for year in (2005, 2026, 2031):
        assert workdays.days_of(db.session(), year) == notices.days(year)
        assert workdays.provisional(year) == notices.provisional(year)
    assert workdays.is_working(SATURDAY)
    assert not workdays.is_working(date(2026, 2, 17))


def test_a_year_that_is_changed_comes_in_whole_and_the_others_stay(context: Flask) -> None:
    by = viewer("administrator").id
    CalendarYear.change(2026, without(SATURDAY), True, by=by)
    db.session.commit()
    assert workdays.days_of(db.session(), 2026) == without(SATURDAY)
    assert not workdays.is_working(SATURDAY)
    assert workdays.is_working(date(2026, 2, 28))
    assert workdays.days_of(db.session(), 2025) == notices.days(2025)
    entry = db.session.scalars(select(Entry).where(Entry.thread == "calendar_year")).one()
    assert (entry.thread_id, entry.actor_id, entry.data["days"]) == (2026, by, [["2026-02-14", "plain"]])


def test_a_year_is_provisional_until_it_is_said_that_its_notice_is_out(context: Flask) -> None:
    assert workdays.provisional(2031)
    CalendarYear.change(2031, notices.days(2031), True, by=None)
    db.session.commit()
    assert not workdays.provisional(2031)
    CalendarYear.change(2031, notices.days(2031), False, by=None)
    assert workdays.provisional(2031)


def test_a_change_that_is_dropped_leaves_the_calendar_as_it_was(context: Flask) -> None:
    CalendarYear.change(2026, without(SATURDAY), True, by=None)
    assert not workdays.is_working(SATURDAY)
    db.session.rollback()
    assert workdays.is_working(SATURDAY)
    CalendarYear.change(2026, [], True, by=None)  # the same number of years and of entries as before, but other days
    db.session.commit()
    assert workdays.is_working(date(2026, 2, 17))


def test_another_thread_sees_the_change_at_once(context: Flask) -> None:
    def asked() -> bool:
        with context.app_context():
            return workdays.is_working(SATURDAY)

    with ThreadPoolExecutor(1) as other:
        assert other.submit(asked).result()
        CalendarYear.change(2026, without(SATURDAY), True, by=None)
        db.session.commit()
        assert not other.submit(asked).result()


def test_a_deadline_asks_the_database_as_often_however_many_days_it_counts(context: Flask) -> None:
    CalendarYear.change(2026, without(SATURDAY), True, by=None)
    db.session.commit()
    workdays.is_working(SATURDAY)
    counts = []
    for length in (1, 90):
        db.session.rollback()
        with queries(context) as sent:
            due(Rule("x", length, Unit.WORKING_DAYS, RULE.source), date(2026, 1, 31), workdays)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 2


def test_no_day_is_changed_without_an_entry(context: Flask) -> None:
    CalendarYear.change(2026, without(SATURDAY), True, by=None)
    db.session.commit()
    db.session.get_one(CalendarDay, date(2026, 2, 17)).working = True
    with pytest.raises(Untraced):
        db.session.commit()
    db.session.rollback()
    with pytest.raises(Untraced):
        db.session.execute(delete(CalendarDay))


def test_who_starts_a_clock_waits_for_who_changes_the_calendar(postgres_office: Flask) -> None:
    def asked() -> bool:
        with postgres_office.app_context():
            return workdays.is_working(SATURDAY)

    with postgres_office.app_context(), ThreadPoolExecutor(1) as other:
        CalendarYear.change(2026, without(SATURDAY), True, by=None)
        waiting = other.submit(asked)
        held = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        for _attempt in range(2000):
            with db.engine.connect() as watcher:
                if watcher.execute(held).scalar():
                    break
        else:
            pytest.fail("nobody waits")
        db.session.commit()
        assert not waiting.result()  # the new calendar, and not the one that stood when it asked
