"""With the keyboard alone: ten letters are cleared, fields take what is typed, and whoever wants no keys has none."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.hands import enter, post
from tests.browser.looks import look
from tests.letters import TYPED
from tests.people import PASSWORD


def send_letters(page: Page, number: int, subject: str) -> None:
    """Letters come in by the public form, from visitors without a sign-in."""
    typed = {name: str(value) for name, value in TYPED.items()}
    for each in range(number):
        post(page, "/letters/new", **{**typed, "subject": f"{subject}{each}号"})


def sign_in(page: Page) -> None:
    """By the keyboard too: the address is typed, all else follows."""
    page.goto("/sign-in")
    page.locator("[name=username]").focus()
    page.keyboard.type("clerk")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/desk$"))


def press(page: Page, *keys: str) -> None:
    """Press keys once the page listens."""
    expect(page.locator("html.js")).to_be_attached()
    page.wait_for_load_state()
    expect(page.locator("main [hx-get]:not([data-htmx-powered])")).to_have_count(0)  # htmx has seen each link
    for each in keys:
        page.keyboard.press(each)


@pytest.fixture
def clerk(visit: Visit) -> Page:
    page = enter(visit(), "clerk")
    page.goto("/desk")
    return page


def test_a_clerk_clears_ten_letters_with_the_keyboard_alone(visit: Visit) -> None:
    clerk, visitor = visit(), visit(scripts=False)
    sign_in(clerk)
    send_letters(visitor, 10, "键盘")

    def step(letter: str, heading: str) -> None:
        press(clerk, letter)
        expect(clerk.locator(".step-form h3").first).to_have_text(heading)

    press(clerk, "g", "q")
    expect(clerk).to_have_url(re.compile("/petitions/$"))
    press(clerk, "/")
    expect(clerk.locator("[name=q]")).to_be_focused()
    press(clerk, "Tab")  # the state
    press(clerk, "ArrowDown")
    press(clerk, "ArrowDown")
    expect(clerk).to_have_url(re.compile("state=received"))
    expect(clerk.locator(".htmx-request")).to_have_count(0)  # the list is there
    press(clerk, "Escape")
    press(clerk, "j")
    expect(clerk.locator("tbody tr a").first).to_be_focused()
    press(clerk, "Enter")

    cleared: list[str] = []
    for _ in range(30):  # others may have written too
        expect(clerk.locator("h2#steps")).to_be_visible()
        subject = clerk.locator("h1").inner_text()
        if subject.startswith("键盘"):
            step("r", "登记")
            press(clerk, "Control+Enter")
            expect(clerk.locator(".flashes")).to_contain_text("登记")
            if len(cleared) % 2:
                step("d", "不予受理")
                press(clerk, "Tab")
                press(clerk, "ArrowDown")  # a court
                press(clerk, "Tab")
                clerk.keyboard.type("请向人民法院起诉。")
            else:
                step("a", "受理")
            press(clerk, "Control+Enter")
            expect(clerk.locator(".flashes")).to_contain_text("受理")
            cleared.append(subject)
        if len(cleared) == 10:
            break
        here = urlsplit(clerk.url).path
        press(clerk, "n")
        expect(clerk).not_to_have_url(re.compile(f"{here}([?#].*)?$"))
    assert sorted(cleared) == sorted(f"键盘{each}号" for each in range(10))
    clerk.goto("/petitions/?state=received&q=键盘")
    expect(clerk.locator(".empty")).to_be_visible()


def test_the_next_matter_is_the_next_of_the_list_that_was_shown(visit: Visit, clerk: Page) -> None:
    visitor = visit(scripts=False)
    send_letters(visitor, 3, "次序")
    clerk.goto("/petitions/?state=received&kind=claim")
    listed = clerk.locator("tbody tr a").all_inner_texts()
    press(clerk, "j")
    press(clerk, "Enter")
    for subject in listed[:3]:
        expect(clerk.locator("h1")).to_have_text(subject)
        press(clerk, "n")


def test_a_key_writes_in_a_field_and_does_nothing_with_ctrl_or_alt(visit: Visit, clerk: Page) -> None:
    send_letters(visit(scripts=False), 1, "写字")
    clerk.goto("/petitions/")
    press(clerk, "/")
    clerk.keyboard.type("gqjk?n")
    expect(clerk.locator("[name=q]")).to_have_value("gqjk?n")
    press(clerk, "Escape")
    expect(clerk.locator("[name=q]")).not_to_be_focused()
    clerk.goto("/petitions/?q=写字")
    clerk.locator("tbody a").first.click()
    expect(clerk.locator("h1")).to_contain_text("写字")
    for pressed in ("Control+m", "Alt+m", "Meta+m"):
        press(clerk, pressed)
    expect(clerk.locator(".step-form")).to_have_count(0)
    press(clerk, "m")
    expect(clerk.locator(".step-form h3").first).to_have_text("给信访人留言")


def test_the_page_of_keys_opens_by_a_key_and_switches_them_off(visit: Visit) -> None:
    page = enter(visit(), "clerk")
    page.goto("/desk")
    press(page, "?")
    expect(page).to_have_url(re.compile("/help/keys$"))
    look(page)
    page.locator("[name=on]").uncheck()
    press(page, "Control+Enter")
    expect(page.locator("[name=on]")).not_to_be_checked()
    page.goto("/desk")
    press(page, "?")
    press(page, "g", "q")
    expect(page).to_have_url(re.compile("/desk$"))
    page.goto("/help/keys")
    page.locator("[name=on]").check()
    page.locator("main form button").click()
    expect(page.locator(".flashes .notice")).to_be_visible()
    press(page, "g", "d")
    expect(page).to_have_url(re.compile("/desk$"))


def test_keys_are_read_and_switched_off_without_javascript(visit: Visit) -> None:
    page = enter(visit(scripts=False), "clerk")
    page.goto("/help/keys")
    expect(page.locator("main")).to_contain_text("Ctrl")
    page.locator("[name=on]").uncheck()
    page.locator("main form button").click()
    expect(page.locator("[name=on]")).not_to_be_checked()


def test_a_visitor_has_no_keys(page: Page) -> None:
    page.goto("/")
    press(page, "?")
    press(page, "g", "q")
    assert page.url.endswith("/")
