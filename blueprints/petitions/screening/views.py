"""The screening's pages on the office's side: rounds, who has returned what, and what becomes of each item."""

import secrets
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.petitions.letterbox.forms import IntakeForm
from blueprints.petitions.letterbox.models import send, sent
from blueprints.petitions.screening import papers, queries
from blueprints.petitions.screening.domain import EXPLAINED, LABELS, ROUND_WORKFLOW, WORKFLOW
from blueprints.petitions.screening.forms import STEP_FORMS, WOULD_TELL, FilterForm, JoinForm, RoundForm, SettleForm
from blueprints.petitions.screening.models import Item, Round, load, load_round
from core import clock, places, sessions
from core.extensions import db
from core.forms import ChangeForm
from core.pages import found, page
from core.permissions import allow
from core.questions import Question, ask, sends
from core.tables import send_xlsx
from core.texts import plain
from core.workflow import NotPossible, Step

bp = Blueprint("screening", __name__, url_prefix="/screening")

_ROUND_STEPS = ", ".join(step.action for step in ROUND_WORKFLOW if step.action != "return")
_STEPS = ", ".join(step.action for step in WORKFLOW if step.action != "take")


@bp.get("/")
@allow("screening.read")
def rounds() -> ResponseReturnValue:
    """The rounds: all of them to the office, to others those that ask them for something."""
    listing = queries.rounds(g.viewer, request.args.get("after", ""))
    return page("petitions/screening/rounds.html", listing=listing, labels=plain(LABELS))


@bp.get("/new")
@allow("screening.issue")
def ask_round() -> ResponseReturnValue:
    """A new round."""
    return page("petitions/screening/new.html", form=RoundForm(from_on=clock.today()))


@bp.post("/new")
@allow("screening.issue")
def issue() -> ResponseReturnValue:
    """Issue it: from now on those who were asked see it on their desk."""
    form = RoundForm()
    if not form.validate_on_submit():
        return page("petitions/screening/new.html", status=422, form=form)
    round = Round.issue(form.order(), by=g.viewer)
    flash(_("The round is issued: those who were asked see it on their desk."), "success")
    return redirect(url_for(".show", id=round.id), 303)


@bp.get("/<id:id>")
@allow("screening.issue")
def show(id: int) -> ResponseReturnValue:
    """A round: who has returned, who has not, and how much."""
    round = found(load_round(id, g.viewer))
    return _page("round", round, asked=queries.asked(round, g.viewer), returned=papers.returned)


def _page(name: str, round: Round, status: int = 200, **more: Any) -> Response:
    about: dict[str, Any] = {"round": round, "steps": round.steps(g.viewer), "labels": plain(LABELS)}
    return page(f"petitions/screening/{name}.html", status=status, **about, **more)


@bp.get("/<id:id>/print")
@allow("screening.issue")
def print_round(id: int) -> ResponseReturnValue:
    """A round with all its items, for paper."""
    round = found(load_round(id, g.viewer))
    asked, items = queries.asked(round, g.viewer), queries.everything(round, g.viewer)
    return _page("print", round, asked=asked, items=items, returned=papers.returned)


@bp.get("/<id:id>/round.xlsx")
@allow("screening.issue")
def export(id: int) -> ResponseReturnValue:
    """A round with all its items, for Excel."""
    round = found(load_round(id, g.viewer))
    data = papers.overview(round, queries.asked(round, g.viewer), queries.everything(round, g.viewer))
    return send_xlsx(data, f"screening-{round.issued_on}")


@bp.route(f"/<id:id>/<any({_ROUND_STEPS}):action>", methods=["GET", "POST"])
@allow("screening.issue")
def move_round(id: int, action: str) -> ResponseReturnValue:
    """Every button of a round: what it asks for, then the step; the table decides."""
    round = found(load_round(id, g.viewer, to_move=sends()))
    step, back = ROUND_WORKFLOW.step(action), url_for(".show", id=id)
    form = STEP_FORMS[step.asks]()
    crumbs = ((_("Screening"), url_for(".rounds")), (round.title, back))
    open, explained = step in round.steps(g.viewer), EXPLAINED.get(action, "")
    act = lambda: round.move(action, form.data, by=g.viewer)
    return ask(Question(step.label, form, round, back, act, crumbs, open, explained))


