"""What the accounts tell of themselves: their doors, the words of the record."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from blueprints.accounts.domain import EVENT_LABELS, SIGN_IN_LABELS, UNIT_EVENT_LABELS
from blueprints.accounts.models import Unit, User
from core.desk import Door
from core.record import Told

DOORS = (Door("accounts.manage", "accounts.people", _l("Accounts"), _l("Units and the people who sign in.")),)

TOLD = (
    Told("user", EVENT_LABELS, names=select(User.id, User.username)),
    Told("unit", UNIT_EVENT_LABELS, names=select(Unit.id, Unit.name)),
    Told("sign_in", SIGN_IN_LABELS),
)
