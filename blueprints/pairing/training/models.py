"""A course, the places in it, what those who came thought of it; the verbs that change them, and who sees them."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from hmac import compare_digest
from typing import Any, Self

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from blueprints.accounts.models import Unit
from blueprints.pairing.experts.domain import Season, Trade
from blueprints.pairing.experts.models import Expert
from blueprints.pairing.training.domain import STAFF, WORKFLOW, How, Place, State, Use, tidy_phone
from core import clock, places, receipts, sendings, vault
from core.extensions import Base, Id, db, one_of
from core.record import Recorded, Thread, ThreadHead
from core.roles import Role, Viewer
from core.workflow import NotPossible, Step


class AlreadyEnrolled(Exception):
    """Somebody with this telephone number has a place in the course: `line` of a list, from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class TooFewSeats(NotPossible):
    """Seats beyond these are taken."""


@dataclass(frozen=True)
class Plan:
    """What a form says of a course, checked."""

    title: str
    about: str
    trade: Trade
    season: Season
    held_on: date
    starts: str  # HH:MM
    ends: str
    place_code: str | None
    where: str
    seats: int
    hours: int  # of teaching
    lecturer: str
    expert_id: int | None


@dataclass(frozen=True)
class Person:
    """Somebody to be enrolled."""

    name: str
    phone: str  # as it was typed; empty where a contact answers for them