# --- what becomes of it --------------------------------------------------------------------------------------------


@bp.get("/items")
@allow("screening.read")
def items() -> ResponseReturnValue:
    """The items this person may see."""
    form = FilterForm(request.args)
    listing = queries.items(g.viewer, form.wanted(), request.args.get("after", ""))
    return page("petitions/screening/items.html", block="list", form=form, listing=listing, labels=plain(LABELS))


@bp.get("/items/<id:id>")
@allow("screening.read")
def item(id: int) -> ResponseReturnValue:
    """An item: what it is about, what happened, the steps open to this person now."""
    item = found(load(id, g.viewer))
    return page(
        "petitions/screening/item.html",
        item=item,
        case=item.case(g.viewer),
        timeline=queries.timeline(item),
        steps=item.steps(g.viewer),
        labels=plain(LABELS),
    )


@bp.route(f"/items/<id:id>/<any({_STEPS}):action>", methods=["GET", "POST"])
@allow("screening.issue")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of an item: what it asks for, then the step; the table decides."""
    item = found(load(id, g.viewer, to_move=sends()))
    step, back = WORKFLOW.step(action), url_for(".item", id=id)
    form = _form(item, step)
    return ask(
        Question(
            step.label,
            form,
            item,
            back,
            lambda: item.move(action, form.data, by=g.viewer),
            crumbs=((_("Items"), url_for(".items")), (item.subject, back)),
            open=step in item.steps(g.viewer),
            changes=lambda since: queries.timeline(item, since=since),
            template="petitions/screening/step.html",
            block="village" if "township" in request.args else "step",
            about={"places": places},
        )
    )


def _form(item: Item, step: Step) -> ChangeForm:
    typed = () if sends() else (request.args or None,)  # a township, for its villages
    form = STEP_FORMS[step.asks](*typed, version=str(item.version), place=item.place_code)
    if isinstance(form, SettleForm):
        form.township.data = form.township.data or item.township_code
        form.township.choices = places.townships()
    if isinstance(form, JoinForm):
        form.viewer, form.item = g.viewer, item
    return form


@bp.get("/items/<id:id>/take")
@allow("petitions.register")
def ask_case(id: int) -> ResponseReturnValue:
    """The clerk's intake form, with what the item says in it."""
    item = found(load(id, g.viewer))
    if WORKFLOW.step("take") not in item.steps(g.viewer):
        return _not_open(id)
    return _intake(item, IntakeForm(request.args or None, **item.as_letter()))


def _intake(item: Item, form: IntakeForm, status: int = 200) -> Response:
    form.township.choices = [("", _("Choose")), *places.townships()]
    about: dict[str, Any] = {"form": form, "places": places, "action": url_for(".take", id=item.id)}
    return page("petitions/letterbox/intake.html", block="village", status=status, **about)


@bp.post("/items/<id:id>/take")
@allow("petitions.register")
def take(id: int) -> ResponseReturnValue:
    """The item becomes a case: taken in as any other letter, and tied to the item in the same transaction."""
    form = IntakeForm()
    valid = form.validate_on_submit()
    item = found(load(id, g.viewer, to_move=True))
    if WORKFLOW.step("take") not in item.steps(g.viewer):
        return _not_open(id)
    if not valid:
        return _intake(item, form, 422)
    sending = send(form, secrets.token_hex(16), by=g.viewer)
    letter = found(sent(sending))
    try:
        item.move("take", {"petition": letter[0].id}, by=g.viewer)
    except NotPossible:
        db.session.rollback()
        form.form_errors.append(str(WOULD_TELL))
        return _intake(found(load(id, g.viewer)), form, 422)
    sessions.keep(sessions.current(), sent=sending)
    return redirect(url_for("letterbox.sent"), 303)


def _not_open(id: int) -> ResponseReturnValue:
    flash(_("This step is not open now."), "warning")
    return redirect(url_for(".item", id=id), 303)
