"""The matter itself: its row, the verbs that move it, and who may see it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

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
    or_,
    select,
    text,
    true,
)
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from blueprints.accounts.models import Unit, User, name_digest, named_in
from blueprints.petitions.casefile.domain import PaperKind
from blueprints.petitions.casefile.models import Attachment, Clock, Concern, Message, Paper, Serial, one_of
from blueprints.petitions.docket import papers as wording
from blueprints.petitions.docket.domain import (
    OPEN,
    WITH_UNIT,
    WORKFLOW,
    Channel,
    Elsewhere,
    Kind,
    Outcome,
    Satisfaction,
    State,
)
from core import attachments, clock, deadlines, receipts, search, vault, workdays
from core.extensions import Base, Id, Moment, db
from core.places import Place
from core.profiles import profile
from core.record import Entry, ThreadHead, entries
from core.roles import Role, Viewer
from core.sheets import Sheets, as_json
from core.words import Words
from core.workflow import NotPossible, Step
from settings import settings

INDEX = search.Index("petition_search")
NOTICES = (PaperKind.ACCEPTANCE, PaperKind.DECLINED)


FILTERS = ("place_code", "unit_id", "state", "township_code", "channel", "kind")


def _set(column: str) -> dict[str, Any]:
    """Only rows that have it stand in its index: a letter that comes in has few to be written into."""
    there = text(f"{column} IS NOT NULL")
    return {"sqlite_where": there, "postgresql_where": there} if column in ("unit_id", "filed_by_id") else {}


class Petition(ThreadHead, Base):
    """One matter (信访事项), however it came in."""

    __tablename__ = "petition"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint(one_of("kind", Kind), name="kind"),
        CheckConstraint(one_of("channel", Channel), name="channel"),
        CheckConstraint("(state = 'received') = (number IS NULL)", name="numbered_when_registered"),
        CheckConstraint("(state = 'closed') = (due_on IS NULL)", name="due_while_open"),
        CheckConstraint(f"{one_of('state', WITH_UNIT)} = (unit_id IS NOT NULL) OR state = 'closed'", name="unit"),
        CheckConstraint("outcome IS NULL OR " + one_of("outcome", Outcome), name="outcome"),
        CheckConstraint("anonymous = (identity_sealed IS NULL)", name="identity"),
        # The queue reads by (due_on, id), or by id, under each filter; the last key of a page begins the next.
        Index("ix_petition_due", "due_on", "id"),
        *(Index(f"ix_petition_{column}_due", column, "due_on", "id", **_set(column)) for column in FILTERS),
        *(Index(f"ix_petition_{column}_id", column, "id", **_set(column)) for column in FILTERS),
        Index("ix_petition_filed_by", "filed_by_id", "id", **_set("filed_by_id")),
        Index("ix_petition_unread", "unread", "id"),
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

    @property
    def words(self) -> str:
        """What of it is searched."""
        return f"{self.subject}\n{self.text}"

    @property
    def open(self) -> bool:
        """Whether something still has to happen."""
        return self.state in OPEN

    # --- how it begins ---------------------------------------------------------------------------------------------

    @classmethod
    def file(cls, letter: "Letter", *, by: Viewer | None) -> "Petition":
        """Take in a matter: one transaction for the row, its files, its clock, its index and its first entry."""
        received_on = letter.received_on or clock.today()
        notice = deadlines.due(profile(settings().PROFILE).rule("notice", letter.kind), received_on, workdays)
        petition = cls(
            state=State.RECEIVED,
            kind=letter.kind,
            channel=letter.channel,
            profile=settings().PROFILE,
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
        about = everybody_named(db.session(), letter.concerns)
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
        step = self.step(action, by)
        noted = getattr(self, f"_{action}", self._plain)(values, by) or {}
        self.unread = False
        if step.stop:
            self._stop(step.stop, values.get("on") or clock.today())
        if step.to:
            self.state = step.to
        if step.start:
            self._start(step.start, clock.today())
        if step.paper:
            noted["paper"] = self._issue(PaperKind(step.paper), values, by).id
        self._set_due()
        self.trace(action, by=by.id, note=values.get("reason"), state=self.state, **noted)
        return step

    def _plain(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        return {}

    def _register(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        year = self.received_on.year
        self.number = f"{year}-{Serial.next('docket', year):05d}"
        self.kind = values["kind"]
        return {"number": self.number, "kind": self.kind}

    def _decline(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        return {"elsewhere": values["elsewhere"]}

    def _assign(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        unit = db.session.get_one(Unit, values["unit"])
        if complained_of(self).intersection(unit.line_ids):
            raise NotPossible("assign")  # never to the unit complained of, nor to a part of it (2022 Art 30)
        self.unit_id = unit.id
        return {"unit": unit.id}

    def _answer(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        self.opinion = {key: values[key] for key in ("items", "basis")}
        self.outcome = values["outcome"]
        return {"outcome": self.outcome}

    def _notify(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        return self._delivered("notify", values, by)

    def _deliver(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        return self._delivered("deliver", values, by)

    def awaited(self, action: str) -> "Paper":
        """The paper whose delivery this step records. Raises NotPossible."""
        kinds = NOTICES if action == "notify" else (PaperKind.OPINION,)
        for paper in self.papers():
            if paper.kind in kinds and paper.delivered_on is None:
                return paper
        raise NotPossible(action)

    def _delivered(self, action: str, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        paper = self.awaited(action)
        paper.delivered_on, paper.delivered_how = values["on"], values["how"]
        paper.delivered_by_id = by.id
        paper.proof = values["proof"]
        return {"delivered": paper.id, "on": values["on"].isoformat(), "how": values["how"]}

    def _message(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        return {"message": self.write(values["text"], by=by.id, to_petitioner=True).id}

    def _note(self, values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        return {"message": self.write(values["text"], by=by.id, to_petitioner=False).id}

    def write(self, text: str, *, by: int | None, to_petitioner: bool = True) -> "Message":
        """Add a message between the petitioner (by=None) and the office, or a note inside the office."""
        message = Message(petition_id=self.id, author_id=by, to_petitioner=to_petitioner, at=clock.now(), text=text)
        db.session.add(message)
        db.session.flush()  # its files refer to its row
        return message

    def rate(self, satisfaction: Satisfaction, words: str) -> None:
        """The petitioner says how the handling was; once the answer is there."""
        if self.state not in (State.SIGNED, State.DELIVERED, State.CLOSED) or self.outcome is None:
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
                return {"items": self.opinion["items"], "basis": self.opinion["basis"], "outcome": self.outcome}
            case "answer":
                return {"items": [{"request": self.subject}]}
            case "notify" | "deliver":
                return {"on": clock.today()}
        return {}

    # --- clocks ----------------------------------------------------------------------------------------------------

    def _start(self, name: str, on: date) -> None:
        deadline = deadlines.due(profile(self.profile).rule(name, self.kind), on, workdays)
        db.session.add(Clock.running(self.id, name, deadline))

    def _stop(self, name: str, on: date) -> None:
        """Stop a clock on the day that what it waits for happened, which may be written down later."""
        for row in self.clocks():
            if row.name == name and row.stopped_on is None:
                row.stopped_on = on

    def _set_due(self) -> None:
        """The earliest running clock is what comes next; where none runs, it is simply our turn since today."""
        if not self.open:
            self.due_on = self.due_clock = None
            return
        running = [row for row in self.clocks() if row.stopped_on is None]
        first = min(running, key=lambda row: row.due_on, default=None)
        if first is not None:
            self.due_on, self.due_clock = first.due_on, first.name
        elif self.due_clock is not None or self.due_on is None:
            self.due_on, self.due_clock = clock.today(), None

    def clock_name(self, row: "Clock") -> Words:
        """What a clock of this matter is called in its profile."""
        return profile(self.profile).clock(row.name, self.kind).name

    # --- what belongs to it ----------------------------------------------------------------------------------------

    def clocks(self) -> Sequence["Clock"]:
        """Its clocks, oldest first."""
        return Clock.all_of(self.id)

    def concerns(self) -> Sequence["Concern"]:
        """Whom and what it is about."""
        return Concern.all_of(self.id)

    def messages(self, *, all_of_them: bool) -> Sequence["Message"]:
        """What was written: everything, or just what passed between petitioner and office."""
        return [each for each in Message.all_of(self.id) if each.to_petitioner or all_of_them]

    def files(self) -> Sequence["Attachment"]:
        """The files that came with it or with a message."""
        return Attachment.all_of(self.id)

    def file_of(self, id: int) -> "Attachment | None":
        """One of its files."""
        return db.session.scalar(select(Attachment).where(Attachment.id == id, Attachment.petition_id == self.id))

    def paper_of(self, id: int) -> "Paper | None":
        """One of its papers."""
        return db.session.scalar(select(Paper).where(Paper.id == id, Paper.petition_id == self.id))

    def papers(self) -> Sequence["Paper"]:
        """The papers issued, oldest first."""
        return Paper.all_of(self.id)

    def timeline(self, *, since: int = 0) -> Sequence[Entry]:
        """What happened, oldest first."""
        return entries(self.thread, since=since)

    def steps(self, viewer: Viewer) -> list[Step]:
        """The steps this person may take now: what the table opens, less what has nothing to do or still waits."""
        steps = WORKFLOW.open_to(viewer.role, State(self.state))
        if not any(step.action in ("notify", "close") for step in steps):
            return steps
        waiting = {paper.kind for paper in self.papers() if paper.delivered_on is None}
        shut = {"close"} if waiting else set()  # nothing is closed before every paper has reached the petitioner
        if not waiting & set(NOTICES):
            shut.add("notify")
        return [step for step in steps if step.action not in shut]

    def step(self, action: str, viewer: Viewer) -> Step:
        """The step of that name, if this person may take it now. Raises NotPossible."""
        for step in self.steps(viewer):
            if step.action == action:
                return step
        raise NotPossible(action)

    # --- papers ----------------------------------------------------------------------------------------------------

    @property
    def addressee(self) -> str:
        """Whom a paper is addressed to, by name; only for the petitioner, or after the identity was opened."""
        return self.identity["name"] if self.identity else ""

    def place_name(self) -> str:
        """Township and village."""
        return self.place.full_name

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
        law = profile(self.profile)
        match kind:
            case PaperKind.ACCEPTANCE:
                handling = next(row.deadline for row in self.clocks() if row.name == "handling")
                sheets = wording.acceptance(head, self._matter(), law, handling)
            case PaperKind.DECLINED:
                elsewhere = Elsewhere(values["elsewhere"])
                sheets = wording.declined(head, self._matter(), law, elsewhere, values["reason"])
            case PaperKind.OPINION:
                draft = self.opinion
                if draft is None or self.outcome is None:
                    raise NotPossible("sign")
                sheets = wording.opinion(
                    head,
                    self._matter(),
                    law,
                    accepted_on=next(row.started_on for row in self.clocks() if row.name == "handling"),
                    items=[wording.Item(**item) for item in draft["items"]],
                    outcome=Outcome(self.outcome),
                    basis=draft["basis"],
                    review_organ=Words(zh=settings().SUPERIOR_NAME, en=settings().SUPERIOR_NAME_EN),
                )
        paper.sheets = as_json(sheets)
        db.session.add(paper)
        return paper


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
            mine = Petition.unit_id == viewer.unit_id
        case Role.CONTACT:
            mine = Petition.filed_by_id == viewer.id
        case _:
            return false()
    return and_(mine, unwalled(viewer))


def unwalled(viewer: Viewer) -> ColumnElement[bool]:
    """The matters that complain neither of this person nor of their unit or a unit above it."""
    against = exists().where(
        Concern.petition_id == Petition.id,
        or_(Concern.unit_id.in_(viewer.unit_line), Concern.person_digest == viewer.name_digest),
    )
    return ~against


Concerns = Sequence[tuple[str, int | None]]  # a person as typed, or nobody; a unit's id


def everybody_named(session: Session, concerns: Concerns) -> Concerns:
    """Whom a letter is about, as the petitioner said it, and each person of ours in it by their own name.

    Where no unit was said, theirs is walled too, as of this day: nobody who comes later with the same name hides the
    matter from a whole unit, and nobody who leaves gets to see it. A contact works in a village, not in the unit.
    """
    found = list(concerns)
    for words, unit in concerns:
        for user in named_in(session, words) if words else ():
            elsewhere = unit or user.role == Role.CONTACT or user.closed_at
            found.append((user.name, None if elsewhere else user.unit_id))
    placed = {name for name, unit in found if unit}
    return [(name, unit) for name, unit in dict.fromkeys(found) if unit or name not in placed]


def goes_up(session: Session, concerns: Concerns) -> bool:
    """Whether a letter belongs one level up: it is about this office, a part of it or what is above it, or about those
    who alone could take it in or sign its answer."""
    named = everybody_named(session, concerns)
    about = list(session.scalars(select(Unit.line).where(Unit.id.in_([unit for _, unit in named if unit]))))
    own = session.scalars(select(Unit.line).where(Unit.is_office))
    if any(line.startswith(office) or office.startswith(line) for office in own for line in about):
        return True
    return not enough_left(session, [(name_digest(person) if person else None, unit) for person, unit in named])


def enough_left(session: Session, concerns: Sequence[tuple[bytes | None, int | None]]) -> bool:
    """Whether somebody of each role that a matter needs may see it, though it complains of these people and units."""
    staff = select(User.role, User.name_digest, Unit.line).join(Unit, Unit.id == User.unit_id)
    here = session.execute(staff.where(User.role.in_((Role.CLERK, Role.LEADER)), User.closed_at.is_(None))).all()
    free = {
        role
        for role, digest, line in here
        if not any(person == digest or (unit and f"/{unit}/" in line) for person, unit in concerns)
    }
    return free == {role for role, _, _ in here}


def load(id: int, viewer: Viewer, *, to_move: bool = False) -> Petition | None:
    """The matter, if this person may see it; `to_move` holds its row until the request is settled."""
    return db.session.scalar(_one(viewer, to_move), {"petition": id})


@lru_cache(256)
def _one(viewer: Viewer, to_move: bool) -> Select[Petition]:
    wanted = select(Petition).where(Petition.id == bindparam("petition"), seen_by(viewer))
    around = joinedload(Petition.place).joinedload(Place.parent), joinedload(Petition.unit)
    return wanted.with_for_update(of=Petition) if to_move else wanted.options(*around)


def fit_for(petition: Petition, choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The units that may handle this matter: never the one complained of, nor a part of it (2022 Art 30)."""
    against = complained_of(petition)
    if not against:
        return choices
    lines = db.session.execute(select(Unit.id, Unit.line).where(Unit.id.in_([int(id) for id, _ in choices])))
    walled = {str(id) for id, line in lines if any(f"/{unit}/" in line for unit in against)}
    return [(id, name) for id, name in choices if id not in walled]


def complained_of(petition: Petition) -> set[int]:
    """The units that a matter complains of: those it names, and those of the people it names."""
    concerns = petition.concerns()
    digests = [concern.person_digest for concern in concerns if concern.person_digest]
    units = {concern.unit_id for concern in concerns if concern.unit_id}
    if digests:
        at_work = select(User.unit_id).where(User.name_digest.in_(digests), User.role != Role.CONTACT)
        units.update(db.session.scalars(at_work.where(User.closed_at.is_(None))))
    return units


@dataclass(frozen=True)
class Letter:
    """What a form brings in, checked and cleaned, before it becomes a matter."""

    kind: Kind
    channel: Channel
    place: Place
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
