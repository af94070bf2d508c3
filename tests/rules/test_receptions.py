"""Official receptions: asked for by one, decided by another, settled by a third; each line against its standard."""

import io
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select

from blueprints.rules.receptions import domain, queries
from blueprints.rules.receptions.domain import Alcohol, Kind, Line, Standard, State, Visit, check, overrun, sample
from blueprints.rules.receptions.models import Cost, Reception, StandardVersion, in_force, load
from core import clock
from core.extensions import db
from core.notices import Day
from core.record import Entry
from core.workdays import CalendarYear, days_of
from core.workflow import NotPossible
from tests.browse import Browser, Page, Value
from tests.browse import queries as statements
from tests.hostings import bill, costs, host, second_leader
from tests.letters import FARMING, viewer
from tests.upkeep import run, spoil

SignIn = Callable[..., Browser]
On = Callable[[date], None]

MONDAY = date(2026, 3, 2)
FRIDAY = date(2026, 3, 6)
SUNDAY = date(2026, 3, 8)
WORKED_SATURDAY = date(2026, 2, 14)  # for Spring Festival
WORKED_SUNDAY = date(2026, 1, 4)
QUICK = pytest.mark.parametrize("database", ["sqlite"])

TYPED: dict[str, Value] = {
    "guest_unit": "江夏区委组织部",
    "guests": "6",
    "guest_list": "甄来宾（副部长）等六人",
    "purpose": "考察农村党建",
    "letter": "江组函〔2026〕8号",
    "from_on": MONDAY.isoformat(),
    "until_on": MONDAY.isoformat(),
    "place": "机关食堂",
    "meals": "1",
    "hosts": "3",
    "host_list": "孙部长等三人",
    "working_meal": "５４０.00",
}


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> On:
    """Sets the office's clock to ten o'clock of a day; it begins on a Monday."""

    def go(day: date) -> None:
        monkeypatch.setattr(clock, "now", lambda: datetime(day.year, day.month, day.day, 2, tzinfo=UTC))

    go(MONDAY)
    return go


def make(app: Flask, state: State = State.APPROVED, day: date = MONDAY, **about: Any) -> int:
    with app.app_context():
        id = host(day, state, **about)
        db.session.commit()
    return id


def row(app: Flask, id: int) -> Reception:
    with app.app_context():
        found = db.session.get_one(Reception, id)
        assert found.cost_rows
        return found


def ask(person: Browser, expect: int = 200, **changes: Value) -> Page:
    person.get("/receptions/new")
    return person.submit("/receptions/new", expect, fields={**TYPED, **changes})


def take(person: Browser, id: int, action: str, expect: int = 200, **fields: Value) -> Page:
    person.get(f"/receptions/{id}/{action}")
    return person.submit(person.page.heading, expect, fields=fields)


def visit(**changes: Any) -> Visit:
    given: dict[str, Any] = {
        "guests": 6,
        "hosts": 3,
        "meals": 1,
        "days": 1,
        "working": True,
        "place": "机关食堂",
        "alcohol": False,
        "letter": "8号",
        "costs": costs(),
        **changes,
    }
    return Visit(**given)


def misfits(**changes: Any) -> list[Line]:
    return [each.line for each in domain.misfits(check(sample(), visit(**changes)))]


# --- the standard, line by line ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("guests", "hosts"), [(0, 0), (1, 3), (10, 3), (11, 3), (12, 4), (14, 4), (15, 5), (100, 33)])
def test_up_to_ten_guests_three_hosts_and_beyond_a_third_rounded_down(guests: int, hosts: int) -> None:
    assert sample().hosts_to(guests) == hosts
    assert Line.HOSTS not in misfits(guests=guests, hosts=hosts)
    assert Line.HOSTS in misfits(guests=guests, hosts=hosts + 1)


