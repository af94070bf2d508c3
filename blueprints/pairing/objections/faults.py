"""What `flask check` proves of objections."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from blueprints.accounts.models import User
from blueprints.pairing.households.models import Household
from blueprints.pairing.objections.domain import OFFICE, WORKFLOW, State
from blueprints.pairing.objections.models import Objection
from blueprints.pairing.rounds.domain import State as RoundState
from blueprints.pairing.rounds.models import Member, Round
from core import check, clock
from core.record import Fault


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """Objections moved by the record alone; none unanswered once the notice has ended."""
    counts["objections"] += session.scalar(select(func.count(Objection.id))) or 0
    yield from check.moved_past(session, Objection, WORKFLOW.start)
    over = Round.state.in_((RoundState.DECIDING, RoundState.DECIDED))
    rows = select(Objection.id).join(Household, Household.id == Objection.household_id)
    rows = rows.join(Round, Round.id == Household.round_id).where(over, Objection.state == State.RECEIVED)
    for (id,) in check.rows(session, rows):
        yield Fault(f"household_objection {id}", "its round went on and it was never answered")


def unseen(session: Session) -> Iterator[str]:
    """Objections past their day, and those that nobody may answer: all are on the panel or nominated the household."""
    able = select(User.id).where(User.role.in_(OFFICE), User.closed_at.is_(None))
    able = able.where(User.id.is_distinct_from(Household.by_id))
    on_panel = select(Member.id).where(Member.round_id == Household.round_id, Member.user_id == User.id).exists()
    rows = select(Objection.id).join(Household, Household.id == Objection.household_id)
    rows = rows.where(Objection.state == State.RECEIVED, ~able.where(~on_panel).correlate(Household).exists())
    late = select(Objection.id, Objection.due_on).where(Objection.due_on < clock.today()).order_by(Objection.id)
    for id, due_on in session.execute(late):
        yield f"household_objection {id}: its answer was due on {due_on}"
    for id in session.scalars(rows.order_by(Objection.id)):
        yield f"household_objection {id}: whoever could answer it is on the panel or nominated the household"
