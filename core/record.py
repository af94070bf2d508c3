"""The record: what happened to each matter, in entries that are only ever added.

The entries of one matter are its thread. Each carries a keyed digest over itself and the one before, so that an entry
altered, removed or slipped in later shows. A row that is Recorded cannot be changed without an entry in the same
transaction: the commit refuses it.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Select,
    String,
    UniqueConstraint,
    bindparam,
    event,
    exists,
    select,
    update,
)
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column

from core import clock, vault
from core.extensions import Base, Id, Moment, db, look


class Thread(NamedTuple):
    """The matter that an entry belongs to: the kind of row ("petition", "user") and its id."""

    kind: str
    id: int


_FOREVER = "an entry of the record is never changed or removed"


class Untraced(Exception):
    """A recorded row was changed without an entry."""


class Entry(Base):
    """One thing that happened. `data` holds codes, dates and numbers alone; what a person wrote is sealed in `note`."""

    __tablename__ = "entry"
    __table_args__ = (UniqueConstraint("thread", "thread_id", "number", name="uq_entry_thread"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    thread: Mapped[str] = mapped_column(String(20))
    thread_id: Mapped[int] = mapped_column(Id)
    number: Mapped[int]  # 1, 2, 3 … within the thread
    at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id"))  # none: the public
    action: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    note_sealed: Mapped[bytes | None]
    previous: Mapped[bytes]
    digest: Mapped[bytes]

    note = vault.Sealed[str | None]("note_sealed")

    def proof(self, *, note_removed: bool = False) -> bytes:
        """The digest this entry must carry. The note counts by its clear text, so that a new key does not break it.

        With `note_removed`, what a later entry attests of one whose note was removed: see remove_notes().
        """
        content = [
            self.thread,
            self.thread_id,
            self.number,
            self.at.isoformat(timespec="microseconds"),
            self.actor_id,
            self.action,
            self.data,
            *([None, "note removed"] if note_removed else [self.note]),
        ]
        text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        return vault.mac("record", self.previous + text.encode())


class Recorded:
    """Mixed into a table whose rows may not change without an entry; `thread` says where the entry belongs."""

    @property
    def thread(self) -> Thread:
        """The matter this row belongs to."""
        raise TypeError(f"{type(self).__name__} names no thread")


class ThreadHead(Recorded):
    """The row that a thread is about. Its version is the number of the thread's last entry."""

    version: Mapped[int] = mapped_column(default=0)

    @property
    def thread(self) -> Thread:
        """The thread of this row itself."""
        return Thread(self.__tablename__, self.id)  # type: ignore[attr-defined]

    def trace(self, action: str, *, by: int | None, note: str | None = None, **data: Any) -> Entry:
        """Write down that this happened; the version moves on, so that an older form on it is noticed."""
        entry = write(self.thread, action, by=by, note=note, after=self.version, **data)
        self.version = entry.number
        return entry


def write(
    thread: Thread, action: str, *, by: int | None, note: str | None = None, after: int | None = None, **data: Any
) -> Entry:
    """Add an entry to a thread. `by` is a user's id, or None for the public.

    `after` is the number of the last entry where the caller knows it (a matter keeps it as its version); 0 for a new
    thread. The caller holds the matter's row, so two entries never want the same number; if they do, one is refused.
    """
    last = None if after == 0 else _last(thread)
    if after is not None and after != (last.number if last else 0):
        raise Untraced(f"the thread {thread} does not end with entry {after}")
    entry = Entry(
        thread=thread.kind,
        thread_id=thread.id,
        number=last.number + 1 if last else 1,
        at=clock.now(),
        actor_id=by,
        action=action,
        data=data,
        previous=last.digest if last else b"",
    )
    entry.note = note
    entry.digest = entry.proof()
    db.session.add(entry)
    db.session.info.setdefault("ends", {})[thread] = entry
    return entry


def _last(thread: Thread) -> Entry | None:
    """The one that this transaction has added and the session still holds, or the last that is stored."""
    added: Entry | None = db.session.info.get("ends", {}).get(thread)
    if added is not None and added in db.session:
        return added
    return db.session.scalar(of(thread).order_by(Entry.number.desc()).limit(1))


def of(thread: Thread) -> Select[Entry]:
    """The entries of one thread; the caller orders them."""
    return select(Entry).where(Entry.thread == thread.kind, Entry.thread_id == thread.id)


def entries(thread: Thread, *, since: int = 0) -> Sequence[Entry]:
    """The entries of one thread after number `since`, oldest first."""
    return look(Entry, _SINCE, kind=thread.kind, thread=thread.id, since=since)


_SINCE = (
    select(Entry)
    .where(Entry.thread == bindparam("kind"), Entry.thread_id == bindparam("thread"))
    .where(Entry.number > bindparam("since"))
    .order_by(Entry.number)
)


def happened(thread: Thread, action: str) -> bool:
    """Whether this ever happened in a thread."""
    wanted = of(thread).where(Entry.action == action).with_only_columns(Entry.id).limit(1)
    return db.session.execute(wanted).first() is not None


