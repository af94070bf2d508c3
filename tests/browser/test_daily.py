"""Daily work in a real browser: an old register comes in, templates, many at once, saved filters."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.hands import enter
from tests.browser.looks import PHONE, fits, look
from tests.browser.test_keys import press, send_letters

HEADINGS = "序号,来信日期,信访人,住址,反映内容,信访类别,办理结果,办结日期"


def register(*rows: str) -> bytes:
    return "\r\n".join([HEADINGS, *rows]).encode("gb18030")


def rows(number: int, what: str) -> list[str]:
    return [f"{each},2026-01-05,某人{each},红旗社区,{what}{each}号。,申诉求决,," for each in range(number)]


def bring(page: Page, data: bytes) -> None:
    page.goto("/petitions/import/")
    page.set_input_files("[name=file]", {"name": "台账.csv", "mimeType": "text/csv", "buffer": data})
    page.locator("main form button").first.click()
    expect(page).to_have_url(re.compile(r"/petitions/import/\d+$"))


def imported(page: Page) -> None:
    """Confirm the columns, press the button, and wait for the page to say by itself that it is done."""
    page.locator("main form[method=get] button").last.click()
    expect(page).to_have_url(re.compile(r"received_on="))
    page.locator("form[method=post][action*='received_on'] button").click()
    expect(page).to_have_url(re.compile("/progress$"))
    expect(page.locator("#progress .notice.success")).to_be_visible(timeout=60_000)


def test_a_register_comes_in_and_the_page_follows_the_work(visit: Visit) -> None:
    page = enter(visit(), "clerk")
    what = "浏览器"
    bring(page, register(*rows(40, what), f"x,昨天,,红旗社区,{what},,,"))
    look(page)
    page.locator("main form[method=get] button").last.click()
    expect(page.locator("section[aria-labelledby=dry] tbody tr")).to_have_count(1)
    look(page)
    bring(page, register(*rows(40, what)))
    imported(page)
    look(page)
    page.goto(f"/petitions/?state=all&q={what}7")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_a_register_comes_in_without_javascript_on_a_phone(visit: Visit) -> None:
    page = enter(visit(scripts=False, viewport=PHONE), "clerk")
    bring(page, register(*rows(30, "无脚本")))
    fits(page)
    imported(page)
    fits(page)


def test_a_template_is_written_and_seen_with_what_it_said_before(visit: Visit) -> None:
    page = enter(visit(), "clerk")
    page.goto("/templates/new")
    page.locator("[name=label]").fill("模板甲")
    page.locator("[name=opinion]").fill("由{办理单位}办理。")
    page.locator("[name=text]").fill("{标题}正在办理。")
    page.locator("main form button").last.click()
    page.get_by_role("link", name="模板甲").click()
    look(page)
    send_letters(visit(scripts=False), 1, "模板件甲")
    page.goto("/petitions/?q=模板件")
    page.locator("tbody a").first.click()
    expect(page.locator("h1")).to_have_text("模板件甲0号")
    press(page, "m")
    page.locator("#phrase").select_option(label="模板甲")
    page.locator("button[name=insert]").click()
    expect(page.locator("#text")).to_have_value("模板件甲0号正在办理。")
    look(page)


def test_ticked_rows_are_assigned_after_a_look_and_a_filter_is_saved_and_opened_by_its_number(visit: Visit) -> None:
    page = enter(visit(), "clerk")
    what = "批量甲"
    send_letters(visit(scripts=False), 2, what)
    for each in range(2):
        page.goto(f"/petitions/?q={what}{each}")
        page.locator("tbody a").first.click()
        for key, then in (("r", "a"), ("a", "s")):
            press(page, key)
            expect(page.locator(".step-form h3").first).to_be_focused()
            page.keyboard.press("Control+Enter")
            expect(page.locator(f".steps [aria-keyshortcuts={then}]").first).to_be_visible()
    page.goto(f"/petitions/?q={what}")
    page.locator("summary", has=page.locator("xpath=self::*")).last.click()
    page.locator("[name=label]").fill("筛选甲")
    page.locator("form[action='/petitions/filters'] button").click()
    expect(page.locator(".saved")).to_contain_text("筛选甲")
    page.goto("/petitions/filters")
    look(page)
    page.goto("/petitions/")
    number = page.locator(".saved a", has_text="筛选甲").get_attribute("aria-keyshortcuts")
    press(page, str(number))
    expect(page.locator("tbody tr")).to_have_count(2)
    press(page, "j", "x", "j", "x")
    page.locator("form#many button").click()
    look(page)
    page.select_option("#unit", label="新洲区水务局")
    page.locator("main form[method=get] button").click()
    look(page)
    page.locator("form#assign button").click()
    expect(page.locator(".flashes .notice.success")).to_be_visible()
    page.goto(f"/petitions/?q={what}&state=assigned")
    expect(page.locator("tbody tr")).to_have_count(2)
