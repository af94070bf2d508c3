"""Requests to read and whom they ask, who has acknowledged which text, the quiz; and who may see what."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
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
    or_,
    select,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from blueprints.accounts.models import Unit, User
from blueprints.rules.reading import domain
from blueprints.rules.reading.domain import ASKERS, WORKFLOW, Question, State
from blueprints.rules.register.models import Rule, Version
from core import clock
from core.extensions import Base, Id, db, one_of
from core.record import Recorded, Thread, ThreadHead
from core.roles import Role, Viewer
from core.workflow import NotPossible, Step

NO_YEAR = 0  # what is read once; a pledge is signed for a year
AGAIN = 14  # days to read a newer version in, unless something else is said


class Assignment(ThreadHead, Base):
    """A request to read a rule, in whatever version stands, by a day; or to sign a pledge for a year."""

    __tablename__ = "rule_assignment"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint("days > 0", name="days"),
        CheckConstraint("issued_on <= due_on", name="due_on"),
        Index("ix_rule_assignment_rule_id_id", "rule_id", "id"),
        Index("ix_rule_assignment_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    rule_id: Mapped[int] = mapped_column(Id, ForeignKey("rule.id"))
    state: Mapped[str] = mapped_column(String(8))
    year: Mapped[int]
    everybody: Mapped[bool]
    issued_on: Mapped[date]
    issued_by_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    due_on: Mapped[date]
    days: Mapped[int]
    reminded_on: Mapped[date | None]

    rule: Mapped[Rule] = relationship()

    @classmethod
    def issue(cls, rule: Rule, values: dict[str, Any], *, by: Viewer) -> "Assignment":
        """Ask everybody, or whoever has one of these roles or works in one of these units or below. Raises NotPossible
        where nothing of the rule stands, or nobody is asked."""
        roles, units = sorted(set(values["roles"])), sorted(set(values["units"]))
        if rule.current() is None or not (values["everybody"] or roles or units):
            raise NotPossible("issue")
        row = cls(
            rule_id=rule.id,
            state=State.OPEN,
            year=values["year"] or NO_YEAR,
            everybody=bool(values["everybody"]),
            issued_on=clock.today(),
            issued_by_id=by.id,
            due_on=values["due_on"],
            days=values["days"] or AGAIN,
            version=0,
        )
        db.session.add(row)
        asked: list[dict[str, Any]] = [] if row.everybody else [{"role": Role(each)} for each in roles]
        asked += [] if row.everybody else [{"unit_id": int(each)} for each in units]
        row.trace("issued", by=by.id, rule=rule.serial, asked=len(asked))
        db.session.flush()  # what follows refers to its row
        db.session.add_all(Addressee(assignment_id=row.id, **each) for each in asked)
        db.session.flush()
        return row

    def steps(self, viewer: Viewer) -> list[Step]:
        """What this person may do with it now."""
        return WORKFLOW.open_to(viewer.role, State(self.state))

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Remind, set another day, or ask no longer. Raises NotPossible."""
        step = WORKFLOW.take(action, by.role, State(self.state))
        noted: dict[str, Any] = {}
        if action == "remind":
            self.reminded_on = clock.today()
        if action == "postpone":
            if values["due_on"] < self.issued_on:
                raise NotPossible("due_on")
            noted = {"before": self.due_on.isoformat(), "due_on": values["due_on"].isoformat()}
            self.due_on = values["due_on"]
        self.state = step.after(State(self.state))
        self.trace(action, by=by.id, state=self.state, **noted)
        return step

    def due(self, version: Version) -> date:
        """By when this version must be read."""
        return domain.due(self.due_on, self.issued_on, self.days, version.from_on)

    def addressees(self) -> Sequence["Addressee"]:
        """The roles and units that it asks; none where it asks everybody."""
        wanted = select(Addressee).where(Addressee.assignment_id == self.id).order_by(Addressee.id)
        return db.session.scalars(wanted).all()


