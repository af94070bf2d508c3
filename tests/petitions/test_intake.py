"""Visits, calls and paper letters: taken down in the same docket, with a printed receipt, by a clerk or a contact."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.petitions.docket.models import Petition
from core import clock
from core.extensions import db
from tests.browse import Browser, Value
from tests.letters import TYPED, WRITER, days, look_up, shown_code, write

SignIn = Callable[..., Browser]
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stops the clock."""
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


def take_down(clerk: Browser, expect: int = 200, **changes: Value) -> str:
    clerk.get("/petitions/new")
    fields: dict[str, Value] = {**TYPED, "channel": "visit", "received_on": "2026-03-02", **changes}
    page = clerk.submit("/petitions/new", expect, fields=fields)
    return shown_code(page) if expect == 200 else ""


def only(app: Flask) -> Petition:
    with app.app_context():
        return db.session.scalars(select(Petition)).one()


@pytest.mark.parametrize("channel", ["letter", "visit", "call"])
def test_what_comes_in_by_hand_goes_into_the_same_docket(app: Flask, sign_in: SignIn, channel: str) -> None:
    clerk = sign_in("clerk")
    code = take_down(clerk, channel=channel)
    row = only(app)
    assert (row.channel, row.state, row.received_on) == (channel, "received", date(2026, 3, 2))
    assert str(TYPED["subject"]) in clerk.get("/petitions/").text
    assert str(TYPED["subject"]) in look_up(Browser(app), code).text


def test_the_receipt_is_printed_and_handed_over(app: Flask, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    take_down(clerk)
    assert clerk.submit("/letters/slip.pdf").response.mimetype == "application/pdf"


def test_a_letter_that_came_days_ago_counts_from_the_day_it_came(app: Flask, sign_in: SignIn) -> None:
    take_down(sign_in("clerk"), channel="letter", received_on="2026-02-24")
    row = only(app)
    assert days(app, row.id)["notice"] == (date(2026, 2, 24), date(2026, 3, 11), None)
    assert (row.due_on, row.received_at) == (date(2026, 3, 11), MONDAY)


def test_what_makes_no_sense_comes_back_with_every_word(app: Flask, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    for field, value in (
        ("received_on", "2026-03-03"),
        ("received_on", "2025-02-01"),
        ("received_on", "yesterday"),
        ("received_on", ""),
        ("channel", "online"),
        ("channel", ""),
        ("unit", "9" * 30),
    ):
        take_down(clerk, expect=422, **{field: value})
        assert clerk.page.all(f"#{field}-error"), (field, value)
        assert clerk.page.one("#text").text() == TYPED["text"]
        assert clerk.page.one("#name").attributes["value"] == WRITER["name"]
    with app.app_context():
        assert db.session.scalar(select(Petition.id)) is None


def test_only_a_clerk_takes_down_what_comes_in_by_hand(sign_in: SignIn) -> None:
    for username in ("contact", "handler", "leader", "discipline", "auditor", "administrator"):
        sign_in(username).get("/petitions/new", expect=403)


def test_the_same_form_sent_twice_by_a_clerk_is_one_matter(app: Flask, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    assert take_down(clerk) == take_down(clerk)
    only(app)


def test_two_visitors_with_the_same_words_on_two_days_are_two_matters(app: Flask, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    assert take_down(clerk, received_on="2026-03-01") != take_down(clerk)


def test_a_contact_files_a_letter_and_sees_it_again(app: Flask, sign_in: SignIn) -> None:
    contact = sign_in("contact")
    code = write(contact)
    row = only(app)
    assert (row.channel, row.filed_by_id is not None) == ("online", True)
    assert str(TYPED["subject"]) in contact.get("/petitions/").text
    contact.get(f"/petitions/{row.id}")
    assert look_up(Browser(app), code).status == 200


def test_a_clerk_who_writes_a_letter_of_their_own_does_so_as_anybody(app: Flask, sign_in: SignIn) -> None:
    write(sign_in("clerk"))
    assert only(app).filed_by_id is None
