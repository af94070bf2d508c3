"""Answers: the whole page, or one named block of it for HTMX; lists that page by key; errors that lose nothing."""

import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, generate_csrf
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import IntegerConverter, ValidationError

from core import clock
from core.extensions import db
from core.permissions import PUBLIC, SignedOut, permission_of
from core.words import Lang
from settings import Settings

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

MOST_BODY = 32 << 20  # bytes: thirty of files, the rest for text
LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}

Row = TypeVar("Row")


class RowId(IntegerConverter):
    """`<id:…>` in a URL: digits that a key can have. Thirty digits, or digits of another script, are no page."""

    regex = r"[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        if not value.isascii():
            raise ValidationError
        return int(value)


def page(template: str, block: str | None = None, status: int = 200, **context: Any) -> Response:
    """Render a page; for an HTMX request that swaps a part, only that block of the same template."""
    if block and request.headers.get("HX-Request-Type") == "partial":
        context = {**context, "partial": True}
        current_app.update_template_context(context)
        view = current_app.jinja_env.get_template(template).new_context(context)
        body = "".join(current_app.jinja_env.get_template(template).blocks[block](view))
    else:
        body = render_template(template, **context)
    answer = make_response(body, status)
    answer.vary.update(("HX-Request", "HX-Request-Type"))
    return answer


def found(row: Row | None) -> Row:
    """The row, or 404: what somebody may not see does not exist for them."""
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """One page of a list: the rows, and the key with which the next page begins (None on the last)."""

    rows: Sequence[Row]
    next_key: str | None = None
    filters: dict[str, str] = field(default_factory=dict)

    @property
    def next_url(self) -> str | None:
        """The address of the next page; the filter stays in it."""
        return f"{request.path}?{urlencode({**self.filters, 'after': self.next_key})}" if self.next_key else None

    @property
    def first_url(self) -> str | None:
        """The address of the first page, when this is a later one."""
        return f"{request.path}?{urlencode(self.filters)}" if "after" in request.args else None


def newest_key(after: str) -> int | None:
    """The key of a list that goes from the newest to the oldest, as it stands in an address."""
    return int(after) if after.isascii() and after.isdigit() and len(after) <= 18 else None


# --- language ------------------------------------------------------------------------------------------------------


def choose_language() -> str:
    """The language chosen by the visitor, else the browser's, else Chinese."""
    chosen = request.cookies.get("language", "")
    if chosen in LANGUAGES:
        return LANGUAGES[chosen]
    for wanted, _quality in request.accept_languages:
        short = wanted.lower().split("-")[0]
        if short in LANGUAGES:
            return LANGUAGES[short]
    return LANGUAGES["zh"]


def language() -> Lang:
    """`zh` or `en`: the language of this page."""
    return "en" if str(get_locale()) == "en" else "zh"


def here(address: str) -> str:
    """An address within this office, or the front page: nobody is sent elsewhere."""
    inside = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if inside else "/"


def switch_language() -> ResponseReturnValue:
    """Remember the language and go back to the page."""
    answer = redirect(here(request.form.get("next", "/")), 303)
    if request.form.get("lang") in LANGUAGES:
        answer.set_cookie("language", request.form["lang"], max_age=31_536_000, samesite="Lax", httponly=True)
    return answer


# --- errors --------------------------------------------------------------------------------------------------------


