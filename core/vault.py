"""Sealing: what a letter says and who wrote it is unreadable without keys that the database does not hold.

A sealed value is AES-256-GCM (by the library `cryptography`) and carries the id of its key. The place it belongs to
(table, column, row id) is bound to it as associated data: moved to another row or column it does not open.
"""

import hashlib
import hmac
import json
import os
import secrets
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Generic, Self, TypeVar, overload

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app

from settings import BadSetting, Settings

PURPOSES = ("cookie", "form", "receipt", "search", "person", "address", "record")

_KEY_ID = 4  # bytes
_NONCE = 12  # bytes
_TAG = 16  # bytes
_CHUNK = 1 << 20  # bytes of clear text per piece of a sealed file
_MAGIC = b"XF1"

T = TypeVar("T")


class Broken(Exception):
    """A sealed value does not open: altered, cut off, moved to another place, or its key is not here."""


class Keys:
    """The keys of one office: sealing keys by id, the current one last, and one keyed digest key per purpose.

    They stand in one file, `keys.json` in the folder of the keys, readable by the owner alone.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "keys.json"
        if not self.path.exists():
            fresh = {"seal": [_fresh()], "mac": {purpose: _fresh() for purpose in PURPOSES}}
            with suppress(FileExistsError):  # somebody else made them at this moment: theirs are the office's
                self._write(fresh, first=True)
        self.read()

    def read(self) -> None:
        """Read the file again, for instance after another process added a key."""
        self._state = self._state_of_file()
        stored = json.loads(self.path.read_text("ascii"))
        self._stored: dict[str, Any] = stored
        keys = [bytes.fromhex(text) for text in stored["seal"]]
        self.sealing = {_key_id(key): AESGCM(key) for key in keys}
        self.mac = {purpose: bytes.fromhex(text) for purpose, text in stored["mac"].items()}
        self.current = _key_id(keys[-1])
        self.sealer = self.current, self.sealing[self.current]  # together, whatever another thread reads meanwhile

    def newest(self) -> tuple[bytes, AESGCM]:
        """The key to seal with, and its id: a key that another process has made is used from that moment on."""
        with suppress(OSError):  # should the keys' disk be away, those in memory go on serving
            if self._state_of_file() != self._state:
                self.read()
        return self.sealer

    def _state_of_file(self) -> tuple[int, int, int]:
        found = self.path.stat()
        return found.st_ino, found.st_mtime_ns, found.st_size

    def add(self) -> None:
        """Make a new sealing key; from now on everything is sealed with it."""
        self._write({**self._stored, "seal": [*self._stored["seal"], _fresh()]})
        self.read()

    def forget_old(self) -> Path:
        """Drop every sealing key but the current one, only after everything was sealed again.

        A copy with all of them stays in the file that is returned: older backups open with nothing else.
        """
        kept = self.path.with_name(f"keys-until-{self.current.hex()}.json")
        self._write(self._stored, kept)
        self._write({**self._stored, "seal": self._stored["seal"][-1:]})
        self.read()
        return kept

    def _write(self, stored: dict[str, Any], path: Path | None = None, *, first: bool = False) -> None:
        path = path or self.path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_suffix(f".{secrets.token_hex(4)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            json.dump(stored, file)
            file.flush()
            os.fsync(file.fileno())
        try:
            if first:
                os.link(fresh, path)  # unlike replace(), never over a file that is there
            else:
                fresh.replace(path)
        except FileExistsError:
            raise
        except OSError:  # a stick knows no links
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
        sync_folder(path.parent)


def _fresh() -> str:
    return secrets.token_hex(32)


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"key id" + key).digest()[:_KEY_ID]


def init_app(app: Flask, settings: Settings) -> None:
    """Load the keys, or make them on the first run and never again: new keys in an office that has letters open none
    of them, and hide what is written meanwhile once the old ones are back. Raises BadSetting."""
    if settings.uploads.exists() and not (settings.keys / "keys.json").exists():
        raise BadSetting(f"KEYS: the keys of this office are not in {settings.keys}: put its keys.json back there")
    app.extensions["vault"] = Keys(settings.keys)


def keys() -> Keys:
    """The keys of the running application."""
    found: Keys = current_app.extensions["vault"]
    return found


# --- values --------------------------------------------------------------------------------------------------------


def seal(plain: bytes, place: str) -> bytes:
    """Seal a value for its place, such as `petition.text:123`."""
    key_id, cipher = keys().newest()
    nonce = os.urandom(_NONCE)
    return key_id + nonce + cipher.encrypt(nonce, plain, place.encode())


def open(sealed: bytes, place: str) -> bytes:
    """The value that was sealed for this place. Raises Broken."""
    key_id = sealed[:_KEY_ID]
    cipher = keys().sealing.get(key_id) or _cipher(key_id)
    return _open(cipher, sealed[_KEY_ID:], place.encode())


def current(sealed: bytes) -> bool:
    """Whether this value is sealed with the current key."""
    return sealed[:_KEY_ID] == keys().newest()[0]


def _cipher(key_id: bytes) -> AESGCM:
    held = keys()
    if key_id not in held.sealing:
        held.read()  # another process may have made a new key meanwhile
    try:
        return held.sealing[key_id]
    except KeyError:
        raise Broken(f"the key {key_id.hex()} is not here") from None


def _open(cipher: AESGCM, sealed: bytes, place: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], place)
    except (InvalidTag, ValueError):
        raise Broken(f"the value at {place.decode()} does not open") from None


# --- files ---------------------------------------------------------------------------------------------------------


def seal_file(source: BinaryIO, target: BinaryIO, place: str) -> None:
    """Seal a stream piece by piece; each piece is bound to its number and to whether it is the last."""
    key_id, cipher = keys().newest()
    target.write(_MAGIC + key_id)
    number, piece = 0, source.read(_CHUNK)
    while True:
        following = source.read(_CHUNK)
        nonce = os.urandom(_NONCE)
        label = _label(place, number, last=not following)
        target.write(nonce + cipher.encrypt(nonce, piece, label))
        if not following:
            return
        number, piece = number + 1, following


def open_file(source: BinaryIO, place: str) -> Iterator[bytes]:
    """The pieces of a sealed stream. Raises Broken where it was altered, cut off or put in another order."""
    head = source.read(len(_MAGIC) + _KEY_ID)
    if not head.startswith(_MAGIC):
        raise Broken(f"the file at {place} is not a sealed file")
    cipher = _cipher(head[len(_MAGIC) :])
    number, piece = 0, source.read(_NONCE + _CHUNK + _TAG)
    while True:
        following = source.read(_NONCE + _CHUNK + _TAG)
        yield _open(cipher, piece, _label(place, number, last=not following))
        if not following:
            return
        number, piece = number + 1, following


def file_key(head: bytes) -> bytes:
    """The id of the key that a sealed file was sealed with, from its first bytes."""
    return head[len(_MAGIC) : len(_MAGIC) + _KEY_ID]


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; Windows has no such thing and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _label(place: str, number: int, *, last: bool) -> bytes:
    return place.encode() + struct.pack(">Q?", number, last)


# --- keyed digests -------------------------------------------------------------------------------------------------


def mac(purpose: str, data: bytes) -> bytes:
    """The keyed digest of `data` for one purpose: 32 bytes, useless without the key, different for each purpose."""
    return hmac.digest(mac_key(purpose), data, "sha256")


def mac_key(purpose: str) -> bytes:
    """The key of one purpose, 32 bytes."""
    return keys().mac[purpose]


# --- sealed columns ------------------------------------------------------------------------------------------------


class Sealed(Generic[T]):
    """An attribute of a row that is stored sealed in a column of bytes.

    `text = Sealed[str]("text_sealed")` reads and writes clear values; the column holds what was sealed for
    `table.column:id`. Any value that JSON can hold will do.
    """

    def __init__(self, column: str) -> None:
        self.column = column

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, row: None, owner: type) -> Self: ...
    @overload
    def __get__(self, row: object, owner: type) -> T: ...
    def __get__(self, row: Any, owner: type) -> Any:
        if row is None:
            return self
        sealed = getattr(row, self.column)
        return None if sealed is None else json.loads(open(sealed, self.place(row)))

    def __set__(self, row: Any, value: T) -> None:
        plain = None if value is None else json.dumps(value, ensure_ascii=False).encode()
        setattr(row, self.column, None if plain is None else seal(plain, self.place(row)))

    def place(self, row: Any) -> str:
        """Where this value belongs: table, column, row."""
        return f"{row.__tablename__}.{self.column}:{row.id}"


def sealed_columns(model: type) -> list[str]:
    """The names of the sealed columns of a table, for sealing everything again with a new key."""
    return [each.column for each in vars(model).values() if isinstance(each, Sealed)]


def reseal(sealed: bytes, place: str) -> bytes:
    """The same value, sealed with the current key."""
    return seal(open(sealed, place), place)
