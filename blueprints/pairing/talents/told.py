"""What the register of talent tells of itself: its door, the words of the record, what is due, a village's part."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from blueprints.pairing import taken
from blueprints.pairing.experts.domain import TRADE_LABELS
from blueprints.pairing.talents.domain import EVENT_LABELS, GRADE_LABELS, HOLDS_LABELS
from blueprints.pairing.talents.models import Talent
from blueprints.pairing.talents.queries import ends_soon, of_village
from core.desk import Door, Part, Row, waits
from core.places import Place
from core.record import Told
from core.roles import Viewer
from core.texts import plain

DOORS = (
    Door(
        "talents.read",
        "talents.listed",
        _l("Rural talent"),
        _l("Who can do what in which village, with which grade, and until when it holds."),
    ),
)

TOLD = (
    Told("talent", EVENT_LABELS, names=select(Talent.id, Place.name).join(Place, Place.code == Talent.place_code)),
    Told("talent_export", taken.EVENT_LABELS, words=taken.many),
)


def desk(viewer: Viewer) -> list[Part]:
    """The grades that end soon."""
    more = (_l("All grades that have ended"), "talents.listed", {"holds": "expired"})
    ends = waits(ends_soon(viewer), _grade)
    return [Part("talents", _l("Grades of rural talent that end: evaluate again"), ends, more=more)]


def _grade(each: Talent) -> Row:
    return Row(each.name or "", "talents.show", {"id": each.id}, each.valid_until, note=each.place.full_name)


def village(code: str, viewer: Viewer) -> list[Part]:
    """The village's talents, with trade and grade."""
    found = of_village(code, viewer)
    if not found:
        return []
    trades, grades, ends = plain(TRADE_LABELS), plain(GRADE_LABELS), plain(HOLDS_LABELS)
    rows = [
        Row(
            each.name or "",
            "talents.show",
            {"id": each.id},
            note=" · ".join([trades[each.trade], *([grades[each.grade]] if each.grade else []), ends[each.holds]]),
        )
        for each in found
    ]
    more = (_l("All talents of this village"), "talents.listed", {"village": code})
    return [Part("talents", _l("Rural talent of the village"), rows, more=more)]
