"""What is looked for and in which words; the procedure of a round, and of an item that came back."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow


class Field(StrEnum):
    """What kind of trouble it is: the field of a cause."""

    LAND = "land"
    WATER = "water"
    LABOUR = "labour"
    WELFARE = "welfare"
    FAMILY = "family"
    ENVIRONMENT = "environment"
    VILLAGE = "village"
    BUILDING = "building"
    CONDUCT = "conduct"
    OTHER = "other"


class Urgency(StrEnum):
    """How soon something has to be done."""

    NOW = "now"
    SOON = "soon"
    LATER = "later"


class People(StrEnum):
    """How many people the trouble concerns, as a band: nobody is counted one by one."""

    FEW = "few"
    SOME = "some"
    MANY = "many"
    CROWD = "crowd"
    UNKNOWN = "unknown"


class RoundState(StrEnum):
    """Whether a round still takes something in."""

    OPEN = "open"
    CLOSED = "closed"


class ReturnState(StrEnum):
    """Whether somebody who was asked has answered."""

    AWAITED = "awaited"
    RETURNED = "returned"


class State(StrEnum):
    """What became of an item."""

    REPORTED = "reported"
    WATCHED = "watched"
    CASE = "case"
    SETTLED = "settled"
    NOTHING = "nothing"


FIELD_LABELS = {
    Field.LAND: _l("Land and housing"),
    Field.WATER: _l("Water and fields"),
    Field.LABOUR: _l("Pay and labour"),
    Field.WELFARE: _l("Welfare and subsidies"),
    Field.FAMILY: _l("Neighbours and family"),
    Field.ENVIRONMENT: _l("Environment"),
    Field.VILLAGE: _l("Village affairs and money"),
    Field.BUILDING: _l("Roads and building"),
    Field.CONDUCT: _l("Conduct of officials"),
    Field.OTHER: _l("Something else"),
}

URGENCY_LABELS = {
    Urgency.NOW: _l("At once"),
    Urgency.SOON: _l("Within a month"),
    Urgency.LATER: _l("It can wait"),
}

PEOPLE_LABELS = {
    People.FEW: _l("1 to 4 people"),
    People.SOME: _l("5 to 29 people"),
    People.MANY: _l("30 to 99 people"),
    People.CROWD: _l("100 people or more"),
    People.UNKNOWN: _l("Not known"),
}

ROUND_LABELS = {
    RoundState.OPEN: _l("Under way"),
    RoundState.CLOSED: _l("Round closed"),
}

RETURN_LABELS = {
    ReturnState.AWAITED: _l("Not returned yet"),
    ReturnState.RETURNED: _l("Returned"),
}

STATE_LABELS = {
    State.REPORTED: _l("To be looked at"),
    State.WATCHED: _l("Watched"),
    State.CASE: _l("Taken up as a case"),
    State.SETTLED: _l("Settled on the spot"),
    State.NOTHING: _l("Nothing to do"),
}

R, S = RoundState, State
CLERK, ISSUERS, RETURNERS = (Role.CLERK,), (Role.CLERK, Role.LEADER), (Role.HANDLER, Role.CONTACT)
UNDECIDED = (S.REPORTED, S.WATCHED)

# fmt: off
ROUND_WORKFLOW = Workflow(
    #    action      label                                from          to         who         asks
    Step("return",   _l("That is everything"),            (R.OPEN,),    None,      RETURNERS),
    Step("remind",   _l("Remind those who have not returned"), (R.OPEN,), None,    ISSUERS),
    Step("postpone", _l("Set another due date"),          (R.OPEN,),    None,      ISSUERS,    asks="due"),
    Step("close",    _l("Close the round"),               (R.OPEN,),    R.CLOSED,  ISSUERS),
    Step("reopen",   _l("Open the round again"),          (R.CLOSED,),  R.OPEN,    ISSUERS),
    start=R.OPEN,
)
WORKFLOW = Workflow(
    #    action      label                                from                      to          who       asks
    Step("take",     _l("Take up as a case"),             UNDECIDED,                S.CASE,     CLERK,    asks="intake"),
    Step("join",     _l("It belongs to a case that is there"), UNDECIDED,           S.CASE,     ISSUERS,  asks="join"),
    Step("watch",    _l("Watch"),                         UNDECIDED,                S.WATCHED,  ISSUERS,  asks="watch"),
    Step("settle",   _l("Record that it was settled on the spot"), UNDECIDED,       S.SETTLED,  ISSUERS,  asks="settle"),
    Step("drop",     _l("Record that there is nothing to do"), UNDECIDED,           S.NOTHING,  ISSUERS,  asks="reason"),
    Step("again",    _l("Look at it again"),              (S.SETTLED, S.NOTHING),   S.REPORTED, ISSUERS,  asks="reason"),
    start=S.REPORTED,
)
# fmt: on

ROUND_EVENT_LABELS = {
    "issued": _l("Screening round issued"),
    "return": _l("Screening return complete"),
    "remind": _l("Reminder of a screening return"),
    "postpone": _l("Due date of a screening round changed"),
    "close": _l("Screening round closed"),
    "reopen": _l("Screening round opened again"),
}

EVENT_LABELS = {
    "reported": _l("Item of a screening returned"),
    "take": _l("Item taken up as a case"),
    "join": _l("Item joined to a case"),
    "watch": _l("Item watched"),
    "settle": _l("Item settled on the spot"),
    "drop": _l("Nothing to do about an item"),
    "again": _l("Item looked at again"),
    "need raised": _l("A need of the village was raised from it"),
    "erased": _l("Removed under the retention rule"),
    "redacted": _l("A passage was made unreadable"),
}

# What a step without questions means, told before the button is pressed.
EXPLAINED = {
    "remind": _l("Whoever has not returned yet sees the reminder on their desk and on the page of the round."),
    "close": _l("Nothing more can be returned. The items that are there stay open until they are decided."),
    "reopen": _l("Items can be returned again."),
}

LABELS = {
    "field": FIELD_LABELS,
    "urgency": URGENCY_LABELS,
    "people": PEOPLE_LABELS,
    "state": STATE_LABELS,
    "round": ROUND_LABELS,
    "returned": RETURN_LABELS,
}

TABLES = (
    Table(
        "round",
        Words(zh="矛盾纠纷排查：轮次", en="Screening: a round"),
        ROUND_WORKFLOW,
        ROUND_LABELS,
        "screening.read",
        Words(zh="报送期限由每轮排查自定。", en="Each round sets its own due date."),
    ),
    Table("item", Words(zh="矛盾纠纷排查：事项", en="Screening: an item"), WORKFLOW, STATE_LABELS, "screening.read"),
)