class Addressee(Recorded, Base):
    """A role or a unit, with those below it, that a request asks."""

    __tablename__ = "rule_addressee"
    __table_args__ = (
        CheckConstraint("(role IS NULL) <> (unit_id IS NULL)", name="one"),
        Index("ix_rule_addressee_assignment_id", "assignment_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    assignment_id: Mapped[int] = mapped_column(Id, ForeignKey("rule_assignment.id"))
    role: Mapped[str | None] = mapped_column(String(20))
    unit_id: Mapped[int | None] = mapped_column(Id, ForeignKey("unit.id"))

    unit: Mapped[Unit | None] = relationship()

    @property
    def named(self) -> str:
        """The role or the unit, for people."""
        return self.unit.name if self.unit else Role(self.role or "").label

    @property
    def thread(self) -> Thread:
        """The record of the request."""
        return Thread("rule_assignment", self.assignment_id)


class Reading(ThreadHead, Base):
    """That somebody read a version and acknowledged it, or signed a pledge for a year. It never changes.

    It has a record of its own, so that a hundred people who read one rule on one day are not in each other's way.
    """

    __tablename__ = "rule_reading"
    __table_args__ = (
        UniqueConstraint("version_id", "user_id", "year", name="uq_rule_reading_version_id_user_id_year"),
        Index("ix_rule_reading_user_id_id", "user_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    rule_id: Mapped[int] = mapped_column(Id, ForeignKey("rule.id"), index=True)
    version_id: Mapped[int] = mapped_column(Id, ForeignKey("rule_version.id"))
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    year: Mapped[int]
    read_on: Mapped[date]
    digest: Mapped[bytes]  # of the very text
    passed: Mapped[bool]  # a quiz was asked, and passed; of answers nothing is kept

    @classmethod
    def acknowledge(
        cls, assignment: Assignment, version: Version, answers: Sequence[Sequence[int]], *, by: Viewer
    ) -> "Reading":
        """Read and acknowledged by this person, who is asked. Raises NotPossible; its word is "quiz" where too few
        answers were right, which leaves nothing behind."""
        db.session.get_one(User, by.id, with_for_update=True)  # a double click waits for the first
        quiz = quiz_of(version)
        if read(version, assignment.year, by) is not None or assignment.state != State.OPEN:
            raise NotPossible("read")
        if quiz is not None and domain.score(quiz.asked(), answers) < quiz.pass_mark:
            raise NotPossible("quiz")
        row = cls(
            rule_id=version.rule_id,
            version_id=version.id,
            user_id=by.id,
            year=assignment.year,
            read_on=clock.today(),
            digest=version.digest,
            passed=quiz is not None,
            version=0,
        )
        db.session.add(row)
        noted: dict[str, Any] = {"of": version.id, "digest": version.digest.hex(), "quiz": row.passed}
        if row.year:
            row.trace("signed", by=by.id, year=row.year, **noted)
        else:
            row.trace("acknowledged", by=by.id, **noted)
        db.session.flush()
        return row


class Quiz(ThreadHead, Base):
    """A short quiz on a version: its questions, their right answers and how many must be right, as data."""

    __tablename__ = "rule_quiz"
    __table_args__ = (CheckConstraint("pass_mark > 0", name="pass_mark"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    version_id: Mapped[int] = mapped_column(Id, ForeignKey("rule_version.id"), unique=True)
    pass_mark: Mapped[int]
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)

    @classmethod
    def set(cls, version: Version, questions: Sequence[Question], pass_mark: int, *, by: Viewer) -> "Quiz":
        """Ask these questions of whoever reads the version from now on. Raises NotPossible."""
        if not 0 < pass_mark <= len(questions):
            raise NotPossible("pass_mark")
        quiz = quiz_of(version)
        action = "changed" if quiz else "set"
        if quiz is None:
            quiz = cls(version_id=version.id, version=0)
            db.session.add(quiz)
        quiz.pass_mark = pass_mark
        quiz.questions = [
            {"text": each.text, "choices": list(each.choices), "right": list(each.right)} for each in questions
        ]
        quiz.trace(action, by=by.id, questions=len(questions), pass_mark=pass_mark)
        db.session.flush()
        return quiz

    def asked(self) -> list[Question]:
        """Its questions."""
        return [Question(each["text"], tuple(each["choices"]), tuple(each["right"])) for each in self.questions]


def quiz_of(version: Version) -> Quiz | None:
    """The quiz on that version, if there is one."""
    return db.session.scalar(select(Quiz).where(Quiz.version_id == version.id))


def read(version: Version, year: int, viewer: Viewer) -> Reading | None:
    """That this person acknowledged that version, if they did."""
    mine = (Reading.version_id == version.id, Reading.user_id == viewer.id, Reading.year == year)
    return db.session.scalar(select(Reading).where(*mine))


def read_before(version: Version, viewer: Viewer) -> Version | None:
    """The last version before that one which this person acknowledged: only what changed since is new to them."""
    wanted = select(Version).join(Reading, Reading.version_id == Version.id)
    mine = (Reading.user_id == viewer.id, Version.rule_id == version.rule_id, Version.ordinal < version.ordinal)
    return db.session.scalar(wanted.where(*mine).order_by(Version.ordinal.desc()).limit(1))


# --- who sees what -------------------------------------------------------------------------------------------------


@lru_cache(256)
def asks(viewer: Viewer) -> ColumnElement[bool]:
    """The requests that ask this person."""
    mine = or_(Addressee.role == viewer.role, Addressee.unit_id.in_(viewer.unit_line))
    named = exists().where(Addressee.assignment_id == Assignment.id, mine)
    return and_(Assignment.state == State.OPEN, or_(Assignment.everybody, named))


@lru_cache(256)
def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The requests this person may see: all that the office makes, or those that ask them."""
    return true() if viewer.role in ASKERS else asks(viewer)


def load(id: int, viewer: Viewer, *, to_move: bool = False) -> Assignment | None:
    """The request, if this person may see it."""
    wanted = select(Assignment).where(Assignment.id == id, seen_by(viewer))
    return db.session.scalar(wanted.with_for_update(of=Assignment) if to_move else wanted)


def load_own(id: int, viewer: Viewer) -> Assignment | None:
    """The request, if it asks this person."""
    return db.session.scalar(select(Assignment).where(Assignment.id == id, asks(viewer)))


def people() -> list[tuple[User, str, tuple[int, ...]]]:
    """Everybody with an open account, with the name of their unit and the units above it; by unit, then by name."""
    wanted = select(User, Unit).join(Unit, Unit.id == User.unit_id).where(User.closed_at.is_(None))
    rows = db.session.execute(wanted.order_by(Unit.line, User.name, User.id))
    return [(user, unit.name, unit.line_ids) for user, unit in rows]
