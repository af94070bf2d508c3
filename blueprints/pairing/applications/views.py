"""The pages of applications: applying and following one without signing in; for staff the list, one, its steps."""

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.pairing.applications import queries
from blueprints.pairing.applications.domain import LABELS, OPEN, STANDS, WORKFLOW, State
from blueprints.pairing.applications.forms import STEP_FORMS, ApplyForm, CodeForm, FilterForm, refused
from blueprints.pairing.applications.models import Application, by_code, load, of_sending
from blueprints.pairing.contact import contact_of
from blueprints.pairing.experts.forms import too_many
from core import codes, limits
from core.codes import Opener
from core.extensions import csrf
from core.pages import found, page
from core.permissions import allow, may
from core.questions import Question, ask, sends
from core.texts import plain
from core.workflow import NotPossible

bp = Blueprint("applications", __name__, url_prefix="/applications")

_STEPS = ", ".join(step.action for step in WORKFLOW)
CODES = Opener("application", "applied", "pairing/applications/look_up.html", CodeForm, by_code)


# --- applying ------------------------------------------------------------------------------------------------------


@bp.get("/new")
@allow("public")
def new() -> ResponseReturnValue:
    """An empty application; a clerk notes one from paper on the same page."""
    CODES.begin()
    return _page(ApplyForm())


def _page(form: ApplyForm, status: int = 200) -> Response:
    return page("pairing/applications/new.html", status=status, form=form, noted=_notes())


def _notes() -> bool:
    """Whether somebody of the office notes it for an applicant."""
    return may(g.viewer, "applications.work")


@bp.post("/new")
@allow("public")
def send() -> ResponseReturnValue:
    """Take the application in; the same form sent twice is one application with one code."""
    form = ApplyForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    if not _notes() and (wait := limits.one_more_form(request)):
        form.form_errors.append(too_many(wait))
        return _page(form, 429)
    applied = form.applied()
    number = CODES.number(applied)
    Application.apply(applied, number, by=g.viewer if _notes() else None)
    CODES.keep(number)
    return redirect(url_for(".code"), 303)


csrf.exempt(send)  # the form checks its own token, so that a late one gives the application back


@bp.get("/code")
@allow("public")
def code() -> ResponseReturnValue:
    """The number, and the code, shown once."""

    def draw(number: bytes) -> Response | None:
        row = of_sending(number)
        about = {"application": row, **codes.shown(number), "noted": _notes()}
        return page("pairing/applications/code.html", **about) if row else None

    return CODES.once(draw, "pairing/applications/shown.html")


# --- with the code -------------------------------------------------------------------------------------------------


@bp.get("/status")
@allow("public")
def status() -> ResponseReturnValue:
    """Where the application stands that this browser opened by its code, else the question for the code."""
    row = _held()
    if row is None:
        return CODES.ask()
    about: dict[str, Any] = {"stands": STANDS[State(row.state)], "open": row.state in OPEN, "labels": plain(LABELS)}
    return page("pairing/applications/status.html", application=row, **about)


@bp.post("/status")
@allow("public")
def look_up() -> ResponseReturnValue:
    """Find the application of a code. A right code always works; wrong ones run into the limits."""
    return CODES.look_up(url_for(".status"))


def _held() -> Application | None:
    """The application that this browser has opened by its code, if that is not too long ago; held, where it changes."""
    id = CODES.held()
    return load(id, to_move=sends()) if id else None


@bp.post("/status/withdraw")
@allow("public")
def take_back() -> ResponseReturnValue:
    """The applicant withdraws: what they wrote is erased."""
    row = _held()
    if row is None:
        return redirect(url_for(".status"), 303)
    try:
        row.take_back()
        CODES.another()
        flash(_("You withdrew the application. What you wrote is erased."), "success")
    except NotPossible:
        flash(_("This is not possible now."), "warning")
    return redirect(url_for(".status"), 303)


@bp.post("/leave")
@allow("public")
def leave() -> ResponseReturnValue:
    """Close the application on this device."""
    CODES.close()
    return redirect(url_for(".status"), 303)


# --- for staff -----------------------------------------------------------------------------------------------------


@bp.get("/")
@allow("applications.work")
def listed() -> ResponseReturnValue:
    """The applications, the newest first; the reserve list is one of its states."""
    form = FilterForm(request.args)
    listing = queries.listed(form.wanted(), request.args.get("after", ""))
    return page("pairing/applications/list.html", block="list", form=form, listing=listing, labels=plain(LABELS))


@bp.get("/<id:id>")
@allow("applications.work")
def show(id: int) -> ResponseReturnValue:
    """An application: who it is, what they wrote, the match and its reasons, what may be done now."""
    row = found(load(id))
    about: dict[str, Any] = {"steps": row.steps(g.viewer), "timeline": queries.timeline(row), "labels": plain(LABELS)}
    return page("pairing/applications/application.html", application=row, **about)


@bp.route(f"/<id:id>/<any({_STEPS}):action>", methods=["GET", "POST"])
@allow("applications.work")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of an application; the table decides."""
    row = found(load(id, to_move=sends()))
    step, back = WORKFLOW.step(action), url_for(".show", id=id)
    form = STEP_FORMS[step.asks]()
    return ask(
        Question(
            step.label,
            form,
            row,
            back,
            lambda: row.move(action, form.data, by=g.viewer),
            crumbs=((_("Applications for posts in villages"), url_for(".listed")), (row.number, back)),
            open=step in row.steps(g.viewer),
            changes=lambda since: queries.timeline(row, since=since),
            refused=refused,
        )
    )


@bp.route("/<id:id>/contact", methods=["GET", "POST"])
@allow("applications.work")
def contact(id: int) -> ResponseReturnValue:
    """How an applicant is reached is behind a reason."""
    row = found(load(id, to_move=sends()))
    crumbs = ((_("Applications for posts in villages"), url_for(".listed")), (row.number, url_for(".show", id=id)))
    return contact_of(row, row.name, crumbs)
