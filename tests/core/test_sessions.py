"""A sign-in is a row: it ends when the row does, whoever kept a copy of the cookie."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock
from core.extensions import db
from core.sessions import COOKIE, Sitting
from tests.browse import Browser
from tests.letters import look_up, put, write
from tests.people import PASSWORD

SignIn = Callable[..., Browser]
MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
Later = Callable[[timedelta], None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Moves the clock on from the morning."""

    def move(by: timedelta) -> None:
        monkeypatch.setattr(clock, "now", lambda: MORNING + by)

    move(timedelta())
    return move


def cookie(browser: Browser) -> str:
    kept = browser.client.get_cookie(COOKIE)
    assert kept is not None
    return kept.value


def copy_of(browser: Browser) -> Browser:
    """Another device with a copy of the cookie."""
    thief = Browser(browser.app)
    thief.client.set_cookie(COOKIE, cookie(browser))
    return thief


def signed_in(browser: Browser) -> bool:
    return browser.get("/account").path == "/account"


def sittings(app: Flask) -> Iterator[Sitting]:
    with app.app_context():
        yield from db.session.scalars(select(Sitting))


def test_a_copied_cookie_works_only_until_its_owner_signs_out(sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    thief = copy_of(clerk)
    assert signed_in(thief)
    clerk.submit("/sign-out")
    assert not signed_in(clerk)
    assert not signed_in(thief)


def test_an_older_cookie_opens_nothing_after_the_password_was_changed(sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    thief = copy_of(clerk)
    clerk.get("/account")
    new = {"new_password": "garden-teapot-93", "new_password_again": "garden-teapot-93"}
    clerk.submit("/account", fields={"current_password": PASSWORD, **new})
    assert signed_in(clerk)
    assert not signed_in(thief)


@pytest.mark.parametrize("change", ["role", "close"])
def test_an_older_cookie_opens_nothing_after_the_administrator_changed_rights(
    app: Flask, sign_in: SignIn, change: str
) -> None:
    clerk, administrator = sign_in("clerk"), sign_in("administrator")
    assert signed_in(clerk)
    administrator.get("/accounts/?role=clerk")
    administrator.follow("clerk")
    path = administrator.page.path
    administrator.submit("保存", role="leader") if change == "role" else administrator.submit(f"{path}/close")
    assert not signed_in(clerk)


def test_a_sign_in_ends_after_half_an_hour_without_a_page(sign_in: SignIn, later: Later) -> None:
    clerk, other = sign_in("clerk"), sign_in("clerk2")
    later(timedelta(minutes=29))
    assert signed_in(clerk)
    later(timedelta(minutes=31))
    assert signed_in(clerk)
    assert not signed_in(other)


def test_a_sign_in_ends_after_eight_hours_however_busy(sign_in: SignIn, later: Later) -> None:
    clerk = sign_in("clerk")
    for minutes in range(20, 480, 20):
        later(timedelta(minutes=minutes))
        assert signed_in(clerk)
    later(timedelta(hours=8, seconds=1))
    assert not signed_in(clerk)


def test_the_limits_of_time_are_settings(offices: object, sqlite_office: Flask, later: Later) -> None:
    short = offices.make("sqlite", IDLE_MINUTES=2)  # type: ignore[attr-defined]
    clerk = Browser(short)
    clerk.sign_in("clerk", PASSWORD)
    later(timedelta(minutes=3))
    assert not signed_in(clerk)


def test_signing_in_gives_another_number_than_the_visitor_had(app: Flask) -> None:
    browser = Browser(app)
    browser.get("/sign-in")
    before = cookie(browser)
    browser.sign_in("clerk", PASSWORD)
    after = cookie(browser)
    assert before != after
    browser.submit("/sign-out")
    browser.sign_in("clerk", PASSWORD)
    assert cookie(browser) not in (before, after)


def test_a_number_that_somebody_planted_is_not_taken_over(app: Flask) -> None:
    browser = Browser(app)
    browser.client.set_cookie(COOKIE, "s.planted")
    browser.sign_in("clerk", PASSWORD)
    assert cookie(browser) != "s.planted"
    victim = Browser(app)
    victim.client.set_cookie(COOKIE, "s.planted")
    assert not signed_in(victim)


def test_a_cookie_that_is_not_ours_is_a_visitors_without_one(app: Flask) -> None:
    for value in ("s.", "s." + "x" * 3000, "nonsense", "e30.nonsense", "s.\u00e9"):
        browser = Browser(app)
        browser.client.set_cookie(COOKIE, value)
        assert browser.get("/").status == 200
        assert not signed_in(browser)


def test_the_number_of_a_sign_in_is_not_stored(app: Flask, sign_in: SignIn) -> None:
    number = cookie(sign_in("clerk")).removeprefix("s.")
    rows = list(sittings(app))
    assert len(rows) == 1
    for row in rows:
        assert number.encode() not in row.digest
        assert number not in str(row.data)


def test_a_visitors_cookie_opens_no_letter_and_no_desk(app: Flask, visitor: Browser) -> None:
    write(visitor)
    visitor.get("/letters/new")
    assert list(sittings(app)) == []
    thief = copy_of(visitor)
    assert thief.get("/letters/status").all("input[name=receipt]")
    assert not signed_in(thief)


def test_a_letter_that_was_closed_on_the_device_does_not_open_with_an_old_cookie(app: Flask, visitor: Browser) -> None:
    look_up(visitor, put(app).code)
    thief = copy_of(visitor)
    assert not thief.get("/letters/status").all("input[name=receipt]")
    visitor.submit("/letters/leave")
    assert thief.get("/letters/status").all("input[name=receipt]")


def test_a_letter_left_open_on_a_device_closes_by_itself(app: Flask, visitor: Browser, later: Later) -> None:
    look_up(visitor, put(app).code)
    later(timedelta(minutes=31))
    assert visitor.get("/letters/status").all("input[name=receipt]")


def test_what_ended_is_cleared_from_the_table(app: Flask, sign_in: SignIn, later: Later) -> None:
    sign_in("clerk")
    later(timedelta(hours=9))
    sign_in("clerk2")
    assert len(list(sittings(app))) == 1


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(offices: object, sqlite_office: Flask) -> None:
    safe = offices.make("sqlite", HTTPS=True)  # type: ignore[attr-defined]
    header = safe.test_client().get("/sign-in").headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Secure", "Path=/"} <= {part.strip() for part in header.split(";")}
