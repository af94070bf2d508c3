"""What was read, and the notices of retaliation: one page at a time."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from blueprints.accounts.models import User
from blueprints.petitions.docket.models import Petition, unwalled
from blueprints.petitions.protection.domain import NOTICE_EVENTS, NoticeState
from blueprints.petitions.protection.models import Reading, Retaliation, notices_of
from core.extensions import db, fetch
from core.pages import Listing, newest_key
from core.record import entries
from core.roles import Viewer
from core.texts import plain

PAGE = 50


@dataclass(frozen=True)
class Filter:
    """What the readings are narrowed to; an empty word means everything."""

    number: str = ""
    account: str = ""
    day: date | None = None

    def asked(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        return {name: str(word) for name, word in asdict(self).items() if word}


class Line(NamedTuple):
    """One reading, without a word of the matter."""

    id: int
    read_at: datetime
    number: str | None
    what: str
    account: str


def readings(viewer: Viewer, wanted: Filter, after: str) -> Listing[Line]:
    """Who opened what, newest first; nothing of matters that complain of this person or their unit."""
    rows = (
        select(Reading.id, Reading.read_at, Petition.number, Reading.what, User.username)
        .join(Petition, Petition.id == Reading.petition_id)
        .join(User, User.id == Reading.reader_id)
        .where(unwalled(viewer))
        .order_by(Reading.id.desc())
        .limit(PAGE + 1)
    )
    if wanted.number:
        rows = rows.where(Reading.petition_id == _one(select(Petition.id).where(Petition.number == wanted.number)))
    if wanted.account:
        rows = rows.where(Reading.reader_id == _one(select(User.id).where(User.username == wanted.account)))
    if wanted.day:
        rows = rows.where(Reading.read_on == wanted.day)
    if key := newest_key(after):
        rows = rows.where(Reading.id < key)
    found = [Line(*row) for row in fetch(db.session(), rows)]
    return Listing(found[:PAGE], str(found[PAGE - 1].id) if len(found) > PAGE else None, wanted.asked())


def _one(wanted: Select[int]) -> int:
    """The id, or one that nothing has."""
    return db.session.scalar(wanted) or -1


def notices(viewer: Viewer, *, open_ones: bool = True) -> Sequence[Retaliation]:
    """The notices this person may see: those that wait, the most urgent first, or the last hundred that are done."""
    done = Retaliation.state == NoticeState.CLOSED
    found = select(Retaliation).options(joinedload(Retaliation.petition)).where(notices_of(viewer))
    if open_ones:
        return db.session.scalars(found.where(~done).order_by(Retaliation.due_on, Retaliation.id)).all()
    return db.session.scalars(found.where(done).order_by(Retaliation.id.desc()).limit(100)).all()


@dataclass(frozen=True)
class Happened:
    """One entry of a notice, as it is told on its page."""

    at: datetime
    title: str
    by: str | None
    text: str | None


def timeline(notice: Retaliation) -> list[Happened]:
    """What happened to a notice, oldest first."""
    found = entries(notice.thread)
    people = select(User.id, User.name).where(User.id.in_({each.actor_id for each in found if each.actor_id}))
    names = {row.id: row.name for row in db.session.execute(people)}
    titles = plain(NOTICE_EVENTS)
    return [Happened(each.at, titles[each.action], names.get(each.actor_id or 0), each.note) for each in found]
