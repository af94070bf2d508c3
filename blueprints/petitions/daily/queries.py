"""What comes next, and what a step for many would change."""

from blueprints.petitions.docket.queries import Filter, queue
from core.roles import Viewer


def following(viewer: Viewer, wanted: Filter, place: str, this: int) -> tuple[int | None, bool]:
    """The matter after `place` in the queue under that filter, and whether the queue began anew at its top.

    `place` is where the matter `this` stood when it was opened, as `due.id`: a step may have moved it since.
    """
    due, _, id = place.rpartition(".")
    if id == str(this) and (due or not wanted.by_due_date):
        for row in queue(viewer, wanted, place if wanted.by_due_date else id).rows:
            if row.id != this:
                return row.id, False
    for row in queue(viewer, wanted).rows:
        if row.id != this:
            return row.id, True
    return None, True
