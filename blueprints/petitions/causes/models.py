"""The tables of causes, the verbs that change them, and who may see them."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    Exists,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from blueprints.accounts.models import Unit, User, load_viewer
from blueprints.petitions.casefile.models import Concern
from blueprints.petitions.causes import papers as wording
from blueprints.petitions.causes.domain import MOST_CAUSES, WORKFLOW, Field, Handed, Reply, State
from blueprints.petitions.docket import models as docket
from blueprints.petitions.docket.models import Petition, office_name
from core import clock, deadlines, vault, workdays
from core.deadlines import Deadline
from core.extensions import Base, Id, db, one_of
from core.places import Place
from core.profiles import profile
from core.record import Recorded, Thread, ThreadHead
from core.roles import Role, Viewer
from core.serials import Serial
from core.sheets import as_json
from core.workflow import NotPossible, Step
from settings import settings

FILTERS = ("state", "field", "township_code")


class Cause(ThreadHead, Base):
    """What lies behind several matters (问题根源), and what becomes of it."""

    __tablename__ = "cause"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint(one_of("field", Field), name="field"),
        CheckConstraint(
            "state NOT IN ('in_place', 'holds', 'came_back') OR in_place_on IS NOT NULL", name="in_place_since"
        ),
        *(Index(f"ix_cause_{column}_id", column, "id") for column in FILTERS),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    state: Mapped[str] = mapped_column(String(12))
    field: Mapped[str] = mapped_column(String(12))
    place_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    township_code: Mapped[str | None] = mapped_column(String(12))  # none: the whole district
    opened_on: Mapped[date]
    in_place_on: Mapped[date | None]  # since when the last remedy is in place: before and after are counted from here
    title_sealed: Mapped[bytes]
    explanation_sealed: Mapped[bytes]

    title = vault.Sealed[str]("title_sealed")
    explanation = vault.Sealed[str]("explanation_sealed")

    place: Mapped[Place] = relationship()

    @classmethod
    def open(cls, values: dict[str, Any], *, by: Viewer) -> "Cause":
        """Name a cause: title, explanation, field, place."""
        today = clock.today()
        cause = cls(state=State.OPEN, opened_on=today, version=0)
        cause.number = f"{today.year}-{Serial.next('cause', today.year):03d}"
        cause._describe(values)
        db.session.add(cause)
        cause.trace("opened", by=by.id, field=cause.field)
        db.session.flush()  # what follows refers to its row
        return cause

    def _describe(self, values: dict[str, Any]) -> None:
        self.title, self.explanation, self.field = values["title"], values["explanation"], values["field"]
        code = values["place"]
        self.place_code, self.township_code = code, code[:9] if len(code) >= 9 else None

    # --- how it moves ----------------------------------------------------------------------------------------------

    def steps(self, viewer: Viewer) -> list[Step]:
        """The steps this person may take now: what the table opens, less what waits for a remedy."""
        steps = WORKFLOW.open_to(viewer.role, State(self.state))
        if not any(step.action in ("begin", "place") for step in steps):
            return steps
        remedies = [each for each in self.remedies() if each.dropped_on is None]
        undone = [each for each in remedies if each.done_on is None]
        shut = set() if undone else {"begin"}  # what begins is something still to be done
        if undone or not remedies:
            shut.add("place")
        return [step for step in steps if step.action not in shut]

    def step(self, action: str, viewer: Viewer) -> Step:
        """The step of that name, if this person may take it now. Raises NotPossible."""
        for step in self.steps(viewer):
            if step.action == action:
                return step
        raise NotPossible(action)

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Take one step: its effect and its entry. Raises NotPossible."""
        step = self.step(action, by)
        noted = getattr(self, f"_{action}", self._plain)(values, by)
        if step.to:
            self.state = step.to
        if noted is not None:
            self.trace(action, by=by.id, note=values.get("reason"), state=self.state, **noted)
        return step

    def _plain(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        return {}

    def _place(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        if not self.earliest_in_place() <= values["on"] <= clock.today():
            raise NotPossible("place")
        self.in_place_on = values["on"]
        return {"on": values["on"].isoformat()}

    def earliest_in_place(self) -> date:
        """No remedy is in place before its last part is done."""
        return max((each.done_on for each in self.remedies() if each.done_on), default=date.min)

    def _change(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        self._describe(values)
        return {"field": self.field}

    def _tie(self, values: dict[str, Any], by: Viewer) -> None:
        """Each tie has an entry of its own."""
        for id in values["cases"]:
            petition = docket.load(int(id), by, to_move=True)
            if petition is None:
                raise NotPossible("tie")
            self.tie(petition, by=by)

    def tie(self, petition: Petition, *, by: Viewer, at_birth: bool = False) -> None:
        """Tie a case, which the caller holds and may see. Raises NotPossible.

        From now on nobody sees this cause whom the case complains of: what is written here may tell of it. Nor may it
        vanish before their eyes, which would tell them too: where one of them sees it already, the case needs a cause
        of its own, which has the case from its birth. For the same reason the case's own record has no word of it.
        """
        there = {each.cause_id for each in ties_of(petition.id, by)}
        if State(self.state) is State.CLOSED or len(there) >= MOST_CAUSES or self.id in there:
            raise NotPossible("tie")
        if not at_birth and would_tell(self, petition):
            raise NotPossible("would tell")
        db.session.add(Tie(cause_id=self.id, petition_id=petition.id, tied_on=clock.today(), tied_by_id=by.id))
        self.trace("tie", by=by.id, case=petition.id)
        db.session.flush()

    def untie(self, tie: "Tie", reason: str, *, by: Viewer) -> None:
        """Take a case off again. Raises NotPossible."""
        if tie.untied_on is not None or State(self.state) is State.CLOSED:
            raise NotPossible("untie")
        tie.untied_on = clock.today()
        self.trace("untie", by=by.id, note=reason, case=tie.petition_id)

    # --- remedies --------------------------------------------------------------------------------------------------

    def _remedy(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        remedy = Remedy(cause_id=self.id, text=values["text"], due_on=values["due_on"])
        remedy.unit_id, remedy.person_id = int(values["unit"]), int(values["person"]) if values["person"] else None
        if not fit(self, remedy.unit_id, remedy.person_id):
            raise NotPossible("remedy")
        db.session.add(remedy)
        return {"remedy": remedy.id, "unit": remedy.unit_id, "due": remedy.due_on.isoformat()}

    def do(self, remedy: "Remedy", values: dict[str, Any], *, by: Viewer) -> None:
        """Write down that a remedy is done: when, what was done, and what proves it. Raises NotPossible."""
        if not remedy.open_to(by) or not values["on"] <= clock.today():
            raise NotPossible("done")
        remedy.done_on, remedy.done_by_id = values["on"], by.id
        remedy.outcome, remedy.proof = values["outcome"], values["proof"] or None
        self.trace("done", by=by.id, remedy=remedy.id, on=values["on"].isoformat())

    def drop(self, remedy: "Remedy", reason: str, *, by: Viewer) -> None:
        """Give a remedy up, with the reason. Raises NotPossible."""
        if not remedy.open_to(by) or by.role is Role.HANDLER:
            raise NotPossible("drop")
        remedy.dropped_on = clock.today()
        self.trace("drop", by=by.id, note=reason, remedy=remedy.id)

    def remedies(self) -> Sequence["Remedy"]:
        """Its remedies, the first due first."""
        around = joinedload(Remedy.unit), joinedload(Remedy.person)
        wanted = select(Remedy).where(Remedy.cause_id == self.id).order_by(Remedy.due_on, Remedy.id)
        return db.session.scalars(wanted.options(*around)).all()

    def remedy_of(self, id: int) -> "Remedy | None":
        """One of its remedies."""
        return db.session.scalar(select(Remedy).where(Remedy.id == id, Remedy.cause_id == self.id))

    # --- proposals -------------------------------------------------------------------------------------------------

    def _propose(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        proposal = Proposal.issue(self, db.session.get_one(Unit, int(values["unit"])), values, by=by)
        return {"proposal": proposal.id, "unit": proposal.unit_id}

    def suggested(self, action: str) -> dict[str, Any]:
        """What the form of a step begins with."""
        match action:
            case "change":
                return {
                    "title": self.title,
                    "explanation": self.explanation,
                    "field": self.field,
                    "place": self.place_code,
                }
            case "place":
                done = self.earliest_in_place()
                return {"on": clock.today() if done == date.min else done}
        return {}

    def place_name(self) -> str:
        """The village, the township, or the district."""
        return self.place.full_name


class Part(Recorded):
    """What belongs to a cause: it changes only together with an entry in the cause's record."""

    cause_id: Mapped[int] = mapped_column(Id, ForeignKey("cause.id"), index=True)

    @property
    def thread(self) -> Thread:
        """The record of the cause."""
        return Thread("cause", self.cause_id)


class Tie(Part, Base):
    """A case that comes from a cause. An ended tie stays: whoever was walled by it might know the text it left."""

    __tablename__ = "cause_tie"
    __table_args__ = (
        Index(
            "uq_cause_tie_cause_id_petition_id",
            "cause_id",
            "petition_id",
            unique=True,
            sqlite_where=text("untied_on IS NULL"),
            postgresql_where=text("untied_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    petition_id: Mapped[int] = mapped_column(Id, ForeignKey("petition.id"), index=True)
    tied_on: Mapped[date]
    tied_by_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    untied_on: Mapped[date | None]


class Remedy(Part, Base):
    """What is to be done about a cause (治本措施), by which unit and person, until when."""

    __tablename__ = "cause_remedy"
    __table_args__ = (
        CheckConstraint("(done_on IS NULL) = (outcome_sealed IS NULL)", name="done"),
        CheckConstraint("(done_on IS NULL) = (done_by_id IS NULL)", name="done_by"),
        CheckConstraint("done_on IS NULL OR dropped_on IS NULL", name="done_or_dropped"),
        Index("ix_cause_remedy_unit_id_due_on", "unit_id", "due_on"),
        Index(
            "ix_cause_remedy_waiting",
            "due_on",
            sqlite_where=text("done_on IS NULL AND dropped_on IS NULL"),
            postgresql_where=text("done_on IS NULL AND dropped_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    unit_id: Mapped[int] = mapped_column(Id, ForeignKey("unit.id"))
    person_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id"))
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    done_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id"))
    dropped_on: Mapped[date | None]
    text_sealed: Mapped[bytes]
    outcome_sealed: Mapped[bytes | None]
    proof_sealed: Mapped[bytes | None]

    text = vault.Sealed[str]("text_sealed")
    outcome = vault.Sealed[str | None]("outcome_sealed")
    proof = vault.Sealed[str | None]("proof_sealed")

    unit: Mapped[Unit] = relationship()
    person: Mapped[User | None] = relationship(foreign_keys=[person_id])

    @property
    def waiting(self) -> bool:
        """Whether it is still to be done."""
        return self.done_on is None and self.dropped_on is None

    def open_to(self, viewer: Viewer) -> bool:
        """Whether this person may say that it is done: its own unit, or those who lead."""
        return self.waiting and (viewer.role is not Role.HANDLER or viewer.unit_id == self.unit_id)


WAITING = and_(Remedy.done_on.is_(None), Remedy.dropped_on.is_(None))


class Proposal(ThreadHead, Base):
    """A written proposal to a unit (改进建议, 2022 Art 40), with its paper, its clock and the unit's answer.

    Its record is its own, since the unit that answers may not be allowed to see the cause.
    """

    __tablename__ = "cause_proposal"
    __table_args__ = (
        UniqueConstraint("year", "serial", name="uq_cause_proposal_year"),
        CheckConstraint("(delivered_on IS NULL) = (delivered_how IS NULL)", name="delivery"),
        CheckConstraint("(delivered_on IS NULL) = (due_on IS NULL)", name="due_since_delivery"),
        CheckConstraint("delivered_how IS NULL OR " + one_of("delivered_how", Handed), name="delivered_how"),
        CheckConstraint("(answered_on IS NULL) = (reply IS NULL)", name="answer"),
        CheckConstraint("(answered_on IS NULL) = (answer_sealed IS NULL)", name="answer_text"),
        CheckConstraint("answered_on IS NULL OR delivered_on IS NOT NULL", name="answered_after_delivery"),
        CheckConstraint("reply IS NULL OR " + one_of("reply", Reply), name="reply"),
        Index("ix_cause_proposal_unit_id_id", "unit_id", "id"),
        Index(
            "ix_cause_proposal_waiting",
            "due_on",
            sqlite_where=text("answered_on IS NULL"),
            postgresql_where=text("answered_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    cause_id: Mapped[int] = mapped_column(Id, ForeignKey("cause.id"), index=True)
    unit_id: Mapped[int] = mapped_column(Id, ForeignKey("unit.id"))
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(String(40))
    issued_on: Mapped[date]
    issued_by_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    delivered_on: Mapped[date | None]
    delivered_how: Mapped[str | None] = mapped_column(String(16))
    due_on: Mapped[date | None]
    sum: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    answered_on: Mapped[date | None]
    reply: Mapped[str | None] = mapped_column(String(12))
    subject_sealed: Mapped[bytes]
    sheets_sealed: Mapped[bytes]
    proof_sealed: Mapped[bytes | None]
    answer_sealed: Mapped[bytes | None]

    subject = vault.Sealed[str]("subject_sealed")
    sheets = vault.Sealed[dict[str, Any]]("sheets_sealed")
    proof = vault.Sealed[str | None]("proof_sealed")
    answer = vault.Sealed[str | None]("answer_sealed")

    unit: Mapped[Unit] = relationship()

    @classmethod
    def issue(cls, cause: Cause, unit: Unit, values: dict[str, Any], *, by: Viewer) -> "Proposal":
        """Write the proposal and number it; the text is what the form says, and nothing of the cause besides."""
        today = clock.today()
        proposal = cls(cause_id=cause.id, unit_id=unit.id, year=today.year, issued_on=today, issued_by_id=by.id)
        proposal.version = 0
        proposal.serial = Serial.next("proposal", today.year)
        proposal.number = f"{settings().OFFICE_MARK}{wording.MARK}〔{today.year}〕{proposal.serial}号"
        proposal.subject = values["subject"]
        law = profile(settings().PROFILE)
        head = wording.Head(number=proposal.number, office=office_name(), issued_on=today, unit=unit.name)
        proposal.sheets = as_json(
            wording.proposal(head, law, subject=values["subject"], found=values["found"], asked=values["asked"])
        )
        db.session.add(proposal)
        proposal.trace("issued", by=by.id, unit=unit.id)
        return proposal

    @property
    def deadline(self) -> Deadline | None:
        """The clock of the answer, which can show its own sum; none before the delivery."""
        return Deadline.from_json(self.sum) if self.sum else None

    @property
    def waiting(self) -> bool:
        """Whether the unit has it and has not answered."""
        return self.delivered_on is not None and self.answered_on is None

    @property
    def in_time(self) -> bool:
        """Whether the answer came within the clock."""
        return self.answered_on is not None and self.due_on is not None and self.answered_on <= self.due_on

    def deliver(self, values: dict[str, Any], *, by: Viewer) -> None:
        """Write down that it reached the unit: the clock of its answer runs from that day. Raises NotPossible."""
        on = values["on"]
        if self.delivered_on is not None or not self.issued_on <= on <= clock.today():
            raise NotPossible("deliver")
        deadline = deadlines.due(profile(settings().PROFILE).rule("supervise"), on, workdays)
        self.delivered_on, self.delivered_how, self.proof = on, values["how"], values["proof"]
        self.due_on, self.sum = deadline.due_on, deadline.as_json()
        self.trace("delivered", by=by.id, on=on.isoformat(), how=values["how"])

    def reply_with(self, values: dict[str, Any], *, by: Viewer) -> None:
        """Keep the unit's written answer. What a clerk writes down came on paper, on a day of its own. NotPossible."""
        on = values.get("on") or clock.today()
        if not self.waiting or self.delivered_on is None or not self.delivered_on <= on <= clock.today():
            raise NotPossible("answer")
        if by.role is Role.HANDLER and by.unit_id != self.unit_id:
            raise NotPossible("answer")
        self.answered_on, self.reply, self.answer = on, values["reply"], values["text"]
        self.trace("answered", by=by.id, reply=values["reply"], on=on.isoformat())


# --- who may see -----------------------------------------------------------------------------------------------------


@lru_cache(256)
def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The causes this person may see, as a WHERE clause.

    A handler sees those that a case of the own unit is tied to, and those with a remedy or a proposal for it. Nobody
    sees a cause that was ever tied to a case which complains of them, their unit or one above it: its text could tell.
    """
    mine: ColumnElement[bool]
    match viewer.role:
        case Role.CLERK | Role.LEADER:
            mine = true()
        case Role.HANDLER:
            own = viewer.unit_id
            mine = or_(
                _of_cause(Tie).where(Tie.untied_on.is_(None), Petition.id == Tie.petition_id, docket.seen_by(viewer)),
                _of_cause(Remedy).where(Remedy.unit_id == own),
                _of_cause(Proposal).where(Proposal.unit_id == own, Proposal.delivered_on.is_not(None)),
            )
        case _:
            return false()
    return and_(mine, unwalled(viewer))


def unwalled(viewer: Viewer) -> ColumnElement[bool]:
    """The causes of which no case, now or once tied, complains of this person, their unit or a unit above it."""
    against = _of_cause(Tie).where(
        Concern.petition_id == Tie.petition_id,
        or_(Concern.unit_id.in_(viewer.unit_line), Concern.person_digest == viewer.name_digest),
    )
    return ~against


def _of_cause(part: type[Tie | Remedy | Proposal]) -> Exists:
    """Whether a cause has such a part. Of the query around it this sees the cause alone: where that query has ties of
    its own, the wall still looks at every tie."""
    return exists().where(part.cause_id == Cause.id).correlate(Cause)


@lru_cache(256)
def proposals_seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The proposals this person may see: those who lead, with the cause; a unit, what was delivered to it.

    The unit's proposal stays its own even where a case complains of it: the text was written for this unit to read.
    """
    to_us = and_(Proposal.unit_id == viewer.unit_id, Proposal.delivered_on.is_not(None))
    match viewer.role:
        case Role.CLERK | Role.LEADER:
            return or_(exists().where(Cause.id == Proposal.cause_id, seen_by(viewer)).correlate(Proposal), to_us)
        case Role.HANDLER:
            return to_us
        case _:
            return false()


def load(id: int, viewer: Viewer, *, to_move: bool = False) -> Cause | None:
    """The cause, if this person may see it; `to_move` holds its row until the request is settled."""
    wanted = select(Cause).where(Cause.id == id, seen_by(viewer))
    around = joinedload(Cause.place).joinedload(Place.parent)
    return db.session.scalar(wanted.with_for_update(of=Cause) if to_move else wanted.options(around))


def load_proposal(id: int, viewer: Viewer, *, to_move: bool = False) -> Proposal | None:
    """The proposal, if this person may see it."""
    wanted = select(Proposal).where(Proposal.id == id, proposals_seen_by(viewer))
    return db.session.scalar(
        wanted.with_for_update(of=Proposal) if to_move else wanted.options(joinedload(Proposal.unit))
    )


def ties_of(petition_id: int, viewer: Viewer) -> Sequence[Tie]:
    """The ties of a case that hold now, to causes that this person may see: of others they learn nothing."""
    rows = select(Tie).join(Cause, Cause.id == Tie.cause_id).where(seen_by(viewer))
    return db.session.scalars(rows.where(Tie.petition_id == petition_id, Tie.untied_on.is_(None))).all()


def would_tell(cause: Cause, petition: Petition) -> bool:
    """Whether somebody whom this case complains of sees the cause now, and would see it vanish."""
    concerns = petition.concerns()
    people = [each.person_digest for each in concerns if each.person_digest]
    below = [Unit.line.contains(f"/{each.unit_id}/") for each in concerns if each.unit_id]
    staff = select(User.id).join(Unit, Unit.id == User.unit_id).where(User.closed_at.is_(None))
    staff = staff.where(User.role.in_((Role.CLERK, Role.LEADER, Role.HANDLER)))
    for id in db.session.scalars(staff.where(or_(User.name_digest.in_(people), *below))):
        who = load_viewer(db.session(), id)
        if who and db.session.scalar(select(Cause.id).where(Cause.id == cause.id, seen_by(who))):
            return True
    return False


def tie_of(cause: Cause, id: int, viewer: Viewer) -> Tie | None:
    """A tie of this cause that holds now, if this person may see its case."""
    wanted: Select[Tie] = select(Tie).join(Petition, Petition.id == Tie.petition_id)
    wanted = wanted.where(Tie.id == id, Tie.cause_id == cause.id, Tie.untied_on.is_(None), docket.seen_by(viewer))
    return db.session.scalar(wanted)


# --- whom a remedy may be given to -----------------------------------------------------------------------------------


def complained_of(cause: Cause) -> tuple[set[int], set[bytes]]:
    """The units and the people (as digests) that the tied cases complain of, and the units those people work in."""
    rows = select(Concern.unit_id, Concern.person_digest).join(Tie, Tie.petition_id == Concern.petition_id)
    found = db.session.execute(rows.where(Tie.cause_id == cause.id)).all()
    units = {unit for unit, _ in found if unit}
    people = {digest for _, digest in found if digest}
    if people:
        at_work = select(User.unit_id).where(User.name_digest.in_(people), User.role != Role.CONTACT)
        units.update(db.session.scalars(at_work.where(User.closed_at.is_(None))))
    return units, people


def owners(cause: Cause) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The units and the people that a remedy may be given to: not those whom the wall keeps from this cause."""
    units, people = complained_of(cause)
    open_units = db.session.execute(select(Unit.id, Unit.name, Unit.line).where(Unit.closed_at.is_(None))).all()
    free = {id: name for id, name, line in open_units if not any(f"/{each}/" in line for each in units)}
    roles = (Role.CLERK, Role.HANDLER, Role.LEADER)
    staff = select(User.id, User.name, User.unit_id, User.name_digest).where(User.closed_at.is_(None))
    rows = db.session.execute(staff.where(User.role.in_(roles)).order_by(User.unit_id, User.name)).all()
    persons = [
        (str(id), f"{name} · {free[unit]}") for id, name, unit, digest in rows if unit in free and digest not in people
    ]
    return sorted(((str(id), name) for id, name in free.items()), key=lambda each: each[1]), persons


def fit(cause: Cause, unit: int, person: int | None) -> bool:
    """Whether a remedy may be given to this unit and this person of it."""
    units, persons = owners(cause)
    if str(unit) not in dict(units):
        return False
    if person is None:
        return True
    works = select(func.count(User.id)).where(User.id == person, User.unit_id == unit)
    return str(person) in dict(persons) and bool(db.session.scalar(works))
