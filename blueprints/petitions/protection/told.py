"""What the protection of those who write tells of itself: doors, the words of the record, what waits on a desk."""

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import func, select

from blueprints.petitions.protection.domain import NOTICE_EVENTS
from blueprints.petitions.protection.models import Retaliation, known_to, unanswered
from core.desk import Door, Part, Row, Waiting
from core.extensions import db
from core.record import Told, about
from core.roles import Role, Viewer

DOORS = (
    Door(
        "protection.retaliation",
        "protection.notices",
        _l("Retaliation"),
        _l("Who was put under pressure for a letter."),
    ),
    Door("protection.readings", "protection.readings", _l("Reading log"), _l("Who opened what of which matter.")),
)

TOLD = (Told("retaliation", NOTICE_EVENTS, wall=lambda viewer: about(Retaliation, known_to(viewer)), public=True),)


def desk(viewer: Viewer) -> list[Part]:
    """How many notices of retaliation wait for this person."""
    asked = (unanswered(viewer),) if viewer.role in (Role.LEADER, Role.DISCIPLINE) else ()
    return [Part("retaliation", _l("Notices of retaliation"), Waiting(asked, lambda: [_counted(viewer)]))]


def _counted(viewer: Viewer) -> Row:
    count = db.session.scalar(select(func.count()).select_from(unanswered(viewer).subquery())) or 0
    words = ngettext("%(num)s waits for an answer.", "%(num)s wait for an answer.", count)
    return Row(words, "protection.notices")