@pytest.mark.parametrize(
    ("kind", "most"),
    [
        (Kind.WORKING_MEAL, 6000 * 9),  # a person and meal, hosts too
        (Kind.MEAL, 8000 * 6 * 2),  # a guest and day
        (Kind.LODGING, 35000 * 6),  # a guest and night
        (Kind.TRANSPORT, 8000 * 6 * 2),
        (Kind.OTHER, 2000 * 6),
    ],
)
def test_a_fen_above_what_the_heads_allow_does_not_fit(kind: Kind, most: int) -> None:
    assert misfits(days=2, costs=costs(**{kind: most})) == []
    assert misfits(days=2, costs=costs(**{kind: most + 1})) == [Line(kind)]


def test_hosts_and_meals_beyond_what_is_allowed_bring_no_money() -> None:
    assert misfits(hosts=5, meals=2, costs=costs(working_meal=6000 * 9 + 1)) == [
        Line.HOSTS,
        Line.MEALS,
        Line.WORKING_MEAL,
    ]


def test_a_visit_of_a_day_has_no_night_and_one_without_guests_nothing_at_all() -> None:
    assert misfits(costs=costs(lodging=1)) == [Line.LODGING]
    assert misfits(guests=0, hosts=0, meals=0, costs=costs()) == []
    assert misfits(guests=0, hosts=1, costs=costs(working_meal=1)) == [Line.HOSTS, Line.WORKING_MEAL]


def test_letter_place_and_meals_are_lines_too() -> None:
    assert misfits(letter="", place="江边酒楼", meals=2) == [Line.LETTER, Line.MEALS, Line.PLACE]


def test_what_is_saved_on_one_kind_pays_for_no_other() -> None:
    assert overrun(costs(meal=10000, other=100), costs(meal=5000, other=101)) == 1
    assert overrun(costs(meal=10000), costs(meal=10000)) == 0


@QUICK
@pytest.mark.parametrize(
    ("first", "last", "shut"),
    [
        (SUNDAY, SUNDAY, False),
        (WORKED_SATURDAY, WORKED_SATURDAY, True),
        (WORKED_SUNDAY, WORKED_SUNDAY, True),
        (FRIDAY, SUNDAY, True),
        (date(2026, 2, 16), date(2026, 2, 18), False),  # within Spring Festival
    ],
)
def test_no_alcohol_on_a_visit_with_a_working_day_in_it(
    app: Flask, on: On, sign_in: SignIn, first: date, last: date, shut: bool
) -> None:
    on(first - timedelta(days=1))
    id = make(app, State.DRAFT, first, until_on=last, alcohol=True)
    page = sign_in("handler").get(f"/receptions/{id}")
    assert ("不能批准" in page.text) == shut
    assert ("送审" in page.texts(".steps a")) != shut


# --- asking --------------------------------------------------------------------------------------------------------


@QUICK
def test_a_request_is_shown_against_the_standard_before_it_is_sent(app: Flask, on: On, sign_in: SignIn) -> None:
    handler = sign_in("handler")
    page = ask(handler, hosts="4", place="-", elsewhere="江边酒楼")
    assert page.heading == "江夏区委组织部"
    lines = {
        cells[0]: cells
        for cells in (
            [each.text() for each in tr.css("th")] + [tr.text()] for tr in page.all("#check ~ table tbody tr")
        )
    }
    assert "不符合" in lines["陪餐人数"][1]
    assert "第7条" in lines["陪餐人数"][1]
    assert "江边酒楼" in lines["接待场所"][1]
    assert "符合" in lines["工作餐费"][1]
    assert "60.00 × 9 × 1 = 540.00 元" in lines["工作餐费"][1]
    id = int(page.path.rpartition("/")[2])
    assert row(app, id).planned_fen == 54000
    assert not sign_in("leader").get("/receptions/").all("tbody tr")  # a draft is nobody's but its writer's
    sign_in("leader").get(f"/receptions/{id}", expect=404)
    take(handler, id, "send")
    assert "江夏区委组织部" in sign_in("leader").get("/desk").text


