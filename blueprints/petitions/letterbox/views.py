"""The ways in: the front page, the letter, a clerk's intake, the receipt, the look-up by receipt code."""

import secrets
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import TooManyRequests

from blueprints.petitions.bypass import models as bypass
from blueprints.petitions.docket.domain import INSIDE_CLOCKS, KIND_LABELS, Kind, State
from blueprints.petitions.docket.models import Petition, load
from blueprints.petitions.letterbox import models
from blueprints.petitions.letterbox.domain import ASKS, KIND_EXAMPLES, OPEN_FOR, STANDS
from blueprints.petitions.letterbox.forms import (
    AskForm,
    IntakeForm,
    LetterForm,
    RatingForm,
    ReceiptForm,
    RepresentForm,
    WriteForm,
)
from blueprints.petitions.reception.queries import told
from core import attachments, clock, limits, papers, places, receipts, sessions
from core.errors import Kept, send_again
from core.extensions import csrf, db
from core.pages import found, language, page
from core.permissions import allow
from core.procedures import in_force, profile
from core.roles import Role
from core.sheets import as_json, to_read
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
        sessions.keep(session, sealed=bypass.seal(form.letter(""), form_key))
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


@bp.post("/letters/slip.pdf")
@allow("public")
def slip() -> ResponseReturnValue:
    """The receipt slip to print; the code comes in the form, never in the address."""
    code = receipts.tidy(request.form.get("receipt", "")) or ""
    id = models.by_receipt(code)
    if id is None and (wait := limits.wrong_receipt(request, code)):
        raise TooManyRequests(retry_after=wait)
    petition = found(db.session.get(Petition, found(id)))
    sheets = petition.slip(receipts.grouped(code), address=url_for(".status", _external=True))
    return papers.send(as_json(sheets), language(), "receipt")


@bp.get("/letters/status")
@allow("public")
def status() -> ResponseReturnValue:
    """Where the letter stands, for who gave its receipt code; else the question for the code."""
    petition = held()
    if petition is None:
        return page("petitions/letterbox/look_up.html", form=ReceiptForm(), wait=0)
    return _status_page(petition)


@bp.post("/letters/status")
@allow("public")
def look_up() -> ResponseReturnValue:
    """Find the letter of a receipt code. A right code always works; wrong ones run into the limits."""
    form = ReceiptForm()
    code = form.receipt.data or ""
    id, sealed = models.by_receipt(code), bypass.by_receipt(code)
    if id is None and sealed is None:
        wait = limits.wrong_receipt(request, code)
        answer = page("petitions/letterbox/look_up.html", status=429 if wait else 404, form=form, wait=wait)
        if wait:
            answer.headers["Retry-After"] = str(wait)
        return answer
    open_letter(id, sealed)
    return send_again(form.kept.data) or redirect(url_for("bypass.sealed" if sealed else ".status"), 303)


def open_letter(id: int | None, sealed: str | None = None) -> None:
    """Open a letter in this browser, or one that is sealed for the organ above, for as long as a code opens it."""
    until = clock.now() + OPEN_FOR  # where somebody is signed in, the sitting itself lasts longer
    sessions.hold(sessions.current(), letter=id, sealed_number=sealed, letter_until=until.isoformat())


def ask_again() -> ResponseReturnValue:
    """Somebody wrote for longer than a letter stays open: the question for its code carries along what they wrote."""
    kept = Kept.sent()
    form = ReceiptForm(formdata=None, kept=kept.packed() if kept else "")
    return page("petitions/letterbox/look_up.html", status=401, form=form, wait=0, kept=kept)


def held(*, to_change: bool = False) -> Petition | None:
    """The letter that this browser has opened by its code, if that is not too long ago."""
    id, until = session.get("letter"), session.get("letter_until", "")
    if not id or not until or clock.now() > datetime.fromisoformat(until):
        return None
    return db.session.get(Petition, id, with_for_update=to_change)


