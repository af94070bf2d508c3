"""What every test may ask for: the office on SQLite and on PostgreSQL, a visitor, and people who sign in.

A test that takes `app` (or anything made of it) runs twice. Each gets an office of its own, a copy of one that was made
once by the real migrations. A test of one database alone takes `sqlite_office` or `postgres_office`.
"""

import dataclasses
import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Hashable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from app import create_app
from core import clock
from core.extensions import db
from settings import Settings
from tests import postgres
from tests.browse import CATALOGUE, Browser
from tests.browser import seen
from tests.people import open_office

MEMORY = Path("/dev/shm")
if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 4 << 30:
    # Thousands of small databases come and go: where there is room in memory, they need not reach a disk.
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = str(MEMORY)

gc.set_threshold(50_000, 20, 100)  # what thousands of offices leave behind is many small circles, looked for less often

QUICK = Settings(DEMO=False, ARGON2_TIME_COST=1, ARGON2_MEMORY_KIB=8)


def pytest_configure(config: pytest.Config) -> None:
    """Begin a list of the pages that were looked at; compile the catalogue. Once, before any worker needs them."""
    if hasattr(config, "workerinput"):
        return
    number, os.environ[seen.FILE] = tempfile.mkstemp(prefix="seen-")
    os.close(number)
    if not CATALOGUE.exists():
        return
    with CATALOGUE.open("rb") as source:
        messages = read_po(source, locale="zh_Hans_CN")
    fresh = CATALOGUE.with_suffix(f".{id(config)}")
    with fresh.open("wb") as target:
        write_mo(target, messages)
    fresh.replace(CATALOGUE.with_suffix(".mo"))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """The whole suite has looked at every page in both languages, else it fails."""
    config = session.config
    if hasattr(config, "workerinput"):
        return
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not config.option.keyword
    if whole and exitstatus == pytest.ExitCode.OK:
        with tempfile.TemporaryDirectory() as folder:
            unseen = sorted(seen.missing(create_app(dataclasses.replace(QUICK, INSTANCE=Path(folder)))))
        if unseen:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
            print("\nNo browser test has looked at:", *unseen, sep="\n  ")  # noqa: T201
    Path(os.environ.pop(seen.FILE)).unlink()


_compile, _compiled = Rule.compile, dict[Hashable, tuple[Any, ...]]()


def _compile_once(rule: Rule) -> None:
    """What an address is read and written by: the same in each office of the tests, and most of the time of a new one."""
    key = (rule.rule, rule.subdomain, repr(rule.defaults))
    if key in _compiled:
        rule._parts, rule._trace, rule._converters, arguments, build, build_unknown = _compiled[key]
        rule.arguments |= arguments
        rule._build, rule._build_unknown = build.__get__(rule), build_unknown.__get__(rule)
        return
    _compile(rule)
    build, build_unknown = (each.__func__ for each in (rule._build, rule._build_unknown))  # type: ignore[attr-defined]
    _compiled[key] = (rule._parts, rule._trace, rule._converters, {*rule.arguments}, build, build_unknown)


Rule.compile = _compile_once  # type: ignore[assignment, method-assign]


class Compiled(FileSystemBytecodeCache):
    """Templates are compiled once a language, not once a test."""

    def get_bucket(self, environment: Any, name: str, filename: str | None, source: str) -> Bucket:
        return super().get_bucket(environment, f"{environment.language}/{name}", filename, source)


MODELS = {True: "peopled", False: "migrated"}  # the databases that are copied: with people, or without


