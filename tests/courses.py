"""Courses, experts and questions for the tests: made by the verbs of the models, or typed into the forms."""

import secrets
from datetime import date, timedelta
from typing import Any

from flask import Flask

from blueprints.accounts.models import User
from blueprints.pairing.experts.domain import Season, Trade
from blueprints.pairing.experts.models import Entry, Expert
from blueprints.pairing.questions.models import Asked, Question, of_sending
from blueprints.pairing.training.models import Course, Person, Plan
from core import clock, sendings
from core.extensions import db
from tests.browse import Browser, Page, Value
from tests.letters import VILLAGE, viewer

TITLE = "稻虾共作技术"
LEARNER, PHONE = "田学农", "13912345678"


def on(days: int = 0) -> date:
    """The office's date in so many days."""
    return (clock.now() + timedelta(hours=8, days=days)).date()


TYPED: dict[str, Value] = {
    "title": TITLE,
    "about": "选田、放苗、管水。",
    "trade": "fish",
    "season": "spring",
    "starts": "09:00",
    "ends": "11:30",
    "hours": "3",
    "seats": "2",
    "place": VILLAGE,
    "where": "村委会二楼",
    "lecturer": "农校王老师",
}


def plan(days: int = 5, **changes: Any) -> Plan:
    about: dict[str, Any] = {
        **{name: TYPED[name] for name in ("title", "about", "starts", "ends", "where", "lecturer")},
        "trade": Trade.FISH,
        "season": Season.SPRING,
        "held_on": on(days),
        "place_code": VILLAGE,
        "seats": 2,
        "hours": 3,
        "expert_id": None,
    }
    return Plan(**{**about, **changes})


def course(app: Flask, days: int = 5, *, by: str = "clerk", state: str = "announced", **changes: Any) -> int:
    """A course so many days ahead, announced unless another state is wanted; its id."""
    with app.app_context():
        row = Course.draft(plan(days, **changes), by=viewer(by))
        db.session.flush()
        if state != "draft":
            row.move("announce", {}, by=viewer(by))
        if state == "cancelled":
            row.move("cancel", {"reason": "讲课老师生病，改期另行通知。"}, by=viewer(by))
        db.session.commit()
        return row.id


def put_in(app: Flask, id: int, *people: tuple[str, str], by: str | None = None) -> list[str]:
    """Enrol people; their codes."""
    with app.app_context():
        row, who = db.session.get_one(Course, id), viewer(by) if by else None
        number = sendings.number_of(secrets.token_hex(16), people)
        row.enrol([Person(*each) for each in people], number, by=who, village=who.place_code if who else None)
        db.session.commit()
        return [sendings.code(number, nth) for nth in range(1, len(people) + 1)]


def enrol(visitor: Browser, id: int, expect: int = 200, name: str = LEARNER, phone: str = PHONE) -> Page:
    """Enrol by the public form."""
    visitor.get(f"/training/{id}/enrol")
    return visitor.submit(f"/training/{id}/enrol", expect, name=name, phone=phone)


def open_place(visitor: Browser, code: str, expect: int = 200) -> Page:
    """Look a place up by its code."""
    visitor.get("/training/place")
    if not visitor.page.all("input[name=receipt]"):  # a place is open already
        visitor.submit("/training/place/leave")
        visitor.get("/training/place")
    return visitor.submit("/training/place", expect, receipt=code)


def expert(app: Flask, *, user: str | None = None, **changes: Any) -> int:
    """An expert of the roster; its id."""
    about: dict[str, Any] = {
        "name": "蔡水产",
        "unit": "区水产站",
        "trades": [Trade.FISH, Trade.GRAIN],
        "season": Season.ALL,
        "languages": "普通话、本地话",
        "phone": "027-86921234",
        "consent_on": on(),
    }
    with app.app_context():
        entry = Entry(**{**about, **changes}, user_id=viewer(user).id if user else None)
        row = Expert.enter(entry, by=viewer("clerk"))
        db.session.commit()
        return row.id


# --- questions -----------------------------------------------------------------------------------------------------

ASKER, ASKER_PHONE = "黄种田", "13700001111"
QUESTION: dict[str, Value] = {
    "trade": "grain",
    "place": VILLAGE,
    "subject": "秧苗移栽后叶子发黄",
    "text": "黄种田家三亩田，栽下去一个星期叶尖发黄。",
    "name": ASKER,
    "contact": ASKER_PHONE,
}
ANSWER = "先排水晾田两天，再追施硫酸锌。"


def question(app: Flask, *steps: str, to: int | None = None, by: str | None = None, **changes: Any) -> tuple[int, str]:
    """A question, moved on by these steps by whoever takes them; its id and its code."""
    about: dict[str, Any] = {
        name: str(changes.get(name, QUESTION[name])) for name in ("subject", "text", "name", "contact")
    }
    trade = Trade(changes.get("trade", "grain"))
    with app.app_context():
        number = sendings.number_of(secrets.token_hex(16), about)
        Question.ask(Asked(trade=trade, place_code=VILLAGE, **about), number, by=viewer(by) if by else None)
        db.session.flush()
        row = of_sending(number)
        assert row is not None
        for action in steps:
            who = row.expert.user_id if row.expert and action in ("visit", "answer", "agree") else None
            username = db.session.get_one(User, who).username if who else "clerk"
            row.move(action, {**answers(row, to), **changes}, by=viewer(username))
            db.session.flush()
        db.session.commit()
        return row.id, sendings.code(number)


def answers(row: Question, to: int | None) -> dict[str, Any]:
    """What the steps are told."""
    return {
        "expert": to,
        "on": on(3),
        "where": "村委会门口，备一把秧苗",
        "how": "writing",
        "answer": ANSWER,
        "reason": "请写信反映。",
        "title": row.subject,
        "question": row.text.replace(ASKER, "农户"),
        "season": Season.SPRING,
    }
