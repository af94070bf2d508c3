"""Contact groups, visits and findings for the tests, put in by the models."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from blueprints.pairing.activities.models import Activity, Plan
from blueprints.pairing.contact_groups.models import Group, Team
from blueprints.pairing.contact_visits.models import Finding, Seen, Visit
from core import clock
from core.extensions import db
from tests.letters import VILLAGE, unit_id, viewer


def group(
    *, name: str = "第一联系组", leader: str = "handler", members: tuple[str, ...] = ("clerk",), place: str = VILLAGE
) -> int:
    """A group with one stop on its route; its id. The caller commits."""
    clerk = viewer("clerk")
    row = Group.set_up(Team(name, viewer(leader).id, [viewer(each).id for each in members]), by=clerk)
    row.move("stop", {"place": place, "enterprise": ""}, by=clerk)
    db.session.flush()
    return row.id


def visit(group: int, *, days: int = 0, by: str = "clerk") -> int:
    """A visit along the whole route, in so many days; its id. The caller commits."""
    row = db.session.get_one(Group, group)
    values = {"held_on": clock.today() + timedelta(days=days), "about": "", "stops": [each.id for each in row.route()]}
    made = Visit.plan(row, values, by=viewer(by))
    db.session.flush()
    return made.id


def find(visit: int, subject: str = "村口小桥护栏松动", *, by: str = "handler", key: str = "1", **about: Any) -> int:
    """Something found on that visit; its id. The caller commits."""
    row = db.session.get_one(Visit, visit)
    unit = unit_id(about.pop("against")) if "against" in about else None
    seen = Seen(row.stops()[0].id, subject, "三根立柱松动。", clock.today(), unit=unit, **about)
    Finding.take_down(row, seen, f"{int(key):032x}", by=viewer(by))
    db.session.flush()
    return db.session.scalars(select(Finding.id).order_by(Finding.id.desc()).limit(1)).one()


def activity(
    *steps: str,
    days: int = 0,
    by: str = "contact",
    key: str = "1",
    title: str = "塘边环境整治日",
    place: str = VILLAGE,
) -> int:
    """An activity in a village, in so many days, moved on by these steps; its id. The caller commits."""
    plan = Plan("cleaning", title, clock.today() + timedelta(days=days), "村口小塘", "")
    row = Activity.plan(place, plan, f"{int(key):032x}", by=viewer(by))
    db.session.flush()
    given: dict[str, dict[str, Any]] = {
        "hold": {"attendance": 46, "counted": "list"},
        "report": {"report": "清理三百米。", "cost": 128050, "budget": "文明村创建经费"},
        "cancel": {"reason": "下雨。"},
    }
    for step in steps:
        row.move(step, given[step], by=viewer(by))
        db.session.flush()
    return row.id
