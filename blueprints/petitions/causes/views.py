"""The pages of causes: the list, a cause with its steps, remedies and proposals; a case tied from its own page."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from blueprints.petitions.causes import queries
from blueprints.petitions.causes.domain import EXPLAINED, LABELS, VERDICT_LABELS, WORKFLOW, Comparison
from blueprints.petitions.causes.forms import (
    WOULD_TELL,
    CaseForm,
    CauseForm,
    DoneForm,
    FilterForm,
    HandedForm,
    PaperReplyForm,
    ReplyForm,
    form_of,
)
from blueprints.petitions.causes.models import Cause, Proposal, load, load_proposal, tie_of
from blueprints.petitions.docket import models as docket
from blueprints.petitions.docket.domain import STATE_LABELS as CASE_STATES
from blueprints.petitions.docket.queries import Happened
from core import charts, clock, papers, places
from core.charts import Mark, Series
from core.forms import ChangeForm, ReasonForm
from core.pages import found, language, page
from core.permissions import allow
from core.questions import Question, ask, sends
from core.roles import Role
from core.sheets import to_read
from core.texts import plain
from core.workflow import NotPossible

bp = Blueprint("causes", __name__, url_prefix="/causes")
ACTIONS = "any(" + ", ".join(step.action for step in WORKFLOW) + ")"


@bp.get("/")
@allow("causes.read")
def listed() -> ResponseReturnValue:
    """The causes this person may see, the newest first."""
    form = FilterForm(request.args)
    listing = queries.listed(g.viewer, form.wanted(), request.args.get("after", ""))
    return page("petitions/causes/list.html", block="list", form=form, listing=listing, labels=plain(LABELS))


@bp.get("/new")
@allow("causes.manage")
def ask_new() -> ResponseReturnValue:
    """The form that names a cause; a case may come along, to be tied at once."""
    form = CauseForm()
    form.case.data = request.args.get("case", "")
    return _new_page(form)


def _new_page(form: CauseForm, status: int = 200) -> Response:
    return page("petitions/causes/new.html", status=status, form=form, places=places, districts=queries.districts())


@bp.post("/new")
@allow("causes.manage")
def new() -> ResponseReturnValue:
    """Name a cause."""
    form = CauseForm()
    case = form.case.data or ""
    petition = found(docket.load(int(case), g.viewer, to_move=True)) if _is_id(case) else None
    if not form.validate_on_submit():
        return _new_page(form, 422)
    cause = Cause.open(form.data, by=g.viewer)
    if petition is not None:
        cause.tie(petition, by=g.viewer, at_birth=True)
    flash(_("The cause is named. Its number is %(number)s.", number=cause.number), "success")
    return redirect(url_for(".show", id=cause.id), 303)


def _is_id(words: str) -> bool:
    return words.isascii() and words.isdigit() and len(words) <= 18


@bp.get("/<id:id>")
@allow("causes.read")
def show(id: int) -> ResponseReturnValue:
    """A cause: what it is, its cases, remedies, proposals, and the letters before and after."""
    cause = found(load(id, g.viewer))
    tied, proposals = queries.cases_of(cause, g.viewer), queries.proposals_of(cause, g.viewer)
    months = queries.months_asked(request.args.get("months", ""))
    compared = queries.comparison(cause, tied, months, g.viewer)
    return page(
        "petitions/causes/cause.html",
        cause=cause,
        tied=tied,
        remedies=cause.remedies(),
        proposals=proposals,
        timeline=queries.timeline(cause, g.viewer, proposals),
        steps=cause.steps(g.viewer),
        months=months,
        compared=compared,
        chart=_chart(compared) if compared else None,
        verdicts=plain(VERDICT_LABELS),
        labels=plain(LABELS) | {"case": plain(CASE_STATES)},
    )


def _chart(compared: Comparison) -> Markup:
    """The months as bars, those before and those after the remedy apart."""
    spans = compared.spans
    return charts.bars(
        "recurrence",
        title=_("Letters of this cause by month"),
        desc=_(
            "%(before)s letters before and %(after)s after the remedy. The table below has each month.",
            before=compared.before,
            after=compared.after,
        ),
        labels=[each.first.isoformat() for each in spans],
        series=[
            Series(_("Before the remedy"), [None if each.after else each.count for each in spans]),
            Series(_("After the remedy"), [each.count if each.after else None for each in spans]),
        ],
        marks=[Mark(sum(not each.after for each in spans), _("Remedy in place"))],
    )


@bp.route(f"/<id:id>/<{ACTIONS}:action>", methods=["GET", "POST"])
@allow("causes.work")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of a cause: what it asks for, then the step; the table decides."""
    cause = found(load(id, g.viewer, to_move=sends()))
    step, form = WORKFLOW.step(action), form_of(cause, action, g.viewer, request.args.get("q", ""))

    def changes(since: int) -> list[Happened]:
        return queries.timeline(cause, g.viewer, queries.proposals_of(cause, g.viewer), since=since)

    return _ask(
        cause,
        step.label,
        form,
        lambda: cause.move(action, form.data, by=g.viewer),
        open=step in cause.steps(g.viewer),
        explained=EXPLAINED.get(action, ""),
        changes=changes,
        template="petitions/causes/step.html",
        about={"step": step, "places": places, "districts": queries.districts()},
    )


