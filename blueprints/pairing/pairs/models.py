"""The tables of pairings, the verbs that change them, and who may see them."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    exists,
    false,
    select,
    text,
    true,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from blueprints.accounts.models import Unit, User
from blueprints.pairing.pairs.domain import GOAL, MAKERS, STAFF, WORKFLOW, GoalState, State
from core import clock, vault
from core.extensions import Base, Id, db, one_of
from core.places import Level, Place
from core.record import Recorded, Thread, ThreadHead
from core.roles import Role, Viewer
from core.workflow import NotPossible, Step

_RUNNING: dict[str, Any] = dict.fromkeys(("sqlite_where", "postgresql_where"), text("ended_on IS NULL"))
_OPEN: dict[str, Any] = dict.fromkeys(("sqlite_where", "postgresql_where"), text("state = 'open'"))


class Pairing(ThreadHead, Base):
    """A unit that helps a village for a term (结对帮扶)."""

    __tablename__ = "pairing"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint("from_on <= until_on", name="term"),
        CheckConstraint("(state = 'ended') = (ended_on IS NOT NULL)", name="ended"),
        Index("uq_pairing_running", "unit_id", "place_code", unique=True, **_RUNNING),
        Index("ix_pairing_running", "until_on", **_RUNNING),
        Index("ix_pairing_place_code_id", "place_code", "id"),
        Index("ix_pairing_unit_id_id", "unit_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(8))
    unit_id: Mapped[int] = mapped_column(Id, ForeignKey("unit.id"))
    place_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    ended_on: Mapped[date | None]
    branch: Mapped[str | None] = mapped_column(String(60))  # the party branch (党支部) of the unit, where one pairs

    unit: Mapped[Unit] = relationship()
    place: Mapped[Place] = relationship()

    @classmethod
    def pair(
        cls,
        unit: int,
        place: str,
        from_on: date,
        until_on: date,
        members: Sequence[int],
        branch: str | None = None,
        *,
        by: Viewer,
    ) -> "Pairing":
        """Pair a unit, or a party branch of it, with a village: the unit answers for it. Raises NotPossible where
        they are paired already, or it is no village."""
        db.session.get_one(Unit, unit, with_for_update={"of": Unit})  # two at once do not both find nothing there
        village = db.session.get(Place, place)
        if village is None or village.level != Level.VILLAGE or running(unit, place) is not None:
            raise NotPossible("pair")
        row = cls(state=State.RUNNING, unit_id=unit, place_code=place, from_on=from_on, until_on=until_on, version=0)
        row.branch = branch or None
        db.session.add(row)
        row.trace("paired", by=by.id, unit=unit, place=place)
        db.session.flush()  # what follows refers to its row
        row._responsible(members)
        return row

    @property
    def partner(self) -> str:
        """Who helps: the unit, and its party branch where one does."""
        return f"{self.unit.name}（{self.branch}）" if self.branch else self.unit.name

    def _responsible(self, members: Sequence[int]) -> None:
        now = clock.today()
        there = {each.user_id: each for each in self.members()}
        fit = set(db.session.scalars(select(User.id).where(User.unit_id == self.unit_id, User.role != Role.CONTACT)))
        if not set(members) <= fit | set(there):
            raise NotPossible("members")
        for user, row in there.items():
            if user not in members:
                row.left_on = now
        for user in members:
            if user not in there:
                db.session.add(Member(pairing_id=self.id, user_id=user, since_on=now))

    def members(self) -> Sequence["Member"]:
        """Who is responsible now."""
        wanted = select(Member).where(Member.pairing_id == self.id, Member.left_on.is_(None))
        return db.session.scalars(wanted.options(joinedload(Member.user)).order_by(Member.id)).all()

    def acts(self, viewer: Viewer) -> bool:
        """Whether this person may act for the pairing: who made it, and the unit itself."""
        return viewer.role in MAKERS or (viewer.role in STAFF and viewer.unit_id == self.unit_id)

    def steps(self, viewer: Viewer) -> list[Step]:
        """The steps this person may take now."""
        return WORKFLOW.open_to(viewer.role, State(self.state)) if self.acts(viewer) else []

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Take a step. Raises NotPossible."""
        step = WORKFLOW.step(action)
        if step not in self.steps(by):
            raise NotPossible(action)
        noted: dict[str, Any] = {}
        match action:
            case "goal":
                noted = {"goal": self._plan(values).id}
            case "members":
                self._responsible(values["members"])
            case "term":
                noted = {"before": self.until_on.isoformat(), "until_on": values["until_on"].isoformat()}
                self.from_on, self.until_on = values["from_on"], values["until_on"]
            case "end":
                self.ended_on = clock.today()
        self.state = step.after(State(self.state))
        self.trace(action, by=by.id, note=values.get("reason") or None, state=self.state, **noted)
        return step

    def _plan(self, values: dict[str, Any]) -> "Goal":
        row = Goal(pairing_id=self.id, state=GoalState.OPEN, year=values["due_on"].year)
        row.describe(values)
        if not self.fits(row.owner_id):
            raise NotPossible("owner")
        db.session.add(row)
        return row

    def fits(self, user: int) -> bool:
        """Whether this person may answer for something of the pairing: somebody who works in the unit."""
        works = (User.id == user, User.unit_id == self.unit_id, User.closed_at.is_(None), User.role != Role.CONTACT)
        return db.session.scalar(select(User.id).where(*works)) is not None


