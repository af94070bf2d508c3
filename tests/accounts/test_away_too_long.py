"""Somebody writes for an hour, and the sign-in or the page's token has ended: what they wrote is not lost."""

import inspect
from collections.abc import Callable

import pytest
from flask import Flask
from wtforms import Form, PasswordField

from core.errors import _SECRET
from tests.browse import Browser
from tests.people import PASSWORD

SignIn = Callable[..., Browser]
Away = Callable[[], None]
LONG = "柳溪村东头的水渠三年没有清淤，去年夏天淹了七户人家的地。\n" * 3


def kept(browser: Browser) -> list[str]:
    return [node.text() for node in browser.page.all("main textarea")]


def test_what_was_written_goes_through_the_sign_in_and_is_sent_again(sign_in: SignIn, away: Away) -> None:
    administrator = sign_in("administrator", "en")
    administrator.get("/accounts/units/new")
    away()
    administrator.submit("Save", expect=401, name="水务局堤防管理站")
    assert administrator.page.heading == "Sign in"
    assert "Nothing you wrote is lost" in administrator.page.text
    administrator.submit("/sign-in", username="administrator", password=PASSWORD)
    assert administrator.page.heading == "Please send it again"
    assert administrator.submit("Send again").path == "/accounts/units"
    assert "水务局堤防管理站" in administrator.page.text


def test_a_long_text_can_be_read_before_it_is_sent_again(sign_in: SignIn, away: Away) -> None:
    administrator = sign_in("administrator", "en")
    administrator.get("/accounts/units/new")
    away()
    administrator.submit("Save", expect=401, name=LONG)
    administrator.submit("/sign-in", username="administrator", password=PASSWORD)
    assert kept(administrator) == [LONG]


def test_a_wrong_password_on_the_way_loses_nothing(sign_in: SignIn, away: Away) -> None:
    administrator = sign_in("administrator", "en")
    administrator.get("/accounts/units/new")
    away()
    administrator.submit("Save", expect=401, name=LONG)
    administrator.submit("/sign-in", expect=422, username="administrator", password="mistyped-mistyped")
    administrator.submit("/sign-in", username="administrator", password=PASSWORD)
    assert kept(administrator) == [LONG]


def test_nothing_of_it_is_done_by_the_sign_in_alone(sign_in: SignIn, away: Away) -> None:
    administrator = sign_in("administrator", "en")
    administrator.get("/accounts/units/new")
    away()
    administrator.submit("Save", expect=401, name="水务局堤防管理站")
    administrator.submit("/sign-in", username="administrator", password=PASSWORD)
    assert "水务局堤防管理站" not in administrator.get("/accounts/units").text


def test_what_is_sent_again_needs_the_permission_of_whoever_sends_it(sign_in: SignIn, away: Away) -> None:
    administrator = sign_in("administrator", "en")
    administrator.get("/accounts/units/new")
    away()
    administrator.submit("Save", expect=401, name="水务局堤防管理站")
    administrator.submit("/sign-in", username="clerk", password=PASSWORD)
    administrator.submit("Send again", expect=403)


def test_an_htmx_request_gets_the_same_page(sign_in: SignIn, away: Away) -> None:
    administrator = sign_in("administrator", "en")
    away()
    partial = {"HX-Request": "true", "HX-Request-Type": "partial"}
    administrator.post("/accounts/units/new", {"name": LONG}, expect=401, headers=partial)
    assert administrator.page.one("input[name=kept]").attributes["value"]


def test_a_page_of_an_older_sign_in_keeps_the_text_and_sends_it_with_a_new_token(sign_in: SignIn, app: Flask) -> None:
    administrator = sign_in("administrator", "en")
    form = administrator.get("/accounts/units/new")
    administrator.submit("Sign out")
    administrator.sign_in("administrator", PASSWORD)
    administrator.page = form
    administrator.submit("Save", expect=400, name="水务局堤防管理站")
    assert administrator.page.heading == "This page was open for a long time"
    assert administrator.submit("Send again").path == "/accounts/units"
    assert "水务局堤防管理站" in administrator.page.text


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_what_another_site_made_the_browser_send_is_not_offered_again(sign_in: SignIn, away: Away, site: str) -> None:
    administrator = sign_in("administrator", "en")
    away()
    administrator.post("/accounts/units/new", {"name": LONG}, expect=401, headers={"Sec-Fetch-Site": site})
    assert not administrator.page.one("input[name=kept]").attributes["value"]


def test_without_our_cookie_nothing_is_offered_again(visitor: Browser) -> None:
    """A browser leaves a cookie with SameSite=Lax out of what another site makes it send."""
    visitor.post("/accounts/units/new", {"name": LONG}, expect=401)
    assert not visitor.page.one("input[name=kept]").attributes["value"]


def test_a_carried_text_that_was_tampered_with_carries_nothing(sign_in: SignIn, visitor: Browser) -> None:
    for forged in ("W10", "{}", "[" * 5000, "\x00", "é", "." * 50):
        visitor.get("/sign-in")
        visitor.submit("/sign-in", fields={"kept": forged}, username="clerk", password=PASSWORD)
        assert visitor.page.path == "/desk"
        visitor.client.delete_cookie("xiafang")


@pytest.mark.parametrize("path", ["/sign-in", "/account"])
def test_a_password_is_never_kept_in_a_page(sign_in: SignIn, away: Away, path: str) -> None:
    clerk = sign_in("clerk")
    secret = "willow-lantern-47 " * 4
    sent = dict.fromkeys(("password", "current_password", "new_password", "new_password_again"), secret)
    clerk.post(path, data={"username": "clerk", **sent}, expect=400)
    assert "willow" not in clerk.page.html
    away()
    clerk.post("/account", data=sent, expect=401)
    assert not clerk.page.one("input[name=kept]").attributes["value"]


def test_every_password_field_has_a_name_that_is_never_kept() -> None:
    """All forms of all rooms, later ones too."""

    def below(form: type[Form]) -> set[type[Form]]:
        return {form}.union(*map(below, form.__subclasses__()))

    found = {
        name
        for form in below(Form)
        for name, field in inspect.getmembers(form)
        if getattr(field, "field_class", None) is PasswordField
    }
    assert "new_password" in found
    assert [name for name in found if not any(part in name for part in _SECRET)] == []
