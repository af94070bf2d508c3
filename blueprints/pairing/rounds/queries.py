"""Lists of rounds, each a constant number of queries."""

from collections.abc import Sequence

from sqlalchemy import select

from blueprints.pairing.rounds.domain import EVENT_LABELS, SHOWN, State
from blueprints.pairing.rounds.models import Round, member_of, seen_by
from blueprints.pairing.timeline import happened
from core import clock
from core.extensions import db
from core.pages import Listing, newest_key
from core.record import Happened
from core.roles import Viewer

PAGE = 50


def rounds(viewer: Viewer, after: str = "") -> Listing[Round]:
    """The rounds this person may see, the newest first."""
    rows = select(Round).where(seen_by(viewer)).order_by(Round.id.desc()).limit(PAGE + 1)
    if key := newest_key(after):
        rows = rows.where(Round.id < key)
    found = db.session.scalars(rows).all()
    return Listing(found[:PAGE], str(found[PAGE - 1].id) if len(found) > PAGE else None)


def is_member(viewer: Viewer, of: Round) -> bool:
    """Whether this person is on its panel now."""
    return db.session.scalar(select(Round.id).where(Round.id == of.id, member_of(viewer, Round.id))) is not None


def taking() -> Sequence[Round]:
    """The rounds in which a household can be nominated today, the one that ends first at the top."""
    today = clock.today()
    rows = select(Round).where(Round.state == State.NOMINATING, Round.from_on <= today, Round.until_on >= today)
    return db.session.scalars(rows.order_by(Round.until_on, Round.id)).all()


def shown() -> Sequence[Round]:
    """The rounds whose list or result everybody may read, the newest first."""
    return db.session.scalars(select(Round).where(Round.state.in_(SHOWN)).order_by(Round.id.desc()).limit(PAGE)).all()


def timeline(of: Round, *, since: int = 0) -> list[Happened]:
    """What happened to a round, oldest first."""
    return happened(of.thread, EVENT_LABELS, since=since)
