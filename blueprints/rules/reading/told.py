"""What reading tells of itself: its door, the words of the record, and what somebody is to read."""

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from blueprints.rules.reading.domain import EVENT_LABELS, QUIZ_LABELS, READ_LABELS
from blueprints.rules.reading.models import Assignment, Quiz, Reading
from blueprints.rules.reading.queries import ToRead, own, unread
from blueprints.rules.register.models import Rule, Version
from core.desk import Door, Part, Row, Waiting
from core.pages import language
from core.record import Told
from core.roles import Viewer

DOORS = (
    Door("rules.read", "reading.own", _l("To read and to sign"), _l("The rules you are asked to read, your pledges.")),
)

TOLD = (
    Told("rule_assignment", EVENT_LABELS, names=select(Assignment.id, Rule.number).join(Assignment.rule)),
    Told("rule_reading", READ_LABELS, names=select(Reading.id, Rule.number).join(Rule, Rule.id == Reading.rule_id)),
    Told(
        "rule_quiz",
        QUIZ_LABELS,
        names=select(Quiz.id, Rule.number)
        .join(Version, Version.id == Quiz.version_id)
        .join(Rule, Rule.id == Version.rule_id),
    ),
)


def desk(viewer: Viewer) -> list[Part]:
    """What this person has still to read or to sign."""
    rows = Waiting((unread(viewer),), lambda: [_row(each) for each in own(viewer) if each.read_on is None])
    return [Part("to_read", _l("To read and to sign"), rows)]


def _row(each: ToRead) -> Row:
    return Row(each.named[language()], "reading.read", {"id": each.id}, each.due_on, note=_reminded(each))


def _reminded(line: ToRead) -> str:
    if line.reminded_on is None:
        return ""
    words: str = _("You were reminded on %(day)s.", day=format_date(line.reminded_on, "long"))
    return words
