"""What `flask check` proves of questions and of the knowledge page."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from blueprints.pairing.questions.domain import WORKFLOW, State
from blueprints.pairing.questions.models import INDEX, Knowledge, Question, QuestionPhoto, numbered, waits_for_nobody
from core import check, vault
from core.record import Entry, Fault
from core.serials import Counted

NUMBERED: Counted = {"question": numbered}


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """Questions moved by the record alone, with all their photos; on the knowledge page just what was published."""
    counts["questions"] += session.scalar(select(func.count(Question.id))) or 0
    yield from check.moved_past(session, Question, WORKFLOW.start)
    there = select(func.count()).where(QuestionPhoto.question_id == Question.id).scalar_subquery()
    asked = select(Entry.data).where(Entry.thread == "question", Entry.thread_id == Question.id, Entry.number == 1)
    for id, data, photos in check.rows(session, select(Question.id, asked.scalar_subquery(), there)):
        if (data or {}).get("files") != photos:
            yield Fault(f"question {id}", f"{photos} photos are there, its record tells of another number")
    known = select(Knowledge.id).where(Knowledge.question_id == Question.id).exists()
    wrong = select(Question.id).where((Question.state == State.PUBLISHED) != known)
    for (id,) in check.rows(session, wrong):
        yield Fault(f"question {id}", "what stands on the knowledge page is not what its state says")
    for row in session.scalars(select(Knowledge).execution_options(yield_per=200)):
        counts["answers on the knowledge page"] += 1
        try:
            if not INDEX.holds(session, row.id, row.words):
                yield Fault(f"knowledge {row.id}", "a search does not find it")
        except (vault.Broken, ValueError):
            continue  # named already


def unseen(session: Session) -> Iterator[str]:
    """Questions with an expert who is not there any more."""
    for number in session.scalars(select(Question.number).where(waits_for_nobody()).order_by(Question.number)):
        yield f"question {number}: the account of its expert is closed, so nobody answers it"


def index(session: Session) -> int:
    """Write the search index of the knowledge page anew; how many texts it holds then."""
    INDEX.empty(session)
    rows = session.scalars(select(Knowledge)).all()
    INDEX.put_all(session, [(each.id, each.words) for each in rows])
    return len(rows)
