"""What is measured: periods, measures, and which counts are too small to be told. No unit or place is ranked by number."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _l

SMALL = 5  # a count below is told only to who may see the matters behind it, for it may point at somebody
FEW = 10  # a share of fewer than so many is marked: it says little


class By(StrEnum):
    """What a figure is divided by."""

    UNIT = "unit"
    PLACE = "place"
    KIND = "kind"
    CAUSE = "cause"
    MONTH = "month"


class Measure(StrEnum):
    """What is counted, and of it the good part."""

    RECEIVED = "received"
    NOTICES = "notices"
    ANSWERS = "answers"
    SOLVED = "solved"
    SATISFIED = "satisfied"


class Age(StrEnum):
    """How long an open matter has been here, in days."""

    FRESH = "15"
    USUAL = "60"
    LONG = "90"
    LONGER = "more"


BY_LABELS = {
    By.UNIT: _l("Unit"),
    By.PLACE: _l("Township or street"),
    By.KIND: _l("Class"),
    By.CAUSE: _l("Root cause"),
    By.MONTH: _l("Month"),
}

MEASURE_LABELS = {
    Measure.RECEIVED: _l("Matters received"),
    Measure.NOTICES: _l("Notices in time"),
    Measure.ANSWERS: _l("Answers in time"),
    Measure.SOLVED: _l("Solved in village or township"),
    Measure.SATISFIED: _l("Satisfied or fairly satisfied"),
}

# What each counts, for who reads the figure.
MEANS = {
    Measure.RECEIVED: _l("Matters received in the period."),
    Measure.NOTICES: _l("Of the written notices whose last day lies in the period: those given in time."),
    Measure.ANSWERS: _l("Of the answers whose last day lies in the period: those signed off in time."),
    Measure.SOLVED: _l("Of the answered matters closed in the period: those solved where they arose."),
    Measure.SATISFIED: _l("Of the matters closed in the period that were rated: those rated so."),
}

AGE_LABELS = {
    Age.FRESH: _l("up to 15 days"),
    Age.USUAL: _l("16 to 60 days"),
    Age.LONG: _l("61 to 90 days"),
    Age.LONGER: _l("more than 90 days"),
}


@dataclass(frozen=True)
class Period:
    """The days that are counted, first and last included."""

    since: date
    until: date

    @property
    def months(self) -> list[str]:
        """The twelve months that end with it, as 2026-11."""
        year, month = self.until.year, self.until.month
        found = []
        for _ in range(12):
            found.append(f"{year:04d}-{month:02d}")
            year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        return found[::-1]


def period(word: str, today: date) -> Period:
    """2026, 2026-3 (a quarter is 2026Q3), or 2026-11; anything else is the year of today. The future is not counted."""
    try:
        if "Q" in word:
            year, quarter = (int(each) for each in word.split("Q"))
            if not 1 <= quarter <= 4:
                raise ValueError
            first, months = date(year, 3 * quarter - 2, 1), 3
        elif "-" in word:
            year, month = (int(each) for each in word.split("-"))
            first, months = date(year, month, 1), 1
        else:
            first, months = date(int(word), 1, 1), 12
        last = _months_later(first, months) - timedelta(days=1)
    except (ValueError, OverflowError):
        first, last = date(today.year, 1, 1), date(today.year, 12, 31)
    return Period(first, last)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


@dataclass(frozen=True)
class Count:
    """A count with its good part. `hidden` where it is too small for who asks."""

    whole: int
    good: int = 0
    hidden: bool = False

    @property
    def share(self) -> int | None:
        """The good part in percent; None of nothing."""
        return round(100 * self.good / self.whole) if self.whole else None

    @property
    def few(self) -> bool:
        """Whether the share is of so few that it says little."""
        return 0 < self.whole < FEW

    def told(self, *, all_of_it: bool, divided: bool) -> "Count":
        """The count as somebody may know it: a small one, or a small good or bad part, is hidden from who may not see
        the matters behind it."""
        parts = (self.whole, self.good, self.whole - self.good) if divided else (self.whole,)
        small = any(0 < part < SMALL for part in parts)
        return self if all_of_it or not small else Count(0, 0, hidden=True)
