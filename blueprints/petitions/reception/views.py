"""The pages of reception days and of early and late hours, and the calendar of all that leaders go to."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from blueprints.accounts.forms import unit_choices
from blueprints.petitions.reception import models, queries
from blueprints.petitions.reception.domain import EXPLAINED, LABELS, STATE_LABELS, WORKFLOW, State
from blueprints.petitions.reception.forms import (
    STEP_FORMS,
    CameForm,
    DayForm,
    HoursForm,
    NumberForm,
    RecordForm,
)
from blueprints.petitions.reception.models import Full, ReceptionDay, WindowHours
from blueprints.petitions.visits import queries as visits
from blueprints.petitions.visits.domain import LABELS as VISIT_LABELS
from blueprints.petitions.visits.domain import months_around
from blueprints.petitions.visits.forms import month_asked
from blueprints.petitions.visits.views import as_appointment, send_calendar
from core import clock, ics
from core.pages import found, newest_key, page
from core.permissions import allow
from core.questions import Question, ask, sends
from core.roles import Role
from core.texts import plain
from core.workflow import NotPossible

bp = Blueprint("reception", __name__, url_prefix="/reception")
STEPS = ", ".join(step.action for step in WORKFLOW)


@bp.get("/")
@allow("visits.read")
def index() -> ResponseReturnValue:
    """The days ahead, and the latest."""
    about: dict[str, Any] = {"ahead": queries.upcoming(), "past": queries.past(), "labels": plain(LABELS)}
    return page("petitions/reception/index.html", **about)


@bp.route("/new", methods=["GET", "POST"])
@allow("visits.plan")
def new() -> ResponseReturnValue:
    """Plan a day."""
    form = DayForm(minutes=20, slots=9)
    form.leader.choices = [("", _("Choose")), *((str(id), name) for id, name in visits.leaders(None, g.viewer))]
    if not form.validate_on_submit():
        return page("petitions/reception/plan.html", status=422 if form.is_submitted() else 200, form=form)
    told: dict[str, Any] = form.data
    given = {name: told[name] for name in ("held_on", "minutes", "slots", "where")}
    day = ReceptionDay.plan(starts=f"{told['starts']:%H:%M}", leader=int(told["leader"]), **given, by=g.viewer)
    flash(_("The reception day is planned."), "success")
    return redirect(url_for(".show", id=day.id), 303)


@bp.get("/<id:id>")
@allow("visits.read")
def show(id: int) -> ResponseReturnValue:
    """One day: who receives, who signed up, the steps open now."""
    return _day_page(found(models.load(id)), NumberForm(formdata=None))


def _day_page(day: ReceptionDay, form: NumberForm, status: int = 200) -> Response:
    return page(
        "petitions/reception/day.html",
        status=status,
        day=day,
        visitors=queries.visitors(day, g.viewer),
        steps=day.steps(g.viewer),
        form=form,
        labels=plain(LABELS),
    )


@bp.route(f"/<id:id>/<any({STEPS}):action>", methods=["GET", "POST"])
@allow("visits.plan")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of a day: what it asks for, then the step; the table decides."""
    day = found(models.load(id, to_move=sends()))
    step, back = WORKFLOW.step(action), url_for(".show", id=id)
    form = STEP_FORMS[step.asks]()
    crumbs = ((_("Reception days"), url_for(".index")), (format_date(day.held_on, "long"), back))
    open, explained = step in day.steps(g.viewer), EXPLAINED.get(action, "")
    return ask(
        Question(step.label, form, day, back, lambda: day.move(action, form.data, by=g.viewer), crumbs, open, explained)
    )


@bp.post("/<id:id>/sign-up")
@allow("visits.plan")
def sign_up(id: int) -> ResponseReturnValue:
    """The office gives a matter a slot, for somebody who called or came."""
    day = found(models.load(id, to_move=True))
    form = NumberForm()
    petition = queries.numbered(form.number.data or "", g.viewer, to_move=True) if form.validate_on_submit() else None
    try:
        if petition is not None:
            day.sign_up(petition, by=g.viewer.id)
            return redirect(url_for(".show", id=id), 303)
        form.number.errors = [_("No matter with this number is open to you.")]
    except NotPossible:
        form.number.errors = [
            _("This matter cannot be heard on this day: the day is not open, or it is about the leader.")
        ]
    except Full:
        form.number.errors = [_("Every slot is taken.")]
    return _day_page(day, form, 422)


@bp.route("/<id:id>/result", methods=["GET", "POST"])
@allow("visits.tell")
def result(id: int) -> ResponseReturnValue:
    """Whether somebody came, and what was said."""
    day = found(models.load(id, to_move=request.method == "POST"))
    case = newest_key(request.args.get("case", "")) or 0
    petition = found(queries.matter(case, g.viewer, to_move=request.method == "POST"))
    found(models.visitor_of(day.id, petition.id))
    form = CameForm()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return page("petitions/reception/result.html", status=status, day=day, petition=petition, form=form)
    try:
        models.record(day, petition, form.came.data == "yes", form.words.data or "", by=g.viewer)
        flash(_("The result is recorded."), "success")
    except NotPossible:
        flash(_("This step is not open now."), "warning")
    return redirect(url_for(".show", id=id), 303)


