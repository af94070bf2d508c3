"""Which pages this run has looked at, in which language, and how they were built, over all its processes.

`look` notes it. A run of the whole suite fails where a page was not looked at in both languages, so no list of pages has
to be kept (`missing`, called at the end of the run by tests/conftest.py).
"""

import os
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException

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


def note(url: str, language: str) -> None:
    """This page was looked at."""
    _write(f"looked {language} {urlsplit(url).path}")


def _write(*lines: str) -> None:
    """In one go, since others write too."""
    with open(os.environ[FILE], "ab", buffering=0) as file:
        file.write("".join(f"{line}\n" for line in lines).encode())


class Told(NamedTuple):
    """What this process has read of the file: how far, what it found, and the pages of it whatever their row."""

    place: int
    lines: set[str]
    pages: set[str]


_told = Told(0, set(), set())


def _lines() -> Told:
    global _told
    with open(os.environ[FILE], "rb") as file:
        file.seek(_told.place)
        fresh, newline, _ = file.read().rpartition(b"\n")
    lines = fresh.decode().splitlines()
    _told.lines.update(lines)
    _told.pages.update(_of_any_row(line) for line in lines if line.startswith("looked "))
    _told = _told._replace(place=_told.place + len(fresh) + len(newline))
    return _told


def looked_at(url: str, language: str) -> bool:
    """Whether this page, or the same of another row, was looked at in that language."""
    return _of_any_row(f"looked {language} {urlsplit(url).path}") in _lines().pages


def _of_any_row(line: str) -> str:
    return NUMBER.sub("0", line)


How = Literal["axe", "keyboard"]


def new(how: How, *parts: str) -> set[str]:
    """Which of these parts of a page are built as none that was read so in this run."""
    known = _lines().lines
    return {part for part in parts if _line(how, part) not in known}


def was_read(how: How, parts: set[str]) -> None:
    """These were read so, and nothing was wrong."""
    _write(*(_line(how, part) for part in parts))


def _line(how: How, part: str) -> str:
    return f"{how} - {sha256(part.encode()).hexdigest()}"


def kind_of(app: Flask, path: str) -> Kind | None:
    """Which page an address is; None where there is none."""
    try:
        endpoint, values = app.url_map.bind("").match(path)
    except HTTPException:
        return None
    return Kind(endpoint, values.get("action", ""))


def missing(app: Flask) -> Iterator[str]:
    """Each page that nobody looked at, and in which language."""
    looked = [line.split(" ", 2)[1:] for line in _lines().lines if line.startswith("looked ")]
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
