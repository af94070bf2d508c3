"""Who gets in where stands in a file that a change of rights changes; and the file tells the truth."""

import pytest
from flask import Flask

from core.roles import Role
from tests import rights
from tests.browse import Browser
from tests.people import PASSWORD, PEOPLE

WHO = {role: username for username, _, role, _ in reversed(PEOPLE)}


def test_the_file_says_what_the_code_says(sqlite_office: Flask) -> None:
    with rights.PAGE.open(encoding="utf-8") as page:
        assert page.read() == rights.text(sqlite_office), "rights changed: `python -m tests.rights > docs/rights.txt`"


@pytest.mark.parametrize("role", [None, *Role])
def test_every_page_opens_to_just_those_whom_the_file_names(sqlite_office: Flask, role: Role | None) -> None:
    person = Browser(sqlite_office)
    if role:
        person.sign_in(WHO[role], PASSWORD)
    column = 1 + (list(Role).index(role) + 1 if role else 0)
    opened = 0
    for line in rights.addresses(sqlite_office):
        cells = line.split()
        if not line.startswith("GET") or "<" in line:
            continue
        answer = person.client.get(cells[1])
        let_in = answer.status_code == 200 or answer.headers.get("Location", "") == "/desk"
        assert let_in == (cells[1 + column] == "A"), f"{role} {cells[1]}: {answer.status_code}"
        opened += let_in
    assert opened >= 5
