"""Which rounds wait for somebody, in a constant number of queries."""

from datetime import date
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, and_, or_, select

from blueprints.pairing.rounds.domain import State
from blueprints.pairing.rounds.models import Round
from core import clock
from core.desk import AT_MOST
from core.roles import Role, Viewer


def due(viewer: Viewer) -> Select[Round] | None:
    """The rounds in which the next step is this person's: what has a last day comes first."""
    return _due(viewer.role, clock.today()) if viewer.role in (Role.CLERK, Role.LEADER) else None


@lru_cache(16)
def _due(role: Role, today: date) -> Select[Round]:
    mine: ColumnElement[bool] = Round.state.in_((State.CLOSED, State.DECIDING))
    if role is Role.CLERK:
        over = and_(Round.state == State.NOMINATING, Round.until_on < today)
        mine = or_(over, Round.state.in_((State.SCORING, State.NOTICE)))
    return select(Round).where(mine).order_by(Round.notice_on, Round.id).limit(AT_MOST)
