"""Knowing the rules: who is asked, what is acknowledged, the quiz, who has not; a newer version; the yearly pledge."""

from collections.abc import Callable

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from blueprints.accounts.models import Unit, User
from blueprints.rules.reading.domain import BadQuiz, due, read_quiz, score, written
from blueprints.rules.reading.models import Assignment, Quiz, Reading
from blueprints.rules.reading.queries import own, requests, who
from blueprints.rules.reading.told import desk
from core.desk import read
from core.extensions import db
from core.record import Entry
from core.roles import Role
from core.workflow import NotPossible
from tests.browse import Browser, Value
from tests.browse import queries as sent_queries
from tests.causes import on
from tests.letters import FARMING, PUMPS, WATER, unit_id, viewer
from tests.people import PASSWORD, PEOPLE
from tests.register import QUIZ, TEXT, TITLE, acknowledge, amend, ask, in_force, move, quiz, rule_of
from tests.upkeep import run, spoil

SignIn = Callable[..., Browser]
EVERYBODY = {username for username, *_ in PEOPLE}


def asked_of(app: Flask) -> set[str]:
    """Who has something to read on their desk."""
    with app.app_context(), app.test_request_context():
        return {username for username in EVERYBODY if any(read([part.rows for part in desk(viewer(username))]))}


def missing(asked: Assignment) -> list[tuple[str, list[str]]]:
    return [(group.unit, [user.username for user in group.people]) for group in who(asked, asked.rule.current())[0]]


# --- who is asked ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("whom", "expected"),
    [
        ({}, EVERYBODY),
        ({"roles": ["handler"]}, {"handler", "handler2"}),
        ({"units": [FARMING]}, {"handler2"}),
        ({"units": ["组织部信访科"], "roles": ["auditor"]}, {"clerk", "clerk2", "auditor"}),
        ({"units": ["中共新洲区委组织部"]}, EVERYBODY - {"handler", "handler2"}),
    ],
)
def test_whoever_is_asked_and_nobody_else_finds_it_on_the_desk(
    app: Flask, whom: dict[str, list[str]], expected: set[str]
) -> None:
    with app.app_context():
        units = [str(unit_id(name)) for name in whom.get("units", [])]
        roles = whom.get("roles", [])
        asked = ask(in_force(), roles=roles, units=units) if whom else ask(in_force())
        assert {name for _, names in missing(asked) for name in names} == expected
        db.session.commit()
    assert asked_of(app) == expected


