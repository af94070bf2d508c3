"""Ties of members to households, and scores: the verbs that change them, and who may score what."""

from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    UniqueConstraint,
    and_,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from blueprints.accounts.models import User
from blueprints.pairing.households.domain import IN_ROUND
from blueprints.pairing.households.domain import State as HouseholdState
from blueprints.pairing.households.models import AROUND, Household, OfHousehold, hold
from blueprints.pairing.rounds.domain import State
from blueprints.pairing.rounds.models import Member, Round, member_of
from core import clock, vault
from core.extensions import Base, Id, db
from core.record import ThreadHead
from core.roles import Viewer
from core.workflow import NotPossible


class Tie(OfHousehold, Base):
    """Somebody on the panel has a tie to a household, as they said or the office noted: they do not score it."""

    __tablename__ = "household_tie"
    __table_args__ = (UniqueConstraint("household_id", "user_id", name="uq_household_tie_user"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    noted_on: Mapped[date]
    why_sealed: Mapped[bytes]

    why = vault.Sealed[str]("why_sealed")

    @classmethod
    def note(cls, household: Household, user: int, why: str, *, by: Viewer) -> None:
        """Note a tie of a member, the own or another's; what they scored before counts no more. Raises NotPossible."""
        if household.state not in IN_ROUND or household.round.state not in (State.NOMINATING, State.SCORING):
            raise NotPossible("tie")
        member = select(Member.id).where(Member.round_id == household.round_id, Member.user_id == user)
        known = select(cls.id).where(cls.household_id == household.id, cls.user_id == user)
        if db.session.scalar(member.where(Member.left_on.is_(None))) is None or db.session.scalar(known) is not None:
            raise NotPossible("tie")
        db.session.add(cls(household_id=household.id, user_id=user, noted_on=clock.today(), why=why))
        household.trace("tied", by=by.id, member=user)


class Score(ThreadHead, Base):
    """What one member gave one household: points for each criterion, read by nobody else before it closes."""

    __tablename__ = "household_score"
    __table_args__ = (UniqueConstraint("household_id", "user_id", name="uq_household_score_user"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    household_id: Mapped[int] = mapped_column(Id, ForeignKey("household.id"))
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), index=True)
    given_on: Mapped[date]
    counted: Mapped[bool | None]  # none: the panel is not closed
    points_sealed: Mapped[bytes]

    points = vault.Sealed[list[int]]("points_sealed")

    user: Mapped[User] = relationship()

    @classmethod
    def give(cls, household: Household, points: list[int], *, by: Viewer) -> None:
        """Give a household points, or other points than before; the caller holds it. Raises NotPossible."""
        if not may_score(household, by) or len(points) != len(household.round.criteria):
            raise NotPossible("score")
        row = own(household, by)
        fresh = row is None
        if row is None:
            row = cls(household_id=household.id, user_id=by.id, counted=None, version=0)
            db.session.add(row)
        row.points, row.given_on = points, clock.today()
        row.trace("given" if fresh else "changed", by=by.id)

    def count(self, counts: bool, *, by: Viewer) -> None:
        """The panel is closed: whether this score counts, and for ever."""
        self.counted = counts
        self.trace("counted" if counts else "not counted", by=by.id)


# --- who may score what --------------------------------------------------------------------------------------------


def tied(user: Any, unit: Any, place: Any) -> ColumnElement[bool]:
    """Whether that person has a tie to the household of a row: never unknown, so that it can be turned round."""
    noted = exists().where(Tie.household_id == Household.id, Tie.user_id == user).correlate(Household, User)
    return or_(
        Household.by_id.is_not_distinct_from(user),
        Household.unit_id.is_not_distinct_from(unit),
        Household.place_code.is_not_distinct_from(place),
        noted,
    )


def tied_to(viewer: Viewer) -> ColumnElement[bool]:
    """The same of somebody who signed in."""
    return tied(viewer.id, viewer.unit_id, viewer.place_code)


def scorable(viewer: Viewer) -> ColumnElement[bool]:
    """The households this person scores: of a panel they are on, while it scores, without a tie."""
    running = exists().where(Round.id == Household.round_id, Round.state == State.SCORING)
    mine = member_of(viewer, Household.round_id)
    return and_(Household.state == HouseholdState.ACCEPTED, running, mine, ~tied_to(viewer))


def may_score(household: Household, viewer: Viewer) -> bool:
    """Whether this person may score it now."""
    wanted = select(Household.id).where(Household.id == household.id, scorable(viewer))
    return db.session.scalar(wanted) is not None


def load_scorable(id: int, viewer: Viewer, *, to_move: bool = False) -> Household | None:
    """The household, if this person scores it; `to_move` holds its round and its row."""
    wanted = select(Household).where(Household.id == id, scorable(viewer))
    if to_move and hold(id) is None:
        return None
    return db.session.scalar(wanted.options(*AROUND))


def load_on_panel(id: int, viewer: Viewer, *, to_move: bool = False) -> Household | None:
    """The household, if this person is on the panel of its round and may still declare a tie to it."""
    able = exists().where(Round.id == Household.round_id, Round.state.in_((State.NOMINATING, State.SCORING)))
    mine = (Household.state == HouseholdState.ACCEPTED, able, member_of(viewer, Household.round_id))
    if to_move and hold(id) is None:
        return None
    return db.session.scalar(select(Household).where(Household.id == id, *mine).options(*AROUND))


def own(household: Household, viewer: Viewer) -> Score | None:
    """What this person gave it."""
    mine = (Score.household_id == household.id, Score.user_id == viewer.id)
    return db.session.scalar(select(Score).where(*mine))


def valid() -> Any:
    """The scores of the household of a row that would count now: of members, without a tie."""
    on_panel = and_(Member.user_id == Score.user_id, Member.round_id == Household.round_id, Member.left_on.is_(None))
    rows = select(func.count(Score.id)).join(User, User.id == Score.user_id).join(Member, on_panel)
    rows = rows.where(Score.household_id == Household.id, ~tied(User.id, User.unit_id, User.place_code))
    return rows.correlate(Household).scalar_subquery()


def count_all(of: Round, *, by: Viewer) -> None:
    """The panel is closed: each score of its households counts or does not; the caller holds the round."""
    joined = select(Score).join(Household, Household.id == Score.household_id).join(User, User.id == Score.user_id)
    joined = joined.where(Household.round_id == of.id)
    on_panel = exists().where(Member.user_id == Score.user_id, Member.round_id == of.id, Member.left_on.is_(None))
    counts = joined.where(on_panel, ~tied(User.id, User.unit_id, User.place_code)).with_only_columns(Score.id)
    good = set(db.session.scalars(counts))
    for score in db.session.scalars(joined.order_by(Score.id)).all():
        score.count(score.id in good, by=by)
