"""Leaders' reception days (领导接访日) with their slots, and the hours outside office hours (早访晚诉)."""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow

OFFICE_HOURS = ("09:00", "17:00")  # what lies within them on a weekday is neither early nor late
MOST_SLOTS = 40
LOOKED_BACK = timedelta(days=28)  # for this long announced hours without a record are shown as a gap


class State(StrEnum):
    """Where a reception day stands."""

    PLANNED = "planned"
    ANNOUNCED = "announced"
    HELD = "held"
    CANCELLED = "cancelled"


STATE_LABELS = {
    State.PLANNED: _l("Planned"),
    State.ANNOUNCED: _l("Announced"),
    State.HELD: _l("Held"),
    State.CANCELLED: _l("Cancelled"),
}

WEEKDAY_LABELS = {
    0: _l("Monday"),
    1: _l("Tuesday"),
    2: _l("Wednesday"),
    3: _l("Thursday"),
    4: _l("Friday"),
    5: _l("Saturday"),
    6: _l("Sunday"),
}

PLANNERS = (Role.CLERK, Role.LEADER)

S = State

# fmt: off
WORKFLOW = Workflow(
    #    action     label                       from                      to           who       asks
    Step("announce", _l("Announce"),            (S.PLANNED,),             S.ANNOUNCED, PLANNERS),
    Step("hold",     _l("Record that it took place"), (S.PLANNED, S.ANNOUNCED), S.HELD, PLANNERS),
    Step("cancel",   _l("Cancel the day"),      (S.PLANNED, S.ANNOUNCED), S.CANCELLED, PLANNERS, asks="reason"),
    start=S.PLANNED,
)
# fmt: on

EXPLAINED = {
    "announce": _l("The day stands on the public page from now on, and people can sign up with their receipt code."),
    "hold": _l("The day took place. Now record who came, and what was said."),
}

DAY_EVENTS = {
    "planned": _l("Reception day planned"),
    "announce": _l("Reception day announced"),
    "hold": _l("Reception day held"),
    "cancel": _l("Reception day cancelled"),
}

HOURS_EVENTS = {
    "published": _l("Early or late hours published"),
    "ended": _l("Early or late hours ended"),
    "recorded": _l("Early or late hours recorded"),
}

LABELS = {"state": STATE_LABELS, "weekday": WEEKDAY_LABELS}


def minutes_of(time: str) -> int:
    """The minutes since midnight of HH:MM."""
    return int(time[:2]) * 60 + int(time[3:])


def slot_time(starts: str, minutes: int, slot: int) -> str:
    """When a slot begins, and when it ends as the next begins: 09:20 for the second of twenty minutes from 09:00."""
    begins = minutes_of(starts) + slot * minutes
    return f"{begins // 60:02}:{begins % 60:02}"


def within_office_hours(weekday: int, starts: str, ends: str) -> bool:
    """Whether these hours are the ordinary ones."""
    return weekday < 5 and OFFICE_HOURS[0] <= starts and ends <= OFFICE_HOURS[1]


def gaps(weekday: int, since_on: date, until_on: date | None, recorded: Collection[date], today: date) -> list[date]:
    """The days of the last four weeks on which hours were announced and nothing was recorded, the latest first."""
    last = min(today - timedelta(days=1), until_on or today)
    first = max(since_on, today - LOOKED_BACK)
    days = [last - timedelta(days=back) for back in range((last - first).days + 1)]
    return [day for day in days if day.weekday() == weekday and day not in recorded]


TABLES = (
    Table("reception", Words(zh="领导接访日", en="A leaders' reception day"), WORKFLOW, STATE_LABELS, "visits.plan"),
)
