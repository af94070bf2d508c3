"""What a village may need and in which words; the procedure of a need and of a measure; the clocks, which are data."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from core.profiles import Profile, terms
from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow


class Kind(StrEnum):
    """What kind of need it is."""

    WATER = "water"
    ROAD = "road"
    FARMING = "farming"
    MARKET = "market"
    HOUSING = "housing"
    CARE = "care"
    SCHOOL = "school"
    HEALTH = "health"
    ENVIRONMENT = "environment"
    OTHER = "other"


class State(StrEnum):
    """Where a need stands."""

    RAISED = "raised"
    PLANNED = "planned"
    UNDER_WAY = "under_way"
    REPORTED = "reported"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class MeasureState(StrEnum):
    """What became of a measure."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Only(StrEnum):
    """What must be so besides, for a step to be open."""

    OWN_UNIT = "own_unit"
    NO_UNIT = "no_unit"
    OWN_VILLAGE = "own_village"
    ALL_DONE = "all_done"
    SILENT = "silent"


class Moment(StrEnum):
    """What a photo shows."""

    NEED = "need"
    BEFORE = "before"
    AFTER = "after"


KIND_LABELS = {
    Kind.WATER: _l("Drinking water and irrigation"),
    Kind.ROAD: _l("Roads, bridges, lights"),
    Kind.FARMING: _l("Farming technique"),
    Kind.MARKET: _l("Sales and market"),
    Kind.HOUSING: _l("Housing and building"),
    Kind.CARE: _l("Care of the old and the weak"),
    Kind.SCHOOL: _l("Schooling and training"),
    Kind.HEALTH: _l("Health care"),
    Kind.ENVIRONMENT: _l("Environment"),
    Kind.OTHER: _l("Something else"),
}

STATE_LABELS = {
    State.RAISED: _l("Need raised"),
    State.PLANNED: _l("Measures planned"),
    State.UNDER_WAY: _l("Measures under way"),
    State.REPORTED: _l("Reported done"),
    State.CONFIRMED: _l("Confirmed by the village"),
    State.CLOSED: _l("Closed"),
    State.DECLINED: _l("Need declined"),
    State.WITHDRAWN: _l("Need withdrawn"),
}

MEASURE_LABELS = {
    MeasureState.OPEN: _l("Measure open"),
    MeasureState.DONE: _l("Measure done"),
    MeasureState.DROPPED: _l("Measure dropped"),
}

ONLY_LABELS = {
    Only.OWN_UNIT: _l("by the unit that answers it"),
    Only.NO_UNIT: _l("while no unit answers it"),
    Only.OWN_VILLAGE: _l("by the village itself, or by a clerk from its paper"),
    Only.ALL_DONE: _l("once every measure is done or dropped, and one is done"),
    Only.SILENT: _l("once the time of the village has passed"),
}

MOMENT_LABELS = {
    Moment.NEED: _l("What is needed"),
    Moment.BEFORE: _l("Before the work"),
    Moment.AFTER: _l("After the work"),
}

STAFF = (Role.CLERK, Role.HANDLER, Role.LEADER)
OFFICE = (Role.CLERK, Role.LEADER)
VILLAGE = (Role.CONTACT, Role.CLERK)  # a clerk writes down what the village said on paper

S, M, B = State, MeasureState, Only
AT_WORK = (S.PLANNED, S.UNDER_WAY)
ENDED = (S.CLOSED, S.DECLINED, S.WITHDRAWN)
OPEN = tuple(state for state in State if state not in ENDED)

