"""The matter itself: its row, the verbs that move it, and who may see it."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, cast

from flask_babel import format_date
from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.orm import Mapped, aliased, joinedload, mapped_column, relationship

from blueprints.accounts import wall
from blueprints.accounts.models import Unit, User
from blueprints.accounts.wall import Concerns
from blueprints.petitions.casefile.domain import INSIDE, PaperKind
from blueprints.petitions.casefile.models import (
    Attachment,
    CaseFile,
    Clock,
    Concern,
    Message,
    Paper,
    Part,
    Recusal,
    Representative,
)
from blueprints.petitions.docket import papers as wording
from blueprints.petitions.docket import steps
from blueprints.petitions.docket.domain import (
    ANSWERED,
    ASKED,
    ENDED,
    RIGHTS,
    TERMS,
    WITH_UNIT,
    WORKFLOW,
    Channel,
    Elsewhere,
    Fault,
    Kind,
    Outcome,
    Satisfaction,
    Solved,
    State,
    Verdict,
)
from core import attachments, clock, deadlines, procedures, receipts, search, vault, workdays
from core.deadlines import Deadline
from core.extensions import Base, Id, Moment, db, fetch, look, one_of
from core.places import FULL_NAME, IN_TOWN, Place, Spot, Town
from core.procedures import profile
from core.record import Entry, ThreadHead, entries, happened
from core.roles import Role, Viewer
from core.serials import Serial
from core.sheets import Sheets, as_json
from core.words import Words
from core.workflow import NotPossible, Step
from settings import settings

INDEX = search.Index("petition_search")
MOST_REPRESENTATIVES = 5
AFTER_ALL = ("calendar changed", "identity opened")  # what is written down of an erased matter too: no text of its own
FIRST_NOTICES = (PaperKind.ACCEPTANCE, PaperKind.DECLINED, PaperKind.FORWARDING)

SPARSE = ("unit_id", "filed_by_id", "merged_into_id", "closed_on")
FILTERS = ("place_code", "unit_id", "state", "township_code", "channel", "kind")


def _set(column: str) -> dict[str, Any]:
    """Only rows that have it stand in its index: a letter that comes in has few to be written into."""
    there = text(f"{column} IS NOT NULL")
    return {"sqlite_where": there, "postgresql_where": there} if column in SPARSE else {}


class Petition(ThreadHead, Base):
    """One matter (信访事项), however it came in."""

    __tablename__ = "petition"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint(one_of("kind", Kind), name="kind"),
        CheckConstraint(one_of("channel", Channel), name="channel"),
        CheckConstraint("(state = 'received') = (number IS NULL)", name="numbered_when_registered"),
        CheckConstraint(f"{one_of('state', ENDED)} = (due_on IS NULL)", name="due_while_open"),
        CheckConstraint(f"{one_of('state', ENDED)} = (closed_on IS NOT NULL)", name="closed"),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged"),
        CheckConstraint(
            f"{one_of('state', WITH_UNIT)} = (unit_id IS NOT NULL) OR {one_of('state', ENDED)}",
            name="unit",
        ),
        CheckConstraint("outcome IS NULL OR " + one_of("outcome", Outcome), name="outcome"),
        CheckConstraint("verdict IS NULL OR " + one_of("verdict", Verdict), name="verdict"),
        CheckConstraint("solved IS NULL OR " + one_of("solved", Solved), name="solved"),
        CheckConstraint("anonymous = (identity_sealed IS NULL)", name="identity"),
        # The queue reads by (due_on, id), or by id, under each filter; the last key of a page begins the next.
        Index("ix_petition_due", "due_on", "id"),
        *(Index(f"ix_petition_{column}_due", column, "due_on", "id", **_set(column)) for column in FILTERS),
        *(Index(f"ix_petition_{column}_id", column, "id", **_set(column)) for column in FILTERS),
        Index("ix_petition_filed_by", "filed_by_id", "id", **_set("filed_by_id")),
        Index("ix_petition_unread", "unread", "id"),
        Index("ix_petition_received_on", "received_on"),
        Index("ix_petition_closed_on", "closed_on", **_set("closed_on")),
        Index("ix_petition_merged_into", "merged_into_id", **_set("merged_into_id")),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    number: Mapped[str | None] = mapped_column(String(20), unique=True)  # docket number 登记编号
    state: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(12))
    channel: Mapped[str] = mapped_column(String(8))
    profile: Mapped[str] = mapped_column(String(20))  # the procedure it began with, and keeps
    place_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    township_code: Mapped[str] = mapped_column(String(12))
    unit_id: Mapped[int | None] = mapped_column(Id, ForeignKey("unit.id"))  # the unit that handles it
    filed_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id"))  # who took it down, if not the writer
    anonymous: Mapped[bool]
    received_at: Mapped[datetime] = mapped_column(Moment)
    received_on: Mapped[date]
    due_on: Mapped[date | None]  # what has to happen next, by when
    due_clock: Mapped[str | None] = mapped_column(String(30))  # the clock that says so; none: nothing but our own turn
    unread: Mapped[bool] = mapped_column(default=False)  # the petitioner wrote, and nobody has done anything since
    outcome: Mapped[str | None] = mapped_column(String(12))
    drafted_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id"))  # another one signs
    verdict: Mapped[str | None] = mapped_column(String(12))  # of the organ above, on the answer
    merged_into_id: Mapped[int | None] = mapped_column(Id, ForeignKey("petition.id"))  # the letter it is answered with
    solved: Mapped[str | None] = mapped_column(String(12))  # where
    closed_on: Mapped[date | None]
    satisfaction: Mapped[str | None] = mapped_column(String(12))
    receipt_digest: Mapped[bytes] = mapped_column(unique=True)
    subject_sealed: Mapped[bytes]
    text_sealed: Mapped[bytes]
    identity_sealed: Mapped[bytes | None]
    opinion_sealed: Mapped[bytes | None]

    subject = vault.Sealed[str]("subject_sealed")
    text = vault.Sealed[str]("text_sealed")
    identity = vault.Sealed[dict[str, str] | None]("identity_sealed")  # name, address, contact
    opinion = vault.Sealed[dict[str, Any] | None]("opinion_sealed")  # the draft of the answer

    place: Mapped[Place] = relationship()
    unit: Mapped[Unit | None] = relationship()

    _held = cast(CaseFile | None, None)  # no column: what a step has at hand

    @property
    def place_name(self) -> str:
        """Township and village."""
        return self.place.full_name

    @property
    def unit_name(self) -> str | None:
        """What the unit that handles it is called."""
        return self.unit.name if self.unit else None

    @property
    def words(self) -> str:
        """What of it is searched."""
        return f"{self.subject}\n{self.text}"

    @property
    def open(self) -> bool:
        """Whether something still has to happen."""
        return self.state not in ENDED

    @property
    def erased(self) -> bool:
        """Whether its texts were removed under the retention rule: nothing is written into it any more, since nothing
        would ever remove that."""
        return not self.open and happened(self.thread, "erased")

    def trace(self, action: str, *, by: int | None, note: str | None = None, **data: Any) -> Entry:
        """Write down that this happened. Raises NotPossible of what was erased, from whatever room it comes."""
        if action not in AFTER_ALL and self.erased:
            raise NotPossible(action)
        return super().trace(action, by=by, note=note, **data)

    # --- how it begins ---------------------------------------------------------------------------------------------

    @classmethod
    def file(cls, letter: "Letter", *, by: Viewer | None) -> "Petition":
        """Take in a matter: one transaction for the row, its files, its clock, its index and its first entry."""
        received_on = letter.received_on or clock.today()
        begins_with = procedures.in_force(received_on)
        notice = deadlines.due(profile(begins_with).rule("notice", letter.kind), received_on, workdays)
        petition = cls(
            state=State.RECEIVED,
            kind=letter.kind,
            channel=letter.channel,
            profile=begins_with,
            place_code=letter.place.code,
            township_code=letter.place.code[:9],
            filed_by_id=by.id if by else None,
            anonymous=letter.identity is None,
            received_at=clock.now(),
            received_on=received_on,
            due_on=notice.due_on,
            due_clock="notice",
            receipt_digest=receipts.digest(letter.receipt),
            subject=letter.subject,
            text=letter.text,
            identity=letter.identity,
            unread=False,
            version=0,
        )
        db.session.add(petition)
        about = wall.everybody_named(db.session(), letter.concerns)
        who = by.id if by else None
        petition.trace("received", by=who, channel=letter.channel, files=len(letter.files), concerns=len(about))
        db.session.flush()  # what follows refers to its row
        db.session.add(Clock.running(petition.id, "notice", notice))
        for person, unit in about:
            db.session.add(Concern.of(petition.id, person, unit))
        for file in letter.files:
            petition.attach(file)
        INDEX.put(db.session(), petition.id, petition.words)
        return petition

    def attach(self, file: attachments.Cleaned, message: "Message | None" = None) -> "Attachment":
        """Keep a cleaned file, sealed on disk; if the row is dropped, so is the file."""
        row = Attachment(petition_id=self.id, message_id=message.id if message else None, kind=file.kind)
        row.name, row.added_at = file.name, clock.now()
        row.size = len(file.data)
        row.digest = attachments.store(row.id, file.data)
        db.session.add(row)
        return row

    # --- how it moves ----------------------------------------------------------------------------------------------

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Take one step of the procedure: its effect, its clocks, its paper, its entry. Raises NotPossible."""
        with self._at_hand():
            step = self.step(action, by)
            self._take(step, values, by)
        return step

    def ask(self, action: str, text: str) -> None:
        """The petitioner asks the organ above for a review, or a re-examination. Raises NotPossible."""
        if action not in self.may_ask():
            raise NotPossible(action)
        with self._at_hand():
            self._take(WORKFLOW.step(action), {"on": clock.today(), "text": text}, None)
        self.unread = True

    def may_ask(self) -> list[str]:
        """What the petitioner may ask the organ above for now."""
        asked = [WORKFLOW.step(action) for action in ASKED]
        file = self.casefile
        return [
            step.action
            for step in asked
            if self.state in step.from_
            and (steps.reviewable(file, self.kind) if step.action == "ask_review" else steps.reexaminable(file))
        ]

    @contextmanager
    def _at_hand(self) -> Iterator[None]:
        """For one step what belongs to it is read once: whoever holds its row is alone with it."""
        self._held = CaseFile(self.id)
        try:
            yield
        finally:
            self._held = None

    @property
    def casefile(self) -> CaseFile:
        """What belongs to it: as this step has it at hand, else read when it is asked for."""
        return self._held or CaseFile(self.id)

    def _take(self, step: Step, values: dict[str, Any], by: Viewer | None) -> None:
        effect = steps.EFFECTS.get(step.action)
        with db.session.no_autoflush:  # the table's own CHECKs hold of the whole step, not of half of it
            said = effect(self, values, by) if effect else {}
            if step.to:
                self.state = step.to
            if self.open and self.due_on is None:  # it goes on again
                self.due_on = clock.today()
        note = said.pop("note", values.get("reason"))
        self.unread = False
        on = values.get("on") or values.get("dated") or clock.today()
        if step.stop and (step.action != "notify" or self._first_notice(said)):
            self.stop(step.stop, on)
        if step.start:
            self.start(step.start, on)
        if step.paper and by:
            said["paper"] = self._issue(PaperKind(step.paper), values, by).id
            if self.anonymous and step.paper in FIRST_NOTICES:
                self.stop("notice", on)  # it lies ready on the receipt page: no other way leads to who wrote
        if step.action == "sign" and by:
            self._answer_joined(by)
        self.set_due()
        self.trace(step.action, by=by.id if by else None, note=note, state=self.state, **said)

    def _first_notice(self, said: dict[str, Any]) -> bool:
        """Whether what was delivered tells the petitioner what becomes of the matter (2022 Art 23): of a matter that
        came back, the forwarding notice tells it no more."""
        notices = [paper.id for paper in self.papers() if paper.kind in FIRST_NOTICES]
        return bool(notices) and notices[-1] == said["delivered"]

    def awaited(self, action: str) -> "Paper":
        """The paper whose delivery this step records. Raises NotPossible."""
        kinds = steps.to_notify(self.state) if action == "notify" else (PaperKind.OPINION,)
        papers = self.papers() if action == "notify" else reversed(self.papers())  # of two answers the latest counts
        for paper in papers:
            if paper.kind in kinds and paper.delivered_on is None:
                return paper
        raise NotPossible(action)

    def _answer_joined(self, by: Viewer) -> None:
        """Each who wrote on the same matter gets the answer too, as a paper of their own letter."""
        for letter in self.joined():
            letter.merged_into_id, letter.unit_id = None, self.unit_id
            letter.opinion, letter.outcome = self._answer_for(letter), self.outcome
            letter.drafted_by_id = self.drafted_by_id
            letter.state = State.SIGNED
            letter.stop("handling", clock.today())
            paper = letter._issue(PaperKind.OPINION, {}, by)
            letter.set_due()
            letter.trace("answered with", by=by.id, state=letter.state, paper=paper.id, head=self.id)

    def _answer_for(self, letter: "Petition") -> dict[str, Any] | None:
        """The answer as somebody else gets it who wrote on the same matter: with the subject of their own letter where
        it repeats the subject of this one, which is in the words of who wrote this one."""
        if self.opinion is None:
            return None
        items = [
            {**item, "request": letter.subject if item["request"].strip() == self.subject else item["request"]}
            for item in self.opinion["items"]
        ]
        return {**self.opinion, "items": items}

    def write(self, text: str, *, by: int | None, to_petitioner: bool = True) -> "Message":
        """Add a message between the petitioner (by=None) and the office, or a note inside the office."""
        message = Message(petition_id=self.id, author_id=by, to_petitioner=to_petitioner, at=clock.now(), text=text)
        db.session.add(message)
        db.session.flush()  # its files refer to its row
        return message

    def rate(self, satisfaction: Satisfaction, words: str) -> None:
        """The petitioner says how the handling was; once the answer is there."""
        if self.state not in ANSWERED or self.outcome is None:
            raise NotPossible("rate")
        self.satisfaction = satisfaction
        self.trace("rated", by=None, note=words or None, satisfaction=satisfaction)

    def open_identity(self, reason: str, *, by: Viewer, paper: int | None = None) -> None:
        """Write down that somebody opens the identity, and why, before it is shown; or prints it on a paper."""
        if self.anonymous:
            raise NotPossible("identity")
        printed = {"printed": paper} if paper else {}
        self.trace("identity opened", by=by.id, note=reason, unit=by.unit_id, **printed)

    def suggested(self, action: str) -> dict[str, Any]:
        """What the form of a step begins with."""
        match action:
            case "register":
                return {"kind": self.kind}
            case "answer" if self.opinion:
                until = self.opinion.get("carry_out_on")
                return {
                    "items": self.opinion["items"],
                    "basis": self.opinion["basis"],
                    "outcome": self.outcome,
                    "carry_out_on": date.fromisoformat(until) if until else None,
                }
            case "answer":
                return {"items": [{"request": self.subject}]}
            case (
                "notify"
                | "deliver"
                | "carry_out"
                | "hear"
                | "mediate"
                | "report_up"
                | "ask_review"
                | "ask_reexamination"
            ):
                return {"on": clock.today()}
        return {}

    # --- clocks ----------------------------------------------------------------------------------------------------

    def start(self, name: str, on: date) -> None:
        """Start a clock of the matter's own profile; one of the same name that runs is stopped."""
        if name in RIGHTS.values() and self.kind != Kind.CLAIM:
            return  # the law gives a review on a claim for relief alone (2022 Art 35)
        if name == "notice" and self.casefile.running(name):
            return  # a matter that came back: the petitioner still waits for the first one, and not longer for that
        self.run(name, deadlines.due(profile(self.profile).rule(name, self.kind), on, workdays))

    def run(self, name: str, deadline: Deadline) -> None:
        """A clock runs from now on; one of the same name that ran ends on the day that this begins."""
        self.stop(name, deadline.start_on)
        row = Clock.running(self.id, name, deadline)
        db.session.add(row)
        if self._held:
            self._held.clocks = [*self._held.clocks, row]

    def stop(self, name: str, on: date) -> None:
        """Stop a clock on the day that what it waits for happened, which may be written down later."""
        for row in self.clocks():
            if row.name == name and row.stopped_on is None:
                row.stopped_on = on

    def set_due(self) -> None:
        """The earliest clock that runs for us is next; where none does, it is simply our turn since today."""
        if not self.open:
            self.due_on = self.due_clock = None
            return
        running = [row for row in self.clocks() if row.stopped_on is None and row.name not in TERMS]
        first = min(running, key=lambda row: row.due_on, default=None)
        if first is not None:
            self.due_on, self.due_clock = first.due_on, first.name
        elif self.due_clock is not None or self.due_on is None:
            self.due_on, self.due_clock = clock.today(), None

    def recount(self, calendar: deadlines.Calendar, *, by: int) -> bool:
        """Count the running clocks anew after the calendar changed; whether one of them now ends on another day."""
        told = []
        for row in self.clocks():
            before = row.deadline
            if row.stopped_on is None and (fresh := deadlines.recount(before, calendar)) != before:
                row.now_ends(fresh)
                told.append([row.name, before.due_on.isoformat(), fresh.due_on.isoformat()])
        if told:
            self.set_due()
            self.trace("calendar changed", by=by, clocks=told)
        return any(before != after for _, before, after in told)

    def clock_name(self, row: "Clock") -> Words:
        """What a clock of this matter is called in its profile."""
        return profile(self.profile).clock(row.name, self.kind).name

    # --- what belongs to it ----------------------------------------------------------------------------------------

    def clocks(self) -> Sequence["Clock"]:
        """Its clocks, oldest first."""
        return self.casefile.clocks

    def concerns(self) -> Sequence["Concern"]:
        """Whom and what it is about."""
        return Concern.all_of(self.id)

    def open_parts(self) -> Sequence[Part]:
        """The parts that co-handling units still have to write."""
        return [part for part in self.casefile.parts if part.open]

    def messages(self, *, all_of_them: bool) -> Sequence["Message"]:
        """What was written: everything, or just what passed between petitioner and office."""
        return [each for each in Message.all_of(self.id) if each.to_petitioner or all_of_them]

    def files(self) -> Sequence["Attachment"]:
        """The files that came with it or with a message."""
        return Attachment.all_of(self.id)

    def file_of(self, id: int) -> "Attachment | None":
        """One of its files."""
        return db.session.scalar(select(Attachment).where(Attachment.id == id, Attachment.petition_id == self.id))

    def paper_of(self, id: int, *, inside: bool = False) -> Paper | None:
        """One of its papers; `inside` the office also one that is not for the petitioner."""
        return next((each for each in self.papers(inside=inside) if each.id == id), None)

    def papers(self, *, inside: bool = True) -> Sequence[Paper]:
        """The papers issued, oldest first; `inside` the office also those that are not for the petitioner."""
        return [each for each in self.casefile.papers if inside or each.kind not in INSIDE]

    def parts(self) -> Sequence[Part]:
        """The parts of co-handling units."""
        return self.casefile.parts

    def timeline(self, *, since: int = 0) -> Sequence[Entry]:
        """What happened, oldest first."""
        return entries(self.thread, since=since)

    def steps(self, viewer: Viewer, file: CaseFile | None = None) -> list[Step]:
        """The steps this person may take now: what the table opens, less what has nothing to do or still waits."""
        if self.erased:
            return []
        opened = WORKFLOW.open_to(viewer.role, State(self.state))
        return steps.open_to(self, opened, file or self.casefile, viewer)

    def step(self, action: str, viewer: Viewer) -> Step:
        """The step of that name, if this person may take it now. Raises NotPossible."""
        step = WORKFLOW.take(action, viewer.role, State(self.state))
        if self.erased or not steps.open_to(self, [step], self.casefile, viewer):
            raise NotPossible(action)
        return step

    # --- other letters and other people ----------------------------------------------------------------------------

    def joined(self) -> Sequence["Petition"]:
        """The letters on the same matter that are answered together with this one."""
        return db.session.scalars(select(Petition).where(Petition.merged_into_id == self.id)).all()

    def may_be_answered_by(self, viewer: Viewer) -> bool:
        """Whether none of the letters answered together with this one complains of this person, nor has this person
        withdrawn from it (2022 Art 28, 30): what may not be seen is not answered either."""
        walled = select(Petition.id).where(Petition.merged_into_id == self.id, ~unwalled(viewer))
        return db.session.scalars(walled.limit(1)).first() is None

    def head(self) -> "Petition | None":
        """The letter on the same matter that this one is answered together with."""
        return db.session.get(Petition, self.merged_into_id) if self.merged_into_id else None

    def by_number(self, number: str, viewer: Viewer) -> "Petition | None":
        """Another matter by its docket number, if this person may see it."""
        return db.session.scalar(select(Petition).where(Petition.number == number, seen_by(viewer)))

    @property
    def leads(self) -> bool:
        """Whether other letters are answered together with this one."""
        return bool(self.joined())

    @property
    def speakers(self) -> int:
        """How many representatives beside the writer speak for a joint petition."""
        return cast(int, fetch(db.session(), _SPEAKERS, petition=self.id).scalar_one())

    def represent(self, identity: dict[str, str], receipt: str, *, by: Viewer) -> None:
        """One more who speaks for a joint petition, at most five in all (2022 Art 20). Raises NotPossible."""
        if not self.open or self.speakers + 1 >= MOST_REPRESENTATIVES:
            raise NotPossible("represent")
        row = Representative(petition_id=self.id, receipt_digest=receipts.digest(receipt), identity=identity)
        db.session.add(row)
        self.trace("represented", by=by.id, representative=row.id)

    def readers(self) -> list[User]:
        """The people who may see it now: clerks, leaders, and the handlers of its units; but for whom it is about, and
        who withdrew."""
        units = {self.unit_id, *(part.unit_id for part in Part.all_of(self.id) if part.released_on is None)}
        handlers = and_(User.role == Role.HANDLER, User.unit_id.in_([unit for unit in units if unit]))
        off = select(Recusal.user_id).where(Recusal.petition_id == self.id)
        staff = select(User).options(joinedload(User.unit)).order_by(User.username).where(User.closed_at.is_(None))
        people = staff.where(or_(User.role.in_((Role.CLERK, Role.LEADER)), handlers), User.id.not_in(off))
        about = [(each.person_digest, each.unit_id) for each in self.concerns()]
        return [each for each in db.session.scalars(people) if not wall.names(about, each.name_digest, each.unit.line)]

    # --- papers ----------------------------------------------------------------------------------------------------

    @property
    def addressee(self) -> str:
        """Whom a paper is addressed to, by name; only for the petitioner, or after the identity was opened."""
        return self.identity["name"] if self.identity else ""

    def fields(self) -> dict[str, str]:
        """What a template may be filled in with: nothing of who wrote."""
        return {
            "number": self.number or "",
            "subject": self.subject,
            "place": self.place_name,
            "received": format_date(self.received_on, "long"),
            "unit": self.unit_name or "",
        }

    def _matter(self) -> wording.Matter:
        return wording.Matter(
            number=self.number or "",
            subject=self.subject,
            kind=Kind(self.kind),
            channel=Channel(self.channel),
            received_on=self.received_on,
        )

    def slip(self, receipt: str, address: str) -> Sheets:
        """The receipt slip for the petitioner; it holds the code and is never kept."""
        return wording.slip(
            office=office_name(),
            matter=self._matter(),
            given_on=clock.today(),
            receipt=receipt,
            anonymous=self.anonymous,
            files=len(self.files()),
            notice=next(row.deadline for row in self.clocks() if row.name == "notice"),
            address=address,
        )

    def _issue(self, kind: PaperKind, values: dict[str, Any], by: Viewer) -> "Paper":
        """Write a paper, number it and keep it in both languages."""
        today = clock.today()
        paper = Paper(petition_id=self.id, kind=kind, year=today.year, issued_on=today, issued_by_id=by.id)
        paper.serial = Serial.next(kind, today.year)
        paper.number = f"{settings().OFFICE_MARK}{wording.MARKS[kind]}〔{paper.year}〕{paper.serial}号"
        head = wording.Head(number=paper.number, office=office_name(), issued_on=today)
        paper.sheets = as_json(self._write(kind, head, values))
        db.session.add(paper)
        return paper

    def _write(self, kind: PaperKind, head: wording.Head, values: dict[str, Any]) -> Sheets:
        matter, law = self._matter(), profile(self.profile)
        match kind:
            case PaperKind.ACCEPTANCE:
                return wording.acceptance(head, matter, law, self._running("handling"))
            case PaperKind.DECLINED:
                return wording.declined(head, matter, law, Elsewhere(values["elsewhere"]), values["reason"])
            case PaperKind.FORWARDING:
                return wording.forwarding(head, matter, law, values["organ"], values["reason"])
            case PaperKind.EXTENSION:
                return wording.extension(head, matter, law, self._running("handling"), values["reason"])
            case PaperKind.MEDIATION:
                return wording.mediation(head, matter, law, values["on"], values["text"])
            case PaperKind.SUPERVISION:
                unit, fault = self.unit_name or "", Fault(values["fault"])
                return wording.supervision(head, matter, law, self._running("supervise"), unit, fault, values["text"])
            case PaperKind.REVIEW | PaperKind.REEXAMINATION:
                return wording.verdict(
                    kind,
                    head,
                    matter,
                    law,
                    verdict=Verdict(values["verdict"]),
                    dated=values["dated"],
                    their_number=values["their_number"],
                    words=values["text"],
                    organ=superior(kind is PaperKind.REEXAMINATION),
                    next_organ=superior(True),
                )
            case PaperKind.OPINION:
                draft = self.opinion
                if draft is None or self.outcome is None:
                    raise NotPossible("sign")
                return wording.opinion(
                    head,
                    matter,
                    law,
                    accepted_on=next(row.started_on for row in self.clocks() if row.name == "handling"),
                    items=[wording.Item(**item) for item in draft["items"]],
                    outcome=Outcome(self.outcome),
                    basis=draft["basis"],
                    review_organ=superior(False),
                )

    def _running(self, name: str) -> Deadline:
        """The deadline of a clock that runs."""
        return next(row.deadline for row in reversed(self.clocks()) if row.name == name)


