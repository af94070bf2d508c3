"""Contact groups with their routes and visits, what they found and what became of it; activities in villages."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from blueprints.pairing.activities.models import Activity
from blueprints.pairing.activities.models import Plan as ActivityPlan
from blueprints.pairing.contact_groups.models import Group, Team
from blueprints.pairing.contact_visits.models import Finding, Seen, Visit, rounds_for
from blueprints.pairing.needs.domain import Kind as NeedKind
from blueprints.pairing.needs.models import Asked
from blueprints.petitions.docket.domain import Channel, Kind
from blueprints.petitions.docket.models import Letter
from blueprints.petitions.screening.domain import Field, People, Urgency
from blueprints.petitions.screening.models import Finding as Returned
from core import clock
from core.extensions import db
from core.roles import Viewer
from demo.letters import Told
from demo.office import TOWNSHIPS, Act, Office
from demo.pairing import drawn
from settings import HOME

CONTACT = HOME / "data" / "demo" / "contact.toml"
SET_UP = 60  # days ago


def happenings(office: Office, _letters: list[Told], now: datetime) -> list[tuple[datetime, Act]]:
    """Every act with its moment."""
    return list(Contact(tomllib.loads(CONTACT.read_text("utf-8")), office, now).happenings())


@dataclass
class _Taken:
    """A letter that says what was found, without a name."""

    finding: Finding

    def letter(self, receipt: str) -> Letter:
        """The letter, as the form would make it."""
        row = self.finding
        return Letter(
            kind=Kind.CLAIM,
            channel=Channel.VISIT,
            place=row.place,
            subject=row.subject,
            text=row.text,
            identity=None,
            concerns=[],
            files=[],
            receipt=receipt,
            received_on=clock.today(),
        )


@dataclass
class Contact:
    """The groups, the visits and the activities of the file."""

    told: dict[str, Any]
    office: Office
    now: datetime
    groups: dict[str, Group] = field(default_factory=dict)
    visits: dict[int, Visit] = field(default_factory=dict)
    activities: dict[int, Activity] = field(default_factory=dict)

    def happenings(self) -> Iterator[tuple[datetime, Act]]:
        """A day's acts in the order of the file."""
        for nth, group in enumerate(self.told["group"]):
            yield self._at(SET_UP, nth), partial(self.set_up, group)
        for nth, visit in enumerate(self.told["visit"]):
            yield self._at(max(visit["held"], 0) + 3, 10), partial(self.plan, nth, visit)
            for number, found in enumerate(visit.get("found", ())):
                yield self._at(visit["held"], 120 + number), partial(self.find, nth, number, found)
                if "becomes" in found:
                    yield self._at(found["on"], 180 + number), partial(self.become, found)
            if "closed" in visit:
                yield self._at(visit["closed"], 200), partial(self.close, nth, visit)
        for nth, activity in enumerate(self.told["activity"]):
            yield self._at(max(activity["held"], 0) + 5, 20 + nth), partial(self.plan_activity, nth, activity)
            if "attendance" in activity:
                yield self._at(activity["held"], 400), partial(self.hold, nth, activity)
            if "report" in activity:
                yield self._at(activity["held"] - 4, 60), partial(self.report, nth, activity)

    def _at(self, days: int, minutes: int) -> datetime:
        """So many days ago, in the morning, and minutes later; never still to come."""
        today = clock.local(self.now)
        nine = datetime.combine(self._day(days), time(9), today.tzinfo)
        return min(nine + timedelta(minutes=minutes), self.now - timedelta(minutes=10))

    def _day(self, ago: int) -> date:
        return clock.local(self.now).date() - timedelta(days=ago)

    def _who(self, key: str) -> Viewer:
        return self.office.viewers[key]

    def _place(self, told: dict[str, Any]) -> str:
        if told.get("village") == "own":
            return str(self._who("contact").place_code)
        if "street" in told:
            return str(TOWNSHIPS[told["street"]])
        here = [each.code for each in self.office.villages if each.parent_code == TOWNSHIPS[told["township"]]]
        return str(here[told["nth"]])

    def set_up(self, told: dict[str, Any]) -> None:
        """The clerk sets a group up and gives it its route."""
        clerk = self._who("clerk")
        members = [self._who(each).id for each in told["members"]]
        group = Group.set_up(Team(told["name"], self._who(told["leader"]).id, members), by=clerk)
        for stop in told["stops"]:
            group.move("stop", {"place": self._place(stop), "enterprise": stop.get("enterprise", "")}, by=clerk)
            db.session.flush()
        self.groups[told["name"]] = group

    def plan(self, nth: int, told: dict[str, Any]) -> None:
        """The clerk plans a visit along the whole route."""
        group = self.groups[told["group"]]
        values = {
            "held_on": self._day(told["held"]),
            "about": told["about"],
            "stops": [each.id for each in group.route()],
        }
        self.visits[nth] = Visit.plan(group, values, by=self._who("clerk"))
        db.session.flush()

    def find(self, nth: int, number: int, told: dict[str, Any]) -> None:
        """A member takes something down."""
        visit = self.visits[nth]
        photos = [drawn("need")] if told.get("photo") else []
        seen = Seen(visit.stops()[told["stop"]].id, told["subject"], told["text"], clock.today(), photos=photos)
        Finding.take_down(visit, seen, f"{nth * 100 + number:032x}", by=self._who(told["by"]))
        db.session.flush()
        newest = select(Finding).where(Finding.visit_id == visit.id).order_by(Finding.id.desc()).limit(1)
        told["finding"] = db.session.scalars(newest).one()

    def become(self, told: dict[str, Any]) -> None:
        """What it becomes."""
        row, who = told["finding"], self._who(told["who"])
        values: dict[str, Any] = {"remark": told.get("remark")}
        match told["becomes"]:
            case "need":
                values["asked"] = Asked(row.place_code, NeedKind(told["kind"]), row.subject, row.text, None)
            case "letter":
                values["letter"] = _Taken(row)
            case "item":
                if not rounds_for(who):  # no round asks anybody today
                    return
                about: dict[str, Any] = {"field": Field.ENVIRONMENT, "urgency": Urgency.SOON, "people": People.SOME}
                words: dict[str, Any] = {
                    "subject": row.subject,
                    "text": row.text,
                    "action": "",
                    "unit": None,
                    "person": "",
                }
                values["round"], values["returned"] = (
                    rounds_for(who)[0].id,
                    Returned(place=row.place, **words, **about),
                )
        row.become(told["becomes"], values, by=who)
        db.session.flush()

    def close(self, nth: int, told: dict[str, Any]) -> None:
        """Everything is handed on."""
        self.visits[nth].move("close", {}, by=self._who("clerk"))

    def plan_activity(self, nth: int, told: dict[str, Any]) -> None:
        """The village or the office plans an activity."""
        own = told["village"] == "own"
        village = self._place({"village": "own"} if own else {"township": told["village"], "nth": 0})
        plan = ActivityPlan(told["kind"], told["title"], self._day(told["held"]), told["where"], told["about"])
        self.activities[nth] = Activity.plan(village, plan, f"{nth:032x}", by=self._who(told["by"]))
        db.session.flush()

    def hold(self, nth: int, told: dict[str, Any]) -> None:
        """It takes place, and people come."""
        values = {"attendance": told["attendance"], "counted": told["counted"]}
        values["photos"] = [drawn("after")] if told.get("photo") else []
        self.activities[nth].move("hold", values, by=self._who(told["by"]))
        db.session.flush()

    def report(self, nth: int, told: dict[str, Any]) -> None:
        """Its report, with what it cost."""
        values = {name: told[name] for name in ("report", "cost", "budget")}
        self.activities[nth].move("report", values, by=self._who(told["by"]))
