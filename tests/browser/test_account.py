"""A secretary opens the year's account, what is behind a number, one village; then the year becomes a report."""

import re
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.hands import enter, fill, send
from tests.browser.looks import PHONE, look

VILLAGE = "420117001001"  # of the office of these tests, with a need and money spent on it


def test_a_secretary_opens_the_account_what_is_behind_a_number_and_one_village(visit: Visit) -> None:
    page = enter(visit(viewport=PHONE), "clerk")
    page.goto("/account/")
    expect(page.locator("h1")).to_have_text("结对帮扶台账")
    expect(page.locator("section[aria-labelledby=by-village] figure.chart")).to_be_visible()
    look(page)
    page.locator("select[name=village]").select_option(VILLAGE)
    expect(page).to_have_url(re.compile(f"village={VILLAGE}"))
    raised = page.locator("#account dl.summary a[href*='measure=raised']")
    number = raised.inner_text()
    raised.click()
    expect(page).to_have_url(re.compile(f"/account/behind.*village={VILLAGE}"))
    expect(page.locator("table.list tbody tr")).to_have_count(int(number))
    look(page)
    with page.expect_download() as taken:
        page.locator("main a[href*='behind.xlsx']").click()
    assert taken.value.suggested_filename.endswith(".xlsx")
    page.locator("table.list tbody a").first.click()
    expect(page).to_have_url(re.compile("/needs/"))
    page.go_back()
    page.locator(".crumbs a").click()
    expect(page.locator("select[name=village]")).to_have_value(VILLAGE)  # the filter stays


def test_the_year_becomes_a_report_that_a_leader_issues(visit: Visit) -> None:
    year = str(datetime.now(UTC).year)
    clerk = enter(visit(viewport=PHONE), "clerk")
    clerk.goto("/year-reports/")
    clerk.locator("main .actions a").first.click()
    look(clerk)
    fill(clerk, year=year)
    send(clerk)
    expect(clerk.locator("article.sheet")).to_contain_text("草稿")
    look(clerk)
    take(clerk, "write")
    look(clerk)
    fill(clerk, overview="全年平稳。", well="水泵修好了。", lacking="答复偏慢。", next="加强回访。")
    send(clerk)
    take(clerk, "send")
    send(clerk)

    leader = enter(visit(viewport=PHONE), "leader")
    leader.goto("/desk")
    leader.locator("main a[href*='/year-reports/']").first.click()
    take(leader, "issue")
    look(leader)
    send(leader)
    expect(leader.locator("article.sheet .sheet-number")).to_contain_text(re.compile(r"〔\d{4}〕\d号"))
    expect(leader.locator("article.sheet")).to_contain_text("答复偏慢。")
    look(leader)
    with leader.expect_download() as taken:
        leader.locator("main a[href$='.pdf']").click()
    assert taken.value.suggested_filename.endswith(".pdf")
    leader.goto("/year-reports/")
    look(leader)


def take(page: Page, step: str) -> None:
    page.locator(f".steps a[href$='/{step}']").click()
    expect(page).to_have_url(re.compile(f"/{step}$"))
