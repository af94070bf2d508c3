"""The forms of those who enrol by themselves."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, StringField
from wtforms.validators import ValidationError

from blueprints.pairing.training.domain import USE_LABELS, tidy_phone
from blueprints.pairing.training.models import Person
from core import codes
from core.forms import OfficeForm, chosen, line, options, text


class EnrolForm(OfficeForm):
    """A name and a telephone number: nothing else is asked."""

    name = line(_l("Name"), 60)
    phone = line(_l("Telephone"), 40)

    def validate_phone(self, field: Field) -> None:
        """A number that can be called."""
        if tidy_phone(field.data or "") is None:
            raise ValidationError(_("Please give the whole telephone number, digits only."))

    def person(self) -> Person:
        """Who it is, after validation."""
        return Person(self.name.data or "", self.phone.data or "")


class CodeForm(codes.CodeForm):
    """The code of a place."""

    receipt = StringField(_l("Code of your place"))


class CheckInForm(OfficeForm):
    """The telephone number or the code of somebody who is there."""

    receipt = StringField(_l("Telephone number, or the code of your place"))


class EvaluationForm(OfficeForm):
    """How useful it was; nobody learns who said it."""

    use = RadioField(_l("How useful was the course for you?"), [chosen()], choices=options(USE_LABELS))
    words = text(_l("What was good, what was missing?"), 1000, needed=False)
