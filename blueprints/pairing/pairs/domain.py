"""The states and steps of a pairing, and of a goal in its yearly plan."""

from datetime import date
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow


class State(StrEnum):
    """Whether a unit still helps a village."""

    RUNNING = "running"
    ENDED = "ended"


class GoalState(StrEnum):
    """What became of a goal."""

    OPEN = "open"
    REACHED = "reached"
    DROPPED = "dropped"


STATE_LABELS = {State.RUNNING: _l("Pairing under way"), State.ENDED: _l("Pairing ended")}

GOAL_LABELS = {
    GoalState.OPEN: _l("Goal open"),
    GoalState.REACHED: _l("Goal reached"),
    GoalState.DROPPED: _l("Goal dropped"),
}

MAKERS = (Role.CLERK, Role.LEADER)
STAFF = (Role.CLERK, Role.HANDLER, Role.LEADER)

S, G = State, GoalState

# fmt: off
WORKFLOW = Workflow(
    #    action     label                              from            to          who       asks
    Step("goal",    _l("Add a goal to the plan"),      (S.RUNNING,),   None,       STAFF,    asks="goal"),
    Step("members", _l("Change who is responsible"),   (S.RUNNING,),   None,       STAFF,    asks="members"),
    Step("term",    _l("Change the term"),             (S.RUNNING,),   None,       MAKERS,   asks="term"),
    Step("end",     _l("End the pairing"),             (S.RUNNING,),   S.ENDED,    MAKERS,   asks="reason"),
    start=S.RUNNING,
)
GOAL = Workflow(
    #    action     label                              from            to          who       asks
    Step("reach",   _l("Record that it is reached"),   (G.OPEN,),      G.REACHED,  STAFF,    asks="reach"),
    Step("change",  _l("Change the goal"),             (G.OPEN,),      None,       STAFF,    asks="change"),
    Step("drop",    _l("Drop the goal"),               (G.OPEN,),      G.DROPPED,  MAKERS,   asks="reason"),
    Step("reopen",  _l("Open the goal again"),         (G.REACHED, G.DROPPED), G.OPEN, MAKERS, asks="reason"),
    start=G.OPEN,
)
# fmt: on

EVENT_LABELS = {
    "paired": _l("Unit and village paired"),
    "goal": _l("Goal added to the plan"),
    "members": _l("Responsible members changed"),
    "term": _l("Term of the pairing changed"),
    "end": _l("Pairing ended"),
    "goal reach": _l("Goal of the plan reached"),
    "goal change": _l("Goal of the plan changed"),
    "goal drop": _l("Goal of the plan dropped"),
    "goal reopen": _l("Goal of the plan opened again"),
}

LABELS = {"state": STATE_LABELS, "goal": GOAL_LABELS}

TABLES = (
    Table(
        "pairing",
        Words(zh="结对帮扶：结对关系", en="Pairing of a unit with a village"),
        WORKFLOW,
        STATE_LABELS,
        "pairing.plan",
        Words(
            zh="经办员只办理本单位的结对；同一单位与同一村同时只有一项结对。",
            en="A handler acts for the own unit alone; a unit and a village have one pairing at a time.",
        ),
    ),
    Table(
        "goal",
        Words(zh="结对帮扶：年度计划目标", en="Goal of a yearly plan"),
        GOAL,
        GOAL_LABELS,
        "pairing.plan",
        Words(zh="完成期限由计划自定。", en="Each goal sets its own due date."),
    ),
)


def late(state: str, due_on: date, today: date) -> bool:
    """Whether a goal is still open after its last day."""
    return state == GoalState.OPEN and due_on < today
