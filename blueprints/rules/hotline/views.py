"""The public pages of reports: the form, the receipt code shown once, and what the holder of the code reads and does.

The key of the form and the number of a sending lie in cookies of their own and nowhere here: with them and the office's
keys the receipt code could be worked out again, and with the code the report be read.
"""

import re
import secrets

from flask import Blueprint, Response, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from blueprints.rules.hotline import models
from blueprints.rules.hotline.forms import NoticeForm, ReportForm, WriteForm
from blueprints.rules.reports.domain import (
    KIND_EXAMPLES,
    KIND_LABELS,
    OUTCOME_LABELS,
    RESULTS,
    STANDS,
    STATE_LABELS,
    Outcome,
    State,
    What,
)
from blueprints.rules.reports.models import Opened
from core import receipts, sessions, unlocked
from core.attachments import send
from core.errors import Kept
from core.extensions import csrf, db
from core.forms import ReceiptForm
from core.pages import found, language, page
from core.permissions import allow
from core.texts import plain
from core.workflow import NotPossible
from settings import settings

bp = Blueprint("hotline", __name__, url_prefix="/reports")
FORM, SENT = "xiafang_tip", "xiafang_tip_sent"
_HEX = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")


def _cookie(name: str) -> str:
    found = request.cookies.get(name, "")
    return found if _HEX.fullmatch(found) else ""


def _keep(answer: Response, name: str, value: str) -> Response:
    lasts = None if value else 0
    secure = settings().HTTPS
    answer.set_cookie(name, value, lasts, httponly=True, samesite="Strict", secure=secure, path="/reports")
    return answer


def _to(endpoint: str) -> Response:
    return make_response(redirect(url_for(endpoint), 303))


def _organ() -> str:
    return settings().SUPERIOR_NAME if language() == "zh" else settings().SUPERIOR_NAME_EN


@bp.get("/new")
@allow("public")
def new() -> ResponseReturnValue:
    """An empty report."""
    return _form_page(ReportForm(formdata=None))


def _form_page(form: ReportForm, status: int = 200) -> Response:
    answer = page("rules/hotline/new.html", status=status, form=form, examples=plain(KIND_EXAMPLES), organ=_organ())
    return answer if _cookie(FORM) else _keep(answer, FORM, secrets.token_hex(16))


@bp.post("/new")
@allow("public")
def write() -> ResponseReturnValue:
    """Take the report in."""
    form = ReportForm()
    if not form.validate_on_submit():
        return _form_page(form, 422)
    tip, form_key = form.tip, _cookie(FORM) or secrets.token_hex(16)
    if form.upward:
        with force_locale("zh_Hans_CN"):
            kind = f"{_('Report of a violation')}：{KIND_LABELS[tip.kind]}"
        sessions.keep(sessions.current(), sealed=models.seal(tip, kind, form_key))
        return _keep(_to("bypass.sealed"), FORM, form_key)
    try:
        answer = _keep(_to(".sent"), SENT, models.send(tip, form_key))
    except NotPossible:  # the last officer with a key has gone since it was checked
        db.session.rollback()
        form.form_errors.append(_("Nobody in this office may receive this report."))
        return _form_page(form, 422)
    return _keep(answer, FORM, form_key)


csrf.exempt(write)  # the form checks its own token, so that a late one gives the report back instead of an error page


@bp.get("/sent")
@allow("public")
def sent() -> ResponseReturnValue:
    """The receipt code, shown once."""
    sending = _cookie(SENT)
    made = models.sent(sending) if sending else None
    if made is None:
        return page("rules/hotline/sent_before.html")
    report, code = made
    qr = receipts.qr_svg(code, _("Receipt code as a picture for a phone"), "qr")
    answer = page("rules/hotline/sent.html", report=report, code=code, qr=qr, kinds=plain(KIND_LABELS))
    if request.method == "GET":  # a HEAD shows nobody anything
        models.note_shown(sending)
    return answer


# --- what the code opens ---------------------------------------------------------------------------------------------


def open_report(id: int, private: bytes) -> None:
    """Open a report in this browser, for as long as a code opens it."""
    unlocked.keep(unlocked.REPORTER, id, private)


