"""What households tell of themselves: their door, the record, a desk's part, a village's, the account's lines."""

from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from blueprints.pairing.households.domain import EVENT_LABELS, STATE_LABELS
from blueprints.pairing.households.models import Household
from blueprints.pairing.households.queries import Filter, number, of_village, to_check, to_end, to_visit
from core.desk import Door, Figure, Narrowed, Part, Row, waits
from core.places import Place
from core.record import Told
from core.roles import Viewer
from core.texts import plain

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


def desk(viewer: Viewer) -> list[Part]:
    """Nominations to check, households to visit a year later, titles that a visitor proposes to withdraw."""
    return [
        Part("nominations", _l("Nominations to check"), waits(to_check(viewer), _row)),
        Part("household_visits", _l("Demonstration households to visit"), waits(to_visit(viewer), _row)),
        Part("titles", _l("Titles to decide on"), waits(to_end(viewer), _row)),
    ]


def _row(each: Household) -> Row:
    return Row(str(each.name), "households.show", {"id": each.id}, each.due_on, note=each.place.full_name)


def village(code: str, viewer: Viewer) -> list[Part]:
    """The households of a village, those that were named first."""
    states: dict[Any, str] = plain(STATE_LABELS)
    rows = [
        Row(str(each.name), "households.show", {"id": each.id}, note=f"{each.what} · {states[each.told_to(viewer)]}")
        for each in of_village(code, viewer)
    ]
    more = (_l("All households of this village"), "households.listed", {"village": code})
    return [Part("households", _l("Demonstration households"), rows, more=more)]


def figures(year: int, narrowed: Narrowed, viewer: Viewer) -> list[Figure]:
    """How many were named in a year, visited a year later, and are still to be visited."""
    within = Filter(township=narrowed.township, unit=narrowed.unit)
    asked = (
        (_l("Demonstration households named"), replace(within, named=str(year))),
        (_l("Demonstration households visited again"), replace(within, visited=str(year))),
        (_l("Demonstration households still to visit"), replace(within, due=str(year))),
    )
    return [
        Figure(words, number(viewer, each), "households.listed", each.asked(), for_all=True) for words, each in asked
    ]
