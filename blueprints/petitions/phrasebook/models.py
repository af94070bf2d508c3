"""Templates: written, changed and retired, each time with an entry that keeps the words."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, ForeignKey, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from blueprints.accounts.models import Unit, User
from blueprints.petitions.phrasebook.domain import EVENT_LABELS, filled
from core import clock, vault
from core.extensions import Base, Id, Moment, db
from core.record import ThreadHead, entries
from core.roles import Role, Viewer
from core.workflow import NotPossible

ANSWER, MESSAGE = ("facts", "opinion", "basis"), ("text",)


class Phrase(ThreadHead, Base):
    """A template: of the whole office, or of one unit."""

    __tablename__ = "phrase"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    unit_id: Mapped[int | None] = mapped_column(Id, ForeignKey("unit.id"), index=True)  # none: of the office
    held_sealed: Mapped[bytes]
    retired_at: Mapped[datetime | None] = mapped_column(Moment)

    held = vault.Sealed[dict[str, str]]("held_sealed")  # name, facts, opinion, basis, text
    unit: Mapped[Unit | None] = relationship(lazy="joined")

    @classmethod
    def write(cls, held: dict[str, str], *, by: Viewer) -> "Phrase":
        """A new one: a handler's belongs to the unit, everybody else's to the office."""
        phrase = cls(unit_id=by.unit_id if by.role == Role.HANDLER else None, held=held, version=0)
        db.session.add(phrase)
        phrase.trace("written", by=by.id, note=_as_note(held))
        return phrase

    def change(self, held: dict[str, str], *, by: Viewer) -> None:
        """Other words from now on; what was put into an answer before stays. Raises NotPossible."""
        if self.retired_at is not None:
            raise NotPossible("retired")
        self.held = held
        self.trace("changed", by=by.id, note=_as_note(held))

    def retire(self, *, by: Viewer) -> None:
        """No longer offered. Raises NotPossible."""
        if self.retired_at is not None:
            raise NotPossible("retired")
        self.retired_at = clock.now()
        self.trace("retired", by=by.id)

    @property
    def name(self) -> str:
        """What it is called."""
        return self.held["name"]

    def filled(self, values: Mapping[str, str]) -> dict[str, str]:
        """Its texts for one matter."""
        return {part: filled(self.held.get(part, ""), values) for part in (*ANSWER, *MESSAGE)}


def _as_note(held: dict[str, str]) -> str:
    return json.dumps(held, ensure_ascii=False)


def kept_by(viewer: Viewer) -> ColumnElement[bool]:
    """The templates that this person may change: a handler the unit's, clerks and leaders the office's."""
    return Phrase.unit_id == viewer.unit_id if viewer.role == Role.HANDLER else Phrase.unit_id.is_(None)


def listed(viewer: Viewer) -> Sequence[Phrase]:
    """Those that this person may use, by age, the office's first."""
    mine = or_(Phrase.unit_id.is_(None), Phrase.unit_id == viewer.unit_id)
    rows = db.session.scalars(select(Phrase).where(mine, Phrase.retired_at.is_(None)).order_by(Phrase.id)).all()
    return sorted(rows, key=lambda each: (each.unit_id is not None, each.id))


def offered(viewer: Viewer, asks: str | None) -> list[tuple[int, str]]:
    """The templates with words for an answer or for a message, as choices."""
    parts = {"answer": ANSWER, "message": MESSAGE}.get(asks or "", ())
    rows = listed(viewer) if parts else ()
    return [(each.id, each.name) for each in rows if any(each.held.get(part) for part in parts)]


def usable(viewer: Viewer, id: str) -> Phrase | None:
    """One of those, as a form names it."""
    if not (id.isascii() and id.isdigit() and len(id) <= 18):
        return None
    return next((each for each in listed(viewer) if each.id == int(id)), None)


def to_keep(viewer: Viewer, id: int, *, to_change: bool = False) -> Phrase | None:
    """One that this person may change; `to_change` holds the row."""
    wanted = select(Phrase).where(Phrase.id == id, kept_by(viewer))
    return db.session.scalar(wanted.with_for_update(of=Phrase) if to_change else wanted)


class Version(NamedTuple):
    """One entry of a template's record: what happened, when, by whom, and its words from then on."""

    title: str
    at: datetime
    by: str
    text: str


def versions(phrase: Phrase) -> list[Version]:
    """What happened to a template, oldest first, with the words of each time."""
    found = entries(phrase.thread)
    rows = select(User.id, User.name).where(User.id.in_({entry.actor_id for entry in found}))
    names = {row.id: row.name for row in db.session.execute(rows)}

    def words(note: str | None) -> str:
        return "\n".join(word for word in json.loads(note or "{}").values() if word)

    return [
        Version(str(EVENT_LABELS[each.action]), each.at, names.get(each.actor_id or 0, ""), words(each.note))
        for each in found
    ]
