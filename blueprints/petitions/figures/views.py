"""The pages of figures: one period at a time, what is behind each number, and the yearly report."""

from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.petitions.casefile.domain import PAPER_LABELS
from blueprints.petitions.docket.domain import LABELS
from blueprints.petitions.docket.models import office_name
from blueprints.petitions.figures import models, papers, queries
from blueprints.petitions.figures.domain import (
    ABOUT_LABEL,
    AGE_LABELS,
    ASSIGNED_LABEL,
    BEHIND_LABELS,
    BY_LABELS,
    COLUMNS,
    MEANS,
    MEASURE_LABELS,
    Age,
    Count,
    Measure,
    Period,
)
from blueprints.petitions.figures.forms import FiguresForm, asked_in, wanted
from core import charts, clock
from core.extensions import db
from core.pages import found, language, page
from core.papers import send
from core.permissions import allow
from core.procedures import in_force, profile
from core.roles import Role
from core.sheets import Sheets, as_json
from core.tables import Sheet, send_xlsx, write_xlsx
from core.texts import plain

bp = Blueprint("figures", __name__, url_prefix="/figures")


@bp.get("/")
@allow("figures.read")
def figures() -> ResponseReturnValue:
    """What was kept in time, where it was solved, how it was rated: in all and divided."""
    form = FiguresForm(request.args, period=None, by=None)
    form.period.data, form.by.data = form.word, form.divided
    months = queries.by_month(g.viewer, form.days)
    about: dict[str, Any] = {
        "form": form,
        "totals": {measure: queries.whole(g.viewer, measure, form.days) for measure in Measure},
        "ages": queries.ages(g.viewer),
        "rows": queries.table(g.viewer, form.days, form.divided),
        "months": months,
        "chart": _chart(months),
        "opens": queries.opens(g.viewer),
    }
    labels = {"measure": plain(MEASURE_LABELS), "means": plain(MEANS), "by": plain(BY_LABELS), "age": plain(AGE_LABELS)}
    return page("petitions/figures/figures.html", block="figures", labels=labels, **about)


def _chart(months: list[tuple[str, Count]]) -> Any:
    numbers = [None if count.hidden else float(count.whole) for _month, count in months]
    return charts.bars(
        "received",
        title=_("Received in each month"),
        desc=_("The numbers stand in the table below."),
        labels=[month for month, _count in months],
        series=[charts.Series(_("Received"), numbers)],
    )


@bp.get("/behind")
@allow("figures.open")
def behind() -> ResponseReturnValue:
    """The matters that a figure counts."""
    asked: Any = found(wanted(request.args, g.viewer))
    address = asked_in(request.args)
    listing = replace(queries.behind(g.viewer, asked, request.args.get("after", "")), filters=address)
    about: dict[str, Any] = {
        "what": _what(asked),
        "of": queries.name_of(g.viewer, asked),
        "days": None if isinstance(asked, Age) else _days(asked),
        "number": queries.how_many(g.viewer, asked),
        "most": models.MOST_TAKEN,
    }
    return page("petitions/figures/behind.html", listing=listing, asked=address, labels=plain(LABELS), **about)


def _what(asked: queries.Asked) -> str:
    match asked:
        case queries.Wanted():
            return str(BEHIND_LABELS[asked.measure].get(asked.part) or MEASURE_LABELS[asked.measure])
        case queries.Done():
            return str(PAPER_LABELS[asked.what] if asked.what else ASSIGNED_LABEL)
        case queries.About():
            return str(ABOUT_LABEL)
        case _:
            return str(_("Open matters, here for %(age)s", age=AGE_LABELS[asked]))


def _days(asked: queries.Wanted | queries.Done | queries.About) -> Period:
    return asked.period if isinstance(asked, queries.Wanted) else queries.of_year(asked.year)


# --- what is behind a figure, taken along ---------------------------------------------------------------------------


@bp.post("/taken")
@allow("figures.open")
def take() -> ResponseReturnValue:
    """Write what is behind a figure into a workbook; the work goes on after this answer."""
    asked: Any = found(wanted(request.args, g.viewer))
    behind = models.Behind(
        address=asked_in(request.args),
        number=partial(queries.how_many, g.viewer, asked),
        listed=partial(queries.behind, g.viewer, asked),
        title=_("Matters"),
        headings=[str(each) for each in COLUMNS],
        labels=plain(LABELS),
    )
    db.session.rollback()  # the work begins with a database that nobody holds
    models.take(g.viewer, behind)
    return redirect(url_for(".taken"), 303)


@bp.get("/taken")
@allow("figures.open")
def taken() -> ResponseReturnValue:
    """How far it is; the page asks again by itself until it is done."""
    return page("petitions/figures/taken.html", block="progress", work=models.progress_of(g.viewer))


@bp.get("/taken.xlsx")
@allow("figures.open")
def taken_file() -> ResponseReturnValue:
    """The workbook, for ten minutes; then the page that says so."""
    data = models.made(g.viewer)
    return taken() if data is None else send_xlsx(data, f"{_('Matters')}-{clock.today().isoformat()}")


@bp.get("/figures.xlsx")
@allow("figures.read")
def workbook() -> ResponseReturnValue:
    """The table of the page as Excel."""
    form = FiguresForm(request.args)
    names = plain(MEASURE_LABELS)
    heads = [str(plain(BY_LABELS)[form.divided])]
    for measure in Measure:
        heads += [names[measure]] if measure is Measure.RECEIVED else [names[measure], _("of")]
    rows = [_cells(row) for row in queries.table(g.viewer, form.days, form.divided)]
    data = write_xlsx(Sheet(_("Figures"), heads, rows))
    return send_xlsx(data, f"{_('Figures')}-{form.word}")


def _cells(row: queries.Row) -> list[Any]:
    cells: list[Any] = [row.name or _("none yet")]
    for measure, count in row.counts.items():
        told = [None, None] if count.hidden else [count.good, count.whole]
        cells += told[1:] if measure is Measure.RECEIVED else told
    return cells


@bp.get("/report/<int(min=2000, max=2999):year>")
@allow("figures.read")
def report(year: int) -> ResponseReturnValue:
    """The yearly report, to read; each number opens what is behind it."""
    sheets, parts = _report(year)
    lines = [fact.opens for part in parts for fact in part.facts] if queries.opens(g.viewer) else []
    opens = [url_for(line[0], **line[1]) if line else None for line in lines]
    return page("petitions/figures/report.html", sheet=sheets[language()], year=year, opens=opens)


@bp.get("/report/<int(min=2000, max=2999):year>.pdf")
@allow("figures.read")
def report_pdf(year: int) -> ResponseReturnValue:
    """The yearly report as a PDF."""
    return send(as_json(_report(year)[0]), language(), f"report-{year}")


def _report(year: int) -> tuple[Sheets, list[papers.Part]]:
    today, of = clock.today(), queries.year(g.viewer, year)
    parts = list(papers.parts_of(of))
    own, all_of_it = g.viewer.role == Role.HANDLER, queries.opens(g.viewer)
    law = profile(in_force(today))
    return papers.report(of, parts, law, office_name(), today, own=own, all_of_it=all_of_it), parts
