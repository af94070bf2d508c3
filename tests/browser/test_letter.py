"""One letter, end to end, in a real browser: written on a phone, handled at desks, answered, read, rated."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.hands import enter, fill, send
from tests.browser.looks import PHONE, look


@pytest.mark.parametrize(
    ("language", "screen"),
    [("zh", {"viewport": PHONE, "touch": True}), ("en", {})],
    ids=["Chinese phone", "English desk"],
)
def test_a_letter_goes_from_the_resident_to_the_rated_answer(
    visit: Visit, language: str, screen: dict[str, Any]
) -> None:
    subject = f"村口水塘的水泵坏了 {language}"
    resident = visit(language, **screen)
    staff: dict[str, Page] = {}

    def step(username: str, action: str, **fields: str) -> None:
        page = staff.get(username) or staff.setdefault(username, enter(visit(language), username))
        page.goto(case)
        page.locator(f"a[href$='/{action}']").click()
        form = page.locator(f"form[action$='/{action}']")
        expect(form).to_be_visible()
        look(page)
        fill(page, **fields)
        form.locator("button:not([name])").click()
        expect(page).to_have_url(re.compile(f"{case}$"))
        expect(form).to_have_count(0)

    # The resident writes, by name.
    resident.goto("/")
    look(resident)
    resident.locator("main a[href='/letters/new']").first.click()
    look(resident)
    fill(resident, kind="claim", subject=subject, text="水泵坏了三个月，没有人修。请派人来修。", township="420117001")
    expect(resident.locator("select[name=place] option[value='420117001001']")).to_have_count(1)
    expect(resident.locator("select[name=place] option[value='420117002001']")).to_have_count(0)
    fill(resident, place="420117001001", signing="named", name="张三", address="红旗社区5号", contact="13800000000")
    send(resident)
    expect(resident).to_have_url(re.compile("/letters/sent$"))
    look(resident)
    code = re.search(r"\d{4}(?:\s*\d{4}){4}", resident.locator(".receipt-code").inner_text())
    assert code
    receipt = re.sub(r"\D", "", code[0])
    assert receipt not in resident.url + resident.title()
    resident.reload()
    assert receipt not in re.sub(r"\D", "", resident.locator("main").inner_text()), "the code is shown once"

    # The office registers and accepts it, the unit handles it, the leader signs the answer off, the clerk delivers it.
    clerk = staff["clerk"] = enter(visit(language), "clerk")
    clerk.goto("/petitions/?q=水泵")
    look(clerk)
    clerk.get_by_role("link", name=subject).click()
    case = re.sub(r"^https?://[^/]+", "", clerk.url)
    step("clerk", "register", kind="claim")
    step("clerk", "accept")
    step("clerk", "notify", how="in_person", proof="本人签收")  # the form suggests the office's own date
    clerk.goto(f"{case}/assign")
    unit = clerk.locator("select[name=unit] option", has_text="新洲区水务局").get_attribute("value")
    assert unit
    step("clerk", "assign", unit=unit)
    step("handler", "take")
    step("handler", "message", text="请问水泵是什么型号？")
    answer = {"items-0-request": "修水泵", "items-0-facts": "水泵确实坏了。", "items-0-opinion": "一周内修好。"}
    step("handler", "answer", **answer, outcome="supported", basis="《信访工作条例》第三十二条")
    step("leader", "sign")
    step("clerk", "deliver", how="in_person", proof="本人签收")  # the form suggests the office's own date

    # Somebody reads who wrote, with a reason.
    handler = staff["handler"]
    handler.goto(f"{case}/identity")
    look(handler)
    fill(handler, reason="上门查看水泵")
    send(handler)
    expect(handler.locator("main")).to_contain_text("张三")
    look(handler)

    # The resident reads the answer with the code, sees who read the name, writes back and rates.
    resident.goto("/letters/status")
    look(resident)
    fill(resident, receipt=receipt)
    send(resident)
    expect(resident.locator("main")).to_contain_text(subject)
    expect(resident.locator("main")).to_contain_text("请问水泵是什么型号？")
    expect(resident.locator("section[aria-labelledby=opened]")).to_contain_text("新洲区水务局")
    look(resident)
    papers = "section[aria-labelledby=papers] a"
    resident.locator(papers).last.click()
    expect(resident.locator(".sheet")).to_contain_text("张三")
    look(resident)
    resident.go_back()
    clerk.goto(case)
    clerk.locator(papers).last.click()
    expect(clerk.locator(".sheet")).to_contain_text("水泵确实坏了。")
    expect(clerk.locator(".sheet")).not_to_contain_text("张三")  # only behind a reason
    look(clerk)
    clerk.goto(case)
    resident.locator("form[action='/letters/status/message'] textarea").fill("是潜水泵。")
    resident.locator("form[action='/letters/status/message'] button:not([type=button])").click()
    expect(resident.locator("section[aria-labelledby=messages]")).to_contain_text("是潜水泵。")
    resident.locator("input[name=satisfaction][value=satisfied]").check()
    resident.locator("form[action='/letters/status/rating'] button:not([type=button])").click()
    expect(resident.locator("form[action='/letters/status/rating']")).to_have_count(0)
    step("handler", "carry_out", reason="水泵已修好，村民现场确认。")  # on the office's own date, as suggested
    step("handler", "close", solved="village")
    for page in (clerk, handler, resident):
        page.reload()
        look(page)
