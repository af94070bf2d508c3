"""What the letters come from, and what becomes of it."""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from blueprints.petitions.causes.models import Cause, Proposal, Remedy
from core import clock
from core.extensions import db
from core.roles import Viewer
from demo.letters import Told
from demo.office import TOWNSHIPS, Act, Office
from settings import HOME

CAUSES = HOME / "data" / "demo" / "causes.toml"


def happenings(office: Office, letters: list[Told], now: datetime) -> list[tuple[datetime, Act]]:
    """The causes that the clerk names, and what becomes of them, each act with its moment."""
    told = tomllib.loads(CAUSES.read_text("utf-8"))["cause"]
    return [happening for each in told for happening in ToldCause(each, office, letters, now).happenings()]


@dataclass
class ToldCause:
    """One cause of the file, and what happens to it."""

    told: dict[str, Any]
    office: Office
    letters: list[Told]
    now: datetime
    cause: Cause = field(init=False)

    def happenings(self) -> Iterator[tuple[datetime, Act]]:
        """Every act with its moment: at 11 the name, the ties and the remedies, at 14 what comes of them."""
        told = self.told
        yield self._when(told["named"], 11), self._name
        for subject in told["cases"]:
            letter = next(each for each in self.letters if subject in each.subject)
            yield self._when(min(told["named"], letter.told["age"] - 3), 12), self._tie(letter)
        for remedy in told.get("remedy", ()):
            yield self._when(told["named"] - 1, 11), self._remedy(remedy)
            if "done" in remedy:
                yield self._when(remedy["done"], 14), self._done(remedy)
        for proposal in told.get("proposal", ()):
            yield self._when(proposal["issued"], 11), self._propose(proposal)
            yield self._when(proposal["delivered"], 14), self._deliver(proposal)
            if "answered" in proposal:
                yield self._when(proposal["answered"], 14), self._answer(proposal)
        for action, age in (("begin", told.get("begins")), ("place", told.get("in_place"))):
            if age is not None:
                yield self._when(age, 15), self._step(action)

    def _day(self, ago: int) -> date:
        return clock.local(self.now).date() - timedelta(days=ago)

    def _when(self, ago: int, hour: int) -> datetime:
        moment = datetime.combine(self._day(ago), time(hour), clock.local(self.now).tzinfo)
        return min(moment, self.now - timedelta(minutes=10))

    @property
    def _clerk(self) -> Viewer:
        return self.office.viewers["clerk"]

    def _name(self) -> None:
        place = TOWNSHIPS[self.told["township"]] if "township" in self.told else self.office.villages[0].code[:6]
        words = {name: self.told[name].strip() for name in ("title", "explanation", "field")}
        self.cause = Cause.open({**words, "place": place}, by=self._clerk)

    def _tie(self, letter: Told) -> Act:
        return lambda: self.cause.tie(letter.petition, by=self._clerk)

    def _move(self, action: str, by: Viewer, values: Callable[[], dict[str, Any]]) -> Act:
        def act() -> None:
            self.cause.move(action, values(), by=by)
            db.session.flush()  # a later act looks for what this one made

        return act

    def _step(self, action: str) -> Act:
        return self._move(action, self._clerk, lambda: {"on": clock.today()})

    def _remedy(self, told: dict[str, Any]) -> Act:
        owner = self.office.viewers[told["person"]]
        values = {"text": told["text"], "due_on": self._day(told["due"])}
        values |= {"unit": str(owner.unit_id), "person": str(owner.id)}
        return self._move("remedy", self._clerk, lambda: values)

    def _done(self, told: dict[str, Any]) -> Act:
        owner = self.office.viewers[told["person"]]

        def act() -> None:
            wanted = select(Remedy).where(Remedy.cause_id == self.cause.id, Remedy.person_id == owner.id)
            values = {"on": clock.today(), "outcome": told["outcome"], "proof": told["proof"]}
            self.cause.do(db.session.scalars(wanted).one(), values, by=owner)

        return act

    def _propose(self, told: dict[str, Any]) -> Act:
        words = {name: told[name] for name in ("subject", "found", "asked")}
        values = {**words, "unit": str(self.office.units[told["unit"]].id)}
        return self._move("propose", self.office.viewers["leader"], lambda: values)

    def _proposal(self) -> Proposal:
        return db.session.scalars(select(Proposal).where(Proposal.cause_id == self.cause.id)).one()

    def _deliver(self, told: dict[str, Any]) -> Act:
        values = {"how": told["how"], "proof": told["proof"]}
        return lambda: self._proposal().deliver({**values, "on": clock.today()}, by=self._clerk)

    def _answer(self, told: dict[str, Any]) -> Act:
        values = {"reply": told["reply"], "text": told["answer"]}
        return lambda: self._proposal().reply_with(values, by=self.office.handler_of(told["unit"]))
