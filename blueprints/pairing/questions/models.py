"""A farmer's question, its photos, what became knowledge of it; the verbs that move it, and who sees it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ColumnElement, ForeignKey, Index, String, false, func, select, true
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from blueprints.accounts.models import User
from blueprints.pairing.experts.domain import Season, Trade
from blueprints.pairing.experts.models import Expert, require_active
from blueprints.pairing.questions.domain import WORKFLOW, How, Only, State, clock_rule
from core import attachments, clock, deadlines, receipts, search, sendings, vault, workdays
from core.deadlines import Deadline
from core.extensions import Base, Id, db, one_of, reading
from core.places import Place
from core.record import Recorded, Thread, ThreadHead
from core.roles import Role, Viewer
from core.serials import Serial
from core.workflow import NotPossible, Step

INDEX = search.Index("knowledge_search")


@dataclass(frozen=True)
class Asked:
    """A question as a form brings it in, checked."""

    trade: Trade
    place_code: str
    subject: str
    text: str
    name: str
    contact: str
    photos: Sequence[attachments.Cleaned] = field(default=(), repr=False)

    def fingerprint(self) -> tuple[object, ...]:
        """The same for the same content; only ever used under a key."""
        return (self, [(each.name, sha256(each.data).digest()) for each in self.photos])


class Question(ThreadHead, Base):
    """What a farmer asks; what it says, who asks and what is answered is sealed."""

    __tablename__ = "question"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint(one_of("trade", Trade), name="trade"),
        CheckConstraint("(state IN ('asked', 'assigned')) = (due_on IS NOT NULL)", name="due"),
        CheckConstraint("(state IN ('answered', 'agreed', 'published')) = (answer_sealed IS NOT NULL)", name="answer"),
        CheckConstraint("(answer_sealed IS NULL) = (how IS NULL)", name="how"),
        CheckConstraint("how IS NULL OR " + one_of("how", How), name="how_word"),
        CheckConstraint("(answer_sealed IS NULL) = (answered_on IS NULL)", name="answered"),
        CheckConstraint("(state = 'referred') = (reason_sealed IS NOT NULL)", name="reason"),
        CheckConstraint("state IN ('asked', 'referred') OR expert_id IS NOT NULL", name="expert"),
        CheckConstraint("(visit_on IS NULL) = (visit_sealed IS NULL)", name="visit"),
        Index("ix_question_state", "state", "due_on", "id"),
        Index("ix_question_trade", "trade", "id"),
        Index("ix_question_expert_id", "expert_id", "id"),
        Index("ix_question_by_id", "by_id", "id"),
        Index("ix_question_sending_digest", "sending_digest"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    state: Mapped[str] = mapped_column(String(10))
    trade: Mapped[str] = mapped_column(String(12))
    place_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    asked_on: Mapped[date]
    due_on: Mapped[date | None]
    sum: Mapped[dict[str, Any]] = mapped_column(JSON)  # how the last day was counted
    expert_id: Mapped[int | None] = mapped_column(Id, ForeignKey("expert.id"))
    by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id"))  # the contact who asked for somebody
    code_digest: Mapped[bytes] = mapped_column(unique=True)
    sending_digest: Mapped[bytes]
    visit_on: Mapped[date | None]
    answered_on: Mapped[date | None]
    how: Mapped[str | None] = mapped_column(String(8))
    subject_sealed: Mapped[bytes]
    text_sealed: Mapped[bytes]
    name_sealed: Mapped[bytes | None]
    contact_sealed: Mapped[bytes | None]
    visit_sealed: Mapped[bytes | None]
    answer_sealed: Mapped[bytes | None]
    reason_sealed: Mapped[bytes | None]

    subject = vault.Sealed[str]("subject_sealed")
    text = vault.Sealed[str]("text_sealed")
    name = vault.Sealed[str | None]("name_sealed")
    contact = vault.Sealed[str | None]("contact_sealed")
    visit = vault.Sealed[str | None]("visit_sealed")  # where, and what to bring
    answer = vault.Sealed[str | None]("answer_sealed")
    reason = vault.Sealed[str | None]("reason_sealed")  # why it was referred elsewhere, and where

    place: Mapped[Place] = relationship()
    expert: Mapped[Expert | None] = relationship()
    photos: Mapped[list["QuestionPhoto"]] = relationship(order_by="QuestionPhoto.id")

    @classmethod
    def ask(cls, asked: Asked, sending: bytes, *, by: Viewer | None) -> None:
        """Take a question in, once however often it is sent; its clock begins."""
        if not sendings.first(sending):
            return
        today = clock.today()
        deadline = deadlines.due(clock_rule(), today, workdays)
        row = cls(
            number=f"{today.year}-{Serial.next('question', today.year):04}",
            state=WORKFLOW.start,
            trade=asked.trade,
            place_code=asked.place_code,
            asked_on=today,
            due_on=deadline.due_on,
            sum=deadline.as_json(),
            expert_id=None,
            by_id=by.id if by else None,
            code_digest=receipts.digest(sendings.code(sending)),
            sending_digest=sendings.digest_of(sending),
            visit_on=None,
            answered_on=None,
            how=None,
            subject=asked.subject,
            text=asked.text,
            name=asked.name or None,
            contact=asked.contact or None,
            visit=None,
            answer=None,
            reason=None,
            version=0,
        )
        db.session.add(row)
        row.trace("asked", by=row.by_id, state=row.state, files=len(asked.photos))
        db.session.flush()  # what follows refers to its row
        for file in asked.photos:
            row._keep(file)

    def _keep(self, file: attachments.Cleaned) -> None:
        photo = QuestionPhoto(question_id=self.id, kind=file.kind, name=file.name, size=len(file.data))
        photo.digest = attachments.store(photo.id, file.data)
        db.session.add(photo)

    @property
    def deadline(self) -> Deadline:
        """The last day for the answer, with its sum."""
        return Deadline.from_json(self.sum)

    # --- how it moves ----------------------------------------------------------------------------------------------

    def steps(self, viewer: Viewer) -> list[Step]:
        """The steps this person may take now."""
        able = WORKFLOW.open_to(viewer.role, State(self.state))
        return [step for step in able if step.only is not Only.EXPERT or self._answers(viewer)]

    def _answers(self, viewer: Viewer) -> bool:
        """Whether this person writes what the expert says: the expert, or staff for one without an account."""
        if self.expert is None:
            return False
        own = self.expert.user_id
        return viewer.id == own if own is not None else viewer.role == Role.CLERK

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Take one step of the procedure. Raises NotPossible."""
        for step in self.steps(by):
            if step.action == action:
                break
        else:
            raise NotPossible(action)
        noted = getattr(self, f"_{action}", self._plain)(values)
        self.state = step.after(State(self.state))
        if self.state not in (State.ASKED, State.ASSIGNED):
            self.due_on = None
        said = values.get("reason") if action != "refer" else None  # what the asker reads stands in the row
        self.trace(action, by=by.id, note=said or None, state=self.state, **noted)
        return step

    def _plain(self, values: dict[str, Any]) -> dict[str, Any]:
        return {}

    def _assign(self, values: dict[str, Any]) -> dict[str, Any]:
        self.expert = require_active(int(values["expert"]))
        self.expert_id = self.expert.id
        return {"expert": self.expert_id}

    def _visit(self, values: dict[str, Any]) -> dict[str, Any]:
        self.visit_on, self.visit = values["on"], values["where"]
        return {"on": values["on"].isoformat()}

    def _answer(self, values: dict[str, Any]) -> dict[str, Any]:
        self.answer, self.how, self.answered_on = values["answer"], values["how"], clock.today()
        return {"how": self.how}

    _correct = _answer

    def _refer(self, values: dict[str, Any]) -> dict[str, Any]:
        self.reason = values["reason"]
        return {}

    def _publish(self, values: dict[str, Any]) -> dict[str, Any]:
        row = Knowledge(
            question_id=self.id,
            trade=self.trade,
            season=values["season"],
            unit=self.expert.unit if self.expert else "",
            published_on=clock.today(),
            title=values["title"],
            question=values["question"],
            answer=values["answer"],
        )
        db.session.add(row)
        INDEX.put(db.session(), row.id, row.words)
        return {"knowledge": row.id}

    def _withdraw(self, values: dict[str, Any]) -> dict[str, Any]:
        row = db.session.scalar(select(Knowledge).where(Knowledge.question_id == self.id))
        if row is None:
            return {}
        INDEX.remove(db.session(), row.id, row.words)
        db.session.delete(row)
        return {"removed": row.id}


