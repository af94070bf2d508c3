"""Official receptions for the tests, put in by the models; through the pages tests/rules/test_receptions.py does it."""

import secrets
from datetime import date
from typing import Any

from sqlalchemy import select

from blueprints.accounts.models import Unit, User
from blueprints.rules.receptions.domain import Kind, State
from blueprints.rules.receptions.models import Bill, Reception, Request
from core import attachments
from core.extensions import db
from core.roles import Role
from tests.letters import viewer
from tests.people import PASSWORD

OFFICE = "中共新洲区委组织部"


def second_leader() -> None:
    """Another leader, so that a leader's own request has somebody to decide it. The caller commits."""
    unit = db.session.scalars(select(Unit).where(Unit.name == OFFICE)).one()
    User.open("leader2", "冯副部", Role.LEADER, unit, PASSWORD, by=None, must_change=False)
    db.session.flush()


def costs(**fen: int) -> dict[Kind, int]:
    """An amount for each kind, in fen."""
    return {kind: fen.get(kind.value, 0) for kind in Kind}


def asked(on: date, **changes: Any) -> Request:
    """A request that fits the sample standard, for a visit of a day."""
    given: dict[str, Any] = {
        "guest_unit": "江夏区委组织部",
        "guests": 6,
        "guest_list": "甄来宾（副部长）等六人",
        "purpose": "考察农村党建",
        "from_on": on,
        "until_on": on,
        "letter": "江组函〔2026〕8号",
        "hosts": 3,
        "host_list": "孙部长等三人",
        "meals": 1,
        "place": "机关食堂",
        "alcohol": False,
        "costs": costs(working_meal=54000),
        **changes,
    }
    return Request(**given)


def bill(**changes: Any) -> Bill:
    """The bill of that visit."""
    given: dict[str, Any] = {
        "guests": 6,
        "hosts": 3,
        "meals": 1,
        "alcohol": False,
        "costs": costs(working_meal=54000),
        "reason": "",
        "files": [attachments.clean("发票.txt", "发票 540.00".encode())],
        **changes,
    }
    return Bill(**given)


def host(
    on: date, state: State = State.APPROVED, *, by: str = "handler", reason: str = "接待任务特殊。", **changes: Any
) -> int:
    """A reception on that day, brought to that state; its id. The clock stands at the day. The caller commits."""
    row = Reception.draft(asked(on, **changes), secrets.token_hex(16), by=viewer(by))
    db.session.flush()
    ways = {
        State.DRAFT: (),
        State.REQUESTED: ("send",),
        State.RETURNED: ("send", "return"),
        State.REFUSED: ("send", "refuse"),
        State.APPROVED: ("send", "approve"),
        State.BILLED: ("send", "approve", "bill"),
        State.SETTLED: ("send", "approve", "bill", "settle"),
        State.CANCELLED: ("cancel",),
    }
    who = {"approve": "leader", "return": "leader", "refuse": "leader", "settle": "leader"}
    for action in ways[state]:
        values: dict[str, Any] = {"reason": reason}
        if action == "bill":
            values = {"bill": bill(costs=row.planned, guests=row.guests, hosts=row.hosts, meals=row.meals)}
        row.move(action, values, by=viewer(who.get(action, by)))
    db.session.flush()
    return row.id
