"""Figures in a real browser: from a number to what is behind it, and to a file of that."""

import re
from zipfile import is_zipfile

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.hands import enter
from tests.browser.looks import PHONE, fits, look
from tests.browser.test_keys import send_letters


def taken_along(page: Page) -> None:
    """Open the first number of the page, take along what is behind it, and wait for the file without doing anything."""
    page.goto("/figures/")
    number = page.locator(".summary dd a").first
    expect(number).to_have_text(re.compile(r"^[1-9]\d*$"))
    number.click()
    expect(page).to_have_url(re.compile("/figures/behind"))
    expect(page.locator(".list tbody tr").first).to_be_visible()
    page.locator("#taking button").click()
    expect(page).to_have_url(re.compile("/figures/taken$"))
    with page.expect_download() as download:
        page.locator("#progress a.button").click(timeout=60_000)
    assert is_zipfile(download.value.path()), "an .xlsx file"


def test_a_number_opens_what_is_behind_it_and_that_is_taken_along(visit: Visit) -> None:
    page = visit()
    send_letters(page, 1, "统计")
    enter(page, "clerk")
    taken_along(page)
    page.reload()  # so that Tab begins at the top
    look(page)
    page.goto("/figures/behind?measure=received")
    look(page)


def test_what_is_behind_a_number_is_taken_along_without_javascript_on_a_phone(visit: Visit) -> None:
    page = visit(scripts=False, viewport=PHONE)
    send_letters(page, 1, "统计")
    enter(page, "clerk")
    taken_along(page)
    fits(page)
