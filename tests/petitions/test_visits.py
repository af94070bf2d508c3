"""Down-visits: a plan that points to nobody, steps in their order, results told, promises watched."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import func, select

from blueprints.accounts.models import Unit, User
from blueprints.petitions.docket.domain import State
from blueprints.petitions.docket.models import Petition
from blueprints.petitions.visits import models
from blueprints.petitions.visits.domain import EVENT_LABELS, WORKFLOW, Kept, Result, late, months_around
from blueprints.petitions.visits.models import Visit, VisitPromise
from core import clock
from core.extensions import db
from core.record import Entry
from core.roles import Role
from core.workflow import NotPossible
from tests.browse import Browser, Value
from tests.browse import queries as counted
from tests.letters import FARMING, PUMPS, WATER, WRITER, look_up, put, unit_id, viewer
from tests.people import PASSWORD
from tests.upkeep import spoil

SignIn = Callable[..., Browser]
TOWNSHIP, VILLAGE, OTHER = "420117001", "420117001001", "420117001003"


def day(ahead: int = 0) -> date:
    """A day of the office, so many days ahead."""
    return (clock.now() + timedelta(hours=8)).date() + timedelta(days=ahead)


def user_id(app: Flask, username: str) -> int:
    with app.app_context():
        return db.session.scalars(select(User.id).where(User.username == username)).one()


def plan(app: Flask, clerk: Browser, ahead: int = 7, leaders: tuple[str, ...] = ("leader",), **changes: Value) -> int:
    """Plan a visit by the form; its id."""
    clerk.get(f"/visits/new?township={TOWNSHIP}")
    typed: dict[str, Value] = {
        "held_on": day(ahead).isoformat(),
        "starts": "09:00",
        "ends": "11:30",
        "where": "社区办公室二楼",
        "leaders": [str(user_id(app, each)) for each in leaders],
        **changes,
    }
    clerk.submit("/visits/new", fields=typed)
    found = re.search(r"/visits/(\d+)/cases", clerk.page.path)
    assert found
    return int(found[1])


def step(clerk: Browser, visit: int, action: str, **typed: Value) -> None:
    clerk.get(f"/visits/{visit}")
    clerk.follow(f"/visits/{visit}/{action}")
    clerk.submit(f"/visits/{visit}/{action}", fields=typed)


def happened(app: Flask, visit: int) -> None:
    """Let a planned visit have been today, as if its day had come."""
    with app.app_context():
        row = db.session.get_one(Visit, visit)
        row.held_on = day()
        row.trace("change", by=None)
        db.session.commit()


def take(clerk: Browser, visit: int, *cases: int) -> None:
    clerk.get(f"/visits/{visit}/cases")
    clerk.submit(f"/visits/{visit}/cases", fields={"case": [str(each) for each in cases]})


@pytest.fixture
def clerk(sign_in: SignIn) -> Browser:
    return sign_in("clerk")


# --- the plan ------------------------------------------------------------------------------------------------------


def test_a_visit_goes_from_the_plan_to_the_end(app: Flask, clerk: Browser) -> None:
    made = put(app, State.HANDLING)
    visit = plan(app, clerk)
    take(clerk, visit, made.id)
    assert "水泵" in clerk.page.text
    step(clerk, visit, "announce")
    clerk.get(f"/visits/{visit}")
    assert not clerk.page.all(f"a[href='/visits/{visit}/carry_out']")  # its day has not come
    happened(app, visit)
    step(clerk, visit, "carry_out")
    step(clerk, visit, "close", reason="都已跟进。")
    with app.app_context():
        assert db.session.get_one(Visit, visit).state == "closed"
        told = [
            row.action for row in db.session.scalars(select(Entry).where(Entry.thread == "visit").order_by(Entry.id))
        ]
    assert told == ["planned", "announce", "change", "carry_out", "close"]
    assert app.test_cli_runner().invoke(args=["check"]).exit_code == 0


def test_a_visit_is_cancelled_with_a_reason_and_then_offers_no_step(app: Flask, clerk: Browser) -> None:
    visit = plan(app, clerk)
    clerk.get(f"/visits/{visit}/cancel")
    clerk.submit(f"/visits/{visit}/cancel", expect=422)
    clerk.submit(f"/visits/{visit}/cancel", reason="大雨封路。")
    assert not [link for link in clerk.page.all(".actions a") if f"/visits/{visit}/" in str(link.attributes["href"])]
    clerk.get(f"/visits/{visit}/announce")
    assert clerk.page.path == f"/visits/{visit}"


def test_the_plan_shows_places_and_subjects_and_never_who_wrote(app: Flask, clerk: Browser) -> None:
    put(app, State.HANDLING)
    visit = plan(app, clerk)
    page = clerk.get(f"/visits/{visit}/cases")
    assert "红旗社区" in page.text
    assert "水泵坏了" in page.text
    for secret in (*WRITER.values(), "没有人修"):
        assert secret not in page.html


def test_only_open_matters_of_the_villages_visited_are_offered(app: Flask, clerk: Browser) -> None:
    put(app, State.HANDLING, subject="红旗的事")
    put(app, State.HANDLING, subject="南街的事", place=OTHER)
    put(app, State.HANDLING, subject="江北的事", place="420117002001")
    put(app, State.CLOSED, subject="办结的事")
    visit = plan(app, clerk)
    page = clerk.get(f"/visits/{visit}/cases")
    assert "红旗的事" in page.text
    assert "南街的事" in page.text
    assert "江北的事" not in page.text
    assert "办结的事" not in page.text
    assert "南街社区 (1)" in page.text
    visit = plan(app, clerk, villages=[OTHER])
    page = clerk.get(f"/visits/{visit}/cases")
    assert "红旗的事" not in page.text
    assert "南街的事" in page.text


def test_a_plan_with_mistakes_comes_back_with_everything_typed(app: Flask, clerk: Browser) -> None:
    clerk.get(f"/visits/new?township={TOWNSHIP}")
    typed: dict[str, Value] = {"held_on": "2019-01-01", "starts": "11:00", "ends": "09:00", "where": "村委会"}
    page = clerk.submit("/visits/new", expect=422, fields=typed)
    assert page.one("#where").attributes["value"] == "村委会"
    assert {str(link.attributes["href"]) for link in page.all("#errors a")} == {"#held_on", "#ends", "#leaders-0"}


def test_two_who_change_one_plan_do_not_overwrite_each_other(app: Flask, sign_in: SignIn, clerk: Browser) -> None:
    visit, other = plan(app, clerk), sign_in("clerk2")
    clerk.get(f"/visits/{visit}/change")
    other.get(f"/visits/{visit}/change")
    other.submit(f"/visits/{visit}/change", where="新地点")
    page = clerk.submit(f"/visits/{visit}/change", expect=409, where="旧地点")
    assert page.one("#where").attributes["value"] == "旧地点"
    with app.app_context():
        assert db.session.get_one(Visit, visit).where == "新地点"


def test_who_does_not_plan_may_read_but_not_change(app: Flask, sign_in: SignIn, clerk: Browser) -> None:
    visit = plan(app, clerk)
    handler = sign_in("handler")
    handler.get(f"/visits/{visit}")
    handler.get("/visits/new", expect=403)
    for path in ("announce", "change", "cases", "cancel"):
        handler.get(f"/visits/{visit}/{path}", expect=404)
    for username in ("contact", "discipline", "auditor", "administrator"):
        sign_in(username).get("/visits/", expect=403)
        sign_in(username).get(f"/visits/{visit}", expect=404)


def test_a_list_of_visits_costs_the_same_however_many_there_are(app: Flask, clerk: Browser) -> None:
    plan(app, clerk)
    with counted(app) as few:
        clerk.get("/visits/")
    for _ in range(3):
        plan(app, clerk)
    with counted(app) as many:
        clerk.get("/visits/")
    assert len(few) == len(many)


# --- results and promises ------------------------------------------------------------------------------------------


@pytest.fixture
def visited(app: Flask, clerk: Browser) -> tuple[int, int, str]:
    """A visit that took place, a matter that was taken along, and its receipt code."""
    made = put(app, State.HANDLING)
    visit = plan(app, clerk)
    take(clerk, visit, made.id)
    happened(app, visit)
    step(clerk, visit, "carry_out")
    return visit, made.id, made.code


def test_the_result_goes_to_the_petitioner_as_a_message(
    app: Flask, clerk: Browser, visited: tuple[int, int, str]
) -> None:
    visit, petition, code = visited
    clerk.get(f"/visits/{visit}/result?case={petition}")
    clerk.submit(f"/visits/{visit}/result?case={petition}", result="solved", text="水泵已当场修好。")
    assert "当场解决" in clerk.page.text
    visitor = Browser(app)
    assert "水泵已当场修好。" in look_up(visitor, code).text
    clerk.get(f"/visits/{visit}/result?case={petition}")
    clerk.submit(f"/visits/{visit}/result?case={petition}", result="explained", text="第二次。")
    assert "第二次" not in visitor.get("/letters/status").text  # it is said once


def promise(clerk: Browser, app: Flask, visit: int, petition: int | None, owner: str, due: date, text: str) -> int:
    clerk.get(f"/visits/{visit}/promise")
    typed: dict[str, Value] = {
        "text": text,
        "owner": str(user_id(app, owner)),
        "due_on": due.isoformat(),
        "petition": str(petition or ""),
    }
    clerk.submit(f"/visits/{visit}/promise", fields=typed)
    with app.app_context():
        return db.session.scalars(select(VisitPromise.id).order_by(VisitPromise.id.desc()).limit(1)).one()


def test_a_kept_promise_is_read_on_the_receipt_page_and_an_open_one_is_not(
    app: Flask, sign_in: SignIn, clerk: Browser, visited: tuple[int, int, str]
) -> None:
    visit, petition, code = visited
    id = promise(clerk, app, visit, petition, "handler", day(10), "十日内换新水泵")
    visitor = Browser(app)
    assert "十日内换新水泵" not in look_up(visitor, code).text
    handler = sign_in("handler")
    handler.get("/visits/promises")
    handler.follow(f"/visits/promises/{id}/keep")
    handler.submit(f"/visits/promises/{id}/keep", text="新水泵已装好。")
    told = visitor.get("/letters/status").text
    assert "十日内换新水泵" in told
    assert "新水泵已装好。" in told
    handler.follow(f"/visits/promises/{id}/tell")
    handler.submit(f"/visits/promises/{id}/tell", text="新水泵已装好，请放心。")
    assert "请放心" in visitor.get("/letters/status").text
    with app.app_context():
        assert db.session.get_one(VisitPromise, id).state == Kept.TOLD
    handler.get(f"/visits/promises/{id}/keep")
    assert handler.page.path.startswith("/visits/promises?")  # it is not open any more
    assert app.test_cli_runner().invoke(args=["check"]).exit_code == 0


def test_a_unit_that_owes_a_promise_in_a_matter_of_another_does_not_write_to_its_petitioner(
    app: Flask, sign_in: SignIn, clerk: Browser, visited: tuple[int, int, str]
) -> None:
    visit, petition, code = visited
    id = promise(clerk, app, visit, petition, "handler2", day(10), "十日内接好电")
    other = sign_in("handler2")
    other.get("/visits/promises")
    other.follow(f"/visits/promises/{id}/keep")
    other.submit(f"/visits/promises/{id}/keep", text="电已接好。")
    assert not other.page.all(f"a[href='/visits/promises/{id}/tell']")
    other.get(f"/visits/promises/{id}/tell")
    assert other.page.path.startswith("/visits/promises?")
    clerk.get("/visits/promises")
    clerk.follow(f"/visits/promises/{id}/tell")
    clerk.submit(f"/visits/promises/{id}/tell", text="电已接好，请放心。")
    assert "请放心" in look_up(Browser(app), code).text


def test_a_leader_finds_the_late_promises_of_the_last_visit_in_two_clicks(
    app: Flask, sign_in: SignIn, clerk: Browser, visited: tuple[int, int, str]
) -> None:
    visit, petition, _ = visited
    promise(clerk, app, visit, petition, "handler", day(-1), "昨天到期的承诺")
    promise(clerk, app, visit, None, "handler2", day(), "今天到期的承诺")
    leader = sign_in("leader")
    desk = leader.get("/desk")
    assert "昨天到期的承诺" in desk.text
    assert "今天到期的承诺" not in desk.text
    leader.follow("最近一次下访的超期承诺")
    told = leader.page.text
    assert "昨天到期的承诺" in told
    assert "超期" in told
    assert "今天到期的承诺" not in told


def test_promises_are_narrowed_by_state_visit_and_unit(
    app: Flask, clerk: Browser, visited: tuple[int, int, str]
) -> None:
    visit, petition, _ = visited
    promise(clerk, app, visit, petition, "handler", day(-1), "承诺甲")
    promise(clerk, app, visit, None, "handler2", day(5), "承诺乙")
    with app.app_context():
        farming = unit_id(FARMING)
    for asked, found in {
        "": "甲乙",
        "?state=late": "甲",
        "?state=open": "甲乙",
        "?state=kept": "",
        f"?unit={farming}": "乙",
        f"?visit={visit}": "甲乙",
        "?visit=last&state=late": "甲",
    }.items():
        text = clerk.get(f"/visits/promises{asked}").text
        assert {each for each in "甲乙" if f"承诺{each}" in text} == set(found), asked


def test_a_promise_is_late_from_the_day_after_it_was_due_and_until_it_is_kept() -> None:
    due = date(2026, 2, 28)
    assert not late(Kept.OPEN, due, due)
    assert late(Kept.OPEN, due, date(2026, 3, 1))
    assert not late(Kept.KEPT, due, date(2026, 3, 1))


def test_the_months_around_go_over_the_year() -> None:
    assert months_around(date(2026, 1, 31)) == (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1))
    assert months_around(date(2026, 12, 5)) == (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1))


def test_what_was_promised_is_stored_sealed(app: Flask, clerk: Browser, visited: tuple[int, int, str]) -> None:
    from tests.letters import everything_stored

    visit, petition, _ = visited
    promise(clerk, app, visit, petition, "handler", day(3), "标记承诺内容")
    assert not [each for each in everything_stored(app) if "标记承诺内容" in each or "社区办公室二楼" in each]


# --- the wall ------------------------------------------------------------------------------------------------------


def entries(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Entry).where(Entry.thread == "visit")) or 0


@pytest.fixture
def walled(app: Flask) -> str:
    """A clerk who works in the water bureau: whom a letter about that unit must not reach."""
    with app.app_context():
        water = db.session.get_one(Unit, unit_id(WATER))
        User.open("inside", "冯局长", Role.CLERK, water, PASSWORD, by=None, must_change=False)
        db.session.commit()
    return "inside"


def test_a_matter_about_the_viewer_is_neither_offered_nor_counted_nor_shown(
    app: Flask, sign_in: SignIn, clerk: Browser, walled: str
) -> None:
    for place in (VILLAGE, OTHER):
        put(app, State.HANDLING, unit=FARMING, subject="别的事", place=place)
    visit, accused, other = plan(app, clerk), sign_in(walled), sign_in("clerk2")
    step(clerk, visit, "announce")
    happened(app, visit)
    paths = [
        "/visits/",
        f"/visits/{visit}",
        f"/visits/{visit}/cases",
        f"/visits/{visit}/promise",
        f"/visits/promises?visit={visit}",
        "/visits/promises?state=late",
        "/reception/calendar",
        "/desk",
        "/record",
    ]

    def seen() -> list[str]:
        return [_bare(accused.client.get(path).get_data(as_text=True)) for path in paths]

    before, noted = seen(), entries(app)
    assert "红旗社区 (1)" in before[2]
    made = put(app, State.HANDLING, unit=FARMING, against=WATER, subject="标记题目")
    take(clerk, visit, made.id)
    visitor = Browser(app)
    visitor.get(f"/visits/announced/{visit}/sign-up")
    visitor.submit(f"/visits/announced/{visit}/sign-up", receipt=made.code)
    clerk.get(f"/visits/{visit}/result?case={made.id}")
    clerk.submit(f"/visits/{visit}/result?case={made.id}", result="explained", text="标记答复")
    id = promise(clerk, app, visit, made.id, "handler2", day(-1), "标记承诺")
    assert seen() == before  # not a number, not a version
    assert entries(app) == noted  # the visit's own record tells nothing of the matter
    accused.get(f"/visits/{visit}/result?case={made.id}", expect=404)
    accused.get(f"/visits/promises/{id}/keep", expect=404)
    for path, mark in {f"/visits/{visit}": "标记题目", "/visits/promises": "标记承诺", "/desk": "标记承诺"}.items():
        assert mark in other.get(path).text


def _bare(html: str) -> str:
    """The page without the tokens of its forms, which change each time."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", html)


