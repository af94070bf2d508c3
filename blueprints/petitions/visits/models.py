"""The tables of down-visits, the verbs that change them, and who may see what of them.

A visit has its own record. What ties it to a matter (taken along, signed up, promised) belongs to the record of that
matter, so that whoever the matter complains of finds no trace of it, not even a number (2022 Art 30, 46).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
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
)
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from blueprints.accounts.models import Unit, User
from blueprints.petitions.casefile.models import Belonging, Concern
from blueprints.petitions.docket.domain import OPEN
from blueprints.petitions.docket.models import Petition, seen_by, unwalled
from blueprints.petitions.visits.domain import PLANNERS, PROMISE, WORKFLOW, Kept, Result, State, open_for_sign_up
from core import clock, vault
from core.extensions import Base, Id, Moment, db, one_of
from core.places import Place
from core.record import Recorded, Thread, ThreadHead, entries, happened
from core.roles import Role, Viewer
from core.workflow import NotPossible, Step


@dataclass(frozen=True)
class Plan:
    """What a form says of a visit, checked."""

    held_on: date
    starts: str  # HH:MM
    ends: str
    township: str
    villages: Sequence[str]
    where: str
    how: str
    leaders: Sequence[int]
    units: Sequence[int]


class Visit(ThreadHead, Base):
    """One down-visit: when, where to, and where it stands."""

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint("starts < ends", name="hours"),
        Index("ix_visit_held_on", "held_on", "id"),
        Index("ix_visit_state_held_on", "state", "held_on", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(12))
    held_on: Mapped[date]
    starts: Mapped[str] = mapped_column(String(5))
    ends: Mapped[str] = mapped_column(String(5))
    township_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    where_sealed: Mapped[bytes]
    how_sealed: Mapped[bytes]

    where = vault.Sealed[str]("where_sealed")  # the house where people are received
    how = vault.Sealed[str]("how_sealed")  # how to sign up, besides the receipt code

    township: Mapped[Place] = relationship(lazy="joined")

    @classmethod
    def plan(cls, plan: Plan, *, by: Viewer) -> "Visit":
        """Plan a visit."""
        visit = cls(state=State.PLANNED, version=0, **_when_and_where(plan))
        db.session.add(visit)
        visit.trace("planned", by=by.id)
        db.session.flush()  # what follows refers to its row
        visit._set_out(plan)
        return visit

    def change(self, plan: Plan, *, by: Viewer) -> None:
        """Change the plan. Raises NotPossible."""
        WORKFLOW.take("change", by.role, State(self.state))
        for name, value in _when_and_where(plan).items():
            setattr(self, name, value)
        parties = VisitParty.all_of(self.id)
        left: dict[str, Any] = {}
        if self.state != State.PLANNED:  # they may have begun to take letters down
            left["users"] = [each.user_id for each in parties if each.user_id and each.user_id not in plan.leaders]
            left["units"] = [each.unit_id for each in parties if each.unit_id and each.unit_id not in plan.units]
        for row in (*parties, *VisitVillage.all_of(self.id)):
            db.session.delete(row)
        db.session.flush()
        self._set_out(plan)
        self.trace("change", by=by.id, **{name: ids for name, ids in left.items() if ids})

    def _set_out(self, plan: Plan) -> None:
        for id in plan.leaders:
            db.session.add(VisitParty(visit_id=self.id, user_id=id))
        for id in plan.units:
            db.session.add(VisitParty(visit_id=self.id, unit_id=id))
        for code in plan.villages:
            db.session.add(VisitVillage(visit_id=self.id, place_code=code))

    def steps(self, viewer: Viewer) -> list[Step]:
        """The steps this person may take now."""
        early = self.held_on > clock.today()  # what lies ahead has not taken place
        return [
            step
            for step in WORKFLOW.open_to(viewer.role, State(self.state))
            if not (early and step.to == "carried_out")
        ]

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> None:
        """Take a step. Raises NotPossible."""
        step = WORKFLOW.step(action)
        if step not in self.steps(by) or step.to is None:
            raise NotPossible(action)
        self.state = step.to
        self.trace(action, by=by.id, note=values.get("reason") or None, state=step.to)

    @property
    def open_for_sign_up(self) -> bool:
        """Whether people can still ask to be heard."""
        return open_for_sign_up(State(self.state), self.held_on, clock.today())

    def takes_part(self, viewer: Viewer) -> bool:
        """Whether this person may take letters down at the visit: a clerk, a leader who goes, a unit that comes."""
        if viewer.role == Role.CLERK:
            return True
        return any(
            each.user_id == viewer.id or (viewer.role == Role.HANDLER and each.unit_id == viewer.unit_id)
            for each in VisitParty.all_of(self.id)
        )

    def takes_down(self, viewer: Viewer) -> bool:
        """Whether this person may take letters down at the visit now."""
        return self.state in (State.ANNOUNCED, State.CARRIED_OUT) and self.takes_part(viewer)

    def took_down(self, viewer: Viewer) -> bool:
        """Whether this person may do so or could, so that a letter may still wait on their device: whatever became of
        the visit, and also if they were taken off it, of which the record tells."""
        if self.state == State.PLANNED or (self.state == State.CANCELLED and not happened(self.thread, "announce")):
            return False
        unit = viewer.unit_id if viewer.role == Role.HANDLER else None
        return self.takes_part(viewer) or any(
            viewer.id in entry.data.get("users", ()) or unit in entry.data.get("units", ())
            for entry in entries(self.thread)
            if entry.action == "change"
        )

    def hears_promises_of(self, viewer: Viewer) -> bool:
        """Whether this person may write down what was promised: once it is announced, who plans and who is there."""
        planner = viewer.role in PLANNERS or self.takes_part(viewer)
        return self.state in (State.ANNOUNCED, State.CARRIED_OUT, State.CLOSED) and planner


def _when_and_where(plan: Plan) -> dict[str, Any]:
    return {
        "held_on": plan.held_on,
        "starts": plan.starts,
        "ends": plan.ends,
        "township_code": plan.township,
        "where": plan.where,
        "how": plan.how,
    }


class OfVisit(Recorded):
    """What belongs to a visit, and changes only together with an entry in its record."""

    visit_id: Mapped[int] = mapped_column(Id, ForeignKey("visit.id"), index=True)

    @property
    def thread(self) -> Thread:
        """The record of the visit."""
        return Thread("visit", self.visit_id)

    @classmethod
    def all_of(cls, visit_id: int) -> Sequence[Any]:
        """What of this kind belongs to a visit."""
        kind: Any = cls
        return db.session.scalars(select(kind).where(kind.visit_id == visit_id).order_by(kind.id)).all()


class VisitParty(OfVisit, Base):
    """Somebody who goes: a leader, or a unit that comes along."""

    __tablename__ = "visit_party"
    __table_args__ = (CheckConstraint("(user_id IS NULL) <> (unit_id IS NULL)", name="who"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    user_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id"))
    unit_id: Mapped[int | None] = mapped_column(Id, ForeignKey("unit.id"))


class VisitVillage(OfVisit, Base):
    """A village that is visited; none: the whole township."""

    __tablename__ = "visit_village"
    __table_args__ = (UniqueConstraint("visit_id", "place_code", name="uq_visit_village"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    place_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))


class VisitCase(Belonging, Base):
    """A matter that is taken along, and what was said to it there."""

    __tablename__ = "visit_case"
    __table_args__ = (
        UniqueConstraint("visit_id", "petition_id", name="uq_visit_case"),
        CheckConstraint("result IS NULL OR " + one_of("result", Result), name="result"),
        CheckConstraint("(result IS NULL) = (told_at IS NULL)", name="told"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    visit_id: Mapped[int] = mapped_column(Id, ForeignKey("visit.id"))
    result: Mapped[str | None] = mapped_column(String(12))
    told_at: Mapped[datetime | None] = mapped_column(Moment)


class VisitSignUp(Belonging, Base):
    """Whoever holds a receipt code wants to be heard at a visit; gone when they withdraw."""

    __tablename__ = "visit_sign_up"
    __table_args__ = (UniqueConstraint("visit_id", "petition_id", name="uq_visit_sign_up"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    visit_id: Mapped[int] = mapped_column(Id, ForeignKey("visit.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)


class VisitPromise(Recorded, Base):
    """What was promised, who owes it, by when. Its record is that of the matter, where it belongs to one."""

    __tablename__ = "visit_promise"
    __table_args__ = (
        CheckConstraint(one_of("state", Kept), name="state"),
        CheckConstraint("(state = 'open') = (kept_on IS NULL)", name="kept"),
        CheckConstraint("(state = 'open') = (done_sealed IS NULL)", name="done"),
        CheckConstraint("(state = 'told') = (told_on IS NOT NULL)", name="told"),
        Index("ix_visit_promise_state_due", "state", "due_on", "id"),
        Index("ix_visit_promise_due", "due_on", "id"),
        Index("ix_visit_promise_unit_due", "unit_id", "due_on", "id"),
        Index("ix_visit_promise_visit_due", "visit_id", "due_on", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    visit_id: Mapped[int] = mapped_column(Id, ForeignKey("visit.id"))
    petition_id: Mapped[int | None] = mapped_column(Id, ForeignKey("petition.id"), index=True)
    state: Mapped[str] = mapped_column(String(6))
    unit_id: Mapped[int] = mapped_column(Id, ForeignKey("unit.id"))
    owner_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    made_on: Mapped[date]
    due_on: Mapped[date]
    kept_on: Mapped[date | None]
    told_on: Mapped[date | None]
    text_sealed: Mapped[bytes]
    done_sealed: Mapped[bytes | None]

    text = vault.Sealed[str]("text_sealed")
    done = vault.Sealed[str | None]("done_sealed")

    visit: Mapped[Visit] = relationship()
    unit: Mapped[Unit] = relationship()
    owner: Mapped[User] = relationship()

    @property
    def visited_on(self) -> date:
        """The day of the visit."""
        return self.visit.held_on

    @property
    def unit_name(self) -> str:
        """What the unit is called that owes it."""
        return self.unit.name

    @property
    def owner_name(self) -> str:
        """Who answers for it."""
        return self.owner.name

    @property
    def thread(self) -> Thread:
        """The record of the matter, or of the visit."""
        return Thread("petition", self.petition_id) if self.petition_id else Thread("visit", self.visit_id)

    def steps(self, viewer: Viewer) -> list[Step]:
        """The steps this person may take now; a handler only those of the own unit, and to a petitioner whose matter
        another unit handles that unit writes."""
        handler, petition = viewer.role == Role.HANDLER, None
        if self.petition_id:
            petition = db.session.get_one(Petition, self.petition_id)
        if (handler and self.unit_id != viewer.unit_id) or (petition is not None and petition.erased):
            return []
        beside = handler and petition is not None and petition.unit_id != viewer.unit_id
        steps = PROMISE.open_to(viewer.role, Kept(self.state))
        return [step for step in steps if not (beside and step.action == "tell")]

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> None:
        """Take a step. Raises NotPossible."""
        step = PROMISE.step(action)
        if step not in self.steps(by) or step.to is None:
            raise NotPossible(action)
        head, words = _held_head(self), values["text"]
        if action == "tell" and isinstance(head, Petition):
            head.move("message", {"text": words}, by=by)
            words = None  # it stands in the message
        if action == "keep":
            self.done, self.kept_on, words = words, clock.today(), None
        else:
            self.told_on = clock.today()
        self.state = step.to
        head.trace(f"visit promise {action}", by=by.id, note=words, promise=self.id)


def _held_head(promise: VisitPromise) -> Petition | Visit:
    """The row whose record the promise belongs to, held."""
    if promise.petition_id:
        return db.session.get_one(Petition, promise.petition_id, with_for_update=True)
    return db.session.get_one(Visit, promise.visit_id, with_for_update={"of": Visit})


# --- who goes, and whom a matter must not meet ---------------------------------------------------------------------


class Going(NamedTuple):
    """Somebody who goes: a leader, or a unit (then without a user)."""

    visit_id: int
    user_id: int | None
    unit_id: int | None
    name: str
    digest: bytes | None
    line: str


def going(visit_ids: Iterable[int]) -> list[Going]:
    """Who goes to these visits."""
    home = aliased(Unit)
    wanted = (
        select(
            VisitParty.visit_id,
            VisitParty.user_id,
            VisitParty.unit_id,
            User.name,
            User.name_digest,
            home.line,
            Unit.name,
            Unit.line,
        )
        .outerjoin(User, User.id == VisitParty.user_id)
        .outerjoin(home, home.id == User.unit_id)
        .outerjoin(Unit, Unit.id == VisitParty.unit_id)
        .where(VisitParty.visit_id.in_(list(visit_ids)))
        .order_by(VisitParty.id)
    )
    return [
        Going(visit, user, unit, person or unit_name or "", digest, line or unit_line or "")
        for visit, user, unit, person, digest, line, unit_name, unit_line in db.session.execute(wanted)
    ]


def fit_to_meet(party: Sequence[Going]) -> ColumnElement[bool]:
    """The matters that complain of nobody who goes, nor of their unit or one above it.

    It is asked when a list is read, not when somebody is added: whoever plans may not know of such a matter, so the
    plan must not betray it, and the matter must not be heard by whom it is about.
    """
    units = {int(id) for each in party for id in each.line.strip("/").split("/") if id}
    digests = [each.digest for each in party if each.digest]
    about = or_(Concern.unit_id.in_(units), Concern.person_digest.in_(digests))
    return ~exists().where(Concern.petition_id == Petition.id, about)


def to_hear(visit: Visit, petition_id: int) -> bool:
    """Whether nobody who goes to this visit is whom the matter is about."""
    wanted = select(Petition.id).where(Petition.id == petition_id, fit_to_meet(going([visit.id])))
    return db.session.scalar(wanted) is not None


def accused(people: Iterable[tuple[int, bytes, str]], petitions: Iterable[int]) -> set[int]:
    """Those of these people (id, digest of the name, line of the unit) whom one of these matters is about."""
    wanted = select(Concern.person_digest, Concern.unit_id).where(Concern.petition_id.in_(list(petitions)))
    about = db.session.execute(wanted).all()
    return {
        id
        for id, digest, line in people
        if any(digest == person or (unit and f"/{unit}/" in line) for person, unit in about)
    }


# --- matters of a visit --------------------------------------------------------------------------------------------


def load(id: int, *, to_move: bool = False) -> Visit | None:
    """A visit; `to_move` holds its row."""
    wanted = select(Visit).where(Visit.id == id)
    return db.session.scalar(wanted.with_for_update(of=Visit) if to_move else wanted)


def take_along(visit: Visit, chosen: Iterable[int], shown: Iterable[int], *, by: Viewer) -> None:
    """Take the chosen matters along and leave the others of those that were shown; only what this person may see."""
    wanted, offered = set(chosen), set(shown)
    if State(visit.state) not in (State.PLANNED, State.ANNOUNCED):
        raise NotPossible("cases")
    there = {
        each.petition_id: each for each in db.session.scalars(select(VisitCase).where(VisitCase.visit_id == visit.id))
    }
    seen = select(Petition).where(
        Petition.id.in_(wanted | offered), seen_by(by), fit_to_meet(going([visit.id])), Petition.state.in_(OPEN)
    )
    for petition in db.session.scalars(seen.order_by(Petition.id).with_for_update(of=Petition)):
        row = there.get(petition.id)
        if petition.id in wanted and row is None:
            add_case(visit, petition, by=by)
        elif petition.id not in wanted and row is not None and row.result is None:
            db.session.delete(row)
            petition.trace("visit left", by=by.id, visit=visit.id)


def add_case(visit: Visit, petition: Petition, *, by: Viewer) -> VisitCase:
    """Take one matter along."""
    row = VisitCase(visit_id=visit.id, petition_id=petition.id)
    db.session.add(row)
    petition.trace("visit taken", by=by.id, visit=visit.id)
    return row


def tell(visit: Visit, petition: Petition, result: Result, text: str, *, by: Viewer) -> None:
    """What was said to a matter at a visit, written to the petitioner. Raises NotPossible."""
    if State(visit.state) not in (State.ANNOUNCED, State.CARRIED_OUT) or not to_hear(visit, petition.id):
        raise NotPossible("result")
    wanted = select(VisitCase).where(VisitCase.visit_id == visit.id, VisitCase.petition_id == petition.id)
    row = db.session.scalar(wanted)
    if row is not None and row.result is not None:
        raise NotPossible("result")
    petition.move("message", {"text": text}, by=by)
    row = row or add_case(visit, petition, by=by)
    row.result, row.told_at = result, clock.now()
    petition.trace("visit result", by=by.id, visit=visit.id, result=result)


def promise(
    visit: Visit, petition: Petition | None, text: str, owner_id: int, due_on: date, *, by: Viewer
) -> VisitPromise:
    """Write down what was promised. Raises NotPossible where the matter is about whoever would owe it."""
    owner = db.session.get_one(User, owner_id)
    if petition is not None and accused([(owner.id, owner.name_digest, owner.unit.line)], [petition.id]):
        raise NotPossible("owner")
    row = VisitPromise(
        visit_id=visit.id,
        petition_id=petition.id if petition else None,
        state=Kept.OPEN,
        unit_id=owner.unit_id,
        owner_id=owner.id,
        made_on=clock.today(),
        due_on=due_on,
        text=text,
    )
    db.session.add(row)
    (petition or visit).trace("visit promise", by=by.id, promise=row.id)
    return row


# --- signing up ----------------------------------------------------------------------------------------------------


def sign_up(visit: Visit, petition: Petition, *, by: int | None = None) -> bool:
    """Whoever holds the receipt code wants to be heard; False where it was said before. Raises NotPossible."""
    if not visit.open_for_sign_up or not to_hear(visit, petition.id):
        raise NotPossible("sign up")
    if signed_up(visit.id, petition.id) is not None:
        return False
    db.session.add(VisitSignUp(visit_id=visit.id, petition_id=petition.id, made_at=clock.now()))
    petition.trace("visit signed up", by=by, visit=visit.id)
    return True


def withdraw(visit_id: int, petition: Petition) -> None:
    """Take it back; nothing happens where nobody signed up."""
    row = signed_up(visit_id, petition.id)
    if row is not None:
        db.session.delete(row)
        petition.trace("visit withdrawn", by=None, visit=visit_id)


def signed_up(visit_id: int, petition_id: int) -> VisitSignUp | None:
    """The sign-up of a matter for a visit."""
    wanted = select(VisitSignUp).where(VisitSignUp.visit_id == visit_id, VisitSignUp.petition_id == petition_id)
    return db.session.scalar(wanted)


# --- promises ------------------------------------------------------------------------------------------------------


def promises_of(viewer: Viewer) -> ColumnElement[bool]:
    """The promises this person may see: of no matter that complains of them; a handler those of the own unit, and of
    matters that the unit handles."""
    open_to = _matter_is(seen_by(viewer))
    if viewer.role != Role.HANDLER:
        return or_(VisitPromise.petition_id.is_(None), open_to)
    own = or_(VisitPromise.petition_id.is_(None), _matter_is(unwalled(viewer)))
    return or_(and_(VisitPromise.unit_id == viewer.unit_id, own), open_to)


def _matter_is(such: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the matter of a promise is such, also where the query around it reads matters of its own."""
    return exists().where(Petition.id == VisitPromise.petition_id, such).correlate(VisitPromise)


def load_promise(id: int, viewer: Viewer, *, to_move: bool = False) -> VisitPromise | None:
    """A promise, if this person may see it."""
    wanted = select(VisitPromise).where(VisitPromise.id == id, promises_of(viewer))
    return db.session.scalar(wanted.with_for_update(of=VisitPromise) if to_move else wanted)
