"""A cause in a real browser, from its name to the unit's answer, each page usable by everybody."""

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from core import clock
from core.charts import Mark, Series, bars
from tests.browser.conftest import Visit
from tests.browser.hands import enter, fill, send
from tests.browser.looks import DESK, PHONE, look


def test_a_cause_goes_from_its_name_to_the_answer_of_the_unit(visit: Visit) -> None:
    subject, title = "闸门锈死打不开", "闸门没有人管护"
    today = (clock.now() + timedelta(hours=8)).date()
    days = {"today": today.isoformat(), "soon": (today + timedelta(days=9)).isoformat()}

    def follow(page: Page, selector: str) -> None:
        """Click a link, and look at the page it leads to."""
        link = page.locator(selector).first
        address = link.get_attribute("href") or ""
        link.click()
        expect(page).to_have_url(re.compile(re.escape(address) + "$"))
        expect(page.locator("h1")).to_be_visible()
        look(page)

    def answer(page: Page, link: str, **fields: str) -> None:
        """Follow a link of the page, fill in what it asks, send it, and look at what comes back."""
        follow(page, f"main a[href$='{link}']")
        fill(page, **fields)
        send(page)
        expect(page).not_to_have_url(re.compile(f"{link}$"))
        expect(page.locator("h1")).to_be_visible()
        look(page)

    resident = visit(viewport=PHONE)
    resident.goto("/letters/new")
    fill(resident, kind="claim", subject=subject, text="闸门锈死，田里进不了水。", signing="anonymous")
    fill(resident, township="420117001")
    expect(resident.locator("#village option[value='420117002001']")).to_have_count(0)
    fill(resident, place="420117001001")
    send(resident)
    expect(resident.locator(".receipt-code")).to_be_visible()

    clerk = enter(visit(viewport=PHONE), "clerk")
    clerk.goto("/causes/")
    answer(clerk, "/causes/new", title=title, explanation="移交时没有写明。", field="water", place="420117001")
    expect(clerk.locator("h1")).to_have_text(title)
    cause = clerk.url

    follow(clerk, "main a[href$='/tie']")
    clerk.locator("#search").fill(subject)
    clerk.locator("form[role=search] button").click()
    expect(clerk).to_have_url(re.compile("q="))
    clerk.get_by_label(subject).check()
    look(clerk)
    send(clerk)
    expect(clerk).to_have_url(cause)
    follow(clerk, "section[aria-labelledby=cases] a[href^='/petitions/']")
    follow(clerk, "a[href*='/causes/case/']")

    clerk.goto(f"{cause}/remedy")
    water = clerk.locator("#unit option", has_text=re.compile("^新洲区水务局$")).get_attribute("value") or ""
    clerk.goto(cause)
    answer(clerk, "/remedy", text="签管护责任书", unit=water, due_on=days["soon"])
    answer(clerk, "/begin")
    answer(clerk, "/propose", unit=water, subject="闸门管护", found="闸门锈死。", asked="明确管护人。")
    follow(clerk, "section[aria-labelledby=proposals] a")
    proposal = clerk.url
    answer(clerk, "/deliver", how="exchange", on=days["today"], proof="第1号")

    handler = enter(visit(viewport=PHONE), "handler")
    handler.goto("/desk")
    look(handler)
    handler.goto("/causes/proposals/")
    look(handler)
    handler.goto(proposal)
    answer(handler, "/answer", reply="adopted", text="一周内明确管护人。")
    handler.goto(cause)
    answer(handler, "/done", on=days["today"], outcome="已签", proof="第2号")

    clerk.goto(cause)
    answer(clerk, "/change", explanation="移交时没有写明由谁管护。")
    answer(clerk, "/place", on=days["today"])
    expect(clerk.locator("figure.chart > svg")).to_be_visible()
    follow(clerk, "section[aria-labelledby=cases] a[href*='/cases/']")


def test_a_chart_has_words_and_patterns_and_larger_letters_on_a_phone(visit: Visit) -> None:
    drawn = bars(
        "try",
        title="来信",
        desc="每月件数",
        labels=[f"2026-{nth:02}" for nth in range(1, 13)],
        series=[Series("整改前", [12] * 6 + [None] * 6), Series("整改后", [None] * 6 + [3] * 6)],
        marks=[Mark(6, "措施到位")],
    )
    page = visit()
    page.goto("/sign-in")
    page.locator("main").evaluate("(main, html) => main.insertAdjacentHTML('beforeend', html)", str(drawn))
    sizes = []
    for screen in (DESK, PHONE):
        page.set_viewport_size(screen)
        look(page)
        shown = page.locator("figure.chart text:visible")
        boxes = [each.bounding_box() for each in shown.all()]
        assert all(boxes)
        for nth, one in enumerate(boxes):
            for other in boxes[:nth]:
                assert one
                assert other
                apart = one["x"] >= other["x"] + other["width"] - 1 or other["x"] >= one["x"] + one["width"] - 1
                above = one["y"] >= other["y"] + other["height"] - 5 or other["y"] >= one["y"] + one["height"] - 5
                texts = (shown.nth(nth).inner_html(), one, other)
                assert apart or above, f"two texts of the chart lie on one another at {screen['width']}: {texts}"
        sizes.append(min(one["height"] for one in boxes if one))
    assert min(sizes) >= 12
