"""What `flask check` proves of households."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from blueprints.pairing.households.domain import WORKFLOW, State
from blueprints.pairing.households.models import FollowUp, Household, HouseholdPhoto, numbered
from blueprints.pairing.rounds.domain import SHOWN
from blueprints.pairing.rounds.domain import State as RoundState
from blueprints.pairing.rounds.models import Round
from core import check, clock, sheets, vault
from core.record import Entry, Fault
from core.serials import Counted

NUMBERED: Counted = {"household": numbered}


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """Households moved by the record alone, none further than its round; whole certificates; photos as many as sent."""
    counts["households"] += session.scalar(select(func.count(Household.id))) or 0
    counts["visits to households"] += session.scalar(select(func.count(FollowUp.id))) or 0
    yield from check.moved_past(session, Household, WORKFLOW.start)
    named = (State.NAMED, State.REFUSED, State.REVOKED)
    early = or_(
        and_(Household.state.in_((State.LISTED, State.UNLISTED)), Round.state.not_in((*SHOWN, RoundState.CANCELLED))),
        and_(Household.state.in_(named), Round.state.not_in((RoundState.DECIDING, RoundState.DECIDED))),
    )
    of: Any = select(Household.id, Round.state).join(Round, Round.id == Household.round_id).where(early)
    for id, state in check.rows(session, of):
        yield Fault(f"household {id}", f"it is further than its round, which is {state}")
    there = select(func.count()).where(HouseholdPhoto.household_id == Household.id).scalar_subquery()
    sent = select(Entry.data).where(Entry.thread == "household", Entry.thread_id == Household.id, Entry.number == 1)
    for id, state, data, photos in check.rows(
        session, select(Household.id, Household.state, sent.scalar_subquery(), there)
    ):
        if photos != (0 if state == State.WITHDRAWN else (data or {}).get("photos")):
            yield Fault(f"household {id}", f"{photos} photos are there, its record tells of another number")
    for row in session.scalars(select(Household).where(Household.serial.is_not(None)).execution_options(yield_per=200)):
        counts["certificates"] += 1
        try:
            sheets.from_json(row.sheets or {})
        except vault.Broken:
            continue  # named already
        except (ValueError, TypeError, KeyError):
            yield Fault(f"household {row.id}", "its certificate cannot be read")


def unseen(session: Session) -> Iterator[str]:
    """Households that should have been visited again."""
    late = select(Household.id, Household.due_on).where(Household.due_on < clock.today()).order_by(Household.id)
    for id, due_on in session.execute(late):
        yield f"household {id}: the visit a year later was due on {due_on}"
