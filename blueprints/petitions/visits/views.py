"""The pages of down-visits: the list, one visit, its matters, what was said and promised there."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from blueprints.petitions.docket.domain import LABELS as PETITION_LABELS
from blueprints.petitions.docket.models import Petition
from blueprints.petitions.visits import models, queries
from blueprints.petitions.visits.domain import (
    DRAFT_DAYS,
    EXPLAINED,
    LABELS,
    PROMISE,
    STATE_LABELS,
    WORKFLOW,
    Result,
    State,
)
from blueprints.petitions.visits.forms import (
    STEP_FORMS,
    CasesForm,
    DoneForm,
    PlanForm,
    PromiseFilterForm,
    PromiseForm,
    ResultForm,
)
from blueprints.petitions.visits.models import Visit, VisitPromise
from core import clock, ics, places
from core.pages import found, newest_key, page
from core.permissions import allow
from core.questions import Question, ask, sends
from core.texts import plain
from core.workflow import NotPossible

bp = Blueprint("visits", __name__, url_prefix="/visits")
STEPS = ", ".join(step.action for step in WORKFLOW)
PROMISE_STEPS = ", ".join(step.action for step in PROMISE)


@bp.get("/")
@allow("visits.read")
def index() -> ResponseReturnValue:
    """What lies ahead, and what was."""
    ahead = queries.upcoming()
    listing = queries.past(request.args.get("after", ""))
    return page("petitions/visits/index.html", ahead=ahead, listing=listing, labels=plain(LABELS))


# --- the plan ------------------------------------------------------------------------------------------------------


@bp.get("/new")
@allow("visits.plan")
def new() -> ResponseReturnValue:
    """The township first: it brings its villages."""
    return _plan_page(PlanForm(formdata=None), request.args.get("township", ""))


def _plan_page(form: PlanForm, township: str, status: int = 200) -> Response:
    form.fill(township, queries.leaders(None, g.viewer))
    return page("petitions/visits/plan.html", status=status, form=form, visit=None, **_of_township(township))


def _of_township(township: str) -> dict[str, Any]:
    return {"township": dict(places.townships()).get(township), "townships": places.townships()}


@bp.post("/new")
@allow("visits.plan")
def plan() -> ResponseReturnValue:
    """Plan a visit."""
    form = PlanForm()
    township = form.township.data or ""
    form.fill(township, queries.leaders(None, g.viewer))
    if township not in dict(places.townships()) or not form.validate_on_submit():
        return _plan_page(form, township, 422)
    visit = Visit.plan(form.plan(), by=g.viewer)
    flash(_("The visit is planned. Choose the matters to take along."), "success")
    return redirect(url_for(".cases", id=visit.id), 303)


@bp.get("/<id:id>")
@allow("visits.read")
def show(id: int) -> ResponseReturnValue:
    """One visit: when, where to, who goes; its matters, its promises, the steps open now."""
    visit = found(models.load(id))
    return page(
        "petitions/visits/visit.html",
        visit=visit,
        trip=queries.trip(visit),
        cases=queries.cases(visit, g.viewer),
        promises=queries.promises(g.viewer, queries.PromiseFilter(visit=visit.id)).rows,
        steps=visit.steps(g.viewer),
        takes_down=visit.takes_down(g.viewer),
        may_wait=clock.today() <= visit.held_on + timedelta(days=DRAFT_DAYS) and visit.took_down(g.viewer),
        may_promise=visit.hears_promises_of(g.viewer),
        labels=plain(LABELS),
        petition_labels=plain(PETITION_LABELS),
    )


@bp.route(f"/<id:id>/<any({STEPS}):action>", methods=["GET", "POST"])
@allow("visits.plan")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of a visit: what it asks for, then the step; the table decides."""
    visit = found(models.load(id, to_move=sends()))
    step, back = WORKFLOW.step(action), url_for(".show", id=id)
    trip = queries.trip(visit)
    crumbs = ((_("Down-visits"), url_for(".index")), (trip.place, back))
    open = step in visit.steps(g.viewer)
    if action == "change":
        plan = _as_planned(visit)
        about = {"visit": visit, **_of_township(visit.township_code)}
        change = Question(step.label, plan, visit, back, lambda: visit.change(plan.plan(), by=g.viewer), crumbs, open)
        return ask(replace(change, template="petitions/visits/plan.html", about=about))
    form = STEP_FORMS[step.asks]()
    question = Question(step.label, form, visit, back, lambda: visit.move(action, form.data, by=g.viewer), crumbs, open)
    when = f"{format_date(trip.held_on, 'long')} {trip.starts}–{trip.ends}"
    return ask(replace(question, told=f"{when} · {trip.place}", explained=EXPLAINED.get(action, "")))


def _as_planned(visit: Visit) -> PlanForm:
    form = PlanForm(**({} if sends() else {"formdata": None, **queries.as_planned(visit)}))
    form.fill(visit.township_code, queries.leaders(visit, g.viewer))
    return form


@bp.get("/<id:id>.ics")
@allow("visits.read")
def appointment(id: int) -> ResponseReturnValue:
    """The visit for a calendar program."""
    return send_calendar([as_appointment(queries.trip(found(models.load(id))))], f"visit-{id}")


