"""Clocks and calendar: what an administrator changes, what it moves, who is told of it, and who never learns a thing."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select

from blueprints.petitions.casefile.models import Clock
from blueprints.petitions.docket.domain import State
from blueprints.petitions.rulebook.domain import BadLines, as_lines, read_lines
from core import clock, deadlines, notices
from core.extensions import db
from core.procedures import Procedure
from core.profiles import profile
from core.record import Entry
from tests.browse import Browser, Page, Value
from tests.letters import days, look_up, petition, put, put_many, viewer
from tests.offices import Offices
from tests.people import PASSWORD
from tests.upkeep import run, spoil

SignIn = Callable[..., Browser]
Fields = dict[str, Value]
TUESDAY = datetime(2026, 2, 10, 1, 0, tzinfo=UTC)  # Spring Festival is from the 15th to the 23rd; Saturday 14 is worked
SATURDAY = date(2026, 2, 14)
MOVES: Fields = {"day": SATURDAY.isoformat(), "what": "plain", "why": "国办发明电〔2026〕1号"}


@pytest.fixture(autouse=True)
def tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stops the clock."""
    monkeypatch.setattr(clock, "now", lambda: TUESDAY)


@pytest.fixture
def working_days(app: Flask) -> str:
    """An office whose notice is due after five working days, from today on; the procedure's name."""
    with app.app_context():
        row = Procedure.copy("2022-local", by=viewer("administrator").id)
        row.edit(row.text, clock.today(), by=viewer("administrator").id)
        db.session.commit()
        return row.code


def put_right(admin: Browser, day: Fields, expect: int = 200) -> Page:
    """Fill in the form of one day, as far as the page that says what it moves."""
    admin.get(f"/settings/calendar/{str(day['day'])[:4]}")
    return admin.submit(f"/settings/calendar/{str(day['day'])[:4]}/day", expect, day)


def changed(app: Flask, id: int) -> list[Entry]:
    with app.app_context():
        wanted = select(Entry).where(Entry.thread == "petition", Entry.thread_id == id)
        return list(db.session.scalars(wanted.where(Entry.action == "calendar changed")))


# --- a change of the calendar --------------------------------------------------------------------------------------


def test_a_change_of_the_calendar_moves_open_deadlines_and_says_so_in_the_record(
    app: Flask, sign_in: SignIn, working_days: str
) -> None:
    made = put(app, subject="村口水塘")
    assert days(app, made.id)["notice"][1] == date(2026, 2, 24)
    admin = sign_in("administrator")
    told = put_right(admin, MOVES)
    assert "1 个正在计算的期限将调整" in told.text
    assert "水塘" not in told.text
    assert days(app, made.id)["notice"][1] == date(2026, 2, 24)  # nothing is saved yet
    assert "1 个正在计算的期限已调整" in admin.submit("保存日历").text

    assert days(app, made.id)["notice"][1] == date(2026, 2, 25)
    row = petition(app, made.id)
    assert (row.due_on, row.due_clock) == (date(2026, 2, 25), "notice")
    entry = changed(app, made.id)[0]
    assert entry.data == {"clocks": [["notice", "2026-02-24", "2026-02-25"]]}
    with app.app_context():
        assert entry.actor_id == viewer("administrator").id
    case = sign_in("clerk").get(f"/petitions/{made.id}")
    assert "书面告知：原为2026年2月24日，现为2026年2月25日" in case.text
    assert any("14日" in text for text in case.texts(".sum li"))  # the sum says that Saturday is left out now
    assert sum("日历变动" in row for row in sign_in("auditor").get("/record").texts("tbody tr")) == 1
    assert "Everything is in order." in run(app, "check")


