"""What the rising page, and what stands behind a figure, are asked for; it stays in the URL."""

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Form, HiddenField
from wtforms.validators import Optional

from blueprints.petitions.docket.domain import KIND_LABELS
from blueprints.petitions.rising.domain import SPANS
from blueprints.petitions.rising.queries import Behind
from blueprints.petitions.screening.domain import FIELD_LABELS
from core import clock
from core.forms import SelectField
from core.texts import plain


class RisingForm(Form):
    """Which period, and in which order."""

    days = SelectField(_l("Period"), coerce=int, default=30)
    sort = SelectField(_l("Order"), default="name")

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.days.choices = [(days, _("Last %(days)d days", days=days)) for days in SPANS]
        self.sort.choices = [("name", _("In a fixed order")), ("change", _("By how far it changed"))]

    def asked(self) -> tuple[int, str]:
        """Days and order; what is not one of the choices counts as not asked."""
        self.validate()
        return (
            30 if self.days.errors else self.days.data or 30,
            "name" if self.sort.errors else self.sort.data or "name",
        )


class BehindForm(Form):
    """Which figure: a cause, a place or a class, and the days it counts."""

    field = SelectField(_l("Kind of trouble"), default="")
    kind = SelectField(_l("Class"), default="")
    place = HiddenField()
    since = DateField(_l("From"), [Optional()])
    until = DateField(_l("Until"), [Optional()])

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.field.choices = [("", _("All")), *plain(FIELD_LABELS).items()]
        self.kind.choices = [("", _("All")), *plain(KIND_LABELS).items()]

    def wanted(self) -> Behind:
        """What was asked for; a wrong word narrows nothing."""
        self.validate()
        today, place = clock.today(), self.place.data or ""
        return Behind(
            since=(None if self.since.errors else self.since.data) or today - timedelta(days=29),
            until=(None if self.until.errors else self.until.data) or today,
            place=place if place.isascii() and place.isdigit() and len(place) in (9, 12) else "",
            field="" if self.field.errors else self.field.data or "",
            kind="" if self.kind.errors else self.kind.data or "",
        )