def remove_notes(thread: Thread, which: Callable[[Entry], bool] = lambda entry: True) -> list[list[Any]]:
    """Remove notes of a thread for ever (retention, redaction). What comes back belongs into the `notes` of the entry
    that says so, in the same transaction: for each its number and the proof of everything else it says.

    The entry keeps its digest, so the chain holds; what it says besides the note is proved by the later entry, which is
    in the chain itself. Without such a later entry, a note that is gone is an alteration. Raises vault.Broken.
    """
    told: list[list[Any]] = []
    for entry in entries(thread):
        if entry.note_sealed is None or not which(entry):
            continue
        if entry.digest != entry.proof():
            raise vault.Broken(f"entry {entry.number} of {thread} was altered")
        told.append([entry.number, entry.proof(note_removed=True).hex()])
    numbers = [number for number, _ in told]
    # Past the session, which lets no entry change.
    gone = update(Entry.__table__).where(Entry.thread == thread.kind, Entry.thread_id == thread.id)  # type: ignore[arg-type]
    db.session.connection().execute(gone.where(Entry.number.in_(numbers)).values(note_sealed=None))
    for row in list(db.session.identity_map.values()):
        if isinstance(row, Entry) and (row.thread, row.thread_id) == thread and row.number in numbers:
            db.session.expire(row)
    return told


class Happened(NamedTuple):
    """One entry as a page tells it: when, what, by whom of the office, and what was said."""

    at: datetime
    title: str
    by: str | None
    text: str | None


# --- no change without a trace -------------------------------------------------------------------------------------


@event.listens_for(Session, "before_flush")
def _watch(session: Session, _context: Any, _instances: Any) -> None:
    touched: set[Thread] = session.info.setdefault("touched", set())
    traced: set[Thread] = session.info.setdefault("traced", set())
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Entry):
            if row in session.deleted or (row not in session.new and session.is_modified(row)):
                raise Untraced(_FOREVER)
            traced.add(Thread(row.thread, row.thread_id))
        elif isinstance(row, Recorded) and (row not in session.dirty or session.is_modified(row)):
            touched.add(row.thread)


@event.listens_for(Session, "do_orm_execute")
def _watch_many(state: ORMExecuteState) -> None:
    if not (state.is_insert or state.is_update or state.is_delete) or state.bind_mapper is None:
        return
    if issubclass(state.bind_mapper.class_, Entry):
        raise Untraced(_FOREVER)
    if issubclass(state.bind_mapper.class_, Recorded):
        raise Untraced("recorded rows change one by one: of many at once nobody could say which need an entry")


@event.listens_for(Session, "before_commit")
def _refuse(session: Session) -> None:
    session.flush()
    untraced = session.info.get("touched", set()) - session.info.get("traced", set())
    _forget(session)
    if untraced:
        raise Untraced(f"changed without an entry: {sorted(untraced)}")


@event.listens_for(Session, "after_soft_rollback")
def _dropped(session: Session, _previous: Any) -> None:
    _forget(session)


def _forget(session: Session) -> None:
    session.info.pop("touched", None)
    session.info.pop("traced", None)
    session.info.pop("ends", None)


# --- proof ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """Something wrong in the store, named for the person who must look at it."""

    where: str
    what: str


def check(
    stored: Iterable[Entry], lengths: Iterator[tuple[Thread, int]], counts: Counter[str] | None = None
) -> Iterator[Fault]:
    """Prove every chain. `stored` comes ordered by thread and number; `lengths` says where each thread must end.

    A note that was removed by the rules is no fault, but is counted.
    """
    ends: dict[Thread, int] = {}
    previous: Entry | None = None
    silent: dict[int, str] = {}  # entries of this thread without the note they had: a later one must attest the rest
    for entry in stored:
        thread = Thread(entry.thread, entry.thread_id)
        if previous is None or Thread(previous.thread, previous.thread_id) != thread:
            yield from _altered(previous, silent)
            previous, silent = None, {}
        where = f"{thread.kind} {thread.id}, entry {entry.number}"
        if entry.number != (previous.number + 1 if previous else 1):
            yield Fault(where, "an entry before it is missing")
        elif entry.previous != (previous.digest if previous else b""):
            yield Fault(where, "it does not follow the entry before it")
        try:
            if entry.digest == entry.proof():
                for number, proof in entry.data.get("notes", ()):
                    if silent.get(number) == proof:
                        del silent[number]
                        if counts is not None:
                            counts["notes redacted or removed under the retention rule"] += 1
            elif entry.note_sealed is None:
                silent[entry.number] = entry.proof(note_removed=True).hex()
            else:
                yield Fault(where, "it was altered")
        except vault.Broken as broken:
            yield Fault(where, str(broken))
        ends[thread] = entry.number
        previous = entry
    yield from _altered(previous, silent)
    for thread, length in lengths:
        if ends.get(thread, 0) != length:
            yield Fault(f"{thread.kind} {thread.id}", f"it should end with entry {length}")


def _altered(last: Entry | None, numbers: Iterable[int]) -> Iterator[Fault]:
    for number in numbers:
        assert last is not None
        yield Fault(f"{last.thread} {last.thread_id}, entry {number}", "it was altered")


def everything() -> Select[Entry]:
    """All entries in the order that check() reads them."""
    return select(Entry).order_by(Entry.thread, Entry.thread_id, Entry.number).execution_options(yield_per=1000)


# --- what the rooms tell of their threads ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """What a room tells of one kind of thread to those who read the record of the whole office."""

    kind: str
    events: Mapping[str, Any]  # the words of each action
    names: Select[*tuple[Any, ...]] | None = None  # id and name of the rows
    words: Callable[[int, dict[str, Any]], str] = lambda id, data: "–"  # where no row has a name: from id and data
    wall: Callable[[Any], ColumnElement[bool]] | None = None  # of these entries, those that this viewer may know of
    public: bool = False  # what no account did was done by the public, and who of them has one is not named
    unnamed: ColumnElement[bool] | None = None  # of these entries, those whose account is not told to anybody


def about(model: type[Any], *which: ColumnElement[bool]) -> ColumnElement[bool]:
    """The entries whose row fits."""
    return exists().where(model.id == Entry.thread_id, *which).correlate(Entry)
