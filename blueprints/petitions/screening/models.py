"""A round, whom it is addressed to, the items that come back; the verbs that move them, and who may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    and_,
    bindparam,
    exists,
    false,
    select,
    text,
    true,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from blueprints.accounts import wall
from blueprints.accounts.models import Unit, User, name_digest
from blueprints.petitions.casefile.models import Concern, Copied
from blueprints.petitions.docket.models import Petition
from blueprints.petitions.docket.models import load as load_case
from blueprints.petitions.screening.domain import (
    ISSUERS,
    ROUND_WORKFLOW,
    WORKFLOW,
    Field,
    People,
    ReturnState,
    RoundState,
    State,
    Urgency,
)
from core import clock, vault
from core.extensions import Base, Id, db, fetch, one_of
from core.places import Place, Spot
from core.record import Recorded, Thread, ThreadHead
from core.roles import Role, Viewer
from core.workflow import NotPossible, Step

_NAMED: dict[str, Any] = {"sqlite_where": text("unit_id IS NOT NULL"), "postgresql_where": text("unit_id IS NOT NULL")}


class Round(ThreadHead, Base):
    """A screening round (排查轮次): what to look for, in which days, and by when the returns are due."""

    __tablename__ = "screening_round"
    __table_args__ = (
        CheckConstraint(one_of("state", RoundState), name="state"),
        CheckConstraint("from_on <= until_on AND from_on <= due_on", name="days"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(8))
    from_on: Mapped[date]
    until_on: Mapped[date]
    due_on: Mapped[date]
    issued_on: Mapped[date]
    issued_by_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    reminded_on: Mapped[date | None]
    title_sealed: Mapped[bytes]
    text_sealed: Mapped[bytes]

    title = vault.Sealed[str]("title_sealed")
    text = vault.Sealed[str]("text_sealed")

    @classmethod
    def issue(cls, order: "Order", *, by: Viewer) -> "Round":
        """Ask units and villages to look, and to return what they find by a day."""
        row = cls(
            state=RoundState.OPEN,
            from_on=order.from_on,
            until_on=order.until_on,
            due_on=order.due_on,
            issued_on=clock.today(),
            issued_by_id=by.id,
            title=order.title,
            text=order.text,
            version=0,
        )
        db.session.add(row)
        row.trace("issued", by=by.id, units=len(order.units), villages=len(order.places))
        db.session.flush()  # what follows refers to its row
        asked: list[dict[str, Any]] = [{"unit_id": unit} for unit in order.units]
        asked += [{"place_code": code} for code in order.places]
        db.session.add_all(Addressee(round_id=row.id, state=ReturnState.AWAITED, **each) for each in asked)
        return row

    def steps(self, viewer: Viewer) -> list[Step]:
        """What this person may do with the round as a whole now."""
        return [
            step
            for step in ROUND_WORKFLOW.open_to(viewer.role, RoundState(self.state))
            if step.action != "remind" or self.late
        ]

    @property
    def late(self) -> bool:
        """Whether the due date has passed."""
        return clock.today() > self.due_on

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Remind, set another due date, close or open again. Raises NotPossible."""
        for step in self.steps(by):
            if step.action == action and action != "return":
                break
        else:
            raise NotPossible(action)
        noted: dict[str, Any] = {}
        if action == "remind":
            self.reminded_on = clock.today()
        if action == "postpone":
            noted = {"before": self.due_on.isoformat(), "due_on": values["due_on"].isoformat()}
            self.due_on = values["due_on"]
        self.state = step.after(RoundState(self.state))
        self.trace(action, by=by.id, **noted)
        return step

    def asked(self, viewer: Viewer) -> "Addressee | None":
        """The part of the round that this person is to return, if there is one."""
        mine = _asked_of(viewer)
        if mine is None:
            return None
        return db.session.scalar(select(Addressee).where(Addressee.round_id == self.id, mine))

    def complete(self, *, by: Viewer) -> None:
        """That is everything this unit or village found; or that it found nothing. Raises NotPossible."""
        addressee = self.asked(by)
        ROUND_WORKFLOW.take("return", by.role, RoundState(self.state))
        if addressee is None:
            raise NotPossible("return")
        if addressee.state == ReturnState.AWAITED:  # pressed twice it is the same
            addressee.state, addressee.returned_on = ReturnState.RETURNED, clock.today()
            self.trace("return", by=by.id, addressee=addressee.id)


