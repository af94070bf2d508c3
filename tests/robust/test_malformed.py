"""Whatever is sent, the answer is a page and never a fault of ours: checked on every address and every form there is.

The addresses come from the application's own map and the forms from the pages themselves, so that a later room is
covered without a word here.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_from_bytes, quote_plus, unquote, urljoin

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule

from blueprints.petitions.docket.domain import State
from core.cleaning import Cleaned
from core.permissions import PERMISSIONS, permission_of
from core.roles import Role
from tests import letters, visits
from tests.browse import Page, _filled
from tests.robust.conftest import ELSEWHERE, LETTER, entered, is_told

ROLES = (None, *Role)

HOSTILE = {
    "nothing": b"",
    "NUL": b"a\0b",
    "control characters": b"\x01\x07\x1b[31m\x7f\xc2\x85",
    "lone surrogate": b"\xed\xa0\x80",
    "not UTF-8": b"\xff\xfe\xc3\x28",
    "thirty digits": b"9" * 30,
    "largest id and one": b"9223372036854775808",
    "full-width digits": "１２３４５".encode(),
    "digits of no number": "²³".encode(),
    "digits of another script": "٣٤٥".encode(),
    "below nothing": b"-1",
    "not a number": b"nan",
    "markup": b"\"'><script>alert(1)</script>{{7*7}}${7}%s",
    "a second header": b"x\r\nSet-Cookie: stolen=1",
    "reading direction": "\u202e\u2066gpj.exe".encode(),
    "no such day": b"2026-02-30",
    "the last day of all": b"9999-12-31",
    "long": "长".encode() + b"x" * 21_000,
}
IN_QUERIES = (
    "NUL",
    "lone surrogate",
    "not UTF-8",
    "thirty digits",
    "full-width digits",
    "digits of no number",
    "below nothing",
)
TURNS = 3  # of each page
NASTIEST = ("NUL", "thirty digits")


@pytest.fixture
def busy_office(app: Flask) -> Flask:
    """An office with a matter in each state, with files, names and papers."""
    for state in State:
        letters.put(app, state, files=(Cleaned("note.txt", "txt", b"a note"),), person="某人", against=letters.FARMING)
    visits.put_visit(app)
    visits.put_day(app)
    visits.put_hours(app)
    return app


def encoded(pairs: list[tuple[str, bytes]]) -> bytes:
    return "&".join(f"{quote_plus(name)}={quote_from_bytes(value)}" for name, value in pairs).encode()


# --- every address -------------------------------------------------------------------------------------------------

IDS = ("0", "9" * 18, "9" * 30, "１２", "²", "-1", "%00", "%ED%A0%80")
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "TRACE")
PLACE = re.compile(r"<(?:any\(([^,)]*)[^)]*\):)?[^>]*>")


def addresses(rule: Rule) -> Iterator[str]:
    """The rule's address, and one for each hostile value in each of its places."""
    for value in IDS if rule.arguments else ("",):
        yield PLACE.sub(lambda found: found[1] or value, rule.rule)  # noqa: B023 - called at once


def test_no_address_and_no_method_gives_a_fault(app: Flask, database: str) -> None:
    clients = {role: entered(app, role) for role in ROLES}
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    assert len(rules) > 25
    taken: dict[str, set[str]] = {}
    for rule in rules:
        taken.setdefault(next(addresses(rule)), set()).update(rule.methods or ())
    there = app.url_map.bind("127.0.0.1")
    reached = 0
    led_nowhere: set[tuple[str, str]] = set()
    for rule in rules:
        client = clients[may(app, rule)[0]]
        for value, address in zip(IDS, addresses(rule), strict=False):
            leads = there.test(unquote(address), "GET")
            reached += leads
            nowhere = (rule.endpoint.partition(".")[0], value)
            if leads or (database == "sqlite" and nowhere not in led_nowhere):
                is_told(client.get(address, buffered=True), address)
            if not leads:  # it reaches no view, whatever the database: once in a room is enough
                led_nowhere.add(nowhere)
        for method in METHODS if database == "sqlite" else ():  # nor does a method that none has
            address = next(addresses(rule))
            answer = client.open(address, method=method, buffered=True)
            is_told(answer, f"{method} {rule}")
            if method not in taken[address]:
                assert answer.status_code in (404, 405), f"{method} {rule}: {answer.status}"
    assert reached > len(rules)


