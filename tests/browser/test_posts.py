"""An applicant on a phone, the post they take up, and a talent's entry, in a real browser."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from core import clock
from tests.browser.conftest import Visit
from tests.browser.hands import enter, fill, send
from tests.browser.looks import PHONE
from tests.browser.test_training import shown, take

VILLAGE = "420117001001"


def test_a_graduate_applies_is_matched_and_takes_the_post_up(visit: Visit) -> None:
    graduate = visit(viewport=PHONE, scripts=False)
    graduate.goto("/applications/new")
    shown(graduate, scripts=False)
    words = {"contact": "13600007777", "school": "农业大学 园艺", "text": "想回村里做电商。"}
    fill(graduate, name="林知远", degree="bachelor", **words)
    send(graduate)
    expect(graduate.locator(".receipt-code")).to_be_visible()
    shown(graduate, scripts=False)
    code = re.sub(r"\D", "", graduate.locator(".receipt-code").inner_text())

    clerk = enter(visit("en"), "clerk")
    clerk.goto("/posts/new")
    shown(clerk)
    fill(clerk, township=VILLAGE[:9])  # with scripts it comes first
    expect(clerk.locator(f"#place option[value='{VILLAGE}']")).to_be_attached()
    fill(clerk, place=VILLAGE, duties="协助村委会。")
    send(clerk)
    expect(clerk).to_have_url(re.compile(r"/posts/\d+$"))
    shown(clerk)
    clerk.goto("/applications/")
    shown(clerk)
    clerk.locator("#applications td a").first.click()
    expect(clerk).to_have_url(re.compile(r"/applications/\d+$"))
    shown(clerk)
    own = re.sub(r"^http://[^/]+", "", clerk.url)
    clerk.goto(own + "/match")
    shown(clerk)
    fill(clerk, reasons="园艺专业。")
    clerk.locator("select[name=post]").select_option(index=1)
    send(clerk)
    expect(clerk).to_have_url(re.compile(own + "$"))
    clerk.goto(own + "/appoint")
    today = (clock.now() + timedelta(hours=8)).date().isoformat()
    fill(clerk, on=today)
    clerk.locator("select[name=mentor]").select_option(index=1)
    send(clerk)
    expect(clerk).to_have_url(re.compile(own + "$"))
    shown(clerk)
    clerk.locator("a[href*='/posts/services/']").click()
    expect(clerk).to_have_url(re.compile(r"/posts/services/\d+$"))
    shown(clerk)
    service = re.sub(r"^http://[^/]+", "", clerk.url)
    take(clerk, service + "/review", grade="competent", text="工作扎实。")
    for address in (own + "/contact", service + "/contact"):
        clerk.goto(address)
        shown(clerk)
    clerk.goto(service)
    clerk.locator("main a.button[href^='/posts/']:not([href*='/services/'])").click()
    expect(clerk).to_have_url(re.compile(r"/posts/\d+$"))
    clerk.locator("main a[href$='/change']").click()
    expect(clerk).to_have_url(re.compile("/change$"))
    shown(clerk)
    clerk.goto("/posts/plan/new")
    fill(clerk, year=str(int(today[:4]) + 1), planned="12")
    send(clerk)
    expect(clerk).to_have_url(re.compile(r"/posts/plan/\d+$"))
    shown(clerk)
    clerk.locator("main a[href$='/change']").click()
    expect(clerk).to_have_url(re.compile("/change$"))
    shown(clerk)
    for address in ("/posts/keeping/", "/posts/keeping/prepare"):
        clerk.goto(address)
        shown(clerk)
    for address in ("/posts/", "/posts/services", "/posts/plan/", "/posts/plan/import"):
        clerk.goto(address)
        shown(clerk)

    graduate.goto("/applications/status")
    shown(graduate, scripts=False)
    fill(graduate, receipt=code)
    send(graduate)
    expect(graduate.locator("main")).to_contain_text("协助村委会。")
    shown(graduate, scripts=False)


def test_a_talent_is_entered_evaluated_and_reached_for_a_reason(visit: Visit) -> None:
    clerk = enter(visit("en"), "clerk")
    today = (clock.now() + timedelta(hours=8)).date().isoformat()
    clerk.goto("/talents/new")
    shown(clerk)
    fill(clerk, name="余木匠", contact="13600008888", trade="craft", township=VILLAGE[:9])
    expect(clerk.locator(f"#place option[value='{VILLAGE}']")).to_be_attached()
    fill(clerk, place=VILLAGE, skill="会修古建筑门窗。", consent="signed", consent_on=today)
    clerk.locator("[name=agreed]").check()
    send(clerk)
    expect(clerk).to_have_url(re.compile(r"/talents/\d+$"))
    own = re.sub(r"^http://[^/]+", "", clerk.url)
    marks = dict.fromkeys(("skill", "result", "teaching", "standing"), "strong")
    take(clerk, own + "/evaluate", on=today, grade="senior", text="带过六个徒弟。", **marks)
    clerk.goto(own + "/change")
    shown(clerk)
    clerk.goto(own + "/contact")
    shown(clerk)
    fill(clerk, reason="请去讲课")
    send(clerk)
    expect(clerk.locator("main")).to_contain_text("13600008888")
    shown(clerk)
    clerk.goto("/talents/?grade=senior")
    shown(clerk)
    expect(clerk.locator("#talents")).to_contain_text("余木匠")
