"""The rules of the demo office: texts of our own, each marked as sample text, in versions; one of them on trial."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from blueprints.rules.register.domain import parse
from blueprints.rules.register.models import Rule
from core import clock
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

    def happenings(self) -> Iterator[tuple[datetime, Act]]:
        """Each version: written at ten, brought into force at fifteen some days later."""
        for number, version in enumerate(self.told["version"]):
            ago = version.get("ago", 1)
            yield self._when(ago + WRITTEN, 10), self._write(number, version["text"])
            if "ago" in version:
                yield self._when(ago, 15), self._enact(version)

    def _day(self, ago: int) -> date:
        return clock.local(self.now).date() - timedelta(days=ago)

    def _when(self, ago: int, hour: int) -> datetime:
        return datetime.combine(self._day(ago), time(hour), clock.local(self.now).tzinfo)

    def _write(self, number: int, text: str) -> Act:
        clerk = self.office.viewers["clerk2"]

        def act() -> None:
            if number == 0:
                described = {name: self.told[name] for name in ("title", "title_en", "number", "kind")}
                self.rule = Rule.enter({**described, "issuer": settings().OFFICE_NAME}, parse(text), by=clerk)
                return
            current = self.rule.current()
            assert current is not None
            self.rule.move(current, "revise", {}, by=clerk)
            self.rule.move(self.rule.versions()[0], "edit", {"parsed": parse(text)}, by=clerk)

        return act

    def _enact(self, told: dict[str, Any]) -> Act:
        def act() -> None:
            action, values = "enact", {"on": self._day(told["ago"])}
            if "trial" in told:
                action, values = "try", {**values, "until": self._day(-told["trial"])}
            self.rule.move(self.rule.versions()[0], action, values, by=self.office.viewers["leader"])

        return act
