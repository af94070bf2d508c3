"""Letters for the tests: typed into the form as a resident does, or put in by the models at any state of the procedure."""

import secrets
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import select

from blueprints.accounts.models import Unit, User, load_viewer
from blueprints.petitions.docket.domain import Channel, Kind, State
from blueprints.petitions.docket.models import Letter, Petition
from core import clock, receipts
from core.attachments import Cleaned
from core.extensions import db
from core.places import Place
from core.roles import Viewer
from tests.browse import Browser, Page, Value

VILLAGE = "420117001001"
WATER, PUMPS, FARMING = "新洲区水务局", "水务局排灌站", "新洲区农业农村局"
WRITER = {"name": "张三丰", "address": "红旗社区五号", "contact": "13800001234"}

TYPED: dict[str, Value] = {
    "kind": "claim",
    "signing": "named",
    "place": VILLAGE,
    "subject": "村口水塘的水泵坏了",
    "text": "水泵坏了三个月，没有人修。请派人来修。",
    **WRITER,
}

# The way to each state, as steps of the table; and who takes a step in these tests.
_HANDLED = ("register", "accept", "assign", "take")
WAY: dict[State, tuple[str, ...]] = {
    State.RECEIVED: (),
    State.REGISTERED: ("register",),
    State.FORWARDED: ("register", "forward"),
    State.MERGED: (*_HANDLED[:2], "merge"),
    State.DECLINED: ("register", "decline"),
    State.ACCEPTED: _HANDLED[:2],
    State.ASSIGNED: _HANDLED[:3],
    State.HANDLING: _HANDLED,
    State.DRAFTED: (*_HANDLED, "answer"),
    State.SIGNED: (*_HANDLED, "answer", "sign"),
    State.DELIVERED: (*_HANDLED, "answer", "sign", "deliver"),
    State.REVIEWING: (*_HANDLED, "answer", "sign", "deliver", "ask_review"),
    State.REVIEWED: (*_HANDLED, "answer", "sign", "deliver", "ask_review", "review"),
    State.REEXAMINING: (*_HANDLED, "answer", "sign", "deliver", "ask_review", "review", "ask_reexamination"),
    State.REEXAMINED: (
        *(*_HANDLED, "answer", "sign", "deliver", "ask_review", "review", "ask_reexamination", "reexamine"),
    ),
    State.CLOSED: (*_HANDLED, "answer", "sign", "deliver", "notify", "carry_out", "close"),
    State.ARCHIVED: (*_HANDLED, "answer", "sign", "deliver", "notify", "carry_out", "close", "archive"),
}
TAKEN_BY = {
    **dict.fromkeys(("take", "answer", "object", "carry_out", "part", "mediate", "respond", "close"), "handler"),
    **dict.fromkeys(("sign", "rework", "extend", "redo", "recuse"), "leader"),
}
OTHER = "2026-90001"  # the number of the letter that others are joined to


def answers(action: str, unit: int = 0) -> dict[str, Value]:
    """What somebody types into the form of a step."""
    day = (clock.now() + timedelta(hours=8)).date().isoformat()  # the office's
    later = (date.fromisoformat(day) + timedelta(days=20)).isoformat()
    typed: dict[str, dict[str, Value]] = {
        "register": {"kind": "claim"},
        "decline": {"elsewhere": "court", "reason": "此事应由法院审理。"},
        "forward": {"organ": "新洲区自然资源和规划局", "reason": ""},
        "returned": {"reason": "该局称不属其职责。"},
        "assign": {"unit": str(unit), "reason": "请尽快核实。"},
        "reassign": {"unit": str(unit), "reason": "改由你单位承办。"},
        "object": {"reason": "不属本单位职责。"},
        "answer": {
            "items-0-request": "请派人修水泵",
            "items-0-facts": "水泵确实坏了三个月。",
            "items-0-opinion": "一周内修好。",
            "outcome": "supported",
            "basis": "《办法》第七条",
        },
        "rework": {"reason": "请写明日期。"},
        "notify": {"how": "in_person", "on": day, "proof": "本人签收"},
        "deliver": {"how": "registered_post", "on": day, "proof": "挂号XA123456789"},
        "carry_out": {"on": day, "reason": "水泵已修好，村民现场确认。"},
        "join": {"unit": str(unit), "task": "核实用电情况。", "due_on": later},
        "part": {"text": "线路完好。"},
        "release": {"reason": "已由主办单位查明。"},
        "merge": {"number": OTHER, "reason": "同一台水泵。"},
        "unmerge": {"reason": "不是同一台水泵。"},
        "extend": {"days": "20", "reason": "需请厂家检测。"},
        "hear": {"on": day, "text": "双方到场，听取意见。"},
        "mediate": {"on": day, "both": True, "text": "双方同意各出一半费用。"},
        "ask_review": {"on": day, "text": "水泵没有修好。"},
        "ask_reexamination": {"on": day, "text": "仍没有修好。"},
        "review": {"verdict": "upheld", "dated": day, "text": "原处理意见事实清楚。"},
        "reexamine": {"verdict": "upheld", "dated": day, "text": "原复查意见事实清楚。"},
        "redo": {"reason": "按复查意见重新办理。"},
        "supervise": {"fault": "overdue", "text": "请说明逾期原因。"},
        "respond": {"text": "因汛期人手不足，下周办结。"},
        "report_up": {"organ": "区委办", "on": day, "how": "phone", "text": "水塘有漫堤危险。"},
        "about": {"person": "王某某", "reason": "来信补充说明。"},
        "withdraw": {"reason": "与信访人是亲戚。"},
        "recuse": {"asked_by": "petitioner", "reason": "信访人申请回避。"},
        "close": {"reason": "已办结。", "solved": "village"},
        "message": {"text": "请问水泵是什么型号？"},
        "note": {"text": "内部：先问排灌站。"},
    }
    return typed.get(action, {})


