"""What a round brought, as tables to take away."""

from collections.abc import Sequence

from flask_babel import gettext as _

from blueprints.petitions.screening.domain import (
    FIELD_LABELS,
    PEOPLE_LABELS,
    RETURN_LABELS,
    STATE_LABELS,
    URGENCY_LABELS,
    ReturnState,
)
from blueprints.petitions.screening.models import Item, Round
from blueprints.petitions.screening.queries import AskedLine
from core.tables import Sheet, write_xlsx
from core.texts import plain


def overview(round: Round, asked: Sequence[AskedLine], found: Sequence[tuple[Item, str, str]]) -> bytes:
    """What a round brought: its items, and who has returned."""
    state, field = plain(STATE_LABELS), plain(FIELD_LABELS)
    urgency, people = plain(URGENCY_LABELS), plain(PEOPLE_LABELS)
    headings = [
        _("Returned on"),
        _("Returned by"),
        _("Place"),
        _("Subject"),
        _("What is going on"),
        _("Kind of trouble"),
        _("Urgency"),
        _("People concerned"),
        _("What is proposed"),
        _("State"),
        _("What was decided"),
    ]
    rows = [
        (
            item.returned_on,
            by,
            place,
            item.subject,
            item.text,
            field[item.field],
            urgency[item.urgency],
            people[item.people],
            item.action,
            state[item.state],
            item.outcome,
        )
        for item, place, by in found
    ]
    returns = [(line.name, returned(line), line.returned_on, line.items) for line in asked]
    return write_xlsx(
        Sheet(_("Items"), headings, rows),
        Sheet(_("Returns"), [_("Asked"), _("State"), _("Returned on"), _("Items")], returns),
    )


def returned(line: AskedLine) -> str:
    """What stands beside somebody who was asked."""
    if line.state == ReturnState.RETURNED and not line.items:
        return str(_("Nothing found"))
    label: str = plain(RETURN_LABELS)[line.state]
    return label
