"""The trial of a village's contact: from the sign-in to "your need was received", counted in pages, taps and signs."""

import io
import re
from functools import cache
from typing import Any

import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import FilePayload, Frame, Page, expect

from tests.browser.conftest import Visit
from tests.browser.hands import enter, fill, send
from tests.browser.looks import DESK, PHONE, look
from tests.people import PASSWORD

TITLE = "东塘水泵坏了"
RECEIVED = {"zh": "您的需求已收到", "en": "Your need was received"}
RAISE = {"zh": "提出需求", "en": "Raise a need"}


@cache
def twelve_megapixels() -> FilePayload:
    """A photo as a phone takes it: 4000 by 3000 dots, some megabytes."""
    noise = Image.effect_noise((500, 375), 60).resize((4000, 3000)).filter(ImageFilter.DETAIL)
    target = io.BytesIO()
    Image.merge("RGB", (noise, noise, noise)).save(target, "JPEG", quality=97)
    return {"name": "IMG_20261125.jpg", "mimeType": "image/jpeg", "buffer": target.getvalue()}


class Counted:
    """A phone on which somebody taps and types, with what it costs them."""

    def __init__(self, page: Page) -> None:
        self.page, self.pages, self.taps, self.signs = page, 0, 0, 0
        page.on("framenavigated", self._arrives)

    def _arrives(self, _frame: Frame) -> None:
        self.pages += 1

    def tap(self, selector: str, **narrowed: Any) -> None:
        node = self.page.locator(selector, **narrowed).first
        node.scroll_into_view_if_needed()
        node.tap()
        self.taps += 1

    def type(self, name: str, words: str) -> None:
        self.tap(f"main [name={name}]")
        self.page.keyboard.insert_text(words)
        self.signs += len(words)


def opened(phone: Page) -> Counted:
    counted = Counted(phone)
    phone.goto("/sign-in")
    counted.type("username", "contact")
    counted.type("password", PASSWORD)
    counted.tap("main button:not([type=button])")
    expect(phone).to_have_url(re.compile("/desk$"))
    return counted


@pytest.mark.parametrize(
    ("language", "scripts"),
    [("zh", True), ("zh", False), ("en", True)],
    ids=["Chinese", "Chinese without scripts", "English"],
)
def test_a_contact_raises_a_need_with_a_photo_in_four_pages_and_one_line(
    visit: Visit, language: str, scripts: bool
) -> None:
    phone = visit(language, viewport=PHONE, scripts=scripts, touch=True)
    counted = opened(phone)
    phone.wait_for_load_state()  # before its stylesheet is there, all stands elsewhere
    door = phone.locator("main a", has_text=RAISE[language]).first
    box = door.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < PHONE["height"]  # seen without scrolling
    counted.tap("main a", has_text=RAISE[language])
    expect(phone.locator("h1")).to_have_text(RAISE[language])
    needed = phone.locator("main form [aria-required=true]")
    assert needed.evaluate_all("nodes => nodes.map(node => node.name)") == ["kind", "title"]
    phone.locator("main [name=kind]").select_option("water")
    counted.taps += 2  # the list opens, and one of it is chosen
    title = f"{TITLE} {language} {scripts}"
    counted.type("title", title)
    counted.taps += 2  # the camera opens, and its button
    phone.locator("input[name=camera]").set_input_files(twelve_megapixels())
    if scripts:
        expect(phone.locator("#camera-count")).to_contain_text("KB")  # made smaller before it travels
    expect(phone.locator("input[name=camera]")).to_be_visible()
    counted.tap("main form[enctype] button:not([type=button])")
    expect(phone.locator("h1")).to_have_text(RECEIVED[language])
    expect(phone.locator("main")).to_contain_text(title)
    image = phone.locator("main .photos img")
    expect(image).to_have_count(1)
    assert counted.pages == 4  # sign-in, desk, form, received
    assert counted.signs == len("contact") + len(PASSWORD) + len(title)
    assert counted.taps <= 10
    if scripts:
        assert image.evaluate("async node => { await node.decode(); return node.naturalWidth }") == 1600
        look(phone)


def test_a_phone_that_loses_the_connection_keeps_the_words_and_makes_one_need(visit: Visit) -> None:
    phone = visit("zh", viewport=PHONE, touch=True)
    opened(phone)
    phone.goto("/needs/new")
    title = "西塘堤坝渗水"
    fill(phone, kind="water", title=title)
    phone.locator("input[name=camera]").set_input_files(twelve_megapixels())
    phone.context.set_offline(True)
    send(phone)
    expect(phone.locator("#draft-told")).to_contain_text("没有网络")
    phone.goto("about:blank")  # the phone is put away
    phone.context.set_offline(False)
    phone.goto("/needs/new")
    expect(phone.locator("main [name=title]")).to_have_value(title)
    expect(phone.locator("main [name=kind]")).to_have_value("water")
    expect(phone.locator("#draft-told")).to_contain_text("照片请重新选择")
    look(phone)
    send(phone)
    expect(phone.locator("h1")).to_have_text(RECEIVED["zh"])
    phone.wait_for_load_state()  # its script has run
    assert not phone.evaluate("Object.keys(localStorage).some(name => name.startsWith('draft '))")
    phone.goto("/needs/new")
    expect(phone.locator("main [name=title]")).to_have_value("")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_wrong_file_is_named_and_the_words_stay(visit: Visit, scripts: bool) -> None:
    phone = visit("zh", viewport=PHONE, scripts=scripts, touch=True)
    opened(phone)
    phone.goto("/needs/new")
    title = f"错发的文件 {scripts}"
    fill(phone, kind="road", title=title)
    wrong: FilePayload = {"name": "名单.jpg", "mimeType": "image/jpeg", "buffer": "王某某".encode() * 200_000}
    phone.locator("input[name=photos]").set_input_files(wrong)
    send(phone)
    expect(phone.locator("#photos-error")).to_contain_text("名单.jpg")
    expect(phone.locator("main")).to_contain_text("请重新选择")
    expect(phone.locator("main [name=title]")).to_have_value(title)
    send(phone)
    expect(phone.locator("h1")).to_have_text(RECEIVED["zh"])


def test_at_a_desk_the_form_asks_for_photos_once_and_the_list_is_searched(visit: Visit) -> None:
    desk = visit("en", viewport=DESK)
    enter(desk, "contact")
    desk.goto("/needs/new")
    expect(desk.locator("input[name=camera]")).to_be_hidden()
    look(desk)
    fill(desk, kind="school", title="Reading room for the children", text="书架 twelve shelves")
    send(desk)
    expect(desk.locator("h1")).to_have_text(RECEIVED["en"])
    desk.goto("/needs/")
    desk.locator("main input[type=search]").fill("书架")
    expect(desk).to_have_url(re.compile("q=%E4%B9%A6%E6%9E%B6"))
    expect(desk.locator("#needs tbody tr")).to_have_count(1)
    expect(desk.locator("#needs tbody tr")).to_contain_text("Reading room")
    look(desk)
