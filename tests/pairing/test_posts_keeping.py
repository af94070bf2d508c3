"""How long applications that came to nothing and services that ended are kept, and how they are erased by two persons."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from blueprints.pairing.applications.models import Application
from blueprints.pairing.keeping.domain import Kind, years
from blueprints.pairing.posts.models import Service
from core import clock
from core.extensions import db
from tests import graduates
from tests.browse import Browser
from tests.courses import on
from tests.graduates import GRADUATE, NUMBER
from tests.letters import everything_stored, shown_code, viewer
from tests.upkeep import run

SignIn = Callable[..., Browser]
sqlite = pytest.mark.parametrize("database", ["sqlite"])
APPLIED = {
    **{"name": GRADUATE, "contact": NUMBER, "school": "华中农业大学 园艺", "degree": "bachelor"},
    "text": "想把村里的电商做起来。",
}


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """So many days pass."""
    real = clock.now

    def pass_by(days: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=days))

    return pass_by


def declined(app: Flask) -> tuple[int, str]:
    """An application that was not taken, and its code."""
    visitor = Browser(app, "en")
    visitor.get("/applications/new")
    code = shown_code(visitor.submit("/applications/new", fields={**APPLIED}))
    with app.app_context():
        row = db.session.query(Application).one()
        row.move("decline", {"answer": "岗位要求全日在村。"}, by=viewer("clerk"))
        db.session.commit()
        return row.id, code


def left(app: Flask) -> tuple[int, int]:
    """A service that ended today, reviewed once, and the application that led there."""
    with app.app_context():
        post = graduates.serve(begun_on=on(-400)).post
        db.session.flush()
        [first] = db.session.query(Service).all()
        first.move("leave", {"on": on(-300), "why": "study"}, by=viewer("clerk"))
        row = graduates.apply()
        row.move("match", {"post": str(post.id), "reasons": "园艺专业。"}, by=viewer("clerk"))
        row.move("appoint", {"on": on(-200), "mentor": ""}, by=viewer("clerk"))
        db.session.flush()
        service = db.session.get_one(Service, row.service_id)
        service.move("review", {"year": on().year, "grade": "competent", "text": "工作扎实。"}, by=viewer("clerk"))
        service.move("leave", {"on": on(), "why": "study"}, by=viewer("clerk"))
        db.session.commit()
        return service.id, row.id


def decide(who: Browser, kind: str, action: str, id: int, expect: int = 200) -> None:
    who.get(f"/posts/keeping/{action}?kind={kind}&id={id}")
    who.submit(f"/posts/keeping/{action}", expect, reason="保存期限已满")


def listed(who: Browser, kind: str, show: str = "due") -> list[str]:
    page = who.get(f"/posts/keeping/?kind={kind}&show={show}")
    return [each.attributes["value"] or "" for each in page.all("main td input[name=id]")]


def test_an_application_that_was_not_taken_is_erased_by_two_persons_once_its_period_has_ended(
    app: Flask, sign_in: SignIn, later: Callable[[int], None]
) -> None:
    id, code = declined(app)
    assert years(Kind.APPLICATION) == 1
    later(364)
    assert listed(sign_in("clerk", "en"), "application") == []
    later(367)
    clerk, leader = sign_in("clerk", "en"), sign_in("leader", "en")
    assert "period has ended" in clerk.get("/desk").text
    assert listed(clerk, "application") == [str(id)]
    decide(clerk, "application", "prepare", id)
    assert listed(clerk, "application") == []
    clerk.get(f"/posts/keeping/erase?kind=application&id={id}")
    assert "No entry was ticked" in clerk.page.text
    decide(leader, "application", "erase", id)
    assert GRADUATE not in leader.get(f"/applications/{id}").text
    leader.get(f"/applications/{id}/contact", expect=404)
    with app.app_context():
        row = db.session.get_one(Application, id)
        for text in (row.name, row.contact, row.school, row.text, row.answer):
            assert text is not None
            assert text.startswith("（已按保存期限规定")
    visitor = Browser(app, "en")
    visitor.get("/applications/status")
    visitor.submit("/applications/status", 404, receipt=code)
    stored = "\n".join(everything_stored(app))
    assert GRADUATE not in stored
    run(app, "check")


def test_with_a_service_goes_the_application_that_led_there_and_every_review(
    app: Flask, sign_in: SignIn, later: Callable[[int], None]
) -> None:
    service, application = left(app)
    later(365 * years(Kind.SERVICE) + 3)
    clerk, leader = sign_in("clerk", "en"), sign_in("leader", "en")
    assert str(service) in listed(clerk, "service")
    decide(clerk, "service", "prepare", service)
    decide(leader, "service", "erase", service)
    for address in (f"/posts/services/{service}", f"/applications/{application}"):
        page = leader.get(address).text
        assert not [word for word in (GRADUATE, "工作扎实", "园艺", "电商") if word in page]
    assert listed(leader, "service", "erased") == []
    assert "Removed under the retention rule" in leader.get(f"/posts/services/{service}").text
    run(app, "check")


@sqlite
def test_whoever_prepared_an_erasure_does_not_confirm_it_and_what_happened_since_stops_it(
    app: Flask, sign_in: SignIn, later: Callable[[int], None]
) -> None:
    id, _code = declined(app)
    later(370)
    clerk, leader = sign_in("clerk", "en"), sign_in("leader", "en")
    decide(leader, "application", "prepare", id)
    leader.get(f"/posts/keeping/erase?kind=application&id={id}")
    assert "No entry was ticked" in leader.page.text
    decide(clerk, "application", "withdraw", id)
    assert listed(clerk, "application") == [str(id)]
    decide(clerk, "application", "prepare", id)
    leader.get(f"/posts/keeping/erase?kind=application&id={id}")
    form = leader.page
    clerk.get(f"/applications/{id}/contact")
    clerk.submit(f"/applications/{id}/contact", reason="补发答复")
    leader.page = form
    leader.submit("/posts/keeping/erase", 409, reason="保存期限已满")
    with app.app_context():
        assert db.session.get_one(Application, id).name == GRADUATE
    for name in ("handler", "contact", "auditor", "administrator"):
        sign_in(name, "en").get("/posts/keeping/", expect=403)
