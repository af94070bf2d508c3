"""Throttles that lock nobody out, shared by all workers through the database: whoever guesses has to wait.

Only failures are counted, so what is right goes on working. Of an address or an account nothing is stored but a keyed
digest that is another one in each window of time; when the windows are cleaned away, nothing is left.
"""

import ipaddress
import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Request
from sqlalchemy import ScalarResult, delete, select
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


@dataclass(frozen=True)
class Limit:
    """At most so many failures within so many seconds; `alarm` asks for a line in the log when they are reached.

    The window slides: the failures of the last full window count by the share of it that is still in reach.
    """

    name: str
    most: int
    seconds: int
    alarm: bool = False


# How many wrong guesses (TRUST: "Guessing a receipt", "Guessing a password").
RECEIPTS_BY_ADDRESS = Limit("receipts by address", most=10, seconds=5 * 60)
RECEIPTS_IN_ALL = Limit("receipts in all", most=300, seconds=60 * 60, alarm=True)
SIGN_IN_BY_ACCOUNT = Limit("sign-in by account and address", most=5, seconds=15 * 60)
SIGN_IN_BY_ADDRESS = Limit("sign-in by address", most=30, seconds=15 * 60)


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
        window, into = divmod(_seconds(), limit.seconds)
        session.execute(delete(LimitWindow).where(LimitWindow.ends_at <= clock.now()))
        _add(session, limit, key, window)
        before, here = _counts(session, limit, key, window)
        reached = limit.alarm and _load(limit, before, here, into) >= limit.most
        first = reached and _add(session, limit, f"alarm:{key}", window) == 1
    if first:
        log.warning("the limit for %s was reached: somebody may be guessing", limit.name)


def wrong_receipt(request: Request, code: str) -> int:
    """Count a guess of a receipt code; returns how many seconds to wait. A mistyped code, which its check digit tells,
    is no guess."""
    address = client_address(request)
    seconds = max(wait(RECEIPTS_BY_ADDRESS, address), wait(RECEIPTS_IN_ALL))
    if not seconds and receipts.tidy(code):
        count(RECEIPTS_BY_ADDRESS, address)
        count(RECEIPTS_IN_ALL)
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


def _counts(session: Session, limit: Limit, key: str, window: int) -> tuple[int, int]:
    """The counts of the window before and of this one."""
    buckets = [_bucket(limit, key, window - 1), _bucket(limit, key, window)]
    query = select(LimitWindow.bucket, LimitWindow.count).where(LimitWindow.bucket.in_(buckets))
    found = dict(session.execute(query).all())
    return found.get(buckets[0], 0), found.get(buckets[1], 0)


def _add(session: Session, limit: Limit, key: str, window: int) -> int:
    """Add one to a window, whoever else does the same at this moment; the new count."""
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
        .returning(LimitWindow.count)
    )
    added: ScalarResult[int] = session.scalars(statement)
    return added.one()
