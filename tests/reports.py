"""Reports of violations for the tests: officers with keys, a report by the public form, steps by an officer's browser."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from flask import Flask
from sqlalchemy import select

from blueprints.accounts.models import Unit, User
from blueprints.rules.keyring.models import Made, OfficerKey
from blueprints.rules.reports.models import Report
from core import clock
from core.extensions import db
from core.roles import Role
from tests.browse import Browser, Page, Value
from tests.letters import shown_code, viewer
from tests.people import PASSWORD

PASSPHRASE = "六个 互不 相干 的 词语 放在 一起"
POST = "区纪委派驻纪检组"  # a unit beside the office
ACCUSED = "冯收礼"
TIP: dict[str, Value] = {
    "kind": "gifts",
    "text": "冯收礼节前收了三条烟和一张购物卡。",
    "person": ACCUSED,
    "signing": "named",
    "name": "高举报",
    "contact": "13900005678",
}


def officers(app: Flask, *more: str) -> None:
    """Give the discipline officer of the tests a key, and open accounts with keys for more of them, in another unit."""
    with app.app_context():
        unit = db.session.scalar(select(Unit).where(Unit.name == POST)) or Unit.open(POST, None, by=None)
        db.session.flush()
        for username in more:
            name = f"{'沈韩杨朱秦'[int(username[-1]) - 2]}公正"
            User.open(username, name, Role.DISCIPLINE, unit, PASSWORD, by=None, must_change=False)
        db.session.flush()
        for username in ("discipline", *more):
            OfficerKey.make(viewer(username), Made(PASSPHRASE))
        db.session.commit()


def tip(app: Flask, visitor: Browser | None = None, **changes: Value) -> str:
    """Send a report by the public form; its receipt code."""
    visitor = visitor or Browser(app)
    visitor.get("/reports/new")
    visitor.submit("/reports/new", fields={**TIP, **changes})
    return shown_code(visitor.page)


def only(app: Flask) -> int:
    """The one report there is."""
    with app.app_context():
        return db.session.scalars(select(Report.id).where(Report.of_id.is_(None))).one()


def officer(app: Flask, username: str = "discipline", *, opens: bool = True, language: str = "zh") -> Browser:
    """An officer who signed in, with the own key open."""
    browser = Browser(app, language)
    browser.sign_in(username, PASSWORD)
    if opens:
        browser.get("/reports/key/open")
        browser.submit("/reports/key/open", key_password=PASSPHRASE)
    return browser


def holder(app: Flask, code: str) -> Browser:
    """Whoever has the code, with the report open."""
    browser = Browser(app)
    browser.get("/letters/status")
    browser.submit("/letters/status", receipt=code)
    assert browser.page.path == "/reports/status"
    return browser


def answers(action: str) -> dict[str, Value]:
    """What an officer types into the form of a step."""
    day = (clock.now() + timedelta(hours=8)).date().isoformat()  # the office's
    typed: dict[str, dict[str, Value]] = {
        "verify": {"reason": "线索具体，可以核实。"},
        "pass_up": {"organ": "市纪委监委", "text": "所反映的人由上级管理。"},
        "dismiss": {"reason": "没有说明违反了什么规定。"},
        "examine": {"on": day, "text": "调取了购物卡的消费记录。"},
        "hear": {"on": day, "put": "节前是否收过烟和购物卡。", "statement": "收过，已经退回。"},
        "find": {"rule": "五个严禁", "article": "第五条", "evidence": "退卡收据", "text": "收受购物卡一张。"},
        "clear": {"text": "购物卡系本人购买。"},
        "decide": {"outcome": "criticise", "text": "望引以为戒。"},
        "propose": {"outcome": "discipline", "text": "按规定处理。"},
        "confirm": {"reason": "同意。"},
        "send_back": {"reason": "证据不足，请补充。"},
        "notify": {"how": "in_person", "on": day, "proof": "本人签收"},
        "object": {"on": day, "text": "已经退回，处理过重。"},
        "uphold": {"text": "退回在核实之后，决定不变。"},
        "reopen": {"text": "新证据成立，重新决定。"},
        "close": {"waived": True, "reason": ""},
        "message": {"text": "请问是哪一天收的？"},
        "note": {"text": "先问商场。"},
        "withdraw": {"reason": "与被反映人是同学。"},
        "recuse": {"reason": "举报人申请回避。"},
        "reply": {"text": "已经制止。"},
    }
    return typed.get(action, {})


def step(browser: Browser, id: int, action: str, expect: int = 200, **changes: Value) -> Page:
    """Take a step: open its question, fill it in, press the button."""
    browser.get(f"/reports/{id}/{action}")
    return browser.submit(f"/reports/{id}/{action}", expect, fields={**answers(action), **changes})


def walk(browser: Browser, id: int, *actions: str) -> None:
    """Take several steps."""
    for action in actions:
        step(browser, id, action)


def row(app: Flask, id: int) -> Any:
    """The report as it is stored."""
    with app.app_context():
        found = db.session.get_one(Report, id)
        db.session.expunge(found)
        return found


def attached(name: str, text: str) -> tuple[BytesIO, str]:
    """A file for a form."""
    return BytesIO(text.encode()), name
