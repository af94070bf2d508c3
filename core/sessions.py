"""Sessions. Whoever signed in, or gave a receipt code, has a row in the database; the cookie holds its number alone.

A visitor without such a row has a signed cookie that opens nothing: a token against forged forms and a random key that
makes one letter of a form sent twice. Ending a row ends the access, whoever kept a copy of the cookie.
"""

import hashlib
import secrets
from collections.abc import Callable, MutableMapping
from datetime import datetime, timedelta
from typing import Any, cast

from flask import Flask, Request, Response, g, session
from flask.sessions import SessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import JSON, ColumnElement, ForeignKey, Row, Select, bindparam, delete, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import CallbackDict

from core import clock, extensions, vault
from core.extensions import Base, Id, Moment, aside, db, fetch, reading
from core.roles import Viewer
from settings import Settings, settings

COOKIE = "xiafang"
_TOLD = "xiafang_told"  # the words for the next page ("Saved."): a GET may not change the row of a sitting
_SEEN_EVERY = timedelta(minutes=1)  # how often a page notes that somebody is still there
_RECEIPT_LASTS = timedelta(minutes=30)
_AT_END: list[Callable[[], None]] = []  # what else ends in this browser with a sitting


class Sitting(Base):
    """One sign-in, or one look at a letter by its receipt code."""

    __tablename__ = "sitting"

    digest: Mapped[bytes] = mapped_column(primary_key=True)  # of the number in the cookie
    user_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    began_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment, index=True)


_OPEN = select(Sitting.digest, Sitting.user_id, Sitting.data, Sitting.seen_at).where(
    Sitting.digest == bindparam("digest"), Sitting.ends_at > bindparam("now"), Sitting.seen_at > bindparam("idle")
)
WithViewer = Callable[[Select[*tuple[Any, ...]], ColumnElement[int | None]], Select[*tuple[Any, ...]]]
ViewerOf = Callable[[Row[*tuple[Any, ...]]], Viewer | None]


class OfficeSession(CallbackDict[str, Any], SessionMixin):
    """What Flask calls the session: a visitor's cookie, or the data of a sitting. Only a POST changes the latter."""

    def __init__(self, values: MutableMapping[str, Any] | None = None, number: str | None = None) -> None:
        def changed(_: Any) -> None:
            self.modified = True

        super().__init__(values, changed)
        self.modified = False
        self.number = number  # of the sitting, as the cookie has it


class Sessions(SessionInterface):
    """Opens a session from the cookie and writes the cookie back."""

    def __init__(self, with_viewer: WithViewer, viewer_of: ViewerOf) -> None:
        self.opened = with_viewer(_OPEN, Sitting.__table__.c.user_id)
        self.viewer_of = viewer_of

    def open_session(self, app: Flask, request: Request) -> OfficeSession:
        """A damaged, ended or foreign cookie is a visitor without one."""
        g.viewer = None
        extensions.begin(request)
        if request.path.startswith("/static/"):
            return OfficeSession()
        cookie = request.cookies.get(COOKIE, "")
        if cookie.startswith("s."):
            session = self._sitting(cookie[2:])
            if session is None:
                return OfficeSession()
            told = _read(request.cookies[_TOLD]) if _TOLD in request.cookies else None
            if told and isinstance(told, list):
                dict.__setitem__(session, "_flashes", told)
            return session
        values = _read(cookie)
        return OfficeSession(values if isinstance(values, dict) else None)

    def _sitting(self, number: str) -> OfficeSession | None:
        now = clock.now()
        idle = now - timedelta(minutes=settings().IDLE_MINUTES)
        with reading() as database:
            sitting = fetch(database, self.opened, digest=_digest(number), now=now, idle=idle).one_or_none()
        if sitting is None:
            return None
        if sitting.user_id is not None:
            g.viewer = self.viewer_of(sitting)
            if g.viewer is None:
                return None
        if now - sitting.seen_at > _SEEN_EVERY:
            g.sitting_seen = sitting.digest
        return OfficeSession(sitting.data, number)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie where it changed. The rows are written by begin() and end(), inside the request's own."""
        ours = cast(OfficeSession | None, session)
        if ours is None or not ours.modified:  # none: the database was away when the request came
            return
        response.vary.add("Cookie")
        value = f"s.{ours.number}" if ours.number else _signer().dumps(dict(ours))
        response.set_cookie(COOKIE, value, httponly=True, samesite="Lax", secure=settings().HTTPS, path="/")
        if ours.number:
            told = _signer().dumps(ours.get("_flashes", []))
            lasts = 60 if ours.get("_flashes") else 0
            response.set_cookie(_TOLD, told, lasts, httponly=True, samesite="Lax", secure=settings().HTTPS, path="/")


