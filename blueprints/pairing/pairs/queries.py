"""Reading pairings: those of a village, the goals of a year, what is late, what happened."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload

from blueprints.accounts.models import Unit, User
from blueprints.pairing.pairs.domain import EVENT_LABELS, MAKERS, STAFF, GoalState, State
from blueprints.pairing.pairs.models import Goal, Member, Pairing, seen_by
from blueprints.petitions.docket.queries import Happened
from core import clock
from core.desk import AT_MOST
from core.extensions import db, fetch
from core.pages import Listing, newest_key
from core.places import Place
from core.record import Entry
from core.roles import Role, Viewer
from core.texts import plain

PAGE = 50
SOON = timedelta(days=14)


@dataclass(frozen=True)
class Filter:
    """What the goals are narrowed to; an empty word means everything."""

    which: str = ""  # late, open, all
    year: str = ""
    township: str = ""
    village: str = ""
    unit: str = ""

    def asked(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        return {name: word for name, word in asdict(self).items() if word}

    def clauses(self) -> Iterator[ColumnElement[bool]]:
        """The filter as WHERE clauses."""
        if self.which in ("late", "open", ""):
            yield Goal.state == GoalState.OPEN
            yield Pairing.state == State.RUNNING
        if self.which in ("late", ""):
            yield Goal.due_on < clock.today()
        if self.year:
            yield Goal.year == int(self.year)
        if self.township:
            yield Pairing.place_code.startswith(self.township)
        if self.village:
            yield Pairing.place_code == self.village
        if self.unit:
            yield Pairing.unit_id == int(self.unit)


def goals(viewer: Viewer, wanted: Filter, after: str = "", most: int = PAGE) -> Listing[Goal]:
    """One page of the goals this person may see, the earliest due first."""
    rows = _goals().where(seen_by(viewer), *wanted.clauses()).order_by(Goal.due_on, Goal.id).limit(most + 1)
    day, _, key = after.partition(".")
    if (last := newest_key(key)) and (due := _day(day)):
        rows = rows.where(tuple_(Goal.due_on, Goal.id) > tuple_(due, last))
    found = db.session.scalars(rows).all()
    following = f"{found[most - 1].due_on}.{found[most - 1].id}" if len(found) > most else None
    return Listing(found[:most], following, wanted.asked())


def late_by_village(viewer: Viewer, wanted: Filter) -> dict[str, int]:
    """How many goals that this person may see are late, by village."""
    late = replace(wanted, which="late").clauses()
    rows = select(Pairing.place_code, func.count()).join(Goal, Goal.pairing_id == Pairing.id)
    rows = rows.where(seen_by(viewer), *late).group_by(Pairing.place_code)
    return {code: count for code, count in fetch(db.session(), rows)}


def helpers(codes: Collection[str], viewer: Viewer) -> dict[str, dict[str, list[str]]]:
    """Of these villages the units paired with them now and who is responsible there, as far as this person may see."""
    rows = select(Pairing.place_code, Unit.name, User.name.label("who")).join(Unit, Unit.id == Pairing.unit_id)
    rows = rows.outerjoin(Member, (Member.pairing_id == Pairing.id) & Member.left_on.is_(None))
    rows = rows.outerjoin(User, User.id == Member.user_id).order_by(Pairing.id, Member.id)
    here = (Pairing.place_code.in_(codes), Pairing.state == State.RUNNING, seen_by(viewer))
    found: dict[str, dict[str, list[str]]] = {}
    for code, unit, who in fetch(db.session(), rows.where(*here)):
        found.setdefault(code, {}).setdefault(unit, []).extend([who] if who else [])
    return found


def _goals() -> Select[Goal]:
    around = contains_eager(Goal.pairing)
    return (
        select(Goal)
        .join(Pairing, Pairing.id == Goal.pairing_id)
        .options(
            around.joinedload(Pairing.unit),
            around.joinedload(Pairing.place).joinedload(Place.parent),
            joinedload(Goal.owner),
        )
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def of_pairing(pairing: Pairing) -> Sequence[Goal]:
    """All goals of a pairing, the latest year first."""
    rows = select(Goal).where(Goal.pairing_id == pairing.id).options(joinedload(Goal.owner))
    return db.session.scalars(rows.order_by(Goal.year.desc(), Goal.due_on, Goal.id)).all()


def of_village(code: str, viewer: Viewer) -> Sequence[Pairing]:
    """The pairings of a village that this person may see, those under way first."""
    rows = select(Pairing).where(Pairing.place_code == code, seen_by(viewer)).options(joinedload(Pairing.unit))
    return db.session.scalars(rows.order_by(Pairing.ended_on.is_not(None), Pairing.id.desc())).all()


def open_goals(code: str, viewer: Viewer) -> Sequence[Goal]:
    """The goals still open in the pairings of a village that this person may see, the earliest due first."""
    here = (Pairing.place_code == code, Goal.state == GoalState.OPEN, Pairing.state == State.RUNNING)
    rows = _goals().where(seen_by(viewer), *here).order_by(Goal.due_on, Goal.id)
    return db.session.scalars(rows.limit(PAGE)).all()


def responsible(pairings: Sequence[Pairing]) -> dict[int, list[str]]:
    """The names of who is responsible, by pairing."""
    wanted = select(Member.pairing_id, User.name).join(User, User.id == Member.user_id).order_by(Member.id)
    found: dict[int, list[str]] = {}
    here = wanted.where(Member.pairing_id.in_([each.id for each in pairings]), Member.left_on.is_(None))
    for id, name in db.session.execute(here):
        found.setdefault(id, []).append(name)
    return found


def on_desk(viewer: Viewer) -> Select[Goal] | None:
    """The goals that are late or due within two weeks: one's own, and to those who lead the late ones of all."""
    if viewer.role not in STAFF:
        return None
    return _due(viewer, clock.today())


