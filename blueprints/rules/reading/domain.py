"""The steps of a request to read; a quiz as it is typed, and what passes it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow


class State(StrEnum):
    """Whether a request still asks."""

    OPEN = "open"
    CLOSED = "closed"


STATE_LABELS = {State.OPEN: _l("Asks people to read"), State.CLOSED: _l("No longer asks")}

ASKERS = (Role.CLERK, Role.LEADER)

S = State

# fmt: off
WORKFLOW = Workflow(
    #    action       label                                    from        to         who      asks
    Step("remind",    _l("Remind those who have not"),         (S.OPEN,),  None,      ASKERS),
    Step("postpone",  _l("Set another day"),                   (S.OPEN,),  None,      ASKERS,  asks="due"),
    Step("close",     _l("Ask no longer"),                     (S.OPEN,),  S.CLOSED,  ASKERS,  rare=True),
    start=S.OPEN,
)
# fmt: on

EVENT_LABELS = {
    "issued": _l("People asked to read a rule"),
    "remind": _l("Reminder to read a rule"),
    "postpone": _l("Due date of a reading changed"),
    "close": _l("People no longer asked to read a rule"),
}

READ_LABELS = {"acknowledged": _l("Rule read and acknowledged"), "signed": _l("Pledge signed")}

QUIZ_LABELS = {"set": _l("Quiz on a rule set"), "changed": _l("Quiz on a rule changed")}

# What a step without questions means, told before the button is pressed.
EXPLAINED = {
    "remind": _l("Whoever has not read it yet sees the reminder on their desk."),
    "close": _l("It leaves everybody's desk. What was acknowledged stays."),
}

LABELS = {"state": STATE_LABELS}

TABLES = (
    Table(
        "reading",
        Words(zh="制度学习：要求签收", en="Reading a rule: who is asked"),
        WORKFLOW,
        STATE_LABELS,
        "reading.ask",
        Words(
            zh="新版本施行后，原来须签收的人自动须再次签收，只显示修订内容。承诺书按年度签署。",
            en="A new version asks the same people again and shows only what changed. A pledge is signed for a year.",
        ),
    ),
)


def due(due_on: date, issued_on: date, days: int, from_on: date | None) -> date:
    """By when a version must be read: by the day that was set, or so many days after a newer version came into force."""
    if from_on is None or from_on <= issued_on:
        return due_on
    return max(due_on, from_on + timedelta(days=days))


# --- the quiz --------------------------------------------------------------------------------------------------------

MOST_QUESTIONS, MOST_CHOICES = 20, 8


class BadQuiz(Exception):
    """A question that cannot be asked like that; as text its beginning."""


@dataclass(frozen=True)
class Question:
    """One question, what can be chosen, and which choices are right (by their place, from 0)."""

    text: str
    choices: tuple[str, ...]
    right: tuple[int, ...]


def read_quiz(typed: str) -> tuple[Question, ...]:
    """Questions as they are typed: a blank line between them, each choice in a line of its own that begins with + where
    it is right and with - where it is wrong. Raises BadQuiz."""
    found = tuple(_questions(typed))
    if not found or len(found) > MOST_QUESTIONS:
        raise BadQuiz("")
    return found


def _questions(typed: str) -> Iterator[Question]:
    for block in typed.replace("\r\n", "\n").split("\n\n"):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        if not lines:
            continue
        marked = [line[0] in "+-＋－" for line in lines]
        words = [line for line, choice in zip(lines, marked, strict=True) if not choice]
        choices = [line for line, choice in zip(lines, marked, strict=True) if choice]
        right = tuple(place for place, line in enumerate(choices) if line[0] in "+＋")
        sound = words and not marked[0] and 2 <= len(choices) <= MOST_CHOICES and 0 < len(right) < len(choices)
        if not sound or not all(line[1:].strip() for line in choices):
            raise BadQuiz(lines[0][:60])
        yield Question("\n".join(words), tuple(line[1:].strip() for line in choices), right)


def written(questions: Sequence[Question]) -> str:
    """The questions as they are typed."""
    return "\n\n".join(
        "\n".join(
            (
                each.text,
                *(f"{'+' if place in each.right else '-'} {choice}" for place, choice in enumerate(each.choices)),
            )
        )
        for each in questions
    )


def score(questions: Sequence[Question], answers: Sequence[Sequence[int]]) -> int:
    """How many questions are answered with just what is right."""
    return sum(set(each.right) == set(given) for each, given in zip(questions, answers, strict=True))