@QUICK
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"guests": "0"}, "guests"),
        ({"guests": "六"}, "guests"),
        ({"guest_unit": " "}, "guest_unit"),
        ({"from_on": (MONDAY - timedelta(days=1)).isoformat()}, "from_on"),
        ({"until_on": (MONDAY - timedelta(days=1)).isoformat()}, "until_on"),
        ({"until_on": (MONDAY + timedelta(days=31)).isoformat()}, "until_on"),
        ({"place": "江边酒楼"}, "place"),
        ({"place": "-"}, "elsewhere"),
        ({"host_list": ""}, "host_list"),
        ({"working_meal": "540.001"}, "working_meal"),
        ({"lodging": "五百"}, "lodging"),
    ],
)
def test_a_request_that_makes_no_sense_comes_back_with_every_word(
    app: Flask, on: On, sign_in: SignIn, changes: dict[str, Value], field: str
) -> None:
    page = ask(sign_in("handler"), 422, **changes)
    assert page.all(f"#{field}-error")
    assert page.one("#purpose").text() == TYPED["purpose"]
    typed = changes.get("working_meal", TYPED["working_meal"])
    assert page.one("#working_meal").attributes["value"] == typed
    with app.app_context():
        assert db.session.scalar(select(Reception.id)) is None


def test_the_same_form_sent_twice_is_one_request(app: Flask, on: On, sign_in: SignIn) -> None:
    first = sign_in("handler")
    first.get("/receptions/new")
    form = first.page
    unseen = {str(node.attributes["name"]): str(node.attributes["value"]) for node in form.all("main [type=hidden]")}
    data: dict[str, Any] = {**TYPED, **unseen}
    for _ in range(2):
        first.page = form
        first.submit("/receptions/new", fields=TYPED)
    statuses: list[int] = []
    together = threading.Barrier(2)

    def send() -> None:
        together.wait()
        statuses.append(first.client.post("/receptions/new", data=data).status_code)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [303, 303]
    with app.app_context():
        assert db.session.scalar(select(func.count(Reception.id))) == 1
        assert db.session.scalar(select(func.count(Cost.id))) == len(Kind)
    assert ask(first).path != form.path  # another form with the same words is meant
    with app.app_context():
        assert db.session.scalar(select(func.count(Reception.id))) == 2


# --- deciding ------------------------------------------------------------------------------------------------------


@QUICK
def test_a_leader_approves_and_the_sheet_has_a_number_and_every_line(app: Flask, on: On, sign_in: SignIn) -> None:
    id = make(app, State.REQUESTED)
    leader = sign_in("leader")
    page = take(leader, id, "approve")
    assert "新组信接〔2026〕1号" in page.text
    paper = leader.follow("审批单")
    for words in ("甄来宾", "伍佰肆拾元整", "孙部长", "第7条", "示例标准"):
        assert words in paper.one("article.sheet").text()
    with app.app_context():
        noted = db.session.scalars(select(Entry.data).where(Entry.action == "approve")).one()
        assert noted == {"state": "approved", "planned_fen": 54000, "misfits": [], "year": 2026, "serial": 1}
    assert leader.client.get(f"/receptions/{id}/sheet.pdf").get_data().startswith(b"%PDF")
    for other in ("clerk", "handler2"):
        sign_in(other).get(f"/receptions/{id}/sheet", expect=404)
        sign_in(other).get(f"/receptions/{id}/sheet.pdf", expect=404)


@QUICK
def test_who_asked_for_it_approves_nothing_of_it(app: Flask, on: On, sign_in: SignIn) -> None:
    with app.app_context():
        second_leader()
        db.session.commit()
    id = make(app, State.REQUESTED, by="leader")
    leader = sign_in("leader")
    assert f"/receptions/{id}/approve" not in leader.get(f"/receptions/{id}").html
    for action in ("approve", "return", "refuse"):
        leader.get(f"/receptions/{id}/cancel")
        token = leader.page.one("main input[name=csrf_token]").attributes["value"]
        leader.post(f"/receptions/{id}/{action}", {"csrf_token": token, "version": "2", "reason": "x"}, expect=409)
    assert row(app, id).state == State.REQUESTED
    take(sign_in("leader2"), id, "approve")
    assert row(app, id).state == State.APPROVED


