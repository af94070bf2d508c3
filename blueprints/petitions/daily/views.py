"""The pages of daily work."""

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.petitions.daily import queries
from blueprints.petitions.daily.domain import KEYS
from blueprints.petitions.daily.forms import KeysForm, filter_of
from blueprints.petitions.docket.domain import LABELS, STAFF, WORKFLOW
from blueprints.petitions.docket.models import load
from blueprints.petitions.docket.queries import timeline
from core.pages import found, keys_on, language, page, switch_keys
from core.permissions import allow, may
from core.sheets import to_read
from core.texts import plain

bp = Blueprint("daily", __name__)


@bp.get("/help/keys")
@allow("member")
def keys() -> ResponseReturnValue:
    """Every key, and the switch that turns them off."""
    steps = [step for step in WORKFLOW if g.viewer.role in step.who] if may(g.viewer, "petitions.move") else []
    form = KeysForm(formdata=None, on=keys_on())
    return page("petitions/daily/keys.html", form=form, keys_of=WORKFLOW.keys, steps=steps, every=KEYS)


@bp.post("/help/keys")
@allow("member")
def turn_keys() -> ResponseReturnValue:
    """Switch the keys on or off, on this device."""
    on = bool(KeysForm().on.data)
    flash(_("Single keys are on.") if on else _("Single keys are off."), "success")
    return switch_keys(redirect(url_for(".keys"), 303), on=on)


@bp.get("/petitions/<id:id>/next")
@allow("petitions.read")
def following(id: int) -> ResponseReturnValue:
    """The matter after this one in the queue, under the filter that the queue was last shown with."""
    wanted, place = filter_of(request.cookies.get("queue", "")), request.cookies.get("case", "")
    next, anew = queries.following(g.viewer, wanted, place, id)
    if next is None:
        flash(_("There is no other matter in this list."), "message")
        return redirect(f"{url_for('docket.queue')}?{wanted.in_short()}", 303)
    if anew:
        flash(_("That was the last one: the list begins again at its top."), "message")
    return redirect(url_for("docket.show", id=next), 303)


@bp.get("/petitions/<id:id>/print")
@allow("petitions.read")
def on_paper(id: int) -> ResponseReturnValue:
    """All that this person may see of a case, on one page for paper; never who wrote."""
    petition = found(load(id, g.viewer))
    inside = g.viewer.role in STAFF
    return page(
        "petitions/daily/print.html",
        petition=petition,
        inside=inside,
        clocks=petition.clocks(),
        concerns=petition.concerns() if inside else [],
        files=[each for each in petition.files() if inside or each.message_id is None],
        papers=[(paper, to_read(paper.sheets, language())) for paper in petition.papers()],
        timeline=timeline(petition, inside=inside),
        place_name=petition.place_name(),
        labels=plain(LABELS),
    )
