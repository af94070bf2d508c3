"""What `flask check` proves of the screening."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from blueprints.petitions.screening.domain import WORKFLOW
from blueprints.petitions.screening.models import Item, ItemConcern
from core import check
from core.record import Entry, Fault


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """Items moved by the record alone, each with the wall that it came in with."""
    of_item = select(Entry.data).where(Entry.thread == "screening_item", Entry.thread_id == Item.id)
    moves = of_item.where(Entry.action.in_([step.action for step in WORKFLOW]))
    last = moves.order_by(Entry.number.desc()).limit(1).scalar_subquery()
    first = of_item.where(Entry.number == 1).scalar_subquery()
    walled = select(func.count(ItemConcern.id)).where(ItemConcern.item_id == Item.id).scalar_subquery()
    begin = {"state": WORKFLOW.start}
    for id, state, noted, came, there in check.rows(session, select(Item.id, Item.state, last, first, walled)):
        counts["screening items"] += 1
        if state != (noted or begin).get("state"):
            yield Fault(f"screening_item {id}", "its state is not what the record says")
        if there != (came or {}).get("concerns"):
            yield Fault(f"screening_item {id}", f"{there} concerns are there, its record tells of another number")
