"""What the reports tell of themselves: doors, the words of the record, what waits on an officer's desk."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import false, select, true

from blueprints.rules.keyring.models import own_key
from blueprints.rules.reports.domain import EVENT_LABELS, KIND_LABELS, NOT_DUE, STATE_LABELS
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
    rows = [
        Row(
            f"{each.number} {STATE_LABELS[each.state]}",  # type: ignore[index]
            "reports.show",
            {"id": each.id},
            each.due_on if each.due_on < NOT_DUE else None,
            KIND_LABELS[each.kind],  # type: ignore[index]
            _("The reporter wrote") if each.unread else "",
        )
        for each in on_desk(viewer)
    ]
    return [Part("reports", _l("Reports of violations"), rows)]
