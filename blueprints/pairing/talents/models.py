"""An entry of the register and its evaluation sheets; the verbs that change them, and who sees them."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ColumnElement, ForeignKey, Index, String, false, select, true
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from blueprints.accounts.models import User
from blueprints.pairing.experts.domain import Trade
from blueprints.pairing.pairs.models import paired_here
from blueprints.pairing.reached import Reached
from blueprints.pairing.talents.domain import WORKFLOW, Consent, Grade, Holds, Mark, Point, State, holds
from core import clock, deadlines, record, sendings, vault, workdays
from core.deadlines import Deadline
from core.extensions import Base, Id, db, one_of
from core.places import Place
from core.profiles import terms_on
from core.record import Recorded, Thread
from core.roles import Role, Viewer
from core.workflow import Step


@dataclass(frozen=True)
class Entry:
    """What a form says of somebody, checked."""

    trade: Trade
    place_code: str
    name: str
    contact: str
    skill: str
    consent: Consent
    consent_on: date


@dataclass(frozen=True)
class SheetGiven:
    """An evaluation as a form brings it in, checked."""

    grade: Grade
    marks: dict[str, str]
    text: str
    on: date


class Talent(Reached, Base):
    """Somebody who agreed to be in the register. Who they are and what they can do is sealed, and goes with consent."""

    __tablename__ = "talent"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint(one_of("trade", Trade), name="trade"),
        CheckConstraint(one_of("consent", Consent), name="consent"),
        CheckConstraint("grade IS NULL OR " + one_of("grade", Grade), name="grade"),
        CheckConstraint("(grade IS NULL) = (valid_until IS NULL)", name="validity"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_on IS NOT NULL)", name="withdrawn"),
        CheckConstraint("(state = 'withdrawn') = (name_sealed IS NULL)", name="name"),
        CheckConstraint("(state = 'withdrawn') = (contact_sealed IS NULL)", name="contact"),
        CheckConstraint("(state = 'withdrawn') = (skill_sealed IS NULL)", name="skill"),
        Index("ix_talent_state", "state", "id"),
        Index("ix_talent_trade", "trade", "id"),
        Index("ix_talent_grade", "grade", "id"),
        Index("ix_talent_place_code", "place_code", "id"),
        Index("ix_talent_valid_until", "valid_until", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(10))
    trade: Mapped[str] = mapped_column(String(12))
    place_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    consent: Mapped[str] = mapped_column(String(8))
    consent_on: Mapped[date]
    consent_by_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))  # who noted it
    withdrawn_on: Mapped[date | None]
    grade: Mapped[str | None] = mapped_column(String(8))  # of the latest sheet
    valid_until: Mapped[date | None]
    name_sealed: Mapped[bytes | None]
    contact_sealed: Mapped[bytes | None]
    skill_sealed: Mapped[bytes | None]

    name = vault.Sealed[str | None]("name_sealed")
    contact = vault.Sealed[str | None]("contact_sealed")
    skill = vault.Sealed[str | None]("skill_sealed")  # what they can do, in words

    place: Mapped[Place] = relationship()
    consent_by: Mapped[User] = relationship()
    sheets: Mapped[list["TalentSheet"]] = relationship(order_by="TalentSheet.id.desc()")

    @classmethod
    def enter(cls, entry: Entry, sending: bytes, *, by: Viewer) -> "Talent | None":
        """A new entry, with the consent that this person notes; none where the same form was sent before."""
        if not sendings.first(sending):
            return None
        row = cls(state=WORKFLOW.start, withdrawn_on=None, grade=None, valid_until=None, version=0)
        row._say(entry, by)
        db.session.add(row)
        row.trace("entered", by=by.id, state=row.state, place=row.place_code, consent=row.consent)
        return row

    def _say(self, entry: Entry, by: Viewer) -> None:
        self.trade, self.place_code = entry.trade, entry.place_code
        if (self.consent, self.consent_on) != (entry.consent, entry.consent_on):
            self.consent, self.consent_on, self.consent_by_id = entry.consent, entry.consent_on, by.id
        self.name, self.contact, self.skill = entry.name, entry.contact, entry.skill

    @property
    def holds(self) -> Holds:
        """Whether there is a grade, and whether it holds today."""
        return holds(self.grade, self.valid_until, clock.today())

    def steps(self, viewer: Viewer) -> list[Step]:
        """What this person may do with the entry now."""
        return WORKFLOW.open_to(viewer.role, State(self.state))

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Change the entry, evaluate, or take the consent back. Raises NotPossible."""
        step = WORKFLOW.take(action, by.role, State(self.state))
        after = step.after(State(self.state))
        noted: dict[str, Any] = {}
        match step.action:
            case "change":
                self._say(values["entry"], by)
            case "evaluate":
                noted = self._evaluate(values["sheet"], by)
            case "withdraw":
                noted = self._forget()
        self.state = after
        self.trace(action, by=by.id, state=self.state, **noted)
        return step

    def _evaluate(self, given: SheetGiven, by: Viewer) -> dict[str, Any]:
        deadline = deadlines.due(terms_on("talents", given.on).rule("grade"), given.on, workdays)
        sheet = TalentSheet(
            talent_id=self.id,
            evaluated_on=given.on,
            by_id=by.id,
            grade=given.grade,
            marks=given.marks,
            valid_until=deadline.due_on,
            sum=deadline.as_json(),
        )
        sheet.text = given.text
        db.session.add(sheet)
        latest = max((each.evaluated_on for each in self.sheets), default=given.on)
        if given.on >= latest:  # an older paper that is entered later does not set the grade back
            self.grade, self.valid_until = given.grade, deadline.due_on
        return {"grade": given.grade, "until": deadline.due_on.isoformat()}

    def _forget(self) -> dict[str, Any]:
        for each in self.sheets:
            db.session.delete(each)
        self.name = self.contact = self.skill = self.grade = self.valid_until = None
        self.state, self.withdrawn_on = State.WITHDRAWN, clock.today()
        db.session.flush()
        return {"notes": record.remove_notes(self.thread)}


