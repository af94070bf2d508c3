"""What is due for this person."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import rooms
from blueprints.petitions.daily.models import Digest, todays
from blueprints.petitions.docket.queries import Filter, Line, in_due_order, in_order, queue
from core import clock
from core.desk import Part, Waiting, read
from core.extensions import look
from core.pages import Listing
from core.roles import Role, Viewer

SOON = timedelta(days=7)


class Turn(NamedTuple):
    """The first page of this person's matters: late, due within a week, and ours to move on without a time limit; and
    whether there may be more of them than a page holds."""

    late: list[Line]
    soon: list[Line]
    ours: list[Line]
    more: bool


def due(viewer: Viewer) -> Turn:
    """What is late or due within a week for this person, and what waits for them without a running clock."""
    today, wanted = clock.today(), Filter()
    listing = queue(viewer, wanted)
    # Where this page ends past the week, the next holds nothing that is due; in another order nobody knows.
    last = listing.rows[-1].due_on if listing.rows and in_due_order(viewer, wanted) else today
    turn = Turn([], [], [], more=bool(listing.next_key and last and last <= today + SOON))
    for line in listing.rows:
        if line.due_on and line.due_on <= today + SOON:
            (turn.ours if not line.due_clock else turn.late if line.due_on < today else turn.soon).append(line)
    return turn


class Found(NamedTuple):
    """What may be there: today's digest, the latest matters in which the petitioner wrote and nobody has done anything
    since, what the rooms put here."""

    digest: Digest | None
    unread: Listing[Line]
    parts: Sequence[Part]


def found(viewer: Viewer, *, reads: bool) -> Found:
    """What besides is on the desk of this person, who reads matters or not; of all one statement asks whether it is."""
    parts = [part for room in rooms.desks() for part in room(viewer)]
    digests, unread, *rows = read([_digests(viewer, reads), _unread(viewer, reads), *(part.rows for part in parts)])
    told = [part.with_rows(own) for part, own in zip(parts, rows, strict=True) if own or part.empty]
    return Found(next(iter(digests), None), next(iter(unread), Listing(())), told)


def _digests(viewer: Viewer, reads: bool) -> Waiting[Digest]:
    query = todays(viewer)
    return Waiting((query,) if reads else (), lambda: look(Digest, query))


def _unread(viewer: Viewer, reads: bool) -> Waiting[Listing[Line]]:
    wanted = Filter(unread=True)
    asked = (in_order(viewer, wanted),) if reads and viewer.role != Role.CONTACT else ()
    return Waiting(asked, lambda: [queue(viewer, wanted)])
