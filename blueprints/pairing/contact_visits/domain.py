"""The procedure of a contact visit and of what was found there; the clock of handing it on, which is data."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow


class VisitState(StrEnum):
    """Where a visit stands."""

    PLANNED = "planned"
    HELD = "held"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class State(StrEnum):
    """What a finding became."""

    FOUND = "found"
    NEED = "need"
    ITEM = "item"
    LETTER = "letter"
    REMARK = "remark"


class Where(StrEnum):
    """How far a finding has come, as the list is narrowed to it."""

    STANDING = "standing"
    OPEN = "open"
    UNDER_WAY = "under_way"
    ENDED = "ended"


class Only(StrEnum):
    """What must be so besides, for a step to be open."""

    GROUP = "group"
    DAY = "day"
    ALL_HANDED_ON = "all_handed_on"
    ASKS_FOR_VILLAGE = "asks_for_village"
    ROUND = "round"


VISIT_LABELS = {
    VisitState.PLANNED: _l("Contact visit planned"),
    VisitState.HELD: _l("Contact visit held"),
    VisitState.CLOSED: _l("Contact visit closed"),
    VisitState.CANCELLED: _l("Contact visit called off"),
}

STATE_LABELS = {
    State.FOUND: _l("To be handed on"),
    State.NEED: _l("Became a need of the village"),
    State.ITEM: _l("Became an item of a screening"),
    State.LETTER: _l("Became a letter"),
    State.REMARK: _l("Dealt with on the spot"),
}

WHERE_LABELS = {
    Where.STANDING: _l("All that are not at their end"),
    Where.OPEN: _l("Not handed on yet"),
    Where.UNDER_WAY: _l("Handed on, not at their end"),
    Where.ENDED: _l("At their end"),
}

ONLY_LABELS = {
    Only.GROUP: _l("by a member of the group, or a clerk"),
    Only.DAY: _l("by a member of the group, or a clerk, from the day of the visit on"),
    Only.ALL_HANDED_ON: _l("by a member of the group, or a clerk, once nothing found waits to be handed on"),
    Only.ASKS_FOR_VILLAGE: _l("by a member of the group, or a clerk, who may raise a need of that village"),
    Only.ROUND: _l("by a member of the group whose unit an open round of screening asks"),
}

STAFF = (Role.CLERK, Role.HANDLER, Role.LEADER)
DRAFT_DAYS = 7  # what nobody sent within these days is deleted from the phone

V, S, B = VisitState, State, Only

# fmt: off
VISIT = Workflow(
    #    action      label                                from                   to            who     asks              besides
    Step("change",   _l("Change the plan"),               (V.PLANNED,),          None,         STAFF,  asks="plan",      only=B.GROUP),
    Step("take_down", _l("Take down what was found"),     (V.PLANNED, V.HELD),   V.HELD,       STAFF,  asks="finding",   only=B.DAY),
    Step("hold",     _l("Record that it was held"),       (V.PLANNED,),          V.HELD,       STAFF,  asks="note",      only=B.DAY),
    Step("cancel",   _l("Call the visit off"),            (V.PLANNED,),          V.CANCELLED,  STAFF,  asks="reason",    only=B.GROUP),
    Step("close",    _l("Close the visit"),               (V.HELD,),             V.CLOSED,     STAFF,                    only=B.ALL_HANDED_ON),
    start=V.PLANNED,
)
WORKFLOW = Workflow(
    #    action      label                                from         to         who              clock            asks             besides
    Step("need",     _l("Make it a need of the village"), (S.FOUND,),  S.NEED,    STAFF,           stop="hand_on",  asks="need",     only=B.ASKS_FOR_VILLAGE),
    Step("item",     _l("Return it to a screening"),      (S.FOUND,),  S.ITEM,    (Role.HANDLER,), stop="hand_on",  asks="item",     only=B.ROUND),
    Step("letter",   _l("Take it down as a letter"),      (S.FOUND,),  S.LETTER,  STAFF,           stop="hand_on",  asks="letter",   only=B.GROUP),
    Step("remark",   _l("Write down what was done on the spot"), (S.FOUND,), S.REMARK, STAFF,      stop="hand_on",  asks="remark",   only=B.GROUP),
    start=S.FOUND,
)
# fmt: on

BY_ITSELF = ("take_down",)  # a step of a visit with a page of its own, for phones
A_LETTER = ("letter",)  # a step of a finding with the page of a letter's intake

VISIT_EVENT_LABELS = {
    "planned": _l("Contact visit planned"),
    "change": _l("Plan of a contact visit changed"),
    "hold": _l("Contact visit held"),
    "cancel": _l("Contact visit called off"),
    "close": _l("Contact visit closed"),
}

EVENT_LABELS = {
    "found": _l("Found on a contact visit"),
    "photos": _l("Photos of a finding came in"),
    "need": _l("Finding became a need of the village"),
    "item": _l("Finding became an item of a screening"),
    "letter": _l("Finding became a letter"),
    "remark": _l("Finding dealt with on the spot"),
    "erased": _l("Removed under the retention rule"),
    "redacted": _l("A passage was made unreadable"),
}

EXPLAINED = {
    "close": _l("Nothing more is taken down on this visit. What was found is followed on to its end."),
}

LABELS = {"visit": VISIT_LABELS, "state": STATE_LABELS, "where": WHERE_LABELS}

TABLES = (
    Table(
        "contact_visit",
        Words(zh="基层联系：走访", en="Contact visit"),
        VISIT,
        VISIT_LABELS,
        "contacts.work",
        only=ONLY_LABELS,
    ),
    Table(
        "contact_finding",
        Words(zh="基层联系：发现的问题", en="What was found on a contact visit"),
        WORKFLOW,
        STATE_LABELS,
        "contacts.work",
        Words(
            zh="期限见 data/limits，为本机关自定目标：转办“hand_on”，自发现问题之日起算。",
            en="The clock stands in data/limits and is the office's own target: `hand_on`, from the day it was found.",
        ),
        only=ONLY_LABELS,
    ),
)