def test_a_leader_complained_of_is_not_offered_for_the_visit_that_hears_the_matter(
    app: Flask, sign_in: SignIn, clerk: Browser
) -> None:
    with app.app_context():
        office = db.session.get_one(Unit, unit_id(FARMING))
        User.open("leader2", "蒋领导", Role.LEADER, office, PASSWORD, by=None, must_change=False)
        db.session.commit()
    made = put(app, State.HANDLING, person="蒋领导", subject="标记题目")
    visit = plan(app, clerk)
    take(clerk, visit, made.id)
    page = clerk.get(f"/visits/{visit}/change")
    assert "孙部长" in page.text
    assert "蒋领导" not in page.text
    accused = sign_in("leader2")  # who plans without knowing of the matter finds nothing odd
    page = accused.get(f"/visits/{visit}/change")
    assert "蒋领导" in page.one("#leaders").text()
    accused.submit(f"/visits/{visit}/change", leaders=[str(user_id(app, "leader2"))])
    assert "标记题目" not in accused.get(f"/visits/{visit}").html
    told = clerk.get(f"/visits/{visit}").text
    assert "标记题目" in told
    assert "涉及同行人员" in told
    clerk.get(f"/visits/{visit}/result?case={made.id}", expect=404)


@pytest.mark.parametrize("about", [{"person": "孙部长"}, {"against": PUMPS}], ids=["a leader", "a unit"])
def test_a_matter_about_somebody_who_goes_is_not_offered(app: Flask, clerk: Browser, about: dict[str, Any]) -> None:
    with app.app_context():
        pumps = str(unit_id(PUMPS))
    put(app, State.HANDLING, unit=FARMING, subject="标记题目", **about)
    put(app, State.HANDLING, subject="别的事")
    visit = plan(app, clerk, units=[pumps])
    page = clerk.get(f"/visits/{visit}/cases")
    assert "别的事" in page.text
    assert "标记题目" not in page.text


