"""A village's contact on a phone raises a need with a photo; the unit answers, and the village confirms."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser.conftest import Visit
from tests.browser.hands import enter, fill, send
from tests.browser.looks import PHONE, look
from tests.pairing_office import photo


def picture(name: str) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": photo(size=(1200, 900)).read()}


@pytest.mark.parametrize(
    ("language", "scripts"), [("zh", False), ("en", True)], ids=["Chinese without scripts", "English"]
)
def test_a_contact_raises_a_need_with_a_photo_and_confirms_what_was_done(
    visit: Visit, language: str, scripts: bool
) -> None:
    title = f"东塘水泵坏了 {language}"
    words = {"zh": ("提出需求", "您现在可以"), "en": ("Raise a need", "What you can do now")}[language]
    phone = enter(visit(language, viewport=PHONE, scripts=scripts), "contact")
    phone.goto("/needs/")
    phone.locator("main .actions a").first.click()
    expect(phone.locator("h1")).to_have_text(words[0])
    if scripts:
        look(phone)
    fill(phone, kind="water", title=title, text="二组三组等水。")
    phone.locator("input[name=photos]").set_input_files([picture("东塘.jpg")])
    send(phone)
    expect(phone).to_have_url(re.compile("/needs/received$"))
    phone.locator("main .actions a").first.click()
    expect(phone.locator("h1")).to_have_text(title)
    image = phone.locator("main .photos img")
    expect(image).to_have_count(1)
    if scripts:
        assert image.evaluate("async node => { await node.decode(); return node.naturalWidth }") == 1200
    address = phone.url

    handler = enter(visit(language), "handler")
    handler.goto(f"{address}/plan")
    due = (datetime.now(UTC) + timedelta(days=20)).date()
    fill(handler, text="更换电机", due_on=str(due), planned="1200.50", budget="水利资金")
    handler.locator("select[name=owner]").select_option(index=1)
    send(handler)
    handler.locator("main a[href$='/done']").click()
    look(handler)
    fill(handler, text="新电机已安装。", spent="1200.50")
    handler.locator("input[name=before]").set_input_files([picture("前.jpg")])
    handler.locator("input[name=after]").set_input_files([picture("后.jpg")])
    send(handler)
    handler.locator("main a[href$='/report']").click()
    fill(handler, reason="水泵已修好，请查看。")
    send(handler)

    phone.goto("/desk")
    phone.locator("main a", has_text=title).click()
    expect(phone.locator("main")).to_contain_text(words[1])
    phone.locator("main a[href$='/confirm']").click()
    send(phone)
    expect(phone.locator("section[aria-labelledby=happened]")).to_contain_text(
        {"zh": "村里已确认", "en": "Confirmed by the village"}[language]
    )
    if scripts:
        look(phone)
