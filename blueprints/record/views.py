"""The page of the record."""

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from blueprints.record import models
from core.pages import page
from core.permissions import allow

bp = Blueprint("record", __name__)


@bp.get("/record")
@allow("record.read")
def record() -> ResponseReturnValue:
    """What happened, for the auditor and the leader."""
    return page("record/record.html", listing=models.happened(g.viewer, request.args.get("after", "")))
