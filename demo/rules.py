"""The rules of the demo office, texts of our own and marked as sample text; who was asked to read them, and who has."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from blueprints.rules.reading.domain import read_quiz
from blueprints.rules.reading.models import Assignment, Quiz, Reading, quiz_of
from blueprints.rules.register.domain import parse
from blueprints.rules.register.models import Rule, Version
from core import clock
from core.roles import Viewer
from demo.letters import Told
from demo.office import Act, Office
from settings import HOME, settings

RULES = HOME / "data" / "rules"
WRITTEN = 10  # days between a draft and the day on which it comes into force


def happenings(office: Office, letters: list[Told], now: datetime) -> list[tuple[datetime, Act]]:
    """The rules that the clerk enters and the leader brings into force, each act with its moment."""
    told = [tomllib.loads(path.read_text("utf-8")) for path in sorted(RULES.glob("*.toml"))]
    return [happening for each in told for happening in ToldRule(each, office, now).happenings()]


@dataclass
class ToldRule:
    """One rule of a file, and what happens to it."""

    told: dict[str, Any]
    office: Office
    now: datetime
    rule: Rule = field(init=False)
    asked: Assignment = field(init=False)

    def happenings(self) -> Iterator[tuple[datetime, Act]]:
        """Each version: written at ten, brought into force at fifteen some days later."""
        for number, version in enumerate(self.told["version"]):
            ago = version.get("ago", 1)
            yield self._when(ago + WRITTEN, 10), self._write(number, version["text"])
            if "ago" in version:
                yield self._when(ago, 15), self._enact(version)
        if "quiz" in self.told:
            yield self._when(self.told["version"][0]["ago"], 16), self._ask_quiz
        for asked in self.told.get("asked", ()):
            yield from self._reading(asked)

    def _reading(self, told: dict[str, Any]) -> Iterator[tuple[datetime, Act]]:
        """Asked at nine; each reads on a day of their own, and those of `again` the newer version too."""
        yield self._when(told["ago"], 9), self._ask(told)
        for number, username in enumerate(told["read"]):
            yield self._when(max(told["ago"] - 1 - number % 9, 1), 14), self._read(username)
        for number, username in enumerate(told.get("again", ())):
            yield self._when(self.told["version"][-1]["ago"] - 2 - number, 14), self._read(username)
        if "reminded" in told:
            yield self._when(told["reminded"], 9), self._remind

    def _day(self, ago: int) -> date:
        return clock.local(self.now).date() - timedelta(days=ago)

    def _when(self, ago: int, hour: int) -> datetime:
        return datetime.combine(self._day(ago), time(hour), clock.local(self.now).tzinfo)

    @property
    def _clerk(self) -> Viewer:
        return self.office.viewers["clerk2"]

    def _current(self) -> Version:
        current = self.rule.current()
        assert current is not None
        return current

    def _remind(self) -> None:
        self.asked.move("remind", {}, by=self._clerk)

    def _write(self, number: int, text: str) -> Act:
        clerk = self._clerk

        def act() -> None:
            if number == 0:
                described = {name: self.told[name] for name in ("title", "title_en", "number", "kind")}
                self.rule = Rule.enter({**described, "issuer": settings().OFFICE_NAME}, parse(text), by=clerk)
                return
            self.rule.move(self._current(), "revise", {}, by=clerk)
            self.rule.move(self.rule.versions()[0], "edit", {"parsed": parse(text)}, by=clerk)

        return act

    def _enact(self, told: dict[str, Any]) -> Act:
        def act() -> None:
            action, values = "enact", {"on": self._day(told["ago"])}
            if "trial" in told:
                action, values = "try", {**values, "until": self._day(-told["trial"])}
            self.rule.move(self.rule.versions()[0], action, values, by=self.office.viewers["leader"])

        return act

    def _ask_quiz(self) -> None:
        current = self._current()
        Quiz.set(current, read_quiz(self.told["quiz"]["questions"]), self.told["quiz"]["pass"], by=self._clerk)

    def _ask(self, told: dict[str, Any]) -> Act:
        values = {
            "due_on": self._day(told["due"]),
            "days": told.get("days"),
            "year": self._day(told["ago"]).year if told.get("this_year") else None,
            "everybody": told.get("everybody", False),
            "roles": told.get("roles", []),
            "units": [str(self.office.units[key].id) for key in told.get("units", ())],
        }

        def act() -> None:
            self.asked = Assignment.issue(self.rule, values, by=self._clerk)

        return act

    def _read(self, username: str) -> Act:
        def act() -> None:
            current = self._current()
            quiz = quiz_of(current)
            answers = [each.right for each in quiz.asked()] if quiz else []
            Reading.acknowledge(self.asked, current, answers, by=self.office.viewers[username])

        return act
