"""Official receptions: in order, above the standard or above what was approved, without a bill, waiting, sent back."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from blueprints.rules.receptions.domain import Kind
from blueprints.rules.receptions.models import Bill, Reception, Request
from core import attachments, clock, money
from core.extensions import db
from demo.letters import Told
from demo.office import Act, Office
from settings import HOME

RECEPTIONS = HOME / "data" / "demo" / "receptions.toml"

# What leads to how far a reception goes.
WAYS = {
    "draft": (),
    "send": ("send",),
    "return": ("send", "return"),
    "approve": ("send", "approve"),
    "bill": ("send", "approve", "bill"),
    "settle": ("send", "approve", "bill", "settle"),
}


def happenings(office: Office, _letters: list[Told], now: datetime) -> list[tuple[datetime, Act]]:
    """Every act with its moment."""
    receptions = tomllib.loads(RECEPTIONS.read_text("utf-8"))["reception"]
    return [act for number, told in enumerate(receptions) for act in Hosting(number, told, office, now).happenings()]


@dataclass
class Hosting:
    """One reception of the file."""

    number: int
    told: dict[str, Any]
    office: Office
    now: datetime
    row: Reception = field(init=False)

    def happenings(self) -> Iterator[tuple[datetime, Act]]:
        """Asked for before the visit, sent, decided; the bill after it, and a look at it."""
        day, last = self.told["day"], self.told["day"] - self.told.get("days", 1) + 1
        asked = day + self.told.get("before", 9)
        yield self._at(asked, 0), self.draft
        days = {"send": asked, "return": asked - 1, "approve": asked - 1, "bill": last - 1, "settle": last - 3}
        for action in WAYS[self.told["done"]]:
            yield self._at(days[action], 20), partial(self.move, action)

    def _at(self, days: int, minutes: int) -> datetime:
        """So many days ago, in the morning, and minutes later."""
        today = clock.local(self.now)
        morning = datetime.combine(today.date() - timedelta(days=days), time(8, 10), today.tzinfo)
        return morning + timedelta(minutes=minutes + self.number)

    def _day(self, days: int) -> date:
        return clock.local(self.now).date() - timedelta(days=days)

    def _costs(self, told: dict[str, str]) -> dict[Kind, int]:
        return {kind: money.read(told.get(kind, "0")) for kind in Kind}

    def draft(self) -> None:
        """Somebody writes the request down."""
        plain = ("guest_unit", "guests", "guest_list", "purpose", "letter", "hosts", "host_list", "meals", "place")
        first = self._day(self.told["day"])
        asked = Request(
            **{name: self.told[name] for name in plain},
            from_on=first,
            until_on=first + timedelta(days=self.told.get("days", 1) - 1),
            alcohol=self.told.get("alcohol", False),
            costs=self._costs(self.told["costs"]),
        )
        self.row = Reception.draft(asked, f"{self.number:032x}", by=self.office.viewers[self.told["by"]])
        db.session.flush()

    def move(self, action: str) -> None:
        """Whoever may takes the step."""
        own = action in ("send", "bill")
        who = self.told["by"] if own else self.told.get("other", "leader")
        values: dict[str, Any] = {"reason": self.told.get({"return": "back", "approve": "reason"}.get(action, ""), "")}
        if action == "bill":
            values = {"bill": self._bill()}
        self.row.move(action, values, by=self.office.viewers[who])

    def _bill(self) -> Bill:
        costs = self._costs(self.told.get("took", self.told["costs"]))
        words = f"发票（演示，并非真实票据）\n{self.told['guest_unit']}\n合计 {money.shown(sum(costs.values())).zh}\n"
        return Bill(
            guests=self.told["guests"],
            hosts=self.told["hosts"],
            meals=self.told["meals"],
            alcohol=False,
            costs=costs,
            reason=self.told.get("why", ""),
            files=[attachments.clean("发票.txt", words.encode())],
        )