# --- the calendar --------------------------------------------------------------------------------------------------


@bp.get("/calendar")
@allow("visits.read")
def calendar() -> ResponseReturnValue:
    """A month of visits and reception days."""
    before, first, following = months_around(month_asked(request.args.get("month", "")))
    events = [(each.held_on, each.starts, each, None) for each in visits.of_month(first, following)]
    days: list[tuple[date, str, Any, Any]] = [
        (each.held_on, each.starts, None, each) for each in queries.of_month(first, following)
    ]
    ordered = sorted([*events, *days], key=lambda event: event[:2])
    labels = {"visit": plain(VISIT_LABELS), "day": plain(LABELS)}
    months: dict[str, Any] = {"before": before, "first": first, "following": following}
    return page("petitions/reception/calendar.html", events=ordered, labels=labels, **months)


@bp.get("/calendar.ics")
@allow("visits.read")
def calendar_file() -> ResponseReturnValue:
    """Everything that lies ahead, for a calendar program."""
    trips = [as_appointment(each) for each in visits.upcoming()]
    return send_calendar([*trips, *map(day_appointment, queries.upcoming())], "calendar")


@bp.get("/<id:id>.ics")
@allow("visits.read")
def appointment(id: int) -> ResponseReturnValue:
    """The day for a calendar program."""
    return send_calendar([day_appointment(found(models.load(id)))], f"reception-{id}")


def day_appointment(day: ReceptionDay) -> ics.Appointment:
    """A reception day as a calendar program takes it."""
    return ics.Appointment(
        uid=f"reception-{day.id}",
        on=day.held_on,
        starts=day.starts,
        ends=day.ends,
        title=f"{_('Reception day')}: {day.leader.name}",
        place=day.where,
        words=str(STATE_LABELS[State(day.state)]),
        status={State.PLANNED: "TENTATIVE", State.CANCELLED: "CANCELLED"}.get(State(day.state), "CONFIRMED"),
    )


# --- early and late hours ------------------------------------------------------------------------------------------


@bp.get("/hours")
@allow("visits.read")
def hours() -> ResponseReturnValue:
    """The units' early and late hours, what was recorded, and the gaps."""
    return page("petitions/reception/hours.html", weeks=queries.weeks(g.viewer), labels=plain(LABELS))


@bp.route("/hours/new", methods=["GET", "POST"])
@allow("reception.hours")
def publish() -> ResponseReturnValue:
    """Publish hours: a handler those of the own unit."""
    form = HoursForm(since_on=clock.today())
    own = [each for each in unit_choices() if g.viewer.role == Role.CLERK or each[0] == str(g.viewer.unit_id)]
    form.unit.choices = own if len(own) == 1 else [("", _("Choose")), *own]
    if not form.validate_on_submit():
        return page("petitions/reception/publish.html", status=422 if form.is_submitted() else 200, form=form)
    told: dict[str, Any] = form.data
    times = f"{told['starts']:%H:%M}", f"{told['ends']:%H:%M}"
    given = (int(told["unit"]), int(told["weekday"]), *times, told["since_on"], told["on_duty"])
    WindowHours.publish(*given, by=g.viewer)
    flash(_("The hours stand on the public page."), "success")
    return redirect(url_for(".hours"), 303)


@bp.route("/hours/<id:id>/record", methods=["GET", "POST"])
@allow("reception.hours")
def record(id: int) -> ResponseReturnValue:
    """Write down one morning or evening."""
    row = found(models.load_hours(id, g.viewer, to_move=request.method == "POST"))
    form = RecordForm(held_on=day_asked(request.args.get("day", "")))
    form.viewer, form.weekday = g.viewer, row.weekday
    valid = form.validate_on_submit()
    told: dict[str, Any] = form.data
    if valid and models.recorded(row.id, told["held_on"]):
        valid, form.held_on.errors = False, [_("This day is recorded already.")]
    if not valid:
        about: dict[str, Any] = {"hours": row, "form": form, "labels": plain(LABELS)}
        return page("petitions/reception/record.html", status=422 if form.is_submitted() else 200, **about)
    row.record(told["held_on"], told["who"], told["came"], told["words"] or "", form.petitions(), by=g.viewer)
    flash(_("It is recorded."), "success")
    return redirect(url_for(".hours"), 303)


def day_asked(text: str) -> date | None:
    """A day as it stands in an address."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@bp.post("/hours/<id:id>/end")
@allow("reception.hours")
def end(id: int) -> ResponseReturnValue:
    """The hours end."""
    row = found(models.load_hours(id, g.viewer, to_move=True))
    try:
        row.end(by=g.viewer)
        flash(_("The hours have ended. What was recorded stays."), "success")
    except NotPossible:
        flash(_("This step is not open now."), "warning")
    return redirect(url_for(".hours"), 303)
