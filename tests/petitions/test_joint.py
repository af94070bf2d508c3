"""Several units and several letters on one matter: each sees its part, one answer goes out, every writer gets it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.petitions.casefile.models import Paper, Part
from blueprints.petitions.docket.domain import State
from blueprints.petitions.docket.models import Petition
from core import clock
from core.extensions import db
from core.workflow import NotPossible
from tests.browse import Browser
from tests.letters import (
    FARMING,
    PUMPS,
    WATER,
    look_up,
    offered,
    petition,
    press,
    put,
    shown_code,
    step,
    unit_id,
    viewer,
)

SignIn = Callable[..., Browser]


def joined(app: Flask, sign_in: SignIn) -> int:
    """A matter that the water bureau leads and the farming bureau takes part in."""
    id = put(app, State.HANDLING).id
    with app.app_context():
        farming = unit_id(FARMING)
    press(sign_in("clerk"), id, "join", unit=farming)
    return id


def test_a_co_handling_unit_sees_the_matter_and_takes_the_steps_of_its_own_part_alone(
    app: Flask, sign_in: SignIn
) -> None:
    id = put(app, State.HANDLING).id
    beside = sign_in("handler2")
    beside.get(f"/petitions/{id}", expect=404)
    with app.app_context():
        farming = unit_id(FARMING)
    press(sign_in("clerk"), id, "join", unit=farming)
    page = beside.get(f"/petitions/{id}")
    assert offered(page) == {"part", "note", "withdraw"}
    assert "核实用电情况。" in page.text
    assert str(id) in beside.get("/petitions/").html
    press(beside, id, "part", text="线路完好，标记丙。")
    assert "part" not in offered(beside.get(f"/petitions/{id}"))
    assert "标记丙" in sign_in("handler").get(f"/petitions/{id}/answer").text, "the lead unit has it before it"


def test_the_lead_unit_does_not_answer_before_every_part_is_written(app: Flask, sign_in: SignIn) -> None:
    id = joined(app, sign_in)
    handler = sign_in("handler")
    assert "answer" not in offered(handler.get(f"/petitions/{id}"))
    press(sign_in("handler2"), id, "part")
    assert "answer" in offered(handler.get(f"/petitions/{id}"))


def test_a_released_unit_sees_the_matter_no_more_and_holds_up_nobody(app: Flask, sign_in: SignIn) -> None:
    id = joined(app, sign_in)
    with app.app_context():
        part = db.session.scalars(select(Part.id).where(Part.petition_id == id)).one()
    press(sign_in("leader"), id, "release", fields={"part": str(part)})
    sign_in("handler2").get(f"/petitions/{id}", expect=404)
    assert "answer" in offered(sign_in("handler").get(f"/petitions/{id}"))


def test_a_unit_complained_of_never_takes_part(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.HANDLING, unit=FARMING, against=WATER).id
    with app.app_context():
        units = [str(unit_id(name)) for name in (WATER, PUMPS)]
    clerk = sign_in("clerk")
    clerk.get(f"/petitions/{id}/join")
    choices = {node.attributes["value"] for node in clerk.page.all("select[name=unit] option")}
    assert choices
    assert not choices & set(units)


def test_a_late_part_shows_in_words(app: Flask, sign_in: SignIn) -> None:
    id = joined(app, sign_in)
    with app.app_context():
        part = db.session.scalars(select(Part).where(Part.petition_id == id)).one()
        part.due_on = clock.today() - timedelta(days=3)
        db.session.get_one(Petition, id).trace("note", by=None)
        db.session.commit()
    assert "已超期 3 天" in sign_in("clerk").get(f"/petitions/{id}").one("section[aria-labelledby=parts]").text()


# --- letters on the same matter ------------------------------------------------------------------------------------


def test_each_who_wrote_on_the_same_matter_gets_the_answer_under_a_number_of_their_own(
    app: Flask, sign_in: SignIn
) -> None:
    head, other = put(app, State.ACCEPTED), put(app, State.ACCEPTED)
    number = petition(app, head.id).number or ""
    press(sign_in("clerk"), other.id, "merge", number=number)
    assert petition(app, other.id).state == State.MERGED
    with app.app_context():
        for action in ("assign", "take", "answer", "sign"):
            step(head.id, action)
        db.session.commit()
        papers = select(Paper.petition_id, Paper.number).where(Paper.kind == "opinion")
        numbers = {id: each for id, each in db.session.execute(papers)}
    assert set(numbers) == {head.id, other.id}
    assert len(set(numbers.values())) == 2
    assert petition(app, other.id).state == State.SIGNED
    resident = Browser(app)
    look_up(resident, other.code)
    assert "处理意见书" in resident.page.text
    press(sign_in("clerk"), other.id, "deliver")
    assert petition(app, head.id).state == State.SIGNED, "each is delivered by itself"


def test_the_answer_to_one_who_wrote_has_nothing_of_the_letter_of_another(app: Flask, sign_in: SignIn) -> None:
    head = put(app, State.HANDLING, subject="王家三组张某的低保被停", text="张某腿有残疾。")
    made = put(app, State.ACCEPTED, subject="村里的低保不公")
    with app.app_context():
        step(made.id, "merge", number=str(petition(app, head.id).number))
        db.session.commit()
    handler, leader = sign_in("handler"), sign_in("leader")
    handler.get(f"/petitions/{head.id}/answer")
    assert "同时答复" in handler.page.text
    assert handler.page.one("#items-0-request").text().strip() == "王家三组张某的低保被停"  # as it is suggested
    press(handler, head.id, "answer", fields={"items-0-request": None})
    leader.get(f"/petitions/{head.id}/sign")
    assert "同时答复" in leader.page.text
    press(leader, head.id, "sign")
    resident = Browser(app)
    look_up(resident, made.code)
    opinion = next(node for node in resident.page.all("main a") if "处理意见书" in node.text())
    told = resident.get(str(opinion.attributes["href"])).html
    assert "张某" not in told
    assert "村里的低保不公" in told
    assert "张某" not in sign_in("clerk").get(f"/petitions/{made.id}").html
    assert "同时答复" not in sign_in("handler").get(f"/petitions/{put(app, State.HANDLING).id}/answer").text


def test_joining_can_be_undone_before_the_answer(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.MERGED)
    press(sign_in("clerk"), made.id, "unmerge")
    row = petition(app, made.id)
    assert (row.state, row.merged_into_id) == (State.ACCEPTED, None)


def test_a_letter_is_not_joined_to_one_whose_unit_it_complains_of(app: Flask, sign_in: SignIn) -> None:
    head = put(app, State.HANDLING, unit=WATER)
    other = put(app, State.ACCEPTED, against=PUMPS)
    above = put(app, State.ACCEPTED, against=WATER)
    number = petition(app, head.id).number or ""
    clerk = sign_in("clerk")
    press(clerk, above.id, "merge", expect=422, number=number)
    press(clerk, other.id, "merge", number=number)  # a unit above the one complained of may handle it


def test_a_letter_that_one_may_not_see_cannot_be_joined_to(app: Flask, sign_in: SignIn) -> None:
    hidden = put(app, State.ACCEPTED, person="李登记")  # the clerk's own name
    mine = put(app, State.ACCEPTED)
    number = petition(app, hidden.id).number or ""
    press(sign_in("clerk"), mine.id, "merge", expect=422, number=number)


@pytest.mark.parametrize("database", ["sqlite"])
@pytest.mark.parametrize("action", ["assign", "join"])
def test_joined_letters_are_never_given_to_a_unit_that_one_of_them_complains_of(
    app: Flask, sign_in: SignIn, action: str
) -> None:
    head, other = put(app, State.ACCEPTED), put(app, State.ACCEPTED, against=WATER)
    clerk = sign_in("clerk")
    press(clerk, other.id, "merge", number=petition(app, head.id).number or "")
    with app.app_context():
        water, pumps, farming = (unit_id(name) for name in (WATER, PUMPS, FARMING))
        if action == "join":
            step(head.id, "assign", unit=FARMING)
            db.session.commit()
    clerk.get(f"/petitions/{head.id}/{action}")
    assert not {str(water), str(pumps)} & {
        str(node.attributes["value"]) for node in clerk.page.all("select[name=unit] option")
    }
    with app.app_context():
        values = {"unit": water, "reason": "", "task": "核实", "due_on": clock.today()}
        matter, by = db.session.get_one(Petition, head.id), viewer("clerk")
        with pytest.raises(NotPossible, match=action):
            matter.move(action, values, by=by)
    if action == "assign":
        press(clerk, head.id, "assign", unit=farming)


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_joined_letter_of_which_it_turns_out_that_it_is_about_that_unit_is_taken_out_at_once(
    app: Flask, sign_in: SignIn
) -> None:
    head, other = put(app, State.HANDLING, unit=WATER), put(app, State.ACCEPTED)
    clerk = sign_in("clerk")
    press(clerk, other.id, "merge", number=petition(app, head.id).number or "")
    press(clerk, other.id, "about", person="赵水务")
    row = petition(app, other.id)
    assert (row.state, row.merged_into_id) == (State.ACCEPTED, None)
    assert "取消并案" in clerk.get(f"/petitions/{other.id}").text
    with app.app_context():
        for action in ("answer", "sign"):
            step(head.id, action)
        db.session.commit()
    assert petition(app, other.id).outcome is None, "that unit does not answer it"


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_joined_letter_has_its_own_time_which_is_extended_with_a_notice_to_its_own_writer(
    app: Flask, sign_in: SignIn
) -> None:
    made = put(app, State.MERGED)
    press(sign_in("leader"), made.id, "extend")
    assert "延期办理告知书" in look_up(Browser(app), made.code).text
    assert petition(app, made.id).state == State.MERGED


# --- representatives -----------------------------------------------------------------------------------------------


def test_a_joint_petition_has_at_most_five_representatives_each_with_an_own_receipt_code(
    app: Flask, sign_in: SignIn
) -> None:
    made = put(app, State.REGISTERED)
    clerk, codes = sign_in("clerk"), {made.code}
    for number in range(4):
        clerk.get(f"/petitions/{made.id}/representatives")
        clerk.submit("添加", name=f"代表{number}", address="红旗社区")
        codes.add(shown_code(clerk.page))
    assert len(codes) == 5
    for code in codes:
        assert "村口水塘的水泵坏了" in look_up(Browser(app), code).text
    clerk.get(f"/petitions/{made.id}/representatives")
    clerk.submit("添加", 422, name="第六人", address="红旗社区")
    assert "代表0" not in clerk.get(f"/petitions/{made.id}").html


# --- likely on the same matter -------------------------------------------------------------------------------------


def test_letters_alike_are_suggested_on_registering_by_their_words_and_through_the_wall(
    app: Flask, sign_in: SignIn
) -> None:
    same = put(app, State.REGISTERED, subject="水塘水泵三个月没有修", text="村口水塘的水泵坏了三个月，一直没有人来修。")
    walled = put(app, subject="水塘水泵三个月没人修", text="村口水塘的水泵坏了三个月，没有人来修。", person="李登记")
    far = put(app, subject="水塘水泵坏了", text="村口水塘的水泵坏了三个月。", place="420117002001")
    other = put(app, subject="低保停发", text="我家的低保上个月停了，没有人告诉我为什么。")
    new = put(app, subject="水塘的水泵坏了", text="村口水塘的水泵坏了三个月没有修，请派人来。")
    page = sign_in("clerk").get(f"/petitions/{new.id}/register")
    links = {node.attributes["href"] for node in page.all("section[aria-labelledby=alike] a")}
    assert links == {f"/petitions/{same.id}"}
    assert not {f"/petitions/{each.id}" for each in (walled, far, other)} & links


def test_letters_of_one_writer_are_not_alike_for_that(app: Flask, sign_in: SignIn) -> None:
    same_hand = {"name": "欧阳水泵", "address": "村口水塘边三号", "contact": "13800005678"}
    put(app, State.REGISTERED, subject="低保停发", text="低保上个月停了，没有人告诉我为什么。", identity=same_hand)
    new = put(app, subject="水塘的水泵坏了", text="村口水塘的水泵坏了三个月没有修。", identity=same_hand)
    assert not sign_in("clerk").get(f"/petitions/{new.id}/register").all("section[aria-labelledby=alike] a")
