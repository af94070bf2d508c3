"""Posts in villages and the register of talent: their main ways, on both databases."""

import io
from collections.abc import Callable
from datetime import timedelta

import flask_migrate
import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from blueprints.pairing.applications.models import Application
from blueprints.pairing.intake.models import PlanYear
from blueprints.pairing.posts.models import Post, Service
from blueprints.pairing.talents.domain import Grade, Point
from blueprints.pairing.talents.models import SheetGiven, Talent
from core import clock
from core.extensions import db
from core.tables import Sheet, write_xlsx
from tests import graduates
from tests.browse import Browser, Page, Value
from tests.courses import on
from tests.letters import VILLAGE, everything_stored, shown_code, viewer
from tests.upkeep import run

SignIn = Callable[..., Browser]
sqlite = pytest.mark.parametrize("database", ["sqlite"])
NAME, PHONE = "林知远", "13600007777"
APPLIED: dict[str, Value] = {
    "name": NAME,
    "contact": PHONE,
    "school": "华中农业大学 园艺",
    "degree": "bachelor",
    "township": VILLAGE[:9],
    "text": "想把村里的电商做起来。",
}


@pytest.fixture
def clerk(sign_in: SignIn) -> Browser:
    return sign_in("clerk", "en")


def only(app: Flask, model: type) -> int:
    with app.app_context():
        found: int = db.session.scalars(select(model.id)).one()  # type: ignore[attr-defined]
        return found


def set_up(clerk: Browser, expect: int = 200) -> None:
    clerk.get("/posts/new")
    clerk.submit("/posts/new", expect, place=VILLAGE, duties="协助村委会。")


def apply(visitor: Browser) -> str:
    visitor.get("/applications/new")
    return shown_code(visitor.submit("/applications/new", fields=APPLIED))


def match(app: Flask, clerk: Browser) -> int:
    id = only(app, Application)
    clerk.get(f"/applications/{id}/match")
    clerk.submit(f"/applications/{id}/match", post=str(only(app, Post)), reasons="园艺专业，村里缺技术。")
    return id


def test_an_applicant_is_matched_with_reasons_takes_the_post_up_is_reviewed_and_leaves(
    app: Flask, clerk: Browser
) -> None:
    set_up(clerk)
    code = apply(Browser(app, "en"))
    id = match(app, clerk)
    clerk.get(f"/applications/{id}/appoint")
    with app.app_context():
        mentor = str(viewer("handler").id)
    clerk.submit(f"/applications/{id}/appoint", on=on().isoformat(), mentor=mentor)
    service = only(app, Service)
    handler = Browser(app, "en")
    handler.arrive("handler")
    handler.get(f"/posts/services/{service}/review")
    handler.submit(f"/posts/services/{service}/review", year=str(on().year), grade="competent", text="工作扎实。")
    assert "Competent" in handler.get(f"/posts/services/{service}").text
    assert NAME in clerk.get(f"/villages/{VILLAGE}").text
    for address in ("/posts/", "/posts/services", "/posts/services?which=all&year=2020", f"/posts/{only(app, Post)}"):
        clerk.get(address)
    clerk.get(f"/posts/services/{service}/leave")
    clerk.submit(f"/posts/services/{service}/leave", on=on().isoformat(), why="study")
    assert "Vacant" in clerk.get("/posts/").text
    assert "Goes on studying" in clerk.get("/posts/services?which=left").text
    visitor = Browser(app, "en")
    visitor.get("/applications/status")
    assert "taken up the post" in visitor.submit("/applications/status", receipt=code).text
    run(app, "check")


def test_a_village_has_one_post_and_a_post_one_match(app: Flask, clerk: Browser) -> None:
    set_up(clerk)
    set_up(clerk, expect=422)
    apply(Browser(app, "en"))
    match(app, clerk)
    apply_again = Browser(app, "en")
    apply_again.get("/applications/new")
    apply_again.submit("/applications/new", fields={**APPLIED, "name": "另一人"})
    with app.app_context():
        other = db.session.scalars(select(Application.id).where(Application.state == "received")).one()
    assert not [each for each in clerk.get(f"/applications/{other}/match").all("option") if each.attributes["value"]]


