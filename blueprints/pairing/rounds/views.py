"""The pages of rounds: the list, a new one, a round as it was agreed."""

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.pairing.rounds import queries
from blueprints.pairing.rounds.domain import LABELS
from blueprints.pairing.rounds.forms import RoundForm
from blueprints.pairing.rounds.models import Round
from core import clock
from core.pages import page
from core.permissions import allow
from core.texts import plain

bp = Blueprint("rounds", __name__, url_prefix="/rounds")


@bp.get("/")
@allow("rounds.read")
def listed() -> ResponseReturnValue:
    """The rounds this person may see, the newest first."""
    listing = queries.rounds(g.viewer, request.args.get("after", ""))
    return page("pairing/rounds/list.html", listing=listing, labels=plain(LABELS))


@bp.route("/new", methods=["GET", "POST"])
@allow("rounds.manage")
def draft() -> ResponseReturnValue:
    """A new round, which nobody outside the office sees until it is opened."""
    form = RoundForm(year=clock.today().year)
    if not form.validate_on_submit():
        return page("pairing/rounds/new.html", status=422 if form.is_submitted() else 200, form=form)
    row = Round.draft(form.plan(), by=g.viewer)
    flash(_("The draft is kept. Open it when everything is right."), "success")
    return redirect(url_for("naming.round", id=row.id), 303)
