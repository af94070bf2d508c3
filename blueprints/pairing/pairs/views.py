"""The pages of pairings: a new one, one with its plan, and the steps of both."""

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from blueprints.pairing.pairs import models, queries
from blueprints.pairing.pairs.domain import GOAL, LABELS, WORKFLOW
from blueprints.pairing.pairs.forms import PairForm, UnitForm, form_of
from blueprints.pairing.pairs.models import Pairing, goal_of, load
from core import clock, places
from core.extensions import db
from core.pages import found, page
from core.permissions import allow
from core.questions import Question, ask, sends
from core.texts import plain
from core.workflow import NotPossible

bp = Blueprint("pairs", __name__, url_prefix="/pairings")


@bp.get("/new")
@allow("pairing.pair")
def ask_new() -> ResponseReturnValue:
    """First the unit and the township, then the village and who is responsible."""
    unit, township = request.args.get("unit", ""), request.args.get("township", "")
    first = UnitForm(request.args)
    first.fill()
    units, towns = {str(id) for id, _name in models.can_pair()}, dict(places.townships())
    if unit not in units or township not in towns:
        return page("pairing/pairs/choose.html", form=first, townships=places.townships(), township=township)
    today = clock.today()
    begin = {"place": request.args.get("place", ""), "from_on": today, "until_on": today.replace(month=12, day=31)}
    return _new_page(unit, township, PairForm(**begin))


def _new_page(unit: str, township: str, form: PairForm, status: int = 200) -> Response:
    named = dict(models.can_pair())
    if not unit.isdigit() or int(unit) not in named or township not in dict(places.townships()):
        raise NotFound
    form.fill(int(unit), township)
    about = {"unit": unit, "unit_name": named[int(unit)], "township": township}
    return page("pairing/pairs/new.html", status=status, form=form, names=dict(places.townships()), **about)


@bp.post("/new")
@allow("pairing.pair")
def new() -> ResponseReturnValue:
    """Pair them."""
    unit, township = request.args.get("unit", ""), request.args.get("township", "")
    form = PairForm()
    if unit.isascii() and unit.isdigit() and len(unit) <= 18:
        form.fill(int(unit), township)
    if not form.validate_on_submit():
        return _new_page(unit, township, form, 422)
    told = {name: form[name].data for name in ("branch", "place", "from_on", "until_on", "members")}
    try:
        row = Pairing.pair(int(unit), **told, by=g.viewer)
    except NotPossible:
        db.session.rollback()
        form.form_errors.append(_("This unit and this village are paired already."))
        return _new_page(unit, township, form, 422)
    flash(_("They are paired. Now the plan of the year can be written."), "success")
    return redirect(url_for(".show", id=row.id), 303)


@bp.get("/<id:id>")
@allow("pairing.read")
def show(id: int) -> ResponseReturnValue:
    """A pairing: term, who is responsible, the plan by year, what happened."""
    row = found(load(id, g.viewer))
    about: dict[str, Any] = {"pairing": row, "steps": row.steps(g.viewer), "members": row.members()}
    about |= {"goals": queries.of_pairing(row), "timeline": queries.timeline(row), "labels": plain(LABELS)}
    return page("pairing/pairs/pairing.html", **about)


@bp.route(f"/<id:id>/<any({', '.join(step.action for step in WORKFLOW)}):action>", methods=["GET", "POST"])
@allow("pairing.plan")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of a pairing: what it asks for, then the step; the table decides."""
    row = found(load(id, g.viewer, to_move=sends()))
    step = WORKFLOW.step(action)
    form = form_of(step.asks, row)
    return _ask(row, step.label, form, step in row.steps(g.viewer), lambda: row.move(action, form.data, by=g.viewer))


def _ask(row: Pairing, title: Any, form: Any, open: bool, act: Any, told: str = "") -> Response:
    back = url_for(".show", id=row.id)
    crumbs = ((row.place.name, url_for("villages.show", code=row.place_code)), (row.partner, back))
    changes = lambda since: queries.timeline(row, since=since)
    return ask(Question(title, form, row, back, act, crumbs, open, told=told, changes=changes))


@bp.route(f"/<id:id>/goals/<id:goal>/<any({', '.join(step.action for step in GOAL)}):action>", methods=["GET", "POST"])
@allow("pairing.plan")
def move_goal(id: int, goal: int, action: str) -> ResponseReturnValue:
    """Every button of a goal, in the same way."""
    row = found(load(id, g.viewer, to_move=sends()))
    part = found(goal_of(row, goal))
    step = GOAL.step(action)
    form = form_of(step.asks, row, part)
    act = lambda: part.move(action, form.data, by=g.viewer)
    return _ask(row, step.label, form, step in part.steps(g.viewer), act, told=part.title)