def test_of_two_leaders_at_once_the_later_is_told_and_keeps_the_own_words(app: Flask, on: On, sign_in: SignIn) -> None:
    with app.app_context():
        second_leader()
        db.session.commit()
    id = make(app, State.REQUESTED, hosts=4)
    first, second = sign_in("leader"), sign_in("leader2")
    first.get(f"/receptions/{id}/refuse")
    second.get(f"/receptions/{id}/approve")
    first.submit(first.page.heading, reason="本周不接待。")
    late = second.submit(second.page.heading, expect=409, reason="任务特殊")
    assert "本周不接待。" in late.text
    assert late.one("#reason").text() == "任务特殊"
    assert (row(app, id).state, row(app, id).number) == (State.REFUSED, None)


@QUICK
def test_what_does_not_fit_is_approved_with_a_written_reason_alone(app: Flask, on: On, sign_in: SignIn) -> None:
    id = make(app, State.REQUESTED, hosts=4)
    leader = sign_in("leader")
    assert take(leader, id, "approve", expect=422).all("#reason-error")
    leader.submit(leader.page.heading, reason="上级带队，须四人汇报。")
    assert "上级带队" in leader.page.text
    assert row(app, id).excepted
    assert "上级带队" in leader.get(f"/receptions/{id}/sheet").one("article.sheet").text()
    with app.app_context(), pytest.raises(NotPossible):
        db.session.get_one(Reception, host(MONDAY, State.REQUESTED, hosts=4)).move("approve", {}, by=viewer("leader"))


@QUICK
def test_what_knows_no_exception_can_be_neither_sent_nor_approved(app: Flask, on: On, sign_in: SignIn) -> None:
    id = make(app, State.DRAFT, SUNDAY, alcohol=True)
    handler, leader = sign_in("handler"), sign_in("leader")
    take(handler, id, "send")  # on a free Sunday
    with app.app_context():  # which becomes a working day while it waits
        days = [*days_of(db.session(), 2026), Day(SUNDAY, True, "上班")]
        CalendarYear.change(2026, days, True, by=None)
        db.session.commit()
    page = leader.get(f"/receptions/{id}")
    assert page.texts(".steps a") == ["退回", "不同意"]
    take(leader, id, "return", reason="当天已调为工作日。")
    assert handler.get(f"/receptions/{id}").texts(".steps a") == ["修改申请", "取消接待"]
    with app.app_context():
        found = load(id, viewer("handler"))
        assert found is not None
        with pytest.raises(NotPossible):
            found.move("send", {}, by=viewer("handler"))


@QUICK
def test_a_request_sent_back_is_changed_and_sent_again(app: Flask, on: On, sign_in: SignIn) -> None:
    id = make(app, State.RETURNED, hosts=5)
    handler = sign_in("handler")
    assert "退回给您" in handler.get("/desk").text
    handler.get(f"/receptions/{id}/change")
    assert handler.page.one("#hosts").attributes["value"] == "5"
    handler.submit(handler.page.heading, hosts="3", working_meal="500", lodging="")
    assert (row(app, id).hosts, row(app, id).planned_fen) == (3, 50000)
    take(handler, id, "send")
    assert row(app, id).state == State.REQUESTED
    run(app, "check")


# --- the bill ------------------------------------------------------------------------------------------------------


def pay(person: Browser, id: int, expect: int = 200, file: bool = True, **fields: Value) -> Page:
    given: dict[str, Value] = {"working_meal": "540", **fields}
    if file:
        given["files"] = (io.BytesIO("发票".encode()), "发票.txt")
    return take(person, id, "bill", expect, **given)


@QUICK
def test_a_bill_is_entered_by_the_unit_and_settled_by_a_third(app: Flask, on: On, sign_in: SignIn) -> None:
    with app.app_context():
        second_leader()
        db.session.commit()
    id = make(app)
    handler, leader = sign_in("handler"), sign_in("leader")
    page = pay(handler, id)
    assert "发票.txt" in page.text
    assert handler.client.get(page.one(".files a").attributes["href"]).get_data() == "发票".encode()
    assert (row(app, id).actual_fen, row(app, id).overrun_fen) == (54000, 0)
    handler.get(f"/receptions/{id}")
    assert not handler.page.all(".steps a")
    assert "江夏区委组织部" in leader.get("/desk").text
    take(leader, id, "settle")
    assert row(app, id).state == State.SETTLED
    run(app, "check")


