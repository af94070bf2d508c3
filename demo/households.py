"""Rounds of demonstration households: decided a year ago, on notice, being scored, open for nominations."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from blueprints.pairing.households.domain import Advice
from blueprints.pairing.households.models import Household, Nomination, of_sending
from blueprints.pairing.naming.models import advance
from blueprints.pairing.objections.models import Objection, Said
from blueprints.pairing.objections.models import of_sending as objection_of
from blueprints.pairing.panel.models import Score
from blueprints.pairing.rounds.domain import Criterion
from blueprints.pairing.rounds.models import Plan, Round
from core import clock
from core.extensions import db
from core.roles import Viewer
from demo.letters import Told as Letter
from demo.office import TOWNSHIPS, Act, Office
from settings import HOME

HOUSEHOLDS = HOME / "data" / "demo" / "households.toml"
OF_NOTICE = 16  # days after which every notice is over, whatever holidays fall into it


def happenings(office: Office, _letters: list[Letter], now: datetime) -> list[tuple[datetime, Act]]:
    """Everything in its order, with its moment."""
    told = tomllib.loads(HOUSEHOLDS.read_text("utf-8"))
    return [each for round in told["round"] for each in Story(told, round, office, now).happenings()]


@dataclass
class Story:
    """A round of the file, and the rows that were made of it."""

    told: dict[str, Any]
    round: dict[str, Any]
    office: Office
    now: datetime
    row: Round | None = None
    made: list[Household] = field(default_factory=list)

    def happenings(self) -> Iterator[tuple[datetime, Act]]:
        """Every act with its moment."""
        told, households = self.round, self.round["household"]
        yield self._at(told["opened"], 0), self._open
        for nth, each in enumerate(households):
            yield self._at(told["opened"] - 2, nth), partial(self._nominate, nth, each)
        if "scored" not in told:
            return
        yield self._at(told["opened"] - 4, 0), self._accept
        yield self._at(told["scored"], 0), partial(self._step, "score", "clerk")
        yield self._at(told["scored"] - 1, 0), self._give
        if "noticed" not in told:
            return
        yield self._at(told["noticed"], 0), partial(self._step, "close", "clerk")
        yield self._at(told["noticed"], 5), partial(self._step, "publish", "leader")
        for nth, each in enumerate(households):
            if "objection" in each:
                yield self._at(told["noticed"] - 1, nth), partial(self._object, nth, each)
            if "answer" in each:
                yield self._at(told["noticed"] - 4, nth), partial(self._answer, each)
        if "decided" in told:
            yield self._at(told["noticed"] - OF_NOTICE, 0), partial(self._step, "end", "clerk")
            yield self._at(told["decided"], 0), self._name
            yield self._at(told["decided"], 9), partial(self._step, "decide", "leader")
        for nth, each in enumerate(households):
            if "visited" in each:
                yield self._at(each["visited"], 0), partial(self._visit, nth, each)

    def _at(self, days: int, minutes: int) -> datetime:
        """So many days ago, in the morning, and minutes later; never still to come."""
        ten = datetime.combine(self._day(days), time(10), clock.local(self.now).tzinfo)
        return min(ten + timedelta(minutes=minutes), self.now - timedelta(minutes=15 - minutes))

    def _day(self, ago: int) -> date:
        return clock.local(self.now).date() - timedelta(days=ago)

    def _who(self, key: str) -> Viewer:
        return self.office.viewers[key]

    def _number(self, *words: str) -> bytes:
        """The number of a form that is sent once."""
        return sha256(repr(("household", self.round["title"], *words)).encode()).digest()

    def _open(self) -> None:
        plan = Plan(
            title=f"{self._year()}年{self.round['title']}",
            year=self._year(),
            entry=self.told["entry"],
            from_on=self._day(self.round["opened"]),
            until_on=self._day(self.round["until"]),
            places=self.round["places"],
            criteria=[Criterion(*each) for each in self.told["criteria"]],
            members=[self._who(each).id for each in self.told["panel"]],
        )
        self.row = Round.draft(plan, by=self._who("clerk"))
        db.session.flush()
        self._step("open", "clerk")

    def _year(self) -> int:
        return clock.local(self.now).year + int(self.round["year"])

    def _step(self, action: str, who: str) -> None:
        assert self.row is not None
        advance(self.row, action, {}, by=self._who(who))
        db.session.flush()

    def _nominate(self, nth: int, told: dict[str, Any]) -> None:
        assert self.row is not None
        here = [each for each in self.office.villages if each.parent_code in TOWNSHIPS.values()]
        number, phone = self._number(told["name"]), f"139 0000 07{len(told['why']) % 10}{nth}"
        said = Nomination(here[7 * nth + 3].code, told["name"], phone, told["what"], told["why"], shows_photos=False)
        by_a_unit = nth == 1 and "scored" not in self.round
        Household.nominate(self.row, said, number, by=self._who("handler2") if by_a_unit else None)
        row = of_sending(number)
        assert row is not None
        self.made.append(row)

    def _accept(self) -> None:
        for each in self.made:
            each.move("accept", {}, by=self._who("clerk"))
        db.session.flush()

    def _give(self) -> None:
        """The panel scores; in the round that is being scored one member has not come to it yet."""
        for row, told in zip(self.made, self.round["household"], strict=True):
            for member, points in zip(self.told["panel"], told["points"], strict=False):
                Score.give(row, [points, points - 2, points + 2], by=self._who(member))
        db.session.flush()

    def _object(self, nth: int, told: dict[str, Any]) -> None:
        assert self.row is not None
        said = Said(self.made[nth].id, told["objection"], "", "")
        Objection.raise_(self.row, said, self._number("objection", told["name"]))
        db.session.flush()

    def _answer(self, told: dict[str, Any]) -> None:
        row = objection_of(self._number("objection", told["name"]))
        assert row is not None
        row.reply(told["answer"], by=self._who("clerk"))
        db.session.flush()

    def _name(self) -> None:
        for each in self.made:
            if each.state == "listed":
                each.move("name", {}, by=self._who("leader"))
        db.session.flush()

    def _visit(self, nth: int, told: dict[str, Any]) -> None:
        found = {"made_on": clock.today(), "now": told["now"], "income": "", "teaches": "yes", "advice": Advice.STAYS}
        found["why"] = ""
        self.made[nth].move("follow_up", found, by=self._who("clerk"))
        db.session.flush()