class Put(NamedTuple):
    """A matter that was put in, and the receipt code that its writer would have."""

    id: int
    code: str


def viewer(username: str) -> Viewer:
    """One of the office's people, as a request would know them."""
    id = db.session.scalars(select(User.id).where(User.username == username)).one()
    found = load_viewer(db.session(), id)
    assert found is not None
    return found


def unit_id(name: str) -> int:
    return db.session.scalars(select(Unit.id).where(Unit.name == name)).one()


def put(
    app: Flask,
    state: State = State.RECEIVED,
    *,
    unit: str = WATER,
    by: str | None = None,
    person: str = "",
    against: str = "",
    named: bool = True,
    **changes: Any,
) -> Put:
    """Put a matter into the docket and move it to that state, handled by `unit`, complaining of `person` or `against`."""
    with app.app_context():
        made = _file(by=by, person=person, against=against, named=named, **changes)
        for action in WAY[state]:
            if action == "merge":
                other()
            step(made.id, action, unit=unit)
        db.session.commit()
    return made


def other() -> None:
    """An accepted letter of the number that the steps of these tests join others to."""
    if db.session.scalar(select(Petition.id).where(Petition.number == OTHER)) is None:
        head = db.session.get_one(Petition, _file().id)
        for action in WAY[State.ACCEPTED]:
            step(head.id, action)
        head.number = OTHER
        db.session.flush()


def put_many(app: Flask, number: int, **changes: Any) -> list[Put]:
    """Many new matters in one go; each subject ends with its own number."""
    with app.app_context():
        subject = changes.pop("subject", "第")
        made = [_file(subject=f"{subject}{each}号", **changes) for each in range(number)]
        db.session.commit()
    return made


def _file(
    *, by: str | None = None, person: str = "", against: str = "", named: bool = True, files: tuple[Cleaned, ...] = (),
    **changes: Any,
) -> Put:  # fmt: skip
    code = receipts.make(secrets.token_bytes(16))
    given: dict[str, Any] = {
        "kind": Kind.CLAIM,
        "channel": Channel.ONLINE,
        "place": db.session.get_one(Place, changes.pop("place", VILLAGE)),
        "subject": TYPED["subject"],
        "text": TYPED["text"],
        "identity": dict(WRITER) if named else None,
        "concerns": [(person, unit_id(against) if against else None)] if person or against else [],
        "files": files,
        "receipt": code,
        **changes,
    }
    petition = Petition.file(Letter(**given), by=viewer(by) if by else None)
    db.session.flush()
    return Put(petition.id, code)


