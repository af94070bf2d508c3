"""A browser for the tests: it opens pages, fills in forms and presses buttons as a person does, and checks every page.

Whatever a test is about, each page it opens on the way must be sound: see `check`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from typing import IO, Any
from urllib.parse import urljoin, urlsplit

from babel.messages.pofile import read_po
from flask import Flask, Response
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from selectolax.lexbor import LexborNode as Node
from sqlalchemy import event
from werkzeug.test import TestResponse

from blueprints.accounts.models import open_account
from core import sessions
from core.extensions import db, settle
from core.pages import HEADERS

CATALOGUE = Path(__file__).parent.parent / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
LANGUAGES = {"zh": "zh-Hans-CN", "en": "en"}
TYPED = "input:not([type=hidden]):not([type=submit]):not([type=button]), select, textarea"
# Something of a page may be a script in an attribute, or lead elsewhere: then each of its attributes is looked at.
SUSPECT = re.compile(
    r"""[\s"'/](?:on|hx-on)[\w:-]*\s*=|(?:src|href|action)\s*=\s*["']?(?:\s*(?:[a-z][\w+.-]*:)?//|[^"'>\s]*&(?!amp;))""",
    re.I,
)
Value = str | bool | Sequence[str] | tuple[IO[bytes], str] | Sequence[tuple[IO[bytes], str]]


class Page:
    """What came back, and how a person would read it."""

    def __init__(self, response: TestResponse, path: str) -> None:
        self.response = response
        self.status = response.status_code
        self.path = path
        self.is_html = response.mimetype == "text/html"
        self.html = response.get_data(as_text=True) if self.is_html else ""
        self.tree = HTMLParser(self.html)

    @property
    def title(self) -> str:
        return self.one("head title").text(strip=True)

    @property
    def heading(self) -> str:
        return squeeze(self.one("h1").text())

    @property
    def text(self) -> str:
        """What a person can read on the page, white space made single."""
        return squeeze(" ".join(text for text, where in readable(self.tree) if not _marked(where)))

    def all(self, selector: str) -> list[Node]:
        return self.tree.css(selector)

    def one(self, selector: str) -> Node:
        found = self.tree.css(selector)
        assert len(found) == 1, f"{self.path} has {len(found)} of {selector}, not one"
        return found[0]

    def texts(self, selector: str) -> list[str]:
        return [squeeze(node.text(separator=" ")) for node in self.all(selector)]

    @property
    def buttons(self) -> list[str]:
        """What can be pressed on this page, outside its head and foot."""
        return self.texts("main button")

    def form(self, which: str) -> tuple[Node, Node | None]:
        """The form with this id or action, or the one with a button of this text or value; and that button."""
        for form in self.all("form"):
            if which in (form.attributes.get("id"), form.attributes.get("action")):
                return form, form.css_first("button:not([type=button]), input[type=submit]")
        for button in self.all("button"):
            if which in (squeeze(button.text(separator=" ")), button.attributes.get("value")):
                owner = button.attributes.get("form")
                home = self.one(f"form#{owner}") if owner else _ancestor(button, "form")
                assert home is not None, f"the button {which!r} on {self.path} belongs to no form"
                return home, button
        raise AssertionError(f"no form or button {which!r} on {self.path}; buttons: {self.texts('button')}")


class Browser:
    """One visitor with their own cookies. `page` is what they see now: at first the front page, or their desk."""

    def __init__(self, app: Flask, language: str = "zh") -> None:
        self.app = app
        self.client = app.test_client()
        self.language = language
        self.home = "/"

    @cached_property
    def page(self) -> Page:
        """What they see now; each answer takes its place."""
        return self._open("GET", self.home, 200)

    def get(self, path: str, expect: int = 200, headers: dict[str, str] | None = None) -> Page:
        """Open an address; redirects are followed."""
        return self._open("GET", path, expect, headers=headers)

    def post(
        self, path: str, data: dict[str, Any] | None = None, expect: int = 200, headers: dict[str, str] | None = None
    ) -> Page:
        """Send something that no form on the page would send; redirects are followed."""
        return self._open("POST", path, expect, data=data or {}, headers=headers)

    def follow(self, link: str, expect: int = 200) -> Page:
        """Click the link with this text or address."""
        for node in self.page.all("a[href]"):
            href = node.attributes["href"] or ""
            if link in (href, squeeze(node.text(separator=" "))):
                return self.get(urljoin(self.page.path, href), expect)
        raise AssertionError(f"no link {link!r} on {self.page.path}")

    def submit(self, which: str, expect: int = 200, fields: dict[str, Value] | None = None, **more: Value) -> Page:
        """Fill in a form and press its button; what is not named keeps the value that stands in the page.

        `which` is the form's id or action, or its button's text or value. A name that the form does not have fails.
        """
        form, button = self.page.form(which)
        data = _filled(form)
        for name, value in {**(fields or {}), **more}.items():
            assert name in _names(form), f"the form {which!r} on {self.page.path} has no {name}: {sorted(_names(form))}"
            if value is False:
                data.pop(name, None)
            else:
                data[name] = "y" if value is True else value
        if button is not None and (pressed := button.attributes.get("name")):
            data[pressed] = button.attributes.get("value") or ""
        own = button.attributes if button is not None else {}
        target = urljoin(self.page.path, own.get("formaction") or form.attributes.get("action") or self.page.path)
        if (form.attributes.get("method") or "get").lower() == "get":
            return self._open("GET", target, expect, query=data)
        return self._open("POST", target, expect, data=data)

    def sign_in(self, username: str, password: str) -> Page:
        self.get("/sign-in")
        return self.submit("/sign-in", username=username, password=password)

    def arrive(self, username: str) -> None:
        """Have signed in: what the page of sign-in does once the password is right, without drawing it and the desk.

        Most tests begin with two or three people at their desks; how they come there is a matter of tests/accounts.
        """
        with self.app.test_request_context("/sign-in", method="POST"):
            user = open_account(username)
            assert user is not None, f"nobody is called {username}"
            user.signs_in(None)
            sessions.begin(sessions.current(), user_id=user.id)
            answer = self.app.process_response(settle(Response()))
            assert answer.status_code == 200
        for cookie in answer.headers.getlist("Set-Cookie"):
            name, _, rest = cookie.partition("=")
            self.client.set_cookie(name, rest.partition(";")[0])
        self.home = "/desk"

    def _open(
        self,
        method: str,
        path: str,
        expect: int,
        data: dict[str, Any] | None = None,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Page:
        sent = {"Accept-Language": LANGUAGES[self.language], **(headers or {})}
        response = self.client.open(path, method=method, data=data, query_string=query, headers=sent)
        for _ in range(5):
            check_headers(response, path)
            if response.status_code not in (301, 302, 303, 307, 308):
                break
            assert response.status_code == 303 or method == "GET", f"{path}: a POST is answered with 303"
            path = urljoin(path, response.headers["Location"])
            assert not urlsplit(path).netloc, f"sent to another server: {path}"
            response = self.client.get(path, headers=sent)
        self.page = Page(response, path)
        assert response.status_code == expect, (
            f"{method} {path}: {response.status_code}, not {expect}\n{self.page.text}"
        )
        if self.page.is_html and "HX-Request-Type" not in sent:
            check(self.page, self.language)
        return self.page


# --- what must be right on every page ------------------------------------------------------------------------------


def check_headers(response: TestResponse, path: str) -> None:
    """The strict headers stand on every answer, errors and downloads included."""
    for name, value in HEADERS.items():
        if name == "Content-Security-Policy":
            policy = response.headers.get(name, "")
            assert policy.startswith("default-src 'none'"), f"{path}: no strict content policy"
            assert "unsafe" not in policy, f"{path}: {policy}"
        else:
            assert response.headers.get(name) == value, f"{path}: {name} is {response.headers.get(name)!r}"
    if not path.startswith("/static/"):
        assert "no-store" in response.headers.get("Cache-Control", ""), f"{path} may be kept by the browser"


def check(page: Page, language: str) -> None:
    """One h1, the title begins with it; ids unique; each form has its token; labels; one language; nothing inline."""
    problems = list(_problems(page, language))
    assert not problems, f"{page.path} ({page.status}): " + "; ".join(problems)


def _problems(page: Page, language: str) -> Iterator[str]:
    tree = page.tree
    html = page.one("html")
    if html.attributes.get("lang") != LANGUAGES[language]:
        yield f"the page's language is {html.attributes.get('lang')!r}"
    headings = page.texts("h1")
    if len(headings) != 1:
        yield f"{len(headings)} headings h1"
    elif not squeeze(page.title).startswith(headings[0]):
        yield f"the title {page.title!r} does not begin with the heading {headings[0]!r}"
    if len(page.all("main")) != 1:
        yield "there is not one main part"

    ids = Counter(node.attributes["id"] for node in tree.css("[id]"))
    for twice, times in ids.items():
        if times > 1:
            yield f"the id {twice!r} is there {times} times"
    for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls", "aria-errormessage", "form"):
        for node in tree.css(f"[{attribute}]"):
            for name in (node.attributes[attribute] or "").split():
                if name not in ids:
                    yield f"{attribute}={name!r} points to nothing"
    for node in tree.css("a[href^='#']"):
        if (target := (node.attributes["href"] or "")[1:]) and target not in ids:
            yield f"the link #{target} points to nothing"

    labelled = {node.attributes["for"] for node in tree.css("label[for]")}
    for node in tree.css(TYPED):
        inside = _ancestor(node, "label") is not None
        if not (inside or node.attributes.get("id") in labelled or node.attributes.get("aria-label")):
            yield f"the field {node.attributes.get('name')!r} has no label"
    for form in tree.css("form:not([action='/language'])"):  # the language opens nothing, and works after an error
        if (form.attributes.get("method") or "").lower() == "post":
            token = form.css_first("input[name=csrf_token]")
            if token is None or not token.attributes.get("value"):
                yield f"the form {form.attributes.get('action')!r} has no token"

    for node in tree.css("[style], style"):
        yield f"a style inside <{node.tag}>"
    for node in tree.css("script:not([src])"):
        yield f"a script inside the page: {node.text()[:40]!r}"
    for node in tree.css("*") if SUSPECT.search(page.html) else ():
        for name, value in node.attributes.items():
            if name.startswith(("on", "hx-on")):
                yield f"a script in {name} of <{node.tag}>"
            elif name in ("src", "href", "action", "formaction") and urlsplit(value or "").netloc:
                yield f"{name} leads to another server: {value}"

    if language == "zh":
        source = _source_texts()
        for text, where in readable(tree):
            if squeeze(text) in source and not _marked(where):
                yield f"not in Chinese: {squeeze(text)!r} in <{where.tag}>"


def squeeze(text: str) -> str:
    """The text with its white space made single."""
    return " ".join(text.split())


def readable(tree: HTMLParser) -> Iterator[tuple[str, Node]]:
    """Each piece of text that somebody reads, and the element it is in."""
    body = tree.body
    if body is None:
        return
    for node in body.traverse(include_text=True):
        parent, text = node.parent, node.text_content
        if node.tag != "-text" or parent is None or not text or not text.strip():
            continue
        if parent.tag not in ("script", "template", "textarea"):
            yield text, parent


def _marked(node: Node) -> bool:
    """Whether the text is marked as being in another language than the page, or as what somebody wrote."""
    step: Node | None = node
    while step is not None and step.tag != "html":
        if "lang" in step.attributes or step.attributes.get("translate") == "no":
            return True
        step = step.parent
    return False


@cache
def _source_texts() -> frozenset[str]:
    """The English texts that have another text in Chinese: none of them may stand on a Chinese page."""
    if not CATALOGUE.exists():
        return frozenset()
    with CATALOGUE.open("rb") as file:
        messages = [each for each in read_po(file) if isinstance(each.id, str) and each.string and each.id]
    plain = (each.id for each in messages if each.string != each.id and not re.search(r"%\(|\{", str(each.id)))
    return frozenset(squeeze(str(each)) for each in plain if len(str(each)) > 3)


# --- forms, as a browser reads them --------------------------------------------------------------------------------


def _names(form: Node) -> set[str]:
    return {name for node in form.css("input, select, textarea, button") if (name := node.attributes.get("name"))}


def _filled(form: Node) -> dict[str, Any]:
    """What the form would send as it stands."""
    data: dict[str, Any] = {}
    for node in form.css("input, select, textarea"):
        name = node.attributes.get("name")
        kind = (node.attributes.get("type") or "text").lower()
        if not name or "disabled" in node.attributes or kind in ("submit", "button", "file", "image"):
            continue
        if kind in ("checkbox", "radio"):
            if "checked" in node.attributes:
                chosen = node.attributes.get("value")
                _add(data, name, "on" if chosen is None else chosen)
        elif node.tag == "select":
            options = node.css("option[selected]") or ([] if "multiple" in node.attributes else node.css("option")[:1])
            for option in options:
                value = option.attributes.get("value")
                _add(data, name, squeeze(option.text()) if value is None else value)
        elif node.tag == "textarea":
            _add(data, name, node.text().removeprefix("\n"))
        else:
            _add(data, name, node.attributes.get("value") or "")
    return data


def _add(data: dict[str, Any], name: str, value: str) -> None:
    if name not in data:
        data[name] = value
    elif isinstance(data[name], list):
        data[name].append(value)
    else:
        data[name] = [data[name], value]


def _ancestor(node: Node, tag: str) -> Node | None:
    step = node.parent
    while step is not None and step.tag != tag:
        step = step.parent
    return step


# --- counting ------------------------------------------------------------------------------------------------------


@contextmanager
def queries(app: Flask) -> Iterator[list[str]]:
    """The statements sent to the database within the block; beginnings and ends of transactions are not counted."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
