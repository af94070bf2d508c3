"""The office as it really runs: a server process on a port of its own, and browsers that reach it over the wire."""

import dataclasses
import http.client
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.cookies import SimpleCookie
from io import BytesIO
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, TestResponse
from werkzeug.wrappers import Response

from blueprints.petitions.docket.domain import State
from settings import Settings
from tests import letters
from tests.browse import Browser, check_headers
from tests.people import PASSWORD
from tests.robust import forked

LETTER = {
    "kind": "claim",
    "signing": "anonymous",
    "place": "420117001001",
    "subject": "Broken pump at the pond",
    "text": "The pump at the village pond has been broken since the spring.",
}


class Gone(Exception):
    """The server did not answer: it is not there, or went away meanwhile."""


class House:
    """The server process of one office."""

    def __init__(self, app: Flask, log: Path, **more: str) -> None:
        self.log = log
        self.environment = {**os.environ, **_environment(app.extensions["settings"]), **more}
        self.process: ForkServerProcess | None = None
        self.port = 0

    def start(self) -> None:
        """Start it and wait until it listens; its port stays the same."""
        self.process, self.says = forked.start({**self.environment, "PORT": str(self.port)}, self.log)
        said = self.says.readline()
        assert said, self.log.read_text()
        self.port = int(said.split(" (")[0].rsplit(":", 1)[1])

    def kill(self) -> None:
        """As a loss of power ends it, without a word."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """As an operator ends it."""
        self._end(signal.SIGTERM)

    def _end(self, number: int) -> None:
        if self.process is not None:
            assert self.process.pid is not None
            os.kill(self.process.pid, number)
            self.process.join(20)
            assert self.process.exitcode is not None, "the server does not end"
            self.process.close()
            self.says.close()
            self.process = None

    def visitor(self, language: str = "zh") -> "Caller":
        """Somebody's browser, without a cookie."""
        return Caller(self.port, language)

    def sign_in(self, username: str, language: str = "zh") -> "Caller":
        """The browser of one of the people (tests/people.py), signed in."""
        caller = self.visitor(language)
        caller.sign_in(username, PASSWORD)
        return caller


def _environment(settings: Settings) -> dict[str, str]:
    values = {each.name: getattr(settings, each.name) for each in dataclasses.fields(settings)}
    return {name: str(int(value)) if isinstance(value, bool) else str(value) for name, value in values.items()}


class Wire:
    """A client with cookies that speaks HTTP to the server process; it looks like Flask's test client."""

    def __init__(self, port: int, source: str = "127.0.0.1") -> None:
        self.port = port
        self.source = source  # the address that the client calls from
        self.cookies: dict[str, str] = {}

    def open(
        self,
        path: str,
        method: str = "GET",
        data: Any = None,
        query_string: Any = None,
        headers: dict[str, str] | None = None,
    ) -> TestResponse:
        """Send one request; redirects are not followed. Raises Gone."""
        built = EnvironBuilder(path, method=method, data=data, query_string=query_string)
        try:
            environ = built.get_environ()
            target = built.path + (f"?{built.query_string}" if built.query_string else "")
            sent = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())} if self.cookies else {}
            if environ.get("CONTENT_TYPE"):
                sent["Content-Type"] = environ["CONTENT_TYPE"]
            body = environ["wsgi.input"].read()
        finally:
            built.close()
        return self.send(method, target, body, {**sent, **(headers or {})})

    def get(self, path: str, headers: dict[str, str] | None = None) -> TestResponse:
        return self.open(path, headers=headers)

    def send(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> TestResponse:
        """Send exactly this."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(self.source, 0))
        try:
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Gone(str(error)) from error
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.coded_value
        head = [(name, value) for name, value in answer.getheaders() if name.lower() != "content-length"]
        return cast(TestResponse, Response(BytesIO(content), answer.status, head))


class Caller(Browser):
    """A browser of the tests that speaks to the server process; it checks every page it opens."""

    def __init__(self, port: int, language: str = "zh", source: str = "127.0.0.1") -> None:
        self.language = language
        self.wire = Wire(port, source)
        self.client = self.wire  # type: ignore[assignment]

    def send_letter(self, **fields: Any) -> str:
        """Write a letter in the public form; the receipt code as the page shows it."""
        self.get("/letters/new")
        self.submit("/letters/new", fields={**LETTER, **fields})
        return self.receipt()

    def receipt(self) -> str:
        """The receipt code on this page."""
        return self.page.one(".receipt-code").text().replace(" ", "").strip()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., House]]:
    """Starts a server process for an office: `house = serve(app)`; it ends with the test."""
    houses: list[House] = []

    def start(app: Flask, **environment: str) -> House:
        house = House(app, tmp_path / f"log-{len(houses)}", **environment)
        houses.append(house)
        house.start()
        return house

    yield start
    for house in houses:
        with suppress(ProcessLookupError):
            house.kill()
        said = house.log.read_text()
        assert "a fault" not in said, said
        assert "Traceback" not in said, said  # nothing reached the web server itself


@pytest.fixture
def house(app: Flask, serve: Callable[..., House]) -> House:
    """An office with people, served by a process of its own, on each database."""
    return serve(app)


ELSEWHERE = {"REMOTE_ADDR": "10.1.2.3"}  # whose wrong guesses do not hold up the sign-ins of a test


def entered(app: Flask, role: str | None) -> FlaskClient:
    """The browser of somebody in that role; a visitor's holds a letter by its receipt code."""
    browser = Browser(app)
    if role is None:
        letters.look_up(browser, letters.put(app, State.SIGNED).code)
    else:
        browser.sign_in(role, PASSWORD)
    return browser.client


def is_told(answer: TestResponse, what: str) -> None:
    """No fault of ours, and the strict headers on whatever it is."""
    assert answer.status_code < 500, f"{what}: {answer.status}"
    check_headers(answer, what)


def part(disposition: str, content: bytes, *more: str) -> bytes:
    """One part of a body whose boundary is x."""
    head = "\r\n".join(("--x", f"Content-Disposition: form-data; {disposition}", *more))
    return head.encode("utf-8", "surrogateescape") + b"\r\n\r\n" + content + b"\r\n"
