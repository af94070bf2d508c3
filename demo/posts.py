"""Posts for college students in villages, who serves in them, who applied, and rural talent."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from blueprints.pairing.applications.domain import Degree
from blueprints.pairing.applications.models import Application, Applied, of_sending
from blueprints.pairing.experts.domain import Trade
from blueprints.pairing.intake.domain import Draft
from blueprints.pairing.intake.models import PlanYear, bring_in
from blueprints.pairing.posts.models import Post, Service
from blueprints.pairing.talents.domain import Consent, Grade, Mark, Point
from blueprints.pairing.talents.models import Entry, SheetGiven, Talent
from core import clock
from core.extensions import db
from core.roles import Viewer
from demo.letters import Told as Letter
from demo.office import TOWNSHIPS, Act, Office
from settings import HOME

POSTS = HOME / "data" / "demo" / "posts.toml"
SET_UP = 440  # days ago
ENTERED = 1150


def happenings(office: Office, _letters: list[Letter], now: datetime) -> list[tuple[datetime, Act]]:
    """Everything in its order, with its moment."""
    told = tomllib.loads(POSTS.read_text("utf-8"))
    story = Story(told, office, now)
    return list(story.happenings())


def _number(*words: str) -> bytes:
    """The number of a form that is sent once."""
    return sha256(repr(words).encode()).digest()


@dataclass
class Story:
    """The file, and the rows that were made of it."""

    told: dict[str, Any]
    office: Office
    now: datetime
    posts: list[Post] = field(default_factory=list)
    applied: dict[str, Application] = field(default_factory=dict)
    talents: dict[str, Talent] = field(default_factory=dict)

    def happenings(self) -> Iterator[tuple[datetime, Act]]:
        """Every act with its moment."""
        for nth, year in enumerate(self.told["plan"]):
            yield self._at(SET_UP, 10 + nth), partial(self._plan, year)
        yield self._at(SET_UP, 20), self._import
        yield self._at(70, 0), self._review_all
        for nth, told in enumerate(self.told["post"]):
            yield self._at(SET_UP, nth), partial(self._set_up, nth, told)
            if "began" in told or "matched" in told:
                yield from self._way(nth, told)
        for nth, told in enumerate(self.told["application"]):
            yield self._at(told["applied"], 60 + nth), partial(self._apply, told)
            if "reserve" in told:
                yield self._at(told["applied"] - 3, nth), partial(self._step, told, "reserve", reason=told["reserve"])
            if "declined" in told:
                yield self._at(told["applied"] - 4, nth), partial(self._step, told, "decline", answer=told["declined"])
        for nth, told in enumerate(self.told["talent"]):
            yield self._at(ENTERED, nth), partial(self._enter, told)
            if "evaluated" in told:
                yield self._at(told["evaluated"], nth), partial(self._evaluate, told)
            if "withdrawn" in told:
                yield self._at(told["withdrawn"], nth), partial(self._forget, told)

    def _way(self, nth: int, told: dict[str, Any]) -> Iterator[tuple[datetime, Act]]:
        first = told.get("began", told.get("matched", 0)) + 20
        yield self._at(first, nth), partial(self._apply, told)
        yield self._at(told.get("matched", first - 10), 30 + nth), partial(self._match, nth, told)
        if "began" in told:
            yield self._at(told["began"], 40 + nth), partial(self._begin, told)
        if "reviewed" in told:
            yield self._at(told["reviewed"], nth), partial(self._review, told)
        if "left" in told:
            yield self._at(told["left"], 50 + nth), partial(self._leave, told)

    def _at(self, days: int, minutes: int) -> datetime:
        """So many days ago, in the morning, and minutes later; never still to come."""
        nine = datetime.combine(self._day(days), time(9), clock.local(self.now).tzinfo)
        return min(nine + timedelta(minutes=minutes), self.now - timedelta(minutes=10))

    def _day(self, ago: int) -> date:
        return clock.local(self.now).date() - timedelta(days=ago)

    def _who(self, key: str) -> Viewer:
        return self.office.viewers[key]

    def _village(self, nth: int, township: str) -> str:
        own = self._who("contact").place_code
        here = [each.code for each in self.office.villages if each.parent_code == TOWNSHIPS[township]]
        return own if own in here and nth == 0 else [each for each in here if each != own][nth]

    def _plan(self, told: dict[str, int]) -> None:
        year = clock.local(self.now).year + told["year"]
        PlanYear.set_up(year, told["planned"], by=self._who("leader"))

    def _import(self) -> None:
        """Who was there before the office kept its posts here."""
        names, villages = iter(self.told["before"]), [each for each in self.office.villages if each.code[-1] == "3"]
        drafts = [
            Draft(nth, village.code, name, f"139 0000 04{nth:02}", self._day(460 + 9 * nth), None)
            for nth, (name, village) in enumerate(zip(names, villages, strict=False))
            if village.parent_code not in TOWNSHIPS.values()
        ]
        bring_in(drafts, self.told["duties"], _number("table"), by=self._who("clerk"))

    def _review_all(self) -> None:
        """The office reviews those who have no mentor yet, but for two."""
        late = select(Service).where(Service.mentor_id.is_(None), Service.due_on < clock.today()).order_by(Service.id)
        for service in db.session.scalars(late).all()[2:]:
            year = {"year": clock.today().year, "grade": "competent", "text": "按职责完成了全年工作。"}
            service.move("review", year, by=self._who("clerk"))

    def _set_up(self, nth: int, told: dict[str, Any]) -> None:
        place = self._village(nth, told["township"])
        self.posts.append(Post.set_up(place, self.told["duties"], by=self._who("clerk")))

    def _apply(self, told: dict[str, Any]) -> None:
        number = _number("post", told["name"])
        words = {name: told[name] for name in ("name", "contact", "school", "text")}
        township = TOWNSHIPS.get(told.get("township", ""))
        Application.apply(Applied(degree=Degree(told["degree"]), township_code=township, **words), number, by=None)
        row = of_sending(number)
        assert row is not None
        self.applied[told["name"]] = row

    def _step(self, told: dict[str, Any], action: str, **values: Any) -> None:
        self.applied[told["name"]].move(action, values, by=self._who("clerk"))
        db.session.flush()

    def _match(self, nth: int, told: dict[str, Any]) -> None:
        self._step(told, "match", post=self.posts[nth].id, reasons=told["reasons"])

    def _begin(self, told: dict[str, Any]) -> None:
        self._step(told, "appoint", on=clock.today(), mentor=self._who(told["mentor"]).id)

    def _service(self, told: dict[str, Any]) -> Service:
        return db.session.get_one(Service, self.applied[told["name"]].service_id)

    def _review(self, told: dict[str, Any]) -> None:
        year = {"year": clock.today().year, "grade": told["review"], "text": told["said"]}
        self._service(told).move("review", year, by=self._who(told["mentor"]))
        db.session.flush()

    def _leave(self, told: dict[str, Any]) -> None:
        self._service(told).move("leave", {"on": clock.today(), "why": told["why"]}, by=self._who("clerk"))
        db.session.flush()

    def _enter(self, told: dict[str, Any]) -> None:
        place = self._village(0, told["township"])
        words = (told["name"], told["contact"], told["skill"])
        entry = Entry(Trade(told["trade"]), place, *words, Consent.SIGNED, clock.today())
        talent = Talent.enter(entry, _number("talent", told["name"]), by=self._who("clerk"))
        assert talent is not None
        self.talents[told["name"]] = talent
        db.session.flush()

    def _evaluate(self, told: dict[str, Any]) -> None:
        marks = {str(point): str(Mark.STRONG if point == Point.SKILL else Mark.ENOUGH) for point in Point}
        sheet = SheetGiven(Grade(told["grade"]), marks, "现场查看，听取村里意见。", clock.today())
        self.talents[told["name"]].move("evaluate", {"sheet": sheet}, by=self._who("clerk"))
        db.session.flush()

    def _forget(self, told: dict[str, Any]) -> None:
        self.talents[told["name"]].move("withdraw", {}, by=self._who("clerk"))
        db.session.flush()
