"""The procedure of a matter as the office reads it: states, steps, who, clocks and papers.

Source: Regulation on Letters and Visits Work (in force 2022-05-01), cited as "2022 Art n".
"""

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from blueprints.petitions.casefile.domain import DELIVERY_LABELS, PaperKind
from core.roles import Role
from core.workflow import Step, Workflow


class Channel(StrEnum):
    """How a matter came in."""

    LETTER = "letter"
    VISIT = "visit"
    CALL = "call"
    ONLINE = "online"


class Kind(StrEnum):
    """What a matter is (2022 Art 29, 30, 31)."""

    PROPOSAL = "proposal"
    ACCUSATION = "accusation"
    CLAIM = "claim"


class State(StrEnum):
    """Where a matter stands."""

    RECEIVED = "received"
    REGISTERED = "registered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ASSIGNED = "assigned"
    HANDLING = "handling"
    DRAFTED = "drafted"
    SIGNED = "signed"
    DELIVERED = "delivered"
    CLOSED = "closed"


class Outcome(StrEnum):
    """What a handling opinion says to the requests (2022 Art 32)."""

    SUPPORTED = "supported"
    EXPLAINED = "explained"
    REFUSED = "refused"


class Elsewhere(StrEnum):
    """Why a matter is not accepted here: the channel that is competent instead (2022 Art 31)."""

    COURT = "court"
    PROCURATORATE = "procuratorate"
    POLICE = "police"
    ARBITRATION = "arbitration"
    RECONSIDERATION = "reconsideration"
    PARTY_APPEAL = "party_appeal"
    RULING = "ruling"
    DUTY = "duty"
    UNDER_WAY = "under_way"


class Satisfaction(StrEnum):
    """What the petitioner says of the handling (2022 Art 21)."""

    SATISFIED = "satisfied"
    FAIR = "fair"
    DISSATISFIED = "dissatisfied"


CHANNEL_LABELS = {
    Channel.LETTER: _l("Letter"),
    Channel.VISIT: _l("Visit"),
    Channel.CALL: _l("Call"),
    Channel.ONLINE: _l("Online letter"),
}

KIND_LABELS = {
    Kind.PROPOSAL: _l("Proposal"),
    Kind.ACCUSATION: _l("Accusation"),
    Kind.CLAIM: _l("Claim for relief"),
}

STATE_LABELS = {
    State.RECEIVED: _l("Received"),
    State.REGISTERED: _l("Registered"),
    State.ACCEPTED: _l("Accepted"),
    State.DECLINED: _l("Not accepted"),
    State.ASSIGNED: _l("Assigned"),
    State.HANDLING: _l("Being handled"),
    State.DRAFTED: _l("Waiting for sign-off"),
    State.SIGNED: _l("Signed off"),
    State.DELIVERED: _l("Answer delivered"),
    State.CLOSED: _l("Closed"),
}

OUTCOME_LABELS = {
    Outcome.SUPPORTED: _l("Supported"),
    Outcome.EXPLAINED: _l("Reasonable but without legal basis: explained"),
    Outcome.REFUSED: _l("Not supported"),
}

ELSEWHERE_LABELS = {
    Elsewhere.COURT: _l("A court"),
    Elsewhere.PROCURATORATE: _l("A procuratorate"),
    Elsewhere.POLICE: _l("The police"),
    Elsewhere.ARBITRATION: _l("Arbitration"),
    Elsewhere.RECONSIDERATION: _l("Administrative reconsideration"),
    Elsewhere.PARTY_APPEAL: _l("An appeal of a Party member"),
    Elsewhere.RULING: _l("An administrative ruling"),
    Elsewhere.DUTY: _l("An authority that must act by law"),
    Elsewhere.UNDER_WAY: _l("The same matter is under way elsewhere, in time"),
}

SATISFACTION_LABELS = {
    Satisfaction.SATISFIED: _l("Satisfied"),
    Satisfaction.FAIR: _l("Fairly satisfied"),
    Satisfaction.DISSATISFIED: _l("Not satisfied"),
}

CLERK, HANDLER, LEADER = (Role.CLERK,), (Role.HANDLER,), (Role.LEADER,)
STAFF = (Role.CLERK, Role.HANDLER, Role.LEADER)

