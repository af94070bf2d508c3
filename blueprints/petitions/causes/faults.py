"""What `flask check` proves of the causes."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from blueprints.petitions.causes.models import Cause, Proposal, Remedy, Tie
from core import check, sheets, vault
from core.record import Entry, Fault
from core.serials import Counted

NUMBERED: Counted = {
    "cause": lambda year: select(func.count(Cause.id)).where(Cause.number.startswith(f"{year}-")),
    "proposal": lambda year: select(func.count(Proposal.id)).where(Proposal.year == year),
}


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """What the causes promise besides: moved by the record alone, and with every part that their record tells of."""
    told: dict[int, Counter[str]] = {}
    state: dict[int, str] = {}
    parts: dict[str, Any] = {"tie": Tie, "remedy": Remedy, "propose": Proposal}
    rows = select(Entry.thread_id, Entry.action, Entry.data).where(Entry.thread == "cause").order_by(Entry.number)
    for id, action, data in check.rows(session, rows):
        told.setdefault(id, Counter())[action] += 1
        state[id] = data.get("state", state.get(id, "open"))
    there: dict[str, Counter[int]] = {action: Counter() for action in parts}
    for action, part in parts.items():
        for id, count in check.rows(session, select(part.cause_id, func.count()).group_by(part.cause_id)):
            there[action][id] = count
    for cause in session.scalars(select(Cause)):
        counts["causes"] += 1
        if cause.state != state.get(cause.id):
            yield Fault(f"cause {cause.id}", "its state is not what the record says")
        for action in parts:
            if told.get(cause.id, Counter())[action] != there[action][cause.id]:
                yield Fault(f"cause {cause.id}", f'its record tells of another number of entries "{action}"')
    for proposal in session.scalars(select(Proposal)):
        counts["proposals"] += 1
        try:
            sheets.from_json(proposal.sheets)
        except (KeyError, TypeError, ValueError):
            yield Fault(f"proposal {proposal.number}", "its text cannot be read")
        except vault.Broken:
            continue
