"""What the contact groups tell of themselves: their door, and the words of the record."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from blueprints.pairing.contact_groups.domain import EVENT_LABELS
from blueprints.pairing.contact_groups.models import Group
from core.desk import Door
from core.record import Told

DOORS = (
    Door(
        "contacts.read",
        "contact_groups.listed",
        _l("Contact groups"),
        _l("Which group goes to which villages, streets and enterprises."),
        in_menu=False,
    ),
)

TOLD = (Told("contact_group", EVENT_LABELS, names=select(Group.id, Group.name)),)
