"""What households tell of themselves: their door, the words of the record."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from blueprints.pairing.households.domain import EVENT_LABELS
from blueprints.pairing.households.models import Household
from core.desk import Door
from core.places import Place
from core.record import Told

DOORS = (
    Door(
        "households.read",
        "households.listed",
        _l("Demonstration households"),
        _l("Households that others learn from: who was nominated, who was named, how they do a year later."),
    ),
)

_NAMES = select(Household.id, Place.name).join(Place, Place.code == Household.place_code)

TOLD = (Told("household", EVENT_LABELS, names=_NAMES, public=True),)
