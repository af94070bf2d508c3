"""What is behind a figure, taken along as a workbook: long work with its progress, and an entry for who took it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from blueprints.petitions.docket.models import Petition, seen_by
from blueprints.petitions.docket.queries import Line
from core import clock, jobs
from core.extensions import db, reading
from core.jobs import Progress
from core.pages import Listing
from core.record import Entry, Thread, write
from core.roles import Viewer
from core.tables import Sheet, write_xlsx

MOST_TAKEN = 5000
KEPT = timedelta(minutes=10)  # what was made waits in memory for its owner, and never longer


@dataclass(frozen=True)
class Behind:
    """What is behind a figure, to be read page by page, and how it is written down."""

    address: dict[str, str]  # what was asked, in codes
    number: Callable[[], int]
    listed: Callable[[str], Listing[Line]]  # the page after a key
    title: str
    headings: Sequence[str]
    labels: Mapping[str, Mapping[str, str]]


def take(viewer: Viewer, behind: Behind) -> Progress:
    """Begin to write it into a workbook."""

    def work(progress: Progress) -> None:
        with reading():  # it takes a while, and holds nothing meanwhile
            progress.total = min(behind.number(), MOST_TAKEN)
            rows = _rows(behind, progress)
            db.session.rollback()
        cells = [_cells(row, behind.labels) for row in rows]
        data = write_xlsx(Sheet(behind.title, behind.headings, cells))
        write(Thread("figures", viewer.id), "taken along", by=viewer.id, rows=len(rows), asked=behind.address)
        progress.made, progress.made_at, progress.about = data, clock.now(), frozenset(row.id for row in rows)

    return jobs.start(_name(viewer), work)


def _rows(behind: Behind, progress: Progress) -> list[Line]:
    rows: list[Line] = []
    key: str | None = ""
    while key is not None and len(rows) < MOST_TAKEN:
        listing = behind.listed(key)
        rows += listing.rows
        key, progress.done = listing.next_key, len(rows)
    return rows[:MOST_TAKEN]


def _cells(row: Line, labels: Mapping[str, Mapping[str, str]]) -> Sequence[Any]:
    kind, state = labels["kind"][row.kind], labels["state"][row.state]
    return row.number, row.received_on, kind, row.place, row.subject, state, row.unit


def _name(viewer: Viewer) -> str:
    """Of this person as they are now: whoever has another role or unit since finds nothing."""
    return f"figures {viewer.id} {viewer.role} {viewer.unit_id}"


def progress_of(viewer: Viewer) -> Progress | None:
    """How far the work of this person is; None where there is none any more."""
    progress = jobs.progress_of(_name(viewer))
    if progress is not None and progress.made_at is not None and clock.now() - progress.made_at > KEPT:
        progress.made = None
        return None
    return progress


def made(viewer: Viewer) -> bytes | None:
    """The workbook, once it is written and recorded, as long as this person may see every matter in it, and nothing
    that stands in it was erased or made unreadable since."""
    progress = progress_of(viewer)
    if progress is None or not progress.kept:
        return None
    still = select(func.count()).where(Petition.id.in_(progress.about), seen_by(viewer))
    gone = select(Entry.id).where(Entry.thread == "petition", Entry.thread_id.in_(progress.about))
    gone = gone.where(Entry.action.in_(("erased", "redacted")), Entry.at >= progress.made_at).limit(1)
    if db.session.scalar(still) != len(progress.about) or db.session.scalar(gone) is not None:
        progress.made = None
    return progress.made
