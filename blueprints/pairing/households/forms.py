"""The forms of a household: a nomination, what its steps ask, what the list is narrowed to."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, Form, RadioField
from wtforms.validators import Optional, ValidationError

from blueprints.pairing.households.domain import ADVICE_LABELS, INCOME_LABELS, MOST_PHOTOS, STATE_LABELS, Advice
from blueprints.pairing.households.models import Nomination
from blueprints.pairing.households.queries import Filter
from blueprints.pairing.questions.forms import Photos
from blueprints.pairing.training.domain import tidy_phone
from blueprints.petitions.letterbox.forms import PlaceField
from core import clock, places
from core.forms import ChangeForm, ConfirmForm, OfficeForm, ReasonForm, SelectField, chosen, day, line, options, text
from core.roles import Role, Viewer
from core.texts import plain


class NominationForm(OfficeForm):
    """A household: who, where, what it does and why others could learn from it."""

    name = line(_l("Head of household"), 60)
    phone = line(_l("Telephone"), 40)
    township = SelectField(_l("Township or street"), validate_choice=False, choices=[])
    place = PlaceField(_l("Village or community"))
    what = line(_l("What it does, in one line"), 100)
    why = text(_l("How, with what success, and whom it taught"), 5000)
    photos = Photos(_l("Photos"))
    consent = BooleanField(_l("The household agrees: if it is on the list, its name, village and this line are shown"))
    shows_photos = BooleanField(_l("Its photos may be shown there too"))

    def validate_phone(self, field: Field) -> None:
        """A number that can be called."""
        if tidy_phone(field.data or "") is None:
            raise ValidationError(_("Please give the whole telephone number, digits only."))

    def validate_place(self, field: PlaceField) -> None:
        """A village, not its street."""
        if field.place is None or field.place.level != "village":
            raise ValidationError(_("Please choose the village or community."))

    def validate_photos(self, field: Photos) -> None:
        """Few, and each for a reason."""
        if len(field.cleaned) > MOST_PHOTOS:
            raise ValidationError(_("At most %(count)d photos, please.", count=MOST_PHOTOS))

    def validate_consent(self, field: Field) -> None:
        """Nobody is shown who did not agree."""
        if not field.data:
            raise ValidationError(_("Without this the household cannot be nominated: the list is shown to everybody."))

    def for_(self, viewer: Viewer | None) -> "NominationForm":
        """For a contact the own village is meant, whatever was sent."""
        if viewer is not None and viewer.role is Role.CONTACT:
            self.place.data = viewer.place_code
        return self

    def nomination(self) -> Nomination:
        """The household, after validation."""
        assert self.place.place is not None
        return Nomination(
            place_code=self.place.place.code,
            name=self.name.data or "",
            phone=self.phone.data or "",
            what=self.what.data or "",
            why=self.why.data or "",
            shows_photos=bool(self.shows_photos.data),
            photos=self.photos.cleaned,
        )


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

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.income.choices = [("", _("Nothing was said")), *options(INCOME_LABELS)()]

    def validate_made_on(self, field: Field) -> None:
        """Not tomorrow."""
        if field.data and field.data > clock.today():
            raise ValidationError(_("The date lies in the future."))

    def validate_why(self, field: Field) -> None:
        """Who proposes to take a title says why; else nothing is to be said."""
        if self.advice.data == Advice.ENDS and not field.data:
            raise ValidationError(_("Please say why the title should be withdrawn."))
        if self.advice.data == Advice.STAYS:
            field.data = ""


def step_form(asks: str | None) -> ChangeForm:
    """The form of a step."""
    if asks == "follow_up":
        return FollowUpForm(made_on=clock.today())
    return ReasonForm() if asks == "reason" else ConfirmForm()


class FilterForm(Form):
    """What the list is narrowed to; it stays in the URL."""

    state = SelectField(_l("State"), default="")
    township = SelectField(_l("Township or street"), default="")
    year = SelectField(_l("Named in"), default="")
    due = BooleanField(_l("Visit is due"))

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        every = ("", _("All"))
        self.state.choices = [every, *plain(STATE_LABELS).items()]
        self.township.choices = [every, *places.townships()]
        this = clock.today().year
        self.year.choices = [every, *((str(year), str(year)) for year in range(this, this - 6, -1))]

    def wanted(self) -> Filter:
        """The filter; what is not one of the choices narrows nothing."""
        self.validate()
        return Filter(**{each.name: each.data for each in self if not each.errors and each.data})
