"""A reception, what it costs, its bill and the standards; the verbs that change them, and who may see them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    false,
    func,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from blueprints.accounts.models import Unit, User
from blueprints.rules.receptions import domain
from blueprints.rules.receptions import papers as wording
from blueprints.rules.receptions.domain import WORKFLOW, Finding, Kind, Only, Standard, State, Visit
from core import attachments, clock, deadlines, vault, workdays
from core.deadlines import Deadline
from core.extensions import Base, Id, Moment, db, one_of
from core.record import Recorded, Thread, ThreadHead
from core.roles import Role, Viewer
from core.serials import Serial
from core.sheets import as_json
from core.words import Words
from core.workflow import NotPossible, Step
from settings import settings

BILLED = (State.BILLED, State.SETTLED)
COUNTED = (State.APPROVED, *BILLED)  # whose money counts


@dataclass(frozen=True)
class Request:
    """What a form says of a reception, checked. Costs are fen."""

    guest_unit: str
    guests: int
    guest_list: str
    purpose: str
    from_on: date
    until_on: date
    letter: str
    hosts: int
    host_list: str
    meals: int
    place: str
    alcohol: bool
    costs: Mapping[Kind, int]


@dataclass(frozen=True)
class Bill:
    """What a form says of a reception that took place, checked. Costs are fen."""

    guests: int
    hosts: int
    meals: int
    alcohol: bool
    costs: Mapping[Kind, int]
    reason: str
    files: Sequence[attachments.Cleaned]


class Reception(ThreadHead, Base):
    """An official reception (公务接待): who comes from where, what it may cost, what it did cost."""

    __tablename__ = "official_reception"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint("from_on <= until_on", name="days"),
        CheckConstraint("guests >= 1 AND hosts >= 0 AND meals >= 0 AND planned_fen >= 0", name="numbers"),
        CheckConstraint("state NOT IN ('approved', 'billed', 'settled') OR serial IS NOT NULL", name="approved"),
        CheckConstraint("(serial IS NULL) = (decided_on IS NULL) OR state = 'refused'", name="decided"),
        *(
            CheckConstraint(f"(serial IS NULL) = ({column} IS NULL)", name=name)
            for name, column in (
                ("number", "number"),
                ("year", "year"),
                ("sheets", "sheets_sealed"),
                ("bill_due", "bill_due_on"),
                ("bill_sum", "sum"),
            )
        ),
        CheckConstraint("decided_by_id <> by_id", name="decided_by_another"),
        CheckConstraint("NOT excepted OR exception_sealed IS NOT NULL", name="exception"),
        CheckConstraint("state NOT IN ('billed', 'settled') OR entered_on IS NOT NULL", name="billed"),
        *(
            CheckConstraint(f"(entered_on IS NULL) = ({column} IS NULL)", name=f"entered_{column}")
            for column in ("entered_by_id", "guests_came", "hosts_came", "meals_had", "alcohol_had", "actual_fen")
        ),
        CheckConstraint("overrun_fen >= 0 AND (overrun_fen = 0 OR entered_on IS NOT NULL)", name="overrun"),
        CheckConstraint("overrun_fen = 0 OR overrun_sealed IS NOT NULL", name="overrun_reason"),
        CheckConstraint("(state = 'settled') = (settled_on IS NOT NULL)", name="settled"),
        CheckConstraint("(settled_on IS NULL) = (settled_by_id IS NULL)", name="settled_by"),
        CheckConstraint("settled_by_id <> entered_by_id AND settled_by_id <> by_id", name="settled_by_a_third"),
        UniqueConstraint("year", "serial", name="uq_official_reception_year"),
        Index("ix_official_reception_state", "state", "id"),
        Index("ix_official_reception_unit", "unit_id", "id"),
        Index("ix_official_reception_by", "by_id", "id"),
        Index("ix_official_reception_from", "from_on", "unit_id"),
        Index(
            "ix_official_reception_bill",
            "bill_due_on",
            sqlite_where=text("state = 'approved'"),
            postgresql_where=text("state = 'approved'"),
        ),
        Index(
            "ix_official_reception_over",
            "id",
            sqlite_where=text("overrun_fen > 0"),
            postgresql_where=text("overrun_fen > 0"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(10))
    by_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    unit_id: Mapped[int] = mapped_column(Id, ForeignKey("unit.id"))
    form_digest: Mapped[bytes] = mapped_column(unique=True)  # the same form sent twice makes one request
    standard_code: Mapped[str] = mapped_column(String(20))  # the standard in force when the request was begun
    from_on: Mapped[date]
    until_on: Mapped[date]
    guest_unit: Mapped[str] = mapped_column(String(100))
    guests: Mapped[int]
    hosts: Mapped[int]
    meals: Mapped[int]
    alcohol: Mapped[bool]
    place: Mapped[str] = mapped_column(String(60))
    letter: Mapped[str] = mapped_column(String(60))
    planned_fen: Mapped[int] = mapped_column(BigInteger)
    decided_on: Mapped[date | None]
    decided_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id"))
    excepted: Mapped[bool] = mapped_column(default=False)  # approved though it does not fit the standard
    year: Mapped[int | None]
    serial: Mapped[int | None]
    number: Mapped[str | None] = mapped_column(String(40))
    bill_due_on: Mapped[date | None]
    sum: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    entered_on: Mapped[date | None]
    entered_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id"))
    guests_came: Mapped[int | None]
    hosts_came: Mapped[int | None]
    meals_had: Mapped[int | None]
    alcohol_had: Mapped[bool | None]
    actual_fen: Mapped[int | None] = mapped_column(BigInteger)
    overrun_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    settled_on: Mapped[date | None]
    settled_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id"))
    purpose_sealed: Mapped[bytes]
    guest_list_sealed: Mapped[bytes]
    host_list_sealed: Mapped[bytes]
    exception_sealed: Mapped[bytes | None]
    overrun_sealed: Mapped[bytes | None]
    sheets_sealed: Mapped[bytes | None]

    purpose = vault.Sealed[str]("purpose_sealed")
    guest_list = vault.Sealed[str]("guest_list_sealed")
    host_list = vault.Sealed[str]("host_list_sealed")
    exception = vault.Sealed[str | None]("exception_sealed")  # why it was approved though it does not fit
    overrun = vault.Sealed[str | None]("overrun_sealed")  # why it cost more, or was not as the standard says
    sheets = vault.Sealed[dict[str, Any] | None]("sheets_sealed")

    unit: Mapped[Unit] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    entered_by: Mapped[User | None] = relationship(foreign_keys=[entered_by_id])
    settled_by: Mapped[User | None] = relationship(foreign_keys=[settled_by_id])
    cost_rows: Mapped[list["Cost"]] = relationship(order_by="Cost.id")

    @classmethod
    def draft(cls, asked: Request, form_key: str, *, by: Viewer) -> "Reception":
        """Write a request down, once however often its form is sent. It begins with today's standard."""
        db.session.get(User, by.id, with_for_update=True)  # of two sendings at once the second waits for the first
        digest = vault.mac("form", f"reception {by.id} {form_key} {astuple(asked)!r}".encode())
        if known := db.session.scalar(select(cls).where(cls.form_digest == digest)):
            return known
        row = cls(state=State.DRAFT, by_id=by.id, unit_id=by.unit_id, form_digest=digest, version=0)
        row.excepted, row.overrun_fen = False, 0
        row.standard_code = in_force(clock.today()).code
        row._write(asked)
        db.session.add(row)
        db.session.flush()  # its costs refer to its row
        db.session.add_all(
            Cost(reception_id=row.id, kind=kind, planned_fen=asked.costs[kind], actual_fen=None) for kind in Kind
        )
        row.trace("drafted", by=by.id, state=row.state, planned_fen=row.planned_fen, standard=row.standard_code)
        return row

    def _write(self, asked: Request) -> None:
        plain = ("guest_unit", "guests", "guest_list", "purpose", "from_on", "until_on", "letter")
        for name in (*plain, "hosts", "host_list", "meals", "place", "alcohol"):
            setattr(self, name, getattr(asked, name))
        self.planned_fen = sum(asked.costs.values())

    # --- against the standard --------------------------------------------------------------------------------------

    @cached_property
    def standard(self) -> Standard:
        """The one it began with."""
        return standard(self.standard_code)

    @property
    def days(self) -> list[date]:
        """The days of the visit."""
        return [self.from_on + timedelta(nth) for nth in range((self.until_on - self.from_on).days + 1)]

    @property
    def planned(self) -> dict[Kind, int]:
        """What was asked for, in fen."""
        return {Kind(each.kind): each.planned_fen for each in self.cost_rows}

    @property
    def actual(self) -> dict[Kind, int]:
        """What the bill says, in fen; nothing before there is one."""
        return {Kind(each.kind): each.actual_fen for each in self.cost_rows if each.actual_fen is not None}

    def findings(self) -> list[Finding]:
        """The request against the standard, line by line, on the calendar of today."""
        return self._check(self.guests, self.hosts, self.meals, self.alcohol, self.planned)

    def findings_of_bill(self) -> list[Finding]:
        """What took place against the same standard; nothing before the bill is there."""
        if self.entered_on is None:
            return []
        guests, hosts, meals = self.guests_came or 0, self.hosts_came or 0, self.meals_had or 0
        return self._check(guests, hosts, meals, bool(self.alcohol_had), self.actual)

    def _check(self, guests: int, hosts: int, meals: int, alcohol: bool, costs: Mapping[Kind, int]) -> list[Finding]:
        days = self.days
        working = any(workdays.is_working(day) for day in days)
        visit = Visit(guests, hosts, meals, len(days), working, self.place, alcohol, self.letter, costs)
        return domain.check(self.standard, visit)

    def would_miss(self, bill: Bill) -> bool:
        """Whether such a bill is above what was approved, or not as the standard says: then it needs a reason."""
        if domain.overrun(self.planned, bill.costs):
            return True
        found = self._check(bill.guests, bill.hosts, bill.meals, bill.alcohol, bill.costs)
        approved = self.excepted and bill.hosts <= self.hosts and bill.meals <= self.meals
        known = {each.line for each in domain.misfits(self.findings())} if approved else set()
        return any(each.line not in known for each in domain.misfits(found))

    # --- how it moves ----------------------------------------------------------------------------------------------

    def steps(self, viewer: Viewer) -> list[Step]:
        """The steps this person may take now: what the table opens to them, less what cannot be."""
        steps = [each for each in WORKFLOW.open_to(viewer.role, State(self.state)) if self._fits(each, viewer)]
        if {"send", "approve"} & {each.action for each in steps} and any(each.shut for each in self.findings()):
            steps = [each for each in steps if each.action not in ("send", "approve")]
        return steps

    def _fits(self, step: Step, viewer: Viewer) -> bool:
        if step.action == "bill" and clock.today() < self.from_on:
            return False
        if step.action == "cancel" and self.entered_on is not None:
            return False
        match step.only:
            case Only.ASKED:
                return viewer.id == self.by_id
            case Only.UNIT:
                return viewer.id == self.by_id or viewer.unit_id == self.unit_id
            case Only.OTHER:
                return viewer.id != self.by_id
            case Only.THIRD:
                return viewer.id not in (self.by_id, self.entered_by_id)
        return True

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Take one step: its effect and its entry. Raises NotPossible."""
        step = next((each for each in self.steps(by) if each.action == action), None)
        if step is None:
            raise NotPossible(action)
        noted = getattr(self, f"_{action}", self._plain)(values, by)
        self.state = step.after(State(self.state))
        self.trace(action, by=by.id, note=values.get("reason") or None, state=self.state, **noted)
        return step

    def _plain(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        return {}

    def _change(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        asked: Request = values["request"]
        self._write(asked)
        for row in self.cost_rows:
            row.planned_fen = asked.costs[Kind(row.kind)]
        return {"planned_fen": self.planned_fen}

    def _send(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        return {"planned_fen": self.planned_fen, "misfits": [each.line for each in domain.misfits(self.findings())]}

    def _approve(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        findings, today = self.findings(), clock.today()
        wrong = domain.misfits(findings)
        if wrong and not values.get("reason"):
            raise NotPossible("approve")
        why = values["reason"] if wrong else None
        # First everything that asks the database: half of an approval is none, and no CHECK would take it.
        serial = Serial.next("reception", today.year)
        number = f"{settings().OFFICE_MARK}{wording.MARK}〔{today.year}〕{serial}号"
        deadline = deadlines.due(self.standard.bill_rule(), self.until_on, workdays)
        sheets = wording.approval(self._head(number, deadline.due_on, by), findings, self.planned, why)
        self.decided_on, self.decided_by_id, self.excepted, self.exception = today, by.id, bool(wrong), why
        self.year, self.serial, self.number, self.sheets = today.year, serial, number, as_json(sheets)
        self.bill_due_on, self.sum = deadline.due_on, deadline.as_json()
        noted = {"planned_fen": self.planned_fen, "misfits": [each.line for each in wrong]}
        return {**noted, "year": self.year, "serial": serial}

    def _head(self, number: str, bill_due_on: date, by: Viewer) -> wording.Head:
        return wording.Head(
            number=number,
            office=Words(zh=settings().OFFICE_NAME, en=settings().OFFICE_NAME_EN),
            issued_on=clock.today(),
            unit=self.unit.name,
            asked_by=self.asked_by.name,
            approved_by=by.name,
            guest_unit=self.guest_unit,
            guests=self.guests,
            guest_list=self.guest_list,
            purpose=self.purpose,
            from_on=self.from_on,
            until_on=self.until_on,
            letter=self.letter,
            hosts=self.hosts,
            host_list=self.host_list,
            standard=self.standard.title,
            bill_due_on=bill_due_on,
        )

    def _refuse(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        self.decided_on, self.decided_by_id = clock.today(), by.id
        return {}

    def _bill(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        bill: Bill = values["bill"]
        if self.would_miss(bill) and not bill.reason:
            raise NotPossible("bill")
        if sum(bill.costs.values()) and not (bill.files or self.files()):
            raise NotPossible("bill")
        self.entered_on, self.entered_by_id = clock.today(), by.id
        self.guests_came, self.hosts_came, self.meals_had = bill.guests, bill.hosts, bill.meals
        self.alcohol_had = bill.alcohol
        for row in self.cost_rows:
            row.actual_fen = bill.costs[Kind(row.kind)]
        self.actual_fen = sum(bill.costs.values())
        self.overrun_fen = domain.overrun(self.planned, bill.costs)
        self.overrun = bill.reason or None
        for file in bill.files:
            self._attach(file)
        return {
            "actual_fen": self.actual_fen,
            "overrun_fen": self.overrun_fen,
            "misfits": [each.line for each in domain.misfits(self.findings_of_bill())],
            "files": len(bill.files),
        }

    def _attach(self, file: attachments.Cleaned) -> None:
        row = BillFile(reception_id=self.id, kind=file.kind, added_at=clock.now())
        row.name, row.size = file.name, len(file.data)
        row.digest = attachments.store(row.id, file.data)
        db.session.add(row)

    def _settle(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        self.settled_on, self.settled_by_id = clock.today(), by.id
        return {"actual_fen": self.actual_fen}

    def recount(self, deadline: Deadline, *, by: int) -> None:
        """The calendar changed, and with it the last day of the bill."""
        before, self.bill_due_on, self.sum = self.bill_due_on, deadline.due_on, deadline.as_json()
        told = [before.isoformat() if before else None, deadline.due_on.isoformat()]
        self.trace("calendar changed", by=by, bill=told)

    # --- what belongs to it ----------------------------------------------------------------------------------------

    def files(self) -> Sequence["BillFile"]:
        """The files of its bill, oldest first."""
        wanted = select(BillFile).where(BillFile.reception_id == self.id).order_by(BillFile.id)
        return db.session.scalars(wanted).all()

    def file(self, id: int) -> "BillFile | None":
        """One of them."""
        return db.session.scalar(select(BillFile).where(BillFile.id == id, BillFile.reception_id == self.id))

    @property
    def deadline(self) -> Deadline | None:
        """The clock of the bill, which can show its own sum; none before it is approved."""
        return Deadline.from_json(self.sum) if self.sum else None

    @property
    def awaits_bill(self) -> bool:
        """Whether it is over and its bill is not here."""
        return self.state == State.APPROVED and self.until_on < clock.today()

    def place_words(self) -> Words:
        """Where it is, in both languages where the standard has it."""
        return self.standard.place(self.place)


class _Part(Recorded):
    """What belongs to a reception: it changes only together with an entry in its record."""

    reception_id: Mapped[int] = mapped_column(Id, ForeignKey("official_reception.id"), index=True)

    @property
    def thread(self) -> Thread:
        """The record of the reception."""
        return Thread("official_reception", self.reception_id)


class Cost(_Part, Base):
    """What one kind of thing was to cost and did cost, in fen."""

    __tablename__ = "official_reception_cost"
    __table_args__ = (
        UniqueConstraint("reception_id", "kind", name="uq_official_reception_cost_kind"),
        CheckConstraint(one_of("kind", Kind), name="kind"),
        CheckConstraint("planned_fen >= 0 AND (actual_fen IS NULL OR actual_fen >= 0)", name="amounts"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(12))
    planned_fen: Mapped[int] = mapped_column(BigInteger)
    actual_fen: Mapped[int | None] = mapped_column(BigInteger)


class BillFile(_Part, attachments.Stored, Base):
    """A file of a bill; its content lies sealed in the folder of the uploads."""

    __tablename__ = "official_reception_file"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(10))
    added_at: Mapped[datetime] = mapped_column(Moment)
    name_sealed: Mapped[bytes]

    name = vault.Sealed[str]("name_sealed")


def recounted(
    session: Session, calendar: deadlines.Calendar, year: int, *, to_move: bool = False
) -> Iterator[tuple[Reception, Deadline, bool]]:
    """The awaited bills whose sum another calendar changes, with the new sum, and whether its last day moves."""
    wanted = select(Reception).where(Reception.state == State.APPROVED, Reception.bill_due_on >= date(year, 1, 1))
    for row in session.scalars(wanted.order_by(Reception.id).with_for_update() if to_move else wanted):
        before = row.deadline
        if before is not None and (after := deadlines.recount(before, calendar)) != before:
            yield row, after, after.due_on != before.due_on


# --- standards -----------------------------------------------------------------------------------------------------


class StandardVersion(ThreadHead, Base):
    """A standard that the office set. It can be changed until the day it takes effect, never afterwards."""

    __tablename__ = "reception_standard"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    effective_on: Mapped[date | None] = mapped_column(unique=True)  # none: a draft
    told: Mapped[dict[str, Any]] = mapped_column(JSON)

    @property
    def standard(self) -> Standard:
        """What it says."""
        return Standard.read(self.code, self.told)

    @property
    def settled(self) -> bool:
        """Whether it took effect: requests may have begun with it."""
        return self.effective_on is not None and self.effective_on <= clock.today()

    @classmethod
    def set(cls, said: Standard, effective_on: date | None, *, by: Viewer) -> "StandardVersion":
        """Set another standard."""
        count = db.session.scalar(select(func.count(cls.id))) or 0
        row = cls(code=str(count + 1), effective_on=effective_on, told=said.as_json(), version=0)
        db.session.add(row)
        row.trace("set", by=by.id, effective_on=effective_on.isoformat() if effective_on else None)
        return row

    def change(self, said: Standard, effective_on: date | None, *, by: Viewer) -> None:
        """Say something else, or take effect on another day. Raises NotPossible once it took effect."""
        if self.settled:
            raise NotPossible("change")
        self.told, self.effective_on = said.as_json(), effective_on
        self.trace("changed", by=by.id, effective_on=effective_on.isoformat() if effective_on else None)


def in_force(day: date) -> Standard:
    """The standard of that day: the office's latest, else the sample that the program brings along."""
    wanted = select(StandardVersion).where(StandardVersion.effective_on <= day)
    row = db.session.scalar(wanted.order_by(StandardVersion.effective_on.desc()).limit(1))
    return row.standard if row else domain.sample()