def test_who_withdraws_an_application_leaves_nothing_of_what_they_wrote(app: Flask, clerk: Browser) -> None:
    visitor = Browser(app, "en")
    code = apply(visitor)
    id = only(app, Application)
    clerk.get(f"/applications/{id}/reserve")
    clerk.submit(f"/applications/{id}/reserve", reason=f"{NAME}排第一")
    visitor.get("/applications/status")
    visitor.submit("/applications/status", receipt=code)
    assert "withdrew" in visitor.submit("/applications/status/withdraw").text
    assert NAME not in clerk.get(f"/applications/{id}").text
    assert "erased" in clerk.page.text
    with app.app_context():
        assert db.session.get_one(Application, id).name_sealed is None
    run(app, "check")


def enter(clerk: Browser, expect: int = 200, **changes: Value) -> None:
    given: dict[str, Value] = {
        "name": NAME,
        "contact": PHONE,
        "trade": "fruit",
        "place": VILLAGE,
        "skill": "桃树修剪。",
        "consent": "signed",
        "consent_on": on().isoformat(),
        "agreed": True,
    }
    clerk.get("/talents/new")
    clerk.submit("/talents/new", expect, fields={**given, **changes})


def test_nobody_is_entered_without_consent(app: Flask, clerk: Browser) -> None:
    enter(clerk, 422, agreed=False)
    with app.app_context():
        assert db.session.scalar(select(Talent.id)) is None


def test_a_contact_is_opened_with_a_reason_that_is_recorded_and_goes_with_the_consent(
    app: Flask, clerk: Browser, sign_in: SignIn
) -> None:
    enter(clerk)
    id = only(app, Talent)
    for address in (f"/talents/{id}", f"/talents/{id}/change", "/talents/"):
        assert PHONE not in clerk.get(address).html
    clerk.get(f"/talents/{id}/contact")
    clerk.submit(f"/talents/{id}/contact", 422, reason="")
    assert PHONE in clerk.submit(f"/talents/{id}/contact", reason=f"请{NAME}讲课").text
    assert "Contact opened" in clerk.get(f"/talents/{id}").text
    sign_in("contact", "en").get(f"/talents/{id}")
    sign_in("contact", "en").get(f"/talents/{id}/contact", expect=404)
    sign_in("handler", "en").get(f"/talents/{id}", expect=404)
    clerk.get(f"/talents/{id}/withdraw")
    clerk.submit(f"/talents/{id}/withdraw", told=True)
    assert NAME not in clerk.get(f"/talents/{id}").text
    run(app, "check")


def test_a_grade_holds_for_its_time_and_a_change_keeps_the_contact(app: Flask, clerk: Browser) -> None:
    enter(clerk)
    id = only(app, Talent)
    clerk.get(f"/talents/{id}/evaluate")
    points = dict.fromkeys(("skill", "result", "teaching", "standing"), "strong")
    sheet: dict[str, Value] = {**points, "grade": "senior", "text": "带出十户。"}
    clerk.submit(f"/talents/{id}/evaluate", fields=sheet, on=on().isoformat())
    assert NAME in clerk.get("/talents/?holds=valid&grade=senior&trade=fruit").text
    assert NAME in clerk.get(f"/talents/?village={VILLAGE}").text
    assert NAME not in clerk.get("/talents/?holds=expired").text
    clerk.get(f"/talents/{id}/change")
    clerk.submit(f"/talents/{id}/change", skill="桃树、梨树修剪。")
    with app.app_context():
        row = db.session.get_one(Talent, id)
        assert (row.contact, row.skill) == (PHONE, "桃树、梨树修剪。")
    clerk.get("/talents/")
    assert clerk.submit("/talents/talents.xlsx").status == 200
    assert NAME in clerk.get(f"/villages/{VILLAGE}").text
    run(app, "check")


def test_names_and_texts_are_sealed_and_the_tables_go_down_and_up_again(app: Flask, clerk: Browser) -> None:
    set_up(clerk)
    apply(Browser(app, "en"))
    enter(clerk)
    stored = "\n".join(everything_stored(app))
    for word in (NAME, PHONE, "桃树修剪", "华中农业大学", "协助村委会"):
        assert word not in stored
    with app.app_context():
        db.session.remove()
        flask_migrate.downgrade(revision="0019")
        flask_migrate.upgrade()


