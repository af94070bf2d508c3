"""A round and its panel: the verbs that change them, and who sees them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Any, Self

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    exists,
    false,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from blueprints.accounts.models import Unit, User
from blueprints.pairing.rounds.domain import MEMBERS, WORKFLOW, Criterion, Only, State, add_up, fit, terms_on
from core import clock, deadlines, vault, workdays
from core.deadlines import Deadline
from core.extensions import Base, Id, db, one_of
from core.record import Entry, Recorded, Thread, ThreadHead
from core.roles import Role, Viewer
from core.workflow import NotPossible, Step


@dataclass(frozen=True)
class Plan:
    """What a form says of a round, checked."""

    title: str
    year: int
    entry: str  # who may enter
    from_on: date
    until_on: date
    places: int
    criteria: list[Criterion]
    members: list[int]


class Round(ThreadHead, Base):
    """A round of a year. What it says is for everybody to read once it is open."""

    __tablename__ = "household_round"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint("from_on <= until_on", name="days"),
        CheckConstraint("places > 0", name="places"),
        CheckConstraint("(state = 'cancelled') = (reason_sealed IS NOT NULL)", name="reason"),
        CheckConstraint("(notice_on IS NULL) = (sum IS NULL)", name="sum"),
        CheckConstraint("(picked IS NULL) = (order_sealed IS NULL)", name="picked"),
        CheckConstraint("state NOT IN ('notice', 'deciding', 'decided') OR notice_on IS NOT NULL", name="notice"),
        CheckConstraint("(state = 'decided') = (decided_on IS NOT NULL)", name="decided"),
        Index("ix_household_round_state", "state", "id"),
        Index("ix_household_round_year", "year", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(100))
    year: Mapped[int]
    from_on: Mapped[date]  # nominations are taken from this day
    until_on: Mapped[date]  # to this one
    places: Mapped[int]
    notice_on: Mapped[date | None]  # the last day of the public notice
    sum: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # how that day was counted
    decided_on: Mapped[date | None]
    picked: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))  # of equal medians, those on the list
    entry_sealed: Mapped[bytes]
    criteria_sealed: Mapped[bytes]
    order_sealed: Mapped[bytes | None]
    reason_sealed: Mapped[bytes | None]

    entry = vault.Sealed[str]("entry_sealed")
    held_against = vault.Sealed[list[list[Any]]]("criteria_sealed")
    order = vault.Sealed[str | None]("order_sealed")  # why the leader decided so between equal medians
    reason = vault.Sealed[str | None]("reason_sealed")  # why it was called off, as everybody reads it

    @classmethod
    def draft(cls, plan: Plan, *, by: Viewer) -> Self:
        """A new round, which nobody outside the office sees yet. Raises NotPossible."""
        row = cls(state=WORKFLOW.start, notice_on=None, sum=None, decided_on=None, picked=None, version=0)
        row.order = row.reason = None
        row._say(plan)
        db.session.add(row)
        row.trace("drafted", by=by.id, state=row.state)
        db.session.flush()  # the panel refers to its row
        row._seat(plan.members)
        return row

    def _say(self, plan: Plan) -> None:
        for name in {each.name for each in fields(plan)} - {"criteria", "members"}:
            setattr(self, name, getattr(plan, name))
        self.held_against = [list(each) for each in plan.criteria]

    def _seat(self, members: Collection[int]) -> None:
        able = set(db.session.scalars(select(User.id).where(User.role.in_(MEMBERS), User.closed_at.is_(None))))
        there = {each.user_id: each for each in db.session.scalars(select(Member).where(Member.round_id == self.id))}
        if not set(members) <= able | {id for id, each in there.items() if each.left_on is None}:
            raise NotPossible("members")
        for user, row in there.items():
            row.left_on = None if user in members else row.left_on or clock.today()
        for user in set(members) - set(there):
            db.session.add(Member(round_id=self.id, user_id=user, since_on=clock.today(), left_on=None))

    @property
    def criteria(self) -> list[Criterion]:
        """What households are held against, in order."""
        return [Criterion(*each) for each in self.held_against]

    @property
    def deadline(self) -> Deadline | None:
        """The last day of the public notice, with its sum."""
        return Deadline.from_json(self.sum) if self.sum else None

    @property
    def takes_nominations(self) -> bool:
        """Whether a household can be nominated today."""
        return self.state == State.NOMINATING and self.from_on <= clock.today() <= self.until_on

    @property
    def takes_objections(self) -> bool:
        """Whether its list is on notice, its last day included."""
        return self.state == State.NOTICE and self.notice_on is not None and clock.today() <= self.notice_on

    @property
    def told(self) -> State:
        """Where it stands as a page says it: that an objection keeps a notice from its end is nobody's to read."""
        over = self.state == State.NOTICE and not self.takes_objections
        return State.DECIDING if over else State(self.state)

    def members(self) -> Sequence["Member"]:
        """Who is on the panel now, by the time they came."""
        wanted = select(Member).where(Member.round_id == self.id, Member.left_on.is_(None))
        return db.session.scalars(wanted.options(joinedload(Member.user)).order_by(Member.id)).all()

    # --- how it moves ----------------------------------------------------------------------------------------------

    def steps(self, viewer: Viewer) -> list[Step]:
        """The steps this person may take as far as the round itself knows; what its households lack is asked above."""
        return [each for each in WORKFLOW.open_to(viewer.role, State(self.state)) if self._timely(each)]

    def _timely(self, step: Step) -> bool:
        match step.only:
            case Only.READY:
                ready = add_up(self.criteria) and clock.today() <= self.until_on
                return ready and fit([each.user_id for each in self.members()])
            case Only.CHECKED:
                return clock.today() > self.until_on
            case Only.ANSWERED:
                return self.notice_on is not None and clock.today() > self.notice_on
        return True

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Take one step: its effect, its clock, its entry. Raises NotPossible."""
        step = WORKFLOW.step(action)
        if step not in self.steps(by):
            raise NotPossible(action)
        noted: dict[str, Any] = {}
        match action:
            case "change":
                self._say(values["plan"])
                self._seat(values["plan"].members)
            case "members":
                if not fit(values["members"]):
                    raise NotPossible("members")
                self._seat(values["members"])
                noted = {"members": sorted(values["members"])}
            case "settle":
                self.order, self.picked = values["reason"], sorted(values["picked"])
                noted = {"picked": self.picked}
            case "cancel":
                self.reason = values["reason"]
            case "decide":
                self.decided_on = clock.today()
        if step.start:
            deadline = deadlines.due(terms_on(clock.today()).rule(step.start), clock.today(), workdays)
            self.notice_on, self.sum = deadline.due_on, deadline.as_json()
            noted = {"due_on": self.notice_on.isoformat()}
        self.state = step.after(State(self.state))
        self.trace(action, by=by.id, note=values.get("reason") or None, state=self.state, **noted)
        return step


class Member(Recorded, Base):
    """Somebody on the panel of a round; who left stays in the record of who scored."""

    __tablename__ = "household_member"
    __table_args__ = (
        UniqueConstraint("round_id", "user_id", name="uq_household_member_user"),
        Index("ix_household_member_user_id", "user_id", "round_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    round_id: Mapped[int] = mapped_column(Id, ForeignKey("household_round.id"))
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    since_on: Mapped[date]
    left_on: Mapped[date | None]

    user: Mapped[User] = relationship()

    @property
    def thread(self) -> Thread:
        """The record of the round."""
        return Thread("household_round", self.round_id)


def member_of(viewer: Viewer, round_id: Any) -> ColumnElement[bool]:
    """Whether this person is on the panel of that round now."""
    return exists().where(Member.round_id == round_id, Member.user_id == viewer.id, Member.left_on.is_(None))


def _opened() -> ColumnElement[bool]:
    """Whether it was ever open: a draft that was called off stays as little known as it was."""
    was = exists().where(Entry.thread == "household_round", Entry.thread_id == Round.id, Entry.action == "open")
    return or_(Round.state.not_in((State.DRAFTED, State.CANCELLED)), was.correlate(Round))


@lru_cache(256)
def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The rounds this person may see: what was never opened is for the office, and for those asked to its panel."""
    match viewer.role:
        case Role.CLERK | Role.LEADER:
            return true()
        case Role.HANDLER | Role.CONTACT:
            return or_(_opened(), member_of(viewer, Round.id))
    return false()


def load(id: int, viewer: Viewer, *, to_move: bool = False) -> Round | None:
    """The round, if this person may see it; `to_move` holds its row until the request is settled."""
    wanted = select(Round).where(Round.id == id, seen_by(viewer))
    return db.session.scalar(wanted.with_for_update() if to_move else wanted)


def public(id: int) -> Round | None:
    """The round, if everybody may read of it."""
    return db.session.scalar(select(Round).where(Round.id == id, _opened()))


def hold(id: int) -> Round:
    """The round, held: what is done to one of its households and a step of the round itself wait for one another."""
    return db.session.scalars(select(Round).where(Round.id == id).with_for_update()).one()


def can_score() -> list[tuple[int, str]]:
    """Who may be asked to a panel: id, and the name with the unit."""
    works = (User.role.in_(MEMBERS), User.closed_at.is_(None))
    rows = select(User.id, User.name, Unit.name).join(Unit, Unit.id == User.unit_id).where(*works)
    found = db.session.execute(rows.order_by(Unit.name, User.name))
    return [(id, f"{name}（{unit}）") for id, name, unit in found]