def may(app: Flask, rule: Rule) -> list[Role | None]:
    """The roles that may open this address; the public, if it is everybody's."""
    permission = permission_of(app.view_functions[rule.endpoint])
    assert permission, f"{rule} names no permission"
    return [role for role in Role if role in PERMISSIONS.get(permission, ())] or [None]


def test_no_query_gives_a_fault(busy_office: Flask) -> None:
    """Each page is asked with a hostile value in each of its fields, in turn; a field that is new here meets each value."""
    clients = {role: entered(busy_office, role) for role in ROLES}
    values = [HOSTILE[what] for what in IN_QUERIES]
    met: Counter[str] = Counter()
    for rule in busy_office.url_map.iter_rules():
        if rule.arguments or "GET" not in (rule.methods or ()):
            continue
        client = clients[may(busy_office, rule)[0]]
        page = Page(client.get(rule.rule, buffered=True), rule.rule)
        fields = {str(node.attributes["name"]) for node in page.all("form[method=get] [name]")}
        names = sorted({*fields, "after", "next", "township"})
        for _ in range(TURNS if all(met[name] for name in names) else len(values)):
            asked = [(name, values[(n + met[name]) % len(values)]) for n, name in enumerate(names)]
            met.update(names)
            query = f"{encoded(asked).decode()}&{quote_from_bytes(asked[0][1])}="
            is_told(client.get(f"{rule.rule}?{query}&{query}", buffered=True), f"{rule}: {query}")
    assert min(met.values()) >= len(values)


# --- every form ----------------------------------------------------------------------------------------------------


def pages(app: Flask, role: Role | None, client: FlaskClient, seen: dict[str, int]) -> Iterator[Page]:
    """The pages somebody can reach; a case in each state, any other kind of page once or twice for all people."""
    rules = [rule for rule in app.url_map.iter_rules() if not rule.arguments and "GET" in (rule.methods or ())]
    waiting = [rule.rule for rule in rules if role in may(app, rule)]
    for case in (kind for kind in seen if kind.endswith("/…")):
        seen[case] = 0  # what can be done in it is another thing for each
    visited: set[str] = set()
    while waiting:
        path = waiting.pop(0)
        if path in visited:
            continue
        visited.add(path)
        kind = re.sub(r"\d{5,}", "…", path.partition("?")[0])
        seen[kind] = seen.get(kind, 0) + 1
        if seen[kind] > (len(State) if kind == "/petitions/…" else len(ROLES) if "…" not in kind else 2):
            continue
        answer = client.get(path, buffered=True)
        is_told(answer, path)
        page = Page(answer, path)
        yield page
        waiting += [str(link.attributes["href"]) for link in page.all("a[href^='/']")]


Form = tuple[str, dict[str, Any]]  # address, and what stands in it


def forms(
    app: Flask, role: Role | None, client: FlaskClient, seen: dict[str, int]
) -> dict[tuple[str, frozenset[str]], Form]:
    """The forms somebody can send, one of each kind."""
    found: dict[tuple[str, frozenset[str]], Form] = {}
    for page in pages(app, role, client, seen):
        for form in page.all("form[method=post]"):
            address = urljoin(page.path, form.attributes.get("action") or page.path)
            names = {str(each.attributes["name"]) for each in form.css("[name]")}
            filled = {**dict.fromkeys(names, ""), **_filled(form)}
            kind = (re.sub(r"\d{5,}", "…", address), frozenset(names))
            if address not in ("/sign-out", "/language", "/letters/leave"):
                found.setdefault(kind, (address, filled))
    return found


# Of each form: with the fields one value apart, all forms together meet each value in each kind of field.
ROUNDS = {"sqlite": 4, "postgres": 2}  # there each field is tried alone too


