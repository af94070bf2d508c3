"""What the phrasebook tells of itself: its doors, the words of the record."""

from flask_babel import lazy_gettext as _l

from blueprints.petitions.phrasebook.domain import EVENT_LABELS
from core.desk import Door
from core.record import Told

DOORS = (Door("petitions.phrases", "phrasebook.listing", _l("Answer templates")),)

TOLD = (Told("phrase", EVENT_LABELS),)
