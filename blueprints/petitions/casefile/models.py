"""The tables of a case file. Each row belongs to one matter, and is part of its record."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache, cached_property
from typing import Any, Self

from flask_babel import LazyString
from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    bindparam,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from blueprints.accounts.models import Unit, name_digest
from blueprints.petitions.casefile.domain import PAPER_LABELS, Delivery, PaperKind
from core import attachments, vault
from core.deadlines import Deadline
from core.extensions import Base, Id, Moment, db, look, one_of
from core.record import Recorded, Thread, ThreadHead


class Belonging(Recorded):
    """What belongs to a matter: it changes only together with an entry in the matter's record."""

    petition_id: Mapped[int] = mapped_column(Id, ForeignKey("petition.id"), index=True)

    @property
    def thread(self) -> Thread:
        """The record of the matter."""
        return Thread("petition", self.petition_id)

    @classmethod
    def all_of(cls, petition_id: int) -> Sequence[Self]:
        """What of this kind belongs to a matter, oldest first."""
        kind: Any = cls
        return look(kind, _all_of(kind), petition_id=petition_id)


@cache
def _all_of(table: Any) -> Select[Any]:
    rows: Select[Any] = select(table).where(table.petition_id == bindparam("petition_id")).order_by(table.id)
    if not hasattr(table, "unit_name"):
        return rows
    return rows.outerjoin(Unit, Unit.id == table.unit_id).add_columns(Unit.name.label("unit_name"))


class Copied(ThreadHead):
    """What became a matter, or part of one, and keeps its words and files in a record of its own: whatever is taken out
    of the matter is taken out here too. Its table has a `petition_id`."""

    @classmethod
    def copies_of(cls, petition_id: int) -> Sequence[Self]:
        """What of this kind became a matter."""
        kind: Any = cls
        return db.session.scalars(select(kind).where(kind.petition_id == petition_id).order_by(kind.id)).all()

    def photos(self) -> Sequence[Any]:
        """The rows of its files, whose content is sealed under their ids; here none."""
        return ()


class Concern(Belonging, Base):
    """Whom or what a matter is about. The people of that unit, and that person, are walled off (2022 Art 30, 46)."""

    __tablename__ = "concern"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    # By these two PostgreSQL finds the few that name a viewer; else it would read them all to keep one wall.
    unit_id: Mapped[int | None] = mapped_column(Id, ForeignKey("unit.id"), index=True)
    person_digest: Mapped[bytes | None] = mapped_column(index=True)
    person_sealed: Mapped[bytes | None]

    person = vault.Sealed[str | None]("person_sealed")
    unit: Mapped[Unit | None] = relationship()

    @property
    def unit_name(self) -> str | None:
        """What the unit is called."""
        return self.unit.name if self.unit else None

    @property
    def words(self) -> str:
        """Who it is, for people."""
        return " · ".join(filter(None, (self.person, self.unit_name)))

    @classmethod
    def of(cls, petition_id: int, person: str, unit: int | None) -> "Concern":
        """A person by name, a unit, or a person of a unit."""
        digest = name_digest(person) if person else None
        return cls(petition_id=petition_id, unit_id=unit, person=person or None, person_digest=digest)


