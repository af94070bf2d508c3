"""The tables of contact visits and of what was found, the verbs that move them, and who may see them.

What a finding became is written on the finding alone. Whoever it complains of, or whoever the case or the item that it
became complains of, finds no trace of it, not even a number (2022 Art 30, 46).
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    exists,
    false,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Mapped, aliased, joinedload, mapped_column, relationship

from blueprints.accounts import wall
from blueprints.accounts.models import Unit, User, name_digest
from blueprints.pairing.contact_groups.domain import State as GroupState
from blueprints.pairing.contact_groups.models import AROUND_A_STOP, Group, Member, Stop, member_of
from blueprints.pairing.contact_visits.domain import STAFF, VISIT, WORKFLOW, Only, State, VisitState
from blueprints.pairing.needs.models import Need, may_ask_for
from blueprints.petitions.casefile.models import Concern, Copied
from blueprints.petitions.docket.models import Letter
from blueprints.petitions.letterbox import models as letters
from blueprints.petitions.screening.domain import RoundState
from blueprints.petitions.screening.models import Finding as Returned
from blueprints.petitions.screening.models import Item, ItemConcern, Round, rounds_seen_by
from core import attachments, clock, deadlines, sendings, vault, workdays
from core.attachments import Cleaned
from core.deadlines import Deadline
from core.extensions import Base, Id, db, one_of
from core.places import Level, Place
from core.profiles import terms_on
from core.record import Recorded, Thread, ThreadHead
from core.roles import Role, Viewer
from core.workflow import NotPossible, Step

AWAY = ("need_id", "item_id", "petition_id")  # what a finding may have become, by its column


class Visit(ThreadHead, Base):
    """A visit of a group along its route, on a day."""

    __tablename__ = "contact_visit"
    __table_args__ = (
        CheckConstraint(one_of("state", VisitState), name="state"),
        Index("ix_contact_visit_group_id", "group_id", "held_on", "id"),
        Index("ix_contact_visit_held_on", "held_on", "id"),
        Index("ix_contact_visit_state", "state", "held_on", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    group_id: Mapped[int] = mapped_column(Id, ForeignKey("contact_group.id"))
    state: Mapped[str] = mapped_column(String(10))
    held_on: Mapped[date]
    about_sealed: Mapped[bytes | None]

    about = vault.Sealed[str | None]("about_sealed")  # what the group wants to look at

    group: Mapped[Group] = relationship()

    @classmethod
    def plan(cls, group: Group, values: dict[str, Any], *, by: Viewer) -> "Visit":
        """Plan a visit. The caller holds the group's row. Raises NotPossible, "day" where it goes out that day."""
        if not may_plan(group, by):
            raise NotPossible("plan")
        _free(group.id, values["held_on"])
        row = cls(group_id=group.id, state=VISIT.start, held_on=values["held_on"], version=0)
        row.about = values["about"] or None
        db.session.add(row)
        row.trace("planned", by=by.id, group=group.id, stops=len(values["stops"]))
        db.session.flush()  # what follows refers to its row
        row._goes_to(values["stops"])
        return row

    def _goes_to(self, stops: Iterable[Any]) -> None:
        known = {each.id for each in self.group.route()} | {each.id for each in self.stops()}
        if not {int(each) for each in stops} <= known:
            raise NotPossible("stop")
        for row in db.session.scalars(select(VisitStop).where(VisitStop.visit_id == self.id)):
            db.session.delete(row)
        db.session.flush()
        db.session.add_all(VisitStop(visit_id=self.id, stop_id=int(each)) for each in stops)

    def stops(self) -> Sequence[Stop]:
        """Where it goes, in the order of the route."""
        here = select(Stop).join(VisitStop, VisitStop.stop_id == Stop.id).where(VisitStop.visit_id == self.id)
        return db.session.scalars(here.options(*AROUND_A_STOP).order_by(Stop.id)).all()

    def has(self, viewer: Viewer) -> bool:
        """Whether this person acts on it: a member of the group, or a clerk."""
        return viewer.role is Role.CLERK or self.group.has(viewer)

    def steps(self, viewer: Viewer) -> list[Step]:
        """The steps this person may take now."""
        open = VISIT.open_to(viewer.role, VisitState(self.state))
        return [each for each in open if self._may(each, viewer)] if open and self.has(viewer) else []

    def _may(self, step: Step, viewer: Viewer) -> bool:
        match step.only:
            case Only.DAY:
                return self.held_on <= clock.today()
            case Only.ALL_HANDED_ON:  # as far as this person may know: a button that is missing would tell, too
                waits = select(Finding.id).where(Finding.visit_id == self.id, Finding.state == State.FOUND)
                waits = waits.where(unwalled(viewer))
                return db.session.scalar(waits.limit(1)) is None
        return True

    def can(self, action: str, by: Viewer) -> Step:
        """The step, if this person may take it now. Raises NotPossible."""
        step = VISIT.step(action)
        if step not in self.steps(by):
            raise NotPossible(action)
        return step

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Take one step: its effect and its entry. Raises NotPossible."""
        step, noted = self.can(action, by), {}
        if action == "take_down":
            raise NotPossible(action)  # what was found comes in by Finding.take_down
        if action == "change":
            if values["held_on"] != self.held_on:
                _free(self.group_id, values["held_on"])
            noted = {"before": self.held_on.isoformat(), "held_on": values["held_on"].isoformat()}
            self.held_on, self.about = values["held_on"], values["about"] or None
            self._goes_to(values["stops"])
        self.state = step.after(VisitState(self.state))
        self.trace(action, by=by.id, note=values.get("reason") or None, state=self.state, **noted)
        return step


def _free(group: int, day: date) -> None:
    there = (Visit.group_id == group, Visit.held_on == day, Visit.state != VisitState.CANCELLED)
    if db.session.scalar(select(Visit.id).where(*there).limit(1)) is not None:
        raise NotPossible("day")


def may_plan(group: Group, viewer: Viewer) -> bool:
    """Whether this person may plan a visit of the group: a member, or a clerk."""
    here = group.state == GroupState.ACTIVE and viewer.role in STAFF
    return here and (viewer.role is Role.CLERK or group.has(viewer))


class VisitStop(Recorded, Base):
    """A stop of the route that a visit goes to."""

    __tablename__ = "contact_visit_stop"
    __table_args__ = (
        UniqueConstraint("visit_id", "stop_id", name="uq_contact_visit_stop"),
        Index("ix_contact_visit_stop_stop_id", "stop_id", "visit_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    visit_id: Mapped[int] = mapped_column(Id, ForeignKey("contact_visit.id"))
    stop_id: Mapped[int] = mapped_column(Id, ForeignKey("contact_stop.id"))

    @property
    def thread(self) -> Thread:
        """The record of the visit."""
        return Thread("contact_visit", self.visit_id)


# --- what was found ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """What a form says of something found, checked."""

    stop: int
    subject: str
    text: str
    found_on: date
    person: str = ""
    unit: int | None = None
    photos: Sequence[Cleaned] = field(default=())

    def content(self) -> tuple[Any, ...]:
        """The same for the same words; only ever used under a key. The photos are no part of it: a phone that lost the
        answer keeps the words alone, and is asked for the photos again."""
        return (self.stop, self.subject, self.text, self.found_on, self.person, self.unit)


class Finding(Copied, Base):
    """Something a group found, what it became, and when."""

    __tablename__ = "contact_finding"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint("(state = 'need') = (need_id IS NOT NULL)", name="need"),
        CheckConstraint("(state = 'item') = (item_id IS NOT NULL)", name="item"),
        CheckConstraint("(state = 'letter') = (petition_id IS NOT NULL)", name="letter"),
        CheckConstraint("(state = 'remark') = (remark_sealed IS NOT NULL)", name="remark"),
        CheckConstraint("(state = 'found') = (handed_on IS NULL)", name="handed"),
        CheckConstraint("(state = 'found') = (due_on IS NOT NULL)", name="due"),
        Index("ix_contact_finding_visit_id", "visit_id", "id"),
        Index("ix_contact_finding_group_id", "group_id", "id"),
        Index("ix_contact_finding_stop_id", "stop_id"),
        Index("ix_contact_finding_place_code", "place_code", "id"),
        Index("ix_contact_finding_township", "township_code", "id"),
        Index("ix_contact_finding_due", "state", "due_on", "id"),
        *(Index(f"ix_contact_finding_{name}", name) for name in AWAY),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    visit_id: Mapped[int] = mapped_column(Id, ForeignKey("contact_visit.id"))
    form_digest: Mapped[bytes] = mapped_column(unique=True)  # the same form sent twice makes one finding
    group_id: Mapped[int] = mapped_column(Id, ForeignKey("contact_group.id"))
    stop_id: Mapped[int] = mapped_column(Id, ForeignKey("contact_stop.id"))
    place_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    township_code: Mapped[str] = mapped_column(String(12))
    by_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    state: Mapped[str] = mapped_column(String(8))
    found_on: Mapped[date]
    due_on: Mapped[date | None]  # by when it is to be handed on
    handed_on: Mapped[date | None]
    sum: Mapped[dict[str, Any]] = mapped_column(JSON)  # how that day was reckoned
    about_id: Mapped[int | None] = mapped_column(Id, ForeignKey("unit.id"))  # the unit it is about
    need_id: Mapped[int | None] = mapped_column(Id, ForeignKey("need.id"))
    item_id: Mapped[int | None] = mapped_column(Id, ForeignKey("screening_item.id"))
    petition_id: Mapped[int | None] = mapped_column(Id, ForeignKey("petition.id"))
    subject_sealed: Mapped[bytes]
    text_sealed: Mapped[bytes]
    person_sealed: Mapped[bytes | None]
    remark_sealed: Mapped[bytes | None]

    subject = vault.Sealed[str]("subject_sealed")
    text = vault.Sealed[str]("text_sealed")
    person = vault.Sealed[str | None]("person_sealed")  # whom it is about, never who told
    remark = vault.Sealed[str | None]("remark_sealed")  # what was done on the spot

    visit: Mapped[Visit] = relationship()
    group: Mapped[Group] = relationship()
    stop: Mapped[Stop] = relationship()
    place: Mapped[Place] = relationship()
    by: Mapped[User] = relationship()
    about: Mapped[Unit | None] = relationship()

    @classmethod
    def take_down(cls, visit: Visit, seen: Seen, form_key: str, *, by: Viewer) -> bool:
        """Take something down, once however often it is sent; whether it is new. The first one says that the visit
        was held. The caller holds the visit's row. Raises NotPossible."""
        number = sendings.number_of(form_key, ("contact", visit.id, by.id, *seen.content()))
        if not sendings.first(number):
            known = select(cls).where(cls.form_digest == sendings.digest_of(number)).with_for_update(of=cls)
            db.session.scalars(known).one()._add(seen.photos, by)
            return False
        visit.can("take_down", by)
        stop = next((each for each in visit.stops() if each.id == seen.stop), None)
        if stop is None:
            raise NotPossible("stop")
        if not visit.held_on <= seen.found_on <= clock.today():
            raise NotPossible("found_on")
        if visit.state == VisitState.PLANNED:
            visit.move("hold", {}, by=by)
        deadline = deadlines.due(terms_on("contact", seen.found_on).rule("hand_on"), seen.found_on, workdays)
        row = cls(
            form_digest=sendings.digest_of(number),
            visit_id=visit.id,
            group_id=visit.group_id,
            stop_id=stop.id,
            place_code=stop.place_code,
            township_code=stop.place_code[:9],
            by_id=by.id,
            state=WORKFLOW.start,
            found_on=seen.found_on,
            due_on=deadline.due_on,
            handed_on=None,
            sum=deadline.as_json(),
            about_id=seen.unit,
            subject=seen.subject,
            text=seen.text,
            person=seen.person or None,
            remark=None,
            version=0,
        )
        db.session.add(row)
        about = wall.everybody_named(db.session(), [(seen.person, seen.unit)]) if seen.person or seen.unit else []
        row.trace("found", by=by.id, visit=visit.id, photos=len(seen.photos), concerns=len(about))
        db.session.flush()  # what follows refers to its row
        db.session.add_all(FindingConcern.of(row.id, person, unit) for person, unit in about)
        row._keep(seen.photos)
        return True

    def _add(self, photos: Sequence[Cleaned], by: Viewer) -> None:
        """Photos that came with the same words sent again, where the first sending had none."""
        if photos and not self.photos():
            self.trace("photos", by=by.id, photos=len(photos))
            self._keep(photos)

    def _keep(self, photos: Iterable[Cleaned]) -> None:
        for each in photos:
            photo = Photo(finding_id=self.id, kind=each.kind, size=len(each.data))
            photo.name = each.name
            photo.digest = attachments.store(photo.id, each.data)
            db.session.add(photo)

    @property
    def deadline(self) -> Deadline:
        """The day by which it is to be handed on, with its sum."""
        return Deadline.from_json(self.sum)

    @classmethod
    def copies_of(cls, petition_id: int) -> Sequence["Finding"]:
        """Also what became an item of a screening that became the matter."""
        items = select(Item.id).where(Item.petition_id == petition_id)
        wanted = select(cls).where(or_(cls.petition_id == petition_id, cls.item_id.in_(items)))
        return db.session.scalars(wanted.order_by(cls.id)).all()

    def photos(self) -> Sequence["Photo"]:
        """Its photos, oldest first."""
        return db.session.scalars(select(Photo).where(Photo.finding_id == self.id).order_by(Photo.id)).all()

    def pictures(self) -> list[Cleaned]:
        """Its photos with their content, to go along with what it becomes."""
        return [Cleaned(each.name, each.kind, b"".join(attachments.stream(each.id))) for each in self.photos()]

    def photo(self, id: int) -> "Photo | None":
        """One of its photos."""
        return db.session.scalar(select(Photo).where(Photo.id == id, Photo.finding_id == self.id))

    def steps(self, viewer: Viewer) -> list[Step]:
        """The steps this person may take now."""
        open = WORKFLOW.open_to(viewer.role, State(self.state))
        return [each for each in open if self._may(each, viewer)] if open and self.visit.has(viewer) else []

    def _may(self, step: Step, viewer: Viewer) -> bool:
        match step.only:
            case Only.ASKS_FOR_VILLAGE:
                return self.place.level == Level.VILLAGE and may_ask_for(viewer, self.place_code)
            case Only.ROUND:
                return bool(rounds_for(viewer))
        return True

    def become(self, action: str, values: dict[str, Any], *, by: Viewer) -> str | None:
        """It becomes a need, an item, a letter, or is dealt with on the spot; of a letter the number of its sending.

        Raises NotPossible, "would tell" where somebody would see the finding vanish who is complained of.
        """
        step = WORKFLOW.step(action)
        if step not in self.steps(by):
            raise NotPossible(action)
        sending, id = None, None
        match action:
            case "need":
                id = self.need_id = Need.ask(values["asked"], secrets.token_hex(16), by=by).id
            case "item":
                id = self.item_id = self._return(values["round"], values["returned"], by)
            case "letter":
                taken = _WithPhotos(values["letter"], self.pictures())
                sending = letters.send(taken, secrets.token_hex(16), by=by)
                id = self.petition_id = self._letter_of(sending)
            case _:
                self.remark = values["remark"]
        self.state = step.after(State(self.state))
        self.handed_on, self.due_on = clock.today(), None
        noted: dict[str, Any] = {action: id} if id else {}
        self.trace(action, by=by.id, state=self.state, **noted)
        return sending

    def _return(self, round: int, returned: Returned, by: Viewer) -> int:
        row = next((each for each in rounds_for(by) if each.id == round), None)
        if row is None:
            raise NotPossible("item")
        Item.report(row, [returned], secrets.token_hex(16), by=by)
        db.session.flush()
        item = db.session.scalars(select(Item.id).where(Item.by_id == by.id).order_by(Item.id.desc()).limit(1)).one()
        of_item = select(ItemConcern.person_digest, ItemConcern.unit_id).where(ItemConcern.item_id == item)
        self._refuse_to_tell(db.session.execute(of_item))
        return item

    def _letter_of(self, sending: str) -> int:
        letter = letters.sent(sending)
        if letter is None:
            raise NotPossible("letter")
        self._refuse_to_tell((each.person_digest, each.unit_id) for each in letter[0].concerns())
        return letter[0].id

    def _refuse_to_tell(self, concerns: Iterable[Any]) -> None:
        """Somebody whom this complains of and who can read the finding now would see it vanish."""
        about = [(digest, unit) for digest, unit in concerns]
        own = select(FindingConcern.person_digest, FindingConcern.unit_id).where(FindingConcern.finding_id == self.id)
        away = [(digest, unit) for digest, unit in db.session.execute(own)]
        goes = exists().where(Member.user_id == User.id, Member.group_id == self.group_id)
        staff = select(User.name_digest, Unit.line).join(Unit, Unit.id == User.unit_id)
        reads = or_(User.role.in_((Role.CLERK, Role.LEADER)), and_(goes, User.role.in_(STAFF)), User.id == self.by_id)
        here = db.session.execute(staff.where(reads, User.closed_at.is_(None)))
        if any(wall.names(about, digest, line) and not wall.names(away, digest, line) for digest, line in here):
            raise NotPossible("would tell")

    def as_letter(self) -> dict[str, Any]:
        """What the intake form begins with when it becomes a letter; who writes it, the form asks."""
        return {
            "channel": "visit",
            "received_on": clock.today(),
            "subject": self.subject,
            "text": self.text,
            "township": self.township_code,
            "place": self.place_code,
            "person": self.person or "",
            "unit": str(self.about_id or ""),
        }


