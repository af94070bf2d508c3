"""What `flask check` proves of scores."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from blueprints.pairing.households.domain import State as HouseholdState
from blueprints.pairing.households.models import Household
from blueprints.pairing.panel.domain import MOST
from blueprints.pairing.panel.models import Score
from blueprints.pairing.rounds.domain import KNOWN, State
from blueprints.pairing.rounds.models import Round
from core import check, vault
from core.record import Fault


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """No score counts before its panel is closed, each does or does not after; each has a point for each criterion."""
    counts["scores"] += session.scalar(select(func.count(Score.id))) or 0
    of = select(Score, Round).join(Household, Household.id == Score.household_id)
    of = of.join(Round, Round.id == Household.round_id)
    open_still = Round.state.in_((State.DRAFTED, State.NOMINATING, State.SCORING))
    early = open_still & Score.counted.is_not(None)
    late = Round.state.in_(KNOWN) & Score.counted.is_(None)
    wrong: Any = of.where(or_(early, late)).with_only_columns(Score.id, Round.state)
    for id, state in check.rows(session, wrong):
        yield Fault(f"household_score {id}", f"whether it counts does not fit its round, which is {state}")
    whole: Any = of
    for score, round in check.rows(session, whole):
        try:
            points, criteria = score.points, round.criteria
        except (vault.Broken, ValueError):
            continue  # named already
        if len(points) != len(criteria) or not all(0 <= each <= MOST for each in points):
            yield Fault(f"household_score {score.id}", "it has not one number from 0 to 100 for each criterion")
    scored = select(Score.household_id).where(Score.counted.is_(True))
    listed = Household.state.in_((HouseholdState.LISTED, HouseholdState.NAMED, HouseholdState.REFUSED))
    for (id,) in check.rows(session, select(Household.id).where(listed, Household.id.not_in(scored))):
        yield Fault(f"household {id}", "it stands on the list of a round and no score of it counts")
