"""The forms of an application: applying, the code, what each step asks for, what the list is narrowed to."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, Form, RadioField, StringField
from wtforms.validators import Optional, ValidationError

from blueprints.pairing.applications.domain import DEGREE_LABELS, STATE_LABELS, Degree
from blueprints.pairing.applications.models import Applied
from blueprints.pairing.applications.queries import Filter, free_posts
from blueprints.pairing.posts.forms import mentor_choices
from core import clock, codes, places
from core.forms import ChangeForm, OfficeForm, ReasonForm, SelectField, chosen, day, line, options, text
from core.texts import plain
from core.workflow import NotPossible


class ApplyForm(OfficeForm):
    """Who wants to go into a village."""

    name = line(_l("Name"), 60)
    contact = line(_l("Telephone"), 60)
    school = line(_l("School and subject"), 120)
    degree = RadioField(_l("Degree"), [chosen()], choices=options(DEGREE_LABELS))
    township = SelectField(_l("Where would you like to go?"), [Optional()], choices=[])
    text = text(_l("Why a village, and what would you do there?"), 3000)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.township.choices = [("", _("Any township or street")), *places.townships()]

    def applied(self) -> Applied:
        """The application, after validation."""
        return Applied(
            name=self.name.data or "",
            contact=self.contact.data or "",
            school=self.school.data or "",
            degree=Degree(self.degree.data),
            township_code=self.township.data or None,
            text=self.text.data or "",
        )


class CodeForm(codes.CodeForm):
    """The code of an application."""

    receipt = StringField(_l("Code of your application"))


class MatchForm(ChangeForm):
    """To which post, and why."""

    post = SelectField(_l("Vacant post"), [chosen()], choices=lambda: [("", _("Choose")), *free_posts()])
    reasons = text(_l("Why this applicant for this post"), 3000)


class BeginForm(ChangeForm):
    """The first day, and who is the mentor."""

    on = day(_l("First day in the post"))
    mentor = SelectField(_l("Mentor"), [chosen()], choices=lambda: [("", _("Choose")), *mentor_choices()])

    def validate_on(self, field: Field) -> None:
        """Not tomorrow: it is noted once somebody is there."""
        if field.data and field.data > clock.today():
            raise ValidationError(_("The date lies in the future."))


class AnswerForm(ChangeForm):
    """Why not, as the applicant reads it."""

    answer = text(_l("Why not? The applicant reads this"), 2000)


class WithdrawForm(ChangeForm):
    """That the applicant said so; what was said is not kept."""

    told = BooleanField(_l("The applicant said so. Name, contact and every text are erased; this cannot be undone"))

    def validate_told(self, field: Field) -> None:
        """Not by a slip."""
        if not field.data:
            raise ValidationError(_("Please confirm that the applicant withdrew."))


STEP_FORMS: dict[str | None, type[ChangeForm]] = {
    "match": MatchForm,
    "begin": BeginForm,
    "reason": ReasonForm,
    "answer": AnswerForm,
    "told": WithdrawForm,
}


def refused(why: NotPossible) -> str:
    """Why a step with a post is not possible now."""
    if why.args == ("begun",):
        return str(_("Somebody served in this village until a later day. Please correct the first day."))
    return str(_("Somebody else was matched to this post, or serves in it. Choose another one."))


class FilterForm(Form):
    """What the list is narrowed to; it stays in the URL."""

    state = SelectField(_l("State"), default="")
    degree = SelectField(_l("Degree"), default="")
    township = SelectField(_l("Wishes to go to"), default="")

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        every = ("", _("All"))
        self.state.choices = [("", _("All open ones")), ("all", _("All")), *plain(STATE_LABELS).items()]
        self.degree.choices = [every, *plain(DEGREE_LABELS).items()]
        self.township.choices = [every, *places.townships()]

    def wanted(self) -> Filter:
        """The filter; what is not one of the choices narrows nothing."""
        self.validate()
        return Filter(**{each.name: "" if each.errors else each.data or "" for each in self})