def superior(above: bool) -> Words:
    """The organ one level up, which reviews; or `above` that one, which re-examines (2022 Art 35, 36)."""
    if above:
        return Words(zh=settings().HIGHER_NAME, en=settings().HIGHER_NAME_EN)
    return Words(zh=settings().SUPERIOR_NAME, en=settings().SUPERIOR_NAME_EN)


def office_name() -> Words:
    """This office's name in both languages."""
    return Words(zh=settings().OFFICE_NAME, en=settings().OFFICE_NAME_EN)


@lru_cache(256)
def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The matters this person may see, as a WHERE clause.

    Whoever a matter complains of never sees it (2022 Art 30, 46), in whatever role: the wall is part of every query.
    """
    mine: ColumnElement[bool]
    match viewer.role:
        case Role.CLERK | Role.LEADER:
            mine = true()
        case Role.HANDLER:
            parts = select(Part.petition_id).where(Part.unit_id == viewer.unit_id, Part.released_on.is_(None))
            mine = or_(Petition.unit_id == viewer.unit_id, Petition.id.in_(parts))
        case Role.CONTACT:  # what the same person took down in another role is not theirs
            mine = and_(Petition.filed_by_id == viewer.id, Petition.channel == Channel.ONLINE)
        case _:
            return false()
    return and_(mine, unwalled(viewer))


def unwalled(viewer: Viewer) -> ColumnElement[bool]:
    """The matters that complain neither of this person nor of their unit or a unit above it, and from which this
    person has not withdrawn (2022 Art 28, 30, 46)."""
    complained = wall.not_against(viewer, Concern, Concern.petition_id == Petition.id)
    return and_(complained, steps.not_recused(viewer, Petition.id))


def load(id: int, viewer: Viewer, *, to_move: bool = False) -> Petition | None:
    """The matter, if this person may see it; `to_move` holds its row until the request is settled."""
    if to_move:
        return db.session.scalar(_seen(viewer).with_for_update(of=Petition), {"petition": id})
    return _looked_up(_shown(viewer), id)


@lru_cache(256)
def _seen(viewer: Viewer) -> Select[Petition]:
    return select(Petition).where(Petition.id == bindparam("petition"), seen_by(viewer))


@lru_cache(256)
def _shown(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    beside = _seen(viewer).join(Place, Place.code == Petition.place_code).outerjoin(Town, IN_TOWN)
    other = aliased(Petition)
    return beside.outerjoin(Unit, Unit.id == Petition.unit_id).add_columns(
        FULL_NAME.label("place_name"),
        Unit.name.label("unit_name"),
        exists().where(other.merged_into_id == Petition.id).label("leads"),
        _SPEAKERS.scalar_subquery().label("speakers"),
    )


def by_id(id: int, *, to_change: bool = False) -> Petition | None:
    """The matter of a receipt code; `to_change` holds its row until the request is settled."""
    if to_change:
        return db.session.get(Petition, id, with_for_update=True)
    return _looked_up(_BY_ID, id)


def _looked_up(wanted: Select[*tuple[Any, ...]], id: int) -> Petition | None:
    return next(iter(look(Petition, wanted, petition=id)), None)


_BY_ID = select(Petition).where(Petition.id == bindparam("petition"))
_SPEAKERS = select(func.count(Representative.id)).where(Representative.petition_id == bindparam("petition"))


def fit_for(petition: Petition, choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The units that may handle this matter: never the one complained of, nor a part of it (2022 Art 30)."""
    return wall.fit(db.session(), steps.complained_of(petition), choices)


@dataclass(frozen=True)
class Letter:
    """What a form brings in, checked and cleaned, before it becomes a matter."""

    kind: Kind
    channel: Channel
    place: Place | Spot
    subject: str
    text: str
    identity: dict[str, str] | None
    concerns: Concerns
    files: Sequence[attachments.Cleaned]
    receipt: str
    received_on: date | None = None

    def fingerprint(self) -> bytes:
        """The same for the same letter, different for any other; only ever used under a key."""
        files = [hashlib.sha256(file.data).hexdigest() for file in self.files]
        content = (self.kind, self.channel, self.place.code, self.subject, self.text, self.identity)
        return repr((content, list(self.concerns), files, self.received_on)).encode()
