"""Keys that somebody opened, for as long as they work with them: never in clear on the disk.

The key lies in a row, sealed by a secret that the browser alone holds, in a cookie of its own. The row has a digest of
the secret, from which nobody finds it. Neither the row nor the cookie opens anything without the other. What belongs to
a sign-in ends with it; what was opened by a receipt code names nobody and no matter.
"""

import hashlib
import json
import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import Flask, Response, after_this_request, g, has_request_context, request
from sqlalchemy import ForeignKey, String, delete, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from core import clock, sessions
from core.envelope import Unopened, lock, unlock
from core.extensions import Base, Moment, aside, db
from core.sessions import Sitting
from settings import settings

_SEEN_EVERY = timedelta(minutes=1)


class Use(NamedTuple):
    """What a key is opened for: its cookie, and how long it stays open, unused and in any case."""

    name: str
    idle: timedelta
    longest: timedelta
    of_sitting: bool  # it belongs to a sign-in and ends with it

    @property
    def cookie(self) -> str:
        return f"xiafang_{self.name}"


class Opened(NamedTuple):
    """A key that lies open, and the id of what it belongs to."""

    whose: int
    key: bytes


OFFICER = Use("officer_key", timedelta(minutes=20), timedelta(hours=2), of_sitting=True)
REPORTER = Use("report_key", timedelta(minutes=30), timedelta(hours=1), of_sitting=False)
USES = (OFFICER, REPORTER)


class Unlocked(Base):
    """A key that lies open for one browser."""

    __tablename__ = "unlocked"

    digest: Mapped[bytes] = mapped_column(primary_key=True)  # of the secret in the cookie
    sitting: Mapped[bytes | None] = mapped_column(ForeignKey(Sitting.digest, ondelete="CASCADE"), index=True)
    use: Mapped[str] = mapped_column(String(20))
    locked: Mapped[bytes]
    seen_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment, index=True)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(b"which " + secret.encode("utf-8", "surrogatepass")).digest()


def _key(secret: str) -> bytes:
    return hashlib.sha256(b"opens " + secret.encode("utf-8", "surrogatepass")).digest()


def keep(use: Use, whose: int, key: bytes) -> None:
    """Keep a key open in this browser, in place of the one before; only within a request that may write."""
    forget(use)
    now = clock.now()
    db.session.execute(delete(Unlocked).where(Unlocked.ends_at < now))
    db.session.flush()  # a sitting that began a moment ago
    secret = secrets.token_urlsafe(32)
    db.session.add(
        Unlocked(
            digest=_digest(secret),
            sitting=sessions.sitting() if use.of_sitting else None,
            use=use.name,
            locked=lock(_key(secret), json.dumps([whose, key.hex()]).encode(), use.name),
            seen_at=now,
            ends_at=now + use.longest,
        )
    )
    _cookie(use, secret)
    g.pop(use.cookie, None)


def held(use: Use) -> Opened | None:
    """Whose key lies open in this browser, and the key; None where none does, or not any more."""
    if use.cookie not in g:
        setattr(g, use.cookie, _held(use))
    found: Opened | None = g.get(use.cookie)
    return found


def _held(use: Use) -> Opened | None:
    secret, now = request.cookies.get(use.cookie, ""), clock.now()
    if not secret:
        return None
    wanted = select(Unlocked.locked, Unlocked.seen_at, Unlocked.sitting).where(
        Unlocked.digest == _digest(secret),
        Unlocked.use == use.name,
        Unlocked.ends_at > now,
        Unlocked.seen_at > now - use.idle,
    )
    row = db.session.execute(wanted).one_or_none()
    if row is None or (use.of_sitting and row.sitting != sessions.sitting()):
        return None
    if now - row.seen_at > _SEEN_EVERY:
        g.setdefault("unlocked_seen", []).append(_digest(secret))
    try:
        whose, key = json.loads(unlock(_key(secret), row.locked, use.name))
    except (Unopened, ValueError):
        return None
    return Opened(int(whose), bytes.fromhex(key))


def forget(use: Use) -> None:
    """Close the key in this browser."""
    secret = request.cookies.get(use.cookie, "")
    if secret:
        db.session.execute(delete(Unlocked).where(Unlocked.digest == _digest(secret)))
        _cookie(use, "")
        g.pop(use.cookie, None)


def _forget_all() -> None:
    if has_request_context():
        for use in USES:
            forget(use)


def _cookie(use: Use, secret: str) -> None:
    @after_this_request
    def send(answer: Response) -> Response:
        if answer.status_code < 400:  # else the row is not kept either
            lasts: dict[str, Any] = {} if secret else {"max_age": 0}
            answer.set_cookie(
                use.cookie, secret, **lasts, httponly=True, samesite="Strict", secure=settings().HTTPS, path="/"
            )
        return answer


def init_app(app: Flask) -> None:
    """A key that is used stays open; one whose sitting ends is closed."""
    sessions.at_end(_forget_all)

    @app.teardown_request
    def note_seen(error: BaseException | None) -> None:
        digests = g.pop("unlocked_seen", ())
        if not digests or error is not None:
            return
        try:
            with aside() as database:
                database.execute(update(Unlocked).where(Unlocked.digest.in_(digests)).values(seen_at=clock.now()))
        except SQLAlchemyError:
            app.logger.warning("an opened key could not be noted as used")
