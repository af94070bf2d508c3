"""Screening rounds: issued, answered by form, by table or with nothing found, and every item decided."""

from collections.abc import Callable
from datetime import date, timedelta

from flask import Flask
from sqlalchemy import select

from blueprints.petitions.screening.models import Item
from core import clock
from core.extensions import db
from tests.browse import Browser, Page, Value
from tests.letters import VILLAGE, WATER

SignIn = Callable[..., Browser]

TYPED: dict[str, Value] = {
    "place": VILLAGE,
    "subject": "支渠淤塞，两组争水",
    "text": "三组与四组为放水起了争执，插秧前可能再起。",
    "field": "water",
    "urgency": "soon",
    "people": "some",
    "action": "请水务局清淤。",
}


def issue(clerk: Browser, expect: int = 200, **changes: Value) -> int:
    """Issue a round by the form; its id."""
    today = date.fromisoformat(_today())
    clerk.get("/screening/new")
    fields: dict[str, Value] = {
        "title": "春耕前排查",
        "text": "看看水和地。",
        "from_on": today.isoformat(),
        "until_on": (today + timedelta(days=7)).isoformat(),
        "due_on": (today + timedelta(days=10)).isoformat(),
        "every_unit": True,
        "every_village": True,
        **changes,
    }
    page = clerk.submit("/screening/new", expect, fields=fields)
    return int(page.path.rpartition("/")[2]) if expect == 200 else 0


def _today() -> str:
    return (clock.now() + timedelta(hours=8)).date().isoformat()


def add(person: Browser, round: int, expect: int = 200, **changes: Value) -> Page:
    """Return an item by the form."""
    person.get(f"/screening/{round}/return/new")
    return person.submit(f"/screening/{round}/return/new", expect, fields={**TYPED, **changes})


def only(app: Flask) -> Item:
    with app.app_context():
        return db.session.scalars(select(Item)).one()


def test_a_round_goes_from_the_office_to_a_unit_and_back(app: Flask, sign_in: SignIn) -> None:
    clerk, handler = sign_in("clerk"), sign_in("handler")
    round = issue(clerk)
    assert "春耕前排查" in handler.get("/desk").text
    handler.follow("春耕前排查")
    handler.follow("/screening/" + str(round) + "/return/new")
    add(handler, round)
    assert str(TYPED["subject"]) in handler.page.text
    handler.submit(f"/screening/{round}/return")
    assert "春耕前排查" not in handler.get("/desk").texts("section")
    told = clerk.get(f"/screening/{round}")
    assert [row for row in told.texts("tbody tr") if WATER in row and "已报" in row]
    clerk.follow(f"/screening/items?round={round}")
    clerk.follow(str(TYPED["subject"]))
    for path in ("print", "round.xlsx"):
        clerk.get(f"/screening/{round}/{path}")
    clerk.get("/screening/rising")
    clerk.get("/screening/rising/behind?field=water")
