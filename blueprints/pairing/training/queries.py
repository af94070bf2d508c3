"""Lists of courses and of the places in one, each a constant number of queries."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import joinedload

from blueprints.pairing.timeline import happened
from blueprints.pairing.training.domain import EVENT_LABELS, SMALL, STAFF, Place, State, Use, told_use
from blueprints.pairing.training.models import Course, Enrolment, Evaluation, phone_digest, places_seen_by, seen_by
from core import clock, places, sendings
from core.desk import AT_MOST
from core.extensions import db, reading
from core.pages import Listing, newest_key
from core.receipts import digest_of_anything
from core.record import Happened
from core.roles import Role, Viewer

PAGE = 50
SOON = timedelta(days=7)
STILL_TOLD = timedelta(days=14)  # how long a course that was called off stands on the public page


@dataclass(frozen=True)
class Filter:
    """What the list of courses is narrowed to; an empty word means everything."""

    state: str = ""
    trade: str = ""

    def asked_for(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        return {name: word for name, word in asdict(self).items() if word}


class Line(NamedTuple):
    """A course in a list, with how many have seats, wait, and came."""

    course: Course
    seated: int
    waiting: int
    came: int


def courses(viewer: Viewer, wanted: Filter, after: str = "") -> Listing[Line]:
    """The courses this person may see under a filter, the newest first."""
    rows = _around(select(Course)).where(seen_by(viewer)).order_by(Course.id.desc()).limit(PAGE + 1)
    if wanted.state:
        rows = rows.where(Course.state == wanted.state)
    if wanted.trade:
        rows = rows.where(Course.trade == wanted.trade)
    if key := newest_key(after):
        rows = rows.where(Course.id < key)
    found = list(db.session.scalars(rows))
    return Listing(lines(found[:PAGE]), str(found[PAGE - 1].id) if len(found) > PAGE else None, wanted.asked_for())


def announced() -> list[Line]:
    """For everybody: what lies ahead, the next one first, and what was called off lately."""
    today = clock.today()
    ahead = (Course.state == State.ANNOUNCED) & (Course.held_on >= today)
    off = (Course.state == State.CANCELLED) & (Course.held_on >= today - STILL_TOLD)
    rows = _around(select(Course)).where(ahead | off, Course.announced_on.is_not(None))
    return lines(list(db.session.scalars(rows.order_by(Course.held_on, Course.id).limit(200))))


def _around(rows: Select[Course]) -> Select[Course]:
    return rows.options(joinedload(Course.unit), joinedload(Course.place).joinedload(places.Place.parent))


def lines(found: Sequence[Course]) -> list[Line]:
    """These courses with their counts."""
    seated = func.sum(case((Enrolment.state == Place.SEAT, 1), else_=0))
    waiting = func.sum(case((Enrolment.state == Place.WAITING, 1), else_=0))
    mine = Enrolment.course_id.in_([each.id for each in found])
    rows = select(Enrolment.course_id, seated, waiting, func.count(Enrolment.came)).where(mine)
    counts = {id: tuple(rest) for id, *rest in db.session.execute(rows.group_by(Enrolment.course_id))}
    return [Line(each, *counts.get(each.id, (0, 0, 0))) for each in found]


def people(course: Course, viewer: Viewer) -> Sequence[Enrolment]:
    """The places whose names this person may see: seats and the waiting list, in the order they enrolled."""
    rows = select(Enrolment).join(Course).where(Enrolment.course_id == course.id, places_seen_by(viewer))
    rows = rows.where(Enrolment.state != Place.GIVEN_UP).order_by(Enrolment.number)
    return db.session.scalars(rows.options(joinedload(Enrolment.village))).all()


def of_sending(sending: bytes) -> Sequence[Enrolment]:
    """The places of one sending, in the order of its list."""
    rows = select(Enrolment).where(Enrolment.sending_digest == sendings.digest_of(sending)).order_by(Enrolment.number)
    return db.session.scalars(rows.options(joinedload(Enrolment.course))).all()


def by_code(code: str) -> int | None:
    """The place of a code, by its id; whatever was typed costs the same. It reads in a transaction of its own."""
    with reading() as session:
        return session.scalar(select(Enrolment.id).where(Enrolment.code_digest == digest_of_anything(code)))


def by_phone(course: int, typed: str) -> int | None:
    """The place in a course of a telephone number, by its id; read like that of a code."""
    with reading() as session:
        mine = select(Enrolment.id).where(Enrolment.course_id == course)
        return session.scalar(mine.where(Enrolment.phone_digest == phone_digest(typed)))


class Evaluations(NamedTuple):
    """What those who came thought: how many said something, how useful it was, and in which words."""

    many: int | None  # None: too few to be told
    use: dict[Use, int | None]
    words: list[str]


def evaluations(course: Course) -> Evaluations:
    """The evaluations of a course, as nobody can tell from whom they come; the words in no order of time."""
    rows = db.session.scalars(select(Evaluation).where(Evaluation.course_id == course.id).order_by(Evaluation.id)).all()
    enough = len(rows) >= SMALL
    counts = {use: sum(row.use == use for row in rows) for use in Use}
    words = [row.words for row in rows if row.words] if enough else []
    return Evaluations(len(rows) if enough else None, told_use(counts), words)


def timeline(course: Course, *, since: int = 0) -> list[Happened]:
    """What happened to a course, oldest first; an evaluation is counted, not told one by one."""
    return happened(course.thread, EVENT_LABELS, since=since, but=("evaluated",))


def due(viewer: Viewer) -> Select[Course] | None:
    """For the desk: the courses of this person's unit that are near, or over and not recorded as held."""
    if viewer.role not in STAFF or viewer.role == Role.LEADER:
        return None
    return _due(viewer, clock.today())


@lru_cache(256)
def _due(viewer: Viewer, today: date) -> Select[Course]:
    rows = select(Course).where(Course.state == State.ANNOUNCED, Course.held_on <= today + SOON)
    if viewer.role == Role.HANDLER:
        rows = rows.where(Course.unit_id == viewer.unit_id)
    return rows.order_by(Course.held_on, Course.id).limit(AT_MOST)
