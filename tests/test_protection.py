"""Nobody learns or receives what is not theirs: attacks on the seams between rooms, each of which must fail."""

from collections.abc import Callable

from flask import Flask

from tests.browse import Browser
from tests.letters import WATER, look_up, petition, put

SignIn = Callable[..., Browser]


def _token(browser: Browser) -> str:
    return browser.page.all("main input[name=csrf_token]")[0].attributes["value"] or ""


# --- one browser, two letters ---------------------------------------------------------------------------------------


def test_what_is_written_on_the_page_of_one_letter_never_goes_to_another(app: Flask) -> None:
    complaint, other = put(app, subject="投诉", against=WATER), put(app, subject="别的事")
    first, second = Browser(app), Browser(app)
    look_up(first, complaint.code)
    second.client = first.client  # another tab of the same browser
    second.get("/letters/status")
    second.post("/letters/status", {"csrf_token": _token(second), "receipt": other.code})
    told = first.submit("/letters/status/message", expect=422, text="只说给投诉的经办人")
    assert "别的事" in told.text
    assert "只说给投诉的经办人" in told.html  # still there, to be copied or sent
    assert petition(app, other.id).version == petition(app, complaint.id).version == 1
    first.submit("/letters/status/message", text="这是别的事的话")  # now it was said which letter it is
    assert petition(app, other.id).version == 2
