"""What the phrasebook tells of itself: the words of the record."""

from blueprints.petitions.phrasebook.domain import EVENT_LABELS
from core.record import Told

TOLD = (Told("phrase", EVENT_LABELS),)
