"""Training courses: planned, announced, filled without one seat too many, attended, evaluated without a name."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from blueprints.pairing.training.domain import Place, Use, tidy_phone, told_use
from blueprints.pairing.training.models import Course, Enrolment, Evaluation
from core import clock, limits
from core.extensions import db
from core.record import Entry
from tests.browse import Browser, Value
from tests.browse import queries as sent_queries
from tests.courses import LEARNER, PHONE, TITLE, TYPED, course, enrol, expert, on, open_place, put_in
from tests.letters import everything_stored, shown_code
from tests.upkeep import run, spoil

SignIn = Callable[..., Browser]
sqlite = pytest.mark.parametrize("database", ["sqlite"])
FULL = (("甲", "13900000001"), ("乙", "13900000002"))


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Lets days pass, from the real moment on."""
    real = clock.now

    def go(days: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=days))

    return go


def rows(app: Flask, id: int) -> list[tuple[str, int | None]]:
    """The places of a course in the order in which people enrolled: state and seat."""
    with app.app_context():
        wanted = select(Enrolment.state, Enrolment.seat).where(Enrolment.course_id == id).order_by(Enrolment.number)
        return [(state, seat) for state, seat in db.session.execute(wanted)]


def token(app: Flask, id: int) -> str:
    with app.app_context():
        return db.session.get_one(Course, id).token


# --- a course ------------------------------------------------------------------------------------------------------


@sqlite
@pytest.mark.parametrize("username", ["clerk", "handler", "leader"])
def test_staff_plan_a_course_and_everybody_reads_it_once_it_is_announced(
    sign_in: SignIn, visitor: Browser, username: str
) -> None:
    staff = sign_in(username)
    staff.get("/training/courses/new")
    staff.submit("/training/courses/new", fields={**TYPED, "held_on": on(5).isoformat()})
    assert staff.page.heading == TITLE
    own = staff.page.path
    assert TITLE not in visitor.get("/training/").text
    visitor.get(own.replace("/courses", ""), expect=404)
    staff.follow("发布培训班")
    staff.submit("发布培训班")
    page = visitor.get("/training/").text
    assert all(words in page for words in (TITLE, "红旗社区", "村委会二楼", "农校王老师", "09:00–11:30"))
    assert "还有2个名额" in visitor.follow(TITLE).text


@sqlite
def test_a_course_that_cannot_be_right_comes_back_with_what_was_typed(sign_in: SignIn) -> None:
    staff = sign_in("clerk")
    staff.get("/training/courses/new")
    wrong: dict[str, Value] = {
        "held_on": on(-1).isoformat(),
        "ends": "08:00",
        "seats": "0",
        "lecturer": "",
        "place": "９９",
    }
    page = staff.submit("/training/courses/new", 422, fields={**TYPED, **wrong})
    assert "村委会二楼" in page.html
    assert len(page.all(".error-summary li")) == 5


@sqlite
def test_a_draft_is_seen_by_those_alone_who_run_it(app: Flask, sign_in: SignIn) -> None:
    id = course(app, by="handler", state="draft")
    for username, status in [("handler", 200), ("clerk", 200), ("leader", 200), ("handler2", 404), ("contact", 404)]:
        person = sign_in(username)
        person.get(f"/training/courses/{id}", expect=status)
        assert (TITLE in person.get("/training/courses/").text) == (status == 200)
    for username in ("discipline", "auditor", "administrator"):
        sign_in(username).get("/training/courses/", expect=403)


@sqlite
def test_only_those_who_run_a_course_see_names_and_take_its_steps(app: Flask, sign_in: SignIn) -> None:
    id = course(app, by="handler")
    put_in(app, id, (LEARNER, PHONE))
    assert LEARNER in sign_in("handler").get(f"/training/courses/{id}").text
    other = sign_in("handler2")
    assert LEARNER not in other.get(f"/training/courses/{id}").text
    assert "取消培训班" not in other.page.text
    other.get(f"/training/courses/{id}/cancel")
    assert "取消培训班" not in other.page.heading  # not open: the page of the course came instead
    for page in ("poster", "attend", "enrol"):
        other.get(f"/training/courses/{id}/{page}", expect=404)


