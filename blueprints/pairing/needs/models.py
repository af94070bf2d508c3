"""The tables of needs, the verbs that move them, and who may see them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
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
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from blueprints.accounts.models import Unit, User
from blueprints.pairing.needs.domain import (
    AT_WORK,
    ENDED,
    MEASURE,
    WORKFLOW,
    Kind,
    MeasureState,
    Moment,
    Only,
    State,
    next_due,
    terms_of,
)
from blueprints.pairing.pairs.models import paired_here, paired_units
from blueprints.petitions.docket.models import Petition
from blueprints.petitions.screening.models import Item
from blueprints.petitions.visits.models import Visit
from core import attachments, clock, deadlines, search, sendings, vault, workdays
from core.attachments import Cleaned
from core.deadlines import Deadline
from core.extensions import Base, Id, db, look, one_of
from core.places import Level, Place
from core.profiles import terms_on
from core.record import Recorded, Thread, ThreadHead, write
from core.roles import Role, Viewer
from core.workflow import NotPossible, Step

MOST_PHOTOS = attachments.MOST_FILES

INDEX = search.Index("need_search")


def _where(words: str) -> dict[str, Any]:
    return dict.fromkeys(("sqlite_where", "postgresql_where"), text(words))


@dataclass(frozen=True)
class Asked:
    """What a form says of a new need, checked."""

    place: str
    kind: Kind
    title: str
    text: str
    wanted_on: date | None
    photos: Sequence[Cleaned] = field(default=())
    source: Any = None  # the Petition, Item or Visit it comes from

    def content(self) -> tuple[Any, ...]:
        """The same for the same words; only ever used under a key. The photos are no part of it: a phone that lost the
        answer keeps the words alone, and is asked for the photos again."""
        return (self.place, self.kind, self.title, self.text, self.wanted_on)


class Need(ThreadHead, Base):
    """Something a village needs, and where it stands."""

    __tablename__ = "need"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint(one_of("kind", Kind), name="kind"),
        CheckConstraint(f"{one_of('state', ENDED)} = (ended_on IS NOT NULL)", name="ended"),
        CheckConstraint(
            "state NOT IN ('planned', 'under_way', 'reported', 'confirmed') OR unit_id IS NOT NULL", name="unit"
        ),
        CheckConstraint("state <> 'confirmed' OR confirmed_on IS NOT NULL", name="confirmed"),
        Index("ix_need_place_code_id", "place_code", "id"),
        Index("ix_need_unit_id_id", "unit_id", "id", **_where("unit_id IS NOT NULL")),
        Index("ix_need_township_code_id", "township_code", "id"),
        Index("ix_need_kind_id", "kind", "id"),
        Index("ix_need_state_due", "state", "due_on", "id"),
        Index("ix_need_raised_on", "raised_on"),
        Index("ix_need_confirmed_on", "confirmed_on", **_where("confirmed_on IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    form_digest: Mapped[bytes] = mapped_column(unique=True)  # the same form sent twice makes one need
    state: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(12))
    terms: Mapped[str] = mapped_column(String(20))  # the clocks it began with, and keeps
    place_code: Mapped[str] = mapped_column(String(12), ForeignKey("place.code"))
    township_code: Mapped[str] = mapped_column(String(12))
    unit_id: Mapped[int | None] = mapped_column(Id, ForeignKey("unit.id"))  # the unit that answers it
    raised_by_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    raised_on: Mapped[date]
    wanted_on: Mapped[date | None]
    answered_on: Mapped[date | None]
    reported_on: Mapped[date | None]
    confirmed_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    due_on: Mapped[date | None]  # what has to happen next, by when
    title_sealed: Mapped[bytes]
    text_sealed: Mapped[bytes]

    title = vault.Sealed[str]("title_sealed")
    text = vault.Sealed[str]("text_sealed")

    place: Mapped[Place] = relationship()
    unit: Mapped[Unit | None] = relationship()
    raised_by: Mapped[User] = relationship()

    @property
    def words(self) -> str:
        """What a search looks through: what the village said, and nothing of where it comes from."""
        return f"{self.title}\n{self.text}"

    # --- how it begins ---------------------------------------------------------------------------------------------

    @classmethod
    def ask(cls, asked: Asked, form_key: str, *, by: Viewer) -> "Need":
        """Raise a need; the same form sent twice finds the one that is there. Raises NotPossible."""
        number = sendings.number_of(form_key, ("need", by.id, *asked.content()))
        digest = sendings.digest_of(number)
        if not sendings.first(number):
            known = db.session.scalars(select(cls).where(cls.form_digest == digest).with_for_update(of=cls)).one()
            known._add(asked.photos, by)
            return known
        village = db.session.get(Place, asked.place)
        if village is None or village.level != Level.VILLAGE or not may_ask_for(by, village.code):
            raise NotPossible("raise")
        units = paired_units(village.code)
        today = clock.today()
        row = cls(
            form_digest=digest,
            state=State.RAISED,
            kind=asked.kind,
            terms=terms_on("needs", today).id,
            place_code=village.code,
            township_code=village.code[:9],
            unit_id=units[0] if len(units) == 1 else None,
            raised_by_id=by.id,
            raised_on=today,
            wanted_on=asked.wanted_on,
            title=asked.title,
            text=asked.text,
            version=0,
        )
        db.session.add(row)
        action = "raised" if by.role is Role.CONTACT else "noted"
        row.trace(action, by=by.id, kind=row.kind, photos=len(asked.photos), unit=row.unit_id)
        db.session.flush()  # what follows refers to its row
        INDEX.put(db.session(), row.id, row.words)
        row._start("answer")
        row._keep(asked.photos, Moment.NEED)
        if asked.source is not None:
            Origin.tie(row, asked.source, by=by)
        return row

    def _add(self, photos: Sequence[Cleaned], by: Viewer) -> None:
        """Photos that came with the same words sent again, where the first sending had none."""
        there = select(Photo.id).where(Photo.need_id == self.id, Photo.moment == Moment.NEED).limit(1)
        if photos and db.session.scalar(there) is None:
            self.trace("photos", by=by.id, photos=len(photos))
            self._keep(photos, Moment.NEED)

    def _keep(self, photos: Iterable[Cleaned], moment: Moment, progress: "Progress | None" = None) -> None:
        for each in photos:
            photo = Photo(need_id=self.id, moment=moment, kind=each.kind, added_on=clock.today(), size=len(each.data))
            photo.progress_id = progress.id if progress else None
            photo.name = each.name
            photo.digest = attachments.store(photo.id, each.data)
            db.session.add(photo)

    # --- how it moves ----------------------------------------------------------------------------------------------

    def steps(self, viewer: Viewer) -> list[Step]:
        """The steps this person may take now."""
        return [each for each in WORKFLOW.open_to(viewer.role, State(self.state)) if self._may(each, viewer)]

    def _may(self, step: Step, viewer: Viewer) -> bool:
        match step.only:
            case Only.OWN_UNIT:
                return self.is_for(viewer)
            case Only.NO_UNIT:
                return self.unit_id is None
            case Only.OWN_VILLAGE:
                return viewer.role is not Role.CONTACT or viewer.place_code == self.place_code
            case Only.ALL_DONE:
                states = {each.state for each in self.measures()}
                return self.is_for(viewer) and MeasureState.OPEN not in states and MeasureState.DONE in states
            case Only.SILENT:
                return self.due_on is not None and self.due_on < clock.today()
        return True

    def is_for(self, viewer: Viewer) -> bool:
        """Whether this person acts for the unit that answers it; while none does, for one paired with the village."""
        if viewer.role is Role.CONTACT:
            return False
        if self.unit_id is not None:
            return viewer.unit_id == self.unit_id
        return viewer.unit_id in paired_units(self.place_code)

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Take one step: its effect, its clocks, its entry. Raises NotPossible."""
        step = WORKFLOW.step(action)
        if step not in self.steps(by):
            raise NotPossible(action)
        today = clock.today()
        noted: dict[str, Any] = {}
        match action:
            case "give":
                noted = {"before": self.unit_id, "unit": int(values["unit"])}
                self.unit_id = int(values["unit"])
            case "plan" | "measure":
                self.unit_id = self.unit_id or by.unit_id
                self.answered_on = self.answered_on or today
                noted = {"measure": Measure.add(self, values).id}
            case "report":
                self.reported_on = today
            case "confirm":
                self.confirmed_on = today
            case "again":
                self.answered_on = None
            case "decline" | "refuse":
                self.answered_on = self.answered_on or today
        if proof := values.get("proof"):  # what a clerk wrote down came on paper
            noted["paper"] = True
        self.state = step.after(State(self.state))
        self.ended_on = today if self.state in ENDED else None
        self._run(step)
        said = " · ".join(filter(None, (values.get("reason"), proof))) or None
        self.trace(action, by=by.id, note=said, state=self.state, **noted)
        if photos := values.get("photos"):
            self._keep(photos, Moment.BEFORE if action == "object" else Moment.AFTER)
        return step

    # --- clocks ----------------------------------------------------------------------------------------------------

    def _start(self, name: str) -> None:
        deadline = deadlines.due(terms_of(self.terms).rule(name), clock.today(), workdays)
        db.session.add(
            NeedClock(
                need_id=self.id,
                name=name,
                started_on=deadline.start_on,
                due_on=deadline.due_on,
                sum=deadline.as_json(),
            )
        )
        self.due_on = deadline.due_on

    def _run(self, step: Step) -> None:
        if step.stop and (running := self.running()) is not None and running.name == step.stop:
            running.stopped_on = clock.today()
        if step.start:
            self._start(step.start)
        elif self.state in ENDED:
            self.due_on = None
        else:
            self.reckon()

    def reckon(self) -> None:
        """While the unit is at work, what is due next is the first of its measures."""
        if self.state in AT_WORK:
            db.session.flush()
            self.due_on = next_due(each.due_on for each in self.measures() if each.state == MeasureState.OPEN)

    def clocks(self) -> Sequence["NeedClock"]:
        """Its clocks, oldest first."""
        return db.session.scalars(select(NeedClock).where(NeedClock.need_id == self.id).order_by(NeedClock.id)).all()

    def running(self) -> "NeedClock | None":
        """The clock that runs."""
        return next((each for each in self.clocks() if each.stopped_on is None), None)

    # --- its parts -------------------------------------------------------------------------------------------------

    def measures(self) -> Sequence["Measure"]:
        """Its measures, oldest first."""
        wanted = select(Measure).where(Measure.need_id == self.id).options(joinedload(Measure.owner))
        return db.session.scalars(wanted.order_by(Measure.id)).all()

    def measure(self, id: int) -> "Measure | None":
        """One of its measures."""
        return db.session.scalar(select(Measure).where(Measure.id == id, Measure.need_id == self.id))

    def photo(self, id: int) -> "Photo | None":
        """One of its photos."""
        return db.session.scalar(select(Photo).where(Photo.id == id, Photo.need_id == self.id))


