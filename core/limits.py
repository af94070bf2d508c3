"""Throttles that lock nobody out, shared by all workers through the database: whoever guesses has to wait.

A receipt code is found without a limit when it is right; only wrong ones are counted, and beyond the limit refused. A
password is slow to check, right or wrong, so a try has to take its turn; beyond the limit a pause follows each wrong
one, and no pause is long. Of an address or an account nothing is stored but a keyed digest that is another one in each
window of time; when the windows are cleaned away, nothing is left.
"""

import ipaddress
import logging
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from flask import Request
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import clock, receipts, vault
from core.extensions import Base, Moment, aside, db
from settings import settings

log = logging.getLogger(__name__)


class LimitWindow(Base):
    """How often something failed in one window of time."""

    __tablename__ = "limit_window"

    bucket: Mapped[bytes] = mapped_column(primary_key=True)  # a keyed digest of limit, window and key
    ends_at: Mapped[datetime] = mapped_column(Moment, index=True)  # from then on it counts for nothing
    count: Mapped[int]
    rests_until: Mapped[datetime | None] = mapped_column(Moment)  # before that nobody's turn comes


@dataclass(frozen=True)
class Limit:
    """At most so many failures within so many seconds; `alarm` asks for a line in the log when they are reached.

    The window slides: the failures of the last full window count by the share of it that is still in reach. A limit
    with a `pause` refuses nothing for long: from then on each failure is followed by 1, 2, 4 … at most `pause` seconds,
    and the alarm is for the first that is followed by so many.
    """

    name: str
    most: int
    seconds: int
    pause: int = 0
    alarm: bool = False


# How many wrong guesses (TRUST: "Guessing a receipt", "Guessing a password").
RECEIPTS_BY_ADDRESS = Limit("receipts by address", most=10, seconds=5 * 60)
RECEIPTS_IN_ALL = Limit("receipts in all", most=300, seconds=60 * 60, alarm=True)
SIGN_IN_BY_BROWSER = Limit("sign-in by known browser", most=5, seconds=15 * 60, pause=60, alarm=True)
SIGN_IN_BY_ACCOUNT = Limit("sign-in by account and address", most=5, seconds=15 * 60, pause=60, alarm=True)
SIGN_IN_BY_ADDRESS = Limit("sign-in by address", most=30, seconds=15 * 60, pause=10, alarm=True)
OWN_PASSWORD = Limit("own password", most=5, seconds=15 * 60, pause=60, alarm=True)

# How many forms of the public that need no receipt code come from one address: a village may share one.
FORMS_BY_ADDRESS = Limit("forms by address", most=40, seconds=60 * 60)


def wait(limit: Limit, key: str = "") -> int:
    """Seconds until the next failure is allowed; 0 means go on. The key is an address, an account, or empty for all."""
    window, into = divmod(_seconds(), limit.seconds)
    before, here = _counts(db.session(), limit, key, window)
    if _load(limit, before, here, into) < limit.most:
        return 0
    if here >= limit.most:  # this window is full: some of the next has to pass too
        return limit.seconds - into + _passed(limit, before=here, here=0)
    return _passed(limit, before, here) - into


def count(limit: Limit, key: str = "") -> None:
    """Count a failure. It is kept although the answer is a refusal: in a short transaction of its own."""
    with aside() as session:
        _clear(session)
        failure = _fail(session, limit, key)
    _sound(failure.alarm)


@dataclass(frozen=True)
class Turn:
    """Leave to try a password, or how long it takes until there is."""

    wait: int  # seconds; 0: go on
    taken: tuple[tuple[bytes, datetime | None], ...] = ()  # where it was counted, and the pause it began

    def was_right(self) -> None:
        """It was no failure: neither it nor its pause counts any more, if what this request changes is kept."""
        for bucket, pause in self.taken:
            row = update(LimitWindow).where(LimitWindow.bucket == bucket)
            db.session.execute(row.values(count=LimitWindow.count - 1))
            db.session.execute(row.where(LimitWindow.rests_until == pause).values(rests_until=None))


def take_turn(*tries: tuple[Limit, str]) -> Turn:
    """A turn at all of these limits, each of which has a `pause`. It counts as a failure until it was right.

    Counted before the password is checked: of many at once no more come through than would one after another.
    """
    with aside() as session:
        _clear(session)
        failures = [_fail(session, limit, key) for limit, key in tries]  # held: the next one sees what this one leaves
        now = clock.now()
        until = max((each.rested_until for each in failures if each.rested_until), default=now)
        if until > now:
            session.rollback()  # who has to wait has not tried
            return Turn(math.ceil((until - now).total_seconds()))
        for each in failures:
            each.row.rests_until = now + timedelta(seconds=each.pause) if each.pause else None
        taken = tuple((each.row.bucket, each.row.rests_until) for each in failures)
    for each in failures:
        _sound(each.alarm)
    return Turn(0, taken)