def standard(code: str) -> Standard:
    """The standard of that code. Raises LookupError."""
    if code == domain.sample().code:
        return domain.sample()
    row = version(code)
    if row is None:
        raise LookupError(f"no standard {code}")
    return row.standard


def version(code: str) -> StandardVersion | None:
    """A standard that the office set, by its code."""
    return db.session.scalar(select(StandardVersion).where(StandardVersion.code == code))


def version_of(id: int, *, to_change: bool = False) -> StandardVersion | None:
    """A standard that the office set; `to_change` holds its row until the request is settled."""
    return db.session.get(StandardVersion, id, with_for_update=to_change or None)


def versions() -> Sequence[StandardVersion]:
    """All of them, the newest first."""
    return db.session.scalars(select(StandardVersion).order_by(StandardVersion.id.desc())).all()


def begins_on(day: date, *, but: int = 0) -> bool:
    """Whether another standard takes effect on that day."""
    wanted = select(StandardVersion.id).where(StandardVersion.effective_on == day, StandardVersion.id != but)
    return db.session.scalar(wanted) is not None


# --- who may see ---------------------------------------------------------------------------------------------------


@lru_cache(256)
def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The receptions this person may see: the own, those of the own unit; leaders and those who look after them, all.

    A draft is nobody's but its writer's.
    """
    own = Reception.by_id == viewer.id
    match viewer.role:
        case Role.LEADER | Role.DISCIPLINE | Role.AUDITOR:
            others: ColumnElement[bool] = true()
        case Role.CLERK | Role.HANDLER:
            others = Reception.unit_id == viewer.unit_id
        case _:
            return false()
    return or_(own, and_(others, Reception.state != State.DRAFT))


def load(id: int, viewer: Viewer, *, to_move: bool = False) -> Reception | None:
    """The reception, if this person may see it; `to_move` holds its row until the request is settled."""
    wanted = select(Reception).where(Reception.id == id, seen_by(viewer))
    people = (Reception.asked_by, Reception.decided_by, Reception.entered_by, Reception.settled_by, Reception.unit)
    around = [joinedload(each) for each in people]
    return db.session.scalar(wanted.with_for_update(of=Reception) if to_move else wanted.options(*around))