class OfNeed(Recorded):
    """What belongs to a need, and changes only together with an entry in its record."""

    need_id: Mapped[int] = mapped_column(Id, ForeignKey("need.id"), index=True)

    @property
    def thread(self) -> Thread:
        """The record of the need."""
        return Thread("need", self.need_id)


class NeedClock(OfNeed, Base):
    """One clock of a need; `sum` is how its date was reckoned."""

    __tablename__ = "need_clock"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(12))
    started_on: Mapped[date]
    due_on: Mapped[date]
    stopped_on: Mapped[date | None]
    sum: Mapped[dict[str, Any]] = mapped_column(JSON)

    @property
    def deadline(self) -> Deadline:
        """The deadline that can show its own sum."""
        return Deadline.from_json(self.sum)


class Measure(OfNeed, Base):
    """What a unit does about a need (帮扶措施): owner, budget line, due date, money planned and spent."""

    __tablename__ = "need_measure"
    __table_args__ = (
        CheckConstraint(one_of("state", MeasureState), name="state"),
        CheckConstraint("(state = 'done') = (done_on IS NOT NULL)", name="done"),
        CheckConstraint("planned_fen >= 0 AND spent_fen >= 0", name="money"),
        Index("ix_need_measure_owner_id", "owner_id"),
        Index("ix_need_measure_due_on", "due_on"),
        Index("ix_need_measure_open", "due_on", **_where("state = 'open'")),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(8))
    owner_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    planned_fen: Mapped[int] = mapped_column(BigInteger)
    spent_fen: Mapped[int] = mapped_column(BigInteger)
    text_sealed: Mapped[bytes]
    budget_sealed: Mapped[bytes | None]

    text = vault.Sealed[str]("text_sealed")
    budget = vault.Sealed[str | None]("budget_sealed")  # the budget line that pays for it

    owner: Mapped[User] = relationship()
    need: Mapped[Need] = relationship()

    @classmethod
    def add(cls, need: Need, values: dict[str, Any]) -> "Measure":
        """Plan a measure. Raises NotPossible where its owner does not work in the unit."""
        row = cls(need_id=need.id, state=MeasureState.OPEN, spent_fen=0)
        row._describe(values, need)
        db.session.add(row)
        return row

    def _describe(self, values: dict[str, Any], need: Need) -> None:
        owner = int(values["owner"])
        if owner != self.owner_id and not works(owner, need.unit_id):
            raise NotPossible("owner")
        self.text, self.budget = values["text"], values["budget"] or None
        self.owner_id, self.due_on = owner, values["due_on"]
        self.planned_fen = values["planned"] or 0

    def as_planned(self) -> dict[str, Any]:
        """What the form of a change begins with."""
        words = {"text": self.text, "budget": self.budget, "planned": self.planned_fen}
        return {**words, "owner": str(self.owner_id), "due_on": self.due_on}

    @property
    def late(self) -> bool:
        """Whether it is still open after its last day."""
        return self.state == MeasureState.OPEN and self.due_on < clock.today()

    def steps(self, viewer: Viewer) -> list[Step]:
        """The steps this person may take now: while the need is at work, those of its unit."""
        if self.need.state not in AT_WORK or not self.need.is_for(viewer):
            return []
        return MEASURE.open_to(viewer.role, MeasureState(self.state))

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Take a step. The first progress of all says that work has begun. Raises NotPossible."""
        step, need = MEASURE.step(action), self.need
        if step not in self.steps(by):
            raise NotPossible(action)
        noted: dict[str, Any] = {"measure": self.id}
        if action in ("progress", "done"):
            if need.state == State.PLANNED:
                need.move("begin", {}, by=by)
            progress = Progress(need_id=need.id, measure_id=self.id, by_id=by.id, made_on=clock.today())
            progress.text, progress.spent_fen = values["text"], values["spent"] or 0
            db.session.add(progress)
            db.session.flush()  # the photos refer to its row
            self.spent_fen += progress.spent_fen
            need._keep(values.get("before") or (), Moment.BEFORE, progress)
            need._keep(values.get("after") or (), Moment.AFTER, progress)
            noted["progress"] = progress.id
        if action == "change":
            noted |= {"before": self.due_on.isoformat(), "due_on": values["due_on"].isoformat()}
            noted |= {"planned_before": self.planned_fen, "planned": values["planned"] or 0}
            self._describe(values, need)
        self.state = step.after(MeasureState(self.state))
        self.done_on = clock.today() if self.state == MeasureState.DONE else None
        need.reckon()
        note = values.get("reason") or None
        need.trace(f"measure {action}", by=by.id, note=note, measure_state=self.state, **noted)
        return step


class Progress(OfNeed, Base):
    """What was done on a measure by a day, what it cost; its photos show before and after."""

    __tablename__ = "need_progress"
    __table_args__ = (
        CheckConstraint("spent_fen >= 0", name="money"),
        Index("ix_need_progress_made_on", "made_on"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    measure_id: Mapped[int] = mapped_column(Id, ForeignKey("need_measure.id"), index=True)
    by_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    made_on: Mapped[date]
    spent_fen: Mapped[int] = mapped_column(BigInteger)
    text_sealed: Mapped[bytes]

    text = vault.Sealed[str]("text_sealed")


class Photo(OfNeed, attachments.Stored, Base):
    """A photo of a need or of the work on it; its content lies sealed in the folder of the uploads."""

    __tablename__ = "need_photo"
    __table_args__ = (CheckConstraint(one_of("moment", Moment), name="moment"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    progress_id: Mapped[int | None] = mapped_column(Id, ForeignKey("need_progress.id"), index=True)
    moment: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(10))
    added_on: Mapped[date]
    name_sealed: Mapped[bytes]

    name = vault.Sealed[str]("name_sealed")


class Origin(Recorded, Base):
    """Where a need comes from: a letter, a screening item or a down-visit. It stands in the record of that matter."""

    __tablename__ = "need_origin"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN petition_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN item_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN visit_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one",
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    need_id: Mapped[int] = mapped_column(Id, ForeignKey("need.id"), index=True)
    petition_id: Mapped[int | None] = mapped_column(Id, ForeignKey("petition.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(Id, ForeignKey("screening_item.id"), index=True)
    visit_id: Mapped[int | None] = mapped_column(Id, ForeignKey("visit.id"), index=True)

    @property
    def thread(self) -> Thread:
        """The record of the matter it comes from."""
        if self.petition_id:
            return Thread("petition", self.petition_id)
        return Thread("screening_item", self.item_id) if self.item_id else Thread("visit", self.visit_id or 0)

    @classmethod
    def tie(cls, need: Need, source: Petition | Item | Visit, *, by: Viewer) -> None:
        """Write into the record of the matter that this need was raised from it."""
        row = cls(need_id=need.id, petition_id=None, item_id=None, visit_id=None)
        match source:
            case Petition():
                row.petition_id = source.id
            case Item():
                row.item_id = source.id
            case _:
                row.visit_id = source.id
        db.session.add(row)
        source.trace("need raised", by=by.id, need=need.id)


# --- who may see, who may ask --------------------------------------------------------------------------------------


@lru_cache(256)
def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The needs this person may see, as a WHERE clause: all to the office; a unit those it answers, and those that no
    unit answers yet of a village it is paired with; a contact those of the own village."""
    match viewer.role:
        case Role.CLERK | Role.LEADER:
            return true()
        case Role.HANDLER:
            unanswered = and_(Need.unit_id.is_(None), paired_here(viewer, Need.place_code))
            return or_(Need.unit_id == viewer.unit_id, unanswered)
        case Role.CONTACT:
            return Need.place_code == viewer.place_code
        case _:
            return false()