def test_what_has_stopped_is_closed_or_asks_no_calendar_is_not_touched(
    app: Flask, sign_in: SignIn, working_days: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = put(app, State.CLOSED)
    monkeypatch.setattr(clock, "now", lambda: TUESDAY - timedelta(days=1))
    calendar_days = put(app)  # received the day before: it keeps the procedure of that day, which counts each day
    monkeypatch.setattr(clock, "now", lambda: TUESDAY)
    before = [petition(app, each.id).version for each in (closed, calendar_days)]
    admin = sign_in("administrator")
    assert "0 个正在计算的期限将调整" in put_right(admin, MOVES).text
    admin.submit("保存日历")
    assert [petition(app, each.id).version for each in (closed, calendar_days)] == before


def test_a_right_that_ended_on_a_day_that_is_now_free_rolls_on(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.SIGNED)
    right = deadlines.due(profile("2022").rule("ask_review", "claim"), date(2026, 1, 15), notices)
    assert right.due_on == SATURDAY
    with app.app_context():
        db.session.add(Clock.running(made.id, "ask_review", right))
        db.session.get_one(type(petition(app, made.id)), made.id).trace("note", by=None)
        db.session.commit()
    admin = sign_in("administrator")
    put_right(admin, MOVES)
    admin.submit("保存日历")
    assert days(app, made.id)["ask_review"][1] == date(2026, 2, 24)


def test_a_year_whose_notice_comes_out_makes_its_sums_final_without_moving_a_day(
    app: Flask, sign_in: SignIn, working_days: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2030, 12, 27, 1, 0, tzinfo=UTC))
    made = put(app)
    with app.app_context():
        assert db.session.scalars(select(Clock)).one().deadline.provisional
    admin = sign_in("administrator")
    for year, anew in ((2030, False), (2031, True)):  # the sum is counted over both
        admin.get(f"/settings/calendar/{year}")
        told = admin.submit(f"/settings/calendar/{year}", published=True)
        assert "0 个正在计算的期限将调整。" in told.text
        assert ("另有 1 个" in told.text) == anew
        admin.submit("保存日历")
    with app.app_context():
        assert not db.session.scalars(select(Clock)).one().deadline.provisional
    (entry,) = changed(app, made.id)
    (told_of,) = entry.data["clocks"]
    assert told_of[1] == told_of[2]


def test_a_case_that_complains_of_the_administrator_moves_too_but_is_in_no_number(
    app: Flask, sign_in: SignIn, working_days: str
) -> None:
    other, about = put(app), put(app, person="郑管理")
    admin = sign_in("administrator")
    assert "1 个正在计算的期限将调整" in put_right(admin, MOVES).text
    assert "1 个正在计算的期限已调整" in admin.submit("保存日历").text
    for each in (other, about):
        assert petition(app, each.id).due_on == date(2026, 2, 25)
        assert len(changed(app, each.id)) == 1


