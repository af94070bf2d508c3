"""What the screening tells of itself: its doors, the words of the record, and what is due on a desk."""

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from blueprints.petitions.screening.domain import EVENT_LABELS, ROUND_EVENT_LABELS
from blueprints.petitions.screening.models import Item, Origin, became, origins, unwalled
from blueprints.petitions.screening.queries import RoundLine, awaited, to_look_at, waiting
from core.desk import Door, Part, Row, Waiting, waits
from core.record import Told, about
from core.roles import Viewer

DOORS = (
    Door("screening.read", "screening.rounds", _l("Screening"), _l("Where trouble is brewing, before it is a letter.")),
)

TOLD = (
    Told("screening_round", ROUND_EVENT_LABELS),
    Told("screening_item", EVENT_LABELS, wall=lambda viewer: about(Item, unwalled(viewer))),
)


def desk(viewer: Viewer) -> list[Part]:
    """The rounds that ask this person, and the watched items to look at again."""
    asked = Waiting(waiting(viewer), lambda: [_asked(each) for each in awaited(viewer)])
    return [
        Part("asked", _l("The office asks you"), asked),
        Part("watched", _l("Watched: look again"), waits(to_look_at(viewer), _watched)),
    ]


def case(id: int, viewer: Viewer) -> dict[str, Waiting[Origin]]:
    """The items that became a case."""
    return {"origins": Waiting((became(viewer),), lambda: origins(id, viewer))}


def _asked(each: RoundLine) -> Row:
    return Row(each.title, "returns.own", {"id": each.id}, each.due_on, note=_reminded(each))


def _watched(each: Item) -> Row:
    return Row(each.subject, "screening.item", {"id": each.id}, each.due_on)


def _reminded(round: RoundLine) -> str:
    if round.reminded_on is None:
        return ""
    words: str = _("The office reminded you on %(day)s.", day=format_date(round.reminded_on, "long"))
    return words
