"""A notice of retaliation goes past whoever handles the matter, and is answered in writing behind the receipt code."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from blueprints.accounts.models import Unit, User
from blueprints.petitions.docket.domain import State
from blueprints.petitions.protection.models import Retaliation, notices_of
from core.extensions import db
from core.roles import Role
from tests.browse import Browser, Page, Value
from tests.letters import WATER, Put, everything_stored, look_up, petition, put, step, unit_id, viewer
from tests.people import PASSWORD

SignIn = Callable[..., Browser]
PAGE = "/letters/status/retaliation"
TEXT = "村干部说再告就停我家的水。"


@pytest.fixture
def second(app: Flask) -> None:
    """A second leader, in the same unit."""
    with app.app_context():
        office = db.session.get_one(Unit, unit_id("中共新洲区委组织部"))
        User.open("leader2", "何部长", Role.LEADER, office, PASSWORD, by=None, must_change=False)
        db.session.commit()


def tell(app: Flask, made: Put, expect: int = 200, **named: Value) -> tuple[Browser, Page]:
    writer = Browser(app)
    look_up(writer, made.code)
    writer.follow(PAGE)
    return writer, writer.submit(PAGE, expect, fields={"text": TEXT, **named})


def notice(app: Flask) -> Retaliation:
    with app.app_context():
        return db.session.scalars(select(Retaliation)).one()


def sees(sign_in: SignIn, username: str) -> bool:
    browser = sign_in(username)
    if browser.client.get("/protection/retaliation").status_code != 200:
        return False
    return bool(browser.get("/protection/retaliation").all("tbody tr"))


def test_a_notice_goes_to_a_leader_and_past_the_clerk_and_the_handler(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.HANDLING)
    tell(app, made)
    assert [who for who in ("clerk", "handler", "leader", "discipline", "auditor") if sees(sign_in, who)] == ["leader"]
    for who in ("clerk", "handler"):
        case = sign_in(who).get(f"/petitions/{made.id}")
        assert TEXT not in case.html
        assert "打击报复" not in case.text
    assert petition(app, made.id).version == 5  # nothing in the record of the matter either
    sign_in("handler").get(f"/protection/retaliation/{notice(app).id}", expect=404)


def test_it_is_looked_into_and_answered_in_writing_on_the_receipt_page(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.HANDLING)
    writer, sent = tell(app, made)
    assert TEXT in sent.text
    leader = sign_in("leader")
    leader.get("/protection/retaliation")
    leader.follow(str(petition(app, made.id).number))
    id = notice(app).id
    leader.submit(f"/protection/retaliation/{id}/look")
    leader.submit(f"/protection/retaliation/{id}/note", remark="先找村书记谈话")
    leader.submit(f"/protection/retaliation/{id}/reply", text="已责令停止，并约谈有关人员。")
    leader.submit(f"/protection/retaliation/{id}/close", reason="已回访")
    read = writer.get(PAGE)
    assert "已责令停止" in read.text
    assert "先找村书记" not in read.text
    assert notice(app).state == "closed"
    assert "已责令停止" not in sign_in("clerk").get(f"/petitions/{made.id}").text


def test_its_clock_is_the_offices_own_target(app: Flask) -> None:
    tell(app, put(app, State.HANDLING))
    deadline = notice(app).deadline
    assert deadline.rule.target
    assert (deadline.due_on - deadline.start_on).days == 15


@pytest.mark.usefixtures("second")
def test_a_leader_who_is_named_never_sees_it_and_another_leader_does(app: Flask, sign_in: SignIn) -> None:
    tell(app, put(app, State.HANDLING), person="孙部长")
    assert [who for who in ("leader", "leader2", "discipline") if sees(sign_in, who)] == ["leader2"]
    assert "打击报复" not in _record(sign_in("leader"))
    assert "打击报复" in _record(sign_in("leader2"))
    assert "打击报复" in _record(sign_in("auditor"))


def _record(browser: Browser) -> str:
    return " ".join(browser.get("/record").texts("tbody tr"))


@pytest.mark.usefixtures("second")
def test_a_leader_who_wrote_the_answer_is_the_handler_and_does_not_see_it(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.HANDLING)
    with app.app_context():
        step(made.id, "answer", by="leader2")
        db.session.commit()
    tell(app, made)
    assert [who for who in ("leader", "leader2") if sees(sign_in, who)] == ["leader"]


def test_where_no_leader_is_impartial_it_goes_to_the_discipline_officers(app: Flask, sign_in: SignIn) -> None:
    tell(app, put(app, State.HANDLING), person="孙部长")
    assert [who for who in ("leader", "discipline") if sees(sign_in, who)] == ["discipline"]
    officer = sign_in("discipline")
    officer.get(f"/protection/retaliation/{notice(app).id}")
    assert TEXT in officer.page.text
    officer.get(f"/petitions/{notice(app).petition_id}", expect=404)  # the letter itself stays closed to them
    officer.get(f"/protection/retaliation/{notice(app).id}")
    officer.submit(f"/protection/retaliation/{notice(app).id}/reply", text="我们已经介入。")
    assert notice(app).state == "answered"


def test_where_nobody_here_is_impartial_nothing_is_kept_and_the_writer_is_told_where_to_go(app: Flask) -> None:
    made = put(app, State.HANDLING)
    _, told = tell(app, made, expect=422, person="孙部长和周纪检")
    assert "中共武汉市委组织部" in told.text
    assert TEXT in told.html  # nothing they wrote is lost
    with app.app_context():
        assert db.session.scalar(select(func.count(Retaliation.id))) == 0


def test_the_unit_that_handles_the_matter_does_not_see_it_though_a_leader_works_there(
    app: Flask, sign_in: SignIn
) -> None:
    with app.app_context():
        water = db.session.get_one(Unit, unit_id(WATER))
        User.open("leader3", "高局长", Role.LEADER, water, PASSWORD, by=None, must_change=False)
        db.session.commit()
    tell(app, put(app, State.HANDLING, unit=WATER))
    assert [who for who in ("leader", "leader3") if sees(sign_in, who)] == ["leader"]


def test_a_notice_is_stored_sealed_and_sent_twice_stands_once(app: Flask) -> None:
    made = put(app, State.HANDLING)
    writer, _ = tell(app, made, person="李村长")
    writer.submit(PAGE, text=TEXT, person="李村长")
    stored = "\n".join(everything_stored(app))
    assert "停我家的水" not in stored
    assert "李村长" not in stored
    with app.app_context():
        assert db.session.scalar(select(func.count(Retaliation.id))) == 1


def test_two_who_look_into_it_at_once_do_not_answer_twice(app: Flask, sign_in: SignIn) -> None:
    tell(app, put(app, State.HANDLING))
    id = notice(app).id
    leader, late = sign_in("leader"), sign_in("leader")
    for browser in (leader, late):
        browser.get(f"/protection/retaliation/{id}")
    leader.submit(f"/protection/retaliation/{id}/look")
    told = late.submit(f"/protection/retaliation/{id}/reply", 409, text="另一个答复")
    assert "另一个答复" in told.html
    assert notice(app).answer_sealed is None


def test_without_the_receipt_code_there_is_no_form(app: Flask, visitor: Browser) -> None:
    visitor.get(PAGE)
    assert visitor.page.all("input[name=receipt]")


def test_the_check_finds_the_record_of_notices_sound(app: Flask) -> None:
    tell(app, put(app, State.HANDLING))
    check = app.test_cli_runner().invoke(args=["check"])
    assert check.exit_code == 0, check.output


def test_who_looks_is_decided_for_each_person_anew(app: Flask) -> None:
    tell(app, put(app, State.HANDLING))
    with app.app_context():
        water = db.session.get_one(Unit, unit_id(WATER))
        leader = db.session.scalars(select(User).where(User.username == "leader")).one()
        leader.change_role(Role.LEADER, water, None, by=viewer("administrator").id)
        db.session.commit()
        found = db.session.scalars(select(Retaliation.id).where(notices_of(viewer("leader")))).all()
    assert not found
    check = app.test_cli_runner().invoke(args=["check"])
    assert check.exit_code == 0
    assert "a notice of retaliation waits, and nobody" in check.output