# --- the plan, and tables -------------------------------------------------------------------------------------------

HEADINGS = ["Village (name or code)", "Name", "Telephone", "In post since", "Mentor (sign-in name)"]


def table(*rows: list[str]) -> tuple[io.BytesIO, str]:
    return io.BytesIO(write_xlsx(Sheet("who", HEADINGS, rows))), "who.xlsx"


def look(clerk: Browser, *rows: list[str], expect: int = 200) -> Page:
    clerk.get("/posts/plan/import")
    return clerk.submit("/posts/plan/import", expect, file=table(*rows))


def test_plan_and_fact_stand_side_by_side_and_each_number_opens_its_list(app: Flask, clerk: Browser) -> None:
    with app.app_context():
        graduates.plan(on().year, 130)
        graduates.serve()
        db.session.commit()
    page = clerk.get("/posts/plan/")
    row = [each for each in page.all("table.list tbody tr") if each.css("td")[0].text() == str(on().year)]
    links = [each.attributes["href"] or "" for each in row[0].css("a")]
    assert [each.text() for each in row[0].css("td")[1:]] == ["130", "1", "0", "1"]
    assert len(links) == 3
    for link in links[1:]:
        assert len(clerk.get(link).all("#services tbody tr")) == 1
    assert not clerk.get(f"/posts/services?which=left&year={on().year}").all("#services tbody tr")
    clerk.get(links[0])
    clerk.follow("Change the plan of the year")
    clerk.submit(clerk.page.path, planned="140", reason="增加名额")
    assert "140" in clerk.get("/posts/plan/").text
    run(app, "check")


def test_a_year_has_one_plan(app: Flask, clerk: Browser) -> None:
    for expect in (200, 422):
        clerk.get("/posts/plan/new")
        clerk.submit("/posts/plan/new", expect, year="2026", planned="0")
    assert only(app, PlanYear)


def test_a_table_is_looked_at_first_and_then_comes_in_as_a_whole(app: Flask, clerk: Browser) -> None:
    rows = [["红旗社区", "甲某", PHONE, "2024-08-01", "handler"], ["420117002001", "乙某", PHONE, "2025年8月1日"]]
    look(clerk, *rows)
    with app.app_context():
        assert db.session.scalar(select(Service.id)) is None  # nothing is kept by looking
    clerk.submit("/posts/plan/import/done", 422, duties="")
    clerk.submit("/posts/plan/import/done", duties="协助村委会。")
    assert "甲某" in clerk.page.text
    assert "乙某" in clerk.page.text
    again = look(clerk, *rows, expect=422)  # the posts are filled now
    assert again.text.count("serves in the post of this village already") == 2
    clerk.get("/posts/services")
    sent = load_workbook(io.BytesIO(clerk.submit("/posts/plan/services.xlsx").response.data))
    cells = [str(each.value) for line in sent.worksheets[0].iter_rows() for each in line]
    assert "甲某" in cells
    assert PHONE not in " ".join(cells)
    run(app, "check")


@sqlite
def test_a_wrong_row_is_named_by_its_line_and_reason_and_nothing_comes_in(app: Flask, clerk: Browser) -> None:
    page = look(
        clerk,
        ["红旗社区", "甲某", PHONE, "2024-08-01"],
        ["没有这个村", "乙某", PHONE, "昨天"],
        ["江北社区", "", PHONE, "2999-01-01", "nobody"],
        expect=422,
    )
    told = [" ".join(cell.text() for cell in each.css("td")) for each in page.all("table.list tbody tr")]
    assert [each.split()[0] for each in told] == ["3", "3", "4", "4", "4"]
    assert "This is no date" in page.text
    with app.app_context():
        assert db.session.scalar(select(Post.id)) is None


@sqlite
@pytest.mark.parametrize(
    "rows", ["", "x", "[]", "[[1]]", '[["a",["b"]]]', '[[1,["\\ud800"]]]', "[[2,[1]]]", "[" * 5000]
)
def test_rows_that_do_not_come_back_whole_bring_nothing_in(app: Flask, clerk: Browser, rows: str) -> None:
    look(clerk, ["红旗社区", "甲某", PHONE, "2024-08-01"])
    clerk.submit("/posts/plan/import/done", 422, rows=rows, duties="x")
    with app.app_context():
        assert db.session.scalar(select(Post.id)) is None