def load(id: int, viewer: Viewer, *, to_move: bool = False) -> Need | None:
    """The need, if this person may see it; `to_move` holds its row until the request is settled."""
    wanted = select(Need).where(Need.id == id, seen_by(viewer))
    around = (joinedload(Need.place).joinedload(Place.parent), joinedload(Need.unit), joinedload(Need.raised_by))
    return db.session.scalar(wanted.with_for_update(of=Need) if to_move else wanted.options(*around))


def may_ask_for(viewer: Viewer, village: str) -> bool:
    """Whether this person may raise a need of that village: its contact, the office, a unit paired with it."""
    match viewer.role:
        case Role.CONTACT:
            return viewer.place_code == village
        case Role.CLERK | Role.LEADER:
            return True
        case Role.HANDLER:
            return viewer.unit_id in paired_units(village)
    return False


def villages_to_ask_for(viewer: Viewer) -> list[tuple[str, str]]:
    """The villages (code, name with township) a unit may note a need of; the office chooses from all of them."""
    wanted = select(Place).where(Place.level == Level.VILLAGE, paired_here(viewer, Place.code))
    rows = db.session.scalars(wanted.options(joinedload(Place.parent)).order_by(Place.code))
    return [(each.code, each.full_name) for each in rows]


def own_village(viewer: Viewer) -> Place | None:
    """The village that a contact asks for."""
    return db.session.get(Place, viewer.place_code) if viewer.role is Role.CONTACT else None


