"""Who decides what: found by words, kind and amount, honest where nothing fits; versions that never change once in force."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.rules.decisions import domain, models
from blueprints.rules.decisions.domain import Kind, Meeting, fen_of, fitting, samples
from blueprints.rules.decisions.models import DecisionTable, who_decides
from core import clock
from core.extensions import db
from core.roles import Role
from core.workflow import NotPossible
from rooms import faults
from tests.browse import Browser, queries
from tests.decisions import adopt
from tests.letters import viewer
from tests.rights import somebody

SignIn = Callable[..., Browser]
SAMPLE = samples()["sample"]
SQLITE = pytest.mark.parametrize("database", ["sqlite"])


@pytest.fixture
def adopted(app: Flask) -> int:
    with app.app_context():
        return adopt()


# --- amounts and words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "yuan"),
    [
        ("50000", 50000),
        ("50,000", 50000),
        ("５万元", 50000),
        ("￥1.2万", 12000),
        ("0", 0),
        (" 3 000 元 ", 3000),
        ("1.00", 1),
    ],
)
def test_an_amount_is_read_as_people_type_it(typed: str, yuan: int) -> None:
    assert fen_of(typed) == yuan * 100


@pytest.mark.parametrize("typed", ["", "五万", "-5", "1.5", "5,00", "1e5", "99999999999999", "999999999999万", "٥٠"])
def test_what_is_no_whole_amount_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        fen_of(typed)


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("想买二十台电脑", {Kind.PURCHASE}),
        ("提拔一名科长", {Kind.APPOINTMENT}),
        ("入党", {Kind.RECRUITING}),
        ("给干部处分", {Kind.DISCIPLINE}),
        ("appointments of a section head", {Kind.APPOINTMENT}),
        ("食堂菜谱", set()),
    ],
)
def test_a_matter_is_found_by_a_few_words(words: str, kinds: set[Kind]) -> None:
    labels = {Kind.APPOINTMENT: "Appointing and removing cadres"}
    assert {each.kind for each in fitting(SAMPLE.rulings, words=words, labels=labels)} == kinds


@pytest.mark.parametrize(
    ("yuan", "meeting"),
    [(0, Meeting.LEADER), (19_999, Meeting.LEADER), (20_000, Meeting.OFFICE), (100_000, Meeting.MINISTRY)],
)
def test_the_amount_decides_which_meeting_it_takes(yuan: int, meeting: Meeting) -> None:
    found = fitting(SAMPLE.rulings, kind=Kind.MONEY, amount_fen=yuan * 100)
    assert [each.meeting for each in found] == [meeting]


def test_below_the_smallest_amount_of_a_table_no_rule_is_made_up() -> None:
    large = [each for each in SAMPLE.rulings if each.kind == Kind.MONEY and each.from_fen]
    assert fitting(large, kind=Kind.MONEY, amount_fen=100) == []


def test_an_amount_alone_asks_about_money() -> None:
    assert {each.kind for each in fitting(SAMPLE.rulings, amount_fen=100)} == {Kind.MONEY, Kind.PURCHASE}


def test_the_shipped_sample_names_each_kind_and_says_that_it_is_a_sample() -> None:
    assert {each.kind for each in SAMPLE.rulings} == set(Kind) - {Kind.OTHER}
    assert "示例" in SAMPLE.title
    assert all("示例" in each.rule for each in SAMPLE.rulings)


# --- for other rooms -------------------------------------------------------------------------------------------------


def test_another_room_asks_who_decides_and_gets_the_one_ruling(app: Flask, adopted: int) -> None:
    with app.app_context():
        told = who_decides(Kind.MONEY, 2_000_000)
        assert told.table_id == adopted
        assert told.ruling is not None
        assert (told.ruling.meeting, told.upto(told.ruling)) == (Meeting.OFFICE, 10_000_000)
        unsure = who_decides(Kind.MONEY)
        assert unsure.ruling is None
        assert unsure.needs_amount
        nothing = who_decides(Kind.OTHER)
        assert (nothing.ruling, nothing.ask) == (None, SAMPLE.ask)


def test_the_version_of_the_day_answers(app: Flask, adopted: int) -> None:
    with app.app_context():
        later = adopt(str(adopted), after=5, ask="问办公室。")
        assert who_decides(Kind.PLAN).table_id == adopted
        assert who_decides(Kind.PLAN, on=clock.today() + timedelta(days=5)).table_id == later
        before = who_decides(Kind.PLAN, on=clock.today() - timedelta(days=1))
        assert (before.table_id, before.ruling) == (None, None)


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_page_answers_in_plain_words_and_cites_the_rule(sign_in: SignIn, adopted: int) -> None:
    member = sign_in("handler")
    member.get("/decisions/")
    page = member.submit("/decisions/", q="买电脑", amount="3万")
    assert page.texts("main h3") == ["大宗采购（1万元以上）"]
    assert "《部机关采购管理办法》（示例） 第七条" in page.text
    assert "部长办公会议" in page.text


@SQLITE
def test_the_question_stays_in_the_address(sign_in: SignIn, adopted: int) -> None:
    member = sign_in("auditor")
    page = member.get("/decisions/?q=&kind=money&amount=150000")
    assert page.texts("main h3") == ["大额资金使用（10万元以上）"]
    assert page.one("#amount").attributes["value"] == "150000"
    assert page.one("#kind option[selected]").attributes["value"] == "money"


@SQLITE
def test_where_nothing_fits_the_page_says_so_and_whom_to_ask(sign_in: SignIn, adopted: int) -> None:
    page = sign_in("clerk").get("/decisions/?q=食堂菜谱")
    assert page.texts("#nothing") == ["没有找到相关规定"]
    assert SAMPLE.ask in page.text


@SQLITE
def test_where_no_table_is_in_force_the_page_says_so(sign_in: SignIn) -> None:
    page = sign_in("clerk").get("/decisions/?kind=money")
    assert "没有生效的决策事项表" in page.text
    assert not page.texts("main h3")


@SQLITE
def test_an_amount_that_is_none_comes_back_with_what_was_typed(sign_in: SignIn, adopted: int) -> None:
    page = sign_in("clerk").get("/decisions/?q=买电脑&amount=很多", expect=422)
    assert page.one("#amount").attributes["value"] == "很多"
    assert page.one("#q").attributes["value"] == "买电脑"
    assert page.all("a[href='#amount']")
    sign_in("clerk").get("/decisions/?on=gestern", expect=422)


def test_the_page_asks_the_same_few_statements_whatever_the_table_holds(
    app: Flask, sign_in: SignIn, adopted: int
) -> None:
    member = sign_in("clerk")
    with queries(app) as few:
        member.get("/decisions/?q=买电脑")
    with app.app_context():
        for days in range(1, 4):
            adopt(str(adopted), after=days)
    with queries(app) as many:
        member.get("/decisions/?q=资金")
    assert len(many) == len(few)


# --- versions --------------------------------------------------------------------------------------------------------


def test_a_draft_is_edited_adopted_and_then_answers(app: Flask, sign_in: SignIn) -> None:
    leader = sign_in("leader")
    leader.get("/decisions/new")
    page = leader.submit("/decisions/new", source="sample")
    address = page.path
    leader.get(f"{address}/rows/new")
    row = {"kind": "other", "name": "借用会议室", "prepares": "使用科室", "heard": "部办公室", "alone": "无"}
    leader.submit(f"{address}/rows/new", fields={**row, "rule": "《会议室管理办法》", "article": "第二条"})
    leader.get(f"{address}/adopt")
    with app.app_context():
        today = clock.today().isoformat()
    leader.submit(f"{address}/adopt", effective_on=today, adopted_by="部务会议")
    page = sign_in("clerk").get("/decisions/?q=会议室")
    assert page.texts("main h3") == ["借用会议室"]
    with app.app_context():
        assert not list(faults(db.session(), Counter()))


def test_a_version_in_force_never_changes(app: Flask, sign_in: SignIn, adopted: int) -> None:
    leader = sign_in("leader")
    for path in ("rows/new", "rows/1/change", "rows/1/take-out", "describe", "take_back", "drop"):
        page = leader.get(f"/decisions/{adopted}/{path}")
        assert page.path == f"/decisions/{adopted}"
    with app.app_context():
        table = db.session.get_one(DecisionTable, adopted)
        with pytest.raises(NotPossible):
            table.put(1, table.rulings[1], by=viewer("leader"))
        with pytest.raises(NotPossible):
            table.move("take_back", {}, by=viewer("leader"))


def test_an_adoption_is_taken_back_only_before_it_takes_effect(app: Flask) -> None:
    with app.app_context():
        table = db.session.get_one(DecisionTable, adopt(after=3))
        table.move("take_back", {}, by=viewer("leader"))
        assert (table.state, table.effective_on, table.adopted_by) == ("draft", None, None)
        db.session.commit()


def test_no_version_takes_effect_in_the_past_or_on_a_day_that_is_taken(app: Flask, adopted: int) -> None:
    with app.app_context():
        for day in (-1, 0):
            with pytest.raises(NotPossible):
                adopt("sample", after=day)
            db.session.rollback()


@SQLITE
def test_a_day_that_is_taken_comes_back_with_what_was_typed(app: Flask, sign_in: SignIn, adopted: int) -> None:
    leader = sign_in("leader")
    leader.get("/decisions/new")
    address = leader.submit("/decisions/new", source=str(adopted)).path
    leader.get(f"{address}/adopt")
    with app.app_context():
        today = clock.today().isoformat()
    page = leader.submit(f"{address}/adopt", expect=422, effective_on=today, adopted_by="部务会议第3次")
    assert page.one("#adopted_by").attributes["value"] == "部务会议第3次"


def test_two_rows_never_answer_the_same_question(app: Flask) -> None:
    with app.app_context():
        leader = viewer("leader")
        table = DecisionTable.begin("sample", by=leader)
        db.session.flush()
        with pytest.raises(NotPossible):
            table.put(None, table.rulings[0], by=leader)


def test_nobody_but_the_leaders_sees_a_draft(app: Flask, sign_in: SignIn, adopted: int) -> None:
    with app.app_context():
        draft = DecisionTable.begin(str(adopted), by=viewer("leader"))
        db.session.commit()
    sign_in("leader").get(f"/decisions/{draft.id}")
    for username in ("clerk", "handler", "discipline", "auditor", "administrator"):
        member = sign_in(username)
        member.get(f"/decisions/{draft.id}", expect=404)
        assert str(draft.id) not in member.get("/decisions/versions").html
        member.get(f"/decisions/{adopted}")


def test_only_a_leader_changes_the_table(app: Flask, sign_in: SignIn, adopted: int) -> None:
    assert {role for role in Role if domain.WORKFLOW.open_to(role, domain.State.DRAFT)} == {Role.LEADER}
    sign_in("clerk").get("/decisions/new", expect=403)
    sign_in("clerk").post(f"/decisions/{adopted}/take_back", expect=404)
    sign_in("contact").get("/decisions/", expect=403)
    with app.app_context(), pytest.raises(NotPossible):
        db.session.get_one(DecisionTable, adopted).move("take_back", {}, by=somebody(Role.CLERK))


def test_of_two_leaders_at_once_the_later_one_is_told(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        draft = DecisionTable.begin("sample", by=viewer("leader"))
        db.session.commit()
    leader = sign_in("leader")
    leader.get(f"/decisions/{draft.id}/rows/1/change")
    with app.app_context():
        db.session.get_one(DecisionTable, draft.id).take_out(2, by=viewer("leader"))
        db.session.commit()
    page = leader.submit(f"/decisions/{draft.id}/rows/1/change", expect=409, name="我写的名称")
    assert page.one("#name").attributes["value"] == "我写的名称"


def test_the_check_finds_a_row_that_is_no_ruling_and_a_state_without_an_entry(app: Flask, adopted: int) -> None:
    with app.app_context():
        db.session.execute(db.text('UPDATE decision_table SET held = \'[{"kind": "money"}]\''))
        found = [each.what for each in faults(db.session(), Counter())]
        assert found == ["a row of it is no ruling"]
        changed = "UPDATE decision_table SET state = 'dropped', effective_on = NULL, adopted_by = NULL"
        db.session.execute(db.text(changed))
        found = [each.what for each in faults(db.session(), Counter())]
        assert "its state is not what the record says" in found


def test_a_version_is_a_copy_and_the_one_before_stays_as_it_was(app: Flask, adopted: int) -> None:
    with app.app_context():
        leader = viewer("leader")
        draft = DecisionTable.begin(str(adopted), by=leader)
        db.session.flush()
        draft.take_out(1, by=leader)
        db.session.commit()
        rows = {each.id: len(each.held) for each in db.session.scalars(select(DecisionTable))}
        assert rows == {adopted: len(SAMPLE.rulings), draft.id: len(SAMPLE.rulings) - 1}
        assert models.in_force(date.max) is not None