def test_many_open_matters_are_never_held_all_at_once(
    app: Flask, sign_in: SignIn, working_days: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blueprints.petitions.rulebook.models._AT_ONCE", 10)
    made = put_many(app, 45)
    admin = sign_in("administrator")
    put_right(admin, MOVES)
    most = 0

    def count(session: object, _context: object) -> None:
        nonlocal most
        most = max(most, len({row.id for row in session.identity_map.values() if hasattr(row, "receipt_digest")}))  # type: ignore[attr-defined]

    event.listen(db.session, "after_flush", count)
    try:
        assert "45 个正在计算的期限已调整" in admin.submit("保存日历").text
    finally:
        event.remove(db.session, "after_flush", count)
    assert 0 < most <= 20
    assert {petition(app, each.id).due_on for each in made} == {date(2026, 2, 25)}


def test_a_clerk_who_is_writing_is_told_that_the_deadline_moved(app: Flask, sign_in: SignIn, working_days: str) -> None:
    made = put(app)
    clerk, admin = sign_in("clerk"), sign_in("administrator")
    clerk.get(f"/petitions/{made.id}/note")
    put_right(admin, MOVES)
    admin.submit("保存日历")
    told = clerk.submit(f"/petitions/{made.id}/note", expect=409, text="先问水务局")
    assert "日历变动" in told.text
    assert "先问水务局" in told.html


def test_the_receipt_page_shows_the_moved_date_with_its_sum(app: Flask, sign_in: SignIn, working_days: str) -> None:
    made = put(app)
    admin = sign_in("administrator")
    put_right(admin, MOVES)
    admin.submit("保存日历")
    resident = Browser(app)
    look_up(resident, made.code)
    assert any("2026年2月25日" in text for text in resident.page.texts(".due"))


# --- what is typed -------------------------------------------------------------------------------------------------


def test_a_years_notice_is_entered_as_lines_and_read_back_on_the_wall(app: Flask, sign_in: SignIn) -> None:
    admin = sign_in("administrator")
    admin.get("/settings/calendar/2027")
    assert "暂定" in admin.page.text
    lines = "2027-01-01,休,元旦\n2027年1月2日，班，调休上班\n2027/1/4\tfree\t元旦\n"
    told = admin.submit("/settings/calendar/2027", lines=lines, source="国办发明电〔2026〕7号", published=True)
    assert "标为“已发布”" in told.text
    page = admin.submit("保存日历")
    assert page.texts(".month .mark") == ["休", "班", "休"]
    # New Year's Day is what it was without the notice.
    assert page.texts("tbody td[data-label=来源]") == ["随系统提供", *["国办发明电〔2026〕7号"] * 2]
    assert "已发布" in page.text
    assert "郑管理" in page.text  # who changed it


def test_a_day_that_stays_keeps_the_notice_it_came_from(app: Flask, sign_in: SignIn) -> None:
    admin = sign_in("administrator")
    put_right(admin, {**MOVES, "what": "free", "name": "春节"})
    page = admin.submit("保存日历")
    sources = page.texts("tbody td[data-label=来源]")
    assert sources.count("国办发明电〔2026〕1号") == 1
    assert sources.count("随系统提供") == len(sources) - 1 == len(notices.days(2026)) - 1


# fmt: off
WRONG = [  # a line, what is said of it
    ("2026-02-30,休,春节",      "第 1 行：请依次写"),
    ("2026-02-16,也许,春节",    "第 1 行：请依次写"),
    ("春节",                    "第 1 行：请依次写"),
    ("2027-02-16,休,春节",      "第 1 行：这一天不在 2026 年"),
    ("2026-02-16,休,春节\n2026-02-16,休,春节", "第 2 行：这一天写了两次"),
    ("2026-02-16,班,春节",      "第 1 行：这一天本来就是工作日"),
    (f"2026-02-16,休,{'春' * 61}", "第 1 行：名称最多 60 个字"),
]
# fmt: on


@pytest.mark.parametrize(("lines", "said"), WRONG)
def test_a_line_that_is_wrong_is_named_and_everything_typed_is_kept(
    app: Flask, sign_in: SignIn, lines: str, said: str
) -> None:
    admin = sign_in("administrator")
    admin.get("/settings/calendar/2026")
    page = admin.submit("/settings/calendar/2026", expect=422, lines=lines)
    assert said in page.text
    assert lines.strip() in page.one("textarea").text()
    with app.app_context():
        assert db.session.scalar(select(Entry).where(Entry.thread == "calendar_year")) is None


def test_a_year_has_no_end_of_lines_and_every_mistake_is_told() -> None:
    assert read_lines(as_lines(notices.days(2026), "zh"), 2026, 60) == list(notices.days(2026))
    assert read_lines(as_lines(notices.days(2026), "en"), 2026, 60) == list(notices.days(2026))
    with pytest.raises(BadLines) as bad:
        read_lines("x\n2026-02-16,休,春节\ny\n", 2026, 60)
    assert [number for number, _ in bad.value.wrong] == [1, 3]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ({**MOVES, "day": "2026-02-16", "what": "working"}, "本来就是工作日"),
        ({**MOVES, "what": "maybe"}, "不是有效的选择"),
        ({**MOVES, "why": "国" * 81}, "最多 80"),
    ],
)
def test_a_day_that_cannot_be_is_refused(sign_in: SignIn, day: Fields, said: str) -> None:
    admin = sign_in("administrator")
    assert said in put_right(admin, day, 422).text


def test_of_two_who_change_a_year_the_later_is_told(app: Flask, sign_in: SignIn) -> None:
    first, second = sign_in("administrator"), sign_in("administrator")
    put_right(first, MOVES)
    put_right(second, {**MOVES, "day": "2026-02-28"})
    first.submit("保存日历")
    told = second.submit("保存日历", expect=409)
    assert "没有丢失" in told.text
    assert "2026-02-14" in told.one("textarea").text()  # what the later one had, to be compared
    second.submit("/settings/calendar/2026")
    with app.app_context():
        assert len(list(db.session.scalars(select(Entry).where(Entry.thread == "calendar_year")))) == 1


def test_only_years_of_a_calendar_are_pages(sign_in: SignIn) -> None:
    leader = sign_in("leader")
    for year in (2001, 2029):
        leader.get(f"/settings/calendar/{year}")
    for year in (0, 2000, 2030, 99999):
        leader.get(f"/settings/calendar/{year}", expect=404)


# --- procedures ----------------------------------------------------------------------------------------------------


def edited(admin: Browser, typed: Fields, code: str = "2022", expect: int = 200) -> Page:
    """Copy a procedure through the pages and fill in the copy."""
    admin.get(f"/settings/profiles/{code}")
    admin.submit("复制后修改")
    return admin.submit("保存", expect=expect, fields=typed)


