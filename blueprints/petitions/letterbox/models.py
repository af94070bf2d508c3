"""How a letter comes in, once however often it is sent; and what the holder of its receipt code may do with it."""

from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Protocol, cast

from sqlalchemy import Executable, ForeignKey, Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from blueprints.accounts.models import Unit
from blueprints.bypass import models as bypass
from blueprints.bypass.domain import Enclosed
from blueprints.petitions.docket.models import Letter, Petition
from core import clock, receipts, vault
from core.extensions import Base, Id, Moment, aside, db, fetch, reading
from core.places import Place
from core.roles import Viewer


class Submission(Base):
    """A form that was sent: the same form sent twice finds the letter that it made the first time."""

    __tablename__ = "submission"

    form_digest: Mapped[bytes] = mapped_column(primary_key=True)
    petition_id: Mapped[int | None] = mapped_column(Id, ForeignKey("petition.id"))
    sent_at: Mapped[datetime] = mapped_column(Moment)
    shown: Mapped[bool] = mapped_column(default=False)  # the receipt code of this sending has been shown


class Sendable(Protocol):
    """A form that was checked and makes a letter."""

    def letter(self, receipt: str) -> Letter: ...


def send(form: Sendable, form_key: str, *, by: Viewer | None) -> str:
    """Make one matter of a form, however often it is sent; returns the number of this sending, in hex.

    The number comes from the browser's own key and from what was written, and the receipt code comes from the number:
    the same form sent again finds the same matter and the same code, and the office alone, without that browser's key,
    can work out neither.
    """
    letter = form.letter(receipt="")
    sending = vault.mac("form", bytes.fromhex(form_key) + letter.fingerprint())
    digest = vault.mac("form", b"sent" + sending)
    first = fetch(db.session(), _first(db.engine.dialect.name), form_digest=digest, sent_at=clock.now(), shown=False)
    if first.scalar() is not None:
        petition = Petition.file(replace(letter, receipt=receipts.make(sending)), by=by)
        db.session.flush()
        fetch(db.session(), _SENT, digest=digest, petition_id=petition.id)
    else:
        fetch(db.session(), _SENT, digest=digest, shown=False)
    return sending.hex()


@cache
def _first(dialect: str) -> Executable:
    """Notes a sending; comes back with nothing where it was noted already."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.form_digest)


_TABLE = cast(Table, Submission.__table__)
_SENT = update(_TABLE).where(_TABLE.c.form_digest == bindparam("digest"))


def seal(letter: Letter, form_key: str) -> str:
    """Seal a letter for the organ one level up, in words that it understands; the number of this sending, in hex."""
    with reading() as session:
        units = {id: session.scalar(select(Unit.name).where(Unit.id == id)) for _, id in letter.concerns if id}
        village = session.get_one(Place, letter.place.code).name
    told = {
        "kind": str(letter.kind),
        "place": f"{village} {letter.place.code}",
        "about": [" ".join(filter(None, (person, units.get(id or 0)))) for person, id in letter.concerns],
        "subject": letter.subject,
        "text": letter.text,
        "identity": letter.identity,
    }
    return bypass.seal(told, [Enclosed(each.name, each.data) for each in letter.files], letter.fingerprint(), form_key)


def sent(sending: str) -> tuple[Petition, str] | None:
    """The matter of a sending and its receipt code, if the code has not been shown yet."""
    number = bytes.fromhex(sending)
    row = db.session.scalar(
        select(Petition)
        .join(Submission, Submission.petition_id == Petition.id)
        .where(Submission.form_digest == vault.mac("form", b"sent" + number), ~Submission.shown)
    )
    return (row, receipts.make(number)) if row else None


def note_shown(sending: str) -> None:
    """The receipt code of this sending was shown: it is not shown again."""
    digest = vault.mac("form", b"sent" + bytes.fromhex(sending))
    with aside() as session:
        session.execute(update(Submission).where(Submission.form_digest == digest).values(shown=True))


def represent(petition: Petition, identity: dict[str, str], form_key: str, *, by: Viewer) -> str:
    """Add a representative of a joint petition, with a receipt code of their own; the number of this sending, in hex.

    As with a letter: the same form sent twice finds the same representative and the same code. Raises NotPossible.
    """
    about = repr((petition.id, sorted(identity.items()))).encode()
    sending = vault.mac("form", bytes.fromhex(form_key) + about)
    digest = vault.mac("form", b"sent" + sending)
    first = fetch(db.session(), _first(db.engine.dialect.name), form_digest=digest, sent_at=clock.now(), shown=False)
    if first.scalar() is not None:
        petition.represent(identity, receipts.make(sending), by=by)
        fetch(db.session(), _SENT, digest=digest, petition_id=petition.id)
    else:
        fetch(db.session(), _SENT, digest=digest, shown=False)
    return sending.hex()
