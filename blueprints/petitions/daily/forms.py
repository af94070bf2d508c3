"""What daily work asks."""

import re
from typing import Any
from urllib.parse import parse_qsl

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, HiddenField, SelectMultipleField
from wtforms.validators import ValidationError

from blueprints.accounts.forms import unit_choices
from blueprints.petitions.daily.models import Ticked
from blueprints.petitions.docket.forms import FilterForm
from blueprints.petitions.docket.queries import Filter
from core.forms import OfficeForm, SelectField, chosen, line, text

MOST_TICKED = 100
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class KeysForm(OfficeForm):
    """Whether single keys do something."""

    on = BooleanField(_l("Single keys do something"))


class AddressForm(OfficeForm):
    """Where the daily digest is sent to."""

    address = line(_l("Mail address for the digest"), 200, needed=False)

    def validate_address(self, field: Field) -> None:
        """It looks like one, and is nobody else's header."""
        if field.data and not _ADDRESS.fullmatch(field.data):
            raise ValidationError(_("This is no mail address."))


class SaveForm(OfficeForm):
    """A name for the filter that the queue shows."""

    label = line(_l("Name for this filter"), 30)
    asked = HiddenField()

    def wanted(self) -> str:
        """The filter, as it stands in an address."""
        return filter_of(self.asked.data or "").in_full()


class AssignForm(OfficeForm):
    """The matters that were ticked, the unit that is to have them, and a word to it."""

    matter = SelectMultipleField(choices=[], validate_choice=False)  # id, dot, the version that was shown
    unit = SelectField(_l("Unit"), [chosen()])
    reason = text(_l("Instruction to the unit"), 2000, needed=False)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.unit.choices = [("", _("Choose")), *unit_choices()]

    def validate_matter(self, field: SelectMultipleField) -> None:
        """Something was ticked."""
        if not self.ticked():
            raise ValidationError(_("Tick at least one matter."))

    def unit_id(self) -> int | None:
        """The unit, if one that can be chosen was."""
        offered = [str(choice[0]) for choice in self.unit.choices or ()]
        return int(self.unit.data) if self.unit.data and self.unit.data in offered else None

    def ticked(self) -> list[Ticked]:
        """What was ticked; what is no number is left out."""
        return ticked_in(self.matter.data or [])


def ticked_in(words: list[str]) -> list[Ticked]:
    """Matters as an address or a form names them: `id`, or `id.version`."""
    found: dict[int, Ticked] = {}
    for word in words[:MOST_TICKED]:
        id, _dot, version = word.partition(".")
        if id.isascii() and id.isdigit() and len(id) <= 18:
            seen = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
            found[int(id)] = Ticked(int(id), seen)
    return list(found.values())


def filter_of(asked: str) -> Filter:
    """The filter as it stands in an address or is remembered; what makes no sense is left out."""
    return FilterForm(MultiDict(parse_qsl(asked))).wanted()


def in_words(wanted: Filter) -> list[tuple[str, str]]:
    """A filter as people read it: what was asked, and what was chosen."""
    form = FilterForm(MultiDict(wanted.asked()))
    told: list[tuple[str, str]] = []
    for field in form:
        if field.data:
            names = {str(value): str(name) for value, name in getattr(field, "choices", None) or ()}
            said = _("Yes") if field.data is True else names.get(str(field.data), field.data)
            told.append((str(field.label.text), said.strip()))
    return told
