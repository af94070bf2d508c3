"""The pages of courses on the office's side: the list, a course, enrolling others, who came."""

import secrets
from typing import Any

from flask import Blueprint, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.pairing.experts.domain import SEASON_LABELS, TRADE_LABELS
from blueprints.pairing.training import queries
from blueprints.pairing.training.domain import EXPLAINED, LABELS, OF_A_PLACE, WORKFLOW, How
from blueprints.pairing.training.forms import STEP_FORMS, CourseForm, FilterForm, ListForm, PeopleForm
from blueprints.pairing.training.models import (
    AlreadyEnrolled,
    Course,
    Enrolment,
    TooFewSeats,
    load,
    load_place,
)
from core import places, receipts, sendings, sessions
from core.forms import ChangeForm, ConfirmForm
from core.pages import found, page
from core.permissions import allow
from core.questions import Question, ask, sends
from core.texts import plain
from core.workflow import NotPossible

bp = Blueprint("training", __name__, url_prefix="/training")

_STEPS = ", ".join(step.action for step in WORKFLOW if step.action not in (*OF_A_PLACE, "enrol", "attend"))
_OF_A_PLACE = ", ".join(OF_A_PLACE)


def labels() -> dict[str, Any]:
    """The words of every page about courses."""
    return plain({**LABELS, "trade": TRADE_LABELS, "season": SEASON_LABELS})


@bp.get("/courses/")
@allow("training.read")
def courses() -> ResponseReturnValue:
    """The courses, the newest first."""
    form = FilterForm(request.args)
    listing = queries.courses(g.viewer, form.wanted(), request.args.get("after", ""))
    return page("pairing/training/courses.html", block="list", form=form, listing=listing, labels=labels())


@bp.route("/courses/new", methods=["GET", "POST"])
@allow("training.manage")
def draft() -> ResponseReturnValue:
    """A new course, which nobody outside the unit sees until it is announced."""
    form = CourseForm()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return page("pairing/training/new.html", status=status, form=form, places=places)
    course = Course.draft(form.plan(), by=g.viewer)
    flash(_("The draft is kept. Announce it when everything is right."), "success")
    return redirect(url_for(".show", id=course.id), 303)


@bp.get("/courses/<id:id>")
@allow("training.read")
def show(id: int) -> ResponseReturnValue:
    """A course: what it is, its places, what may be done now, what people thought of it."""
    course = found(load(id, g.viewer))
    return page(
        "pairing/training/course.html",
        course=course,
        line=queries.lines([course])[0],
        people=queries.people(course, g.viewer),
        mine=course.managed_by(g.viewer),
        evaluations=queries.evaluations(course),
        timeline=queries.timeline(course),
        steps=[step for step in course.steps(g.viewer) if step.action not in OF_A_PLACE],
        labels=labels(),
    )


@bp.route(f"/courses/<id:id>/<any({_STEPS}):action>", methods=["GET", "POST"])
@allow("training.manage")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of a course; the table decides."""
    course = found(load(id, g.viewer, to_move=sends()))
    step, back = WORKFLOW.step(action), url_for(".show", id=id)
    form: ChangeForm = CourseForm.of(course) if step.asks == "course" else STEP_FORMS[step.asks]()
    crumbs = ((_("Training courses"), url_for(".courses")), (course.title, back))

    def act() -> None:
        course.move(action, {"plan": form.plan()} if isinstance(form, CourseForm) else form.data, by=g.viewer)

    def refused(why: NotPossible) -> Any:
        if isinstance(why, TooFewSeats):
            return _("Seats are taken up to number %(seat)s: there cannot be fewer.", seat=str(why))
        return _("This step is not open now.")

    return ask(
        Question(
            step.label,
            form,
            course,
            back,
            act,
            crumbs,
            open=step in course.steps(g.viewer),
            explained=EXPLAINED.get(action, ""),
            changes=lambda since: queries.timeline(course, since=since),
            refused=refused,
            template="pairing/training/step.html",
            about={"places": places},
        )
    )


# --- places --------------------------------------------------------------------------------------------------------


@bp.route("/courses/<id:id>/enrol", methods=["GET", "POST"])
@allow("training.read")
def enrol(id: int) -> ResponseReturnValue:
    """People of a village, or people who called: each gets a place or waits, and a code that is shown once."""
    course, form = found(load(id, g.viewer, to_move=sends())), PeopleForm()
    found(course if "enrol" in {step.action for step in course.steps(g.viewer)} else None)
    if form.validate_on_submit():
        key = session.get("form_key") or secrets.token_hex(16)
        number = sendings.number_of(key, (course.id, form.persons))
        try:
            course.enrol(form.persons, number, by=g.viewer, village=g.viewer.place_code)
            sessions.keep(sessions.current(), enrolled=number.hex())
            return redirect(url_for("enrolment.codes"), 303)
        except AlreadyEnrolled as known:
            form.people.errors = [_("Line %(line)d: this number is enrolled in the course already.", line=known.line)]
    status = 422 if form.is_submitted() else 200
    free = max(course.seats - queries.lines([course])[0].seated, 0)
    return page("pairing/training/enrol.html", status=status, form=form, course=course, free=free)


@bp.route("/courses/<id:id>/attend", methods=["GET", "POST"])
@allow("training.manage")
def attend(id: int) -> ResponseReturnValue:
    """The list, to tick who came; who came is never unticked here, so two lists at once do no harm."""
    course, form = found(load(id, g.viewer, to_move=sends())), ListForm()
    found(course if "attend" in {step.action for step in course.steps(g.viewer)} else None)
    absent = {str(row.id): row for row in queries.people(course, g.viewer) if row.seat and not row.came}
    form.came.choices = [(id, f"{row.number}　{row.name}") for id, row in absent.items()]
    if sends():
        ticked = [absent[id] for id in form.came.data or () if id in absent]
        fresh = [row.attend(How.LIST, by=g.viewer) for row in ticked]
        flash(_("Noted: %(count)d came.", count=sum(fresh)), "success")
        return redirect(url_for(".show", id=id), 303)
    return page("pairing/training/attend.html", form=form, course=course)


@bp.get("/courses/<id:id>/poster")
@allow("training.manage")
def poster(id: int) -> ResponseReturnValue:
    """The picture that leads a phone to the check-in page of the day, to print or to show on a screen."""
    course = found(load(id, g.viewer))
    found(course if course.managed_by(g.viewer) and course.public else None)
    address = url_for("enrolment.here", id=id, token=course.token, _external=True)
    return page(
        "pairing/training/poster.html",
        course=course,
        address=address,
        qr=receipts.qr_svg(address, _("Address of the check-in page as a picture for a phone"), "qr"),
    )


@bp.route(f"/places/<id:id>/<any({_OF_A_PLACE}):action>", methods=["GET", "POST"])
@allow("training.read")
def of_a_place(id: int, action: str) -> ResponseReturnValue:
    """A place is given up for somebody who called, or an attendance taken back."""
    row: Enrolment = found(load_place(id, g.viewer, to_move=sends()))
    step, back = WORKFLOW.step(action), url_for(".show", id=row.course_id)
    act = lambda: row.give_up(by=g.viewer) if action == "give_up" else row.absent(by=g.viewer)
    explained = {
        "give_up": _("Name and telephone number are removed, and whoever waits first gets the seat."),
        "absent": _("This person did not come after all."),
    }[action]
    crumbs = ((_("Training courses"), url_for(".courses")), (row.course.title, back))
    open, told = step in row.steps(g.viewer), row.name or ""
    return ask(Question(step.label, ConfirmForm(), row, back, act, crumbs, open, told, explained))
