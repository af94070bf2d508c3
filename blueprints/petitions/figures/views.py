"""The pages of figures: one period at a time, what is behind each number, and the yearly report."""

from typing import Any

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.petitions.causes.queries import proposals_made
from blueprints.petitions.docket.domain import LABELS
from blueprints.petitions.docket.models import office_name
from blueprints.petitions.figures import papers, queries
from blueprints.petitions.figures.domain import AGE_LABELS, BY_LABELS, MEANS, MEASURE_LABELS, SMALL, Age, Count, Measure
from blueprints.petitions.figures.forms import FiguresForm, wanted
from core import charts, clock
from core.pages import found, language, page
from core.papers import send
from core.permissions import allow
from core.procedures import in_force, profile
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
        "totals": {measure: queries.counts(g.viewer, measure, form.days, None)[None] for measure in Measure},
        "ages": queries.ages(g.viewer),
        "rows": queries.table(g.viewer, form.days, form.divided),
        "months": months,
        "chart": _chart(months),
        "opens": queries.opens(g.viewer),
        "small": SMALL,
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
    asked: Any = found(wanted(request.args))
    after = request.args.get("after", "")
    if isinstance(asked, Age):
        listing, what = queries.of_age(g.viewer, asked, after), str(AGE_LABELS[asked])
    else:
        listing, what = queries.behind(g.viewer, asked, after), str(MEASURE_LABELS[asked.measure])
    listing.filters.update({name: word for name, word in request.args.items() if name != "after"})
    return page("petitions/figures/behind.html", listing=listing, what=what, labels=plain(LABELS))


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
    """The yearly report, to read."""
    sheet = _report(year)[language()]
    return page("petitions/figures/report.html", sheet=sheet, year=year, opens=queries.opens(g.viewer))


@bp.get("/report/<int(min=2000, max=2999):year>.pdf")
@allow("figures.read")
def report_pdf(year: int) -> ResponseReturnValue:
    """The yearly report as a PDF."""
    return send(as_json(_report(year)), language(), f"report-{year}")


def _report(year: int) -> Sheets:
    today = clock.today()
    return papers.report(
        queries.year(g.viewer, year),
        proposals_made(year, g.viewer),
        profile(in_force(today)),
        office_name(),
        today,
    )
