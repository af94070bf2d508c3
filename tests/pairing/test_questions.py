"""Farmers' questions: asked with photos, given to an expert, answered, and known to everybody without a name."""

import io
from collections.abc import Callable
from datetime import timedelta

import flask_migrate
import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

import rooms
from blueprints.pairing.experts.models import Expert
from blueprints.pairing.questions.domain import clock_rule
from blueprints.pairing.questions.models import INDEX, Knowledge, Question, QuestionPhoto
from core import limits
from core.deadlines import Unit
from core.extensions import db
from tests.browse import Browser, Page, Value
from tests.browse import queries as sent_queries
from tests.courses import ANSWER, ASKER, ASKER_PHONE, QUESTION, course, expert, on, put_in, question
from tests.letters import everything_stored, shown_code
from tests.upkeep import run, spoil

SignIn = Callable[..., Browser]
sqlite = pytest.mark.parametrize("database", ["sqlite"])


def photo(kind: str = "JPEG") -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "green").save(file, kind)
    file.seek(0)
    return file


def ask(visitor: Browser, expect: int = 200, **changes: Value) -> Page:
    visitor.get("/questions/new")
    return visitor.submit("/questions/new", expect, fields={**QUESTION, **changes})


def open_question(visitor: Browser, code: str, expect: int = 200) -> Page:
    visitor.get("/questions/status")
    return visitor.submit("/questions/status", expect, receipt=code)


def only(app: Flask) -> Question:
    with app.app_context():
        return db.session.scalars(select(Question)).one()


# --- asking --------------------------------------------------------------------------------------------------------


def test_a_farmer_asks_with_photos_and_gets_a_number_and_a_code_once(app: Flask, visitor: Browser) -> None:
    page = ask(visitor, photos=[(photo(), "叶片.jpg"), (photo("PNG"), "全田.png")])
    code, row = shown_code(page), only(app)
    assert row.number in page.text
    assert row.number.endswith("-0001")
    assert "只显示一次" in visitor.get("/questions/code").heading
    text = open_question(visitor, code).text
    assert "正在安排专家" in text
    assert "叶片.jpg" in text
    link = next(each for each in visitor.page.all("ul.files a"))
    sent = visitor.get(link.attributes["href"] or "").response
    assert sent.mimetype == "image/jpeg"
    assert sent.headers["Content-Disposition"].startswith("attachment")
    run(app, "check")


def test_the_same_question_sent_twice_is_one_with_one_code(app: Flask, visitor: Browser) -> None:
    visitor.get("/questions/new")
    form = visitor.page
    first = shown_code(visitor.submit("/questions/new", fields=QUESTION))
    visitor.page = form
    assert shown_code(visitor.submit("/questions/new", fields=QUESTION)) == first
    only(app)


@sqlite
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"subject": ""}, "请填写"),
        ({"trade": ""}, "请选择"),
        ({"place": "１２"}, "请选择村"),
        ({"photos": (io.BytesIO(b"some words"), "a.txt")}, "不是照片"),
        ({"photos": [(photo(), f"{nth}.jpg") for nth in range(6)]}, "5"),
    ],
)
def test_a_question_that_cannot_be_right_comes_back_whole(
    app: Flask, visitor: Browser, changes: dict[str, Value], said: str
) -> None:
    page = ask(visitor, 422, **changes)
    assert said in page.text
    assert "三亩田" in page.html
    with app.app_context():
        assert db.session.scalar(select(func.count(Question.id))) == 0


def test_nothing_of_a_question_is_in_clear(app: Flask, visitor: Browser) -> None:
    code = shown_code(ask(visitor, photos=(photo(), "叶片.jpg")))
    open_question(visitor, code)
    stored = "\n".join(everything_stored(app))
    assert all(secret not in stored for secret in (ASKER, ASKER_PHONE, "叶子发黄", "三亩田", "叶片.jpg", code))


