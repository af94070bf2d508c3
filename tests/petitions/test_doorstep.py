"""At people's door: what the public sees, signing up with a receipt code, a letter taken down in the village."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from blueprints.petitions.casefile.models import Message
from blueprints.petitions.docket.domain import State
from blueprints.petitions.docket.models import Petition
from blueprints.petitions.reception.models import ReceptionVisitor
from blueprints.petitions.visits.models import VisitSignUp
from core import receipts
from core.extensions import db
from tests.browse import Browser, Page, Value
from tests.letters import FARMING, TYPED, WATER, WRITER, everything_stored, look_up, put, shown_code, unit_id
from tests.petitions.test_reception import day_of
from tests.petitions.test_visits import VILLAGE, day, happened, plan, step
from tests.upkeep import run

SignIn = Callable[..., Browser]


@pytest.fixture
def clerk(sign_in: SignIn) -> Browser:
    return sign_in("clerk")


@pytest.fixture
def announced(app: Flask, clerk: Browser) -> int:
    """A visit that stands on the public page."""
    visit = plan(app, clerk)
    step(clerk, visit, "announce")
    return visit


def sign_up(visitor: Browser, code: str, where: str, expect: int = 200) -> None:
    visitor.get(where)
    visitor.submit(where, expect=expect, receipt=code)


def count(app: Flask, table: type[VisitSignUp] | type[ReceptionVisitor] | type[Petition]) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


# --- what the public sees ------------------------------------------------------------------------------------------


def test_the_public_sees_what_is_announced_and_lies_ahead_and_nothing_else(
    app: Flask, clerk: Browser, visitor: Browser
) -> None:
    put(app, State.HANDLING)
    planned = plan(app, clerk, where="计划中的地点")
    over = plan(app, clerk, ahead=-1, where="过去的地点")
    step(clerk, over, "announce")
    shown = plan(app, clerk, where="公告的地点", how="打电话报名也行")
    step(clerk, shown, "announce")
    visitor.get("/")
    page = visitor.follow("/visits/announced")
    assert "公告的地点" in page.text
    assert "孙部长" in page.text
    assert "打电话报名也行" in page.text
    for hidden in ("计划中的地点", "过去的地点", "水泵"):
        assert hidden not in page.text
    for id in (planned, over):
        visitor.get(f"/visits/announced/{id}/sign-up", expect=404)
    calendar = visitor.client.get("/visits/announced.ics").get_data(as_text=True)
    assert f"visit-{shown}@" in calendar
    assert f"visit-{planned}@" not in calendar


# --- signing up ----------------------------------------------------------------------------------------------------


def test_whoever_holds_a_receipt_code_signs_up_once_and_can_take_it_back(
    app: Flask, clerk: Browser, visitor: Browser, announced: int
) -> None:
    made = put(app, State.HANDLING)
    where = f"/visits/announced/{announced}/sign-up"
    for _ in range(2):
        sign_up(visitor, made.code, where)
        assert visitor.page.path == "/letters/status"
        assert count(app, VisitSignUp) == 1
    assert "社区办公室二楼" in visitor.page.text
    told = clerk.get(f"/visits/{announced}")
    assert "水泵坏了" in told.text
    for secret in WRITER.values():
        assert secret not in told.html
    visitor.submit(f"/visits/announced/{announced}/withdraw")
    assert count(app, VisitSignUp) == 0
    assert "水泵坏了" not in clerk.get(f"/visits/{announced}").text
    assert app.test_cli_runner().invoke(args=["check"]).exit_code == 0


def test_a_wrong_code_is_answered_and_counted_as_at_the_look_up(app: Flask, visitor: Browser, announced: int) -> None:
    right = put(app, State.HANDLING).code
    where = f"/visits/announced/{announced}/sign-up"
    visitor.get(where)
    answers = []
    with app.app_context():
        guesses = [receipts.make(bytes([number])) for number in range(11)]  # with a check digit that fits
    for wrong in ("1", "", guesses[0][:-1] + "x", *guesses[:10]):
        visitor.submit(where, expect=404, receipt=wrong)
        answers.append(re.sub(r'value="[^"]*"', "", visitor.page.html))
    assert len(set(answers)) == 1
    visitor.submit(where, expect=429, receipt=guesses[10])
    assert int(visitor.page.response.headers["Retry-After"]) > 0
    look_up(visitor, guesses[10], expect=429)  # one limit for both
    sign_up(visitor, right, where)  # a right one always works
    assert count(app, VisitSignUp) == 1


def test_a_code_never_stands_in_an_address(app: Flask, visitor: Browser, announced: int) -> None:
    made = put(app, State.HANDLING)
    sign_up(visitor, made.code, f"/visits/announced/{announced}/sign-up")
    assert made.code not in visitor.page.path
    assert not [each for each in everything_stored(app) if made.code in each]


@pytest.mark.parametrize("about", [{"person": "孙部长"}, {"against": WATER}], ids=["a leader", "a unit that comes"])
def test_nobody_signs_up_to_be_heard_by_whom_the_letter_is_about(
    app: Flask, clerk: Browser, visitor: Browser, about: dict[str, Any]
) -> None:
    made = put(app, State.HANDLING, unit=FARMING, **about)
    with app.app_context():
        water = str(unit_id(WATER))
    visit = plan(app, clerk, units=[water])
    step(clerk, visit, "announce")
    sign_up(visitor, made.code, f"/visits/announced/{visit}/sign-up", expect=422)
    assert "不能在这一场" in visitor.page.text
    assert count(app, VisitSignUp) == 0


def test_who_signed_up_reads_that_the_visit_was_cancelled(
    app: Flask, clerk: Browser, visitor: Browser, announced: int
) -> None:
    made = put(app, State.HANDLING)
    sign_up(visitor, made.code, f"/visits/announced/{announced}/sign-up")
    step(clerk, announced, "cancel", reason="大雨封路。")
    told = visitor.get("/letters/status")
    assert "这次下访已取消" in told.text
    assert "大雨封路" not in told.text  # the reason was written for the office


def test_a_slot_of_a_reception_day_is_taken_and_given_back(app: Flask, clerk: Browser, visitor: Browser) -> None:
    made = put(app, State.HANDLING)
    id = day_of(app, clerk, slots="1")
    where = f"/visits/announced/days/{id}/sign-up"
    for _ in range(2):
        sign_up(visitor, made.code, where)
    assert "09:00" in visitor.page.text
    other = Browser(app)
    sign_up(other, put(app, State.HANDLING, subject="第二件").code, where, expect=422)
    assert "约满" in other.page.text
    visitor.submit(f"/visits/announced/days/{id}/withdraw")
    assert count(app, ReceptionVisitor) == 0
    sign_up(visitor, made.code, where)
    assert count(app, ReceptionVisitor) == 1


def test_nobody_gets_a_slot_with_the_leader_whom_the_letter_is_about(
    app: Flask, clerk: Browser, visitor: Browser
) -> None:
    made = put(app, State.HANDLING, person="孙部长")
    id = day_of(app, clerk)
    sign_up(visitor, made.code, f"/visits/announced/days/{id}/sign-up", expect=422)
    assert count(app, ReceptionVisitor) == 0
    number = _number(app, made.id)
    clerk.get(f"/reception/{id}")
    clerk.submit(f"/reception/{id}/sign-up", expect=422, number=number)
    assert count(app, ReceptionVisitor) == 0


def _number(app: Flask, id: int) -> str:
    with app.app_context():
        return db.session.get_one(Petition, id).number or ""


def test_taking_back_asks_for_the_code_once_the_letter_is_closed(app: Flask, visitor: Browser, announced: int) -> None:
    made = put(app, State.HANDLING)
    sign_up(visitor, made.code, f"/visits/announced/{announced}/sign-up")
    page = visitor.page
    visitor.submit("/letters/leave")
    visitor.page = page
    token = visitor.get("/letters/status").one("main input[name=csrf_token]").attributes["value"] or ""
    visitor.post(f"/visits/announced/{announced}/withdraw", {"csrf_token": token}, expect=401)
    assert count(app, VisitSignUp) == 1


# --- on the spot ---------------------------------------------------------------------------------------------------

WRITTEN: dict[str, Value] = {name: value for name, value in TYPED.items() if name != "place"} | {"place": VILLAGE}


def test_a_letter_taken_down_in_the_village_is_a_visit_with_a_receipt(
    app: Flask, clerk: Browser, visitor: Browser, announced: int
) -> None:
    clerk.get(f"/visits/{announced}/take-down")
    clerk.submit(f"/visits/{announced}/take-down", fields=WRITTEN)
    assert clerk.page.path == f"/visits/{announced}/taken-down"
    assert "水泵" in look_up(visitor, shown_code(clerk.page)).text
    with app.app_context():
        row = db.session.scalars(select(Petition)).one()
        assert (row.channel, row.received_on) == ("visit", day())
    assert not clerk.get(f"/visits/{announced}/taken-down").all(".receipt-code")  # shown once


def test_a_form_sent_again_is_one_matter_even_from_another_session(
    app: Flask, sign_in: SignIn, clerk: Browser, announced: int
) -> None:
    where = f"/visits/{announced}/take-down"
    key = str(clerk.get(where).one("input[name=form_key]").attributes["value"])
    clerk.submit(where, fields=WRITTEN)
    code = shown_code(clerk.page)
    again = sign_in("clerk")  # the answer was lost, and the sign-in had ended: the draft has the key
    again.get(where)
    again.submit(where, fields={**WRITTEN, "form_key": key})
    assert count(app, Petition) == 1
    assert not again.page.all(".receipt-code") or shown_code(again.page) == code
    again.get(where)
    again.submit(where, fields=WRITTEN)  # another form with the same words is another matter
    assert count(app, Petition) == 2


def closed_meanwhile(app: Flask, clerk: Browser, visit: int) -> None:
    happened(app, visit)
    step(clerk, visit, "carry_out")
    step(clerk, visit, "close")


def test_a_letter_that_reaches_the_office_after_the_visit_was_closed_is_taken_in(
    app: Flask, sign_in: SignIn, clerk: Browser, announced: int
) -> None:
    where = f"/visits/{announced}/take-down"
    handler = sign_in("leader")
    handler.get(where)
    closed_meanwhile(app, clerk, announced)
    handler.submit(where, fields=WRITTEN)
    assert handler.page.path == f"/visits/{announced}/taken-down"
    assert shown_code(handler.page)
    assert count(app, Petition) == 1
    assert begins_nothing(handler.get(where))


def begins_nothing(page: Page) -> bool:
    """Whether only what waits on the device can be sent from this page: without scripts nothing waits there."""
    return "hidden" in page.one("[data-only-drafts]").attributes and "本机没有待提交的内容。" in page.text


@pytest.fixture
def units(app: Flask) -> tuple[str, str]:
    """Two that may come to a visit, as a form names them: the handler's, and the other handler's."""
    with app.app_context():
        return str(unit_id(WATER)), str(unit_id(FARMING))


def test_who_was_taken_off_a_visit_sends_what_they_took_down_there_and_nobody_else_does(
    app: Flask, sign_in: SignIn, clerk: Browser, units: tuple[str, str]
) -> None:
    water, farming = units
    visit = plan(app, clerk, units=[water])
    step(clerk, visit, "announce")
    where = f"/visits/{visit}/take-down"
    handler, leader, other = sign_in("handler"), sign_in("leader"), sign_in("handler2")
    other.get(where, expect=404)
    assert "提交本机留存的内容" not in other.get(f"/visits/{visit}").text
    assert not handler.get(where).all("[data-only-drafts]")
    form = handler.page
    clerk.get(f"/visits/{visit}/change")
    clerk.submit(f"/visits/{visit}/change", units=[farming])
    assert not leader.get(where).all("[data-only-drafts]")  # still goes
    assert not other.get(where).all("[data-only-drafts]")  # goes now
    handler.get(f"/visits/{visit}")
    assert begins_nothing(handler.follow("提交本机留存的内容"))
    handler.page = form
    assert "本机" in handler.submit(where, expect=422, fields={**WRITTEN, "text": ""}).text
    handler.submit(where, fields=WRITTEN)
    assert shown_code(handler.page)
    assert count(app, Petition) == 1
    run(app, "check")


def test_who_was_taken_off_before_a_visit_was_announced_had_nothing_to_take_down(
    app: Flask, sign_in: SignIn, clerk: Browser, units: tuple[str, str]
) -> None:
    water, farming = units
    visit = plan(app, clerk, units=[water])
    clerk.get(f"/visits/{visit}/change")
    clerk.submit(f"/visits/{visit}/change", units=[farming])
    step(clerk, visit, "announce")
    sign_in("handler").get(f"/visits/{visit}/take-down", expect=404)
    never = plan(app, clerk, units=[water])
    step(clerk, never, "cancel", reason="改日再去。")
    for username in ("clerk", "leader", "handler"):
        sign_in(username).get(f"/visits/{never}/take-down", expect=404)


def test_a_letter_whose_answer_was_lost_is_answered_as_before_once_the_visit_is_closed(
    app: Flask, clerk: Browser, announced: int
) -> None:
    where = f"/visits/{announced}/take-down"
    key = str(clerk.get(where).one("input[name=form_key]").attributes["value"])
    clerk.submit(where, fields=WRITTEN)
    clerk.get(where)
    form = clerk.page
    closed_meanwhile(app, clerk, announced)
    clerk.page = form
    clerk.submit(where, fields={**WRITTEN, "form_key": key})
    assert clerk.page.path == f"/visits/{announced}/taken-down"
    assert count(app, Petition) == 1


def test_a_form_whose_key_was_tampered_with_still_takes_the_letter(app: Flask, clerk: Browser, announced: int) -> None:
    where = f"/visits/{announced}/take-down"
    for key in ("", "g" * 32, "0" * 31, "Ａ" * 32):
        clerk.get(where)
        clerk.submit(where, fields={**WRITTEN, "subject": f"题{len(key)}{key[:1]}", "form_key": key})
    assert count(app, Petition) == 4


def test_what_is_missing_comes_back_with_everything_typed_and_the_same_key(clerk: Browser, announced: int) -> None:
    where = f"/visits/{announced}/take-down"
    key = clerk.get(where).one("input[name=form_key]").attributes["value"]
    page = clerk.submit(where, expect=422, subject="只有标题")
    assert page.one("#subject").attributes["value"] == "只有标题"
    assert page.one("input[name=form_key]").attributes["value"] == key


def test_the_village_stands_there_where_one_alone_is_visited(app: Flask, clerk: Browser) -> None:
    visit = plan(app, clerk, villages=[VILLAGE])
    step(clerk, visit, "announce")
    page = clerk.get(f"/visits/{visit}/take-down")
    assert page.one("#place option[selected]").attributes["value"] == VILLAGE


def test_only_who_is_at_the_visit_takes_letters_down_there(app: Flask, sign_in: SignIn, clerk: Browser) -> None:
    with app.app_context():
        water = str(unit_id(WATER))
    visit = plan(app, clerk, units=[water])
    where = f"/visits/{visit}/take-down"
    clerk.get(where, expect=404)  # not before it is announced
    step(clerk, visit, "announce")
    for username, there in {"clerk": 200, "leader": 200, "handler": 200, "handler2": 404, "contact": 404}.items():
        sign_in(username).get(where, expect=there)


def test_the_public_form_and_the_desk_intake_keep_no_drafts(clerk: Browser, visitor: Browser) -> None:
    for page in (visitor.get("/letters/new"), clerk.get("/petitions/new")):
        assert "draft.js" not in page.html
        assert not page.all("form[data-draft]")


def test_the_result_of_a_reception_goes_to_the_petitioner(app: Flask, clerk: Browser, visitor: Browser) -> None:
    made = put(app, State.HANDLING)
    id = day_of(app, clerk, ahead=0)
    sign_up(visitor, made.code, f"/visits/announced/days/{id}/sign-up")
    clerk.get(f"/reception/{id}/result?case={made.id}")
    clerk.submit(f"/reception/{id}/result?case={made.id}", expect=422, came="yes")
    clerk.submit(f"/reception/{id}/result?case={made.id}", came="yes", words="当面答复：本周修好。")
    assert "当面答复：本周修好。" in visitor.get("/letters/status").text
    assert "已到场" in clerk.page.text
    with app.app_context():
        assert db.session.scalar(select(func.count(Message.id))) == 1
