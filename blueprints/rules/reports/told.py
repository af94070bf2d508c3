"""What the reports tell of themselves: doors, the words of the record, what waits on an officer's desk."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import false, select, true

from blueprints.rules.keyring.models import own_key
from blueprints.rules.reports.domain import EVENT_LABELS, KIND_LABELS, OBJECTION, STATE_LABELS, Kind, State
from blueprints.rules.reports.models import Report
from blueprints.rules.reports.queries import on_desk
from core.desk import Door, Part, Row
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
    if own_key(viewer) is None:
        missing = Row(_("You have no key yet: no report reaches you until you make one."), "keyring.make")
        return [Part("reports", _l("Reports of violations"), [missing])]
    dated, others = [], []
    for each in on_desk(viewer):
        why, kind = _why(each), KIND_LABELS[Kind(each.kind)]
        words, asked = f"{each.number} {STATE_LABELS[State(each.state)]}", {"id": each.id}
        if each.clock in (None, OBJECTION):
            others.append(Row(f"{words}: {why}", "reports.show", asked))
        else:
            dated.append(Row(words, "reports.show", asked, each.due_on, kind, why))
    heading = _l("Reports of violations")
    return [Part("reports", heading, dated), Part("reports-besides", _l("Reports without a time limit"), others)]


def _why(report: Report) -> str:
    """Why it stands here, where that is not plain from its day."""
    if report.unread:
        return str(_("The reporter wrote"))
    return str(_("No objection came: close it")) if report.clock == OBJECTION else ""
