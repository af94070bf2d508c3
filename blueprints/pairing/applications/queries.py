"""Lists of applications, each a constant number of queries."""

from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from blueprints.pairing.applications.domain import EVENT_LABELS, KEEPERS, OPEN, State
from blueprints.pairing.applications.models import Application
from blueprints.pairing.posts.models import Post
from blueprints.pairing.posts.queries import vacant
from blueprints.pairing.timeline import happened
from core import clock
from core.desk import AT_MOST
from core.extensions import db
from core.pages import Listing, newest_key
from core.places import Place
from core.record import Happened
from core.roles import Viewer

PAGE = 50


@dataclass(frozen=True)
class Filter:
    """What the list is narrowed to; an empty word means everything that is still open."""

    state: str = ""
    degree: str = ""
    township: str = ""

    def asked(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        return {name: word for name, word in asdict(self).items() if word}


_LINES = select(Application).options(
    joinedload(Application.township), joinedload(Application.post).joinedload(Post.place).joinedload(Place.parent)
)


def listed(wanted: Filter, after: str = "") -> Listing[Application]:
    """One page of the applications under a filter: those whose clock ends first, which of the reserve are those who
    stand on it longest; what is over from the newest on."""
    rows, waits = _LINES, wanted.state in ("", *OPEN)
    if wanted.state != "all":
        rows = rows.where(Application.state == wanted.state if wanted.state else Application.state.in_(OPEN))
    if wanted.degree:
        rows = rows.where(Application.degree == wanted.degree)
    if wanted.township:
        rows = rows.where(Application.township_code == wanted.township)
    if waits:
        if last := _waiting_key(after):
            due = Application.due_on
            rows = rows.where((due > last[0]) | ((due == last[0]) & (Application.id > last[1])))
        rows = rows.order_by(Application.due_on, Application.id)
    else:
        if key := newest_key(after):
            rows = rows.where(Application.id < key)
        rows = rows.order_by(Application.id.desc())
    found = list(db.session.scalars(rows.limit(PAGE + 1)))
    if len(found) <= PAGE:
        return Listing(found, None, wanted.asked())
    end = found[PAGE - 1]
    return Listing(found[:PAGE], f"{end.due_on}.{end.id}" if waits else str(end.id), wanted.asked())


def _waiting_key(after: str) -> tuple[date, int] | None:
    day, _dot, id = after.partition(".")
    try:
        return date.fromisoformat(day), newest_key(id) or 0
    except ValueError:
        return None


def free_posts() -> list[tuple[str, str]]:
    """The vacant posts that nobody is matched to, as choices."""
    matched = set(db.session.scalars(select(Application.post_id).where(Application.state == State.MATCHED)))
    return [(str(id), name) for id, name in vacant() if id not in matched]


def waiting(viewer: Viewer) -> Select[Application] | None:
    """For the desks of those who look at them: the applications whose clock ends first; of the reserve list those whose
    time is over."""
    return _waiting(clock.today()) if viewer.role in KEEPERS else None


@lru_cache(16)
def _waiting(today: date) -> Select[Application]:
    over = (Application.state == State.RESERVE) & (Application.due_on < today)
    rows = _LINES.where(Application.state.in_((State.RECEIVED, State.MATCHED)) | over)
    return rows.order_by(Application.due_on, Application.id).limit(AT_MOST)


def timeline(application: Application, *, since: int = 0) -> list[Happened]:
    """What happened to an application, oldest first."""
    return happened(application.thread, EVENT_LABELS, since=since)
