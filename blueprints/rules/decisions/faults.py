"""What `flask check` proves of the rules of procedure."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from blueprints.rules.decisions.domain import Ruling, State
from blueprints.rules.decisions.models import DecisionTable
from core import check
from core.record import Fault


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """Versions moved by the record alone, whose rows are rulings that do not contradict each other."""
    yield from check.moved_past(session, DecisionTable, State.DRAFT)
    for id, held in check.rows(session, select(DecisionTable.id, DecisionTable.held)):
        counts["tables of decisions"] += 1
        try:
            rulings = [Ruling.from_json(each) for each in held]
        except (TypeError, ValueError):
            yield Fault(f"decision_table {id}", "a row of it is no ruling")
            continue
        if len({(each.matter, each.from_fen) for each in rulings}) < len(rulings):
            yield Fault(f"decision_table {id}", "two rows of it answer the same question")
