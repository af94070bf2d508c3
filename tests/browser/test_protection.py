"""The pages of protection that no link leads to without a letter: a notice of retaliation, and what is done with it."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.hands import enter, fill, send
from tests.browser.looks import PHONE, look


def test_a_letter_about_the_offices_own_head_is_sealed_and_its_receipt_says_so(visit: Visit) -> None:
    page = visit(viewport=PHONE)
    page.goto("/letters/new")
    fill(page, kind="accusation", subject="反映收礼", text="节前收了两条烟。", place="420117001001", person="孙部长")
    fill(page, signing="anonymous")
    send(page)
    expect(page).to_have_url(re.compile("/letters/sealed$"))
    expect(page.locator(".receipt-code")).to_be_visible()
    look(page)


def test_a_notice_of_retaliation_is_sent_on_a_phone_and_answered_at_a_desk(visit: Visit) -> None:
    page = visit(viewport=PHONE)
    page.goto("/letters/new")
    fill(page, kind="claim", subject="村口水塘的水泵坏了", text="水泵坏了三个月。", place="420117001001")
    fill(page, signing="anonymous")
    send(page)
    code = page.locator(".receipt-code").inner_text()
    page.goto("/letters/status")
    fill(page, receipt=code)
    send(page)
    page.locator("a[href='/letters/status/retaliation']").click()
    look(page)
    page.locator("#text").fill("有人威胁我家。")
    page.locator("form[action='/letters/status/retaliation'] button").click()
    expect(page.locator("article.message")).to_contain_text("有人威胁我家。")
    look(page)

    leader = visit(viewport=PHONE)
    enter(leader, "leader")
    leader.goto("/protection/retaliation")
    leader.locator("section[aria-labelledby=waiting] tbody a").last.click()
    expect(leader).to_have_url(re.compile("/protection/retaliation/[0-9]+$"))
    look(leader)
    leader.locator("#text").fill("已经制止。")
    leader.locator("form[action$='/reply'] button").click()
    look(leader)

    page.reload()
    expect(page.locator("article.ours")).to_contain_text("已经制止。")

    leader.goto("/petitions/")
    leader.locator("tbody a").first.click()
    leader.locator("a[href^='/protection/matters/']").click()
    leader.locator("a[href^='/protection/retention/hold']").click()
    look(leader)
