"""A petitioner writes for longer than the letter stays open in the browser: what they wrote is not lost."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask

from blueprints.petitions.docket.domain import State
from tests import letters
from tests.browse import Browser

Away = Callable[[], None]
LONG = "水泵昨天又坏了，请尽快派人来看。\n" * 20


@pytest.fixture
def writer(app: Flask) -> Browser:
    """A petitioner who has the letter open."""
    browser = Browser(app, "en")
    letters.look_up(browser, put(app).code)
    return browser


def put(app: Flask) -> letters.Put:
    return letters.put(app, State.SIGNED)


def test_a_message_goes_through_the_question_for_the_code(app: Flask, away: Away) -> None:
    letter, browser = put(app), Browser(app, "en")
    letters.look_up(browser, letter.code)
    away()
    browser.submit("/letters/status/message", expect=401, text=LONG)
    assert browser.page.heading == "Look up a letter"
    assert "Nothing you wrote is lost" in browser.page.text
    browser.submit("/letters/status", expect=404, receipt="3" * 20)  # mistyped: it is still carried along
    browser.submit("/letters/status", receipt=letter.code)
    assert browser.page.one("textarea").text().strip() == LONG.strip()
    browser.submit("Send again")
    assert browser.page.path == "/letters/status"
    assert LONG.split("\n")[0] in browser.page.text
    with app.app_context():
        (message,) = letters.petition(app, letter.id).messages(all_of_them=True)
        assert message.text == LONG.strip()


def test_a_file_has_to_be_chosen_again_and_the_page_says_so(app: Flask, away: Away) -> None:
    letter, browser = put(app), Browser(app, "en")
    letters.look_up(browser, letter.code)
    away()
    note = (BytesIO(b"a note"), "note.txt")
    browser.submit("/letters/status/message", expect=401, fields={"text": LONG, "files": note})
    browser.submit("/letters/status", receipt=letter.code)
    assert "Files have to be chosen again" in browser.page.text
    browser.submit("Send again", files=(BytesIO(b"a note"), "note.txt"))
    assert "note.txt" in browser.page.text


def test_a_rating_goes_the_same_way(app: Flask, away: Away) -> None:
    letter, browser = put(app), Browser(app, "en")
    letters.look_up(browser, letter.code)
    away()
    browser.submit("/letters/status/rating", expect=401, satisfaction="satisfied", words="Well done.")
    browser.submit("/letters/status", receipt=letter.code)
    browser.submit("Send again")
    assert letters.petition(app, letter.id).satisfaction == "satisfied"


def test_what_is_carried_along_does_not_go_to_another_letter(app: Flask, away: Away, writer: Browser) -> None:
    other = put(app)
    away()
    writer.submit("/letters/status/message", expect=401, text=LONG)
    writer.submit("/letters/status", receipt=other.code)
    writer.submit("Send again", expect=422)
    assert "another letter" in writer.page.text
    with app.app_context():
        assert not letters.petition(app, other.id).messages(all_of_them=True)


def test_the_receipt_code_is_never_carried_along(writer: Browser, away: Away) -> None:
    away()
    writer.submit("/letters/status/message", expect=401, text=LONG)
    carried = writer.page.one("input[name=kept]").attributes["value"]
    assert carried
    writer.post("/letters/status", {"receipt": "12345678901234567890", "kept": carried}, expect=400)
    assert "12345678901234567890" not in writer.page.html


def test_a_message_without_its_token_is_not_taken(app: Flask, writer: Browser) -> None:
    about = writer.page.all("input[name=about]")[0].attributes["value"]
    writer.post("/letters/status/message", {"text": LONG, "about": about}, expect=422)
    assert writer.page.one("textarea[name=text]").text().strip() == LONG.strip()
    writer.post("/letters/status/rating", {"satisfaction": "satisfied", "about": about}, expect=422)
    writer.submit("/letters/status/message", text=LONG)
    assert LONG.split("\n")[0] in writer.page.text
