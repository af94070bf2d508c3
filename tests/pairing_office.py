"""Pairings and needs for the tests, put in by the models; through the pages tests/pairing/ does it."""

import secrets
from datetime import timedelta
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy import select

from blueprints.pairing.needs.domain import Kind
from blueprints.pairing.needs.models import Asked, Measure, Need
from blueprints.pairing.pairs.models import Goal, Pairing
from core import clock
from core.extensions import db
from tests.letters import VILLAGE, WATER, unit_id, viewer

WAY = {  # who takes a step in these tests
    **dict.fromkeys(("plan", "measure", "begin", "report", "decline", "progress", "done", "change", "drop"), "handler"),
    **dict.fromkeys(("confirm", "object", "again", "withdraw"), "contact"),
    **dict.fromkeys(("close", "give", "refuse"), "clerk"),
    "silent": "leader",
}


def pair(*, unit: str = WATER, place: str = VILLAGE, member: str = "handler", days: int = 365) -> int:
    """A unit paired with a village from today on; its id. The caller commits."""
    today = clock.today()
    members = [viewer(member).id]
    row = Pairing.pair(unit_id(unit), place, today, today + timedelta(days=days), members, by=viewer("clerk"))
    db.session.flush()
    return row.id


def promise(pairing: int, title: str = "东塘泵站全年可用", *, due: int = 10, by: str = "handler") -> int:
    """A goal of the plan, due in so many days; its id. The caller commits."""
    words = {"title": title, "measures": "更换电机。", "owner": str(viewer(by).id)}
    row = db.session.get_one(Pairing, pairing)
    row.move("goal", {**words, "due_on": clock.today() + timedelta(days=due)}, by=viewer(by))
    db.session.flush()
    return db.session.scalars(select(Goal.id).order_by(Goal.id.desc()).limit(1)).one()


def need(*steps: str, by: str = "contact", **about: Any) -> int:
    """A need that a village raises, moved on by these steps; its id. The caller commits."""
    given: dict[str, Any] = {
        "place": VILLAGE,
        "kind": Kind.WATER,
        "title": "东塘水泵坏了",
        "text": "二组三组等水。",
        "wanted_on": None,
        **about,
    }
    row = Need.ask(Asked(**given), secrets.token_hex(16), by=viewer(by))
    db.session.flush()
    for action in steps:
        take(row.id, action)
    return row.id


def take(id: int, action: str, *, by: str = "", **values: Any) -> None:
    """Take one step with a need, or with its latest measure. The caller commits."""
    who = viewer(by or WAY[action])
    given: dict[str, Any] = {"reason": "说明。", "text": "更换电机", "owner": str(who.id), "planned": 1860050}
    given |= {"budget": "小型水利资金", "due_on": clock.today() + timedelta(days=20), "spent": 0, **values}
    row = db.session.get_one(Need, id)
    if action in ("progress", "done", "change", "drop"):
        latest = select(Measure).where(Measure.need_id == id).order_by(Measure.id.desc()).limit(1)
        db.session.scalars(latest).one().move(action, given, by=who)
    else:
        row.move(action, given, by=who)
    db.session.flush()


def photo(colour: str = "red", size: tuple[int, int] = (64, 48)) -> BytesIO:
    """A picture as a phone would send it."""
    target = BytesIO()
    Image.new("RGB", size, colour).save(target, "JPEG")
    target.seek(0)
    return target
