"""Envelopes: what is sealed to somebody's own key, which this office does not hold. Pure.

HPKE (RFC 9180, base mode: X25519, HKDF-SHA256, AES-256-GCM), by the library `cryptography`. Every envelope has a key of
its own that is thrown away here at once, so not even what this office holds opens it again.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


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


# --- pairs as files --------------------------------------------------------------------------------------------------


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
