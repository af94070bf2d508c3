"""What the holder of a receipt code may do with the letter: read on, write back, add files, rate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from blueprints.accounts.models import Unit
from blueprints.petitions.docket.domain import Satisfaction, State
from blueprints.petitions.docket.models import Petition
from blueprints.petitions.letterbox.domain import SHOWN
from core import attachments
from core.extensions import db

ANSWERED = (State.SIGNED, State.DELIVERED, State.CLOSED)


@dataclass(frozen=True)
class Opening:
    """One opening of the petitioner's identity: when, and by which office; never by whom."""

    at: datetime
    unit: str


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
        units = dict(db.session.execute(wanted).tuples().all())
    steps = [Happened(each.at, str(SHOWN[each.action])) for each in entries if each.action in SHOWN]
    return steps, [Opening(each.at, units[each.data["unit"]]) for each in opened]


def may_rate(petition: Petition) -> bool:
    """The handling is rated once there is an answer, and once."""
    return petition.state in ANSWERED and petition.outcome is not None and petition.satisfaction is None


def write_back(petition: Petition, text: str, files: Sequence[attachments.Cleaned]) -> None:
    """The petitioner writes to the office, with files or without."""
    message = petition.write(text, by=None)
    for file in files:
        petition.attach(file, message)
    petition.trace("wrote", by=None, message=message.id, files=len(files))


def rate(petition: Petition, satisfaction: str, words: str) -> None:
    """The petitioner says how the handling was (2022 Art 21). Raises NotPossible before there is an answer."""
    petition.rate(Satisfaction(satisfaction), words)
