"""What is read of down-visits: lists, the matters to take along by village, promises, the petitioner's own lines."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, time
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select, tuple_
from sqlalchemy.orm import aliased, joinedload

from blueprints.accounts.models import Unit, User
from blueprints.petitions.docket.domain import OPEN
from blueprints.petitions.docket.models import Petition, seen_by
from blueprints.petitions.visits.domain import HAPPENED, UPCOMING, Kept, State, late
from blueprints.petitions.visits.models import (
    Going,
    Visit,
    VisitCase,
    VisitPromise,
    VisitSignUp,
    VisitVillage,
    accused,
    fit_to_meet,
    going,
    promises_of,
)
from core import clock
from core.desk import AT_MOST
from core.extensions import db, fetch, look
from core.pages import Listing, newest_key
from core.places import Place
from core.roles import Role, Viewer
from core.workflow import Step

PAGE = 50


class Trip(NamedTuple):
    """A visit as a line of a list: when, where to, who goes; no matter stands in it."""

    id: int
    state: State
    held_on: date
    starts: str
    ends: str
    place: str
    where: str
    how: str
    who: Sequence[str]
    open_for_sign_up: bool


def trips(wanted: Select[Visit]) -> list[Trip]:
    """These visits with their villages and who goes: three queries, however many they are."""
    visits = db.session.scalars(wanted).all()
    ids = [each.id for each in visits]
    who: dict[int, list[str]] = {}
    for one in going(ids) if ids else ():
        who.setdefault(one.visit_id, []).append(one.name)
    villages: dict[int, list[str]] = {}
    named = select(VisitVillage.visit_id, Place.name).join(Place, Place.code == VisitVillage.place_code)
    for visit, name in (
        db.session.execute(named.where(VisitVillage.visit_id.in_(ids)).order_by(Place.code)) if ids else ()
    ):
        villages.setdefault(visit, []).append(name)
    return [
        Trip(
            each.id,
            State(each.state),
            each.held_on,
            each.starts,
            each.ends,
            " / ".join([each.township.name, *(["、".join(villages[each.id])] if each.id in villages else [])]),
            each.where,
            each.how,
            who.get(each.id, []),
            each.open_for_sign_up,
        )
        for each in visits
    ]


def trip(visit: Visit) -> Trip:
    """One visit as such a line."""
    return trips(select(Visit).where(Visit.id == visit.id))[0]


def upcoming(*, announced: bool = False) -> list[Trip]:
    """The visits that lie ahead, the next first; the public sees those that were announced."""
    states = [State.ANNOUNCED] if announced else list(UPCOMING)
    wanted = select(Visit).where(Visit.state.in_(states), Visit.held_on >= clock.today())
    return trips(wanted.order_by(Visit.held_on, Visit.id).limit(PAGE))


def past(after: str) -> Listing[Trip]:
    """The visits whose day has come or that are over, the latest first."""
    over = or_(Visit.held_on < clock.today(), Visit.state.not_in(list(UPCOMING)))
    wanted = select(Visit).where(over).order_by(Visit.held_on.desc(), Visit.id.desc()).limit(PAGE + 1)
    day, _, key = after.partition(".")
    if (last := newest_key(key)) and (on := _day(day)):
        wanted = wanted.where(tuple_(Visit.held_on, Visit.id) < tuple_(on, last))
    rows = trips(wanted)
    following = f"{rows[PAGE - 1].held_on}.{rows[PAGE - 1].id}" if len(rows) > PAGE else None
    return Listing(rows[:PAGE], following)


def of_month(first: date, following: date) -> list[Trip]:
    """The visits of a month that were not cancelled."""
    wanted = select(Visit).where(Visit.held_on >= first, Visit.held_on < following, Visit.state != State.CANCELLED)
    return trips(wanted.order_by(Visit.held_on, Visit.starts, Visit.id))


def last_visit() -> Visit | None:
    """The last visit that took place."""
    wanted = select(Visit).where(Visit.state.in_(list(HAPPENED)), Visit.held_on <= clock.today())
    return db.session.scalar(wanted.order_by(Visit.held_on.desc(), Visit.id.desc()).limit(1))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


# --- matters -------------------------------------------------------------------------------------------------------


class CaseLine(NamedTuple):
    """A matter on a plan: place and subject, nothing of who wrote it."""

    id: int
    number: str | None
    subject: str
    state: str
    place_code: str
    place: str
    row: VisitCase | None
    signed_up: bool
    fit: bool  # nobody who goes is whom it is about


_AROUND = joinedload(Petition.place).joinedload(Place.parent)


def cases(visit: Visit, viewer: Viewer) -> list[CaseLine]:
    """The matters taken along and those that signed up, as this person may see them, by village."""
    wanted = (
        select(Petition, VisitCase, VisitSignUp.id, fit_to_meet(going([visit.id])))
        .outerjoin(VisitCase, (VisitCase.petition_id == Petition.id) & (VisitCase.visit_id == visit.id))
        .outerjoin(VisitSignUp, (VisitSignUp.petition_id == Petition.id) & (VisitSignUp.visit_id == visit.id))
        .where(Petition.id.in_(_of_visit(visit.id)), seen_by(viewer))
        .options(_AROUND)
        .order_by(Petition.place_code, Petition.id)
    )
    return [_line(petition, row, signed is not None, fit) for petition, row, signed, fit in db.session.execute(wanted)]


def _of_visit(visit_id: int) -> Any:
    taken = select(VisitCase.petition_id).where(VisitCase.visit_id == visit_id)
    return taken.union(select(VisitSignUp.petition_id).where(VisitSignUp.visit_id == visit_id))


def _line(petition: Petition, row: VisitCase | None, signed_up: bool, fit: bool) -> CaseLine:
    return CaseLine(
        petition.id,
        petition.number,
        petition.subject,
        petition.state,
        petition.place_code,
        petition.place_name,
        row,
        signed_up,
        fit,
    )


def offered(visit: Visit, viewer: Viewer, village: str, after: str) -> Listing[CaseLine]:
    """The open matters of the places that are visited, by village: those that this person may see, and that complain of
    nobody who goes."""
    wanted = (
        select(Petition, VisitCase)
        .outerjoin(VisitCase, (VisitCase.petition_id == Petition.id) & (VisitCase.visit_id == visit.id))
        .where(*_on_the_way(visit, viewer))
        .options(_AROUND)
        .order_by(Petition.place_code, Petition.id)
        .limit(PAGE + 1)
    )
    if village:
        wanted = wanted.where(Petition.place_code == village)
    code, _, key = after.partition(".")
    if (last := newest_key(key)) and code.isascii() and code.isdigit():
        wanted = wanted.where(tuple_(Petition.place_code, Petition.id) > tuple_(code, last))
    rows = [_line(petition, row, False, True) for petition, row in db.session.execute(wanted)]
    following = f"{rows[PAGE - 1].place_code}.{rows[PAGE - 1].id}" if len(rows) > PAGE else None
    return Listing(rows[:PAGE], following, {"village": village} if village else {})


def villages(visit: Visit, viewer: Viewer) -> list[tuple[str, str, int]]:
    """Each village on the way (code, name) with the number of its open matters, as this person may see them."""
    wanted = (
        select(Place.code, Place.name, func.count(Petition.id))
        .join(Place, Place.code == Petition.place_code)
        .where(*_on_the_way(visit, viewer))
        .group_by(Place.code, Place.name)
        .order_by(Place.code)
    )
    return [(code, name, count) for code, name, count in db.session.execute(wanted)]


def _on_the_way(visit: Visit, viewer: Viewer) -> Iterator[ColumnElement[bool]]:
    chosen = [each.place_code for each in VisitVillage.all_of(visit.id)]
    yield Petition.place_code.in_(chosen) if chosen else Petition.township_code == visit.township_code
    yield Petition.state.in_(list(OPEN))
    yield seen_by(viewer)
    yield fit_to_meet(going([visit.id]))


def matter(visit: Visit, id: int, viewer: Viewer, *, to_move: bool = False) -> Petition | None:
    """A matter taken along or signed up, if this person may see it, nobody who goes is whom it is about, and it was not
    erased since."""
    wanted = select(Petition).where(
        Petition.id == id, Petition.id.in_(_of_visit(visit.id)), seen_by(viewer), fit_to_meet(going([visit.id]))
    )
    petition = db.session.scalar(wanted.with_for_update(of=Petition) if to_move else wanted)
    return petition if petition is not None and not petition.erased else None


# --- promises ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PromiseFilter:
    """What the promises are narrowed to."""

    state: str = ""
    visit: int | None = None
    unit: int | None = None

    def asked(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        return {name: str(word) for name, word in asdict(self).items() if word}


class PromiseLine(NamedTuple):
    """A promise in a list."""

    id: int
    text: str
    state: Kept
    late: bool
    due_on: date
    kept_on: date | None
    done: str | None
    unit: str
    owner: str
    visit_id: int
    visited_on: date
    place: str
    petition_id: int | None
    number: str | None
    subject: str | None
    steps: Sequence[Step]


def promises(viewer: Viewer, wanted: PromiseFilter, after: str = "") -> Listing[PromiseLine]:
    """One page of the promises that this person may see, the earliest due first."""
    rows = _promises().where(*_narrowed(viewer, wanted, clock.today())).order_by(VisitPromise.due_on, VisitPromise.id)
    day, _, key = after.partition(".")
    if (last := newest_key(key)) and (due := _day(day)):
        rows = rows.where(tuple_(VisitPromise.due_on, VisitPromise.id) > tuple_(due, last))
    found = [_promise(viewer, *row) for row in db.session.execute(rows.limit(PAGE + 1))]
    following = f"{found[PAGE - 1].due_on}.{found[PAGE - 1].id}" if len(found) > PAGE else None
    return Listing(found[:PAGE], following, wanted.asked())


def _narrowed(viewer: Viewer, wanted: PromiseFilter, today: date) -> Iterator[ColumnElement[bool]]:
    yield promises_of(viewer)
    if wanted.state == "late":
        yield VisitPromise.state == Kept.OPEN
        yield VisitPromise.due_on < today
    elif wanted.state:
        yield VisitPromise.state == wanted.state
    if wanted.visit:
        yield VisitPromise.visit_id == wanted.visit
    if wanted.unit:
        yield VisitPromise.unit_id == wanted.unit


def _promises() -> Select[*tuple[Any, ...]]:
    township = aliased(Place)
    return (
        select(VisitPromise, Visit.held_on, township.name, Unit.name, User.name, Petition)
        .join(Visit, Visit.id == VisitPromise.visit_id)
        .join(township, township.code == Visit.township_code)
        .join(Unit, Unit.id == VisitPromise.unit_id)
        .join(User, User.id == VisitPromise.owner_id)
        .outerjoin(Petition, Petition.id == VisitPromise.petition_id)
    )


def _promise(
    viewer: Viewer, row: VisitPromise, on: date, place: str, unit: str, owner: str, petition: Petition | None
) -> PromiseLine:
    own = petition is not None and (viewer.role != Role.HANDLER or petition.unit_id == viewer.unit_id)
    return PromiseLine(
        row.id,
        row.text,
        Kept(row.state),
        late(Kept(row.state), row.due_on, clock.today()),
        row.due_on,
        row.kept_on,
        row.done,
        unit,
        owner,
        row.visit_id,
        on,
        place,
        row.petition_id if own else None,
        petition.number if petition and own else None,
        petition.subject if petition and own else None,
        row.steps(viewer),
    )


def late_promises(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """The first of the late promises that this person may see, for the desk."""
    return _late(viewer, clock.today())


@lru_cache(256)
def _late(viewer: Viewer, today: date) -> Select[*tuple[Any, ...]]:
    names = select(VisitPromise, Unit.name.label("unit_name"), User.name.label("owner_name"))
    rows = names.join(Unit, Unit.id == VisitPromise.unit_id).join(User, User.id == VisitPromise.owner_id)
    rows = rows.where(*_narrowed(viewer, PromiseFilter(state="late"), today))
    return rows.order_by(VisitPromise.due_on, VisitPromise.id).limit(AT_MOST)


def with_promises() -> list[Trip]:
    """The latest visits, to narrow the promises to one of them."""
    wanted = select(Visit).where(Visit.state.in_(list(HAPPENED))).order_by(Visit.held_on.desc(), Visit.id.desc())
    return trips(wanted.limit(PAGE))


# --- what the petitioner sees --------------------------------------------------------------------------------------


class Asked(NamedTuple):
    """A visit at which the petitioner wants to be heard."""

    visit: Trip
    fit: bool


class Promised(NamedTuple):
    """A promise that was kept, as the petitioner reads it."""

    visited_on: date
    text: str
    due_on: date
    kept_on: date
    done: str


def asked(petition: Petition) -> list[Asked]:
    """Where the petitioner signed up, unless it is long over."""
    ids = fetch(db.session(), _SIGNED_UP, petition=petition.id).scalars().all()
    found = trips(select(Visit).where(Visit.id.in_(ids)).order_by(Visit.held_on.desc()).limit(5)) if ids else []
    party: Sequence[Going] = going([each.id for each in found]) if found else []
    return [Asked(each, _fit(petition, [one for one in party if one.visit_id == each.id])) for each in found]


_SIGNED_UP = select(VisitSignUp.visit_id).where(VisitSignUp.petition_id == bindparam("petition"))


def _fit(petition: Petition, party: Sequence[Going]) -> bool:
    return db.session.scalar(select(Petition.id).where(Petition.id == petition.id, fit_to_meet(party))) is not None


def kept_promises(petition: Petition) -> list[Promised]:
    """What was promised to the petitioner and has been kept."""
    return [
        Promised(row.visited_on, row.text, row.due_on, row.kept_on, row.done or "")
        for row in look(VisitPromise, _PROMISED, petition=petition.id)
        if row.kept_on
    ]


_PROMISED = (
    select(VisitPromise, Visit.held_on.label("visited_on"))
    .join(Visit, Visit.id == VisitPromise.visit_id)
    .where(VisitPromise.petition_id == bindparam("petition"), VisitPromise.state != Kept.OPEN)
    .order_by(VisitPromise.id)
)


# --- choices of forms ----------------------------------------------------------------------------------------------


def leaders(visit: Visit | None, viewer: Viewer) -> list[tuple[int, str]]:
    """The leaders who may go: of those matters that this person sees on the plan, none is about them."""
    people = db.session.execute(
        select(User.id, User.name, User.name_digest, Unit.line)
        .join(Unit, Unit.id == User.unit_id)
        .where(User.role == Role.LEADER, User.closed_at.is_(None))
        .order_by(User.name)
    ).all()
    taken = [each.id for each in cases(visit, viewer)] if visit else []
    walled = accused([(id, digest, line) for id, _, digest, line in people], taken) if taken else set()
    return [(id, name) for id, name, _, _ in people if id not in walled]


def as_planned(visit: Visit) -> dict[str, Any]:
    """What the form of the plan begins with."""
    party = going([visit.id])
    return {
        "held_on": visit.held_on,
        "starts": time.fromisoformat(visit.starts),
        "ends": time.fromisoformat(visit.ends),
        "where": visit.where,
        "how": visit.how,
        "villages": [each.place_code for each in VisitVillage.all_of(visit.id)],
        "leaders": [each.user_id for each in party if each.user_id],
        "units": [each.unit_id for each in party if each.unit_id],
    }


def owners() -> list[tuple[str, str]]:
    """Who can owe a promise: whoever works on matters, by unit."""
    wanted = (
        select(User.id, User.name, Unit.name)
        .join(Unit, Unit.id == User.unit_id)
        .where(User.role.in_((Role.CLERK, Role.HANDLER, Role.LEADER)), User.closed_at.is_(None))
        .order_by(Unit.name, User.name)
    )
    return [(str(id), f"{unit} · {name}") for id, name, unit in db.session.execute(wanted)]


def matters(visit: Visit, viewer: Viewer) -> list[tuple[str, str]]:
    """The matters of a visit to which something can have been promised."""
    return [
        (str(each.id), f"{each.number or '–'} {each.subject}")
        for each in cases(visit, viewer)
        if each.fit and not db.session.get_one(Petition, each.id).erased
    ]


def first_place(visit: Visit) -> str:
    """The village that a letter taken down there most likely comes from, where the visit goes to just one."""
    chosen = VisitVillage.all_of(visit.id)
    return chosen[0].place_code if len(chosen) == 1 else ""