class Part(Belonging, Base):
    """What one co-handling unit (协办单位) does in a matter that another unit leads (2022 Art 24)."""

    __tablename__ = "part"
    __table_args__ = (UniqueConstraint("petition_id", "unit_id", name="uq_part_unit"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    unit_id: Mapped[int] = mapped_column(Id, ForeignKey("unit.id"), index=True)
    due_on: Mapped[date]
    written_on: Mapped[date | None]
    released_on: Mapped[date | None]  # from then on the unit has nothing to do with the matter
    task_sealed: Mapped[bytes]
    opinion_sealed: Mapped[bytes | None]

    task = vault.Sealed[str]("task_sealed")
    opinion = vault.Sealed[str | None]("opinion_sealed")
    unit: Mapped[Unit] = relationship()

    @property
    def unit_name(self) -> str:
        """What the unit is called."""
        return self.unit.name

    @property
    def open(self) -> bool:
        """Whether the unit still has to write."""
        return self.written_on is None and self.released_on is None


class Recusal(Belonging, Base):
    """Somebody who has nothing more to do with a matter, and from that moment on does not see it (2022 Art 28)."""

    __tablename__ = "recusal"
    __table_args__ = (UniqueConstraint("user_id", "petition_id", name="uq_recusal_user"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))


class Representative(Belonging, Base):
    """One who speaks for a joint petition (联名信访), with an own receipt code (2022 Art 20)."""

    __tablename__ = "representative"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    receipt_digest: Mapped[bytes] = mapped_column(unique=True)
    identity_sealed: Mapped[bytes]

    identity = vault.Sealed[dict[str, str]]("identity_sealed")


_RUNNING: dict[str, Any] = dict.fromkeys(("sqlite_where", "postgresql_where"), text("stopped_on IS NULL"))


class Clock(Belonging, Base):
    """One clock of a matter; `sum` is how its date was reckoned."""

    __tablename__ = "petition_clock"
    __table_args__ = (
        Index("ix_petition_clock_running", "due_on", "id", **_RUNNING),  # what a recount looks through
        Index("ix_petition_clock_name", "name", "due_on"),  # what figures are counted by
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(30))
    started_on: Mapped[date]
    due_on: Mapped[date]
    stopped_on: Mapped[date | None]
    sum: Mapped[dict[str, Any]] = mapped_column(JSON)

    @classmethod
    def running(cls, petition_id: int, name: str, deadline: Deadline) -> "Clock":
        """A clock that runs from now on."""
        dates = {"started_on": deadline.start_on, "due_on": deadline.due_on}
        return cls(petition_id=petition_id, name=name, sum=deadline.as_json(), **dates)

    @property
    def deadline(self) -> Deadline:
        """The deadline that can show its own sum."""
        return Deadline.from_json(self.sum)

    def now_ends(self, deadline: Deadline) -> None:
        """The clock ends on another day than was reckoned before: extended, or without the days of a hearing."""
        self.due_on, self.sum = deadline.due_on, deadline.as_json()


class Message(Belonging, Base):
    """What was written after the letter: between petitioner and office, or a note inside the office."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    author_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id"))  # none: the petitioner
    to_petitioner: Mapped[bool]  # part of the exchange with the petitioner; else a note inside the office
    at: Mapped[datetime] = mapped_column(Moment)
    text_sealed: Mapped[bytes]

    text = vault.Sealed[str]("text_sealed")


class Attachment(Belonging, attachments.Stored, Base):
    """A file of a matter; its content lies sealed in the folder of the uploads."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    message_id: Mapped[int | None] = mapped_column(Id, ForeignKey("message.id"))
    kind: Mapped[str] = mapped_column(String(10))
    added_at: Mapped[datetime] = mapped_column(Moment)
    name_sealed: Mapped[bytes]

    name = vault.Sealed[str]("name_sealed")


class Paper(Belonging, Base):
    """A paper as it was issued, in both languages; it never changes afterwards."""

    __tablename__ = "paper"
    __table_args__ = (
        UniqueConstraint("kind", "year", "serial", name="uq_paper_serial"),
        CheckConstraint("(delivered_on IS NULL) = (delivered_how IS NULL)", name="delivery"),
        CheckConstraint("delivered_how IS NULL OR " + one_of("delivered_how", Delivery), name="delivered_how"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(12))
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(String(40))
    issued_on: Mapped[date]
    issued_by_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    delivered_on: Mapped[date | None]
    delivered_how: Mapped[str | None] = mapped_column(String(16))
    delivered_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id"))
    sheets_sealed: Mapped[bytes]
    proof_sealed: Mapped[bytes | None]

    sheets = vault.Sealed[dict[str, Any]]("sheets_sealed")
    proof = vault.Sealed[str | None]("proof_sealed")

    @property
    def label(self) -> LazyString:
        """What kind of paper it is."""
        return PAPER_LABELS[PaperKind(self.kind)]


class CaseFile:
    """What belongs to a matter, each kind read once for all that ask in one answer."""

    def __init__(self, petition_id: int) -> None:
        self.petition_id = petition_id

    @cached_property
    def papers(self) -> Sequence[Paper]:
        """The papers issued, oldest first."""
        return Paper.all_of(self.petition_id)

    @cached_property
    def clocks(self) -> Sequence[Clock]:
        """Its clocks, oldest first."""
        return Clock.all_of(self.petition_id)

    @cached_property
    def parts(self) -> Sequence[Part]:
        """The parts of co-handling units, also those released since."""
        return Part.all_of(self.petition_id)

    def running(self, name: str) -> Clock | None:
        """The clock of that name, if it runs."""
        return next((each for each in self.clocks if each.name == name and each.stopped_on is None), None)
