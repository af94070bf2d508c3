"""The tables of reports: what is in clear of them, who has a key of each, and the sealed parts. A report moves here.

Each report has a key of its own. It lies in `report_wrap`, once for each officer who may read the report, sealed to the
own key of that officer; and in the report itself, sealed to the pair that the receipt code makes. Whoever has no such
row finds nothing of the report, whatever their role: the wall is a WHERE clause and arithmetic at once.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    delete,
    exists,
    false,
    select,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from blueprints.accounts.models import User, name_digest
from blueprints.accounts.wall import Concerns, everybody_named, names
from blueprints.rules.keyring.models import OfficerKey, eligible
from blueprints.rules.reports import papers as wording
from blueprints.rules.reports.domain import (
    GRAVE,
    LATER,
    NOT_DUE,
    Kind,
    Only,
    Outcome,
    State,
    What,
    limits_of,
    limits_on,
    workflow_of,
)
from blueprints.rules.reports.steps import EFFECTS
from core import attachments, clock, deadlines, envelope, receipts, vault, workdays
from core.deadlines import Deadline
from core.envelope import Pair, Stretched, Unopened
from core.extensions import Base, Id, Moment, db, one_of, reading
from core.record import Recorded, Thread, ThreadHead, entries
from core.roles import Role, Viewer
from core.serials import Serial
from core.sheets import as_json
from core.words import Words
from core.workflow import NotPossible, Step
from settings import settings

FOR_OFFICER, FOR_REPORTER = b"xiafang report, to an officer", b"xiafang report, to the reporter"
OFF = ("withdraw", "recuse")  # after one of these an officer gets no key of this report any more


class Report(ThreadHead, Base):
    """A report of a violation; or, `of` another one, a notice of retaliation for it."""

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint(one_of("kind", Kind), name="kind"),
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint(f"outcome IS NULL OR {one_of('outcome', Outcome)}", name="outcome"),
        CheckConstraint("(kind = 'retaliation') = (of_id IS NOT NULL)", name="of"),
        CheckConstraint("(of_id IS NULL) = (receipt_digest IS NOT NULL)", name="receipt"),
        CheckConstraint("(clock IS NULL) = (sum IS NULL)", name="clock"),
        CheckConstraint(
            f"of_id IS NOT NULL OR NOT ({one_of('state', LATER)}) OR outcome IS NOT NULL", name="outcome_known"
        ),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> decided_by_id", name="two_persons"),
        CheckConstraint(
            f"of_id IS NOT NULL OR NOT ({one_of('state', LATER)}) OR NOT ({one_of('outcome', GRAVE)})"
            " OR confirmed_by_id IS NOT NULL",
            name="confirmed",
        ),
        Index("ix_report_due_on", "due_on", "id"),
        Index("ix_report_state_due", "state", "due_on", "id"),
        Index("ix_report_received_on", "received_on", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    of_id: Mapped[int | None] = mapped_column(Id, ForeignKey("report.id"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    outcome: Mapped[str | None] = mapped_column(String(14))
    received_on: Mapped[date]
    limits: Mapped[str] = mapped_column(String(40))
    clock: Mapped[str | None] = mapped_column(String(20))
    sum: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    due_on: Mapped[date]
    handler_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id"))
    decided_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id"))
    confirmed_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id"))
    unread: Mapped[bool]  # the reporter wrote, and no officer has said that it was read
    receipt_digest: Mapped[bytes | None] = mapped_column(unique=True)
    wrapped: Mapped[bytes]  # the report's key, for that pair

    # --- how it comes in -------------------------------------------------------------------------------------------

    @classmethod
    def file(cls, tip: "Tip", keys: Sequence[OfficerKey], code: str) -> "Opened":
        """Take a report in, sealed to these officers and to the holder of the code."""
        secret = Secret.of(code)
        report = cls(kind=tip.kind, receipt_digest=secret.digest)
        return report._begin(tip.told(), tip.files, keys, Pair.of(secret.private).public)

    @classmethod
    def complain(cls, of: "Opened", text: str, person: str, unit: int | None, private: bytes) -> "Opened":
        """A notice of retaliation for a report: to other officers than who handles it. Raises NotPossible."""
        keys = [key for key in of.allowed([(person, unit)]) if key.user_id != of.report.handler_id]
        if not keys:
            raise NotPossible("retaliation")
        notice = cls(kind=Kind.RETALIATION, of_id=of.report.id)
        told = {"text": text, "person": person, "unit": unit, "about": [*map(list, of.about()), [person, unit]]}
        return notice._begin(told, (), keys, Pair.of(private).public)

    def _begin(
        self,
        told: dict[str, Any],
        files: Sequence[attachments.Cleaned],
        keys: Sequence[OfficerKey],
        reporter: bytes,
    ) -> "Opened":
        today = clock.today()
        self.version, self.unread, self.outcome, self.handler_id = 0, False, None, None
        self.received_on, self.limits = today, limits_on(today).id
        self.number = _number(today.year)
        self.state = workflow_of(Kind(self.kind)).start
        self._start("retaliation" if self.of_id else "screen")
        key = envelope.fresh_key()
        self.wrapped = envelope.seal_for(reporter, key, FOR_REPORTER)
        db.session.add(self)
        self.trace("received", by=None, officers=len(keys), files=len(files))
        db.session.flush()
        for each in keys:
            self._wrap(each, key)
        opened = Opened(self, key)
        opened.write(What.REPORT, told, by=None, shown=True, files=files)
        return opened

    def _wrap(self, to: OfficerKey, key: bytes) -> None:
        wrapped = envelope.seal_for(to.public, key, FOR_OFFICER)
        db.session.add(Wrap(report_id=self.id, key_id=to.id, wrapped=wrapped))

    def _start(self, name: str | None, on: date | None = None) -> None:
        """Start a clock in place of the one before; none: nothing is due."""
        term = deadlines.due(limits_of(self.limits).rule(name), on or clock.today(), workdays) if name else None
        self.clock, self.sum = name, term.as_json() if term else None
        self.due_on = term.due_on if term else NOT_DUE

    # --- how it moves ----------------------------------------------------------------------------------------------

    @property
    def deadline(self) -> Deadline | None:
        """The running clock, with its sum."""
        return Deadline.from_json(self.sum) if self.sum else None

    def open_to(self, viewer: Viewer) -> list[Step]:
        """The steps this officer may take now: what the table opens, less what waits for something."""
        steps = workflow_of(Kind(self.kind)).open_to(viewer.role, State(self.state))
        return [step for step in steps if self._holds(step, viewer)]

    def _holds(self, step: Step, viewer: Viewer) -> bool:
        match step.only:
            case Only.FOUND:
                return self._has(What.FINDING)
            case Only.ANOTHER:
                return viewer.id != self.decided_by_id
            case Only.ANOTHER_IF_ANY:
                deciders = {self.decided_by_id, self.confirmed_by_id}
                return viewer.id not in deciders or not self.holders() - deciders
        if step.action == "read":
            return self.unread
        if step.action == "take_over":
            return self.state != State.RECEIVED and self.handler_id != viewer.id
        if step.action == "recuse":
            return len(self.holders()) > 1
        return not (step.action == "withdraw" and self.holders() == {viewer.id})

    def _has(self, what: What) -> bool:
        return bool(db.session.scalar(select(exists().where(Part.report_id == self.id, Part.what == what))))

    def holders(self) -> set[int]:
        """The officers who have a key of it now."""
        return set(db.session.scalars(_HOLDERS.where(Wrap.report_id == self.id)))

    def off(self) -> set[int]:
        """The officers who withdrew from it or were taken off."""
        return {each.data["officer"] for each in entries(self.thread) if each.action in OFF}

    def take_off(self, officer: int) -> None:
        """Take the key of it from an officer, at once. Raises NotPossible for the last one."""
        if self.holders() <= {officer}:
            raise NotPossible("the last one")
        own = select(OfficerKey.id).where(OfficerKey.user_id == officer)
        db.session.execute(delete(Wrap).where(Wrap.report_id == self.id, Wrap.key_id.in_(own)))
        if self.handler_id == officer:
            self.handler_id = None

    def hand_to(self, officer: int) -> None:
        """This officer handles it from now on, and has no part in notices of retaliation for it. Raises NotPossible."""
        for notice in db.session.scalars(select(Report).where(Report.of_id == self.id)):
            holders = notice.holders()
            if officer in holders and not (notice.state == State.CLOSED and holders == {officer}):
                notice.take_off(officer)
                notice.trace("recuse", by=officer, officer=officer)
        self.handler_id = officer


class Wrap(Base):
    """The key of a report, sealed to one officer's own key."""

    __tablename__ = "report_wrap"
    __table_args__ = (
        UniqueConstraint("report_id", "key_id", name="uq_report_wrap_report_id"),
        Index("ix_report_wrap_key_id", "key_id", "report_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    report_id: Mapped[int] = mapped_column(Id, ForeignKey("report.id"))
    key_id: Mapped[int] = mapped_column(Id, ForeignKey("officer_key.id"))
    wrapped: Mapped[bytes]


_HOLDERS = (
    select(OfficerKey.user_id)
    .join(Wrap, Wrap.key_id == OfficerKey.id)
    .join(User, User.id == OfficerKey.user_id)
    .where(OfficerKey.ended_at.is_(None), User.closed_at.is_(None), User.role == Role.DISCIPLINE)
)


class Belonging(Recorded):
    """A row that belongs to a report."""

    report_id: Mapped[int] = mapped_column(Id, ForeignKey("report.id"))

    @property
    def thread(self) -> Thread:
        """The record of the report."""
        return Thread("report", self.report_id)


class Part(Belonging, Base):
    """Something written in a report: sealed by the report's key."""

    __tablename__ = "report_part"
    __table_args__ = (
        CheckConstraint(one_of("what", What), name="what"),
        CheckConstraint("(what = 'letter') = (serial IS NOT NULL)", name="serial"),
        CheckConstraint("(year IS NULL) = (serial IS NULL)", name="year"),
        Index("ix_report_part_report_id", "report_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    what: Mapped[str] = mapped_column(String(12))
    author_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id"))  # none: the reporter
    written_at: Mapped[datetime] = mapped_column(Moment)
    shown: Mapped[bool]  # the reporter reads it too
    locked: Mapped[bytes]
    year: Mapped[int | None]  # of a paper
    serial: Mapped[int | None]


class ReportFile(Belonging, attachments.Stored, Base):
    """A file of a report: sealed by the report's key, then stored as any file of the office, sealed once more."""

    __tablename__ = "report_file"
    __table_args__ = (Index("ix_report_file_report_id", "report_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    part_id: Mapped[int] = mapped_column(Id, ForeignKey("report_part.id"))
    locked: Mapped[bytes]  # its name and its kind


class Sending(Base):
    """A form that was sent: the same form sent twice makes one report and shows one code."""

    __tablename__ = "report_sending"

    form_digest: Mapped[bytes] = mapped_column(primary_key=True)
    sent_on: Mapped[date]
    shown: Mapped[bool]  # the receipt code has been shown


def _number(year: int) -> str:
    """A number by chance: counted ones would tell whoever sees two of them how many they do not see."""
    while True:
        number = f"{year}-{secrets.randbelow(10**6):06d}"
        if db.session.scalar(select(Report.id).where(Report.number == number)) is None:
            return number


def recount(calendar: deadlines.Calendar, *, by: int) -> None:
    """Count every running clock anew after the calendar changed: a sum that is not the day's own misleads."""
    for report in db.session.scalars(select(Report).where(Report.clock.is_not(None)).with_for_update()):
        before = report.deadline
        if before is not None and (fresh := deadlines.recount(before, calendar)) != before:
            report.sum, report.due_on = fresh.as_json(), fresh.due_on
            report.trace("calendar changed", by=by, clocks=[[report.clock, str(before.due_on), str(fresh.due_on)]])


# --- what comes in ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tip:
    """What the public form brings in, checked and cleaned."""

    kind: Kind
    text: str
    person: str
    unit: int | None
    identity: dict[str, str] | None
    files: Sequence[attachments.Cleaned]

    @property
    def concerns(self) -> Concerns:
        """Whom it is about."""
        return [(self.person, self.unit)]

    def told(self) -> dict[str, Any]:
        """What is sealed."""
        about = {"about": [[self.person, self.unit]]}
        return {"text": self.text, "person": self.person, "unit": self.unit, "identity": self.identity, **about}

    def fingerprint(self) -> bytes:
        """The same for the same report, different for any other; only ever used under a key."""
        files = [hashlib.sha256(file.data).hexdigest() for file in self.files]
        return repr((self.kind, self.text, self.person, self.unit, self.identity, files)).encode()


FIRST = "9"  # a report's code begins with it, as one in ten of a letter's does: only such a code is looked up slowly
_GUESS = envelope.Cost(1, 16 << 10)  # KiB; it never changes, or a code would no longer find its report


class Secret(NamedTuple):
    """What a receipt code makes, slowly: who has the database and this office's keys tries out no codes (60 bits)."""

    digest: bytes  # by which the report is found
    private: bytes  # which opens it

    @classmethod
    def of(cls, code: str) -> "Secret":
        """Of a code."""
        slow = Stretched(_GUESS, vault.mac("receipt", b"report")[:16]).key(code)
        finds = vault.mac("receipt", b"report:" + hashlib.sha256(b"finds " + slow).digest())
        return cls(finds, hashlib.sha256(b"opens " + slow).digest())


def code_for(sending: bytes) -> str:
    """The receipt code of a sending."""
    return receipts.make(sending, FIRST)


def by_code(typed: str) -> tuple[int, bytes] | None:
    """The report of a receipt code, and the private key that the code makes; known or not, a code costs the same."""
    code = receipts.tidy(typed)
    if code is None or not code.startswith(FIRST):
        return None
    secret = Secret.of(code)
    with reading() as session:
        id = session.scalar(select(Report.id).where(Report.receipt_digest == secret.digest))
    return (id, secret.private) if id else None


# --- who sees what ---------------------------------------------------------------------------------------------------


def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The reports that this person may see: those of which they have a key, and no notice about their own handling."""
    if viewer.role is not Role.DISCIPLINE:
        return false()
    has = exists().where(
        Wrap.report_id == Report.id,
        Wrap.key_id == OfficerKey.id,
        OfficerKey.user_id == viewer.id,
        OfficerKey.ended_at.is_(None),
    )
    first = aliased(Report)
    return and_(has, ~exists().where(first.id == Report.of_id, first.handler_id == viewer.id))


def load(id: int, viewer: Viewer, *, to_move: bool = False) -> Report | None:
    """The report, if this person may see it; held until this request has changed it."""
    found = select(Report).where(Report.id == id, seen_by(viewer))
    return db.session.scalar(found.with_for_update(of=Report) if to_move else found)


@dataclass(frozen=True)
class Read:
    """A part as it reads."""

    id: int
    what: What
    at: datetime
    author_id: int | None
    shown: bool
    told: dict[str, Any]


@dataclass(frozen=True)
class NamedFile:
    """A file with its name."""

    id: int
    part_id: int
    name: str
    kind: str
    size: int


class Opened:
    """A report together with its key: what stands in it can be read and written."""

    def __init__(self, report: Report, key: bytes) -> None:
        self.report, self.key = report, key

    # --- reading ---------------------------------------------------------------------------------------------------

    @cached_property
    def parts(self) -> list[Read]:
        """Everything written in it, oldest first."""
        rows = db.session.scalars(select(Part).where(Part.report_id == self.report.id).order_by(Part.id))
        return [Read(row.id, What(row.what), row.written_at, row.author_id, row.shown, self._read(row)) for row in rows]

    def _read(self, row: Part | ReportFile) -> Any:
        return json.loads(envelope.unlock(self.key, row.locked, _place(row)))

    def part(self, id: int) -> Read | None:
        """One part."""
        return next((each for each in self.parts if each.id == id), None)

    def told(self, what: What) -> list[dict[str, Any]]:
        """What stands in the parts of that sort."""
        return [each.told for each in self.parts if each.what is what]

    def about(self) -> list[tuple[str, int | None]]:
        """Whom it is about, as it was said."""
        return [(person, unit) for person, unit in self.told(What.REPORT)[0]["about"]]

    def files(self) -> list[NamedFile]:
        """Its files with their names."""
        rows = select(ReportFile).where(ReportFile.report_id == self.report.id).order_by(ReportFile.id)
        return [self._named(row) for row in db.session.scalars(rows)]

    def _named(self, row: ReportFile) -> NamedFile:
        name, kind = self._read(row)
        return NamedFile(row.id, row.part_id, name, kind, row.size - envelope.LOCKED_BY)

    def file_of(self, id: int) -> NamedFile | None:
        """One of its files."""
        return next((each for each in self.files() if each.id == id), None)

    def content(self, file: NamedFile) -> bytes:
        """What stands in a file."""
        return envelope.unlock(self.key, b"".join(attachments.stream(file.id)), f"report_file:{file.id}")

    @property
    def term_is_over(self) -> bool:
        """Whether the term within which the member may object has run out."""
        return clock.today() > self.report.due_on

    @property
    def issued_on(self) -> date:
        """The day of the last paper to the member."""
        papers = [clock.local(each.at).date() for each in self.parts if each.what is What.LETTER]
        return papers[-1] if papers else date.min

    # --- writing ---------------------------------------------------------------------------------------------------

    def write(
        self,
        what: What,
        told: Mapping[str, Any],
        *,
        by: int | None,
        shown: bool = False,
        files: Sequence[attachments.Cleaned] = (),
        serial: tuple[int, int] | None = None,
    ) -> Part:
        """Write a part; the caller writes the entry."""
        part = Part(report_id=self.report.id, what=what, author_id=by, written_at=clock.now(), shown=shown)
        part.year, part.serial = serial or (None, None)
        part.locked = envelope.lock(self.key, json.dumps(dict(told), ensure_ascii=False).encode(), _place(part))
        db.session.add(part)
        db.session.flush()
        for each in files:
            row = ReportFile(report_id=self.report.id, part_id=part.id)
            row.locked = envelope.lock(self.key, json.dumps([each.name, each.kind]).encode(), _place(row))
            sealed = envelope.lock(self.key, each.data, f"report_file:{row.id}")
            row.size, row.digest = len(sealed), attachments.store(row.id, sealed)
            db.session.add(row)
        self.__dict__.pop("parts", None)
        return part

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Take one step: the table, then what is special to it, the clock and the entry. Raises NotPossible."""
        report = self.report
        step = workflow_of(Kind(report.kind)).take(action, by.role, State(report.state))
        if step not in report.open_to(by):
            raise NotPossible(action)
        codes = EFFECTS[action](self, values, by)
        if step.to:
            report.state = step.to
        if step.start:
            report._start(step.start, values.get("on") if action in ("notify", "object") else None)
        elif step.stop or report.state == State.CLOSED:
            report._start(None)
        told = {"state": report.state} if step.to else {}
        report.trace(action, by=by.id, **told, **codes)
        return step

    def issue(self, kind: str, told: dict[str, Any], *, by: Viewer) -> None:
        """Issue a paper to the member, kept as it was issued and sealed like everything else."""
        today = clock.today()
        serial = Serial.next("report paper", today.year)
        number = wording.number(settings().OFFICE_MARK, today.year, serial)
        office = Words(zh=settings().OFFICE_NAME, en=settings().OFFICE_NAME_EN)
        head = wording.Head(number, office, today, told["member"], limits_of(self.report.limits).rule("objection"))
        sheets = as_json(wording.PAPERS[kind](head, told))
        self.write(
            What.LETTER, {"kind": kind, "number": number, "sheets": sheets}, by=by.id, serial=(today.year, serial)
        )

    def concerns(self, viewer: Viewer) -> bool:
        """Whether it is about this person or their unit by now: names and units may have changed since it came in."""
        named = everybody_named(db.session(), self.about())
        found = [(name_digest(person) if person else None, unit) for person, unit in named]
        return names(found, viewer.name_digest, f"/{'/'.join(map(str, viewer.unit_line))}/")

    # --- who has a key ---------------------------------------------------------------------------------------------

    def allowed(self, besides: Concerns = ()) -> list[OfficerKey]:
        """The keys of the officers who may have one of it: whom it is about never, nor who is off it."""
        away = self.report.off()
        if self.report.of_id is not None:
            first = db.session.get_one(Report, self.report.of_id)
            away |= first.off() | ({first.handler_id} if first.handler_id else set())
        return eligible(db.session(), [*self.about(), *besides], but=sorted(away))

    def shareable(self) -> list[OfficerKey]:
        """Those of them who have none yet."""
        there = self.report.holders()
        return [key for key in self.allowed() if key.user_id not in there]

    def share(self, officer: int) -> None:
        """Give an officer a key of it. Raises NotPossible for whom it is about, or who is off it."""
        to = next((key for key in self.shareable() if key.user_id == officer), None)
        if to is None:
            raise NotPossible("share")
        self.report._wrap(to, self.key)


def _place(row: Part | ReportFile) -> str:
    return f"{row.__tablename__}.locked:{row.id}"


def opened_by_officer(report: Report, key_id: int, private: bytes) -> Opened | None:
    """The report, opened by an officer's own key."""
    wrapped = db.session.scalar(select(Wrap.wrapped).where(Wrap.report_id == report.id, Wrap.key_id == key_id))
    return _opened(report, wrapped, private, FOR_OFFICER)


def opened_by_reporter(report: Report, private: bytes) -> Opened | None:
    """The report, or a notice of retaliation for it, opened by what the receipt code makes."""
    return _opened(report, report.wrapped, private, FOR_REPORTER)


def _opened(report: Report, wrapped: bytes | None, private: bytes, info: bytes) -> Opened | None:
    try:
        return Opened(report, Pair.of(private).open(wrapped or b"", info))
    except Unopened:
        return None


def notices_of(report: Report) -> Sequence[Report]:
    """The notices of retaliation for a report, for its reporter, oldest first."""
    return db.session.scalars(select(Report).where(Report.of_id == report.id).order_by(Report.id)).all()
