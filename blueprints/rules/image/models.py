"""Sheets in versions, drives, what a member says of themselves, signed remarks; and who may see which words.

Words about people are sealed, each in its own row. The audience is written into the row with the words and is never
widened afterwards, whatever becomes of the sheet.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    exists,
    false,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from blueprints.accounts.models import Unit, User
from blueprints.rules.image.domain import (
    CHECK_WORKFLOW,
    DRIVE_WORKFLOW,
    REMARK_WORKFLOW,
    SHEET_WORKFLOW,
    Audience,
    CheckState,
    DriveState,
    RemarkState,
    SheetState,
    Standard,
    Whose,
    narrowest,
    sample,
    standards_of,
    wider,
)
from core import clock, vault
from core.extensions import Base, Id, Moment, db, one_of
from core.record import ThreadHead
from core.roles import Role, Viewer
from core.workflow import NotPossible, Step

# --- sheets ----------------------------------------------------------------------------------------------------------


class Sheet(ThreadHead, Base):
    """A version of the standards, and who else sees what is written under it."""

    __tablename__ = "image_sheet"
    __table_args__ = (
        CheckConstraint(one_of("state", SheetState), name="state"),
        CheckConstraint(one_of("audience", Audience), name="audience"),
        CheckConstraint("state <> 'used' OR used_on IS NOT NULL", name="used"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(100))
    audience: Mapped[str] = mapped_column(String(8))
    held: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    used_on: Mapped[date | None]

    @classmethod
    def begin(cls, *, by: Viewer) -> "Sheet":
        """A draft that says what the newest sheet says, or the shipped sample where there is none."""
        newest = db.session.scalar(select(cls).order_by(cls.id.desc()).limit(1))
        source = newest or sample()
        row = cls(state=SheetState.DRAFT, title=source.title, audience=source.audience, version=0)
        row.held = [each.as_json() for each in source.standards]
        db.session.add(row)
        row.trace("begun", by=by.id)
        return row

    @property
    def standards(self) -> Sequence[Standard]:
        """The ten, in order."""
        return standards_of(self.held)

    def steps(self, viewer: Viewer) -> list[Step]:
        """The steps this person may take now."""
        return SHEET_WORKFLOW.open_to(viewer.role, SheetState(self.state))

    def move(self, action: str, values: Mapping[str, Any], *, by: Viewer) -> None:
        """Take a step. Raises NotPossible, also where more people would see what somebody has written already."""
        step = SHEET_WORKFLOW.take(action, by.role, SheetState(self.state))
        noted: dict[str, Any] = {}
        if action == "edit":
            self.title, self.audience = values["title"], values["audience"]
            self.held = [each.as_json() for each in values["standards"]]
        elif action == "use":
            self.used_on = clock.today()
        elif action == "audience":
            if wider(values["audience"], self.audience) and self._written():
                raise NotPossible("wider")
            noted = {"before": self.audience, "audience": values["audience"]}
            self.audience = values["audience"]
        self.state = step.after(SheetState(self.state))
        self.trace(action, by=by.id, state=self.state, **noted)

    def _written(self) -> bool:
        """Whether anybody has written anything under this sheet."""
        own = select(Drive.id).where(Drive.sheet_id == self.id)
        words = exists().where(SelfCheck.drive_id.in_(own)), exists().where(Remark.drive_id.in_(own))
        return bool(db.session.scalar(select(or_(*words))))


def sheets_of(viewer: Viewer) -> ColumnElement[bool]:
    """The sheets that were ever used are for everybody; a draft is for the leaders, who write it."""
    return true() if viewer.role == Role.LEADER else Sheet.used_on.is_not(None)


def load_sheet(id: int, viewer: Viewer, *, to_move: bool = False) -> Sheet | None:
    """A sheet, if this person may see it; `to_move` holds its row."""
    wanted = select(Sheet).where(Sheet.id == id, sheets_of(viewer))
    return db.session.scalar(wanted.with_for_update() if to_move else wanted)


# --- drives ----------------------------------------------------------------------------------------------------------


class Drive(ThreadHead, Base):
    """A drive (活动): in which days the members of a unit, and of those below it, look at themselves with a sheet."""

    __tablename__ = "image_drive"
    __table_args__ = (
        CheckConstraint(one_of("state", DriveState), name="state"),
        CheckConstraint("from_on <= until_on", name="days"),
        Index("ix_image_drive_state", "state", "until_on", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(100))
    sheet_id: Mapped[int] = mapped_column(Id, ForeignKey("image_sheet.id"))
    unit_id: Mapped[int] = mapped_column(Id, ForeignKey("unit.id"))
    from_on: Mapped[date]
    until_on: Mapped[date]

    sheet: Mapped[Sheet] = relationship()
    unit: Mapped[Unit] = relationship()

    @classmethod
    def start(cls, title: str, sheet_id: int, unit_id: int, days: tuple[date, date], *, by: Viewer) -> "Drive":
        """Start one. Raises NotPossible where the sheet is not in use."""
        sheet = db.session.get(Sheet, sheet_id)
        if sheet is None or sheet.state != SheetState.USED or by.role != Role.LEADER or days[0] > days[1]:
            raise NotPossible("start")
        about: dict[str, Any] = {"title": title, "sheet_id": sheet_id, "unit_id": unit_id}
        row = cls(state=DriveState.OPEN, from_on=days[0], until_on=days[1], version=0, **about)
        db.session.add(row)
        row.trace("started", by=by.id, sheet=sheet_id)
        return row

    def takes(self, viewer: Viewer) -> bool:
        """Whether this person is one of those who look at themselves."""
        return self.unit_id in viewer.unit_line and viewer.role != Role.CONTACT

    @property
    def running(self) -> bool:
        """Whether words are taken in today."""
        return self.state == DriveState.OPEN and self.from_on <= clock.today() <= self.until_on

    def steps(self, viewer: Viewer) -> list[Step]:
        """The steps this person may take now."""
        written = self.running and self.takes(viewer)
        steps = DRIVE_WORKFLOW.open_to(viewer.role, DriveState(self.state))
        return [step for step in steps if written or step.action not in ("check", "remark")]

    def may(self, action: str, viewer: Viewer) -> bool:
        """Whether this person may take this step now."""
        return DRIVE_WORKFLOW.step(action) in self.steps(viewer)

    def move(self, action: str, values: Mapping[str, Any], *, by: Viewer) -> None:
        """Set another last day, or end it. Raises NotPossible."""
        step = DRIVE_WORKFLOW.step(action)
        if step not in self.steps(by) or action in ("check", "remark"):
            raise NotPossible(action)
        noted: dict[str, Any] = {}
        if action == "postpone":
            if values["until_on"] < max(self.from_on, clock.today()):
                raise NotPossible(action)
            noted = {"before": self.until_on.isoformat(), "until_on": values["until_on"].isoformat()}
            self.until_on = values["until_on"]
        self.state = step.after(DriveState(self.state))
        self.trace(action, by=by.id, state=self.state, **noted)


def drives_of(viewer: Viewer) -> ColumnElement[bool]:
    """The drives that ask this person; to leaders, who start them, all."""
    return true() if viewer.role == Role.LEADER else Drive.unit_id.in_(viewer.unit_line)


def load_drive(id: int, viewer: Viewer, *, to_move: bool = False) -> Drive | None:
    """A drive with its sheet, if this person may see it; `to_move` holds its row."""
    wanted = select(Drive).where(Drive.id == id, drives_of(viewer)).options(joinedload(Drive.sheet))
    return db.session.scalar(wanted.with_for_update(of=Drive) if to_move else wanted)


# --- words -----------------------------------------------------------------------------------------------------------


def open_to(row: Any, viewer: Viewer) -> ColumnElement[bool]:
    """Whom the audience of its time lets in: leaders of the unit it was about then and above it; its colleagues."""
    if viewer.role == Role.CONTACT:
        return false()
    colleagues = and_(row.audience == Audience.UNIT, row.unit_id == viewer.unit_id)
    if viewer.role != Role.LEADER:
        return colleagues
    below = exists().where(Unit.id == row.unit_id, Unit.line.contains(f"/{viewer.unit_id}/"))
    return or_(colleagues, and_(row.audience != Audience.OWN, below))


class SelfCheck(ThreadHead, Base):
    """What a member says of themselves: of each standard a word, and words. No column knows which."""

    __tablename__ = "image_check"
    __table_args__ = (
        CheckConstraint(one_of("state", CheckState), name="state"),
        CheckConstraint(one_of("audience", Audience), name="audience"),
        CheckConstraint("(state = 'withdrawn') = (answers_sealed IS NULL)", name="withdrawn"),
        UniqueConstraint("drive_id", "member_id", name="uq_image_check_member"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    drive_id: Mapped[int] = mapped_column(Id, ForeignKey("image_drive.id"))
    member_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    unit_id: Mapped[int] = mapped_column(Id, ForeignKey("unit.id"))  # the member's, when it was written
    state: Mapped[str] = mapped_column(String(10))
    audience: Mapped[str] = mapped_column(String(8))
    written_at: Mapped[datetime] = mapped_column(Moment)
    corrected_at: Mapped[datetime | None] = mapped_column(Moment)
    answers_sealed: Mapped[bytes | None]

    answers = vault.Sealed[dict[str, dict[str, str]] | None]("answers_sealed")  # by the code of the standard

    @classmethod
    def write(cls, drive: Drive, answers: dict[str, dict[str, str]], *, by: Viewer) -> "SelfCheck":
        """Say it. Raises NotPossible where the drive does not ask this person today, or they have said it."""
        if not drive.may("check", by) or check_of(drive.id, by.id, by) is not None:
            raise NotPossible("check")
        about: dict[str, Any] = {"drive_id": drive.id, "member_id": by.id, "unit_id": by.unit_id}
        row = cls(state=CheckState.DONE, audience=drive.sheet.audience, written_at=clock.now(), version=0, **about)
        row.answers = answers
        db.session.add(row)
        row.trace("check", by=by.id, state=row.state)
        return row

    def steps(self, drive: Drive, viewer: Viewer) -> list[Step]:
        """What this person may do with it now: with one's own words alone."""
        if self.member_id != viewer.id:
            return []
        steps = CHECK_WORKFLOW.open_to(viewer.role, CheckState(self.state))
        return [step for step in steps if step.action != "correct" or drive.may("check", viewer)]

    def move(self, drive: Drive, action: str, answers: dict[str, dict[str, str]] | None, *, by: Viewer) -> None:
        """Correct or withdraw it; what was withdrawn is not kept. Raises NotPossible."""
        step = CHECK_WORKFLOW.step(action)
        if step not in self.steps(drive, by):
            raise NotPossible(action)
        self.answers = answers if action == "correct" else None
        if action == "correct":
            self.corrected_at = clock.now()
            self.audience = narrowest(self.audience, drive.sheet.audience)
        self.state = step.after(CheckState(self.state))
        self.trace(action, by=by.id, state=self.state)