@dataclass(frozen=True)
class _WithPhotos:
    """A form of a letter whose files are joined by the photos of what was found."""

    form: letters.Sendable
    photos: Sequence[Cleaned]

    def letter(self, receipt: str) -> Letter:
        """The letter, as it is sent."""
        letter = self.form.letter(receipt)
        return replace(letter, files=[*self.photos, *letter.files][: attachments.MOST_FILES])


class OfFinding(Recorded):
    """What belongs to a finding, and changes only together with an entry in its record."""

    finding_id: Mapped[int] = mapped_column(Id, ForeignKey("contact_finding.id"), index=True)

    @property
    def thread(self) -> Thread:
        """The record of the finding."""
        return Thread("contact_finding", self.finding_id)


class FindingConcern(OfFinding, Base):
    """Whom or what a finding is about: that person and the people of that unit are walled off, as with a letter."""

    __tablename__ = "contact_concern"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    unit_id: Mapped[int | None] = mapped_column(Id, ForeignKey("unit.id"), index=True)
    person_digest: Mapped[bytes | None] = mapped_column(index=True)

    @classmethod
    def of(cls, finding: int, person: str, unit: int | None) -> "FindingConcern":
        """A person by name, a unit, or a person of a unit."""
        return cls(finding_id=finding, unit_id=unit, person_digest=name_digest(person) if person else None)


