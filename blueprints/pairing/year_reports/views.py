"""The pages of yearly reports: the list, a report as it is printed, its PDF, and every button of it."""

from typing import Any

from flask import Blueprint, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.pairing.timeline import happened
from blueprints.pairing.year_reports import papers as wording
from blueprints.pairing.year_reports import queries
from blueprints.pairing.year_reports.domain import (
    EVENT_LABELS,
    LABELS,
    SECTION_LABELS,
    WORKFLOW,
    WRITERS,
    Figures,
    Section,
    differences,
)
from blueprints.pairing.year_reports.forms import BeginForm, form_of
from blueprints.pairing.year_reports.models import YearReport, load
from core.pages import found, language, page
from core.papers import missing, send
from core.permissions import allow
from core.questions import Question, ask, sends
from core.sheets import Sheets, as_json, from_json
from core.texts import plain

bp = Blueprint("year_reports", __name__, url_prefix="/year-reports")


@bp.get("/")
@allow("year_reports.read")
def listed() -> ResponseReturnValue:
    """The reports this person may see."""
    listing = queries.listed(g.viewer, request.args.get("after", ""))
    return page("pairing/year_reports/list.html", listing=listing, labels=plain(LABELS), writes=_writes())


def _writes() -> bool:
    return g.viewer.role in WRITERS


@bp.route("/new", methods=["GET", "POST"])
@allow("year_reports.work")
def new() -> ResponseReturnValue:
    """Begin the report of a year, or go to the one that is there."""
    form = BeginForm()
    if not form.validate_on_submit():
        return page("pairing/year_reports/new.html", form=form, status=422 if sends() else 200)
    row = YearReport.begin(int(form.year.data), by=g.viewer)
    return redirect(url_for(".show", id=row.id), 303)


@bp.get("/<id:id>")
@allow("year_reports.read")
def show(id: int) -> ResponseReturnValue:
    """A report as it is printed; to the office also where the figures are others now, and what happened."""
    report = found(load(id, g.viewer))
    now = queries.live(g.viewer, report.year) if _writes() else None
    kept = report.figures
    sheets = _sheets(report, now)
    about: dict[str, Any] = {
        "report": report,
        "title": wording.title(report.year)[language()],
        "sheet": sheets[language()],
        "as_of": kept.as_of if kept else None,
        # To the office alone: others count less, and the numbers of today are not theirs.
        "differ": differences(kept, now) if kept and now else [],
        "lacking": missing(sheets[language()]) if not report.issued else [],
        "corrections": report.corrections(g.viewer),
        "steps": report.steps(g.viewer),
        "unwritten": [words for each, words in plain(SECTION_LABELS).items() if not report.sections.get(each)],
        "timeline": happened(report.thread, EVENT_LABELS) if _writes() else [],
        "told": wording.told,
        "labels": plain(LABELS),
    }
    return page("pairing/year_reports/report.html", **about)


def _sheets(report: YearReport, now: Figures | None) -> Sheets:
    """What was issued, else the draft over the figures of now."""
    return from_json(report.sheets) if report.sheets is not None else report.as_paper(found(now))


@bp.get("/<id:id>.pdf")
@allow("year_reports.read")
def pdf(id: int) -> ResponseReturnValue:
    """The same as a PDF."""
    report = found(load(id, g.viewer))
    now = None if report.issued else queries.live(g.viewer, report.year)
    return send(as_json(_sheets(report, now)), language(), report.number or f"{report.year}-{_('Draft')}")


@bp.route(f"/<id:id>/<any({', '.join(step.action for step in WORKFLOW)}):action>", methods=["GET", "POST"])
@allow("year_reports.work")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of a report: what it asks for, then the step; the table decides."""
    report = found(load(id, g.viewer, to_move=sends()))
    step = WORKFLOW.step(action)
    now = queries.live(g.viewer, report.year) if step.asks == "figures" else None
    form = form_of(step.asks, report, now)
    back = url_for(".show", id=id)
    return ask(
        Question(
            step.label,
            form,
            report,
            back,
            lambda: report.move(action, form.values(), by=g.viewer),
            ((_("Yearly reports on pairing"), url_for(".listed")), (wording.title(report.year)[language()], back)),
            open=step in report.steps(g.viewer),
            changes=lambda since: happened(report.thread, EVENT_LABELS, since=since),
            template="pairing/year_reports/step.html",
            about={
                "stands": report.sections or dict.fromkeys(Section, "") if step.asks == "sections" else {},
                "sheet": report.as_paper(now)[language()] if now else None,
                "labels": plain(LABELS),
            },
        )
    )
