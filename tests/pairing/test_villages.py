"""Pairings of units with villages: members, the year's plan, what is late, and the page of a village."""

from collections.abc import Callable
from datetime import timedelta

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import func, inspect, select

from blueprints.pairing.needs.models import Measure
from blueprints.pairing.pairs.domain import EVENT_LABELS, GOAL, WORKFLOW
from blueprints.pairing.pairs.models import Goal, Member, Pairing
from blueprints.petitions.docket.domain import State as CaseState
from blueprints.petitions.visits.models import Plan, Visit
from core import clock
from core.extensions import db
from core.record import Entry, Untraced
from core.workflow import NotPossible
from tests.browse import Browser, Page, Value
from tests.letters import FARMING, VILLAGE, WATER, put, unit_id, viewer
from tests.pairing_office import need, pair, promise, take
from tests.upkeep import contents, run

SignIn = Callable[..., Browser]
OTHER = "420117002001"
SQLITE = pytest.mark.parametrize("database", ["sqlite"])


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    moment = clock.now() + timedelta(days=days)
    monkeypatch.setattr("core.clock.now", lambda: moment)


def day(days: int) -> str:
    return ((clock.now() + timedelta(hours=8)).date() + timedelta(days=days)).isoformat()


@pytest.fixture
def pairing(app: Flask) -> int:
    with app.app_context():
        id = pair()
        db.session.commit()
    return id


def press(
    person: Browser,
    pairing: int,
    action: str,
    expect: int = 200,
    fields: dict[str, Value] | None = None,
    **typed: Value,
) -> Page:
    person.get(f"/pairings/{pairing}")
    person.follow(f"/pairings/{pairing}/{action}")
    return person.submit(f"/pairings/{pairing}/{action}", expect, fields={**(fields or {}), **typed})


# --- a pairing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("username", ["clerk", "leader"])
def test_a_unit_is_paired_with_a_village_for_a_term(app: Flask, sign_in: SignIn, username: str) -> None:
    with app.app_context():
        unit, member = str(unit_id(WATER)), str(viewer("handler").id)
    person = sign_in(username)
    person.get("/villages/")
    person.follow("新建结对")
    person.submit("继续", unit=unit, township=VILLAGE[:9])
    person.submit("确定结对", 422, place="", members=[])
    page = person.submit("确定结对", place=VILLAGE, members=[member], from_on=day(0), until_on=day(300))
    assert "赵水务" in page.text
    person.follow("邾城街道 / 红旗社区")
    assert "红旗社区" in person.page.heading
    assert VILLAGE in person.page.text
    assert WATER in person.page.text


