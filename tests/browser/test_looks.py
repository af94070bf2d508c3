"""What a look at a page finds, though it has axe read only what is built like nothing that was read before."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser import seen
from tests.browser.looks import look

SOUND = """<div class=field><label for=sound>名称</label><input id=sound type=text></div>
    <p class=hint>一</p><p><a href="/desk"><span>工作台</span></a></p><h2><span>标题</span></h2>
    <p><span aria-hidden=true></span></p><p><a href="/desk">工作台</a></p><details><summary>更多</summary><p>一</p></details>"""
FAULTS = {
    "a heading that leaves one out": ("<h5>标题</h5>", "heading-order"),
    "a heading without words": ("<h2> </h2>", "empty-heading"),
    "a picture without words": ("<img src='/static/xiafang.svg' width=40 height=40>", "image-alt"),
    "a field without a label": ("<div class=field><input name=x type=text></div>", "label"),
    "a field whose label has no words": (
        "<div class=field><label for=w></label><input id=w type=text></div>",
        "label",
    ),
    "a field that a label lost": ("<div class=field><label for=w></label></div><p><input id=v type=text></p>", "label"),
    "a link whose words are gone": ("<p><a href='/desk'><span></span></a></p>", "link-name"),
    "a heading whose words are gone": ("<h2><span></span></h2>", "empty-heading"),
    "what was folded away before": (
        "<details open><summary>更多</summary><p><img src='/static/xiafang.svg' width=40 height=40></p></details>",
        "image-alt",
    ),
    "a role without its value": ("<p><span role=checkbox tabindex=0>一</span></p>", "aria-required-attr"),
    "a link in what is hidden": (
        "<p><span aria-hidden=true><a href='/desk'>工作台</a></span></p>",
        "aria-hidden-focus",
    ),
    "a select without a label": ("<div class=field><select name=x><option>一</option></select></div>", "select-name"),
    "a label that names nothing": ("<div class=field><label for=gone>名称</label><input name=x></div>", "label"),
    "a button without words": ("<p><button class='button quiet' type=button></button></p>", "button-name"),
    "a link without words": ("<p><a href='/desk'></a></p>", "link-name"),
    "a list with something else in it": ("<ul><div>一</div></ul>", "list"),
    "an item outside of a list": ("<li>一</li>", "listitem"),
    "a role without what it needs": ("<div role=table><p>一</p></div>", "aria-required-children"),
    "a role that there is not": ("<div role=letter>一</div>", "aria-roles"),
    "a value that there is not": ("<p aria-live=loud>一</p>", "aria-valid-attr-value"),
    "an attribute that there is not": ("<p aria-lable='一'>一</p>", "aria-valid-attr"),
    "a language that there is not": ("<p lang=xiafang>一</p>", "valid-lang"),
    "a hint for filling in that there is not": (
        "<div class=field><label for=w>电话</label><input id=w autocomplete=telephone></div>",
        "autocomplete-valid",
    ),
    "what is hidden and has the focus": ("<p aria-hidden=true><a href='/desk'>工作台</a></p>", "aria-hidden-focus"),
    "a table head without words": ("<table><tr><th></th></tr><tr><td>一</td></tr></table>", "empty-table-header"),
}


def test_what_is_wrong_in_a_page_that_was_read_before_is_found(
    page: Page, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "seen").touch()
    monkeypatch.setenv(seen.FILE, str(tmp_path / "seen"))  # what is read here is nothing that the run has read
    monkeypatch.setattr(seen, "_told", seen.Told(0, set(), set()))

    def opened(html: str) -> None:
        page.goto("/letters/status")
        page.evaluate("html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", html)

    opened(SOUND)
    look(page)
    found = {}
    for what, (html, rule) in FAULTS.items():
        opened(SOUND + html)
        try:
            look(page)
        except AssertionError as error:
            found[what] = rule if f"{rule}: " in str(error) else str(error)
    assert found == {what: rule for what, (_, rule) in FAULTS.items()}
    opened(SOUND)
    look(page)
