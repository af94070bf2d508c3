"""The daily digest: who has something due is told once a day, in numbers and dates alone, over TLS or not at all."""

import smtplib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask

from blueprints.petitions.docket.domain import State
from core import clock
from tests.browse import Browser
from tests.letters import FARMING, WATER, WRITER, everything_stored, petition, put
from tests.offices import Offices
from tests.people import PASSWORD

SignIn = Callable[..., Browser]
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stops the clock."""
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


class Post(smtplib.SMTP):
    """A mail server that takes everything, or nothing."""

    sent: list[EmailMessage] = []
    calls: list[str] = []
    away = False

    def __init__(self, host: str = "", port: int = 0, **more: Any) -> None:
        if self.away:
            raise ConnectionRefusedError
        self.calls.append(f"{host}:{port}")

    def starttls(self, **more: Any) -> tuple[int, bytes]:  # type: ignore[override]
        assert more["context"].verify_mode
        self.calls.append("starttls")
        return 220, b""

    def login(self, user: str, password: str, *, initial_response_ok: bool = True) -> tuple[int, bytes]:
        self.calls.append(f"login {user} {password}")
        return 235, b""

    def send_message(self, msg: Any, *_more: Any, **_named: Any) -> dict[str, tuple[int, bytes]]:
        self.sent.append(msg)
        return {}

    def __exit__(self, *_raised: object) -> None:
        self.calls.append("quit")


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> type[Post]:
    for name in ("SMTP", "SMTP_SSL"):
        monkeypatch.setattr(smtplib, name, Post)
    monkeypatch.setattr(Post, "sent", [])
    monkeypatch.setattr(Post, "calls", [])
    return Post


@pytest.fixture
def office(offices: Offices, database: str) -> Flask:
    """An office with a mail server."""
    return offices.make(database, SMTP_URL="smtp://xin:ge%40he@mail.example", SMTP_FROM="office@example.org")


def run(app: Flask, exit_code: int = 0) -> str:
    result = app.test_cli_runner().invoke(args=["digest"])
    assert result.exit_code == exit_code, result.output
    return result.output


def give_address(app: Flask, username: str, address: str = "a.b@example.org", expect: int = 200) -> Browser:
    browser = Browser(app)
    browser.sign_in(username, PASSWORD)
    browser.get("/digest")
    browser.submit("/digest", expect=expect, address=address)
    return browser


def some(app: Flask) -> str:
    """One matter of the water unit that is late, one that is not due yet, one of another unit; the number of the first."""
    late = put(app, State.HANDLING, received_on=(MONDAY - timedelta(days=30)).date()).id
    put(app, received_on=MONDAY.date())
    put(app, State.HANDLING, unit=FARMING, received_on=(MONDAY - timedelta(days=13)).date())
    return str(petition(app, late).number)


def test_a_digest_has_numbers_and_dates_and_nothing_of_a_letter(office: Flask, post: type[Post]) -> None:
    number = some(office)
    give_address(office, "handler")
    run(office)
    (mail,) = post.sent
    text = mail.get_content()
    assert f"{number}  2026-02-15" in text
    assert mail["To"] == "a.b@example.org"
    assert not [word for word in (*WRITER.values(), "水泵", WATER) if word in text + str(mail["Subject"])]
    assert len([line for line in text.splitlines() if line.startswith("2026-0")]) == 2  # the same one in both languages


def test_a_digest_is_sent_once_a_day_and_over_tls(
    office: Flask, post: type[Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    some(office)
    give_address(office, "handler")
    run(office)
    run(office)
    assert len(post.sent) == 1
    assert post.calls == ["mail.example:587", "starttls", "login xin ge@he", "quit"]
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(days=1))
    run(office)
    assert len(post.sent) == 2


def test_what_was_not_sent_is_sent_when_it_is_run_again(
    office: Flask, post: type[Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    some(office)
    give_address(office, "handler")
    monkeypatch.setattr(Post, "away", True)
    assert "a.b@example.org" not in run(office, exit_code=1)
    assert "超期 1 件" in desk_of(office, "handler").replace("超期1件", "超期 1 件")
    monkeypatch.setattr(Post, "away", False)
    run(office)
    assert len(post.sent) == 1


def desk_of(app: Flask, username: str) -> str:
    browser = Browser(app)
    browser.sign_in(username, PASSWORD)
    return browser.get("/desk").text


def test_without_a_mail_server_the_digest_stands_on_the_desk(app: Flask, sign_in: SignIn, post: type[Post]) -> None:
    number = some(app)
    give_address(app, "handler")
    run(app)
    assert not post.sent
    assert "超期" in sign_in("handler").get("/desk").text
    page = sign_in("handler").get("/digest")
    assert number in page.text
    assert "水泵" not in page.text
    assert "今日提醒" not in sign_in("contact").get("/desk").text


def test_whoever_a_matter_complains_of_is_told_nothing_of_it(app: Flask, sign_in: SignIn) -> None:
    put(app, State.HANDLING, unit=FARMING, against=WATER, received_on=(MONDAY - timedelta(days=30)).date())
    put(app, person="李登记", received_on=(MONDAY - timedelta(days=30)).date())
    run(app)
    assert not sign_in("handler").get("/digest").all("tbody tr")
    assert len(sign_in("clerk").get("/digest").all("tbody tr")) == 1
    assert len(sign_in("leader").get("/digest").all("tbody tr")) == 2
    assert "今日提醒" not in sign_in("handler").get("/desk").text


def test_who_has_nothing_due_gets_nothing(office: Flask, post: type[Post]) -> None:
    put(office, received_on=MONDAY.date())
    give_address(office, "clerk")
    assert "nothing" in run(office)
    assert not post.sent


@pytest.mark.parametrize("wrong", ["x", "a@b", "a@b.c\nBcc: d@e.f", "a b@c.de", "李@例.中国"])
def test_what_is_no_address_is_refused(app: Flask, wrong: str) -> None:
    assert give_address(app, "clerk", wrong, expect=422).page.all("#errors")


def test_an_address_is_kept_sealed_changed_and_taken_back(office: Flask, post: type[Post]) -> None:
    some(office)
    give_address(office, "handler")
    assert "a.b@example.org" not in "".join(everything_stored(office))
    page = give_address(office, "handler", "other@example.org").get("/digest")
    assert page.one("#address").attributes["value"] == "other@example.org"
    give_address(office, "handler", "")
    run(office)
    assert not post.sent
