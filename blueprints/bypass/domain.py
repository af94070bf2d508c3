"""The package of a letter that goes one level up: sealed to the key of the organ there, opened by nobody else."""

import base64
import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from core import envelope
from core.envelope import Unopened

_INFO = b"xiafang letter for the organ one level up"
_MAGIC = b"XFUP1\n"
_STEP = 1 << 16  # a package tells its letter's length only in steps of so many bytes


@dataclass(frozen=True)
class Enclosed:
    """A file of a letter."""

    name: str
    data: bytes


def pack(letter: dict[str, Any], files: list[Enclosed], key: X25519PublicKey) -> bytes:
    """Seal a letter with its files."""
    enclosed = [{"name": file.name, "data": base64.b64encode(file.data).decode()} for file in files]
    plain = json.dumps({**letter, "files": enclosed}, ensure_ascii=False).encode()
    return _MAGIC + envelope.seal(plain.ljust(-(-len(plain) // _STEP) * _STEP), key, _INFO)


def unpack(package: bytes, key: X25519PrivateKey) -> tuple[dict[str, Any], list[Enclosed]]:
    """The letter and its files. Raises Unopened."""
    try:
        if not package.startswith(_MAGIC):
            raise ValueError
        letter = json.loads(envelope.open(package[len(_MAGIC) :], key, _INFO))
    except ValueError:
        raise Unopened("this key does not open it, or it was altered") from None
    files = [
        Enclosed(_safe(each["name"], n), base64.b64decode(each["data"])) for n, each in enumerate(letter["files"], 1)
    ]
    return letter, files


def _safe(name: str, number: int) -> str:
    """A name that leads nowhere else: anybody may seal a package, not only this program."""
    kept = "".join(
        sign for sign in PurePosixPath(name.replace("\\", "/")).name if sign.isprintable() and sign not in ':*?"<>|'
    )
    return f"{number}-{kept.strip('. ')[-80:] or 'file'}"


def in_words(letter: dict[str, Any]) -> str:
    """The letter to read, for the organ's own people."""
    identity = letter.get("identity") or {}
    rows = [
        ("标题", letter["subject"]),
        ("收到日期", letter["sealed_on"]),
        ("地点", letter["place"]),
        ("反映的人或单位", "；".join(letter["about"])),
        ("姓名", identity.get("name") or "匿名"),
        ("住址", identity.get("address", "")),
        ("电话", identity.get("contact", "")),
    ]
    return "\n".join(f"{name}：{value}" for name, value in rows) + f"\n\n{letter['text']}\n"
