"""The procedure of a matter as the office reads it: states, steps, who, clocks and papers.

Source: Regulation on Letters and Visits Work (in force 2022-05-01), cited as "2022 Art n".
"""

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from blueprints.petitions.casefile.domain import DELIVERY_LABELS, PAPER_LABELS, PaperKind
from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow


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
    FORWARDED = "forwarded"
    MERGED = "merged"
    ASSIGNED = "assigned"
    HANDLING = "handling"
    DRAFTED = "drafted"
    SIGNED = "signed"
    DELIVERED = "delivered"
    REVIEWING = "reviewing"
    REVIEWED = "reviewed"
    REEXAMINING = "reexamining"
    REEXAMINED = "reexamined"
    CLOSED = "closed"
    ARCHIVED = "archived"


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
    FINAL = "final"


class Verdict(StrEnum):
    """What the organ above says to a handling opinion, or to a review (2022 Art 35, 36)."""

    UPHELD = "upheld"
    CHANGED = "changed"
    REVOKED = "revoked"


class Fault(StrEnum):
    """Why a unit is supervised (2022 Art 40)."""

    OVERDUE = "overdue"
    PROCEDURE = "procedure"
    PASSED_ON = "passed_on"
    FALSE_REPORT = "false_report"
    NOT_CARRIED_OUT = "not_carried_out"
    OTHER = "other"


class Solved(StrEnum):
    """Where a matter was solved: at the place it arose, or further up."""

    VILLAGE = "village"
    TOWNSHIP = "township"
    DISTRICT = "district"
    ABOVE = "above"
    NOT_SOLVED = "not_solved"


class Standing(StrEnum):
    """How a request for review stands to the petitioner's term, which runs from delivery alone."""

    IN_TIME = "in_time"
    LATE = "late"
    EARLY = "early"


class Only(StrEnum):
    """What must be so before a step is open, besides the state and the role."""

    NOTICE_WAITS = "notice_waits"
    ALL_DELIVERED = "all_delivered"
    IN_TERM = "in_term"
    ONCE = "once"
    OWN_PART = "own_part"
    PART_OPEN = "part_open"
    PARTS_WRITTEN = "parts_written"
    ANOTHER = "another"
    TO_CARRY_OUT = "to_carry_out"
    REVIEWABLE = "reviewable"
    REEXAMINABLE = "reexaminable"
    REVOKED = "revoked"
    SUPERVISED = "supervised"


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
    State.FORWARDED: _l("Forwarded"),
    State.MERGED: _l("Joined to another letter"),
    State.ASSIGNED: _l("Assigned"),
    State.HANDLING: _l("Being handled"),
    State.DRAFTED: _l("Waiting for sign-off"),
    State.SIGNED: _l("Signed off"),
    State.DELIVERED: _l("Answer delivered"),
    State.REVIEWING: _l("Under review"),
    State.REVIEWED: _l("Reviewed"),
    State.REEXAMINING: _l("Under re-examination"),
    State.REEXAMINED: _l("Re-examined"),
    State.CLOSED: _l("Closed"),
    State.ARCHIVED: _l("Archived"),
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
    Elsewhere.FINAL: _l("Re-examined already, on the same facts and grounds"),
}

VERDICT_LABELS = {
    Verdict.UPHELD: _l("Upheld"),
    Verdict.CHANGED: _l("Changed"),
    Verdict.REVOKED: _l("Revoked: to be handled again"),
}

FAULT_LABELS = {
    Fault.OVERDUE: _l("Not handled within the time"),
    Fault.PROCEDURE: _l("Procedure not followed"),
    Fault.PASSED_ON: _l("Passed on or put off"),
    Fault.FALSE_REPORT: _l("False report, or facts held back"),
    Fault.NOT_CARRIED_OUT: _l("Handling opinion not carried out"),
    Fault.OTHER: _l("Another fault"),
}

