"""Every page of every role: usable by keyboard alone, on each screen, in both languages; and forms without JavaScript."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from tests.browser.conftest import Visit
from tests.browser.hands import enter, fill, send
from tests.browser.looks import LOCALES, PHONE, ZOOMED, fits, look
from tests.browser.seen import NO_PAGE, Kind, kind_of, looked_at
from tests.people import PEOPLE

# Each role has another one, and leads elsewhere from it.
OF_EACH_ROLE = {
    *(
        "desk.desk",
        "docket.queue",
        "screening.rounds",
        "screening.items",
        "rulebook.all_procedures",
        "rulebook.calendar",
    ),
    *("register.listed", "register.version", "reading.own"),
    *("villages.listed", "needs.listed", "needs.show", "pairs.show"),
}
STAFF = [username for username, *_ in PEOPLE if not username.endswith("2")]


@pytest.fixture
def letter(visit: Visit) -> Page:
    """A letter written without JavaScript, on a phone, and looked up with its code."""
    page = visit(viewport=PHONE, scripts=False)
    page.goto("/letters/new")
    fits(page)
    fill(page, kind="proposal", subject="给村里修一条路", text="村口的路下雨就走不了。", place="420117001001")
    fill(page, signing="named", name="张三", address="红旗社区5号")
    send(page)
    code = page.locator(".receipt-code").inner_text()
    fits(page)
    page.goto("/letters/status")
    fill(page, receipt=code)
    send(page)
    expect(page.locator("main")).to_contain_text("给村里修一条路")
    fits(page)
    return page


def test_a_letter_is_written_looked_up_and_answered_without_javascript(letter: Page) -> None:
    letter.locator("form[action='/letters/status/message'] textarea").fill("什么时候修？")
    letter.locator("form[action='/letters/status/message'] button").click()
    expect(letter.locator("section[aria-labelledby=messages]")).to_contain_text("什么时候修？")


def links(html: str, address: str) -> Iterator[str]:
    """The pages of the office that a page leads to."""
    for node in HTMLParser(html).css("a[href]"):
        path = urljoin(address, node.attributes["href"]).partition("#")[0]
        if path.startswith("/") and not NO_PAGE.search(urlsplit(path).path):
            yield path


def test_every_page_is_usable_by_everybody(visit: Visit, sqlite_office: Flask, letter: Page) -> None:
    assert letter.url  # there is one, so that the pages of a case are met
    draft = enter(visit(), "administrator")  # and a procedure that can be edited
    draft.goto("/settings/profiles/2022")
    draft.locator("form[action$='/copy'] button").click()
    expect(draft).to_have_url(re.compile("/edit$"))
    met: set[Kind] = set()
    page = visit(viewport=ZOOMED)  # the least that anybody has
    for username in [None, *STAFF]:
        waiting = ["/", "/letters/new", "/letters/status", "/sign-in"]
        if username:
            enter(page, username)
            met = {each for each in met if each.endpoint not in OF_EACH_ROLE}
            waiting = ["/desk"]
        while waiting:
            address = waiting.pop(0)
            kind = kind_of(sqlite_office, urlsplit(address).path)
            assert kind, f"a link of {username} leads nowhere: {address}"
            if kind in met:
                continue
            met.add(kind)
            fresh = kind.endpoint in OF_EACH_ROLE or not all(looked_at(address, each) for each in LOCALES)
            answer = page.goto(address) if fresh else page.request.get(address)
            assert answer is not None
            assert answer.status == 200, f"{username} is led to {address}, which answers {answer.status}"
            waiting += links(answer.text(), address)
            if fresh:
                look(page)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_that_is_not_there_is_usable_too(visit: Visit, language: str) -> None:
    page = visit(language)
    answer = page.goto("/nothing/here")
    assert answer is not None
    assert answer.status == 404
    look(page)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_form_with_mistakes_says_what_is_wrong_and_leads_to_the_field(visit: Visit, language: str) -> None:
    page = visit(language)
    page.goto("/letters/new")
    fill(page, subject="只有标题")
    send(page)
    look(page)
    summary = page.locator("#errors")
    expect(summary).to_be_focused()
    summary.locator("a[href='#text']").click()
    expect(page.locator("#text")).to_be_focused()
    expect(page.locator("[name=subject]")).to_have_value("只有标题")


def test_the_language_switch_keeps_the_page(page: Page) -> None:
    page.goto("/letters/status")
    chinese = page.locator("h1").inner_text()
    page.get_by_role("button", name="English").click()
    expect(page).to_have_url(re.compile("/letters/status$"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("h1")).to_have_text(chinese)
