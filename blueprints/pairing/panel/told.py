"""What the panel tells of itself: its door, the words of the record, which households wait for my score."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from blueprints.pairing.households.models import Household
from blueprints.pairing.panel.domain import SCORE_EVENTS
from blueprints.pairing.panel.models import Score
from blueprints.pairing.panel.queries import waiting
from core.desk import Door, Part, Row, waits
from core.places import Place
from core.record import Told
from core.roles import Viewer

DOORS = (Door("panel.score", "panel.mine", _l("My scores"), in_menu=False),)

_NAMES = select(Score.id, Place.name).join(Household, Household.id == Score.household_id)

TOLD = (Told("household_score", SCORE_EVENTS, names=_NAMES.join(Place, Place.code == Household.place_code)),)


def desk(viewer: Viewer) -> list[Part]:
    """The households that wait for the score of this person."""
    return [Part("scores", _l("Households to score"), waits(waiting(viewer), _household))]


def _household(each: Household) -> Row:
    return Row(str(each.name), "panel.score", {"id": each.id}, note=each.place.full_name)
