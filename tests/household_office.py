"""Rounds of demonstration households for the tests, put in by the models; through the pages tests/pairing/ does it."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any

from flask import Flask
from PIL import Image
from sqlalchemy import select

from blueprints.pairing.households.models import Household, Nomination, of_sending
from blueprints.pairing.naming.models import advance
from blueprints.pairing.objections.models import Objection, Said
from blueprints.pairing.panel.models import Score
from blueprints.pairing.rounds.domain import Criterion
from blueprints.pairing.rounds.models import Plan, Round
from core import clock, sendings
from core.attachments import Cleaned, clean
from core.extensions import db
from tests.browse import Value
from tests.letters import VILLAGE, viewer

TITLE = "2026年度科技致富示范户评选"
OTHER_VILLAGE, THIRD_VILLAGE = "420117001003", "420117002001"
PANEL = ("clerk2", "handler", "handler2")
HEAD, PHONE, WHAT, WHY = "万有福", "139 1234 5678", "稻虾共作三十亩", "五年前跟农校学的，带会了十二户。"
CRITERIA = [Criterion("技术应用", "用上了什么技术", 60), Criterion("带动作用", "带会了几户", 40)]

NOMINATION: dict[str, Value] = {
    "name": HEAD, "phone": PHONE, "place": VILLAGE, "what": WHAT, "why": WHY, "consent": True,
}  # fmt: skip


def photo() -> Cleaned:
    """A photo of a field, as the form would bring it in."""
    data = BytesIO()
    Image.new("RGB", (8, 8), "green").save(data, "JPEG")
    return clean("田.jpg", data.getvalue())


def plan(**changes: Any) -> Plan:
    today = clock.today()
    about: dict[str, Any] = {
        "title": TITLE,
        "year": 2026,
        "entry": "本区农户，从业三年以上。",
        "from_on": today,
        "until_on": today + timedelta(days=10),
        "places": 2,
        "criteria": CRITERIA,
        "members": [viewer(each).id for each in changes.pop("panel", PANEL)],
    }
    return Plan(**{**about, **changes})


def open_round(app: Flask, *, opened: bool = True, **changes: Any) -> int:
    """A round, open for nominations unless a draft is wanted; its id."""
    with app.app_context():
        row = Round.draft(plan(**changes), by=viewer("clerk"))
        db.session.flush()
        if opened:
            advance(row, "open", {}, by=viewer("clerk"))
        db.session.commit()
        return row.id


def nominate(app: Flask, round: int, name: str = HEAD, *, by: str | None = None, **changes: Any) -> tuple[int, str]:
    """A household nominated by itself, or by somebody; its id and its code."""
    about: dict[str, Any] = {
        "place_code": VILLAGE,
        "name": name,
        "phone": changes.pop("phone", f"139{secrets.randbelow(10**8):08}"),
        "what": WHAT,
        "why": WHY,
        "shows_photos": False,
    }
    with app.app_context():
        number = sendings.number_of(secrets.token_hex(16), name)
        said = Nomination(**{**about, **changes})
        Household.nominate(db.session.get_one(Round, round), said, number, by=viewer(by) if by else None)
        db.session.commit()
        row = of_sending(number)
        assert row is not None
        return row.id, sendings.code(number)


def step(app: Flask, household: int, action: str, *, by: str = "clerk", **values: Any) -> None:
    """Take one step of a household."""
    with app.app_context():
        db.session.get_one(Household, household).move(action, values, by=viewer(by))
        db.session.commit()


def move(app: Flask, round: int, action: str, *, by: str = "leader", **values: Any) -> None:
    """Take one step of a round."""
    with app.app_context():
        advance(db.session.get_one(Round, round), action, values, by=viewer(by))
        db.session.commit()


def give(app: Flask, household: int, *, points: Mapping[str, Sequence[int]]) -> None:
    """Each of these members gives the household points."""
    with app.app_context():
        for member, given in points.items():
            Score.give(db.session.get_one(Household, household), list(given), by=viewer(member))
        db.session.commit()


def alike(number: int, *more: int) -> dict[str, Sequence[int]]:
    """The same points for each criterion from each of the panel, or from each another number."""
    numbers = (number, *more) if more else (number,) * len(PANEL)
    return {member: (each, each) for member, each in zip(PANEL, numbers, strict=True)}


def object_to(
    app: Flask, round: int, household: int, text: str = "他的虾苗是买来的。", name: str = ""
) -> tuple[int, str]:
    """An objection to a household on the list; its id and its code."""
    with app.app_context():
        number = sendings.number_of(secrets.token_hex(16), text)
        Objection.raise_(db.session.get_one(Round, round), Said(household, text, name, ""), number)
        db.session.commit()
        digest = sendings.digest_of(number)
        return db.session.scalars(select(Objection.id).where(Objection.sending_digest == digest)).one(), sendings.code(
            number
        )


def to_scoring(
    app: Flask, later: Callable[[int], None], *names: str, **changes: Any
) -> tuple[int, list[int], list[str]]:
    """A round with these households, which the panel scores now; its id, theirs, their codes."""
    round = open_round(app, **changes)
    made = [nominate(app, round, name) for name in names or (HEAD,)]
    for id, _code in made:
        step(app, id, "accept")
    later(11)
    move(app, round, "score", by="clerk")
    return round, [id for id, _code in made], [code for _id, code in made]


def to_notice(
    app: Flask, later: Callable[[int], None], *names: str, **changes: Any
) -> tuple[int, list[int], list[str]]:
    """The same, with its list on notice: the first household has the most points."""
    round, ids, codes = to_scoring(app, later, *names, **changes)
    for nth, id in enumerate(ids):
        give(app, id, points=alike(90 - nth))
    move(app, round, "close", by="clerk")
    move(app, round, "publish")
    return round, ids, codes


def to_deciding(
    app: Flask, later: Callable[[int], None], *names: str, **changes: Any
) -> tuple[int, list[int], list[str]]:
    """The same, with its notice over."""
    round, ids, codes = to_notice(app, later, *names, **changes)
    later(40)
    move(app, round, "end", by="clerk")
    return round, ids, codes