def _ask(row: Cause | Proposal, title: Any, form: ChangeForm, act: Callable[[], Any], **more: Any) -> Response:
    """A question about a cause, a part of it, or a proposal."""
    back = url_for(".show" if isinstance(row, Cause) else ".proposal", id=row.id)
    words = f"{row.number} {row.title}" if isinstance(row, Cause) else row.number
    crumbs = ((_("Root causes"), url_for(".listed")), (words, back))
    return ask(Question(title, form, row, back, act, crumbs, **more))


@bp.route("/<id:id>/cases/<id:tie>", methods=["GET", "POST"])
@allow("causes.work")
def untie(id: int, tie: int) -> ResponseReturnValue:
    """Take a case off a cause, with the reason."""
    cause = found(load(id, g.viewer, to_move=sends()))
    row, form = found(tie_of(cause, tie, g.viewer)), ReasonForm()
    return _ask(cause, _("Untie the case"), form, lambda: cause.untie(row, form.reason.data or "", by=g.viewer))


@bp.route("/<id:id>/remedies/<id:part>/<any(done, drop):action>", methods=["GET", "POST"])
@allow("causes.work")
def end_remedy(id: int, part: int, action: str) -> ResponseReturnValue:
    """Say that a remedy is done and what proves it; or give it up, with the reason."""
    cause = found(load(id, g.viewer, to_move=sends()))
    row = found(cause.remedy_of(part))
    if action == "done":
        done = DoneForm(on=clock.today())
        return _ask(cause, _("Remedy done"), done, lambda: cause.do(row, done.data, by=g.viewer), told=row.text)
    form = ReasonForm()
    act = partial(cause.drop, row, by=g.viewer)
    return _ask(cause, _("Drop the remedy"), form, lambda: act(form.reason.data or ""), told=row.text)


@bp.route("/case/<id:id>", methods=["GET", "POST"])
@allow("causes.work")
def tie_case(id: int) -> ResponseReturnValue:
    """Tie a case to a cause, from the page of the case."""
    form = CaseForm()
    chosen = form.cause.data or ""
    cause = load(int(chosen), g.viewer, to_move=True) if sends() and _is_id(chosen) else None
    petition = found(docket.load(id, g.viewer, to_move=sends()))
    form.cause.choices = [("", _("Choose")), *queries.choices_for(petition, g.viewer)]
    status = 200
    if form.validate_on_submit() and cause is not None:
        try:
            cause.tie(petition, by=g.viewer)
        except NotPossible as why:
            form.form_errors.append(WOULD_TELL if str(why) == "would tell" else _("This case can have no more causes."))
        else:
            flash(_("Tied to the cause %(number)s.", number=cause.number), "success")
            return redirect(url_for("docket.show", id=id), 303)
    if sends():
        status = 422
    return page("petitions/causes/tie_case.html", status=status, form=form, petition=petition)


# --- proposals -----------------------------------------------------------------------------------------------------


@bp.get("/proposals/")
@allow("causes.read")
def proposals() -> ResponseReturnValue:
    """The proposals this person may see."""
    which, after, year, reply = (request.args.get(name, "") for name in ("which", "after", "year", "reply"))
    listing = queries.proposals(g.viewer, which, after, year, reply)
    return page("petitions/causes/proposals.html", listing=listing, which=which, labels=plain(LABELS))


@bp.get("/proposals/<id:id>")
@allow("causes.read")
def proposal(id: int) -> ResponseReturnValue:
    """A proposal: its paper, how it reached the unit, its clock, the answer."""
    row = found(load_proposal(id, g.viewer))
    return page(
        "petitions/causes/proposal.html",
        proposal=row,
        cause=load(row.cause_id, g.viewer),
        timeline=queries.proposal_timeline(row),
        sheet=to_read(row.sheets, language()),
        labels=plain(LABELS),
    )


@bp.get("/proposals/<id:id>.pdf")
@allow("causes.read")
def proposal_pdf(id: int) -> ResponseReturnValue:
    """The same paper as a PDF."""
    row = found(load_proposal(id, g.viewer))
    return papers.send(row.sheets, language(), row.number)


@bp.route("/proposals/<id:id>/deliver", methods=["GET", "POST"])
@allow("causes.manage")
def deliver(id: int) -> ResponseReturnValue:
    """Write down that the proposal reached its unit."""
    row = found(load_proposal(id, g.viewer, to_move=sends()))
    form = HandedForm(on=clock.today())
    form.issued_on = row.issued_on
    return _ask(row, _("Record the delivery"), form, lambda: row.deliver(form.data, by=g.viewer), told=row.subject)


@bp.route("/proposals/<id:id>/answer", methods=["GET", "POST"])
@allow("causes.answer")
def answer(id: int) -> ResponseReturnValue:
    """The unit's written answer; a clerk writes down one that came on paper."""
    row = found(load_proposal(id, g.viewer, to_move=sends()))
    form = ReplyForm() if g.viewer.role is Role.HANDLER else PaperReplyForm(on=clock.today())
    form.delivered_on = row.delivered_on or clock.today()
    return _ask(row, _("Answer the proposal"), form, lambda: row.reply_with(form.data, by=g.viewer), told=row.subject)
