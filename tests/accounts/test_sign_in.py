"""Signing in and out: who gets in, what ends it, and what a guesser learns."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from blueprints.accounts.models import User
from core import clock
from core.browsers import COOKIE as MARKS
from core.extensions import db
from tests.browse import Browser
from tests.people import PASSWORD, PEOPLE

SignIn = Callable[..., Browser]
PassTime = Callable[[float], None]
NEW = "garden-teapot-93"


def test_the_right_password_opens_the_desk(sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    assert clerk.page.path == "/desk"
    assert "李登记" in clerk.page.text


def test_the_user_name_is_taken_in_capitals_too(visitor: Browser) -> None:
    visitor.get("/sign-in")
    assert visitor.submit("/sign-in", username=" CLERK ", password=PASSWORD).path == "/desk"


@pytest.mark.parametrize("username", ["nobody", "clerk", "clerk\0", "' or 1=1 --", "ｃｌｅｒｋ", "x" * 100])
def test_an_unknown_user_and_a_wrong_password_read_alike(app: Flask, username: str) -> None:
    visitor = Browser(app, "en")
    visitor.get("/sign-in")
    refused = visitor.submit("/sign-in", expect=422, username=username, password="wrong-lantern-47")
    assert refused.texts(".error-summary li") == ["Password The user name or the password is wrong."]


def test_the_user_name_typed_is_kept(visitor: Browser) -> None:
    visitor.get("/sign-in")
    refused = visitor.submit("/sign-in", expect=422, username="clerk", password="wrong-lantern-47")
    assert refused.one("#username").attributes["value"] == "clerk"


def test_the_password_is_never_sent_back(visitor: Browser) -> None:
    visitor.get("/sign-in")
    refused = visitor.submit("/sign-in", expect=422, username="clerk", password="wrong-lantern-48")
    assert "wrong-lantern-48" not in refused.html


def test_a_closed_account_reads_like_a_wrong_password(visitor: Browser, sign_in: SignIn, app: Flask) -> None:
    visitor.get("/sign-in")
    wrong = visitor.submit("/sign-in", expect=422, username="handler", password="wrong-lantern-47").text
    _close(app, "handler", sign_in)
    assert visitor.submit("/sign-in", expect=422, username="handler", password=PASSWORD).text == wrong


def test_after_sign_in_the_page_asked_for_opens(visitor: Browser) -> None:
    assert visitor.get("/account").path.startswith("/sign-in")
    assert visitor.submit("/sign-in", username="clerk", password=PASSWORD).path == "/account"


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:1"])
def test_nobody_is_sent_to_another_server(visitor: Browser, elsewhere: str) -> None:
    visitor.get("/sign-in?next=" + elsewhere)
    assert visitor.submit("/sign-in", username="clerk", password=PASSWORD).path == "/"


# --- wrong passwords -----------------------------------------------------------------------------------------------
# Everybody in these tests comes from one address, as behind the proxy of an office.


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> PassTime:
    """Stops the clock; then lets so many seconds pass."""
    now = [datetime(2026, 3, 2, 1, 0, tzinfo=UTC)]
    monkeypatch.setattr(clock, "now", lambda: now[0])

    def pass_seconds(seconds: float) -> None:
        now[0] += timedelta(seconds=seconds)

    return pass_seconds


def attempt(browser: Browser, username: str, password: str = PASSWORD) -> int:
    """Send a password: 303 for the right one, 422 for a wrong one, 429 for one that was not looked at."""
    browser.get("/sign-in")
    token = browser.page.all("main input[name=csrf_token]")[0].attributes["value"]
    sent = {"csrf_token": token, "username": username, "password": password}
    return browser.client.post("/sign-in", data=sent).status_code


def guess(browser: Browser, username: str, pass_time: PassTime, times: int) -> None:
    """Be wrong so many times, each as soon as it is possible."""
    browser.get("/sign-in")
    for number in range(times):
        while seconds := _refused(browser, username, f"wrong-lantern-{number}"):
            pass_time(seconds)


def _refused(browser: Browser, username: str, password: str) -> int:
    """How long to wait before this wrong password is looked at; 0 when it was."""
    token = browser.page.all("main input[name=csrf_token]")[0].attributes["value"]
    sent = {"csrf_token": token, "username": username, "password": password}
    return int(browser.client.post("/sign-in", data=sent).headers.get("Retry-After", 0))


def known(app: Flask, *usernames: str) -> Browser:
    """A browser in which these people have signed in before."""
    browser = Browser(app)
    for username in usernames:
        browser.sign_in(username, PASSWORD)
        browser.submit("/sign-out")
    return browser


def test_guessing_is_slowed_and_says_for_how_long(visitor: Browser, pass_time: PassTime) -> None:
    visitor.get("/sign-in")
    for number in range(5):
        visitor.submit("/sign-in", expect=422, username="clerk", password=f"wrong-lantern-{number}")
    slowed = visitor.submit("/sign-in", expect=429, username="clerk", password=PASSWORD)
    assert slowed.response.headers["Retry-After"] == "1"
    assert "请等 1 秒后再试" in slowed.text
    assert slowed.one("#username").attributes["value"] == "clerk"
    assert PASSWORD not in slowed.html
    pass_time(1)
    assert visitor.submit("/sign-in", username="clerk", password=PASSWORD).path == "/desk"


def test_other_accounts_and_other_addresses_are_not_held_up(visitor: Browser, app: Flask, pass_time: PassTime) -> None:
    guess(visitor, "clerk", pass_time, 20)
    assert attempt(visitor, "clerk") == 429
    elsewhere = Browser(app)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert attempt(elsewhere, "clerk") == 303
    assert attempt(visitor, "leader") == 303


def test_an_account_that_is_not_there_is_slowed_alike(app: Flask, pass_time: PassTime) -> None:
    for username in ("clerk", "nobody"):
        visitor = Browser(app)
        assert [attempt(visitor, username, "wrong-lantern-47") for _ in range(6)] == [422] * 5 + [429]


def test_somebody_right_waits_a_minute_at_most_in_a_browser_that_is_not_known(app: Flask, pass_time: PassTime) -> None:
    """However often others were wrong about this account from the same address."""
    guess(Browser(app), "clerk", pass_time, 60)
    newcomer = Browser(app)
    assert attempt(newcomer, "clerk") == 429
    pass_time(59)
    assert attempt(newcomer, "clerk") == 429
    pass_time(1)
    assert attempt(newcomer, "clerk") == 303


def test_somebody_right_waits_ten_seconds_at_most_for_those_who_were_wrong_about_other_accounts(
    app: Flask, pass_time: PassTime
) -> None:
    stranger = Browser(app)
    for number in range(60):
        guess(stranger, f"nobody{number}", pass_time, 1)
    newcomer = Browser(app)
    assert attempt(newcomer, "clerk") == 429
    pass_time(9)
    assert attempt(newcomer, "clerk") == 429
    pass_time(1)
    assert attempt(newcomer, "clerk") == 303


def test_a_whole_office_may_sign_in_for_the_first_time_in_one_minute(app: Flask, pass_time: PassTime) -> None:
    """Nobody waits for those who are right, not even after the first thirty mistakes."""
    stranger = Browser(app)
    for number in range(40):
        guess(stranger, f"nobody{number}", pass_time, 1)
    pass_time(10)
    assert [attempt(Browser(app), "clerk2") for _ in range(40)] == [303] * 40


def test_a_stranger_behind_the_same_address_does_not_hold_up_a_known_browser(app: Flask, pass_time: PassTime) -> None:
    own = known(app, "clerk")
    stranger = Browser(app)
    guess(stranger, "clerk", pass_time, 20)
    for number in range(40):
        guess(stranger, f"nobody{number}", pass_time, 1)
    assert attempt(Browser(app), "clerk") == 429
    assert attempt(own, "clerk") == 303


def test_wrong_passwords_in_a_known_browser_hold_up_that_browser_alone(app: Flask, pass_time: PassTime) -> None:
    own, other = known(app, "clerk"), known(app, "clerk")
    guess(own, "clerk", pass_time, 60)
    assert attempt(own, "clerk") == 429
    assert attempt(other, "clerk") == 303
    assert attempt(Browser(app), "clerk") == 303
    pass_time(60)
    assert attempt(own, "clerk") == 303


def test_one_who_guesses_in_a_known_browser_holds_up_nobody_else_who_signs_in_there(
    app: Flask, pass_time: PassTime
) -> None:
    shared = known(app, "clerk", "leader")
    guess(shared, "clerk", pass_time, 20)
    assert attempt(shared, "clerk") == 429
    assert attempt(shared, "leader") == 303


def test_a_stolen_mark_gives_no_more_than_a_few_guesses(app: Flask, pass_time: PassTime) -> None:
    own, thief = known(app, "clerk"), Browser(app)
    copy_mark(own, thief)
    assert thief.get("/desk").path.startswith("/sign-in")
    assert [attempt(thief, "clerk", "wrong-lantern-47") for _ in range(6)] == [422] * 5 + [429]


def test_after_the_next_sign_in_a_stolen_mark_is_in_nobodys_way(app: Flask, pass_time: PassTime) -> None:
    own, thief = known(app, "clerk"), Browser(app)
    copy_mark(own, thief)
    guess(thief, "clerk", pass_time, 20)
    assert attempt(own, "clerk") == 429
    pass_time(60)
    own.sign_in("clerk", PASSWORD)
    own.submit("/sign-out")
    guess(thief, "clerk", pass_time, 20)
    assert attempt(own, "clerk") == 303


def test_the_mark_of_one_account_is_nothing_for_another(app: Flask, pass_time: PassTime) -> None:
    own = known(app, "clerk2")
    guess(Browser(app), "clerk", pass_time, 20)
    assert attempt(own, "clerk") == 429


SPOILT: list[Callable[[str], str]] = [
    lambda mark: mark[:-1] + ("0" if mark[-1] != "0" else "1"),
    lambda mark: ("a" if mark[0] != "a" else "b") + mark[1:],
    lambda mark: mark[:16] + "0" * 32,
    lambda mark: mark[:16],
    lambda mark: mark + "0",
    lambda mark: mark.upper(),
    lambda mark: "",
    lambda mark: "." * 4000,
    lambda mark: "\u00e9" * 48,
]


def test_a_mark_that_was_tampered_with_is_none(app: Flask, pass_time: PassTime) -> None:
    own = known(app, "clerk")
    mark = mark_of(own)
    guess(Browser(app), "clerk", pass_time, 20)
    for number, spoil in enumerate(SPOILT):
        own.client.set_cookie(MARKS, spoil(mark), path="/sign-in")
        assert attempt(own, "clerk") == 429, number
    own.client.set_cookie(MARKS, mark, path="/sign-in")
    assert attempt(own, "clerk") == 303


def test_a_browser_stays_known_when_the_password_was_forgotten_and_given_anew(
    app: Flask, sign_in: SignIn, pass_time: PassTime
) -> None:
    own = known(app, "clerk")
    administrator = sign_in("administrator", "en")
    with app.app_context():
        administrator.get(f"/accounts/{_user('clerk').id}")
    first = administrator.submit("New first password").one("#first-password").text(strip=True)
    guess(Browser(app), "clerk", pass_time, 20)
    assert attempt(Browser(app), "clerk", first) == 429
    assert attempt(own, "clerk", first) == 303


def test_a_known_browser_opens_no_closed_account(app: Flask, sign_in: SignIn) -> None:
    own = known(app, "handler")
    _close(app, "handler", sign_in)
    assert attempt(own, "handler") == 422


def test_a_browser_is_known_for_half_a_year_at_most(app: Flask, pass_time: PassTime) -> None:
    own, stranger = known(app, "clerk"), Browser(app)
    mark = mark_of(own)
    pass_time(90 * 86_400)
    guess(stranger, "clerk", pass_time, 20)
    assert attempt(own, "clerk") == 303
    pass_time(90 * 86_400)
    guess(stranger, "clerk", pass_time, 20)
    own.client.set_cookie(MARKS, mark, path="/sign-in")
    assert attempt(own, "clerk") == 429


def test_the_last_eight_people_who_share_a_computer_are_known_there(app: Flask) -> None:
    names = [name for name, *_ in PEOPLE]
    shared = known(app, *names)
    marks = mark_of(shared).split(".")
    assert len(names) > 8 == len(marks)
    again = known(app, "clerk", "leader")
    before = mark_of(again).split(".")
    again.sign_in("clerk", PASSWORD)
    after = mark_of(again).split(".")
    assert len(after) == 2
    assert before[0] in after  # the leader's; the clerk's is a new one
    assert before[1] not in after


def test_only_who_signs_in_is_given_a_mark_and_it_goes_to_the_page_of_the_sign_in_alone(app: Flask) -> None:
    visitor = Browser(app)
    for path in ("/", "/letters/new", "/letters/status", "/sign-in"):
        visitor.get(path)
    visitor.submit("/sign-in", expect=422, username="clerk", password="wrong-lantern-47")
    assert visitor.client.get_cookie(MARKS, path="/sign-in") is None
    visitor.sign_in("clerk", PASSWORD)
    kept = visitor.client.get_cookie(MARKS, path="/sign-in")
    assert kept is not None
    assert "clerk" not in kept.value
    assert kept.max_age == 180 * 86_400
    assert not kept.value.isdigit()


def test_the_mark_is_out_of_reach_of_scripts_and_other_sites(offices: object, sqlite_office: Flask) -> None:
    safe: Flask = offices.make("sqlite", HTTPS=True)  # type: ignore[attr-defined]
    client = safe.test_client()
    page = client.get("/sign-in", base_url="https://localhost").get_data(as_text=True)
    token = re.findall(r'name="csrf_token"[^>]* value="([^"]*)"', page)[-1]
    sent = {"csrf_token": token, "username": "clerk", "password": PASSWORD}
    answer = client.post("/sign-in", data=sent, base_url="https://localhost")
    header = next(each for each in answer.headers.getlist("Set-Cookie") if each.startswith(MARKS))
    assert {"HttpOnly", "SameSite=Lax", "Secure", "Path=/sign-in"} <= {part.strip() for part in header.split(";")}


def mark_of(browser: Browser) -> str:
    kept = browser.client.get_cookie(MARKS, path="/sign-in")
    assert kept is not None
    return kept.value


def copy_mark(browser: Browser, thief: Browser) -> None:
    thief.client.set_cookie(MARKS, mark_of(browser), path="/sign-in")


# --- sittings ------------------------------------------------------------------------------------------------------


def test_a_copy_of_the_cookie_opens_nothing_after_sign_out(sign_in: SignIn, app: Flask) -> None:
    clerk, thief = sign_in("clerk"), Browser(app)
    thief.client.set_cookie("xiafang", clerk.client.get_cookie("xiafang").value)  # type: ignore[union-attr]
    assert thief.get("/account").path == "/account"
    clerk.submit("/sign-out")
    assert thief.get("/account").path.startswith("/sign-in")


def test_signing_in_changes_the_number_in_the_cookie(visitor: Browser) -> None:
    visitor.get("/sign-in")
    before = visitor.client.get_cookie("xiafang").value  # type: ignore[union-attr]
    visitor.submit("/sign-in", username="clerk", password=PASSWORD)
    assert visitor.client.get_cookie("xiafang").value != before  # type: ignore[union-attr]


def test_a_forged_sign_out_does_nothing(sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    clerk.post("/sign-out", expect=400)
    assert clerk.get("/account").path == "/account"


def test_a_sign_in_ends_when_nobody_is_there(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk = sign_in("clerk")
    later = clock.now() + timedelta(minutes=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert clerk.get("/account").path.startswith("/sign-in")


def test_a_sign_in_ends_after_eight_hours_even_with_work_all_day(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, start = sign_in("clerk"), clock.now()
    for minutes in range(20, 8 * 60, 20):
        monkeypatch.setattr(clock, "now", lambda at=start + timedelta(minutes=minutes): at)
        assert clerk.get("/account").path == "/account"
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(hours=8, seconds=1))
    assert clerk.get("/account").path.startswith("/sign-in")


def test_a_password_stored_at_an_older_cost_is_stored_anew(visitor: Browser, app: Flask) -> None:
    from argon2 import PasswordHasher

    cheap = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
    with app.app_context():
        user = _user("clerk")
        user.password_hash = cheap
        user.trace("password rehashed", by=None)
        db.session.commit()
    visitor.sign_in("clerk", PASSWORD)
    with app.app_context():
        assert _user("clerk").password_hash != cheap
    assert visitor.get("/account").status == 200


# --- the own password ----------------------------------------------------------------------------------------------


def test_the_first_password_must_be_changed_before_anything_else(sign_in: SignIn, app: Flask) -> None:
    with app.app_context():
        user = _user("clerk")
        user.must_change = True
        user.trace("password changed", by=None)
        db.session.commit()
    clerk = sign_in("clerk")
    assert clerk.page.path == "/account"
    assert clerk.get("/desk").path == "/account"
    clerk.submit("/account", current_password=PASSWORD, new_password=NEW, new_password_again=NEW)
    assert clerk.page.path == "/desk"
    assert clerk.get("/account").path == "/account"


def test_a_new_password_ends_every_other_sign_in(sign_in: SignIn) -> None:
    here, elsewhere = sign_in("clerk"), sign_in("clerk")
    here.get("/account")
    here.submit("/account", current_password=PASSWORD, new_password=NEW, new_password_again=NEW)
    assert here.get("/account").path == "/account"
    assert elsewhere.get("/account").path.startswith("/sign-in")


def test_the_words_after_a_change_are_shown_once(sign_in: SignIn) -> None:
    clerk = sign_in("clerk", "en")
    clerk.get("/account")
    assert (
        "Your new password is set."
        in clerk.submit("/account", current_password=PASSWORD, new_password=NEW, new_password_again=NEW).text
    )
    assert "Your new password is set." not in clerk.get("/account").text


@pytest.mark.parametrize(
    ("current", "new", "again", "field"),
    [
        ("wrong-lantern-47", NEW, NEW, "current_password"),
        (PASSWORD, "short-one", "short-one", "new_password"),
        (PASSWORD, "password1234", "password1234", "new_password"),
        (PASSWORD, "ＰＡＳＳＷＯＲＤ１２３４", "ＰＡＳＳＷＯＲＤ１２３４", "new_password"),
        (PASSWORD, "the-clerk-of-xinzhou", "the-clerk-of-xinzhou", "new_password"),
        (PASSWORD, "abababababab", "abababababab", "new_password"),
        (PASSWORD, PASSWORD, PASSWORD, "new_password"),
        (PASSWORD, NEW, "garden-teapot-94", "new_password_again"),
        (PASSWORD, "x" * 201, "x" * 201, "new_password"),
        ("", "", "", "current_password"),
    ],
)
def test_a_password_that_cannot_be_taken_says_why(
    sign_in: SignIn, current: str, new: str, again: str, field: str
) -> None:
    clerk = sign_in("clerk")
    clerk.get("/account")
    refused = clerk.submit("/account", expect=422, current_password=current, new_password=new, new_password_again=again)
    assert refused.all(f"#{field}-error")
    assert sign_in("clerk").page.path == "/desk"


def test_guessing_the_own_password_is_slowed_too(sign_in: SignIn, pass_time: PassTime) -> None:
    clerk = sign_in("clerk")
    new = {"new_password": NEW, "new_password_again": NEW}
    clerk.get("/account")
    for number in range(5):
        clerk.submit("/account", expect=422, fields={"current_password": f"wrong-lantern-{number}", **new})
    clerk.submit("/account", expect=429, fields={"current_password": PASSWORD, **new})
    clerk.get("/account")
    pass_time(1)
    assert clerk.submit("/account", fields={"current_password": PASSWORD, **new}).path == "/account"


def test_a_new_password_that_cannot_be_taken_is_no_guess(sign_in: SignIn, pass_time: PassTime) -> None:
    clerk = sign_in("clerk")
    clerk.get("/account")
    for _ in range(9):
        clerk.submit(
            "/account", expect=422, current_password=PASSWORD, new_password="short", new_password_again="short"
        )


def test_guessing_at_the_sign_in_does_not_hold_up_a_change_of_the_own_password(
    sign_in: SignIn, app: Flask, pass_time: PassTime
) -> None:
    clerk = sign_in("clerk")
    guess(Browser(app), "clerk", pass_time, 20)
    clerk.get("/account")
    clerk.submit("/account", current_password=PASSWORD, new_password=NEW, new_password_again=NEW)


def _user(username: str) -> User:
    return db.session.query(User).filter_by(username=username).one()


def _close(app: Flask, username: str, sign_in: SignIn) -> None:
    with app.app_context():
        id = _user(username).id
    administrator = sign_in("administrator")
    administrator.get(f"/accounts/{id}")
    administrator.submit(f"/accounts/{id}/close")