@QUICK
def test_who_asked_or_entered_the_bill_does_not_settle_it(app: Flask, on: On) -> None:
    with app.app_context():
        second_leader()
        id = host(MONDAY, State.REQUESTED, by="leader")
        mine = db.session.get_one(Reception, id)
        mine.move("approve", {"reason": ""}, by=viewer("leader2"))
        mine.move("bill", {"bill": bill()}, by=viewer("leader2"))
        for username in ("leader", "leader2"):
            with pytest.raises(NotPossible):
                mine.move("settle", {}, by=viewer(username))
        mine.entered_by_id = viewer("leader").id
        mine.move("settle", {}, by=viewer("leader2"))
        ours = db.session.get_one(Reception, host(MONDAY, State.BILLED, by="clerk"))
        with pytest.raises(NotPossible):
            ours.move("settle", {}, by=viewer("clerk"))
        ours.move("settle", {}, by=viewer("clerk2"))  # of the same unit, and had no hand in it


@QUICK
def test_one_fen_above_needs_a_reason_and_is_shown_everywhere(app: Flask, on: On, sign_in: SignIn) -> None:
    id = make(app, costs=costs(working_meal=50000))  # the standard would allow 540
    handler = sign_in("handler")
    page = pay(handler, id, 422, working_meal="500.01")
    assert page.all("#reason-error")
    assert page.one("#working_meal").attributes["value"] == "500.01"
    page = pay(handler, id, working_meal="500.01", reason="多上一碗饭。")
    assert "超出批准金额 0.01 元" in page.text
    assert row(app, id).overrun_fen == 1
    assert "超支 0.01 元" in sign_in("leader").get("/receptions/?show=over").text
    with app.app_context():
        noted = db.session.scalars(select(Entry.data).where(Entry.action == "bill")).one()
        assert (noted["actual_fen"], noted["overrun_fen"]) == (50001, 1)
        assert noted["misfits"] == []


@QUICK
def test_what_was_not_as_the_standard_says_needs_a_reason_without_a_fen_more(
    app: Flask, on: On, sign_in: SignIn
) -> None:
    handler = sign_in("handler")
    for changes in ({"hosts": "4"}, {"alcohol": True}, {"guests": "0"}):
        id = make(app)
        assert pay(handler, id, 422, **changes).all("#reason-error"), changes
        pay(handler, id, reason="情况特殊。", **changes)
        assert "不符合" in handler.page.text


@QUICK
def test_money_without_a_file_is_no_bill_and_nothing_spent_needs_none(app: Flask, on: On, sign_in: SignIn) -> None:
    id, handler = make(app), sign_in("handler")
    assert pay(handler, id, 422, file=False).all("#files-error")
    pay(handler, id, file=False, working_meal="", meals="0", hosts="0")
    assert row(app, id).actual_fen == 0


@QUICK
def test_a_bill_comes_after_the_event_begins_and_is_corrected_when_it_is_sent_back(
    app: Flask, on: On, sign_in: SignIn
) -> None:
    id = make(app, day=MONDAY + timedelta(days=1))
    handler, leader = sign_in("handler"), sign_in("leader")
    assert "/bill" not in handler.get(f"/receptions/{id}").html
    on(MONDAY + timedelta(days=1))
    handler, leader = sign_in("handler"), sign_in("leader")
    pay(handler, id)
    take(leader, id, "rebill", reason="发票抬头不对。")
    assert "发票抬头不对" in handler.get(f"/receptions/{id}").text
    assert "账单退回" in handler.get("/desk").text
    assert "/cancel" not in handler.get(f"/receptions/{id}").html  # what was spent does not vanish
    pay(handler, id, file=False, working_meal="530")
    assert row(app, id).actual_fen == 53000
    run(app, "check")


