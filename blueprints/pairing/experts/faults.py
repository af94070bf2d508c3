"""What `flask check` proves of the roster."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from blueprints.pairing.experts.domain import WORKFLOW
from blueprints.pairing.experts.models import Expert, ExpertTrade
from core import check
from core.record import Fault


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """Entries moved by the record alone, none without a trade."""
    counts["experts"] += session.scalar(select(func.count(Expert.id))) or 0
    yield from check.moved_past(session, Expert, WORKFLOW.start)
    bare = select(Expert.id).where(~select(ExpertTrade.trade).where(ExpertTrade.expert_id == Expert.id).exists())
    for (id,) in check.rows(session, bare):
        yield Fault(f"expert {id}", "it has no trade")
