"""The public page of visits and reception days, signing up with a receipt code, a letter taken down in the village."""

import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.petitions.docket.models import Petition
from blueprints.petitions.doorstep.forms import TakeDownForm
from blueprints.petitions.letterbox import models as letters
from blueprints.petitions.receipt.models import by_receipt
from blueprints.petitions.receipt.views import ask_again, held, open_letter
from blueprints.petitions.reception import models as reception
from blueprints.petitions.reception import queries as receptions
from blueprints.petitions.reception.domain import LABELS
from blueprints.petitions.reception.models import Full, ReceptionDay
from blueprints.petitions.reception.views import day_appointment
from blueprints.petitions.visits import models as visits
from blueprints.petitions.visits import queries
from blueprints.petitions.visits.domain import DRAFT_DAYS
from blueprints.petitions.visits.models import Visit
from blueprints.petitions.visits.views import as_appointment, send_calendar
from core import clock, limits, places, receipts, sessions
from core.extensions import csrf, db
from core.forms import ReceiptForm
from core.pages import found, page
from core.permissions import allow
from core.texts import plain
from core.workflow import NotPossible

bp = Blueprint("doorstep", __name__, url_prefix="/visits")


@bp.get("/announced")
@allow("public")
def announced() -> ResponseReturnValue:
    """What lies ahead: visits, reception days, early and late hours."""
    return page(
        "petitions/doorstep/announced.html",
        trips=queries.upcoming(announced=True),
        days=receptions.upcoming(announced=True),
        hours=receptions.published(),
        labels=plain(LABELS),
    )


@bp.get("/announced.ics")
@allow("public")
def announced_file() -> ResponseReturnValue:
    """The same for a calendar program."""
    trips = [as_appointment(each) for each in queries.upcoming(announced=True)]
    return send_calendar([*trips, *map(day_appointment, receptions.upcoming(announced=True))], "announced")


# --- to be heard ---------------------------------------------------------------------------------------------------


@bp.route("/announced/<id:id>/sign-up", methods=["GET", "POST"])
@allow("public")
def sign_up(id: int) -> ResponseReturnValue:
    """To be heard at a visit, for whoever holds a receipt code."""
    return _sign_up(visits.load, id, queries.trip)


@bp.route("/announced/days/<id:id>/sign-up", methods=["GET", "POST"])
@allow("public")
def sign_up_day(id: int) -> ResponseReturnValue:
    """To be heard on a reception day."""
    return _sign_up(reception.load, id, lambda day: day)


def _sign_up(load: Callable[..., Any], id: int, shown: Callable[[Any], Any]) -> ResponseReturnValue:
    """Ask for the code; a right one always works, wrong ones run into the limits of the look-up."""
    form, sent = ReceiptForm(), request.method == "POST"
    code = form.receipt.data or ""
    letter = by_receipt(code) if sent else None  # before anything is held: whoever guesses holds up nobody
    to: Visit | ReceptionDay = found(load(id, to_move=sent))
    found(to if to.open_for_sign_up else None)
    about: dict[str, Any] = {"form": form, "day": shown(to), "is_visit": isinstance(to, Visit), "refused": ""}
    if letter is None:
        drawn = page("petitions/doorstep/sign_up.html", status=404 if sent else 200, **about)
        wait = limits.wrong_receipt(request, code) if sent else 0
        return _wait(wait, about) if wait else drawn
    petition = db.session.get_one(Petition, letter, with_for_update=True)
    try:
        new = visits.sign_up(to, petition) if isinstance(to, Visit) else to.sign_up(petition, by=None)
    except (NotPossible, Full) as refused:
        return page("petitions/doorstep/sign_up.html", status=422, **{**about, "refused": type(refused).__name__})
    open_letter(letter)
    flash(_("You are signed up.") if new else _("You had signed up already."), "success")
    return redirect(url_for("receipt.status"), 303)


def _wait(wait: int, about: dict[str, Any]) -> Response:
    answer = page("petitions/receipt/look_up.html", status=429, form=about["form"], wait=wait)
    answer.headers["Retry-After"] = str(wait)
    return answer