class Addressee(Recorded, Base):
    """A unit or a village that a round is addressed to, and whether its return is complete."""

    __tablename__ = "screening_addressee"
    __table_args__ = (
        CheckConstraint("(unit_id IS NULL) <> (place_code IS NULL)", name="one"),
        CheckConstraint(one_of("state", ReturnState), name="state"),
        CheckConstraint("(state = 'returned') = (returned_on IS NOT NULL)", name="returned"),
        UniqueConstraint("round_id", "unit_id", name="uq_screening_addressee_unit"),
        UniqueConstraint("round_id", "place_code", name="uq_screening_addressee_place"),
        Index("ix_screening_addressee_unit", "unit_id", "round_id"),
        Index("ix_screening_addressee_place", "place_code", "round_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    round_id: Mapped[int] = mapped_column(Id, ForeignKey("screening_round.id"))
    unit_id: Mapped[int | None] = mapped_column(Id, ForeignKey("unit.id"))
    place_code: Mapped[str | None] = mapped_column(String(12), ForeignKey("place.code"))
    state: Mapped[str] = mapped_column(String(8))
    returned_on: Mapped[date | None]

    @property
    def thread(self) -> Thread:
        """The record of the round."""
        return Thread("screening_round", self.round_id)


class Item(Copied, Base):
    """Trouble that somebody found: what and where, never who complains."""

    __tablename__ = "screening_item"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint(one_of("field", Field), name="field"),
        CheckConstraint(one_of("urgency", Urgency), name="urgency"),
        CheckConstraint(one_of("people", People), name="people"),
        CheckConstraint("(state = 'case') = (petition_id IS NOT NULL)", name="case"),
        CheckConstraint("(state = 'watched') = (due_on IS NOT NULL)", name="watched"),
        CheckConstraint("(state = 'settled') = (solved_code IS NOT NULL)", name="settled"),
        Index("ix_screening_item_round", "round_id", "id"),
        Index("ix_screening_item_addressee", "addressee_id", "id"),
        Index("ix_screening_item_unit", "unit_id", "id", **_NAMED),
        Index("ix_screening_item_by", "by_id", "id"),
        Index("ix_screening_item_state_due", "state", "due_on", "id"),
        Index("ix_screening_item_field", "field", "id"),
        Index("ix_screening_item_township", "township_code", "id"),
        Index("ix_screening_item_returned", "returned_on", "field", "township_code", "place_code"),
        Index("ix_screening_item_petition", "petition_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    round_id: Mapped[int] = mapped_column(Id, ForeignKey("screening_round.id"))
    addressee_id: Mapped[int] = mapped_column(Id, ForeignKey("screening_addressee.id"))
    unit_id: Mapped[int | None] = mapped_column(Id, ForeignKey("unit.id"))  # the unit that returned it, if it was one
    by_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))  # who returned it
    form_digest: Mapped[bytes] = mapped_column(unique=True)  # the same form sent twice makes one item
    state: Mapped[str] = mapped_column(String(8))
    field: Mapped[str] = mapped_column(String(12))
    urgency: Mapped[str] = mapped_column(String(8))
    people: Mapped[str] = mapped_column(String(8))
    place_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    township_code: Mapped[str] = mapped_column(String(12))
    returned_on: Mapped[date]
    due_on: Mapped[date | None]  # while it is watched: when to look again
    solved_code: Mapped[str | None] = mapped_column(String(12), ForeignKey("place.code"))  # where it was settled
    petition_id: Mapped[int | None] = mapped_column(Id, ForeignKey("petition.id"))  # the case it became
    about_id: Mapped[int | None] = mapped_column(Id, ForeignKey("unit.id"))  # the unit concerned, as it was chosen
    subject_sealed: Mapped[bytes]
    text_sealed: Mapped[bytes]
    action_sealed: Mapped[bytes | None]
    person_sealed: Mapped[bytes | None]
    outcome_sealed: Mapped[bytes | None]

    subject = vault.Sealed[str]("subject_sealed")
    text = vault.Sealed[str]("text_sealed")
    action = vault.Sealed[str | None]("action_sealed")  # what whoever found it proposes
    person = vault.Sealed[str | None]("person_sealed")  # the person concerned, as it was typed
    outcome = vault.Sealed[str | None]("outcome_sealed")  # what was decided last, in words

    round: Mapped[Round] = relationship()
    place: Mapped[Place] = relationship(foreign_keys=[place_code])
    solved: Mapped[Place | None] = relationship(foreign_keys=[solved_code])
    about: Mapped[Unit | None] = relationship(foreign_keys=[about_id])
    unit: Mapped[Unit | None] = relationship(foreign_keys=[unit_id])

    @classmethod
    def report(cls, round: Round, found: Sequence["Finding"], form_key: str, *, by: Viewer) -> int:
        """Return what was found, all or nothing; how many items are new, for a form sent twice is the same.

        Raises NotPossible where the round is closed or is not addressed to this person.
        """
        addressee = round.asked(by)
        ROUND_WORKFLOW.take("return", by.role, RoundState(round.state))
        if addressee is None:
            raise NotPossible("return")
        digests = [
            vault.mac("form", f"screening {round.id} {by.id} {form_key} {number} {each.fingerprint()!r}".encode())
            for number, each in enumerate(found)
        ]
        known = set(db.session.scalars(select(cls.form_digest).where(cls.form_digest.in_(digests))))
        fresh = [(each, digest) for each, digest in zip(found, digests, strict=True) if digest not in known]
        for each, digest in fresh:
            cls._keep(addressee, each, digest, by)
        return len(fresh)

    @classmethod
    def _keep(cls, addressee: Addressee, found: "Finding", digest: bytes, by: Viewer) -> None:
        row = cls(
            round_id=addressee.round_id,
            addressee_id=addressee.id,
            unit_id=addressee.unit_id,
            by_id=by.id,
            form_digest=digest,
            state=State.REPORTED,
            field=found.field,
            urgency=found.urgency,
            people=found.people,
            place_code=found.place.code,
            township_code=found.place.code[:9],
            returned_on=clock.today(),
            about_id=found.unit,
            subject=found.subject,
            text=found.text,
            action=found.action or None,
            person=found.person or None,
            outcome=None,
            version=0,
        )
        db.session.add(row)
        about = [(found.person, found.unit)] if found.person or found.unit else []
        walled = wall.everybody_named(db.session(), about) if about else []
        row.trace("reported", by=by.id, round=addressee.round_id, field=found.field, concerns=len(walled))
        db.session.flush()  # what follows refers to its row
        db.session.add_all(ItemConcern.of(row.id, person, unit) for person, unit in walled)

    # --- what becomes of it ----------------------------------------------------------------------------------------

    def steps(self, viewer: Viewer) -> list[Step]:
        """The steps this person may take now."""
        return WORKFLOW.open_to(viewer.role, State(self.state))

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Decide what becomes of it. Raises NotPossible."""
        step = WORKFLOW.take(action, by.role, State(self.state))
        noted = getattr(self, f"_{action}", self._plain)(values, by)
        if action != "watch":
            self.due_on = None
        self.outcome = values.get("reason") or None
        self.state = step.after(State(self.state))
        self.trace(action, by=by.id, note=values.get("reason") or None, state=self.state, **noted)
        return step

    def _plain(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        return {}

    def _take(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        if would_tell(self, db.session.get_one(Petition, values["petition"])):
            raise NotPossible("would tell")
        self.petition_id = values["petition"]
        return {"petition": self.petition_id}

    def _join(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        case = case_numbered(values["number"], by)
        if case is None:
            raise NotPossible("join")
        return self._take({"petition": case.id}, by)

    def _watch(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        self.due_on = values["due_on"]
        return {"due_on": values["due_on"].isoformat()}

    def _settle(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        self.solved_code = values["place"]
        return {"place": self.solved_code}

    def _again(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        self.solved_code = None
        return {}

    def as_letter(self) -> dict[str, Any]:
        """What the intake form begins with when it becomes a case; who complains, if anybody does, is not known."""
        return {
            "received_on": clock.today(),
            "subject": self.subject,
            "text": "\n\n".join(filter(None, (self.text, self.action))),
            "township": self.township_code,
            "place": self.place_code,
            "person": self.person or "",
            "unit": str(self.about_id or ""),
            "signing": "anonymous",
        }

    def case(self, viewer: Viewer) -> Petition | None:
        """The case it became, if this person may see it."""
        return load_case(self.petition_id, viewer) if self.petition_id else None


class ItemConcern(Recorded, Base):
    """Whom or what an item is about: the people of that unit, and that person, are walled off, as with a letter."""

    __tablename__ = "screening_concern"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(Id, ForeignKey("screening_item.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(Id, ForeignKey("unit.id"), index=True)
    person_digest: Mapped[bytes | None] = mapped_column(index=True)

    @classmethod
    def of(cls, item_id: int, person: str, unit: int | None) -> "ItemConcern":
        """A person by name, a unit, or a person of a unit."""
        return cls(item_id=item_id, unit_id=unit, person_digest=name_digest(person) if person else None)

    @property
    def thread(self) -> Thread:
        """The record of the item."""
        return Thread("screening_item", self.item_id)


# --- who may see what ----------------------------------------------------------------------------------------------


@lru_cache(256)
def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The items this person may see. Whoever an item is about never sees it, not even those who returned it."""
    mine: ColumnElement[bool]
    match viewer.role:
        case Role.CLERK | Role.LEADER:  # they see every case: an item without its own would tell of it
            mine = wall.not_against(viewer, Concern, Concern.petition_id == Item.petition_id)
        case Role.HANDLER:
            mine = Item.unit_id == viewer.unit_id
        case Role.CONTACT:
            mine = Item.by_id == viewer.id
        case _:
            return false()
    return and_(mine, unwalled(viewer))


def unwalled(viewer: Viewer) -> ColumnElement[bool]:
    """The items that concern neither this person nor their unit or a unit above it."""
    return wall.not_against(viewer, ItemConcern, ItemConcern.item_id == Item.id)


def would_tell(item: Item, petition: Petition) -> bool:
    """Whether a clerk or a leader of whom this case complains sees the item now, and would see it vanish, or without
    its case (2022 Art 30). Others see no more of a case than that there is one, whomever it complains of."""
    about = [(each.person_digest, each.unit_id) for each in petition.concerns()]
    walled = select(ItemConcern.person_digest, ItemConcern.unit_id).where(ItemConcern.item_id == item.id)
    away = [(digest, unit) for digest, unit in db.session.execute(walled)]
    staff = select(User.name_digest, Unit.line).join(Unit, Unit.id == User.unit_id)
    here = db.session.execute(staff.where(User.role.in_(ISSUERS), User.closed_at.is_(None)))
    return any(wall.names(about, digest, line) and not wall.names(away, digest, line) for digest, line in here)


def _asked_of(viewer: Viewer) -> ColumnElement[bool] | None:
    """The addressees for whom this person answers."""
    match viewer.role:
        case Role.HANDLER:
            return Addressee.unit_id == viewer.unit_id
        case Role.CONTACT:
            return Addressee.place_code == viewer.place_code
    return None


@lru_cache(256)
def rounds_seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The rounds this person may see: all that the office issues, or those that ask them for something."""
    if viewer.role in ISSUERS:
        return true()
    mine = _asked_of(viewer)
    return false() if mine is None else exists().where(Addressee.round_id == Round.id, mine)


def load_round(id: int, viewer: Viewer, *, to_move: bool = False) -> Round | None:
    """The round, if this person may see it; `to_move` holds its row until the request is settled."""
    wanted = select(Round).where(Round.id == id, rounds_seen_by(viewer))
    return db.session.scalar(wanted.with_for_update(of=Round) if to_move else wanted)


def load(id: int, viewer: Viewer, *, to_move: bool = False) -> Item | None:
    """The item, if this person may see it."""
    wanted = select(Item).where(Item.id == id, seen_by(viewer))
    around = (
        joinedload(Item.round),
        joinedload(Item.place).joinedload(Place.parent),
        joinedload(Item.solved).joinedload(Place.parent),
        joinedload(Item.about),
        joinedload(Item.unit),
    )
    return db.session.scalar(wanted.with_for_update(of=Item) if to_move else wanted.options(*around))


def case_numbered(number: str, viewer: Viewer) -> Petition | None:
    """The case with that docket number, if this person may see it; one that was erased takes nothing in any more, since
    nothing would ever remove that."""
    id = db.session.scalar(select(Petition.id).where(Petition.number == number))
    case = load_case(id, viewer) if id else None
    return None if case is None or case.erased else case


@dataclass(frozen=True)
class Origin:
    """Where a case came from: an item of a screening, by its id where this person may open it."""

    returned_on: date
    id: int | None


def origins(petition_id: int, viewer: Viewer) -> list[Origin]:
    """The items that became this case; the caller has made sure that this person may see the case."""
    rows = fetch(db.session(), became(viewer), petition=petition_id)
    return [Origin(returned_on, id if visible else None) for id, returned_on, visible in rows]


@lru_cache(256)
def became(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """What finds them, for a case (`petition`)."""
    wanted = select(Item.id, Item.returned_on, seen_by(viewer)).where(unwalled(viewer)).order_by(Item.id)
    return wanted.where(Item.petition_id == bindparam("petition"))


# --- what comes in -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Order:
    """What a form says of a new round, checked."""

    title: str
    text: str
    from_on: date
    until_on: date
    due_on: date
    units: Sequence[int]
    places: Sequence[str]


@dataclass(frozen=True)
class Finding:
    """One item as a form or a row of a table brings it in, checked."""

    place: Place | Spot
    subject: str
    text: str
    field: Field
    urgency: Urgency
    people: People
    action: str
    unit: int | None
    person: str

    def fingerprint(self) -> tuple[Any, ...]:
        """The same for the same content; only ever used under a key."""
        rest = (self.field, self.urgency, self.people, self.action, self.unit, self.person)
        return (self.place.code, self.subject, self.text, *rest)


def who_can_return() -> tuple[list[tuple[int, str]], list[tuple[str, str, str]]]:
    """Whom a round can be addressed to: units with a handler, villages with a contact (code, name, township)."""
    people = select(User.id).where(User.closed_at.is_(None))
    handlers = people.where(User.unit_id == Unit.id, User.role == Role.HANDLER)
    units = select(Unit.id, Unit.name).where(Unit.closed_at.is_(None), handlers.exists()).order_by(Unit.name)
    contacts = people.where(User.place_code == Place.code, User.role == Role.CONTACT)
    places = select(Place).options(joinedload(Place.parent)).where(contacts.exists()).order_by(Place.code)
    return (
        [(id, name) for id, name in db.session.execute(units)],
        [(each.code, each.name, each.parent.name if each.parent else "") for each in db.session.scalars(places)],
    )
