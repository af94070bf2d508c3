"""What `flask check` proves of the activities."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from blueprints.pairing.activities.models import Activity, Picture
from core import check
from core.record import Entry, Fault


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """Activities moved by the record alone, each with the pictures that came in and the cost that was reported."""
    yield from check.moved_past(session, Activity, "planned")
    told: Counter[int] = Counter()
    cost: dict[int, int] = {}
    entries: Any = select(Entry.thread_id, Entry.data).where(Entry.thread == "activity")
    for id, data in check.rows(session, entries):
        told[id] += data.get("photos", 0)
        if "cost" in data:
            cost[id] = data["cost"]
    there = select(func.count(Picture.id)).where(Picture.activity_id == Activity.id).scalar_subquery()
    rows: Any = select(Activity.id, Activity.cost_fen, there)
    for id, fen, pictures in check.rows(session, rows):
        counts["activities"] += 1
        if pictures != told[id]:
            yield Fault(f"activity {id}", "its record tells of another number of pictures")
        if fen != cost.get(id):
            yield Fault(f"activity {id}", "its record tells of another cost")
