"""The pages of retention: the review with its lists, what is decided in it, and one matter with its redactions."""

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.petitions.docket.domain import KIND_LABELS
from blueprints.petitions.docket.models import Petition, load
from blueprints.petitions.retention import models, queries
from blueprints.petitions.retention.domain import (
    ACTION_LABELS,
    EXPLAINED,
    OPEN_IN,
    OTHER_PLACE,
    PLACES,
    SHOW_LABELS,
    WHO,
    Action,
    Show,
    periods,
)
from blueprints.petitions.retention.forms import ChosenForm, DecisionForm, RedactForm, form_for
from core.pages import found, page
from core.permissions import allow
from core.texts import plain
from core.workflow import NotPossible

bp = Blueprint("retention", __name__, url_prefix="/protection")


@bp.get("/retention")
@allow("protection.retention")
def review() -> ResponseReturnValue:
    """The matters whose period has ended, and what was decided about others."""
    asked = request.args.get("show", "")
    show = Show(asked) if asked in list(Show) else Show.DUE
    return page(
        "petitions/retention/review.html",
        show=show,
        shows=plain(SHOW_LABELS),
        listing=queries.listed(g.viewer, show, request.args.get("after", "")),
        actions=[(action, plain(ACTION_LABELS)[action]) for action in OPEN_IN[show] if g.viewer.role in WHO[action]],
        periods=periods(),
        kinds=plain(KIND_LABELS),
    )


@bp.get("/retention/<any(" + ", ".join(Action) + "):action>")
@allow("protection.retention")
def ask(action: str) -> ResponseReturnValue:
    """What would change, and the question why."""
    return _decision_page(Action(action), ChosenForm(request.args).ids, form_for(Action(action))(formdata=None))


def _decision_page(action: Action, ids: list[int], form: DecisionForm, status: int = 200) -> Response:
    lines = queries.chosen(g.viewer, ids)
    can = models.open_to(ids, action, g.viewer)
    return page(
        "petitions/retention/decide.html",
        status=status,
        action=action,
        label=plain(ACTION_LABELS)[action],
        explained=plain(EXPLAINED)[action],
        form=form,
        lines=[line for line in lines if line.id in can],
        left_out=[line for line in lines if line.id not in can],
        parts=queries.parts(ids),
        kinds=plain(KIND_LABELS),
    )


@bp.post("/retention/<any(" + ", ".join(Action) + "):action>")
@allow("protection.retention")
def decide(action: str) -> ResponseReturnValue:
    """Decide about all of them, or about none where one has changed meanwhile."""
    form, ids = form_for(Action(action))(), ChosenForm(request.form).ids
    if not form.validate_on_submit() or not ids:
        return _decision_page(Action(action), ids, form, 422)
    until = form["until"].data if "until" in form else None
    decision = models.Decision(Action(action), form.reason.data or "", until)
    matters = models.to_review(ids, g.viewer)
    if models.open_to(ids, decision.action, g.viewer) != set(ids):
        return _decision_page(Action(action), ids, form, 409)
    for each in matters:
        models.decide(each, decision, by=g.viewer)
    flash(_("Done: %(step)s.", step=plain(ACTION_LABELS)[decision.action]), "success")
    return redirect(url_for(".review"), 303)


# --- one matter ------------------------------------------------------------------------------------------------------


@bp.get("/matters/<id:id>")
@allow("protection.redact")
def matter(id: int) -> ResponseReturnValue:
    """How long one matter is kept, its hold, and the form that makes a passage unreadable."""
    petition = found(load(id, g.viewer))
    return _matter_page(petition, RedactForm(formdata=None, version=str(petition.version)))


def _matter_page(petition: Petition, form: RedactForm, status: int = 200, **more: Any) -> Response:
    return page(
        "petitions/retention/matter.html",
        status=status,
        petition=petition,
        line=next(iter(queries.chosen(g.viewer, [petition.id]))),
        form=form,
        actions=[
            (action, plain(ACTION_LABELS)[action])
            for action in (Action.HOLD, Action.RELEASE)
            if models.open_to([petition.id], action, g.viewer)
        ],
        places=plain(PLACES),
        other_place=OTHER_PLACE,
        kinds=plain(KIND_LABELS),
        **more,
    )


@bp.post("/matters/<id:id>")
@allow("protection.redact")
def redact(id: int) -> ResponseReturnValue:
    """First show where the passage stands, then make it unreadable in the places that stay ticked."""
    petition = found(load(id, g.viewer, to_move=True))
    form = RedactForm()
    behind = form.seen != petition.version
    form.version.data = str(petition.version)
    if not form.validate_on_submit():
        return _matter_page(petition, form, 422)
    hits = models.hits(petition, form.passage.data or "")
    if not hits:
        form.passage.errors = [_("This passage does not stand in the matter. Compare it sign by sign.")]
        return _matter_page(petition, form, 422)
    if behind or "sure" not in request.form:
        return _matter_page(petition, form, 409 if behind else 200, hits=hits)
    try:
        times = models.redact(
            petition, form.passage.data or "", form.place.data or (), form.reason.data or "", by=g.viewer
        )
    except NotPossible:
        return _matter_page(petition, form, 422, hits=hits)
    flash(_("Made unreadable in %(times)d places.", times=times), "success")
    return redirect(url_for("docket.show", id=id), 303)