def complains(source: Any) -> bool:
    """Whether a need would come from a letter that complains of somebody, who may read the need."""
    # By its table: where a request only reads, a letter is a copy of its row.
    return source is not None and source.__tablename__ == Petition.__tablename__ and bool(source.concerns())


def works(user: int, unit: int | None) -> bool:
    """Whether this person may own a measure of that unit."""
    here = (User.id == user, User.unit_id == unit, User.closed_at.is_(None), User.role != Role.CONTACT)
    return db.session.scalar(select(User.id).where(*here)) is not None


def needs_of(matter: str, id: int, viewer: Viewer) -> Sequence[Need]:
    """The needs raised from a `petition`, `item` or `visit`, as far as this person may see them; the matter itself they
    may see already."""
    return look(Need, raised_from(matter, viewer), **{matter: id})


@lru_cache(256)
def raised_from(matter: str, viewer: Viewer) -> Select[Need]:
    """What finds them, for a matter by its sort."""
    tied = exists().where(Origin.need_id == Need.id, getattr(Origin, f"{matter}_id") == bindparam(matter))
    return select(Need).where(tied, seen_by(viewer)).order_by(Need.id)


def note_taken(viewer: Viewer, rows: int, asked: dict[str, str]) -> None:
    """Write down that somebody took a list along: how many needs, under which filter; never the words of a search."""
    narrowed = {name: word for name, word in asked.items() if name != "q"}
    thread = Thread("needs_list", viewer.id)
    write(thread, "taken along", by=viewer.id, rows=rows, searched="q" in asked, filter=narrowed)
