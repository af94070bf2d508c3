"""Activities in villages: planned, held with so many people, reported with cost and pictures."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from blueprints.pairing.activities.domain import DATA, kinds
from blueprints.pairing.activities.models import Activity, Picture
from core import clock
from core.extensions import db
from core.profiles import terms, terms_on
from core.record import Entry
from tests.browse import Browser, Value, queries
from tests.contact_office import activity
from tests.letters import VILLAGE
from tests.pairing_office import pair, photo
from tests.upkeep import run

SignIn = Callable[..., Browser]
SQLITE = pytest.mark.parametrize("database", ["sqlite"])  # rules of forms and pages, the same on both
PLAN: dict[str, Value] = {"kind": "science", "title": "家庭读书会", "where": "农家书屋", "about": "每家带一本书。"}


def make(app: Flask, *steps: str, days: int = 0, key: str = "1", title: str = "塘边环境整治日") -> int:
    with app.app_context():
        id = activity(*steps, days=days, key=key, title=title)
        db.session.commit()
    return id


def today(app: Flask, days: int = 0) -> str:
    with app.app_context():
        return (clock.today() + timedelta(days=days)).isoformat()


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    moment = clock.now() + timedelta(days=days)
    monkeypatch.setattr("core.clock.now", lambda: moment)


def count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(Activity.id))) or 0


def test_a_contact_plans_an_activity_holds_it_and_reports_what_it_cost(app: Flask, sign_in: SignIn) -> None:
    contact = sign_in("contact")
    contact.get("/activities/new")
    address = contact.submit("保存安排", fields={**PLAN, "held_on": today(app)}).path
    contact.follow(f"{address}/hold")
    held: dict[str, Value] = {"attendance": "46", "counted": "list", "photos": [(photo(), "读书.jpg")]}
    assert "46" in contact.submit(f"{address}/hold", fields=held).text
    contact.follow(f"{address}/report")
    report: dict[str, Value] = {"report": "十二家参加。", "cost": "1,280.50", "budget": "文明村创建经费"}
    page = contact.submit(f"{address}/report", fields={**report, "photos": [(photo("blue"), "小结.jpg")]})
    assert "1,280.50 元" in page.text
    assert len(page.all("main img")) == 2
    with app.app_context():
        row = db.session.scalars(select(Activity)).one()
        assert (row.state, row.cost_fen, row.due_on) == ("reported", 128050, None)
        told = [each.action for each in db.session.scalars(select(Entry).where(Entry.thread == "activity"))]
    assert sorted(told) == ["hold", "planned", "report"]
    run(app, "check")


@SQLITE
def test_an_activity_leads_to_its_village_only_where_that_may_be_opened(app: Flask, sign_in: SignIn) -> None:
    id = make(app)
    village = f"/villages/{VILLAGE}"
    sign_in("clerk").get(f"/activities/{id}").one(f"main a[href='{village}']")
    handler = sign_in("handler")
    assert not handler.get(f"/activities/{id}").all(f"a[href='{village}']")
    handler.get(village, expect=404)


@SQLITE
def test_the_same_form_sent_twice_plans_one_activity(app: Flask, sign_in: SignIn) -> None:
    contact = sign_in("contact")
    key = contact.get("/activities/new").one("input[name=form_key]").attributes["value"] or ""
    contact.submit("保存安排", fields={**PLAN, "held_on": today(app)})
    contact.get("/activities/new")
    contact.submit("保存安排", fields={**PLAN, "held_on": today(app), "form_key": key})
    assert count(app) == 1


@SQLITE
def test_money_comes_from_a_budget_line(app: Flask, sign_in: SignIn) -> None:
    id = make(app, "hold")
    contact = sign_in("contact")
    contact.get(f"/activities/{id}/report")
    typed: dict[str, Value] = {"report": "清理三百米。", "cost": "12.345"}
    assert contact.submit(f"/activities/{id}/report", 422, fields=typed).all("#errors")
    page = contact.submit(f"/activities/{id}/report", 422, fields={**typed, "cost": "12.34"})
    assert page.all("#budget-error")
    assert "清理三百米。" in page.html
    contact.submit(f"/activities/{id}/report", fields={**typed, "cost": ""})  # nothing was spent


@SQLITE
def test_it_is_held_no_earlier_than_on_its_day(app: Flask, sign_in: SignIn) -> None:
    id = make(app, days=2)
    contact = sign_in("contact")
    assert f"/activities/{id}/hold" not in contact.get(f"/activities/{id}").html
    assert f"/activities/{id}/cancel" in contact.page.html


@SQLITE
def test_an_activity_that_is_called_off_says_why(app: Flask, sign_in: SignIn) -> None:
    id = make(app, days=2)
    contact = sign_in("contact")
    contact.get(f"/activities/{id}/cancel")
    assert contact.submit(f"/activities/{id}/cancel", 422, fields={"reason": ""}).all("#errors")
    assert "台风来了。" in contact.submit(f"/activities/{id}/cancel", fields={"reason": "台风来了。"}).text


def test_the_village_the_paired_unit_and_the_office_act_and_nobody_else(app: Flask, sign_in: SignIn) -> None:
    id = make(app)
    handler = sign_in("handler")
    assert "/hold" not in handler.get(f"/activities/{id}").html  # staff read, but the unit is not paired
    with app.app_context():
        pair()
        db.session.commit()
    assert "/hold" in handler.get(f"/activities/{id}").html
    assert "/hold" in sign_in("clerk").get(f"/activities/{id}").html
    with app.app_context():
        row = db.session.get_one(Activity, id)
        row.place_code, row.township_code = "420117002001", "420117002"
        row.trace("change", by=row.by_id)
        db.session.commit()
    sign_in("contact").get(f"/activities/{id}", 404)
    assert "塘边环境整治日" not in sign_in("contact").get("/activities/").text


def test_a_late_report_stands_on_the_desk_of_the_village_and_of_the_office(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(app, "hold")
    assert "塘边环境整治日" in sign_in("contact").get("/desk").text
    assert "塘边环境整治日" not in sign_in("clerk").get("/desk").text
    later(monkeypatch, 20)
    assert "塘边环境整治日" in sign_in("clerk").get("/desk").text
    assert "塘边环境整治日" in sign_in("leader").get("/activities/?late=y").text


@SQLITE
def test_the_villages_page_tells_of_its_activities(app: Flask, sign_in: SignIn) -> None:
    id = make(app, "hold")
    make(app, "cancel", key="2", title="取消了的活动")
    page = sign_in("contact").get(f"/villages/{VILLAGE}")
    assert page.all(f"a[href='/activities/{id}']")
    assert "取消了的活动" not in page.text


@SQLITE
def test_the_filter_narrows_the_list_and_a_word_that_is_none_is_left_out(app: Flask, sign_in: SignIn) -> None:
    make(app)
    clerk = sign_in("clerk")
    assert "塘边环境整治日" not in clerk.get("/activities/?kind=sports").text
    assert "塘边环境整治日" in clerk.get("/activities/?kind=cleaning&township=420117001&state=planned").text
    assert "塘边环境整治日" in clerk.get("/activities/?kind=zz&township=zz&state=zz").text


@SQLITE
def test_the_list_costs_the_same_however_long_it_is(app: Flask, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    clerk.get("/activities/")
    costs = []
    for many in (1, 6):
        for nth in range(many):
            make(app, key=str(10 * many + nth))
        with queries(app) as seen:
            clerk.get("/activities/")
        costs.append(len(seen))
    assert costs[0] == costs[1]


@SQLITE
def test_kinds_and_the_clock_of_the_report_are_data(app: Flask) -> None:
    assert (DATA / "activity-kinds.toml").is_file()
    assert all(each.name.zh and each.name.en for each in kinds().values())
    first = terms("activities")[0]
    assert terms_on("activities", first.in_force_on - timedelta(days=400)) is first
    assert first.rule("report").target


@SQLITE
def test_a_kind_that_ended_is_not_offered_but_still_named(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = make(app)
    ended = {**kinds(), "cleaning": kinds()["cleaning"]._replace(ended=True)}
    monkeypatch.setattr("blueprints.pairing.activities.forms.kinds", lambda: ended)
    contact = sign_in("contact")
    assert not contact.get("/activities/new").all("option[value=cleaning]")
    assert contact.get(f"/activities/{id}/change").all("option[value=cleaning]")


@SQLITE
def test_check_sees_a_picture_that_is_gone_and_a_cost_that_was_changed(app: Flask) -> None:
    make(app, "hold", "report")
    run(app, "check")
    with app.app_context():
        assert db.session.scalar(select(func.count(Picture.id))) == 0
        connection = db.session.connection()
        connection.exec_driver_sql("UPDATE activity SET cost_fen = 5")
        connection.commit()
    assert "another cost" in run(app, "check", code=1)