@sqlite
def test_unknown_and_malformed_codes_get_one_answer_and_the_right_one_always_works(
    app: Flask, visitor: Browser
) -> None:
    _id, code = question(app)
    assert len({open_question(visitor, typed, 404).text for typed in ("12345678901234567894", "没有", "")}) == 1
    with app.app_context():
        for _ in range(limits.RECEIPTS_BY_ADDRESS.most):
            limits.count(limits.RECEIPTS_BY_ADDRESS, "127.0.0.1")
    open_question(visitor, "12345678901234567894", 429)
    assert "您的提问已收到" in open_question(visitor, code).text


@sqlite
def test_a_code_of_a_letter_or_a_place_opens_no_question(app: Flask, visitor: Browser) -> None:
    _id, code = question(app)
    for where in ("/letters/status", "/training/place"):
        visitor.get(where)
        visitor.submit(where, 404, receipt=code)


@sqlite
def test_a_question_closes_after_half_an_hour(app: Flask, visitor: Browser, away: Callable[[], None]) -> None:
    _id, code = question(app)
    open_question(visitor, code)
    away()
    assert visitor.get("/questions/status").all("input[name=receipt]")


@sqlite
def test_a_contact_asks_for_a_farmer_and_follows_it(app: Flask, sign_in: SignIn, visitor: Browser) -> None:
    question(app, subject="别人的问题")
    contact = sign_in("contact")
    contact.get("/questions/new")
    assert len(contact.page.all("option[value='420117001001'][selected]")) == 1
    ask(contact)
    contact.follow("打开提问")
    assert contact.page.heading == "秧苗移栽后叶子发黄"
    assert "别人的问题" not in contact.get("/questions/").text
    assert not contact.page.all(".steps a")


@sqlite
def test_the_clock_is_data_and_runs_from_the_day_it_was_asked(app: Flask) -> None:
    assert (clock_rule().length, clock_rule().unit) == (10, Unit.WORKING_DAYS)
    question(app)
    row = only(app)
    assert row.due_on == row.deadline.due_on
    assert row.due_on >= on() + timedelta(days=14)


# --- answering -----------------------------------------------------------------------------------------------------


def test_a_question_goes_to_an_expert_who_visits_and_answers(app: Flask, sign_in: SignIn, visitor: Browser) -> None:
    own = expert(app, user="handler2", name="钱农业")
    id, code = question(app)
    clerk, handler = sign_in("clerk"), sign_in("handler2")
    handler.get(f"/questions/{id}", expect=404)
    clerk.get(f"/questions/{id}/assign")
    clerk.submit("转给专家", expert=str(own))
    assert "填写答复" not in clerk.page.text  # the expert has an account
    assert "秧苗移栽后叶子发黄" in handler.get("/desk").text
    handler.get(f"/questions/{id}/visit")
    handler.submit("约定上门时间", 422, on=on(-1).isoformat(), where="村委会门口")
    handler.submit("约定上门时间", on=on(3).isoformat(), where="村委会门口，备一把秧苗")
    text = open_question(visitor, code).text
    assert "专家上门" in text
    assert "备一把秧苗" in text
    handler.get(f"/questions/{id}/answer")
    handler.submit("填写答复", how="visit", answer=ANSWER)
    visitor.get("/questions/status")
    assert ANSWER in visitor.page.text
    assert "秧苗移栽后叶子发黄" not in handler.get("/desk").text
    run(app, "check")


@sqlite
def test_staff_type_in_what_an_expert_without_an_account_says(app: Flask, sign_in: SignIn) -> None:
    id, _code = question(app, "assign", to=expert(app))
    for username, there in [("clerk", True), ("leader", False)]:
        person = sign_in(username)
        assert ("填写答复" in person.get(f"/questions/{id}").text) == there
    clerk = sign_in("clerk2")
    clerk.get(f"/questions/{id}/answer")
    clerk.submit("填写答复", answer=ANSWER)
    clerk.follow("更正答复")
    clerk.submit("更正答复", answer=f"{ANSWER}每亩一公斤。")
    assert "每亩一公斤" in clerk.page.text