SOLVED_LABELS = {
    Solved.VILLAGE: _l("In the village or community"),
    Solved.TOWNSHIP: _l("In the township or street"),
    Solved.DISTRICT: _l("In the district"),
    Solved.ABOVE: _l("Above the district"),
    Solved.NOT_SOLVED: _l("Not solved"),
}

STANDING_LABELS = {
    Standing.IN_TIME: _l("in time"),
    Standing.LATE: _l("after the term"),
    Standing.EARLY: _l("before a delivery was recorded, so the term has not begun"),
}

ONLY_LABELS = {
    Only.NOTICE_WAITS: _l("while a notice waits to reach the petitioner"),
    Only.ALL_DELIVERED: _l(
        "once every paper has reached the petitioner, or where an anonymous one cannot be reached lies ready on the receipt page; nobody may object to a forwarding any more; and nothing is left to be carried out, answered to the office or handled again"
    ),
    Only.IN_TERM: _l("within the term for an objection"),
    Only.ONCE: _l("once, and not after its last day"),
    Only.OWN_PART: _l("for a co-handling unit whose part is not written"),
    Only.PART_OPEN: _l("while a co-handling unit has not written its part"),
    Only.PARTS_WRITTEN: _l("once every co-handling unit has written its part"),
    Only.ANOTHER: _l("for somebody else than who wrote the answer"),
    Only.TO_CARRY_OUT: _l("while a supported request is to be carried out"),
    Only.REVIEWABLE: _l("on a claim for relief, once"),
    Only.REEXAMINABLE: _l("on a review opinion, once"),
    Only.REVOKED: _l("when the opinion was revoked"),
    Only.SUPERVISED: _l("while a supervision letter waits for its answer"),
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
ENDED = (S.CLOSED, S.ARCHIVED)
OPEN = tuple(state for state in State if state not in ENDED)
AT_WORK = (S.ASSIGNED, S.HANDLING)
ABOVE = (S.REVIEWING, S.REVIEWED, S.REEXAMINING, S.REEXAMINED)
WITH_UNIT = (*AT_WORK, S.DRAFTED, S.SIGNED, S.DELIVERED, *ABOVE)
ANSWERED = (S.SIGNED, S.DELIVERED, *ABOVE, *ENDED)  # the petitioner may have the answer
NOTICED = tuple(state for state in OPEN if state not in (S.RECEIVED, S.REGISTERED))
ENDING = (S.SIGNED, S.DELIVERED, S.DECLINED, S.FORWARDED, S.REVIEWED, S.REEXAMINED)

CLERK_OR_LEADER, CLERK_OR_HANDLER, HANDLER_OR_LEADER = (
    (Role.CLERK, Role.LEADER),
    (Role.CLERK, Role.HANDLER),
    (Role.HANDLER, Role.LEADER),
)
P = PaperKind

# fmt: off
WORKFLOW = Workflow(
    #    action        label                                    from                 to             who                 clock               paper                   asks                     only when               ground
    Step("register",   _l("Register"),                          (S.RECEIVED,),       S.REGISTERED,  CLERK,                                                          asks="register",                                 law="register"),
    Step("accept",     _l("Accept"),                            (S.REGISTERED,),     S.ACCEPTED,    CLERK,              start="handling",   paper=P.ACCEPTANCE,                                              law="accept"),
    Step("decline",    _l("Do not accept"),                     (S.REGISTERED,),     S.DECLINED,    CLERK,                                  paper=P.DECLINED,       asks="decline",                          law="decline"),
    Step("forward",    _l("Forward to the competent organ"),    (S.REGISTERED,),     S.FORWARDED,   CLERK_OR_LEADER,    start="objection",  paper=P.FORWARDING,     asks="forward",                          law="forward"),
    Step("returned",   _l("Record that it came back"),          (S.FORWARDED,),      S.REGISTERED,  CLERK,              start="notice", stop="objection",           asks="reason",           only=Only.IN_TERM,         law="objection"),
    Step("assign",     _l("Assign to a unit"),                  (S.ACCEPTED,),       S.ASSIGNED,    CLERK_OR_LEADER,    start="objection",                          asks="assign",                                   law="forward"),
    Step("object",     _l("Object: not for this unit"),         (S.ASSIGNED,),       S.ACCEPTED,    HANDLER,            stop="objection",                           asks="reason",           only=Only.IN_TERM,         law="objection"),
    Step("take",       _l("Take on"),                           (S.ASSIGNED,),       S.HANDLING,    HANDLER,            stop="objection"),
    Step("answer",     _l("Write the answer"),                  (S.HANDLING,),       S.DRAFTED,     HANDLER_OR_LEADER,                                              asks="answer",           only=Only.PARTS_WRITTEN,   law="opinion"),
    Step("rework",     _l("Send back for rework"),              (S.DRAFTED,),        S.HANDLING,    LEADER,                                                         asks="reason"),
    Step("sign",       _l("Sign off"),                          (S.DRAFTED,),        S.SIGNED,      LEADER,             stop="handling",    paper=P.OPINION,                                 only=Only.ANOTHER,         law="opinion"),
    Step("notify",     _l("Record that the notice was given"),  NOTICED,             None,          CLERK_OR_HANDLER,   stop="notice",                              asks="delivery",         only=Only.NOTICE_WAITS,    law="accept"),
    Step("deliver",    _l("Record delivery of the answer"),     (S.SIGNED,),         S.DELIVERED,   CLERK_OR_HANDLER,   start="ask_review",                         asks="delivery",                                 law="opinion"),
    Step("carry_out",  _l("Record that it was carried out"),    (S.SIGNED, S.DELIVERED, *ABOVE), None, HANDLER,         stop="carry_out",                           asks="carry_out",        only=Only.TO_CARRY_OUT,    law="carry_out"),

    Step("part",       _l("Write our part"),                    AT_WORK,             None,          HANDLER,                                                        asks="part",             only=Only.OWN_PART,        law="joint",          beside=True),
    Step("join",       _l("Add a co-handling unit"),            AT_WORK,             None,          CLERK_OR_LEADER,                                                asks="join",                                     law="joint",          rare=True),
    Step("release",    _l("Release a co-handling unit"),        AT_WORK,             None,          CLERK_OR_LEADER,                                                asks="release",          only=Only.PART_OPEN,       law="joint",          rare=True),
    Step("reassign",   _l("Give to another unit"),              AT_WORK,             S.ASSIGNED,    CLERK_OR_LEADER,    start="objection",                          asks="assign",                                   law="joint",          rare=True),
    Step("merge",      _l("Join to a letter on the same matter"), (S.ACCEPTED,),     S.MERGED,      CLERK,                                                          asks="merge",                                                          rare=True),
    Step("unmerge",    _l("Take out of the joined letters"),    (S.MERGED,),         S.ACCEPTED,    CLERK,                                                          asks="reason",                                                         rare=True),
    Step("extend",     _l("Extend the time"),                   (S.ACCEPTED, S.MERGED, *AT_WORK, S.DRAFTED), None, LEADER,                  paper=P.EXTENSION,      asks="extend",           only=Only.ONCE,            law="handling",       rare=True),
    Step("hear",       _l("Record a hearing"),                  (S.HANDLING, S.REEXAMINING), None,  STAFF,                                                          asks="hearing",                                  law="hearing",        rare=True),
    Step("mediate",    _l("Record a mediation"),                (S.HANDLING,),       None,          HANDLER,                                paper=P.MEDIATION,      asks="mediation",                                law="mediation",      rare=True),

    Step("ask_review", _l("Record a request for review"),       (S.SIGNED, S.DELIVERED, *ENDED), S.REVIEWING, CLERK, start="review",       asks="request",                                  only=Only.REVIEWABLE,      law="review",         rare=True),
    Step("review",     _l("Enter the review opinion"),          (S.REVIEWING,),      S.REVIEWED,    CLERK_OR_LEADER,    stop="review",      paper=P.REVIEW,         asks="verdict",                                  law="review"),
    Step("redo",       _l("Handle again"),                      (S.REVIEWED, S.REEXAMINED), S.HANDLING, LEADER,         start="handling",                           asks="reason",           only=Only.REVOKED,         law="review"),
    Step("ask_reexamination", _l("Record a request for re-examination"), (S.REVIEWED, *ENDED), S.REEXAMINING, CLERK,     start="reexamination", asks="request",                              only=Only.REEXAMINABLE,    law="reexamination",  rare=True),
    Step("reexamine",  _l("Enter the re-examination opinion"),  (S.REEXAMINING,),    S.REEXAMINED,  CLERK_OR_LEADER,    stop="reexamination", paper=P.REEXAMINATION, asks="verdict",                                 law="reexamination"),

    Step("supervise",  _l("Supervise the unit"),                WITH_UNIT,           None,          CLERK_OR_LEADER,    start="supervise",  paper=P.SUPERVISION,    asks="supervise",                                law="supervise",      rare=True),
    Step("respond",    _l("Answer the supervision letter"),     WITH_UNIT,           None,          HANDLER,            stop="supervise",                           asks="respond",          only=Only.SUPERVISED,      law="supervise"),
    Step("report_up",  _l("Report upward at once"),             OPEN,                None,          STAFF,                                                          asks="report_up",                                law="urgent",         rare=True),
    Step("about",      _l("Correct whom it is about"),          EVERY,               None,          CLERK_OR_LEADER,                                                asks="about",                                    law="protect",        rare=True),
    Step("withdraw",   _l("Withdraw from this matter"),         OPEN,                None,          STAFF,                                                          asks="reason",                                   law="recuse",         rare=True, beside=True),
    Step("recuse",     _l("Take somebody off this matter"),     OPEN,                None,          LEADER,                                                         asks="recuse",                                   law="recuse",         rare=True),

    Step("close",      _l("Close"),                             ENDING,              S.CLOSED,      HANDLER_OR_LEADER,                                              asks="close",            only=Only.ALL_DELIVERED),
    Step("archive",    _l("Archive"),                           (S.CLOSED,),         S.ARCHIVED,    CLERK),
    Step("message",    _l("Write to the petitioner"),           EVERY,               None,          CLERK_OR_HANDLER,                                               asks="message", key="m"),
    Step("note",       _l("Add an internal note"),              EVERY,               None,          STAFF,                                                          asks="message",                                                        beside=True, key="b"),
    start=S.RECEIVED,
)
# fmt: on

# The petitioner's right that a delivered paper begins: it runs from that day, and from no other (2022 Art 35, 36).
RIGHTS = {PaperKind.OPINION: "ask_review", PaperKind.REVIEW: "ask_reexamination"}
# Terms within which somebody may do something: when they have passed nothing is late.
INSIDE_CLOCKS = ("objection", "supervise")  # between the office and its units
TERMS = (*RIGHTS.values(), "objection")
# What the petitioner may begin by the receipt code, as a clerk may for a request on paper.
ASKED = ("ask_review", "ask_reexamination")

# What the record says happened: the petitioner's doings, the look at an identity, and each step once it is done.
EVENT_LABELS = {
    "received": _l("Received"),
    "wrote": _l("The petitioner wrote"),
    "rated": _l("The petitioner rated the handling"),
    "identity opened": _l("Identity opened"),
    "recusal asked": _l("The petitioner asked that somebody withdraw"),
    "represented": _l("A representative was added"),
    "answered with": _l("Answered together with a joined letter"),
    "calendar changed": _l("The calendar changed: running clocks counted anew"),
    "register": _l("Registered"),
    "accept": _l("Accepted"),
    "decline": _l("Not accepted"),
    "forward": _l("Forwarded to the competent organ"),
    "returned": _l("Came back from the organ it was forwarded to"),
    "assign": _l("Assigned to a unit"),
    "object": _l("The unit objected"),
    "take": _l("Taken on"),
    "answer": _l("Answer written"),
    "rework": _l("Sent back for rework"),
    "sign": _l("Signed off"),
    "notify": _l("Notice given"),
    "deliver": _l("Answer delivered"),
    "carry_out": _l("Carried out"),
    "part": _l("Part of a co-handling unit written"),
    "join": _l("Co-handling unit added"),
    "release": _l("Co-handling unit released"),
    "reassign": _l("Given to another unit"),
    "merge": _l("Joined to a letter on the same matter"),
    "unmerge": _l("Taken out of the joined letters"),
    "extend": _l("Time extended"),
    "hear": _l("Hearing held"),
    "mediate": _l("Mediation agreed"),
    "ask_review": _l("Review requested"),
    "review": _l("Review opinion entered"),
    "redo": _l("To be handled again"),
    "ask_reexamination": _l("Re-examination requested"),
    "reexamine": _l("Re-examination opinion entered"),
    "supervise": _l("Supervision letter issued"),
    "respond": _l("Supervision letter answered"),
    "report_up": _l("Reported upward"),
    "about": _l("Corrected whom it is about"),
    "withdraw": _l("Somebody withdrew"),
    "recuse": _l("Somebody was taken off"),
    "close": _l("Closed"),
    "archive": _l("Archived"),
    "message": _l("Message to the petitioner"),
    "note": _l("Internal note"),
    # Down-visits and reception days write into the record of the matter that they are about.
    "visit taken": _l("To be taken along to a down-visit"),
    "visit left": _l("Not to be taken along to the down-visit after all"),
    "visit signed up": _l("Signed up to be heard at a down-visit"),
    "visit withdrawn": _l("Sign-up for a down-visit taken back"),
    "visit result": _l("Result of the down-visit recorded"),
    "visit promise": _l("Promise made at a down-visit"),
    "visit promise keep": _l("Promise of a down-visit kept"),
    "visit promise tell": _l("Told that the promise was kept"),
    "reception signed up": _l("Signed up for a leaders' reception day"),
    "reception withdrawn": _l("Sign-up for a reception day taken back"),
    "reception result": _l("Result of the reception recorded"),
    "window recorded": _l("Taken down in the early and late hours of a unit"),
    "taken over": _l("Closed before it was taken over from the register kept before"),
    "need raised": _l("A need of the village was raised from it"),
    "kept": _l("To be kept longer"),
    "held": _l("Put under legal hold"),
    "released": _l("Legal hold lifted"),
    "erasure prepared": _l("Erasure prepared"),
    "erasure withdrawn": _l("Erasure withdrawn"),
    "erased": _l("Removed under the retention rule"),
    "redacted": _l("A passage was made unreadable"),
}

# What happens between desks, and is nobody's business outside the office.
INSIDE = (
    *("identity opened", "answer", "rework", "part", "join", "release", "object", "supervise", "respond", "report_up"),
    *("represented", "about", "withdraw", "recuse", "merge", "unmerge", "answered with"),
    *("visit taken", "visit left", "visit signed up", "visit withdrawn", "visit result"),
    *("visit promise", "visit promise keep", "visit promise tell"),
    *("reception signed up", "reception withdrawn", "reception result", "window recorded"),
    "need raised",
    *("kept", "held", "released", "erasure prepared", "erasure withdrawn"),
)

# What a step without questions means, told before the button is pressed.
EXPLAINED = {
    "accept": _l("The matter is accepted. The acceptance notice is issued, and the time for handling begins."),
    "archive": _l(
        "The matter goes into the archive. It stays there to be read; nothing more is done in it, unless the petitioner asks the organ above."
    ),
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
    "solved": SOLVED_LABELS,
    "verdict": VERDICT_LABELS,
    "standing": STANDING_LABELS,
}

TABLES = (
    Table(
        "petition",
        Words(zh="信访事项的办理步骤", en="A matter's steps"),
        WORKFLOW,
        STATE_LABELS,
        "petitions.move",
        only=ONLY_LABELS,
        papers=PAPER_LABELS,
    ),
)
