"""A village's post, somebody's service in it, the yearly reviews; the verbs that move them, and who sees them."""

from collections.abc import Iterable
from dataclasses import dataclass
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
    column,
    exists,
    false,
    func,
    select,
    table,
    text,
    true,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from blueprints.accounts.models import User
from blueprints.pairing.pairs.models import paired_here
from blueprints.pairing.posts.domain import BY_SERVICE, SERVICE, STAFF, WORKFLOW, Grade, Only, Stage, State, Why
from blueprints.pairing.reached import Reached
from core import clock, deadlines, vault, workdays
from core.deadlines import Deadline
from core.extensions import Base, Id, db, one_of
from core.places import Level, Place
from core.profiles import terms_on
from core.record import Recorded, Thread, ThreadHead, remove_notes
from core.roles import Role, Viewer
from core.workflow import NotPossible, Step

# Who applies is in a room above this one; of it a post knows who is to take it up.
_APPLIED = table("post_application", column("id", Id), column("post_id", Id), column("state", String()))

_OPEN: dict[str, Any] = dict.fromkeys(("sqlite_where", "postgresql_where"), text("state <> 'closed'"))
_SERVING: dict[str, Any] = dict.fromkeys(("sqlite_where", "postgresql_where"), text("state = 'serving'"))


@dataclass(frozen=True)
class Student:
    """Who takes a post up, and when; whoever has no mentor yet gets one later."""

    name: str
    contact: str
    begun_on: date
    mentor_id: int | None


