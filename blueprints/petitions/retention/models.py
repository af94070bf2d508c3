"""What is kept and why, how a matter is erased by two persons, and how a passage is made unreadable.

Erasing and redacting reach every sealed text that belongs to a matter, in whatever room its table stands.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    and_,
    delete,
    exists,
    false,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from blueprints.petitions.casefile.models import Attachment, Belonging, Concern, Copied, Paper, Representative
from blueprints.petitions.docket.domain import ENDED
from blueprints.petitions.docket.models import INDEX, Petition, seen_by, unwalled
from blueprints.petitions.letterbox.models import Submission
from blueprints.petitions.protection.models import Retaliation, told
from blueprints.petitions.retention.domain import REDACTED, WHO, Action, periods
from core import attachments, clock, sheets, vault
from core.check import models
from core.extensions import Base, Id, db, on_commit
from core.periods import removed_words, years_after
from core.record import Entry, Recorded, entries, remove_notes
from core.roles import Role, Viewer
from core.words import Words
from core.workflow import NotPossible


class Keeping(Belonging, Base):
    """Why a closed matter is kept beyond its period, or how it comes to be erased. What led here is in its record."""

    __tablename__ = "keeping"
    __table_args__ = (
        UniqueConstraint("petition_id", name="uq_keeping_petition_id"),
        CheckConstraint("(hold_sealed IS NULL) = (held_on IS NULL)", name="hold"),
        CheckConstraint("(prepared_on IS NULL) = (prepared_by_id IS NULL)", name="prepared"),
        CheckConstraint("(erased_on IS NULL) = (erased_by_id IS NULL)", name="erased"),
        CheckConstraint("erased_on IS NULL OR (held_on IS NULL AND prepared_on IS NOT NULL)", name="erased_by_two"),
        CheckConstraint("erased_by_id IS NULL OR erased_by_id <> prepared_by_id", name="two_persons"),
        Index("ix_keeping_held_on", "held_on", "id"),
        Index("ix_keeping_prepared_on", "prepared_on", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    keep_until: Mapped[date | None]
    held_on: Mapped[date | None]
    held_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id"))
    prepared_on: Mapped[date | None]
    prepared_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id"))
    erased_on: Mapped[date | None]
    erased_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id"))
    hold_sealed: Mapped[bytes | None]

    hold = vault.Sealed[str | None]("hold_sealed")  # why


def keeping_of(petition: Petition) -> Keeping:
    """The row of a matter, made at the first thing that is decided about it."""
    found = db.session.scalar(select(Keeping).where(Keeping.petition_id == petition.id))
    if found is None:
        found = Keeping(petition_id=petition.id)
        db.session.add(found)
    return found


# --- which matters ---------------------------------------------------------------------------------------------------


def ended(today: date) -> ColumnElement[bool]:
    """The closed matters whose period has ended, of which nothing else was decided."""
    over: list[ColumnElement[bool]] = []
    for kind, period in periods().items():
        over.append(and_(Petition.kind == kind, Petition.closed_on <= years_after(today, -period.years)))
    row = aliased(Keeping)
    until = or_(row.held_on.is_not(None), row.prepared_on.is_not(None), row.keep_until >= today)
    decided = exists().where(row.petition_id == Petition.id, until)
    return and_(over_and_done(), or_(*over), ~decided)


def over_and_done() -> ColumnElement[bool]:
    """The closed matters in which nobody waits for an answer."""
    waits = exists().where(Retaliation.petition_id == Petition.id, Retaliation.answer_sealed.is_(None))
    return and_(Petition.state.in_(ENDED), Petition.unread.is_(False), ~waits)


def kept_for(viewer: Viewer) -> ColumnElement[bool]:
    """The matters of whose keeping this person may know: an auditor, by number alone, those that do not name them."""
    if viewer.role == Role.AUDITOR:
        return unwalled(viewer)
    return seen_by(viewer) if viewer.role in (Role.CLERK, Role.LEADER) else false()


def to_review(ids: Iterable[int], viewer: Viewer) -> Sequence[Petition]:
    """Those of these matters whose keeping this person may know of, held until the request is settled."""
    wanted = select(Petition).where(Petition.id.in_(list(ids)), kept_for(viewer)).order_by(Petition.id)
    return db.session.scalars(wanted.with_for_update(of=Petition)).all()


# --- what is decided -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Decision:
    """What is decided about one matter or several: why, and for keeping longer until when."""

    action: Action
    reason: str
    until: date | None = None


def open_to(ids: Iterable[int], action: Action, by: Viewer) -> set[int]:
    """Those of these matters with which this may be done now, by this person."""
    if by.role not in WHO[action]:
        return set()
    wanted = select(Petition.id).outerjoin(Keeping, Keeping.petition_id == Petition.id)
    wanted = wanted.where(Petition.id.in_(list(ids)), kept_for(by), Keeping.erased_on.is_(None))
    match action:
        case Action.KEEP | Action.PREPARE:
            wanted = wanted.where(ended(clock.today()))
        case Action.HOLD:
            wanted = wanted.where(Keeping.held_on.is_(None))
        case Action.RELEASE:
            wanted = wanted.where(Keeping.held_on.is_not(None))
        case Action.WITHDRAW:
            wanted = wanted.where(Keeping.prepared_on.is_not(None))
        case Action.ERASE:  # two persons, and nothing that stops it since it was prepared
            wanted = wanted.where(Keeping.prepared_by_id != by.id, Keeping.held_on.is_(None), over_and_done())
    return set(db.session.scalars(wanted))


def decide(petition: Petition, decision: Decision, *, by: Viewer) -> None:
    """Do it, and write it into the record of the matter. Raises NotPossible."""
    if petition.id not in open_to([petition.id], decision.action, by):
        raise NotPossible(decision.action)
    keeping, today = keeping_of(petition), clock.today()
    match decision.action:
        case Action.KEEP:
            keeping.keep_until = decision.until
            petition.trace("kept", by=by.id, note=decision.reason, until=str(decision.until))
        case Action.HOLD:
            keeping.hold, keeping.held_on, keeping.held_by_id = decision.reason, today, by.id
            keeping.prepared_on = keeping.prepared_by_id = None  # a hold stops what was prepared
            petition.trace("held", by=by.id, note=decision.reason)
        case Action.RELEASE:
            keeping.hold = keeping.held_on = keeping.held_by_id = None
            petition.trace("released", by=by.id, note=decision.reason)
        case Action.PREPARE:
            keeping.prepared_on, keeping.prepared_by_id = today, by.id
            petition.trace("erasure prepared", by=by.id, note=decision.reason)
        case Action.WITHDRAW:
            keeping.prepared_on = keeping.prepared_by_id = None
            petition.trace("erasure withdrawn", by=by.id, note=decision.reason)
        case Action.ERASE:
            keeping.erased_on, keeping.erased_by_id = today, by.id
            _erase(petition, by, decision.reason)


def _erase(petition: Petition, by: Viewer, reason: str) -> None:
    """Take out who wrote and every text and file; number, dates, class, outcome and the record stay.

    The receipt code is forgotten, so that from now on it is answered as one that never was. Files go from the disk
    once the change is kept.
    """
    words = removed_words(clock.today())
    gone = f"{words.zh} {words.en}"
    session = db.session()
    files = petition.files()
    removed = remove_notes(petition.thread)
    INDEX.remove(session, petition.id, petition.words)
    for place in sealed_of(petition):
        if not isinstance(place.row, Attachment | Keeping):
            place.write(_blank(place, gone, words))
    holders: list[Petition | Representative] = [petition, *Representative.all_of(petition.id)]
    for holder in holders:
        holder.receipt_digest = secrets.token_bytes(len(holder.receipt_digest))
    INDEX.put(session, petition.id, petition.words)
    for file in files:
        session.delete(file)
        on_commit(lambda id=file.id: attachments.discard(id))  # type: ignore[misc]
    session.execute(delete(Submission).where(Submission.petition_id == petition.id))
    for notice in told(petition.id):
        notice.text = gone
        notice.person = gone if notice.person_sealed else None
        notice.answer = gone if notice.answer_sealed else None
        notice.trace("erased", by=by.id, notes=remove_notes(notice.thread))
    for copy in copies(petition.id):
        photos = copy.photos()
        for each in _sealed_in(copy):
            each.write(gone)
        for photo in photos:
            session.delete(photo)
            on_commit(lambda id=photo.id: attachments.discard(id))  # type: ignore[misc]
        copy.trace("erased", by=by.id, photos=-len(photos), notes=remove_notes(copy.thread))
    session.flush()
    petition.trace("erased", by=by.id, note=reason, files=-len(files), notes=removed)


def _blank(place: "Place", gone: str, words: Words) -> Any:
    """What stands in a sealed column afterwards."""
    value = place.value
    if isinstance(value, str):
        return gone
    if place.attribute == "identity":
        return {"name": gone, "address": "", "contact": ""}
    if isinstance(place.row, Paper):
        return sheets.as_json(
            {
                lang: replace(sheet, title=words[lang], addressee="", note="", blocks=(sheets.text(words[lang]),))
                for lang, sheet in sheets.from_json(value).items()
            }
        )
    return None


# --- the sealed texts of a matter ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """One sealed value of a matter: the row and the attribute."""

    row: Any
    attribute: str

    @property
    def name(self) -> str:
        """Table and attribute, such as message.text."""
        return f"{self.row.__tablename__}.{self.attribute}"

    @property
    def key(self) -> str:
        """What names it in a form and in the record."""
        return f"{self.name}.{self.row.id}"

    @property
    def value(self) -> Any:
        """The clear value."""
        return getattr(self.row, self.attribute)

    def write(self, value: Any) -> None:
        """Seal another value in its stead."""
        setattr(self.row, self.attribute, value)


def sealed_of(petition: Petition) -> Iterator[Place]:
    """Every sealed value of a matter that is not empty: of its row and of all that belongs to it."""
    rows: list[Any] = [petition]
    for model in models():
        if issubclass(model, Belonging):
            rows += model.all_of(petition.id)
        elif Recorded in model.__mro__ and "petition_id" in model.__table__.columns:
            found = db.session.scalars(select(model).where(model.petition_id == petition.id).order_by(model.id))
            rows += [row for row in found if row.thread == petition.thread]  # a promise, if it was made to this one
    for row in rows:
        yield from _sealed_in(row)


def copies(petition_id: int) -> Iterator[Copied]:
    """What became the matter and tells the same in a record of its own, in whatever room."""
    for model in models():
        if issubclass(model, Copied):
            yield from model.copies_of(petition_id)


def _sealed_in(row: Any) -> Iterator[Place]:
    for attribute, each in vars(type(row)).items():
        if isinstance(each, vault.Sealed) and getattr(row, each.column) is not None:
            yield Place(row, attribute)


# --- redaction -------------------------------------------------------------------------------------------------------

_FIXED = {"issued_on", "number", "kind", "office"}  # of a paper: what is looked up or reckoned with


@dataclass(frozen=True)
class Hit:
    """Where a passage stands in a matter, and how often."""

    key: str
    name: str
    times: int


def hits(petition: Petition, passage: str) -> list[Hit]:
    """Where a passage stands; not in the name and address of who wrote or speaks for it, which nobody learns by trying,
    nor in whom the matter is about."""
    found = [Hit(place.key, place.name, _count(place.value, passage)) for place in _to_redact(petition)]
    for entry in entries(petition.thread):
        if entry.note_sealed is not None:
            found.append(Hit(f"entry.note.{entry.number}", "entry.note", (entry.note or "").count(passage)))
    return [hit for hit in found if hit.times]


def _to_redact(petition: Petition) -> Iterator[Place]:
    for place in sealed_of(petition):
        if place.attribute != "identity" and not isinstance(place.row, Concern | Keeping):
            yield place


def redact(petition: Petition, passage: str, keys: Sequence[str], reason: str, *, by: Viewer) -> int:
    """Make a passage unreadable in these places, for ever; how many times it stood there. A reason or remark of the
    record is removed whole, since an entry cannot be changed. Raises NotPossible where it stands in none of them, or
    the matter was erased."""
    chosen = [hit for hit in hits(petition, passage) if hit.key in keys]
    if not chosen or passage in reason or petition.erased:
        raise NotPossible("redact")
    session, wanted = db.session(), {hit.key for hit in chosen}
    INDEX.remove(session, petition.id, petition.words)
    for place in _to_redact(petition):
        if place.key in wanted:
            place.write(_replaced(place.value, passage))
    INDEX.put(session, petition.id, petition.words)
    removed = remove_notes(petition.thread, _stands_in(passage, wanted))
    times = sum(hit.times for hit in chosen)
    where = [hit.key for hit in chosen]
    _redact_copies(petition.id, passage, by)
    petition.trace("redacted", by=by.id, note=reason, characters=len(passage), times=times, where=where, notes=removed)
    return times


def _redact_copies(petition_id: int, passage: str, by: Viewer) -> None:
    """What is unreadable in a matter is so in what became it, wherever it stands there; whom it is about apart."""
    for copy in copies(petition_id):
        places = [place for row in (copy, *copy.photos()) for place in _sealed_in(row)]
        held = [place for place in places if place.attribute != "person" and passage in place.value]
        times = sum(place.value.count(passage) for place in held)
        for place in held:
            place.write(place.value.replace(passage, REDACTED))
        removed = remove_notes(copy.thread, lambda entry: passage in (entry.note or ""))
        if held or removed:
            copy.trace("redacted", by=by.id, characters=len(passage), times=times, notes=removed)


def _stands_in(passage: str, wanted: set[str]) -> Callable[[Entry], bool]:
    return lambda entry: f"entry.note.{entry.number}" in wanted and passage in (entry.note or "")


def _count(value: Any, passage: str) -> int:
    return sum(text.count(passage) for text in _strings(value))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            if key not in _FIXED:
                yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def _replaced(value: Any, passage: str) -> Any:
    if isinstance(value, str):
        return value.replace(passage, REDACTED)
    if isinstance(value, dict):
        return {key: each if key in _FIXED else _replaced(each, passage) for key, each in value.items()}
    if isinstance(value, list):
        return [_replaced(each, passage) for each in value]
    return value
