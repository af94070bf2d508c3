"""Rules in a real browser: a text looked at before it is kept, two versions on a phone, reading and acknowledging."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.hands import enter, fill
from tests.browser.looks import PHONE, fits, look

SHORT = "序言。\n第一条 【甲】甲。\n第二条 乙。\n第一条 丙。"


def test_a_text_is_looked_at_kept_and_brought_into_force(visit: Visit) -> None:
    clerk = visit(viewport=PHONE)
    enter(clerk, "clerk")
    clerk.goto("/rules/new")
    fill(clerk, title="值班办法", number="浏览器", issuer="组织部", kind="work", text=SHORT)
    clerk.locator("button[name=look]").click()
    expect(clerk.locator("section[aria-labelledby=preview] .rule-article")).to_have_count(2)
    expect(clerk.locator("section[aria-labelledby=preview] .notice")).to_contain_text("第一条 丙。")
    look(clerk)
    clerk.locator("button:not([name])", has_text=re.compile("草稿|draft")).click()
    expect(clerk.locator("h1")).to_have_text("值班办法")
    look(clerk)
    address = clerk.url

    leader = visit(viewport=PHONE)
    enter(leader, "leader")
    leader.goto(address)
    leader.locator("a[href$='/enact']").click()
    look(leader)
    leader.locator("main form button").click()
    expect(leader.locator("main")).not_to_contain_text(re.compile("尚不生效|nothing of it applies"))
    leader.locator(".rule-article a", has_text="第二条").click()
    expect(leader).to_have_url(re.compile("#article-2$"))
    look(leader)
    leader.locator("a[href$='/print']").click()
    look(leader)


def test_what_changed_can_be_read_on_any_screen_with_or_without_scripts(visit: Visit) -> None:
    page = visit(viewport=PHONE, scripts=False)
    enter(page, "handler2")
    page.goto("/rules/1/2/from/1")
    expect(page.locator("del").first).to_be_visible()
    expect(page.locator("ins").first).to_be_visible()
    fits(page)
    page.goto("/rules/?q=饮酒")
    expect(page.locator("#rules")).to_contain_text("工作日不饮酒")
    fits(page)


def test_a_rule_is_read_and_acknowledged_and_who_has_not_is_told(visit: Visit) -> None:
    who = "discipline"  # each reads once
    reader = visit(viewport=PHONE)
    enter(reader, who)
    reader.goto("/desk")
    reader.locator("section[aria-labelledby=to_read] a").first.click()
    address = reader.url
    look(reader)
    reader.locator("main form button").click()
    expect(reader.locator("#errors")).to_be_focused()
    look(reader)
    reader.get_by_role("checkbox").check()
    reader.locator("main form button").click()
    expect(reader).to_have_url(re.compile("/reading/$"))
    look(reader)
    reader.goto(address)
    expect(reader.locator("h1")).to_have_text(re.compile("已签收|Acknowledged"))
    look(reader)

    clerk = visit(viewport=PHONE)
    enter(clerk, "clerk")
    clerk.goto("/reading/asked")
    clerk.locator("tbody a").first.click()
    expect(clerk.locator("section[aria-labelledby=missing]")).not_to_contain_text("周纪检")
    clerk.locator("details.panel summary").click()
    look(clerk)
    clerk.goto("/rules/1")
    clerk.locator("a[href='/reading/new/1']").click()
    look(clerk)
    fill(clerk, due_on="2099-01-01")
    clerk.locator("main form button").click()
    expect(clerk.locator("#errors")).to_be_focused()
    look(clerk)
