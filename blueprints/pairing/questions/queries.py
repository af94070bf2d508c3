"""Lists of questions, each a constant number of queries."""

from dataclasses import asdict, dataclass
from functools import lru_cache

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import joinedload

from blueprints.pairing.experts.models import Expert
from blueprints.pairing.questions.domain import EVENT_LABELS, State
from blueprints.pairing.questions.models import Knowledge, Question, seen_by
from blueprints.pairing.timeline import happened
from core.desk import AT_MOST
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


@lru_cache(256)
def waiting(viewer: Viewer) -> Select[Question] | None:
    """For the desk: what this person is to give to an expert, or to answer."""
    match viewer.role:
        case Role.CLERK:  # who answers for an expert without an account
            silent = Question.expert_id.in_(select(Expert.id).where(Expert.user_id.is_(None)))
            mine = or_(Question.state == State.ASKED, and_(Question.state == State.ASSIGNED, silent))
        case Role.HANDLER:
            mine = Question.state == State.ASSIGNED
        case _:
            return None
    rows = _LINES.where(seen_by(viewer), mine).order_by(Question.due_on, Question.id)
    return rows.limit(AT_MOST)


@lru_cache(256)
def agreed(viewer: Viewer) -> Select[Question] | None:
    """For the desk: the answers that may be published, to be read for names; the oldest first."""
    if viewer.role is not Role.CLERK:
        return None
    return _LINES.where(seen_by(viewer), Question.state == State.AGREED).order_by(Question.id).limit(AT_MOST)


def timeline(question: Question, *, since: int = 0) -> list[Happened]:
    """What happened to a question, oldest first."""
    return happened(question.thread, EVENT_LABELS, since=since)


def published(question: Question) -> int | None:
    """The page of the knowledge that a question became."""
    return db.session.scalar(select(Knowledge.id).where(Knowledge.question_id == question.id))
