"""A report of a violation as the office reads it: kinds, states, steps, outcomes; a notice of retaliation besides.

What stands here in clear is all that is stored in clear: which prohibition, where it stands, the outcome, days.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from core.profiles import Profile, terms, terms_on
from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow

NOT_DUE = date(9999, 12, 31)  # sorts after everything that is due
OBJECTION = "objection"  # the clock of a right: when it ends nothing is late
SMALL = 5  # a number below it is told to nobody but the officers


class Kind(StrEnum):
    """Which of the five prohibitions was broken, or something else; or the reporter is treated badly for a report."""

    LEAK = "leak"
    PROCEDURE = "procedure"
    GAIN = "gain"
    MEALS = "meals"
    GIFTS = "gifts"
    OTHER = "other"
    RETALIATION = "retaliation"


class State(StrEnum):
    """Where a report, or a notice of retaliation, stands."""

    RECEIVED = "received"
    SCREENING = "screening"
    VERIFYING = "verifying"
    HEARD = "heard"
    PROPOSED = "proposed"
    DECIDED = "decided"
    NOTIFIED = "notified"
    OBJECTED = "objected"
    ANSWERED = "answered"
    LOOKING = "looking"
    CLOSED = "closed"


class Outcome(StrEnum):
    """What became of a report."""

    NOT_DESCRIBED = "not_described"
    PASSED_UP = "passed_up"
    UNFOUNDED = "unfounded"
    REMIND = "remind"
    CRITICISE = "criticise"
    EDUCATE = "educate"
    DISCIPLINE = "discipline"


class Only(StrEnum):
    """What must be so besides, for a step to be open."""

    FOUND = "found"  # a finding is written down
    ANOTHER = "another"  # another officer than who proposed or decided
    ANOTHER_IF_ANY = "another_if_any"  # the same, where another one has a key of it


class What(StrEnum):
    """What a part of a report is. Its words are sealed; that it is there is not."""

    REPORT = "report"
    MESSAGE = "message"
    NOTE = "note"
    SCREENING = "screening"
    VERIFICATION = "verification"
    HEARING = "hearing"
    FINDING = "finding"
    DECISION = "decision"
    CONFIRMATION = "confirmation"
    LETTER = "letter"
    DELIVERY = "delivery"
    OBJECTION = "objection"
    ANSWER = "answer"
    CLOSING = "closing"


PROHIBITIONS = (Kind.LEAK, Kind.PROCEDURE, Kind.GAIN, Kind.MEALS, Kind.GIFTS)
REPORTED = (*PROHIBITIONS, Kind.OTHER)

KIND_LABELS = {
    Kind.LEAK: _l("Leaking or lobbying on personnel matters"),
    Kind.PROCEDURE: _l("Acting against procedure"),
    Kind.GAIN: _l("Private gain through office"),
    Kind.MEALS: _l("Accepting meals, or drinking on working days"),
    Kind.GIFTS: _l("Accepting gifts, cash gifts or securities"),
    Kind.OTHER: _l("Something else"),
    Kind.RETALIATION: _l("Retaliation for a report"),
}

KIND_EXAMPLES = {
    Kind.LEAK: _l("Somebody told before the decision who is to be promoted, or asked for a post for a relative."),
    Kind.PROCEDURE: _l("A person was appointed without the vote, the notice or the talk that the rules ask for."),
    Kind.GAIN: _l("Somebody used their post to get a job, a loan or a contract for themselves or their family."),
    Kind.MEALS: _l("A unit that was inspected paid for a dinner; somebody drank at noon on a working day."),
    Kind.GIFTS: _l("An envelope with money, a shopping card, expensive tea or liquor at a festival."),
    Kind.OTHER: _l("Gambling, a reception above the standard, or anything else that the rules forbid."),
}

STATE_LABELS = {
    State.RECEIVED: _l("Received"),
    State.SCREENING: _l("Being screened"),
    State.VERIFYING: _l("Being verified"),
    State.HEARD: _l("The member was heard"),
    State.PROPOSED: _l("Waits for a second officer"),
    State.DECIDED: _l("Decided, not yet notified"),
    State.NOTIFIED: _l("The member was notified"),
    State.OBJECTED: _l("Objection received"),
    State.ANSWERED: _l("Objection answered"),
    State.LOOKING: _l("Being looked into"),
    State.CLOSED: _l("Closed"),
}

OUTCOME_LABELS = {
    Outcome.NOT_DESCRIBED: _l("No violation described"),
    Outcome.PASSED_UP: _l("Passed to the organ one level up"),
    Outcome.UNFOUNDED: _l("Unfounded, the member is cleared"),
    Outcome.REMIND: _l("Reminded"),
    Outcome.CRITICISE: _l("Criticised"),
    Outcome.EDUCATE: _l("Helped and educated"),
    Outcome.DISCIPLINE: _l("Disciplined"),
}

LIGHT = (Outcome.UNFOUNDED, Outcome.REMIND, Outcome.CRITICISE)
GRAVE = (Outcome.EDUCATE, Outcome.DISCIPLINE)  # two persons

ONLY_LABELS = {
    Only.FOUND: _l("at least one finding, with rule, article and evidence"),
    Only.ANOTHER: _l("by another officer than who proposed it"),
    Only.ANOTHER_IF_ANY: _l("by another officer than who decided, where there is one"),
}

WHAT_LABELS = {
    What.REPORT: _l("The report"),
    What.MESSAGE: _l("Message"),
    What.NOTE: _l("Internal note"),
    What.SCREENING: _l("Screening of the report"),
    What.VERIFICATION: _l("Verification"),
    What.HEARING: _l("Hearing of the member"),
    What.FINDING: _l("Finding"),
    What.DECISION: _l("What was decided"),
    What.CONFIRMATION: _l("Second officer"),
    What.LETTER: _l("Paper"),
    What.DELIVERY: _l("Delivery"),
    What.OBJECTION: _l("Objection"),
    What.ANSWER: _l("Answer"),
    What.CLOSING: _l("Closing"),
}

WHO = (Role.DISCIPLINE,)
S = State
AT_WORK = (S.VERIFYING, S.HEARD)
UNDECIDED = (S.RECEIVED, S.SCREENING, S.VERIFYING, S.HEARD, S.PROPOSED)
LATER = (S.DECIDED, S.NOTIFIED, S.OBJECTED, S.ANSWERED, S.CLOSED)
ALL = (*UNDECIDED, *LATER)

# fmt: off
WORKFLOW = Workflow(
    #    action        label                                      from                         to            who  clock                             paper              asks
    Step("take",       _l("Take it on"),                          (S.RECEIVED,),               S.SCREENING,  WHO),
    Step("verify",     _l("Take up: verify it"),                  (S.SCREENING,),              S.VERIFYING,  WHO, start="verify", stop="screen",                       asks="remark"),
    Step("pass_up",    _l("Not within our competence: pass up"),  (S.SCREENING, *AT_WORK),     S.CLOSED,     WHO,                                                    asks="organ"),
    Step("dismiss",    _l("No violation described: close"),       (S.SCREENING,),              S.CLOSED,     WHO, stop="screen",                                     asks="reason"),
    Step("examine",    _l("Write down what was verified"),        AT_WORK,                     None,         WHO,                                                    asks="verification"),
    Step("hear",       _l("Hear the member"),                     AT_WORK,                     S.HEARD,      WHO,                                                    asks="hearing"),
    Step("find",       _l("Write a finding"),                     (S.HEARD,),                  None,         WHO,                                                    asks="finding"),
    Step("clear",      _l("Decide: unfounded, cleared"),          (S.HEARD,),                  S.DECIDED,    WHO, start="notify", stop="verify",  paper="clearance",  asks="decision"),
    Step("decide",     _l("Decide: remind or criticise"),         (S.HEARD,),                  S.DECIDED,    WHO, start="notify", stop="verify",  paper="decision",   asks="light",    only=Only.FOUND),
    Step("propose",    _l("Propose: help and educate, or discipline"), (S.HEARD,),             S.PROPOSED,   WHO, start="confirm", stop="verify",                     asks="grave",    only=Only.FOUND),
    Step("confirm",    _l("Confirm the decision"),                (S.PROPOSED,),               S.DECIDED,    WHO, start="notify", stop="confirm", paper="decision",   asks="remark",   only=Only.ANOTHER),
    Step("send_back",  _l("Do not confirm: send back"),           (S.PROPOSED,),               S.HEARD,      WHO, start="verify", stop="confirm",                     asks="reason",   only=Only.ANOTHER),
    Step("notify",     _l("Record the delivery to the member"),   (S.DECIDED,),                S.NOTIFIED,   WHO, start="objection", stop="notify",                   asks="delivery"),
    Step("object",     _l("Record an objection"),                 (S.NOTIFIED,),               S.OBJECTED,   WHO, start="answer", stop="objection",                   asks="objection"),
    Step("uphold",     _l("Answer the objection: the decision stands"), (S.OBJECTED,),         S.ANSWERED,   WHO, stop="answer",                   paper="answer",    asks="answer",   only=Only.ANOTHER_IF_ANY),
    Step("reopen",     _l("Answer the objection: decide anew"),   (S.OBJECTED,),               S.HEARD,      WHO, start="verify", stop="answer",   paper="answer",    asks="answer",   only=Only.ANOTHER_IF_ANY),
    Step("close",      _l("Close"),                               (S.NOTIFIED, S.ANSWERED),    S.CLOSED,     WHO, stop="objection",                                  asks="closing"),
    Step("message",    _l("Write to the reporter"),               ALL,                         None,         WHO,                                                    asks="message"),
    Step("note",       _l("Add an internal note"),                ALL,                         None,         WHO,                                                    asks="note"),
    Step("take_over",  _l("Take it on from a colleague"),          ALL,                         None,         WHO,                                                                     rare=True),
    Step("read",       _l("The reporter's message was read"),     ALL,                         None,         WHO),
    Step("share",      _l("Share with an officer"),               ALL,                         None,         WHO,                                                    asks="share",    rare=True),
    Step("withdraw",   _l("Withdraw from it"),                    ALL,                         None,         WHO,                                                    asks="reason",   rare=True),
    Step("recuse",     _l("Take another officer off it"),         ALL,                         None,         WHO,                                                    asks="recuse",   rare=True),
    start=S.RECEIVED,
)

BESIDE = (S.RECEIVED, S.LOOKING, S.ANSWERED, S.CLOSED)
RETALIATION = Workflow(
    #    action        label                            from                      to           who  clock                asks
    Step("look",       _l("Begin to look into it"),     (S.RECEIVED,),            S.LOOKING,   WHO),
    Step("reply",      _l("Answer in writing"),         (S.RECEIVED, S.LOOKING),  S.ANSWERED,  WHO, stop="retaliation", asks="reply"),
    Step("end",        _l("Close"),                     (S.ANSWERED,),            S.CLOSED,    WHO,                    asks="remark"),
    Step("note",       _l("Add an internal note"),      BESIDE,                   None,        WHO,                    asks="note"),
    Step("share",      _l("Share with an officer"),     BESIDE,                   None,        WHO,                    asks="share",   rare=True),
    Step("withdraw",   _l("Withdraw from it"),          BESIDE,                   None,        WHO,                    asks="reason",  rare=True),
    Step("recuse",     _l("Take another officer off it"), BESIDE,                 None,        WHO,                    asks="recuse",  rare=True),
    start=S.RECEIVED,
)
# fmt: on

EVENT_LABELS = {
    "calendar changed": _l("The calendar changed: running clocks counted anew"),
    "received": _l("Report received"),
    "take": _l("Taken on"),
    "verify": _l("Taken up for verification"),
    "pass_up": _l("Passed to the organ one level up"),
    "dismiss": _l("Closed: no violation described"),
    "examine": _l("Verification written down"),
    "hear": _l("The member was heard"),
    "find": _l("Finding written"),
    "clear": _l("Decided: unfounded"),
    "decide": _l("Decided"),
    "propose": _l("Decision proposed"),
    "confirm": _l("Decision confirmed by a second officer"),
    "send_back": _l("Decision sent back by a second officer"),
    "notify": _l("Delivered to the member"),
    "object": _l("Objection received"),
    "uphold": _l("Objection answered: the decision stands"),
    "reopen": _l("Objection answered: decided anew"),
    "close": _l("Closed"),
    "end": _l("Closed"),
    "look": _l("Being looked into"),
    "reply": _l("Answered in writing"),
    "message": _l("Message to the reporter"),
    "wrote": _l("The reporter wrote"),
    "read": _l("Message of the reporter read"),
    "note": _l("Internal note added"),
    "take_over": _l("Another officer took it on"),
    "share": _l("Shared with an officer"),
    "withdraw": _l("An officer withdrew"),
    "recuse": _l("An officer was taken off"),
}

# What a step without questions means, told before the button is pressed.
EXPLAINED = {
    "take": _l(
        "You handle this report from now on. A notice of retaliation about it then goes to your colleagues alone."
    ),
    "take_over": _l("You handle this report from now on, in place of whoever did until now."),
    "read": _l("It no longer stands on the desks as unread."),
    "look": _l("The reporter sees that somebody looks into it."),
}

# The reporter's words: where it stands, and what comes next.
STANDS = {
    State.RECEIVED: _l("Your report is here. A discipline officer will read it."),
    State.SCREENING: _l(
        "A discipline officer reads your report and checks whether it is for this office to look into."
    ),
    State.VERIFYING: _l("Your report was taken up. What it says is being verified."),
    State.HEARD: _l("Your report is being verified; the person it is about was heard, as the rules ask."),
    State.PROPOSED: _l("The verification is done. A second officer looks at the result."),
    State.DECIDED: _l("A decision was taken. The person it is about is told next."),
    State.NOTIFIED: _l(
        "A decision was taken, and the person it is about was told. They may object to it for some days."
    ),
    State.OBJECTED: _l("The person it is about objected to the decision. The objection is being answered."),
    State.ANSWERED: _l("The objection was answered. The report will be closed."),
    State.LOOKING: _l("Somebody else than the officer who handles your report looks into it."),
    State.CLOSED: _l("This report is closed. You can still write to us here."),
}

# What the reporter is told of the outcome: that something was done, not what it means for the person.
RESULTS = {
    Outcome.NOT_DESCRIBED: _l(
        "What you wrote does not say what rule was broken. The message below says why. If you know more, write it."
    ),
    Outcome.PASSED_UP: _l("It is for the organ one level up, which has it now."),
    Outcome.UNFOUNDED: _l("It could not be confirmed. Who reports in good faith has nothing to fear from that."),
    Outcome.REMIND: _l("It was confirmed in whole or in part, and dealt with under the rules."),
    Outcome.CRITICISE: _l("It was confirmed in whole or in part, and dealt with under the rules."),
    Outcome.EDUCATE: _l("It was confirmed in whole or in part, and dealt with under the rules."),
    Outcome.DISCIPLINE: _l("It was confirmed in whole or in part, and dealt with under the rules."),
}

SHOWN = (
    "received",
    "verify",
    "pass_up",
    "dismiss",
    "clear",
    "decide",
    "confirm",
    "notify",
    "object",
    "uphold",
    "reopen",
    "close",
    "end",
    "look",
    "reply",
)

PAPER_LABELS = {
    "clearance": _l("Letter of clearance"),
    "decision": _l("Notice of the decision"),
    "answer": _l("Answer to the objection"),
}


def workflow_of(kind: Kind) -> Workflow:
    """The procedure of a report, or of a notice of retaliation."""
    return RETALIATION if kind is Kind.RETALIATION else WORKFLOW


def limits() -> tuple[Profile, ...]:
    """The sets of limits in data/limits, the latest first."""
    return terms("reports")[::-1]


def limits_of(id: str) -> Profile:
    """The limits that a report began with."""
    return next(each for each in limits() if each.id == id)


def limits_on(day: date) -> Profile:
    """The limits that a report received on that day begins with."""
    return terms_on("reports", day)


def guarded(counts: Mapping[str, int]) -> dict[str, int | None]:
    """The same counts with the small ones left out, and as many more that no sum of the others gives one away."""
    hidden = {name for name, count in counts.items() if 0 < count < SMALL}
    others = sorted((count, name) for name, count in counts.items() if count >= SMALL)
    while hidden and others and (len(hidden) < 2 or sum(counts[name] for name in hidden) < SMALL):
        hidden.add(others.pop(0)[1])
    return {name: None if name in hidden else count for name, count in counts.items()}


TABLES = (
    Table(
        "report",
        Words(zh="违规线索的办理步骤", en="A report of a violation"),
        WORKFLOW,
        {state: STATE_LABELS[state] for state in ALL},
        "reports.work",
        Words(
            zh="期限由本机关自行确定，见 data/limits。",
            en="The limits are the office's own, see data/limits.",
        ),
        only=ONLY_LABELS,
        papers=PAPER_LABELS,
    ),
    Table(
        "report notice",
        Words(zh="因反映线索受到打击报复的办理步骤", en="A notice of retaliation for a report"),
        RETALIATION,
        {state: STATE_LABELS[state] for state in BESIDE},
        "reports.work",
    ),
)
