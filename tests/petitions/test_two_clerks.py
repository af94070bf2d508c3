"""Two people on one case: one wins, the other is shown what happened and keeps the own text; nothing is lost."""

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select

from blueprints.petitions.casefile.models import Message
from blueprints.petitions.docket.domain import State
from blueprints.petitions.docket.models import Petition
from blueprints.petitions.protection.models import Reading
from core import record
from core.extensions import db
from core.serials import Serial
from core.sessions import Sitting
from tests.browse import Browser
from tests.letters import TYPED, answers, look_up, petition, put

SignIn = Callable[..., Browser]


def test_the_later_of_two_gets_409_with_what_the_first_did_and_the_own_text(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.REGISTERED).id
    first, second = sign_in("clerk"), sign_in("clerk2")
    first.get(f"/petitions/{id}/decline")
    second.get(f"/petitions/{id}/note")
    first.submit(first.page.heading, fields={**answers("decline"), "reason": "先到的理由"})
    late = second.submit(second.page.heading, expect=409, text="后到的备注")
    assert "先到的理由" in late.text
    assert "李登记" in late.text
    assert late.one("#text").text() == "后到的备注"
    assert petition(app, id).state == State.DECLINED
    second.submit(late.heading)  # the step is still open: the same text goes through with one press
    with app.app_context():
        assert [message.text for message in db.session.scalars(select(Message))] == ["后到的备注"]


def test_a_step_that_is_no_longer_open_keeps_the_text_and_has_no_button(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.REGISTERED).id
    first, second = sign_in("clerk"), sign_in("clerk2")
    for clerk in (first, second):
        clerk.get(f"/petitions/{id}/decline")
    first.submit(first.page.heading, fields=answers("decline"))
    late = second.submit(second.page.heading, expect=409, fields={**answers("decline"), "reason": "后到的理由"})
    assert late.one("#reason").text() == "后到的理由"
    assert late.heading not in late.buttons
    assert petition(app, id).version == 3


def test_a_message_of_the_petitioner_in_between_is_seen_before_the_step(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.HANDLING)
    handler, resident = sign_in("handler"), Browser(app)
    handler.get(f"/petitions/{made.id}/answer")
    look_up(resident, made.code)
    resident.submit("/letters/status/message", text="还有一件事。")
    late = handler.submit(handler.page.heading, expect=409, fields=answers("answer"))
    assert "还有一件事。" in late.text
    assert late.one("[name=items-0-opinion]").text() == "一周内修好。"


def test_a_version_that_is_not_the_one_on_the_page_is_refused(app: Flask, sign_in: SignIn) -> None:
    id = put(app).id
    clerk = sign_in("clerk")
    for version in ("", "-1", "0", "99", "9" * 30, "１", "x"):
        clerk.get(f"/petitions/{id}/register")
        clerk.submit(clerk.page.heading, expect=409, version=version)
    assert petition(app, id).state == State.RECEIVED


def test_of_many_at_the_same_moment_one_wins(app: Flask, sign_in: SignIn) -> None:
    id = put(app).id
    people = [sign_in(each) for each in ("clerk", "clerk2", "clerk", "clerk2")]
    sent: list[dict[str, Any]] = []
    for person in people:
        person.get(f"/petitions/{id}/register")
        token = person.page.all("main input[name=csrf_token]")[0].attributes["value"]
        sent.append({"csrf_token": token, "version": "1", "kind": "claim"})
    together = threading.Barrier(len(people))
    statuses: list[int] = []

    def press(person: Browser, data: dict[str, Any]) -> None:
        together.wait()
        statuses.append(person.client.post(f"/petitions/{id}/register", data=data).status_code)

    threads = [threading.Thread(target=press, args=each) for each in zip(people, sent, strict=True)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(statuses) == [303, 409, 409, 409]
    with app.app_context():
        actions = [entry.action for entry in record.entries(db.session.get_one(Petition, id).thread)]
        assert actions == ["received", "register"]
        assert db.session.scalars(select(Serial.last).where(Serial.kind == "docket")).one() == 1


def test_the_same_letter_sent_many_times_at_the_same_moment_is_one_matter(app: Flask, visitor: Browser) -> None:

    visitor.get("/letters/new")
    sent = {**TYPED, "csrf_token": visitor.page.all("main input[name=csrf_token]")[0].attributes["value"]}
    cookies = dict(visitor.client._cookies or {})
    together = threading.Barrier(4)
    statuses: list[int] = []

    def send() -> None:
        browser = Browser(app)
        browser.client._cookies = dict(cookies)
        together.wait()
        statuses.append(browser.client.post("/letters/new", data=sent).status_code)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert statuses == [303] * 4
    with app.app_context():
        assert len(db.session.scalars(select(Petition)).all()) == 1


def test_a_get_writes_nothing_but_the_log_of_what_was_read(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.SIGNED, by="contact")
    holder = Browser(app)
    look_up(holder, made.code)
    people = {name: sign_in(name) for name in ("clerk", "handler", "leader", "contact", "auditor", "administrator")}

    def stored() -> dict[str, list[Any]]:
        with app.app_context():
            beside = (Sitting.__table__, Reading.__table__)
            tables = [table for table in db.metadata.sorted_tables if table not in beside]
            return {table.name: sorted(map(repr, db.session.execute(select(table)).all())) for table in tables}

    before = stored()
    opened = 0
    for person in [holder, *people.values()]:
        for path in (
            "/",
            "/letters/new",
            "/letters/status",
            "/desk",
            "/petitions/",
            "/record",
            "/accounts/",
            "/account",
            "/help/keys",
            "/digest",
            "/templates/",
            "/petitions/export",
            "/petitions/filters",
            f"/petitions/bulk/assign?matter={made.id}",
            "/petitions/import/",
        ):
            opened += person.client.get(path).status_code == 200
        for path in ("", "/identity", "/message", "/note", "/deliver", "/print", "/next"):
            opened += person.client.get(f"/petitions/{made.id}{path}").status_code == 200
    assert opened > 40
    assert stored() == before
