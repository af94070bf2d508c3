"""Tables of who decides what, as the tests need them."""

from datetime import timedelta

from blueprints.rules.decisions.models import DecisionTable
from core import clock
from core.extensions import db
from tests.letters import viewer


def adopt(source: str = "sample", after: int = 0, **about: str) -> int:
    """A version adopted so many days from today on; its id."""
    leader = viewer("leader")
    table = DecisionTable.begin(source, by=leader)
    db.session.flush()
    if about:
        table.move("describe", {"title": table.title, "ask": table.ask, **about}, by=leader)
    values = {"effective_on": clock.today() + timedelta(days=after), "adopted_by": "部务会议"}
    table.move("adopt", values, by=leader)
    db.session.commit()
    return table.id
