"""The forms of pairings: a new one, its plan, what each step asks for."""

from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, SelectMultipleField
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from blueprints.pairing.pairs import models
from blueprints.pairing.pairs.models import Goal, Pairing
from core import clock
from core.forms import ChangeForm, OfficeForm, ReasonForm, SelectField, chosen, line, text
from core.places import villages_of

_NEED_DAY = _l("Please give the date.")
LONGEST = timedelta(days=366 * 10)
LATEST = timedelta(days=366 * 3)


class Boxes(SelectMultipleField):
    """Several of a list, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def day(label: Any, **more: Any) -> DateField:
    """A day that must be given."""
    return DateField(label, [InputRequired(_NEED_DAY)], **more)


class TermForm(ChangeForm):
    """From when until when."""

    from_on = day(_l("From"))
    until_on = day(_l("Until"))

    def validate_until_on(self, field: Field) -> None:
        """It ends after it begins, and in a time that somebody can foresee."""
        begins = self.from_on.data
        if field.data and begins and not begins <= field.data <= begins + LONGEST:
            raise ValidationError(_("The term ends before it begins, or lasts more than ten years."))


class UnitForm(OfficeForm):
    """Which unit, and in which township: the second page asks the rest."""

    unit = SelectField(_l("Unit"), [chosen()])

    def fill(self) -> None:
        """Offer the units in which somebody works who may be responsible."""
        self.unit.choices = [("", _("Choose")), *((str(id), name) for id, name in models.can_pair())]


class PairForm(TermForm):
    """A unit, or a party branch of it, pairs with a village."""

    branch = line(_l("Party branch"), 60, needed=False)
    place = SelectField(_l("Village or community"), [chosen()])
    members = Boxes(_l("Who is responsible"), [InputRequired(_l("Please choose at least one."))], coerce=int)

    def fill(self, unit: int, township: str) -> None:
        """Offer the villages of the township, and who works in the unit."""
        self.place.choices = [("", _("Choose")), *villages_of(township)]
        self.members.choices = models.staff_of(unit)


class MembersForm(ChangeForm):
    """Who is responsible from now on."""

    members = Boxes(_l("Who is responsible"), [InputRequired(_l("Please choose at least one."))], coerce=int)
    reason = text(_l("Remark"), 2000, needed=False)


class GoalForm(ChangeForm):
    """What is promised to the village in this year's plan."""

    title = line(_l("Goal"), 100, description=_l("One line, such as: the road to group 3 is lit."))
    measures = text(_l("By which measures"), 2000)
    owner = SelectField(_l("Who answers for it"), [chosen()])
    due_on = day(_l("Done by"))

    earliest: date | None = None

    def validate_due_on(self, field: Field) -> None:
        """A day to come, near enough to be meant; one that stood there already may stay."""
        now = clock.today()
        if field.data and field.data != self.earliest and not now <= field.data <= now + LATEST:
            raise ValidationError(_("Please give a day that is still to come, within three years."))


class ChangeGoalForm(GoalForm):
    """The same, and why it is changed: what was promised is not moved without a word."""

    reason = text(_l("Why it is changed"), 2000)


class ReachForm(ChangeForm):
    """When a goal was reached, and by what this is known."""

    on = day(_l("Reached on"))
    outcome = text(_l("What was reached, and what shows it"), 2000)

    def validate_on(self, field: Field) -> None:
        """Not tomorrow, and not so long ago that it is a mistyped year."""
        if field.data and not 0 <= (clock.today() - field.data).days <= 1100:
            raise ValidationError(_("The date lies in the future, or more than three years back."))


_FORMS: dict[str | None, type[ChangeForm]] = {
    "goal": GoalForm,
    "change": ChangeGoalForm,
    "members": MembersForm,
    "term": TermForm,
    "reason": ReasonForm,
    "reach": ReachForm,
}


def form_of(asks: str | None, pairing: Pairing, goal: Goal | None = None) -> ChangeForm:
    """The form of a step with what can be chosen in it."""
    begin: dict[str, Any] = {}
    if asks == "members":
        begin = {"members": [each.user_id for each in pairing.members()]}
    elif asks == "term":
        begin = {"from_on": pairing.from_on, "until_on": pairing.until_on}
    elif asks == "reach":
        begin = {"on": clock.today()}
    elif asks == "change" and goal:
        begin = goal.as_planned()
    form = _FORMS[asks](**begin)
    staff = models.staff_of(pairing.unit_id)
    if isinstance(form, GoalForm):
        known = {str(id): name for id, name in staff} | ({str(goal.owner_id): goal.owner.name} if goal else {})
        form.owner.choices = [("", _("Choose")), *known.items()]
        form.earliest = goal.due_on if goal else None
    if isinstance(form, MembersForm):
        here = {each.user_id: each.user.name for each in pairing.members()}
        form.members.choices = list((here | dict(staff)).items())
    return form
