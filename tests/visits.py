"""Visits, reception days and hours for the tests, put in by the models."""

from datetime import date, timedelta

from flask import Flask

from blueprints.petitions.reception.models import ReceptionDay, WindowHours
from blueprints.petitions.visits import models, queries
from blueprints.petitions.visits.models import Plan, Visit
from core import clock
from core.extensions import db
from tests.letters import WATER, unit_id, viewer

TOWNSHIP = "420117001"


def put_visit(app: Flask, ahead: int = 0, *, announce: bool = True) -> int:
    """A visit that takes the first open matters along, with a promise; its id."""
    with app.app_context():
        clerk = viewer("clerk")
        visit = Visit.plan(_plan(clock.today() + timedelta(days=ahead)), by=clerk)
        offered = [each.id for each in queries.offered(visit, clerk, "", "").rows][:3]
        models.take_along(visit, offered, offered, by=clerk)
        if announce:
            visit.move("announce", {}, by=clerk)
            models.promise(visit, None, "修好路灯", viewer("handler").id, clock.today(), by=clerk)
        db.session.commit()
        return visit.id


def _plan(on: date) -> Plan:
    return Plan(
        held_on=on,
        starts="09:00",
        ends="11:30",
        township=TOWNSHIP,
        villages=[],
        where="社区办公室",
        how="",
        leaders=[viewer("leader").id],
        units=[unit_id(WATER)],
    )


def put_day(app: Flask, ahead: int = 0) -> int:
    """A reception day that is announced; its id."""
    with app.app_context():
        clerk = viewer("clerk")
        on = clock.today() + timedelta(days=ahead)
        day = ReceptionDay.plan(on, "09:00", 20, 9, viewer("leader").id, "接待室", by=clerk)
        db.session.flush()
        day.move("announce", {}, by=clerk)
        db.session.commit()
        return day.id


def put_hours(app: Flask) -> int:
    """Hours of the water bureau, three weeks old, without a record; their id."""
    with app.app_context():
        since = clock.today() - timedelta(days=21)
        given = (unit_id(WATER), since.weekday(), "18:00", "20:00", since, "值班员")
        hours = WindowHours.publish(*given, by=viewer("handler"))
        db.session.commit()
        return hours.id
