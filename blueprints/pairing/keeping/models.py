"""Which applications and services are over for longer than their period, and what two persons do with them.

That an erasure is prepared is the last entry of a record: whatever happens afterwards, it has to be prepared anew.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import aliased, joinedload

from blueprints.accounts.models import User
from blueprints.pairing.applications.domain import State
from blueprints.pairing.applications.models import Application
from blueprints.pairing.keeping.domain import STANDS_IN, WHO, Action, Kind, Show, years
from blueprints.pairing.posts.domain import Stage
from blueprints.pairing.posts.models import Service
from core import clock
from core.extensions import db, fetch
from core.pages import Listing, newest_key
from core.periods import removed_words, years_after
from core.record import Entry
from core.roles import Viewer

PAGE = 50
HELD: dict[Kind, type[Application] | type[Service]] = {Kind.APPLICATION: Application, Kind.SERVICE: Service}
PREPARED = "erasure prepared"
ERASED = "erased"

_last = aliased(Entry)
_over = aliased(Entry)


class Line(NamedTuple):
    """One entry of a list: the row, since when it is over, and by whom its last step was."""

    row: Any
    over_at: datetime
    last_at: datetime
    by: str | None


def lines(kind: Kind, show: Show) -> Select[Any]:
    """What stands in a list, with the entry that ended it and the last one."""
    held: Any = HELD[kind]
    thread = held.__tablename__
    ended = "decline" if kind is Kind.APPLICATION else "leave"
    found = (
        select(held, _over.at, _last.at, User.name)
        .join(_over, and_(_over.thread == thread, _over.thread_id == held.id, _over.action == ended))
        .join(_last, and_(_last.thread == thread, _last.thread_id == held.id, _last.number == held.version))
        .outerjoin(User, User.id == _last.actor_id)
    )
    match show:
        case Show.DUE:
            return found.where(_ended(kind, clock.today()), _last.action.not_in((PREPARED, ERASED)))
        case Show.PREPARED:
            return found.where(_last.action == PREPARED)
    return found.where(_last.action == ERASED)


def _ended(kind: Kind, today: date) -> ColumnElement[bool]:
    """What is over for longer than its period: an application since it was answered, a service since its last day."""
    until = years_after(today, -years(kind))
    if kind is Kind.SERVICE:
        return and_(Service.state == Stage.LEFT, Service.left_on <= until)
    here = clock.local(clock.now()).tzinfo
    begins = datetime.combine(until + timedelta(days=1), time(), here).astimezone(UTC)
    return and_(Application.state == State.DECLINED, _over.at < begins)


def listed(kind: Kind, show: Show, after: str) -> Listing[Line]:
    """One page of a list, the oldest first."""
    held: Any = HELD[kind]
    rows = lines(kind, show).options(joinedload(held.place) if kind is Kind.SERVICE else joinedload(held.township))
    if key := newest_key(after):
        rows = rows.where(held.id > key)
    found = [Line(*each) for each in db.session.execute(rows.order_by(held.id).limit(PAGE + 1))]
    following = str(found[PAGE - 1].row.id) if len(found) > PAGE else None
    return Listing(found[:PAGE], following, {"kind": kind, "show": show})


def how_many(kind: Kind) -> int:
    """How many wait for a review."""
    number: int = fetch(db.session(), select(func.count()).select_from(due(kind).subquery())).scalar_one()
    return number


def due(kind: Kind) -> Select[Any]:
    """What waits for a review."""
    return _due(kind, clock.today())


@lru_cache(8)
def _due(kind: Kind, _today: date) -> Select[Any]:
    return lines(kind, Show.DUE)


def open_to(kind: Kind, ids: Iterable[int], action: Action, by: Viewer) -> Sequence[Any]:
    """Those of them with which this person may do this now, held until the request is settled where it changes them."""
    if by.role not in WHO[action]:
        return []
    held: Any = HELD[kind]
    wanted = lines(kind, STANDS_IN[action]).where(held.id.in_(list(ids))).order_by(held.id)
    if action is Action.ERASE:
        wanted = wanted.where(_last.actor_id != by.id)  # two persons
    return db.session.scalars(wanted).all()


def hold(kind: Kind, ids: Iterable[int]) -> None:
    """Nobody else changes these rows until the request is settled."""
    held: Any = HELD[kind]
    db.session.execute(select(held.id).where(held.id.in_(list(ids))).order_by(held.id).with_for_update())


def decide(row: Application | Service, action: Action, reason: str, *, by: Viewer) -> None:
    """Do it, and write it into the record of the row."""
    match action:
        case Action.PREPARE:
            row.trace(PREPARED, by=by.id, note=reason)
        case Action.WITHDRAW:
            row.trace("erasure withdrawn", by=by.id, note=reason)
        case Action.ERASE:
            words = removed_words(clock.today())
            gone = f"{words.zh} {words.en}"
            led = select(Application).where(Application.service_id == row.id) if isinstance(row, Service) else None
            for each in [row, *(db.session.scalars(led) if led is not None else ())]:
                each.trace(ERASED, by=by.id, note=reason, notes=each.erase(gone))
