"""What `flask check` proves of who has read what."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from blueprints.rules.reading.domain import WORKFLOW
from blueprints.rules.reading.models import Addressee, Assignment, Reading
from blueprints.rules.register.models import Version
from core import check
from core.record import Entry, Fault


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """Acknowledgements of the very text that their record names; requests that ask whom they asked first."""
    said = select(Entry.data).where(Entry.thread == "rule_reading", Entry.thread_id == Reading.id, Entry.number == 1)
    wanted: Any = select(Reading, Version.digest, said.scalar_subquery())
    for reading, digest, told in check.rows(session, wanted.join(Version, Version.id == Reading.version_id)):
        counts["acknowledgements"] += 1
        noted = told or {}
        as_told = noted.get("digest") == reading.digest.hex() and noted.get("of") == reading.version_id
        if not as_told or reading.digest != digest:
            yield Fault(f"rule_reading {reading.id}", "it is not of the text that its record names")
    of = select(Entry.data).where(Entry.thread == "rule_assignment", Entry.thread_id == Assignment.id)
    first = of.where(Entry.number == 1).scalar_subquery()
    there = select(func.count(Addressee.id)).where(Addressee.assignment_id == Assignment.id).scalar_subquery()
    rows: Any = select(Assignment.id, first, there)
    for id, told, count in check.rows(session, rows):
        if (told or {}).get("asked") != count:
            yield Fault(f"rule_assignment {id}", f"it asks {count} roles or units, its record tells of another number")
    yield from check.moved_past(session, Assignment, WORKFLOW.start)
