"""The forms of posts and services: setting up, what each step asks for, what the lists are narrowed to."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, RadioField
from wtforms.validators import ValidationError

from blueprints.pairing.posts.domain import GRADE_LABELS, STATE_LABELS, WHY_LABELS
from blueprints.pairing.posts.models import Post, Service, mentors
from blueprints.pairing.posts.queries import Filter, ServiceFilter
from blueprints.petitions.letterbox.forms import PlaceField
from core import clock, places
from core.forms import ChangeForm, OfficeForm, ReasonForm, SelectField, chosen, day, options, text
from core.texts import plain

FIRST_YEAR = 2008  # before it there were no such posts
WHICH = {
    "": _l("In post now"),
    "taken": _l("Taken in that year"),
    "held": _l("In post at the end of that year"),
    "left": _l("Left in that year"),
    "late": _l("Yearly review is late"),
    "all": _l("All"),
}


class SetUpForm(OfficeForm):
    """A village's post."""

    township = SelectField(_l("Township or street"), validate_choice=False, choices=[])
    place = PlaceField(_l("Village or community"))
    duties = text(_l("What the post is for"), 2000)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.township.choices = [("", _("Choose")), *places.townships()]

    def validate_place(self, field: Any) -> None:
        """A village, not a whole township."""
        if field.place and field.place.level != "village":
            raise ValidationError(_("Please choose the village or community."))


class DutiesForm(ChangeForm):
    """What the post is for."""

    duties = text(_l("What the post is for"), 2000)


class MentorForm(ChangeForm):
    """Who is the mentor."""

    mentor = SelectField(_l("Mentor"), [chosen()], choices=lambda: [("", _("Choose")), *mentor_choices()])
    reason = text(_l("Remark"), 1000, needed=False)


def mentor_choices() -> list[tuple[str, str]]:
    """Everybody who may be a mentor."""
    return [(str(id), name) for id, name in mentors()]


class ReviewForm(ChangeForm):
    """What the year came to."""

    year = SelectField(_l("Year"), [chosen()], coerce=int, choices=[])
    grade = RadioField(_l("Result of the year"), [chosen()], choices=options(GRADE_LABELS))
    text = text(_l("What was done in the year, what was learned, what is to be better"), 4000)


class LeaveForm(ChangeForm):
    """When somebody left, and why."""

    on = day(_l("Last day in the post"))
    why = RadioField(_l("Why?"), [chosen()], choices=options(WHY_LABELS))
    reason = text(_l("Remark"), 1000, needed=False)

    begun_on: Any = None

    def validate_on(self, field: Field) -> None:
        """Neither tomorrow, nor before the post was taken up."""
        if field.data and not self.begun_on <= field.data <= clock.today():
            raise ValidationError(_("The day lies in the future, or before the post was taken up."))


def post_form(asks: str | None, post: Post) -> ChangeForm:
    """The form of a step with a post."""
    return DutiesForm(duties=post.duties) if asks == "duties" else ReasonForm()


def service_form(asks: str | None, service: Service) -> ChangeForm:
    """The form of a step in a service, with what can be chosen in it."""
    if asks == "mentor":
        return MentorForm(mentor=str(service.mentor_id or ""))
    if asks == "leave":
        leaving = LeaveForm(on=clock.today())
        leaving.begun_on = service.begun_on
        return leaving
    form, this = ReviewForm(), clock.today().year
    reviewed = {each.year for each in service.reviews}
    form.year.choices = [(y, str(y)) for y in range(this, service.begun_on.year - 1, -1) if y not in reviewed]
    return form


class _Words(Form):
    """Words of an address: one that is none of the choices is left out."""

    def words(self) -> dict[str, str]:
        """What was chosen."""
        self.validate()
        return {each.name: "" if each.errors else each.data or "" for each in self}


class FilterForm(_Words):
    """The posts."""

    state = SelectField(_l("State"), default="")
    township = SelectField(_l("Township or street"), default="")

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.state.choices = [("", _("All but the closed ones")), *plain(STATE_LABELS).items()]
        self.township.choices = [("", _("All")), *places.townships()]

    def wanted(self) -> Filter:
        """The filter."""
        return Filter(**self.words())


class ServiceFilterForm(_Words):
    """The services."""

    which = SelectField(_l("Show"), default="")
    year = SelectField(_l("Year"), default="")
    township = SelectField(_l("Township or street"), default="")

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        every = ("", _("All"))
        self.which.choices = list(plain(WHICH).items())
        self.year.choices = [every, *((str(y), str(y)) for y in range(clock.today().year, FIRST_YEAR - 1, -1))]
        self.township.choices = [every, *places.townships()]

    def wanted(self) -> ServiceFilter:
        """The filter."""
        return ServiceFilter(**self.words())