@lru_cache(256)
def _due(viewer: Viewer, today: date) -> Select[Goal]:
    open_ones = (Goal.state == GoalState.OPEN, Pairing.state == State.RUNNING)
    own: ColumnElement[bool] = Goal.owner_id == viewer.id
    if viewer.role is Role.HANDLER:
        own = own | (Pairing.unit_id == viewer.unit_id)
    soon = own & (Goal.due_on <= today + SOON)
    rows = _goals().where(seen_by(viewer), *open_ones)
    rows = rows.where(soon | (Goal.due_on < today) if viewer.role is Role.LEADER else soon)
    return rows.order_by(Goal.due_on, Goal.id).limit(AT_MOST)


def run_out(viewer: Viewer) -> Select[Pairing] | None:
    """For the desks of those who pair: the pairings whose term is over, and that nobody has ended or prolonged."""
    if viewer.role not in MAKERS:
        return None
    return _run_out(clock.today())


@lru_cache(16)
def _run_out(today: date) -> Select[Pairing]:
    over = (Pairing.state == State.RUNNING, Pairing.until_on < today)
    rows = (
        select(Pairing)
        .where(*over)
        .options(joinedload(Pairing.unit), joinedload(Pairing.place).joinedload(Place.parent))
    )
    return rows.order_by(Pairing.until_on, Pairing.id).limit(AT_MOST)


def timeline(pairing: Pairing, *, since: int = 0) -> list[Happened]:
    """What happened to a pairing, oldest first."""
    rows = select(Entry, User.name).outerjoin(User, User.id == Entry.actor_id)
    rows = rows.where(Entry.thread == "pairing", Entry.thread_id == pairing.id, Entry.number > since)
    titles: dict[Any, str] = plain(EVENT_LABELS)
    return [
        Happened(entry.at, titles[entry.action], name, entry.note)
        for entry, name in db.session.execute(rows.order_by(Entry.number))
    ]
