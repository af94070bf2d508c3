"""The procedure of a household, who nominates it, and what it is told of where it stands."""

from datetime import timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow

MOST_PHOTOS = 3
AHEAD = timedelta(days=60)  # how long before it is due a visit may be made


class State(StrEnum):
    """Where a household stands."""

    NOMINATED = "nominated"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LISTED = "listed"
    UNLISTED = "unlisted"
    NAMED = "named"
    REFUSED = "refused"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"


class Origin(StrEnum):
    """Who nominated it."""

    SELF = "self"
    VILLAGE = "village"
    UNIT = "unit"


class Income(StrEnum):
    """What the household lives on from it, if it says so of its own accord; never a number."""

    SIDE = "side"
    HALF = "half"
    MOST = "most"
    ALL = "all"


class Advice(StrEnum):
    """What the visitor thinks of the title a year later."""

    STAYS = "stays"
    ENDS = "ends"


class Only(StrEnum):
    """What must be so besides, for a step to be open."""

    CHECKING = "checking"
    DECIDING = "deciding"
    ADVISED = "advised"
    OWN = "own"
    DUE = "due"


STATE_LABELS = {
    State.NOMINATED: _l("Nominated, to be checked"),
    State.ACCEPTED: _l("In the round"),
    State.DECLINED: _l("Cannot enter"),
    State.LISTED: _l("On the list"),
    State.UNLISTED: _l("Not on the list"),
    State.NAMED: _l("Named"),
    State.REFUSED: _l("Not named"),
    State.REVOKED: _l("Title withdrawn by the office"),
    State.WITHDRAWN: _l("Withdrawn by the household"),
}

ORIGIN_LABELS = {
    Origin.SELF: _l("by itself"),
    Origin.VILLAGE: _l("by its village"),
    Origin.UNIT: _l("by a unit"),
}

INCOME_LABELS = {
    Income.SIDE: _l("It is a side income"),
    Income.HALF: _l("About half of what the household lives on"),
    Income.MOST: _l("Most of what the household lives on"),
    Income.ALL: _l("All of what the household lives on"),
}

ADVICE_LABELS = {
    Advice.STAYS: _l("The title stays"),
    Advice.ENDS: _l("The title should be withdrawn: the leader decides"),
}

ONLY_LABELS = {
    Only.CHECKING: _l("until the panel scores"),
    Only.DECIDING: _l("once the notice has ended and each objection is answered"),
    Only.ADVISED: _l("once somebody who visited it proposes that the title be withdrawn"),
    Only.OWN: _l("by the office, its village, or the unit that nominated it"),
    Only.DUE: _l("by the office, its village, or the unit that nominated it, from two months before it is due"),
}

# What the household is told, with its code.
STANDS = {
    State.NOMINATED: _l("Your nomination is here. The office checks whether you can enter this round."),
    State.ACCEPTED: _l("You are in the round."),
    State.DECLINED: _l("You cannot enter this round. Below it says why."),
    State.LISTED: _l("You are on the list that stands on public notice. The leader decides after it has ended."),
    State.UNLISTED: _l("You are not on the list this time. Thank you for entering; you can enter again."),
    State.NAMED: _l("You are named a demonstration household. Below is your certificate."),
    State.REFUSED: _l("You were not named. Below it says why."),
    State.REVOKED: _l("The title was withdrawn. Below it says why."),
    State.WITHDRAWN: _l("You withdrew. Your telephone number, your words and your photos are removed."),
}

S, B = State, Only
OFFICE, LEADER = (Role.CLERK, Role.LEADER), (Role.LEADER,)
STAFF = (Role.CLERK, Role.HANDLER, Role.LEADER)
PEOPLE = (*STAFF, Role.CONTACT)
IN_ROUND = (S.NOMINATED, S.ACCEPTED)
BEFORE_RESULTS = (*IN_ROUND, S.LISTED, S.UNLISTED)
GIVES_UP = (*BEFORE_RESULTS, S.NAMED)  # from where a household can withdraw
NOT_CHOSEN = (S.DECLINED, S.UNLISTED, S.REFUSED)

# fmt: off
WORKFLOW = Workflow(
    #    action       label                                from            to           who      clock                asks              besides
    Step("accept",    _l("It can enter the round"),        (S.NOMINATED,), S.ACCEPTED,  OFFICE,                                         only=B.CHECKING),
    Step("decline",   _l("It cannot enter"),               IN_ROUND,       S.DECLINED,  OFFICE,                      asks="reason",     only=B.CHECKING),
    Step("list",      _l("Put on the list"),               (S.ACCEPTED,),  S.LISTED,    LEADER),
    Step("pass",      _l("Not on the list"),               (S.ACCEPTED,),  S.UNLISTED,  LEADER),
    Step("name",      _l("Name the household"),            (S.LISTED,),    S.NAMED,     LEADER,  start="follow_up",                     only=B.DECIDING),
    Step("refuse",    _l("Do not name it"),                (S.LISTED,),    S.REFUSED,   LEADER,                      asks="reason",     only=B.DECIDING),
    Step("follow_up", _l("Write down a visit a year later"), (S.NAMED,),   None,        PEOPLE,  stop="follow_up",   asks="follow_up",  only=B.DUE),
    Step("keep",      _l("The title stays"),               (S.NAMED,),     None,        LEADER,                      asks="reason",     only=B.ADVISED),
    Step("revoke",    _l("Withdraw the title"),            (S.NAMED,),     S.REVOKED,   LEADER,                      asks="reason",     only=B.ADVISED),
    Step("withdraw",  _l("The household withdraws"),       GIVES_UP,       S.WITHDRAWN, PEOPLE,                      asks="reason",     only=B.OWN),
    start=S.NOMINATED,
)
# fmt: on

OF_THE_ROUND = ("list", "pass")  # taken for all households of a round at once, when its list goes on notice

EVENT_LABELS = {
    "nominated": _l("Household nominated"),
    "accept": _l("In the round"),
    "decline": _l("It cannot enter the round"),
    "list": _l("Put on the list"),
    "pass": _l("Not put on the list"),
    "name": _l("Named a demonstration household"),
    "refuse": _l("Not named"),
    "follow_up": _l("Visited a year later"),
    "keep": _l("The leader lets the title stay"),
    "revoke": _l("Title withdrawn by the office"),
    "withdraw": _l("Household withdrew"),
    "contact opened": _l("Contact opened"),
    "tied": _l("Tie of a member of the panel noted"),
}

EXPLAINED = {
    "accept": _l("It meets what the round asks for, and the panel will score it."),
    "name": _l("A certificate with its number is made, and a visit is due a year later."),
}

LABELS = {"state": STATE_LABELS, "origin": ORIGIN_LABELS, "income": INCOME_LABELS, "advice": ADVICE_LABELS}

TABLES = (
    Table(
        "household",
        Words(zh="科技致富示范户：申报户", en="Household in a round"),
        WORKFLOW,
        STATE_LABELS,
        "households.work",
        Words(
            zh="期限见 data/limits，为内部要求：回访“follow_up”自命名之日起算。农户随时可凭查询码退出。",
            en="The clock stands in data/limits and is the office's own: `follow_up` runs from the day it was named. "
            "The household withdraws with its code at any time.",
        ),
        only=ONLY_LABELS,
    ),
)
