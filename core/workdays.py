"""The official working days of mainland China, with the weekends that are worked in place of a holiday.

The module itself is a `deadlines.Calendar`: pass it where a calendar is asked for.
"""

from datetime import date
from functools import cache

from holidays import HolidayBase, country_holidays


@cache
def _table(year: int) -> HolidayBase:
    # A notice for one year has shifted a weekend of the year before (29 December 2001), so the neighbours are read too.
    return country_holidays("CN", years=range(year - 1, year + 2), expand=False)


def is_working(day: date) -> bool:
    """True for a working day (工作日), a shifted weekend included."""
    return _table(day.year).is_working_day(day)


def provisional(year: int) -> bool:
    """True while the table of that year's shifted weekends is not known, so that a day of it may still change.

    Every published table since 2001 has at least one shifted weekend: a year without any has not been published yet.
    """
    return not any(day.year == year for day in _table(year).weekend_workdays)