class Photo(OfFinding, attachments.Stored, Base):
    """A photo of what was found; its content lies sealed in the folder of the uploads."""

    __tablename__ = "contact_photo"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(10))
    name_sealed: Mapped[bytes]

    name = vault.Sealed[str]("name_sealed")


# --- who may see what ----------------------------------------------------------------------------------------------


@lru_cache(256)
def visits_seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The visits this person may see: staff all of them, a contact those to the own village."""
    match viewer.role:
        case Role.CONTACT:
            here = and_(VisitStop.stop_id == Stop.id, VisitStop.visit_id == Visit.id)
            return exists().where(here, Stop.place_code == viewer.place_code)
        case role if role in STAFF:
            return true()
    return false()


@lru_cache(256)
def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The findings this person may see: the office all, others those of their groups and what they took down. Whoever a
    finding, or what it became, complains of never sees it."""
    mine: ColumnElement[bool]
    match viewer.role:
        case Role.CLERK | Role.LEADER:
            mine = true()
        case Role.HANDLER:
            mine = or_(member_of(viewer, Finding.group_id), Finding.by_id == viewer.id)
        case _:
            return false()
    return and_(mine, unwalled(viewer))


@lru_cache(256)
def unwalled(viewer: Viewer) -> ColumnElement[bool]:
    """The findings that concern neither this person nor their unit or one above it, nor became what concerns them."""
    item = aliased(Item)
    return and_(
        wall.not_against(viewer, FindingConcern, FindingConcern.finding_id == Finding.id),
        wall.not_against(viewer, Concern, Concern.petition_id == Finding.petition_id),
        wall.not_against(viewer, ItemConcern, ItemConcern.item_id == Finding.item_id),
        wall.not_against(
            viewer,
            Concern,
            Concern.petition_id.in_(select(item.petition_id).where(item.id == Finding.item_id).correlate(Finding)),
        ),
    )