def test_a_party_branch_of_a_unit_pairs_and_is_named_wherever_the_unit_is(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        unit, member = str(unit_id(WATER)), str(viewer("handler").id)
    clerk = sign_in("clerk")
    clerk.get(f"/pairings/new?unit={unit}&township={VILLAGE[:9]}")
    term = {"from_on": day(0), "until_on": day(300)}
    page = clerk.submit("确定结对", fields={"place": VILLAGE, "branch": "机关第二党支部", "members": [member], **term})
    partner = f"{WATER}（机关第二党支部）"
    assert partner in page.heading
    assert partner in clerk.get(f"/villages/{VILLAGE}").text
    handler = sign_in("handler")  # of the unit, which answers for it
    assert partner in handler.get(page.path).heading
    with app.app_context():
        promise(db.session.scalars(select(Pairing.id)).one())
        db.session.commit()
    assert partner in clerk.get("/villages/late?which=open").text


def test_a_unit_and_a_village_have_one_pairing_at_a_time(app: Flask, sign_in: SignIn, pairing: int) -> None:
    with app.app_context():
        with pytest.raises(NotPossible):
            pair()
        db.session.rollback()
        unit, member = str(unit_id(WATER)), str(viewer("handler").id)
    clerk = sign_in("clerk")
    clerk.get(f"/pairings/new?unit={unit}&township={VILLAGE[:9]}")
    page = clerk.submit("确定结对", 422, place=VILLAGE, members=[member], from_on=day(0), until_on=day(300))
    assert "已经结对" in page.one("#errors").text()
    press(sign_in("leader"), pairing, "end", reason="期满。")
    with app.app_context():
        again = pair()
        assert again != pairing
        pair(unit=FARMING, member="handler2")  # another unit may help as well


@pytest.mark.parametrize("username", ["handler", "contact", "discipline", "auditor", "administrator"])
def test_only_the_office_pairs_and_ends(app: Flask, sign_in: SignIn, pairing: int, username: str) -> None:
    person = sign_in(username)
    person.get("/pairings/new", expect=403)
    if username in ("handler", "contact"):
        assert f"/pairings/{pairing}/end" not in person.get(f"/pairings/{pairing}").html
        with app.app_context(), pytest.raises(NotPossible):
            db.session.get_one(Pairing, pairing).move("end", {"reason": "x"}, by=viewer(username))
    else:
        person.get(f"/pairings/{pairing}", expect=404)


def test_an_ended_pairing_says_why_and_takes_nothing_more(app: Flask, sign_in: SignIn, pairing: int) -> None:
    with app.app_context():
        promise(pairing, due=-0)
        db.session.commit()
    assert "机构改革。" in press(sign_in("leader"), pairing, "end", reason="机构改革。").text
    handler = sign_in("handler")
    page = handler.get(f"/pairings/{pairing}")
    assert not [step.action for step in WORKFLOW if f"/pairings/{pairing}/{step.action}" in page.html]
    assert "/goals/" not in page.html
    with app.app_context():
        row = db.session.get_one(Pairing, pairing)
        assert row.ended_on == clock.today()


def test_a_pairing_whose_term_is_over_is_prolonged_or_ended(
    app: Flask, sign_in: SignIn, pairing: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for username in ("clerk", "leader"):
        assert f"/pairings/{pairing}" not in sign_in(username).get("/desk").html
    later(monkeypatch, 366)
    assert f"/pairings/{pairing}" not in sign_in("handler").get("/desk").html
    clerk = sign_in("clerk")
    assert f"/pairings/{pairing}" in clerk.get("/desk").html
    assert press(clerk, pairing, "term", 422, from_on=day(5), until_on=day(1)).all("#until_on-error")
    press(clerk, pairing, "term", until_on=day(300))
    assert f"/pairings/{pairing}" not in clerk.get("/desk").html


def test_who_is_responsible_changes_with_a_trace_and_comes_from_the_unit(
    app: Flask, sign_in: SignIn, pairing: int
) -> None:
    with app.app_context():
        stranger = str(viewer("handler2").id)
        with pytest.raises(NotPossible):
            db.session.get_one(Pairing, pairing).move("members", {"members": [int(stranger)]}, by=viewer("clerk"))
        db.session.rollback()
    assert press(sign_in("handler"), pairing, "members", 422, members=[stranger]).all("#errors")
    press(sign_in("handler"), pairing, "members")  # the same again
    with app.app_context():
        assert db.session.scalar(select(func.count(Member.id))) == 1
        row = db.session.scalars(select(Member)).one()
        row.left_on = clock.today()
        with pytest.raises(Untraced):
            db.session.commit()


# --- the plan --------------------------------------------------------------------------------------------------------


def goal_words(app: Flask) -> dict[str, Value]:
    with app.app_context():
        owner = str(viewer("handler").id)
    return {"title": "东塘泵站全年可用", "measures": "更换电机。", "owner": owner, "due_on": day(30)}


def test_a_goal_is_planned_reached_and_told_whether_in_time(
    app: Flask, sign_in: SignIn, pairing: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = sign_in("handler")
    for wrong in ({"title": ""}, {"measures": ""}, {"due_on": day(-1)}, {"due_on": "soon"}, {"owner": ""}):
        assert press(handler, pairing, "goal", 422, {**goal_words(app), **wrong}).all("#errors")
    page = press(handler, pairing, "goal", fields=goal_words(app))
    assert f"{day(30)[:4]}年计划" in page.text
    with app.app_context():
        goal = db.session.scalars(select(Goal.id)).one()
    later(monkeypatch, 40)
    handler = sign_in("handler")
    handler.get(f"/pairings/{pairing}")
    address = f"/pairings/{pairing}/goals/{goal}/reach"
    handler.follow(address)
    assert handler.submit(address, 422, on=day(3), outcome="已验收。").all("#on-error")
    page = handler.submit(address, on=day(0), outcome="已验收。")
    assert "已验收。" in page.text
    with app.app_context():
        told = db.session.scalars(select(Entry.action).where(Entry.thread == "pairing").order_by(Entry.number)).all()
    assert told == ["paired", "goal", "goal reach"]


def test_a_promise_is_not_moved_without_a_word(app: Flask, sign_in: SignIn, pairing: int) -> None:
    with app.app_context():
        goal = promise(pairing)
        db.session.commit()
    handler = sign_in("handler")
    address = f"/pairings/{pairing}/goals/{goal}/change"
    handler.get(address)
    assert handler.submit(address, 422, due_on=day(60), reason="").all("#reason-error")
    assert "汛期推迟。" in handler.submit(address, due_on=day(60), reason="汛期推迟。").text
    with app.app_context():
        data = db.session.scalars(select(Entry.data).where(Entry.action == "goal change")).one()
        assert (data["before"], data["due_on"]) == (day(10), day(60))
        assert "drop" not in [step.action for step in db.session.get_one(Goal, goal).steps(viewer("handler"))]
        assert "drop" in [step.action for step in db.session.get_one(Goal, goal).steps(viewer("leader"))]


def test_a_secretary_sees_every_late_promise_of_the_year_on_one_page(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        own, other = pair(), pair(unit=FARMING, place=OTHER, member="handler2")
        promise(own, "东塘泵站全年可用", due=5)
        promise(own, "三组路灯亮起来", due=60)
        promise(other, "油茶示范片", due=3, by="handler2")
        id = need("plan", title="支渠清淤")
        assert id
        db.session.commit()
    leader = sign_in("leader")
    assert "东塘泵站" not in leader.get("/villages/late").text
    later(monkeypatch, 30)
    leader = sign_in("leader")
    leader.get("/desk")
    page = leader.follow("/villages/late")
    shown = page.texts("tbody tr:has(.due)")
    assert "已超期 27 天" in shown[0]
    assert "油茶示范片" in shown[0]  # the longest first
    assert "东塘泵站" in shown[1]
    assert "更换电机" in shown[2]  # a late measure for a need
    assert "路灯" not in page.text
    assert "路灯" in leader.get("/villages/late?which=open").text
    narrowed = leader.get(f"/villages/late?township={OTHER[:9]}").text
    assert "油茶示范片" in narrowed
    assert "东塘" not in narrowed
    assert "更换电机" not in narrowed
    for username, mine, others in (
        ("handler", "东塘泵站", "油茶"),
        ("contact", "东塘泵站", "油茶"),
        ("handler2", "油茶", "东塘"),
    ):
        told = sign_in(username).get("/villages/late").text
        assert mine in told
        assert others not in told
    sign_in("auditor").get("/villages/late", expect=403)


def test_the_late_promises_are_counted_by_village_with_whom_to_ask(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        own = pair()
        pair(unit=FARMING, place=OTHER, member="handler2")
        promise(own, due=5)
        need("plan", title="支渠清淤")
        need(title="小桥护栏松动")  # which nobody has answered
        need(title="油茶销路", place=OTHER, by="clerk")
        db.session.commit()
    leader = sign_in("leader")
    assert "没有超期的承诺" in leader.get("/villages/late").text
    later(monkeypatch, 40)
    page = sign_in("leader").get("/villages/late")
    assert "有 4 项承诺超期" in page.text
    assert "涉及 2 个村" in page.text
    assert page.texts("tbody tr")[:2] == [
        f"邾城街道 / 红旗社区 1 1 1 {WATER}：赵水务 陈联络",
        f"{page.texts('tbody td')[6]} 0 0 1 {FARMING}：钱农业 暂无",
    ]
    waits = [each for each in page.texts("tbody tr:has(.due)") if "护栏" in each]
    assert len(waits) == 1
    assert f"赵水务 · {WATER}" in waits[0]  # whom to ask
    for username, number in (("handler", 3), ("handler2", 1), ("contact", 3)):
        assert f"有 {number} 项承诺超期" in sign_in(username).get("/villages/late").text


def test_the_page_of_a_village_leads_to_what_is_late_there_and_nowhere_else(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        own, other = pair(), pair(unit=FARMING, place=OTHER, member="handler2")
        promise(own, due=5)
        promise(other, "油茶示范片", due=5, by="handler2")
        need(title="小桥护栏松动")
        db.session.commit()
    assert "承诺超期" not in sign_in("clerk").get(f"/villages/{VILLAGE}").one("main").text()
    later(monkeypatch, 40)
    clerk = sign_in("clerk")
    assert "对本村有 2 项承诺超期" in clerk.get(f"/villages/{VILLAGE}").text
    page = clerk.follow("对本村有 2 项承诺超期")
    assert "只列对邾城街道 / 红旗社区的承诺" in page.text
    assert "东塘泵站" in page.text
    assert "护栏" in page.text
    assert "油茶" not in page.text
    clerk.submit("/villages/late", fields={"which": "open"})  # the village stays
    assert "东塘泵站" in clerk.page.text
    assert "油茶" not in clerk.page.text


def test_a_year_narrows_goals_measures_and_needs_alike(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        promise(pair(), due=5)
        need("plan", title="支渠清淤")
        need(title="小桥护栏松动")
        db.session.commit()
    later(monkeypatch, 40)
    year = (clock.now() - timedelta(days=30)).year
    clerk = sign_in("clerk")
    assert "没有超期的承诺" in clerk.get(f"/villages/late?year={year - 2}").text
    assert "有 3 项承诺超期" in clerk.get("/villages/late").text


@SQLITE
@pytest.mark.parametrize(
    "asked", ["village=1'--", "which=x", "year=abcd", "unit=99999999999999999999", "after=x.y", "township=1'--"]
)
def test_a_word_of_the_address_that_means_nothing_narrows_nothing(app: Flask, sign_in: SignIn, asked: str) -> None:
    clerk = sign_in("clerk")
    for path in ("/villages/", "/villages/late", "/needs/"):
        clerk.get(f"{path}?{asked}")


def test_a_late_goal_stands_on_the_desk_of_its_owner(app: Flask, sign_in: SignIn, pairing: int) -> None:
    with app.app_context():
        promise(pairing, due=3)
        db.session.commit()
    handler = sign_in("handler")
    handler.get("/desk")
    assert "东塘泵站全年可用" in handler.page.text
    handler.follow("东塘泵站全年可用")
    assert "东塘泵站全年可用" not in sign_in("handler2").get("/desk").text


# --- the page of a village -------------------------------------------------------------------------------------------


def test_the_page_of_a_village_is_the_picture_of_it_all(app: Flask, sign_in: SignIn, pairing: int) -> None:
    with app.app_context():
        promise(pairing)
        id = need("plan", title="支渠清淤")
        take(id, "progress", spent=123456)
        plan = Plan(
            clock.today(), "09:00", "11:00", VILLAGE[:9], [VILLAGE], "红旗社区大院", "", [viewer("leader").id], []
        )
        trip = Visit.plan(plan, by=viewer("clerk"))
        db.session.commit()
        visit = trip.id
    put(app, CaseState.REGISTERED, subject="邻里争水")
    clerk = sign_in("clerk")
    page = clerk.get(f"/villages/{VILLAGE}")
    for word in (
        "邾城街道 / 红旗社区",
        VILLAGE,
        "陈联络",
        WATER,
        "赵水务",
        "东塘泵站全年可用",
        "支渠清淤",
        "18,600.50 元",
        "1,234.56 元",
    ):
        assert word in page.text, word
    assert "本村有 1 件" in page.text
    assert "邻里争水" not in page.html  # a number, and no word of what it is
    assert "红旗社区大院" not in page.text  # a plan is nobody's to know yet
    with app.app_context():
        db.session.get_one(Visit, visit).move("announce", {}, by=viewer("clerk"))
        db.session.commit()
    assert "红旗社区大院" in clerk.get(f"/villages/{VILLAGE}").text
    assert "红旗社区大院" in sign_in("contact").get(f"/villages/{VILLAGE}").text


def test_money_spent_on_a_dropped_measure_is_the_same_on_the_village_as_in_the_account(
    app: Flask, sign_in: SignIn, pairing: int
) -> None:
    with app.app_context():
        id = need("plan")
        take(id, "progress", spent=500)
        take(id, "measure", planned=100000)
        db.session.commit()
    clerk = sign_in("clerk")
    assert "已取消的措施" not in clerk.get(f"/villages/{VILLAGE}").text
    with app.app_context():
        first = db.session.scalars(select(Measure).order_by(Measure.id)).first()
        assert first is not None
        first.move("drop", {"reason": "改用新泵。"}, by=viewer("handler"))
        db.session.commit()
    told = clerk.get(f"/villages/{VILLAGE}").one("main dl").text()
    assert "1,000.00 元" in told
    assert "5.00 元（其中 5.00 元 用于已取消的措施）" in told
    assert "5.00" in clerk.get("/account/").texts("tbody td.number")


def test_the_wall_holds_in_the_number_of_open_matters(app: Flask, sign_in: SignIn, pairing: int) -> None:
    put(app, CaseState.ASSIGNED, unit=WATER)
    told = sign_in("handler").get(f"/villages/{VILLAGE}").one("main").text()
    put(app, CaseState.REGISTERED, against=WATER)
    put(app, CaseState.REGISTERED, person="赵水务")
    assert sign_in("handler").get(f"/villages/{VILLAGE}").one("main").text() == told
    assert "本村有 3 件" in sign_in("clerk").get(f"/villages/{VILLAGE}").text
    assert "本村有 0 件" in sign_in("contact").get(f"/villages/{VILLAGE}").text


def test_a_village_is_open_to_its_contact_its_units_and_the_office(app: Flask, sign_in: SignIn, pairing: int) -> None:
    for username, expect in (
        ("clerk", 200), ("leader", 200), ("handler", 200), ("contact", 200), ("handler2", 404),
        ("auditor", 404), ("discipline", 404), ("administrator", 404),
    ):  # fmt: skip
        sign_in(username).get(f"/villages/{VILLAGE}", expect=expect)
    clerk = sign_in("clerk")
    for nothing in ("420117001", "420117", "1", "x", "4" * 30, "４２０１１７００１００１"):
        clerk.get(f"/villages/{nothing}", expect=404)


def test_the_villages_are_listed_by_what_is_paired(app: Flask, sign_in: SignIn, pairing: int) -> None:
    clerk = sign_in("clerk")
    assert len(clerk.get("/villages/").all("tbody tr")) == 3
    assert clerk.get("/villages/?paired=yes").texts("tbody td[data-label='村（社区）']") == ["红旗社区"]
    assert len(clerk.get("/villages/?paired=no").all("tbody tr")) == 2
    assert len(clerk.get(f"/villages/?township={OTHER[:9]}").all("tbody tr")) == 1
    with app.app_context():
        water, farming = unit_id(WATER), unit_id(FARMING)
    assert len(clerk.get(f"/villages/?unit={water}").all("tbody tr")) == 1
    assert not clerk.get(f"/villages/?unit={farming}").all("tbody tr")
    assert sign_in("handler").get("/villages/").texts("tbody td[data-label='村（社区）']") == ["红旗社区"]
    assert not sign_in("handler2").get("/villages/").all("tbody tr")


# --- the record ------------------------------------------------------------------------------------------------------


def test_no_word_of_a_plan_lies_in_clear_and_the_check_knows_every_goal(app: Flask, pairing: int) -> None:
    with app.app_context():
        goal = promise(pairing)
        db.session.commit()
    held = repr(contents(app))
    assert "东塘泵站" not in held
    assert "更换电机" not in held
    run(app, "check")
    with app.app_context():
        db.session.connection().execute(Goal.__table__.delete().where(Goal.__table__.c.id == goal))  # type: ignore[attr-defined]
        db.session.commit()
    assert "another number of goals" in run(app, "check", code=1)


def test_every_step_has_words_for_the_record() -> None:
    assert {step.action for step in WORKFLOW} <= set(EVENT_LABELS)
    assert {f"goal {step.action}" for step in GOAL} <= set(EVENT_LABELS)


def test_the_tables_go_down_and_up_again_with_rows_in_them(app: Flask, pairing: int) -> None:
    with app.app_context():
        promise(pairing)
        need("plan", "progress", "done", "report")
        db.session.commit()
        db.session.remove()
        flask_migrate.downgrade(revision="0015")
        assert not {"pairing", "need", "need_origin"} & set(inspect(db.engine).get_table_names())
        flask_migrate.upgrade()
        id = pair()
        promise(id)
        need("plan")
        db.session.commit()
