"""Whoever was away too long signs in and sends what they wrote again, by a plain form or by HTMX, with scripts or not."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.people import PASSWORD


def writes_a_unit_and_was_away(page: Page, name: str) -> None:
    """An administrator fills in a form; meanwhile the sign-in ends."""
    page.goto("/sign-in")
    page.get_by_label("User name").fill("administrator")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main button").click()
    page.goto("/accounts/units/new")
    cookie = next(each for each in page.context.cookies() if each.get("name") == "xiafang")
    page.context.add_cookies([{**cookie, "value": f"{cookie['value']}x"}])  # type: ignore[typeddict-item] # ended
    page.locator("main input[name=name]").fill(name)


def signs_in_and_sends_again(page: Page) -> None:
    expect(page.locator("h1")).to_have_text("Sign in")
    page.get_by_label("User name").fill("administrator")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main button").click()
    expect(page.locator("h1")).to_have_text("Please send it again")
    page.get_by_role("button", name="Send again").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_plain_form_is_sent_again_after_signing_in(visit: Visit, scripts: bool) -> None:
    page = visit("en", scripts=scripts)
    name = f"Pumping station of the eastern villages {scripts}"
    writes_a_unit_and_was_away(page, name)
    page.get_by_role("button", name="Save").click()
    signs_in_and_sends_again(page)
    expect(page.locator("main")).to_contain_text(name)


def test_a_form_sent_by_htmx_is_sent_again_too(visit: Visit) -> None:
    page = visit("en")
    name = "Pumping station of the western villages"
    writes_a_unit_and_was_away(page, name)
    page.evaluate(
        """() => { const form = document.querySelector('main form');
                   form.setAttribute('hx-post', form.getAttribute('action') || location.pathname);
                   form.setAttribute('hx-target', 'main'); htmx.process(form); }"""
    )
    page.get_by_role("button", name="Save").click()
    signs_in_and_sends_again(page)
    expect(page.locator("main")).to_contain_text(name)