def step(id: int, action: str, *, unit: str = WATER, by: str = "", **values: Any) -> None:
    """Take one step by the model; the caller commits."""
    today = clock.today()
    given: dict[str, dict[str, Any]] = {
        "register": {"kind": "claim"},
        "decline": {"elsewhere": "court", "reason": "此事应由法院审理。"},
        "forward": {"unit": "", "organ": "新洲区自然资源和规划局", "reason": ""},
        "assign": {"reason": "请尽快核实。"},
        "reassign": {"reason": "改由你单位承办。"},
        "answer": {
            "items": [{"request": "请派人修水泵", "facts": "水泵确实坏了。", "opinion": "一周内修好。"}],
            "outcome": "supported",
            "basis": "《办法》第七条",
            "carry_out_on": None,
        },
        "notify": {"how": "in_person", "on": today, "proof": "本人签收"},
        "deliver": {"how": "registered_post", "on": today, "proof": "挂号XA123456789"},
        "carry_out": {"on": today, "reason": "水泵已修好。"},
        "join": {"task": "核实用电情况。", "due_on": today + timedelta(days=20)},
        "part": {"text": "线路完好。"},
        "merge": {"number": OTHER, "reason": "同一台水泵。"},
        "extend": {"days": 20, "reason": "需请厂家检测。"},
        "hear": {"on": today, "until": None, "text": "双方到场，听取意见。"},
        "mediate": {"on": today, "both": True, "text": "双方同意各出一半费用。"},
        "ask_review": {"on": today, "text": "水泵没有修好。"},
        "ask_reexamination": {"on": today, "text": "仍没有修好。"},
        "review": {"verdict": "upheld", "dated": today, "their_number": "", "text": "原处理意见事实清楚。"},
        "reexamine": {"verdict": "upheld", "dated": today, "their_number": "", "text": "原复查意见事实清楚。"},
        "supervise": {"fault": "overdue", "text": "请说明逾期原因。"},
        "respond": {"text": "因汛期人手不足，下周办结。"},
        "close": {"reason": "已办结。", "solved": "village"},
        "message": {"text": "请问水泵是什么型号？"},
        "note": {"text": "内部：先问排灌站。"},
    }
    if (to := {"assign": unit, "reassign": unit, "join": FARMING}.get(action)) and "unit" not in values:
        values["unit"] = unit_id(to)
    default = {WATER: "handler", FARMING: "handler2"}.get(unit, "handler")
    who = by or TAKEN_BY.get(action, "clerk")
    petition = db.session.get_one(Petition, id)
    petition.move(action, {**given.get(action, {}), **values}, by=viewer(default if who == "handler" else who))
    db.session.flush()


# --- through the pages ---------------------------------------------------------------------------------------------


def write(visitor: Browser, **changes: Value) -> str:
    """Write a letter by the public form; the receipt code as the page shows it, without its blanks."""
    visitor.get("/letters/new")
    visitor.submit("/letters/new", fields={**TYPED, **changes})
    return shown_code(visitor.page)


def shown_code(page: Page) -> str:
    return "".join(page.one(".receipt-code").text().split())


def look_up(visitor: Browser, code: str, expect: int = 200) -> Page:
    visitor.get("/letters/status")
    if not visitor.page.all("input[name=receipt]"):  # a letter is open already
        visitor.submit("/letters/leave")
        visitor.get("/letters/status")
    return visitor.submit("/letters/status", expect=expect, receipt=code)


def press(
    browser: Browser,
    id: int,
    action: str,
    expect: int = 200,
    unit: int = 0,
    fields: Mapping[str, Value | None] | None = None,
    **changes: Value,
) -> Page:
    """Open a step from the case page, as its button does, fill in what it asks (but for what is None), and send it."""
    browser.get(f"/petitions/{id}")
    browser.follow(f"/petitions/{id}/{action}")
    typed = {**answers(action, unit), **(fields or {}), **changes}
    return browser.submit(
        browser.page.heading, expect, {name: each for name, each in typed.items() if each is not None}
    )


def offered(page: Page) -> set[str]:
    """The steps whose buttons stand on a case page."""
    return {str(node.attributes["href"]).rpartition("/")[2] for node in page.all(".steps a")}


def petition(app: Flask, id: int) -> Petition:
    """The row as it stands in the table."""
    with app.app_context():
        return db.session.get_one(Petition, id)


def days(app: Flask, id: int) -> dict[str, tuple[date, date, date | None]]:
    """The clocks of a matter: name to start, last day, and the day it was stopped."""
    with app.app_context():
        rows = db.session.get_one(Petition, id).clocks()
        return {row.name: (row.started_on, row.due_on, row.stopped_on) for row in rows}


def everything_stored(app: Flask) -> Iterator[str]:
    """Every value of every table, and every file of the data folder, as text to look for something in."""
    with app.app_context():
        for table in db.metadata.sorted_tables:
            for row in db.session.execute(select(table)):
                yield from (each.hex() + repr(each) if isinstance(each, bytes) else str(each) for each in row)
        folder = app.extensions["settings"].instance
    for path in folder.rglob("*"):
        if path.is_file() and "keys" not in path.parts:
            yield path.read_bytes().decode("utf-8", "replace")
