"""Prints docs/rights.txt: who gets in where, asked of the application itself. `python -m tests.rights > docs/rights.txt`"""

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
from flask import Flask
from werkzeug.routing import Rule

import rooms
from app import create_app
from blueprints.accounts.models import Unit, User
from blueprints.petitions.docket.domain import State
from blueprints.petitions.docket.models import load
from blueprints.petitions.retention.domain import WHO
from blueprints.petitions.screening import models as items
from core.extensions import db
from core.permissions import may, permission_of
from core.roles import Role, Viewer
from settings import HOME, Settings
from tests.letters import FARMING, PUMPS, VILLAGE, WATER, put, unit_id, viewer
from tests.people import PASSWORD, open_office
from tests.rounds import found, issue

PAGE = HOME / "docs" / "rights.txt"

_HEAD = """\
Who gets in where. Printed from the code by `python -m tests.rights`; a test compares. Do not edit.

A: may. A dot: refused. Whether a certain letter is open to somebody is decided for each letter besides, as the last
table says: what is not open there does not exist for that person.
"""


def somebody(role: Role) -> Viewer:
    """Anybody of that role."""
    return Viewer(1, "", role, 1, "", (1,), "", b"", must_change=False)


def addresses(app: Flask) -> Iterator[str]:
    """The first table."""
    yield _row("Addresses", "", ["public", *Role])
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint == "static":
            continue
        permission = permission_of(app.view_functions[rule.endpoint]) or ""
        let_in = [permission and may(who, permission) for who in (None, *map(somebody, Role))]
        for method in _methods(rule):
            yield _row(method, re.sub(r"<[^>]*:(\w+)>", r"<\1>", rule.rule), ["A" if each else "." for each in let_in])


def _lines(app: Flask) -> Iterator[str]:
    yield _HEAD
    yield from addresses(app)
    yield ""
    for table in rooms.tables():
        yield _row(table.name.capitalize(), "in state", ["public", *Role])
        for step in table.workflow:
            for state in table.states:
                let_in = [
                    step in table.workflow.open_to(role, state) and may(somebody(role), table.permission)
                    for role in Role
                ]
                if any(let_in):
                    yield _row(step.action, state, [".", *("A" if each else "." for each in let_in)])
        yield ""

    yield _row("Retention", "", ["public", *Role])
    for action, who in WHO.items():
        let_in = [role in who and may(somebody(role), "protection.retention") for role in Role]
        yield _row(action, "", [".", *("A" if each else "." for each in let_in)])
    yield ""
    yield _row("Letters", "", ["public", *Role])
    with app.app_context():
        for what, ids in _letters(app).items():
            let_in = [_finds(id, viewer(f"any.{role}")) for role, id in zip(Role, ids, strict=True)]
            yield _row("", what, [".", *("A" if each else "." for each in let_in)])
        yield ""
        yield _row("Returned", "", ["public", *Role])
        for what, ids in _items().items():
            let_in = [_finds_item(id, viewer(f"any.{role}")) for role, id in zip(Role, ids, strict=True)]
            yield _row("", what, [".", *("A" if each else "." for each in let_in)])


def _items() -> dict[str, list[int]]:
    """Items of a screening in the same office."""
    round = issue()

    def all_of(by: str, **about: str) -> list[int]:
        return [found(round, by=by, **about)] * len(Role)

    return {
        "by the own unit": all_of("any.handler"),
        "by another unit": all_of("handler2"),
        "by the own village": all_of("any.contact"),
        "by a colleague in the village": all_of("contact"),
        "about the own unit": all_of("handler2", against=PUMPS),
        "about a unit above the own": all_of("handler2", against=WATER),
        "about a colleague": all_of("handler2", person="卫同事"),
        "about this person": [found(round, by="handler2", person=_name(role)) for role in Role],
    }


def _finds_item(id: int, who: Viewer) -> bool:
    return may(who, "screening.read") and items.load(id, who) is not None


def _letters(app: Flask) -> dict[str, list[int]]:
    """Letters in an office of the tests: of each sort one for each role, or the same for all."""
    for username, name, role in [
        ("colleague", "卫同事", Role.CLERK),
        *((f"any.{role}", _name(role), role) for role in Role),
    ]:
        unit = db.session.get_one(Unit, unit_id(PUMPS))
        village = VILLAGE if role is Role.CONTACT else None
        User.open(username, name, role, unit, PASSWORD, by=None, place_code=village, must_change=False)
    db.session.commit()

    def all_of(state: State = State.RECEIVED, **about: str) -> list[int]:
        return [put(app, state, **about).id] * len(Role)  # type: ignore[arg-type]

    return {
        "new": all_of(),
        "with the own unit": all_of(State.ASSIGNED, unit=PUMPS),
        "with another unit": all_of(State.ASSIGNED, unit=FARMING),
        "filed by this person": [put(app, by=f"any.{role}").id for role in Role],
        "about another unit": all_of(against=FARMING),
        "about the own unit": all_of(against=PUMPS),
        "about a unit above the own": all_of(against=WATER),
        "about a colleague": all_of(person="卫同事"),
        "about this person": [put(app, by=f"any.{role}", person=_name(role)).id for role in Role],
    }


def _name(role: Role) -> str:
    return f"某{'甲乙丙丁戊己庚'[list(Role).index(role)]}"


def _finds(id: int, who: Viewer) -> bool:
    return may(who, "petitions.read") and load(id, who) is not None


def _methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def _row(first: str, second: str, cells: list[str]) -> str:
    return f"{first:<10}{second:<37} {''.join(f'{cell:<14}' for cell in cells)}".rstrip()


def text(app: Flask) -> str:
    """The whole page."""
    return "\n".join(_lines(app)) + "\n"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        office = create_app(Settings(INSTANCE=Path(folder), DEMO=False, ARGON2_TIME_COST=1, ARGON2_MEMORY_KIB=8))
        with office.app_context():
            flask_migrate.upgrade()
            open_office()
            db.session.commit()
        sys.stdout.write(text(office))
