"""A down-visit in a real browser: planned, announced, signed up for, and letters taken down where the connection fails."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.hands import enter, fill, send
from tests.browser.looks import PHONE, look

WORDS = {
    "kind": "claim",
    "subject": "村口路灯不亮",
    "text": "路灯坏了两个月，老人晚上不敢出门。",
    "signing": "named",
    "name": "刘三姐",
    "address": "红旗社区九号",
}
PLACE = "420117001001"


def plan(clerk: Page, where: str) -> str:
    """Plan a visit for today and announce it; the address of its page."""
    clerk.goto("/visits/new")
    clerk.locator("main select[name=township]").select_option("420117001")
    send(clerk)
    fill(clerk, held_on=str(office_day()), starts="00:00", ends="23:59", where=where)
    clerk.locator("input[name=leaders]").first.check()
    send(clerk)
    expect(clerk).to_have_url(re.compile("/cases$"))
    address = clerk.url.removesuffix("/cases")
    clerk.goto(f"{address}/announce")
    send(clerk)
    expect(clerk).to_have_url(address)
    return address


def office_day() -> date:
    """The office's date, which is not always the machine's."""
    return (datetime.now(UTC) + timedelta(hours=8)).date()


def test_every_page_of_a_visit_and_of_a_reception_is_usable(visit: Visit) -> None:
    resident = visit(viewport=PHONE)
    resident.goto("/letters/new")
    fill(resident, **{"kind": "proposal", "subject": "修路", "text": "修路。", "signing": "anonymous"})
    resident.locator("select[name=township]").select_option("420117001")
    fill(resident, place=PLACE)
    send(resident)
    code = resident.locator(".receipt-code").inner_text()

    clerk = enter(visit(viewport=PHONE), "clerk")
    clerk.goto("/visits/new")
    look(clerk)
    clerk.goto("/visits/new?township=420117001")
    look(clerk)
    address = plan(clerk, "社区办公室")
    for path in ("", "/cases", "/change", "/cancel", "/carry_out", "/promise", "/take-down"):
        clerk.goto(address + path)
        look(clerk)
    resident.goto("/visits/announced")
    look(resident)
    resident.goto(address.replace("/visits/", "/visits/announced/") + "/sign-up")
    look(resident)
    fill(resident, receipt=code)
    send(resident)
    expect(resident.locator("section[aria-labelledby=heard]")).to_be_visible()
    look(resident)
    clerk.goto(address)
    clerk.locator("main a[href*='/result?case=']").first.click()
    look(clerk)
    fill(clerk, result="promised", text="答应修。")
    send(clerk)
    clerk.goto(address)
    clerk.goto(f"{address}/promise")
    fill(clerk, text="一周内修好", due_on=str(office_day() - timedelta(days=1)))
    clerk.locator("select[name=owner]").select_option(index=1)
    send(clerk)
    clerk.goto("/visits/promises")
    look(clerk)
    clerk.locator("main a[href$='/keep']").first.click()
    look(clerk)
    clerk.goto("/visits/")
    look(clerk)

    clerk.goto("/reception/new")
    look(clerk)
    fill(clerk, held_on=str(office_day()), starts="00:00", where="接待室")
    clerk.locator("select[name=leader]").select_option(index=1)
    send(clerk)
    day = clerk.url
    look(clerk)
    clerk.goto(f"{day}/announce")
    look(clerk)
    send(clerk)
    clerk.goto(f"{day}/cancel")
    look(clerk)
    resident.goto(day.replace("/reception/", "/visits/announced/days/") + "/sign-up")
    look(resident)
    fill(resident, receipt=code)
    send(resident)
    look(resident)
    clerk.goto(day)
    look(clerk)
    clerk.locator("main a[href*='/result?case=']").first.click()
    look(clerk)
    for path in ("/reception/", "/reception/calendar", "/reception/hours", "/reception/hours/new"):
        clerk.goto(path)
        look(clerk)
    fill(clerk, unit=str(clerk.locator("select[name=unit] option").nth(1).get_attribute("value")), weekday="6")
    fill(clerk, starts="08:00", ends="10:00", on_duty="值班员")
    send(clerk)
    look(clerk)
    clerk.locator("main a[href$='/record']").first.click()
    look(clerk)


def test_a_leader_finds_the_late_promises_of_the_last_visit_in_two_clicks(visit: Visit) -> None:
    clerk = enter(visit(), "clerk")
    address = plan(clerk, "两次点击的地点")
    clerk.goto(f"{address}/carry_out")
    send(clerk)
    for text, days in (("昨天该办的事", -1), ("明天才到期的事", 1)):
        clerk.goto(f"{address}/promise")
        fill(clerk, text=text, due_on=str(office_day() + timedelta(days=days)))
        clerk.locator("select[name=owner]").select_option(index=1)
        send(clerk)
    leader = enter(visit(viewport=PHONE), "leader")
    leader.goto("/desk")
    leader.get_by_role("link", name="最近一次下访的超期承诺").click()
    expect(leader.locator("#promises")).to_contain_text("昨天该办的事")
    expect(leader.locator("#promises")).not_to_contain_text("明天才到期的事")


# --- where the connection comes and goes ---------------------------------------------------------------------------


@pytest.fixture
def clerk(visit: Visit) -> Page:
    return enter(visit(viewport=PHONE, touch=True), "clerk")


def kept(page: Page) -> list[str]:
    names: list[str] = page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('draft '))")
    return names


def nothing_is_kept(page: Page) -> None:
    """What was sent is gone from the device, as soon as the page with its receipt has run its script."""
    page.wait_for_load_state()  # its script has run
    assert not page.evaluate("Object.keys(localStorage).some(name => name.startsWith('draft '))")


def send_in_vain(clerk: Page, subject: str) -> None:
    """Take a letter down where there is no connection; there is none from then on."""
    fill(clerk, **{**WORDS, "subject": subject})
    fill(clerk, place=PLACE)
    clerk.context.set_offline(True)
    send(clerk)
    expect(clerk.locator("#draft-told")).to_contain_text("没有网络")


def matters(page: Page, subject: str) -> int:
    page.goto(f"/petitions/?q={subject}")
    return page.locator("#queue tbody tr").count()


def test_a_draft_outlives_the_loss_of_the_connection_and_becomes_one_matter(clerk: Page) -> None:
    address = plan(clerk, "没有信号的村办公室")
    clerk.goto(f"{address}/take-down")
    look(clerk)
    words = {**WORDS, "subject": "村口路灯不亮没有信号"}
    fill(clerk, **words)
    fill(clerk, place=PLACE)
    key = clerk.locator("input[name=form_key]").input_value()
    clerk.context.set_offline(True)
    send(clerk)
    told = clerk.locator("#draft-told")
    expect(told).to_contain_text("没有网络")
    look(clerk)
    assert kept(clerk)
    clerk.goto("about:blank")  # the page is closed before there is a connection again
    clerk.context.set_offline(False)
    clerk.goto(f"{address}/take-down")
    expect(told).to_contain_text("本机存有草稿")
    for name in ("subject", "text", "name", "address"):
        expect(clerk.locator(f"main [name={name}]")).to_have_value(words[name])
    expect(clerk.locator("select[name=place]")).to_have_value(PLACE)
    expect(clerk.locator("input[name=form_key]")).to_have_value(key)
    look(clerk)
    clerk.locator("main form.letter button").last.dblclick()
    expect(clerk).to_have_url(re.compile("/taken-down$"))
    expect(clerk.locator(".receipt-code")).to_be_visible()
    look(clerk)
    nothing_is_kept(clerk)
    assert matters(clerk, words["subject"]) == 1


def test_what_waits_on_the_device_is_sent_after_the_visit_was_cancelled_and_nothing_new_is_begun(clerk: Page) -> None:
    address = plan(clerk, "取消的下访")
    clerk.goto(f"{address}/take-down")
    send_in_vain(clerk, "村口路灯不亮取消以后")
    clerk.goto("about:blank")
    clerk.context.set_offline(False)
    clerk.goto(f"{address}/cancel")
    fill(clerk, reason="改日再去。")
    send(clerk)
    clerk.get_by_role("link", name="提交本机留存的内容").click()
    expect(clerk.locator("main [name=subject]")).to_have_value("村口路灯不亮取消以后")
    expect(clerk.get_by_role("button", name="登记下一件，这一件留在本机")).to_be_hidden()
    look(clerk)
    send(clerk)
    expect(clerk.locator(".receipt-code")).to_be_visible()
    nothing_is_kept(clerk)
    clerk.goto(f"{address}/take-down")
    expect(clerk.locator("main form.letter")).to_be_hidden()
    look(clerk)
    assert matters(clerk, "村口路灯不亮取消以后") == 1


def test_of_two_drafts_left_after_a_visit_one_is_deleted_and_then_the_other(clerk: Page) -> None:
    address = plan(clerk, "取消的下访之二")
    clerk.goto(f"{address}/take-down")
    for subject in ("甲户水管", "乙户水管"):
        fill(clerk, subject=subject)
        clerk.get_by_role("button", name="登记下一件，这一件留在本机").click()
        expect(clerk.locator("main [name=subject]")).to_have_value("")
    clerk.goto(f"{address}/cancel")
    fill(clerk, reason="改日再去。")
    send(clerk)
    clerk.goto(f"{address}/take-down")
    subjects = []
    for _ in range(2):
        subjects.append(clerk.locator("main [name=subject]").input_value())
        clerk.get_by_role("button", name="从本机删除草稿").click()
        expect(clerk.locator("main [name=subject]")).not_to_have_value(subjects[-1])
    assert set(subjects) == {"甲户水管", "乙户水管"}
    expect(clerk.get_by_text("本机没有待提交的内容。")).to_be_focused()
    expect(clerk.locator("main form.letter")).to_be_hidden()
    nothing_is_kept(clerk)


def test_a_letter_is_taken_down_at_a_visit_in_english(visit: Visit) -> None:
    clerk = enter(visit("en", viewport=PHONE), "clerk")
    clerk.goto(f"{plan(clerk, 'A village hall')}/take-down")
    fill(clerk, **{**WORDS, "subject": "村口路灯不亮英文页面"})
    fill(clerk, place=PLACE)
    send(clerk)
    expect(clerk).to_have_url(re.compile("/taken-down$"))
    look(clerk)


def test_what_was_to_be_sent_goes_by_itself_once_there_is_a_connection_and_once(clerk: Page) -> None:
    address = plan(clerk, "信号时有时无")
    clerk.goto(f"{address}/take-down")
    send_in_vain(clerk, "村口路灯不亮自动提交")
    clerk.context.set_offline(False)
    expect(clerk.locator(".receipt-code")).to_be_visible()
    nothing_is_kept(clerk)
    assert matters(clerk, "村口路灯不亮自动提交") == 1


def test_several_letters_wait_on_the_device_and_are_sent_one_by_one(clerk: Page) -> None:
    address = plan(clerk, "整天没有信号")
    clerk.goto(f"{address}/take-down")
    for subject in ("甲户路灯", "乙户路灯"):
        send_in_vain(clerk, f"{subject}排队")
        clerk.get_by_role("button", name="登记下一件，这一件留在本机").click()
        expect(clerk.locator("main [name=subject]")).to_have_value("")
    look(clerk)
    assert len(kept(clerk)) == 2
    clerk.context.set_offline(False)
    for _ in range(2):
        clerk.goto(f"{address}/take-down")
        expect(clerk.locator("main [name=subject]")).to_have_value(re.compile("排队$"))
        send(clerk)
        expect(clerk.locator(".receipt-code")).to_be_visible()
    nothing_is_kept(clerk)
    assert matters(clerk, "甲户路灯排队") == matters(clerk, "乙户路灯排队") == 1


def test_an_answer_that_was_lost_on_its_way_makes_no_second_matter(clerk: Page) -> None:
    address = plan(clerk, "回音丢失")
    clerk.goto(f"{address}/take-down")
    fill(clerk, **{**WORDS, "subject": "村口路灯不亮回音丢失"})
    fill(clerk, place=PLACE)
    lost: list[int] = []

    def lose(route: Route) -> None:
        answer = route.fetch(max_redirects=0)
        lost.append(answer.status)
        route.abort("internetdisconnected")

    clerk.route("**/take-down", lose, times=1)
    send(clerk)
    expect(clerk.locator("#draft-told")).to_contain_text("没有网络")
    assert lost == [303]  # the office has it, and the phone does not know
    clerk.reload()
    clerk.locator("main form.letter button").last.click()
    expect(clerk.locator(".receipt-code")).to_be_visible()
    assert matters(clerk, "村口路灯不亮回音丢失") == 1


def test_a_mistake_comes_back_as_a_page_and_the_draft_stays(clerk: Page) -> None:
    address = plan(clerk, "少填一项")
    clerk.goto(f"{address}/take-down")
    fill(clerk, subject="只写了标题")
    send(clerk)
    expect(clerk.locator("#errors")).to_be_focused()
    expect(clerk.locator("main [name=subject]")).to_have_value("只写了标题")
    look(clerk)
    assert kept(clerk)


def test_a_draft_is_deleted_from_the_device_by_a_button_and_by_time(clerk: Page) -> None:
    address = plan(clerk, "删除草稿")
    clerk.goto(f"{address}/take-down")
    fill(clerk, subject="不要的草稿")
    button = clerk.get_by_role("button", name="从本机删除草稿")
    expect(button).to_be_visible()
    button.click()
    expect(clerk.locator("#draft-told")).to_contain_text("已从本机删除")
    expect(clerk.locator("main [name=subject]")).to_have_value("")
    clerk.reload()
    nothing_is_kept(clerk)
    expect(clerk.locator("main [name=subject]")).to_have_value("")
    four_days = 4 * 86_400_000
    clerk.evaluate(
        "age => localStorage.setItem('draft 1 2', JSON.stringify({at: Date.now() - age, fields: {}}))", four_days
    )
    clerk.reload()
    nothing_is_kept(clerk)


def test_the_next_person_on_this_device_does_not_get_the_draft(visit: Visit, clerk: Page) -> None:
    address = plan(clerk, "换人登录")
    clerk.goto(f"{address}/take-down")
    fill(clerk, subject="前一人的草稿")
    expect(clerk.get_by_role("button", name="从本机删除草稿")).to_be_visible()
    clerk.locator("form[action='/sign-out'] button").click()
    other = enter(clerk, "clerk2")
    other.goto(f"{address}/take-down")
    expect(other.locator("main [name=subject]")).to_have_value("")


def test_it_works_as_a_plain_form_without_javascript(visit: Visit) -> None:
    clerk = enter(visit(scripts=False, viewport=PHONE), "clerk")
    address = plan(clerk, "没有脚本")
    clerk.goto(f"{address}/take-down")
    fill(clerk, **{**WORDS, "subject": "村口路灯不亮没有脚本"})
    fill(clerk, place=PLACE)
    send(clerk)
    expect(clerk.locator(".receipt-code")).to_be_visible()
