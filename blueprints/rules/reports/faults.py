"""What `flask check` proves of the reports without being able to read one."""

from collections.abc import Iterator

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from blueprints.rules.reports.domain import WORKFLOW, State, What
from blueprints.rules.reports.models import Part, Report
from blueprints.rules.reports.queries import nobody
from core import check
from core.record import Fault
from core.serials import Counted

NUMBERED: Counted = {
    "report paper": lambda year: select(func.count(Part.id)).where(Part.year == year),
}


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """Each report stands where its record says, and has its own text."""
    counts["reports of violations"] = session.scalar(select(func.count(Report.id))) or 0
    yield from check.moved_past(session, Report, WORKFLOW.start)
    text = exists().where(Part.report_id == Report.id, Part.what == What.REPORT)
    for (id,) in check.rows(session, select(Report.id).where(~text)):
        yield Fault(f"report {id}", "its text is not there")
    decided = select(Report.id).where(Report.state == State.PROPOSED, Report.decided_by_id.is_(None))
    for (id,) in check.rows(session, decided):
        yield Fault(f"report {id}", "nobody proposed what a second officer is to confirm")


def unseen(session: Session) -> Iterator[str]:
    """Reports that nobody can open any more."""
    for number in nobody(session):
        yield f"report {number}: no discipline officer has a key that opens it"
