"""Files of a letter: cleaned, sealed on the disk before the row is kept, given out as downloads and nothing else."""

import hashlib
import os
from collections.abc import Generator, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session

from core import vault
from core.cleaning import LARGEST, Cleaned, Refused, clean
from core.extensions import Base, on_rollback
from settings import settings

__all__ = ["LARGEST", "Cleaned", "Refused", "clean"]

MOST_FILES = 5  # of a letter or a message
MOST_IN_ALL = 30 << 20  # bytes of them together

_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "txt": "text/plain; charset=utf-8",
}


class Stored:
    """Mixed into a table whose rows name a sealed file each, by their own id."""

    size: Mapped[int]  # bytes, in clear
    digest: Mapped[bytes]  # SHA-256 of the sealed file


class Named(NamedTuple):
    """A file as its row names it."""

    table: type[Any]
    id: int
    size: int
    digest: bytes

    @property
    def where(self) -> str:
        """The row, for people."""
        return f"{self.table.__tablename__} {self.id}"


def tables() -> list[type[Any]]:
    """The tables whose rows name files."""
    return [each.class_ for each in Base.registry.mappers if issubclass(each.class_, Stored)]


def named(session: Session) -> Generator[Named, None, None]:
    """Every file that a row names, some hundred at a time."""
    for table in tables():
        wanted: Any = select(table.id, table.size, table.digest)
        with session.execute(wanted.execution_options(yield_per=500)) as found:
            for row in found:
                yield Named(table, *row)


def store(id: int, data: bytes) -> bytes:
    """Seal the content of attachment `id` on the disk, safe from a loss of power; the SHA-256 of the sealed file.

    If what this request changes is dropped, the file goes too. A crash in between leaves a sealed file without a row.
    """
    on_rollback(lambda: discard(id))
    return _write(id, data)


def reseal(id: int) -> bytes:
    """Seal the content again with the current key; the new digest."""
    return _write(id, b"".join(stream(id)))


def _write(id: int, data: bytes) -> bytes:
    sealed = BytesIO()
    vault.seal_file(BytesIO(data), sealed, _place(id))
    path = path_of(id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    vault.sync_folder(path.parent.parent)  # also where somebody else made the folder a moment ago
    fresh = _unfinished(path)
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(sealed.getbuffer())
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    vault.sync_folder(path.parent)
    return hashlib.sha256(sealed.getbuffer()).digest()


def stream(id: int) -> Iterator[bytes]:
    """The clear content, piece by piece. Raises vault.Broken, or FileNotFoundError."""
    with path_of(id).open("rb") as file:
        yield from vault.open_file(file, _place(id))


def digest_on_disk(id: int) -> bytes | None:
    """The SHA-256 of the sealed file as it lies there; None if it is gone."""
    try:
        with path_of(id).open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except FileNotFoundError:
        return None


def discard(id: int) -> None:
    """Remove the file; nothing happens if it is gone."""
    for path in (path_of(id), _unfinished(path_of(id))):
        path.unlink(missing_ok=True)


def on_disk() -> Iterator[tuple[Path, int | None]]:
    """Every file in the folder of the uploads, with the id of its attachment; None for what was left half written."""
    for path in sorted(settings().uploads.glob("*/*")):
        yield path, int(path.name) if path.name.isdecimal() else None


def send(id: int, name: str, kind: str, pieces: Iterator[bytes] | None = None) -> Response:
    """The file as a download: never shown inside the office's own pages, whatever is in it.

    `pieces` are what is sent where the file was sealed once more before it was stored.
    """
    pieces = pieces if pieces is not None else stream(id)
    first = next(pieces)  # what does not open is a fault now, not in the middle of the answer
    answer = Response(_from(first, pieces), content_type=_TYPES[kind])
    plain = name.encode("ascii", "ignore").decode().replace('"', "").replace("\\", "").strip(" .")
    fallback = plain if plain.rpartition(".")[0] else f"file.{kind}"
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return answer


def _from(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """All pieces; closed early, it closes the file."""
    yield first
    yield from pieces


def _place(id: int) -> str:
    return f"attachment:{id}"


def path_of(id: int) -> Path:
    """The sealed file: some hundred folders keep each of them short."""
    return settings().uploads / hashlib.sha256(str(id).encode()).hexdigest()[:2] / str(id)


def _unfinished(path: Path) -> Path:
    return path.with_suffix(".part")