@sqlite
def test_a_course_that_is_called_off_says_why_on_the_public_page(app: Flask, sign_in: SignIn, visitor: Browser) -> None:
    id = course(app)
    [code] = put_in(app, id, (LEARNER, PHONE))
    staff = sign_in("clerk")
    staff.get(f"/training/courses/{id}/cancel")
    staff.submit("取消培训班", 422, reason="")
    staff.submit("取消培训班", reason="讲课老师生病，改期另行通知。")
    assert "讲课老师生病" in visitor.get("/training/").text
    assert "讲课老师生病" in open_place(visitor, code).text
    assert visitor.get(f"/training/{id}/enrol").heading == TITLE  # nobody enrols any more


@sqlite
def test_a_draft_that_is_dropped_never_stands_on_the_public_page(app: Flask, sign_in: SignIn, visitor: Browser) -> None:
    id = course(app, state="draft")
    staff = sign_in("clerk")
    staff.get(f"/training/courses/{id}/cancel")
    staff.submit("取消培训班", reason="不办了")
    assert TITLE not in visitor.get("/training/").text
    visitor.get(f"/training/{id}", expect=404)


@sqlite
def test_of_two_who_change_a_course_the_later_is_told(app: Flask, sign_in: SignIn) -> None:
    id = course(app)
    one, other = sign_in("clerk"), sign_in("clerk2")
    for person in (one, other):
        person.get(f"/training/courses/{id}/change")
    one.submit("修改培训班", title="稻虾共作（改）")
    page = other.submit("修改培训班", 409, title="稻鱼共作")
    assert "稻鱼共作" in page.html
    assert "培训班已修改" in page.text


# --- enrolling -----------------------------------------------------------------------------------------------------


def test_somebody_enrols_by_telephone_number_and_the_code_is_shown_once(app: Flask, visitor: Browser) -> None:
    id = course(app)
    code = shown_code(enrol(visitor, id))
    assert len(code) == 20
    assert code not in visitor.page.path
    assert "只显示一次" in visitor.get("/training/code").heading
    assert "您有名额" in open_place(visitor, code).text
    assert rows(app, id) == [("seat", 1)]


def test_the_same_form_sent_twice_is_one_place_with_one_code(app: Flask, visitor: Browser) -> None:
    id = course(app)
    visitor.get(f"/training/{id}/enrol")
    form = visitor.page
    first = shown_code(visitor.submit(f"/training/{id}/enrol", name=LEARNER, phone=PHONE))
    visitor.page = form
    assert shown_code(visitor.submit(f"/training/{id}/enrol", name=LEARNER, phone=PHONE)) == first
    assert rows(app, id) == [("seat", 1)]


@pytest.mark.parametrize("typed", ["139 1234 5678", "+86-139-1234-5678", "１３９１２３４５６７８"])
def test_one_telephone_number_is_enrolled_once_in_a_course(app: Flask, typed: str) -> None:
    id, other = course(app), course(app, title="水稻育秧")
    enrol(Browser(app), id)
    again = Browser(app)
    assert "已报名本班" in enrol(again, id, 422, name="别的名字", phone=typed).text
    assert rows(app, id) == [("seat", 1)]
    enrol(again, other, phone=typed)


@sqlite
def test_a_name_and_a_whole_number_are_asked_for(app: Flask, visitor: Browser) -> None:
    id = course(app)
    page = enrol(visitor, id, 422, name="", phone="12")
    assert len(page.all(".error-summary li")) == 2
    assert rows(app, id) == []


def test_a_full_course_gives_a_place_on_the_waiting_list_and_says_so(app: Flask, visitor: Browser) -> None:
    id = course(app)
    put_in(app, id, *FULL)
    visitor.get(f"/training/{id}")
    assert "名额已满" in visitor.follow("报名候补").text
    page = enrol(visitor, id)
    assert page.heading == "已进入候补名单"
    assert "您前面还有0人" in open_place(visitor, shown_code(page)).text
    assert rows(app, id) == [("seat", 1), ("seat", 2), ("waiting", None)]


