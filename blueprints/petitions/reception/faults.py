"""What `flask check` proves of the reception days."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from blueprints.petitions.reception.domain import State
from blueprints.petitions.reception.models import ReceptionDay
from core import check
from core.record import Fault


def faults(session: Session, _counts: check.Counts) -> Iterator[Fault]:
    """Reception days whose state is not the one that their record ends with."""
    yield from check.moved_past(session, ReceptionDay, State.PLANNED)
