"""Screening rounds: issued, answered by form, by table or with nothing found, and every item decided."""

import io
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import func, select

from blueprints.petitions.docket.domain import State as CaseState
from blueprints.petitions.docket.models import Petition
from blueprints.petitions.screening.models import Item, Round
from core import clock
from core.extensions import db
from core.record import Entry
from core.tables import read_rows
from settings import settings
from tests.browse import Browser, Page, Value
from tests.letters import FARMING, VILLAGE, WATER, petition, put, shown_code, unit_id, viewer
from tests.rounds import decide, found, issue
from tests.upkeep import run, spoil

SignIn = Callable[..., Browser]

TYPED: dict[str, Value] = {
    "place": VILLAGE,
    "subject": "支渠淤塞，两组争水",
    "text": "三组与四组为放水起了争执，插秧前可能再起。",
    "field": "water",
    "urgency": "soon",
    "people": "some",
    "action": "请水务局清淤。",
}


@pytest.fixture
def round(app: Flask) -> int:
    """A round that asks everybody who can return something."""
    with app.app_context():
        made = issue()
        db.session.commit()
    return made


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    """Lets days pass."""
    moment = clock.now() + timedelta(days=days)
    monkeypatch.setattr("core.clock.now", lambda: moment)


def make(app: Flask, round: int, *steps: str, **about: Any) -> int:
    """An item that came back, moved on by these steps; its id."""
    with app.app_context():
        id = found(round, **about)
        for action in steps:
            decide(id, action)
        db.session.commit()
    return id


def only(app: Flask) -> Item:
    with app.app_context():
        return db.session.scalars(select(Item)).one()


def count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(Item.id))) or 0


def today(days: int = 0) -> str:
    day = (clock.now() + timedelta(hours=8)).date() + timedelta(days=days)  # the office's
    return day.isoformat()


# --- a round -------------------------------------------------------------------------------------------------------


def fill_in_round(clerk: Browser, expect: int = 200, **changes: Value) -> Page:
    clerk.get("/screening/new")
    fields: dict[str, Value] = {
        "title": "春耕前排查",
        "text": "看看水和地。",
        "from_on": today(),
        "until_on": today(7),
        "due_on": today(10),
        "every_unit": True,
        "every_village": True,
        **changes,
    }
    return clerk.submit("/screening/new", expect, fields=fields)


@pytest.mark.parametrize("username", ["clerk", "leader"])
def test_a_round_reaches_the_desks_of_those_who_are_asked(app: Flask, sign_in: SignIn, username: str) -> None:
    with app.app_context():
        water = str(unit_id(WATER))
    page = fill_in_round(sign_in(username), every_unit=False, units=[water])
    assert "春耕前排查" in page.heading
    for asked in ("handler", "contact"):
        person = sign_in(asked)
        person.get("/desk")
        assert "还剩 10 天" in person.follow("春耕前排查").text
        assert "看看水和地。" in person.page.text
    round = page.path
    for other in ("handler2", "discipline", "auditor", "administrator"):
        person = sign_in(other)
        assert "春耕前排查" not in person.get("/desk").text
        person.get(f"{round}/return", expect=404)


@pytest.mark.parametrize("username", ["handler", "contact", "discipline", "auditor", "administrator"])
def test_only_the_office_issues_rounds_and_sees_who_returned(sign_in: SignIn, round: int, username: str) -> None:
    person = sign_in(username)
    for path in ("new", "rising", "rising/behind"):
        person.get(f"/screening/{path}", expect=403)
    for path in ("", "/print", "/round.xlsx", "/close", "/remind"):
        person.get(f"/screening/{round}{path}", expect=404)