def test_when_somebody_gives_up_the_first_who_waits_moves_up(app: Flask, visitor: Browser) -> None:
    id = course(app)
    first, _second, third, _fourth = put_in(app, id, *FULL, ("丙", "13900000003"), ("丁", "13900000004"))
    open_place(visitor, first)
    assert "您已退出报名" in visitor.submit("/training/place/give-up").text
    assert rows(app, id) == [("given_up", None), ("seat", 2), ("seat", 1), ("waiting", None)]
    assert "您有名额" in open_place(Browser(app), third).text
    assert "moved up" in actions(app)


def test_whoever_gives_up_leaves_no_name_and_may_enrol_again(app: Flask, visitor: Browser) -> None:
    id = course(app, seats=1)
    open_place(visitor, shown_code(enrol(visitor, id)))
    visitor.submit("/training/place/give-up")
    with app.app_context():
        row = db.session.scalars(select(Enrolment)).one()
        assert (row.name_sealed, row.phone_sealed, row.phone_digest) == (None, None, None)
    enrol(visitor, id)
    assert rows(app, id) == [("given_up", None), ("seat", 1)]


def test_more_seats_go_to_those_who_wait_and_taken_ones_cannot_be_taken_away(app: Flask, sign_in: SignIn) -> None:
    id = course(app)
    put_in(app, id, *FULL, ("丙", "13900000003"))
    staff = sign_in("clerk")
    staff.get(f"/training/courses/{id}/change")
    assert "不能少于" in staff.submit("修改培训班", 422, seats="1").text
    staff.submit("修改培训班", seats="3")
    assert rows(app, id) == [("seat", 1), ("seat", 2), ("seat", 3)]