def tries(typed: dict[str, bytes], number: int, database: str) -> Iterator[tuple[str, dict[str, bytes]]]:
    """What is typed into one form: all fields hostile, each in its own way; and each field alone with one of the
    nastiest, in turn."""
    hostile = list(HOSTILE.values())
    first = ROUNDS[database] * number
    for each in range(first, first + ROUNDS[database]):
        yield f"round {each}", {name: hostile[(each + n) % len(hostile)] for n, name in enumerate(typed)}
    for n, name in enumerate(typed if database == "postgres" else ()):
        what = NASTIEST[(number + n) % len(NASTIEST)]
        yield f"{name}: {what}", {**typed, name: HOSTILE[what]}


def test_every_form_takes_whatever_is_typed(busy_office: Flask, database: str) -> None:
    """All fields together with everything; and on PostgreSQL, which takes less, each field alone with one of the nastiest."""
    clients = {role: entered(busy_office, role) for role in ROLES}
    sent = 0
    seen: dict[str, int] = {}
    done: set[tuple[str, frozenset[str]]] = set()
    for role, client in clients.items():
        for kind, (address, filled) in forms(busy_office, role, client, seen).items():
            if kind in done:
                continue
            token = str(filled.pop("csrf_token", ""))
            typed = {name: str(value).encode() for name, value in filled.items() if isinstance(value, str)}
            for what, values in tries(typed, len(done), database):
                if "version" in typed and not what.startswith("version"):
                    values["version"] = typed["version"]  # as seen, so that what follows it is looked at
                pairs = [("csrf_token", token.encode()), *values.items()]
                pairs += [(name, value) for name, value in values.items() if name != "version"]  # twice: a list
                pairs += [(name.replace("-0-", "-99-"), value) for name, value in values.items() if "-0-" in name]
                answer = client.post(
                    address,
                    data=encoded(pairs),
                    content_type="application/x-www-form-urlencoded",
                    environ_overrides=ELSEWHERE,
                    buffered=True,
                )
                is_told(answer, f"{role} sends to {address}: {what}")
                sent += 1
            done.add(kind)
    assert len(done) > 20, sorted(done)
    assert sent > ROUNDS[database] * 20


# --- chance --------------------------------------------------------------------------------------------------------

BYTES = st.one_of(
    st.binary(max_size=40),
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from(list(HOSTILE.values())[:-1]),
)
FUZZ = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def test_the_public_form_takes_anything(app: Flask) -> None:
    client = app.test_client()
    token = Page(client.get("/letters/new"), "").one("main input[name=csrf_token]").attributes["value"] or ""
    names = st.sampled_from([*LETTER, "name", "address", "contact", "person", "unit", "township", "files", "form_key"])

    @FUZZ
    @given(st.dictionaries(names, BYTES, max_size=8), st.lists(st.tuples(names, BYTES), max_size=4))
    def fuzz(changed: dict[str, bytes], more: list[tuple[str, bytes]]) -> None:
        fields = {**{name: value.encode() for name, value in LETTER.items()}, **changed}
        body = encoded([("csrf_token", token.encode()), *fields.items(), *more])
        answer = client.post("/letters/new", data=body, content_type="application/x-www-form-urlencoded")
        is_told(answer, repr(body))
        assert answer.status_code in (303, 422)

    fuzz()


def test_the_filters_take_anything(busy_office: Flask) -> None:
    clients = {role: entered(busy_office, role) for role in (Role.CLERK, Role.ADMINISTRATOR, Role.AUDITOR)}
    places = {"/petitions/": Role.CLERK, "/accounts/": Role.ADMINISTRATOR, "/desk/record": Role.AUDITOR}
    names = st.sampled_from(["q", "state", "kind", "channel", "unit", "place", "overdue", "after", "role", "closed"])

    @FUZZ
    @given(st.sampled_from(list(places)), st.lists(st.tuples(names, BYTES), max_size=6))
    def fuzz(path: str, query: list[tuple[str, bytes]]) -> None:
        answer = clients[places[path]].get(f"{path}?{encoded(query).decode()}", buffered=True)
        is_told(answer, f"{path}?{query}")

    fuzz()
