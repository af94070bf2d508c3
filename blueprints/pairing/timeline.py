"""What happened to one thing of this wing, as its page tells it."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import bindparam, select

from blueprints.accounts.models import User
from core.extensions import db
from core.record import Entry, Happened, Thread

_ENTRIES = (
    select(Entry, User.name)
    .outerjoin(User, User.id == Entry.actor_id)
    .where(Entry.thread == bindparam("thread"), Entry.thread_id == bindparam("id"), Entry.number > bindparam("since"))
    .order_by(Entry.number)
)


def happened(thread: Thread, labels: Mapping[str, Any], *, since: int = 0, but: Collection[str] = ()) -> list[Happened]:
    """The entries of a thread after number `since`, oldest first, without those of the actions `but`."""
    rows = db.session.execute(_ENTRIES, {"thread": thread.kind, "id": thread.id, "since": since})
    return [
        Happened(entry.at, str(labels[entry.action]), name, entry.note)
        for entry, name in rows
        if entry.action not in but
    ]
