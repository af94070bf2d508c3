"""An applicant on a phone, the post they take up, and a talent's entry, in a real browser."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import ViewportSize, expect

from core import clock
from tests.browser.conftest import Visit
from tests.browser.looks import DESK, PHONE
from tests.browser.test_letter import fill, send
from tests.browser.test_training import enter, shown, take

VILLAGE = "420117001001"


@pytest.mark.parametrize(
    ("language", "screen", "scripts"), [("zh", PHONE, False), ("en", DESK, True)], ids=["Chinese phone", "English desk"]
)
def test_a_graduate_applies_is_matched_and_takes_the_post_up(
    visit: Visit, language: str, screen: ViewportSize, scripts: bool
) -> None:
    graduate = visit(language, viewport=PHONE, scripts=scripts)
    graduate.goto("/applications/new")
    shown(graduate, scripts=scripts)
    words = {"contact": "13600007777", "school": "农业大学 园艺", "text": "想回村里做电商。"}
    fill(graduate, name=f"林知远 {language}", degree="bachelor", **words)
    send(graduate)
    expect(graduate.locator(".receipt-code")).to_be_visible()
    shown(graduate, scripts=scripts)
    code = re.sub(r"\D", "", graduate.locator(".receipt-code").inner_text())

    clerk = enter(visit, "clerk", language, screen)
    village = VILLAGE if language == "zh" else "420117002001"
    clerk.goto("/posts/new")
    shown(clerk)
    if language == "en":  # with scripts the township comes first
        fill(clerk, township=village[:9])
        expect(clerk.locator(f"#place option[value='{village}']")).to_be_attached()
    fill(clerk, place=village, duties="协助村委会。")
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
    fill(clerk, year=str(int(today[:4]) + (1 if language == "zh" else 2)), planned="12")
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
    shown(graduate, scripts=scripts)
    fill(graduate, receipt=code)
    send(graduate)
    expect(graduate.locator("main")).to_contain_text("协助村委会。")
    shown(graduate, scripts=scripts)


@pytest.mark.parametrize(("language", "screen"), [("zh", PHONE), ("en", DESK)], ids=["Chinese phone", "English desk"])
def test_a_talent_is_entered_evaluated_and_reached_for_a_reason(
    visit: Visit, language: str, screen: ViewportSize
) -> None:
    clerk = enter(visit, "clerk", language, screen)
    today = (clock.now() + timedelta(hours=8)).date().isoformat()
    clerk.goto("/talents/new")
    shown(clerk)
    fill(clerk, name=f"余木匠 {language}", contact="13600008888", trade="craft", township=VILLAGE[:9])
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
    expect(clerk.locator("#talents")).to_contain_text(f"余木匠 {language}")
