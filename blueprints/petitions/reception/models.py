"""The tables of reception days and of early and late hours, and the verbs that change them."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from blueprints.accounts.models import Unit, User
from blueprints.petitions.casefile.models import Belonging
from blueprints.petitions.docket.models import Petition
from blueprints.petitions.reception.domain import WORKFLOW, State, slot_time
from blueprints.petitions.visits.models import accused
from core import clock, vault
from core.extensions import Base, Id, Moment, db, one_of
from core.record import Recorded, Thread, ThreadHead
from core.roles import Role, Viewer
from core.workflow import NotPossible, Step


class ReceptionDay(ThreadHead, Base):
    """A day on which a leader receives people, one after another."""

    __tablename__ = "reception_day"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint("slots > 0 AND minutes > 0", name="slots"),
        Index("ix_reception_day_held_on", "held_on", "id"),
        Index("ix_reception_day_state_held_on", "state", "held_on", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(10))
    held_on: Mapped[date]
    starts: Mapped[str] = mapped_column(String(5))
    minutes: Mapped[int]
    slots: Mapped[int]
    leader_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    where_sealed: Mapped[bytes]

    where = vault.Sealed[str]("where_sealed")
    leader: Mapped[User] = relationship()

    @classmethod
    def plan(
        cls, held_on: date, starts: str, minutes: int, slots: int, leader: int, where: str, *, by: Viewer
    ) -> "ReceptionDay":
        """Plan a day."""
        given: dict[str, Any] = {"held_on": held_on, "starts": starts, "minutes": minutes, "slots": slots}
        day = cls(state=State.PLANNED, leader_id=leader, where=where, version=0, **given)
        db.session.add(day)
        day.trace("planned", by=by.id)
        return day

    @property
    def ends(self) -> str:
        """When the last slot ends."""
        return slot_time(self.starts, self.minutes, self.slots)

    @property
    def open_for_sign_up(self) -> bool:
        """Whether people can still sign up."""
        return self.state == State.ANNOUNCED and self.held_on >= clock.today()

    def time_of(self, slot: int) -> str:
        """When a slot begins."""
        return slot_time(self.starts, self.minutes, slot)

    def steps(self, viewer: Viewer) -> list[Step]:
        """The steps this person may take now."""
        early = self.held_on > clock.today()
        return [each for each in WORKFLOW.open_to(viewer.role, State(self.state)) if not (early and each.to == "held")]

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> None:
        """Take a step. Raises NotPossible."""
        step = WORKFLOW.step(action)
        if step not in self.steps(by) or step.to is None:
            raise NotPossible(action)
        self.state = step.to
        self.trace(action, by=by.id, note=values.get("reason") or None, state=step.to)

    def hears(self, petition_id: int) -> bool:
        """Whether the leader of the day is not whom the matter is about."""
        line = self.leader.unit.line
        return not accused([(self.leader_id, self.leader.name_digest, line)], [petition_id])

    def sign_up(self, petition: Petition, *, by: int | None) -> bool:
        """Give the matter a slot, by lot among the free ones: so the time that somebody gets says nothing of others,
        whom they may not know of. False where it has one. Raises NotPossible; Full."""
        if not self.open_for_sign_up or not self.hears(petition.id):
            raise NotPossible("sign up")
        there = db.session.execute(
            select(ReceptionVisitor.slot, ReceptionVisitor.petition_id).where(ReceptionVisitor.day_id == self.id)
        ).all()
        if petition.id in {id for _, id in there}:
            return False
        free = sorted(set(range(self.slots)) - {slot for slot, _ in there})
        if not free:
            raise Full
        visitor = ReceptionVisitor(
            day_id=self.id, petition_id=petition.id, slot=secrets.choice(free), made_at=clock.now()
        )
        db.session.add(visitor)
        petition.trace("reception signed up", by=by, day=self.id)
        return True


class Full(Exception):
    """Every slot of a reception day is taken."""


class ReceptionVisitor(Belonging, Base):
    """A matter that is heard on a reception day; gone when the sign-up is taken back."""

    __tablename__ = "reception_visitor"
    __table_args__ = (
        UniqueConstraint("day_id", "slot", name="uq_reception_visitor_slot"),
        UniqueConstraint("day_id", "petition_id", name="uq_reception_visitor_petition"),
        CheckConstraint("came IS NOT NULL OR result_sealed IS NULL", name="came"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    day_id: Mapped[int] = mapped_column(Id, ForeignKey("reception_day.id"))
    slot: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(Moment)
    came: Mapped[bool | None]
    result_sealed: Mapped[bytes | None]

    result = vault.Sealed[str | None]("result_sealed")


def load(id: int, *, to_move: bool = False) -> ReceptionDay | None:
    """A reception day with its leader; `to_move` holds its row, so that two never get one slot."""
    wanted = select(ReceptionDay).where(ReceptionDay.id == id)
    if to_move:
        return db.session.scalar(wanted.with_for_update(of=ReceptionDay))
    return db.session.scalar(wanted.options(joinedload(ReceptionDay.leader).joinedload(User.unit)))


def visitor_of(day_id: int, petition_id: int) -> ReceptionVisitor | None:
    """The slot of a matter."""
    wanted = select(ReceptionVisitor).where(
        ReceptionVisitor.day_id == day_id, ReceptionVisitor.petition_id == petition_id
    )
    return db.session.scalar(wanted)


def withdraw(day_id: int, petition: Petition) -> None:
    """Take a sign-up back; what was heard already stays."""
    row = visitor_of(day_id, petition.id)
    if row is not None and row.came is None:
        db.session.delete(row)
        petition.trace("reception withdrawn", by=None, day=day_id)


def record(day: ReceptionDay, petition: Petition, came: bool, words: str, *, by: Viewer) -> None:
    """Whether somebody came, and what was said; what was said goes to the petitioner. Raises NotPossible."""
    row = visitor_of(day.id, petition.id)
    if row is None or row.came is not None or State(day.state) not in (State.ANNOUNCED, State.HELD):
        raise NotPossible("result")
    if day.held_on > clock.today():
        raise NotPossible("result")
    if came and words:
        petition.move("message", {"text": words}, by=by)
    row.came, row.result = came, words or None
    petition.trace("reception result", by=by.id, day=day.id, came=came)


# --- early and late hours ------------------------------------------------------------------------------------------


class WindowHours(ThreadHead, Base):
    """The hours of a unit's window outside office hours, each week: who is on duty, since when."""

    __tablename__ = "window_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("starts < ends", name="hours"),
        CheckConstraint("until_on IS NULL OR until_on >= since_on", name="until"),
        Index("ix_window_hours_unit", "unit_id", "weekday", "starts"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    unit_id: Mapped[int] = mapped_column(Id, ForeignKey("unit.id"))
    weekday: Mapped[int]
    starts: Mapped[str] = mapped_column(String(5))
    ends: Mapped[str] = mapped_column(String(5))
    since_on: Mapped[date]
    until_on: Mapped[date | None]
    on_duty_sealed: Mapped[bytes]

    on_duty = vault.Sealed[str]("on_duty_sealed")
    unit: Mapped[Unit] = relationship(lazy="joined")

    @classmethod
    def publish(
        cls, unit_id: int, weekday: int, starts: str, ends: str, since_on: date, on_duty: str, *, by: Viewer
    ) -> "WindowHours":
        """Publish hours; they stand on the public page from that day on."""
        given: dict[str, Any] = {"weekday": weekday, "starts": starts, "ends": ends, "since_on": since_on}
        hours = cls(unit_id=unit_id, on_duty=on_duty, version=0, **given)
        db.session.add(hours)
        hours.trace("published", by=by.id)
        return hours

    def end(self, *, by: Viewer) -> None:
        """The hours end today; what was recorded stays. Raises NotPossible."""
        if self.until_on is not None:
            raise NotPossible("end")
        self.until_on = max(clock.today(), self.since_on)
        self.trace("ended", by=by.id)

    def record(
        self, held_on: date, who: str, came: int, words: str, petitions: Sequence[Petition], *, by: Viewer
    ) -> "WindowRecord":
        """Write down one evening or morning: who was there, how many came, which matters were taken down."""
        row = WindowRecord(hours_id=self.id, held_on=held_on, who=who, came=came, words=words or None)
        db.session.add(row)
        self.trace("recorded", by=by.id, on=held_on.isoformat())
        db.session.flush()  # what follows refers to its row
        for petition in petitions:
            db.session.add(WindowCase(record_id=row.id, petition_id=petition.id))
            petition.trace("window recorded", by=by.id, hours=self.id)
        return row


class WindowRecord(Recorded, Base):
    """What happened in the early or late hours of one day."""

    __tablename__ = "window_record"
    __table_args__ = (
        UniqueConstraint("hours_id", "held_on", name="uq_window_record"),
        CheckConstraint("came >= 0", name="came"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    hours_id: Mapped[int] = mapped_column(Id, ForeignKey("window_hours.id"))
    held_on: Mapped[date]
    came: Mapped[int]
    who_sealed: Mapped[bytes]
    words_sealed: Mapped[bytes | None]

    who = vault.Sealed[str]("who_sealed")
    words = vault.Sealed[str | None]("words_sealed")

    @property
    def thread(self) -> Thread:
        """The record of the hours."""
        return Thread("window_hours", self.hours_id)


class WindowCase(Belonging, Base):
    """A matter that was taken down in those hours; it belongs to the record of the matter."""

    __tablename__ = "window_case"
    __table_args__ = (UniqueConstraint("record_id", "petition_id", name="uq_window_case"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    record_id: Mapped[int] = mapped_column(Id, ForeignKey("window_record.id"))


def load_hours(id: int, viewer: Viewer, *, to_move: bool = False) -> WindowHours | None:
    """Hours that this person keeps: a handler those of the own unit."""
    wanted = select(WindowHours).where(WindowHours.id == id)
    if viewer.role == Role.HANDLER:
        wanted = wanted.where(WindowHours.unit_id == viewer.unit_id)
    return db.session.scalar(wanted.with_for_update(of=WindowHours) if to_move else wanted)


def recorded(hours_id: int, held_on: date) -> bool:
    """Whether that day stands in the record already."""
    wanted = select(WindowRecord.id).where(WindowRecord.hours_id == hours_id, WindowRecord.held_on == held_on)
    return db.session.scalar(wanted) is not None
