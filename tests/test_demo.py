"""The demo office is what a newcomer sees first: every state, honest dates, walls that stand, and nothing real."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask
from sqlalchemy import func, select

import demo
from blueprints.accounts.models import Unit, User, hasher
from blueprints.petitions.casefile.models import Attachment, Clock, Concern, Message, Paper
from blueprints.petitions.causes.domain import Verdict
from blueprints.petitions.causes.models import Proposal
from blueprints.petitions.causes.queries import Filter as CauseFilter
from blueprints.petitions.causes.queries import cases_of, comparison, listed, on_desk
from blueprints.petitions.docket.domain import Channel, Kind, State
from blueprints.petitions.docket.models import Petition, seen_by
from blueprints.rules.reading.queries import requests
from blueprints.rules.receptions.models import Reception
from blueprints.rules.receptions.queries import bills, waiting, why
from blueprints.rules.register.domain import citations
from blueprints.rules.register.models import Rule, RuleArticle, Version
from core import clock
from core.extensions import db
from core.places import Place
from core.record import Entry
from core.roles import Role
from tests.browse import Browser, squeeze
from tests.letters import look_up, viewer
from tests.offices import Offices
from tests.upkeep import bare, contents, run


class Filled(NamedTuple):
    """An office that `flask demo` filled, and what the command said."""

    app: Flask
    told: str


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, all_offices: Offices
) -> Iterator[Filled]:
    """One for each database: these tests look at it and change nothing of the story."""
    own = Offices(tmp_path_factory.mktemp("demo"), all_offices.server, all_offices)
    app = bare(own, request.param)
    yield Filled(app, run(app, "demo"))
    own.close()


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory, all_offices: Offices) -> Iterator[Filled]:
    """Another, that was filled as a server does it when it starts for the first time."""
    own = Offices(tmp_path_factory.mktemp("second"), all_offices.server, all_offices)
    app = bare(own, "sqlite", DEMO=True)
    yield Filled(app, run(app, "demo", "--first"))
    own.close()


@pytest.fixture
def office(filled: Filled) -> Flask:
    return filled.app


def test_the_demo_is_a_whole_office_with_matters_in_every_state(office: Flask) -> None:
    with office.app_context():
        states = Counter(db.session.scalars(select(Petition.state)))
        assert set(states) == set(State)
        assert 60 <= states.total() <= 75
        assert set(db.session.scalars(select(Petition.kind))) == set(Kind)
        assert set(db.session.scalars(select(Petition.channel))) == set(Channel)
        assert set(db.session.scalars(select(User.role))) == set(Role)
        anonymous = db.session.scalar(select(func.count(Petition.id)).where(Petition.anonymous)) or 0
        assert 0.3 < anonymous / states.total() < 0.4
        for table in (Message, Attachment, Concern, Paper):
            assert db.session.scalar(select(func.count(table.id)))
        actions = set(db.session.scalars(select(Entry.action)))
        assert {"identity opened", "wrote", "rated", "note", "message", "deliver", "notify", "decline"} <= actions
        assert db.session.scalar(select(func.count(Place.code))) == 693
    assert "Everything is in order." in run(office, "check")


def test_its_dates_reach_from_four_months_ago_to_now_in_the_order_of_time(office: Flask) -> None:
    with office.app_context():
        moments = list(db.session.scalars(select(Entry.at).order_by(Entry.id)))
        assert moments == sorted(moments)
        assert moments[-1] <= clock.now()
        assert clock.now() - moments[0] >= timedelta(days=115)
        assert clock.now() - moments[-1] < timedelta(days=2)


def test_something_is_late_something_is_due_today_and_what_is_answered_was_answered_in_time(office: Flask) -> None:
    with office.app_context():
        today = clock.today()
        running = list(db.session.scalars(select(Clock.due_on).where(Clock.stopped_on.is_(None))))
        assert sum(due < today for due in running) >= 3
        assert sum(due == today for due in running) >= 2
        assert not list(db.session.scalars(select(Clock).where(Clock.stopped_on > Clock.due_on)))


def test_a_long_desk_begins_with_what_waits_under_each_heading_and_how_much(office: Flask) -> None:
    clerk = Browser(office)
    clerk.arrive("clerk")
    desk = clerk.get("/desk")
    told = desk.texts("main nav a")
    assert len(told) > 3
    for words, link in zip(told, desk.all("main nav a"), strict=True):
        heading = desk.one(f"h2{link.attributes['href']}")
        assert heading.parent is not None
        rows = heading.parent.css("tbody tr") or heading.parent.css("ul > li, p:not(:has(.button))")
        assert words == f"{squeeze(heading.text())} ({len(rows)})"
    headings = {f"#{each.attributes['id']}" for each in desk.all("main h2")}
    linked = {link.attributes["href"] for link in desk.all("main nav a")}
    assert headings - linked <= {"#due", "#promises"}  # which stand there when nothing waits under them


def test_everybody_named_signs_in_with_the_password_shown_and_need_not_change_it(
    filled: Filled,
) -> None:
    assert demo.PASSWORD in filled.told
    for username, name, role, _unit in demo.PEOPLE:
        assert re.search(rf"^  {username} +{role.value} +{name} ", filled.told, re.M)
    for username in ("clerk", "handler", "leader", "discipline", "auditor", "admin", "contact"):
        browser = Browser(filled.app)
        browser.sign_in(username, demo.PASSWORD)
        browser.get("/desk")


def test_the_receipt_codes_shown_open_their_letters(filled: Filled) -> None:
    shown = re.findall(r"^  ((?:\d{4} ){4}\d{4})  (.+)$", filled.told, re.M)
    assert len(shown) >= 4
    visitor = Browser(filled.app)
    for code, subject in shown:
        assert subject in look_up(visitor, code).text


def test_the_wall_can_be_seen(office: Flask) -> None:
    with office.app_context():
        water = db.session.scalars(select(Unit.id).where(Unit.name == "区水务局")).one()
        by_unit = select(Concern.petition_id).where(Concern.unit_id == water)
        by_name = select(Concern.petition_id).where(Concern.person_digest == viewer("clerk2").name_digest)
        for walled, those, who in (("handler", by_unit, "clerk"), ("clerk2", by_name, "clerk")):
            matters = list(db.session.scalars(those))
            assert matters
            seen = select(Petition.id).where(Petition.id.in_(matters))
            assert not list(db.session.scalars(seen.where(seen_by(viewer(walled)))))
            assert set(db.session.scalars(seen.where(seen_by(viewer(who))))) == set(matters)


def test_its_causes_show_an_honest_comparison_a_late_remedy_and_both_ends_of_a_proposal(office: Flask) -> None:
    with office.app_context():
        clerk, said = viewer("clerk"), set()
        causes = [line.cause for line in listed(clerk, CauseFilter(state="all")).rows]
        for cause in causes:
            compared = comparison(cause, cases_of(cause, clerk), 6, clerk)
            said.add(compared.verdict if compared else Verdict.NO_DAY)
        assert {Verdict.TOO_FEW, Verdict.NO_DAY} <= said
        assert {cause.state for cause in causes} == {"in_place", "under_way"}
        replies = list(db.session.scalars(select(Proposal.reply).order_by(Proposal.id)))
        assert replies == ["adopted", None]
        assert [due.what for due in on_desk(viewer("handler4"))] == ["remedy", "answer"]


def test_its_rules_are_marked_as_sample_text_one_on_trial_one_in_two_versions_one_a_pledge(office: Flask) -> None:
    with office.app_context():
        versions = list(db.session.scalars(select(Version)))
        assert all("示例文本" in each.body for each in versions)
        assert {each.state for each in versions} == {"draft", "trial", "in_force", "amended"}
        assert [clock.today() < each.trial_until_on for each in versions if each.trial_until_on] == [True]
        rules = list(db.session.scalars(select(Rule)))
        assert {"prohibitions", "cadres", "work", "procedure", "conduct", "study", "reception", "pledge"} == {
            rule.kind for rule in rules
        }
        assert all(rule.title_en for rule in rules)
        listed = requests().rows
        assert len(listed) >= 4
        assert all(0 < line.read < line.asked for line in listed)
        serials = {rule.serial for rule in rules}
        for each in versions:  # what a text cites is there
            for cited in citations(each.body):
                assert cited.rule is None or cited.rule in serials
                if cited.article:
                    there = select(RuleArticle.id).join(Rule, Rule.id == RuleArticle.rule_id)
                    wanted = there.where(Rule.serial == cited.rule, RuleArticle.number == cited.article)
                    assert db.session.scalar(wanted.limit(1))


def test_its_receptions_show_one_above_the_standard_one_without_its_bill_and_what_waits(office: Flask) -> None:
    with office.app_context():
        rows = list(db.session.scalars(select(Reception)))
        assert {row.state for row in rows} == {"draft", "requested", "returned", "approved", "billed", "settled"}
        assert [row.exception is not None for row in rows if row.excepted] == [True]
        assert any(row.awaits_bill and row.bill_due_on and row.bill_due_on < clock.today() for row in rows)
        assert sorted(row.overrun_fen for row in rows if row.overrun_fen) == [100, 8650]
        leader = viewer("leader")
        asked, billed = waiting(leader), bills(leader)
        assert asked is not None
        assert billed is not None
        assert {why(each, leader) for each in db.session.scalars(asked)} == {"approve", "late"}
        assert db.session.scalars(billed).all()


def test_two_demo_offices_tell_the_same_story(second: Filled, office: Flask) -> None:
    def story(app: Flask) -> list[tuple[object, ...]]:
        with app.app_context():
            rows = db.session.scalars(select(Petition).order_by(Petition.id))
            return [(row.subject, row.text, row.identity, row.place_code, row.state, row.number) for row in rows]

    assert story(second.app) == story(office)


def test_an_office_in_use_is_not_filled_with_the_demo(app: Flask) -> None:
    before = contents(app)
    assert "The office is not empty" in run(app, "demo", code=1)
    assert run(app, "demo", "--first") == ""
    assert contents(app) == before


def test_the_first_start_fills_the_office_and_the_second_leaves_it_alone(offices: Offices, second: Filled) -> None:
    assert run(bare(offices, "sqlite", DEMO=False), "demo", "--first") == ""
    app = second.app
    assert "67 letters, all invented" in second.told
    before = contents(app)
    assert run(app, "demo", "--first") == ""
    assert contents(app) == before

    with app.app_context():
        assert demo.PASSWORD in " ".join(demo.sign_in_names())
        clerk = db.session.scalars(select(User).where(User.username == "clerk")).one()
        clerk.change_password(hasher().hash("another password of one's own"), by=clerk.id)
        db.session.commit()
        assert list(demo.sign_in_names()) == []  # once it is changed, nobody is told any more


def test_the_texts_say_that_they_are_invented() -> None:
    text = demo.LETTERS.read_text("utf-8")
    assert text.startswith("# Letters of the demo office. Everything here is invented")
    assert Path(demo.LETTERS).parent.name == "demo"
