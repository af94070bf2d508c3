"""The test browser itself: it sees each fault that it promises to see, and fills in a form as a browser does."""

import pytest
from flask import Flask, Response, request

from core.pages import HEADERS
from tests.browse import Browser

SOUND = """<!doctype html><html lang="zh-Hans-CN"><head><title>来信 · 下访</title></head><body><main id="main">
<h1>来信</h1><a href="#main">正文</a>
<form id="letter" method="post" action="/echo"><input type="hidden" name="csrf_token" value="t">
<label for="name">姓名</label><input id="name" name="name" value="王">
<label for="text">内容</label><textarea id="text" name="text">\nold</textarea>
<label for="kind">类别</label><select id="kind" name="kind"><option value="a">甲<option value="b" selected>乙</select>
<label><input type="checkbox" name="by_post" checked>邮寄</label> <label><input type="radio" name="r" value="1">一</label>
<button name="step" value="send">寄出</button></form></main></body></html>"""


def office(html: str, headers: dict[str, str] | None = None) -> Browser:
    app = Flask("small")
    strict = {**HEADERS, "Cache-Control": "no-store"} if headers is None else headers
    app.add_url_rule("/", view_func=lambda: Response(html, headers=strict))

    def echo() -> Response:
        sent = "; ".join(f"{name}={value}" for name, value in request.form.items(multi=True))
        return Response(SOUND.replace("正文", sent), headers=strict)

    app.add_url_rule("/echo", view_func=echo, methods=["POST"])
    return Browser(app)


def test_a_sound_page_passes_and_a_form_sends_what_stands_in_it() -> None:
    browser = office(SOUND)
    browser.get("/")
    page = browser.submit("letter", text="new")
    assert "csrf_token=t; name=王; text=new; kind=b; by_post=on; step=send" in page.text
    assert "kind=a; step=send" in browser.submit("寄出", kind="a", by_post=False).text


def test_a_field_that_the_form_does_not_have_cannot_be_filled_in() -> None:
    browser = office(SOUND)
    browser.get("/")
    with pytest.raises(AssertionError, match="has no nmae"):
        browser.submit("letter", nmae="王")


# fmt: off
FAULTS = {  # what is wrong: (what stands in the sound page, what stands there instead, what the browser says)
    "no heading":      ("<h1>来信</h1>",         "",                              "0 headings"),
    "two headings":    ("<h1>来信</h1>",         "<h1>来信</h1><h1>又</h1>",       "2 headings"),
    "another title":   ("<title>来信",           "<title>去信",                    "does not begin with"),
    "another language": ('lang="zh-Hans-CN"',    'lang="en"',                     "the page's language"),
    "an id twice":     ('id="kind"',             'id="name"',                     "is there 2 times"),
    "no token":        ('name="csrf_token"',     'name="other"',                  "has no token"),
    "an empty token":  ('value="t"',             'value=""',                      "has no token"),
    "no label":        ('<label for="name">',    "<label>",                       "'name' has no label"),
    "a lost label":    ('<label for="name">',    '<label for="nobody">',          "points to nothing"),
    "a lost link":     ('href="#main"',          'href="#nobody"',                "points to nothing"),
    "another server":  ('href="#main"',          'href="//example.org/"',         "another server"),
    "one in signs":    ('href="#main"',          'href="&#47;/example.org/"',      "another server"),
    "one by its name": ('href="#main"',          "href=' https://example.org/'",  "another server"),
    "a hidden one":    ("<h1>",                  "<h1/onfocus = x()>",            "a script in onfocus"),
    "a style":         ("<h1>",                  '<h1 style="color:red">',        "a style inside"),
    "a handler":       ("<h1>",                  '<h1 onclick="x()">',            "a script in onclick"),
    "a script":        ("<h1>",                  "<script>x()</script><h1>",      "a script inside"),
}
# fmt: on


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_of_a_page_is_seen(fault: str) -> None:
    sound, broken, said = FAULTS[fault]
    assert sound in SOUND
    with pytest.raises(AssertionError, match=said):
        office(SOUND.replace(sound, broken)).get("/")


def test_a_missing_header_is_seen() -> None:
    with pytest.raises(AssertionError, match="no strict content policy"):
        office(SOUND, {"Cache-Control": "no-store"}).get("/")
    with pytest.raises(AssertionError, match="may be kept by the browser"):
        office(SOUND, HEADERS).get("/")


def test_an_english_text_on_a_chinese_page_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.browse._source_texts", lambda: frozenset({"Sign out"}))
    with pytest.raises(AssertionError, match="not in Chinese"):
        office(SOUND.replace("正文", "Sign\n out")).get("/")
    office(SOUND.replace("正文", '<span lang="en">Sign out</span>')).get("/")
