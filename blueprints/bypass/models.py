"""The sealed packages that wait to be handed over: a number, two days, and what nobody here can open.

No entry stands in the record, and no name of who sent one: that such a letter is there at all is a secret from whom it
is about. The auditor sees how many wait.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from sqlalchemy import LargeBinary, String, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from blueprints.bypass.domain import Enclosed, pack
from core import clock, receipts, vault
from core.envelope import Unopened, public_key
from core.extensions import Base, aside, db, reading
from settings import BadSetting, settings


class Bypass(Base):
    """A letter sealed for the organ one level up. The moment it came is not kept, only the day."""

    __tablename__ = "bypass"

    number: Mapped[str] = mapped_column(String(12), primary_key=True)
    sealed_on: Mapped[date]
    handed_on: Mapped[date | None]
    receipt_digest: Mapped[bytes] = mapped_column(unique=True)
    shown: Mapped[bool]  # the receipt code has been shown
    package: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


@cache
def read_key(path: Path) -> X25519PublicKey:
    """The public key in a file, read once. Raises BadSetting."""
    try:
        return public_key(path.read_bytes())
    except (OSError, Unopened) as error:
        raise BadSetting(f"SUPERIOR_KEY: no usable public key in {path}: {error}") from error


def organ_key() -> X25519PublicKey | None:
    """The public key of the organ one level up; None where no bypass was set up."""
    path = settings().superior_key
    return read_key(path) if path else None


def seal(told: Mapping[str, object], files: Sequence[Enclosed], fingerprint: bytes, form_key: str) -> str:
    """Seal what somebody wrote, once however often it is sent; returns the number of this sending, in hex.

    As with any letter the number comes from the browser's own key and from what was written, and the receipt code from
    the number. `told` is what the organ reads, in words that it understands without this office's tables; see
    in_words(). Nothing of it is written anywhere but into the package.
    """
    key = organ_key()
    assert key is not None
    sending = vault.mac("form", b"sealed" + bytes.fromhex(form_key) + fingerprint)
    digest = receipts.digest(receipts.make(sending))
    package = pack({**told, "sealed_on": clock.today().isoformat()}, list(files), key)
    number = int.from_bytes(vault.mac("receipt", b"bypass:" + digest)) % 10**12
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    row = insert(Bypass).values(
        number=f"{number:012d}", sealed_on=clock.today(), receipt_digest=digest, shown=False, package=package
    )
    again = row.on_conflict_do_update(index_elements=["receipt_digest"], set_={"shown": False})
    db.session.execute(again)
    return sending.hex()


@dataclass(frozen=True)
class Standing:
    """What the writer is told of a sealed letter."""

    number: str
    sealed_on: date
    handed_on: date | None


def sent(sending: str) -> tuple[Standing, str] | None:
    """The sealed letter of a sending and its receipt code, if the code has not been shown yet."""
    code = receipts.make(bytes.fromhex(sending))
    row = db.session.scalar(
        select(Bypass).where(Bypass.receipt_digest == receipts.digest(code), Bypass.shown.is_(False))
    )
    return (Standing(row.number, row.sealed_on, row.handed_on), code) if row else None


def note_shown(sending: str) -> None:
    """The receipt code of this sending was shown: it is not shown again."""
    digest = receipts.digest(receipts.make(bytes.fromhex(sending)))
    with aside() as session:
        session.execute(update(Bypass).where(Bypass.receipt_digest == digest).values(shown=True))


def by_receipt(code: str) -> str | None:
    """The number of a sealed letter by its receipt code; whatever was typed costs the same."""
    with reading() as session:
        digest = receipts.digest_of_anything(code)
        return session.scalar(select(Bypass.number).where(Bypass.receipt_digest == digest))


def standing(number: str) -> Standing | None:
    """What became of it."""
    row = db.session.get(Bypass, number)
    return Standing(row.number, row.sealed_on, row.handed_on) if row else None


@dataclass(frozen=True)
class Counts:
    """What the auditor sees: how many, and since when the oldest waits."""

    waiting: int
    oldest_on: date | None
    handed: int
    last_on: date | None


def counts() -> Counts:
    """How many wait and how many were handed over."""
    wait = select(func.count(), func.min(Bypass.sealed_on)).where(Bypass.handed_on.is_(None))
    gone = select(func.count(), func.max(Bypass.handed_on)).where(Bypass.handed_on.is_not(None))
    return Counts(*db.session.execute(wait).one(), *db.session.execute(gone).one())


def hand_over(folder: Path, write: Callable[[Path, bytes], None]) -> int:
    """Write each package that waits into the folder, then note the day; how many. The caller commits."""
    waiting = db.session.execute(select(Bypass.number, Bypass.package).where(Bypass.handed_on.is_(None))).all()
    for number, package in waiting:
        write(folder / f"{number}.sealed", package)
    numbers = [number for number, _ in waiting]
    db.session.execute(update(Bypass).where(Bypass.number.in_(numbers)).values(handed_on=clock.today()))
    return len(numbers)
