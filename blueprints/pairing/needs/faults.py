"""What `flask check` proves of the needs."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from blueprints.pairing.needs.models import INDEX, Measure, Need, Photo, Progress
from core import check, vault
from core.record import Entry, Fault


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """Needs and measures moved by the record alone, each with every measure, progress and photo it began with, and
    the money that its progress adds up to; a search finds each need."""
    yield from check.moved_past(session, Need, "raised")
    told: dict[str, Counter[int]] = {"measure": Counter(), "progress": Counter()}
    begun: Counter[int] = Counter()
    state: dict[int, str] = {}
    rows: Any = select(Entry.thread_id, Entry.action, Entry.data).where(Entry.thread == "need").order_by(Entry.number)
    for id, action, data in check.rows(session, rows):
        if action in ("plan", "measure"):
            told["measure"][id] += 1
            state[data["measure"]] = "open"
        told["progress"][id] += "progress" in data
        if "measure_state" in data:
            state[data["measure"]] = data["measure_state"]
        begun[id] += data.get("photos", 0)
    parts: dict[str, Any] = {"measure": Measure, "progress": Progress}
    there = {name: _counts(session, part) for name, part in parts.items()}
    photos: Any = select(Photo.need_id, func.count()).where(Photo.moment == "need").group_by(Photo.need_id)
    first: Counter[int] = Counter({id: count for id, count in check.rows(session, photos)})
    for (id,) in check.rows(session, select(Need.id)):
        counts["needs"] += 1
        for name in parts:
            if told[name][id] != there[name][id]:
                yield Fault(f"need {id}", f"its record tells of another number of entries of {name}")
        if first[id] != begun[id]:
            yield Fault(f"need {id}", "its record tells of another number of photos")
    sums: Any = select(Progress.measure_id, func.sum(Progress.spent_fen)).group_by(Progress.measure_id)
    spent: Counter[int] = Counter({id: int(sum_of) for id, sum_of in check.rows(session, sums)})
    measures: Any = select(Measure.id, Measure.state, Measure.spent_fen)
    for id, is_now, sum_of in check.rows(session, measures):
        if state.get(id) != is_now:
            yield Fault(f"need_measure {id}", "its state is not what the record says")
        if spent[id] != sum_of:
            yield Fault(f"need_measure {id}", "what was spent is not the sum of its progress")
    yield from _unfound(session)


def _unfound(session: Session) -> Iterator[Fault]:
    for need in session.scalars(select(Need).execution_options(yield_per=200)):
        try:
            if not INDEX.holds(session, need.id, need.words):
                yield Fault(f"need {need.id}", "a search does not find it")
        except (vault.Broken, ValueError):
            continue  # named already


def index(session: Session) -> int:
    """Write the search index of the needs anew; how many texts it holds then."""
    INDEX.empty(session)
    count = 0
    for some in session.scalars(select(Need).execution_options(yield_per=200)).partitions():
        INDEX.put_all(session, [(each.id, each.words) for each in some])
        count += len(some)
    return count


def _counts(session: Session, part: Any) -> Counter[int]:
    found: Counter[int] = Counter()
    wanted: Any = select(part.need_id, func.count()).group_by(part.need_id)
    for id, count in check.rows(session, wanted):
        found[id] = count
    return found