def _status_page(
    petition: Petition,
    status: int = 200,
    write_form: WriteForm | None = None,
    rating_form: RatingForm | None = None,
    ask_form: AskForm | None = None,
    asking: str = "",
) -> ResponseReturnValue:
    happened, openings = models.happened(petition)
    return page(
        "petitions/letterbox/status.html",
        status=status,
        petition=petition,
        stands=STANDS[State(petition.state)],
        clocks=[each for each in petition.clocks() if each.stopped_on is None and each.name not in INSIDE_CLOCKS],
        kind=KIND_LABELS[Kind(petition.kind)],
        happened=happened,
        openings=openings,
        papers=petition.papers(inside=False),
        messages=petition.messages(all_of_them=False),
        files_shown=[
            {"name": each.name, "url": url_for(".file", file=each.id), "size": each.size} for each in petition.files()
        ],
        write_form=write_form or WriteForm(formdata=None, about=petition.id),
        heard=told(petition),
        rating_form=(rating_form or RatingForm(formdata=None, about=petition.id))
        if models.may_rate(petition)
        else None,
        asks=[(action, *ASKS[action]) for action in petition.may_ask()],
        ask_form=ask_form or AskForm(formdata=None, about=petition.id),
        asking=asking,
    )


@bp.post("/letters/status/message")
@allow("public")
def write_back() -> ResponseReturnValue:
    """The petitioner writes to the office."""
    form = WriteForm()
    valid = form.validate_on_submit()
    petition = held(to_change=True)
    if petition is None:
        return ask_again()
    if not valid:
        return _status_page(petition, 422, write_form=form)
    models.write_back(petition, form.text.data or "", form.files.cleaned)
    flash(_("Your message is with the office."), "success")
    return redirect(url_for(".status"), 303)


@bp.post("/letters/status/rating")
@allow("public")
def rate() -> ResponseReturnValue:
    """The petitioner rates the handling."""
    form = RatingForm()
    petition = held(to_change=True)
    if petition is None:
        return ask_again()
    if not models.may_rate(petition):
        return redirect(url_for(".status"), 303)
    if not form.validate_on_submit():
        return _status_page(petition, 422, rating_form=form)
    models.rate(petition, form.satisfaction.data, form.words.data or "")
    flash(_("Thank you. Your rating is kept."), "success")
    return redirect(url_for(".status"), 303)


@bp.post("/letters/status/ask/<any(recusal, " + ", ".join(ASKS) + "):what>")
@allow("public")
def ask(what: str) -> ResponseReturnValue:
    """The petitioner asks for a review or a re-examination, or that somebody does not handle the matter."""
    form = AskForm()
    petition = held(to_change=True)
    if petition is None:
        return ask_again()
    if not form.validate_on_submit():
        return _status_page(petition, 422, ask_form=form, asking=what)
    try:
        models.ask(petition, what, form.reason.data or "")
        flash(_("Your request is with the office."), "success")
    except NotPossible:
        flash(_("This is not possible now."), "warning")
    return redirect(url_for(".status"), 303)


# Their forms check the token themselves: when the letter was closed meanwhile, its code is asked for first.
csrf.exempt(write_back)
csrf.exempt(rate)
csrf.exempt(ask)


@bp.get("/letters/status/papers/<id:paper>")
@allow("public")
def paper(paper: int) -> ResponseReturnValue:
    """A paper for the petitioner, with their name on it."""
    petition = found(held())
    row = found(petition.paper_of(paper))
    sheet = to_read(row.sheets, language(), petition.addressee)
    return page("petitions/letterbox/paper.html", paper=row, sheet=sheet)


@bp.get("/letters/status/papers/<id:paper>.pdf")
@allow("public")
def paper_pdf(paper: int) -> ResponseReturnValue:
    """The same paper as a PDF."""
    petition = found(held())
    row = found(petition.paper_of(paper))
    return papers.send(row.sheets, language(), row.number, petition.addressee)


@bp.get("/letters/status/files/<id:file>")
@allow("public")
def file(file: int) -> ResponseReturnValue:
    """A file of the own letter."""
    row = found(found(held()).file_of(file))
    return attachments.send(row.id, row.name, row.kind)


@bp.post("/letters/leave")
@allow("public")
def leave() -> ResponseReturnValue:
    """Close the letter on this device: important where several people use one phone or PC."""
    if g.viewer is None:
        sessions.end(sessions.current())
    else:
        sessions.keep(sessions.current(), letter=None, sent="", sealed="", sealed_number="")
    flash(_("The letter is closed on this device."), "success")
    return redirect(url_for(".front"), 303)