def as_appointment(trip: queries.Trip) -> ics.Appointment:
    """A visit as a calendar program takes it: date, place, who goes; no matter."""
    return ics.Appointment(
        uid=f"visit-{trip.id}",
        on=trip.held_on,
        starts=trip.starts,
        ends=trip.ends,
        title=f"{_('Down-visit')}: {trip.place}",
        place=f"{trip.place}, {trip.where}",
        words=f"{_('Who comes')}: {', '.join(trip.who)}\n{STATE_LABELS[trip.state]}",
        status={State.PLANNED: "TENTATIVE", State.CANCELLED: "CANCELLED"}.get(trip.state, "CONFIRMED"),
    )


def send_calendar(appointments: list[ics.Appointment], name: str) -> Response:
    """A calendar as a download."""
    answer = Response(ics.calendar(appointments), mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return answer


# --- matters -------------------------------------------------------------------------------------------------------


@bp.get("/<id:id>/cases")
@allow("visits.plan")
def cases(id: int) -> ResponseReturnValue:
    """The open matters on the way, by village: places and subjects alone."""
    visit = found(models.load(id))
    village = request.args.get("village", "")
    listing = queries.offered(visit, g.viewer, village, request.args.get("after", ""))
    about: dict[str, Any] = {"visit": visit, "trip": queries.trip(visit), "village": village, "form": CasesForm()}
    villages = queries.villages(visit, g.viewer)
    labels = plain(PETITION_LABELS)
    return page("petitions/visits/cases.html", listing=listing, villages=villages, labels=labels, **about)


@bp.post("/<id:id>/cases")
@allow("visits.plan")
def take_along(id: int) -> ResponseReturnValue:
    """Take the chosen matters along."""
    visit = found(models.load(id, to_move=True))
    try:
        models.take_along(visit, _ids("case"), _ids("shown"), by=g.viewer)
    except NotPossible:
        flash(_("This step is not open now."), "warning")
        return redirect(url_for(".show", id=id), 303)
    flash(_("The matters to take along are kept."), "success")
    return redirect(url_for(".show", id=id), 303)


def _ids(name: str) -> list[int]:
    return [key for each in request.form.getlist(name)[:500] if (key := newest_key(each))]


@bp.route("/<id:id>/result", methods=["GET", "POST"])
@allow("visits.tell")
def result(id: int) -> ResponseReturnValue:
    """What was said to a matter; it goes to the petitioner as a message."""
    visit = found(models.load(id, to_move=request.method == "POST"))
    case = newest_key(request.args.get("case", "")) or 0
    petition = found(queries.matter(visit, case, g.viewer, to_move=request.method == "POST"))
    form = ResultForm()
    about: dict[str, Any] = {"visit": visit, "trip": queries.trip(visit), "petition": petition, "form": form}
    if not form.validate_on_submit():
        return page("petitions/visits/result.html", status=422 if form.is_submitted() else 200, **about)
    try:
        models.tell(visit, petition, Result(form.result.data), form.text.data or "", by=g.viewer)
    except NotPossible:
        flash(_("This step is not open now."), "warning")
        return redirect(url_for(".show", id=id), 303)
    flash(_("The petitioner reads it on the receipt page."), "success")
    return redirect(url_for(".show", id=id), 303)


# --- promises ------------------------------------------------------------------------------------------------------


@bp.get("/promises")
@allow("visits.read")
def promises() -> ResponseReturnValue:
    """What was promised: late, open, kept; by visit and unit."""
    form = PromiseFilterForm(request.args)
    listing = queries.promises(g.viewer, form.wanted(), request.args.get("after", ""))
    return page("petitions/visits/promises.html", block="list", form=form, listing=listing, labels=plain(LABELS))


@bp.route("/<id:id>/promise", methods=["GET", "POST"])
@allow("visits.promise")
def promise(id: int) -> ResponseReturnValue:
    """Write down what was promised."""
    visit = found(models.load(id, to_move=request.method == "POST"))
    found(visit if visit.hears_promises_of(g.viewer) else None)
    form = PromiseForm(request.form if request.method == "POST" else None, petition=request.args.get("case", ""))
    form.fill(queries.owners(), queries.matters(visit, g.viewer))
    about: dict[str, Any] = {"visit": visit, "trip": queries.trip(visit), "form": form}
    if not form.validate_on_submit():
        return page("petitions/visits/promise.html", status=422 if form.is_submitted() else 200, **about)
    matter = int(form.petition.data or 0)
    petition: Petition | None = found(queries.matter(visit, matter, g.viewer, to_move=True)) if matter else None
    try:
        models.promise(visit, petition, form.data["text"], int(form.owner.data), form.data["due_on"], by=g.viewer)
    except NotPossible:
        form.owner.errors = [_("The matter is about this person or unit: somebody else must owe it.")]
        return page("petitions/visits/promise.html", status=422, **about)
    flash(_("The promise is written down."), "success")
    return redirect(url_for(".show", id=id), 303)


@bp.route(f"/promises/<id:id>/<any({PROMISE_STEPS}):action>", methods=["GET", "POST"])
@allow("visits.promise")
def settle(id: int, action: str) -> ResponseReturnValue:
    """What was done, or that the petitioner was told."""
    row: VisitPromise = found(models.load_promise(id, g.viewer, to_move=request.method == "POST"))
    step = PROMISE.step(action)
    if step not in row.steps(g.viewer):
        flash(_("This step is not open now."), "warning")
        return redirect(url_for(".promises", visit=row.visit_id), 303)
    form = DoneForm(text=row.done)
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return page("petitions/visits/settle.html", status=status, promise=row, step=step, form=form)
    row.move(action, form.data, by=g.viewer)
    flash(_("Done: %(step)s.", step=step.label), "success")
    return redirect(url_for(".promises", visit=row.visit_id), 303)
