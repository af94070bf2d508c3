"""The page of the desk."""

from flask import Blueprint, g
from flask.typing import ResponseReturnValue

import rooms
from blueprints.desk import models
from blueprints.petitions.docket.domain import LABELS
from core.pages import page
from core.permissions import allow, may
from core.texts import plain

bp = Blueprint("desk", __name__)


@bp.get("/desk")
@allow("member")
def desk() -> ResponseReturnValue:
    """What is due for me, this week, and the doors that are open to my role."""
    told = [each for _wing, own in rooms.doors() for each in own if each.about is not None]
    doors = [each for each in told if may(g.viewer, each.permission)]
    reads = may(g.viewer, "petitions.read")
    turn = models.due(g.viewer) if reads else None
    there = models.found(g.viewer, reads=reads)
    return page("desk/desk.html", turn=turn, doors=doors, labels=plain(LABELS), **there._asdict())