def test_a_promise_is_not_owed_by_whom_the_matter_is_about(app: Flask, clerk: Browser) -> None:
    made = put(app, State.HANDLING, unit=FARMING, against=WATER)
    visit = plan(app, clerk)
    take(clerk, visit, made.id)
    step(clerk, visit, "announce")
    clerk.get(f"/visits/{visit}/promise")
    typed: dict[str, Value] = {
        "text": "承诺",
        "owner": str(user_id(app, "handler")),
        "due_on": day(3).isoformat(),
        "petition": str(made.id),
    }
    clerk.submit(f"/visits/{visit}/promise", expect=422, fields=typed)
    with app.app_context():
        assert not db.session.scalar(select(func.count(VisitPromise.id)))


def test_a_handler_sees_the_promises_of_the_own_unit_and_settles_no_others(
    app: Flask, sign_in: SignIn, clerk: Browser
) -> None:
    visit = plan(app, clerk)
    step(clerk, visit, "announce")
    sign_in("handler").get(f"/visits/{visit}/promise", expect=404)  # whose unit does not come along
    own = promise(clerk, app, visit, None, "handler", day(3), "水务的承诺")
    other = promise(clerk, app, visit, None, "handler2", day(3), "农业的承诺")
    handler = sign_in("handler")
    handler.get("/visits/promises")
    handler.get(f"/visits/promises/{own}/keep")
    assert handler.page.path.endswith("/keep")
    handler.get(f"/visits/promises/{other}/keep", expect=404)
    matter = put(app, State.HANDLING).id  # which the handler's unit handles, though another owes the promise
    with app.app_context():
        models.add_case(db.session.get_one(Visit, visit), db.session.get_one(Petition, matter), by=viewer("clerk"))
        db.session.commit()
    seen = promise(clerk, app, visit, matter, "handler2", day(3), "农业对此事的承诺")
    assert "农业对此事的承诺" in handler.get("/visits/promises").text
    assert not handler.page.all(f"a[href='/visits/promises/{seen}/keep']")
    handler.get(f"/visits/promises/{seen}/keep")
    assert not handler.page.path.endswith("/keep")


