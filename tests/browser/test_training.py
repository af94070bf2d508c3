"""A course and a farmer's question in a real browser, from the first form to what everybody reads; with and without scripts."""

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from core import clock
from tests.browser.conftest import Visit
from tests.browser.hands import enter, fill, send
from tests.browser.looks import PHONE, look, look_beside


def shown(page: Page, heading: str | None = None, *, scripts: bool = True) -> None:
    """The page is there, whole, and usable by everybody; without scripts it is looked at in a window beside it."""
    expect(page.locator("h1")).to_be_visible()
    if heading is not None:
        expect(page.locator("h1")).to_have_text(heading)
    if scripts:
        look(page)
    else:
        look_beside(page)


def take(page: Page, address: str, **fields: str) -> None:
    """Open a step, look at what it asks, answer."""
    page.goto(address)
    shown(page)
    fill(page, **fields)
    send(page)
    expect(page).not_to_have_url(re.compile(re.escape(address) + "$"))
    shown(page)


def test_a_course_goes_from_its_plan_to_what_people_thought_of_it(visit: Visit) -> None:
    title, today = "稻虾共作", (clock.now() + timedelta(hours=8)).date().isoformat()
    clerk = enter(visit("en"), "clerk")
    words = {"title": title, "about": "放苗和管水。", "where": "村委会二楼", "lecturer": "农校王老师"}
    times = {"held_on": today, "starts": "09:00", "ends": "11:00", "hours": "2", "seats": "2"}
    take(clerk, "/training/courses/new", trade="fish", **words, **times)
    shown(clerk, title)
    own = clerk.url
    take(clerk, own + "/announce")

    learner = visit(viewport=PHONE, scripts=False)
    learner.goto("/training/")
    shown(learner, scripts=False)
    learner.get_by_role("link", name=title, exact=True).click()
    shown(learner, title, scripts=False)
    learner.locator("a[href$='/enrol']").click()
    shown(learner, scripts=False)
    fill(learner, name="田学农", phone="139 1234 5678")
    send(learner)
    expect(learner.locator(".receipt-code")).to_be_visible()
    shown(learner, scripts=False)
    code = re.sub(r"\D", "", learner.locator(".receipt-code").inner_text())

    for page in ("/enrol", "/attend"):
        clerk.goto(own + page)
        shown(clerk)
    clerk.goto(own)
    clerk.locator("a[href*='/training/places/']").first.click()
    shown(clerk)
    clerk.goto(own + "/poster")
    shown(clerk)
    learner.goto(re.sub(r"^http://[^/]+", "", clerk.locator("article .prose").inner_text()))
    shown(learner, scripts=False)
    fill(learner, receipt="13912345678")
    send(learner)
    expect(learner.locator(".notice.success")).to_be_visible()
    take(clerk, own + "/hold")

    learner.goto("/training/place")
    shown(learner, scripts=False)
    fill(learner, receipt=code)
    send(learner)
    expect(learner.locator("#evaluation")).to_be_visible()
    shown(learner, scripts=False)
    learner.locator("input[name=use]").first.check()
    learner.locator("form:has(input[name=use]) button").click()
    expect(learner.locator("input[name=use]")).to_have_count(0)
    clerk.goto("/training/courses/")
    shown(clerk)


def test_a_question_goes_from_the_field_to_the_knowledge_page(visit: Visit) -> None:
    subject, today = "秧苗叶子发黄", (clock.now() + timedelta(hours=8)).date().isoformat()
    clerk = enter(visit("en"), "clerk")
    clerk.goto("/experts/new")
    fill(clerk, name="蔡农技", unit="区农技站", languages="本地话", phone="86920000", consent_on=today)
    clerk.locator("input[name=trades][value=grain]").check()
    clerk.locator("input[name=consent]").check()
    send(clerk)
    shown(clerk, "蔡农技")

    clerk.goto(clerk.url + "/change")
    shown(clerk)
    clerk.goto("/experts/")
    shown(clerk)

    farmer = visit(viewport=PHONE)
    farmer.goto("/questions/new")
    shown(farmer)
    fill(farmer, trade="grain", subject=subject, text="栽下去一星期叶尖发黄。", township="420117001")
    expect(farmer.locator("#village option[value='420117002001']")).to_have_count(0)
    fill(farmer, place="420117001001")
    send(farmer)
    expect(farmer.locator(".receipt-code")).to_be_visible()
    look(farmer)
    code = re.sub(r"\D", "", farmer.locator(".receipt-code").inner_text())

    clerk.goto("/questions/")
    shown(clerk)
    clerk.get_by_role("link", name=subject).click()
    shown(clerk, subject)
    own = clerk.url
    clerk.goto(own + "/assign")
    clerk.locator("#expert option", has_text="蔡农技").wait_for(state="attached")
    expert = clerk.locator("#expert option", has_text="蔡农技").get_attribute("value") or ""
    take(clerk, own + "/assign", expert=expert)
    take(clerk, own + "/visit", on=today, where="村委会门口")
    take(clerk, own + "/answer", answer="排水晾田，追施硫酸锌。")
    take(clerk, own + "/agree")
    clerk.goto(own + "/publish")
    look(clerk)
    clerk.locator("input[name=checked]").check()
    send(clerk)
    shown(clerk, subject)

    farmer.goto("/questions/status")
    shown(farmer)
    fill(farmer, receipt=code)
    send(farmer)
    expect(farmer.locator("#answer")).to_be_visible()
    look(farmer)
    farmer.goto("/knowledge/?q=发黄")
    shown(farmer)
    farmer.get_by_role("link", name=subject).click()
    shown(farmer, subject)
