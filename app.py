"""The office's intranet, put together: settings, extensions, the rooms in menu order, pages for errors."""

import gc
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from typing import IO, Any

from flask import Flask, Request, Response, g, request, url_for
from sqlalchemy import text
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

import rooms
from blueprints.accounts.models import viewer_of, with_viewer
from blueprints.accounts.views import sign_in_again
from blueprints.bypass.models import read_key
from core import errors, extensions, pages, permissions, sessions, unlocked, vault
from core.extensions import babel, csrf, db
from core.permissions import allow
from core.roles import Role, Viewer
from core.templates import Pages
from core.words import Lang
from settings import Settings

URLENCODED = "application/x-www-form-urlencoded"
FIELD_NAME = re.compile(r"[a-zA-Z0-9_-]{1,60}")


class OfficeRequest(Request):
    """A request whose files stay in memory: nothing of a letter is ever written in clear, not even for a moment."""

    def _get_file_stream(self, *_arguments: Any, **_named: Any) -> IO[bytes]:
        return BytesIO()

    def make_form_data_parser(self) -> FormDataParser:
        """One that says what it cannot read, rather than hand on an empty form."""
        parser = super().make_form_data_parser()
        parser.silent = False
        return parser

    def _load_form_data(self) -> None:
        """Refuse what no browser sends: too much text, bytes that are no text, names that no form of ours has."""
        if self.mimetype == URLENCODED and (self.content_length or 0) > (self.max_form_memory_size or 0):
            raise RequestEntityTooLarge
        try:
            super()._load_form_data()
        except ValueError:
            raise BadRequest from None
        if not all(FIELD_NAME.fullmatch(name or "") for name in (*self.form, *self.files)):
            raise BadRequest


class Office(Flask):
    """Flask, and what is the same for every request: its change is kept before its answer leaves, or it is an error."""

    request_class = OfficeRequest
    jinja_environment = Pages

    def dispatch_request(self) -> Response:
        """The view's answer, once what it changed is safe. What cannot be kept is told like any other fault."""
        return extensions.settle(self.make_response(super().dispatch_request()))

    def log_exception(self, exc_info: Any) -> None:
        """Nothing: core.errors says what went wrong and where, and never quotes the error, which may quote a letter."""


@contextmanager
def loading() -> Iterator[None]:
    """Nobody looks for garbage: nothing of what is loaded now is any, and to look through it again and again takes a
    sixth of the start."""
    looked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looked:
            gc.enable()


@loading()
def create_app(settings: Settings | None = None) -> Flask:
    """The application, from the given settings or from the environment."""
    settings = settings or Settings.from_environment()
    app = Office(__name__, instance_path=str(settings.instance))
    app.extensions["settings"] = settings
    vault.init_app(app, settings)
    if settings.superior_key:
        read_key(settings.superior_key)  # a wrong one is told now, not to whoever writes the first letter
    for folder in (settings.instance / "data", settings.uploads):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    logging.getLogger("waitress").setLevel(logging.ERROR)  # below that it names visitors' addresses
    logging.getLogger("fontTools").setLevel(logging.ERROR)  # below that it names the characters of a paper

    app.config["WTF_CSRF_SECRET_KEY"] = app.extensions["vault"].mac["cookie"]
    app.config["WTF_CSRF_SSL_STRICT"] = False  # it asks for a Referer, which our pages never send
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # a letter may take an evening to write; the token ends with the session
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = f"{app.root_path}/translations"
    app.config["BABEL_DEFAULT_TIMEZONE"] = settings.ZONE
    babel.init_app(app, default_locale="zh_Hans_CN", locale_selector=pages.choose_language)
    permissions.init_app(
        app,
        sign_in="accounts.sign_in",
        sign_in_again=sign_in_again,
        first_password="accounts.own",  # noqa: S106 - the name of a page
        free=frozenset({"accounts.own", "accounts.change_password", "accounts.sign_out"}),
    )
    extensions.init_app(app, settings)
    sessions.init_app(app, settings, with_viewer, viewer_of)
    unlocked.init_app(app)
    pages.init_app(app, settings)
    errors.init_app(app)
    _address_book(app)
    return app


def _address_book(app: Flask) -> None:
    """Which room answers at which address, and the operator's commands."""
    import commands
    from procedure import docs

    for room in rooms.blueprints():
        app.register_blueprint(room)
    for command in (docs, *commands.ALL):
        app.cli.add_command(command)
    app.context_processor(lambda: {"menu": _menu()})
    app.add_url_rule("/language", "language", allow("public")(csrf.exempt(pages.switch_language)), methods=["POST"])
    app.add_url_rule("/healthz", "healthz", allow("public")(_healthz))


def _menu() -> list[tuple[str, str | None, bool]]:
    """What this person's role can open, by wing: label, address (none: the wing itself), whether it is this page."""
    viewer: Viewer | None = g.get("viewer")
    if viewer is None or viewer.must_change:
        return []
    return _menu_of(viewer.role, request.endpoint, pages.language())


@cache
def _menu_of(role: Role, here: str | None, _language: Lang) -> list[tuple[str, str | None, bool]]:
    items: list[tuple[str, str | None, bool]] = []
    for wing, doors in rooms.doors():
        own = [
            (str(door.label), url_for(door.endpoint), door.endpoint == here)
            for door in doors
            if door.in_menu and role in permissions.PERMISSIONS[door.permission]
        ]
        items += [*([(str(wing), None, False)] if wing and own else []), *own]
    return items


def _healthz() -> Response:
    """200 only when the database answers; otherwise the error page's 503."""
    db.session.execute(text("SELECT 1"))
    return Response("ok\n", mimetype="text/plain")
