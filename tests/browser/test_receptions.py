"""An official reception in a real browser, from the request to the settled bill, each page usable by everybody."""

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from core import clock
from tests.browser.conftest import Visit
from tests.browser.hands import enter, fill, send
from tests.browser.looks import PHONE, look


def test_a_reception_goes_from_the_request_to_the_settled_bill(visit: Visit) -> None:
    guests = "三溪县水务局"
    today = (clock.now() + timedelta(hours=8)).date().isoformat()

    def seen(page: Page, address: str) -> None:
        """Open it where scripts run, since axe is one, and look at it."""
        page.goto(address)
        expect(page.locator("h1")).to_be_visible()
        look(page)

    def take(page: Page, watcher: Page, action: str, **fields: str) -> None:
        """Follow a step of the page, look at what it asks, and answer."""
        page.locator(f"main a[href$='/{action}']").click()
        expect(page).to_have_url(re.compile(f"/{action}$"))
        seen(watcher, page.url)
        fill(page, **fields)
        if action == "bill":
            page.locator("#files").set_input_files({"name": "发票.txt", "mimeType": "text/plain", "buffer": b"540"})
        send(page)
        expect(page).not_to_have_url(re.compile(f"/{action}$"))
        seen(watcher, page.url)

    handler, watches = (enter(visit(viewport=PHONE, scripts=runs), "handler") for runs in (False, True))
    leader, leads = (enter(visit("en", scripts=runs), "leader") for runs in (False, True))
    for address in ("/receptions/", "/receptions/new"):
        seen(watches, address)
    handler.goto("/receptions/new")
    send(handler)
    expect(handler.locator("#errors")).to_be_visible()
    fill(handler, guest_unit=guests, guests="6", guest_list="甄来宾等", purpose="看泵站", letter="3号")
    fill(handler, from_on=today, until_on=today, place="机关食堂", meals="1", hosts="4", host_list="陈水根等")
    fill(handler, working_meal="５４０。00")
    send(handler)
    expect(handler.locator("h1")).to_have_text(guests)
    expect(handler.locator("main .tag.bad")).to_have_count(1)
    row = handler.url
    take(handler, watches, "change", hosts="4")
    take(handler, watches, "send")

    for address in ("/desk", "/receptions/?state=requested", row):
        seen(leads, address)
    leader.goto(row)
    take(leader, leads, "approve", reason="两处座谈。")
    for address in (f"{row}/sheet", "/receptions/year"):
        seen(leads, address)

    handler.goto(row)
    take(handler, watches, "bill", working_meal="540.01", reason="多一分。")
    leader.goto(row)
    take(leader, leads, "settle")
    expect(leader.locator("main")).to_contain_text("0.01")

    for address in ("/receptions/standards", "/receptions/standards/sample", "/receptions/standards/new"):
        seen(leads, address)
    leader.goto("/receptions/standards/new")
    fill(leader, title_zh="本机关标准", title_en="Our own", share="0")
    send(leader)
    expect(leader.locator("#share-error")).to_be_visible()
    fill(leader, share="4")
    send(leader)
    expect(leader.locator("h1")).to_have_text("Our own")
    take(leader, leads, "change", meals="2")
