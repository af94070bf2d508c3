"""The pages of protection: the reading log, a notice of retaliation from whoever wrote, and what is done with it."""

from typing import Any

from flask import Blueprint, Response, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from blueprints.petitions.docket.domain import STAFF
from blueprints.petitions.docket.models import Petition, load
from blueprints.petitions.protection import models, queries
from blueprints.petitions.protection.domain import (
    ADDRESSED_LABELS,
    NOTICE_STATES,
    READS,
    RETALIATION,
    SHOWN,
    WHAT_LABELS,
    What,
)
from blueprints.petitions.protection.forms import STEP_FORMS, NoticeForm, ReadingsForm
from blueprints.petitions.receipt.views import ask_again, held
from core.extensions import csrf
from core.forms import ChangeForm, ReceiptForm
from core.pages import found, language, page
from core.permissions import allow
from core.roles import Role
from core.texts import plain
from core.workflow import NotPossible
from settings import settings

bp = Blueprint("protection", __name__)


# --- readings ------------------------------------------------------------------------------------------------------


@bp.after_app_request
def note_reading(response: Response) -> Response:
    """Whatever a person of the office was shown of a matter is noted before it leaves; see READS."""
    what = READS.get(request.endpoint or "")
    viewer = g.get("viewer")
    if what and viewer and viewer.role in STAFF and response.status_code in SHOWN and request.method in ("GET", "POST"):
        what = what if response.status_code == 200 else What.CASE  # the form came back, and nothing was opened
        try:
            models.note_reading(viewer, (request.view_args or {})["id"], what)
        except SQLAlchemyError:  # the office goes on reading; that the log has a hole is said where the operator looks
            current_app.logger.error("a reading could not be noted")
    return response


@bp.get("/protection/readings")
@allow("protection.readings")
def readings() -> ResponseReturnValue:
    """Who opened what, and when: numbers and accounts, no names and no text."""
    form = ReadingsForm(request.args)
    listing = queries.readings(g.viewer, form.wanted(), request.args.get("after", ""))
    return page("petitions/protection/readings.html", block="list", form=form, listing=listing, what=plain(WHAT_LABELS))


# --- a notice, by whoever holds the receipt code ---------------------------------------------------------------------


@bp.get("/letters/status/retaliation")
@allow("public")
def ask() -> ResponseReturnValue:
    """What somebody may write who is treated badly because of their letter, and what became of it."""
    petition = held()
    if petition is None:
        return page("petitions/receipt/look_up.html", form=ReceiptForm(formdata=None), wait=0)
    return _notice_page(petition, NoticeForm(formdata=None, about=petition.id))


def _notice_page(petition: Petition, form: NoticeForm, status: int = 200, **more: Any) -> Response:
    about: dict[str, Any] = {"petition": petition, "notices": models.told(petition.id), "states": plain(NOTICE_STATES)}
    return page("petitions/protection/ask.html", status=status, form=form, **about, **more)


@bp.post("/letters/status/retaliation")
@allow("public")
def send() -> ResponseReturnValue:
    """Take the notice in: it goes past the clerks and past whoever handles the letter."""
    form = NoticeForm()
    valid = form.validate_on_submit()
    petition = held(to_change=True)
    if petition is None:
        return ask_again()
    if not valid:
        return _notice_page(petition, form, 422)
    try:
        models.Retaliation.send(petition, form.text.data or "", form.person.data or "", form.unit_id)
    except NotPossible:
        own = settings()
        organ = own.SUPERIOR_NAME if language() == "zh" else own.SUPERIOR_NAME_EN
        return _notice_page(petition, form, 422, one_up=organ)
    flash(_("Your notice is with the office. The answer will stand here."), "success")
    return redirect(url_for(".ask"), 303)


csrf.exempt(send)  # the form checks its own token, as the others of the receipt page do

# --- a notice, by whoever looks into it ------------------------------------------------------------------------------


@bp.get("/protection/retaliation")
@allow("protection.retaliation")
def notices() -> ResponseReturnValue:
    """The notices that wait for this person, and those that are done."""
    return page(
        "petitions/protection/notices.html",
        waiting=queries.notices(g.viewer),
        done=queries.notices(g.viewer, open_ones=False),
        states=plain(NOTICE_STATES),
    )


@bp.get("/protection/retaliation/<id:id>")
@allow("protection.retaliation")
def notice(id: int) -> ResponseReturnValue:
    """A notice, what happened, and what can be done with it now."""
    return _case(found(models.load_notice(id, g.viewer)))


def _case(notice: models.Retaliation, form: ChangeForm | None = None, action: str = "", status: int = 200) -> Response:
    steps = [(step, STEP_FORMS[step.asks](formdata=None)) for step in notice.steps(g.viewer)]
    forms = [(step, form if form and step.action == action else blank) for step, blank in steps]
    for _step, each in forms:
        each.version.data = str(notice.version)
    return page(
        "petitions/protection/notice.html",
        status=status,
        notice=notice,
        forms=forms,
        wrong=form,
        behind=status == 409,
        matter=load(notice.petition_id, g.viewer) if g.viewer.role == Role.LEADER else None,
        states=plain(NOTICE_STATES),
        addressed=plain(ADDRESSED_LABELS),
        timeline=queries.timeline(notice),
    )


@bp.post("/protection/retaliation/<id:id>/<any(" + ", ".join(step.action for step in RETALIATION) + "):action>")
@allow("protection.retaliation")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of a notice comes here; the table decides."""
    notice = found(models.load_notice(id, g.viewer, to_move=True))
    step = RETALIATION.step(action)
    form = STEP_FORMS[step.asks]()
    if form.seen != notice.version or step not in notice.steps(g.viewer):
        return _case(notice, form, action, 409)
    if not form.validate_on_submit():
        return _case(notice, form, action, 422)
    notice.move(action, form.data, by=g.viewer)
    flash(_("Done: %(step)s.", step=step.label), "success")
    return redirect(url_for(".notice", id=id), 303)
