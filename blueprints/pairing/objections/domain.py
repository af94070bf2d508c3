"""The procedure of an objection."""

from datetime import timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow

OPEN_FOR = timedelta(minutes=30)  # how long a code opens its objection in one browser


class State(StrEnum):
    """Where an objection stands."""

    RECEIVED = "received"
    ANSWERED = "answered"


STATE_LABELS = {State.RECEIVED: _l("Objection to be answered"), State.ANSWERED: _l("Objection to the list answered")}

# What whoever objected is told.
STANDS = {
    State.RECEIVED: _l("Your objection is here. It is answered in writing before anything is decided."),
    State.ANSWERED: _l("Your objection is answered."),
}

OFFICE = (Role.CLERK, Role.LEADER)
S = State

# fmt: off
WORKFLOW = Workflow(
    #    action     label                                from            to           who      clock             asks
    Step("answer",  _l("Answer the objection"),          (S.RECEIVED,),  S.ANSWERED,  OFFICE,  stop="answer",    asks="answer"),
    start=S.RECEIVED,
)
# fmt: on

EVENT_LABELS = {
    "received": _l("Objection to the list received"),
    "answer": _l("Objection to the list answered"),
    "contact opened": _l("Contact opened"),
}

LABELS = {"state": STATE_LABELS}

TABLES = (
    Table(
        "objection",
        Words(zh="科技致富示范户：公示异议", en="Objection to a list on notice"),
        WORKFLOW,
        STATE_LABELS,
        "objections.answer",
        Words(
            zh="期限见 data/limits，为内部要求：答复“answer”按工作日计算。评委和推荐人看不到异议。",
            en="The clock stands in data/limits and is the office's own: `answer` counts working days. "
            "Nobody of the panel and nobody who nominated the household sees it.",
        ),
    ),
)
