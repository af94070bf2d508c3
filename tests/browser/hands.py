"""What hands do in the browser tests: they fill in a form and press its button. And how somebody gets in without."""

import re

from playwright.sync_api import Page

from tests.people import PASSWORD

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
KIND = """name => document.querySelector(`main [name='${name}']`)?.type"""


def fill(page: Page, **fields: str) -> None:
    """Fill in the form by the names of its fields, whatever the language."""
    for name, value in fields.items():
        field = page.locator(f"main [name='{name}']")
        # Asked past the locator, which would bring all of Playwright into the page a second time.
        kind = page.evaluate(KIND, name)
        if kind is None:
            field.first.wait_for(state="attached")
            kind = page.evaluate(KIND, name)
        match kind:
            case "radio":
                page.locator(f"main [name='{name}'][value='{value}']").check()
            case "select-one":
                field.select_option(value)
            case _:
                field.fill(value)


def send(page: Page) -> None:
    """Press the form's own button."""
    page.locator("main form button:not([type=button]):not([formnovalidate])").last.click()


def post(page: Page, path: str, /, **fields: str) -> None:
    """Send a form past the window: for what a test needs and is not about."""
    form = page.request.get(path).text()
    answer = page.request.post(path, form={**fields, "csrf_token": TOKEN.findall(form)[-1]}, max_redirects=0)
    assert answer.status == 303, answer.text()


def enter(page: Page, username: str) -> Page:
    """One of tests/people.py is signed in; the window shows what it showed."""
    post(page, "/sign-in", username=username, password=PASSWORD)
    return page
