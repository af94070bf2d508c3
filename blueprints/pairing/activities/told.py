"""What the activities tell of themselves: their door, the words of the record, what is due, a village's part."""

from typing import Any

from flask_babel import format_date
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from blueprints.pairing.activities.domain import EVENT_LABELS, STATE_LABELS, State
from blueprints.pairing.activities.models import Activity
from blueprints.pairing.activities.queries import Filter, due, held, of_village
from core.desk import Door, Figure, Narrowed, Part, Row, waits
from core.places import Place
from core.record import Told
from core.roles import Viewer
from core.texts import plain

DOORS = (
    Door(
        "activities.read",
        "activities.listed",
        _l("Activities in villages"),
        _l("What takes place in a village, who came, what it cost, and its pictures."),
    ),
)

TOLD = (
    Told(
        "activity", EVENT_LABELS, names=select(Activity.id, Place.name).join(Place, Place.code == Activity.place_code)
    ),
)

KINDS = {State.PLANNED: _l("Activity to hold"), State.HELD: _l("Activity to report")}


def desk(viewer: Viewer) -> list[Part]:
    """The activities that are near or over and not recorded, and the reports that are owed or late."""
    return [Part("activities", _l("Activities in villages"), waits(due(viewer), _due))]


def _due(each: Activity) -> Row:
    day, kind = each.due_on or each.held_on, KINDS[State(each.state)]
    return Row(each.title, "activities.show", {"id": each.id}, day, kind, each.place.full_name)


def village(code: str, viewer: Viewer) -> list[Part]:
    """The latest activities in a village."""
    states: dict[Any, str] = plain(STATE_LABELS)
    rows = [
        Row(
            each.title,
            "activities.show",
            {"id": each.id},
            each.due_on,
            kind=states[each.state],
            note=str(format_date(each.held_on, "long")),
        )
        for each in of_village(code, viewer)
    ]
    more = (_l("All activities in this village"), "activities.listed", {"village": code})
    return [Part("activities", _l("Activities in villages"), rows, more=more)]


def figures(year: int, narrowed: Narrowed, viewer: Viewer) -> list[Figure]:
    """The activities held in a year and how many came; an activity is a village's, so no unit narrows it."""
    if narrowed.unit:
        return []
    wanted = Filter(township=narrowed.township, year=str(year))
    activities, people = held(viewer, wanted)
    opens = "activities.listed", wanted.asked()
    return [
        Figure(_l("Activities held in villages"), activities, *opens, for_all=True),
        Figure(_l("People who came to activities"), people, *opens, for_all=True),
    ]
