"""Experts, courses and who came to them, farmers' questions and what everybody may know of the answers."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from blueprints.pairing.experts.domain import Season, Trade
from blueprints.pairing.experts.models import Entry, Expert
from blueprints.pairing.questions.domain import How as Told
from blueprints.pairing.questions.models import Asked, Question, of_sending
from blueprints.pairing.training.domain import How, Use
from blueprints.pairing.training.models import Course, Enrolment, Person, Plan
from core import clock
from core.extensions import db
from core.roles import Viewer
from demo.letters import Told as Letter
from demo.office import TOWNSHIPS, Act, Office
from settings import HOME

TRAINING = HOME / "data" / "demo" / "training.toml"
ENTERED = 60  # days ago


def happenings(office: Office, _letters: list[Letter], now: datetime) -> list[tuple[datetime, Act]]:
    """Everything in its order, with its moment."""
    told = tomllib.loads(TRAINING.read_text("utf-8"))
    story = Story(told, office, now)
    return list(story.happenings())


def _number(*words: object) -> bytes:
    """The number of a sending, the same every time."""
    return sha256(repr(words).encode()).digest()


@dataclass
class Story:
    """The file, and the rows that were made of it."""

    told: dict[str, Any]
    office: Office
    now: datetime
    experts: dict[str, Expert] = field(default_factory=dict)

    def happenings(self) -> Iterator[tuple[datetime, Act]]:
        """Experts first, then courses and questions, each act with its moment."""
        for nth, expert in enumerate(self.told["expert"]):
            yield self._at(ENTERED, nth), partial(self._enter, expert)
        for course in self.told["course"]:
            yield from ToldCourse(course, self).happenings()
        for question in self.told["question"]:
            yield from ToldQuestion(question, self).happenings()

    def _at(self, days: int, minutes: int) -> datetime:
        """So many days ago, in the morning, and minutes later; never still to come."""
        today = clock.local(self.now)
        nine = datetime.combine(self.day(days), time(9), today.tzinfo)
        return min(nine + timedelta(minutes=minutes), self.now - timedelta(minutes=10))

    def day(self, ago: int) -> date:
        """The date so many days ago."""
        return clock.local(self.now).date() - timedelta(days=ago)

    def who(self, key: str) -> Viewer:
        """Somebody of the office."""
        return self.office.viewers[key]

    def village(self, township: str) -> str:
        """A village of the township, always the same."""
        return next(each.code for each in self.office.villages if each.parent_code == TOWNSHIPS[township])

    def _enter(self, told: dict[str, Any]) -> None:
        entry = Entry(
            name=told["name"],
            unit=told["unit"],
            trades=[Trade(each) for each in told["trades"]],
            season=Season(told["season"]),
            languages=told["languages"],
            phone=told["phone"],
            consent_on=clock.today(),
            user_id=self.who(told["user"]).id if "user" in told else None,
        )
        self.experts[told["key"]] = Expert.enter(entry, by=self.who("clerk"))


@dataclass
class ToldCourse:
    """A course: planned, announced, filled, held, evaluated, or called off."""

    told: dict[str, Any]
    story: Story
    course: Course = field(init=False)

    def happenings(self) -> Iterator[tuple[datetime, Act]]:
        """Every act with its moment."""
        told, at = self.told, self.story._at
        yield at(told["drafted"], 10), self.draft
        for nth, name in enumerate(told["people"]):
            yield at(told["drafted"] - 1, 20 + nth), partial(self.enrol, nth, name)
        if "gives_up" in told:
            yield at(told["drafted"] - 2, 60), self.give_up
        if "cancelled" in told:
            yield at(told["cancelled"], 70), partial(self._move, "cancel", {"reason": told["reason"]})
        if told["held"] > 0:
            yield at(told["held"], 80), self.attend
            yield at(told["held"], 480), partial(self._move, "hold", {})
            yield at(told["held"] - 1, 90), self.evaluate

    def draft(self) -> None:
        """The clerk plans it and announces it."""
        told, expert = self.told, self.story.experts.get(self.told.get("expert", ""))
        plain = {name: told[name] for name in ("title", "about", "starts", "ends", "where", "seats", "hours")}
        plan = Plan(
            **plain,
            trade=Trade(told["trade"]),
            season=Season(told["season"]),
            held_on=self.story.day(told["held"]),
            place_code=self.story.village(told["township"]),
            lecturer=f"{expert.name}（{expert.unit}）" if expert else told["lecturer"],
            expert_id=expert.id if expert else None,
        )
        self.course = Course.draft(plan, by=self.story.who("clerk"))
        db.session.flush()
        self._move("announce", {})

    def _move(self, action: str, values: dict[str, Any]) -> None:
        self.course.move(action, values, by=self.story.who("clerk"))
        db.session.flush()

    def enrol(self, nth: int, name: str) -> None:
        """Somebody enrols by telephone number."""
        person = Person(name, f"139 0000 01{nth:02}")
        self.course.enrol([person], _number(self.told["title"], name))
        db.session.flush()

    def _places(self) -> list[Enrolment]:
        wanted = select(Enrolment).where(Enrolment.course_id == self.course.id).order_by(Enrolment.number)
        return list(db.session.scalars(wanted))

    def give_up(self) -> None:
        """The first one cannot come: whoever waits first moves up."""
        self._places()[0].give_up(by=None)
        db.session.flush()

    def attend(self) -> None:
        """Some check in by telephone, the others are ticked on the list."""
        for nth, place in enumerate(self._places()[: self.told["came"]]):
            how, by = (How.PHONE, None) if nth % 2 else (How.LIST, self.story.who("clerk"))
            place.attend(how, by=by)

    def evaluate(self) -> None:
        """Those who came say what they thought."""
        for place, said in zip(self._places(), self.told["evaluated"], strict=False):
            self.course.evaluate(place, Use(said["use"]), said.get("words", ""))


@dataclass
class ToldQuestion:
    """A question: asked, given to an expert, answered, published."""

    told: dict[str, Any]
    story: Story
    question: Question = field(init=False)

    def happenings(self) -> Iterator[tuple[datetime, Act]]:
        """Every act with its moment."""
        told, at, clerk = self.told, self.story._at, self.story.who("clerk")
        yield at(told["asked"], 30), self.ask
        if "expert" not in told:
            return
        yield at(told["asked"] - 1, 40), self.assign
        if "visit" in told:
            where = {"on": self.story.day(told["visit"]), "where": "田边见，早上七点以前。"}
            yield at(told["asked"] - 2, 50), partial(self._move, "visit", where, None)
        if "answered" in told:
            how = Told.VISIT if "visit" in told else Told.WRITING
            answer = {"answer": told["answer"], "how": how}
            yield at(told["answered"], 100), partial(self._move, "answer", answer, None)
        if "published" in told:
            text = {"title": told["subject"], "question": told["text"], "answer": told["answer"]}
            yield at(told["published"], 110), partial(self._move, "agree", {}, None)
            yield at(told["published"], 120), partial(self._move, "publish", {**text, "season": told["season"]}, clerk)

    def ask(self) -> None:
        """A farmer asks, or the contact for one."""
        told, by = self.told, self.story.who("contact") if self.told.get("contact_asks") else None
        number = _number("question", told["subject"])
        asked = Asked(
            trade=Trade(told["trade"]),
            place_code=(by.place_code if by else None) or self.story.village("jiujie"),
            subject=told["subject"],
            text=told["text"],
            name=told["name"],
            contact=told["contact"],
        )
        Question.ask(asked, number, by=by)
        db.session.flush()
        row = of_sending(number)
        assert row is not None
        self.question = row

    def assign(self) -> None:
        """The clerk finds an expert."""
        expert = self.story.experts[self.told["expert"]]
        self._move("assign", {"expert": expert.id}, self.story.who("clerk"))

    def _move(self, action: str, values: dict[str, Any], by: Viewer | None) -> None:
        expert = self.question.expert
        speaks = "handler2" if expert and expert.user_id else "clerk"
        self.question.move(action, values, by=by or self.story.who(speaks))
        db.session.flush()
