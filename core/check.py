"""What `flask check` proves: whatever the office keeps is there, opens at its place, and was not altered."""

import json
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Select, Table, exists, false, select, text
from sqlalchemy.orm import Session

from core import attachments, record, vault
from core.extensions import Base, db
from core.record import Entry, Fault, Thread, ThreadHead

_AT_ONCE = 500  # rows in memory

Counts = Counter[str]


def faults(session: Session, rooms: Callable[[Session, Counts], Iterator[Fault]], counts: Counts) -> Iterator[Fault]:
    """Everything that is wrong in the store, in plain words; `counts` tells at the end what was looked at.

    `rooms` tells what each room checks by itself: nothing here knows a room.
    """
    yield from _database(session)
    holding = filled(session)
    yield from _references(session, holding, counts)
    yield from _record(session, holding, counts)
    yield from _sealed(session, holding, counts)
    yield from _files(session, counts)
    yield from rooms(session, counts)


def rows(session: Session, wanted: Select[Any]) -> Generator[Any, None, None]:
    """The rows of a query, some hundred at a time: mostly there are fewer, and one plain question is enough."""
    first = session.execute(wanted.limit(_AT_ONCE + 1)).all()
    if len(first) <= _AT_ONCE:
        yield from first
        return
    del first
    with session.execute(wanted.execution_options(yield_per=_AT_ONCE)) as found:
        yield from found


def moved_past(session: Session, model: type[Any], begin: str) -> Iterator[Fault]:
    """Rows whose state is not the last that their record tells of; `begin` is the state before any step."""
    kind = model.__tablename__
    ends = {id: begin for (id,) in rows(session, select(model.id))}
    if not ends:
        return
    moves = select(Entry.thread_id, Entry.data).where(Entry.thread == kind).order_by(Entry.thread_id, Entry.number)
    with suppress(ValueError, TypeError, AttributeError):  # named already
        ends |= {id: data["state"] for id, data in rows(session, moves) if "state" in data}
    for id, state in rows(session, select(model.id, model.state)):
        if ends[id] != state:
            yield Fault(f"{kind} {id}", "its state is not what the record says")


def models() -> Iterator[type[Any]]:
    """The class of every table, by the table's name."""
    yield from sorted((each.class_ for each in Base.registry.mappers), key=lambda model: str(model.__tablename__))


def _database(session: Session) -> Iterator[Fault]:
    """What the database says of its own file; PostgreSQL proves its pages by checksums when it reads them."""
    if session.get_bind().dialect.name == "sqlite":
        for (words,) in session.execute(text("PRAGMA integrity_check")):
            if words != "ok":
                yield Fault("database", words)


def _references(session: Session, holding: set[str], counts: Counts) -> Iterator[Fault]:
    """Rows that name a row that is not there."""
    for table, keys in _lost().items():
        for column, of, lost in keys:
            counts["references"] += 1
            if table not in holding:
                continue
            for *own, other in rows(session, lost):
                yield Fault(f"{table} {_plain(own)}", f"{column} names {of} {other}, which is not there")


@cache
def _lost() -> dict[str, list[tuple[str, str, Select[Any]]]]:
    """What finds such rows, by table: which column of it, and the table whose row it names."""
    return {table.name: [*_lost_of(table)] for table in db.metadata.sorted_tables}


def _lost_of(table: Table) -> Iterator[tuple[str, str, Select[Any]]]:
    for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
        there = key.column.table.alias()
        named = exists().where(there.c[key.column.name] == key.parent)
        lost = select(*table.primary_key, key.parent).where(key.parent.is_not(None), ~named)
        yield key.parent.name, key.column.table.name, lost


def filled(session: Session, there: frozenset[str] | None = None) -> set[str]:
    """The tables that hold a row at all: of a young office most do not, and need no look of their own.

    `there` names those to ask, where the tables may be of another revision.
    """
    return {name for name, holds in session.execute(_holding(there)).mappings().one().items() if holds}


