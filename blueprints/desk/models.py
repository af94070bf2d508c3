"""What is due for this person, and the record as an auditor reads it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import ngettext
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from blueprints.accounts.domain import EVENT_LABELS as ACCOUNT_EVENTS
from blueprints.accounts.domain import SIGN_IN_LABELS, UNIT_EVENT_LABELS
from blueprints.accounts.models import Unit, User
from blueprints.petitions.docket.domain import EVENT_LABELS as PETITION_EVENTS
from blueprints.petitions.docket.models import Petition, unwalled
from blueprints.petitions.docket.queries import Filter, Line, queue
from blueprints.petitions.protection.domain import NOTICE_EVENTS
from blueprints.petitions.protection.models import Retaliation, known_to
from core import clock
from core.extensions import db
from core.pages import Listing, newest_key
from core.record import Entry
from core.roles import Role, Viewer

PAGE = 50
EVENTS = {
    "petition": PETITION_EVENTS,
    "user": ACCOUNT_EVENTS,
    "unit": UNIT_EVENT_LABELS,
    "sign_in": SIGN_IN_LABELS,
    "retaliation": NOTICE_EVENTS,
}
SOON = timedelta(days=7)


def due_soon(viewer: Viewer) -> list[Line]:
    """The first page of this person's matters that are late or due within a week."""
    last = clock.today() + SOON
    return [line for line in queue(viewer, Filter()).rows if line.due_on and line.due_on <= last]


def unread(viewer: Viewer) -> list[Line]:
    """The latest of this person's matters in which the petitioner wrote and nobody has done anything since."""
    return list(queue(viewer, Filter(unread=True)).rows) if viewer.role != Role.CONTACT else []


def waiting_words(viewer: Viewer) -> str:
    """How many notices of retaliation wait for this person."""
    waits = select(func.count(Retaliation.id)).where(known_to(viewer), Retaliation.answer_sealed.is_(None))
    count = (db.session.scalar(waits) or 0) if viewer.role in (Role.LEADER, Role.DISCIPLINE) else 0
    words: str = ngettext("%(num)s waits for an answer.", "%(num)s wait for an answer.", count)
    return words


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
    actor, subject = aliased(User), aliased(User)
    notices = select(Retaliation.id).where(known_to(viewer))
    wanted = (
        select(
            Entry.id,
            Entry.at,
            Entry.thread,
            Entry.action,
            Entry.data,
            Petition.number,
            Unit.name,
            subject.username,
            actor.username,
        )
        .outerjoin(Petition, and_(Entry.thread == "petition", Petition.id == Entry.thread_id))
        .outerjoin(Unit, and_(Entry.thread == "unit", Unit.id == Entry.thread_id))
        .outerjoin(subject, and_(Entry.thread == "user", subject.id == Entry.thread_id))
        # A contact may be the one who wrote: as in the case, what they sent in comes from the public.
        .outerjoin(actor, and_(actor.id == Entry.actor_id, or_(Entry.thread != "petition", actor.role != Role.CONTACT)))
        .where(
            or_(
                Entry.thread.not_in(("petition", "retaliation")),
                and_(Entry.thread == "petition", unwalled(viewer)),
                and_(Entry.thread == "retaliation", Entry.thread_id.in_(notices)),
            )
        )
        .order_by(Entry.id.desc())
        .limit(PAGE + 1)
    )
    if key := newest_key(after):
        wanted = wanted.where(Entry.id < key)
    rows = db.session.execute(wanted).all()
    happenings = [
        Happening(
            at=at,
            matter=number or unit or user or "–",
            event=str(EVENTS[thread][action]),
            role=Role(data["role"]).label if thread == "user" and "role" in data else None,
            account=account,
            public=thread in ("petition", "retaliation"),
        )
        for _, at, thread, action, data, number, unit, user, account in rows[:PAGE]
    ]
    return Listing(happenings, str(rows[PAGE - 1].id) if len(rows) > PAGE else None)
