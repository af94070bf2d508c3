"""The record of the whole office: that something happened, not what it says."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select

import rooms
from blueprints.accounts.models import User
from core.extensions import db
from core.pages import Listing, newest_key
from core.record import Entry
from core.roles import Role, Viewer

PAGE = 50


@dataclass(frozen=True)
class Happening:
    """One entry of the record without any name or text of a letter."""

    at: datetime
    matter: str
    event: str
    role: str | None  # which role somebody was given: who may read letters now is seen here
    account: str | None
    public: bool  # without an account it was the public; else a command of the operator


def happened(viewer: Viewer, after: str) -> Listing[Happening]:
    """What happened, newest first. Matters that complain of this person or their unit are not in it."""
    kinds = {told.kind: told for told in rooms.told()}
    # A contact may be the one who wrote: as in the case, what they sent in comes from the public.
    inside = or_(Entry.thread.not_in([kind for kind, told in kinds.items() if told.public]), User.role != Role.CONTACT)
    unnamed = [and_(Entry.thread == kind, told.unnamed) for kind, told in kinds.items() if told.unnamed is not None]
    wanted = (
        select(Entry.id, Entry.at, Entry.thread, Entry.thread_id, Entry.action, Entry.data, User.username)
        .outerjoin(User, and_(User.id == Entry.actor_id, inside, ~or_(*unnamed)))
        .where(*(or_(Entry.thread != told.kind, told.wall(viewer)) for told in kinds.values() if told.wall))
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
            matter=names.get((thread, id)) or kinds[thread].words(id, data),
            event=str(kinds[thread].events[action]),
            role=Role(data["role"]).label if thread == "user" and "role" in data else None,
            account=account,
            public=kinds[thread].public,
        )
        for _id, at, thread, id, action, data, account in rows[:PAGE]
    ]
    return Listing(happenings, str(rows[PAGE - 1].id) if len(rows) > PAGE else None)


def _names(threads: set[tuple[str, int]]) -> dict[tuple[str, int], str | None]:
    """What these threads are called: one query for each kind that has names."""
    found: dict[tuple[str, int], str | None] = {}
    for told in rooms.told():
        ids = [id for kind, id in threads if kind == told.kind]
        if ids and told.names is not None:
            rows = db.session.execute(told.names.where(told.names.selected_columns[0].in_(ids)))
            found |= {(told.kind, id): name for id, name in rows}
    return found
