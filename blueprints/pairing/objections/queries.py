"""Lists of objections, each a constant number of queries."""

from functools import lru_cache

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from blueprints.pairing.households.models import Household
from blueprints.pairing.objections.domain import EVENT_LABELS, State
from blueprints.pairing.objections.models import Objection, seen_by
from blueprints.pairing.rounds.models import Round
from blueprints.pairing.timeline import happened
from core.desk import AT_MOST
from core.extensions import db, reading
from core.pages import Listing, newest_key
from core.places import Place
from core.receipts import digest_of_anything
from core.record import Happened
from core.roles import Viewer

PAGE = 50

_WHOLE = joinedload(Objection.household)
_LINES = select(Objection).options(
    _WHOLE.joinedload(Household.round), _WHOLE.joinedload(Household.place).joinedload(Place.parent)
)


def objections(viewer: Viewer, state: str = "", after: str = "") -> Listing[Objection]:
    """The objections this person may see, the newest first."""
    rows = _LINES.where(seen_by(viewer)).order_by(Objection.id.desc()).limit(PAGE + 1)
    if state:
        rows = rows.where(Objection.state == state)
    if key := newest_key(after):
        rows = rows.where(Objection.id < key)
    found = db.session.scalars(rows).all()
    asked = {"state": state} if state else {}
    return Listing(found[:PAGE], str(found[PAGE - 1].id) if len(found) > PAGE else None, asked)


@lru_cache(256)
def waiting(viewer: Viewer) -> Select[Objection]:
    """For the desk: the objections that this person may answer, the first due first."""
    rows = _LINES.where(seen_by(viewer), Objection.state == State.RECEIVED)
    return rows.order_by(Objection.due_on, Objection.id).limit(AT_MOST)


def to_answer(viewer: Viewer, of: Round) -> int:
    """How many objections to the list of a round wait for this person: of others nobody learns that they are there."""
    rows = select(func.count(Objection.id)).join(Household, Household.id == Objection.household_id)
    rows = rows.where(Household.round_id == of.id, Objection.state == State.RECEIVED, seen_by(viewer))
    return db.session.scalar(rows) or 0


def by_code(code: str) -> int | None:
    """The objection of a code, by its id; whatever was typed costs the same. It reads in a transaction of its own."""
    with reading() as session:
        return session.scalar(select(Objection.id).where(Objection.code_digest == digest_of_anything(code)))


def timeline(objection: Objection, *, since: int = 0) -> list[Happened]:
    """What happened to an objection, oldest first."""
    return happened(objection.thread, EVENT_LABELS, since=since)