def test_of_many_at_once_no_more_get_seats_than_there_are(app: Flask) -> None:
    id = course(app, seats=3)

    def one(number: int) -> None:
        enrol(Browser(app), id, name=f"学员{number}", phone=f"1390000000{number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(8)))
    there = rows(app, id)
    assert sorted(seat for _, seat in there if seat) == [1, 2, 3]
    assert [state for state, _ in there].count(Place.WAITING) == 5
    run(app, "check")


def test_the_database_itself_gives_no_seat_twice(app: Flask) -> None:
    id = course(app)
    put_in(app, id, *FULL)
    with app.app_context(), pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE course_place SET seat = 1 WHERE seat = 2"))


def test_names_and_numbers_are_nowhere_in_clear(app: Flask, visitor: Browser) -> None:
    id = course(app)
    code = shown_code(enrol(visitor, id))
    open_place(visitor, code)
    stored = "\n".join(everything_stored(app))
    assert all(secret not in stored for secret in (LEARNER, PHONE, code, "139 1234 5678"))


@sqlite
def test_wrong_codes_and_no_codes_get_one_answer_and_run_into_the_limits(app: Flask, visitor: Browser) -> None:
    [code] = put_in(app, course(app), (LEARNER, PHONE))
    answers = {open_place(visitor, typed, 404).text for typed in ("12345678901234567894", "没有", "")}
    assert len(answers) == 1
    with app.app_context():
        for _ in range(limits.RECEIPTS_BY_ADDRESS.most):
            limits.count(limits.RECEIPTS_BY_ADDRESS, "127.0.0.1")
    wrong = code[:-2] + ("0" if code[-2] != "0" else "1") + code[-1]
    open_place(visitor, wrong, 429)
    assert "您有名额" in open_place(visitor, code).text


@sqlite
def test_who_sends_form_after_form_has_to_wait(app: Flask, visitor: Browser) -> None:
    id = course(app)
    with app.app_context():
        for _ in range(limits.FORMS_BY_ADDRESS.most):
            limits.count(limits.FORMS_BY_ADDRESS, "127.0.0.1")
    assert LEARNER in enrol(visitor, id, 429).html  # what was typed is still there
    assert rows(app, id) == []


# --- by a village's contact ----------------------------------------------------------------------------------------


def test_a_contact_enrols_a_list_for_the_village_and_sees_those_alone(app: Flask, sign_in: SignIn) -> None:
    id = course(app)
    put_in(app, id, ("别村人", "13900000009"))
    contact = sign_in("contact")
    contact.get(f"/training/courses/{id}")
    contact.follow("代为报名")
    page = contact.submit("报名", people=f"{LEARNER}，{PHONE}\n\n田二 139 0000 0008\n田三")
    assert len(page.all(".receipt-code")) == 3
    assert [state for state, _ in rows(app, id)] == ["seat", "seat", "waiting", "waiting"]
    text = contact.get(f"/training/courses/{id}").text
    assert "田三" in text
    assert "别村人" not in text
    assert "红旗社区" in sign_in("clerk").get(f"/training/courses/{id}").text


@sqlite
@pytest.mark.parametrize("people", [PHONE, "田一 12", f"田一 {PHONE}\n田二 {PHONE}", "\n".join(["人"] * 41), ""])
def test_a_list_that_cannot_be_right_comes_back_whole(app: Flask, sign_in: SignIn, people: str) -> None:
    id = course(app)
    contact = sign_in("contact")
    contact.get(f"/training/courses/{id}/enrol")
    contact.submit("报名", 422, people=people)
    assert rows(app, id) == []


def test_a_list_with_somebody_who_is_enrolled_already_enrols_nobody(app: Flask, sign_in: SignIn) -> None:
    id = course(app)
    put_in(app, id, (LEARNER, PHONE))
    contact = sign_in("contact")
    contact.get(f"/training/courses/{id}/enrol")
    assert "第2行" in contact.submit("报名", 422, people=f"田二\n田学农 {PHONE}").text
    assert rows(app, id) == [("seat", 1)]


@sqlite
def test_a_contact_gives_up_the_places_of_the_own_village_alone(app: Flask, sign_in: SignIn) -> None:
    id = course(app)
    put_in(app, id, (LEARNER, PHONE), by="contact")
    put_in(app, id, ("别村人", "13900000009"))
    with app.app_context():
        mine, other = db.session.scalars(select(Enrolment.id).order_by(Enrolment.number))
    contact = sign_in("contact")
    contact.get(f"/training/places/{other}/give_up", expect=404)
    contact.get(f"/training/places/{mine}/give_up")
    contact.submit("退出报名")
    assert rows(app, id) == [("given_up", None), ("seat", 2)]


# --- on the day ----------------------------------------------------------------------------------------------------


def test_somebody_checks_in_by_number_or_by_code_on_the_day_only(
    app: Flask, later: Callable[[int], None], visitor: Browser
) -> None:
    id = course(app, days=3)
    _one, code = put_in(app, id, (LEARNER, PHONE), ("乙", "13900000002"))
    page = f"/training/{id}/here/{token(app, id)}"
    visitor.get(page, expect=404)  # too early
    later(3)
    visitor.get(page[:-1] + ("0" if page[-1] != "0" else "1"), expect=404)
    visitor.get(page)
    assert "签到成功" in visitor.submit("我到了", receipt="139-1234-5678").text
    assert "已经签过到" in visitor.submit("我到了", receipt=PHONE).text
    assert "签到成功" in visitor.submit("我到了", receipt=code).text
    assert "没有查到" in visitor.submit("我到了", 422, receipt="13911111111").text
    with app.app_context():
        assert db.session.scalar(select(func.count(Enrolment.came))) == 2
    later(4)
    visitor.get(page, expect=404)


@sqlite
def test_the_picture_leads_to_the_check_in_page_and_says_nothing_of_a_person(app: Flask, sign_in: SignIn) -> None:
    id = course(app, days=0)
    put_in(app, id, (LEARNER, PHONE))
    page = sign_in("clerk").get(f"/training/courses/{id}/poster")
    assert page.one("svg.qr").css("path")
    assert f"/training/{id}/here/{token(app, id)}" in page.text
    assert LEARNER not in page.html
    assert token(app, id) != token(app, course(app, days=0))


@sqlite
def test_who_waits_is_sent_to_the_staff_when_checking_in(app: Flask, visitor: Browser) -> None:
    id = course(app, days=0)
    put_in(app, id, *FULL, (LEARNER, PHONE))
    visitor.get(f"/training/{id}/here/{token(app, id)}")
    assert "请找现场工作人员" in visitor.submit("我到了", 422, receipt=PHONE).text


def test_staff_tick_who_came_on_a_list_and_take_it_back(app: Flask, sign_in: SignIn) -> None:
    id = course(app, days=0)
    put_in(app, id, *FULL)
    with app.app_context():
        one, _other = db.session.scalars(select(Enrolment.id).order_by(Enrolment.number))
    staff = sign_in("clerk")
    staff.get(f"/training/courses/{id}/attend")
    assert "登记到场1人" in staff.submit("登记到场", came=[str(one)]).text
    assert "甲" not in staff.get(f"/training/courses/{id}/attend").text.split("登记到场人员", 1)[1]
    staff.get(f"/training/places/{one}/absent")
    staff.submit("撤销签到登记")
    with app.app_context():
        assert db.session.scalar(select(func.count(Enrolment.came))) == 0
    run(app, "check")


# --- afterwards ----------------------------------------------------------------------------------------------------


def held(app: Flask, sign_in: SignIn, many: int) -> tuple[int, list[str]]:
    """A course that was held, with so many who came; its id and their codes."""
    id = course(app, days=0, seats=9)
    codes = put_in(app, id, *((f"学员{nth}", f"1390000000{nth}") for nth in range(many)))
    staff = sign_in("clerk")
    staff.get(f"/training/courses/{id}/attend")
    with app.app_context():
        staff.submit("登记到场", came=[str(each) for each in db.session.scalars(select(Enrolment.id))])
    staff.follow("登记已举办")
    staff.submit("登记已举办")
    return id, codes


def test_whoever_came_evaluates_once_and_nothing_says_who_it_was(app: Flask, sign_in: SignIn) -> None:
    id, codes = held(app, sign_in, 6)
    for nth, code in enumerate(codes):
        visitor = Browser(app)
        open_place(visitor, code)
        visitor.submit("提交", use="very" if nth < 5 else "little", words="田里看得懂" if nth == 5 else "")
        assert "您已作出评价" in visitor.page.text
        if nth == 3:
            assert "不足5人" in sign_in("clerk").get(f"/training/courses/{id}").text
    page = sign_in("clerk").get(f"/training/courses/{id}")
    assert "田里看得懂" in page.text
    assert page.texts("section[aria-labelledby=evaluation] td.number") == ["不足5人", "0", "不足5人"]
    with app.app_context():
        assert set(Evaluation.__table__.columns.keys()) == {"id", "course_id", "use", "words_sealed"}
        told = [each.data for each in db.session.scalars(select(Entry).where(Entry.action == "evaluated"))]
        assert all(not data for data in told)
    run(app, "check")


@sqlite
def test_who_did_not_come_evaluates_nothing(app: Flask, visitor: Browser) -> None:
    [code] = put_in(app, course(app, days=0), (LEARNER, PHONE))
    assert not open_place(visitor, code).all("input[name=use]")
    visitor.get("/training/place")
    token = visitor.page.all("main input[name=csrf_token]")[0].attributes["value"]
    visitor.post("/training/place/evaluation", {"csrf_token": token, "use": "very", "words": ""})
    with app.app_context():
        assert db.session.scalar(select(func.count(Evaluation.id))) == 0


V, S, L = Use


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({V: 2, S: 2}, {V: None, S: None, L: None}),  # too few in all
        ({V: 9, S: 6}, {V: 9, S: 6, L: 0}),
        ({V: 9, S: 6, L: 2}, {V: 9, S: None, L: None}),  # else the sum would tell the two
        ({V: 9, S: 1, L: 2}, {V: None, S: None, L: None}),  # three together are still small
        ({V: 9, S: 3, L: 4}, {V: 9, S: None, L: None}),
    ],
)
def test_no_small_count_is_told_or_can_be_worked_out(counts: dict[Use, int], told: dict[Use, int | None]) -> None:
    assert told_use(counts) == told


