"""The forms of down-visits: the plan, the matters to take along, results, promises."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, Form, HiddenField, RadioField, SelectMultipleField, TimeField, widgets
from wtforms.validators import InputRequired, ValidationError

from blueprints.accounts.forms import unit_choices
from blueprints.petitions.visits import queries
from blueprints.petitions.visits.domain import KEPT_LABELS, RESULT_LABELS
from blueprints.petitions.visits.models import Plan
from blueprints.petitions.visits.queries import PromiseFilter
from core import clock, places
from core.forms import (
    ChangeForm,
    ConfirmForm,
    NoteForm,
    OfficeForm,
    ReasonForm,
    SelectField,
    chosen,
    line,
    options,
    text,
)
from core.texts import plain

_FARTHEST = 366  # days: further ahead or back a date is a slip


class SeveralField(SelectMultipleField):
    """Any number of boxes to tick."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class HoursForm(ChangeForm):
    """A date with its hours."""

    held_on = DateField(_l("Date"), [InputRequired(_l("Please give the date."))])
    starts = TimeField(_l("From"), [InputRequired(_l("Please give the time, such as 09:00."))])
    ends = TimeField(_l("Until"), [InputRequired(_l("Please give the time, such as 09:00."))])

    def validate_held_on(self, field: Field) -> None:
        """Near enough to be meant; a visit that took place may be written down afterwards."""
        if field.data and abs((field.data - clock.today()).days) > _FARTHEST:
            raise ValidationError(_("The date lies more than a year away."))

    def validate_ends(self, field: Field) -> None:
        """It ends after it begins."""
        if field.data and self.starts.data and field.data <= self.starts.data:
            raise ValidationError(_("It ends before it begins."))


class PlanForm(HoursForm):
    """A visit: when, where, who goes."""

    township = HiddenField()
    villages = SeveralField(_l("Villages and communities"), validate_choice=True)
    where = line(_l("Where people are received"), 100)
    leaders = SeveralField(_l("Leaders who go"), [InputRequired(_l("Please choose at least one."))], coerce=int)
    units = SeveralField(_l("Units that come along"), coerce=int)
    how = text(_l("How to sign up, besides the receipt code"), 300, needed=False)

    def fill(self, township: str, leaders: list[tuple[int, str]]) -> None:
        """Offer the villages of the township, the leaders that may go, the open units."""
        self.township.data = township
        self.villages.choices = places.villages_of(township)
        self.leaders.choices = leaders
        self.units.choices = [(int(id), name.strip("\u3000")) for id, name in unit_choices()]

    def plan(self) -> Plan:
        """The plan, after validation."""
        told: dict[str, Any] = {each.name: each.data for each in self if each.name not in ("csrf_token", "version")}
        hours = {"starts": f"{told['starts']:%H:%M}", "ends": f"{told['ends']:%H:%M}"}
        return Plan(**{**told, **hours})


STEP_FORMS: dict[str | None, type[ChangeForm]] = {None: ConfirmForm, "reason": ReasonForm, "note": NoteForm}


class CasesForm(OfficeForm):
    """Which matters are taken along, of those that stood on the page."""


class ResultForm(OfficeForm):
    """What was said to a matter."""

    result = RadioField(_l("Result"), [chosen()], choices=options(RESULT_LABELS))
    text = text(_l("What was said, in words for the petitioner"), 5000)


class PromiseForm(OfficeForm):
    """A promise: what, who owes it, by when, to which matter."""

    text = text(_l("What was promised"), 2000)
    owner = SelectField(_l("Who owes it"), [chosen()])
    due_on = DateField(_l("Due on"), [InputRequired(_l("Please give the date."))])
    petition = SelectField(_l("Matter"))

    def fill(self, owners: list[tuple[str, str]], matters: list[tuple[str, str]]) -> None:
        """Offer who works here, and the matters of the visit."""
        self.owner.choices = [("", _("Choose")), *owners]
        self.petition.choices = [("", _("None: promised to the village")), *matters]

    def validate_due_on(self, field: Field) -> None:
        """A promise is due at a day that can be meant."""
        if field.data and abs((field.data - clock.today()).days) > 3 * _FARTHEST:
            raise ValidationError(_("The date lies more than three years away."))


class DoneForm(OfficeForm):
    """What was done to keep a promise, or what the petitioner is told of it."""

    text = text(_l("What was done, in words for the petitioner"), 2000)


class PromiseFilterForm(Form):
    """What the promises are narrowed to; it stays in the URL."""

    state = SelectField(_l("State"), default="")
    visit = SelectField(_l("Down-visit"), default="")
    unit = SelectField(_l("Unit"), default="")

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        every = ("", _("All"))
        self.state.choices = [every, ("late", _("Late")), *plain(KEPT_LABELS).items()]
        last = [("last", _("The last visit"))]
        self.visit.choices = [
            every,
            *last,
            *((str(each.id), f"{each.held_on} {each.place}") for each in queries.with_promises()),
        ]
        self.unit.choices = [every, *unit_choices()]

    def wanted(self) -> PromiseFilter:
        """The filter; what is none of the choices is left out."""
        self.validate()
        held = {each.name: "" if each.errors else each.data or "" for each in self}
        visit = held["visit"]
        if visit == "last":
            last = queries.last_visit()
            visit = str(last.id) if last else ""
        return PromiseFilter(held["state"], int(visit or 0) or None, int(held["unit"] or 0) or None)


def month_asked(text: str) -> date:
    """The month of an address (2026-11), or this one."""
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == 7 else clock.today()
    except ValueError:
        return clock.today()