def _read(cookie: str) -> Any:
    """What a signed cookie holds; None when it is damaged or not ours."""
    try:
        return _signer().loads(cookie)
    except BadSignature:
        return None


def current() -> OfficeSession:
    """The session of this request."""
    return cast(OfficeSession, session)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(vault.mac_key("cookie"), salt="visitor")


def _digest(number: str) -> bytes:
    return hashlib.sha256(number.encode("utf-8", "surrogatepass")).digest()


def begin(session: OfficeSession, *, user_id: int | None = None, **data: Any) -> None:
    """Begin a sitting with a new number, whatever number the cookie had before; it is kept with the request."""
    end(session)
    now = clock.now()
    lasts = timedelta(hours=settings().SESSION_HOURS) if user_id is not None else _RECEIPT_LASTS
    db.session.execute(delete(Sitting).where(Sitting.ends_at < now))
    session.number = secrets.token_urlsafe(32)
    session.clear()
    session.update(data, csrf_token=secrets.token_hex(20), form_key=secrets.token_hex(16))
    g.pop("csrf_token", None)  # a form on this very answer carries the new one
    db.session.add(
        Sitting(
            digest=_digest(session.number),
            user_id=user_id,
            data=_kept(session),
            began_at=now,
            seen_at=now,
            ends_at=now + lasts,
        )
    )


def keep(session: OfficeSession, **data: Any) -> None:
    """Change what a sitting remembers; only within a request that may write."""
    session.update(data)
    if session.number:
        db.session.execute(update(Sitting).where(Sitting.digest == _digest(session.number)).values(data=_kept(session)))


def _kept(session: OfficeSession) -> dict[str, Any]:
    return {name: value for name, value in session.items() if name != "_flashes"}


def hold(session: OfficeSession, **data: Any) -> None:
    """Remember something that opens a matter: never in a visitor's cookie, always in a row."""
    if session.number:
        keep(session, **data)
    else:
        begin(session, **data)


def sitting() -> bytes | None:
    """The key of this sitting's row; None for a visitor. What belongs to it is removed with it."""
    number = current().number
    return _digest(number) if number else None


def end(session: OfficeSession) -> None:
    """End this sitting: the row goes, and every copy of the cookie with it."""
    for forget in _AT_END:
        forget()
    if session.number:
        db.session.execute(delete(Sitting).where(Sitting.digest == _digest(session.number)))
    session.number = None
    session.clear()


def at_end(forget: Callable[[], None]) -> None:
    """Do this too whenever a sitting ends in a browser."""
    if forget not in _AT_END:
        _AT_END.append(forget)


def end_all(user_id: int) -> None:
    """End every sitting of one person: after a change of password or role, or when the account is closed."""
    db.session.execute(delete(Sitting).where(Sitting.user_id == user_id))


def init_app(app: Flask, settings: Settings, with_viewer: WithViewer, viewer_of: ViewerOf) -> None:
    """Use these sessions; the two ask for the person of a sitting with it: None when the account is closed."""
    app.session_interface = Sessions(with_viewer, viewer_of)

    @app.teardown_request
    def note_seen(error: BaseException | None) -> None:
        digest = g.pop("sitting_seen", None)
        if digest is None or error is not None:
            return
        try:
            with aside() as database:
                database.execute(update(Sitting).where(Sitting.digest == digest).values(seen_at=clock.now()))
        except SQLAlchemyError:
            app.logger.warning("a sitting could not be noted as seen")