def wrong_receipt(request: Request, code: str) -> int:
    """Count a guess of a receipt code; returns how many seconds to wait. A mistyped code, which its check digit tells,
    is no guess."""
    address = client_address(request)
    seconds = max(wait(RECEIPTS_BY_ADDRESS, address), wait(RECEIPTS_IN_ALL))
    if not seconds and receipts.tidy(code):
        count(RECEIPTS_BY_ADDRESS, address)
        count(RECEIPTS_IN_ALL)
    return seconds


def one_more_form(request: Request) -> int:
    """Count a form of the public; returns how many seconds to wait, 0 for none. Before anything is held."""
    address = client_address(request)
    seconds = wait(FORMS_BY_ADDRESS, address)
    if not seconds:
        count(FORMS_BY_ADDRESS, address)
    return seconds


def client_address(request: Request) -> str:
    """Whose turn it is to wait: the visitor's address as our own proxies saw it, of IPv6 the network of one household.

    Each proxy adds the address it was called from at the end of X-Forwarded-For; what stands further left is the
    visitor's own invention.
    """
    hops = settings().TRUSTED_PROXIES
    seen = request.headers.get("X-Forwarded-For", "").split(",") if hops else []
    chain = [*seen, request.remote_addr or ""]
    given = chain[-min(hops + 1, len(chain))].strip()
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return request.remote_addr or ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return str(address)


# --- windows -------------------------------------------------------------------------------------------------------


def _seconds() -> int:
    return int(clock.now().timestamp())


def _bucket(limit: Limit, key: str, window: int) -> bytes:
    return vault.mac("address", f"{limit.name}\0{window}\0{key}".encode("utf-8", "surrogatepass"))


def _load(limit: Limit, before: int, here: int, into: int) -> int:
    """What counts now: all of this window, and of the one before the share still in reach, rounded up."""
    return here - (-before * (limit.seconds - into) // limit.seconds)


def _passed(limit: Limit, before: int, here: int) -> int:
    """How far into a window the load falls below the limit."""
    room = limit.most - 1 - here
    return limit.seconds - room * limit.seconds // before


class _Failure(NamedTuple):
    """A failure that was counted."""

    row: LimitWindow
    rested_until: datetime | None  # before that nobody was to try
    pause: int  # seconds that follow
    alarm: str  # the name of the limit, if this failure is the first beyond it


def _sound(alarm: str) -> None:
    if alarm:
        log.warning("the limit for %s was reached: somebody may be guessing", alarm)


def _fail(session: Session, limit: Limit, key: str) -> _Failure:
    window, into = divmod(_seconds(), limit.seconds)
    row = _add(session, limit, key, window)
    before = session.get(LimitWindow, _bucket(limit, key, window - 1))
    over = _load(limit, before.count if before else 0, row.count, into) - limit.most
    rested_until = row.rests_until or (before.rests_until if before else None)
    pause = min(2**over, limit.pause) if over >= 0 else 0
    reached = limit.alarm and over >= 0 and pause == limit.pause
    first = reached and _add(session, limit, f"alarm:{key}", window).count == 1
    return _Failure(row, rested_until, pause, limit.name if first else "")


def _clear(session: Session) -> None:
    session.execute(delete(LimitWindow).where(LimitWindow.ends_at <= clock.now()))


def _counts(session: Session, limit: Limit, key: str, window: int) -> tuple[int, int]:
    """The counts of the window before and of this one."""
    buckets = [_bucket(limit, key, window - 1), _bucket(limit, key, window)]
    query = select(LimitWindow.bucket, LimitWindow.count).where(LimitWindow.bucket.in_(buckets))
    found = dict(session.execute(query).all())
    return found.get(buckets[0], 0), found.get(buckets[1], 0)


def _add(session: Session, limit: Limit, key: str, window: int) -> LimitWindow:
    """Add one to a window, whoever else does the same at this moment; its row, held until the end."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    over = (window + 2) * limit.seconds  # a window counts on, by shares, through the next
    statement = (
        insert(LimitWindow)
        .values(
            bucket=_bucket(limit, key, window),
            ends_at=datetime.fromtimestamp(over, UTC),
            count=1,
        )
        .on_conflict_do_update(index_elements=["bucket"], set_={"count": LimitWindow.count + 1})
        .returning(LimitWindow)
    )
    return session.scalars(statement).one()
