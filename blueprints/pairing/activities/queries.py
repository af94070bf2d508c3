"""Reading activities: the list, what is due on a desk, what a village's page tells."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from blueprints.pairing.activities.domain import PEOPLE, State
from blueprints.pairing.activities.models import Activity, seen_by
from blueprints.pairing.pairs.models import paired_here
from core import clock
from core.desk import AT_MOST
from core.extensions import db, fetch
from core.pages import Listing, newest_key
from core.places import Place
from core.roles import Role, Viewer

PAGE = 25
SOON = timedelta(days=7)

_AROUND = (joinedload(Activity.place).joinedload(Place.parent),)


@dataclass(frozen=True)
class Filter:
    """What the list of activities is narrowed to; an empty word means everything."""

    state: str = ""
    kind: str = ""
    township: str = ""
    village: str = ""
    year: str = ""  # of those that were held
    late: bool = False

    def asked(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        return {name: "y" if word is True else str(word) for name, word in asdict(self).items() if word}

    def clauses(self) -> Iterator[ColumnElement[bool]]:
        """The filter as WHERE clauses."""
        places = ((Activity.township_code, self.township), (Activity.place_code, self.village))
        for column, word in ((Activity.state, self.state), (Activity.kind, self.kind), *places):
            if word:
                yield column == word
        if self.year:
            yield Activity.state.in_((State.HELD, State.REPORTED))
            yield Activity.held_on.between(date(int(self.year), 1, 1), date(int(self.year), 12, 31))
        if self.late:
            yield Activity.due_on < clock.today()


def listed(viewer: Viewer, wanted: Filter, after: str = "") -> Listing[Activity]:
    """One page of the activities this person may see, the newest first."""
    rows = select(Activity).where(seen_by(viewer), *wanted.clauses()).options(*_AROUND)
    if key := newest_key(after):
        rows = rows.where(Activity.id < key)
    found = db.session.scalars(rows.order_by(Activity.id.desc()).limit(PAGE + 1)).all()
    return Listing(found[:PAGE], str(found[PAGE - 1].id) if len(found) > PAGE else None, wanted.asked())


def held(viewer: Viewer, wanted: Filter) -> tuple[int, int]:
    """How many activities a filter finds, and how many people came to them."""
    sums = select(func.count(), func.coalesce(func.sum(Activity.attendance), 0)).select_from(Activity)
    activities, people = fetch(db.session(), sums.where(seen_by(viewer), *wanted.clauses())).one()
    return int(activities), int(people)


def due(viewer: Viewer) -> Select[Activity] | None:
    """Whose report is to come, and which are near or over and not recorded: to the village and the units paired with
    it, to who planned it; to a clerk and a leader of the office every report that is late."""
    if viewer.role not in PEOPLE:
        return None
    return _due(viewer, clock.today())


@lru_cache(256)
def _due(viewer: Viewer, today: date) -> Select[Activity]:
    mine = Activity.by_id == viewer.id
    match viewer.role:
        case Role.CONTACT:
            mine = Activity.place_code == viewer.place_code
        case Role.HANDLER:
            mine = or_(mine, paired_here(viewer, Activity.place_code))
    near = and_(mine, Activity.state == State.PLANNED, Activity.held_on <= today + SOON)
    owed = and_(mine, Activity.state == State.HELD)
    if viewer.role in (Role.CLERK, Role.LEADER):
        owed = or_(owed, and_(Activity.state == State.HELD, Activity.due_on < today))
    rows = select(Activity).where(seen_by(viewer), or_(near, owed)).options(*_AROUND)
    return rows.order_by(Activity.due_on, Activity.held_on, Activity.id).limit(AT_MOST)


def of_village(code: str, viewer: Viewer) -> Sequence[Activity]:
    """The activities in a village, the newest first."""
    rows = select(Activity).where(Activity.place_code == code, seen_by(viewer), Activity.state != State.CANCELLED)
    return db.session.scalars(rows.order_by(Activity.held_on.desc(), Activity.id.desc()).limit(AT_MOST)).all()