S = State
EVERY = tuple(State)
OPEN = tuple(state for state in State if state is not State.CLOSED)
WITH_UNIT = (S.ASSIGNED, S.HANDLING, S.DRAFTED, S.SIGNED, S.DELIVERED)
NOTICED = (S.ACCEPTED, S.DECLINED, S.ASSIGNED, S.HANDLING, S.DRAFTED, S.SIGNED, S.DELIVERED)

# fmt: off
WORKFLOW = Workflow(
    #    action      label                           from                  to            who                           clock                paper                         asks
    Step("register", _l("Register"),                 (S.RECEIVED,),        S.REGISTERED, CLERK,                                                                           asks="register"),
    Step("accept",   _l("Accept"),                   (S.REGISTERED,),      S.ACCEPTED,   CLERK,                        start="handling",    paper=PaperKind.ACCEPTANCE),
    Step("decline",  _l("Do not accept"),            (S.REGISTERED,),      S.DECLINED,   CLERK,                                             paper=PaperKind.DECLINED,     asks="decline"),
    Step("assign",   _l("Assign to a unit"),         (S.ACCEPTED,),        S.ASSIGNED,   (Role.CLERK, Role.LEADER),                                                       asks="assign"),
    Step("take",     _l("Take on"),                  (S.ASSIGNED,),        S.HANDLING,   HANDLER),
    Step("answer",   _l("Write the answer"),         (S.HANDLING,),        S.DRAFTED,    (Role.HANDLER, Role.LEADER),                                                     asks="answer"),
    Step("rework",   _l("Send back for rework"),     (S.DRAFTED,),         S.HANDLING,   LEADER,                                                                          asks="reason"),
    Step("sign",     _l("Sign off"),                 (S.DRAFTED,),         S.SIGNED,     LEADER,                       stop="handling",     paper=PaperKind.OPINION),
    Step("notify",   _l("Record that the notice was given"), NOTICED,      None,         (Role.CLERK, Role.HANDLER),   stop="notice",                                     asks="delivery"),
    Step("deliver",  _l("Record delivery of the answer"), (S.SIGNED,),     S.DELIVERED,  (Role.CLERK, Role.HANDLER),                                                      asks="delivery"),
    Step("close",    _l("Close"),                    (S.DELIVERED, S.DECLINED), S.CLOSED, (Role.HANDLER, Role.LEADER),                                                    asks="note"),
    Step("message",  _l("Write to the petitioner"),  EVERY,                None,         (Role.CLERK, Role.HANDLER),                                                      asks="message"),
    Step("note",     _l("Add an internal note"),     EVERY,                None,         STAFF,                                                                           asks="message"),
    start=S.RECEIVED,
)
# fmt: on

# What the record says happened: the petitioner's doings, the look at an identity, and each step once it is done.
EVENT_LABELS = {
    "received": _l("Received"),
    "wrote": _l("The petitioner wrote"),
    "rated": _l("The petitioner rated the handling"),
    "identity opened": _l("Identity opened"),
    "register": _l("Registered"),
    "accept": _l("Accepted"),
    "decline": _l("Not accepted"),
    "assign": _l("Assigned to a unit"),
    "take": _l("Taken on"),
    "answer": _l("Answer written"),
    "rework": _l("Sent back for rework"),
    "sign": _l("Signed off"),
    "notify": _l("Notice given"),
    "deliver": _l("Answer delivered"),
    "close": _l("Closed"),
    "message": _l("Message to the petitioner"),
    "note": _l("Internal note"),
}

# What happens between desks, and is nobody's business outside the office.
INSIDE = ("identity opened", "answer", "rework")

# What a step without questions means, told before the button is pressed.
EXPLAINED = {
    "accept": _l("The matter is accepted. The acceptance notice is issued, and the time for handling begins."),
    "take": _l("You take the matter on for your unit. The petitioner sees that handling has begun."),
    "sign": _l(
        "The answer is signed off as it stands. The handling opinion is issued and can be read by the petitioner."
    ),
}

LABELS = {
    "channel": CHANNEL_LABELS,
    "kind": KIND_LABELS,
    "state": STATE_LABELS,
    "outcome": OUTCOME_LABELS,
    "delivery": DELIVERY_LABELS,
    "satisfaction": SATISFACTION_LABELS,
}
