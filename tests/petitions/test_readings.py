"""The reading log: who opened what of which matter, without a word of it, walled as everything else."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from blueprints.accounts.models import Unit, User
from blueprints.petitions.docket.domain import State
from blueprints.petitions.protection import models
from blueprints.petitions.protection.domain import READS
from blueprints.petitions.protection.models import Reading
from core import clock
from core.attachments import Cleaned
from core.extensions import db
from core.record import Untraced
from core.roles import Role
from tests.browse import Browser, queries
from tests.letters import TYPED, WATER, petition, put, step, unit_id
from tests.people import PASSWORD

SignIn = Callable[..., Browser]


def log(app: Flask, id: int) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Reading.what).where(Reading.petition_id == id).order_by(Reading.id)))


def test_whatever_staff_open_of_a_matter_is_noted(app: Flask, sign_in: SignIn) -> None:
    letter = Cleaned(name="信.txt", kind="txt", data="信".encode())
    made = put(app, State.ACCEPTED, files=(letter,))
    clerk = sign_in("clerk")
    clerk.get(f"/petitions/{made.id}")
    for link in [node.attributes["href"] or "" for node in clerk.page.all("main a")]:
        if re.search(r"/files/|/papers/", link):
            clerk.client.get(link)
    clerk.get(f"/petitions/{made.id}/identity")
    clerk.submit(f"/petitions/{made.id}/identity", reason="要上门核实")
    assert log(app, made.id) == ["case", "file", "paper", "identity"]
    told = sign_in("auditor").get("/protection/readings")
    number = str(petition(app, made.id).number)
    rows = [row for row in told.texts("tbody tr") if number in row]
    assert len(rows) == 4
    assert all("clerk" in row for row in rows)
    assert str(TYPED["subject"]) not in told.html


def test_a_page_that_was_refused_or_asked_for_its_head_alone_is_no_reading(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.ASSIGNED)
    other = sign_in("handler2")
    other.get(f"/petitions/{made.id}", expect=404)
    sign_in("clerk").client.head(f"/petitions/{made.id}")
    assert log(app, made.id) == []


def test_a_form_that_comes_back_with_the_matter_is_a_reading_as_its_page_is(app: Flask, sign_in: SignIn) -> None:
    with_notes, named = put(app, State.HANDLING), put(app, State.HANDLING)
    with app.app_context():
        step(with_notes.id, "note", text="内部备注，标记癸。")
        db.session.commit()
    handler = sign_in("handler")
    handler.get("/desk")
    token = {"csrf_token": handler.page.all("input[name=csrf_token]")[0].attributes["value"] or ""}
    assert "标记癸" in handler.post(f"/petitions/{with_notes.id}/note", token, 409).text, "without its page before"
    assert log(app, with_notes.id) == ["case"]
    handler.post(f"/petitions/{named.id}/identity", token, 422)
    assert log(app, named.id) == ["case"], "the identity was not opened"


def test_the_same_within_a_minute_is_one_reading(app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    made = put(app)
    clerk, still = sign_in("clerk"), clock.now().replace(second=5)
    for seconds in (0, 20, 70):
        monkeypatch.setattr(clock, "now", lambda seconds=seconds: still + timedelta(seconds=seconds))
        clerk.get(f"/petitions/{made.id}")
    assert log(app, made.id) == ["case", "case"]
    with queries(app) as seen:
        clerk.get(f"/petitions/{made.id}")
    assert not [each for each in seen if "INTO reading" in each], "what is known to be noted is written again"


def test_the_leader_reads_nothing_of_matters_that_complain_of_them(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        water = db.session.get_one(Unit, unit_id(WATER))
        User.open("leader2", "何部长", Role.LEADER, water, PASSWORD, by=None, must_change=False)
        db.session.commit()
    made = put(app, State.REGISTERED, against=WATER)
    sign_in("clerk").get(f"/petitions/{made.id}")
    number = str(petition(app, made.id).number)
    assert number in sign_in("leader").get("/protection/readings").text
    walled = sign_in("leader2").get("/protection/readings")
    assert number not in walled.text
    assert not walled.all("tbody tr")


def test_the_filters_narrow_by_number_account_and_day(app: Flask, sign_in: SignIn) -> None:
    first, second = put(app, State.REGISTERED), put(app, State.REGISTERED)
    clerk, leader, auditor = sign_in("clerk"), sign_in("leader"), sign_in("auditor")
    clerk.get(f"/petitions/{first.id}")
    leader.get(f"/petitions/{second.id}")
    number = str(petition(app, first.id).number)
    assert len(auditor.get(f"/protection/readings?number={number}").all("tbody tr")) == 1
    assert len(auditor.get("/protection/readings?account=leader").all("tbody tr")) == 1
    assert not auditor.get("/protection/readings?account=nobody").all("tbody tr")
    with app.app_context():
        today = clock.today()
    assert len(auditor.get(f"/protection/readings?day={today}").all("tbody tr")) == 2
    assert not auditor.get("/protection/readings?day=2020-01-01").all("tbody tr")


def test_a_contact_who_looks_at_the_letter_they_sent_in_is_not_named_by_the_log(app: Flask, sign_in: SignIn) -> None:
    made = put(app, by="contact")
    sign_in("contact").get(f"/petitions/{made.id}")
    assert log(app, made.id) == []


def test_a_reading_is_never_changed_or_removed(app: Flask, sign_in: SignIn) -> None:
    made = put(app)
    sign_in("clerk").get(f"/petitions/{made.id}")
    with app.app_context():
        row = db.session.scalars(select(Reading)).one()
        row.what = "paper"
        with pytest.raises(Untraced):
            db.session.flush()
        db.session.rollback()
        with pytest.raises(Untraced):
            db.session.execute(update(Reading).values(what="paper"))
        db.session.rollback()
        db.session.delete(db.session.scalars(select(Reading)).one())
        with pytest.raises(Untraced):
            db.session.flush()
        db.session.rollback()
        assert db.session.scalar(select(func.count(Reading.id))) == 1


def test_the_office_goes_on_reading_when_the_log_cannot_be_written_and_says_so(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made = put(app)
    clerk = sign_in("clerk")

    def full() -> None:
        raise OperationalError("INSERT", None, OSError("disk full"))

    monkeypatch.setattr(models, "beside", full)
    clerk.get(f"/petitions/{made.id}")
    assert "a reading could not be noted" in caplog.text


def test_every_page_of_one_matter_is_a_reading(sqlite_office: Flask) -> None:
    pages = {
        rule.endpoint
        for rule in sqlite_office.url_map.iter_rules()
        if re.match(r"/(petitions|protection/matters)/<id:id>", rule.rule)
    }
    assert pages - {"daily.following"} <= READS.keys()  # which leads on and shows nothing
    assert READS.keys() <= {rule.endpoint for rule in sqlite_office.url_map.iter_rules()}