class Course(ThreadHead, Base):
    """A training course. What it says is for everybody to read, but who teaches and why it was called off is sealed."""

    __tablename__ = "course"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint(one_of("trade", Trade), name="trade"),
        CheckConstraint(one_of("season", Season), name="season"),
        CheckConstraint("starts < ends", name="time"),
        CheckConstraint("seats > 0 AND hours > 0", name="size"),
        CheckConstraint("(state = 'cancelled') = (reason_sealed IS NOT NULL)", name="reason"),
        CheckConstraint("state NOT IN ('announced', 'held') OR announced_on IS NOT NULL", name="announced"),
        CheckConstraint("state <> 'draft' OR announced_on IS NULL", name="draft"),
        Index("ix_course_state", "state", "held_on", "id"),
        Index("ix_course_trade", "trade", "id"),
        Index("ix_course_unit_id", "unit_id", "id"),
        Index("ix_course_expert_id", "expert_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(100))
    trade: Mapped[str] = mapped_column(String(12))
    season: Mapped[str] = mapped_column(String(8))
    announced_on: Mapped[date | None]  # from then on everybody may read of it, whatever becomes of it
    held_on: Mapped[date]
    starts: Mapped[str] = mapped_column(String(5))
    ends: Mapped[str] = mapped_column(String(5))
    place_code: Mapped[str | None] = mapped_column(String(12), ForeignKey("place.code"))
    where: Mapped[str] = mapped_column(String(200))
    seats: Mapped[int]
    hours: Mapped[int]
    unit_id: Mapped[int] = mapped_column(Id, ForeignKey("unit.id"))  # whose course it is
    expert_id: Mapped[int | None] = mapped_column(Id, ForeignKey("expert.id"))
    about_sealed: Mapped[bytes]
    lecturer_sealed: Mapped[bytes]
    reason_sealed: Mapped[bytes | None]

    about = vault.Sealed[str]("about_sealed")
    lecturer = vault.Sealed[str]("lecturer_sealed")
    reason = vault.Sealed[str | None]("reason_sealed")  # why it was called off, as everybody reads it

    unit: Mapped[Unit] = relationship()
    place: Mapped[places.Place | None] = relationship()
    expert: Mapped[Expert | None] = relationship()

    @classmethod
    def draft(cls, plan: Plan, *, by: Viewer) -> Self:
        """A new course of the own unit, which nobody else sees yet."""
        row = cls(state=WORKFLOW.start, unit_id=by.unit_id, announced_on=None, reason=None, version=0)
        row._say(plan)
        db.session.add(row)
        row.trace("drafted", by=by.id, state=row.state)
        return row

    def _say(self, plan: Plan) -> None:
        for each in fields(plan):
            setattr(self, each.name, getattr(plan, each.name))

    # --- how it moves ----------------------------------------------------------------------------------------------

    def managed_by(self, viewer: Viewer) -> bool:
        """Whether it is this person's to run: the office's clerks and leaders, and the unit whose course it is."""
        return viewer.role in (Role.CLERK, Role.LEADER) or (
            viewer.role == Role.HANDLER and viewer.unit_id == self.unit_id
        )

    def steps(self, viewer: Viewer) -> list[Step]:
        """What this person may do now."""
        if viewer.role in STAFF and not self.managed_by(viewer):
            return []
        return [step for step in WORKFLOW.open_to(viewer.role, State(self.state)) if self._timely(step.action)]

    def _timely(self, action: str) -> bool:
        match action:
            case "announce" | "enrol":
                return self.ahead
            case "attend" | "absent" | "hold":
                return clock.today() >= self.held_on
        return True

    @property
    def ahead(self) -> bool:
        """Whether its day is still to come, or is today."""
        return clock.today() <= self.held_on

    @property
    def open_for_enrolment(self) -> bool:
        """Whether anybody can enrol now."""
        return self.state == State.ANNOUNCED and self.ahead

    @property
    def public(self) -> bool:
        """Whether everybody may read of it."""
        return self.announced_on is not None

    def can(self, action: str, by: Viewer) -> Step:
        """The step, if this person may take it now. Raises NotPossible."""
        for step in self.steps(by):
            if step.action == action:
                return step
        raise NotPossible(action)

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Take one step of the procedure. Raises NotPossible."""
        step = self.can(action, by)
        if action == "announce":
            self.announced_on = clock.today()
        if action == "change":
            self._change(values["plan"])
        if action == "cancel":
            self.reason = values["reason"]
        self.state = step.after(State(self.state))
        self.trace(action, by=by.id, note=values.get("reason") or None, state=self.state)
        if action == "change":
            self._fill()
        return step

    def _change(self, plan: Plan) -> None:
        highest = db.session.scalar(select(func.max(Enrolment.seat)).where(Enrolment.course_id == self.id)) or 0
        if plan.seats < highest:
            raise TooFewSeats(str(highest))
        self._say(plan)

    # --- places ----------------------------------------------------------------------------------------------------

    def enrol(
        self, people: Sequence[Person], sending: bytes, *, by: Viewer | None = None, village: str | None = None
    ) -> None:
        """Give these people places, or places on the waiting list; the same sending once more gives nothing more.

        The caller holds the course's row, so two at once never get one seat. Raises AlreadyEnrolled, NotPossible.
        """
        if not sendings.first(sending):
            return
        if not self.open_for_enrolment:
            raise NotPossible("enrol")
        last = db.session.scalar(select(func.max(Enrolment.number)).where(Enrolment.course_id == self.id)) or 0
        known, free = self._phones(), self._free_seats()
        waits = self._anybody_waits()
        for nth, person in enumerate(people, start=1):
            digest = phone_digest(person.phone) if person.phone else None
            if digest is not None and digest in known:
                raise AlreadyEnrolled(nth)
            known.add(digest)
            seat = free.pop(0) if free and not waits else None
            row = Enrolment(
                course_id=self.id,
                number=last + nth,
                state=Place.WAITING if seat is None else Place.SEAT,
                seat=seat,
                village_code=village,
                by_id=by.id if by else None,
                phone_digest=digest,
                code_digest=receipts.digest(sendings.code(sending, nth)),
                sending_digest=sendings.digest_of(sending),
                moved_up_on=None,
                came=None,
                evaluated=False,
                name=person.name,
                phone=person.phone or None,
                version=0,
            )
            db.session.add(row)
            row.trace("enrolled", by=by.id if by else None, state=row.state, course=self.id)

    def _phones(self) -> set[bytes | None]:
        return set(db.session.scalars(select(Enrolment.phone_digest).where(Enrolment.course_id == self.id))) - {None}

    def _free_seats(self) -> list[int]:
        """The numbers of the seats that are free, the lowest first."""
        taken = set(db.session.scalars(select(Enrolment.seat).where(Enrolment.course_id == self.id)))
        return [seat for seat in range(1, self.seats + 1) if seat not in taken]

    def _anybody_waits(self) -> bool:
        return db.session.scalar(self._waiting().limit(1)) is not None

    def _waiting(self) -> Any:
        mine = select(Enrolment).where(Enrolment.course_id == self.id, Enrolment.state == Place.WAITING)
        return mine.order_by(Enrolment.number)

    def _fill(self) -> None:
        """Seats that are free go to those who wait, in their order; the caller holds the course's row."""
        db.session.flush()
        free = self._free_seats()
        if not free or not self.open_for_enrolment:
            return
        for row, seat in zip(db.session.scalars(self._waiting().limit(len(free))).all(), free, strict=False):
            row.state, row.seat, row.moved_up_on = Place.SEAT, seat, clock.today()
            row.trace("moved up", by=None, state=row.state)

    # --- on the day ------------------------------------------------------------------------------------------------

    @property
    def token(self) -> str:
        """What the address of the day's check-in page carries: it says nothing of a person, and nobody can guess it."""
        return vault.mac("form", f"check-in {self.id} {self.held_on}".encode())[:12].hex()

    def checks_in(self, token: str) -> bool:
        """Whether that page is open: with this token, on the day itself."""
        today = self.state in (State.ANNOUNCED, State.HELD) and clock.today() == self.held_on
        return compare_digest(token.encode("utf-8", "surrogatepass"), self.token.encode()) and today

    def evaluate(self, place: "Enrolment", use: Use, words: str) -> None:
        """Somebody who came says how useful it was; nothing ties what is said to who said it. Raises NotPossible."""
        if not place.may_evaluate:
            raise NotPossible("evaluate")
        place.evaluated = True
        place.trace("evaluated", by=None)
        # An id by chance: one by the time would stand in the order in which people wrote.
        row = Evaluation(id=secrets.randbits(62), course_id=self.id, use=use, words=words or None)
        db.session.add(row)
        self.trace("evaluated", by=None)


class Enrolment(ThreadHead, Base):
    """A place in a course. Who gives it up leaves no name and no number behind."""

    __tablename__ = "course_place"
    __table_args__ = (
        UniqueConstraint("course_id", "seat", name="uq_course_place_seat"),  # nobody sits where somebody sits
        UniqueConstraint("course_id", "number", name="uq_course_place_number"),
        UniqueConstraint("course_id", "phone_digest", name="uq_course_place_phone"),
        CheckConstraint(one_of("state", Place), name="state"),
        CheckConstraint("(state = 'seat') = (seat IS NOT NULL)", name="seat"),
        CheckConstraint("(state = 'given_up') = (name_sealed IS NULL)", name="given_up"),
        CheckConstraint("name_sealed IS NOT NULL OR phone_digest IS NULL AND phone_sealed IS NULL", name="nobody"),
        CheckConstraint("came IS NULL OR seat IS NOT NULL AND " + one_of("came", How), name="came"),
        CheckConstraint("came IS NOT NULL OR NOT evaluated", name="evaluated"),
        Index("ix_course_place_sending_digest", "sending_digest"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    course_id: Mapped[int] = mapped_column(Id, ForeignKey("course.id"))
    number: Mapped[int]  # the order in which people enrolled
    state: Mapped[str] = mapped_column(String(10))
    seat: Mapped[int | None]
    village_code: Mapped[str | None] = mapped_column(String(12), ForeignKey("place.code"))  # of the contact who did it
    by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id"))
    phone_digest: Mapped[bytes | None]
    code_digest: Mapped[bytes] = mapped_column(unique=True)
    sending_digest: Mapped[bytes]
    moved_up_on: Mapped[date | None]
    came: Mapped[str | None] = mapped_column(String(6))
    evaluated: Mapped[bool]
    name_sealed: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None]

    name = vault.Sealed[str | None]("name_sealed")
    phone = vault.Sealed[str | None]("phone_sealed")

    course: Mapped[Course] = relationship()
    village: Mapped[places.Place | None] = relationship()

    @property
    def may_give_up(self) -> bool:
        """Whether the place can still be given to somebody else."""
        return self.state != Place.GIVEN_UP and self.course.open_for_enrolment and self.came is None

    @property
    def may_evaluate(self) -> bool:
        """Whether it is time: they came, the course was held, and they have not said anything yet."""
        return self.came is not None and not self.evaluated and self.course.state == State.HELD

    def waits_behind(self) -> int:
        """How many stand before this one on the waiting list."""
        mine = select(func.count(Enrolment.id)).where(Enrolment.course_id == self.course_id)
        return db.session.scalar(mine.where(Enrolment.state == Place.WAITING, Enrolment.number < self.number)) or 0

    def give_up(self, *, by: Viewer | None) -> None:
        """Give the place up: whoever waits first gets it. The caller holds the course's row. Raises NotPossible."""
        if not self.may_give_up or (by and "give_up" not in {step.action for step in self.steps(by)}):
            raise NotPossible("give_up")
        self.state, self.seat = Place.GIVEN_UP, None
        self.name = self.phone = self.phone_digest = None
        self.trace("give_up", by=by.id if by else None, state=self.state)
        self.course._fill()

    def attend(self, how: How, *, by: Viewer | None) -> bool:
        """Note that they came; whether that is new. Raises NotPossible for who has no seat."""
        if self.state != Place.SEAT:
            raise NotPossible("attend")
        if self.came:
            return False
        self.came = how
        self.trace("attend", by=by.id if by else None, how=how)
        return True

    def absent(self, *, by: Viewer) -> None:
        """They had not come after all. Raises NotPossible."""
        if "absent" not in {step.action for step in self.steps(by)}:
            raise NotPossible("absent")
        self.came = None
        self.trace("absent", by=by.id)

    def steps(self, viewer: Viewer) -> list[Step]:
        """What this person may do about the place now."""
        able = {"give_up": self.may_give_up, "absent": self.came is not None}
        mine = viewer.role in STAFF or self.by_id == viewer.id
        return [step for step in self.course.steps(viewer) if mine and able.get(step.action)]


class Evaluation(Recorded, Base):
    """What somebody who came thought of a course; nobody knows who."""

    __tablename__ = "course_evaluation"
    __table_args__ = (CheckConstraint(one_of("use", Use), name="use"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    course_id: Mapped[int] = mapped_column(Id, ForeignKey("course.id"), index=True)
    use: Mapped[str] = mapped_column(String(10))
    words_sealed: Mapped[bytes | None]

    words = vault.Sealed[str | None]("words_sealed")

    @property
    def thread(self) -> Thread:
        """The record of the course."""
        return Thread("course", self.course_id)


def phone_digest(typed: str) -> bytes:
    """What a telephone number is compared by."""
    return vault.mac("person", b"phone:" + (tidy_phone(typed) or "").encode())


# --- who sees what -------------------------------------------------------------------------------------------------


@lru_cache(256)
def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The courses this person may see in the lists of the office: a draft is for those alone who run it."""
    announced = Course.announced_on.is_not(None)
    match viewer.role:
        case Role.CLERK | Role.LEADER:
            return true()
        case Role.HANDLER:
            return or_(announced, Course.unit_id == viewer.unit_id)
        case Role.CONTACT:
            return announced
    return false()


@lru_cache(256)
def places_seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """Whose names this person may see: of the own unit's courses, or those whom they enrolled themselves."""
    match viewer.role:
        case Role.CLERK | Role.LEADER:
            return true()
        case Role.HANDLER:
            return Course.unit_id == viewer.unit_id
        case Role.CONTACT:
            return Enrolment.by_id == viewer.id
    return false()


_AROUND = (joinedload(Course.unit), joinedload(Course.place).joinedload(places.Place.parent))


def load(id: int, viewer: Viewer, *, to_move: bool = False) -> Course | None:
    """The course, if this person may see it; `to_move` holds its row until the request is settled."""
    return _load(Course.id == id, seen_by(viewer), to_move=to_move)


def load_public(id: int, *, to_move: bool = False) -> Course | None:
    """The course, if everybody may read of it."""
    return _load(Course.id == id, Course.announced_on.is_not(None), to_move=to_move)


def _load(*which: ColumnElement[bool], to_move: bool) -> Course | None:
    wanted = select(Course).where(*which)
    return db.session.scalar(wanted.with_for_update(of=Course) if to_move else wanted.options(*_AROUND))


def load_place(id: int, viewer: Viewer, *, to_move: bool = False) -> Enrolment | None:
    """A place, if this person may see whose it is; `to_move` holds the course first, as everybody does."""
    wanted = select(Enrolment.course_id).join(Course).where(Enrolment.id == id, places_seen_by(viewer))
    course = db.session.scalar(wanted)
    return None if course is None else hold_place(id, course) if to_move else db.session.get(Enrolment, id)


def hold_place(id: int, course: int) -> Enrolment | None:
    """A place to be changed: its course is held, then the place read as it is now."""
    db.session.scalar(select(Course).where(Course.id == course).with_for_update())
    wanted = select(Enrolment).where(Enrolment.id == id).with_for_update(of=Enrolment)
    return db.session.scalar(wanted.execution_options(populate_existing=True))
