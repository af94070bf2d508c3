"""Pairings of units with villages, the plans of the year, and needs from raising to closing."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import select

from blueprints.pairing.needs.domain import Kind
from blueprints.pairing.needs.models import Asked, Measure, Need
from blueprints.pairing.pairs.models import Goal, Pairing
from blueprints.petitions.docket.domain import OPEN
from blueprints.petitions.docket.models import Petition, seen_by
from core import clock
from core.attachments import Cleaned, clean
from core.extensions import db
from core.roles import Viewer
from demo.letters import Told
from demo.office import PEOPLE, TOWNSHIPS, Act, Office
from settings import HOME

PAIRINGS = HOME / "data" / "demo" / "pairing.toml"


def happenings(office: Office, _letters: list[Told], now: datetime) -> list[tuple[datetime, Act]]:
    """Every act with its moment."""
    return list(Villages(tomllib.loads(PAIRINGS.read_text("utf-8")), office, now).happenings())


@dataclass
class Villages:
    """The pairings and the needs of the file."""

    told: dict[str, Any]
    office: Office
    now: datetime
    pairings: dict[str, Pairing] = field(default_factory=dict)
    needs: dict[int, Need] = field(default_factory=dict)
    goals: dict[tuple[str, int], Goal] = field(default_factory=dict)

    def happenings(self) -> Iterator[tuple[datetime, Act]]:
        """A day's acts in the order of the file: pairings, goals, needs, their steps."""
        for told in self.told["pairing"]:
            yield self._at(told["from"], 0), partial(self.pair, told)
            for number, goal in enumerate(told["goals"]):
                yield self._at(goal["age"], 30 + number), partial(self.plan, told, number, goal)
                if "reached" in goal:
                    yield self._at(goal["reached"], 40), partial(self.reach, told, number, goal)
        for number, told in enumerate(self.told["need"]):
            yield self._at(told["age"], 60 + number), partial(self.raise_need, number, told)
            for order, step in enumerate(told.get("then", ())):
                yield self._at(step["age"], 90 + order), partial(self.step, number, told, step)
        yield self._at(2, 200), self.from_a_letter

    def _at(self, days: int, minutes: int) -> datetime:
        """So many days ago, in the morning, and minutes later."""
        today = clock.local(self.now)
        nine = datetime.combine(today.date() - timedelta(days=days), time(9), today.tzinfo)
        return nine + timedelta(minutes=minutes)

    def _day(self, ahead: int) -> date:
        return clock.local(self.now).date() + timedelta(days=ahead)

    def _staff(self, unit: str) -> Viewer:
        return next(self.office.viewers[username] for username, _name, _role, own in PEOPLE if own == unit)

    def pair(self, told: dict[str, Any]) -> None:
        """The clerk writes down who helps which village."""
        contact = self.office.viewers["contact"].place_code
        township = TOWNSHIPS.get(told["village"], "")
        village = next(
            each.code
            for each in self.office.villages
            if (each.code == contact if told["village"] == "own" else each.parent_code == township)
            and (told["village"] == "own" or each.code != contact)
        )
        unit = self.office.units[told["unit"]].id
        term = {"from_on": clock.today(), "until_on": self._day(told["until"])}
        members = [self._staff(told["unit"]).id]
        by = self.office.viewers["clerk"]
        self.pairings[told["key"]] = Pairing.pair(
            unit, village, **term, members=members, branch=told.get("branch"), by=by
        )

    def plan(self, told: dict[str, Any], number: int, goal: dict[str, Any]) -> None:
        """The unit writes a goal into its plan."""
        who = self._staff(told["unit"])
        words = {"title": goal["title"], "measures": goal["measures"]}
        pairing = self.pairings[told["key"]]
        pairing.move("goal", {**words, "owner": str(who.id), "due_on": self._day(goal["due"])}, by=who)
        db.session.flush()
        newest = select(Goal).where(Goal.pairing_id == pairing.id).order_by(Goal.id.desc()).limit(1)
        self.goals[told["key"], number] = db.session.scalars(newest).one()

    def reach(self, told: dict[str, Any], number: int, goal: dict[str, Any]) -> None:
        """The unit says that it is reached."""
        values = {"on": clock.today(), "outcome": goal["outcome"]}
        self.goals[told["key"], number].move("reach", values, by=self._staff(told["unit"]))

    def raise_need(self, number: int, told: dict[str, Any]) -> None:
        """The contact raises a need, or staff note one from paper."""
        who = self.office.viewers[told["by"]] if told["by"] in self.office.viewers else self._staff(told["by"])
        asked = Asked(
            place=self.pairings[told["pairing"]].place_code,
            kind=Kind(told["kind"]),
            title=told["title"],
            text=told["text"],
            wanted_on=None,
            photos=[drawn(moment) for moment in told.get("photos", ())],
        )
        self.needs[number] = Need.ask(asked, f"{number:032x}", by=who)

    def step(self, number: int, told: dict[str, Any], step: dict[str, Any]) -> None:
        """What the unit, the village or the office does next."""
        need, action = self.needs[number], step["step"]
        pairing = self.pairings[told["pairing"]]
        who = db.session.get_one(Pairing, pairing.id).members()[0].user_id
        unit = next(each for each in self.office.viewers.values() if each.id == who)
        by = {"confirm": self.office.viewers["contact"], "close": self.office.viewers["clerk"]}.get(action, unit)
        values: dict[str, Any] = {"reason": step.get("reason"), "text": step.get("text"), "owner": str(unit.id)}
        if action == "plan":
            values |= {"budget": step["budget"], "planned": step["planned"], "due_on": self._day(step["due"])}
        if action in ("progress", "done"):
            values["spent"] = step.get("spent")
            values |= {moment: [drawn(moment)] for moment in step.get("photos", ())}
            newest = select(Measure).where(Measure.need_id == need.id).order_by(Measure.id.desc()).limit(1)
            db.session.scalars(newest).one().move(action, values, by=by)
        else:
            need.move(action, values, by=by)
        db.session.flush()

    def from_a_letter(self) -> None:
        """A clerk raises a need from an open letter of the contact's village."""
        clerk, village = self.office.viewers["clerk"], self.pairings["own"].place_code
        letters = select(Petition).where(Petition.place_code == village, Petition.state.in_(OPEN), seen_by(clerk))
        letter = db.session.scalars(letters.order_by(Petition.id).limit(1)).first()
        asked = Asked(
            place=village,
            kind=Kind.ENVIRONMENT,
            title="村口垃圾收集点清运不及时",
            text="村口收集点夏季积存较多，希望增加清运次数，并修一个带盖的收集池。",
            wanted_on=self._day(40),
            source=letter,
        )
        Need.ask(asked, f"{999:032x}", by=clerk)


def drawn(moment: str) -> Cleaned:
    """A drawing in the place of a photo: a pump that is broken, taken apart, or running. It shows no real place."""
    picture = Image.new("RGB", (640, 480), "#cfe0ea")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 320, 640, 480), fill="#7f9a5c")
    draw.ellipse((380, 340, 620, 440), fill="#6d98ad" if moment == "after" else "#8d8168")
    draw.rectangle((120, 200, 320, 340), fill="#5d6b74" if moment == "after" else "#8a6f60", outline="#333333", width=4)
    draw.line((320, 260, 440, 260, 440, 360), fill="#333333", width=14)
    if moment != "after":
        draw.line((140, 210, 300, 330), fill="#b03a2e", width=10)
        draw.line((300, 210, 140, 330), fill="#b03a2e", width=10)
    target = BytesIO()
    picture.save(target, "PNG")
    return clean(f"{moment}.png", target.getvalue())
