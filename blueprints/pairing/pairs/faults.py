"""What `flask check` proves of the pairings."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from blueprints.pairing.pairs.models import Goal, Pairing
from core import check
from core.record import Entry, Fault


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """Pairings and goals moved by the record alone, each with every goal that its record tells of."""
    yield from check.moved_past(session, Pairing, "running")
    told: dict[int, str] = {}
    of_pairing: Counter[int] = Counter()
    rows: Any = (
        select(Entry.thread_id, Entry.data).where(Entry.thread == "pairing").order_by(Entry.thread_id, Entry.number)
    )
    for id, data in check.rows(session, rows):
        if "goal" in data:
            of_pairing[id] += data["goal"] not in told
            told[data["goal"]] = data.get("goal_state", "open")
    there: Counter[int] = Counter()
    goals: Any = select(Goal.id, Goal.pairing_id, Goal.state)
    for id, pairing, state in check.rows(session, goals):
        counts["goals"] += 1
        there[pairing] += 1
        if told.get(id) != state:
            yield Fault(f"pairing_goal {id}", "its state is not what the record says")
    for (id,) in check.rows(session, select(Pairing.id)):
        counts["pairings"] += 1
        if there[id] != of_pairing[id]:
            yield Fault(f"pairing {id}", "its record tells of another number of goals")
