"""The officers' pages: the list, a report with its steps, files and papers, notices of retaliation, figures."""

from typing import Any

from flask import Blueprint, Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from blueprints.rules.keyring.models import OfficerKey, own_key
from blueprints.rules.keyring.views import ask_key, held
from blueprints.rules.reports import queries
from blueprints.rules.reports.domain import (
    EXPLAINED,
    KIND_LABELS,
    OUTCOME_LABELS,
    RETALIATION,
    STATE_LABELS,
    WHAT_LABELS,
    WORKFLOW,
    Kind,
    What,
    limits,
    workflow_of,
)
from blueprints.rules.reports.forms import HOW_LABELS, FilterForm, form_of, typed
from blueprints.rules.reports.models import Opened, Report, load, notices_of, opened_by_officer
from core import attachments, charts, papers
from core.charts import Series
from core.pages import Listing, found, language, page
from core.permissions import allow
from core.questions import Question, ask, sends
from core.sheets import to_read
from core.texts import plain
from core.workflow import NotPossible

bp = Blueprint("reports", __name__, url_prefix="/reports")
LABELS = {
    "kind": KIND_LABELS,
    "state": STATE_LABELS,
    "outcome": OUTCOME_LABELS,
    "what": WHAT_LABELS,
    "how": HOW_LABELS,
}
ACTIONS = "any(" + ", ".join(sorted({step.action for step in (*WORKFLOW, *RETALIATION)})) + ")"


@bp.app_template_global("opened_alone_by")
def _opened_alone_by(own: OfficerKey) -> int:
    """For the page of a key, which knows nothing of this room: how many reports nobody else can open."""
    return queries.opens_alone(own)


@bp.get("/")
@allow("reports.work")
def listed() -> ResponseReturnValue:
    """The reports this officer may see, what is due first."""
    form = FilterForm(request.args)
    listing = queries.listed(g.viewer, request.args.get("after", ""), form.wanted())
    return _list_page(form, listing, notices=False)


@bp.get("/retaliation")
@allow("reports.work")
def notices() -> ResponseReturnValue:
    """The notices of retaliation that this officer may see."""
    form = FilterForm(request.args)
    listing = queries.listed(g.viewer, request.args.get("after", ""), form.wanted(), notices=True)
    return _list_page(form, listing, notices=True)


def _list_page(form: FilterForm, listing: Listing[Report], *, notices: bool) -> Response:
    about: dict[str, Any] = {"form": form, "listing": listing, "labels": plain(LABELS), "own": own_key(g.viewer)}
    return page("rules/reports/list.html", block="list", notices=notices, **about)


def _opened(id: int, *, to_move: bool = False) -> Opened | None:
    """The report, opened by the key that lies open in this browser, if one does. 404 where it is not theirs."""
    report = found(load(id, g.viewer, to_move=to_move))
    key = held()
    opened = opened_by_officer(report, key.whose, key.key) if key else None
    return found(None if opened.concerns(g.viewer) else opened) if opened else None


@bp.get("/<id:id>")
@allow("reports.work")
def show(id: int) -> ResponseReturnValue:
    """A report: what it says, what was done, what can be done now."""
    opened = _opened(id)
    if opened is None:
        return ask_key()
    report = opened.report
    holders = report.holders()
    names = queries.people(holders | {each.author_id for each in opened.parts if each.author_id})
    return page(
        "rules/reports/report.html",
        report=report,
        parts=opened.parts,
        files=opened.files(),
        first=opened.told(What.REPORT)[0],
        about=[(person, queries.unit_name(unit)) for person, unit in opened.about()],
        steps=report.open_to(g.viewer),
        timeline=queries.timeline(report),
        names=names,
        holders=sorted(names[each] for each in holders),
        notices=[each for each in notices_of(report) if load(each.id, g.viewer)],
        labels=plain(LABELS),
    )


@bp.route(f"/<id:id>/<{ACTIONS}:action>", methods=["GET", "POST"])
@allow("reports.work")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of a report: what it asks, then the step; the table decides."""
    opened = _opened(id, to_move=sends())
    if opened is None:
        return ask_key()
    report = opened.report
    step = next((each for each in workflow_of(Kind(report.kind)) if each.action == action), None)
    form = form_of(found(step).asks, opened)
    leaves = action == "withdraw"
    question = Question(
        found(step).label,
        form,
        report,
        url_for(".listed") if leaves and sends() else url_for(".show", id=id),
        lambda: opened.move(action, typed(form), by=g.viewer),
        ((_("Reports of violations"), url_for(".listed")), (report.number, url_for(".show", id=id))),
        open=step in report.open_to(g.viewer),
        explained=EXPLAINED.get(action, ""),
        changes=lambda since: queries.timeline(report, since=since),
        refused=_refused,
        template="rules/reports/step.html",
        about={"action": action},
    )
    return ask(question)


def _refused(why: NotPossible) -> str:
    words: dict[str, str] = {
        "term": _("The term within which the member may object says otherwise: look at its last day."),
        "early": _("The paper is of a later day than that."),
        "delivery": _("Please write down when the answer to the objection reached the member, and the proof."),
        "the last one": _("Nobody else could read this report then. First share it with a colleague."),
    }
    return words.get(str(why)) or str(_("This is not possible now."))


@bp.get("/<id:id>/files/<id:file>")
@allow("reports.work")
def file(id: int, file: int) -> ResponseReturnValue:
    """A file of a report."""
    opened = _opened(id)
    if opened is None:
        return ask_key()
    return send_file(opened, file)


def send_file(opened: Opened, file: int) -> Response:
    """A file, opened by the report's key: a download and nothing else."""
    row = found(opened.file_of(file))
    return attachments.send(row.id, row.name, row.kind, pieces=iter([opened.content(row)]))


@bp.get("/<id:id>/papers/<id:part>")
@allow("reports.work")
def paper(id: int, part: int) -> ResponseReturnValue:
    """A paper to the member, as it was issued."""
    opened = _opened(id)
    if opened is None:
        return ask_key()
    told = _paper(opened, part)
    sheet = to_read(told["sheets"], language())
    return page("rules/reports/paper.html", report=opened.report, part=part, told=told, sheet=sheet)


@bp.get("/<id:id>/papers/<id:part>.pdf")
@allow("reports.work")
def paper_pdf(id: int, part: int) -> ResponseReturnValue:
    """The same paper as a PDF."""
    opened = _opened(id)
    if opened is None:
        return ask_key()
    told = _paper(opened, part)
    return papers.send(told["sheets"], language(), told["number"])


def _paper(opened: Opened, part: int) -> dict[str, Any]:
    row = found(opened.part(part))
    return found(row if row.what is What.LETTER else None).told


@bp.get("/figures")
@allow("reports.figures")
def figures() -> ResponseReturnValue:
    """How many reports, by kind, outcome and month: no names, and no small numbers but for officers."""
    counted = queries.figures(g.viewer)
    return page("rules/reports/figures.html", counted=counted, labels=plain(LABELS), chart=_chart(counted))


def _chart(counted: queries.Figures) -> Markup:
    return charts.bars(
        "months",
        title=_("Reports received by month"),
        desc=_("The table below has each month."),
        labels=list(counted.months),
        series=[Series(_("Reports of violations"), list(counted.months.values()))],
    )


@bp.get("/limits")
@allow("reports.figures")
def terms() -> ResponseReturnValue:
    """The limits of time, which are the office's own."""
    return page("rules/reports/limits.html", sets=limits())
