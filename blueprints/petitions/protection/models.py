"""Readings, which are only ever added, and notices of retaliation, which go past whoever handles the matter."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    Engine,
    ForeignKey,
    Index,
    Insert,
    Select,
    String,
    Table,
    UniqueConstraint,
    and_,
    event,
    exists,
    false,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, aliased, mapped_column, relationship

from blueprints.accounts.models import User, load_viewer, name_digest, named_in
from blueprints.petitions.docket.models import Petition, unwalled
from blueprints.petitions.protection.domain import HANDLED, RETALIATION, Addressed, NoticeState, What
from core import clock, deadlines, vault, workdays
from core.deadlines import Deadline
from core.extensions import Base, Id, Moment, beside, db, new_id, one_of
from core.profiles import profile
from core.record import Entry, Recorded, Thread, ThreadHead, Untraced
from core.roles import Role, Viewer
from core.workflow import NotPossible, Step


class Reading(Base):
    """Somebody opened something of a matter: who, when, which matter, what kind; never what stood there.

    What one person opens of one matter again within the minute is the same reading.
    """

    __tablename__ = "reading"
    __table_args__ = (
        CheckConstraint(one_of("what", What), name="what"),
        UniqueConstraint("reader_id", "petition_id", "what", "minute", name="uq_reading_minute"),
        Index("ix_reading_petition", "petition_id", "id"),
        Index("ix_reading_reader", "reader_id", "id"),
        Index("ix_reading_day", "read_on", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    reader_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    petition_id: Mapped[int] = mapped_column(Id, ForeignKey("petition.id"))
    what: Mapped[str] = mapped_column(String(10))
    read_at: Mapped[datetime] = mapped_column(Moment)
    read_on: Mapped[date]
    minute: Mapped[int]

    @staticmethod
    def of(viewer: Viewer, petition_id: int, what: What) -> dict[str, Any]:
        """The columns of a reading by this person, now."""
        now = clock.now()
        on, minute = clock.local(now).date(), int(now.timestamp()) // 60
        about = {"reader_id": viewer.id, "petition_id": petition_id, "what": what}
        return {"id": new_id(), **about, "read_at": now, "read_on": on, "minute": minute}


@event.listens_for(Reading, "before_update")
@event.listens_for(Reading, "before_delete")
def _forever(_mapper: Any, _connection: Any, _row: Reading) -> None:
    raise Untraced("a reading is never changed or removed")


@event.listens_for(Session, "do_orm_execute")
def _all_forever(state: ORMExecuteState) -> None:
    table = state.bind_mapper.class_ if state.bind_mapper else None
    if (state.is_update or state.is_delete) and table is Reading:
        raise Untraced("a reading is never changed or removed")


def note_reading(viewer: Viewer, petition_id: int, what: What) -> None:
    """Write down, beside the request's own transaction, that this person opened a part of a matter: once a minute."""
    row, about = Reading.of(viewer, petition_id, what), (viewer.id, petition_id, what)
    noted = _noted.setdefault(db.engine, {})
    if noted.get(about) == row["minute"]:
        return  # a step is pressed on a page and leads back to it: the row is there
    with beside() as connection:
        connection.execute(_note(connection.dialect.name), row)
    if len(noted) >= _NOTED_AT_MOST:
        noted.clear()
    noted[about] = row["minute"]


# What this process has noted, and in which minute: what is forgotten is asked of the database, which has each once.
_noted: WeakKeyDictionary[Engine, dict[tuple[int, int, What], int]] = WeakKeyDictionary()
_NOTED_AT_MOST = 10_000


@cache
def _note(dialect: str) -> Insert:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(cast(Table, Reading.__table__)).on_conflict_do_nothing()


# --- retaliation ---------------------------------------------------------------------------------------------------


