"""The ways in: the front page, the letter, a clerk's intake, the receipt, the look-up by receipt code."""

import secrets
from typing import Any

from flask import Blueprint, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.petitions.docket.domain import Kind
from blueprints.petitions.docket.models import load
from blueprints.petitions.letterbox import models
from blueprints.petitions.letterbox.domain import KIND_EXAMPLES
from blueprints.petitions.letterbox.forms import (
    IntakeForm,
    LetterForm,
    RepresentForm,
)
from core import clock, places, receipts, sessions
from core.extensions import csrf
from core.pages import found, page
from core.permissions import allow
from core.procedures import in_force, profile
from core.roles import Role
from core.texts import plain
from core.workflow import NotPossible

bp = Blueprint("letterbox", __name__)


@bp.get("/")
@allow("public")
def front() -> ResponseReturnValue:
    """Write a letter, look one up, or sign in."""
    clocks = profile(in_force(clock.today()))
    days = {"notice": clocks.rule("notice").length, "handling": clocks.rule("handling", Kind.CLAIM).length}
    return page("petitions/letterbox/front.html", days=days)


@bp.get("/letters/new")
@allow("public")
def new() -> ResponseReturnValue:
    """An empty letter; with `township` in the address, HTMX asks for that township's villages."""
    if not session.get("form_key"):
        session["form_key"] = secrets.token_hex(16)
    return _letter_page(LetterForm(request.args if request.args else None))


def _letter_page(form: LetterForm, status: int = 200) -> ResponseReturnValue:
    form.township.choices = [("", _("Choose")), *places.townships()]
    about: dict[str, Any] = {"form": form, "examples": plain(KIND_EXAMPLES), "places": places}
    return page("petitions/letterbox/new.html", block="village", status=status, **about)


@bp.post("/letters/new")
@allow("public")
def write() -> ResponseReturnValue:
    """Take the letter in."""
    form = LetterForm()
    if not form.validate_on_submit():
        return _letter_page(form, 422)
    session = sessions.current()
    form_key = session.setdefault("form_key", secrets.token_hex(16))
    if form.upward:
        sessions.keep(session, sealed=models.seal(form.letter(""), form_key))
        return redirect(url_for("bypass.sealed"), 303)
    by = g.viewer if g.viewer and g.viewer.role == Role.CONTACT else None
    sessions.keep(session, sent=models.send(form, form_key, by=by))
    return redirect(url_for(".sent"), 303)


csrf.exempt(write)  # the form checks its own token, so that a late one gives the letter back instead of an error page


@bp.get("/petitions/new")
@allow("petitions.register")
def ask_intake() -> ResponseReturnValue:
    """A visit, a call or a paper letter to be taken down."""
    return _intake_page(IntakeForm(request.args or None, received_on=clock.today()))


def _intake_page(form: IntakeForm, status: int = 200) -> ResponseReturnValue:
    form.township.choices = [("", _("Choose")), *places.townships()]
    return page("petitions/letterbox/intake.html", block="village", status=status, form=form, places=places)


@bp.post("/petitions/new")
@allow("petitions.register")
def take_down() -> ResponseReturnValue:
    """Take it in; the receipt is handed over printed."""
    form = IntakeForm()
    if not form.validate_on_submit():
        return _intake_page(form, 422)
    session = sessions.current()
    sessions.keep(session, sent=models.send(form, session["form_key"], by=g.viewer))
    return redirect(url_for(".sent"), 303)


@bp.route("/petitions/<id:id>/representatives", methods=["GET", "POST"])
@allow("petitions.register")
def represent(id: int) -> ResponseReturnValue:
    """One more who speaks for a joint petition; the receipt is handed over printed."""
    petition, form = found(load(id, g.viewer, to_move=request.method == "POST")), RepresentForm()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return page("petitions/letterbox/represent.html", status=status, petition=petition, form=form)
    session, identity = sessions.current(), {name: form[name].data or "" for name in ("name", "address", "contact")}
    try:
        sessions.keep(session, sent=models.represent(petition, identity, session["form_key"], by=g.viewer))
    except NotPossible:
        form.form_errors.append(_("A joint petition has at most five representatives (2022 Art 20)."))
        return page("petitions/letterbox/represent.html", status=422, petition=petition, form=form)
    return redirect(url_for(".sent"), 303)


@bp.get("/letters/sent")
@allow("public")
def sent() -> ResponseReturnValue:
    """The receipt code, shown once."""
    sending: str = session.get("sent", "")
    letter = models.sent(sending) if sending else None
    if letter is None:
        return page("petitions/letterbox/sent_before.html")
    petition, code = letter
    answer = page(
        "petitions/letterbox/sent.html",
        petition=petition,
        code=code,
        qr=receipts.qr_svg(code, _("Receipt code as a picture for a phone"), "qr"),
        notice=petition.clocks()[0].deadline,
    )
    if request.method == "GET":  # a HEAD shows nobody anything
        models.note_shown(sending)
    return answer
