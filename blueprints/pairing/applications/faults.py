"""What `flask check` proves of applications."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from blueprints.pairing.applications.domain import WORKFLOW, State
from blueprints.pairing.applications.models import Application, numbered
from blueprints.pairing.posts.models import Service
from core import check
from core.record import Entry, Fault
from core.serials import Counted

NUMBERED: Counted = {"post_application": numbered}


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """Applications moved by the record alone, in the post they were matched to, and nothing left of who withdrew."""
    counts["applications for posts"] += session.scalar(select(func.count(Application.id))) or 0
    yield from check.moved_past(session, Application, WORKFLOW.start)
    elsewhere = select(Application.id).join(Service, Service.id == Application.service_id)
    for (id,) in check.rows(session, elsewhere.where(Service.post_id != Application.post_id)):
        yield Fault(f"post_application {id}", "it was matched to another post than the one that was taken up")
    thread = (Entry.thread == "post_application", Entry.thread_id == Application.id)
    said = select(Entry.id).where(*thread, Entry.note_sealed.is_not(None))
    for (id,) in check.rows(session, select(Application.id).where(Application.state == State.WITHDRAWN, said.exists())):
        yield Fault(f"post_application {id}", "texts are left of somebody who withdrew")
