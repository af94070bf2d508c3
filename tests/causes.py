"""Causes for the tests, put in by the models: named and tied by the clerk, with remedies and proposals."""

from datetime import date, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from blueprints.petitions.causes.models import Cause, Proposal, Remedy
from blueprints.petitions.docket.models import Petition
from core import clock
from core.extensions import db
from tests.browse import Value
from tests.letters import WATER, unit_id, viewer

TOWNSHIP, OTHER_TOWNSHIP, DISTRICT = "420117001", "420117002", "420117"
TITLE = "泵站没有人管"
WORDS: dict[str, Value] = {
    "title": TITLE,
    "explanation": "移交时没有写明由谁管护。",
    "field": "water",
    "place": TOWNSHIP,
}
PROPOSED: dict[str, Value] = {"subject": "泵站管护", "found": "报修三个月无人到场。", "asked": "逐处明确管护人。"}


def on(days: int = 0) -> date:
    """The office's date in so many days."""
    return (clock.now() + timedelta(hours=8, days=days)).date()


def day(days: int = 0) -> str:
    return on(days).isoformat()


def name(app: Flask, *cases: int, **changes: Any) -> int:
    """A cause, tied to these cases by the clerk."""
    with app.app_context():
        clerk = viewer("clerk")
        cause = Cause.open({**WORDS, **changes}, by=clerk)
        for case in cases:
            cause.tie(db.session.get_one(Petition, case), by=clerk, at_birth=True)
        db.session.commit()
        return cause.id


def move(app: Flask, id: int, action: str, by: str = "clerk", **values: Any) -> None:
    with app.app_context():
        db.session.get_one(Cause, id).move(action, values, by=viewer(by))
        db.session.commit()


def remedy(app: Flask, id: int, unit: str = WATER, person: str = "", due: int = 10) -> int:
    """A remedy for that unit, due in so many days."""
    with app.app_context():
        who = str(viewer(person).id) if person else ""
        due_on = on(due)
        values = {"text": "签管护责任书", "unit": str(unit_id(unit)), "person": who, "due_on": due_on}
        db.session.get_one(Cause, id).move("remedy", values, by=viewer("clerk"))
        db.session.commit()
        return (
            db.session.scalars(select(Remedy.id).where(Remedy.cause_id == id).order_by(Remedy.id.desc())).first() or 0
        )


def propose(app: Flask, id: int, unit: str = WATER, *, delivered: int | None = 0) -> int:
    """A proposal to that unit, delivered so many days ago."""
    with app.app_context():
        clerk, cause = viewer("clerk"), db.session.get_one(Cause, id)
        cause.move("propose", {**PROPOSED, "unit": str(unit_id(unit))}, by=clerk)
        db.session.flush()
        row = db.session.scalars(select(Proposal).order_by(Proposal.id.desc())).first()
        assert row is not None
        if delivered is not None:
            row.issued_on = on(-delivered)
            row.deliver({"how": "exchange", "on": row.issued_on, "proof": "第1号"}, by=clerk)
        db.session.commit()
        return row.id