def test_an_administrator_copies_edits_and_puts_in_force_and_new_letters_begin_with_it(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = put(app)
    admin = sign_in("administrator")
    page = edited(
        admin,
        {
            "title_zh": "本区办理规定",
            "effective_on": "2026-02-12",
            "clocks-0-length": "7",
            "clocks-0-unit": "working_days",
            "clocks-0-ground": "source",
            "clocks-0-source_zh": "《本区办法》第三条",
            "clocks-0-source_en": "District measures, Art 3",
        },
    )
    assert page.heading == "本区办理规定"
    assert "7 个工作日" in page.text
    assert "《本区办法》第三条" in page.text
    monkeypatch.setattr(clock, "now", lambda: TUESDAY + timedelta(days=2))
    after = put(app, received_on=date(2026, 2, 12))
    posted = put(app, received_on=date(2026, 2, 11))
    assert [petition(app, each.id).profile for each in (before, after, posted)] == ["2022", "2022.1", "2022"]
    assert days(app, after.id)["notice"][1] == date(2026, 2, 28)  # 13, 14 and, after the holiday, 24 to 28
    case = sign_in("clerk").get(f"/petitions/{after.id}")
    assert "《本区办法》第三条" in case.text
    assert "现行" in sign_in("leader").get("/settings/profiles").text
    assert "Everything is in order." in run(app, "check")


def test_a_case_keeps_the_procedure_it_began_with_through_its_later_clocks(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = put(app)
    edited(sign_in("administrator"), {"effective_on": "2026-02-11", "clocks-2-length": "30"})
    monkeypatch.setattr(clock, "now", lambda: TUESDAY + timedelta(days=2))
    with app.app_context():
        row = db.session.get_one(type(petition(app, made.id)), made.id)
        for action, values in (("register", {"kind": "claim"}), ("accept", {})):
            row.move(action, values, by=viewer("clerk"))
        db.session.commit()
    start, last, _ = days(app, made.id)["handling"]
    assert (last - start).days == 60


def test_a_procedure_in_force_is_not_edited_but_copied(app: Flask, sign_in: SignIn) -> None:
    admin = sign_in("administrator")
    edited(admin, {"effective_on": "2026-02-10"})
    assert not [node for node in admin.page.all("a") if node.attributes["href"] == "/settings/profiles/2022.1/edit"]
    assert "已经施行" in admin.get("/settings/profiles/2022.1/edit").text
    edited(admin, {"title_zh": "再改"}, "2022.1")
    with app.app_context():
        assert [row.code for row in db.session.scalars(select(Procedure).order_by(Procedure.id))] == [
            "2022.1",
            "2022.2",
        ]


def test_what_was_open_while_a_procedure_took_effect_is_not_saved(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 2, 10, 15, 50, tzinfo=UTC))  # ten to midnight here
    admin = sign_in("administrator")
    edited(admin, {"effective_on": "2026-02-11"})
    admin.get("/settings/profiles/2022.1/edit")
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 2, 10, 16, 10, tzinfo=UTC))
    told = admin.submit("保存", expect=409, fields={"title_zh": "晚了"})
    assert "已经施行" in told.text
    assert "晚了" in told.html


# fmt: off
REFUSED = [  # what is typed, what is said
    ({"clocks-0-length": "0"},                                    "1 到 365"),
    ({"clocks-0-length": "很多"},                                 "请填写数字"),
    ({"clocks-0-ground": "article", "clocks-0-articles": ""},     "条款序号"),
    ({"clocks-0-ground": "article", "clocks-0-articles": "第二十三条"}, "条款序号"),
    ({"clocks-0-ground": "article", "clocks-0-articles": "0"},    "条款序号"),
    ({"clocks-0-ground": "source"},                               "写明依据的文件名称"),
    ({"clocks-0-name_zh": ""},                                    "请填写"),
    ({"effective_on": "2026-02-09"},                              "已经过去"),
    ({"title_zh": ""},                                            "请填写"),
]
# fmt: on


@pytest.mark.parametrize(("typed", "said"), REFUSED)
def test_a_procedure_that_cannot_be_is_refused_and_what_was_typed_is_kept(
    app: Flask, sign_in: SignIn, typed: Fields, said: str
) -> None:
    page = edited(sign_in("administrator"), typed, expect=422)
    assert said in page.text
    for name, value in typed.items():
        assert str(value) in page.one(f"[name={name}]").html  # type: ignore[operator]
    with app.app_context():
        assert db.session.scalars(select(Procedure)).one().version == 1


def test_a_repealed_regulation_is_not_put_in_force(sign_in: SignIn) -> None:
    page = edited(sign_in("administrator"), {"effective_on": "2026-02-10"}, "2005", 422)
    assert "不在施行期内" in page.text


def test_a_procedure_that_is_not_there_is_no_page(sign_in: SignIn) -> None:
    admin = sign_in("administrator")
    for code in ("1999", "2022.9", "..", "x" * 300, "%00", "%ff", "\u4fe1"):
        admin.get(f"/settings/profiles/{code}", expect=404)


