"""The tables of activities in villages, the verbs that move them, and who may see them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ColumnElement, ForeignKey, Index, String, false, select, true
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from blueprints.accounts.models import User
from blueprints.pairing.activities.domain import WORKFLOW, Counted, Only, State
from blueprints.pairing.needs.models import may_ask_for
from core import attachments, clock, deadlines, vault, workdays
from core.attachments import Cleaned
from core.deadlines import Deadline
from core.extensions import Base, Id, db, one_of
from core.places import Level, Place
from core.profiles import terms_on
from core.record import Recorded, Thread, ThreadHead
from core.roles import Role, Viewer
from core.workflow import NotPossible, Step


@dataclass(frozen=True)
class Plan:
    """What a form says of an activity to come, checked."""

    kind: str
    title: str
    held_on: date
    where: str
    about: str

    def content(self) -> str:
        """The same for the same content; only ever used under a key."""
        return repr((self.kind, self.title, self.held_on, self.where, self.about))


class Activity(ThreadHead, Base):
    """An activity in a village: what, when, where, who came, what it cost."""

    __tablename__ = "activity"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint("counted IS NULL OR " + one_of("counted", Counted), name="counted"),
        CheckConstraint("(attendance IS NULL) = (counted IS NULL)", name="attendance"),
        CheckConstraint("attendance IS NULL OR attendance >= 0", name="people"),
        CheckConstraint("state NOT IN ('held', 'reported') OR attendance IS NOT NULL", name="held"),
        CheckConstraint("(state = 'held') = (due_on IS NOT NULL)", name="due"),
        CheckConstraint("(state = 'reported') = (report_sealed IS NOT NULL)", name="reported"),
        CheckConstraint("(state = 'reported') = (cost_fen IS NOT NULL)", name="cost"),
        CheckConstraint("cost_fen IS NULL OR cost_fen >= 0", name="money"),
        CheckConstraint("cost_fen IS NULL OR cost_fen = 0 OR budget_sealed IS NOT NULL", name="budget"),
        Index("ix_activity_place_code", "place_code", "id"),
        Index("ix_activity_township", "township_code", "id"),
        Index("ix_activity_kind", "kind", "id"),
        Index("ix_activity_state", "state", "held_on", "id"),
        Index("ix_activity_due", "state", "due_on", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    form_digest: Mapped[bytes] = mapped_column(unique=True)  # the same form sent twice makes one activity
    state: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(20))  # data/activity-kinds.toml
    place_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    township_code: Mapped[str] = mapped_column(String(12))
    by_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    held_on: Mapped[date]
    attendance: Mapped[int | None]
    counted: Mapped[str | None] = mapped_column(String(8))
    cost_fen: Mapped[int | None] = mapped_column(BigInteger)
    due_on: Mapped[date | None]  # by when its report is to come
    reported_on: Mapped[date | None]
    sum: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # how that day was reckoned
    title_sealed: Mapped[bytes]
    where_sealed: Mapped[bytes]
    about_sealed: Mapped[bytes | None]
    budget_sealed: Mapped[bytes | None]
    report_sealed: Mapped[bytes | None]

    title = vault.Sealed[str]("title_sealed")
    where = vault.Sealed[str]("where_sealed")
    about = vault.Sealed[str | None]("about_sealed")
    budget = vault.Sealed[str | None]("budget_sealed")  # the budget line that paid for it
    report = vault.Sealed[str | None]("report_sealed")

    place: Mapped[Place] = relationship()
    by: Mapped[User] = relationship()

    @classmethod
    def plan(cls, village: str, plan: Plan, form_key: str, *, by: Viewer) -> "Activity":
        """Plan an activity; the same form sent twice finds the one that is there. Raises NotPossible."""
        digest = vault.mac("form", f"activity {by.id} {village} {form_key} {plan.content()}".encode())
        known = db.session.scalar(select(cls).where(cls.form_digest == digest))
        if known is not None:
            return known
        place = db.session.get(Place, village)
        if place is None or place.level != Level.VILLAGE or not may_ask_for(by, village):
            raise NotPossible("plan")
        row = cls(
            form_digest=digest,
            state=WORKFLOW.start,
            place_code=village,
            township_code=village[:9],
            by_id=by.id,
            version=0,
        )
        row.about = row.budget = row.report = None
        row._say(plan)
        db.session.add(row)
        row.trace("planned", by=by.id, kind=row.kind, held_on=row.held_on.isoformat())
        return row

    def _say(self, plan: Plan) -> None:
        self.kind, self.title, self.held_on, self.where = plan.kind, plan.title, plan.held_on, plan.where
        self.about = plan.about or None

    def steps(self, viewer: Viewer) -> list[Step]:
        """The steps this person may take now: the village, a unit paired with it, the office."""
        open = WORKFLOW.open_to(viewer.role, State(self.state))
        if not open or not may_ask_for(viewer, self.place_code):
            return []
        return [each for each in open if each.only != Only.DAY or self.held_on <= clock.today()]

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Take one step: its effect, its clock, its entry. Raises NotPossible."""
        step = WORKFLOW.step(action)
        noted: dict[str, Any] = {}
        if step not in self.steps(by):
            raise NotPossible(action)
        match action:
            case "change":
                self._say(values["plan"])
                noted = {"held_on": self.held_on.isoformat()}
            case "hold":
                self.attendance, self.counted = values["attendance"], values["counted"]
                deadline = deadlines.due(terms_on("activities", self.held_on).rule("report"), self.held_on, workdays)
                self.due_on, self.sum = deadline.due_on, deadline.as_json()
                noted = {"attendance": self.attendance}
            case "report":
                self.report, self.cost_fen = values["report"], values["cost"] or 0
                self.budget = values["budget"] or None
                self.reported_on, self.due_on = clock.today(), None
                noted = {"cost": self.cost_fen}
        photos = values.get("photos") or ()
        if photos:
            noted["photos"] = len(photos)
        self.state = step.after(State(self.state))
        self.trace(action, by=by.id, note=values.get("reason") or None, state=self.state, **noted)
        self._keep(photos)
        return step

    def _keep(self, photos: Iterable[Cleaned]) -> None:
        for each in photos:
            photo = Picture(activity_id=self.id, kind=each.kind, size=len(each.data))
            photo.name = each.name
            photo.digest = attachments.store(photo.id, each.data)
            db.session.add(photo)

    @property
    def deadline(self) -> Deadline | None:
        """The day by which its report is to come, with its sum."""
        return Deadline.from_json(self.sum) if self.sum and self.due_on else None

    def as_planned(self) -> dict[str, Any]:
        """What the form of a change begins with."""
        words = {"title": self.title, "where": self.where, "about": self.about}
        return {**words, "kind": self.kind, "held_on": self.held_on}

    def pictures(self) -> Sequence["Picture"]:
        """Its pictures, oldest first."""
        return db.session.scalars(select(Picture).where(Picture.activity_id == self.id).order_by(Picture.id)).all()

    def picture(self, id: int) -> "Picture | None":
        """One of its pictures."""
        return db.session.scalar(select(Picture).where(Picture.id == id, Picture.activity_id == self.id))


class Picture(Recorded, attachments.Stored, Base):
    """A picture of an activity; its content lies sealed in the folder of the uploads."""

    __tablename__ = "activity_picture"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    activity_id: Mapped[int] = mapped_column(Id, ForeignKey("activity.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    name_sealed: Mapped[bytes]

    name = vault.Sealed[str]("name_sealed")

    @property
    def thread(self) -> Thread:
        """The record of the activity."""
        return Thread("activity", self.activity_id)


@lru_cache(256)
def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The activities this person may see: staff all of them, a contact those of the own village."""
    match viewer.role:
        case Role.CLERK | Role.HANDLER | Role.LEADER:
            return true()
        case Role.CONTACT:
            return Activity.place_code == viewer.place_code
    return false()


def load(id: int, viewer: Viewer, *, to_move: bool = False) -> Activity | None:
    """The activity, if this person may see it; `to_move` holds its row until the request is settled."""
    wanted = select(Activity).where(Activity.id == id, seen_by(viewer))
    around = (joinedload(Activity.place).joinedload(Place.parent), joinedload(Activity.by))
    return db.session.scalar(wanted.with_for_update(of=Activity) if to_move else wanted.options(*around))
