"""Posts, services, applications and talents for the tests, made by the verbs of the models."""

import secrets
from datetime import date

from blueprints.pairing.applications.domain import Degree
from blueprints.pairing.applications.models import Application, Applied, of_sending
from blueprints.pairing.experts.domain import Trade
from blueprints.pairing.intake.models import PlanYear
from blueprints.pairing.posts.models import Post, Service, Student
from blueprints.pairing.talents.domain import Consent
from blueprints.pairing.talents.models import Entry, Talent
from core import clock
from core.extensions import db
from tests.letters import VILLAGE, viewer

GRADUATE, NUMBER = "林知远", "13600007777"


def student(mentor: str | None = None, begun_on: date | None = None) -> Student:
    """Who takes a post up."""
    return Student(GRADUATE, NUMBER, begun_on or clock.today(), viewer(mentor).id if mentor else None)


def serve(place: str = VILLAGE, mentor: str | None = None, begun_on: date | None = None) -> Service:
    """A post in which somebody serves from today on. The caller commits."""
    post = Post.set_up(place, "协助村委会。", by=viewer("clerk"))
    return post.fill(student(mentor, begun_on), by=viewer("clerk"))


def apply(name: str = GRADUATE) -> Application:
    """An application by the public form. The caller commits."""
    number = secrets.token_bytes(32)
    told = {"contact": NUMBER, "school": "华中农业大学 园艺", "text": "想把村里的电商做起来。"}
    Application.apply(Applied(name=name, degree=Degree.BACHELOR, township_code=None, **told), number, by=None)
    row = of_sending(number)
    assert row is not None
    return row


def talent(place: str = VILLAGE) -> Talent:
    """Somebody in the register. The caller commits."""
    entry = Entry(Trade.FRUIT, place, GRADUATE, NUMBER, "桃树修剪。", Consent.SIGNED, clock.today())
    row = Talent.enter(entry, secrets.token_bytes(32), by=viewer("clerk"))
    assert row is not None
    db.session.flush()
    return row


def plan(year: int = 2026, planned: int = 120) -> PlanYear:
    """The plan of a year. The caller commits."""
    return PlanYear.set_up(year, planned, by=viewer("leader"))


def everything() -> tuple[int, int, int, int]:
    """One of each: the ids of a post, a service, an application and a talent. The caller commits."""
    service, applied, known = serve(), apply(), talent()
    db.session.flush()
    return service.post_id, service.id, applied.id, known.id
