"""The pages of the plan: plan and fact by year, the plan of a year, tables that come in and go out."""

import secrets
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.pairing.intake import models, queries
from blueprints.pairing.intake.domain import COLUMNS, MOST_ROWS, PROBLEMS
from blueprints.pairing.intake.forms import BringForm, ChangePlanForm, FileForm, PlanForm, as_text
from blueprints.pairing.intake.models import PlanYear
from blueprints.pairing.posts.forms import ServiceFilterForm
from blueprints.pairing.taken import note_taken
from core import charts, sendings, sessions
from core.extensions import db
from core.pages import found, page
from core.permissions import allow
from core.questions import Question, ask, sends
from core.tables import send_xlsx
from core.texts import plain
from core.workflow import NotPossible

bp = Blueprint("intake", __name__, url_prefix="/posts/plan")


@bp.get("/")
@allow("posts.manage")
def plan() -> ResponseReturnValue:
    """Plan and fact by year; each number opens what is behind it."""
    years = queries.figures()
    return page("pairing/intake/plan.html", years=years, chart=_chart(years) if years else "")


def _chart(years: Any) -> Any:
    return charts.bars(
        "plan",
        title=_("Plan and fact by year"),
        desc=_("The numbers stand in the table below."),
        labels=[str(each.year) for each in years],
        series=[
            charts.Series(_("Places planned"), [each.plan.planned if each.plan else None for each in years]),
            charts.Series(_("Taken in"), [each.taken for each in years]),
        ],
    )


@bp.route("/new", methods=["GET", "POST"])
@allow("posts.manage")
def set_up() -> ResponseReturnValue:
    """The plan of one more year."""
    form = PlanForm()
    if form.validate_on_submit():
        try:
            row = PlanYear.set_up(form.year.data or 0, form.planned.data or 0, by=g.viewer)
            return redirect(url_for(".year", id=row.id), 303)
        except NotPossible:
            db.session.rollback()
            form.year.errors = [_("This year has its plan already: open it to change it.")]
    return page("pairing/intake/new.html", status=422 if sends() else 200, form=form)


@bp.get("/<id:id>")
@allow("posts.manage")
def year(id: int) -> ResponseReturnValue:
    """The plan of a year and what happened to it."""
    row = found(models.load(id))
    return page("pairing/intake/year.html", plan=row, timeline=queries.timeline(row))


@bp.route("/<id:id>/change", methods=["GET", "POST"])
@allow("posts.manage")
def change(id: int) -> ResponseReturnValue:
    """Another number for a year, with the reason."""
    row = found(models.load(id, to_move=sends()))
    form, back = ChangePlanForm(planned=row.planned), url_for(".year", id=id)
    return ask(
        Question(
            _("Change the plan of the year"),
            form,
            row,
            back,
            lambda: row.change(form.planned.data or 0, form.reason.data or "", by=g.viewer),
            crumbs=((_("Plan and fact"), url_for(".plan")), (str(row.year), back)),
            changes=lambda since: queries.timeline(row, since=since),
        )
    )


# --- tables --------------------------------------------------------------------------------------------------------


@bp.post("/services.xlsx")
@allow("posts.manage")
def workbook() -> ResponseReturnValue:
    """Who serves, under the filter of the list, without contacts; who takes it along is written down."""
    wanted = ServiceFilterForm(request.args).wanted()
    rows = queries.to_take(g.viewer, wanted)
    note_taken("service_export", g.viewer, len(rows), wanted.asked())
    return send_xlsx(queries.workbook(rows), "services")


@bp.get("/empty.xlsx")
@allow("posts.manage")
def template() -> ResponseReturnValue:
    """An empty table to fill in."""
    return send_xlsx(queries.template(), "services-to-fill-in")


@bp.route("/import", methods=["GET", "POST"])
@allow("posts.manage")
def look() -> ResponseReturnValue:
    """Which file; then what its rows would become. Nothing is kept."""
    form = FileForm()
    if not form.validate_on_submit():
        return page("pairing/intake/file.html", status=422 if sends() else 200, form=form, most=MOST_ROWS)
    return _look(form.read, BringForm(formdata=None, rows=as_text(form.read)))


def _look(rows: Any, form: BringForm, status: int = 200) -> Response:
    checked = models.dry_run(rows)
    status = 422 if checked.problems else status
    about: dict[str, Any] = {"columns": plain(COLUMNS), "problems": plain(PROBLEMS), "most": MOST_ROWS}
    return page("pairing/intake/look.html", status=status, form=form, rows=rows, checked=checked, **about)


@bp.post("/import/done")
@allow("posts.manage")
def bring_in() -> ResponseReturnValue:
    """Everybody of the table, or nobody."""
    form = BringForm()
    if not form.validate_on_submit():
        if not form.read:
            again = FileForm(formdata=None)
            again.file.errors = [_("The rows did not come back whole. Please choose the file again.")]
            return page("pairing/intake/file.html", status=422, form=again, most=MOST_ROWS)
        return _look(form.read, form, 422)
    number = sendings.number_of(sessions.current().setdefault("form_key", secrets.token_hex(16)), form.read)
    if not sendings.sent(number):
        checked = models.dry_run(form.read)
        if checked.problems:
            return _look(form.read, form)
        try:
            models.bring_in(checked.drafts, form.duties.data or "", number, by=g.viewer)
        except NotPossible:  # a post was filled between the look and now
            db.session.rollback()
            return _look(form.read, form)
    flash(_("The table was imported: %(count)s in post.", count=len(form.read)), "success")
    return redirect(url_for("posts.services"), 303)
