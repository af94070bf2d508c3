"""How a letter comes in, once however often it is sent; and what the holder of its receipt code may do with it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Protocol, cast

from sqlalchemy import Executable, ForeignKey, Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from blueprints.accounts.models import Unit
from blueprints.petitions.casefile.models import Representative
from blueprints.petitions.docket.domain import ANSWERED, Satisfaction
from blueprints.petitions.docket.models import Letter, Petition
from blueprints.petitions.letterbox.domain import SHOWN
from core import attachments, clock, receipts, vault
from core.extensions import Base, Id, Moment, aside, db, fetch, reading
from core.roles import Viewer
from core.texts import plain
from core.workflow import NotPossible


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


def by_receipt(code: str) -> int | None:
    """The matter of a receipt code, by its id; malformed, unknown and removed codes cost the same and find nothing.

    It only reads, in a transaction of its own: somebody who tries codes holds up nobody who writes.
    """
    digest = receipts.digest_of_anything(code)
    with reading() as session:
        return session.scalar(
            select(Petition.id)
            .where(Petition.receipt_digest == digest)
            .union_all(select(Representative.petition_id).where(Representative.receipt_digest == digest))
        )


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


def ask(petition: Petition, what: str, text: str) -> None:
    """The petitioner asks the organ above, or that somebody does not handle the matter, on which a leader decides
    (2022 Art 28, 35, 36). Raises NotPossible."""
    if what != "recusal":
        petition.ask(what, text)
        return
    if not petition.open:
        raise NotPossible("recusal")
    message = petition.write(text, by=None)
    petition.unread = True
    petition.trace("recusal asked", by=None, message=message.id)


@dataclass(frozen=True)
class Opening:
    """One opening of the petitioner's identity: when, by which office and what for; never by whom."""

    at: datetime
    unit: str
    printed: bool  # on a paper, for the petitioner; else it was read


@dataclass(frozen=True)
class Happened:
    """One step, as the petitioner sees it."""

    at: datetime
    title: str


def happened(petition: Petition) -> tuple[Sequence[Happened], Sequence[Opening]]:
    """What happened to the letter, and every opening of the identity, oldest first."""
    entries = petition.timeline()
    opened = [each for each in entries if each.action == "identity opened"]
    units: dict[int, str] = {}
    if opened:
        wanted = select(Unit.id, Unit.name).where(Unit.id.in_({each.data["unit"] for each in opened}))
        units = {id: name for id, name in db.session.execute(wanted)}  # noqa: C416 - a Row is no pair to mypy
    titles = plain(SHOWN)
    steps = [Happened(each.at, titles[each.action]) for each in entries if each.action in titles]
    return steps, [Opening(each.at, units[each.data["unit"]], "printed" in each.data) for each in opened]


def may_rate(petition: Petition) -> bool:
    """The handling is rated once there is an answer, and once."""
    return petition.state in ANSWERED and petition.outcome is not None and petition.satisfaction is None


def write_back(petition: Petition, text: str, files: Sequence[attachments.Cleaned]) -> None:
    """The petitioner writes to the office, with files or without."""
    if _sent_already(petition, text, files):
        return
    message = petition.write(text, by=None)
    for file in files:
        petition.attach(file, message)
    petition.unread = True
    petition.trace("wrote", by=None, message=message.id, files=len(files))


def _sent_already(petition: Petition, text: str, files: Sequence[attachments.Cleaned]) -> bool:
    """Whether this is the last message once more: the button pressed twice, or the page loaded again."""
    last = next(iter(reversed(petition.messages(all_of_them=True))), None)
    if last is None or last.author_id is not None or last.text != text:
        return False
    came = [(file.name, file.size) for file in petition.files() if file.message_id == last.id]
    return came == [(file.name, len(file.data)) for file in files]


def rate(petition: Petition, satisfaction: str, words: str) -> None:
    """The petitioner says how the handling was (2022 Art 21). Raises NotPossible before there is an answer."""
    petition.rate(Satisfaction(satisfaction), words)