class QuestionPhoto(Recorded, attachments.Stored, Base):
    """A photo of a question; its content lies sealed in the folder of the uploads."""

    __tablename__ = "question_photo"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    question_id: Mapped[int] = mapped_column(Id, ForeignKey("question.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    name_sealed: Mapped[bytes]

    name = vault.Sealed[str]("name_sealed")

    @property
    def thread(self) -> Thread:
        """The record of the question."""
        return Thread("question", self.question_id)


class Knowledge(Recorded, Base):
    """A question and its answer, without names, for everybody."""

    __tablename__ = "knowledge"
    __table_args__ = (
        CheckConstraint(one_of("trade", Trade), name="trade"),
        CheckConstraint(one_of("season", Season), name="season"),
        Index("ix_knowledge_trade", "trade", "id"),
        Index("ix_knowledge_season", "season", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    question_id: Mapped[int] = mapped_column(Id, ForeignKey("question.id"), unique=True)
    trade: Mapped[str] = mapped_column(String(12))
    season: Mapped[str] = mapped_column(String(8))
    unit: Mapped[str] = mapped_column(String(100))  # the expert's
    published_on: Mapped[date]
    title_sealed: Mapped[bytes]
    question_sealed: Mapped[bytes]
    answer_sealed: Mapped[bytes]

    title = vault.Sealed[str]("title_sealed")
    question = vault.Sealed[str]("question_sealed")
    answer = vault.Sealed[str]("answer_sealed")

    @property
    def thread(self) -> Thread:
        """The record of the question."""
        return Thread("question", self.question_id)

    @property
    def words(self) -> str:
        """What of it is searched."""
        return f"{self.title}\n{self.question}\n{self.answer}"


# --- who sees what -------------------------------------------------------------------------------------------------


@lru_cache(256)
def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The questions this person may see: all, those given to them, or those they asked for somebody."""
    match viewer.role:
        case Role.CLERK | Role.LEADER:
            return true()
        case Role.HANDLER:
            return Question.expert_id.in_(select(Expert.id).where(Expert.user_id == viewer.id))
        case Role.CONTACT:
            return Question.by_id == viewer.id
    return false()


_AROUND = (joinedload(Question.place).joinedload(Place.parent), joinedload(Question.expert))


def load(id: int, viewer: Viewer, *, to_move: bool = False) -> Question | None:
    """The question, if this person may see it; `to_move` holds its row until the request is settled."""
    wanted = select(Question).where(Question.id == id, seen_by(viewer))
    return db.session.scalar(wanted.with_for_update(of=Question) if to_move else wanted.options(*_AROUND))


def by_code(code: str) -> int | None:
    """The question of a code, by its id; whatever was typed costs the same. It reads in a transaction of its own."""
    with reading() as session:
        wanted = select(Question.id).where(Question.code_digest == receipts.digest_of_anything(code))
        return session.scalar(wanted)


def of_sending(sending: bytes) -> Question | None:
    """The question of a sending."""
    return db.session.scalar(select(Question).where(Question.sending_digest == sendings.digest_of(sending)))


def waits_for_nobody() -> ColumnElement[bool]:
    """Questions with an expert whose account was closed: nobody answers them."""
    gone = select(User.id).where(User.closed_at.is_not(None))
    theirs = select(Expert.id).where(Expert.user_id.in_(gone))
    return (Question.state == State.ASSIGNED) & Question.expert_id.in_(theirs)


def numbered(year: int) -> Any:
    """How many questions have a number of that year."""
    return select(func.count(Question.id)).where(Question.number.startswith(f"{year}-"))
