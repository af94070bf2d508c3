"""What is measured: periods, measures, and which counts are too small to be told. No unit or place is ranked by number."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from flask_babel import lazy_gettext as _l

SMALL = 5  # a count below is told only to who may see the matters behind it, for it may point at somebody
FEW = 10  # a share of fewer than so many is marked: it says little


class By(StrEnum):
    """What a figure is divided by."""

    UNIT = "unit"
    PLACE = "place"
    KIND = "kind"
    CHANNEL = "channel"
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
    By.CHANNEL: _l("Channel"),
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

# What stands above the matters behind a figure: behind all that was counted, the good part of it, and the rest.
BEHIND_LABELS = {
    Measure.RECEIVED: {"": _l("Matters received")},
    Measure.NOTICES: {
        "": _l("Notices that were due"),
        "good": _l("Notices in time"),
        "rest": _l("Notices too late or still missing"),
    },
    Measure.ANSWERS: {
        "": _l("Answers that were due"),
        "good": _l("Answers in time"),
        "rest": _l("Answers too late or still missing"),
    },
    Measure.SOLVED: {
        "": _l("Answered and closed"),
        "good": _l("Solved in village or township"),
        "rest": _l("Solved further up, or not solved"),
    },
    Measure.SATISFIED: {
        "": _l("Closed and rated"),
        "good": _l("Satisfied or fairly satisfied"),
        "rest": _l("Dissatisfied"),
    },
}
ASSIGNED_LABEL = _l("Assigned to a unit in the year")
ABOUT_LABEL = _l("Received in the year about")

COLUMNS = (_l("Docket number"), _l("Received on"), _l("Class"), _l("Place"), _l("Subject"), _l("State"), _l("Unit"))

AGE_LABELS = {
    Age.FRESH: _l("up to 15 days"),
    Age.USUAL: _l("16 to 60 days"),
    Age.LONG: _l("61 to 90 days"),
    Age.LONGER: _l("more than 90 days"),
}


# What the record says happened here.
EVENT_LABELS = {"taken along": _l("What is behind a figure was taken along as Excel")}


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


def quarter_of(month: str) -> str:
    """The quarter of a month, both as they stand in an address."""
    year, _, number = month.partition("-")
    return f"{year}Q{(int(number) + 2) // 3}"


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

    @property
    def small(self) -> bool:
        """Whether it, its good part or the others are so few that they may point at somebody."""
        return any(0 < part < SMALL for part in (self.whole, self.good, self.whole - self.good))


HIDDEN = Count(0, hidden=True)
Key = TypeVar("Key")


def told(counts: Mapping[Key, Count], sums: Iterable[Collection[Key]] = ()) -> dict[Key, Count]:
    """The counts as they may know them who may not see the matters behind: small ones are hidden.

    `sums` are the keys of which the sum is told as well: there as many others are hidden, the smallest first, as it
    takes for nobody to work out a small one by subtraction.
    """
    hidden = {key for key, count in counts.items() if count.small}
    groups = [[key for key in keys if key in counts] for keys in sums]
    while beside := {key for keys in groups for key in _beside({key: counts[key] for key in keys}, hidden)}:
        hidden |= beside
    return {key: HIDDEN if key in hidden else count for key, count in counts.items()}


def _beside(counts: Mapping[Key, Count], hidden: Collection[Key]) -> list[Key]:
    """Which one has to be hidden besides, if what is left of the sum still tells something small."""
    gone = [count for key, count in counts.items() if key in hidden]
    together = Count(sum(count.whole for count in gone), sum(count.good for count in gone))
    if not gone or (len(gone) > 1 and not together.small):
        return []
    left = [key for key, count in counts.items() if key not in hidden and count.whole]
    return sorted(left, key=lambda key: counts[key].whole)[:1]
