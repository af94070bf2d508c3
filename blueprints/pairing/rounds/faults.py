"""What `flask check` proves of rounds."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from blueprints.pairing.rounds.domain import WORKFLOW, State, add_up, fit
from blueprints.pairing.rounds.models import Member, Round
from core import check, vault
from core.record import Fault


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """Rounds moved by the record alone; of those that were opened the weights add up, and the panel is one."""
    counts["rounds of households"] += session.scalar(select(func.count(Round.id))) or 0
    yield from check.moved_past(session, Round, WORKFLOW.start)
    panels: dict[int, list[int]] = {}
    seated: Any = select(Member.round_id, Member.user_id).where(Member.left_on.is_(None))
    for round_id, user_id in check.rows(session, seated):
        panels.setdefault(round_id, []).append(user_id)
    opened: Any = select(Round).where(Round.state.not_in((State.DRAFTED, State.CANCELLED)))
    for (row,) in check.rows(session, opened):
        try:
            criteria = row.criteria
        except (vault.Broken, ValueError):
            continue  # named already
        if not add_up(criteria):
            yield Fault(f"household_round {row.id}", "its weights do not add up to 100")
        if not fit(panels.get(row.id, [])):
            yield Fault(f"household_round {row.id}", "its panel has not an uneven number of members, at least three")
