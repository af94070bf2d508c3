"""The public knowledge page: the list with its search, and one answer."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from blueprints.pairing.experts.domain import SEASON_LABELS, TRADE_LABELS
from blueprints.pairing.knowledge import queries
from blueprints.pairing.knowledge.forms import FilterForm
from blueprints.pairing.questions.models import Knowledge
from core.extensions import db
from core.pages import found, page
from core.permissions import allow
from core.texts import plain

bp = Blueprint("knowledge", __name__, url_prefix="/knowledge")

LABELS = {"trade": TRADE_LABELS, "season": SEASON_LABELS}


@bp.get("/")
@allow("public")
def listed() -> ResponseReturnValue:
    """The published answers, found by words, trade and season."""
    form = FilterForm(request.args)
    listing = queries.listed(form.wanted(), request.args.get("after", ""))
    return page("pairing/knowledge/list.html", block="list", form=form, listing=listing, labels=plain(LABELS))


@bp.get("/<id:id>")
@allow("public")
def show(id: int) -> ResponseReturnValue:
    """One question and its answer."""
    row = found(db.session.get(Knowledge, id))
    return page("pairing/knowledge/answer.html", row=row, labels=plain(LABELS))
