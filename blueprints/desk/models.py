"""What is due for this person, and the record as an auditor reads it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, or_, select

from blueprints.accounts import told as accounts
from blueprints.accounts.models import User
from blueprints.petitions.causes import told as causes
from blueprints.petitions.daily import told as daily
from blueprints.petitions.docket import told as docket
from blueprints.petitions.docket.queries import Filter, Line, queue
from blueprints.petitions.figures import told as figures
from blueprints.petitions.ledger import told as ledger
from blueprints.petitions.phrasebook import told as phrasebook
from blueprints.petitions.protection import told as protection
from blueprints.petitions.reception import told as reception
from blueprints.petitions.rulebook import told as rulebook
from blueprints.petitions.screening import told as screening
from blueprints.petitions.visits import told as visits
from core import clock
from core.desk import Part
from core.extensions import db
from core.pages import Listing, newest_key
from core.record import Entry, Told
from core.roles import Role, Viewer

PAGE = 50
SOON = timedelta(days=7)

# What the rooms tell of their threads, and what they put on a desk, in the order in which it stands there.
RECORD: tuple[Told, ...] = (
    *(*docket.TOLD, *daily.TOLD, *phrasebook.TOLD, *ledger.TOLD),
    *(*screening.TOLD, *visits.TOLD, *reception.TOLD, *causes.TOLD, *figures.TOLD),
    *(*protection.TOLD, *rulebook.TOLD, *accounts.TOLD),
)
DESK: tuple[Callable[[Viewer], list[Part]], ...] = (screening.desk, visits.desk, causes.desk, protection.desk)

KINDS = {told.kind: told for told in RECORD}
EVENTS = {told.kind: told.events for told in RECORD}


class Turn(NamedTuple):
    """The first page of this person's matters: late, due within a week, and ours to move on without a time limit."""

    late: list[Line]
    soon: list[Line]
    ours: list[Line]


def due(viewer: Viewer) -> Turn:
    """What is late or due within a week for this person, and what waits for them without a running clock."""
    today = clock.today()
    turn = Turn([], [], [])
    for line in queue(viewer, Filter()).rows:
        if line.due_on and line.due_on <= today + SOON:
            (turn.ours if not line.due_clock else turn.late if line.due_on < today else turn.soon).append(line)
    return turn


def unread(viewer: Viewer) -> list[Line]:
    """The latest of this person's matters in which the petitioner wrote and nobody has done anything since."""
    return list(queue(viewer, Filter(unread=True)).rows) if viewer.role != Role.CONTACT else []


def parts(viewer: Viewer) -> list[Part]:
    """What the rooms put on this person's desk."""
    return [part for room in DESK for part in room(viewer) if part.rows or part.empty]


@dataclass(frozen=True)
class Happening:
    """One entry of the record without any name or text of a letter."""

    at: datetime
    matter: str
    event: str
    role: str | None  # which role somebody was given: who may read letters now is seen here
    account: str | None
    public: bool  # without an account it was the public; else a command of the operator


def record(viewer: Viewer, after: str) -> Listing[Happening]:
    """What happened, newest first. Matters that complain of this person or their unit are not in it."""
    # A contact may be the one who wrote: as in the case, what they sent in comes from the public.
    inside = or_(Entry.thread.not_in([told.kind for told in RECORD if told.public]), User.role != Role.CONTACT)
    unnamed = [and_(Entry.thread == told.kind, told.unnamed) for told in RECORD if told.unnamed is not None]
    wanted = (
        select(Entry.id, Entry.at, Entry.thread, Entry.thread_id, Entry.action, Entry.data, User.username)
        .outerjoin(User, and_(User.id == Entry.actor_id, inside, ~or_(*unnamed)))
        .where(*(or_(Entry.thread != told.kind, told.wall(viewer)) for told in RECORD if told.wall))
        .order_by(Entry.id.desc())
        .limit(PAGE + 1)
    )
    if key := newest_key(after):
        wanted = wanted.where(Entry.id < key)
    rows = db.session.execute(wanted).all()
    names = _names({(thread, id) for _id, _at, thread, id, *_rest in rows[:PAGE]})
    happenings = [
        Happening(
            at=at,
            matter=names.get((thread, id)) or KINDS[thread].words(id, data),
            event=str(EVENTS[thread][action]),
            role=Role(data["role"]).label if thread == "user" and "role" in data else None,
            account=account,
            public=KINDS[thread].public,
        )
        for _id, at, thread, id, action, data, account in rows[:PAGE]
    ]
    return Listing(happenings, str(rows[PAGE - 1].id) if len(rows) > PAGE else None)


def _names(threads: set[tuple[str, int]]) -> dict[tuple[str, int], str | None]:
    """What these threads are called: one query for each kind that has names."""
    found: dict[tuple[str, int], str | None] = {}
    for told in RECORD:
        ids = [id for kind, id in threads if kind == told.kind]
        if ids and told.names is not None:
            rows = db.session.execute(told.names.where(told.names.selected_columns[0].in_(ids)))
            found |= {(told.kind, id): name for id, name in rows}
    return found