class Post(ThreadHead, Base):
    """The one post of a village."""

    __tablename__ = "post"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed"),
        Index("uq_post_open", "place_code", unique=True, **_OPEN),
        Index("ix_post_place_code", "place_code", "id"),
        Index("ix_post_state", "state", "place_code"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(8))
    place_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    duties_sealed: Mapped[bytes]

    duties = vault.Sealed[str]("duties_sealed")

    place: Mapped[Place] = relationship()

    @classmethod
    def set_up(cls, place: str, duties: str, *, by: Viewer) -> "Post":
        """The post of a village. Raises NotPossible where it has one, or it is no village."""
        village = db.session.get(Place, place, with_for_update={"of": Place})  # two at once do not both find none
        if village is None or village.level != Level.VILLAGE or of_village(place) is not None:
            raise NotPossible("set up")
        row = cls(state=WORKFLOW.start, place_code=place, opened_on=clock.today(), closed_on=None, version=0)
        row.duties = duties
        db.session.add(row)
        row.trace("set up", by=by.id, state=row.state, place=place)
        db.session.flush()  # what follows looks for it
        return row

    def steps(self, viewer: Viewer) -> list[Step]:
        """What this person may do with the post itself now."""
        able = WORKFLOW.open_to(viewer.role, State(self.state))
        own = [step for step in able if step.action not in BY_SERVICE]
        return [step for step in own if step.only is not Only.UNMATCHED or self.match() is None]

    def match(self) -> int | None:
        """The application of who is matched to it and has not taken it up yet."""
        found: int | None = db.session.scalar(select(_APPLIED.c.id).where(_matched_to(self.id)))
        return found

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Change the post or close it. Raises NotPossible."""
        step = WORKFLOW.take(action, by.role, State(self.state))
        if step not in self.steps(by):
            raise NotPossible(action)
        if step.action == "change":
            self.duties = values["duties"]
        if step.action == "close":
            self.closed_on = clock.today()
        self._step(step, by, values.get("reason"))
        return step

    def _step(self, step: Step, by: Viewer, note: str | None = None, **noted: Any) -> None:
        self.state = step.after(State(self.state))
        self.trace(step.action, by=by.id, note=note or None, state=self.state, **noted)

    def fill(self, student: Student, *, by: Viewer, applicant: int | None = None) -> "Service":
        """Somebody takes the post up; the clock of the yearly review begins. A post to which an applicant is matched is
        for that one. Raises NotPossible."""
        step = WORKFLOW.take("fill", by.role, State(self.state))
        if self.match() not in (None, applicant):
            raise NotPossible("fill")
        if student.begun_on < last_left([self.place_code]).get(self.place_code, student.begun_on):
            raise NotPossible("begun")
        row = Service(
            state=SERVICE.start,
            post_id=self.id,
            place_code=self.place_code,
            begun_on=student.begun_on,
            begun_year=student.begun_on.year,
            mentor_id=student.mentor_id,
            left_on=None,
            left_why=None,
            version=0,
        )
        row.name, row.contact = student.name, student.contact
        row.begin_clock(student.begun_on)
        db.session.add(row)
        row.trace("begun", by=by.id, state=row.state, post=self.id, on=student.begun_on.isoformat())
        self._step(step, by, service=row.id)
        db.session.flush()  # what follows refers to its row
        return row

    def leave(self, service: "Service", *, by: Viewer) -> None:
        """Who served in it has left."""
        self._step(WORKFLOW.take("empty", by.role, State(self.state)), by, service=service.id)


class Service(Reached, Base):
    """Somebody's time in a post. Who it is, and how they are reached, is sealed."""

    __tablename__ = "post_service"
    __table_args__ = (
        CheckConstraint(one_of("state", Stage), name="state"),
        CheckConstraint("(state = 'serving') = (due_on IS NOT NULL)", name="due"),
        CheckConstraint("(state = 'left') = (left_on IS NOT NULL)", name="left"),
        CheckConstraint("(left_on IS NULL) = (left_why IS NULL)", name="why"),
        CheckConstraint("left_why IS NULL OR " + one_of("left_why", Why), name="why_word"),
        CheckConstraint("left_on IS NULL OR begun_on <= left_on", name="term"),
        Index("uq_post_service_serving", "post_id", unique=True, **_SERVING),
        Index("ix_post_service_post_id", "post_id", "id"),
        Index("ix_post_service_begun_year", "begun_year", "id"),
        Index("ix_post_service_mentor_id", "mentor_id", "state"),
        Index("ix_post_service_due_on", "due_on", "id"),
        Index("ix_post_service_left_on", "left_on", "id"),
        Index("ix_post_service_place_code", "place_code", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(8))
    post_id: Mapped[int] = mapped_column(Id, ForeignKey("post.id"))
    place_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))  # that of the post
    begun_on: Mapped[date]
    begun_year: Mapped[int]
    due_on: Mapped[date | None]  # of the next review
    sum: Mapped[dict[str, Any]] = mapped_column(JSON)  # how the last day was counted
    mentor_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id"))
    left_on: Mapped[date | None]
    left_why: Mapped[str | None] = mapped_column(String(12))
    name_sealed: Mapped[bytes]
    contact_sealed: Mapped[bytes]

    name = vault.Sealed[str]("name_sealed")
    contact = vault.Sealed[str]("contact_sealed")

    post: Mapped[Post] = relationship()
    place: Mapped[Place] = relationship()
    mentor: Mapped[User | None] = relationship()
    reviews: Mapped[list["Review"]] = relationship(order_by="Review.year.desc()")

    def begin_clock(self, day: date) -> None:
        """The next yearly review is counted from this day."""
        deadline = deadlines.due(terms_on("posts", day).rule("review"), day, workdays)
        self.due_on, self.sum = deadline.due_on, deadline.as_json()

    @property
    def deadline(self) -> Deadline:
        """The last day for the next review, with its sum."""
        return Deadline.from_json(self.sum)

    def steps(self, viewer: Viewer) -> list[Step]:
        """What this person may do now."""
        able = SERVICE.open_to(viewer.role, Stage(self.state))
        return [step for step in able if step.only is not Only.MENTOR or self.reviewed_by(viewer)]

    def reviewed_by(self, viewer: Viewer) -> bool:
        """Whether this person writes the reviews: the mentor, or the office for one."""
        return viewer.id == self.mentor_id or viewer.role in (Role.CLERK, Role.LEADER)

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Take one step. Raises NotPossible."""
        for step in self.steps(by):
            if step.action == action:
                break
        else:
            raise NotPossible(action)
        after = step.after(Stage(self.state))
        noted: dict[str, Any] = getattr(self, f"_{action}")(values, by)
        self.state = after
        self.trace(action, by=by.id, note=values.get("reason") or None, state=self.state, **noted)
        return step

    def _mentor(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        if int(values["mentor"]) not in dict(mentors()):
            raise NotPossible("mentor")
        self.mentor_id = int(values["mentor"])
        return {"mentor": self.mentor_id}

    def _review(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        if any(each.year == values["year"] for each in self.reviews):
            raise NotPossible("review")
        today = clock.today()
        row = Review(service_id=self.id, year=values["year"], grade=values["grade"], reviewed_on=today, by_id=by.id)
        row.text = values["text"]
        db.session.add(row)
        self.begin_clock(today)
        return {"year": row.year, "grade": row.grade}

    def erase(self, gone: str) -> list[list[Any]]:
        """Take out who it was and what was written, once it is not kept any more. The caller writes the entry, with
        what comes back."""
        self.name = self.contact = gone
        for each in self.reviews:
            each.text = gone
        return remove_notes(self.thread)

    def _leave(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        post = db.session.get_one(Post, self.post_id, with_for_update={"of": Post})
        self.state, self.left_on, self.left_why, self.due_on = Stage.LEFT, values["on"], values["why"], None
        post.leave(self, by=by)
        return {"on": values["on"].isoformat(), "why": values["why"]}


class Review(Recorded, Base):
    """What a year in the post came to, in words."""

    __tablename__ = "post_review"
    __table_args__ = (
        CheckConstraint(one_of("grade", Grade), name="grade"),
        UniqueConstraint("service_id", "year", name="uq_post_review_year"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    service_id: Mapped[int] = mapped_column(Id, ForeignKey("post_service.id"))
    year: Mapped[int]
    grade: Mapped[str] = mapped_column(String(10))
    reviewed_on: Mapped[date]
    by_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    text_sealed: Mapped[bytes]

    text = vault.Sealed[str]("text_sealed")

    by: Mapped[User] = relationship()

    @property
    def thread(self) -> Thread:
        """The record of the service."""
        return Thread("post_service", self.service_id)


# --- who sees what -------------------------------------------------------------------------------------------------


@lru_cache(256)
def serves_seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The services whose page this person may open: all to the office, a mentor the own ones."""
    match viewer.role:
        case Role.CLERK | Role.LEADER:
            return true()
        case Role.HANDLER:
            return Service.mentor_id == viewer.id
    return false()


