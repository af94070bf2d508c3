"""Screening rounds for the tests, put in by the models; through the pages tests/petitions/test_screening.py does it."""

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from blueprints.petitions.screening.domain import Field, People, Urgency
from blueprints.petitions.screening.models import Finding, Item, Order, Round, who_can_return
from core import clock
from core.extensions import db
from core.places import Place
from tests.letters import VILLAGE, unit_id, viewer


def issue(*, due: int = 7, by: str = "clerk", **changes: Any) -> int:
    """A round for everybody who can return something, due in so many days; its id. The caller commits."""
    today = clock.today()
    units, villages = who_can_return()
    given: dict[str, Any] = {
        "title": "春耕前排查",
        "text": "看看水和地。",
        "from_on": min(today, today + timedelta(days=due)),
        "until_on": today + timedelta(days=abs(due)),
        "due_on": today + timedelta(days=due),
        "units": [id for id, _name in units],
        "places": [code for code, _name, _township in villages],
        **changes,
    }
    row = Round.issue(Order(**given), by=viewer(by))
    db.session.flush()
    return row.id


def found(round: int, *, by: str = "handler", person: str = "", against: str = "", **changes: Any) -> int:
    """An item that comes back; its id. The caller commits."""
    given: dict[str, Any] = {
        "place": db.session.get_one(Place, changes.pop("place", VILLAGE)),
        "subject": "支渠淤塞，两组争水",
        "text": "三组与四组为放水起了争执。",
        "field": Field.WATER,
        "urgency": Urgency.SOON,
        "people": People.SOME,
        "action": "",
        "unit": unit_id(against) if against else None,
        "person": person,
        **changes,
    }
    row = db.session.get_one(Round, round)
    Item.report(row, [Finding(**given)], secrets.token_hex(16), by=viewer(by))
    db.session.flush()
    return db.session.scalars(select(Item.id).order_by(Item.id.desc()).limit(1)).one()


def decide(id: int, action: str, *, by: str = "clerk", **values: Any) -> None:
    """Take one step with an item. The caller commits."""
    given: dict[str, dict[str, Any]] = {
        "watch": {"due_on": clock.today() + timedelta(days=3), "reason": "插秧前再看。"},
        "settle": {"place": VILLAGE, "reason": "当面议定放水次序。"},
        "drop": {"reason": "已列入计划。"},
        "again": {"reason": "又起争执。"},
    }
    db.session.get_one(Item, id).move(action, {**given.get(action, {}), **values}, by=viewer(by))
    db.session.flush()
