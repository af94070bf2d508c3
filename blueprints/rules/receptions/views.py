"""The pages of official receptions: the list, a reception with its steps and bill, the year by unit, the standards."""

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from blueprints.rules.receptions import domain, models, queries
from blueprints.rules.receptions.domain import EXPLAINED, LABELS, LINE_WORDS, WORKFLOW, Kind, Line
from blueprints.rules.receptions.forms import FilterForm, RequestForm, StandardForm, form_of, values_of
from blueprints.rules.receptions.models import Reception, StandardVersion, in_force, load, version_of
from core import attachments, charts, clock, money, papers
from core.charts import Series
from core.pages import found, language, page
from core.permissions import allow
from core.questions import Question, ask, sends
from core.sheets import to_read
from core.tables import send_xlsx
from core.texts import plain

bp = Blueprint("receptions", __name__, url_prefix="/receptions")
bp.add_app_template_global(lambda fen: money.shown(fen)[language()], "amount")
bp.add_app_template_global(money.grouped, "grouped")

_STEPS = ", ".join(step.action for step in WORKFLOW)


@bp.get("/")
@allow("receptions.read")
def listed() -> ResponseReturnValue:
    """The receptions this person may see, the newest first."""
    form = FilterForm(g.viewer, request.args)
    listing = queries.listed(g.viewer, form.wanted(), request.args.get("after", ""))
    return page("rules/receptions/list.html", block="list", form=form, listing=listing, labels=plain(LABELS))


@bp.get("/receptions.xlsx")
@allow("receptions.read")
def workbook() -> ResponseReturnValue:
    """The same list, for Excel; without the names of guests."""
    wanted = FilterForm(g.viewer, request.args).wanted()
    rows = queries.to_take(g.viewer, wanted)
    if len(rows) > queries.MOST_TAKEN:
        flash(_("More than %(most)d receptions: narrow the list first.", most=queries.MOST_TAKEN), "warning")
        asked: dict[str, Any] = {**wanted.asked()}
        return redirect(url_for(".listed", **asked), 303)
    return send_xlsx(queries.list_workbook(rows), f"receptions-{clock.today()}")


@bp.get("/new")
@allow("receptions.work")
def ask_new() -> ResponseReturnValue:
    """An empty request, with the standard beside it."""
    standard = in_force(clock.today())
    form = RequestForm(standard, formdata=None)
    form.form_key.data = form.key()
    return _new_page(form, standard)


def _new_page(form: RequestForm, standard: domain.Standard, status: int = 200) -> Response:
    return page("rules/receptions/new.html", status=status, form=form, standard=standard, words=LINE_WORDS)


@bp.post("/new")
@allow("receptions.work")
def new() -> ResponseReturnValue:
    """Write the request down: it is shown against the standard before it is sent."""
    standard = in_force(clock.today())
    form = RequestForm(standard)
    form.form_key.data = form.key()
    if not form.validate_on_submit():
        return _new_page(form, standard, 422)
    row = Reception.draft(form.request(), form.form_key.data, by=g.viewer)
    flash(_("The request is written down. Look at the check below, then send it."), "success")
    return redirect(url_for(".show", id=row.id), 303)


@bp.get("/<id:id>")
@allow("receptions.read")
def show(id: int) -> ResponseReturnValue:
    """A reception: against the standard, its money, its bill, what happened, the steps open to this person now."""
    row = found(load(id, g.viewer))
    return page("rules/receptions/reception.html", row=row, timeline=queries.timeline(row.thread), **_about(row))


def _about(row: Reception) -> dict[str, Any]:
    findings, billed = row.findings(), row.findings_of_bill()
    return {
        "findings": findings,
        "wrong": domain.misfits(findings),
        "shut": [each for each in findings if each.shut],
        "billed": billed,
        "billed_wrong": domain.misfits(billed),
        "steps": row.steps(g.viewer),
        "files": [
            {"name": each.name, "size": each.size, "url": url_for(".file", id=row.id, part=each.id)}
            for each in row.files()
        ],
        "kinds": [(kind, LINE_WORDS[Line(kind)]) for kind in Kind],
        "labels": plain(LABELS),
    }


