"""The tables of contact groups, the verbs that change them, and who belongs to one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    exists,
    false,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from blueprints.accounts.models import Unit, User
from blueprints.pairing.contact_groups.domain import OF_A_STOP, STAFF, WORKFLOW, State
from core import clock
from core.extensions import Base, Id, db, one_of
from core.places import Place
from core.record import Recorded, Thread, ThreadHead
from core.roles import Viewer
from core.workflow import NotPossible, Step


@dataclass(frozen=True)
class Team:
    """What a form says of a group, checked."""

    name: str
    leader: int
    members: Sequence[int]


class Group(ThreadHead, Base):
    """A contact group: its name, its leader, where it stands."""

    __tablename__ = "contact_group"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        UniqueConstraint("name", name="uq_contact_group_name"),
        Index("ix_contact_group_leader_id", "leader_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(60))
    leader_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    set_up_on: Mapped[date]

    leader: Mapped[User] = relationship()

    @classmethod
    def set_up(cls, team: Team, *, by: Viewer) -> "Group":
        """A new group. Raises NotPossible where a group has that name, or somebody cannot be a member."""
        row = cls(state=State.ACTIVE, set_up_on=clock.today(), version=0)
        row._name(team)
        db.session.add(row)
        row.trace("set up", by=by.id, leader=team.leader, members=len(team.members))
        db.session.flush()  # what follows refers to its row
        row._gather(team)
        return row

    def _name(self, team: Team) -> None:
        taken = select(Group.id).where(Group.name == team.name, Group.id != self.id)
        if db.session.scalar(taken) is not None:
            raise NotPossible("name")
        known = {id for id, _name in can_join()} | {each.user_id for each in self.members()}
        if not {team.leader, *team.members} <= known:
            raise NotPossible("member")
        self.name, self.leader_id = team.name, team.leader

    def _gather(self, team: Team) -> None:
        for user in dict.fromkeys((team.leader, *team.members)):
            db.session.add(Member(group_id=self.id, user_id=user))

    def steps(self, viewer: Viewer) -> list[Step]:
        """The steps this person may take now."""
        return WORKFLOW.open_to(viewer.role, State(self.state))

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Take one step about the group as a whole. Raises NotPossible."""
        step = WORKFLOW.step(action)
        if step not in self.steps(by) or action in OF_A_STOP:
            raise NotPossible(action)
        noted: dict[str, Any] = {}
        if action == "change":
            team: Team = values["team"]
            self._name(team)
            for member in self.members():
                db.session.delete(member)
            db.session.flush()
            self._gather(team)
            noted = {"leader": team.leader, "members": len(team.members)}
        if action == "stop":
            noted = {"place": values["place"], "stop": self._stop(values["place"], values["enterprise"] or None).id}
        self.state = step.after(State(self.state))
        self.trace(action, by=by.id, note=values.get("reason") or None, state=self.state, **noted)
        return step

    def _stop(self, place: str, enterprise: str | None) -> "Stop":
        same = (Stop.group_id == self.id, Stop.place_code == place, Stop.until_on.is_(None))
        if db.session.scalar(select(Stop.id).where(*same, Stop.enterprise.is_not_distinct_from(enterprise))):
            raise NotPossible("stop")
        row = Stop(group_id=self.id, place_code=place, enterprise=enterprise, until_on=None)
        db.session.add(row)
        return row

    def leave_out(self, stop: "Stop", *, by: Viewer) -> None:
        """Take a stop out of the route; what was found there stays. Raises NotPossible."""
        if WORKFLOW.step("leave_out") not in self.steps(by) or stop.until_on is not None:
            raise NotPossible("leave_out")
        stop.until_on = clock.today()
        self.trace("leave_out", by=by.id, stop=stop.id)

    def members(self) -> Sequence["Member"]:
        """Who goes, the leader too."""
        wanted = select(Member).where(Member.group_id == self.id).options(joinedload(Member.user))
        return db.session.scalars(wanted.order_by(Member.id)).all()

    def route(self) -> Sequence["Stop"]:
        """The stops of its route, in the order in which they were set."""
        wanted = select(Stop).where(Stop.group_id == self.id, Stop.until_on.is_(None)).options(*AROUND_A_STOP)
        return db.session.scalars(wanted.order_by(Stop.id)).all()

    def stop(self, id: int) -> "Stop | None":
        """One of its stops."""
        return db.session.scalar(select(Stop).where(Stop.id == id, Stop.group_id == self.id).options(*AROUND_A_STOP))

    def has(self, viewer: Viewer) -> bool:
        """Whether this person belongs to it."""
        here = (Member.group_id == self.id, Member.user_id == viewer.id)
        return db.session.scalar(select(Member.id).where(*here)) is not None


