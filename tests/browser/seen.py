"""Which pages this run has looked at, in which language, and how they were built, over all its processes.

`look` notes it. A run of the whole suite fails where a page was not looked at in both languages, so no list of pages has
to be kept (`missing`, called at the end of the run by tests/conftest.py).
"""

import os
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException

if TYPE_CHECKING:
    from playwright.sync_api import Page

FILE = (
    "XIAFANG_SEEN"  # the environment variable with the file's path: the workers of a run have it from the first process
)
NO_PAGE = re.compile(r"\.(pdf|xlsx|ics)$|/files/|/photos/<|^/healthz$|^/static/")
LEAD_ON = {"daily.following", "register.article"}  # to another page, always
NUMBER = re.compile(r"\d+")


class Kind(NamedTuple):
    """Which page: its view, and the step where the view draws several."""

    endpoint: str
    action: str


def note(page: "Page") -> None:
    """This page was looked at."""
    language = page.locator("html").get_attribute("lang") or ""
    with open(os.environ[FILE], "a", encoding="utf-8") as file:  # one short line: written whole or not at all
        file.write(f"looked {language[:2]} {urlsplit(page.url).path}\n")


def _lines() -> set[str]:
    with open(os.environ[FILE], encoding="utf-8") as file:
        return {line.rstrip("\n") for line in file}


def looked_at(url: str, language: str) -> bool:
    """Whether this page, or the same of another row, was looked at in that language."""
    page = NUMBER.sub("0", f"looked {language} {urlsplit(url).path}")
    return any(NUMBER.sub("0", line) == page for line in _lines())


def new(how: Literal["look", "axe", "keyboard"], built: str) -> bool:
    """Whether no page of this run that was built like this one was read so until now."""
    line = f"{how} - {sha256(built.encode()).hexdigest()}"
    if line in _lines():
        return False
    with open(os.environ[FILE], "a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    return True


def kind_of(app: Flask, path: str) -> Kind | None:
    """Which page an address is; None where there is none."""
    try:
        endpoint, values = app.url_map.bind("").match(path)
    except HTTPException:
        return None
    return Kind(endpoint, values.get("action", ""))


def missing(app: Flask) -> Iterator[str]:
    """Each page that nobody looked at, and in which language."""
    looked = [line.split(" ", 2)[1:] for line in _lines() if line.startswith("looked ")]
    seen = {(language, kind.endpoint) for language, path in looked if (kind := kind_of(app, path))}
    for rule in app.url_map.iter_rules():
        if (
            rule.endpoint not in LEAD_ON
            and "GET" in (rule.methods or ())
            and not NO_PAGE.search(re.sub("<[^>]*:file>", "/files/", rule.rule))
        ):
            for language in ("zh", "en"):
                if (language, rule.endpoint) not in seen:
                    yield f"{rule.endpoint} ({language})"
