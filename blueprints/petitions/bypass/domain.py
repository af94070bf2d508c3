"""The package of a letter that goes one level up: sealed to the key of the organ there, opened by nobody else.

HPKE (RFC 9180, base mode: X25519, HKDF-SHA256, AES-256-GCM), by the library `cryptography`. Every package has a key of
its own that is thrown away here at once, so not even what this office holds opens it again.
"""

import base64
import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_INFO = b"xiafang letter for the organ one level up"
_MAGIC = b"XFUP1\n"
_STEP = 1 << 16  # a package tells its letter's length only in steps of so many bytes


class Unopened(Exception):
    """A package that this key does not open, or a key that is none."""


@dataclass(frozen=True)
class Enclosed:
    """A file of a letter."""

    name: str
    data: bytes


def pack(letter: dict[str, Any], files: list[Enclosed], key: X25519PublicKey) -> bytes:
    """Seal a letter with its files."""
    enclosed = [{"name": file.name, "data": base64.b64encode(file.data).decode()} for file in files]
    plain = json.dumps({**letter, "files": enclosed}, ensure_ascii=False).encode()
    return _MAGIC + _SUITE.encrypt(plain.ljust(-(-len(plain) // _STEP) * _STEP), key, info=_INFO)


def unpack(package: bytes, key: X25519PrivateKey) -> tuple[dict[str, Any], list[Enclosed]]:
    """The letter and its files. Raises Unopened."""
    try:
        if not package.startswith(_MAGIC):
            raise ValueError
        letter = json.loads(_SUITE.decrypt(package[len(_MAGIC) :], key, info=_INFO))
    except (InvalidTag, ValueError):
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


# --- keys ------------------------------------------------------------------------------------------------------------


def make_pair(passphrase: str) -> tuple[bytes, bytes]:
    """A new pair as PEM: the private key under its passphrase, and the public one."""
    key = X25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private, public


def public_key(pem: bytes) -> X25519PublicKey:
    """A public key from its file. Raises Unopened."""
    try:
        key = serialization.load_pem_public_key(pem)
    except ValueError:
        key = None
    if not isinstance(key, X25519PublicKey):
        raise Unopened("this is no public key of the kind X25519")
    return key


def private_key(pem: bytes, passphrase: str) -> X25519PrivateKey:
    """A private key from its file. Raises Unopened."""
    try:
        key = serialization.load_pem_private_key(pem, passphrase.encode() or None)
    except (ValueError, TypeError):
        raise Unopened("the passphrase is wrong, or this is no private key") from None
    if not isinstance(key, X25519PrivateKey):
        raise Unopened("this is no private key of the kind X25519")
    return key