class OfGroup(Recorded):
    """What belongs to a group, and changes only together with an entry in its record."""

    group_id: Mapped[int] = mapped_column(Id, ForeignKey("contact_group.id"))

    @property
    def thread(self) -> Thread:
        """The record of the group."""
        return Thread("contact_group", self.group_id)


class Member(OfGroup, Base):
    """Somebody who goes with a group."""

    __tablename__ = "contact_member"
    __table_args__ = (
        UniqueConstraint("group_id", "user_id", name="uq_contact_member_user"),
        Index("ix_contact_member_user_id", "user_id", "group_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))

    user: Mapped[User] = relationship()


class Stop(OfGroup, Base):
    """A village, a street, or an enterprise in one, on the route of a group."""

    __tablename__ = "contact_stop"
    __table_args__ = (
        Index("ix_contact_stop_group_id", "group_id", "id"),
        Index("ix_contact_stop_place_code", "place_code", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    place_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    enterprise: Mapped[str | None] = mapped_column(String(60))
    until_on: Mapped[date | None]  # since then the group goes there no more

    place: Mapped[Place] = relationship()

    @property
    def words(self) -> str:
        """As people call it."""
        return f"{self.enterprise}（{self.place.full_name}）" if self.enterprise else self.place.full_name


AROUND_A_STOP = (joinedload(Stop.place).joinedload(Place.parent),)


@lru_cache(256)
def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The groups this person may see: staff see all of them; what they find has a wall of its own."""
    return true() if viewer.role in STAFF else false()


def member_of(viewer: Viewer, group: Any) -> ColumnElement[bool]:
    """Whether this person belongs to the group of a row."""
    return exists().where(Member.group_id == group, Member.user_id == viewer.id)


def load(id: int, viewer: Viewer, *, to_move: bool = False) -> Group | None:
    """The group, if this person may see it; `to_move` holds its row until the request is settled."""
    wanted = select(Group).where(Group.id == id, seen_by(viewer))
    around = joinedload(Group.leader)
    return db.session.scalar(wanted.with_for_update(of=Group) if to_move else wanted.options(around))


def groups(viewer: Viewer) -> Sequence[Group]:
    """The groups, those at work first, in the order in which they were set up."""
    wanted = select(Group).where(seen_by(viewer)).options(joinedload(Group.leader))
    return db.session.scalars(wanted.order_by(Group.state, Group.id)).all()


def names_of(groups: Iterable[Group]) -> dict[int, list[str]]:
    """The members of these groups by name."""
    wanted = select(Member.group_id, User.name).join(User, User.id == Member.user_id)
    found: dict[int, list[str]] = {}
    for id, name in db.session.execute(
        wanted.where(Member.group_id.in_([each.id for each in groups])).order_by(Member.id)
    ):
        found.setdefault(id, []).append(name)
    return found


def routes_of(groups: Iterable[Group]) -> dict[int, list[Stop]]:
    """The routes of these groups."""
    here = (Stop.group_id.in_([each.id for each in groups]), Stop.until_on.is_(None))
    found: dict[int, list[Stop]] = {}
    for stop in db.session.scalars(select(Stop).where(*here).options(*AROUND_A_STOP).order_by(Stop.id)):
        found.setdefault(stop.group_id, []).append(stop)
    return found


def can_join() -> list[tuple[int, str]]:
    """Who may belong to a group: id, name with unit."""
    rows = select(User.id, User.name, Unit.name).join(Unit, Unit.id == User.unit_id)
    here = rows.where(or_(*(User.role == role for role in STAFF)), User.closed_at.is_(None))
    return [(id, f"{name}（{unit}）") for id, name, unit in db.session.execute(here.order_by(Unit.line, User.name))]
