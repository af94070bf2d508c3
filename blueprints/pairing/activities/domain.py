"""The procedure of an activity in a village; its kinds and the clock of its report, which are data."""

import tomllib
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from core.profiles import FOLDER
from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow


class State(StrEnum):
    """Where an activity stands."""

    PLANNED = "planned"
    HELD = "held"
    REPORTED = "reported"
    CANCELLED = "cancelled"


class Counted(StrEnum):
    """How it was counted who came."""

    LIST = "list"
    HEADS = "heads"
    ESTIMATE = "estimate"


class Only(StrEnum):
    """What must be so besides, for a step to be open."""

    THERE = "there"
    DAY = "day"


STATE_LABELS = {
    State.PLANNED: _l("Activity planned"),
    State.HELD: _l("Held, report to come"),
    State.REPORTED: _l("Activity reported"),
    State.CANCELLED: _l("Activity called off"),
}

COUNTED_LABELS = {
    Counted.LIST: _l("by a list that people signed"),
    Counted.HEADS: _l("by counting heads"),
    Counted.ESTIMATE: _l("by an estimate"),
}

ONLY_LABELS = {
    Only.THERE: _l("by the village, a unit paired with it, or the office"),
    Only.DAY: _l("by the village, a unit paired with it, or the office, from its day on"),
}

PEOPLE = (Role.CLERK, Role.HANDLER, Role.LEADER, Role.CONTACT)
S, B = State, Only

# fmt: off
WORKFLOW = Workflow(
    #    action    label                                  from          to            who      clock                            asks             besides
    Step("change", _l("Change the plan"),                 (S.PLANNED,), None,         PEOPLE,                                  asks="plan",     only=B.THERE),
    Step("hold",   _l("Record that it was held"),         (S.PLANNED,), S.HELD,       PEOPLE,  start="report",                 asks="held",     only=B.DAY),
    Step("cancel", _l("Call the activity off"),           (S.PLANNED,), S.CANCELLED,  PEOPLE,                                  asks="reason",   only=B.THERE),
    Step("report", _l("Report on it"),                    (S.HELD,),    S.REPORTED,   PEOPLE,  stop="report",                  asks="report",   only=B.THERE),
    start=S.PLANNED,
)
# fmt: on

EVENT_LABELS = {
    "planned": _l("Activity planned"),
    "change": _l("Plan of an activity changed"),
    "hold": _l("Activity held"),
    "cancel": _l("Activity called off"),
    "report": _l("Activity reported"),
}

LABELS = {"state": STATE_LABELS, "counted": COUNTED_LABELS}

TABLES = (
    Table(
        "activity",
        Words(zh="文明村创建活动", en="Activities of the civilised village"),
        WORKFLOW,
        STATE_LABELS,
        "activities.work",
        Words(
            zh="期限见 data/limits，为本机关自定目标：活动小结“report”，自活动举办之日起算。活动类别见 data/activity-kinds.toml。",
            en="The clock stands in data/limits and is the office's own target: `report`, from the day it was held. "
            "The kinds stand in data/activity-kinds.toml.",
        ),
        only=ONLY_LABELS,
    ),
)

# --- data ----------------------------------------------------------------------------------------------------------

DATA = FOLDER.parent


class Kind(NamedTuple):
    """A kind of activity; one that `ended` is not offered any more."""

    id: str
    name: Words
    ended: bool


@cache
def kinds() -> dict[str, Kind]:
    """The kinds by their ids, in the order of the file."""
    told = tomllib.loads((DATA / "activity-kinds.toml").read_text("utf-8"))["kind"]
    return {each["id"]: Kind(each["id"], Words(**each["name"]), bool(each.get("ended"))) for each in told}
