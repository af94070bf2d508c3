"""The forms of activities: the plan, who came, the report, the filter of the list."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, HiddenField
from wtforms import Field as FormField
from wtforms.validators import InputRequired, ValidationError

from blueprints.pairing.activities.domain import COUNTED_LABELS, STATE_LABELS, Kind, kinds
from blueprints.pairing.activities.models import Activity, Plan
from blueprints.pairing.activities.queries import Filter
from blueprints.pairing.needs.forms import Photos
from blueprints.pairing.needs.models import villages_to_ask_for
from core import clock, places
from core.forms import (
    ChangeForm,
    MoneyField,
    NumberField,
    OfficeForm,
    ReasonForm,
    SelectField,
    VillageField,
    chosen,
    day,
    line,
    options,
    text,
    years,
)
from core.pages import language
from core.roles import Role, Viewer
from core.texts import plain

_KEY = re.compile(r"[0-9a-f]{32}")
MOST_PEOPLE = 100_000


def _name(kind: Kind) -> str:
    return kind.name[language()]


class PlanForm(OfficeForm):
    """An activity to come, or one that was held and was not planned here."""

    kind = SelectField(_l("What kind of activity is it?"), [chosen()])
    title = line(_l("Name of the activity"), 60)
    held_on = day(_l("Day"))
    where = line(_l("Where"), 100)
    about = text(_l("What is planned"), 2000, needed=False)

    def offer(self, stood: str = "") -> None:
        """The kinds that are offered, and the one that stood there."""
        offered = [each for each in kinds().values() if not each.ended or each.id == stood]
        self.kind.choices = [("", _("Choose")), *((each.id, _name(each)) for each in offered)]

    def validate_held_on(self, field: FormField) -> None:
        """Within a year, before or after: else it is a mistyped year."""
        if field.data and abs((field.data - clock.today()).days) > 366:
            raise ValidationError(_("Please give a day within a year."))

    def plan(self) -> Plan:
        """The plan, after validation."""
        words = {name: self[name].data or "" for name in ("kind", "title", "where", "about")}
        return Plan(held_on=self.held_on.data or clock.today(), **words)

    def values(self) -> dict[str, Any]:
        """What the step takes, after validation."""
        return {"plan": self.plan()}


class NewForm(PlanForm):
    """The same, of a new one: in which village, staff say first."""

    township = HiddenField()
    place = SelectField(_l("Village or community"), [chosen()])
    form_key = HiddenField()

    def fill(self, viewer: Viewer, township: str) -> None:
        """A contact plans for the own village, a unit for one it is paired with, the office for any."""
        self.offer()
        self.township.data = township
        if viewer.role is Role.CONTACT:
            del self.place
            return
        found = villages_to_ask_for(viewer) if viewer.role is Role.HANDLER else places.villages_of(township)
        self.place.choices = [("", _("Choose")), *found]

    def key(self, fresh: str) -> str:
        """The key of this form; a fresh one where it has none that we made."""
        found: str = self.form_key.data or ""
        return found if _KEY.fullmatch(found) else fresh


class ChangePlanForm(PlanForm, ChangeForm):
    """The same, of one that is planned already."""


class HeldForm(ChangeForm):
    """How many came, how that was counted, and pictures."""

    attendance = NumberField(_l("How many people came"), [InputRequired(_l("Please give a number."))])
    counted = SelectField(
        _l("How they were counted"), [chosen()], choices=options({"": _l("Choose"), **COUNTED_LABELS})
    )
    photos = Photos(_l("Pictures"))

    def validate_attendance(self, field: FormField) -> None:
        """No more than a village can hold."""
        if field.data is not None and field.data > MOST_PEOPLE:
            raise ValidationError(_("This number is too large. Please check it."))

    def values(self) -> dict[str, Any]:
        """What the step takes, after validation."""
        return {**self.data, "photos": self.photos.cleaned}


class ReportForm(ChangeForm):
    """What was done, what it cost and from which money, and pictures."""

    report = text(_l("What was done, and what came of it"), 3000)
    cost = MoneyField(
        _l("What it cost, in yuan"), description=_l("Such as 1200 or 1200.50; leave it empty if nothing.")
    )
    budget = line(_l("Budget line"), 100, needed=False)
    photos = Photos(_l("Pictures"))

    def validate_budget(self, field: FormField) -> None:
        """Money comes from somewhere."""
        if self.cost.data and not field.data:
            raise ValidationError(_("Please say from which budget line the money comes."))

    def values(self) -> dict[str, Any]:
        """What the step takes, after validation."""
        return {**self.data, "photos": self.photos.cleaned}


class CancelForm(ReasonForm):
    """Why it is called off."""

    def values(self) -> dict[str, Any]:
        """What the step takes, after validation."""
        return dict(self.data)


def form_of(asks: str | None, activity: Activity) -> ChangePlanForm | HeldForm | ReportForm | CancelForm:
    """The form of a step."""
    match asks:
        case "plan":
            form = ChangePlanForm(**activity.as_planned())
            form.offer(activity.kind)
            return form
        case "held":
            return HeldForm()
        case "report":
            return ReportForm()
    return CancelForm()


class FilterForm(Form):
    """What the list is narrowed to; it stays in the URL."""

    state = SelectField(_l("State"), default="")
    kind = SelectField(_l("Kind of activity"), default="")
    township = SelectField(_l("Township or street"), default="")
    year = SelectField(_l("Held in the year"), default="")
    late = BooleanField(_l("Late ones only"))
    village = VillageField()

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        every = ("", _("All"))
        self.state.choices = [every, *((str(each), words) for each, words in plain(STATE_LABELS).items())]
        self.kind.choices = [every, *((each.id, _name(each)) for each in kinds().values())]
        self.township.choices = [every, *places.townships()]
        self.year.choices = [every, *years()]

    def wanted(self) -> Filter:
        """The filter; a word that is not one of the choices is left out."""
        self.validate()
        named = ("state", "kind", "township", "year", "village")
        words = {name: "" if self[name].errors else self[name].data or "" for name in named}
        return Filter(late=bool(self.late.data), **words)