@lru_cache(256)
def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The posts this person may see: all to the office; a unit those of its paired villages, and where its people are
    mentors; a contact that of the own village."""
    match viewer.role:
        case Role.CLERK | Role.LEADER:
            return true()
        case Role.HANDLER:
            mentored = exists().where(Service.post_id == Post.id, Service.mentor_id == viewer.id)
            return paired_here(viewer, Post.place_code) | mentored
        case Role.CONTACT:
            return Post.place_code == viewer.place_code
    return false()


def load(id: int, viewer: Viewer, *, to_move: bool = False) -> Post | None:
    """The post, if this person may see it; `to_move` holds its row until the request is settled."""
    wanted = select(Post).where(Post.id == id, seen_by(viewer))
    around = joinedload(Post.place).joinedload(Place.parent)
    return db.session.scalar(wanted.with_for_update(of=Post) if to_move else wanted.options(around))


def load_service(id: int, viewer: Viewer, *, to_move: bool = False) -> Service | None:
    """The service, if this person may open its page."""
    wanted = select(Service).where(Service.id == id, serves_seen_by(viewer))
    around = (joinedload(Service.place).joinedload(Place.parent), joinedload(Service.mentor))
    reviews = selectinload(Service.reviews).joinedload(Review.by)
    return db.session.scalar(wanted.with_for_update(of=Service) if to_move else wanted.options(*around, reviews))


def of_village(code: str) -> Post | None:
    """The village's post, unless it is closed."""
    return db.session.scalar(select(Post).where(Post.place_code == code, Post.state != State.CLOSED))


def hold(id: int) -> Post | None:
    """A post, held until the request is settled: nobody else fills it meanwhile."""
    return db.session.get(Post, id, with_for_update={"of": Post})


def _matched_to(post: Any) -> ColumnElement[bool]:
    return and_(_APPLIED.c.post_id == post, _APPLIED.c.state == "matched")


def matched() -> ColumnElement[bool]:
    """Posts to which an applicant is matched."""
    return exists(select(_APPLIED.c.id).where(_matched_to(Post.id)))


def last_left(villages: Iterable[str]) -> dict[str, date]:
    """When somebody left a post of these villages last: nobody takes it up before."""
    left = select(Service.place_code, func.max(Service.left_on)).where(Service.left_on.is_not(None))
    rows = db.session.execute(left.where(Service.place_code.in_(list(villages))).group_by(Service.place_code))
    return {code: day for code, day in rows if day is not None}


def mentors() -> list[tuple[int, str]]:
    """Who may be a mentor: everybody of the staff who has an account."""
    works = (User.closed_at.is_(None), User.role.in_(STAFF))
    rows = db.session.execute(select(User.id, User.name, User.username).where(*works).order_by(User.name, User.id))
    return [(id, f"{name} ({username})") for id, name, username in rows]


def mentors_by_name() -> list[str]:
    """The sign-in names of those who may be a mentor."""
    works = (User.closed_at.is_(None), User.role.in_(STAFF))
    return list(db.session.scalars(select(User.username).where(*works).order_by(User.username)))
