"""What the keyring tells of itself: its door, the words of the record."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import false, select, true

from blueprints.accounts.models import User
from blueprints.rules.keyring.domain import EVENT_LABELS
from blueprints.rules.keyring.models import OfficerKey
from core.desk import Door
from core.record import Told
from core.roles import Role

DOORS = (Door("reports.key", "keyring.show", _l("My key"), _l("With it alone you read reports of violations.")),)

TOLD = (
    Told(
        "officer_key",
        EVENT_LABELS,
        names=select(OfficerKey.id, User.username).join(User, User.id == OfficerKey.user_id),
        wall=lambda viewer: true() if viewer.role == Role.AUDITOR else false(),
    ),
)
