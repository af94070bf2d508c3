"""Lists of questions, each a constant number of queries."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from blueprints.pairing.questions.domain import EVENT_LABELS, State
from blueprints.pairing.questions.models import Knowledge, Question, seen_by
from blueprints.pairing.timeline import happened
from core.extensions import db, once
from core.pages import Listing, newest_key
from core.places import Place
from core.record import Happened
from core.roles import Role, Viewer

PAGE = 50


@dataclass(frozen=True)
class Filter:
    """What the list is narrowed to; an empty word means everything."""

    state: str = ""
    trade: str = ""

    def asked_for(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        return {name: word for name, word in asdict(self).items() if word}


_LINES = select(Question).options(joinedload(Question.place).joinedload(Place.parent), joinedload(Question.expert))


def questions(viewer: Viewer, wanted: Filter, after: str = "") -> Listing[Question]:
    """The questions this person may see under a filter, the newest first."""
    rows = _LINES.where(seen_by(viewer)).order_by(Question.id.desc()).limit(PAGE + 1)
    if wanted.state:
        rows = rows.where(Question.state == wanted.state)
    if wanted.trade:
        rows = rows.where(Question.trade == wanted.trade)
    if key := newest_key(after):
        rows = rows.where(Question.id < key)
    found = list(db.session.scalars(rows))
    return Listing(found[:PAGE], str(found[PAGE - 1].id) if len(found) > PAGE else None, wanted.asked_for())


_WAITS = {Role.CLERK: (State.ASKED, State.ASSIGNED, State.AGREED), Role.HANDLER: (State.ASSIGNED,)}


def waiting(viewer: Viewer) -> tuple[Select[Question], ...]:
    """For the desk: where the next step may be this person's."""
    return (_waiting(viewer),) if viewer.role in _WAITS else ()


@lru_cache(256)
def _waiting(viewer: Viewer) -> Select[Question]:
    rows = _LINES.where(seen_by(viewer), Question.state.in_(_WAITS[viewer.role]))
    return rows.order_by(Question.due_on, Question.id).limit(PAGE)


def on_desk(viewer: Viewer) -> list[Question]:
    """What waits for this person, the first due first; of what may be published, the oldest first."""
    actions = {"assign", "answer", "publish"}
    rows = [each for query in waiting(viewer) for each in _read(query)]
    found = [(each, {step.action for step in each.steps(viewer)}) for each in rows]
    return [each for each, steps in found if steps & actions and (each.state != State.ASSIGNED or "answer" in steps)]


def _read(query: Select[Question]) -> Sequence[Question]:
    return once(query, lambda: db.session.scalars(query).all())


def timeline(question: Question, *, since: int = 0) -> list[Happened]:
    """What happened to a question, oldest first."""
    return happened(question.thread, EVENT_LABELS, since=since)


def published(question: Question) -> int | None:
    """The page of the knowledge that a question became."""
    return db.session.scalar(select(Knowledge.id).where(Knowledge.question_id == question.id))
