"""A down-visit (领导下访) as the office reads it: its states and steps, what was said to a matter, promises.

2022 Art 21 asks leaders to receive people and to go down to them; which steps that takes is the office's own.
"""

from datetime import date
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow


class State(StrEnum):
    """Where a down-visit stands."""

    PLANNED = "planned"
    ANNOUNCED = "announced"
    CARRIED_OUT = "carried_out"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Result(StrEnum):
    """What was said to a matter at a visit."""

    SOLVED = "solved"
    PROMISED = "promised"
    EXPLAINED = "explained"
    TAKEN_BACK = "taken_back"


class Kept(StrEnum):
    """Where a promise stands."""

    OPEN = "open"
    KEPT = "kept"
    TOLD = "told"


STATE_LABELS = {
    State.PLANNED: _l("Planned"),
    State.ANNOUNCED: _l("Announced"),
    State.CARRIED_OUT: _l("Carried out"),
    State.CLOSED: _l("Followed up, closed"),
    State.CANCELLED: _l("Cancelled"),
}

RESULT_LABELS = {
    Result.SOLVED: _l("Solved on the spot"),
    Result.PROMISED: _l("Something was promised"),
    Result.EXPLAINED: _l("Explained on the spot"),
    Result.TAKEN_BACK: _l("Taken back to the office"),
}

KEPT_LABELS = {
    Kept.OPEN: _l("Promise open"),
    Kept.KEPT: _l("Promise kept"),
    Kept.TOLD: _l("Kept, and the petitioner was told"),
}

PLANNERS = (Role.CLERK, Role.LEADER)
STAFF = (Role.CLERK, Role.HANDLER, Role.LEADER)
TELLERS = (Role.CLERK, Role.HANDLER)  # those who may write to a petitioner

S = State
UPCOMING = (S.PLANNED, S.ANNOUNCED)
HAPPENED = (S.CARRIED_OUT, S.CLOSED)

# fmt: off
WORKFLOW = Workflow(
    #    action       label                       from                          to              who       asks
    Step("change",    _l("Change the plan"),      (S.PLANNED, S.ANNOUNCED),     None,           PLANNERS, asks="plan"),
    Step("announce",  _l("Announce"),             (S.PLANNED,),                 S.ANNOUNCED,    PLANNERS),
    Step("carry_out", _l("Record that it took place"), (S.PLANNED, S.ANNOUNCED), S.CARRIED_OUT, PLANNERS),
    Step("close",     _l("Close after follow-up"), (S.CARRIED_OUT,),            S.CLOSED,       PLANNERS, asks="note"),
    Step("cancel",    _l("Cancel the visit"),     (S.PLANNED, S.ANNOUNCED),     S.CANCELLED,    PLANNERS, asks="reason"),
    start=S.PLANNED,
)
PROMISE = Workflow(
    Step("keep",      _l("Record what was done"), (Kept.OPEN,),                 Kept.KEPT,      STAFF,    asks="done"),
    Step("tell",      _l("Tell the petitioner"),  (Kept.KEPT,),                 Kept.TOLD,      TELLERS,  asks="told"),
    start=Kept.OPEN,
)
# fmt: on

DRAFT_DAYS = 3  # what was typed on the spot and never sent goes from the device when the page is opened after that

# What the record says of a visit and of the promises that belong to no matter; those of a matter stand in its own.
EVENT_LABELS = {
    "planned": _l("Down-visit planned"),
    "change": _l("Plan of the down-visit changed"),
    "announce": _l("Down-visit announced"),
    "carry_out": _l("Down-visit carried out"),
    "close": _l("Down-visit closed after follow-up"),
    "cancel": _l("Down-visit cancelled"),
    "need raised": _l("A need of the village was raised from it"),
    "visit promise": _l("Promise made at a down-visit"),
    "visit promise keep": _l("Promise of a down-visit kept"),
    "visit promise tell": _l("Told that the promise was kept"),
}

EXPLAINED = {
    "announce": _l("The visit stands on the public page from now on: date, place, who comes. People can sign up."),
    "carry_out": _l("The visit took place. Now record what was said to each matter, and what was promised."),
}

LABELS = {"state": STATE_LABELS, "result": RESULT_LABELS, "kept": KEPT_LABELS}


def late(state: Kept, due_on: date, today: date) -> bool:
    """Whether a promise is late: its day has passed, and nobody has recorded what was done."""
    return state is Kept.OPEN and due_on < today


def open_for_sign_up(state: State, held_on: date, today: date) -> bool:
    """Whether somebody can still ask to be heard at a visit: it is announced, and not over."""
    return state is State.ANNOUNCED and held_on >= today


def months_around(month: date) -> tuple[date, date, date]:
    """The first days of the month before, of this month and of the next."""
    first = month.replace(day=1)
    before = first.replace(year=first.year - (first.month == 1), month=12 if first.month == 1 else first.month - 1)
    after = first.replace(year=first.year + (first.month == 12), month=1 if first.month == 12 else first.month + 1)
    return before, first, after


TABLES = (
    Table("visit", Words(zh="领导下访", en="A down-visit"), WORKFLOW, STATE_LABELS, "visits.plan"),
    Table("promise", Words(zh="下访承诺", en="A promise made at a visit"), PROMISE, KEPT_LABELS, "visits.promise"),
)
