"""When a figure counts as rising: against its own past, never against others, and not when chance alone could do it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from statistics import median

from flask_babel import lazy_gettext as _l

SPANS = {30: 6, 90: 4}  # days of a period: how many periods before it are its past
TOO_FEW = 5  # below it, chance alone moves a figure
SMALL_CELL = 3  # below it, no village is named
LEAST_PAST = 2  # periods before; with fewer there is nothing to compare with


class Trend(StrEnum):
    """A figure against its own past."""

    ABOVE = "above"
    WITHIN = "within"
    BELOW = "below"
    FEW = "few"
    NO_PAST = "no_past"


TREND_LABELS = {
    Trend.ABOVE: _l("above its own past"),
    Trend.WITHIN: _l("as in its own past"),
    Trend.BELOW: _l("below its own past"),
    Trend.FEW: _l("too few to tell"),
    Trend.NO_PAST: _l("no past to compare with yet"),
}


@dataclass(frozen=True)
class Period:
    """A run of days, first and last included."""

    since: date
    until: date


def periods(today: date, days: int, known_since: date | None) -> list[Period]:
    """The period that ends today, then those before it, of the same length, that lie wholly within what is known."""
    found = []
    for back in range(SPANS[days] + 1):
        until = today - timedelta(days=back * days)
        since = until - timedelta(days=days - 1)
        if back and (known_since is None or since < known_since):
            break
        found.append(Period(since, until))
    return found


@dataclass(frozen=True)
class Series:
    """How often something was counted in a period, and in each of those before it."""

    now: int
    past: Sequence[int]

    @property
    def usual(self) -> float:
        """What is usual: the median of the periods before."""
        return float(median(self.past)) if self.past else 0.0

    @property
    def low(self) -> int:
        """The lowest figure of the past."""
        return min(self.past, default=0)

    @property
    def high(self) -> int:
        """The highest figure of the past."""
        return max(self.past, default=0)

    @property
    def change(self) -> float:
        """By how many it differs from what is usual."""
        return self.now - self.usual

    @property
    def trend(self) -> Trend:
        """Beyond everything that its own past has seen, or not; chance is not called a trend."""
        if len(self.past) < LEAST_PAST:
            return Trend.NO_PAST
        if max(self.now, self.high) < TOO_FEW:
            return Trend.FEW
        if self.now > self.high:
            return Trend.ABOVE if self.now >= TOO_FEW else Trend.FEW
        return Trend.BELOW if self.now < self.low else Trend.WITHIN
