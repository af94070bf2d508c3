"""Who has an interest in a matter withdraws, or is taken off it, and from that moment on sees nothing of it (2022 Art 28)."""

from collections.abc import Callable

import pytest
from flask import Flask

from blueprints.petitions.docket.domain import State
from blueprints.petitions.docket.models import Petition
from core import record
from core.extensions import db
from tests.browse import Browser
from tests.letters import look_up, offered, petition, press, put, step, viewer
from tests.petitions.test_steps import token

SignIn = Callable[..., Browser]
pytestmark = pytest.mark.parametrize("database", ["sqlite"])  # rules of dates and pages; no query of their own


def sees_nothing(person: Browser, id: int, number: str) -> None:
    for path in ("", "/print", "/note", "/identity"):
        person.get(f"/petitions/{id}{path}", expect=404)
    for path in ("/petitions/?state=all", "/petitions/?state=all&q=水泵", f"/petitions/?q={number}", "/desk"):
        assert f"/petitions/{id}" not in person.get(path).html, path


def test_who_withdraws_sees_the_matter_nowhere_from_that_moment_on(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.HANDLING).id
    handler = sign_in("handler")
    press(handler, id, "withdraw")
    sees_nothing(handler, id, petition(app, id).number or "")
    sent = {"csrf_token": token(handler.get("/account")), "version": str(petition(app, id).version), "text": "x"}
    handler.post(f"/petitions/{id}/note", sent, expect=404)
    assert "自行回避" in sign_in("clerk").get(f"/petitions/{id}").text


def test_a_leader_takes_somebody_off_at_the_petitioners_wish(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.HANDLING)
    resident = Browser(app)
    look_up(resident, made.code)
    resident.submit("/letters/status/ask/recusal", reason="赵水务是被征地一方的亲戚。")
    assert "您申请了回避" in resident.get("/letters/status").text
    leader = sign_in("leader")
    assert "赵水务是被征地一方的亲戚。" in leader.get(f"/petitions/{made.id}").text
    with app.app_context():
        handler = viewer("handler").id
    press(leader, made.id, "recuse", person=str(handler))
    sees_nothing(sign_in("handler"), made.id, petition(app, made.id).number or "")
    with app.app_context():
        last = record.entries(db.session.get_one(Petition, made.id).thread)[-1]
        assert (last.action, last.data["asked_by"], last.note) == ("recuse", "petitioner", "信访人申请回避。")


def test_only_a_leader_takes_somebody_off(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.HANDLING).id
    for username in ("clerk", "handler"):
        assert "recuse" not in offered(sign_in(username).get(f"/petitions/{id}"))


def test_the_last_clerk_and_the_last_leader_cannot_go(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.REGISTERED).id
    leader = sign_in("leader")
    assert press(leader, id, "withdraw", expect=422).all("#errors")
    press(sign_in("clerk2"), id, "withdraw")
    assert press(sign_in("clerk"), id, "withdraw", expect=422).all("#errors")
    leader.get(f"/petitions/{id}")


def test_who_wrote_an_answer_does_not_sign_it(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.HANDLING).id
    with app.app_context():
        step(id, "answer", by="leader")
        db.session.commit()
    assert "sign" not in offered(sign_in("leader").get(f"/petitions/{id}"))
    other = put(app, State.DRAFTED).id
    assert "sign" in offered(sign_in("leader").get(f"/petitions/{other}"))


# --- whom it is about, corrected -----------------------------------------------------------------------------------


def test_whom_it_is_about_can_be_added_and_walls_at_once(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.HANDLING).id
    handler = sign_in("handler")
    handler.get(f"/petitions/{id}")
    press(sign_in("clerk"), id, "about", person="赵水务")
    sees_nothing(handler, id, petition(app, id).number or "")


def test_a_wall_is_taken_away_by_a_leader_alone(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.REGISTERED, person="钱农业").id
    with app.app_context():
        named = [str(each.id) for each in db.session.get_one(Petition, id).concerns()]
    clerk, leader = sign_in("clerk"), sign_in("leader")
    clerk.get(f"/petitions/{id}/about")
    assert not {str(node.attributes["value"]) for node in clerk.page.all("[name=remove] option")} & set(named)
    for each in named:
        press(leader, id, "about", fields={"remove": each, "person": ""})
    with app.app_context():
        assert not db.session.get_one(Petition, id).concerns()


def test_a_letter_is_not_made_one_that_nobody_here_could_handle(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.REGISTERED).id
    assert press(sign_in("clerk"), id, "about", expect=422, person="孙部长").all("#errors")  # the only leader
    sign_in("leader").get(f"/petitions/{id}")
