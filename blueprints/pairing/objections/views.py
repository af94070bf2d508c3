"""The pages of objections: saying one and reading its answer without signing in; for the office answering."""

from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.pairing.contact import contact_of
from blueprints.pairing.experts.forms import too_many
from blueprints.pairing.objections import queries
from blueprints.pairing.objections.domain import LABELS, STANDS, WORKFLOW, State
from blueprints.pairing.objections.forms import AnswerForm, CodeForm, FilterForm, ObjectionForm
from blueprints.pairing.objections.models import Objection, load, of_sending
from blueprints.pairing.rounds.models import Round, hold, public
from core import codes, limits
from core.codes import Opener
from core.extensions import csrf, db
from core.pages import found, page
from core.permissions import allow
from core.questions import Question, ask, sends
from core.texts import plain
from core.workflow import NotPossible

bp = Blueprint("objections", __name__, url_prefix="/objections")

CODES = Opener("objection", "objection_sent", "pairing/objections/look_up.html", CodeForm, queries.by_code)


# --- for everybody -------------------------------------------------------------------------------------------------


@bp.get("/new/<id:id>")
@allow("public")
def new(id: int) -> ResponseReturnValue:
    """An empty objection to a list on notice."""
    row = found(public(id))
    if not row.takes_objections:
        return redirect(url_for("naming.notice", id=id), 303)
    CODES.begin()
    return _page(row, ObjectionForm(household=request.args.get("household")))


def _page(row: Round, form: ObjectionForm, status: int = 200) -> Response:
    form.fill(row)
    return page("pairing/objections/new.html", status=status, form=form, round=row)


@bp.post("/new/<id:id>")
@allow("public")
def send(id: int) -> ResponseReturnValue:
    """Take the objection in; the same form sent twice is one objection with one code."""
    row, form = found(public(id)), ObjectionForm()
    form.fill(row)
    if not form.validate_on_submit():
        return _page(row, form, 422)
    if not row.takes_objections:
        return _too_late(row, form)
    if wait := limits.one_more_form(request):
        form.form_errors.append(too_many(wait))
        return _page(row, form, 429)
    said = form.said()
    number = CODES.number((id, said))
    try:
        Objection.raise_(hold(id), said, number)
    except NotPossible:
        return _too_late(row, form)
    CODES.keep(number)
    return redirect(url_for(".code"), 303)


def _too_late(row: Round, form: ObjectionForm) -> Response:
    """The time ended while it was written: what was written stays, to be copied."""
    form.form_errors.append(_("Objections are taken only while the list is on notice."))
    return _page(row, form, 409)


csrf.exempt(send)  # the form checks its own token, so that a late one gives the objection back


@bp.get("/code")
@allow("public")
def code() -> ResponseReturnValue:
    """The code of the objection, shown once."""

    def draw(number: bytes) -> Response | None:
        objection = of_sending(number)
        about = {"objection": objection, **codes.shown(number)}
        return page("pairing/objections/code.html", **about) if objection else None

    return CODES.once(draw, "pairing/objections/shown.html")


@bp.get("/status")
@allow("public")
def status() -> ResponseReturnValue:
    """Where the objection stands that this browser opened by its code, else the question for the code."""
    id = CODES.held()
    objection = db.session.get(Objection, id) if id else None
    if objection is None:
        return CODES.ask()
    stands = STANDS[State(objection.state)]
    return page("pairing/objections/status.html", objection=objection, stands=stands)


@bp.post("/status")
@allow("public")
def look_up() -> ResponseReturnValue:
    """Find the objection of a code. A right code always works; wrong ones run into the limits."""
    return CODES.look_up(url_for(".status"))


@bp.post("/leave")
@allow("public")
def leave() -> ResponseReturnValue:
    """Close the objection on this device."""
    CODES.close()
    return redirect(url_for("naming.index"), 303)


# --- for the office ------------------------------------------------------------------------------------------------


@bp.get("/")
@allow("objections.answer")
def listed() -> ResponseReturnValue:
    """The objections this person may see, the newest first."""
    form = FilterForm(request.args)
    listing = queries.objections(g.viewer, form.wanted(), request.args.get("after", ""))
    return page("pairing/objections/list.html", block="list", form=form, listing=listing, labels=plain(LABELS))


@bp.get("/<id:id>")
@allow("objections.answer")
def show(id: int) -> ResponseReturnValue:
    """An objection: against which household, what it says, its answer."""
    objection = found(load(id, g.viewer))
    about: dict[str, Any] = {"steps": objection.steps(g.viewer), "timeline": queries.timeline(objection)}
    return page("pairing/objections/objection.html", objection=objection, labels=plain(LABELS), **about)


@bp.route("/<id:id>/contact", methods=["GET", "POST"])
@allow("objections.answer")
def contact(id: int) -> ResponseReturnValue:
    """Who objects, behind a reason, which is recorded."""
    objection = found(load(id, g.viewer, to_move=sends()))
    crumbs = ((_("Objections"), url_for(".listed")), (_("Objection to the list"), url_for(".show", id=id)))
    return contact_of(objection, _("Whoever objects") if objection.contact else None, crumbs)


@bp.route("/<id:id>/answer", methods=["GET", "POST"])
@allow("objections.answer")
def answer(id: int) -> ResponseReturnValue:
    """Answer it in writing."""
    objection = found(load(id, g.viewer, to_move=sends()))
    step, form, back = WORKFLOW.step("answer"), AnswerForm(), url_for(".show", id=id)
    return ask(
        Question(
            step.label,
            form,
            objection,
            back,
            lambda: objection.reply(form.answer.data or "", by=g.viewer),
            ((_("Objections"), url_for(".listed")),),
            open=step in objection.steps(g.viewer),
            told=objection.text,
            changes=lambda since: queries.timeline(objection, since=since),
        )
    )
