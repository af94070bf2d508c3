"""A procedure is a table: which step leads from where to where, who may take it, which clock and paper it means.

Nothing here knows a database, a request or the time; a room writes its own table and asks it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from string import ascii_lowercase
from typing import Any

from core.roles import Role
from core.words import Words

RESERVED = frozenset("gjknx")  # keys that every page has: go to, down, up, next, tick


class NotPossible(Exception):
    """A step that this matter, in this state, or this person cannot take."""


@dataclass(frozen=True)
class Step:
    """One row of a procedure. `to` is None where the matter stays as it is."""

    action: str
    label: Any  # lazy text
    from_: tuple[StrEnum, ...]
    to: StrEnum | None
    who: tuple[Role, ...]
    start: str | None = None  # the clock it starts
    stop: str | None = None  # the clock it stops
    paper: str | None = None  # the paper it issues
    asks: str | None = None  # the form it asks to fill in; none: a yes is enough
    only: StrEnum | None = None  # what must be so besides: the room says what the word means
    law: str | None = None  # what the profile's articles call its ground
    beside: bool = False  # open to a unit that has a part in it besides the one that leads
    rare: bool = False  # not among the buttons that stand first
    key: str | None = None  # the letter that opens it; none: one that fits is found

    def after(self, state: StrEnum) -> StrEnum:
        """The state that follows."""
        return self.to or state


class Workflow:
    """The steps of one procedure, in the order the office reads them."""

    def __init__(self, *steps: Step, start: StrEnum) -> None:
        self.steps = steps
        self.start = start
        self._by_action = {step.action: step for step in steps}
        if len(self._by_action) != len(steps):
            raise ValueError("two steps have the same action")
        reached = {start, *(step.to for step in steps if step.to)}
        for step in steps:
            if not step.from_ or not step.who:
                raise ValueError(f"{step.action} can never be taken")
            if unreachable := set(step.from_) - reached:
                raise ValueError(f"{step.action} begins in {unreachable}, where nothing leads")
        self.keys = dict(self._keys())

    def _keys(self) -> Iterator[tuple[str, str]]:
        """A letter for each step, always the same: of its own name if it can be, never one that stands beside it.

        Two steps share a letter only where nobody can ever take both from one state; where none is left, it has none.
        """
        given: dict[str, list[Step]] = {letter: [] for letter in ascii_lowercase if letter not in RESERVED}
        for step in self.steps:
            if step.key:
                given[step.key].append(step)
        for step in sorted(self.steps, key=lambda step: step.rare):  # what stands first has the first choice
            if step.key:
                yield step.action, step.key
                continue
            own = [letter for letter in dict.fromkeys(step.action) if letter in given]
            fresh = [letter for letter in own if not given[letter]]
            for letter in (*fresh, *own, *given):
                if not any(_meet(step, other) for other in given[letter]):
                    given[letter].append(step)
                    yield step.action, letter
                    break

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def step(self, action: str) -> Step:
        """The step of that name. Raises NotPossible."""
        try:
            return self._by_action[action]
        except KeyError:
            raise NotPossible(action) from None

    def open_to(self, role: Role, state: StrEnum) -> list[Step]:
        """The steps that this role may take from this state: just these are drawn as buttons."""
        return [step for step in self.steps if state in step.from_ and role in step.who]

    def take(self, action: str, role: Role, state: StrEnum) -> Step:
        """The step, if this role may take it from this state. Raises NotPossible."""
        step = self.step(action)
        if step not in self.open_to(role, state):
            raise NotPossible(action)
        return step


@dataclass(frozen=True)
class Table:
    """A procedure for those who read it: what it is called, the names of its states, and who opens its pages."""

    name: str  # as docs/rights.txt calls it
    title: Words
    workflow: Workflow
    states: Mapping[Any, Any]
    permission: str
    about: Words | None = None
    only: Mapping[Any, Any] = field(default_factory=dict)  # the names of what must be so besides
    papers: Mapping[Any, Any] = field(default_factory=dict)


def _meet(one: Step, other: Step) -> bool:
    """Whether somebody may find both open at once."""
    return bool(set(one.from_) & set(other.from_) and set(one.who) & set(other.who))
