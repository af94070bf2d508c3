"""Backups that any database can take in: every table of one moment as lines of JSON, in one sealed stream.

A backup is a folder: `office.sealed`, the sealed files that its rows name, and a word for people. The lines exist in
memory alone, between the database and the seal; the keys are not in it. It is read back whole before it gets its name.

The first line says which schema the tables have, then each table has a head and its rows, and the last line counts
them. Left out are the sittings, the keys that lie open in them and the counted failures, which a restored office must
not know, and the search index, which is written anew.
"""

import hashlib
import io
import json
import os
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

from sqlalchemy import JSON, Connection, Date, LargeBinary, Table, Update, column, insert, select, table, text, update
from sqlalchemy.orm import Session

from core import attachments, clock, vault
from core.check import Counts, rows
from core.extensions import Moment, db
from settings import settings

FORMAT = 1
ARCHIVE = "office.sealed"
UPLOADS = "uploads"
LEFT_OUT = frozenset({"limit_window", "sitting", "unlocked"})

_PLACE = "backup"
_AT_ONCE = 200  # rows in memory
_PIECE = 1 << 20  # bytes

_ABOUT = """\
这是信访系统的加密备份，时间：{at}。其中没有密钥：没有密钥，任何人都无法读取。
恢复：在新的空系统中，先把原来的密钥文件 keys.json 放回密钥文件夹，再运行  flask restore  <本文件夹>

A sealed backup of the office, made {at}. The keys are not in it, and nobody can read it without them.
To restore: in an empty office put the old keys.json back into the keys' folder, then  flask restore  <this folder>
Keys that open it: {keys}
"""


class Unusable(Exception):
    """A backup that cannot be made or read, or an office that cannot take one in; the message is for the operator."""


# --- streams -------------------------------------------------------------------------------------------------------


class _Stream(io.RawIOBase):
    """Pieces of bytes, read like a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        room = memoryview(buffer)
        while not self.left:
            piece = next(self.pieces, None)
            if piece is None:
                return 0
            self.left = memoryview(piece)
        taken = min(len(room), len(self.left))
        room[:taken], self.left = self.left[:taken], self.left[taken:]
        return taken


def _as_file(pieces: Iterator[bytes]) -> io.BufferedReader:
    return io.BufferedReader(cast(Any, _Stream(pieces)), _PIECE)


# --- out -----------------------------------------------------------------------------------------------------------


def write(session: Session, folder: Path) -> Counts:
    """Write a backup of what `session` sees into a new folder, durably."""
    folder.mkdir(mode=0o700)
    counts: Counts = Counter()
    with _new(folder / ARCHIVE) as sealed:
        vault.seal_file(_as_file(_lines(session, counts)), sealed, _PLACE)
        _settle(sealed)
    with closing(attachments.named(session)) as named:
        for file in named:
            source = attachments.path_of(file.id)
            if not source.exists() or _copy(source, _beside(folder, file.id)) != file.digest:
                raise Unusable(f"The file of {file.where} is missing or altered: see `flask check`.")
            counts["files"] += 1
    with _new(folder / "README.txt") as about:
        keys = ", ".join(sorted(key.hex() for key in vault.keys().sealing))
        about.write(_ABOUT.format(at=clock.local(clock.now()).isoformat(" ", "minutes"), keys=keys).encode())
        _settle(about)
    _sync(folder)
    return counts


def _lines(session: Session, counts: Counts) -> Iterator[bytes]:
    """The whole archive, line by line."""
    revision = session.scalar(text("SELECT version_num FROM alembic_version"))
    yield _line({"format": FORMAT, "revision": revision, "made_at": clock.now().isoformat(), "proof": _proof()})
    for each in db.metadata.sorted_tables:
        if each.name not in LEFT_OUT:
            yield _line(_head(each))
            kinds = [_kind(column.type) for column in each.columns]
            for row in rows(session, select(each)):
                counts[each.name] += 1
                yield _line([_OUT[kind](value) for kind, value in zip(kinds, row, strict=True)])
    yield _line({"rows": counts})


def _line(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _proof() -> str:
    """Shows whether all keys are those of the office that made the backup, those of the digests too."""
    return vault.mac("record", b"backup").hex()


def _head(table: Table) -> dict[str, Any]:
    """What it takes to put a table's rows in again, without the classes of that day."""
    above = [key.parent.name for key in table.foreign_keys if key.column.table is table]
    return {
        "table": table.name,
        "columns": {column.name: _kind(column.type) for column in table.columns},
        "key": [column.name for column in table.primary_key],
        "above": above,  # columns that name another row of the same table
    }


def _kind(type: Any) -> str:
    match type:
        case LargeBinary():
            return "bytes"
        case Moment():
            return "moment"
        case Date():
            return "date"
        case JSON():
            return "json"
    return "plain"