def test_a_missing_bill_is_late_after_ten_working_days(app: Flask, on: On, sign_in: SignIn) -> None:
    id = make(app)
    assert row(app, id).bill_due_on == date(2026, 3, 16)
    assert "江夏" not in sign_in("handler").get("/desk").text
    for day, words, late in ((date(2026, 3, 16), "今天到期", False), (date(2026, 3, 17), "已超期 1 天", True)):
        on(day)
        handler, leader = sign_in("handler"), sign_in("leader")
        assert words in handler.get("/desk").text
        assert words in handler.get(f"/receptions/{id}").text
        assert ("江夏" in leader.get("/desk").text) == late
        assert len(leader.get("/receptions/?show=missing").all("tbody tr")) == late


@QUICK
def test_a_day_that_becomes_free_moves_the_last_day_of_a_bill(app: Flask, on: On, sign_in: SignIn) -> None:
    id = make(app)
    administrator = sign_in("administrator")
    administrator.get("/settings/calendar/2026")
    administrator.submit("/settings/calendar/2026/day", day="2026-03-10", what="free", name="机关搬迁")
    assert "1 个正在计算的期限将调整" in administrator.page.text
    administrator.submit("/settings/calendar/2026")
    assert row(app, id).bill_due_on == date(2026, 3, 17)
    assert "日历变动" in sign_in("handler").get(f"/receptions/{id}").text
    run(app, "check")


# --- who sees it ---------------------------------------------------------------------------------------------------


def test_a_unit_sees_its_own_and_those_who_look_after_them_all(app: Flask, on: On, sign_in: SignIn) -> None:
    ours, theirs = make(app), make(app, by="handler2", guest_unit="蔡甸区水务局")
    draft = make(app, State.DRAFT, by="handler2")
    for username, seen in (
        ("handler", {ours}),
        ("handler2", {theirs, draft}),
        ("clerk", set()),
        ("leader", {ours, theirs}),
        ("discipline", {ours, theirs}),
        ("auditor", {ours, theirs}),
    ):
        person = sign_in(username)
        listed = {
            int(str(node.attributes["href"]).rpartition("/")[2]) for node in person.get("/receptions/").all("tbody a")
        }
        assert listed == seen, username
        for id in (ours, theirs, draft):
            person.get(f"/receptions/{id}", expect=200 if id in seen else 404)
    for username in ("contact", "administrator"):
        sign_in(username).get("/receptions/", expect=403)
        sign_in(username).get(f"/receptions/{ours}", expect=404)


def test_names_of_guests_and_reasons_are_sealed(app: Flask, on: On, sign_in: SignIn) -> None:
    id = make(app, State.REQUESTED, hosts=4, guest_list="甄机密", purpose="密谈", host_list="陪客甲")
    take(sign_in("leader"), id, "approve", reason="理由丁")
    pay(sign_in("handler"), id, reason="缘由戊", hosts="5")
    with app.app_context(), db.engine.connect() as connection:
        held = "".join(
            repr(tuple(each)) for table in db.metadata.sorted_tables for each in connection.execute(select(table))
        )
    for words in ("甄机密", "密谈", "陪客甲", "理由丁", "缘由戊", "发票.txt"):
        assert words not in held
        assert words in sign_in("auditor").get(f"/receptions/{id}").text


# --- lists and figures ---------------------------------------------------------------------------------------------


def test_the_list_pages_by_key_keeps_its_filter_and_asks_a_constant_number_of_questions(
    app: Flask, on: On, sign_in: SignIn
) -> None:
    handler = sign_in("handler")
    counts = []
    for number in (2, queries.PAGE - 1):
        with app.app_context():
            for _ in range(number):
                host(MONDAY, State.REQUESTED)
            db.session.commit()
        with statements(app) as seen:
            handler.get("/receptions/?state=requested&year=2026&unit=x")
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert len(handler.page.all("tbody tr")) == queries.PAGE
    handler.follow("下一页")
    assert len(handler.page.all("tbody tr")) == 1
    assert "state=requested" in str(handler.page.one(".pager a").attributes["href"])
    assert not handler.get("/receptions/?year=2026&show=over").all("tbody tr")
    assert not handler.get("/receptions/?state=settled").all("tbody tr")


