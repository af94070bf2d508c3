"""Rules for the tests, put in by the models: entered by the clerk, brought into force by the leader, read by whoever."""

from datetime import timedelta
from itertools import count
from typing import Any

from flask import Flask
from sqlalchemy import select

from blueprints.rules.reading.domain import read_quiz
from blueprints.rules.reading.models import Assignment, Quiz, Reading, quiz_of
from blueprints.rules.register.domain import parse
from blueprints.rules.register.models import Rule, RuleArticle, Version
from core import clock
from core.extensions import db
from tests.causes import on
from tests.letters import viewer

TITLE = "公务接待管理办法"
TEXT = "为了节约，制定本办法。\n\n第一章 总则\n第一条 【原则】接待从简。\n第二条 【饮酒】工作日不饮酒。\n第三条 陪餐不超过三人。"
AMENDED = TEXT.replace("不超过三人", "不超过两人").replace("第三条", "第三条 凭公函接待。\n第四条")
QUIZ = "工作日能饮酒吗？\n- 能\n+ 不能\n\n陪餐几人？\n+ 三人\n- 五人"

_numbers = count(1)


def enter(title: str = TITLE, text: str = TEXT, **changes: Any) -> Rule:
    """A draft of the clerk; the caller commits."""
    described = {"number": f"测〔2026〕{next(_numbers)}号", "issuer": "组织部", "kind": "reception", "title_en": ""}
    return Rule.enter({**described, "title": title, **changes}, parse(text), by=viewer("clerk"))


def move(rule: Rule, action: str, ordinal: int | None = None, by: str = "leader", **values: Any) -> None:
    """A step with the newest version, or that one."""
    versions = rule.versions()
    version = versions[0] if ordinal is None else versions[-ordinal]
    rule.move(version, action, values, by=viewer(by))


def in_force(title: str = TITLE, text: str = TEXT, ago: int = 30, **changes: Any) -> Rule:
    """A rule in force since so many days; the caller commits."""
    rule = enter(title, text, **changes)
    move(rule, "enact", on=on(-ago))
    return rule


def amend(rule: Rule, text: str = AMENDED, ago: int = 0) -> None:
    """A newer version of it, in force since so many days; the caller commits."""
    move(rule, "revise", by="clerk")
    move(rule, "edit", by="clerk", parsed=parse(text))
    move(rule, "enact", on=on(-ago))


def put(app: Flask, title: str = TITLE, text: str = TEXT, **changes: Any) -> int:
    """A rule in force; its number in the register."""
    with app.app_context():
        rule = in_force(title, text, **changes)
        db.session.commit()
        return rule.serial


def rule_of(serial: int) -> Rule:
    return db.session.scalars(select(Rule).where(Rule.serial == serial)).one()


def articles(rule: Rule) -> list[RuleArticle]:
    """The articles of the version that stands."""
    current = rule.current()
    assert current is not None
    return list(
        db.session.scalars(
            select(RuleArticle).where(RuleArticle.version_id == current.id).order_by(RuleArticle.position)
        )
    )


def ask(rule: Rule, due: int = 7, **changes: Any) -> Assignment:
    """Everybody, or whoever else is named, is asked to read it within so many days; the caller commits."""
    nobody: dict[str, Any] = {"roles": [], "units": [], "everybody": False}
    whom = {**nobody, **changes} if {"roles", "units"} & changes.keys() else {**nobody, "everybody": True, **changes}
    given = {"due_on": clock.today() + timedelta(days=due), "days": 14, "year": None, **whom}
    return Assignment.issue(rule, given, by=viewer("clerk"))


def quiz(version: Version, text: str = QUIZ, pass_mark: int = 2) -> Quiz:
    return Quiz.set(version, read_quiz(text), pass_mark, by=viewer("clerk"))


def acknowledge(asked: Assignment, by: str) -> Reading:
    """Read, with every answer right; the caller commits."""
    current = asked.rule.current()
    assert current is not None
    found = quiz_of(current)
    right = [each.right for each in found.asked()] if found else []
    return Reading.acknowledge(asked, current, right, by=viewer(by))
