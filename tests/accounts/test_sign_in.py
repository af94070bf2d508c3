"""Signing in and out: who gets in, what ends it, and what a guesser learns."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from blueprints.accounts.models import User
from core import clock
from core.extensions import db
from tests.browse import Browser
from tests.people import PASSWORD

SignIn = Callable[..., Browser]
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


def test_guessing_is_slowed_and_others_are_not_held_up(visitor: Browser, app: Flask) -> None:
    visitor.get("/sign-in")
    for guess in range(5):
        visitor.submit("/sign-in", expect=422, username="clerk", password=f"wrong-lantern-{guess}")
    slowed = visitor.submit("/sign-in", expect=429, username="clerk", password=PASSWORD)
    assert int(slowed.response.headers["Retry-After"]) > 0
    assert visitor.page.one("#username").attributes["value"] == "clerk"
    assert visitor.submit("/sign-in", username="leader", password=PASSWORD).path == "/desk"
    elsewhere = Browser(app)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert elsewhere.sign_in("clerk", PASSWORD).path == "/desk"


def test_guessing_may_go_on_later(visitor: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor.get("/sign-in")
    for guess in range(5):
        visitor.submit("/sign-in", expect=422, username="clerk", password=f"wrong-lantern-{guess}")
    later = clock.now() + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert visitor.submit("/sign-in", username="clerk", password=PASSWORD).path == "/desk"


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


def test_guessing_the_own_password_is_slowed_too(sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    clerk.get("/account")
    for guess in range(5):
        clerk.submit(
            "/account", expect=422, current_password=f"wrong-lantern-{guess}", new_password=NEW, new_password_again=NEW
        )
    clerk.submit("/account", expect=429, current_password=PASSWORD, new_password=NEW, new_password_again=NEW)


def _user(username: str) -> User:
    return db.session.query(User).filter_by(username=username).one()


def _close(app: Flask, username: str, sign_in: SignIn) -> None:
    with app.app_context():
        id = _user(username).id
    administrator = sign_in("administrator")
    administrator.get(f"/accounts/{id}")
    administrator.submit(f"/accounts/{id}/close")
