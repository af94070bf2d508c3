"""What the accounts tell of themselves: the words of the record."""

from sqlalchemy import select

from blueprints.accounts.domain import EVENT_LABELS, SIGN_IN_LABELS, UNIT_EVENT_LABELS
from blueprints.accounts.models import Unit, User
from core.record import Told

TOLD = (
    Told("user", EVENT_LABELS, names=select(User.id, User.username)),
    Told("unit", UNIT_EVENT_LABELS, names=select(Unit.id, Unit.name)),
    Told("sign_in", SIGN_IN_LABELS),
)
