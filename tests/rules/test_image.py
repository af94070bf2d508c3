"""Image standards: nobody is graded or compared, each word is seen by whom it was written for, and by nobody else later."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from blueprints.accounts.models import Unit, User
from blueprints.rules.image import domain, models, queries
from blueprints.rules.image.domain import CODES, Audience, Group, Level
from blueprints.rules.image.models import Drive, Remark, SelfCheck, Sheet, check_of, load_remark
from blueprints.rules.image.told import desk
from core import clock
from core.desk import read
from core.extensions import db
from core.record import Entry
from core.roles import Role
from core.workflow import NotPossible
from rooms import faults
from tests.browse import Browser, Value
from tests.browse import queries as statements
from tests.letters import everything_stored, unit_id, viewer

SignIn = Callable[..., Browser]
SQLITE = pytest.mark.parametrize("database", ["sqlite"])
OFFICE, LETTERS = "中共新洲区委组织部", "组织部信访科"
SAID = "接电话有时急躁，要改。"
SEEN, ADVICE, REPLY = "上周来访群众站着说话", "先请坐再谈，我可以搭把手", "谢谢，我记下了"


def put_up(audience: str = Audience.OWN, unit: str = OFFICE, first: int = 0, last: int = 7) -> int:
    """A sheet in use and a drive with it; the id of the drive. The caller commits."""
    leader = viewer("leader")
    sheet = Sheet.begin(by=leader)
    values = {"title": sheet.title, "audience": audience, "standards": sheet.standards}
    sheet.move("edit", values, by=leader)
    sheet.move("use", {}, by=leader)
    db.session.flush()
    days = clock.today() + timedelta(days=first), clock.today() + timedelta(days=last)
    drive = Drive.start("五模范五形象活动", sheet.id, unit_id(unit), days, by=leader)
    db.session.flush()
    return drive.id


def own(words: str = SAID) -> dict[str, dict[str, str]]:
    return {code: {"level": Level.WORK if code == "image-4" else Level.MEETS, "words": words} for code in CODES}


def say(drive: int, who: str, words: str = SAID) -> SelfCheck:
    row = SelfCheck.write(db.session.get_one(Drive, drive), own(words), by=viewer(who))
    db.session.flush()
    return row


def write(drive: int, by: str, about: str) -> Remark:
    words = {"standard": "image-4", "text": SEEN, "advice": ADVICE}
    row = Remark.write(db.session.get_one(Drive, drive), user(about), words, by=viewer(by))
    db.session.flush()
    return row


def user(username: str) -> User:
    return db.session.scalars(select(User).where(User.username == username)).one()


@pytest.fixture
def drive(app: Flask) -> int:
    with app.app_context():
        id = put_up()
        db.session.commit()
        return id


def set_up(app: Flask, audience: str) -> tuple[int, int]:
    """A drive in which the clerk said something and a colleague wrote to them; the ids of drive and remark."""
    with app.app_context():
        id = put_up(audience)
        say(id, "clerk")
        remark = write(id, "clerk2", "clerk")
        db.session.commit()
        return id, remark.id


TYPED: dict[str, Value] = {
    **{f"standards-{number}-level": "meets" for number in range(10)},
    "standards-3-level": "work",
    "standards-3-words": SAID,
}


# --- the sheet -------------------------------------------------------------------------------------------------------


def test_a_sheet_holds_five_models_and_five_images_in_our_own_words() -> None:
    told = domain.sample()
    assert Counter(each.group for each in told.standards) == {Group.MODEL: 5, Group.IMAGE: 5}
    assert "示例" in told.title
    with pytest.raises(ValueError, match="no sheet"):
        domain.standards_of([each.as_json() for each in told.standards][:9])


@SQLITE
def test_a_leader_begins_changes_and_uses_a_sheet_and_then_its_words_stay(app: Flask, sign_in: SignIn) -> None:
    leader = sign_in("leader")
    leader.get("/image/")
    address = leader.submit("/image/sheets/new").path
    sign_in("clerk").get(address, expect=404)  # a draft
    leader.get(f"{address}/edit")
    page = leader.submit(f"{address}/edit", fields={"standards-0-name": "新的第一条", "audience": "leaders"})
    assert "新的第一条" in page.text
    leader.get(f"{address}/use")
    leader.submit(f"{address}/use")
    assert "新的第一条" in sign_in("clerk").get(address).text
    assert leader.get(f"{address}/edit").path == address
    with app.app_context():
        row = db.session.scalars(select(Sheet)).one()
        values = {"title": "x", "audience": "own", "standards": row.standards}
        with pytest.raises(NotPossible):
            row.move("edit", values, by=viewer("leader"))


@SQLITE
def test_a_sheet_with_a_standard_left_out_comes_back_with_what_was_typed(sign_in: SignIn) -> None:
    leader = sign_in("leader")
    leader.get("/image/")
    address = leader.submit("/image/sheets/new").path
    leader.get(f"{address}/edit")
    page = leader.submit(f"{address}/edit", expect=422, fields={"standards-0-name": "", "standards-1-name": "第二条"})
    assert page.one("#standards-1-name").attributes["value"] == "第二条"
    assert page.all("a[href='#standards-0-name']")


def test_who_sees_can_be_widened_only_before_anybody_has_written(app: Flask, drive: int) -> None:
    with app.app_context():
        sheet, leader = db.session.scalars(select(Sheet)).one(), viewer("leader")
        sheet.move("audience", {"audience": Audience.UNIT}, by=leader)
        sheet.move("audience", {"audience": Audience.OWN}, by=leader)
        write(drive, "clerk2", "clerk")
        for wide in (Audience.LEADERS, Audience.UNIT):
            with pytest.raises(NotPossible, match="wider"):
                sheet.move("audience", {"audience": wide}, by=leader)


def test_a_self_check_keeps_the_audience_from_widening_too(app: Flask, drive: int, sign_in: SignIn) -> None:
    with app.app_context():
        say(drive, "clerk")
        db.session.commit()
        sheet = db.session.scalars(select(Sheet.id)).one()
    leader = sign_in("leader")
    leader.get(f"/image/sheets/{sheet}/audience")
    page = leader.submit(f"/image/sheets/{sheet}/audience", expect=422, audience="unit")
    assert "不能再让更多的人看到" in page.text


def test_a_remark_keeps_the_visibility_of_its_time(app: Flask) -> None:
    drive, remark = set_up(app, Audience.LEADERS)
    with app.app_context():
        sheet, leader = db.session.scalars(select(Sheet)).one(), viewer("leader")
        sheet.move("audience", {"audience": Audience.OWN}, by=leader)
        assert load_remark(remark, leader) is not None
        later = write(drive, "clerk", "clerk2")
        assert later.audience == Audience.OWN
        assert load_remark(later.id, leader) is None


def test_words_corrected_after_a_narrowing_take_the_narrower_audience(app: Flask) -> None:
    drive, remark = set_up(app, Audience.UNIT)
    with app.app_context():
        sheet = db.session.scalars(select(Sheet)).one()
        sheet.move("audience", {"audience": Audience.OWN}, by=viewer("leader"))
        row = db.session.get_one(Remark, remark)
        row.move("correct", {"standard": "", "text": "a", "advice": "b"}, by=viewer("clerk2"))
        check = db.session.scalars(select(SelfCheck)).one()
        check.move(db.session.get_one(Drive, drive), "correct", own(), by=viewer("clerk"))
        assert (row.audience, check.audience) == (Audience.OWN, Audience.OWN)


# --- who sees what ---------------------------------------------------------------------------------------------------

# fmt: off
SEES = {  # audience: who besides the member and the colleague who wrote
    Audience.OWN:     set(),
    Audience.LEADERS: {"leader"},
    Audience.UNIT:    {"leader", "clerk2", "clerk3"},
}
# fmt: on


@pytest.mark.parametrize("audience", list(Audience))
def test_just_those_whom_the_sheet_names_see_the_words(app: Flask, audience: Audience) -> None:
    with app.app_context():
        third = User.open("clerk3", "冯同事", Role.CLERK, db.session.get_one(Unit, unit_id(LETTERS)), "x", by=None)
        db.session.commit()
    drive, remark = set_up(app, audience)
    with app.app_context():
        everybody = {each for (each,) in db.session.execute(select(User.username))}
        member = user("clerk").id
        checks = {each for each in everybody if check_of(drive, member, viewer(each))}
        remarks = {each for each in everybody if load_remark(remark, viewer(each))}
        assert checks == {"clerk"} | SEES[audience]
        assert remarks == {"clerk", "clerk2"} | SEES[audience]
        assert third.username in everybody


@SQLITE
@pytest.mark.parametrize("audience", list(Audience))
def test_what_somebody_may_not_see_stands_on_no_page(app: Flask, sign_in: SignIn, audience: Audience) -> None:
    drive, remark = set_up(app, audience)
    with app.app_context():
        member = user("clerk").id
    for username in ("clerk", "clerk2", "leader", "handler", "discipline", "auditor", "administrator"):
        browser, said, seen = sign_in(username), False, False
        for path in ("", "/print", f"/of/{member}"):
            page = browser.client.get(f"/image/drives/{drive}{path}").text
            said, seen = said or SAID in page, seen or SEEN in page
        assert said == (username == "clerk" or username in SEES[audience]), username
        assert seen == (username in ("clerk", "clerk2") or username in SEES[audience]), username
        assert browser.client.get(f"/image/remarks/{remark}/answer").status_code in ((200, 303) if seen else (404,))


def test_the_record_of_the_office_tells_a_leader_and_an_auditor_nothing_of_who_wrote(
    app: Flask, sign_in: SignIn
) -> None:
    set_up(app, Audience.OWN)
    for username in ("leader", "auditor"):
        page = sign_in(username).get("/record")
        assert "五模范五形象活动开始" in page.text
        assert "写下自查" not in page.text
        assert "写下同事意见" not in page.text


def test_who_moves_to_another_unit_takes_no_new_reader_along(app: Flask) -> None:
    drive, remark = set_up(app, Audience.UNIT)
    with app.app_context():
        water = db.session.get_one(Unit, unit_id("新洲区水务局"))
        user("clerk").change_role(Role.CLERK, water, None, by=viewer("administrator").id)
        db.session.commit()
        assert check_of(drive, user("clerk").id, viewer("handler")) is None
        assert load_remark(remark, viewer("handler")) is None


def test_words_about_people_are_sealed_and_stand_in_no_entry(app: Flask) -> None:
    _, remark = set_up(app, Audience.UNIT)
    with app.app_context():
        db.session.get_one(Remark, remark).move("answer", {"text": REPLY}, by=viewer("clerk"))
        db.session.commit()
        stored = list(everything_stored(app))
        assert [each for each in stored if "五模范五形象活动" in each]
        assert not [word for word in (SAID, SEEN, ADVICE, REPLY) if [each for each in stored if word in each]]
        for entry in db.session.scalars(select(Entry).where(Entry.thread.in_(["image_check", "image_remark"]))):
            assert entry.note is None
            assert entry.data.keys() == {"state"}


# --- nobody is compared ----------------------------------------------------------------------------------------------


def test_no_column_knows_how_somebody_stands(app: Flask) -> None:
    """A level is a word within what is sealed: no statement can add, sort or filter by it."""
    with app.app_context():
        for table in (SelfCheck, Remark):
            columns = {column.name: column.type.python_type for column in table.__table__.columns}
            numbers = {name for name, kind in columns.items() if kind in (int, float)}
            assert numbers == {"version", *(name for name in columns if name == "id" or name.endswith("_id"))}
            words = {name for name, kind in columns.items() if kind is str}
            assert words == {"state", "audience"}
        assert not set(Level) & {str(number) for number in range(100)}


def test_the_list_of_colleagues_is_the_same_whatever_they_have_written(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        drive = put_up(Audience.UNIT)
        db.session.commit()
    leader = sign_in("leader")
    before = leader.get(f"/image/drives/{drive}").texts("section[aria-labelledby=people] li")
    with app.app_context():
        say(drive, "clerk")
        write(drive, "clerk2", "clerk")
        db.session.commit()
    after = leader.get(f"/image/drives/{drive}").texts("section[aria-labelledby=people] li")
    assert before == after
    assert [each for each in after if each.startswith("李登记")]


def test_nothing_reads_the_words_of_several_members_at_once() -> None:
    """Whatever gives out a self-check gives out one, of one member in one drive."""
    gives = [name for name in dir(models) + dir(queries) if "check" in name.lower()]
    known = {
        "SelfCheck",
        "CheckState",
        "CHECK_WORKFLOW",
        "CheckConstraint",
        "check_of",
        "checks_of",
        "to_check",
        "_to_check",
    }
    assert set(gives) <= known
    assert queries.Named._fields == ("id", "name", "unit")


# --- a drive ---------------------------------------------------------------------------------------------------------


def test_a_leader_starts_a_drive_and_each_member_finds_it_on_the_desk_until_they_have_written(
    app: Flask, sign_in: SignIn
) -> None:
    with app.app_context():
        put_up()
        db.session.commit()
        today = clock.today()
    leader = sign_in("leader")
    leader.get("/image/drives/new")
    days = {"from_on": today.isoformat(), "until_on": (today + timedelta(days=3)).isoformat()}
    address = leader.submit("/image/drives/new", fields={"title": "秋季活动", **days}).path
    clerk = sign_in("clerk")
    assert "秋季活动" in clerk.get("/desk").text
    clerk.get(f"{address}/check")
    clerk.submit(f"{address}/check", fields=TYPED)
    assert "秋季活动" not in clerk.get("/desk").text
    with app.app_context():
        assert not any(read([part.rows for part in desk(viewer("contact"))]))
        assert not any(read([part.rows for part in desk(viewer("handler"))]))  # another office's


def test_outside_its_days_nothing_is_taken_in(app: Flask) -> None:
    with app.app_context():
        for first, last in ((-5, -1), (1, 5)):
            id = put_up(first=first, last=last)
            with pytest.raises(NotPossible):
                say(id, "clerk")
            with pytest.raises(NotPossible):
                write(id, "clerk2", "clerk")
        assert not queries.to_check(viewer("clerk"))


def test_after_the_end_words_are_withdrawn_and_answered_but_not_corrected(app: Flask) -> None:
    drive, remark = set_up(app, Audience.OWN)
    with app.app_context():
        row, check = db.session.get_one(Remark, remark), db.session.scalars(select(SelfCheck)).one()
        db.session.get_one(Drive, drive).move("close", {}, by=viewer("leader"))
        assert [each.action for each in row.steps(viewer("clerk2"))] == ["withdraw"]
        assert [each.action for each in row.steps(viewer("clerk"))] == ["answer"]
        assert [each.action for each in check.steps(row.drive, viewer("clerk"))] == ["withdraw"]
        db.session.rollback()


@SQLITE
def test_only_a_leader_starts_postpones_and_ends_a_drive(sign_in: SignIn, drive: int) -> None:
    clerk = sign_in("clerk")
    clerk.get("/image/drives/new", expect=403)
    clerk.get(f"/image/drives/{drive}/close", expect=404)
    clerk.post(f"/image/drives/{drive}/postpone", expect=404)
    sign_in("contact").get("/image/", expect=403)
    sign_in("handler").get(f"/image/drives/{drive}", expect=404)  # it does not ask the water bureau


# --- what a member says ----------------------------------------------------------------------------------------------


def test_a_member_checks_themselves_corrects_it_and_withdraws_it_with_a_trace(
    app: Flask, sign_in: SignIn, drive: int
) -> None:
    clerk = sign_in("clerk")
    clerk.get(f"/image/drives/{drive}/check")
    clerk.submit(f"/image/drives/{drive}/check", fields=TYPED)
    page = clerk.get(f"/image/drives/{drive}/check")
    assert page.one("#standards-3-words").text().strip() == SAID
    clerk.submit(f"/image/drives/{drive}/check", fields={"standards-3-words": "已经改了。"})
    with app.app_context():
        row = db.session.scalars(select(SelfCheck)).one()
        assert row.answers is not None
        assert row.answers["model-4"] == {"level": "work", "words": "已经改了。"}
    clerk.get(f"/image/drives/{drive}/check/withdraw")
    clerk.submit(f"/image/drives/{drive}/check/withdraw")
    with app.app_context():
        row = db.session.scalars(select(SelfCheck)).one()
        assert (row.state, row.answers_sealed) == ("withdrawn", None)
        actions = select(Entry.action).where(Entry.thread == "image_check").order_by(Entry.number)
        assert list(db.session.scalars(actions)) == ["check", "correct", "withdraw"]
        assert not list(faults(db.session(), Counter()))


@SQLITE
def test_where_something_is_left_to_do_the_member_says_what(sign_in: SignIn, drive: int) -> None:
    clerk = sign_in("clerk")
    clerk.get(f"/image/drives/{drive}/check")
    page = clerk.submit(f"/image/drives/{drive}/check", expect=422, fields={**TYPED, "standards-3-words": ""})
    assert page.all("a[href='#standards-3-words']")
    assert len(page.all("input[type=radio][checked]")) == 10


def test_nobody_touches_the_words_of_somebody_else(app: Flask) -> None:
    drive, remark = set_up(app, Audience.UNIT)
    with app.app_context():
        row, check = db.session.get_one(Remark, remark), db.session.scalars(select(SelfCheck)).one()
        attempts: list[Any] = [
            lambda: check.move(row.drive, "withdraw", None, by=viewer("leader")),
            lambda: row.move("withdraw", {}, by=viewer("clerk")),
            lambda: row.move("withdraw", {}, by=viewer("leader")),
            lambda: row.move("answer", {"text": "x"}, by=viewer("clerk2")),
            lambda: row.move("correct", {"standard": "", "text": "x", "advice": "x"}, by=viewer("clerk")),
        ]
        for attempt in attempts:
            with pytest.raises(NotPossible):
                attempt()
        assert db.session.scalar(select(func.count(SelfCheck.id)).where(SelfCheck.drive_id == drive)) == 1


# --- remarks ---------------------------------------------------------------------------------------------------------


def test_a_remark_carries_the_name_of_whoever_wrote_it_and_the_member_answers(
    app: Flask, sign_in: SignIn, drive: int
) -> None:
    with app.app_context():
        member = user("clerk").id
    colleague, clerk = sign_in("clerk2"), sign_in("clerk")
    colleague.get(f"/image/drives/{drive}/of/{member}")
    page = colleague.follow("写意见")
    assert "署您的名字：王接访" in page.text
    colleague.submit("写意见", fields={"standard": "image-4", "text": SEEN, "advice": ADVICE})
    page = clerk.get(f"/image/drives/{drive}/of/{member}")
    assert "王接访写给李登记" in page.text
    assert SEEN in page.text
    clerk.follow("回应这条意见")
    clerk.submit("回应这条意见", text=REPLY)
    assert REPLY in colleague.get(f"/image/drives/{drive}").text


def test_nobody_writes_to_themselves_to_another_unit_or_twice(app: Flask, sign_in: SignIn, drive: int) -> None:
    with app.app_context():
        write(drive, "clerk2", "clerk")
        for by, about in (("clerk", "clerk"), ("leader", "clerk"), ("clerk", "leader"), ("clerk2", "clerk")):
            with pytest.raises(NotPossible):
                write(drive, by, about)
        leader = user("leader").id
        db.session.rollback()
    sign_in("clerk").get(f"/image/drives/{drive}/of/{leader}/remark", expect=404)


def test_a_remark_that_was_withdrawn_is_not_kept_and_is_told_to_the_member_alone(app: Flask, sign_in: SignIn) -> None:
    drive, remark = set_up(app, Audience.UNIT)
    with app.app_context():
        row = db.session.get_one(Remark, remark)
        row.move("withdraw", {}, by=viewer("clerk2"))
        db.session.commit()
        assert row.words_sealed is None
        assert load_remark(remark, viewer("leader")) is None
        member = user("clerk").id
    assert "写的人已撤回" in sign_in("clerk").get(f"/image/drives/{drive}/of/{member}").text
    with app.app_context():
        assert not list(faults(db.session(), Counter()))


def test_an_answer_older_than_the_corrected_remark_says_so(app: Flask, sign_in: SignIn) -> None:
    drive, remark = set_up(app, Audience.OWN)
    with app.app_context():
        row = db.session.get_one(Remark, remark)
        row.move("answer", {"text": REPLY}, by=viewer("clerk"))
        row.move("correct", {"standard": "", "text": "另一件事", "advice": ADVICE}, by=viewer("clerk2"))
        db.session.commit()
    assert "在意见更正之前" in sign_in("clerk2").get(f"/image/drives/{drive}").text


@SQLITE
def test_of_two_windows_the_later_one_is_told_and_keeps_what_was_typed(app: Flask, sign_in: SignIn) -> None:
    _, remark = set_up(app, Audience.OWN)
    colleague = sign_in("clerk2")
    colleague.get(f"/image/remarks/{remark}/correct")
    with app.app_context():
        db.session.get_one(Remark, remark).move("answer", {"text": REPLY}, by=viewer("clerk"))
        db.session.commit()
    page = colleague.submit(f"/image/remarks/{remark}/correct", expect=409, text="改过的话")
    assert page.one("#text").text().strip() == "改过的话"


# --- pages -----------------------------------------------------------------------------------------------------------


@SQLITE
def test_ones_own_sheet_can_be_printed_with_what_colleagues_wrote(app: Flask, sign_in: SignIn) -> None:
    drive, _ = set_up(app, Audience.OWN)
    page = sign_in("clerk").get(f"/image/drives/{drive}/print")
    assert SAID in page.text
    assert ADVICE in page.text
    assert page.all("[data-print]")


def test_a_page_asks_the_same_few_statements_however_many_colleagues_wrote(app: Flask, sign_in: SignIn) -> None:
    drive, _ = set_up(app, Audience.UNIT)
    with app.app_context():
        member = user("clerk").id
    clerk = sign_in("clerk")
    with statements(app) as few:
        clerk.get(f"/image/drives/{drive}/of/{member}")
    with app.app_context():
        for number in range(3):
            unit = db.session.get_one(Unit, unit_id(LETTERS))
            User.open(f"more{number}", f"同事{number}", Role.CLERK, unit, "x", by=None)
        db.session.commit()
        for number in range(3):
            write(drive, f"more{number}", "clerk")
        db.session.commit()
    with statements(app) as many:
        clerk.get(f"/image/drives/{drive}/of/{member}")
    assert len(many) == len(few)


def test_the_check_finds_a_sheet_that_is_none_and_a_state_without_an_entry(app: Flask) -> None:
    set_up(app, Audience.OWN)
    with app.app_context():
        db.session.execute(db.text("UPDATE image_sheet SET held = '[]'"))
        db.session.execute(db.text("UPDATE image_drive SET state = 'closed'"))
        found = {each.what for each in faults(db.session(), Counter())}
        assert found == {"it does not hold five and five standards", "its state is not what the record says"}
