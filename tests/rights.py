"""Prints docs/rights.txt: who gets in where, asked of the application itself. `python -m tests.rights > docs/rights.txt`"""

import dataclasses
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from werkzeug.routing import Rule

from app import create_app
from blueprints.petitions.docket.domain import WORKFLOW, State
from core.permissions import may, permission_of
from core.roles import Role, Viewer
from settings import HOME, Settings

PAGE = HOME / "docs" / "rights.txt"

_HEAD = """\
Who gets in where. Printed from the code by `python -m tests.rights`; a test compares. Do not edit.

A: may. A dot: refused. Whether a certain letter is open to somebody is decided for each letter besides (its unit, who
filed it, whom it complains of): what is not open there does not exist for that person.
"""


def somebody(role: Role) -> Viewer:
    """Anybody of that role."""
    return Viewer(1, "", role, 1, "", (1,), "", b"", must_change=False)


def _lines(app: Flask) -> Iterator[str]:
    yield _HEAD
    yield _row("Addresses", "", ["public", *Role])
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint == "static":
            continue
        permission = permission_of(app.view_functions[rule.endpoint]) or ""
        let_in = [permission and may(who, permission) for who in (None, *map(somebody, Role))]
        for method in _methods(rule):
            yield _row(method, re.sub(r"<[^>]*:(\w+)>", r"<\1>", rule.rule), ["A" if each else "." for each in let_in])
    yield ""
    yield _row("Steps", "in state", ["public", *Role])
    for step in WORKFLOW:
        for state in State:
            let_in = [step in WORKFLOW.open_to(role, state) and may(somebody(role), "petitions.move") for role in Role]
            if any(let_in):
                yield _row(step.action, state, [".", *("A" if each else "." for each in let_in)])


def _methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def _row(first: str, second: str, cells: list[str]) -> str:
    return f"{first:<10}{second:<38}{''.join(f'{cell:<14}' for cell in cells)}".rstrip()


def text(app: Flask) -> str:
    """The whole page."""
    return "\n".join(_lines(app)) + "\n"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(text(create_app(dataclasses.replace(Settings(), INSTANCE=Path(folder)))))
