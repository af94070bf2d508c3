"""What a member has to score; the ranking once the panel is closed. Each is a constant number of queries."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, exists, select
from sqlalchemy.orm import joinedload

from blueprints.accounts.models import User
from blueprints.pairing.households.domain import State as HouseholdState
from blueprints.pairing.households.models import AROUND, Household
from blueprints.pairing.panel.domain import Placed, order, points, spread, total
from blueprints.pairing.panel.models import Score, Tie, scorable, tied, tied_to, valid
from blueprints.pairing.rounds.domain import KNOWN, State, needed
from blueprints.pairing.rounds.models import Member, Round, member_of
from core.desk import AT_MOST
from core.extensions import db
from core.roles import Role, Viewer

OFFICE = (Role.CLERK, Role.LEADER)
STANDS = tuple(each for each in HouseholdState if each not in (
    HouseholdState.NOMINATED, HouseholdState.DECLINED, HouseholdState.WITHDRAWN,
))  # fmt: skip


class Task(NamedTuple):
    """A household that this person scores, and whether they did."""

    household: Household
    done: bool


def tasks(viewer: Viewer) -> list[Task]:
    """The households that this person scores now: those without the own score first."""
    mine = exists().where(Score.household_id == Household.id, Score.user_id == viewer.id)
    rows = select(Household, mine).where(scorable(viewer)).options(*AROUND)
    found = db.session.execute(rows.order_by(mine, Household.round_id, Household.id)).all()
    return [Task(household, bool(done)) for household, done in found]


@lru_cache(256)
def waiting(viewer: Viewer) -> Select[Household]:
    """For the desk: the households that wait for the score of this person."""
    mine = exists().where(Score.household_id == Household.id, Score.user_id == viewer.id)
    rows = select(Household).where(scorable(viewer), ~mine).options(*AROUND)
    return rows.order_by(Household.id).limit(AT_MOST)


def tied_away(viewer: Viewer) -> Sequence[Household]:
    """The households of a panel this person is on that they do not score, for a tie."""
    running = exists().where(Round.id == Household.round_id, Round.state == State.SCORING)
    mine = (Household.state == HouseholdState.ACCEPTED, running, member_of(viewer, Household.round_id), tied_to(viewer))
    return db.session.scalars(select(Household).where(*mine).options(*AROUND).order_by(Household.id)).all()


class Lack(NamedTuple):
    """A household that too few have scored."""

    household: Household
    given: int


def lacking(of: Round) -> list[Lack]:
    """The households that fewer than the needed members have scored, so that the panel cannot be closed."""
    enough = needed(len(of.members()))
    count = valid()
    rows = select(Household, count).where(Household.round_id == of.id, Household.state == HouseholdState.ACCEPTED)
    found = db.session.execute(rows.where(count < enough).options(*AROUND).order_by(Household.id)).all()
    return [Lack(household, int(given)) for household, given in found]


class Line(NamedTuple):
    """A household in the ranking."""

    household: Household
    placed: Placed
    tied: bool = False  # the reader has a tie to it, and reads its rank alone


def ranking(of: Round, viewer: Viewer | None = None) -> list[Line]:
    """The households of a round by their medians, as this person may read it; nothing while its panel is open."""
    if of.state not in KNOWN:
        return []
    weights = [each.weight for each in of.criteria]
    rows = select(Score).join(Household, Household.id == Score.household_id)
    rows = rows.where(Household.round_id == of.id, Household.state.in_(STANDS), Score.counted.is_(True))
    totals: dict[int, list[int]] = {}
    for each in db.session.scalars(rows.order_by(Score.household_id)):
        totals.setdefault(each.household_id, []).append(total(each.points, weights))
    placed = order({id: spread(found) for id, found in totals.items()})
    named = select(Household).where(Household.id.in_(totals)).options(*AROUND)
    households = {each.id: each for each in db.session.scalars(named)}
    mine = select(Household.id).where(Household.id.in_(totals), tied_to(viewer)) if viewer else None
    tied_ones = set(db.session.scalars(mine)) if mine is not None else set()
    return [Line(households[each.id], each, each.id in tied_ones) for each in placed]


def reads_ranking(viewer: Viewer, of: Round) -> bool:
    """Whether this person may read the order: the office and the panel, once it is closed."""
    if of.state not in KNOWN:
        return False
    mine = select(Round.id).where(Round.id == of.id, member_of(viewer, Round.id))
    return viewer.role in OFFICE or db.session.scalar(mine) is not None


class Given(NamedTuple):
    """What one member gave, once the panel is closed."""

    name: str
    total: str
    points: list[int]
    counted: bool


def given(id: int, viewer: Viewer) -> tuple[Household, list[Given]] | None:
    """A household and what each member gave it; nothing while the panel is open, or for whoever has a tie to it."""
    wanted = select(Household).join(Round, Round.id == Household.round_id)
    wanted = wanted.where(Household.id == id, Household.state.in_(STANDS), Round.state.in_(KNOWN), ~tied_to(viewer))
    if viewer.role not in OFFICE:
        wanted = wanted.where(member_of(viewer, Household.round_id))
    household = db.session.scalar(wanted.options(*AROUND))
    if household is None:
        return None
    weights = [each.weight for each in household.round.criteria]
    rows = select(Score).where(Score.household_id == id).options(joinedload(Score.user)).order_by(Score.id)
    return household, [
        Given(each.user.name, shown_total(each, weights), each.points, bool(each.counted))
        for each in db.session.scalars(rows)
    ]


def shown_total(score: Score, weights: list[int]) -> str:
    """What the points of one member add up to."""
    return f"{points(total(score.points, weights)):.2f}"


class Out(NamedTuple):
    """A member who does not score a household, and why, where that was said."""

    household: Household
    member: str
    why: str


def ties(of: Round) -> list[Out]:
    """Which members of a panel do not score which of its households."""
    standing = (Household.round_id == of.id, Household.state.in_((HouseholdState.NOMINATED, *STANDS)))
    on_panel = and_(Member.round_id == of.id, Member.left_on.is_(None))
    rows = (
        select(Household, User, Tie).select_from(Household).join(Member, on_panel).join(User, User.id == Member.user_id)
    )
    rows = rows.outerjoin(Tie, and_(Tie.household_id == Household.id, Tie.user_id == User.id))
    rows = rows.where(*standing, tied(User.id, User.unit_id, User.place_code)).options(*AROUND)
    found: Sequence[Any] = db.session.execute(rows.order_by(Household.id, User.id)).all()
    return [Out(household, user.name, tie.why if tie else "") for household, user, tie in found]
