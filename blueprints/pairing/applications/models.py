"""An application for a post; the verbs that move it."""

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, func, select, text
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from blueprints.pairing.applications.domain import WORKFLOW, Channel, Degree, State
from blueprints.pairing.posts.domain import State as PostState
from blueprints.pairing.posts.models import Post, Student, hold
from blueprints.pairing.reached import Reached
from core import clock, deadlines, receipts, record, sendings, vault, workdays
from core.deadlines import Deadline
from core.extensions import Base, Id, db, one_of, reading
from core.places import Place
from core.profiles import terms_on
from core.roles import Viewer
from core.serials import Serial
from core.workflow import NotPossible, Step

_MATCHED: dict[str, Any] = dict.fromkeys(("sqlite_where", "postgresql_where"), text("state = 'matched'"))


@dataclass(frozen=True)
class Applied:
    """An application as a form brings it in, checked."""

    name: str
    contact: str
    school: str
    degree: Degree
    township_code: str | None  # where they would like to go
    text: str


class Application(Reached, Base):
    """Somebody's application. Who it is and what they wrote is sealed, and goes when they withdraw."""

    __tablename__ = "post_application"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint(one_of("channel", Channel), name="channel"),
        CheckConstraint(one_of("degree", Degree), name="degree"),
        CheckConstraint("(state IN ('received', 'matched', 'reserve')) = (due_on IS NOT NULL)", name="due"),
        CheckConstraint("(state IN ('matched', 'appointed')) = (post_id IS NOT NULL)", name="post"),
        CheckConstraint("(state IN ('matched', 'appointed')) = (reasons_sealed IS NOT NULL)", name="reasons"),
        CheckConstraint("(state = 'appointed') = (service_id IS NOT NULL)", name="service"),
        CheckConstraint("(state = 'declined') = (answer_sealed IS NOT NULL)", name="answer"),
        CheckConstraint("(state = 'withdrawn') = (name_sealed IS NULL)", name="name"),
        CheckConstraint("(state = 'withdrawn') = (contact_sealed IS NULL)", name="contact"),
        CheckConstraint("(state = 'withdrawn') = (school_sealed IS NULL)", name="school"),
        CheckConstraint("(state = 'withdrawn') = (text_sealed IS NULL)", name="text"),
        Index("uq_post_application_matched", "post_id", unique=True, **_MATCHED),
        Index("ix_post_application_state", "state", "due_on", "id"),
        Index("ix_post_application_post_id", "post_id"),
        Index("ix_post_application_service_id", "service_id"),
        Index("ix_post_application_sending_digest", "sending_digest"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    state: Mapped[str] = mapped_column(String(10))
    channel: Mapped[str] = mapped_column(String(8))
    degree: Mapped[str] = mapped_column(String(10))
    township_code: Mapped[str | None] = mapped_column(String(12), ForeignKey("place.code"))
    applied_on: Mapped[date]
    due_on: Mapped[date | None]
    sum: Mapped[dict[str, Any]] = mapped_column(JSON)  # how the last day was counted
    post_id: Mapped[int | None] = mapped_column(Id, ForeignKey("post.id"))
    service_id: Mapped[int | None] = mapped_column(Id, ForeignKey("post_service.id"))
    code_digest: Mapped[bytes] = mapped_column(unique=True)
    sending_digest: Mapped[bytes]
    name_sealed: Mapped[bytes | None]
    contact_sealed: Mapped[bytes | None]
    school_sealed: Mapped[bytes | None]
    text_sealed: Mapped[bytes | None]
    reasons_sealed: Mapped[bytes | None]
    answer_sealed: Mapped[bytes | None]

    name = vault.Sealed[str | None]("name_sealed")
    contact = vault.Sealed[str | None]("contact_sealed")
    school = vault.Sealed[str | None]("school_sealed")
    text = vault.Sealed[str | None]("text_sealed")
    reasons = vault.Sealed[str | None]("reasons_sealed")  # why this applicant for this post
    answer = vault.Sealed[str | None]("answer_sealed")  # why not, as the applicant reads it

    township: Mapped[Place | None] = relationship()
    post: Mapped[Post | None] = relationship()

    @classmethod
    def apply(cls, applied: Applied, sending: bytes, *, by: Viewer | None) -> None:
        """Take an application in, once however often it is sent; its clock begins."""
        if not sendings.first(sending):
            return
        today = clock.today()
        row = cls(
            number=f"{today.year}-{Serial.next('post_application', today.year):04}",
            state=WORKFLOW.start,
            channel=Channel.PAPER if by else Channel.ONLINE,
            degree=applied.degree,
            township_code=applied.township_code,
            applied_on=today,
            post_id=None,
            service_id=None,
            code_digest=receipts.digest(sendings.code(sending)),
            sending_digest=sendings.digest_of(sending),
            version=0,
        )
        row.name, row.contact, row.school, row.text = applied.name, applied.contact, applied.school, applied.text
        row.reasons = row.answer = None
        row._begin("answer")
        db.session.add(row)
        row.trace("received", by=by.id if by else None, state=row.state, channel=row.channel)
        db.session.flush()  # the page after it looks for it

    def _begin(self, clock_: str) -> None:
        today = clock.today()
        deadline = deadlines.due(terms_on("posts", today).rule(clock_), today, workdays)
        self.due_on, self.sum = deadline.due_on, deadline.as_json()

    @property
    def deadline(self) -> Deadline:
        """The last day of the clock that runs, with its sum."""
        return Deadline.from_json(self.sum)

    def steps(self, viewer: Viewer) -> list[Step]:
        """The steps this person may take now."""
        return WORKFLOW.open_to(viewer.role, State(self.state))

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Take one step of the procedure. Raises NotPossible."""
        step = WORKFLOW.take(action, by.role, State(self.state))
        after = step.after(State(self.state))
        noted: dict[str, Any] = getattr(self, f"_{action}", self._plain)(values, by)
        self.state = after
        self.due_on = self.due_on if step.start else None
        if step.start:
            self._begin(step.start)
        note = values.get("reason") if action in ("unmatch", "reserve") else None  # the rest stands in the row
        self.trace(action, by=by.id, note=note or None, state=self.state, **noted)
        return step

    def _plain(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        return {}

    def _match(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        post = hold(int(values["post"]))
        taken = select(Application.id).where(Application.post_id == int(values["post"]))
        if post is None or post.state != PostState.VACANT:
            raise NotPossible("post")
        if db.session.scalar(taken.where(Application.state == State.MATCHED)) is not None:
            raise NotPossible("post")
        self.post_id, self.reasons = post.id, values["reasons"]
        return {"post": post.id}

    def _unmatch(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        before, self.post_id, self.reasons = self.post_id, None, None
        return {"post": before}

    def _appoint(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        post = hold(self.post_id or 0)
        if post is None:
            raise NotPossible("post")
        mentor = int(values["mentor"]) if values.get("mentor") else None
        student = Student(self.name or "", self.contact or "", values["on"], mentor)
        self.service_id = post.fill(student, by=by, applicant=self.id).id
        return {"service": self.service_id, "on": values["on"].isoformat()}

    def _decline(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        self.answer = values["answer"]
        return {}

    def _withdraw(self, values: dict[str, Any], by: Viewer | None) -> dict[str, Any]:
        self.state, self.due_on, self.post_id = State.WITHDRAWN, None, None  # before what follows asks the database
        self.name = self.contact = self.school = self.text = self.reasons = None
        return {"notes": record.remove_notes(self.thread)}

    def erase(self, gone: str) -> list[list[Any]]:
        """Take out who it was and what was written, once it is not kept any more; its code finds nothing. The caller
        writes the entry, with what comes back."""
        self.name = self.contact = self.school = self.text = gone
        self.reasons = gone if self.reasons_sealed else None
        self.answer = gone if self.answer_sealed else None
        self.code_digest, self.sending_digest = secrets.token_bytes(32), secrets.token_bytes(32)
        return record.remove_notes(self.thread)

    def take_back(self) -> None:
        """The applicant, who has the code, withdraws. Raises NotPossible."""
        step = WORKFLOW.step("withdraw")
        if State(self.state) not in step.from_:
            raise NotPossible("withdraw")
        noted = self._withdraw({}, None)
        self.trace("withdraw", by=None, state=self.state, **noted)


_AROUND = (joinedload(Application.township), joinedload(Application.post).joinedload(Post.place))


def load(id: int, *, to_move: bool = False) -> Application | None:
    """The application; whoever may open the list sees all of it."""
    wanted = select(Application).where(Application.id == id)
    return db.session.scalar(wanted.with_for_update(of=Application) if to_move else wanted.options(*_AROUND))


def by_code(code: str) -> int | None:
    """The application of a code, by its id; whatever was typed costs the same. It reads in a transaction of its own."""
    with reading() as session:
        wanted = select(Application.id).where(Application.code_digest == receipts.digest_of_anything(code))
        return session.scalar(wanted)


def of_sending(sending: bytes) -> Application | None:
    """The application of a sending."""
    return db.session.scalar(select(Application).where(Application.sending_digest == sendings.digest_of(sending)))


def numbered(year: int) -> Any:
    """How many applications have a number of that year."""
    return select(func.count(Application.id)).where(Application.number.startswith(f"{year}-"))