@bp.route(f"/<id:id>/<any({_STEPS}):action>", methods=["GET", "POST"])
@allow("receptions.work")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of a reception: what it asks for, then the step; the table decides."""
    row = found(load(id, g.viewer, to_move=sends()))
    step, back, form = WORKFLOW.step(action), url_for(".show", id=id), form_of(row, action)
    crumbs = ((_("Official receptions"), url_for(".listed")), (row.guest_unit, back))
    return ask(
        Question(
            step.label,
            form,
            row,
            back,
            lambda: row.move(action, values_of(form), by=g.viewer),
            crumbs,
            open=step in row.steps(g.viewer),
            explained=EXPLAINED.get(action, ""),
            changes=lambda since: queries.timeline(row.thread, since),
            template="rules/receptions/step.html",
            about={"row": row, "step": step, **_about(row)},
        )
    )


@bp.get("/<id:id>/sheet")
@allow("receptions.read")
def sheet(id: int) -> ResponseReturnValue:
    """The approval sheet as it was issued."""
    row = found(load(id, g.viewer))
    return page("rules/receptions/sheet.html", row=row, sheet=to_read(found(row.sheets), language()))


@bp.get("/<id:id>/sheet.pdf")
@allow("receptions.read")
def sheet_pdf(id: int) -> ResponseReturnValue:
    """The same as a PDF."""
    row = found(load(id, g.viewer))
    return papers.send(found(row.sheets), language(), row.number or "")


@bp.get("/<id:id>/files/<id:part>")
@allow("receptions.read")
def file(id: int, part: int) -> ResponseReturnValue:
    """A file of its bill, as a download."""
    row = found(found(load(id, g.viewer)).file(part))
    return attachments.send(row.id, row.name, row.kind)


# --- the year --------------------------------------------------------------------------------------------------------


@bp.get("/year")
@allow("receptions.read")
def year() -> ResponseReturnValue:
    """A year by unit: what was approved, what it cost, what was above."""
    form = FilterForm(g.viewer, request.args)
    of = form.wanted().year or clock.today().year
    rows = queries.by_unit(g.viewer, of)
    about: dict[str, Any] = {"of": of, "years": queries.years(g.viewer), "rows": rows, "total": queries.in_all(rows)}
    return page("rules/receptions/year.html", chart=_chart(rows, of) if rows else None, **about)


def _chart(rows: list[queries.Sums], of: int) -> Markup:
    """Bars in whole yuan: a picture needs no fen, its table has them."""
    return charts.bars(
        "money",
        title=_("Receptions of %(year)s by unit, in whole yuan", year=of),
        desc=ngettext(
            "%(num)d unit. The table below has each amount to the fen.",
            "%(num)d units. The table below has each amount to the fen.",
            len(rows),
        ),
        labels=[each.unit for each in rows],
        series=[
            Series(_("Approved amount"), [each.planned // money.FEN for each in rows]),
            Series(_("Bills"), [each.actual // money.FEN for each in rows]),
        ],
    )


@bp.get("/year.xlsx")
@allow("receptions.read")
def year_workbook() -> ResponseReturnValue:
    """The same for Excel."""
    of = FilterForm(g.viewer, request.args).wanted().year or clock.today().year
    return send_xlsx(queries.year_workbook(queries.by_unit(g.viewer, of), of), f"receptions-{of}")


# --- standards -------------------------------------------------------------------------------------------------------


@bp.get("/standards")
@allow("receptions.standards")
def standards() -> ResponseReturnValue:
    """The standard in force, line by line, and the others."""
    now = in_force(clock.today())
    about: dict[str, Any] = {"now": now, "sample": domain.sample(), "versions": models.versions()}
    return page("rules/receptions/standards.html", words=LINE_WORDS, **about)


@bp.get("/standards/<code:code>")
@allow("receptions.standards")
def standard(code: str) -> ResponseReturnValue:
    """One standard, line by line, and what happened to it."""
    row = models.version(code)
    said = row.standard if row else found(domain.sample() if code == domain.sample().code else None)
    timeline = queries.timeline(row.thread) if row else []
    return page("rules/receptions/standard.html", said=said, row=row, words=LINE_WORDS, timeline=timeline)


@bp.route("/standards/new", methods=["GET", "POST"])
@allow("receptions.set")
def new_standard() -> ResponseReturnValue:
    """Another standard: it begins as a copy of the one in force."""
    form = StandardForm(in_force(clock.today()))
    if not form.validate_on_submit():
        about: dict[str, Any] = {"form": form, "words": LINE_WORDS}
        return page("rules/receptions/set.html", status=422 if sends() else 200, **about)
    row = StandardVersion.set(form.standard(), form.effective_on.data, by=g.viewer)
    flash(_("The standard is saved."), "success")
    return redirect(url_for(".standard", code=row.code), 303)


@bp.route("/standards/<id:id>/change", methods=["GET", "POST"])
@allow("receptions.set")
def change_standard(id: int) -> ResponseReturnValue:
    """Change a standard that has not taken effect."""
    row = found(version_of(id, to_change=sends()))
    form = StandardForm(row.standard, row.effective_on, id=id)
    return ask(
        Question(
            _("Change the standard"),
            form,
            row,
            url_for(".standard", code=row.code),
            lambda: row.change(form.standard(), form.effective_on.data, by=g.viewer),
            ((_("Standards of receptions"), url_for(".standards")),),
            open=not row.settled,
            changes=lambda since: queries.timeline(row.thread, since),
            template="rules/receptions/change.html",
            about={"words": LINE_WORDS},
        )
    )
