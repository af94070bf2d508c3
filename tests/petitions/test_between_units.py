"""Forwarding, objection, supervision, extension, carrying out: what passes between the office and its units, with its terms."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.petitions.casefile.models import Paper
from blueprints.petitions.docket.domain import State
from blueprints.petitions.docket.queries import PAGE
from blueprints.petitions.rulebook.models import put_year
from core import workdays
from core.extensions import db
from core.notices import Day
from tests.browse import Browser
from tests.letters import FARMING, PUMPS, WATER, days, look_up, offered, petition, press, put, step, unit_id, viewer

SignIn = Callable[..., Browser]
pytestmark = pytest.mark.parametrize("database", ["sqlite"])  # rules of dates and pages; no query of their own
On = Callable[[date], None]


def text_of(app: Flask, id: int, kind: str) -> str:
    with app.app_context():
        paper = db.session.scalars(select(Paper).where(Paper.petition_id == id, Paper.kind == kind)).one()
        return str(paper.sheets["zh"])


# --- forwarding and objection --------------------------------------------------------------------------------------


def test_the_petitioner_is_told_which_organ_has_the_matter_now(app: Flask, sign_in: SignIn, on: On) -> None:
    made = put(app, State.REGISTERED)
    clerk = sign_in("clerk")
    press(clerk, made.id, "forward", expect=422, organ="")
    press(clerk, made.id, "forward")
    assert "新洲区自然资源和规划局" in text_of(app, made.id, "forwarding")
    assert "其他机关" in look_up(Browser(app), made.code).text
    press(clerk, made.id, "notify")
    assert days(app, made.id)["notice"][2] == date(2026, 3, 2), "that is the notice the law asks for"


def test_nothing_is_forwarded_to_the_unit_complained_of(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.REGISTERED, against=WATER).id
    clerk = sign_in("clerk")
    clerk.get(f"/petitions/{id}/forward")
    offered_units = {node.attributes["value"] for node in clerk.page.all("select[name=unit] option")}
    with app.app_context():
        assert not offered_units & {str(unit_id(WATER)), str(unit_id(PUMPS))}
        assert str(unit_id(FARMING)) in offered_units


def test_an_objection_is_open_for_five_working_days_and_not_longer(app: Flask, sign_in: SignIn, on: On) -> None:
    id = put(app, State.ASSIGNED).id
    assert days(app, id)["objection"][:2] == (date(2026, 3, 2), date(2026, 3, 9))  # over a weekend
    on(date(2026, 3, 10))
    assert "object" not in offered(sign_in("handler").get(f"/petitions/{id}"))
    on(date(2026, 3, 9))
    press(sign_in("handler"), id, "object", reason="不属水务职责，标记丁。")
    row = petition(app, id)
    assert (row.state, row.unit_id) == (State.ACCEPTED, None)
    assert "标记丁" in sign_in("clerk").get(f"/petitions/{id}").text


def test_what_was_forwarded_comes_back_within_the_same_term(app: Flask, sign_in: SignIn, on: On) -> None:
    id = put(app, State.FORWARDED).id
    number = petition(app, id).number
    on(date(2026, 3, 10))
    assert "returned" not in offered(sign_in("clerk").get(f"/petitions/{id}"))
    on(date(2026, 3, 6))
    press(sign_in("clerk"), id, "returned")
    assert petition(app, id).state == State.REGISTERED
    press(sign_in("clerk"), id, "accept")
    assert petition(app, id).number == number


def test_what_came_back_after_its_notice_has_a_notice_clock_of_its_own(app: Flask, sign_in: SignIn, on: On) -> None:
    told, untold = put(app, State.FORWARDED).id, put(app, State.FORWARDED).id
    with app.app_context():
        step(told, "notify")
        db.session.commit()
    on(date(2026, 3, 6))
    with app.app_context():
        for id in (told, untold):
            step(id, "returned", reason="该局称不属其职责。")
            step(id, "accept")
        db.session.commit()
    assert days(app, told)["notice"] == (date(2026, 3, 6), date(2026, 3, 21), None)
    assert days(app, untold)["notice"] == (date(2026, 3, 2), date(2026, 3, 17), None), (
        "not longer for having been sent away"
    )
    clerk = sign_in("clerk")
    press(clerk, untold, "notify")  # the forwarding notice, which nobody had given
    assert days(app, untold)["notice"][2] is None, "what becomes of it now is not told yet"
    for id in (told, untold):
        press(clerk, id, "notify")
        assert days(app, id)["notice"][2] == date(2026, 3, 6)


def test_what_was_forwarded_is_not_closed_while_it_may_still_come_back(app: Flask, sign_in: SignIn, on: On) -> None:
    id = put(app, State.FORWARDED).id
    with app.app_context():
        step(id, "notify")
        db.session.commit()
    on(date(2026, 3, 9))
    assert "close" not in offered(sign_in("leader").get(f"/petitions/{id}"))
    assert "returned" in offered(sign_in("clerk").get(f"/petitions/{id}"))
    on(date(2026, 3, 10))
    press(sign_in("leader"), id, "close", fields={"solved": None})


def test_a_term_within_which_somebody_may_do_something_makes_nothing_late(app: Flask, sign_in: SignIn, on: On) -> None:
    id = put(app, State.ASSIGNED).id
    with app.app_context():
        step(id, "notify")
        db.session.commit()
    on(date(2026, 3, 20))
    assert petition(app, id).due_clock == "handling"
    assert "期限已过" in sign_in("clerk").get(f"/petitions/{id}").text


# --- supervision ---------------------------------------------------------------------------------------------------


def test_a_supervision_letter_goes_to_the_unit_with_a_clock_and_to_nobody_outside(
    app: Flask, sign_in: SignIn, on: On
) -> None:
    made = put(app, State.HANDLING, by="contact")
    press(sign_in("leader"), made.id, "supervise", text="请说明逾期原因，标记戊。")
    assert days(app, made.id)["supervise"] == (date(2026, 3, 2), date(2026, 4, 1), None)
    handler = sign_in("handler")
    assert "标记戊" in handler.get(f"/petitions/{made.id}").text
    resident, contact = Browser(app), sign_in("contact")
    look_up(resident, made.code)
    with app.app_context():
        paper = db.session.scalars(select(Paper.id).where(Paper.kind == "supervision")).one()
    for page in (resident.page, contact.get(f"/petitions/{made.id}"), contact.get(f"/petitions/{made.id}/print")):
        assert "标记戊" not in page.html
        assert "督办" not in page.html
    resident.get(f"/letters/status/papers/{paper}", expect=404)
    contact.get(f"/petitions/{made.id}/papers/{paper}", expect=404)
    press(handler, made.id, "respond", text="因汛期人手不足，标记己。")
    assert days(app, made.id)["supervise"][2] == date(2026, 3, 2)
    assert "标记己" in sign_in("leader").get(f"/petitions/{made.id}").text
    assert "respond" not in offered(handler.get(f"/petitions/{made.id}"))


def test_what_a_contact_sees_of_the_days_of_a_letter_is_the_same_with_a_supervision_letter_and_without(
    app: Flask, sign_in: SignIn, on: On
) -> None:
    late, waits = put(app, State.HANDLING, by="contact").id, put(app, State.DECLINED, by="contact").id
    with app.app_context():
        for id in (late, waits):
            step(id, "notify")
        step(waits, "message")
        db.session.commit()
    pages = ("/petitions/", "/petitions/?overdue=y", "/petitions/?state=all", "/petitions/?q=水泵", "/desk")

    def told() -> list[str]:
        contact = sign_in("contact")
        return [contact.get(page).one("main").text() for page in pages]

    on(date(2026, 5, 20))
    before = told()
    assert "2026年5月1日" in before[0]
    assert "水泵" in before[1], "the answer is late"
    on(date(2026, 3, 2))
    with app.app_context():
        step(late, "supervise", by="leader")
        db.session.commit()
    on(date(2026, 5, 20))
    assert petition(app, late).due_clock == "supervise"
    assert told() == before
    contact = sign_in("contact")
    contact.get(f"/petitions/{late}")
    assert "2026-04" not in contact.client.get_cookie("case", path="/petitions").value  # type: ignore[union-attr]


def test_a_contact_is_told_of_a_change_of_the_calendar_where_it_moves_a_clock_that_they_see(
    app: Flask, sign_in: SignIn, on: On
) -> None:
    id = put(app, State.ASSIGNED, by="contact").id
    with app.app_context():
        closed = Day(on=date(2026, 3, 4), name="防汛演练", working=False, source="区政府通知")
        put_year(2026, [*workdays.days_of(db.session(), 2026), closed], True, by=viewer("administrator"))
        db.session.commit()
    assert days(app, id)["objection"][1] == date(2026, 3, 10), "one working day later"
    assert "退回异议" in sign_in("handler").get(f"/petitions/{id}").one(".timeline").text()
    contact = sign_in("contact")
    for page in (f"/petitions/{id}", f"/petitions/{id}/print"):
        told = contact.get(page).text
        assert "日历变动" not in told
        assert "异议" not in told


# --- extension -----------------------------------------------------------------------------------------------------


def test_the_time_is_extended_once_by_a_leader_within_the_profile_and_the_petitioner_is_told_why(
    app: Flask, sign_in: SignIn, on: On
) -> None:
    id = put(app, State.HANDLING).id
    for username in ("clerk", "handler"):
        assert "extend" not in offered(sign_in(username).get(f"/petitions/{id}"))
    leader = sign_in("leader")
    for wrong in ("0", "31", "-1", "x", "9" * 30):
        press(leader, id, "extend", expect=422, days=wrong)
    press(leader, id, "extend", days="30", reason="需请厂家检测，标记庚。")
    assert days(app, id)["handling"][1] == date(2026, 5, 31)
    assert "标记庚" in text_of(app, id, "extension")
    assert "extend" not in offered(leader.get(f"/petitions/{id}"))
    sums = next(each for each in leader.page.texts(".due .sum") if "延期" in each)
    assert "60" in sums
    assert "30" in sums


# --- carrying out --------------------------------------------------------------------------------------------------


def test_what_was_supported_is_carried_out_before_it_is_closed(app: Flask, sign_in: SignIn, on: On) -> None:
    made = put(app, State.DELIVERED)
    with app.app_context():
        step(made.id, "notify")
        db.session.commit()
    handler = sign_in("handler")
    assert days(app, made.id)["carry_out"][:2] == (date(2026, 3, 2), date(2026, 4, 1))
    assert "close" not in offered(handler.get(f"/petitions/{made.id}"))
    press(handler, made.id, "carry_out")
    assert "已落实" in look_up(Browser(app), made.code).text
    press(handler, made.id, "close", expect=422, fields={"solved": None})
    press(handler, made.id, "close", solved="township")
    assert petition(app, made.id).solved == "township"


def test_a_day_that_the_answer_names_is_the_day_it_has_to_be_carried_out(app: Flask, sign_in: SignIn, on: On) -> None:
    id = put(app, State.HANDLING).id
    handler = sign_in("handler")
    press(handler, id, "answer", expect=422, carry_out_on="2026-03-01")
    press(handler, id, "answer", carry_out_on="2026-12-10")
    press(sign_in("leader"), id, "sign")
    assert days(app, id)["carry_out"][1] == date(2026, 12, 10)
    refused = put(app, State.HANDLING).id
    with app.app_context():
        step(refused, "answer", outcome="refused")
        step(refused, "sign")
        db.session.commit()
    assert "carry_out" not in days(app, refused)


def test_a_mediation_needs_the_consent_of_both_sides(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.HANDLING).id
    handler = sign_in("handler")
    assert press(handler, id, "mediate", expect=422, both=False).all("#both-error, .field.wrong")
    press(handler, id, "mediate")
    assert "双方同意各出一半费用。" in text_of(app, id, "mediation")


def test_an_urgent_matter_is_reported_up_and_says_when_and_to_whom(app: Flask, sign_in: SignIn) -> None:
    id = put(app).id
    press(sign_in("clerk"), id, "report_up")
    told = sign_in("leader").get(f"/petitions/{id}").text
    assert "区委办" in told
    assert "水塘有漫堤危险。" in told


# --- nothing slips past these rules --------------------------------------------------------------------------------


@pytest.mark.parametrize("organ", [WATER, "区 水务局", "新洲区水务局排灌站", "新洲区水务局办公室"])
def test_the_organ_complained_of_is_not_forwarded_to_by_writing_its_name_either(
    app: Flask, sign_in: SignIn, organ: str
) -> None:
    id = put(app, State.REGISTERED, against=WATER).id
    clerk = sign_in("clerk")
    assert press(clerk, id, "forward", expect=422, organ=organ).all("#errors")
    press(clerk, id, "forward", organ=FARMING)


def test_a_matter_given_to_another_unit_is_seen_by_it_alone_and_gives_it_its_own_five_days(
    app: Flask, sign_in: SignIn, on: On
) -> None:
    id = put(app, State.HANDLING).id
    on(date(2026, 3, 11))
    with app.app_context():
        farming = unit_id(FARMING)
    press(sign_in("clerk"), id, "reassign", unit=farming)
    assert days(app, id)["objection"] == (date(2026, 3, 11), date(2026, 3, 18), None)
    sign_in("handler").get(f"/petitions/{id}", expect=404)
    assert {"take", "object"} <= offered(sign_in("handler2").get(f"/petitions/{id}"))
    assert days(app, id)["handling"][2] is None, "the petitioner's time goes on"


def test_a_supervised_unit_cannot_close_the_matter_instead_of_answering(app: Flask, sign_in: SignIn, on: On) -> None:
    id = put(app, State.DELIVERED).id
    with app.app_context():
        for action in ("notify", "carry_out", "supervise"):
            step(id, action)
        db.session.commit()
    handler = sign_in("handler")
    assert "close" not in offered(handler.get(f"/petitions/{id}"))
    press(handler, id, "respond")
    press(handler, id, "close")


@pytest.mark.parametrize("action", ["reassign", "object"])
def test_a_unit_that_has_the_matter_no_more_owes_no_answer_to_a_supervision_letter_nor_does_the_next_one(
    app: Flask, sign_in: SignIn, on: On, action: str
) -> None:
    id = put(app, State.ASSIGNED).id
    with app.app_context():
        step(id, "supervise")
        farming = unit_id(FARMING)
        db.session.commit()
    press(sign_in("clerk" if action == "reassign" else "handler"), id, action, unit=farming)
    assert days(app, id)["supervise"][2] == date(2026, 3, 2)


def test_not_even_the_day_by_which_a_unit_has_to_answer_shows_to_the_contact_who_filed_it(
    app: Flask, sign_in: SignIn, on: On
) -> None:
    id = put(app, State.HANDLING, by="contact").id
    with app.app_context():
        step(id, "notify")
        step(id, "supervise")
        db.session.commit()
    assert petition(app, id).due_clock == "supervise"
    on(date(2026, 4, 5))  # the unit is late by then, the office is not
    contact = sign_in("contact")
    for path in ("/petitions/", "/petitions/?overdue=y", "/desk"):
        told = contact.get(path).text
        assert "已超期" not in told, path
        assert "4月1日" not in told, path
    contact.get(f"/petitions/{id}")
    kept = contact.client.get_cookie("case", path="/petitions")
    assert kept is not None
    assert kept.value.endswith(str(id))
    assert "2026-04-01" not in kept.value
    assert "已超期 4 天" in sign_in("clerk").get("/petitions/").text
    for _ in range(PAGE):
        put(app, by="contact")
    following = str(contact.get("/petitions/").one(".pager a").attributes["href"])
    assert re.search(r"after=\d+$", following), "newest first: neither a day nor a place in the order of days"


def test_what_is_late_already_is_not_made_punctual_by_an_extension(app: Flask, sign_in: SignIn, on: On) -> None:
    id = put(app, State.HANDLING).id
    on(date(2026, 5, 1))
    leader = sign_in("leader")
    assert "extend" in offered(leader.get(f"/petitions/{id}")), "on the last day still"
    on(date(2026, 5, 2))
    assert "extend" not in offered(sign_in("leader").get(f"/petitions/{id}"))


def test_an_urgent_report_is_not_told_outside_the_office(app: Flask, sign_in: SignIn) -> None:
    made = put(app, by="contact")
    press(sign_in("clerk"), made.id, "report_up", text="水塘有漫堤危险，标记辛。")
    contact = sign_in("contact")
    for page in (
        look_up(Browser(app), made.code),
        contact.get(f"/petitions/{made.id}"),
        contact.get(f"/petitions/{made.id}/print"),
    ):
        assert "标记辛" not in page.html
        assert "上报" not in page.text
