"""A form that the public sends: however often it is sent it makes one thing, and its receipt codes are shown once.

The number of a sending comes from the browser's own key and from what was written, and the codes come from the number:
the same form sent again finds the same codes, and the office alone, without that browser's key, can work out neither.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from core import clock, receipts, vault
from core.extensions import Base, Moment, aside, db


class Sending(Base):
    """A form that was sent."""

    __tablename__ = "sending"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    sent_at: Mapped[datetime] = mapped_column(Moment)
    shown: Mapped[bool] = mapped_column(default=False)  # its codes have been shown


def number_of(form_key: str, content: object) -> bytes:
    """The number of a sending, from the browser's key and what was written (anything that repr() tells apart)."""
    return vault.mac("form", bytes.fromhex(form_key) + repr(content).encode())


def digest_of(number: bytes) -> bytes:
    """What is stored of a sending."""
    return vault.mac("form", b"sent" + number)


def first(number: bytes) -> bool:
    """Whether this is the first time; if it is not, its codes may be shown once more."""
    digest = digest_of(number)
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    row = insert(Sending).values(digest=digest, sent_at=clock.now(), shown=False)
    if db.session.scalar(row.on_conflict_do_nothing().returning(Sending.digest)) is not None:
        return True
    db.session.execute(update(Sending).where(Sending.digest == digest).values(shown=False))
    return False


def code(number: bytes, nth: int = 0) -> str:
    """The receipt code of the thing of that number in a sending."""
    return receipts.make(number + nth.to_bytes(2))


def sent(number: bytes) -> bool:
    """Whether this was sent before."""
    return db.session.get(Sending, digest_of(number)) is not None


def to_show(number: bytes) -> bool:
    """Whether the codes of this sending have yet to be shown."""
    wanted = select(Sending.digest).where(Sending.digest == digest_of(number), ~Sending.shown)
    return db.session.scalar(wanted) is not None


def note_shown(number: bytes) -> None:
    """Its codes were shown: they are not shown again."""
    with aside() as session:
        session.execute(update(Sending).where(Sending.digest == digest_of(number)).values(shown=True))
