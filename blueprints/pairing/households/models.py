"""A household in a round, its photos, the visits a year later: the verbs that change them, and who sees them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
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
    true,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from blueprints.accounts.models import Unit
from blueprints.pairing.households import papers as wording
from blueprints.pairing.households.domain import AHEAD, OF_THE_ROUND, WORKFLOW, Advice, Income, Only, Origin, State
from blueprints.pairing.reached import Reached
from blueprints.pairing.rounds.domain import State as RoundState
from blueprints.pairing.rounds.domain import terms_on
from blueprints.pairing.rounds.models import Round, member_of
from blueprints.pairing.training.models import phone_digest
from core import attachments, clock, deadlines, receipts, sendings, vault, workdays
from core.attachments import Cleaned
from core.deadlines import Deadline
from core.extensions import Base, Id, db, on_commit, one_of
from core.places import Place
from core.record import Recorded, Thread
from core.roles import Role, Viewer
from core.serials import Serial
from core.sheets import as_json
from core.workflow import NotPossible, Step
from settings import settings


class AlreadyThere(NotPossible):
    """A household with this telephone number stands in the round."""


@dataclass(frozen=True)
class Nomination:
    """What a form says of a household, checked."""

    place_code: str
    name: str
    phone: str
    what: str  # what it does, as everybody may read it
    why: str
    shows_photos: bool  # the household agreed that its photos stand on the notice
    photos: Sequence[Cleaned] = field(default=(), repr=False)

    def fingerprint(self) -> tuple[object, ...]:
        """The same for the same content; only ever used under a key."""
        return (self, [(each.name, sha256(each.data).digest()) for each in self.photos])


class Household(Reached, Base):
    """A household in a round. What it says, who it is and how it is called is sealed."""

    __tablename__ = "household"
    __table_args__ = (
        UniqueConstraint("round_id", "phone_digest", name="uq_household_phone"),  # a household stands in a round once
        UniqueConstraint("year", "serial", name="uq_household_serial"),
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint(one_of("origin", Origin), name="origin"),
        CheckConstraint("(origin = 'self') = (by_id IS NULL)", name="by"),
        CheckConstraint("(origin = 'unit') = (unit_id IS NOT NULL)", name="unit"),
        CheckConstraint("state NOT IN ('declined', 'refused', 'revoked') OR reason_sealed IS NOT NULL", name="reason"),
        CheckConstraint("(state = 'withdrawn') = (phone_sealed IS NULL)", name="withdrawn"),
        CheckConstraint("name_sealed IS NOT NULL OR state = 'withdrawn'", name="name"),
        CheckConstraint("(serial IS NULL) = (sheets_sealed IS NULL)", name="certificate"),
        CheckConstraint("(serial IS NULL) = (year IS NULL) AND (serial IS NULL) = (named_on IS NULL)", name="numbered"),
        CheckConstraint("state NOT IN ('named', 'revoked') OR serial IS NOT NULL", name="named"),
        CheckConstraint("due_on IS NULL OR state = 'named'", name="due"),
        Index("ix_household_of_round", "round_id", "state", "id"),
        Index("ix_household_place_code", "place_code", "id"),
        Index("ix_household_township", "township_code", "id"),
        Index("ix_household_unit_id", "unit_id", "id"),
        Index("ix_household_by_id", "by_id", "id"),
        Index("ix_household_due", "state", "due_on", "id"),
        Index("ix_household_named_on", "named_on", "id"),
        Index("ix_household_sending_digest", "sending_digest"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    round_id: Mapped[int] = mapped_column(Id, ForeignKey("household_round.id"))
    state: Mapped[str] = mapped_column(String(10))
    origin: Mapped[str] = mapped_column(String(8))
    place_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    township_code: Mapped[str] = mapped_column(String(12))
    by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id"))  # who nominated it
    unit_id: Mapped[int | None] = mapped_column(Id, ForeignKey("unit.id"))  # whose staff did
    nominated_on: Mapped[date]
    phone_digest: Mapped[bytes | None]
    code_digest: Mapped[bytes] = mapped_column(unique=True)
    sending_digest: Mapped[bytes]
    shows_photos: Mapped[bool]
    named_on: Mapped[date | None]
    year: Mapped[int | None]
    serial: Mapped[int | None]
    due_on: Mapped[date | None]  # by when somebody visits it again
    sum: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # how that day was counted
    name_sealed: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None]
    what_sealed: Mapped[bytes | None]
    why_sealed: Mapped[bytes | None]
    reason_sealed: Mapped[bytes | None]
    sheets_sealed: Mapped[bytes | None]

    name = vault.Sealed[str | None]("name_sealed")
    phone = vault.Sealed[str | None]("phone_sealed")
    what = vault.Sealed[str | None]("what_sealed")
    why = vault.Sealed[str | None]("why_sealed")
    reason = vault.Sealed[str | None]("reason_sealed")  # why not, as the household reads it
    sheets = vault.Sealed[dict[str, Any] | None]("sheets_sealed")

    round: Mapped[Round] = relationship()
    place: Mapped[Place] = relationship()
    unit: Mapped[Unit | None] = relationship()

    @classmethod
    def nominate(cls, of: Round, said: Nomination, sending: bytes, *, by: Viewer | None) -> None:
        """Take a nomination in, once however often it is sent; the caller holds the round. Raises NotPossible."""
        if not sendings.first(sending):
            return
        if not of.takes_nominations or (by and by.role is Role.CONTACT and by.place_code != said.place_code):
            raise NotPossible("nominate")
        digest = phone_digest(said.phone)
        if db.session.scalar(select(cls.id).where(cls.round_id == of.id, cls.phone_digest == digest)):
            raise AlreadyThere("nominate")
        origin = Origin.SELF if by is None else Origin.VILLAGE if by.role is Role.CONTACT else Origin.UNIT
        row = cls(
            round_id=of.id,
            state=WORKFLOW.start,
            origin=origin,
            place_code=said.place_code,
            township_code=said.place_code[:9],
            by_id=by.id if by else None,
            unit_id=by.unit_id if by and origin is Origin.UNIT else None,
            nominated_on=clock.today(),
            phone_digest=digest,
            code_digest=receipts.digest(sendings.code(sending)),
            sending_digest=sendings.digest_of(sending),
            shows_photos=said.shows_photos,
            **dict.fromkeys(("named_on", "year", "serial", "due_on", "sum", "reason", "sheets")),
            name=said.name,
            phone=said.phone,
            what=said.what,
            why=said.why,
            version=0,
        )
        db.session.add(row)
        row.trace("nominated", by=row.by_id, state=row.state, round=of.id, origin=origin, photos=len(said.photos))
        db.session.flush()  # what follows refers to its row
        for each in said.photos:
            photo = HouseholdPhoto(household_id=row.id, kind=each.kind, name=each.name, size=len(each.data))
            photo.digest = attachments.store(photo.id, each.data)
            db.session.add(photo)

    @property
    def contact(self) -> str | None:
        """How the household is reached."""
        return self.phone

    @property
    def number(self) -> str:
        """The number of its certificate."""
        return f"{settings().OFFICE_MARK}{wording.MARK}〔{self.year}〕{self.serial}号" if self.serial else ""

    @property
    def deadline(self) -> Deadline | None:
        """By when somebody visits it again, with its sum."""
        return Deadline.from_json(self.sum) if self.sum and self.due_on else None

    # --- how it moves ----------------------------------------------------------------------------------------------

    def steps(self, viewer: Viewer) -> list[Step]:
        """The steps this person may take now."""
        able = WORKFLOW.open_to(viewer.role, State(self.state))
        return [each for each in able if each.action not in OF_THE_ROUND and self._may(each, viewer)]

    def _may(self, step: Step, viewer: Viewer) -> bool:
        match step.only:
            case Only.CHECKING:
                return self.round.state == RoundState.NOMINATING
            case Only.DECIDING:
                return self.round.state == RoundState.DECIDING
            case Only.ADVISED:
                return self.due_on is None and (last := self.last_visit()) is not None and last.open
            case Only.OWN:
                return self.is_for(viewer)
            case Only.DUE:
                return self.is_for(viewer) and self.due_on is not None and clock.today() >= self.due_on - AHEAD
        return True

    def is_for(self, viewer: Viewer) -> bool:
        """Whether this person speaks for it: the office, its village, whoever nominated it, and their unit."""
        return (
            viewer.role in (Role.CLERK, Role.LEADER)
            or viewer.id == self.by_id
            or (viewer.role is Role.CONTACT and viewer.place_code == self.place_code)
            or (viewer.role is Role.HANDLER and viewer.unit_id == self.unit_id)
        )

    @property
    def told(self) -> State:
        """Where it stands for everybody: what the leader decides on it is known when the results of the round are."""
        decided = self.state in (State.NAMED, State.REFUSED) and self.round.state == RoundState.DECIDING
        return State.LISTED if decided else State(self.state)

    def told_to(self, viewer: Viewer) -> State:
        """Where it stands for this person: the office knows at once."""
        return State(self.state) if viewer.role in (Role.CLERK, Role.LEADER) else self.told

    def certificate(self, viewer: Viewer) -> dict[str, Any] | None:
        """The certificate, for those who speak for it, once they may know of it."""
        return self.sheets if self.is_for(viewer) and self.told_to(viewer) != State.LISTED else None

    def read_by(self, viewer: Viewer) -> bool:
        """Whether this person reads what was said of it, with its photos: those who speak for it, and the panel."""
        mine = select(Round.id).where(Round.id == self.round_id, member_of(viewer, Round.id))
        return self.is_for(viewer) or db.session.scalar(mine) is not None

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Take one step of the procedure. Raises NotPossible."""
        step = WORKFLOW.step(action)
        if step not in self.steps(by):
            raise NotPossible(action)
        noted: dict[str, Any] = {}
        match action:
            case "decline" | "refuse" | "revoke":
                self.reason = values["reason"]
            case "name":
                noted = self._name()
            case "follow_up":
                if self.named_on is None or values["made_on"] < self.named_on:
                    raise NotPossible(action)
                noted = {"visit": self._visited(values, by).id}
        if action in ("keep", "revoke") and (last := self.last_visit()):
            last.open = False
        if step.after(State(self.state)) is State.WITHDRAWN:
            self._clear()
        elif self.state == State.NAMED and action != "name":
            self.due_on = None
        told = action in ("decline", "refuse", "revoke")  # what the household reads stands in the row
        self.state = step.after(State(self.state))
        self.trace(action, by=by.id, note=None if told else values.get("reason") or None, state=self.state, **noted)
        return step

    def place_on_list(self, on: bool, *, by: Viewer) -> None:
        """The list goes on notice, with this household or without; the caller moves the round. Raises NotPossible."""
        action = "list" if on else "pass"
        step = WORKFLOW.take(action, by.role, State(self.state))
        self.state = step.after(State(self.state))
        self.trace(action, by=by.id, state=self.state)

    def withdraw(self) -> None:
        """The household itself, with its code. Raises NotPossible."""
        if self.state not in WORKFLOW.step("withdraw").from_:
            raise NotPossible("withdraw")
        self._clear()
        self.state = State.WITHDRAWN
        self.trace("withdraw", by=None, state=self.state)

    def _clear(self) -> None:
        """Nothing of what it said stays; its name only on a certificate that was given."""
        photos = self.photos()  # first: halfway through, no CHECK would take it
        for visit in self.visits():  # what it told those who came
            visit.now, visit.income = "", None
        self.phone = self.phone_digest = self.why = self.due_on = None
        if self.serial is None:
            self.name = self.what = None
        for photo in photos:
            db.session.delete(photo)
            on_commit(partial(attachments.discard, photo.id))

    def _name(self) -> dict[str, Any]:
        # First everything that asks the database: half of a certificate is none, and no CHECK would take it.
        today, village = clock.today(), self.place.full_name.replace(" / ", "")  # a paper writes it in one
        serial, of = Serial.next("household", today.year), self.round.title
        deadline = deadlines.due(terms_on(today).rule("follow_up"), today, workdays)
        self.named_on, self.year, self.serial = today, today.year, serial
        said = wording.Head(self.number, today, self.name or "", village, self.what or "", of)
        self.sheets = as_json(wording.certificate(said))
        self.due_on, self.sum = deadline.due_on, deadline.as_json()
        return {"year": self.year, "serial": serial}

    def _visited(self, values: dict[str, Any], by: Viewer) -> "FollowUp":
        advice = Advice(values["advice"])
        row = FollowUp(household_id=self.id, by_id=by.id, made_on=values["made_on"], teaches=values["teaches"] == "yes")
        row.income, row.advice, row.open = values["income"] or None, advice, advice is Advice.ENDS
        row.now, row.why = values["now"], values["why"] or None
        db.session.add(row)
        return row

    # --- its parts -------------------------------------------------------------------------------------------------

    def photos(self) -> Sequence["HouseholdPhoto"]:
        """Its photos, oldest first."""
        wanted = select(HouseholdPhoto).where(HouseholdPhoto.household_id == self.id)
        return db.session.scalars(wanted.order_by(HouseholdPhoto.id)).all()

    def photo(self, id: int) -> "HouseholdPhoto | None":
        """One of its photos."""
        return next((each for each in self.photos() if each.id == id), None)

    def visits(self) -> Sequence["FollowUp"]:
        """The visits after it was named, oldest first."""
        return db.session.scalars(select(FollowUp).where(FollowUp.household_id == self.id).order_by(FollowUp.id)).all()

    def last_visit(self) -> "FollowUp | None":
        """The latest of them."""
        return next(reversed(self.visits()), None)