class OfPairing(Recorded):
    """What belongs to a pairing, and changes only together with an entry in its record."""

    pairing_id: Mapped[int] = mapped_column(Id, ForeignKey("pairing.id"), index=True)

    @property
    def thread(self) -> Thread:
        """The record of the pairing."""
        return Thread("pairing", self.pairing_id)


class Member(OfPairing, Base):
    """Somebody of the unit who is responsible (责任人), and since when."""

    __tablename__ = "pairing_member"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), index=True)
    since_on: Mapped[date]
    left_on: Mapped[date | None]

    user: Mapped[User] = relationship()


class Goal(OfPairing, Base):
    """One goal of a year's plan (年度计划): what is promised to the village, by which measures, by whom, until when."""

    __tablename__ = "pairing_goal"
    __table_args__ = (
        CheckConstraint(one_of("state", GoalState), name="state"),
        CheckConstraint("(state = 'reached') = (reached_on IS NOT NULL)", name="reached"),
        CheckConstraint("(state = 'reached') = (outcome_sealed IS NOT NULL)", name="outcome"),
        Index("ix_pairing_goal_due", "due_on", "id"),
        Index("ix_pairing_goal_open", "due_on", **_OPEN),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(8))
    year: Mapped[int]  # of the plan: that of the due date
    owner_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    due_on: Mapped[date]
    reached_on: Mapped[date | None]
    title_sealed: Mapped[bytes]
    measures_sealed: Mapped[bytes]
    outcome_sealed: Mapped[bytes | None]

    title = vault.Sealed[str]("title_sealed")
    measures = vault.Sealed[str]("measures_sealed")
    outcome = vault.Sealed[str | None]("outcome_sealed")

    owner: Mapped[User] = relationship()
    pairing: Mapped[Pairing] = relationship()

    def describe(self, values: dict[str, Any]) -> None:
        """What is promised, in words; who answers for it and until when."""
        self.title, self.measures = values["title"], values["measures"]
        self.owner_id, self.due_on = int(values["owner"]), values["due_on"]
        self.year = self.due_on.year

    def as_planned(self) -> dict[str, Any]:
        """What the form of a change begins with."""
        words = {"title": self.title, "measures": self.measures}
        return {**words, "owner": str(self.owner_id), "due_on": self.due_on}

    def steps(self, viewer: Viewer) -> list[Step]:
        """The steps this person may take now; none once the pairing has ended."""
        if self.pairing.state != State.RUNNING or not self.pairing.acts(viewer):
            return []
        return GOAL.open_to(viewer.role, GoalState(self.state))

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Take a step. Raises NotPossible."""
        step = GOAL.step(action)
        if step not in self.steps(by):
            raise NotPossible(action)
        noted: dict[str, Any] = {}
        match action:
            case "reach":
                self.reached_on, self.outcome = values["on"], values["outcome"]
            case "change":
                noted = {"before": self.due_on.isoformat(), "due_on": values["due_on"].isoformat()}
                if int(values["owner"]) != self.owner_id and not self.pairing.fits(int(values["owner"])):
                    raise NotPossible("owner")
                self.describe(values)
            case "reopen":
                self.reached_on = self.outcome = None
        self.state = step.after(GoalState(self.state))
        reason = values.get("reason") or None
        self.pairing.trace(f"goal {action}", by=by.id, note=reason, goal=self.id, goal_state=self.state, **noted)
        return step


# --- who may see ---------------------------------------------------------------------------------------------------


@lru_cache(256)
def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The pairings this person may see: all to the office, a unit its own, a contact those of the own village."""
    match viewer.role:
        case Role.CLERK | Role.LEADER:
            return true()
        case Role.HANDLER:
            return Pairing.unit_id == viewer.unit_id
        case Role.CONTACT:
            return Pairing.place_code == viewer.place_code
        case _:
            return false()


