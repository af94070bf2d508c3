"""A household enters itself on a phone, and somebody objects to one of a list, in a real browser."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.hands import enter, fill, send
from tests.browser.looks import PHONE
from tests.browser.test_training import shown

VILLAGE = "420117001001"


def code_of(page: Page) -> str:
    return re.sub(r"\D", "", page.locator(".receipt-code").inner_text())


def test_a_household_enters_itself_and_follows_where_it_stands(visit: Visit) -> None:
    farmer = visit(viewport=PHONE, scripts=False)
    farmer.goto("/demonstration/")
    shown(farmer, scripts=False)
    farmer.get_by_role("link", name="接受推荐的评选").first.click()
    expect(farmer.locator("h1")).to_contain_text("接受推荐的评选")
    shown(farmer, scripts=False)
    farmer.locator("main a[href$='/nominate']").first.click()
    expect(farmer).to_have_url(re.compile("/nominate$"))
    shown(farmer, scripts=False)
    words = {"what": "黄桃二十亩", "why": "套袋疏果，带会了三户。"}
    fill(farmer, name="屠自荐", phone="13700001111", place=VILLAGE, **words)
    farmer.locator("[name=consent]").check()
    send(farmer)
    expect(farmer.locator(".receipt-code")).to_be_visible()
    shown(farmer, scripts=False)
    code = code_of(farmer)
    farmer.goto("/demonstration/household")
    shown(farmer, scripts=False)
    fill(farmer, receipt=code)
    send(farmer)
    expect(farmer.locator("main")).to_contain_text("黄桃二十亩")
    shown(farmer, scripts=False)

    clerk = enter(visit("en"), "clerk")
    clerk.goto("/rounds/new")
    shown(clerk)
    clerk.goto("/households/?state=nominated")
    shown(clerk)
    clerk.get_by_role("link", name="屠自荐").click()
    shown(clerk)
    own = clerk.url
    clerk.goto(own + "/accept")
    shown(clerk)
    send(clerk)
    expect(clerk).to_have_url(own)
    farmer.reload()
    expect(farmer.locator("main")).to_contain_text("黄桃二十亩")


def test_an_objection_is_answered_in_writing_and_read_by_its_code(visit: Visit) -> None:
    neighbour = visit(viewport=PHONE, scripts=False)
    neighbour.goto("/demonstration/")
    neighbour.get_by_role("link", name="公示中的评选").first.click()
    expect(neighbour.locator("h1")).to_contain_text("公示中的评选")
    shown(neighbour, scripts=False)
    neighbour.locator("a[href*='/objections/new/']").first.click()
    shown(neighbour, scripts=False)
    neighbour.locator("[name=household]").first.check()
    fill(neighbour, text="虾苗是买来的")
    send(neighbour)
    expect(neighbour.locator(".receipt-code")).to_be_visible()
    shown(neighbour, scripts=False)
    code = code_of(neighbour)

    clerk = enter(visit("en"), "clerk")
    clerk.goto("/objections/")
    shown(clerk)
    clerk.locator("#objections tbody a").first.click()  # the newest
    expect(clerk.locator("main")).to_contain_text("虾苗是买来的")
    shown(clerk)
    own = clerk.url
    clerk.goto(own + "/answer")
    shown(clerk)
    fill(clerk, answer="已到户核实，虾苗自繁。")
    send(clerk)
    expect(clerk).to_have_url(own)

    neighbour.goto("/objections/status")
    shown(neighbour, scripts=False)
    fill(neighbour, receipt=code)
    send(neighbour)
    expect(neighbour.locator("main")).to_contain_text("虾苗自繁")
    shown(neighbour, scripts=False)


def test_the_office_follows_a_round_from_its_draft_to_certificates(visit: Visit) -> None:
    clerk = enter(visit("en"), "clerk")
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
    leader = enter(visit("en"), "leader")
    follow(leader, "等领导决定的评选", "^='/panel/rounds/'", "$='/scores'")
    follow(leader, "一年前的评选", "^='/households/'", "$='/certificate'")
