"""Image standards and rules of procedure in a real browser: every page usable, with and without scripts."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.hands import enter, fill, send
from tests.browser.looks import PHONE, look


def test_every_page_of_the_rules_of_procedure_is_usable(visit: Visit) -> None:
    leader = enter(visit(viewport=PHONE), "leader")
    leader.goto("/decisions/new")
    look(leader)
    leader.locator("select[name=source]").select_option("sample")
    send(leader)
    expect(leader).to_have_url(re.compile(r"/decisions/\d+$"))
    address = leader.url
    look(leader)
    for path in ("rows/new", "rows/1/change", "rows/1/take-out", "describe", "adopt", "drop"):
        leader.goto(f"{address}/{path}")
        look(leader)
    leader.goto(f"{address}/adopt")
    tomorrow = datetime.now(UTC) + timedelta(hours=8, days=1)
    fill(leader, effective_on=tomorrow.date().isoformat(), adopted_by="部务会议")
    send(leader)
    expect(leader).to_have_url(address)
    look(leader)
    leader.goto("/decisions/versions")
    look(leader)
    clerk = enter(visit(viewport=PHONE), "clerk")
    for path in ("", "?q=买电脑", "?kind=money", "?kind=money&amount=30000", "?q=菜谱", "?on=2001-01-01&q=x"):
        clerk.goto(f"/decisions/{path}")
        look(clerk)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_who_decides_is_answered_with_and_without_scripts(visit: Visit, scripts: bool) -> None:
    clerk = enter(visit(scripts=scripts), "clerk")
    clerk.goto("/decisions/")
    fill(clerk, q="买电脑", amount="3万")
    send(clerk)
    expect(clerk.locator("#answer h3")).to_have_text("大宗采购（1万元以上）")
    expect(clerk).to_have_url(re.compile(r"/decisions/\?.*amount=3"))
    clerk.reload()
    expect(clerk.locator("#answer h3")).to_have_text("大宗采购（1万元以上）")


def test_every_page_of_the_image_standards_is_usable(visit: Visit) -> None:
    leader = enter(visit(viewport=PHONE), "leader")
    leader.goto("/image/drives/new")
    look(leader)
    leader.goto("/image/")
    leader.locator("form[action='/image/sheets/new'] button").click()
    expect(leader).to_have_url(re.compile(r"/image/sheets/\d+$"))
    sheet = leader.url
    look(leader)
    for path in ("edit", "use"):
        leader.goto(f"{sheet}/{path}")
        look(leader)
    send(leader)
    for path in ("audience", "retire"):
        leader.goto(f"{sheet}/{path}")
        look(leader)
    leader.goto("/image/drives/new")
    look(leader)
    today = (datetime.now(UTC) + timedelta(hours=8)).date()
    fill(leader, title="活动", from_on=today.isoformat(), until_on=(today + timedelta(days=9)).isoformat())
    send(leader)
    expect(leader).to_have_url(re.compile(r"/image/drives/\d+$"))
    drive = leader.url
    for path in ("postpone", "close"):
        leader.goto(f"{drive}/{path}")
        look(leader)

    clerk = enter(visit(viewport=PHONE), "clerk")
    clerk.goto(f"{drive}/check")
    look(clerk)
    for number in range(10):
        clerk.locator(f"input[name=standards-{number}-level]").first.check()
    send(clerk)
    expect(clerk).to_have_url(drive)
    look(clerk)
    for path in ("check", "check/withdraw", "print"):
        clerk.goto(f"{drive}/{path}")
        look(clerk)

    colleague = enter(visit(viewport=PHONE), "clerk2")
    colleague.goto(drive)
    colleague.get_by_role("link", name="李登记").click()
    look(colleague)
    colleague.locator("a[href$='/remark']").click()
    look(colleague)
    fill(colleague, text="来访的人站着说话", advice="先请坐")
    send(colleague)
    expect(colleague.locator("main")).to_contain_text("来访的人站着说话")
    for path in ("correct", "withdraw"):
        colleague.goto(drive)
        colleague.locator(f"a[href$='/{path}']").click()
        look(colleague)

    clerk.goto(drive)
    clerk.locator("a[href*='/of/']").first.click()
    look(clerk)
    clerk.locator("a[href$='/answer']").click()
    look(clerk)
    fill(clerk, text="谢谢")
    send(clerk)
    clerk.goto("/image/")
    look(clerk)
    leader.goto("/image/")
    look(leader)
