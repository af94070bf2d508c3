"""The pages of activities: the list, a new one, an activity with its steps and its pictures."""

import secrets
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from blueprints.pairing.activities import queries
from blueprints.pairing.activities.domain import EVENT_LABELS, LABELS, WORKFLOW, kinds
from blueprints.pairing.activities.forms import FilterForm, NewForm, form_of
from blueprints.pairing.activities.models import Activity, load
from blueprints.pairing.needs.models import own_village
from blueprints.pairing.pairs.models import load_village
from blueprints.pairing.timeline import happened
from core import attachments, money, places
from core.pages import found, page
from core.permissions import allow
from core.questions import Question, ask, sends
from core.roles import Role
from core.texts import plain
from core.workflow import NotPossible

bp = Blueprint("activities", __name__, url_prefix="/activities")


@bp.get("/")
@allow("activities.read")
def listed() -> ResponseReturnValue:
    """The activities this person may see."""
    form = FilterForm(request.args)
    listing = queries.listed(g.viewer, form.wanted(), request.args.get("after", ""))
    about: dict[str, Any] = {"form": form, "listing": listing, "labels": plain(LABELS), "kinds": kinds()}
    return page("pairing/activities/list.html", block="list", **about)


@bp.get("/new")
@allow("activities.work")
def ask_new() -> ResponseReturnValue:
    """An empty form; the office says first of which township."""
    form = _new_form()
    form.form_key.data = secrets.token_hex(16)
    return _new_page(form)


def _new_form() -> NewForm:
    place = request.args.get("place", "")
    form = NewForm(place=place)
    form.fill(g.viewer, place[:9] or request.args.get("township", ""))
    return form


def _new_page(form: NewForm, status: int = 200) -> Response:
    about: dict[str, Any] = {"form": form, "own": own_village(g.viewer), "townships": places.townships()}
    return page("pairing/activities/new.html", status=status, **about)


@bp.post("/new")
@allow("activities.work")
def new() -> ResponseReturnValue:
    """Plan it."""
    form = _new_form()
    if not form.validate_on_submit():
        return _new_page(form, 422)
    village = str(g.viewer.place_code if g.viewer.role is Role.CONTACT else form.place.data)
    try:
        row = Activity.plan(village, form.plan(), form.key(secrets.token_hex(16)), by=g.viewer)
    except NotPossible:
        raise NotFound from None
    flash(_("The activity is planned."), "success")
    return redirect(url_for(".show", id=row.id), 303)


@bp.get("/<id:id>")
@allow("activities.read")
def show(id: int) -> ResponseReturnValue:
    """An activity: its plan, who came, what it cost, its pictures, what happened."""
    activity = found(load(id, g.viewer))
    return page(
        "pairing/activities/activity.html",
        activity=activity,
        village=load_village(activity.place_code, g.viewer),  # which not everybody who reads this may open
        kind=kinds()[activity.kind],
        steps=activity.steps(g.viewer),
        pictures=activity.pictures(),
        timeline=happened(activity.thread, EVENT_LABELS),
        money=money.shown,
        labels=plain(LABELS),
    )


@bp.route(f"/<id:id>/<any({', '.join(step.action for step in WORKFLOW)}):action>", methods=["GET", "POST"])
@allow("activities.work")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of an activity: what it asks for, then the step; the table decides."""
    activity = found(load(id, g.viewer, to_move=sends()))
    step = WORKFLOW.step(action)
    form = form_of(step.asks, activity)
    form.enctype = "multipart/form-data" if "photos" in form else None
    back = url_for(".show", id=id)
    crumbs = ((_("Activities in villages"), url_for(".listed")), (activity.title, back))
    changes = lambda since: happened(activity.thread, EVENT_LABELS, since=since)
    act = lambda: activity.move(action, form.values(), by=g.viewer)
    open = step in activity.steps(g.viewer)
    return ask(Question(step.label, form, activity, back, act, crumbs, open, changes=changes))


@bp.get("/<id:id>/files/<id:picture>")
@allow("activities.read")
def picture(id: int, picture: int) -> ResponseReturnValue:
    """A picture of an activity."""
    row = found(found(load(id, g.viewer)).picture(picture))
    return attachments.send(row.id, row.name, row.kind)
