"""What the reports tell of themselves: doors, the words of the record, what waits on an officer's desk."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import false, select, true

from blueprints.rules.reports.domain import EVENT_LABELS, KIND_LABELS, OBJECTION, STATE_LABELS, Kind, State
from blueprints.rules.reports.models import Report
from blueprints.rules.reports.queries import keyless, waiting
from core.desk import Door, Part, Row, waits
from core.record import Told
from core.roles import Role, Viewer

DOORS = (
    Door("reports.work", "reports.listed", _l("Reports of violations"), _l("What was reported, and its handling.")),
    Door("reports.work", "reports.notices", _l("Retaliation for reports")),
    Door("reports.figures", "reports.figures", _l("Figures of reports"), _l("Counts without names.")),
)

TOLD = (
    Told(
        "report",
        EVENT_LABELS,
        names=select(Report.id, Report.number),
        wall=lambda viewer: true() if viewer.role == Role.AUDITOR else false(),
        public=True,
    ),
)


def desk(viewer: Viewer) -> list[Part]:
    """What is due, what a reporter wrote, and whether the officer has a key at all."""
    if viewer.role is not Role.DISCIPLINE:
        return []
    heading = _l("Reports of violations")
    return [
        Part("reports", heading, waits(keyless(viewer), _missing)),
        Part("reports", heading, waits(waiting(viewer, dated=True), _dated)),
        Part("reports-besides", _l("Reports without a time limit"), waits(waiting(viewer, dated=False), _undated)),
    ]


def _missing(_none: int) -> Row:
    return Row(_("You have no key yet: no report reaches you until you make one."), "keyring.make")


def _dated(report: Report) -> Row:
    kind = KIND_LABELS[Kind(report.kind)]
    return Row(_words(report), "reports.show", {"id": report.id}, report.due_on, kind, _why(report))


def _undated(report: Report) -> Row:
    return Row(f"{_words(report)}: {_why(report)}", "reports.show", {"id": report.id})


def _words(report: Report) -> str:
    return f"{report.number} {STATE_LABELS[State(report.state)]}"


def _why(report: Report) -> str:
    """Why it stands here, where that is not plain from its day."""
    if report.unread:
        return str(_("The reporter wrote"))
    return str(_("No objection came: close it")) if report.clock == OBJECTION else ""
