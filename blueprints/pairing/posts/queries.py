"""Posts and services by what is looked for, each list a constant number of queries."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import joinedload

from blueprints.accounts.models import User
from blueprints.pairing.posts.domain import EVENT_LABELS, SERVICE_EVENTS, SOON, Stage, State
from blueprints.pairing.posts.models import Post, Service, seen_by, serves_seen_by
from blueprints.pairing.timeline import happened
from core import clock
from core.desk import AT_MOST
from core.extensions import db
from core.pages import Listing, newest_key
from core.places import Place
from core.record import Happened
from core.roles import Role, Viewer

PAGE = 50


@dataclass(frozen=True)
class Filter:
    """What the posts are narrowed to; an empty word means everything that is not closed."""

    state: str = ""
    township: str = ""

    def asked(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        return {name: word for name, word in asdict(self).items() if word}


def posts(viewer: Viewer, wanted: Filter, after: str = "") -> Listing[Post]:
    """One page of the posts this person may see, village by village."""
    rows = select(Post).where(seen_by(viewer)).options(joinedload(Post.place).joinedload(Place.parent))
    rows = rows.where(Post.state == wanted.state if wanted.state else Post.state != State.CLOSED)
    if wanted.township:
        rows = rows.where(Post.place_code.startswith(wanted.township))
    code, _dot, key = after.partition(".")
    if code.isascii() and code.isdigit() and len(code) == 12 and (last := newest_key(key)):
        rows = rows.where((Post.place_code > code) | ((Post.place_code == code) & (Post.id > last)))
    found = list(db.session.scalars(rows.order_by(Post.place_code, Post.id).limit(PAGE + 1)))
    following = f"{found[PAGE - 1].place_code}.{found[PAGE - 1].id}" if len(found) > PAGE else None
    return Listing(found[:PAGE], following, wanted.asked())


def serving_in(posts: Sequence[Post]) -> Mapping[int, Service]:
    """Who serves now, by post."""
    here = (Service.post_id.in_([each.id for each in posts]), Service.state == Stage.SERVING)
    rows = db.session.scalars(select(Service).where(*here).options(joinedload(Service.mentor)))
    return {each.post_id: each for each in rows}


def services_of(post: Post) -> Sequence[Service]:
    """Everybody who served in a post, the latest first."""
    rows = select(Service).where(Service.post_id == post.id).options(joinedload(Service.mentor))
    return db.session.scalars(rows.order_by(Service.begun_on.desc(), Service.id.desc())).all()


@dataclass(frozen=True)
class ServiceFilter:
    """What the services are narrowed to: who is in post now, or what a figure counts."""

    which: str = ""  # serving (now), taken (in the year), held (at its end), left (in it), late (the review), all
    year: str = ""
    township: str = ""

    def asked(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        return {name: word for name, word in asdict(self).items() if word}

    def clauses(self) -> Iterator[ColumnElement[bool]]:
        """The filter as WHERE clauses."""
        year = int(self.year) if self.year else None
        first, last = (date(year, 1, 1), date(year, 12, 31)) if year else (date.min, date.max)
        match self.which:
            case "taken":
                if year:
                    yield Service.begun_year == year
            case "left":
                yield Service.left_on.is_not(None)
                if year:
                    yield Service.left_on.between(first, last)
            case "held":
                if year:
                    yield in_post_on(min(last, clock.today()))
            case "late":
                yield Service.due_on < clock.today()
            case "":
                yield Service.state == Stage.SERVING
        if self.which in ("", "late", "all") and year:
            yield Service.begun_year == year
        if self.township:
            yield Service.place_code.startswith(self.township)


def in_post_on(day: date) -> ColumnElement[bool]:
    """Whether somebody was in post on the evening of a day."""
    return (Service.begun_on <= day) & (Service.left_on.is_(None) | (Service.left_on > day))


def lines(viewer: Viewer) -> Select[Service]:
    """The services this person may open, with what a line tells of them."""
    around = (joinedload(Service.place).joinedload(Place.parent), joinedload(Service.mentor))
    return select(Service).where(serves_seen_by(viewer)).options(*around)


def services(viewer: Viewer, wanted: ServiceFilter, after: str = "") -> Listing[Service]:
    """One page of services, the newest entry first."""
    rows = lines(viewer).where(*wanted.clauses()).order_by(Service.id.desc()).limit(PAGE + 1)
    if key := newest_key(after):
        rows = rows.where(Service.id < key)
    found = list(db.session.scalars(rows))
    return Listing(found[:PAGE], str(found[PAGE - 1].id) if len(found) > PAGE else None, wanted.asked())


def how_many(viewer: Viewer, wanted: ServiceFilter) -> int:
    """How many services the list of this filter has."""
    rows = select(func.count(Service.id)).where(serves_seen_by(viewer), *wanted.clauses())
    return db.session.scalars(rows).one()


def reviews_due(viewer: Viewer) -> Select[Service] | None:
    """For the desk: the own reviews that are late or due within a month; to the office those that are late, and those
    of whom nobody is the mentor."""
    if viewer.role not in (Role.CLERK, Role.LEADER, Role.HANDLER):
        return None
    return _reviews_due(viewer, clock.today())


@lru_cache(256)
def _reviews_due(viewer: Viewer, today: date) -> Select[Service]:
    mine = (Service.mentor_id == viewer.id) & (Service.due_on <= today + SOON)
    if viewer.role != Role.HANDLER:
        mine = mine | (Service.due_on < today) | (Service.mentor_id.is_(None) & (Service.due_on <= today + SOON))
    return lines(viewer).where(mine).order_by(Service.due_on, Service.id).limit(AT_MOST)


def of_village(code: str, viewer: Viewer) -> Post | None:
    """The village's post, if it has one that this person may see."""
    wanted = select(Post).where(Post.place_code == code, Post.state != State.CLOSED, seen_by(viewer))
    return db.session.scalar(wanted)


def vacant() -> list[tuple[int, str]]:
    """The posts in which nobody serves, as choices: id and village."""
    rows = select(Post).where(Post.state == State.VACANT).options(joinedload(Post.place).joinedload(Place.parent))
    return [(each.id, each.place.full_name) for each in db.session.scalars(rows.order_by(Post.place_code))]


def mentor_gone() -> ColumnElement[bool]:
    """Services whose mentor's account was closed."""
    gone = exists().where(User.id == Service.mentor_id, User.closed_at.is_not(None))
    return (Service.state == Stage.SERVING) & gone


def timeline(post: Post, *, since: int = 0) -> list[Happened]:
    """What happened to a post, oldest first."""
    return happened(post.thread, EVENT_LABELS, since=since)


def service_timeline(service: Service, *, since: int = 0) -> list[Happened]:
    """What happened in a service, oldest first."""
    return happened(service.thread, SERVICE_EVENTS, since=since)