def test_every_step_of_a_visit_has_its_words_in_the_record() -> None:
    assert {step.action for step in WORKFLOW} <= EVENT_LABELS.keys()


def test_the_record_tells_what_happened_to_a_visit(app: Flask, sign_in: SignIn, clerk: Browser) -> None:
    visit = plan(app, clerk)
    step(clerk, visit, "announce")
    told = sign_in("auditor").get("/record").texts("tbody tr")
    assert "下访已公告" in told[1]  # below the auditor's own sign-in
    assert "已制定下访计划" in told[2]


def test_a_leader_who_may_not_write_to_petitioners_changes_nothing_by_trying(
    app: Flask, sign_in: SignIn, clerk: Browser
) -> None:
    made = put(app, State.HANDLING)
    visit = plan(app, clerk)
    take(clerk, visit, made.id)
    step(clerk, visit, "announce")
    sign_in("leader").get(f"/visits/{visit}/result?case={made.id}", expect=404)
    with app.app_context():
        row, petition, leader = (
            db.session.get_one(Visit, visit),
            db.session.get_one(Petition, made.id),
            viewer("leader"),
        )
        with pytest.raises(NotPossible):
            models.tell(row, petition, Result.SOLVED, "话", by=leader)
        assert not db.session.new


def test_the_tables_go_down_and_up_with_rows_in_them(app: Flask, clerk: Browser) -> None:
    made = put(app, State.HANDLING)
    visit = plan(app, clerk, villages=[VILLAGE])
    take(clerk, visit, made.id)
    step(clerk, visit, "announce")
    promise(clerk, app, visit, made.id, "handler", day(3), "承诺")
    with app.app_context():
        db.session.remove()
        flask_migrate.downgrade(revision="0001")
        flask_migrate.upgrade()
        assert db.session.scalar(select(func.count(VisitPromise.id))) == 0
        assert db.session.get_one(Petition, made.id).subject
    plan(app, clerk)


def test_a_state_that_was_changed_past_the_record_is_found(app: Flask, clerk: Browser) -> None:
    visit = plan(app, clerk)
    assert app.test_cli_runner().invoke(args=["check"]).exit_code == 0
    spoil(app, f"UPDATE visit SET state = 'closed' WHERE id = {visit}")
    checked = app.test_cli_runner().invoke(args=["check"])
    assert checked.exit_code == 1
    assert f"visit {visit}: its state is not what the record says" in checked.output


def test_a_part_of_the_promises_is_drawn_for_the_filter(app: Flask, clerk: Browser) -> None:
    visit = plan(app, clerk)
    step(clerk, visit, "announce")
    promise(clerk, app, visit, None, "handler", day(-2), "部分刷新的承诺")
    part = clerk.get("/visits/promises?state=late", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert "部分刷新的承诺" in part.html
    assert "<h1" not in part.html
