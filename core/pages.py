"""Answers: the whole page, or one named block of it for HTMX; lists that page by key; the strict headers."""

import hashlib
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar, cast
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from werkzeug.exceptions import NotFound
from werkzeug.routing import BaseConverter, IntegerConverter, ValidationError
from werkzeug.wrappers import Response as BaseResponse

from core import clock, texts
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


class Code(BaseConverter):
    """`<code:…>` in a URL: a short name that we give ourselves. Anything else is no page, and reaches no database."""

    regex = r"[A-Za-z0-9._-]{1,40}"
    part_isolating = True


def page(template: str, block: str | None = None, status: int = 200, **context: Any) -> Response:
    """Render a page; for an HTMX request that swaps a part, only that block of the same template."""
    if block and request.headers.get("HX-Request-Type") == "partial":
        context = {**context, "partial": True}
        current_app.update_template_context(context)
        whole = texts.template(template)
        scope = whole.new_context(context)
        if block not in scope.blocks:  # one of a template that this one stands on: known once its drawing began
            begun = whole.root_render_func(scope)
            next(begun)
            cast(Generator[str], begun).close()
        body = "".join(scope.blocks[block][0](scope))
    else:
        body = render_template(texts.template(template), **context)
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


def note(answer: BaseResponse, **words: str) -> BaseResponse:
    """Remember on this device, until the browser is closed, where in the office's lists somebody is."""
    secure = bool(current_app.extensions["settings"].HTTPS)
    for name, word in words.items():
        answer.set_cookie(name, word, samesite="Lax", httponly=True, secure=secure, path="/petitions")
    return answer


# --- keys ------------------------------------------------------------------------------------------------------------


def keys_on() -> bool:
    """Whether single keys do something for this person: who signed in, until they switch them off (WCAG 2.1.4)."""
    return g.get("viewer") is not None and request.cookies.get("keys") != "off"


def switch_keys(answer: BaseResponse, *, on: bool) -> BaseResponse:
    """Remember on this device whether single keys do something."""
    answer.set_cookie("keys", "on" if on else "off", max_age=31_536_000, samesite="Lax", httponly=True)
    return answer


# --- every answer ----------------------------------------------------------------------------------------------------


def init_app(app: Flask, settings: Settings) -> None:
    """Headers, limits and what every template may use."""
    app.config.update(MAX_CONTENT_LENGTH=MOST_BODY, MAX_FORM_MEMORY_SIZE=1 << 20, MAX_FORM_PARTS=200)
    app.url_map.converters["id"] = RowId
    app.url_map.converters["code"] = Code
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    asset = dict(_assets(Path(app.root_path, "static")))
    kept = frozenset(asset.values())

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.endpoint == "static" and response.status_code < 400:
            if request.full_path in kept:
                response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        else:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    texts.init_app(app)
    app.jinja_env.globals.update(
        asset=asset.__getitem__, today=clock.today, local=clock.local, settings=lambda: settings
    )
    app.context_processor(lambda: {"lang": language(), "viewer": g.get("viewer"), "keys": keys_on()})


def _assets(folder: Path) -> Iterator[tuple[str, str]]:
    """Of each file of ours its name and its address, which changes with its content: browsers keep it, and still have
    the latest."""
    for path in folder.rglob("*"):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            yield name, f"/static/{name}?v={hashlib.sha256(path.read_bytes()).hexdigest()[:8]}"