@pytest.mark.parametrize(
    ("typed", "tidied"),
    [("(027) 8692-1234", "02786921234"), ("12", None), ("", None), ("手机", None), ("1" * 16, None)],
)
def test_a_telephone_number_is_compared_by_its_digits(typed: str, tidied: str | None) -> None:
    assert tidy_phone(typed) == tidied


# --- around it -----------------------------------------------------------------------------------------------------


@sqlite
def test_a_near_course_stands_on_the_desk_of_those_who_run_it(app: Flask, sign_in: SignIn) -> None:
    course(app, days=3, by="handler")
    course(app, days=20, by="handler", title="很久以后")
    for username, there in [("handler", True), ("clerk", True), ("handler2", False)]:
        text = sign_in(username).get("/desk").text
        assert (TITLE in text) == there
        assert "很久以后" not in text


def test_a_list_of_courses_takes_as_many_queries_for_many_as_for_one(app: Flask, sign_in: SignIn) -> None:
    staff, counts = sign_in("clerk"), []
    for nth in (1, 6):
        for _ in range(nth):
            put_in(app, course(app), (LEARNER, PHONE))
        with sent_queries(app) as sent:
            staff.get("/training/courses/")
        counts.append(len(sent))
    assert counts[0] == counts[1]


@sqlite
def test_the_check_sees_a_seat_too_many_and_a_state_that_nothing_led_to(app: Flask) -> None:
    id = course(app)
    put_in(app, id, *FULL)
    spoil(app, "UPDATE course SET seats = 1")
    assert "beyond those of the course" in run(app, "check", code=1)
    spoil(app, "UPDATE course SET seats = 2")
    spoil(app, "UPDATE course SET state = 'held'")
    assert "not what the record says" in run(app, "check", code=1)