def year_rows(person: Browser) -> dict[str, list[str]]:
    rows = person.get("/receptions/year?year=2026").all("main tbody tr")
    return {tr.css("th")[0].text(strip=True): [td.text(strip=True) for td in tr.css("td")] for tr in rows}


def test_the_year_by_unit_adds_up_to_the_fen(app: Flask, on: On, sign_in: SignIn) -> None:
    make(app, State.SETTLED, costs=costs(working_meal=10001))
    make(app, State.SETTLED, costs=costs(working_meal=20002))
    make(app, costs=costs(meal=5), hosts=4)
    make(app, State.REFUSED)
    make(app, State.DRAFT)
    make(app, by="handler2", day=date(2026, 12, 31))
    over = make(app, by="handler2")
    pay(sign_in("handler2"), over, working_meal="541.01", reason="加菜。")
    on(date(2026, 6, 1))
    leader = sign_in("leader")
    rows = year_rows(leader)
    water, farming, total = rows["新洲区水务局"], rows[FARMING], rows["合计"]
    assert water == ["3", "300.08 元", "300.03 元", "300.03 元", "0.00 元", "1", "1"]
    assert farming == ["2", "1,080.00 元", "540.00 元", "541.01 元", "1.01 元 (1)", "0", "0"]
    assert total == ["5", "1,380.08 元", "840.03 元", "841.04 元", "1.01 元 (1)", "1", "1"]
    assert leader.page.all("svg[role=img]")
    assert len(leader.follow("/receptions/?year=2026&show=over").all("tbody tr")) == 1
    assert set(year_rows(sign_in("handler"))) == {"新洲区水务局", "合计"}
    data = leader.client.get("/receptions/year.xlsx?year=2026").get_data()
    cells = [
        [cell.value for cell in line] for line in load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(min_row=2)
    ]
    assert cells[-1][1:6] == [5, 1380.08, 840.03, 841.04, 1.01]
    assert "没有已批准的接待" in sign_in("clerk").get("/receptions/year").text


@QUICK
def test_a_workbook_has_what_the_list_shows_and_no_name_of_a_guest(app: Flask, on: On, sign_in: SignIn) -> None:
    make(app, guest_unit="=1+1")
    make(app, by="handler2")
    data = sign_in("handler").client.get("/receptions/receptions.xlsx?state=approved").get_data()
    cells = [[cell.value for cell in line] for line in load_workbook(io.BytesIO(data)).worksheets[0].iter_rows()]
    assert len(cells) == 2
    assert cells[1][2] == "'=1+1"
    assert cells[1][10] == 540
    assert not any("甄来宾" in str(cell) for line in cells for cell in line)


# --- standards -----------------------------------------------------------------------------------------------------


def set_standard(person: Browser, expect: int = 200, fields: dict[str, Value] | None = None) -> Page:
    person.get("/receptions/standards/new")
    return person.submit("/receptions/standards/new", expect, fields=fields)


@pytest.mark.parametrize("username", ["leader", "administrator"])
def test_a_new_standard_holds_for_requests_begun_from_its_day_on(
    app: Flask, on: On, sign_in: SignIn, username: str
) -> None:
    before, person = make(app, State.DRAFT), sign_in(username)
    tomorrow = (MONDAY + timedelta(days=1)).isoformat()
    said: dict[str, Value] = {
        "title_zh": "本机关标准",
        "effective_on": tomorrow,
        "few": "2",
        "working_meal": "50.5",
        "alcohol": "never",
        "places": "食堂 | Canteen\n小食堂",
        "grounds-1-rule_zh": "《新办法》",
        "grounds-1-article": "9",
    }
    page = set_standard(person, fields=said)
    assert page.heading == "本机关标准"
    assert "《新办法》第9条" in page.text
    with app.app_context():
        assert in_force(clock.today()).code == "sample"
    on(MONDAY + timedelta(days=1))
    with app.app_context():
        now = in_force(clock.today())
        assert (now.code, now.few, now.limits[Kind.WORKING_MEAL], now.alcohol) == ("1", 2, 5050, Alcohol.NEVER)
        assert [each.en for each in now.places] == ["Canteen", "小食堂"]
        assert Standard.read("1", now.as_json()) == now
    after = make(app, State.DRAFT, MONDAY + timedelta(days=1), place="小食堂")
    assert [row(app, id).standard_code for id in (before, after)] == ["sample", "1"]
    assert "不符合" not in sign_in("handler").get(f"/receptions/{before}").text
    assert "不符合" in sign_in("handler").get(f"/receptions/{after}").text