@cache
def _holding(there: frozenset[str] | None) -> Select[*tuple[Any, ...]]:
    tables = (table for table in db.metadata.sorted_tables if there is None or table.name in there)
    return select(false().label("no_table"), *(exists().select_from(table).label(table.name) for table in tables))


def _plain(key: list[Any]) -> str:
    return " ".join(each.hex() if isinstance(each, bytes) else str(each) for each in key)


def _record(session: Session, holding: set[str], counts: Counts) -> Iterator[Fault]:
    """Every chain, to the end that the row it is about knows; and chains whose row is gone."""
    last = Thread("nothing", 0)

    def counted() -> Iterator[Entry]:
        nonlocal last
        for entry in session.scalars(record.everything()):
            counts["entries"] += 1
            last = Thread(entry.thread, entry.thread_id)
            yield entry

    heads: list[Any] = [model for model in models() if issubclass(model, ThreadHead)]
    lengths = (
        (Thread(model.__tablename__, id), version)
        for model in heads
        if model.__tablename__ in holding
        for id, version in rows(session, select(model.id, model.version))
    )
    try:
        yield from record.check(counted(), lengths, counts)
    except (ValueError, TypeError):
        yield Fault(
            f"record, after {last.kind} {last.id}", "an entry holds what no entry can hold; none after it was read"
        )
    kinds = set(session.scalars(select(Entry.thread).distinct()))
    for model in heads:
        if model.__tablename__ not in kinds:
            continue
        gone = (Entry.thread == model.__tablename__) & ~exists().where(model.id == Entry.thread_id)
        for (id,) in rows(session, select(Entry.thread_id).where(gone).distinct()):
            yield Fault(f"{model.__tablename__} {id}", "it has entries in the record, but it is not there")


def _sealed(session: Session, holding: set[str], counts: Counts) -> Iterator[Fault]:
    """Every sealed value opens at its own place and nowhere else. Those of the record were opened to prove it."""
    for model in models():
        columns = vault.sealed_columns(model)
        if not columns or model is Entry or model.__tablename__ not in holding:
            continue
        for id, *values in rows(session, select(model.id, *(getattr(model, column) for column in columns))):
            for column, value in zip(columns, values, strict=True):
                if value is None:
                    continue
                counts["sealed values"] += 1
                try:
                    json.loads(vault.open(value, f"{model.__tablename__}.{column}:{id}"))
                except (vault.Broken, ValueError) as broken:
                    yield Fault(f"{model.__tablename__} {id}, {column}", _why(broken))


def _why(broken: Exception) -> str:
    """In words that are the same for every row, so that many of them are told once."""
    return str(broken) if "key" in str(broken) else "it does not open: altered, or moved here from elsewhere"


def _files(session: Session, counts: Counts) -> Iterator[Fault]:
    """Every file that a row names is there, is the very one, and opens."""
    for table, id, size, digest in attachments.named(session):
        counts["files"] += 1
        where = f"{table.__tablename__} {id}"
        found = attachments.digest_on_disk(id)
        if found is None:
            yield Fault(where, "its file is missing from the uploads")
            continue
        try:
            opened = sum(map(len, attachments.stream(id)))
        except vault.Broken as broken:
            yield Fault(where, f"its file does not open: {_why(broken)}")
            continue
        if opened != size:
            yield Fault(where, "its file has another size")
        elif found != digest:
            yield Fault(
                where, "its file opens but has another digest: `flask rotate-keys` was interrupted, run it again"
            )


def strays(session: Session, listed: Iterable[tuple[Path, int | None]]) -> Iterator[str]:
    """Files that no row names, out of what lay there before the session began: what a crash left, no harm."""
    named = {file.id for file in attachments.named(session)}
    for path, id in listed:
        if id not in named:
            yield f"{path.parent.name}/{path.name}: a file that no row names"
