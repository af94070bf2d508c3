"""The table of decisions of the demo office: the sample, adopted by a meeting; and a draft that changes it."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from blueprints.rules.decisions.domain import Kind, Meeting
from blueprints.rules.decisions.models import DecisionTable
from core import clock
from core.extensions import db
from demo.letters import Told
from demo.office import Act, Office

_NINETY = timedelta(days=90, minutes=17)


def happenings(office: Office, _letters: list[Told], now: datetime) -> list[tuple[datetime, Act]]:
    """Every act with its moment."""
    leader = office.viewers["leader"]

    def adopt() -> None:
        table = DecisionTable.begin("sample", by=leader)
        db.session.flush()
        values = {"effective_on": clock.today(), "adopted_by": "部务会议（演示）"}
        table.move("adopt", values, by=leader)

    def change() -> None:
        adopted = db.session.scalars(select(DecisionTable)).one()
        draft = DecisionTable.begin(str(adopted.id), by=leader)
        db.session.flush()
        values = {"title": f"{draft.title.removesuffix('（示例文本）')}（修订稿，示例文本）", "ask": draft.ask}
        draft.move("describe", values, by=leader)
        number, award = next((n, each) for n, each in enumerate(draft.rulings, 1) if each.kind == Kind.AWARD)
        draft.put(number, replace(award, meeting=Meeting.MEMBERS), by=leader)

    return [(now - _NINETY, adopt), (now - timedelta(days=2, minutes=17), change)]