@lru_cache(256)
def villages_seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The villages whose page this person may see: all to the office, a unit those it is or was paired with, a contact
    the own one."""
    match viewer.role:
        case Role.CLERK | Role.LEADER:
            mine: ColumnElement[bool] = true()
        case Role.HANDLER:
            mine = exists().where(Pairing.place_code == Place.code, Pairing.unit_id == viewer.unit_id)
        case Role.CONTACT:
            mine = Place.code == viewer.place_code
        case _:
            mine = false()
    return (Place.level == Level.VILLAGE) & mine


def paired_here(viewer: Viewer, place: Any) -> ColumnElement[bool]:
    """Whether the unit of this person is paired now with the village of a row."""
    return exists().where(
        Pairing.place_code == place, Pairing.unit_id == viewer.unit_id, Pairing.state == State.RUNNING
    )


def running(unit: int, place: str) -> Pairing | None:
    """The pairing of this unit and this village that has not ended."""
    here = (Pairing.unit_id == unit, Pairing.place_code == place, Pairing.ended_on.is_(None))
    return db.session.scalar(select(Pairing).where(*here))


def paired_units(place: str) -> Sequence[int]:
    """The units paired with a village now, by the time they were."""
    wanted = select(Pairing.unit_id).where(Pairing.place_code == place, Pairing.ended_on.is_(None))
    return db.session.scalars(wanted.order_by(Pairing.id)).all()


def load(id: int, viewer: Viewer, *, to_move: bool = False) -> Pairing | None:
    """The pairing, if this person may see it; `to_move` holds its row until the request is settled."""
    wanted = select(Pairing).where(Pairing.id == id, seen_by(viewer))
    around = (joinedload(Pairing.unit), joinedload(Pairing.place).joinedload(Place.parent))
    return db.session.scalar(wanted.with_for_update(of=Pairing) if to_move else wanted.options(*around))


def goal_of(pairing: Pairing, id: int) -> Goal | None:
    """A goal of this pairing."""
    return db.session.scalar(select(Goal).where(Goal.id == id, Goal.pairing_id == pairing.id))


def load_village(code: str, viewer: Viewer) -> Place | None:
    """The village, if this person may see its page."""
    if not (code.isascii() and code.isdigit()):
        return None
    wanted = select(Place).where(Place.code == code, villages_seen_by(viewer)).options(joinedload(Place.parent))
    return db.session.scalar(wanted)


def staff_of(unit: int) -> list[tuple[int, str]]:
    """Who works in a unit and may be responsible: id and name."""
    works = (User.unit_id == unit, User.closed_at.is_(None), User.role.in_(STAFF))
    rows = db.session.execute(select(User.id, User.name).where(*works).order_by(User.name))
    return [(id, name) for id, name in rows]


def can_pair() -> list[tuple[int, str]]:
    """The open units in which somebody works who may be responsible."""
    staffed = exists().where(User.unit_id == Unit.id, User.closed_at.is_(None), User.role.in_(STAFF))
    rows = db.session.execute(select(Unit.id, Unit.name).where(Unit.closed_at.is_(None), staffed).order_by(Unit.name))
    return [(id, name) for id, name in rows]
