"""What `flask check` proves of the plan of the years."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from blueprints.pairing.intake.models import PlanYear
from core import check
from core.record import Entry, Fault


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """The number of each year is the last that its record tells of."""
    last = select(Entry.data).where(
        Entry.thread == "post_plan", Entry.thread_id == PlanYear.id, Entry.number == PlanYear.version
    )
    for id, planned, data in check.rows(session, select(PlanYear.id, PlanYear.planned, last.scalar_subquery())):
        counts["years with a plan for posts"] += 1
        if (data or {}).get("planned") != planned:
            yield Fault(f"post_plan {id}", "its number is not what the record says")
