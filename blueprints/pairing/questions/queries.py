"""Lists of questions, each a constant number of queries."""

from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from blueprints.pairing.questions.domain import EVENT_LABELS, State
from blueprints.pairing.questions.models import Knowledge, Question, seen_by
from blueprints.pairing.timeline import happened
from core.extensions import db
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


def waiting(viewer: Viewer) -> list[Question]:
    """For the desk: what waits for this person, the first due first; of what may be published, the oldest first."""
    states = {
        Role.CLERK: (State.ASKED, State.ASSIGNED, State.AGREED),
        Role.HANDLER: (State.ASSIGNED,),
    }.get(viewer.role)
    if states is None:
        return []
    rows = _LINES.where(seen_by(viewer), Question.state.in_(states)).order_by(Question.due_on, Question.id).limit(PAGE)
    actions = {"assign", "answer", "publish"}
    found = [(each, {step.action for step in each.steps(viewer)}) for each in db.session.scalars(rows)]
    return [each for each, steps in found if steps & actions and (each.state != State.ASSIGNED or "answer" in steps)]


def timeline(question: Question, *, since: int = 0) -> list[Happened]:
    """What happened to a question, oldest first."""
    return happened(question.thread, EVENT_LABELS, since=since)


def published(question: Question) -> int | None:
    """The page of the knowledge that a question became."""
    return db.session.scalar(select(Knowledge.id).where(Knowledge.question_id == question.id))
