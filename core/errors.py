"""Errors: each becomes a page in plain words, and what somebody wrote stays with them.

What was typed goes back into the page, to be sent again: after a fault, when the store is full or away, when a page
was open for too long, and over a sign-in that had ended meanwhile. The server itself keeps nothing of it.
"""

import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Self

from flask import Flask, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, generate_csrf
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError

from core import vault
from core.extensions import db
from core.pages import language
from core.sessions import COOKIE
from core.texts import template

_SECRET = ("password", "receipt", "csrf_token")  # a field so named is never put into another page
_RETRY_AFTER = 30  # seconds


@dataclass(frozen=True)
class Kept:
    """What somebody sent: where to, what was typed, and in which fields files have to be chosen again."""

    address: str
    fields: Sequence[tuple[str, str]]
    files: Sequence[str]
    token: str

    @classmethod
    def sent(cls) -> Self | None:
        """What this request sent; None if nothing can be read of it, or if another site may have sent it."""
        if request.method != "POST" or not _from_our_page():
            return None
        try:
            typed = [each for each in request.form.items(multi=True) if not any(part in each[0] for part in _SECRET)]
            files, token = sorted(request.files), request.form.get("csrf_token", "")
        except HTTPException:
            return None
        return cls(request.full_path.rstrip("?"), typed, files, token) if typed or files else None

    def packed(self) -> str:
        """As a hidden field of another form, such as the sign-in."""
        return _packer().dumps(asdict(self))

    @classmethod
    def unpacked(cls, text: str | None) -> Self | None:
        """What a hidden field carried along, with a new token; None if it carried nothing of ours."""
        try:
            return cls(**{**_packer().loads(text or ""), "token": generate_csrf()})
        except BadData:
            return None


def _packer() -> URLSafeSerializer:
    return URLSafeSerializer(vault.mac_key("cookie"), salt="kept")


def _from_our_page() -> bool:
    """Whether our own page sent this: browsers leave our cookie out of what another site makes them send."""
    return COOKIE in request.cookies and request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"


# --- pages ---------------------------------------------------------------------------------------------------------


def _words(status: int) -> tuple[str, str]:
    texts = {
        400: (_("This request could not be read"), _("Go back, load the page again and repeat what you did.")),
        403: (_("This page is not open to you"), _("Your role does not include it. Ask your administrator.")),
        404: (_("There is nothing here"), _("The address is wrong, or what was here is not open to you.")),
        405: (_("This does not work that way"), _("Go back and use the buttons on the page.")),
        409: (
            _("Somebody else entered the same at this moment"),
            _("Nothing of yours was saved. What you wrote is below: send it again, and the form says what is there."),
        ),
        413: (
            _("That is too much at once"),
            _("A file may have 10 MB, a letter 5 files and 30 MB in all, and 20,000 characters of text."),
        ),
        429: (_("Too many attempts"), _("Wait a little and try again.")),
        503: (
            _("The office's store cannot take this now"),
            _("Nothing was saved. What you wrote is below: wait a minute, then send it again and add files again."),
        ),
    }
    other = (
        _("Something went wrong here"),
        _("The fault is ours. What you wrote is below; send it again, or call the office."),
    )
    return texts.get(status, other)


def error_page(status: int, retry_after: int | None = None) -> Response:
    """A page that needs neither the database nor a session, and keeps what the person typed."""
    kept = None if status in (400, 405, 413) else Kept.sent()
    answer = _page(status, *_words(status), kept, retry_after)
    if retry_after:
        answer.headers["Retry-After"] = str(retry_after)
    return answer


def send_again(carried: str | None) -> Response | None:
    """The page after a sign-in from which what was written before can be sent; None if nothing was carried along."""
    kept = Kept.unpacked(carried)
    if kept is None:
        return None
    return _page(200, _("Please send it again"), _("What you wrote is still here. It was not sent yet."), kept)


def _page(status: int, title: str, text: str, kept: Kept | None, retry_after: int | None = None) -> Response:
    about = {"status": status, "title": title, "text": text, "retry_after": retry_after, "lang": language()}
    return make_response(render_template(template("errors/page.html"), kept=kept, **about), status)


# --- which error, which page ---------------------------------------------------------------------------------------


def init_app(app: Flask) -> None:
    """One handler for all: whatever goes wrong, the answer is a page."""

    @app.errorhandler(CSRFError)
    def too_late(error: CSRFError) -> ResponseReturnValue:
        """The page was open for so long that its token ended: with a new one the text can be sent."""
        kept = Kept.sent()
        if kept is None:
            return error_page(400)
        text = _("Nothing was sent yet. Please press “Send again”.")
        return _page(400, _("This page was open for a long time"), text, replace(kept, token=generate_csrf()))

    @app.errorhandler(Exception)
    def told(error: Exception) -> ResponseReturnValue:
        if isinstance(error, InternalServerError) and isinstance(error.original_exception, Exception):
            error = error.original_exception  # outside of any view: for instance while the session was opened
        if isinstance(error, HTTPException):
            if error.response is not None or (error.code or 500) < 400:
                return error.get_response()
            return error_page(error.code or 500, getattr(error, "retry_after", None))
        with suppress(SQLAlchemyError):
            db.session.rollback()
        if _taken(error):
            return error_page(409)
        passing = _passing(error)
        _log("the store could not take a change" if passing else "a fault", error)
        return error_page(503, _RETRY_AFTER) if passing else error_page(500)


# SQLSTATE classes: connection, rollback, resources, operator, system; and names of SQLite's errors.
_PASSING_STATES = ("08", "40", "53", "57", "58", "55P03")
_PASSING_NAMES = tuple(
    f"SQLITE_{each}" for each in ("BUSY", "LOCKED", "FULL", "IOERR", "CANTOPEN", "READONLY", "PROTOCOL")
)


def _passing(error: Exception) -> bool:
    """Whether the database or the disk is away, full or busy: that passes, and the same request may then succeed."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, OSError | PoolTimeout) and not isinstance(error, FileNotFoundError)
    if state := getattr(error.orig, "sqlstate", None):
        return str(state).startswith(_PASSING_STATES)
    if name := getattr(error.orig, "sqlite_errorname", None):
        return str(name).startswith(_PASSING_NAMES)
    return isinstance(error, OperationalError)  # the connection broke, or our turn to write did not come


def _taken(error: Exception) -> bool:
    """Whether two at once entered what there may be only once: the form, which looks for it first, saw neither."""
    if not isinstance(error, IntegrityError):
        return False
    unique = ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "23505")
    return getattr(error.orig, "sqlstate", getattr(error.orig, "sqlite_errorname", None)) in unique


def _log(what: str, error: Exception) -> None:
    """Say what and where, never the message: it may quote a letter. A full disk must not stop the answer."""
    where = "".join(traceback.format_tb(error.__traceback__))
    with suppress(OSError):
        current_app.logger.error("%s at %s: %s\n%s", what, request.endpoint, type(error).__name__, where)
