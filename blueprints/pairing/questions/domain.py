"""The procedure of a farmer's question, its clock, and what the asker is told of it."""

import json
from enum import StrEnum
from functools import cache
from pathlib import Path

from flask_babel import lazy_gettext as _l

from core.deadlines import Rule, Unit
from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow

CLOCKS = Path(__file__).resolve().parents[3] / "data" / "pairing" / "questions.json"


class State(StrEnum):
    """Where a question stands."""

    ASKED = "asked"
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    AGREED = "agreed"
    PUBLISHED = "published"
    REFERRED = "referred"


class How(StrEnum):
    """How it was answered."""

    WRITING = "writing"
    VISIT = "visit"


class Only(StrEnum):
    """What must be so besides."""

    EXPERT = "expert"


STATE_LABELS = {
    State.ASKED: _l("To be given to an expert"),
    State.ASSIGNED: _l("With an expert"),
    State.ANSWERED: _l("Answered by the expert"),
    State.AGREED: _l("May be published"),
    State.PUBLISHED: _l("On the knowledge page"),
    State.REFERRED: _l("Referred elsewhere"),
}

HOW_LABELS = {How.WRITING: _l("in writing"), How.VISIT: _l("on a visit")}

ONLY_LABELS = {Only.EXPERT: _l("the expert; staff, if the expert has no account")}

# What the asker is told.
STANDS = {
    State.ASKED: _l("Your question is here. The office looks for an expert."),
    State.ASSIGNED: _l("An expert has your question."),
    State.ANSWERED: _l("Your question is answered."),
    State.AGREED: _l("Your question is answered."),
    State.PUBLISHED: _l("Your question is answered. Without names, the answer also stands on the knowledge page."),
    State.REFERRED: _l("The experts cannot answer this. Below it says why, and where you can turn."),
}

S = State
KEEPERS, EXPERTS = (Role.CLERK, Role.LEADER), (Role.HANDLER, Role.CLERK)
OPEN = (S.ASKED, S.ASSIGNED)  # while the clock runs

# fmt: off
WORKFLOW = Workflow(
    #    action      label                                 from                     to           who       asks            only when
    Step("assign",   _l("Give it to an expert"),           OPEN,                    S.ASSIGNED,  KEEPERS,  asks="assign"),
    Step("visit",    _l("Agree on a visit"),               (S.ASSIGNED,),           None,        EXPERTS,  asks="visit",   only=Only.EXPERT),
    Step("answer",   _l("Answer the question"),            (S.ASSIGNED,),           S.ANSWERED,  EXPERTS,  asks="answer",  only=Only.EXPERT),
    Step("refer",    _l("Refer it elsewhere"),             OPEN,                    S.REFERRED,  KEEPERS,  asks="reason"),
    Step("correct",  _l("Correct the answer"),             (S.ANSWERED,),           None,        EXPERTS,  asks="answer",  only=Only.EXPERT),
    Step("agree",    _l("The expert agrees to publishing"), (S.ANSWERED,),          S.AGREED,    EXPERTS,                  only=Only.EXPERT),
    Step("publish",  _l("Names are removed: publish"),     (S.AGREED,),             S.PUBLISHED, KEEPERS,  asks="publish"),
    Step("withdraw", _l("Do not publish after all"),       (S.AGREED, S.PUBLISHED), S.ANSWERED,  (*KEEPERS, Role.HANDLER), asks="reason"),
    start=S.ASKED,
)
# fmt: on

EVENT_LABELS = {
    "asked": _l("Question asked"),
    "assign": _l("Question given to an expert"),
    "visit": _l("Visit agreed on"),
    "answer": _l("Question answered"),
    "refer": _l("Question referred elsewhere"),
    "correct": _l("Answer corrected"),
    "agree": _l("The expert agreed to publishing"),
    "publish": _l("Answer published without names"),
    "withdraw": _l("Answer not published any more"),
}

EXPLAINED = {
    "agree": _l("The expert has said that question and answer may stand on the public knowledge page, without names."),
}

LABELS = {"state": STATE_LABELS, "how": HOW_LABELS}


@cache
def clock_rule(name: str = "answer") -> Rule:
    """A clock of this procedure, as data/pairing/questions.json has it: the office's own aim."""
    told = json.loads(CLOCKS.read_text("utf-8"))[name]
    return Rule(name, int(told["length"]), Unit(told["unit"]), Words(**told["source"]), target=True)


def _about() -> Words:
    length = clock_rule().length
    return Words(
        zh=f"自提问之日起{length}个工作日内答复（本办公室自定）。",
        en=f"Answered within {length} working days of the day it was asked (the office's own aim).",
    )


TABLES = (
    Table(
        "question",
        Words(zh="农技答疑", en="Farmers' questions"),
        WORKFLOW,
        STATE_LABELS,
        "questions.read",
        _about(),
        only=ONLY_LABELS,
    ),
)
