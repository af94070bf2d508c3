"""What the account of a year counts, by what it is divided, and how long it took; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median, quantiles

from flask_babel import lazy_gettext as _l


class Measure(StrEnum):
    """What is counted, or summed."""

    RAISED = "raised"
    MET = "met"
    PLANNED = "planned"
    SPENT = "spent"
    GOALS = "goals"
    KEPT = "kept"
    LATE = "late"
    COURSES = "courses"


class By(StrEnum):
    """What a table is divided by."""

    VILLAGE = "village"
    KIND = "kind"
    MONTH = "month"


DIVIDED = (Measure.RAISED, Measure.MET, Measure.PLANNED, Measure.SPENT)  # what has a village and a kind of need
MONEY = (Measure.PLANNED, Measure.SPENT)
CHARTED = 12  # villages in a picture; the table has all of them

MEASURE_LABELS = {
    Measure.RAISED: _l("Needs raised"),
    Measure.MET: _l("Needs met"),
    Measure.PLANNED: _l("Money planned"),
    Measure.SPENT: _l("Money spent"),
    Measure.GOALS: _l("Goals of the year's plans"),
    Measure.KEPT: _l("Goals reached in time"),
    Measure.LATE: _l("Goals late"),
    Measure.COURSES: _l("Courses held"),
}

MEANS = {
    Measure.RAISED: _l("Raised in the year, whatever became of them."),
    Measure.MET: _l("Confirmed by the village in the year."),
    Measure.PLANNED: _l("For measures due in the year that were not dropped."),
    Measure.SPENT: _l("Written down as spent in the year, for dropped measures too."),
    Measure.GOALS: _l("Due in the year and not dropped."),
    Measure.KEPT: _l("Reached by their day."),
    Measure.LATE: _l("Reached after their day, or still open after it."),
    Measure.COURSES: _l("Held in the year."),
}


@dataclass(frozen=True)
class Took:
    """How many days it took: the middle, and between which days the middle half lies."""

    median: float
    low: float
    high: float


def took(days: Sequence[int]) -> Took | None:
    """The days it took; nothing where nothing was met. Of a single one all three are the same."""
    if not days:
        return None
    low, _middle, high = quantiles(days, n=4, method="inclusive") if len(days) > 1 else [*days] * 3
    return Took(*(round(float(each), 1) for each in (median(days), low, high)))
