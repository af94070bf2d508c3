"""Envelopes: what is sealed to somebody's own key or passphrase, which this office does not hold. Pure.

HPKE (RFC 9180, base mode: X25519, HKDF-SHA256, AES-256-GCM), by the library `cryptography`. Every envelope has a key of
its own that is thrown away here at once, so not even what this office holds opens it again.
"""

import os
import struct
import unicodedata
from typing import NamedTuple

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

KEY = 32  # bytes

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_NONCE = 12  # bytes
_SALT = 16  # bytes


class Unopened(Exception):
    """An envelope that this key does not open, or a key that is none."""


def seal(plain: bytes, key: X25519PublicKey, info: bytes) -> bytes:
    """Seal it for whoever has the private key; `info` says what it is for, and is bound to it."""
    return bytes(_SUITE.encrypt(plain, key, info=info))


def open(sealed: bytes, key: X25519PrivateKey, info: bytes) -> bytes:
    """What was sealed. Raises Unopened."""
    try:
        return bytes(_SUITE.decrypt(sealed, key, info=info))
    except (InvalidTag, ValueError):
        raise Unopened("this key does not open it, or it was altered") from None


# --- under a key -----------------------------------------------------------------------------------------------------


def fresh_key() -> bytes:
    """A key by chance."""
    return os.urandom(KEY)


def lock(key: bytes, plain: bytes, place: str) -> bytes:
    """Seal it under a key (AES-256-GCM), for its place: moved elsewhere it does not open."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, place.encode())


def unlock(key: bytes, locked: bytes, place: str) -> bytes:
    """What was sealed for this place. Raises Unopened."""
    try:
        return AESGCM(key).decrypt(locked[:_NONCE], locked[_NONCE:], place.encode())
    except (InvalidTag, ValueError):
        raise Unopened(f"what belongs to {place} does not open") from None


LOCKED_BY = _NONCE + 16  # so many bytes a sealed text is longer than it is in clear


# --- under words that somebody knows ---------------------------------------------------------------------------------


class Cost(NamedTuple):
    """What one guess costs: rounds and KiB of argon2id."""

    rounds: int
    memory: int


class Stretched(NamedTuple):
    """How words become a key: kept beside what that key opens, so that a later cost changes nothing of it."""

    cost: Cost
    salt: bytes

    @classmethod
    def fresh(cls, cost: Cost) -> "Stretched":
        """With a new salt."""
        return cls(cost, os.urandom(_SALT))

    @classmethod
    def unpacked(cls, kept: bytes) -> "Stretched":
        """As it was kept."""
        rounds, memory = struct.unpack(">II", kept[:8])
        return cls(Cost(rounds, memory), kept[8 : 8 + _SALT])

    def packed(self) -> bytes:
        """As it is kept."""
        return struct.pack(">II", *self.cost) + self.salt

    def key(self, words: str) -> bytes:
        """The key of these words (argon2id): slow by intent."""
        secret = unicodedata.normalize("NFKC", words).encode("utf-8", "surrogatepass")
        return hash_secret_raw(secret, self.salt, self.cost.rounds, self.cost.memory, 1, KEY, Type.ID)


def under_words(plain: bytes, words: str, place: str, cost: Cost) -> bytes:
    """Seal it under a passphrase."""
    how = Stretched.fresh(cost)
    return how.packed() + lock(how.key(words), plain, place)


def from_words(sealed: bytes, words: str, place: str) -> bytes:
    """What was sealed under this passphrase. Raises Unopened."""
    return unlock(Stretched.unpacked(sealed).key(words), sealed[8 + _SALT :], place)


# --- pairs ---------------------------------------------------------------------------------------------------------


class Pair(NamedTuple):
    """Somebody's own pair, as bytes."""

    private: bytes
    public: bytes

    @classmethod
    def of(cls, private: bytes) -> "Pair":
        """The pair of a private key: 32 bytes, by chance or out of words."""
        return cls(private, X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw())

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """What was sealed for this pair. Raises Unopened."""
        return open(sealed, X25519PrivateKey.from_private_bytes(self.private), info)


def seal_for(public: bytes, plain: bytes, info: bytes) -> bytes:
    """Seal it for the owner of a public key."""
    return seal(plain, X25519PublicKey.from_public_bytes(public), info)


# --- pairs as files ------------------------------------------------------------------------------------------------


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
