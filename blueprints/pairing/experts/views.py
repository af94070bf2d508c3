"""The pages of the roster."""

from typing import Any

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.pairing.experts import queries
from blueprints.pairing.experts.domain import EXPLAINED, LABELS, WORKFLOW
from blueprints.pairing.experts.forms import STEP_FORMS, EntryForm, FilterForm
from blueprints.pairing.experts.models import Expert, load
from core import clock
from core.forms import ChangeForm
from core.pages import found, page
from core.permissions import allow
from core.questions import Question, ask, sends
from core.texts import plain

bp = Blueprint("experts", __name__, url_prefix="/experts")

_STEPS = ", ".join(step.action for step in WORKFLOW)


@bp.get("/")
@allow("experts.read")
def roster() -> ResponseReturnValue:
    """The experts, by trade and season."""
    form = FilterForm(request.args)
    listing = queries.roster(form.wanted(), request.args.get("after", ""))
    return page("pairing/experts/roster.html", block="list", form=form, listing=listing, labels=plain(LABELS))


@bp.route("/new", methods=["GET", "POST"])
@allow("experts.manage")
def enter() -> ResponseReturnValue:
    """A new entry."""
    form = EntryForm(consent_on=clock.today(), languages=_("Mandarin, local dialect"))
    if not form.validate_on_submit():
        return page("pairing/experts/new.html", status=422 if form.is_submitted() else 200, form=form)
    expert = Expert.enter(form.entry(), by=g.viewer)
    flash(_("The expert is on the roster."), "success")
    return redirect(url_for(".show", id=expert.id), 303)


@bp.get("/<id:id>")
@allow("experts.read")
def show(id: int) -> ResponseReturnValue:
    """An entry, with how the expert is reached."""
    expert = found(load(id))
    about: dict[str, Any] = {"timeline": queries.timeline(expert), "labels": plain(LABELS)}
    return page("pairing/experts/expert.html", expert=expert, steps=expert.steps(g.viewer), **about)


@bp.route(f"/<id:id>/<any({_STEPS}):action>", methods=["GET", "POST"])
@allow("experts.manage")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of an entry; the table decides."""
    expert = found(load(id, to_move=sends()))
    step, back = WORKFLOW.step(action), url_for(".show", id=id)
    form: ChangeForm = EntryForm.about(expert) if step.asks == "entry" else STEP_FORMS[step.asks]()
    crumbs = ((_("Experts"), url_for(".roster")), (expert.name, back))
    open, explained = step in expert.steps(g.viewer), EXPLAINED.get(action, "")

    def act() -> None:
        expert.move(action, {"entry": form.entry()} if isinstance(form, EntryForm) else form.data, by=g.viewer)

    changes = lambda since: queries.timeline(expert, since=since)
    return ask(Question(step.label, form, expert, back, act, crumbs, open, explained=explained, changes=changes))
