"""The forms of a question: asking, the code, what each step asks for, what the list is narrowed to."""

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Field, Form, RadioField, StringField
from wtforms.validators import InputRequired, ValidationError

from blueprints.pairing.experts.domain import SEASON_LABELS, TRADE_LABELS, Season, Trade
from blueprints.pairing.experts.forms import trades
from blueprints.pairing.experts.models import active
from blueprints.pairing.questions.domain import HOW_LABELS, STATE_LABELS, How
from blueprints.pairing.questions.models import Asked, Question
from blueprints.pairing.questions.queries import Filter
from blueprints.petitions.letterbox.forms import PlaceField
from core import clock, codes
from core.forms import ChangeForm, ConfirmForm, Files, OfficeForm, ReasonForm, SelectField, chosen, line, options, text
from core.texts import plain

_FARTHEST = timedelta(days=180)


class Photos(Files):
    """Photos alone: each is drawn anew, so that it says nothing of where it was taken."""

    def pre_validate(self, form: Any) -> None:
        """What is no photo is refused by name."""
        super().pre_validate(form)
        for each in self.cleaned:
            if each.kind not in ("jpg", "png"):
                raise ValidationError(_("%(name)s is no photo (jpg or png).", name=each.name))


class AskForm(OfficeForm):
    """What a farmer wants to know."""

    trade = SelectField(_l("Trade"), [chosen()], choices=trades)
    township = SelectField(_l("Township or street"), validate_choice=False, choices=[])
    place = PlaceField(_l("Village or community"))
    subject = line(_l("Question in one line"), 100)
    text = text(_l("What is the matter, and since when?"), 5000)
    photos = Photos(_l("Photos"))
    name = line(_l("Name"), 60, needed=False)
    contact = line(_l("Telephone"), 60, needed=False)

    def asked(self) -> Asked:
        """The question, after validation."""
        assert self.place.place is not None
        return Asked(
            trade=Trade(self.trade.data),
            place_code=self.place.place.code,
            subject=self.subject.data or "",
            text=self.text.data or "",
            name=self.name.data or "",
            contact=self.contact.data or "",
            photos=self.photos.cleaned,
        )


class CodeForm(codes.CodeForm):
    """The code of a question."""

    receipt = StringField(_l("Code of your question"))


# --- what the steps ask ----------------------------------------------------------------------------------------------


class AssignForm(ChangeForm):
    """Who answers."""

    expert = SelectField(_l("Expert"), [chosen()], choices=lambda: [("", _("Choose")), *_experts()])
    reason = text(_l("Remark"), 2000, needed=False)


def _experts() -> list[tuple[str, str]]:
    return [(str(id), name) for id, name in active()]


class VisitForm(ChangeForm):
    """When and where the expert comes; the asker reads it."""

    on = DateField(_l("Day of the visit"), [InputRequired(_l("Please give the date."))])
    where = text(_l("Where to meet, and what to have ready"), 500)

    def validate_on(self, field: Field) -> None:
        """A day to come."""
        if field.data and not clock.today() <= field.data <= clock.today() + _FARTHEST:
            raise ValidationError(_("Please give a day from today on, within half a year."))


class AnswerForm(ChangeForm):
    """What the expert says, and how it was told."""

    how = RadioField(_l("How was it answered?"), [chosen()], choices=options(HOW_LABELS), default=How.WRITING.value)
    answer = text(_l("The answer"), 10_000)


class PublishForm(ChangeForm):
    """Question and answer as everybody will read them; somebody has read them for names."""

    title = line(_l("Title"), 100)
    season = SelectField(_l("Season"), [chosen()], choices=options(SEASON_LABELS), default=Season.ALL.value)
    question = text(_l("Question, without names"), 5000)
    answer = text(_l("Answer, without names"), 10_000)
    checked = BooleanField(_l("I have read both: no name, telephone number or address of anybody stands in them"))

    def validate_checked(self, field: Field) -> None:
        """Nothing is published that nobody read."""
        if not field.data:
            raise ValidationError(_("Please read both texts, remove the names, then tick this."))

    def _none_of(self, names: tuple[str | None, ...], field: Field) -> None:
        for name in filter(None, names):
            if name in (field.data or ""):
                raise ValidationError(_("The asker's name or number still stands here."))

    asker: tuple[str | None, ...] = ()

    def validate_title(self, field: Field) -> None:
        """Not with the asker's own name, which the office knows."""
        self._none_of(self.asker, field)

    def validate_question(self, field: Field) -> None:
        """The same for the question."""
        self._none_of(self.asker, field)

    def validate_answer(self, field: Field) -> None:
        """And for the answer."""
        self._none_of(self.asker, field)


STEP_FORMS: dict[str | None, type[ChangeForm]] = {
    None: ConfirmForm,
    "assign": AssignForm,
    "visit": VisitForm,
    "answer": AnswerForm,
    "publish": PublishForm,
    "reason": ReasonForm,
}


def step_form(asks: str | None, question: Question) -> ChangeForm:
    """The form of a step, with what the question says where it begins with that."""
    if asks == "publish":
        form = PublishForm(title=question.subject, question=question.text, answer=question.answer)
        form.asker = (question.name, question.contact)
        return form
    if asks == "answer" and question.answer:
        return AnswerForm(answer=question.answer, how=question.how)
    return STEP_FORMS[asks]()


class FilterForm(Form):
    """What the list is narrowed to; it stays in the URL."""

    state = SelectField(_l("State"), default="")
    trade = SelectField(_l("Trade"), default="")

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        every = ("", _("All"))
        self.state.choices = [every, *plain(STATE_LABELS).items()]
        self.trade.choices = [every, *plain(TRADE_LABELS).items()]

    def wanted(self) -> Filter:
        """The filter; what is not one of the choices narrows nothing."""
        self.validate()
        return Filter(**{each.name: "" if each.errors else each.data or "" for each in self})
