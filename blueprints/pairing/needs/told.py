"""What the needs tell of themselves: their door, the words of the record, and what is due on a desk."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select

from blueprints.pairing.needs.domain import EVENT_LABELS, LABELS, LIST_LABELS, STAFF, State
from blueprints.pairing.needs.models import Measure, Need, needs_of, raised_from
from blueprints.pairing.needs.queries import measures_due, to_do
from core.desk import Door, Part, Row, Waiting, waits
from core.places import Place
from core.record import Told
from core.roles import Viewer
from core.texts import plain

DOORS = (
    Door("needs.own", "needs.ask_new", _l("Raise a need"), _l("One line and a photo are enough."), first=True),
    Door(
        "needs.read",
        "needs.listed",
        _l("Needs of villages"),
        _l("What villages ask for, and what is done about it, until they confirm it."),
    ),
)


def _taken_along(_id: int, data: dict[str, Any]) -> str:
    """Of a list that was taken along: how many needs, and under which filter."""
    labels = plain(LABELS)
    asked = [str(labels.get(name, {}).get(word, word)) for name, word in data["filter"].items()]
    many = ngettext("%(num)s need", "%(num)s needs", data["rows"])
    return " · ".join([many, *asked, *([_("Search")] if data["searched"] else [])])


TOLD = (
    Told("need", EVENT_LABELS, names=select(Need.id, Place.name).join(Place, Place.code == Need.place_code)),
    Told("needs_list", LIST_LABELS, words=_taken_along),
)

KINDS = {
    State.RAISED: _l("Need to answer"),
    State.PLANNED: _l("No measure is open: add one"),
    State.UNDER_WAY: _l("No measure is open: report it, or add one"),
    State.REPORTED: _l("Result to confirm"),
    State.CONFIRMED: _l("Need to close"),
}


LATE: tuple[Any, str, dict[str, Any]] = (_l("All late promises"), "villages.late", {})


def desk(viewer: Viewer) -> list[Part]:
    """The needs in which the next step is this person's, and the measures that are late or due within a week."""
    return [
        Part("needs", _l("Needs of villages"), waits(to_do(viewer), _need)),
        Part("measures", _l("Measures for villages"), waits(measures_due(viewer), _measure), more=LATE),
    ]


def case(id: int, viewer: Viewer) -> dict[str, Waiting[Need]]:
    """The needs raised from a case, as far as its reader may see them."""
    asked = (raised_from("petition", viewer),) if viewer.role in STAFF else ()
    return {"needs": Waiting(asked, lambda: needs_of("petition", id, viewer))}


def _need(each: Need) -> Row:
    kind = KINDS[State(each.state)]
    return Row(each.title, "needs.show", {"id": each.id}, each.due_on, kind, each.place.full_name)


def _measure(each: Measure) -> Row:
    village = each.need.place.full_name
    return Row(each.text, "needs.show", {"id": each.need_id}, each.due_on, _l("Measure"), village)