def _error_text(status: int) -> tuple[str, str]:
    texts = {
        400: (_("This request could not be read"), _("Go back, load the page again and repeat what you did.")),
        403: (_("This page is not open to you"), _("Your role does not include it. Ask your administrator.")),
        404: (_("There is nothing here"), _("The address is wrong, or what was here is not open to you.")),
        405: (_("This does not work that way"), _("Go back and use the buttons on the page.")),
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


def _typed() -> list[tuple[str, str]]:
    """What the person sent, secrets left out."""
    secret = ("password", "receipt", "csrf_token")
    return [(name, value) for name, value in request.form.items(multi=True) if not any(s in name for s in secret)]


def error_page(status: int, retry_after: int | None = None) -> Response:
    """A page that needs neither the database nor a session, and keeps what the person typed."""
    token = ("csrf_token", request.form.get("csrf_token", "")) if request.method == "POST" and status != 413 else None
    kept = [token, *_typed()] if token and status != 400 else []
    return _told(status, _error_text(status), kept, retry_after)


def too_late(error: HTTPException) -> Response:
    """The page was open for so long that its token or the sign-in ended: the text can still be sent."""
    title, text = _("This page was open for a long time"), _("Nothing was sent yet. Please press “Send again”.")
    if g.viewer is None and permission_of(current_app.view_functions[str(request.endpoint)]) != PUBLIC:
        text = _("You have been signed out. Sign in again in another tab, come back here and press “Send again”.")
    return _told(error.code or 400, (title, text), [("csrf_token", generate_csrf()), *_typed()])


def _told(
    status: int, told: tuple[str, str], kept: Sequence[tuple[str, str]], retry_after: int | None = None
) -> Response:
    title, text = told
    body = render_template(
        "errors/page.html", status=status, title=title, text=text, retry_after=retry_after, kept=kept, lang=language()
    )
    answer = make_response(body, status)
    if retry_after:
        answer.headers["Retry-After"] = str(retry_after)
    return answer


def init_app(app: Flask, settings: Settings) -> None:
    """Headers, limits, the error pages and what every template may use."""
    app.config.update(MAX_CONTENT_LENGTH=MOST_BODY, MAX_FORM_MEMORY_SIZE=1 << 20, MAX_FORM_PARTS=200)
    app.url_map.converters["id"] = RowId
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.path.startswith("/static/"):
            response.cache_control.max_age = 86_400
        else:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    @app.errorhandler(HTTPException)
    def told(error: HTTPException) -> ResponseReturnValue:
        if error.response is not None or (error.code or 500) < 400:
            return error.get_response()
        return error_page(error.code or 500, getattr(error, "retry_after", None))

    app.register_error_handler(CSRFError, too_late)
    app.register_error_handler(SignedOut, too_late)

    @app.errorhandler(DBAPIError)
    @app.errorhandler(PoolTimeout)
    @app.errorhandler(OSError)
    def away(error: Exception) -> ResponseReturnValue:
        db.session.rollback()
        if isinstance(error, DBAPIError) and not _passing(error):
            return fault(error)
        _log(app, "the store could not take a change", error)
        return error_page(503, retry_after=30)

    @app.errorhandler(Exception)
    def fault(error: Exception) -> ResponseReturnValue:
        db.session.rollback()
        _log(app, "a fault", error)
        return error_page(500)

    @app.context_processor
    def shared() -> dict[str, Any]:
        return {
            "ui": app.jinja_env.get_template("macros.html").module,
            "lang": language(),
            "viewer": g.get("viewer"),
            "today": clock.today,
            "local": clock.local,
            "settings": lambda: settings,
        }


def _passing(error: DBAPIError) -> bool:
    """Whether the database is away, full or busy: that passes, and the same request may then succeed."""
    words = ("locked", "full", "disk", "unable to open", "readonly", "connection", "BEGIN IMMEDIATE")
    state = str(getattr(error.orig, "sqlstate", "") or "")
    if state:
        return state[:2] in ("08", "40", "53", "57", "58") or state == "55P03"
    return type(error).__name__ == "OperationalError" and any(word in str(error) for word in words)


def _log(app: Flask, what: str, error: Exception) -> None:
    """Say what and where, never the message: it may quote a letter. A full disk must not stop the answer."""
    where = "".join(traceback.format_tb(error.__traceback__))
    with suppress(OSError):
        app.logger.error("%s at %s: %s\n%s", what, request.endpoint, type(error).__name__, where)
