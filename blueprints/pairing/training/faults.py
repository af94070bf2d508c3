"""What `flask check` proves of courses."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from blueprints.pairing.training.domain import WORKFLOW, Place
from blueprints.pairing.training.models import Course, Enrolment, Evaluation
from core import check
from core.record import Entry, Fault


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """Courses and places moved by the record alone; nobody beyond the seats; as many evaluations as were given."""
    counts["courses"] += session.scalar(select(func.count(Course.id))) or 0
    counts["places in courses"] += session.scalar(select(func.count(Enrolment.id))) or 0
    yield from check.moved_past(session, Course, WORKFLOW.start)
    yield from check.moved_past(session, Enrolment, Place.WAITING)
    beyond = select(Enrolment.id).join(Course).where(Enrolment.seat > Course.seats)
    for (id,) in check.rows(session, beyond):
        yield Fault(f"course_place {id}", "its seat is beyond those of the course")
    said = select(func.count()).where(
        Entry.thread == "course", Entry.thread_id == Course.id, Entry.action == "evaluated"
    )
    kept = select(func.count()).where(Evaluation.course_id == Course.id)
    for id, told, there in check.rows(session, select(Course.id, said.scalar_subquery(), kept.scalar_subquery())):
        if told != there:
            yield Fault(f"course {id}", f"its record tells of {told} evaluations, there are {there}")
