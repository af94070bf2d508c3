"""What `flask check` proves of the contact visits."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from blueprints.pairing.contact_visits.models import Finding, FindingConcern, Photo, Visit
from core import check
from core.record import Entry, Fault


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """Visits and findings moved by the record alone, each finding with the wall and the photos that it came in with."""
    yield from check.moved_past(session, Visit, "planned")
    yield from check.moved_past(session, Finding, "found")
    concerns: dict[int, int] = {}
    photos: Counter[int] = Counter()
    entries: Any = select(Entry.thread_id, Entry.data).where(Entry.thread == "contact_finding").order_by(Entry.number)
    for id, data in check.rows(session, entries):
        concerns.setdefault(id, data.get("concerns", 0))
        photos[id] += data.get("photos", 0)
    walled = select(func.count(FindingConcern.id)).where(FindingConcern.finding_id == Finding.id).scalar_subquery()
    there = select(func.count(Photo.id)).where(Photo.finding_id == Finding.id).scalar_subquery()
    rows: Any = select(Finding.id, walled, there)
    for id, names, pictures in check.rows(session, rows):
        counts["contact findings"] += 1
        if (names, pictures) != (concerns.get(id), photos[id]):
            yield Fault(f"contact_finding {id}", "its record tells of another number of concerns or photos")
