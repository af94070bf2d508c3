"""What the yearly reports tell of themselves: their door, the words of the record, what waits on a desk."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import String, cast, select

from blueprints.pairing.year_reports.domain import EVENT_LABELS
from blueprints.pairing.year_reports.models import YearReport
from blueprints.pairing.year_reports.papers import title
from blueprints.pairing.year_reports.queries import waiting
from core.desk import Door, Part, Row, waits
from core.pages import language
from core.record import Told
from core.roles import Viewer

DOORS = (
    Door(
        "year_reports.read",
        "year_reports.listed",
        _l("Yearly reports on pairing"),
        _l("What a year of pairing brought, in figures and in the office's words, as a paper."),
    ),
)

TOLD = (Told("year_report", EVENT_LABELS, names=select(YearReport.id, cast(YearReport.year, String))),)


def desk(viewer: Viewer) -> list[Part]:
    """What was sent to a leader, what a clerk is drafting."""
    reports = waits(waiting(viewer.role), _report)
    return [Part("year_reports", _l("Yearly reports on pairing to write or to issue"), reports)]


def _report(each: YearReport) -> Row:
    return Row(title(each.year)[language()], "year_reports.show", {"id": each.id})