@QUICK
def test_a_standard_changes_until_it_takes_effect_and_never_afterwards(app: Flask, on: On, sign_in: SignIn) -> None:
    leader = sign_in("leader")
    set_standard(leader, fields={"effective_on": (MONDAY + timedelta(days=1)).isoformat()})
    leader.follow("修改标准")
    path = leader.page.path
    leader.submit("修改标准", meals="2")
    assert "每次接待2次" in leader.page.text
    on(MONDAY + timedelta(days=1))
    leader = sign_in("leader")
    assert "/change" not in leader.get("/receptions/standards/1").html
    with app.app_context():
        version = db.session.scalars(select(StandardVersion)).one()
        with pytest.raises(NotPossible):
            version.change(sample(), None, by=viewer("leader"))
    assert leader.get(path).path == "/receptions/standards/1"  # the step is not open now


@QUICK
def test_a_standard_that_makes_no_sense_comes_back_with_the_reason(app: Flask, on: On, sign_in: SignIn) -> None:
    leader = sign_in("leader")
    set_standard(leader, fields={"effective_on": MONDAY.isoformat()})
    for name, value in (
        ("title_zh", ""),
        ("effective_on", (MONDAY - timedelta(days=1)).isoformat()),
        ("effective_on", MONDAY.isoformat()),  # another one's day
        ("share", "0"),
        ("lodging", "-1"),
        ("lodging", ""),
        ("places", " \n "),
        ("places", "字" * 61),
        ("grounds-0-rule_zh", ""),
    ):
        assert set_standard(leader, 422, {name: value}).all(f"#{name}-error"), (name, value)
    for other in ("handler", "clerk", "discipline", "auditor"):
        sign_in(other).get("/receptions/standards/new", expect=403)
        sign_in(other).get("/receptions/standards")


# --- what is proved ------------------------------------------------------------------------------------------------


@QUICK
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "UPDATE official_reception SET state = 'approved', settled_on = NULL, settled_by_id = NULL",
            "is not what the record says",
        ),
        ("UPDATE official_reception SET actual_fen = actual_fen + 1", "do not add up"),
        (
            "UPDATE official_reception_cost SET planned_fen = planned_fen - 1 WHERE kind = 'working_meal'",
            "do not add up",
        ),
        ("UPDATE official_reception SET standard_code = '9'", "is not there"),
        ("UPDATE official_reception SET guest_list_sealed = purpose_sealed", "does not open"),
        ("DELETE FROM official_reception_cost WHERE kind = 'lodging'", "do not add up"),
        ("DELETE FROM official_reception_file", "another number of files"),
        ("DELETE FROM official_reception", "it has entries in the record, but it is not there"),
    ],
)
def test_the_check_finds_what_was_altered(app: Flask, on: On, statement: str, told: str) -> None:
    make(app, State.SETTLED)
    run(app, "check")
    spoil(app, statement)
    assert told in run(app, "check", code=1)


def test_the_tables_go_down_and_up_again_with_rows_in_them(app: Flask, on: On, sign_in: SignIn) -> None:
    make(app, State.SETTLED)
    set_standard(sign_in("leader"))
    with app.app_context():
        db.session.remove()
        flask_migrate.downgrade(revision="0013")
        flask_migrate.upgrade()
        assert db.session.scalar(select(Reception.id)) is None
        db.session.remove()
    assert row(app, make(app)).serial == 1


@QUICK
def test_a_leader_who_is_the_only_one_is_told_by_the_check(app: Flask, on: On) -> None:
    make(app, State.REQUESTED, by="leader")
    assert "no leader but its writer" in run(app, "check")
