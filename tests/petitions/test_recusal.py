"""Who has an interest in a matter withdraws, or is taken off it, and from that moment on sees nothing of it (2022 Art 28)."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.accounts.models import Unit, User
from blueprints.petitions.docket.domain import State
from blueprints.petitions.docket.models import Petition
from core import record
from core.attachments import Cleaned
from core.extensions import db
from core.roles import Role
from tests.browse import Browser
from tests.letters import FARMING, WATER, look_up, offered, petition, press, put, step, unit_id, viewer
from tests.people import PASSWORD
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


def test_who_withdrew_from_a_joined_letter_does_not_sign_what_answers_it(app: Flask, sign_in: SignIn) -> None:
    head, other = put(app, State.ACCEPTED), put(app, State.ACCEPTED)
    with app.app_context():
        office = db.session.scalars(select(Unit).where(Unit.is_office)).one()
        User.open("leader2", "吴副部", Role.LEADER, office, PASSWORD, by=None, must_change=False)
        db.session.commit()
    press(sign_in("clerk"), other.id, "merge", number=petition(app, head.id).number or "")
    with app.app_context():
        for action in ("assign", "take", "answer"):
            step(head.id, action)
        db.session.commit()
    leader = sign_in("leader")
    assert "sign" in offered(leader.get(f"/petitions/{head.id}"))
    press(leader, other.id, "withdraw")
    assert "sign" not in offered(leader.get(f"/petitions/{head.id}"))
    press(sign_in("leader2"), head.id, "sign")


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


def test_a_wall_is_put_up_around_a_closed_matter_too(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.ARCHIVED).id
    handler = sign_in("handler")
    handler.get(f"/petitions/{id}")
    press(sign_in("clerk"), id, "about", person="赵水务")
    sees_nothing(handler, id, petition(app, id).number or "")


def test_who_was_taken_off_finds_neither_files_nor_papers_nor_record_nor_numbers(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        office = db.session.scalars(select(Unit).where(Unit.is_office)).one()
        User.open("leader2", "何部长", Role.LEADER, office, PASSWORD, by=None, must_change=False)
        db.session.commit()
    file = Cleaned(name="证据.txt", kind="txt", data="证据".encode())
    id = put(app, State.SIGNED, files=(file,), subject="标记壬").id
    with app.app_context():
        row = db.session.get_one(Petition, id)
        paths = [f"/files/{row.files()[0].id}", f"/papers/{row.papers()[0].id}", f"/papers/{row.papers()[0].id}.pdf"]
        off, number = viewer("leader2").id, str(row.number)
    leader2 = sign_in("leader2")
    year = petition(app, id).received_on.year
    lists = ("/record", "/figures/", f"/figures/report/{year}", "/petitions/?state=signed", "/protection/readings")
    for path in paths:
        leader2.get(f"/petitions/{id}{path}")
    before = {path: leader2.client.get(path) for path in lists}
    assert number in before["/record"].get_data(as_text=True)
    press(sign_in("leader"), id, "recuse", person=str(off), asked_by="leader")
    sees_nothing(leader2, id, number)
    for path in paths:
        leader2.get(f"/petitions/{id}{path}", expect=404)
    for path in lists:
        after = leader2.client.get(path)
        assert after.status_code == before[path].status_code, path
        told = after.get_data(as_text=True)
        for secret in (number, str(id), "标记壬"):
            assert secret not in told, path


def test_who_was_taken_off_is_not_offered_again_and_cannot_be_put_in_charge_of_a_step(
    app: Flask, sign_in: SignIn
) -> None:
    id = put(app, State.DRAFTED).id
    with app.app_context():
        clerk2 = str(viewer("clerk2").id)
    leader = sign_in("leader")
    press(leader, id, "recuse", person=clerk2)
    leader.get(f"/petitions/{id}/recuse")
    assert clerk2 not in {str(node.attributes["value"]) for node in leader.page.all("select[name=person] option")}


def test_the_check_names_a_matter_from_which_everybody_who_could_move_it_on_has_withdrawn(
    app: Flask, sign_in: SignIn
) -> None:
    id, done = put(app, State.HANDLING).id, put(app, State.CLOSED).id
    press(sign_in("handler"), id, "withdraw")
    press(sign_in("clerk2"), id, "withdraw")
    assert (
        f"petition {id}: nobody in the unit it was given to may see it"
        in app.test_cli_runner().invoke(args=["check"]).output
    )
    with app.app_context():
        db.session.scalars(select(User).where(User.username == "clerk")).one().close(by=viewer("administrator").id)
        db.session.commit()
    told = app.test_cli_runner().invoke(args=["check"]).output
    assert f"petition {id}: every clerk or every leader" in told
    assert f"petition {done}" not in told


def test_the_check_names_a_matter_whose_unit_the_person_complained_of_has_moved_to(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.HANDLING, person="钱农业", against=FARMING).id
    assert "works by now" not in app.test_cli_runner().invoke(args=["check"]).output
    with app.app_context():
        moves = db.session.scalars(select(User).where(User.username == "handler2")).one()
        assert moves.name == "钱农业"
        moves.change_role(Role.HANDLER, db.session.get_one(Unit, unit_id(WATER)), None, by=viewer("administrator").id)
        db.session.commit()
    sign_in("handler2").get(f"/petitions/{id}", expect=404)
    told = app.test_cli_runner().invoke(args=["check"]).output
    assert f"petition {id}: somebody of whom it complains works by now in the unit it was given to" in told


def test_the_check_finds_a_corrected_matter_in_order(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.REGISTERED, person="马某某").id
    press(sign_in("clerk"), id, "about", person="牛某某")
    with app.app_context():
        named = str(db.session.get_one(Petition, id).concerns()[0].id)
    press(sign_in("leader"), id, "about", fields={"remove": named, "person": ""})
    told = app.test_cli_runner().invoke(args=["check"])
    assert told.exit_code == 0, told.output
