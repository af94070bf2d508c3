"""What must not happen with posts, applications and the register of talent, whoever tries it and in whatever order."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from blueprints.pairing.posts.models import Post, Service
from blueprints.pairing.talents.domain import Grade, Point
from blueprints.pairing.talents.models import SheetGiven, Talent, TalentSheet
from core.extensions import db
from core.record import Entry
from core.tables import Sheet, write_xlsx
from core.workflow import NotPossible
from tests import graduates
from tests.browse import Browser, Page, Value, queries
from tests.courses import on
from tests.graduates import GRADUATE, NUMBER
from tests.letters import VILLAGE, viewer
from tests.upkeep import run

SignIn = Callable[..., Browser]
sqlite = pytest.mark.parametrize("database", ["sqlite"])
OTHER = "420117002001"
HEADINGS = ["Village (name or code)", "Name", "Telephone", "In post since", "Mentor (sign-in name)"]
PERSON: dict[str, Value] = {
    **{"name": GRADUATE, "contact": NUMBER, "trade": "fruit", "place": VILLAGE, "skill": "桃树修剪。"},
    **{"consent": "signed", "agreed": True},
}


@pytest.fixture
def clerk(sign_in: SignIn) -> Browser:
    return sign_in("clerk", "en")


def matched(app: Flask, place: str = VILLAGE) -> tuple[int, int]:
    """A vacant post and the applicant who is matched to it."""
    with app.app_context():
        post = Post.set_up(place, "协助村委会。", by=viewer("clerk"))
        row = graduates.apply()
        row.move("match", {"post": str(post.id), "reasons": "园艺专业。"}, by=viewer("clerk"))
        db.session.commit()
        return post.id, row.id


def look(clerk: Browser, *rows: list[str], expect: int = 200) -> Page:
    clerk.get("/posts/plan/import")
    table = io.BytesIO(write_xlsx(Sheet("who", HEADINGS, rows)))
    return clerk.submit("/posts/plan/import", expect, file=(table, "who.xlsx"))


# --- who reads what -------------------------------------------------------------------------------------------------


@sqlite
def test_how_an_applicant_or_who_serves_is_reached_is_behind_a_reason_that_is_recorded(
    app: Flask, clerk: Browser, sign_in: SignIn
) -> None:
    with app.app_context():
        service, application = graduates.serve(mentor="handler").id, graduates.apply().id
        db.session.commit()
    mentor = sign_in("handler", "en")
    for who, address in ((clerk, f"/applications/{application}"), (mentor, f"/posts/services/{service}")):
        assert NUMBER not in who.get(address).html
        who.get(f"{address}/contact")
        assert NUMBER not in who.submit(f"{address}/contact", 422, reason=" ").html
        assert NUMBER in who.submit(f"{address}/contact", reason="约谈上岗").text
        assert NUMBER not in who.get(f"{address}/contact").html
        told = who.get(address).text
        assert "Contact opened" in told
        assert "约谈上岗" in told
    for name in ("handler2", "contact", "auditor", "administrator", "discipline"):
        other = sign_in(name, "en")
        other.get(f"/posts/services/{service}/contact", expect=404)
        other.get(f"/applications/{application}/contact", expect=404)
    run(app, "check")


# --- one post, one person -------------------------------------------------------------------------------------------


def test_of_two_clerks_who_match_to_one_post_at_once_one_does(app: Flask) -> None:
    with app.app_context():
        post = Post.set_up(VILLAGE, "协助村委会。", by=viewer("clerk")).id
        ids = [graduates.apply().id for _time in range(4)]
        db.session.commit()
    pages = []
    for id in ids:
        each = Browser(app, "en")
        each.arrive("clerk")
        each.get(f"/applications/{id}/match")
        pages.append((each, id))

    def press(one: tuple[Browser, int]) -> int:
        browser, id = one
        form = {"version": "1", "post": str(post), "reasons": "园艺专业。"}
        token = browser.page.all("main input[name=csrf_token]")[0].attributes["value"]
        return browser.client.post(f"/applications/{id}/match", data={**form, "csrf_token": token}).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(press, pages)) == [303, 422, 422, 422]
    run(app, "check")


def test_a_post_to_which_somebody_is_matched_is_neither_closed_nor_filled_by_a_table(
    app: Flask, clerk: Browser
) -> None:
    post, applicant = matched(app)
    assert "Close the post" not in clerk.get(f"/posts/{post}").texts("main a")
    assert clerk.page.all(f"main a[href='/applications/{applicant}']")
    clerk.get(f"/posts/{post}/close")
    assert "not open now" in clerk.page.text
    page = look(clerk, ["红旗社区", "甲某", NUMBER, "2024-08-01"], expect=422)
    assert "An applicant is matched to the post of this village." in page.text
    with app.app_context():
        row = db.session.get_one(Post, post)
        with pytest.raises(NotPossible):
            row.move("close", {"reason": "x"}, by=viewer("clerk"))
        with pytest.raises(NotPossible):
            row.fill(graduates.student(), by=viewer("clerk"))


@sqlite
def test_two_people_do_not_serve_in_one_village_at_the_same_time(app: Flask, clerk: Browser) -> None:
    with app.app_context():
        service = graduates.serve(begun_on=on(-300))
        db.session.flush()
        service.move("leave", {"on": on(-10), "why": "study"}, by=viewer("clerk"))
        db.session.commit()
        row = graduates.apply()
        row.move("match", {"post": str(service.post_id), "reasons": "园艺专业。"}, by=viewer("clerk"))
        db.session.commit()
        id, mentor = row.id, str(viewer("handler").id)
    clerk.get(f"/applications/{id}/appoint")
    page = clerk.submit(f"/applications/{id}/appoint", 422, on=on(-20).isoformat(), mentor=mentor)
    assert "served in this village until a later day" in page.text
    clerk.submit(f"/applications/{id}/appoint", on=on(-10).isoformat(), mentor=mentor)
    with app.app_context():
        assert db.session.scalar(select(func.count(Service.id))) == 2


@sqlite
def test_a_row_of_a_table_that_begins_before_the_last_one_left_is_named(app: Flask, clerk: Browser) -> None:
    with app.app_context():
        graduates.serve(begun_on=on(-300)).move("leave", {"on": on(-10), "why": "study"}, by=viewer("clerk"))
        db.session.commit()
    page = look(clerk, ["红旗社区", "甲某", NUMBER, on(-20).isoformat()], expect=422)
    assert "Somebody served in this village until a later day." in page.text
    look(clerk, ["红旗社区", "甲某", NUMBER, on(-10).isoformat()])


def test_a_table_sent_twice_comes_in_once(app: Flask, clerk: Browser) -> None:
    form = look(clerk, ["红旗社区", "甲某", NUMBER, "2024-08-01"])
    for _time in range(2):
        clerk.page = form
        assert "甲某" in clerk.submit("/posts/plan/import/done", duties="协助村委会。").text
    with app.app_context():
        assert db.session.scalar(select(func.count(Service.id))) == 1


# --- the order of lists ---------------------------------------------------------------------------------------------


@sqlite
def test_the_reserve_list_begins_with_who_has_stood_on_it_longest(
    app: Flask, clerk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["先到的", "后到的", "最后的"]
    with app.app_context():
        rows = {name: graduates.apply(name) for name in (names[1], names[0], names[2])}
        db.session.commit()
        for nth, name in enumerate(names):
            rows[name].move("reserve", {"reason": "没有空岗"}, by=viewer("clerk"))
            rows[name].due_on = on(100 + nth)
        db.session.commit()
    monkeypatch.setattr("blueprints.pairing.applications.queries.PAGE", 2)
    page = clerk.get("/applications/?state=reserve")
    found = [each.css("td")[2].text() for each in page.all("#applications tbody tr")]
    clerk.follow("Next page")
    assert found + [each.css("td")[2].text() for each in clerk.page.all("#applications tbody tr")] == names


# --- consent --------------------------------------------------------------------------------------------------------


def test_nothing_of_an_evaluation_is_left_of_who_withdrew_and_only_the_office_sees_that_there_was_an_entry(
    app: Flask, clerk: Browser, sign_in: SignIn
) -> None:
    with app.app_context():
        row = graduates.talent()
        marks = {str(each): "weak" for each in Point}
        row.move("evaluate", {"sheet": SheetGiven(Grade.JUNIOR, marks, "依据", on())}, by=viewer("clerk"))
        db.session.commit()
        id = row.id
    contact = sign_in("contact", "en")
    assert "weak" in contact.get(f"/talents/{id}").text
    clerk.get(f"/talents/{id}/withdraw")
    assert "weak" not in clerk.submit(f"/talents/{id}/withdraw", told=True).text
    with app.app_context():
        assert db.session.scalar(select(TalentSheet.id)) is None
        row = db.session.get_one(Talent, id)
        assert (row.grade, row.valid_until) == (None, None)
    contact.get(f"/talents/{id}", expect=404)
    assert not contact.get("/talents/?state=withdrawn").all("#talents tbody tr")
    clerk.get(f"/talents/{id}/contact", expect=404)
    run(app, "check")


def test_a_person_entered_by_a_double_click_stands_in_the_register_once(app: Flask, clerk: Browser) -> None:
    form = clerk.get("/talents/new")
    for _time in range(2):
        clerk.page = form
        clerk.submit("/talents/new", fields=PERSON, consent_on=on().isoformat())
    assert "stands in the register already" in clerk.page.text
    with app.app_context():
        assert db.session.scalar(select(func.count(Talent.id))) == 1


def test_who_takes_a_list_of_names_along_is_written_down(app: Flask, clerk: Browser, sign_in: SignIn) -> None:
    with app.app_context():
        graduates.everything()
        db.session.commit()
    clerk.get("/talents/?trade=fruit")
    assert clerk.submit("/talents/talents.xlsx?trade=fruit").status == 200
    clerk.get("/posts/services")
    assert clerk.submit("/posts/plan/services.xlsx").status == 200
    with app.app_context():
        rows = db.session.scalars(select(Entry).where(Entry.action == "taken along").order_by(Entry.id))
        assert [(each.thread, each.data["rows"]) for each in rows] == [("talent_export", 1), ("service_export", 1)]
    told = sign_in("auditor", "en").get("/record").text
    assert told.count("List taken along") == 2
    assert GRADUATE not in told
    run(app, "check")


# --- speed ----------------------------------------------------------------------------------------------------------


@sqlite
def test_lists_and_pages_take_as_many_queries_for_many_as_for_one(app: Flask, clerk: Browser) -> None:
    counts: list[list[int]] = []
    for nth, place in enumerate((VILLAGE, OTHER)):
        with app.app_context():
            service = graduates.serve(place, begun_on=on(-400))
            for back, name in enumerate(("clerk", "leader", "clerk2")[: 1 + 2 * nth]):
                given = {"year": on().year - back, "grade": "competent", "text": "好。"}
                service.move("review", given, by=viewer(name))
                db.session.flush()
                db.session.expire(service, ["reviews"])
            graduates.apply().township_code = place[:9]
            graduates.talent(VILLAGE)
            db.session.commit()
            pages = [f"/posts/services/{service.id}", f"/posts/{service.post_id}", "/posts/", "/posts/services"]
        pages += ["/applications/", "/talents/", "/posts/plan/", f"/villages/{VILLAGE}", "/desk"]
        for page in pages:
            clerk.get(page)  # what is kept between requests is kept now
        counts.append([_count(app, clerk, page) for page in pages])
    assert counts[0] == counts[1]


def _count(app: Flask, clerk: Browser, page: str) -> int:
    with queries(app) as sent:
        clerk.get(page)
    return len(sent)
