"""The procedure of an application, what it asks, and what the applicant is told."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from blueprints.pairing.posts.domain import KEPT
from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow


class State(StrEnum):
    """Where an application stands."""

    RECEIVED = "received"
    MATCHED = "matched"
    RESERVE = "reserve"
    APPOINTED = "appointed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Degree(StrEnum):
    """Where somebody graduated, or will."""

    COLLEGE = "college"
    BACHELOR = "bachelor"
    MASTER = "master"


class Channel(StrEnum):
    """How an application came."""

    ONLINE = "online"
    PAPER = "paper"


STATE_LABELS = {
    State.RECEIVED: _l("To be looked at"),
    State.MATCHED: _l("Matched to a post"),
    State.RESERVE: _l("On the reserve list"),
    State.APPOINTED: _l("In post"),
    State.DECLINED: _l("Not taken"),
    State.WITHDRAWN: _l("Withdrawn"),
}
DEGREE_LABELS = {
    Degree.COLLEGE: _l("Junior college"),
    Degree.BACHELOR: _l("Bachelor"),
    Degree.MASTER: _l("Master or higher"),
}
CHANNEL_LABELS = {Channel.ONLINE: _l("by the public form"), Channel.PAPER: _l("on paper, noted by staff")}

# What the applicant is told.
STANDS = {
    State.RECEIVED: _l("Your application is here. The office looks for a post that fits."),
    State.MATCHED: _l("A post was found for you. The office calls you about the first day."),
    State.RESERVE: _l("You are on the reserve list: when a post becomes vacant, the office looks at the list first."),
    State.APPOINTED: _l("You have taken up the post."),
    State.DECLINED: _l("You were not taken. Below it says why."),
    State.WITHDRAWN: _l("You withdrew the application. What you wrote is erased."),
}

S = State
KEEPERS = (Role.CLERK, Role.LEADER)
OPEN = (S.RECEIVED, S.MATCHED, S.RESERVE)  # while a clock runs

# fmt: off
WORKFLOW = Workflow(
    #    action      label                              from                       to            who           starts             asks
    Step("match",    _l("Match to a post"),             (S.RECEIVED, S.RESERVE),   S.MATCHED,    KEEPERS,      start="begin",     asks="match"),
    Step("appoint",  _l("The post is taken up"),        (S.MATCHED,),              S.APPOINTED,  KEEPERS,                         asks="begin"),
    Step("unmatch",  _l("Take the match back"),         (S.MATCHED,),              S.RECEIVED,   KEEPERS,      start="answer",    asks="reason"),
    Step("reserve",  _l("Put on the reserve list"),     (S.RECEIVED,),             S.RESERVE,    KEEPERS,      start="reserve",   asks="reason"),
    Step("decline",  _l("Do not take"),                 (S.RECEIVED, S.RESERVE),   S.DECLINED,   KEEPERS,                         asks="answer"),
    Step("withdraw", _l("The applicant withdraws"),     OPEN,                      S.WITHDRAWN,  KEEPERS,                         asks="told"),
    start=S.RECEIVED,
)
# fmt: on

EVENT_LABELS = {
    "received": _l("Application received"),
    "match": _l("Matched to a post"),
    "appoint": _l("Post taken up"),
    "unmatch": _l("Match taken back"),
    "reserve": _l("Put on the reserve list"),
    "decline": _l("Not taken"),
    "contact opened": _l("Contact opened"),
    **KEPT,
    "withdraw": _l("Application withdrawn: name, contact and texts erased"),
}

LABELS = {"state": STATE_LABELS, "degree": DEGREE_LABELS, "channel": CHANNEL_LABELS}

TABLES = (
    Table(
        "application",
        Words(zh="一村一名大学生：报名", en="One college student per village: an application"),
        WORKFLOW,
        STATE_LABELS,
        "applications.work",
        Words(
            zh="期限见 data/limits，均为本机关自定目标：答复“answer”、到岗“begin”、后备“reserve”。报名人凭查询码也可以自行撤回。",
            en="The clocks stand in data/limits and are the office's own targets: `answer`, `begin`, `reserve`. With the code "
            "applicants may withdraw by themselves.",
        ),
    ),
)
