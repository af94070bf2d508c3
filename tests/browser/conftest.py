"""A real office served by the real server, and a real browser that opens it.

`visit(...)` opens a window for a visitor, in either language, on any screen, with or without JavaScript; `page` is one at a
desk, in Chinese. A request to another machine, an error of a script or a breach of the content policy fails the test.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import flask_migrate
import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    ViewportSize,
    sync_playwright,
)

import dev
from app import create_app
from blueprints.rules.receptions.domain import State as Stage
from core import clock
from core.envelope import make_pair
from core.extensions import db
from settings import Settings
from tests.browser.looks import DESK, LOCALES, bring_axe, scripted, watchers
from tests.decisions import adopt
from tests.hostings import host
from tests.household_office import move, nominate, object_to, open_round, step, to_deciding, to_notice, to_scoring
from tests.pairing_office import need, pair, promise
from tests.people import open_office
from tests.register import amend, ask, enter, in_force
from tests.rounds import found, issue

LAUNCH = [
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A process less to wake for each page, and no new frame made for it where the last page's will do.
    "--enable-features=NetworkServiceInProcess2,RenderDocument:level/crashed-frame",
]


class Visit(Protocol):
    """Opens a window: `visit(language="en", viewport=PHONE, scripts=False)`."""

    def __call__(
        self, language: str = "zh", viewport: ViewportSize = DESK, scripts: bool = True, touch: bool = False
    ) -> Page: ...


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an office with the tests' people (tests/people.py), served by the server that `make run` starts."""
    folder = tmp_path_factory.mktemp("office")
    (folder / "organ.pem").write_bytes(
        make_pair("eine recht lange Losung")[1]
    )  # letters about the office go one level up
    settings = {
        "INSTANCE": str(folder / "instance"),
        "SUPERIOR_KEY": str(folder / "organ.pem"),
        "DATABASE_URL": "",
        "HOST": "127.0.0.1",
        "PORT": "0",
        "DEMO": "0",
        "ARGON2_TIME_COST": "1",
        "ARGON2_MEMORY_KIB": "8",
    }
    env = {**os.environ, **settings}
    app = create_app(Settings.from_environment(env))
    with app.app_context():
        flask_migrate.upgrade()
        open_office()
        found(issue())  # so that the pages of a round and of an item are met
        promise(pair())  # and those of a pairing and of a need
        need("plan", "progress")
        rule = in_force()  # and those of a rule in two versions, which everybody is asked to read
        amend(rule)
        ask(rule)
        enter("草稿")
        adopt()  # and the table of who decides what
        for state in (Stage.DRAFT, Stage.REQUESTED, Stage.APPROVED, Stage.BILLED):  # and those of a reception
            host(clock.today(), state, hosts=4)
        db.session.commit()
    rounds_of_households(app)
    with app.app_context():
        db.engine.dispose()
    log = Path(settings["INSTANCE"]).with_suffix(".log")
    command = [sys.executable, "-m", "serve"]
    with (
        log.open("w") as errors,
        subprocess.Popen(command, cwd=dev.ROOT, env=env, stdout=subprocess.PIPE, stderr=errors, text=True) as server,
    ):
        assert server.stdout is not None
        first = server.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+", first)
        assert address, f"the server did not start: {first}{log.read_text()}"
        yield address[0]
        server.terminate()
    assert not log.read_text(), f"the server had a fault: {log.read_text()}"


