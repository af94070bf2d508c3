"""What `flask check` proves of the visits."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from blueprints.petitions.visits.domain import State
from blueprints.petitions.visits.models import Visit
from core import check
from core.record import Fault


def faults(session: Session, _counts: check.Counts) -> Iterator[Fault]:
    """Visits whose state is not the one that their record ends with."""
    yield from check.moved_past(session, Visit, State.PLANNED)