def load_visit(id: int, viewer: Viewer, *, to_move: bool = False) -> Visit | None:
    """The visit, if this person may see it; `to_move` holds its row until the request is settled."""
    wanted = select(Visit).where(Visit.id == id, visits_seen_by(viewer))
    around = joinedload(Visit.group).joinedload(Group.leader)
    return db.session.scalar(wanted.with_for_update(of=Visit) if to_move else wanted.options(around))


def load(id: int, viewer: Viewer, *, to_move: bool = False) -> Finding | None:
    """The finding, if this person may see it; `to_move` holds its row until the request is settled."""
    wanted = select(Finding).where(Finding.id == id, seen_by(viewer))
    around = (
        joinedload(Finding.visit).joinedload(Visit.group),
        joinedload(Finding.stop).options(*AROUND_A_STOP),
        joinedload(Finding.place).joinedload(Place.parent),
        joinedload(Finding.by),
        joinedload(Finding.about),
    )
    return db.session.scalar(wanted.with_for_update(of=Finding) if to_move else wanted.options(*around))


def rounds_for(viewer: Viewer) -> Sequence[Round]:
    """The open rounds of screening to which this person may return something."""
    if viewer.role is not Role.HANDLER:
        return []
    wanted = select(Round).where(Round.state == RoundState.OPEN, rounds_seen_by(viewer))
    return db.session.scalars(wanted.order_by(Round.due_on, Round.id)).all()
