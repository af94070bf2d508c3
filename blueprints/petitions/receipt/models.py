"""What a receipt code opens, and what its holder may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from blueprints.accounts.models import Unit
from blueprints.petitions.casefile.models import Representative
from blueprints.petitions.docket.domain import ANSWERED, Satisfaction
from blueprints.petitions.docket.models import Petition
from blueprints.petitions.receipt.domain import SHOWN
from core import attachments, receipts
from core.extensions import db, reading
from core.texts import plain
from core.workflow import NotPossible


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
        units = {id: name for id, name in db.session.execute(wanted)}
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
