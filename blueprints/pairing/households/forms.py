"""The forms of a household: a nomination, what its steps ask, what the list is narrowed to."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, RadioField
from wtforms.validators import Optional, ValidationError

from blueprints.accounts.forms import unit_choices
from blueprints.pairing.households.domain import ADVICE_LABELS, INCOME_LABELS, STATE_LABELS, Advice
from blueprints.pairing.households.queries import Filter
from core import clock, places
from core.forms import (
    ChangeForm,
    ConfirmForm,
    ReasonForm,
    SelectField,
    VillageField,
    chosen,
    day,
    options,
    text,
)
from core.texts import plain


class FollowUpForm(ChangeForm):
    """A visit a year later."""

    made_on = day(_l("Day of the visit"))
    now = text(_l("What they do now"), 3000)
    income = SelectField(_l("What it means for the household, if it says so by itself"), [Optional()])
    teaches = RadioField(
        _l("Do they still teach others?"),
        [chosen()],
        choices=options({"yes": _l("Yes, they do"), "no": _l("Not any more")}),
    )
    advice = RadioField(_l("The title"), [chosen()], choices=options(ADVICE_LABELS), default=Advice.STAYS.value)
    why = text(_l("Why it should be withdrawn"), 2000, needed=False)

    def __init__(self, named_on: date | None) -> None:
        self.named_on = named_on
        super().__init__(made_on=clock.today())
        self.income.choices = [("", _("Nothing was said")), *options(INCOME_LABELS)()]

    def validate_made_on(self, field: Field) -> None:
        """Not tomorrow, and not before there was a title to look after."""
        if field.data and self.named_on and field.data < self.named_on:
            raise ValidationError(_("The household was not named yet on that day."))
        if field.data and field.data > clock.today():
            raise ValidationError(_("The date lies in the future."))

    def validate_why(self, field: Field) -> None:
        """Who proposes to take a title says why; else nothing is to be said."""
        if self.advice.data == Advice.ENDS and not field.data:
            raise ValidationError(_("Please say why the title should be withdrawn."))
        if self.advice.data == Advice.STAYS:
            field.data = ""


def step_form(asks: str | None, named_on: date | None) -> ChangeForm:
    """The form of a step."""
    if asks == "follow_up":
        return FollowUpForm(named_on)
    return ReasonForm() if asks == "reason" else ConfirmForm()


class FilterForm(Form):
    """What the list is narrowed to; it stays in the URL."""

    state = SelectField(_l("State"), default="")
    township = SelectField(_l("Township or street"), default="")
    unit = SelectField(_l("Nominated by the unit"), default="")
    named = SelectField(_l("Named in"), default="")
    visited = SelectField(_l("Visited in"), default="")
    due = SelectField(_l("Visit due in"), default="")
    village = VillageField()

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        every = ("", _("All"))
        self.state.choices = [every, *plain(STATE_LABELS).items()]
        self.township.choices = [every, *places.townships()]
        self.unit.choices = [every, *unit_choices()]
        this = clock.today().year
        for field in (self.named, self.visited, self.due):
            field.choices = [every, *((str(year), str(year)) for year in range(this + 2, this - 6, -1))]

    def wanted(self) -> Filter:
        """The filter; what is not one of the choices narrows nothing."""
        self.validate()
        return Filter(**{each.name: each.data for each in self if not each.errors and each.data})
