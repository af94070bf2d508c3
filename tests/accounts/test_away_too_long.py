"""Somebody writes for an hour, and the sign-in or the page's token has ended: what they wrote is not lost."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.browse import Browser
from tests.people import PASSWORD

SignIn = Callable[..., Browser]
LONG = "柳溪村东头的水渠三年没有清淤，去年夏天淹了七户人家的地，" * 3


def _kept(browser: Browser) -> list[str]:
    return [node.text() for node in browser.page.all("main textarea")]


def test_what_was_written_is_kept_when_the_sign_in_ended(sign_in: SignIn) -> None:
    administrator = sign_in("administrator", "en")
    administrator.get("/accounts/units/new")
    administrator.client.delete_cookie("xiafang")
    administrator.submit("Save", expect=400, name=LONG)
    assert "signed out" in administrator.page.text
    assert _kept(administrator) == [LONG]


def test_it_can_be_sent_after_signing_in_again_elsewhere(sign_in: SignIn, app: Flask) -> None:
    administrator, tab = sign_in("administrator", "en"), Browser(app, "en")
    administrator.get("/accounts/units/new")
    administrator.client.delete_cookie("xiafang")
    administrator.submit("Save", expect=400, name="水务局堤防管理站 " * 6)
    tab.client = administrator.client  # another tab has the same cookies
    tab.sign_in("administrator", PASSWORD)
    administrator.submit("Send again", expect=400)  # the token of the old page; the new page has the new one
    assert "signed out" not in administrator.page.text
    assert administrator.submit("Send again").path == "/accounts/units"
    assert "水务局堤防管理站" in administrator.page.text


def test_sending_again_without_signing_in_keeps_it_still(sign_in: SignIn) -> None:
    administrator = sign_in("administrator", "en")
    administrator.get("/accounts/units/new")
    administrator.client.delete_cookie("xiafang")
    administrator.submit("Save", expect=400, name=LONG)
    administrator.submit("Send again", expect=403)
    assert _kept(administrator) == [LONG]


def test_a_button_pressed_too_late_leads_to_the_sign_in(sign_in: SignIn) -> None:
    administrator = sign_in("administrator", "en")
    administrator.client.delete_cookie("xiafang")
    administrator.get("/sign-in")
    token = administrator.page.all("input[name=csrf_token]")[0].attributes["value"]
    assert administrator.post("/accounts/1/close", data={"csrf_token": token}).path == "/sign-in"


@pytest.mark.parametrize("path", ["/sign-in", "/account"])
def test_a_password_is_never_kept_in_a_page(visitor: Browser, path: str) -> None:
    secret = "willow-lantern-47 " * 4
    sent = dict.fromkeys(("password", "current_password", "new_password", "new_password_again"), secret)
    visitor.post(path, data={"username": "clerk", **sent}, expect=400)
    assert "willow" not in visitor.page.html