def held(*, to_change: bool = False) -> tuple[Opened, bytes] | None:
    """The report that lies open in this browser, and what its code makes."""
    key = unlocked.held(unlocked.REPORTER)
    opened = models.open_report(key.whose, key.key, to_change=to_change) if key else None
    return (opened, key.key) if opened and key else None


def ask_again() -> Response:
    """The question for the code; what somebody sent when the report had been closed comes along."""
    kept = Kept.sent()
    form = ReceiptForm(formdata=None, kept=kept.packed() if kept else "")
    return page("rules/hotline/look_up.html", status=401 if kept else 200, form=form, kept=kept)


@bp.get("/status")
@allow("public")
def status() -> ResponseReturnValue:
    """Where the report stands, for who gave its receipt code; else the question for the code."""
    opened = held()
    return _status_page(*opened) if opened else ask_again()


def _status_page(opened: Opened, private: bytes, form: WriteForm | None = None, status: int = 200) -> Response:
    report = opened.report
    shown = [each for each in opened.parts if each.shown]
    parts = {each.id for each in shown}
    return page(
        "rules/hotline/status.html",
        status=status,
        report=report,
        first=opened.told(What.REPORT)[0],
        parts=shown,
        files=[each for each in opened.files() if each.part_id in parts],
        stands=STANDS[State(report.state)],
        result=RESULTS[Outcome(report.outcome)] if report.state == State.CLOSED and report.outcome else "",
        happened=models.happened(report),
        form=form or WriteForm(formdata=None, about=str(report.id)),
        notices=models.notices(opened, private),
        labels=plain({"kind": KIND_LABELS, "state": STATE_LABELS, "outcome": OUTCOME_LABELS}),
    )


@bp.post("/status/message")
@allow("public")
def write_back() -> ResponseReturnValue:
    """The reporter writes to the office."""
    form = WriteForm()
    valid = form.validate_on_submit()
    opened = held(to_change=True)
    if opened is None:
        return ask_again()
    if not valid:
        return _status_page(*opened, form, 422)
    models.write_back(opened[0], form.text.data or "", form.files.cleaned)
    flash(_("Your message is with the office."), "success")
    return redirect(url_for(".status"), 303)


@bp.get("/status/retaliation")
@allow("public")
def ask_notice() -> ResponseReturnValue:
    """What somebody may write who is treated badly because of their report, and what became of it."""
    opened = held()
    if opened is None:
        return ask_again()
    return _notice_page(*opened, NoticeForm(formdata=None, about=str(opened[0].report.id)))


def _notice_page(opened: Opened, private: bytes, form: NoticeForm, status: int = 200, one_up: str = "") -> Response:
    return page(
        "rules/hotline/retaliation.html",
        status=status,
        form=form,
        report=opened.report,
        notices=models.notices(opened, private),
        states=plain(STATE_LABELS),
        one_up=one_up,
    )


@bp.post("/status/retaliation")
@allow("public")
def send_notice() -> ResponseReturnValue:
    """Take the notice in: it goes past the officer who handles the report."""
    form = NoticeForm()
    valid = form.validate_on_submit()
    opened = held(to_change=True)
    if opened is None:
        return ask_again()
    if not valid:
        return _notice_page(*opened, form, 422)
    try:
        models.complain(opened[0], form.text.data or "", form.person.data or "", form.unit_id, opened[1])
    except NotPossible:
        return _notice_page(*opened, form, 422, _organ())
    flash(_("Your notice is with the office. The answer will stand here."), "success")
    return redirect(url_for(".ask_notice"), 303)


# Their forms check the token themselves: when the report was closed meanwhile, its code is asked for first.
csrf.exempt(write_back)
csrf.exempt(send_notice)


@bp.get("/status/files/<id:file>")
@allow("public")
def file(file: int) -> ResponseReturnValue:
    """A file of the own report, or of a message."""
    opened, _private = found(held())
    row = found(opened.file_of(file))
    shown = {each.id for each in opened.parts if each.shown}
    row = found(row if row.part_id in shown else None)
    return send(row.id, row.name, row.kind, pieces=iter([opened.content(row)]))


@bp.post("/leave")
@allow("public")
def leave() -> ResponseReturnValue:
    """Close the report on this device, and forget the form that was sent."""
    unlocked.forget(unlocked.REPORTER)
    flash(_("The report is closed on this device."), "success")
    answer = _keep(_to("letterbox.front"), SENT, "")
    return _keep(answer, FORM, "")