# --- the roster ----------------------------------------------------------------------------------------------------


@sqlite
def test_an_expert_is_on_the_roster_only_with_consent(sign_in: SignIn) -> None:
    staff = sign_in("clerk")
    typed: dict[str, Value] = {
        "name": "蔡水产",
        "unit": "区水产站",
        "trades": ["fish"],
        "languages": "本地话",
        "phone": "86921234",
    }
    staff.get("/experts/new")
    staff.submit("登记专家", 422, fields=typed)
    assert "蔡水产" in staff.submit("登记专家", fields=typed, consent=True).heading
    assert "86921234" in staff.page.text


@sqlite
def test_the_roster_is_found_by_trade_and_season_and_seen_by_staff_alone(
    app: Flask, sign_in: SignIn, visitor: Browser
) -> None:
    id = expert(app)
    handler = sign_in("handler2")
    assert "蔡水产" in handler.get("/experts/?trade=fish&season=winter&state=active").text
    assert "蔡水产" not in handler.get("/experts/?trade=craft").text
    handler.get("/experts/new", expect=403)
    handler.get(f"/experts/{id}/rest", expect=404)
    for username in ("contact", "auditor", "discipline", "administrator"):
        sign_in(username).get("/experts/", expect=403)
    assert visitor.get("/experts/").path.startswith("/sign-in")


@sqlite
def test_an_expert_who_rests_is_offered_for_no_course(app: Flask, sign_in: SignIn) -> None:
    id = expert(app)
    staff = sign_in("leader")
    assert "蔡水产" in staff.get("/training/courses/new").text
    staff.get(f"/experts/{id}/rest")
    staff.submit("暂停受邀", reason="外出进修")
    assert "蔡水产" not in staff.get("/training/courses/new").text
    staff.get(f"/experts/{id}/return")
    staff.submit("恢复受邀")
    staff.get(f"/experts/{id}/change")
    staff.submit("修改登记", trades=["craft"])
    assert "手工技艺" in staff.page.text
    assert "水产养殖" not in staff.page.one("dl.summary").text()
    run(app, "check")


def actions(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Entry.action)))
