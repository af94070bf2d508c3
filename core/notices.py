"""The working days of mainland China as the yearly notices set them, the weekends worked for a holiday included. Pure.

The module itself is a `deadlines.Calendar`: the table that the program brings along. What an office has corrected of it
stands in the database (core.workdays).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

from holidays import HolidayBase, country_holidays

SHIFTED = "上班（调休）"


class Day(NamedTuple):
    """A day that has a name, or is worked or free unlike its day of the week. No `source`: the table brought along."""

    on: date
    working: bool
    name: str
    source: str = ""


@cache
def _table(year: int) -> HolidayBase:
    # A notice for one year has shifted a weekend of the year before (29 December 2001), so the neighbours are read too.
    return country_holidays("CN", years=range(year - 1, year + 2), expand=False, language="zh_CN")


def is_working(day: date) -> bool:
    """True for a working day (工作日), a shifted weekend included."""
    return _table(day.year).is_working_day(day)


def provisional(year: int) -> bool:
    """True while the table of that year's shifted weekends is not known, so that a day of it may still change.

    Every published table since 2001 has at least one shifted weekend: a year without any has not been published yet.
    """
    return not any(day.year == year for day in _table(year).weekend_workdays)


@cache
def days(year: int) -> tuple[Day, ...]:
    """The days of that year that are not as in the plain week, and the holidays that fall on a weekend."""
    table = _table(year)
    free = {day: str(name) for day, name in table.items() if day.year == year}
    worked = {day: SHIFTED for day in table.weekend_workdays if day.year == year}
    return tuple(Day(day, is_working(day), name) for day, name in sorted((free | worked).items()))


def in_plain_week(day: date) -> bool:
    """Whether the day is worked where no notice says anything: Monday to Friday."""
    return day.isoweekday() <= 5


class Year(NamedTuple):
    """A year as an office keeps it itself: whether its notice is out, and the days in it."""

    published: bool
    days: Mapping[date, bool]


@dataclass(frozen=True)
class Corrected:
    """A `deadlines.Calendar`: the table brought along, but for the years that an office keeps itself."""

    years: Mapping[int, Year]

    def is_working(self, day: date, /) -> bool:
        """True for a working day, a shifted weekend included."""
        year = self.years.get(day.year)
        return is_working(day) if year is None else year.days.get(day, in_plain_week(day))

    def provisional(self, year: int, /) -> bool:
        """True while that year's notice is not out."""
        own = self.years.get(year)
        return provisional(year) if own is None else not own.published

    def with_year(self, year: int, days: Mapping[date, bool], published: bool) -> "Corrected":
        """The same calendar but for one year."""
        return Corrected({**self.years, year: Year(published, days)})
