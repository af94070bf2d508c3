"""What the contact visits tell of themselves: doors, the words of the record, what is due, a village's part."""

from typing import Any

from flask_babel import format_date, ngettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from blueprints.pairing.contact_groups.models import Group
from blueprints.pairing.contact_visits.domain import EVENT_LABELS, STAFF, STATE_LABELS, VISIT_EVENT_LABELS, VisitState
from blueprints.pairing.contact_visits.models import Finding, Visit, unwalled
from blueprints.pairing.contact_visits.queries import (
    Filter,
    Held,
    how_many,
    how_many_found,
    of_village,
    standing_in,
    to_go,
    to_hand_on,
)
from core.desk import Door, Figure, Narrowed, Part, Row, waits
from core.record import Told, about
from core.roles import Viewer
from core.texts import plain

DOORS = (
    Door(
        "contacts.read",
        "contact_visits.listed",
        _l("Contact visits"),
        _l("Which group goes where on which day, and what it finds there."),
    ),
    Door(
        "contacts.work",
        "contact_visits.findings",
        _l("Problems found"),
        _l("What contact groups found, what it became, and what is not at its end."),
        in_menu=False,
    ),
)

TOLD = (
    Told(
        "contact_visit", VISIT_EVENT_LABELS, names=select(Visit.id, Group.name).join(Group, Group.id == Visit.group_id)
    ),
    Told("contact_finding", EVENT_LABELS, wall=lambda viewer: about(Finding, unwalled(viewer))),
)

GO = {VisitState.PLANNED: _l("Contact visit to hold"), VisitState.HELD: _l("Contact visit to close")}


def desk(viewer: Viewer) -> list[Part]:
    """What the groups that this person leads have to hand on, and the visits that are near."""
    return [
        Part("contact_findings", _l("Found on contact visits: hand it on"), waits(to_hand_on(viewer), _finding)),
        Part("contact_visits", _l("Contact visits"), waits(to_go(viewer), _visit)),
    ]


def _finding(each: Finding) -> Row:
    return Row(each.subject, "contact_visits.finding", {"id": each.id}, each.due_on, note=each.group.name)


def _visit(each: Visit) -> Row:
    return Row(each.group.name, "contact_visits.show", {"id": each.id}, each.held_on, GO[VisitState(each.state)])


def village(code: str, viewer: Viewer) -> list[Part]:
    """The contact visits to a village, and what was found there and is not at its end."""
    page = "contact_visits.show" if viewer.role in STAFF else ""
    visits = [
        Row(
            str(format_date(each.visit.held_on, "long")),
            page,
            {"id": each.visit.id},
            kind=each.state,
            note=_told(each.visit.group.name, each.found if viewer.role in STAFF else 0),
        )
        for each in of_village(code, viewer)
    ]
    states: dict[Any, str] = plain(STATE_LABELS)
    found = [
        Row(
            each.finding.subject,
            "contact_visits.finding",
            {"id": each.finding.id},
            each.finding.due_on,
            kind=each.became.words if each.became else states[each.finding.state],
            note=each.finding.group.name,
        )
        for each in standing_in(code, viewer)
    ]
    here = {"village": code}
    went = (_l("All contact visits to this village"), "contact_visits.listed", here) if viewer.role in STAFF else None
    ended = (_l("All problems found in this village"), "contact_visits.findings", {**here, "where": "all"})
    return [
        Part("contact_visits", _l("Contact visits"), visits, more=went),
        Part("contact_findings", _l("Found on contact visits, not at its end"), found, more=ended),
    ]


def figures(year: int, narrowed: Narrowed, viewer: Viewer) -> list[Figure]:
    """The visits held in a year, and the problems found, which a wall makes fewer for some: no unit narrows them."""
    if narrowed.unit or viewer.role not in STAFF:
        return []
    held = Held(str(year), narrowed.township)
    found = Filter(where="all", township=narrowed.township, year=str(year))
    visits, findings = "contact_visits.listed", "contact_visits.findings"
    return [
        Figure(_l("Contact visits held"), how_many(viewer, held), visits, held.asked(), for_all=True),
        Figure(_l("Problems found on contact visits"), how_many_found(viewer, found), findings, found.asked()),
    ]


def _told(group: str, found: int) -> str:
    if not found:
        return group
    many: str = ngettext("%(num)s finding", "%(num)s findings", found)
    return f"{group} · {many}"
