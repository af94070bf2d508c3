"""A report of a violation in a real browser: sent on a phone, read with a passphrase, handled, answered by its code."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.hands import enter, fill, send
from tests.browser.looks import PHONE, look

PASSPHRASE = "vier ganz verschiedene Worte"


def _open(page: Page) -> None:
    """Give the passphrase; where there is no key yet, make one."""
    page.goto("/reports/key/")
    if page.locator("a[href='/reports/key/new']").first.inner_text() in ("生成我的密钥", "Make my key"):
        page.goto("/reports/key/new")
        look(page)
        fill(page, new_password=PASSPHRASE, new_password_again=PASSPHRASE)
        send(page)
    else:
        page.goto("/reports/key/open")
        fill(page, key_password=PASSPHRASE)
        send(page)
    page.goto("/reports/key/open")
    look(page)
    page.goto("/reports/key/")
    look(page)


def test_a_report_is_sent_handled_and_followed_to_its_end(visit: Visit) -> None:
    officer = visit(viewport=PHONE)
    enter(officer, "discipline")
    _open(officer)

    reporter = visit(viewport=PHONE, scripts=False)
    reporter.goto("/reports/new")
    fill(reporter, kind="gifts", text="节前收了三条烟。", person="冯收礼", signing="anonymous")
    send(reporter)
    code = reporter.locator(".receipt-code").inner_text()
    reporter.locator("form[action='/reports/leave'] button").click()
    page = visit(viewport=PHONE)
    page.goto("/reports/new")
    look(page)
    send(page)  # empty: it says what is missing
    look(page)
    page.goto("/reports/sent")
    look(page)
    page.goto("/reports/status")
    look(page)
    fill(page, receipt=code)
    send(page)
    expect(page).to_have_url(re.compile("/reports/status$"))
    look(page)

    officer.goto("/reports/")
    look(officer)
    officer.locator("tbody a").last.click()
    expect(officer.locator("main")).to_contain_text("节前收了三条烟。")
    look(officer)
    report = officer.url

    def step(action: str, **typed: str) -> None:
        officer.goto(f"{report}/{action}")
        look(officer)
        fill(officer, **typed)
        officer.locator("main form[method=post] button").first.click()
        expect(officer).to_have_url(report)

    step("take")
    step("message", text="请问是哪一天？")
    step("verify")
    step("examine", text="看了票据。")
    step("hear", put="是否收烟。", statement="没有收。")
    step("find", rule="五个严禁", article="第五条", evidence="票据", text="系本人购买。")
    for question in ("decide", "propose", "recuse"):
        officer.goto(f"{report}/{question}")
        look(officer)
    step("clear", text="系本人购买。")
    officer.locator("a[href*='/papers/']").click()
    look(officer)
    step("notify", how="in_person", proof="本人签收")
    for path in ("/reports/figures", "/reports/limits", "/reports/retaliation", "/reports/key/passphrase"):
        officer.goto(path)
        look(officer)
    officer.goto(report)
    look(officer)

    page.reload()
    expect(page.locator("article.ours")).to_contain_text("请问是哪一天？")
    page.goto("/reports/status/retaliation")
    look(page)