class Retaliation(ThreadHead, Base):
    """A notice that somebody is treated badly because they wrote (2022 Art 18, 46). It goes past the handler."""

    __tablename__ = "retaliation"
    __table_args__ = (
        CheckConstraint(one_of("state", NoticeState), name="state"),
        CheckConstraint(one_of("addressed", Addressed), name="addressed"),
        CheckConstraint("(state IN ('received', 'looking')) = (answer_sealed IS NULL)", name="answer"),
        CheckConstraint("(answer_sealed IS NULL) = (answered_at IS NULL)", name="answered"),
        Index("ix_retaliation_addressed", "addressed", "state", "due_on", "id"),
        Index("ix_retaliation_petition_id", "petition_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    petition_id: Mapped[int] = mapped_column(Id, ForeignKey("petition.id"))
    state: Mapped[str] = mapped_column(String(10))
    addressed: Mapped[str] = mapped_column(String(10))
    sent_at: Mapped[datetime] = mapped_column(Moment)
    due_on: Mapped[date]
    sum: Mapped[dict[str, Any]] = mapped_column(JSON)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    text_sealed: Mapped[bytes]
    person_sealed: Mapped[bytes | None]
    answer_sealed: Mapped[bytes | None]

    text = vault.Sealed[str]("text_sealed")
    person = vault.Sealed[str | None]("person_sealed")
    answer = vault.Sealed[str | None]("answer_sealed")

    petition: Mapped[Petition] = relationship()

    @classmethod
    def send(cls, petition: Petition, text: str, person: str, unit: int | None) -> "Retaliation":
        """Take a notice in. Raises NotPossible where nobody here could look into it impartially."""
        named = accused(db.session(), person, unit)
        to = addressee(db.session(), petition.id, named)
        if to is None:
            raise NotPossible("retaliation")
        last = db.session.scalar(of(petition.id).order_by(cls.id.desc()).limit(1))
        if last is not None and (last.text, last.person) == (text, person or None):
            return last  # the button pressed twice
        term = deadlines.due(profile(petition.profile).rule("retaliation", petition.kind), clock.today(), workdays)
        notice = cls(
            petition_id=petition.id,
            state=RETALIATION.start,
            addressed=to,
            sent_at=clock.now(),
            due_on=term.due_on,
            sum=term.as_json(),
            text=text,
            person=person or None,
            version=0,
        )
        db.session.add(notice)
        notice.trace("received", by=None, addressed=to, accused=len(named))
        db.session.flush()
        for digest, id in named:
            db.session.add(Accused(retaliation_id=notice.id, unit_id=id, person_digest=digest))
        return notice

    def steps(self, viewer: Viewer) -> list[Step]:
        """What this person may do with it now."""
        return RETALIATION.open_to(viewer.role, NoticeState(self.state))

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Take one step. Raises NotPossible."""
        step = RETALIATION.take(action, by.role, NoticeState(self.state))
        if step.to:
            self.state = step.to
        if action == "reply":
            self.answer, self.answered_at = values["text"], clock.now()
        note = values.get("remark") or values.get("reason")
        self.trace(action, by=by.id, note=note or None, state=self.state)
        return step

    @property
    def deadline(self) -> Deadline:
        """When it has to be answered, with its sum."""
        return Deadline.from_json(self.sum)

    @property
    def open(self) -> bool:
        """Whether somebody still waits for an answer."""
        return self.answer_sealed is None


class Accused(Recorded, Base):
    """Whom a notice names: they never see it."""

    __tablename__ = "retaliation_accused"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    retaliation_id: Mapped[int] = mapped_column(Id, ForeignKey("retaliation.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(Id, ForeignKey("unit.id"))
    person_digest: Mapped[bytes | None]

    @property
    def thread(self) -> Thread:
        """The record of the notice."""
        return Thread("retaliation", self.retaliation_id)


Named = Sequence[tuple[bytes | None, int | None]]  # the digest of a person's name, or a unit


def accused(session: Session, person: str, unit: int | None) -> Named:
    """Whom a notice names: the person as typed, each account that it means, and the unit if one was chosen.

    A person's colleagues are not walled with them, as they are for a letter: they are whom the notice goes to.
    """
    names = [person, *(user.name for user in named_in(session, person))] if person else []
    found: list[tuple[bytes | None, int | None]] = [(name_digest(name), None) for name in dict.fromkeys(names)]
    return [*found, (None, unit)] if unit else found


def addressee(session: Session, petition_id: int, named: Named) -> Addressed | None:
    """Who looks into a notice: a leader who is impartial, else the discipline officers, else nobody here."""
    for to, role in ((Addressed.LEADERS, Role.LEADER), (Addressed.DISCIPLINE, Role.DISCIPLINE)):
        people = session.scalars(select(User.id).where(User.role == role, User.closed_at.is_(None))).all()
        for viewer in filter(None, (load_viewer(session, id) for id in people)):
            if any(unit in viewer.unit_line or digest == viewer.name_digest for digest, unit in named):
                continue
            if session.scalar(select(Petition.id).where(Petition.id == petition_id, impartial(viewer))):
                return to
    return None


def impartial(viewer: Viewer) -> ColumnElement[bool]:
    """The matters in which this person is neither complained of nor the handler, nor in the unit that handles them."""
    entry = aliased(Entry)
    handled = exists().where(
        entry.thread == "petition",
        entry.thread_id == Petition.id,
        entry.actor_id == viewer.id,
        entry.action.in_(HANDLED),
    )
    free = and_(unwalled(viewer), ~handled)
    if viewer.role == Role.DISCIPLINE:
        return free
    return and_(free, or_(Petition.unit_id.is_(None), Petition.unit_id != viewer.unit_id))


@lru_cache(256)
def notices_of(viewer: Viewer) -> ColumnElement[bool]:
    """The notices that this person may see, as a WHERE clause."""
    to = {Role.LEADER: Addressed.LEADERS, Role.DISCIPLINE: Addressed.DISCIPLINE}.get(viewer.role)
    if to is None:
        return false()
    matter = exists().where(Petition.id == Retaliation.petition_id, impartial(viewer)).correlate(Retaliation)
    return and_(Retaliation.addressed == to, _not_named(viewer), matter)


def known_to(viewer: Viewer) -> ColumnElement[bool]:
    """The notices of which this person may know that they are there: an auditor too, unless they are named."""
    if viewer.role != Role.AUDITOR:
        return notices_of(viewer)
    matter = exists().where(Petition.id == Retaliation.petition_id, unwalled(viewer)).correlate(Retaliation)
    return and_(_not_named(viewer), matter)


@lru_cache(256)
def unanswered(viewer: Viewer) -> Select[int]:
    """The ids of the notices of which this person may know and that nobody has answered."""
    return select(Retaliation.id).where(known_to(viewer), Retaliation.answer_sealed.is_(None))


def _not_named(viewer: Viewer) -> ColumnElement[bool]:
    return ~exists().where(
        Accused.retaliation_id == Retaliation.id,
        or_(Accused.unit_id.in_(viewer.unit_line), Accused.person_digest == viewer.name_digest),
    )


def unseen(session: Session) -> Iterator[int]:
    """The matters whose notices wait for somebody who is not there any more, or is not impartial any more."""
    staff = select(User.id).where(User.role.in_((Role.LEADER, Role.DISCIPLINE)), User.closed_at.is_(None))
    people = filter(None, [load_viewer(session, id) for id in session.scalars(staff)])
    open_ones = select(Retaliation.id, Retaliation.petition_id).where(Retaliation.answer_sealed.is_(None))
    left = {id: petition for id, petition in session.execute(open_ones)}
    for viewer in people:
        for id in session.scalars(select(Retaliation.id).where(notices_of(viewer), Retaliation.id.in_(list(left)))):
            left.pop(id, None)
    yield from left.values()


def of(petition_id: int) -> Select[Retaliation]:
    """The notices of one matter."""
    return select(Retaliation).where(Retaliation.petition_id == petition_id)


def load_notice(id: int, viewer: Viewer, *, to_move: bool = False) -> Retaliation | None:
    """A notice, if this person may see it; `to_move` holds its row until the request is settled."""
    wanted = select(Retaliation).where(Retaliation.id == id, notices_of(viewer))
    return db.session.scalar(wanted.with_for_update(of=Retaliation) if to_move else wanted)


def told(petition_id: int) -> Sequence[Retaliation]:
    """The notices of one matter, oldest first, for whoever holds its receipt code."""
    return db.session.scalars(of(petition_id).order_by(Retaliation.id)).all()