def rounds_of_households(app: Flask) -> None:
    """One round at each stage: scored now, on notice, to be decided, and named a year ago."""
    real = clock.now

    def begun(ago: int) -> Callable[[int], None]:
        """A clock that stands so many days ago, and may be put forward."""

        def later(days: int) -> None:
            patch.setattr(clock, "now", lambda: real() + timedelta(days=days - ago))

        later(0)
        return later

    with pytest.MonkeyPatch.context() as patch:
        round, households, _codes = to_deciding(app, begun(360), "万年前", title="一年前的评选")
        step(app, households[0], "name", by="leader")
        move(app, round, "decide")
        to_deciding(app, begun(41), "龚待定", title="等领导决定的评选")
        round, households, _codes = to_notice(app, begun(11), "万示上", "龚示上", title="公示中的评选")
        object_to(app, round, households[0], name="吴举报")
        to_scoring(app, begun(11), "万评中", title="评分中的评选")
        begun(0)
        nominate(app, open_round(app, title="接受推荐的评选"), "万待审")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = dev.chromium()
    # Whatever does not go to the office goes to a proxy that is not there, and fails at once.
    flags = [*LAUNCH, "--proxy-server=127.0.0.1:9", "--proxy-bypass-list=127.0.0.1"]
    if dev.is_root():
        flags.append("--no-sandbox")
    if "LD_LIBRARY_PATH" in found.env:  # one that was unpacked rather than installed
        flags.append("--no-zygote")
    with sync_playwright() as playwright:
        env: dict[str, str | float | bool] = {**os.environ, **found.env}
        browser = playwright.chromium.launch(executable_path=found.program, args=flags, env=env)
        yield browser
        browser.close()


class Windows:
    """Windows that are used again, since to open one takes longer than what most tests do in it. What a visitor left in
    one goes first: pages, cookies, drafts."""

    def __init__(self, chromium: Browser, office: str) -> None:
        self.chromium, self.office = chromium, office
        self.free: dict[tuple[str, bool, bool], list[Page]] = {}
        self.taken: list[tuple[tuple[str, bool, bool], Page]] = []
        self.wrong: list[str] = []

    def open(self, language: str, scripts: bool, touch: bool) -> Page:
        kind = (language, scripts, touch)
        free = self.free.setdefault(kind, [])
        page = free.pop() if free else self._new(*kind)
        self.taken.append((kind, page))
        return page

    def _new(self, language: str, scripts: bool, touch: bool) -> Page:
        context = self.chromium.new_context(
            base_url=self.office,
            locale=LOCALES[language],
            java_script_enabled=scripts,
            reduced_motion="reduce",
            has_touch=touch,
            is_mobile=touch,
        )
        context.set_default_timeout(10_000)
        if scripts:
            bring_axe(context)
        self._watch(context)
        watchers[context] = self._watch
        return context.new_page()

    def _watch(self, context: BrowserContext) -> None:
        context.on("requestfailed", self._failed)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.wrong.append(f"a script failed: {error.error}"))

    def _failed(self, request: Request) -> None:
        if not request.url.startswith((self.office, "data:", "blob:", "about:")):
            self.wrong.append(f"a request was to leave for {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        # A refused form (422) is an "error" to the console; what breaks the content policy or a script is one to us.
        # So is a test that takes the connection away.
        meant = ("the server responded with a status of 4", "net::ERR_INTERNET_DISCONNECTED")
        if message.type == "error" and not any(each in message.text for each in meant):
            self.wrong.append(f"the browser says: {message.text}")

    def put_away(self) -> list[str]:
        """A test is over; what went wrong in its windows."""
        taken, self.taken = self.taken, []
        for kind, page in taken:
            try:
                self._forget(page)
            except Error:  # it broke
                page.context.close()
            else:
                self.free[kind].append(page)
        wrong, self.wrong = self.wrong, []
        return wrong

    def _forget(self, page: Page) -> None:
        for each in (*page.context.pages, *scripted(page.context)):
            each.goto("about:blank")
        page.unroute_all()
        page.context.set_offline(False)
        page.context.clear_cookies()
        within = page.context.new_cdp_session(page)
        within.send("Storage.clearDataForOrigin", {"origin": self.office, "storageTypes": "all"})
        within.detach()


@pytest.fixture(scope="session")
def windows(office: str, chromium: Browser) -> Windows:
    return Windows(chromium, office)


@pytest.fixture
def visit(windows: Windows) -> Iterator[Visit]:
    def open_window(
        language: str = "zh", viewport: ViewportSize = DESK, scripts: bool = True, touch: bool = False
    ) -> Page:
        page = windows.open(language, scripts, touch)
        page.set_viewport_size(viewport)
        return page

    yield open_window
    wrong = windows.put_away()
    assert not wrong, "; ".join(wrong)


@pytest.fixture
def page(visit: Visit) -> Page:
    """A visitor at a desk, in Chinese."""
    return visit()
