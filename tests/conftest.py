"""What every test may ask for: the office on SQLite and on PostgreSQL, a visitor, and people who sign in.

A test that takes `app` (or anything made of it) runs twice, each time in an office as the real migrations made it, with
the people of tests/people.py (tests/offices.py). `sqlite_office` and `postgres_office` are one's own on one database.
"""

import dataclasses
import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask

from app import create_app
from core import clock
from tests import postgres
from tests.browse import CATALOGUE, Browser
from tests.browser import seen
from tests.offices import QUICK, Offices

MEMORY = Path("/dev/shm")
if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 4 << 30:
    # Thousands of small databases come and go: where there is room in memory, they need not reach a disk.
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = str(MEMORY)

gc.set_threshold(50_000, 20, 100)  # what thousands of offices leave behind is many small circles, looked for less often


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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Two who work at once are each given one half, and each is to begin with half of the browser's tests: whoever works
    beside a browser is slowed by it, so it goes by quicker where both have one."""
    folder = Path(__file__).parent
    with_browser = [item for item in items if item.path.is_relative_to(folder / "browser")]
    others = [item for item in items if not item.path.is_relative_to(folder / "browser")]
    others.sort(key=lambda item: item.path.parent != folder)  # what several share is made twice where it is last
    half = len(others) // 2
    items[:] = [*with_browser[::2], *others[:half], *with_browser[1::2], *others[half:]]


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
    found = Offices(folder, postgres_server)
    yield found
    found.close()
    shutil.rmtree(folder)


@pytest.fixture
def offices(all_offices: Offices) -> Iterator[Offices]:
    """Makes further offices: `offices.make("sqlite", IDLE_MINUTES=1)`."""
    yield all_offices
    all_offices.tidy()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> str:
    """On which database this test runs now."""
    kind: str = request.param
    return kind


@pytest.fixture
def app(offices: Offices, database: str) -> Flask:
    """An office with people (tests/people.py) and without a letter."""
    return offices.again(database)


@pytest.fixture
def own_office(offices: Offices, database: str) -> Flask:
    """One that no other test uses, for whoever adds an address to it."""
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
