"""What `flask check` proves of the contact visits."""

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
    first = select(Entry.data).where(
        Entry.thread == "contact_finding", Entry.thread_id == Finding.id, Entry.number == 1
    )
    walled = select(func.count(FindingConcern.id)).where(FindingConcern.finding_id == Finding.id)
    photos = select(func.count(Photo.id)).where(Photo.finding_id == Finding.id)
    parts = (first.scalar_subquery(), walled.scalar_subquery(), photos.scalar_subquery())
    rows: Any = select(Finding.id, *parts)
    for id, came, concerns, pictures in check.rows(session, rows):
        counts["contact findings"] += 1
        came = came or {}
        if (concerns, pictures) != (came.get("concerns"), came.get("photos")):
            yield Fault(f"contact_finding {id}", "its record tells of another number of concerns or photos")
