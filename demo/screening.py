"""Screening rounds, what units and villages returned, and what became of it."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import select

from blueprints.petitions.docket.domain import Channel, Kind
from blueprints.petitions.docket.models import Letter, Petition
from blueprints.petitions.screening.domain import Field, People, Urgency
from blueprints.petitions.screening.models import Finding, Item, Order, Round
from core import clock, receipts
from core.extensions import db
from core.roles import Viewer
from demo.letters import Told
from demo.office import Act, Office
from settings import HOME

SCREENINGS = HOME / "data" / "demo" / "screening.toml"


def happenings(office: Office, _letters: list[Told], now: datetime) -> list[tuple[datetime, Act]]:
    """The screening rounds, with every act and its moment."""
    rounds = [Screening(told, office, now) for told in tomllib.loads(SCREENINGS.read_text("utf-8"))["round"]]
    return [happening for each in rounds for happening in each.happenings()]


@dataclass
class Screening:
    """One round of the file: issued, returned, its items decided."""

    told: dict[str, Any]
    office: Office
    now: datetime
    round: Round = field(init=False)
    items: dict[int, Item] = field(default_factory=dict)

    def happenings(self) -> Iterator[tuple[datetime, Act]]:
        """Every act with its moment; in a day: the round, an item, what is decided, that this is everything."""
        clerk, leader = self.office.viewers["clerk"], self.office.viewers["leader"]
        yield self._at(self.told["issued"], 0), self.issue
        for number, told in enumerate(self.told["item"]):
            yield self._at(told["age"], 60 + number), partial(self.report, number, told)
            if "then" in told:
                yield self._at(told["age"] - told["after"], 120 + number), partial(self.decide, number, told)
        for key, days in self.told["returned"].items():
            yield self._at(days, 240), partial(self._complete, self._who(key))
        for action, who in (("reminded", clerk), ("closed", leader)):
            if action in self.told:
                yield self._at(self.told[action], 300), partial(self._move, action, who)

    def _at(self, days: int, minutes: int) -> datetime:
        """So many days ago, in the morning, and minutes later."""
        today = clock.local(self.now)
        nine = datetime.combine(today.date() - timedelta(days=days), time(9), today.tzinfo)
        return nine + timedelta(minutes=minutes)

    def _who(self, key: str) -> Viewer:
        return self.office.viewers["contact"] if key == "contact" else self.office.handler_of(key)

    def _day(self, days: int) -> date:
        return clock.local(self.now).date() - timedelta(days=days)

    def issue(self) -> None:
        """The clerk asks."""
        contact = self.office.viewers["contact"].place_code
        order = Order(
            title=self.told["title"],
            text=self.told["text"],
            from_on=self._day(self.told["issued"]),
            until_on=self._day(self.told["until"]),
            due_on=self._day(self.told["due"]),
            units=[self.office.units[key].id for key in self.told["units"]],
            places=[contact] if contact else [],
        )
        self.round = Round.issue(order, by=self.office.viewers["clerk"])

    def report(self, number: int, told: dict[str, Any]) -> None:
        """A unit or the contact returns an item."""
        who = self._who(told["by"])
        village = next(
            each
            for each in self.office.villages
            if each.code == who.place_code or (told["place"] != "own" and each.name == told["place"])
        )
        finding = Finding(
            place=village,
            subject=told["subject"],
            text=told["text"],
            field=Field(told["field"]),
            urgency=Urgency(told["urgency"]),
            people=People(told["people"]),
            action=told["action"],
            unit=self.office.units[told["against"]].id if "against" in told else None,
            person="",
        )
        Item.report(self.round, [finding], f"{number:032x}", by=who)
        db.session.flush()
        newest = select(Item).where(Item.round_id == self.round.id).order_by(Item.id.desc()).limit(1)
        self.items[number] = db.session.scalars(newest).one()

    def decide(self, number: int, told: dict[str, Any]) -> None:
        """The office decides what becomes of it."""
        item, action = self.items[number], told["then"]
        values: dict[str, Any] = {"reason": told.get("reason"), "place": item.place_code}
        if action == "watch":
            values["due_on"] = self._day(-told["until"])
        if action == "join":
            ours = select(Petition.number).where(Petition.unit_id == self.office.units["water"].id)
            values["number"] = db.session.scalars(ours.order_by(Petition.number).limit(1)).one()
        if action == "take":
            values["petition"] = self._letter(item).id
        item.move(action, values, by=self.office.viewers["clerk"])

    def _letter(self, item: Item) -> Petition:
        place = next(each for each in self.office.villages if each.code == item.place_code)
        letter = Letter(
            kind=Kind.CLAIM,
            channel=Channel.CALL,
            place=place,
            subject=item.subject,
            text=f"{item.text}\n\n{item.action}",
            identity=None,
            concerns=[],
            files=[],
            receipt=receipts.make(Random(item.subject).randbytes(32)),  # noqa: S311 - the same every time
            received_on=clock.today(),
        )
        petition = Petition.file(letter, by=self.office.viewers["clerk"])
        db.session.flush()
        return petition

    def _complete(self, who: Viewer) -> None:
        self.round.complete(by=who)

    def _move(self, action: str, who: Viewer) -> None:
        self.round.move({"reminded": "remind", "closed": "close"}[action], {}, by=who)
