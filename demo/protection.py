"""Who writes is protected: a matter due for review, one under hold, a notice of retaliation, some readings."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from blueprints.petitions.casefile.domain import Delivery
from blueprints.petitions.docket.domain import Channel, Kind, Outcome, Solved
from blueprints.petitions.docket.models import Letter, Petition
from blueprints.petitions.protection.domain import What
from blueprints.petitions.protection.models import Reading, Retaliation
from blueprints.petitions.retention.domain import Action
from blueprints.petitions.retention.models import Decision, decide
from core import clock, receipts
from core.extensions import db
from core.roles import Viewer
from demo.letters import PROOF, Told
from demo.office import Act, Office


def _old_letter(office: Office, subject: str, text: str) -> Petition:
    """A claim of years ago, handled and closed that same day."""
    clerk, handler, leader = (office.viewers[name] for name in ("clerk", "handler3", "leader"))
    letter = Letter(
        kind=Kind.CLAIM,
        channel=Channel.LETTER,
        place=office.villages[0],
        subject=subject,
        text=f"{text}（演示内容，纯属虚构）",
        identity={"name": "龙有福", "address": "演示地址一号", "contact": "13000000000"},
        concerns=[],
        files=[],
        receipt=receipts.make(subject.encode()),
        received_on=clock.today(),
    )
    petition = Petition.file(letter, by=clerk)
    items = [{"request": subject, "facts": "情况属实。", "opinion": "已列入当年计划并完成。"}]
    paper = {"how": Delivery.IN_PERSON, "on": clock.today(), "proof": PROOF[Delivery.IN_PERSON]}
    steps: list[tuple[str, dict[str, Any], Viewer]] = [
        ("register", {"kind": Kind.CLAIM}, clerk),
        ("accept", {}, clerk),
        ("notify", paper, clerk),
        ("assign", {"unit": office.units["roads"].id, "reason": ""}, clerk),
        ("take", {}, handler),
        ("answer", {"items": items, "basis": "有关规定", "outcome": Outcome.SUPPORTED}, handler),
        ("sign", {}, leader),
        ("deliver", paper, clerk),
        ("carry_out", {"on": clock.today(), "reason": "已完工，村民代表验收。（演示）"}, handler),
        ("close", {"solved": Solved.DISTRICT}, leader),
    ]
    for action, values, by in steps:
        petition.move(action, values, by=by)
        db.session.flush()
    return petition


def happenings(office: Office, letters: list[Told], now: datetime) -> Iterator[tuple[datetime, Act]]:
    """Who writes is protected: a matter due for review, one under hold, a notice of retaliation, some readings."""
    old: list[Petition] = []
    leader = office.viewers["leader"]
    threatened = next(each for each in letters if each.told["to"] == "handling" and each.told["age"] > 10)

    def read(who: str, what: What) -> Act:
        return lambda: db.session.add(Reading(**Reading.of(office.viewers[who], old[0].id, what)))

    def hold() -> None:
        decide(old[1], Decision(Action.HOLD, "法院正在审理同一地块的案件，判决生效前不得删除。"), by=leader)

    def tell() -> None:
        Retaliation.send(threatened.petition, "信寄出以后，有人上门说再写信就停我家的低保。（演示内容）", "", None)

    for years, subject, text in (
        (11, "请求修通机耕路断头的一段", "机耕路修到村口就断了，收割机进不了田，请帮助解决。"),
        (10.5, "反映征地补偿面积不符", "征地补偿的面积与实际丈量的不一致，请求复核。"),
    ):
        yield now - timedelta(days=366 * years), lambda s=subject, t=text: old.append(_old_letter(office, s, t))  # type: ignore[misc]
    yield now - timedelta(days=40), hold
    yield now - timedelta(days=3), tell
    for hours, who, what in ((30, "clerk", What.CASE), (29, "leader", What.CASE), (28, "leader", What.PAPER)):
        yield now - timedelta(hours=hours), read(who, what)
