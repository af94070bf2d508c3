"""The forms of the screening: a round, what each step asks for, the filter of the items."""

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Form, HiddenField, SelectMultipleField
from wtforms import Field as FormField
from wtforms.validators import InputRequired, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from blueprints.petitions.letterbox.forms import PlaceField
from blueprints.petitions.screening.domain import FIELD_LABELS, STATE_LABELS, URGENCY_LABELS
from blueprints.petitions.screening.models import Item, Order, case_numbered, who_can_return, would_tell
from blueprints.petitions.screening.queries import Filter
from core import clock, places
from core.forms import ChangeForm, ConfirmForm, OfficeForm, ReasonForm, SelectField, line, text
from core.roles import Viewer
from core.texts import plain

# --- a round ---------------------------------------------------------------------------------------------------------


class _Boxes(SelectMultipleField):
    """Several of a list, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _day(label: Any) -> DateField:
    return DateField(label, [InputRequired(_l("Please give the date."))])


class RoundForm(OfficeForm):
    """What to look for, in which days, who is asked, and by when the returns are due."""

    title = line(_l("Title"), 100)
    text = text(_l("What to look for"), 5000)
    from_on = _day(_l("Look from"))
    until_on = _day(_l("Look until"))
    due_on = _day(_l("Returns are due on"))
    every_unit = BooleanField(_l("All units that have a handler"))
    units = _Boxes(_l("Units"), coerce=str)
    every_village = BooleanField(_l("All villages and communities that have a contact"))
    villages = _Boxes(_l("Villages and communities"), coerce=str)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        units, villages = who_can_return()
        self._every = [str(id) for id, _name in units], [code for code, _name, _township in villages]
        self.units.choices = [(str(id), name) for id, name in units]
        self.villages.choices = [(code, f"{township} / {name}") for code, name, township in villages]

    def validate_until_on(self, field: FormField) -> None:
        """The days run forwards."""
        if field.data and self.from_on.data and field.data < self.from_on.data:
            raise ValidationError(_("The last day lies before the first."))

    def validate_due_on(self, field: FormField) -> None:
        """Nothing is due before it was asked for."""
        if field.data and (field.data < clock.today() or (self.from_on.data and field.data < self.from_on.data)):
            raise ValidationError(_("The due date lies in the past, or before the first day."))

    def validate_every_unit(self, field: FormField) -> None:
        """Somebody must be asked."""
        if not (self._units() or self._villages()):
            raise ValidationError(_("Please choose at least one unit or village."))

    def _units(self) -> list[int]:
        return [int(each) for each in self._every[0] if self.every_unit.data or each in (self.units.data or ())]

    def _villages(self) -> list[str]:
        return [each for each in self._every[1] if self.every_village.data or each in (self.villages.data or ())]

    def order(self) -> Order:
        """The round, after validation."""
        days = {name: self[name].data for name in ("from_on", "until_on", "due_on")}
        return Order(
            title=self.title.data or "",
            text=self.text.data or "",
            **days,
            units=self._units(),
            places=self._villages(),
        )


class DueForm(ChangeForm):
    """Another day by which the returns are due."""

    due_on = _day(_l("Returns are due on"))

    def validate_due_on(self, field: FormField) -> None:
        """A day to come."""
        _to_come(field)


def _to_come(field: FormField) -> None:
    if field.data and not clock.today() <= field.data <= clock.today() + timedelta(days=731):
        raise ValidationError(_("Please give a day from today on, within two years."))


# --- what the steps ask ----------------------------------------------------------------------------------------------


class WatchForm(ChangeForm):
    """When to look again, and at what."""

    due_on = _day(_l("Look again on"))
    reason = text(_l("What to watch for"), 2000)

    def validate_due_on(self, field: FormField) -> None:
        """A day to come."""
        _to_come(field)


class SettleForm(ChangeForm):
    """What was done, and where."""

    township = SelectField(_l("Township or street"), validate_choice=False, choices=[])
    place = PlaceField(_l("Where it was settled"))
    reason = text(_l("What was done"), 2000)


WOULD_TELL = _l(
    "The case complains of somebody who sees this item, and who would know of the case by it. Do not tie the two: "
    "leave the item as it is, and write nothing of the case into it."
)


class JoinForm(ChangeForm):
    """The case that it belongs to; whether this person may see it, the view says before."""

    viewer: Viewer
    item: Item

    number = line(_l("Docket number"), 20)
    reason = text(_l("Remark"), 2000, needed=False)

    def validate_number(self, field: FormField) -> None:
        """There must be such a case, for this person."""
        case = case_numbered(field.data, self.viewer)
        if case is None:
            raise ValidationError(_("There is no case with this number."))
        if would_tell(self.item, case):
            raise ValidationError(str(WOULD_TELL))


STEP_FORMS: dict[str | None, type[ChangeForm]] = {
    None: ConfirmForm,
    "join": JoinForm,
    "watch": WatchForm,
    "settle": SettleForm,
    "reason": ReasonForm,
    "due": DueForm,
}


# --- the filter ------------------------------------------------------------------------------------------------------


class FilterForm(Form):
    """What the list of items is narrowed to; it stays in the URL."""

    state = SelectField(_l("State"), default="")
    field = SelectField(_l("Kind of trouble"), default="")
    urgency = SelectField(_l("Urgency"), default="")
    place = SelectField(_l("Township or street"), default="")
    round = HiddenField()
    asked = HiddenField()
    since = DateField(_l("Returned from"), [Optional()])
    until = DateField(_l("Returned until"), [Optional()])

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        every = ("", _("All"))
        self.state.choices = [every, *plain(STATE_LABELS).items()]
        self.field.choices = [every, *plain(FIELD_LABELS).items()]
        self.urgency.choices = [every, *plain(URGENCY_LABELS).items()]
        towns = places.townships()
        self.place.choices = [every, *towns]
        village = self.place.data or ""
        if len(village) == 12 and village.isascii() and village.isdigit():  # one of a figure's villages
            self.place.choices += [each for each in places.villages_of(village[:9]) if each[0] == village]

    def wanted(self) -> Filter:
        """The filter; what is not one of the choices narrows nothing."""
        self.validate()
        return Filter(
            state=self._word("state"),
            field=self._word("field"),
            urgency=self._word("urgency"),
            place=self._word("place"),
            round=_number(self.round.data),
            asked=_number(self.asked.data),
            since=None if self.since.errors else self.since.data,
            until=None if self.until.errors else self.until.data,
        )

    def _word(self, name: str) -> str:
        return "" if self[name].errors else self[name].data or ""


def _number(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) <= 18 else None
