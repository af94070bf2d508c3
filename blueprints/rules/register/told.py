"""What the register tells of itself: its doors, the words of the record, and the trials that want a decision."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from blueprints.rules.register.domain import EVENT_LABELS
from blueprints.rules.register.models import Rule
from blueprints.rules.register.queries import Trial, trials, waiting
from core.desk import Door, Part, Row, Waiting
from core.pages import language
from core.record import Told
from core.roles import Viewer

DOORS = (
    Door(
        "rules.read", "register.listed", _l("Register of rules"), _l("Every rule of the office, its versions, search.")
    ),
    Door("rules.read", "register.prohibitions", _l("The five prohibitions"), _l("What is forbidden, and in doubt.")),
)

TOLD = (Told("rule", EVENT_LABELS, names=select(Rule.id, Rule.number)),)


def desk(viewer: Viewer) -> list[Part]:
    """Trials that end within a month, or have ended without a decision."""
    ends = Waiting(waiting(viewer), lambda: [_trial(each) for each in trials(viewer)])
    return [Part("trials", _l("Trial of a rule ends: confirm, extend or repeal"), ends)]


def _trial(each: Trial) -> Row:
    return Row(each.named[language()], "register.show", {"number": each.serial}, each.until_on)