class TalentSheet(Recorded, Base):
    """One evaluation: its points, the grade, and until when it holds."""

    __tablename__ = "talent_sheet"
    __table_args__ = (
        CheckConstraint(one_of("grade", Grade), name="grade"),
        CheckConstraint("evaluated_on < valid_until", name="validity"),
        Index("ix_talent_sheet_talent_id", "talent_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    talent_id: Mapped[int] = mapped_column(Id, ForeignKey("talent.id"))
    evaluated_on: Mapped[date]
    by_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    grade: Mapped[str] = mapped_column(String(8))
    marks: Mapped[dict[str, str]] = mapped_column(JSON)  # by point
    valid_until: Mapped[date]
    sum: Mapped[dict[str, Any]] = mapped_column(JSON)  # how the last day was counted
    text_sealed: Mapped[bytes | None]

    text = vault.Sealed[str | None]("text_sealed")  # what it rests on

    by: Mapped[User] = relationship()

    @property
    def deadline(self) -> Deadline:
        """The last day on which the grade holds, with its sum."""
        return Deadline.from_json(self.sum)

    @property
    def thread(self) -> Thread:
        """The record of the entry."""
        return Thread("talent", self.talent_id)


def full(marks: dict[str, str]) -> bool:
    """Whether every point of a sheet has its mark, and nothing else stands there."""
    return set(marks) == set(Point) and set(marks.values()) <= set(Mark)


# --- who sees what -------------------------------------------------------------------------------------------------


@lru_cache(256)
def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The entries this person may see: all to the office; of those who stand in the register a unit those of the
    villages it is paired with now, a contact those of the own village."""
    match viewer.role:
        case Role.CLERK | Role.LEADER:
            return true()
        case Role.HANDLER:
            return (Talent.state == State.REGISTERED) & paired_here(viewer, Talent.place_code)
        case Role.CONTACT:
            return (Talent.state == State.REGISTERED) & (Talent.place_code == viewer.place_code)
    return false()


_AROUND = (
    joinedload(Talent.place).joinedload(Place.parent),
    joinedload(Talent.consent_by),
    joinedload(Talent.sheets).joinedload(TalentSheet.by),
)


def load(id: int, viewer: Viewer, *, to_move: bool = False) -> Talent | None:
    """The entry, if this person may see it; `to_move` holds its row until the request is settled."""
    wanted = select(Talent).where(Talent.id == id, seen_by(viewer))
    if to_move:
        return db.session.scalar(wanted.with_for_update(of=Talent))
    return db.session.scalars(wanted.options(*_AROUND)).unique().one_or_none()