@bp.post("/announced/<id:id>/withdraw")
@allow("public")
def withdraw(id: int) -> ResponseReturnValue:
    """Take a sign-up for a visit back."""
    petition = held(to_change=True)
    if petition is None:
        return ask_again()
    visits.withdraw(id, petition)
    flash(_("Your sign-up is taken back."), "success")
    return redirect(url_for("receipt.status"), 303)


@bp.post("/announced/days/<id:id>/withdraw")
@allow("public")
def withdraw_day(id: int) -> ResponseReturnValue:
    """Take a sign-up for a reception day back."""
    petition = held(to_change=True)
    if petition is None:
        return ask_again()
    reception.withdraw(id, petition)
    flash(_("Your sign-up is taken back."), "success")
    return redirect(url_for("receipt.status"), 303)


# --- on the spot ---------------------------------------------------------------------------------------------------


@bp.get("/<id:id>/take-down")
@allow("visits.take_down")
def ask_take_down(id: int) -> ResponseReturnValue:
    """An empty letter for somebody who came; what is typed is kept on the device until the office has it.

    Once it is over, or for whoever was taken off it, only what waits on the device: nobody else could send it.
    """
    visit = _there(id)
    prefilled = {"received_on": clock.today(), "township": visit.township_code, "place": queries.first_place(visit)}
    form = TakeDownForm(request.args or None, form_key=secrets.token_hex(16), **prefilled)
    return _take_down_page(visit, form)


def _there(id: int) -> Visit:
    """The visit, for whoever takes letters down there or did: what was written may come in late."""
    visit = found(visits.load(id))
    return found(visit if visit.took_down(g.viewer) else None)


def _take_down_page(visit: Visit, form: TakeDownForm, status: int = 200) -> ResponseReturnValue:
    form.township.choices = [("", _("Choose")), *places.townships()]
    form.form_key.data = form.key(secrets.token_hex(16))
    about: dict[str, Any] = {"visit": visit, "trip": queries.trip(visit), "draft": _draft(visit)}
    about["over"] = not visit.takes_down(g.viewer)  # nothing new is begun there
    return page(
        "petitions/doorstep/take_down.html",
        block="village",
        status=status,
        form=form,
        places=places,
        draft_days=DRAFT_DAYS,
        **about,
    )


def _draft(visit: Visit) -> str:
    """Under which name the device keeps what is typed: one for each person and visit."""
    return f"draft {g.viewer.id} {visit.id}"


@bp.post("/<id:id>/take-down")
@allow("visits.take_down")
def take_down(id: int) -> ResponseReturnValue:
    """Take it in, once, however often it is sent."""
    form = TakeDownForm()
    valid = form.validate_on_submit()
    visit = _there(id)
    if not valid:
        return _take_down_page(visit, form, 422)
    key = form.key(secrets.token_hex(16))
    sessions.keep(sessions.current(), sent=letters.send(form, key, by=g.viewer), sent_key=key)
    return redirect(url_for(".taken_down", id=id), 303)


csrf.exempt(take_down)  # the form checks its own token, so that a late one gives the letter back


@bp.get("/<id:id>/taken-down")
@allow("visits.take_down")
def taken_down(id: int) -> ResponseReturnValue:
    """The receipt code for whoever came, shown once; from now on the device need not keep the draft."""
    visit = _there(id)
    sending: str = session.get("sent", "")
    letter = letters.sent(sending) if sending else None
    about: dict[str, Any] = {"visit": visit, "draft": _draft(visit), "key": session.get("sent_key", "")}
    about["over"] = not visit.takes_down(g.viewer)
    if letter is None:
        return page("petitions/doorstep/taken_down.html", petition=None, **about)
    petition, code = letter
    answer = page(
        "petitions/doorstep/taken_down.html",
        petition=petition,
        code=code,
        qr=receipts.qr_svg(code, _("Receipt code as a picture for a phone"), "qr"),
        notice=petition.clocks()[0].deadline,
        **about,
    )
    if request.method == "GET":  # a HEAD shows nobody anything
        letters.note_shown(sending)
    return answer
