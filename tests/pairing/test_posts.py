"""Posts in villages and the register of talent: their main ways, on both databases."""

from collections.abc import Callable

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.pairing.applications.models import Application
from blueprints.pairing.posts.models import Post, Service
from blueprints.pairing.talents.models import Talent
from core.extensions import db
from tests.browse import Browser, Value
from tests.courses import on
from tests.letters import VILLAGE, everything_stored, shown_code, viewer
from tests.upkeep import run

SignIn = Callable[..., Browser]
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
    assert clerk.get("/talents/talents.xlsx").status == 200
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
