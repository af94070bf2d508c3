"""What is asked: which matters, why, until when; which passage, where, and why."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, Form, SelectMultipleField
from wtforms.validators import InputRequired, Length, ValidationError

from blueprints.petitions.retention.domain import Action
from core import clock
from core.forms import ChangeForm, OfficeForm, text
from core.pages import newest_key

MOST = 25  # matters of one decision


class ChosenForm(Form):
    """The matters that were ticked in the list; they stand in the address."""

    id = SelectMultipleField(validate_choice=False)

    @property
    def ids(self) -> list[int]:
        """Their ids; what is none is left out."""
        return [key for each in (self.id.data or ())[:MOST] if (key := newest_key(each))]


class DecisionForm(OfficeForm):
    """Why; it stands in the record of each matter."""

    reason = text(_l("Reason"), 2000)


class KeepForm(DecisionForm):
    """Why, and until when."""

    until = DateField(_l("Keep until"), [InputRequired(_l("Please give the date."))])

    def validate_until(self, field: Field) -> None:
        """A day to come, and one that somebody now at work may see."""
        if field.data and not 0 < (field.data - clock.today()).days <= 366 * 30:
            raise ValidationError(_("Please give a day to come, within thirty years."))


def form_for(action: Action) -> type[DecisionForm]:
    """What a decision asks for."""
    return KeepForm if action is Action.KEEP else DecisionForm


class RedactForm(ChangeForm):
    """The passage as it stands, why, and in which places of the matter."""

    passage = text(_l("The passage, exactly as it stands"), 500)
    reason = text(_l("Reason (without the passage itself)"), 500)
    place = SelectMultipleField(validate_choice=False)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.passage.validators = [*self.passage.validators, Length(min=2, message=_("At least two characters."))]

    def validate_reason(self, field: Field) -> None:
        """What is to be unreadable is not written down again."""
        if self.passage.data and self.passage.data in (field.data or ""):
            raise ValidationError(_("Please give the reason without the passage: the reason stays readable."))
