"""Letters before and after a remedy: counted by the day, compared exactly, and never said to be more than they are."""

from datetime import date
from fractions import Fraction
from itertools import product
from math import comb

import pytest

from blueprints.petitions.causes.domain import Verdict, add_months, chance_of_split, compare, verdict


def by_enumeration(after: int, before: int, days_after: int, days_before: int) -> float:
    """The same by hand: every way in which each letter falls to one side or the other, in exact fractions."""
    share, number = Fraction(days_after, days_after + days_before), after + before
    ways = {nth: Fraction(0) for nth in range(number + 1)}
    for fell in product((0, 1), repeat=number):
        ways[sum(fell)] += share ** sum(fell) * (1 - share) ** (number - sum(fell))
    return float(sum(each for each in ways.values() if each <= ways[after]))


@pytest.mark.parametrize(
    ("after", "before", "days_after", "days_before"),
    [(0, 0, 1, 1), (0, 5, 10, 10), (1, 7, 30, 60), (4, 6, 44, 74), (9, 1, 15, 180), (3, 3, 7, 7), (2, 9, 92, 31)],
)
def test_the_chance_is_that_of_all_splits_as_uneven_counted_one_by_one(
    after: int, before: int, days_after: int, days_before: int
) -> None:
    wanted = by_enumeration(after, before, days_after, days_before)
    assert chance_of_split(after, before, days_after, days_before) == pytest.approx(wanted, rel=1e-9)


def test_the_chance_is_what_others_have_published() -> None:
    # The example of R's poisson.test: 11 events in 800 against 21 in 3011, p-value = 0.07967.
    assert chance_of_split(11, 21, 800, 3011) == pytest.approx(0.07967, abs=5e-6)
    # Equal times are tosses of a coin: 2 of 12 or fewer, twice, (1 + 12 + 66) / 4096.
    assert chance_of_split(2, 10, 50, 50) == pytest.approx(2 * (comb(12, 0) + comb(12, 1) + comb(12, 2)) / 2**12)
    assert chance_of_split(10, 2, 50, 50) == chance_of_split(2, 10, 50, 50)
    assert chance_of_split(300, 700, 100, 100) < 1e-30  # large numbers are no trouble


def test_a_side_without_a_day_has_no_chance() -> None:
    with pytest.raises(ValueError, match="each side has a day"):
        chance_of_split(0, 3, 0, 10)
    assert verdict(0, 3, 0, 10) is Verdict.TOO_FEW


@pytest.mark.parametrize(
    ("after", "before", "days_after", "days_before", "said"),
    [
        (0, 5, 100, 100, Verdict.TOO_FEW),  # 2 / 32: even none at all could be chance
        (0, 6, 100, 100, Verdict.FEWER),  # 2 / 64
        (6, 0, 100, 100, Verdict.MORE),
        (1, 1, 100, 100, Verdict.TOO_FEW),
        (0, 0, 100, 100, Verdict.TOO_FEW),
        (4, 6, 44, 74, Verdict.NO_DIFFERENCE),
        (5, 20, 30, 120, Verdict.NO_DIFFERENCE),  # the very same rate
        (2, 40, 90, 180, Verdict.FEWER),
        (9, 9, 10, 180, Verdict.MORE),  # as many, in far fewer days
        (1, 7, 20, 98, Verdict.TOO_FEW),
    ],
)
def test_no_more_is_said_than_the_numbers_carry(
    after: int, before: int, days_after: int, days_before: int, said: Verdict
) -> None:
    assert verdict(after, before, days_after, days_before) is said


def test_months_are_counted_from_the_day_after_the_remedy_and_today_does_not_count() -> None:
    letters = ["2025-12-01", "2026-01-30", "2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01", "2026-03-10"]
    compared = compare(date(2026, 1, 31), map(date.fromisoformat, letters), 2, date(2026, 3, 10))
    assert [(each.first.isoformat(), each.last.isoformat(), each.count, each.after, each.whole) for each in compared.spans] == [
        ("2025-12-01", "2025-12-31", 1, False, True),
        ("2026-01-01", "2026-01-31", 2, False, True),
        ("2026-02-01", "2026-02-28", 2, True, True),
        ("2026-03-01", "2026-03-09", 1, True, False),
    ]  # fmt: skip
    assert (compared.before, compared.after) == (3, 3)
    assert (compared.days_before, compared.days_after) == (62, 37)


def test_the_time_before_the_office_began_is_no_time_without_letters() -> None:
    compared = compare(date(2026, 3, 31), [date(2026, 3, 20)], 6, date(2026, 4, 11), since=date(2026, 3, 15))
    assert [(each.first, each.last, each.whole) for each in compared.spans] == [
        (date(2026, 3, 15), date(2026, 3, 31), False),
        (date(2026, 4, 1), date(2026, 4, 10), False),
    ]
    assert (compared.days_before, compared.days_after) == (17, 10)


def test_on_the_day_of_the_remedy_nothing_can_be_said_yet() -> None:
    day = date(2026, 3, 31)
    for today in (day, date(2026, 4, 1)):
        compared = compare(day, [day], 3, today)
        assert compared.days_after == 0
        assert compared.chance is None
        assert compared.verdict is Verdict.TOO_FEW


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-05-31", -12, "2025-05-31"),
        ("2026-11-30", 1, "2026-12-30"),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_of_a_shorter_month(day: str, months: int, then: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(then)