def test_a_round_that_makes_no_sense_comes_back_with_every_word(app: Flask, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    for changes in (
        {"title": ""},
        {"until_on": today(-1)},
        {"due_on": today(-1)},
        {"due_on": "tomorrow"},
        {"every_unit": False, "every_village": False},
    ):
        page = fill_in_round(clerk, 422, **changes)
        assert page.all("#errors"), changes
        assert page.one("#text").text() == "看看水和地。"
    with app.app_context():
        assert db.session.scalar(select(Round.id)) is None


def test_a_late_return_is_told_in_words_and_can_be_reminded(
    app: Flask, sign_in: SignIn, round: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert f"/screening/{round}/remind" not in sign_in("clerk").get(f"/screening/{round}").html  # not before it is due
    later(monkeypatch, 9)
    clerk, handler = sign_in("clerk"), sign_in("handler")
    assert "已超期 2 天" in handler.get(f"/screening/{round}/return").text
    rows = clerk.get(f"/screening/{round}").texts("tbody tr")
    assert all("未报" in row and "已超期 2 天" in row for row in rows)
    clerk.follow("催报未报对象")
    clerk.submit("催报未报对象")
    for path in ("/desk", f"/screening/{round}/return"):
        assert "催报" in handler.get(path).text
    handler.submit(f"/screening/{round}/return")
    assert "催报" not in handler.get("/desk").text
    row = next(row for row in clerk.get(f"/screening/{round}").texts("tbody tr") if WATER in row)
    assert "零报告" in row
    assert "已超期 2 天" in row


def test_another_due_date_moves_what_is_late(app: Flask, sign_in: SignIn, round: int) -> None:
    clerk = sign_in("clerk")
    clerk.get(f"/screening/{round}/postpone")
    clerk.submit(f"/screening/{round}/postpone", expect=422, due_on=today(-1))
    clerk.submit(f"/screening/{round}/postpone", due_on=today(30))
    assert "还剩 30 天" in sign_in("handler").get("/desk").text
    with app.app_context():
        noted = db.session.scalars(select(Entry.data).where(Entry.action == "postpone")).one()
        assert noted == {"before": today(7), "due_on": today(30)}


def test_nothing_found_is_an_answer(sign_in: SignIn, round: int) -> None:
    contact = sign_in("contact")
    contact.get(f"/screening/{round}/return")
    contact.submit("零报告：未发现问题")
    assert "报送完毕" in contact.page.text
    assert "春耕前排查" not in contact.get("/desk").text
    rows = sign_in("clerk").get(f"/screening/{round}").texts("tbody tr")
    assert [row for row in rows if "红旗社区" in row and "零报告" in row]


def test_a_closed_round_takes_nothing_more_until_it_is_opened_again(app: Flask, sign_in: SignIn, round: int) -> None:
    clerk, handler = sign_in("clerk"), sign_in("handler")
    handler.get(f"/screening/{round}/return/new")
    for action in ("close", "reopen"):
        clerk.get(f"/screening/{round}/{action}")
        clerk.submit(f"/screening/{round}/{action}")
        handler.submit(f"/screening/{round}/return/new", fields=TYPED)
        assert count(app) == (0 if action == "close" else 1)
        handler.get(f"/screening/{round}/return/new")


# --- an item by form -----------------------------------------------------------------------------------------------


def add(browser: Browser, round: int, expect: int = 200, **changes: Value) -> Page:
    browser.get(f"/screening/{round}/return/new")
    return browser.submit(f"/screening/{round}/return/new", expect, fields={**TYPED, **changes})


@pytest.mark.parametrize("username", ["handler", "contact"])
def test_who_is_asked_returns_an_item_and_says_when_this_is_everything(
    app: Flask, sign_in: SignIn, round: int, username: str
) -> None:
    person = sign_in(username)
    assert str(TYPED["subject"]) in add(person, round).text
    person.submit("报送完毕")
    person.follow(str(TYPED["subject"]))
    assert not person.page.all(".steps")
    row = only(app)
    assert (row.field, row.people, row.state) == ("water", "some", "reported")
    clerk = sign_in("clerk")
    clerk.get(f"/screening/{round}")
    clerk.follow("查看排查事项")
    assert str(TYPED["text"]) in clerk.follow(str(TYPED["subject"])).text


def test_nobody_is_asked_who_complains(sign_in: SignIn, round: int) -> None:
    page = sign_in("handler").get(f"/screening/{round}/return/new")
    asked = {node.attributes["name"] for node in page.all("main form [name]")}
    assert asked == {*TYPED, "township", "unit", "person", "csrf_token", "form_key"}
    assert "请勿填写反映人是谁" in page.text


def test_a_contact_begins_with_the_own_village(sign_in: SignIn, round: int) -> None:
    page = sign_in("contact").get(f"/screening/{round}/return/new")
    assert page.one("#place option[selected]").attributes["value"] == VILLAGE


def test_a_township_brings_its_villages_and_without_scripts_there_is_one_list(sign_in: SignIn, round: int) -> None:
    handler = sign_in("handler")
    part = handler.get(f"/screening/{round}/return/new?township=420117002", headers={"HX-Request-Type": "partial"})
    assert part.texts("option")[1:] == ["阳逻街道", "江北社区"]
    assert len(handler.get(f"/screening/{round}/return/new").all("#place optgroup")) == 2


def test_an_item_that_makes_no_sense_comes_back_with_every_word(app: Flask, sign_in: SignIn, round: int) -> None:
    handler = sign_in("handler")
    for name, value in (
        ("place", ""),
        ("place", "420117"),
        ("subject", ""),
        ("text", "字" * 5001),
        ("field", ""),
        ("field", "weather"),
        ("urgency", ""),
        ("people", "9"),
        ("unit", "9" * 30),
        ("person", "名" * 61),
    ):
        page = add(handler, round, 422, **{name: value})
        assert page.all(f"#{name}-error"), (name, value)
        assert page.one("#action").text() == TYPED["action"]
    assert count(app) == 0


def test_what_is_about_this_office_itself_is_not_taken(app: Flask, sign_in: SignIn, round: int) -> None:
    with app.app_context():
        superior, letters = settings().SUPERIOR_NAME, str(unit_id("组织部信访科"))
    for changes in ({"unit": letters}, {"person": "李登记、王接访"}):
        assert superior in add(sign_in("handler"), round, 422, **changes).one("#errors").text()
    assert count(app) == 0


def test_the_same_form_sent_twice_is_one_item(app: Flask, sign_in: SignIn, round: int) -> None:
    handler = sign_in("handler")
    handler.get(f"/screening/{round}/return/new")
    form = handler.page
    for _ in range(2):
        handler.page = form
        handler.submit(f"/screening/{round}/return/new", fields=TYPED)
    assert count(app) == 1
    add(handler, round)  # another form with the same words is meant
    assert count(app) == 2


def test_a_unit_sees_its_own_returns_and_a_contact_the_own_alone(app: Flask, sign_in: SignIn, round: int) -> None:
    ours, theirs = make(app, round, by="handler"), make(app, round, by="handler2", subject="别人的")
    mine = make(app, round, by="contact", subject="村里的")
    for username, seen in (
        ("handler", {ours}),
        ("handler2", {theirs}),
        ("contact", {mine}),
        ("clerk", {ours, theirs, mine}),
    ):
        person = sign_in(username)
        listed = person.get("/screening/items").all("tbody a")
        assert {int(str(node.attributes["href"]).rpartition("/")[2]) for node in listed} == seen
        for id in (ours, theirs, mine):
            person.get(f"/screening/items/{id}", expect=200 if id in seen else 404)
    for username in ("discipline", "auditor", "administrator"):
        person = sign_in(username)
        person.get("/screening/items", expect=403)
        person.get(f"/screening/items/{ours}", expect=404)


# --- items by table ------------------------------------------------------------------------------------------------

ROW = ["邾城街道", "红旗社区", "支渠淤塞", "两组争水。", "水利农田", "一个月内处置", "5 至 29 人", "清淤", "", ""]


def template(person: Browser, round: int) -> list[str]:
    person.client.get(f"/screening/{round}/return/table.xlsx")
    data = person.client.get(
        f"/screening/{round}/return/table.xlsx",
        headers={"Accept-Language": "en" if person.language == "en" else "zh"},
    ).get_data()
    return read_rows(data)[0].cells


def workbook(*rows: Sequence[object]) -> bytes:
    made = Workbook()
    for row in rows:
        made.worksheets[0].append(list(row))
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def upload(person: Browser, round: int, data: bytes, name: str = "表.xlsx", expect: int = 200) -> Page:
    person.get(f"/screening/{round}/return/table")
    return person.submit("查看内容", expect, file=(io.BytesIO(data), name))


def test_a_table_is_shown_before_it_is_kept_and_then_kept_whole(app: Flask, sign_in: SignIn, round: int) -> None:
    handler = sign_in("handler")
    head = template(handler, round)
    rows = [ROW, [*ROW[:2], "路面塌陷", *ROW[3:8], FARMING, "马某某"]]
    page = upload(handler, round, workbook(head, *rows))
    assert count(app) == 0
    assert "路面塌陷" in page.text
    assert FARMING in page.text
    handler.submit("全部报送")
    with app.app_context():
        kept = db.session.scalars(select(Item).order_by(Item.id)).all()
        assert [row.subject for row in kept] == ["支渠淤塞", "路面塌陷"]
        assert [(row.place_code, row.field, row.urgency, row.people, row.action) for row in kept] == [
            (VILLAGE, "water", "soon", "some", "清淤")
        ] * 2
        assert (kept[1].about_id, kept[1].person) == (unit_id(FARMING), "马某某")
    handler.page = page
    handler.submit("全部报送")  # once more, by the back button
    assert count(app) == 2


def test_the_table_to_fill_in_says_what_is_allowed(sign_in: SignIn, round: int) -> None:
    data = sign_in("contact").client.get(f"/screening/{round}/return/table.xlsx").get_data()
    from openpyxl import load_workbook

    items, hints, allowed = load_workbook(io.BytesIO(data)).worksheets
    assert len(items.data_validations.dataValidation) == 5
    assert hints.max_row == len(ROW) + 2
    columns = {str(column[0].value): [cell.value for cell in column[1:]] for column in allowed.iter_cols()}
    assert "水利农田" in columns["属于哪类问题？"]
    assert WATER in columns["涉及的单位"]


@pytest.mark.parametrize(
    ("number", "value", "column", "why"),
    [
        (0, "没有的街道", "乡镇", "没有这个名称的乡镇"),
        (0, "", "乡镇", "请填写"),
        (1, "江北社区", "村（社区）", "邾城街道没有这个名称"),
        (2, "", "标题", "请填写"),
        (2, "字" * 101, "标题", "100"),
        (4, "天气", "哪类问题", "不在可选内容之中：天气"),
        (5, "", "紧急程度", "请选择"),
        (6, "很多", "多少人", "不在可选内容之中：很多"),
        (8, "没有的局", "单位", "没有这个名称的单位"),
        (8, "组织部信访科", "", "本机关"),
    ],
)
def test_what_is_wrong_in_a_table_is_told_row_by_row_and_nothing_is_kept(
    sqlite_office: Flask, number: int, value: str, column: str, why: str
) -> None:
    with sqlite_office.app_context():
        round = issue()
        db.session.commit()
    handler = Browser(sqlite_office)
    handler.sign_in("handler", "willow-lantern-47")
    wrong = [*ROW[:number], value, *ROW[number + 1 :]]
    page = upload(handler, round, workbook(template(handler, round), ROW, wrong), expect=422)
    assert len(page.texts("tbody tr")) == 1
    told = page.texts("tbody tr")[0]
    assert told.startswith("3 ")
    assert column in told
    assert why in told
    assert count(sqlite_office) == 0


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_a_table_may_be_a_csv_with_the_headings_of_either_language(
    app: Flask, sign_in: SignIn, round: int, encoding: str
) -> None:
    handler = sign_in("handler")
    head = template(sign_in("handler", "en"), round)
    assert head[2] == "Subject"
    row = [*ROW[:4], "Water and fields", *ROW[5:]]
    data = "\r\n".join(",".join(each) for each in (head, row)).encode(encoding)
    upload(handler, round, data, "表.csv")
    handler.submit("全部报送")
    assert only(app).field == "water"


def test_a_file_that_is_no_such_table_is_refused_in_words(app: Flask, sign_in: SignIn, round: int) -> None:
    handler = sign_in("handler")
    head = template(handler, round)
    for data, name, why in (
        (b"%PDF-1.7", "表.pdf", "不是表格"),
        (b"\xd0\xcf\x11\xe0", "表.xls", "旧格式"),
        (workbook(head), "表.xlsx", "表头下面没有内容"),
        (workbook(head[3:], ROW[3:]), "表.xlsx", "缺少这些表头"),
        (workbook(head, *[ROW] * 501), "表.xlsx", "500"),
        (b"", "", "请选择文件"),
    ):
        page = upload(handler, round, data, name, expect=422)
        assert why in page.one("#errors").text(), name
    assert count(app) == 0


def test_a_preview_is_nobody_elses(app: Flask, sign_in: SignIn, round: int) -> None:
    handler, other = sign_in("handler"), sign_in("handler2")
    page = upload(handler, round, workbook(template(handler, round), ROW))
    kept = str(page.one("input[name=kept]").attributes["value"])
    assert "支渠淤塞" not in kept
    other.get(f"/screening/{round}/return/table")
    token = other.page.one("main input[name=csrf_token]").attributes["value"]
    for stolen in (kept, kept[:-8], "", "汉字"):
        sent = {"csrf_token": token, "kept": stolen, "form_key": "0" * 32}
        assert "请重新选择表格" in other.post(f"/screening/{round}/return/keep", data=sent).text
    assert count(app) == 0


# --- what becomes of an item ---------------------------------------------------------------------------------------


def press(person: Browser, id: int, action: str, expect: int = 200, **typed: Value) -> Page:
    person.get(f"/screening/items/{id}")
    person.follow(f"/screening/items/{id}/{action}")
    return person.submit(f"/screening/items/{id}/{action}", expect, fields=typed)


def test_a_watched_item_comes_back_to_the_desk_when_it_is_due(
    app: Flask, sign_in: SignIn, round: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = make(app, round)
    clerk = sign_in("clerk")
    press(clerk, id, "watch", 422, due_on=today(-1), reason="再看。")
    press(clerk, id, "watch", due_on=today(20), reason="插秧前再看。")
    assert "插秧前再看。" in clerk.page.text
    assert str(TYPED["subject"]) not in clerk.get("/desk").text
    later(monkeypatch, 21)
    clerk = sign_in("leader")
    assert "已超期 1 天" in clerk.get("/desk").text
    press(clerk, id, "drop", reason="没有再起。")
    assert str(TYPED["subject"]) not in clerk.get("/desk").text


def test_an_item_settled_on_the_spot_says_where_and_how(app: Flask, sign_in: SignIn, round: int) -> None:
    id = make(app, round)
    leader = sign_in("leader")
    part = leader.get(f"/screening/items/{id}/settle?township=420117002", headers={"HX-Request-Type": "partial"})
    assert part.texts("option")[1:] == ["阳逻街道", "江北社区"]
    press(leader, id, "settle", 422, place="", reason="当面议定。")
    page = press(leader, id, "settle", place="420117001003", reason="当面议定放水次序。")
    assert "邾城街道 / 南街社区" in page.text
    assert "当面议定放水次序。" in page.text
    row = only(app)
    assert (row.state, row.solved_code) == ("settled", "420117001003")


def test_what_was_put_aside_can_be_looked_at_again(app: Flask, sign_in: SignIn, round: int) -> None:
    for way in ("settle", "drop"):
        id = make(app, round, way)
        press(sign_in("clerk"), id, "again", reason="又起争执。")
        with app.app_context():
            row = db.session.get_one(Item, id)
            assert (row.state, row.solved_code) == ("reported", None)


def test_an_item_becomes_a_case_by_the_clerks_own_intake_form_and_both_know_it(
    app: Flask, sign_in: SignIn, round: int
) -> None:
    id = make(app, round, against=FARMING, action="请清淤。")
    clerk = sign_in("clerk")
    clerk.get(f"/screening/items/{id}")
    page = clerk.follow("转为信访事项")
    assert page.one("#subject").attributes["value"] == TYPED["subject"]
    assert "请清淤。" in page.one("#text").text()
    for secret in (str(TYPED["subject"]), "清淤"):
        assert secret not in page.path
    assert clerk.submit(f"/screening/items/{id}/take", expect=422).all("#channel-error, #errors")
    code = shown_code(clerk.submit(f"/screening/items/{id}/take", channel="call", kind="claim"))
    assert len(code) == 20
    row = only(app)
    assert row.state == "case"
    case = petition(app, row.petition_id or 0)
    assert (case.place_code, case.anonymous, case.channel) == (VILLAGE, True, "call")
    with app.app_context():
        assert case.subject == row.subject
        assert [each.unit_id for each in case.concerns()] == [unit_id(FARMING)]
    clerk.get(f"/screening/items/{id}")
    assert "矛盾纠纷排查发现" in clerk.follow(f"/petitions/{case.id}").text
    clerk.follow(f"/screening/items/{id}")
    clerk.get(f"/screening/items/{id}/take")  # the button of another window
    assert "此步骤现在不能办理" in clerk.page.text or clerk.page.path == f"/screening/items/{id}"
    with app.app_context():
        assert db.session.scalar(select(func.count(Petition.id))) == 1
    handler = sign_in("handler")  # who returned it learns what became of it, not which case
    told = handler.get(f"/screening/items/{id}")
    assert "已转为信访事项" in told.text
    assert str(case.id) not in told.html


def test_the_case_says_where_it_came_from_to_whom_may_see_it(app: Flask, sign_in: SignIn, round: int) -> None:
    made = put(app, CaseState.ASSIGNED, unit=FARMING)
    id = make(app, round)
    number = str(petition(app, made.id).number)
    press(sign_in("clerk"), id, "join", number=number)
    handler2 = sign_in("handler2")  # handles the case, and may not open the item
    told = handler2.get(f"/petitions/{made.id}")
    assert "矛盾纠纷排查发现" in told.text
    assert str(id) not in told.html
    assert f"/screening/items/{id}" in sign_in("leader").get(f"/petitions/{made.id}").html


def test_an_item_joins_only_a_case_that_this_person_may_see(app: Flask, sign_in: SignIn, round: int) -> None:
    hidden = put(app, CaseState.ASSIGNED, unit=FARMING, person="李登记")
    id = make(app, round)
    number = str(petition(app, hidden.id).number)
    for typed in (number, "2026-99999", "x"):
        press(sign_in("clerk"), id, "join", 422, number=typed)


def test_an_item_tells_no_clerk_and_no_leader_of_a_case_that_complains_of_them(
    app: Flask, sign_in: SignIn, round: int
) -> None:
    hidden = put(app, CaseState.ASSIGNED, unit=FARMING, person="李登记")
    id, number = make(app, round), str(petition(app, hidden.id).number)
    before = sign_in("clerk").get(f"/screening/items/{id}").one("main").text()
    assert "不要将两者关联" in press(sign_in("leader"), id, "join", 422, number=number).text
    other = sign_in("clerk2")
    other.get(f"/screening/items/{id}/take")
    typed: dict[str, Value] = {
        "kind": "accusation",
        "channel": "visit",
        "person": "李登记",
        "unit": unit_of(app, FARMING),
    }
    page = other.submit(f"/screening/items/{id}/take", 422, fields=typed)
    assert "不要将两者关联" in page.text
    assert sign_in("clerk").get(f"/screening/items/{id}").one("main").text() == before
    assert count_cases(app) == 1, "nothing was taken in"
    about = make(app, round, person="李登记")  # which the clerk never saw
    press(sign_in("leader"), about, "join", number=number)
    plain = make(app, round, subject="另一件事")
    press(sign_in("leader"), plain, "join", number=str(petition(app, put(app, CaseState.ASSIGNED).id).number))
    assert "另一件事" in sign_in("clerk").get("/screening/items").text
    with app.app_context():
        case = db.session.get_one(Petition, db.session.scalars(select(Item.petition_id).where(Item.id == plain)).one())
        named = {"person": "李登记", "unit": str(unit_id(FARMING)), "remove": "", "reason": "来信补充说明。"}
        case.move("about", named, by=viewer("leader"))
        db.session.commit()
    assert "另一件事" not in sign_in("clerk").get("/screening/items").text, "with its case"


def unit_of(app: Flask, name: str) -> str:
    with app.app_context():
        return str(unit_id(name))


def count_cases(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(Petition.id))) or 0


def test_a_leader_takes_nothing_down_and_a_unit_decides_nothing(app: Flask, sign_in: SignIn, round: int) -> None:
    id = make(app, round)
    assert "转为信访事项" not in sign_in("leader").get(f"/screening/items/{id}").text
    sign_in("leader").get(f"/screening/items/{id}/take", expect=404)
    for username in ("handler", "contact"):
        sign_in(username).get(f"/screening/items/{id}/watch", expect=404)


def test_of_two_who_decide_the_later_one_is_told_and_keeps_their_words(app: Flask, sign_in: SignIn, round: int) -> None:
    id = make(app, round)
    first, second = sign_in("clerk"), sign_in("clerk2")
    for person in (first, second):
        person.get(f"/screening/items/{id}/drop")
    first.submit(f"/screening/items/{id}/drop", reason="已列入计划。")
    page = second.submit(f"/screening/items/{id}/drop", expect=409, reason="我也这样看。")
    assert "已列入计划。" in page.one("#errors").text()
    assert page.one("#reason").text() == "我也这样看。"
    assert not page.all("main form button[type=submit], main form .button.primary")


# --- to take away, and the record ----------------------------------------------------------------------------------


def test_a_round_goes_out_as_a_table_in_which_nothing_starts(app: Flask, sign_in: SignIn, round: int) -> None:
    make(app, round, "drop", subject="=1+1", text="+外协队伍没来")
    data = sign_in("clerk").client.get(f"/screening/{round}/round.xlsx").get_data()
    from openpyxl import load_workbook

    items, returns = load_workbook(io.BytesIO(data)).worksheets
    told = {str(cell.value): cell for cell in items[2]}
    assert told["'=1+1"].data_type == "s"
    assert {"'+外协队伍没来", "水利农田", "已列入计划。", "邾城街道 / 红旗社区", WATER} <= told.keys()
    assert {str(row[0].value): row[3].value for row in returns.iter_rows(min_row=2)} == {
        WATER: 1,
        FARMING: 0,
        "邾城街道 / 红旗社区": 0,
    }


def test_a_round_is_printed_whole(app: Flask, sign_in: SignIn, round: int) -> None:
    make(app, round, "settle")
    page = sign_in("leader").get(f"/screening/{round}/print")
    for word in ("三组与四组为放水起了争执。", "当面议定放水次序。", WATER, "邾城街道 / 红旗社区"):
        assert word in page.text


def test_the_list_of_items_is_narrowed_and_goes_on_page_by_page(app: Flask, sign_in: SignIn, round: int) -> None:
    with app.app_context():
        for number in range(52):
            found(round, subject=f"第{number}件")
        odd = found(round, subject="在阳逻", place="420117002001")
        decide(odd, "drop")
        db.session.commit()
    clerk = sign_in("clerk")
    assert len(clerk.get("/screening/items?field=water").all("tbody tr")) == 50
    assert len(clerk.follow("下一页").all("tbody tr")) == 3
    for asked in ("place=420117002", "place=420117002001", "state=nothing", f"state=nothing&round={round}"):
        assert clerk.get(f"/screening/items?{asked}").texts("tbody a") == ["在阳逻"], asked
    for asked in ("field=land", "urgency=now", f"since={today(1)}", "round=1"):
        assert not clerk.get(f"/screening/items?{asked}").all("tbody a"), asked
    assert clerk.get("/screening/items?state=sideways&since=x&round=x&place=9").all("tbody a")


def test_nothing_that_was_written_is_stored_in_clear(app: Flask, sign_in: SignIn) -> None:
    from tests.letters import everything_stored

    clerk, handler = sign_in("clerk"), sign_in("handler")
    round = int(fill_in_round(clerk, title="标记轮次", text="标记要求").path.rpartition("/")[2])
    add(handler, round, subject="标记题目", text="标记内容", action="标记建议", person="马标记")
    press(clerk, only(app).id, "watch", due_on=today(3), reason="标记关注")
    stored = list(everything_stored(app))
    for word in ("标记轮次", "标记要求", "标记题目", "标记内容", "标记建议", "马标记", "标记关注"):
        forms = (word, word.encode().hex(), word.encode("unicode_escape").decode())
        assert not [each for each in stored if any(form in each for form in forms)], word


def test_the_check_finds_an_item_that_was_moved_past_the_record(app: Flask, round: int) -> None:
    id = make(app, round, "watch", against=FARMING)
    assert "screening items 1" in run(app, "check")
    spoil(app, "UPDATE screening_item SET state = 'reported', due_on = NULL WHERE id = :id", id=id)
    spoil(app, "DELETE FROM screening_concern WHERE item_id = :id", id=id)
    told = run(app, "check", code=1)
    assert re.search(rf"screening_item {id}: its state is not what the record says", told)
    assert re.search(rf"screening_item {id}: 0 concerns are there", told)


def test_a_rounds_days_run_forwards_in_the_table_too(app: Flask) -> None:
    with app.app_context(), pytest.raises(Exception, match="ck_screening_round_days"):
        issue(until_on=date(2020, 1, 1))


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_step_opens_within_the_page_of_the_item(app: Flask, sign_in: SignIn, round: int) -> None:
    id = make(app, round)
    part = sign_in("leader").get(f"/screening/items/{id}/watch", headers={"HX-Request-Type": "partial"})
    assert part.texts("h3") == part.texts("form button")
    assert not part.all("h1, header")
    assert part.all(f"form[action='/screening/items/{id}/watch'] input[name=due_on]")
