"""The receipt page: the look-up by receipt code, and everything its holder may read and do."""

from datetime import datetime

from flask import Blueprint, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import TooManyRequests

from blueprints.bypass import models as bypass
from blueprints.petitions.docket.domain import INSIDE_CLOCKS, KIND_LABELS, TERMS, Kind, State
from blueprints.petitions.docket.models import Petition, by_id
from blueprints.petitions.receipt import models
from blueprints.petitions.receipt.domain import ASKS, LIES_READY, OPEN_FOR, STANDS
from blueprints.petitions.receipt.forms import AskForm, RatingForm, WriteForm
from blueprints.petitions.reception.queries import told
from blueprints.rules.hotline import views as hotline
from blueprints.rules.reports import models as reports
from core import attachments, clock, limits, papers, receipts, sessions
from core.errors import Kept, send_again
from core.extensions import csrf, db
from core.forms import ReceiptForm
from core.pages import found, language, page
from core.permissions import allow
from core.sheets import as_json, to_read
from core.workflow import NotPossible

bp = Blueprint("receipt", __name__)


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
        return page("petitions/receipt/look_up.html", form=ReceiptForm(), wait=0)
    return _status_page(petition)


@bp.post("/letters/status")
@allow("public")
def look_up() -> ResponseReturnValue:
    """Find the letter of a receipt code. A right code always works; wrong ones run into the limits."""
    form = ReceiptForm()
    code = form.receipt.data or ""
    id, sealed, report = models.by_receipt(code), bypass.by_receipt(code), reports.by_code(code)
    if report:
        hotline.open_report(*report)
        return send_again(form.kept.data) or redirect(url_for("hotline.status"), 303)
    if id is None and sealed is None:
        wait = limits.wrong_receipt(request, code)
        answer = page("petitions/receipt/look_up.html", status=429 if wait else 404, form=form, wait=wait)
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
    return page("petitions/receipt/look_up.html", status=401, form=form, wait=0, kept=kept)


def held(*, to_change: bool = False) -> Petition | None:
    """The letter that this browser has opened by its code, if that is not too long ago and the code still opens it."""
    id, until = session.get("letter"), session.get("letter_until", "")
    if not id or not until or clock.now() > datetime.fromisoformat(until):
        return None
    petition = by_id(id, to_change=to_change)
    return petition if petition is not None and not petition.erased else None


def _status_page(
    petition: Petition,
    status: int = 200,
    write_form: WriteForm | None = None,
    rating_form: RatingForm | None = None,
    ask_form: AskForm | None = None,
    asking: str = "",
) -> ResponseReturnValue:
    happened, openings = models.happened(petition)
    state = State(petition.state)
    return page(
        "petitions/receipt/status.html",
        status=status,
        petition=petition,
        stands=LIES_READY.get(state, STANDS[state]) if petition.anonymous else STANDS[state],
        clocks=[each for each in petition.clocks() if each.stopped_on is None and each.name not in INSIDE_CLOCKS],
        terms=TERMS,
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
    return page("petitions/receipt/paper.html", paper=row, sheet=sheet)


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
    return redirect(url_for("letterbox.front"), 303)
