"""What is due for this person."""

from datetime import timedelta
from typing import NamedTuple

import rooms
from blueprints.petitions.docket.queries import Filter, Line, queue
from core import clock
from core.desk import Part
from core.roles import Role, Viewer

SOON = timedelta(days=7)


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
    return [part for room in rooms.desks() for part in room(viewer) if part.rows or part.empty]