def _or_none(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else change(value)


def _same(value: Any) -> Any:
    return value


_OUT: dict[str, Callable[[Any], Any]] = {
    "plain": _same,
    "json": _same,
    "bytes": _or_none(lambda value: b64encode(value).decode()),
    "moment": _or_none(datetime.isoformat),
    "date": _or_none(date.isoformat),
}
_IN: dict[str, Callable[[Any], Any]] = {
    "plain": _same,
    "json": _same,
    "bytes": _or_none(b64decode),
    "moment": _or_none(datetime.fromisoformat),
    "date": _or_none(date.fromisoformat),
}
_TYPES: dict[str, Any] = {"plain": None, "json": JSON(), "bytes": LargeBinary(), "moment": Moment(), "date": Date()}


# --- back ----------------------------------------------------------------------------------------------------------


def revision(folder: Path) -> str:
    """The revision of the schema that a backup has. Raises Unusable where it cannot be read here."""
    first: Any = next(_archived(folder), None)
    if not isinstance(first, dict) or first.get("format") != FORMAT:
        raise Unusable("This is not a backup that this version can read.")
    if first["proof"] != _proof():
        raise Unusable(
            "The digest keys here are not those of the office that made this backup: put its keys.json back."
        )
    return str(first["revision"])


def verify(folder: Path) -> Counts:
    """Read a backup to its end: every row, every count, every file's digest; what is in it. Raises Unusable."""
    counts: Counts = Counter()
    holding = {table.__tablename__ for table in attachments.tables()}
    for head, batch in _batches(folder, counts):
        for row in batch if head["table"] in holding else ():
            try:
                with _beside(folder, row["id"]).open("rb") as file:
                    same = hashlib.file_digest(file, "sha256").digest() == row["digest"]
            except FileNotFoundError:
                same = False
            if not same:
                raise Unusable(f"The backup is damaged: the file {row['id']} is missing or altered.")
            counts["files"] += 1
    return counts


def read(connection: Connection, folder: Path) -> Counts:
    """Put a backup's rows into empty tables of its revision, and its files into the uploads; the caller commits."""
    counts: Counts = Counter()
    holding = {table.__tablename__ for table in attachments.tables()}
    later: list[Update] = []
    for head, batch in _batches(folder, counts):
        above = head["above"]
        into = table(head["table"], *(column(name, _TYPES[kind]) for name, kind in head["columns"].items()))
        # A row may name one that comes later, for instance a unit moved below a younger one.
        connection.execute(insert(into), [{**row, **dict.fromkeys(above)} for row in batch])
        for row in batch if above else ():
            own = (into.c[name] == row[name] for name in head["key"])
            later.append(update(into).where(*own).values({name: row[name] for name in above}))
        for row in batch if head["table"] in holding else ():
            _copy(_beside(folder, row["id"]), attachments.path_of(row["id"]))
            counts["files"] += 1
    for statement in later:
        connection.execute(statement)
    _sync(settings().uploads)
    return counts


def _beside(folder: Path, id: int) -> Path:
    """Where the backup has the file of that id."""
    return folder / UPLOADS / attachments.path_of(id).relative_to(settings().uploads)


def _batches(folder: Path, counts: Counts) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each table's head with some hundred of its rows at a time. Raises Unusable where one is missing."""
    head: dict[str, Any] = {}
    batch: list[dict[str, Any]] = []
    for line in islice(_archived(folder), 1, None):
        if batch and (isinstance(line, dict) or len(batch) == _AT_ONCE):
            yield head, batch
            batch = []
        if isinstance(line, list):
            counts[head["table"]] += 1
            values = zip(head["columns"].items(), line, strict=True)
            batch.append({name: _IN[kind](value) for (name, kind), value in values})
        elif "table" in line:
            head = line
        elif line["rows"] == {name: count for name, count in counts.items() if name != "files"}:
            return
    raise Unusable("The backup is damaged: rows are missing.")


def _archived(folder: Path) -> Iterator[Any]:
    """The lines of an archive."""
    try:
        with (folder / ARCHIVE).open("rb") as source:
            for line in _as_file(vault.open_file(source, _PLACE)):
                yield json.loads(line)
    except FileNotFoundError:
        raise Unusable(f"There is no backup in {folder}: {ARCHIVE} is missing.") from None
    except vault.Broken as broken:
        if "key" in str(broken):
            raise Unusable(
                f"It cannot be opened: {broken}. Put the keys.json of the office that made it in place."
            ) from None
        raise Unusable(f"The backup is damaged: {broken}.") from None


# --- files ---------------------------------------------------------------------------------------------------------


def _new(path: Path) -> BinaryIO:
    """A new file that the owner alone can read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "wb")


def _settle(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _copy(source: Path, target: Path) -> bytes:
    """Copy a sealed file durably, under its name only when it is whole; its digest."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = target.with_suffix(".part")
    fresh.unlink(missing_ok=True)
    digest = hashlib.sha256()
    with source.open("rb") as old, _new(fresh) as new:
        while piece := old.read(_PIECE):
            digest.update(piece)
            new.write(piece)
        _settle(new)
    fresh.replace(target)
    return digest.digest()


def _sync(folder: Path) -> None:
    """Make the names in a folder and in those below it durable."""
    for each in folder.rglob("*"):
        if each.is_dir():
            vault.sync_folder(each)
    vault.sync_folder(folder)