def test_who_comes_later_and_works_in_a_unit_below_is_asked_too(app: Flask) -> None:
    with app.app_context():
        asked = ask(in_force(), roles=[], units=[str(unit_id(WATER))])
        pumps = db.session.get_one(Unit, unit_id(PUMPS))
        User.open("pumps", "新来的", Role.HANDLER, pumps, PASSWORD, by=None, must_change=False)
        db.session.commit()
        assert missing(asked) == [(WATER, ["handler"]), (PUMPS, ["pumps"])]
        assert [each.serial for each in own(viewer("pumps"))] == [1]


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_clerk_asks_from_the_page_of_a_rule_and_must_say_whom(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        in_force()
        db.session.commit()
    clerk = sign_in("clerk")
    clerk.get("/rules/1")
    clerk.follow("要求学习签收")
    assert clerk.submit("发出通知", expect=422, due_on=str(on(7))).all("#everybody-error")
    assert clerk.submit("发出通知", expect=422, due_on=str(on(-1)), roles=["handler"]).all("#due_on-error")
    clerk.submit("发出通知", due_on=str(on(7)), roles=["handler"])
    assert clerk.page.heading == TITLE
    told = clerk.page.texts("section[aria-labelledby=missing] td")
    assert set(zip(told[::2], told[1::2], strict=True)) == {(FARMING, "钱农业"), (WATER, "赵水务")}
    for username in ("handler", "auditor", "contact"):
        person = sign_in(username)
        person.get("/reading/asked", 403)
        person.get(clerk.page.path, 404)


@pytest.mark.parametrize("database", ["sqlite"])
def test_nobody_is_asked_to_read_what_does_not_stand(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        rule = in_force()
        asked = ask(rule)
        move(rule, "repeal", last=on(), reason="")
        db.session.commit()
        with pytest.raises(NotPossible):
            ask(rule)
        id = asked.id
    assert asked_of(app) == set()
    clerk = sign_in("clerk")
    clerk.get("/reading/new/1", 404)
    clerk.get(f"/reading/{id}", 404)
    assert "目前没有现行版本" in clerk.get(f"/reading/asked/{id}").text


# --- reading and acknowledging -----------------------------------------------------------------------------------------


def test_what_is_acknowledged_is_in_the_record_with_the_digest_of_the_text(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        asked = ask(in_force())
        db.session.commit()
        id, digest = asked.id, asked.rule.current().digest  # type: ignore[union-attr]
    handler = sign_in("handler")
    handler.get("/desk")
    handler.follow(TITLE)
    assert "工作日不饮酒" in handler.page.one("main").text()
    assert handler.submit("阅读签收", expect=422).all("#read-error")
    handler.submit("阅读签收", read=True)
    assert TITLE in handler.page.texts("section[aria-labelledby=done] td a")
    assert handler.get(f"/reading/{id}").heading == "已签收"
    assert digest.hex() in handler.page.text
    with app.app_context():
        entry = db.session.scalars(select(Entry).where(Entry.thread == "rule_reading")).one()
        assert (entry.action, entry.data["digest"]) == ("acknowledged", digest.hex())
        assert entry.actor_id == viewer("handler").id
    assert "handler" not in asked_of(app)
    run(app, "check")


def test_a_text_is_acknowledged_once_and_by_whom_it_asks(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        asked = ask(in_force(), roles=["handler"], units=[])
        acknowledge(asked, "handler")
        db.session.commit()
        with pytest.raises(NotPossible):
            acknowledge(asked, "handler")
        db.session.rollback()
        id = asked.id
        copy = "INSERT INTO rule_reading SELECT 1, rule_id, version_id, user_id, year, read_on, digest, passed, version"
        with pytest.raises(IntegrityError):
            db.session.execute(text(f"{copy} FROM rule_reading"))
        db.session.rollback()
    clerk = sign_in("clerk")
    clerk.get(f"/reading/{id}", 404)
    handler = sign_in("handler2")
    handler.get(f"/reading/{id}")
    handler.submit("阅读签收", read=True)
    handler.post(f"/reading/{id}", {"csrf_token": "x"}, expect=400)
    with app.app_context():
        assert len(list(db.session.scalars(select(Reading)))) == 2


@pytest.mark.parametrize("database", ["sqlite"])
def test_who_reads_while_a_newer_version_comes_into_force_acknowledges_neither_unseen(
    app: Flask, sign_in: SignIn
) -> None:
    with app.app_context():
        rule = in_force()
        id = ask(rule).id
        db.session.commit()
        handler = sign_in("handler")
        handler.get(f"/reading/{id}")
        amend(rule)
        db.session.commit()
    page = handler.submit("阅读签收", expect=409, read=True)
    assert "不超过两人" in page.one("main").text()
    with app.app_context():
        assert db.session.scalar(select(Reading)) is None
    handler.submit("阅读签收", read=True)
    with app.app_context():
        current = rule_of(1).current()
        assert current is not None
        assert db.session.scalars(select(Reading)).one().digest == current.digest


# --- a newer version -------------------------------------------------------------------------------------------------


def test_a_newer_version_asks_again_and_shows_only_what_changed(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        rule = in_force()
        asked = ask(rule)
        for username in ("handler", "clerk"):
            acknowledge(asked, username)
        db.session.commit()
        assert "handler" not in asked_of(app)
        amend(rule)
        db.session.commit()
        id = asked.id
    assert asked_of(app) == EVERYBODY
    page = sign_in("handler").get(f"/reading/{id}")
    words = page.one("main").text()
    assert "不超过" in words
    assert "凭公函接待" in words
    assert "工作日不饮酒" not in words  # as before
    whole = sign_in("handler").get(f"/reading/{id}?whole=y").one("main").text()
    assert "工作日不饮酒" in whole
    assert "工作日不饮酒" in sign_in("handler2").get(f"/reading/{id}").one("main").text()  # never read the one before


def test_a_newer_version_has_days_of_its_own() -> None:
    first, issued = on(10), on(0)
    assert due(first, issued, 14, on(-30)) == first
    assert due(first, issued, 14, on(0)) == first
    assert due(first, issued, 14, on(1)) == on(15)
    assert due(on(60), issued, 14, on(1)) == on(60)


# --- the quiz --------------------------------------------------------------------------------------------------------


def test_a_quiz_is_read_as_it_is_typed() -> None:
    found = read_quiz(QUIZ)
    assert [(each.text, each.right) for each in found] == [("工作日能饮酒吗？", (1,)), ("陪餐几人？", (0,))]
    assert read_quiz(written(found)) == found
    assert score(found, [[1], [0]]) == 2
    assert score(found, [[0, 1], []]) == 0


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "只有题目",
        "题\n+ 对",
        "题\n+ 对\n+ 也对",
        "题\n- 错\n- 也错",
        "+ 对\n- 错",
        "题\n+\n- 错",
        "题\n+ 对\n" + "- 错\n" * 8,
    ],
)
def test_a_question_without_a_right_and_a_wrong_choice_is_none(typed: str) -> None:
    with pytest.raises(BadQuiz):
        read_quiz(typed)


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_quiz_is_tried_until_it_is_passed_and_no_answer_is_kept(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        in_force()
        db.session.commit()
    clerk = sign_in("clerk")
    clerk.get("/rules/1")
    clerk.follow("设置测验")
    assert clerk.submit("设置测验", expect=422, questions=QUIZ, pass_mark="3").all("#pass_mark-error")
    assert clerk.submit("设置测验", expect=422, questions="题\n+ 对", pass_mark="1").all("#questions-error")
    clerk.submit("设置测验", questions=QUIZ, pass_mark="2")
    with app.app_context():
        assert db.session.scalars(select(Quiz)).one().pass_mark == 2
        id = ask(rule_of(1)).id
        db.session.commit()
    handler = sign_in("handler")
    handler.get(f"/reading/{id}")
    wrong: dict[str, Value] = {"question_0": "0", "question_1": "0", "read": True}
    page = handler.submit("阅读签收", expect=422, fields=wrong)
    assert "须答对 2 题" in page.text
    with app.app_context():
        assert db.session.scalar(select(Reading)) is None
        assert db.session.scalar(select(Entry).where(Entry.thread == "rule_reading")) is None
    handler.submit("阅读签收", fields={**wrong, "question_0": "1"})
    with app.app_context():
        row = db.session.scalars(select(Reading)).one()
        assert row.passed
        entry = db.session.scalars(select(Entry).where(Entry.thread == "rule_reading")).one()
        assert entry.data.keys() == {"of", "digest", "quiz"}
    assert "测验通过" in handler.get("/reading/").text


def test_several_right_choices_must_all_be_chosen(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        rule = in_force()
        quiz(rule.current(), "怎么办？\n+ 不说\n+ 报告\n- 说一点", 1)  # type: ignore[arg-type]
        id = ask(rule).id
        db.session.commit()
    handler = sign_in("handler")
    handler.get(f"/reading/{id}")
    for given in (["0"], ["0", "1", "2"]):
        handler.submit("阅读签收", expect=422, question_0=given, read=True)
    handler.submit("阅读签收", question_0=["1", "0"], read=True)
    with app.app_context():
        assert db.session.scalars(select(Reading)).one().passed


# --- who has not -----------------------------------------------------------------------------------------------------


def test_who_has_not_is_told_by_unit_and_reminded_on_the_desk(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        asked = ask(in_force())
        for username in ("handler", "leader", "clerk"):
            acknowledge(asked, username)
        db.session.commit()
        id = asked.id
        told = dict(missing(asked))
        assert told["组织部信访科"] == ["clerk2"]
        assert WATER not in told
    clerk = sign_in("clerk")
    clerk.get("/reading/")
    clerk.follow("学习签收情况")
    assert clerk.page.texts("td.number") == ["3", "6"]
    clerk.get(f"/reading/asked/{id}")
    clerk.follow("提醒未签收人员")
    clerk.submit("提醒未签收人员")
    assert "提醒签收制度" in clerk.page.text
    assert "提醒过您" in " ".join(sign_in("clerk2").get("/desk").texts("section[aria-labelledby=to_read]"))
    assert not sign_in("handler").get("/desk").all("section[aria-labelledby=to_read]")


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_request_is_given_another_day_and_ends(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        id = ask(in_force()).id
        db.session.commit()
    clerk = sign_in("clerk")
    clerk.get(f"/reading/asked/{id}")
    clerk.follow("调整签收期限")
    clerk.submit("调整签收期限", expect=422, due_on=str(on(-1)))
    clerk.submit("调整签收期限", due_on=str(on(40)))
    with app.app_context():
        assert [each.due_on for each in own(viewer("handler"))] == [on(40)]
    clerk.follow("不再要求签收")
    clerk.submit("不再要求签收")
    assert asked_of(app) == set()
    run(app, "check")


@pytest.mark.parametrize("database", ["sqlite"])
def test_the_list_of_requests_costs_the_same_however_many(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        ask(in_force("甲"))
        db.session.commit()
    clerk = sign_in("clerk")
    with sent_queries(app) as one:
        clerk.get("/reading/asked")
    with app.app_context():
        for number in range(30):
            ask(in_force(f"制度{number}"), roles=["handler"], units=[])
        db.session.commit()
        assert len(requests().rows) == 25
        assert requests().next_key
    with sent_queries(app) as many:
        clerk.get("/reading/asked")
    assert len(many) <= len(one) + 1


def test_of_several_requests_for_one_text_the_first_day_counts(app: Flask) -> None:
    with app.app_context():
        rule = in_force()
        ask(rule, due=20)
        ask(rule, due=5, roles=["handler"], units=[])
        db.session.commit()
        assert [each.due_on for each in own(viewer("handler"))] == [on(5)]
        assert [each.due_on for each in own(viewer("clerk"))] == [on(20)]


# --- the yearly pledge -----------------------------------------------------------------------------------------------


def test_a_pledge_is_signed_for_each_year_anew(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        rule = in_force("承诺书", "我承诺不赌博。", kind="pledge")
        last = ask(rule, year=on().year - 1)
        acknowledge(last, "handler")
        this = ask(rule, year=on().year)
        db.session.commit()
        assert [(each.year, each.read_on is None) for each in own(viewer("handler"))] == [
            (on().year - 1, False),
            (on().year, True),
        ]
        id = this.id
    handler = sign_in("handler")
    page = handler.get(f"/reading/{id}")
    assert page.heading == "阅读签署"
    assert "我承诺不赌博。" in page.one("main").text()
    handler.submit("阅读签署", read=True)
    with app.app_context():
        entry = db.session.scalars(
            select(Entry).where(Entry.thread == "rule_reading").order_by(Entry.id.desc()).limit(1)
        ).one()
        assert (entry.action, entry.data["year"]) == ("signed", on().year)
        asked = db.session.get_one(Assignment, id)
        assert {name for _, names in missing(asked) for name in names} == EVERYBODY - {"handler"}


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_pledge_is_asked_for_a_year(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        in_force("承诺书", "我承诺不赌博。", kind="pledge")
        db.session.commit()
    leader = sign_in("leader")
    leader.get("/reading/new/1")
    assert leader.submit("发出通知", expect=422, year="26", due_on=str(on(7)), everybody=True).all("#year-error")
    leader.submit("发出通知", year=str(on().year), due_on=str(on(7)), everybody=True)
    with app.app_context():
        assert db.session.scalars(select(Assignment)).one().year == on().year


# --- the store -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "UPDATE rule_reading SET digest = (SELECT digest FROM entry LIMIT 1)",
            "not of the text that its record names",
        ),
        ("UPDATE rule_assignment SET state = 'closed'", "its state is not what the record says"),
        ("DELETE FROM rule_addressee", "its record tells of another number"),
        ("DELETE FROM rule_reading", "it has entries in the record, but it is not there"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"])
def test_the_check_finds_what_was_altered_in_who_read_what(app: Flask, statement: str, told: str) -> None:
    with app.app_context():
        acknowledge(ask(in_force(), roles=["handler"], units=[]), "handler")
        db.session.commit()
    run(app, "check")
    spoil(app, statement)
    assert told in run(app, "check", code=1)


def test_the_tables_go_down_and_up_again_with_rows_in_them(app: Flask) -> None:
    with app.app_context():
        asked = ask(in_force(text=TEXT), roles=["handler"], units=[])
        quiz(asked.rule.current())  # type: ignore[arg-type]
        acknowledge(asked, "handler")
        db.session.commit()
        db.session.remove()
        flask_migrate.downgrade(revision="0011")
        flask_migrate.upgrade()
        db.session.remove()
        assert db.session.scalar(select(Assignment.id)) is None
    run(app, "check")