def checks_of(viewer: Viewer) -> ColumnElement[bool]:
    """One's own, and those that stand and were written for this person to see."""
    stands = and_(SelfCheck.state == CheckState.DONE, open_to(SelfCheck, viewer))
    return or_(SelfCheck.member_id == viewer.id, stands)


def check_of(drive_id: int, member_id: int, viewer: Viewer, *, to_move: bool = False) -> SelfCheck | None:
    """What one member said in a drive, if this person may see it. There is no way to ask for several."""
    wanted = select(SelfCheck).where(SelfCheck.drive_id == drive_id, SelfCheck.member_id == member_id)
    wanted = wanted.where(checks_of(viewer))
    return db.session.scalar(wanted.with_for_update(of=SelfCheck) if to_move else wanted)


class Remark(ThreadHead, Base):
    """What a colleague of the same unit writes to a member, signed; one of each in a drive, so there is no counting."""

    __tablename__ = "image_remark"
    __table_args__ = (
        CheckConstraint(one_of("state", RemarkState), name="state"),
        CheckConstraint(one_of("audience", Audience), name="audience"),
        CheckConstraint("by_id <> about_id", name="other"),
        CheckConstraint("(state = 'withdrawn') = (words_sealed IS NULL)", name="withdrawn"),
        CheckConstraint("(answer_sealed IS NULL) = (answered_at IS NULL)", name="answered"),
        UniqueConstraint("drive_id", "about_id", "by_id", name="uq_image_remark_pair"),
        Index("ix_image_remark_by", "drive_id", "by_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    drive_id: Mapped[int] = mapped_column(Id, ForeignKey("image_drive.id"))
    about_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    by_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    unit_id: Mapped[int] = mapped_column(Id, ForeignKey("unit.id"))  # of both, when it was written
    state: Mapped[str] = mapped_column(String(10))
    audience: Mapped[str] = mapped_column(String(8))
    written_at: Mapped[datetime] = mapped_column(Moment)
    corrected_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    words_sealed: Mapped[bytes | None]
    answer_sealed: Mapped[bytes | None]

    words = vault.Sealed[dict[str, str] | None]("words_sealed")  # standard, text, advice
    answer = vault.Sealed[str | None]("answer_sealed")
    drive: Mapped[Drive] = relationship()
    about: Mapped[User] = relationship(foreign_keys=[about_id])
    by: Mapped[User] = relationship(foreign_keys=[by_id])

    @classmethod
    def write(cls, drive: Drive, about: User, words: dict[str, str], *, by: Viewer) -> "Remark":
        """Write to a colleague, with one's name. Raises NotPossible."""
        if not may_remark(drive, about, by) or remark_to(drive.id, about.id, by) is not None:
            raise NotPossible("remark")
        pair: dict[str, Any] = {"drive_id": drive.id, "about_id": about.id, "by_id": by.id, "unit_id": by.unit_id}
        row = cls(state=RemarkState.STANDING, audience=drive.sheet.audience, written_at=clock.now(), version=0, **pair)
        row.words = words
        db.session.add(row)
        row.trace("remark", by=by.id, state=row.state)
        return row

    def steps(self, viewer: Viewer) -> list[Step]:
        """What this person may do with it now: each with their own words."""
        whose = {self.by_id: Whose.AUTHOR, self.about_id: Whose.MEMBER}.get(viewer.id)
        shut = set() if self.drive.may("remark", viewer) else {"correct"}
        shut |= {"unanswer"} if self.answer_sealed is None else set()
        steps = REMARK_WORKFLOW.open_to(viewer.role, RemarkState(self.state))
        return [step for step in steps if step.only == whose and step.action not in shut]

    def move(self, action: str, values: Mapping[str, Any], *, by: Viewer) -> None:
        """Correct or withdraw one's own words, or answer; what was withdrawn is not kept. Raises NotPossible."""
        step = REMARK_WORKFLOW.step(action)
        if step not in self.steps(by):
            raise NotPossible(action)
        if action == "correct":
            self.words = {name: values[name] or "" for name in ("standard", "text", "advice")}
            self.corrected_at = clock.now()
            self.audience = narrowest(self.audience, self.drive.sheet.audience)
        elif action == "withdraw":
            self.words = None
        else:
            self.answer = values["text"] if action == "answer" else None
            self.answered_at = clock.now() if action == "answer" else None
        self.state = step.after(RemarkState(self.state))
        self.trace(action, by=by.id, state=self.state)


def remarks_of(viewer: Viewer) -> ColumnElement[bool]:
    """Those about this person, those they wrote, and those that stand and were written for them to see."""
    stands = and_(Remark.state == RemarkState.STANDING, open_to(Remark, viewer))
    return or_(Remark.about_id == viewer.id, Remark.by_id == viewer.id, stands)


def load_remark(id: int, viewer: Viewer, *, to_move: bool = False) -> Remark | None:
    """A remark, if this person may see it; `to_move` holds its row."""
    wanted = select(Remark).where(Remark.id == id, remarks_of(viewer))
    wanted = wanted.options(joinedload(Remark.drive).joinedload(Drive.sheet), joinedload(Remark.about))
    return db.session.scalar(wanted.with_for_update(of=Remark) if to_move else wanted)


def remark_to(drive_id: int, about_id: int, viewer: Viewer) -> Remark | None:
    """What this person wrote to a member in a drive."""
    pair = Remark.drive_id == drive_id, Remark.about_id == about_id, Remark.by_id == viewer.id
    return db.session.scalar(select(Remark).where(*pair))


def may_remark(drive: Drive, about: User, viewer: Viewer) -> bool:
    """Whether this person may write to that member: a colleague of the same unit, never oneself."""
    colleague = about.unit_id == viewer.unit_id and about.id != viewer.id and about.role != Role.CONTACT
    return colleague and about.closed_at is None and drive.may("remark", viewer)
