"""What a step of a round waits for, and what it does to its households."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from blueprints.pairing.households.domain import State as HouseholdState
from blueprints.pairing.households.models import AROUND, Household
from blueprints.pairing.objections.models import may_see_all, unanswered
from blueprints.pairing.panel.domain import Cut, cut
from blueprints.pairing.panel.models import count_all
from blueprints.pairing.panel.queries import Lack, Line, lacking, ranking
from blueprints.pairing.rounds.domain import Only, State
from blueprints.pairing.rounds.models import Round
from core.extensions import db
from core.roles import Viewer
from core.workflow import NotPossible, Step


@dataclass(frozen=True)
class Missing:
    """What has to be done before the next step of a round, in its state."""

    to_check: Sequence[Household] = ()  # nominations that nobody has looked at
    nobody: bool = False  # no household is in the round
    lacks: Sequence[Lack] = ()  # households that too few have scored
    equal: Sequence[Line] = ()  # equal medians that leave open who is on the list
    left: int = 0  # for so many places
    unanswered: int = 0  # objections
    to_decide: Sequence[Household] = field(default=())  # households of the list without the leader's word

    def allows(self, step: Step) -> bool:
        """Whether nothing of it stands in the way of this step."""
        match step.only:
            case Only.CHECKED:
                return not self.to_check and not self.nobody
            case Only.SCORED:
                return not self.lacks and not self.nobody
            case Only.EQUAL:
                return bool(self.equal)
            case Only.SETTLED:
                return not self.equal and not self.nobody
            case Only.ANSWERED:
                return not self.unanswered
            case Only.EACH:
                return not self.to_decide
        return True


def missing(of: Round) -> Missing:
    """What stands in the way of the next step of a round now."""
    match of.state:
        case State.NOMINATING:
            return Missing(_standing(of, HouseholdState.NOMINATED), nobody=not _any(of))
        case State.SCORING:
            return Missing(lacks=lacking(of), nobody=not _any(of))
        case State.CLOSED:
            lines = ranking(of)
            found = _cut(of, lines)
            if found.listed(of.picked or ()) is not None:
                return Missing(nobody=not lines)
            return Missing(equal=[each for each in lines if each.placed.id in found.equal], left=found.left)
        case State.NOTICE:
            return Missing(unanswered=unanswered(of))
        case State.DECIDING:
            return Missing(to_decide=_standing(of, HouseholdState.LISTED))
    return Missing()


def _cut(of: Round, lines: Sequence[Line]) -> Cut:
    return cut([each.placed for each in lines], of.places)


def _standing(of: Round, state: HouseholdState) -> Sequence[Household]:
    rows = select(Household).where(Household.round_id == of.id, Household.state == state).options(*AROUND)
    return db.session.scalars(rows.order_by(Household.id)).all()


def _any(of: Round) -> bool:
    rows = select(func.count(Household.id)).where(Household.round_id == of.id)
    return bool(db.session.scalar(rows.where(Household.state == HouseholdState.ACCEPTED)))


def steps(of: Round, viewer: Viewer, lacks: Missing) -> list[Step]:
    """The steps of a round that this person may take now."""
    able = [each for each in of.steps(viewer) if lacks.allows(each)]
    if any(each.only is Only.ANSWERED for each in able) and not may_see_all(viewer, of):
        able = [each for each in able if each.only is not Only.ANSWERED]  # that it is open tells of the objections
    return able


def advance(of: Round, action: str, values: dict[str, Any], *, by: Viewer) -> None:
    """Take one step of a round, with what it does to its households; the caller holds the round. Raises NotPossible."""
    lacks = missing(of)
    if action not in {each.action for each in steps(of, by, lacks)}:
        raise NotPossible(action)
    match action:
        case "close":
            count_all(of, by=by)
        case "settle":
            picked = {int(each) for each in values["picked"]}
            if not picked <= {each.placed.id for each in lacks.equal} or len(picked) != lacks.left:
                raise NotPossible("settle")
            values = {**values, "picked": picked}
        case "publish":
            lines = ranking(of)
            listed = _cut(of, lines).listed(of.picked or ())
            assert listed is not None  # else the step was not open
            for line in lines:
                line.household.place_on_list(line.household.id in listed, by=by)
    of.move(action, values, by=by)