@pytest.mark.parametrize("spoilt", ["UPDATE procedure SET text = 'length = 0'", "DELETE FROM procedure"])
def test_a_procedure_that_matters_began_with_and_that_is_lost_is_named_by_the_check(
    app: Flask, working_days: str, spoilt: str
) -> None:
    put(app)
    spoil(app, spoilt)
    assert f"procedure {working_days}: matters began with it, and it cannot be read" in run(app, "check", code=1)


# --- days in the office's zone --------------------------------------------------------------------------------------


# fmt: off
INSTANTS = [  # a moment in UTC, the office's zone, the day it is received there, the last day of the notice
    (datetime(2026, 3, 1, 15, 59, tzinfo=UTC),   "Asia/Shanghai", date(2026, 3, 1),   date(2026, 3, 16)),
    (datetime(2026, 3, 1, 16, 0, tzinfo=UTC),    "Asia/Shanghai", date(2026, 3, 2),   date(2026, 3, 17)),
    (datetime(2026, 3, 1, 16, 30, tzinfo=UTC),   "Asia/Shanghai", date(2026, 3, 2),   date(2026, 3, 17)),
    (datetime(2026, 3, 1, 16, 30, tzinfo=UTC),   "UTC",           date(2026, 3, 1),   date(2026, 3, 16)),
    (datetime(2025, 12, 31, 16, 30, tzinfo=UTC), "Asia/Shanghai", date(2026, 1, 1),   date(2026, 1, 16)),
    (datetime(2028, 2, 28, 16, 30, tzinfo=UTC),  "Asia/Shanghai", date(2028, 2, 29),  date(2028, 3, 15)),
    (datetime(2027, 2, 28, 16, 30, tzinfo=UTC),  "Asia/Shanghai", date(2027, 3, 1),   date(2027, 3, 16)),
]
# fmt: on


@pytest.mark.parametrize(("moment", "zone", "received_on", "due_on"), INSTANTS)
def test_the_day_of_a_letter_is_that_of_the_office_and_not_that_of_utc(
    offices: Offices,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    moment: datetime,
    zone: str,
    received_on: date,
    due_on: date,
) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)
    office = offices.make(database, ZONE=zone)
    made = put(office)
    row = petition(office, made.id)
    assert (row.received_at, row.received_on, row.due_on) == (moment, received_on, due_on)
    clerk = Browser(office)
    clerk.sign_in("clerk", PASSWORD)
    clerk.get(f"/petitions/{made.id}")
    shown = [node.attributes["datetime"] for node in clerk.page.all(".summary time, .due time")]
    assert shown[:2] == [received_on.isoformat(), due_on.isoformat()]


# --- who -----------------------------------------------------------------------------------------------------------


def test_leader_and_auditor_read_and_the_administrator_alone_changes(app: Flask, sign_in: SignIn) -> None:
    for username in ("leader", "auditor"):
        reader = sign_in(username)
        for path in ("/settings/calendar", "/settings/profiles", "/settings/profiles/2022"):
            assert not reader.get(path).all("main form")
        token = reader.get("/account").all("input[name=csrf_token]")[0].attributes["value"] or ""
        for path in ("/settings/calendar/2026", "/settings/calendar/2026/day", "/settings/profiles/2022/copy"):
            reader.post(path, {"csrf_token": token}, expect=404)
    for username in ("clerk", "handler", "contact", "discipline"):
        sign_in(username).get("/settings/calendar", expect=403)


def test_every_change_stands_in_the_record(app: Flask, sign_in: SignIn) -> None:
    admin = sign_in("administrator")
    edited(admin, {"effective_on": "2026-02-11"})
    put_right(admin, MOVES)
    admin.submit("保存日历")
    rows = sign_in("auditor").get("/record").texts("tbody tr")
    for matter, happened in (
        ("2022.1", "复制办理程序"),
        ("2022.1", "设定办理程序的施行日期"),
        ("2026", "修改年度工作日历"),
    ):
        assert any(matter in row and happened in row and "administrator" in row for row in rows), happened


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_stand_in_both_languages(sign_in: SignIn, language: str) -> None:
    admin = sign_in("administrator", language)
    for path in ("/settings/calendar/2027", "/settings/profiles", "/settings/profiles/2005"):
        admin.get(path)
    admin.submit("/settings/profiles/2005/copy")
    admin.get("/settings/calendar/2026")
    told = admin.submit("/settings/calendar/2026/day", fields=MOVES)
    assert told.heading == ("这次修改的影响" if language == "zh" else "What this change moves")
