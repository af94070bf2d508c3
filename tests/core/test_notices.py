"""The calendar against a second library, a hand-written table, and what the library says about itself."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from holidays.countries.china import ChinaStaticHolidays

from core import notices


@pytest.mark.parametrize("year", range(2015, 2027))
def test_every_day_agrees_with_a_second_library(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(n) for n in range(366 if year % 4 == 0 else 365)]
    assert days[-1] == date(year, 12, 31)
    ours = [day for day in days if notices.is_working(day)]
    assert ours == [day for day in days if chinese_calendar.is_workday(day)]


# fmt: off
BY_HAND = [  # from the notices of the State Council's general office for 2024 and 2026
    (date(2024, 2, 29), True),    # a leap day, Thursday
    (date(2024, 2, 4), True),     # Sunday worked for Spring Festival
    (date(2024, 12, 31), True),   # year end, Tuesday
    (date(2025, 1, 1), False),    # New Year's Day, Wednesday
    (date(2026, 1, 2), False),    # Friday given free…
    (date(2026, 1, 4), True),     # …for this Sunday
    (date(2026, 1, 31), False),   # an ordinary Saturday at the end of a month
    (date(2026, 2, 14), True),    # Saturday worked for Spring Festival
    (date(2026, 2, 15), False),   # Spring Festival 2026: 15 to 23 February
    (date(2026, 2, 17), False),
    (date(2026, 2, 20), False),
    (date(2026, 2, 23), False),
    (date(2026, 2, 24), True),
    (date(2026, 2, 28), True),    # Saturday worked for Spring Festival
    (date(2026, 5, 9), True),     # Saturday worked for Labour Day
    (date(2026, 9, 20), True),    # Sunday worked for National Day
    (date(2026, 10, 8), True),
    (date(2026, 10, 10), True),   # Saturday worked for National Day
    (date(2026, 10, 11), False),
    (date(2026, 12, 31), True),   # year end, Thursday
]
# fmt: on


@pytest.mark.parametrize(("day", "working"), BY_HAND)
def test_edge_days_stand_as_the_notices_say(day: date, working: bool) -> None:
    assert notices.is_working(day) is working


def test_a_year_is_settled_exactly_when_the_library_knows_its_shifted_weekends() -> None:
    published = set(ChinaStaticHolidays.special_public_holidays)
    assert 2026 in published
    first_unknown = max(published) + 1
    assert not notices.provisional(max(published))
    assert notices.provisional(first_unknown)
    assert [year for year in range(1995, first_unknown + 3) if not notices.provisional(year)] == sorted(published)


def test_a_provisional_year_still_has_its_statutory_holidays() -> None:
    unknown = max(ChinaStaticHolidays.special_public_holidays) + 1
    assert not notices.is_working(date(unknown, 1, 1))
    assert not notices.is_working(date(unknown, 10, 1))