class OfHousehold(Recorded):
    """What belongs to a household, and changes only together with an entry in its record."""

    household_id: Mapped[int] = mapped_column(Id, ForeignKey("household.id"), index=True)

    @property
    def thread(self) -> Thread:
        """The record of the household."""
        return Thread("household", self.household_id)


class HouseholdPhoto(OfHousehold, attachments.Stored, Base):
    """A photo; its content lies sealed in the folder of the uploads."""

    __tablename__ = "household_photo"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(10))
    name_sealed: Mapped[bytes]

    name = vault.Sealed[str]("name_sealed")


class FollowUp(OfHousehold, Base):
    """A visit after it was named: what they do now, whether they still teach others."""

    __tablename__ = "household_visit"
    __table_args__ = (
        CheckConstraint("income IS NULL OR " + one_of("income", Income), name="income"),
        CheckConstraint(one_of("advice", Advice), name="advice"),
        CheckConstraint("(advice = 'ends') = (why_sealed IS NOT NULL)", name="why"),
        CheckConstraint("NOT open OR advice = 'ends'", name="open"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    by_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    made_on: Mapped[date]
    income: Mapped[str | None] = mapped_column(String(6))
    teaches: Mapped[bool]
    advice: Mapped[str] = mapped_column(String(6))
    open: Mapped[bool]  # the leader has yet to say whether the title ends
    now_sealed: Mapped[bytes]
    why_sealed: Mapped[bytes | None]

    now = vault.Sealed[str]("now_sealed")
    why = vault.Sealed[str | None]("why_sealed")


def _results() -> ColumnElement[bool]:
    """Whether the results of its round are known."""
    return exists().where(Round.id == Household.round_id, Round.state == RoundState.DECIDED).correlate(Household)


# --- who sees what -------------------------------------------------------------------------------------------------


@lru_cache(256)
def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The households this person may see: those they speak for, those of a panel they are on, and whoever was named."""
    if viewer.role in (Role.CLERK, Role.LEADER):
        return true()
    if viewer.role not in (Role.HANDLER, Role.CONTACT):
        return false()
    own = (
        Household.unit_id == viewer.unit_id
        if viewer.role is Role.HANDLER
        else Household.place_code == viewer.place_code
    )
    in_round = Household.state.not_in((State.NOMINATED, State.DECLINED, State.WITHDRAWN))
    return or_(
        own,
        Household.by_id == viewer.id,
        and_(Household.state == State.NAMED, _results()),
        and_(member_of(viewer, Household.round_id), in_round),
    )


def on_list() -> ColumnElement[bool]:
    """What stands on the list of a round; the round is part of the query. Until all is decided nobody leaves it."""
    deciding = and_(Household.state == State.REFUSED, Round.state == RoundState.DECIDING)
    return or_(Household.state.in_((State.LISTED, State.NAMED)), deciding)


AROUND = (joinedload(Household.round), joinedload(Household.unit), joinedload(Household.place).joinedload(Place.parent))


def load(id: int, viewer: Viewer, *, to_move: bool = False) -> Household | None:
    """The household, if this person may see it; `to_move` holds its round and its row until the request is settled."""
    wanted = select(Household).where(Household.id == id, seen_by(viewer))
    return db.session.scalar(_held(id, wanted) if to_move else wanted.options(*AROUND))


def hold(id: int) -> Household | None:
    """A household to be changed, whoever asks."""
    return db.session.scalar(_held(id, select(Household).where(Household.id == id)))


def opened(id: int) -> Household | None:
    """A household that was opened by its code."""
    return db.session.scalar(select(Household).where(Household.id == id).options(*AROUND))


def _held(id: int, wanted: Select[Household]) -> Select[Household]:
    """The round first, as everybody does: then nobody is scored, listed or named while the round moves."""
    mine = select(Household.round_id).where(Household.id == id).scalar_subquery()
    db.session.scalar(select(Round).where(Round.id == mine).with_for_update())
    return wanted.with_for_update(of=Household).execution_options(populate_existing=True)


def of_sending(sending: bytes) -> Household | None:
    """The household of a sending."""
    return db.session.scalar(select(Household).where(Household.sending_digest == sendings.digest_of(sending)))


def numbered(year: int) -> Any:
    """How many certificates have a number of that year."""
    return select(func.count(Household.id)).where(Household.year == year)
