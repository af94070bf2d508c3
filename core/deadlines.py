"""Deadlines that can show their own sum. Pure: no Flask, no database, no clock; every date is an argument."""

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Protocol, Self

from core.words import Words

ONE_DAY = timedelta(days=1)


class Calendar(Protocol):
    """What a deadline asks of a calendar; the module `core.workdays` is one."""

    def is_working(self, day: date, /) -> bool: ...

    def provisional(self, year: int, /) -> bool: ...


class Unit(StrEnum):
    """How the days of a clock are counted."""

    DAYS = "days"
    WORKING_DAYS = "working_days"


class Why(StrEnum):
    """Why a day is left out of the count."""

    EVENT = "event"  # the day something happened is not counted
    NOT_WORKING = "not_working"
    HEARING = "hearing"


class CannotExtend(ValueError):
    """An extension that the rule does not allow."""


@dataclass(frozen=True)
class Rule:
    """How one clock runs. `source` is the article, or says that the office set the number itself."""

    clock: str
    length: int
    unit: Unit
    source: Words
    rolls: bool = False  # a petitioner's right that ends on a free day ends on the next working day
    target: bool = False  # the office's own aim, not the law's
    hearing_not_counted: bool = False

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> Self:
        return cls(**row | {"unit": Unit(row["unit"]), "source": Words(**row["source"])})


@dataclass(frozen=True)
class LeftOut:
    """A run of days that are not counted, first and last included."""

    first: date
    last: date
    why: Why


@dataclass(frozen=True)
class Deadline:
    """A last day with the sum that leads to it: `start_on`, plus `days` by `rule`, without `left_out`.

    A right that was rolled names the day it was `rolled_from`. An extension starts on the last day of the deadline that
    it `extends`. `provisional` says that the calendar of a year in the sum has not been published yet.
    """

    rule: Rule
    start_on: date
    days: int
    left_out: tuple[LeftOut, ...]
    rolled_from: date | None
    due_on: date
    provisional: bool
    extends: "Deadline | None" = None

    def days_left(self, today: date) -> int:
        """Calendar days until the last day: 0 on the last day itself, below 0 when overdue."""
        return (self.due_on - today).days

    def as_json(self) -> dict[str, Any]:
        """A dictionary that JSON can hold and `from_json` reads back."""
        return {
            "rule": asdict(self.rule),
            "start_on": self.start_on.isoformat(),
            "days": self.days,
            "left_out": [[each.first.isoformat(), each.last.isoformat(), each.why] for each in self.left_out],
            "rolled_from": self.rolled_from.isoformat() if self.rolled_from else None,
            "due_on": self.due_on.isoformat(),
            "provisional": self.provisional,
            "extends": self.extends.as_json() if self.extends else None,
        }

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> Self:
        return cls(
            rule=Rule.from_json(row["rule"]),
            start_on=date.fromisoformat(row["start_on"]),
            days=row["days"],
            left_out=tuple(
                LeftOut(date.fromisoformat(first), date.fromisoformat(last), Why(why))
                for first, last, why in row["left_out"]
            ),
            rolled_from=date.fromisoformat(row["rolled_from"]) if row["rolled_from"] else None,
            due_on=date.fromisoformat(row["due_on"]),
            provisional=row["provisional"],
            extends=cls.from_json(row["extends"]) if row["extends"] else None,
        )


def due(rule: Rule, start_on: date, calendar: Calendar, hearing: Collection[date] = ()) -> Deadline:
    """The deadline of a clock that starts on a day: the day itself is not counted. `hearing` names days of a hearing.

    Raises ValueError where the rule knows no hearing: there is no other pause (2022 Art 36).
    """
    if hearing and not rule.hearing_not_counted:
        raise ValueError(f"{rule.clock}: only the clock of a re-examination leaves out a hearing")
    return _count(rule, start_on, rule.length, calendar, hearing, [(start_on, Why.EVENT)])


def extend(deadline: Deadline, rule: Rule, days: int, calendar: Calendar) -> Deadline:
    """The same clock, ended up to `rule.length` days later; once only (2022 Art 34). Raises CannotExtend."""
    if deadline.extends is not None:
        raise CannotExtend(f"{rule.clock}: extended once already")
    if not 1 <= days <= rule.length:
        raise CannotExtend(f"{rule.clock}: from 1 to {rule.length} days, not {days}")
    # The old last day was counted already, so it is not "left out": the first new day is the one after it.
    return replace(_count(rule, deadline.due_on, days, calendar, (), []), extends=deadline)


def promised(rule: Rule, days: int) -> Rule:
    """The rule for a day that an answer itself names, so many days from its start."""
    return replace(
        rule, length=days, target=False, source=Words(zh="答复中写明的日期", en="the day that the answer names")
    )


def leave_out(deadline: Deadline, days: Collection[date], calendar: Calendar) -> Deadline:
    """The same sum without these days of a hearing, and without those left out before."""
    return due(deadline.rule, deadline.start_on, calendar, {*_hearing(deadline), *days})


def recount(deadline: Deadline, calendar: Calendar) -> Deadline:
    """The same sum on the calendar of today, for when a year's table was published after the clock had started."""
    if deadline.extends is not None:
        return extend(recount(deadline.extends, calendar), deadline.rule, deadline.days, calendar)
    return due(deadline.rule, deadline.start_on, calendar, _hearing(deadline))


def _count(
    rule: Rule,
    start_on: date,
    days: int,
    calendar: Calendar,
    hearing: Collection[date],
    skipped: list[tuple[date, Why]],
) -> Deadline:
    last, counted = start_on, 0
    while counted < days:
        last += ONE_DAY
        if last in hearing:
            skipped.append((last, Why.HEARING))
        elif rule.unit is Unit.WORKING_DAYS and not calendar.is_working(last):
            skipped.append((last, Why.NOT_WORKING))
        else:
            counted += 1
    due_on = last
    while rule.rolls and not calendar.is_working(due_on):
        due_on += ONE_DAY
    asked_from = start_on if rule.unit is Unit.WORKING_DAYS else last if rule.rolls else None
    return Deadline(
        rule=rule,
        start_on=start_on,
        days=days,
        left_out=tuple(_runs(skipped)),
        rolled_from=last if due_on != last else None,
        due_on=due_on,
        provisional=asked_from is not None
        and any(calendar.provisional(year) for year in range(asked_from.year, due_on.year + 1)),
    )


def _runs(skipped: list[tuple[date, Why]]) -> Iterator[LeftOut]:
    run: LeftOut | None = None
    for day, why in skipped:
        if run and run.why is why and day - run.last == ONE_DAY:
            run = replace(run, last=day)
            continue
        if run:
            yield run
        run = LeftOut(day, day, why)
    if run:
        yield run


def _hearing(deadline: Deadline) -> list[date]:
    return [day for each in deadline.left_out if each.why is Why.HEARING for day in _days(each)]


def _days(run: LeftOut) -> Iterator[date]:
    for number in range((run.last - run.first).days + 1):
        yield run.first + timedelta(number)
