"""The public pages of courses: what is announced, enrolling, the code, checking in on the day, the evaluation."""

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.pairing.enrolment.domain import STANDS
from blueprints.pairing.enrolment.forms import CheckInForm, CodeForm, EnrolForm, EvaluationForm
from blueprints.pairing.experts.forms import too_many
from blueprints.pairing.training import queries
from blueprints.pairing.training.domain import How, Place, Use
from blueprints.pairing.training.models import (
    AlreadyEnrolled,
    Course,
    Enrolment,
    hold_place,
    load_public,
)
from blueprints.pairing.training.queries import by_code, by_phone
from blueprints.pairing.training.views import labels
from core import limits, receipts, sendings
from core.codes import Opener
from core.extensions import db
from core.pages import found, page
from core.permissions import allow
from core.questions import sends
from core.workflow import NotPossible

bp = Blueprint("enrolment", __name__, url_prefix="/training")
CODES = Opener("place", "enrolled", "pairing/enrolment/look_up.html", CodeForm, by_code)


@bp.get("/")
@allow("public")
def announced() -> ResponseReturnValue:
    """The courses that lie ahead, and those that were called off, with the reason."""
    return page("pairing/enrolment/announced.html", lines=queries.announced(), labels=labels())


@bp.get("/<id:id>")
@allow("public")
def show(id: int) -> ResponseReturnValue:
    """A course, for everybody."""
    course = found(load_public(id))
    return page("pairing/enrolment/course.html", line=queries.lines([course])[0], course=course, labels=labels())


@bp.route("/<id:id>/enrol", methods=["GET", "POST"])
@allow("public")
def enrol(id: int) -> ResponseReturnValue:
    """A place, or one on the waiting list; the same form sent twice is one place with one code."""
    CODES.begin()
    form = EnrolForm()
    if form.validate_on_submit():
        if wait := limits.one_more_form(request):
            form.form_errors.append(too_many(wait))
            return _enrol_page(found(load_public(id)), form, 429)
        return _enrol(id, form)
    course = found(load_public(id))
    if not course.open_for_enrolment:
        return redirect(url_for(".show", id=id), 303)
    return _enrol_page(course, form)


def _enrol(id: int, form: EnrolForm) -> ResponseReturnValue:
    course = found(load_public(id, to_move=True))
    number = CODES.number((course.id, form.person()))
    try:
        course.enrol([form.person()], number)
    except AlreadyEnrolled:
        form.phone.errors = [_("This telephone number is enrolled in the course already.")]
        return _enrol_page(course, form)
    except NotPossible:
        flash(_("This course takes nobody in any more."), "warning")
        return redirect(url_for(".show", id=id), 303)
    CODES.keep(number)
    return redirect(url_for(".codes"), 303)


def _enrol_page(course: Course, form: EnrolForm, status: int = 0) -> Response:
    line = queries.lines([course])[0]
    status = status or (422 if form.errors else 200)
    return page("pairing/enrolment/enrol.html", status=status, form=form, line=line, course=course)


def _wait(seconds: int) -> Response:
    answer = page("pairing/enrolment/wait.html", status=429, wait=seconds)
    answer.headers["Retry-After"] = str(seconds)
    return answer


@bp.get("/code")
@allow("public")
def codes() -> ResponseReturnValue:
    """The codes of those who were just enrolled, shown once."""

    def draw(number: bytes) -> Response:
        rows = [(row, sendings.code(number, nth)) for nth, row in enumerate(queries.of_sending(number), start=1)]
        waits = all(row.state == Place.WAITING for row, _code in rows)
        return page("pairing/enrolment/codes.html", rows=rows, waits=waits, labels=labels())

    return CODES.once(draw, "pairing/enrolment/shown.html")


# --- with the code -------------------------------------------------------------------------------------------------


@bp.get("/place")
@allow("public")
def place() -> ResponseReturnValue:
    """The place that this browser opened by its code, else the question for the code."""
    row = _held()
    if row is None:
        return CODES.ask()
    return _place_page(row, EvaluationForm(formdata=None))


def _place_page(row: Enrolment, form: EvaluationForm) -> Response:
    status = 422 if form.errors else 200
    return page(
        "pairing/enrolment/place.html",
        status=status,
        place=row,
        course=row.course,
        stands=STANDS[Place(row.state)],
        before=row.waits_behind() if row.state == Place.WAITING else 0,
        form=form,
        labels=labels(),
    )


@bp.post("/place")
@allow("public")
def look_up() -> ResponseReturnValue:
    """Find the place of a code. A right code always works; wrong ones run into the limits."""
    return CODES.look_up(url_for(".place"))


def _held() -> Enrolment | None:
    """The place that this browser has opened by its code, if that is not too long ago; held, where it may change."""
    id = CODES.held()
    row = db.session.get(Enrolment, id) if id else None
    return hold_place(row.id, row.course_id) if row and sends() else row


@bp.post("/place/give-up")
@allow("public")
def give_up() -> ResponseReturnValue:
    """Give the place up."""
    row = _held()
    if row is None:
        return redirect(url_for(".place"), 303)
    try:
        row.give_up(by=None)
        CODES.another()
        flash(_("You gave the place up. Thank you for telling us: somebody else can come."), "success")
    except NotPossible:
        flash(_("This is not possible now."), "warning")
    return redirect(url_for(".place"), 303)


@bp.post("/place/evaluation")
@allow("public")
def evaluate() -> ResponseReturnValue:
    """Say how useful the course was."""
    form, row = EvaluationForm(), _held()
    if row is None or not row.may_evaluate:
        return redirect(url_for(".place"), 303)
    if not form.validate_on_submit():
        return _place_page(row, form)
    row.course.evaluate(row, Use(form.use.data), form.words.data or "")
    flash(_("Thank you. Nobody learns that this came from you."), "success")
    return redirect(url_for(".place"), 303)


@bp.post("/place/leave")
@allow("public")
def leave() -> ResponseReturnValue:
    """Close the place on this device."""
    CODES.close()
    return redirect(url_for(".announced"), 303)


# --- on the day ----------------------------------------------------------------------------------------------------


@bp.route("/<id:id>/here/<token>", methods=["GET", "POST"])
@allow("public")
def here(id: int, token: str) -> ResponseReturnValue:
    """Check in by the telephone number or the code; the page is there on the day only."""
    form = CheckInForm()
    typed = form.receipt.data or ""
    found_id = (by_code(typed) or by_phone(id, typed)) if sends() else None
    course = found(load_public(id, to_move=found_id is not None))
    found(course if course.checks_in(token) else None)
    if not sends():
        return page("pairing/enrolment/here.html", form=form, course=course, refused="")
    if found_id is None and (wait := _wrong(typed)):
        return _wait(wait)
    row = hold_place(found_id, id) if found_id else None
    if row is None or row.course_id != id or row.state != Place.SEAT:
        refused = "waiting" if row is not None and row.course_id == id else "unknown"
        return page("pairing/enrolment/here.html", status=422, form=form, course=course, refused=refused)
    fresh = row.attend(How.PHONE, by=None)
    flash(_("You are checked in. Welcome.") if fresh else _("You had checked in already. Welcome."), "success")
    return redirect(url_for(".here", id=id, token=token), 303)


def _wrong(typed: str) -> int:
    """A wrong number or code counts: whoever tries numbers has to wait."""
    return limits.wrong_receipt(request, typed) if receipts.tidy(typed) else limits.one_more_form(request)
