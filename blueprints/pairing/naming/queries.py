"""Which rounds wait for somebody, in a constant number of queries."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, or_, select

from blueprints.pairing.rounds.domain import State
from blueprints.pairing.rounds.models import Round
from core import clock
from core.extensions import db
from core.roles import Role, Viewer

_WORDS: dict[State, Any] = {
    State.NOMINATING: _l("Nominations have ended: check them, let the panel score"),
    State.SCORING: _l("The panel scores: close it once each household is scored"),
    State.CLOSED: _l("The panel is closed: put the list on notice"),
    State.NOTICE: _l("The notice ends"),
    State.DECIDING: _l("Decide on each household of the list"),
}


def due(viewer: Viewer) -> list[tuple[Round, date | None, Any]]:
    """The rounds in which the next step is this person's: what has a last day, with it, comes first."""
    match viewer.role:
        case Role.CLERK:
            over = and_(Round.state == State.NOMINATING, Round.until_on < clock.today())
            mine = or_(over, Round.state.in_((State.SCORING, State.NOTICE)))
        case Role.LEADER:
            mine = Round.state.in_((State.CLOSED, State.DECIDING))
        case _:
            return []
    rows = db.session.scalars(select(Round).where(mine).order_by(Round.notice_on, Round.id).limit(20))
    return [(each, _day(each), _WORDS[State(each.state)]) for each in rows]


def _day(of: Round) -> date | None:
    return of.notice_on if of.state == State.NOTICE else of.until_on if of.state == State.NOMINATING else None