# --- who may, and when ----------------------------------------------------------------------------------------------


@sqlite
def test_a_mentor_opens_the_own_services_alone(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        own = graduates.serve(mentor="handler").id
        db.session.commit()
    sign_in("handler", "en").get(f"/posts/services/{own}")
    sign_in("handler2", "en").get(f"/posts/services/{own}", expect=404)
    sign_in("handler").get(f"/posts/services/{own}/leave", expect=200)  # not open: back to the page
    assert not [
        each for each in sign_in("handler", "en").get(f"/posts/services/{own}").texts("main a") if "departure" in each
    ]


@sqlite
def test_a_review_is_due_a_year_after_the_post_was_taken_up_and_stands_on_the_mentors_desk(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        row = graduates.serve(mentor="handler")
        db.session.commit()
        assert row.due_on == on(365)
    later = clock.now() + timedelta(days=340)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert NAME in sign_in("handler", "en").get("/desk").text


@sqlite
def test_a_year_is_reviewed_once(app: Flask, clerk: Browser) -> None:
    with app.app_context():
        id = graduates.serve().id
        db.session.commit()
    clerk.get(f"/posts/services/{id}/review")
    clerk.submit(f"/posts/services/{id}/review", year=str(on().year), grade="competent", text="好。")
    assert not clerk.get(f"/posts/services/{id}/review").all("select option")


@sqlite
def test_an_application_taken_on_waits_thirty_days_and_the_reserve_a_year(app: Flask, clerk: Browser) -> None:
    with app.app_context():
        row = graduates.apply()
        db.session.commit()
        id = row.id
        assert row.due_on == on(30)
        row.move("reserve", {"reason": "没有空岗"}, by=viewer("clerk"))
        db.session.commit()
        assert row.due_on == on(365)
    assert NAME in clerk.get("/applications/?state=reserve").text
    assert str(id) in clerk.page.html


@sqlite
def test_who_is_not_taken_reads_why(app: Flask, clerk: Browser) -> None:
    visitor = Browser(app, "en")
    code = apply(visitor)
    id = only(app, Application)
    clerk.get(f"/applications/{id}/decline")
    clerk.submit(f"/applications/{id}/decline", answer="岗位要求全日在村。")
    visitor.get("/applications/status")
    assert "岗位要求全日在村。" in visitor.submit("/applications/status", receipt=code).text


@sqlite
def test_the_same_application_sent_twice_is_one_with_one_code(app: Flask) -> None:
    visitor = Browser(app, "en")
    visitor.get("/applications/new")
    form = visitor.page
    first = shown_code(visitor.submit("/applications/new", fields=APPLIED))
    visitor.page = form
    assert shown_code(visitor.submit("/applications/new", fields=APPLIED)) == first
    only(app, Application)


@sqlite
def test_an_older_sheet_entered_later_does_not_set_the_grade_back(app: Flask) -> None:
    marks = {str(each): "enough" for each in Point}
    with app.app_context():
        row = graduates.talent()
        for grade, day in ((Grade.SENIOR, on()), (Grade.JUNIOR, on(-400))):
            row.move("evaluate", {"sheet": SheetGiven(grade, marks, "依据", day)}, by=viewer("clerk"))
            db.session.flush()
            db.session.expire(row, ["sheets"])
        assert row.grade == Grade.SENIOR


@sqlite
def test_a_grade_that_ends_soon_is_on_the_desk_and_one_that_ended_is_found_as_such(
    app: Flask, clerk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = {str(each): "enough" for each in Point}
    with app.app_context():
        row = graduates.talent()
        row.move("evaluate", {"sheet": SheetGiven(Grade.SENIOR, marks, "依据", on())}, by=viewer("clerk"))
        db.session.commit()
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=1095 - 30))
    clerk.arrive("clerk")
    assert NAME in clerk.get("/desk").text
    assert NAME in clerk.get("/talents/?holds=soon").text
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=1095 + 1))
    clerk.arrive("clerk")
    assert NAME in clerk.get("/talents/?holds=expired").text
    assert NAME not in clerk.get("/talents/?holds=valid").text