@sqlite
def test_a_question_that_is_none_for_experts_is_referred_with_the_reason(
    app: Flask, sign_in: SignIn, visitor: Browser
) -> None:
    id, code = question(app)
    clerk = sign_in("clerk")
    clerk.get(f"/questions/{id}/refer")
    clerk.submit("转其他渠道", reason="这是征地补偿问题，请写信反映。")
    assert "请写信反映" in open_question(visitor, code).text
    assert only(app).due_on is None


@sqlite
@pytest.mark.parametrize("username", ["handler", "contact", "discipline", "auditor", "administrator"])
def test_who_has_nothing_to_do_with_a_question_does_not_see_it(app: Flask, sign_in: SignIn, username: str) -> None:
    id, _code = question(app, "assign", to=expert(app, user="handler2"))
    person = sign_in(username)
    person.get(f"/questions/{id}", expect=404)
    with app.app_context():
        photos = db.session.scalar(select(func.count(QuestionPhoto.id)))
    assert photos == 0
    person.get(f"/questions/{id}/photos/1", expect=404)


@sqlite
def test_of_two_who_answer_the_later_is_told(app: Flask, sign_in: SignIn) -> None:
    id, _code = question(app, "assign", to=expert(app))
    one, other = sign_in("clerk"), sign_in("clerk2")
    for person in (one, other):
        person.get(f"/questions/{id}/answer")
    one.submit("填写答复", answer=ANSWER)
    assert "另一个答复" in other.submit("填写答复", 409, answer="另一个答复").html


# --- what everybody may know ---------------------------------------------------------------------------------------


def test_an_answer_is_published_only_when_the_expert_agreed_and_somebody_read_it_for_names(
    app: Flask, sign_in: SignIn, visitor: Browser
) -> None:
    id, _code = question(app, "assign", "answer", to=expert(app, user="handler2"))
    clerk, handler = sign_in("clerk"), sign_in("handler2")
    clerk.get(f"/questions/{id}/publish")
    assert clerk.page.heading == "秧苗移栽后叶子发黄"  # not open yet: the question came instead
    assert "公开" not in " ".join(clerk.page.texts(".steps a"))  # and agreeing is the expert's
    assert "没有符合条件" in visitor.get("/knowledge/").text
    handler.get(f"/questions/{id}/agree")
    handler.submit("专家同意公开")
    assert "没有符合条件" in visitor.get("/knowledge/").text
    clerk.get(f"/questions/{id}/publish")
    clean = "三亩田，栽下去一个星期叶尖发黄。"
    clerk.submit("已隐去姓名，公开", 422, question=clean)  # not ticked
    assert "还有提问人的姓名" in clerk.submit("已隐去姓名，公开", 422, checked=True, question=f"{ASKER}家{clean}").text
    clerk.submit("已隐去姓名，公开", checked=True, question=clean, season="spring")
    visitor.get("/knowledge/")
    page = visitor.follow("秧苗移栽后叶子发黄").text
    assert ANSWER in page
    assert "区水产站" in page
    assert ASKER not in page
    run(app, "check")


def published(app: Flask, **changes: str) -> int:
    """A question on the knowledge page; the id of its answer there."""
    with app.app_context():
        known = db.session.scalar(select(Expert.id).limit(1))
    id, _code = question(app, "assign", "answer", "agree", "publish", to=known or expert(app), **changes)
    with app.app_context():
        return db.session.scalars(select(Knowledge.id).where(Knowledge.question_id == id)).one()


@pytest.mark.parametrize(
    ("q", "there"),
    [("发黄", True), ("晾田", True), ("zinc", True), ("发芽", False), ("田黄", False), ("Z", False), ("!", False)],
)
def test_the_knowledge_page_is_searched_in_chinese_and_english(
    app: Flask, visitor: Browser, q: str, there: bool
) -> None:
    published(app, answer=f"{ANSWER} (Zinc sulphate)")
    published(app, subject="鱼塘缺氧怎么办", text="早上浮头。", answer="开增氧机。", trade="fish")
    page = visitor.get(f"/knowledge/?q={q}")
    assert ("秧苗移栽" in page.text) == there
    assert "鱼塘缺氧" not in page.text


