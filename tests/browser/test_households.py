"""A household enters itself on a phone, and somebody objects to one of a list, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import Visit
from tests.browser.looks import DESK, PHONE
from tests.browser.test_letter import fill, send
from tests.browser.test_training import enter, shown

VILLAGE = "420117001001"


def code_of(page: Page) -> str:
    return re.sub(r"\D", "", page.locator(".receipt-code").inner_text())


@pytest.mark.parametrize(
    ("language", "screen", "scripts"), [("zh", PHONE, False), ("en", DESK, True)], ids=["Chinese phone", "English desk"]
)
def test_a_household_enters_itself_and_follows_where_it_stands(
    visit: Visit, language: str, screen: ViewportSize, scripts: bool
) -> None:
    farmer = visit(language, viewport=PHONE, scripts=scripts)
    farmer.goto("/demonstration/")
    shown(farmer, scripts=scripts)
    farmer.get_by_role("link", name="接受推荐的评选").first.click()
    expect(farmer.locator("h1")).to_contain_text("接受推荐的评选")
    shown(farmer, scripts=scripts)
    farmer.locator("main a[href$='/nominate']").first.click()
    expect(farmer).to_have_url(re.compile("/nominate$"))
    shown(farmer, scripts=scripts)
    if scripts:
        fill(farmer, township=VILLAGE[:9])
        expect(farmer.locator(f"#place option[value='{VILLAGE}']")).to_be_attached()
    words = {"what": "黄桃二十亩", "why": "套袋疏果，带会了三户。"}
    phone = {"zh": "13700001111", "en": "13700002222"}[language]
    fill(farmer, name=f"屠自荐 {language}", phone=phone, place=VILLAGE, **words)
    farmer.locator("[name=consent]").check()
    send(farmer)
    expect(farmer.locator(".receipt-code")).to_be_visible()
    shown(farmer, scripts=scripts)
    code = code_of(farmer)
    farmer.goto("/demonstration/household")
    shown(farmer, scripts=scripts)
    fill(farmer, receipt=code)
    send(farmer)
    expect(farmer.locator("main")).to_contain_text("黄桃二十亩")
    shown(farmer, scripts=scripts)

    clerk = enter(visit, "clerk", language, screen)
    clerk.goto("/rounds/new")
    shown(clerk)
    clerk.goto("/households/?state=nominated")
    shown(clerk)
    clerk.get_by_role("link", name=f"屠自荐 {language}").click()
    shown(clerk)
    own = clerk.url
    clerk.goto(own + "/accept")
    shown(clerk)
    send(clerk)
    expect(clerk).to_have_url(own)
    farmer.reload()
    expect(farmer.locator("main")).to_contain_text("黄桃二十亩")


@pytest.mark.parametrize(
    ("language", "screen", "scripts"), [("zh", PHONE, False), ("en", DESK, True)], ids=["Chinese phone", "English desk"]
)
def test_an_objection_is_answered_in_writing_and_read_by_its_code(
    visit: Visit, language: str, screen: ViewportSize, scripts: bool
) -> None:
    neighbour = visit(language, viewport=PHONE, scripts=scripts)
    neighbour.goto("/demonstration/")
    neighbour.get_by_role("link", name="公示中的评选").first.click()
    expect(neighbour.locator("h1")).to_contain_text("公示中的评选")
    shown(neighbour, scripts=scripts)
    neighbour.locator("a[href*='/objections/new/']").first.click()
    shown(neighbour, scripts=scripts)
    neighbour.locator("[name=household]").first.check()
    fill(neighbour, text=f"虾苗是买来的 {language}")
    send(neighbour)
    expect(neighbour.locator(".receipt-code")).to_be_visible()
    shown(neighbour, scripts=scripts)
    code = code_of(neighbour)

    clerk = enter(visit, "clerk", language, screen)
    clerk.goto("/objections/")
    shown(clerk)
    clerk.locator("#objections tbody a").first.click()  # the newest
    expect(clerk.locator("main")).to_contain_text(f"虾苗是买来的 {language}")
    shown(clerk)
    own = clerk.url
    clerk.goto(own + "/answer")
    shown(clerk)
    fill(clerk, answer="已到户核实，虾苗自繁。")
    send(clerk)
    expect(clerk).to_have_url(own)

    neighbour.goto("/objections/status")
    shown(neighbour, scripts=scripts)
    fill(neighbour, receipt=code)
    send(neighbour)
    expect(neighbour.locator("main")).to_contain_text("虾苗自繁")
    shown(neighbour, scripts=scripts)


@pytest.mark.parametrize(("language", "screen"), [("zh", PHONE), ("en", DESK)], ids=["Chinese phone", "English desk"])
def test_the_office_follows_a_round_from_its_draft_to_certificates(
    visit: Visit, language: str, screen: ViewportSize
) -> None:
    clerk = enter(visit, "clerk", language, screen)
    clerk.goto("/rounds/new")
    shown(clerk)

    def follow(page: Page, name: str, *links: str) -> None:
        """From the list of rounds to one of them, and on by these links, looking at each page."""
        page.goto("/rounds/")
        page.get_by_role("link", name=name).click()
        expect(page.locator("h1")).to_contain_text(name)
        for link in links:
            page.goto(page.locator(f"main a[href{link}]").first.get_attribute("href") or "")
            shown(page)

    follow(clerk, "接受推荐的评选", "$='/members'")
    follow(clerk, "接受推荐的评选", "^='/households/'", "$='/note-tie'")
    leader = enter(visit, "leader", language, screen)
    follow(leader, "等领导决定的评选", "^='/panel/rounds/'", "$='/scores'")
    follow(leader, "一年前的评选", "^='/households/'", "$='/certificate'")