class Offices:
    """Makes offices quickly: migrated and peopled once for each database, then copied for each test."""

    def __init__(self, folder: Path, server: Callable[[], postgres.Server]) -> None:
        self.folder = folder
        self.server = server
        self.numbers = count(1)
        self.pages = Compiled(str(folder))
        self.engines: dict[str, Engine] = {}
        self.open: list[tuple[Flask, str | None]] = []

    def _model(self, kind: str, people: bool) -> Path:
        """The folder of an office that is only copied: with the tests' people, or as the migrations leave it."""
        instance = self.folder / f"model-{kind}-{people}"
        if instance.exists():
            return instance
        if people:
            shutil.copytree(self._model(kind, people=False), instance)
        url = ""
        if kind == "postgres":
            url = self.server().copy(self._named(MODELS[False]) if people else "template1", self._named(MODELS[people]))
        app = create_app(dataclasses.replace(QUICK, INSTANCE=instance, DATABASE_URL=url))
        with app.app_context():
            if people:
                open_office()
            else:
                flask_migrate.upgrade()
            db.session.commit()
            db.session.remove()
            db.engine.dispose()
        return instance

    def make(self, kind: str, at: Path | None = None, **changes: object) -> Flask:
        """A new office on that database, in the folder `at` if it matters; `changes` are settings."""
        instance = at or self.folder / f"office-{next(self.numbers)}"
        shutil.copytree(self._model(kind, people=True), instance)
        return self._opened(kind, instance, MODELS[True], changes)

    def bare(self, kind: str, keys: Path | None, **changes: object) -> Flask:
        """An office as `flask db upgrade` leaves it, with keys of its own or those in a folder."""
        instance = self.folder / f"bare-{next(self.numbers)}"
        shutil.copytree(self._model(kind, people=False), instance, ignore=shutil.ignore_patterns("keys", "uploads"))
        if keys is not None:
            shutil.copytree(keys, instance / "keys")
        return self._opened(kind, instance, MODELS[False], changes)

    def _opened(self, kind: str, instance: Path, model: str, changes: dict[str, Any]) -> Flask:
        name = None
        if kind == "postgres":
            name = self._named(instance.name)
            changes = {"DATABASE_URL": self.server().copy(self._named(model), name), **changes}
        app = create_app(dataclasses.replace(QUICK, INSTANCE=instance, **changes))
        app.jinja_env.bytecode_cache = self.pages
        self._share(app, kind)
        self.open.append((app, name))
        return app

    def _named(self, database: str) -> str:
        return f"{self.folder.name}-{database}"  # several who make offices may share a server

    def _share(self, app: Flask, kind: str) -> None:
        """Statements are compiled once a database, not once a test: the engines of one kind keep them together."""
        with app.app_context():
            engine = db.engine
        first = self.engines.get(kind)
        if first is None:
            with engine.connect():  # what the dialect finds out about the database, it finds out now
                pass
            engine._compiled_cache = LRUCache(10_000)
            self.engines[kind] = engine
        else:
            engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache

    def close(self) -> None:
        """Remove what the test left."""
        for app, name in self.open:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
            if name:
                self.server().drop(name)
            shutil.rmtree(app.instance_path, ignore_errors=True)
        self.open.clear()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Callable[[], postgres.Server]]:
    """The real PostgreSQL of this run, started by the first test that needs it."""
    started: list[postgres.Server] = []
    running = postgres.running()

    def server() -> postgres.Server:
        if not started:
            started.append(running.__enter__())
        return started[0]

    yield server
    if started:
        running.__exit__(None, None, None)


@pytest.fixture(scope="session")
def all_offices(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: Callable[[], postgres.Server]
) -> Iterator[Offices]:
    folder = tmp_path_factory.mktemp("offices")
    yield Offices(folder, postgres_server)
    shutil.rmtree(folder)


@pytest.fixture
def offices(all_offices: Offices) -> Iterator[Offices]:
    """Makes further offices: `offices.make("sqlite", IDLE_MINUTES=1)`."""
    yield all_offices
    all_offices.close()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> str:
    """On which database this test runs now."""
    kind: str = request.param
    return kind


@pytest.fixture
def app(offices: Offices, database: str) -> Flask:
    """An office with people (tests/people.py) and without a letter."""
    return offices.make(database)


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """The same office, for a test that calls models rather than pages."""
    with app.app_context():
        yield app


@pytest.fixture
def sqlite_office(offices: Offices) -> Flask:
    return offices.make("sqlite")


@pytest.fixture
def postgres_office(offices: Offices) -> Flask:
    return offices.make("postgres")


@pytest.fixture
def visitor(app: Flask) -> Browser:
    """Somebody who has not signed in."""
    return Browser(app)


@pytest.fixture
def sign_in(app: Flask) -> Callable[..., Browser]:
    """Signs one of the people in: `clerk = sign_in("clerk")`."""

    def enter(username: str, language: str = "zh") -> Browser:
        browser = Browser(app, language)
        browser.arrive(username)
        return browser

    return enter


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets the half hour pass after which a sign-in, or a letter that was opened by its code, is closed."""

    def leave() -> None:
        later = clock.now() + timedelta(minutes=31)
        monkeypatch.setattr("core.clock.now", lambda: later)

    return leave