# fmt: off
WORKFLOW = Workflow(
    #    action       label                                        from                       to            who       clock                                asks             besides
    Step("give",      _l("Give it to a unit"),                     (S.RAISED,),               None,         OFFICE,                                         asks="unit"),
    Step("plan",      _l("Answer with a measure"),                 (S.RAISED,),               S.PLANNED,    STAFF,    stop="answer",                        asks="measure",  only=B.OWN_UNIT),
    Step("measure",   _l("Add another measure"),                   AT_WORK,                   None,         STAFF,                                          asks="measure",  only=B.OWN_UNIT),
    Step("begin",     _l("Work begins"),                           (S.PLANNED,),              S.UNDER_WAY,  STAFF,                                                           only=B.OWN_UNIT),
    Step("report",    _l("Report that it is done"),                (S.UNDER_WAY,),            S.REPORTED,   STAFF,    start="confirm",                      asks="report",   only=B.ALL_DONE),
    Step("confirm",   _l("Confirm that it is done"),               (S.REPORTED,),             S.CONFIRMED,  VILLAGE,  start="close", stop="confirm",        asks="confirm",  only=B.OWN_VILLAGE),
    Step("object",    _l("It is not done: object"),                (S.REPORTED,),             S.UNDER_WAY,  VILLAGE,  stop="confirm",                       asks="object",   only=B.OWN_VILLAGE),
    Step("close",     _l("Close the need"),                        (S.CONFIRMED,),            S.CLOSED,     OFFICE,   stop="close",                         asks="note"),
    Step("silent",    _l("Close without an answer of the village"), (S.REPORTED,),            S.CLOSED,     (Role.LEADER,), stop="confirm",                 asks="reason",   only=B.SILENT),
    Step("decline",   _l("Decline the need"),                      (S.RAISED, S.PLANNED),     S.DECLINED,   STAFF,    stop="answer",                        asks="reason",   only=B.OWN_UNIT),
    Step("refuse",    _l("Decline: no unit can take it"),          (S.RAISED,),               S.DECLINED,   OFFICE,   stop="answer",                        asks="reason",   only=B.NO_UNIT),
    Step("again",     _l("Ask again"),                             (S.DECLINED,),             S.RAISED,     VILLAGE,  start="answer",                       asks="reason",   only=B.OWN_VILLAGE),
    Step("withdraw",  _l("Withdraw the need"),                     (S.RAISED, *AT_WORK),      S.WITHDRAWN,  VILLAGE,  stop="answer",                        asks="reason",   only=B.OWN_VILLAGE),
    start=S.RAISED,
)
MEASURE = Workflow(
    #    action       label                                        from                       to            who       asks               besides
    Step("progress",  _l("Write down progress"),                   (M.OPEN,),                 None,         STAFF,    asks="progress",   only=B.OWN_UNIT),
    Step("done",      _l("The measure is done"),                   (M.OPEN,),                 M.DONE,       STAFF,    asks="done",       only=B.OWN_UNIT),
    Step("change",    _l("Change the measure"),                    (M.OPEN,),                 None,         STAFF,    asks="change",     only=B.OWN_UNIT),
    Step("drop",      _l("Drop the measure"),                      (M.OPEN,),                 M.DROPPED,    STAFF,    asks="reason",     only=B.OWN_UNIT),
    start=M.OPEN,
)
# fmt: on

EVENT_LABELS = {
    "raised": _l("Need raised"),
    "noted": _l("Need noted from paper"),
    "photos": _l("Photos added"),
    "give": _l("Need given to a unit"),
    "plan": _l("Answered with a measure"),
    "measure": _l("Measure added"),
    "begin": _l("Work began"),
    "report": _l("Reported done"),
    "confirm": _l("Confirmed by the village"),
    "object": _l("Objection of the village"),
    "close": _l("Need closed"),
    "silent": _l("Need closed without an answer of the village"),
    "decline": _l("Need declined"),
    "refuse": _l("Need declined: no unit could take it"),
    "again": _l("Asked again"),
    "withdraw": _l("Need withdrawn"),
    "measure progress": _l("Progress of a measure"),
    "measure done": _l("Measure done"),
    "measure change": _l("Measure changed"),
    "measure drop": _l("Measure dropped"),
}

DRAFT_DAYS = 7  # what a contact wrote and did not send is deleted from the phone when the form is opened after that

# The columns of a list that is taken along: never who raised a need or from which letter, nor its text.
COLUMNS = (
    _l("Raised on"),
    _l("Village"),
    _l("Kind of need"),
    _l("What is needed"),
    _l("State"),
    _l("Unit"),
    _l("Due"),
    _l("Wanted by"),
    _l("Confirmed on"),
    _l("Planned, yuan"),
    _l("Spent, yuan"),
)

# What the record says happened besides the steps of a need.
LIST_LABELS = {"taken along": _l("A list of needs was taken along as Excel")}

# What a step without questions means, told before the button is pressed.
EXPLAINED = {
    "begin": _l("The village sees that work has begun. The first progress that you write down says so too."),
}

LABELS = {
    "state": STATE_LABELS,
    "kind": KIND_LABELS,
    "measure": MEASURE_LABELS,
    "moment": MOMENT_LABELS,
}

TABLES = (
    Table(
        "need",
        Words(zh="结对帮扶：村里的需求", en="Need of a village"),
        WORKFLOW,
        STATE_LABELS,
        "needs.move",
        Words(
            zh="期限见 data/limits，均为本机关自定目标：答复“answer”、村里确认“confirm”、核结“close”。",
            en="The clocks stand in data/limits and are the office's own targets: `answer`, `confirm`, `close`.",
        ),
        only=ONLY_LABELS,
    ),
    Table(
        "measure",
        Words(zh="结对帮扶：帮扶措施", en="Measure for a need"),
        MEASURE,
        MEASURE_LABELS,
        "needs.move",
        Words(
            zh="完成期限由措施自定；需求落实中才能填报。",
            en="Each sets its own due date; only while the need is at work.",
        ),
        only=ONLY_LABELS,
    ),
)

# --- clocks --------------------------------------------------------------------------------------------------------


def terms_of(id: str) -> Profile:
    """The clocks that a need began with. Raises LookupError."""
    return {each.id: each for each in terms("needs")}[id]


def next_due(days: Iterable[date]) -> date | None:
    """The first of the last days, if there is one."""
    return min(days, default=None)
