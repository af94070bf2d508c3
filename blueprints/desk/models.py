"""What is due for this person, and the record as an auditor reads it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import aliased

from blueprints.accounts.domain import EVENT_LABELS as ACCOUNT_EVENTS
from blueprints.accounts.domain import SIGN_IN_LABELS, UNIT_EVENT_LABELS
from blueprints.accounts.models import Unit, User
from blueprints.petitions.causes.domain import EVENT_LABELS as CAUSE_EVENTS
from blueprints.petitions.causes.domain import PROPOSAL_EVENT_LABELS
from blueprints.petitions.causes.models import Cause, Proposal
from blueprints.petitions.causes.models import unwalled as causes_unwalled
from blueprints.petitions.daily.domain import EVENT_LABELS as DAILY_EVENTS
from blueprints.petitions.docket.domain import EVENT_LABELS as PETITION_EVENTS
from blueprints.petitions.docket.domain import LABELS
from blueprints.petitions.docket.models import Petition, unwalled
from blueprints.petitions.docket.queries import Filter, Line, queue
from blueprints.petitions.ledger.domain import EVENT_LABELS as LEDGER_EVENTS
from blueprints.petitions.phrasebook.domain import EVENT_LABELS as PHRASE_EVENTS
from blueprints.petitions.protection.domain import NOTICE_EVENTS
from blueprints.petitions.protection.models import Retaliation, known_to
from blueprints.petitions.reception.domain import DAY_EVENTS, HOURS_EVENTS
from blueprints.petitions.rulebook.domain import PROCEDURE_EVENT_LABELS, YEAR_EVENT_LABELS
from blueprints.petitions.screening.domain import EVENT_LABELS as ITEM_EVENTS
from blueprints.petitions.screening.domain import ROUND_EVENT_LABELS
from blueprints.petitions.screening.models import Item
from blueprints.petitions.screening.models import unwalled as items_unwalled
from blueprints.petitions.visits.domain import EVENT_LABELS as VISIT_EVENTS
from core import clock
from core.extensions import db
from core.pages import Listing, newest_key
from core.procedures import Procedure
from core.record import Entry
from core.roles import Role, Viewer
from core.texts import plain

PAGE = 50
EVENTS = {
    "petition": PETITION_EVENTS,
    "screening_round": ROUND_EVENT_LABELS,
    "screening_item": ITEM_EVENTS,
    "user": ACCOUNT_EVENTS,
    "unit": UNIT_EVENT_LABELS,
    "sign_in": SIGN_IN_LABELS,
    "calendar_year": YEAR_EVENT_LABELS,
    "procedure": PROCEDURE_EVENT_LABELS,
    "cause": CAUSE_EVENTS,
    "cause_proposal": PROPOSAL_EVENT_LABELS,
    "visit": VISIT_EVENTS,
    "reception_day": DAY_EVENTS,
    "window_hours": HOURS_EVENTS,
    "export": DAILY_EVENTS,
    "phrase": PHRASE_EVENTS,
    "ledger_table": LEDGER_EVENTS,
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
            Entry.thread_id,
            Entry.action,
            Entry.data,
            func.coalesce(Petition.number, Cause.number),
            Unit.name,
            subject.username,
            Procedure.code,
            actor.username,
        )
        .outerjoin(Petition, and_(Entry.thread == "petition", Petition.id == Entry.thread_id))
        .outerjoin(Proposal, and_(Entry.thread == "cause_proposal", Proposal.id == Entry.thread_id))
        .outerjoin(Cause, Cause.id == case((Entry.thread == "cause", Entry.thread_id), else_=Proposal.cause_id))
        .outerjoin(Item, and_(Entry.thread == "screening_item", Item.id == Entry.thread_id))
        .outerjoin(Unit, and_(Entry.thread == "unit", Unit.id == Entry.thread_id))
        .outerjoin(subject, and_(Entry.thread == "user", subject.id == Entry.thread_id))
        .outerjoin(Procedure, and_(Entry.thread == "procedure", Procedure.id == Entry.thread_id))
        # A contact may be the one who wrote: as in the case, what they sent in comes from the public.
        .outerjoin(actor, and_(actor.id == Entry.actor_id, or_(Entry.thread != "petition", actor.role != Role.CONTACT)))
        .where(or_(Cause.id.is_(None), causes_unwalled(viewer)))
        .where(or_(Entry.thread != "screening_item", items_unwalled(viewer)))
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
            matter=number or unit or user or procedure or _named(thread, id, data),
            event=str(EVENTS[thread][action]),
            role=Role(data["role"]).label if thread == "user" and "role" in data else None,
            account=account,
            public=thread in ("petition", "retaliation"),
        )
        for _id, at, thread, id, action, data, number, unit, user, procedure, account in rows[:PAGE]
    ]
    return Listing(happenings, str(rows[PAGE - 1].id) if len(rows) > PAGE else None)


def _named(thread: str, id: int, data: dict[str, Any]) -> str:
    """What an entry is about where no row of its thread has a name."""
    return str(id) if thread == "calendar_year" else _taken_along(data) if thread == "export" else "–"


def _taken_along(data: dict[str, Any]) -> str:
    """Of a list that was taken along: how many matters, and under which filter."""
    labels = plain(LABELS)
    asked = {name: labels.get(name, {}).get(word, word) for name, word in data["filter"].items()}
    many = ngettext("%(num)s matter", "%(num)s matters", data["rows"])
    return " · ".join([many, *map(str, asked.values()), *([_("Search")] if data["searched"] else [])])
