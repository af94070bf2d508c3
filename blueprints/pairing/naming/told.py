"""What the rounds put on a desk: which notice ends soon, and which round waits for the leader."""

from typing import Any

from flask_babel import lazy_gettext as _l

from blueprints.pairing.naming.queries import due
from blueprints.pairing.rounds.domain import State
from blueprints.pairing.rounds.models import Round
from core.desk import Part, Row, waits
from core.roles import Viewer

_WORDS: dict[State, Any] = {
    State.NOMINATING: _l("Nominations have ended: check them, let the panel score"),
    State.SCORING: _l("The panel scores: close it once each household is scored"),
    State.CLOSED: _l("The panel is closed: put the list on notice"),
    State.NOTICE: _l("The notice ends"),
    State.DECIDING: _l("Decide on each household of the list"),
}


def desk(viewer: Viewer) -> list[Part]:
    """The rounds in which the next step is this person's, with the last day of a notice."""
    return [Part("rounds", _l("Rounds of demonstration households"), waits(due(viewer), _round))]


def _round(each: Round) -> Row:
    day = {State.NOTICE: each.notice_on, State.NOMINATING: each.until_on}.get(State(each.state))
    return Row(each.title, "naming.round", {"id": each.id}, day, note=str(_WORDS[State(each.state)]))
