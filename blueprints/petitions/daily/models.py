"""Saved filters, the daily digest, a step for many at once, and lists that are taken along."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import ForeignKey, Select, UniqueConstraint, bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from blueprints.petitions.docket.models import Petition, seen_by
from blueprints.petitions.docket.queries import Filter, Line, queue
from core import clock, vault
from core.extensions import Base, Id, Moment, db, look, reading
from core.record import Thread, write
from core.roles import Viewer
from core.workflow import NotPossible

MOST_FILTERS = 20
MOST_TAKEN = 5000
SOON = timedelta(days=7)


class SavedFilter(Base):
    """A filter of the queue under a name of its owner's; both sealed, since a search may be for a name."""

    __tablename__ = "saved_filter"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), index=True)
    held_sealed: Mapped[bytes]

    held = vault.Sealed[dict[str, str]]("held_sealed")  # name; asked: the filter as it stands in an address

    @property
    def name(self) -> str:
        """What its owner calls it."""
        return self.held["name"]

    @property
    def asked(self) -> str:
        """The filter as it stands in an address."""
        return self.held["asked"]


def saved_filters(viewer: Viewer) -> Sequence[SavedFilter]:
    """This person's filters, in the order in which they were saved."""
    return look(SavedFilter, _FILTERS, user=viewer.id)


_FILTERS = select(SavedFilter).where(SavedFilter.user_id == bindparam("user")).order_by(SavedFilter.id)


def save_filter(viewer: Viewer, name: str, asked: str) -> None:
    """Keep a filter; one of the same name gives way. Raises NotPossible where there are too many."""
    here = saved_filters(viewer)
    same = next((each for each in here if each.name == name), None)
    if same is None and len(here) >= MOST_FILTERS:
        raise NotPossible("too many")
    row = same or SavedFilter(user_id=viewer.id)
    row.held = {"name": name, "asked": asked}
    db.session.add(row)


def forget_filter(viewer: Viewer, id: int) -> None:
    """Delete one of this person's filters; nothing happens if it is gone."""
    row = db.session.scalar(select(SavedFilter).where(SavedFilter.id == id, SavedFilter.user_id == viewer.id))
    if row is not None:
        db.session.delete(row)


# --- the daily digest ----------------------------------------------------------------------------------------------


class DigestAddress(Base):
    """Where somebody wants the daily digest sent to."""

    __tablename__ = "digest_address"
    __table_args__ = (UniqueConstraint("user_id", name="uq_digest_address_user_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    address_sealed: Mapped[bytes]

    address = vault.Sealed[str]("address_sealed")


class Digest(Base):
    """The digest of one person on one day: how much is late, how much is due soon."""

    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("user_id", "day_on", name="uq_digest_user_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    day_on: Mapped[date]
    made_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)  # by mail
    late: Mapped[int]
    soon: Mapped[int]


class Due(NamedTuple):
    """A matter as a digest tells of it: its number and its last day, nothing else."""

    number: str | None
    due_on: date


def due_for(viewer: Viewer) -> list[Due]:
    """What is late or due within a week for this person, the most urgent first."""
    wanted = (
        select(Petition.number, Petition.due_on)
        .where(seen_by(viewer), Petition.due_clock.is_not(None), Petition.due_on <= clock.today() + SOON)
        .order_by(Petition.due_on, Petition.id)
    )
    return [Due(number, due_on) for number, due_on in db.session.execute(wanted) if due_on]


def digest_of(viewer: Viewer) -> Digest | None:
    """Today's digest of this person."""
    return next(iter(look(Digest, todays(viewer))), None)


def todays(viewer: Viewer) -> Select[Digest]:
    """What finds it."""
    return _made_on(viewer.id, clock.today())


@lru_cache(256)
def _made_on(user: int, day: date) -> Select[Digest]:
    return select(Digest).where(Digest.user_id == user, Digest.day_on == day)


def make_digest(viewer: Viewer) -> tuple[Digest, list[Due]] | None:
    """Today's digest, made once a day; None where nothing is due."""
    due = due_for(viewer)
    kept = digest_of(viewer)
    if kept is None:
        if not due:
            return None
        late = sum(each.due_on < clock.today() for each in due)
        kept = Digest(user_id=viewer.id, day_on=clock.today(), made_at=clock.now(), late=late, soon=len(due) - late)
        db.session.add(kept)
    return kept, due


def address_of(viewer: Viewer) -> str:
    """Where this person wants the digest sent to; nothing where they did not say."""
    row = db.session.scalar(select(DigestAddress).where(DigestAddress.user_id == viewer.id))
    return row.address if row else ""


def keep_address(viewer: Viewer, address: str) -> None:
    """Take another address, or none."""
    row = db.session.scalar(select(DigestAddress).where(DigestAddress.user_id == viewer.id))
    if not address:
        if row is not None:
            db.session.delete(row)
        return
    row = row or DigestAddress(user_id=viewer.id)
    row.address = address
    db.session.add(row)


# --- many at once --------------------------------------------------------------------------------------------------


class Ticked(NamedTuple):
    """A matter that was ticked, and its version on the page; 0 where none was shown yet."""

    id: int
    version: int


def chosen(viewer: Viewer, ticked: Sequence[Ticked], *, to_move: bool = False) -> Sequence[Petition]:
    """The ticked matters that this person may see, the oldest first; `to_move` holds their rows."""
    wanted = (
        select(Petition).where(Petition.id.in_([each.id for each in ticked]), seen_by(viewer)).order_by(Petition.id)
    )
    return db.session.scalars(wanted.with_for_update(of=Petition) if to_move else wanted).all()


def assign_all(petitions: Sequence[Petition], unit: int, reason: str, *, by: Viewer) -> None:
    """Give every one of them to the unit, each with its own entry; all or none. Raises NotPossible."""
    try:
        for petition in petitions:
            petition.move("assign", {"unit": unit, "reason": reason or None}, by=by)
        db.session.flush()
    except NotPossible:
        db.session.rollback()
        raise


# --- a list to take along ------------------------------------------------------------------------------------------


def rows_of(viewer: Viewer, wanted: Filter) -> list[Line]:
    """Every matter under a filter that this person may see, read page by page, and one more than may be taken.

    Reading takes a while, so a request that may write lets go of the database first, and holds nothing meanwhile.
    """
    db.session.rollback()
    with reading():
        rows: list[Line] = []
        key: str | None = ""
        while key is not None and len(rows) <= MOST_TAKEN:
            listing = queue(viewer, wanted, key)
            rows += listing.rows
            key = listing.next_key
        db.session.rollback()
    return rows[: MOST_TAKEN + 1]


def how_many(viewer: Viewer, wanted: Filter) -> int:
    """How many matters there are under a filter; of a search, which opens what it finds, no more than may be taken."""
    if wanted.q:
        return len(rows_of(viewer, wanted))
    waits = [Petition.due_on.is_not(None)] if wanted.by_due_date else []
    count = select(func.count(Petition.id)).where(seen_by(viewer), *wanted.clauses(viewer), *waits)
    return db.session.scalars(count).one()


def note_taken(viewer: Viewer, wanted: Filter, rows: int) -> None:
    """Write down that somebody took a list along: how many matters, under which filter; never the words of a search."""
    asked = {name: word for name, word in wanted.asked().items() if name != "q"}
    write(Thread("export", viewer.id), "taken along", by=viewer.id, rows=rows, searched=bool(wanted.q), filter=asked)