@sqlite
def test_the_knowledge_page_is_narrowed_by_trade_and_season_in_its_address(app: Flask, visitor: Browser) -> None:
    published(app)
    published(app, subject="鱼塘缺氧怎么办", trade="fish")
    text = visitor.get("/knowledge/?trade=fish&season=spring").text
    assert "鱼塘缺氧" in text
    assert "秧苗移栽" not in text
    assert "鱼塘缺氧" not in visitor.get("/knowledge/?trade=fish&season=winter").text
    assert "秧苗移栽" in visitor.get("/knowledge/?trade=nothing").text


def test_the_knowledge_page_pages_by_key_and_keeps_the_filter(
    app: Flask, visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blueprints.pairing.knowledge.queries.PAGE", 2)
    for nth in range(5):
        published(app, subject=f"第{nth}问发黄")
    for address in ("/knowledge/?trade=grain", "/knowledge/?q=发黄&trade=grain"):
        seen = visitor.get(address).texts("#answers h2")
        while visitor.page.all(".pager a[href*='after=']"):
            visitor.follow("下一页")
            assert "trade=grain" in visitor.page.path
            seen += visitor.page.texts("#answers h2")
        assert seen == [f"第{nth}问发黄" for nth in (4, 3, 2, 1, 0)]


def test_what_is_withdrawn_is_neither_read_nor_found(app: Flask, sign_in: SignIn, visitor: Browser) -> None:
    id = published(app)
    own = only(app).id
    clerk = sign_in("clerk")
    clerk.get(f"/questions/{own}/withdraw")
    clerk.submit("不再公开", reason="专家要求")
    visitor.get(f"/knowledge/{id}", expect=404)
    assert "秧苗移栽" not in visitor.get("/knowledge/?q=发黄").text
    assert only(app).state == "answered"
    run(app, "check")


def test_the_check_sees_what_is_published_past_its_procedure_and_an_index_that_lost_it(app: Flask) -> None:
    id = published(app)
    with app.app_context():
        row = db.session.get_one(Knowledge, id)
        INDEX.remove(db.session(), row.id, row.words)
        db.session.commit()
    assert "a search does not find it" in run(app, "check", code=1)
    with app.app_context():
        assert rooms.index(db.session()) == 1
        db.session.commit()
    run(app, "check")
    spoil(app, "DELETE FROM knowledge")
    assert "not what its state says" in run(app, "check", code=1)


@sqlite
def test_a_question_whose_expert_left_is_told_to_the_operator(app: Flask) -> None:
    question(app, "assign", to=expert(app, user="handler2"))
    spoil(app, "UPDATE \"user\" SET closed_at = '2026-01-01 00:00:00' WHERE username = 'handler2'")
    assert "the account of its expert is closed" in run(app, "check")


def test_lists_take_as_many_queries_for_many_as_for_one(app: Flask, sign_in: SignIn) -> None:
    clerk, counts = sign_in("clerk"), []
    for nth in (1, 5):
        for _ in range(nth):
            published(app)
        for address in ("/questions/", "/knowledge/", "/knowledge/?q=发黄"):
            with sent_queries(app) as sent:
                clerk.get(address)
            counts.append(len(sent))
    assert counts[:3] == counts[3:]


@sqlite
def test_what_the_clerk_has_to_do_stands_on_the_desk(app: Flask, sign_in: SignIn) -> None:
    own = expert(app, user="handler2")
    question(app, subject="待转")
    question(app, "assign", to=own, subject="专家手上")
    question(app, "assign", "answer", "agree", to=own, subject="待公开")
    text = sign_in("clerk").get("/desk").text
    assert "待转" in text
    assert "待公开" in text
    assert "专家手上" not in text


def test_the_tables_go_down_and_up_again_with_rows_in_them(app: Flask) -> None:
    published(app)
    put_in(app, course(app), ("田学农", "13912345678"))
    with app.app_context():
        db.session.remove()
        flask_migrate.downgrade(revision="0016")
        flask_migrate.upgrade()
        db.session.remove()
    run(app, "check")
    published(app)
    run(app, "check")
