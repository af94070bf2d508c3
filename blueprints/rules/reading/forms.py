"""The forms of reading: whom to ask and by when, the quiz as it is typed, and the page that is read."""

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Field, IntegerField, RadioField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from blueprints.accounts.forms import unit_choices
from blueprints.rules.reading import domain
from blueprints.rules.reading.domain import BadQuiz, Question
from blueprints.rules.reading.models import AGAIN, Quiz
from core import clock
from core.forms import ChangeForm, ConfirmForm, OfficeForm, options, text
from core.roles import ROLE_LABELS


class _Boxes(SelectMultipleField):
    """Several of a list, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _day(label: Any) -> DateField:
    return DateField(label, [InputRequired(_l("Please give the date."))])


def _to_come(field: Field) -> None:
    if field.data and not clock.today() <= field.data <= clock.today() + timedelta(days=731):
        raise ValidationError(_("Please give a day from today on, within two years."))


class AskForm(OfficeForm):
    """Who must read a rule, and by when."""

    due_on = _day(_l("To be read by"))
    days = IntegerField(
        _l("Days to read a newer version in"),
        [Optional(), NumberRange(1, 365, _l("Between 1 and 365 days, please."))],
        default=AGAIN,
        description=_l("When a newer version comes into force, the same people are asked again and see what changed."),
    )
    everybody = BooleanField(_l("Everybody who signs in here"))
    roles = _Boxes(_l("Everybody in these roles"), choices=options(ROLE_LABELS))
    units = _Boxes(_l("Everybody in these units, and in the units below them"))

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.units.choices = unit_choices()

    def validate_due_on(self, field: Field) -> None:
        """A day to come."""
        _to_come(field)

    def validate_everybody(self, field: Field) -> None:
        """Somebody must be asked."""
        if not (field.data or self.roles.data or self.units.data):
            raise ValidationError(_("Please choose who is asked: everybody, a role or a unit."))

    def values(self) -> dict[str, Any]:
        """What was asked for, after validation."""
        return {"year": None, **{name: field.data for name, field in self._fields.items()}}


class PledgeForm(AskForm):
    """Who must sign a pledge, for which year."""

    year = IntegerField(
        _l("For the year"),
        [InputRequired(_l("Please fill this in.")), NumberRange(2000, 2100, _l("A year in four digits, please."))],
    )


class DueForm(ChangeForm):
    """Another day."""

    due_on = _day(_l("To be read by"))

    def validate_due_on(self, field: Field) -> None:
        """A day to come."""
        _to_come(field)


STEP_FORMS: dict[str | None, type[ChangeForm]] = {None: ConfirmForm, "due": DueForm}


class QuizForm(ChangeForm):
    """The questions as they are typed, and how many must be right."""

    questions = text(
        _l("Questions"),
        10_000,
        description=_l(
            "A blank line between two questions. Below each question its choices, a line each: + before a right one, "
            "- before a wrong one."
        ),
    )
    pass_mark = IntegerField(
        _l("How many must be answered rightly"),
        [InputRequired(_l("Please fill this in.")), NumberRange(1, 20)],
        default=1,
    )
    read: tuple[Question, ...] = ()

    def validate_questions(self, field: Field) -> None:
        """Each has a right choice and a wrong one."""
        try:
            self.read = domain.read_quiz(field.data or "")
        except BadQuiz as bad:
            raise ValidationError(
                _(
                    "This question needs two to eight choices, right ones and wrong ones: %(question)s",
                    question=str(bad),
                )
                if str(bad)
                else _("Between one and twenty questions, please.")
            ) from None

    def validate_pass_mark(self, field: Field) -> None:
        """Not more than there are."""
        if self.read and field.data and field.data > len(self.read):
            raise ValidationError(_("There are only %(count)d questions.", count=len(self.read)))


class ReadForm(ChangeForm):
    """That somebody has read it."""

    read = BooleanField(_l("I have read this text and understood it."), [InputRequired(_l("Please tick this box."))])
    asked: list[Question] = []

    def answers(self) -> list[list[int]]:
        """What was chosen, question by question."""
        return [_chosen(self[f"question_{place}"].data) for place in range(len(self.asked))]


def _chosen(data: Any) -> list[int]:
    given = data if isinstance(data, list) else [data] if data else []
    return [int(each) for each in given if str(each).isdecimal()]


def form_to_read(quiz: Quiz | None, year: int) -> ReadForm:
    """The form below a text: the questions of its quiz, and the box."""
    questions = quiz.asked() if quiz else []
    fields: dict[str, Any] = {"asked": questions}
    for place, each in enumerate(questions):
        kind: Any = _Boxes if len(each.right) > 1 else RadioField
        fields[f"question_{place}"] = kind(each.text, validate_choice=False)
    if year:
        label = _("I have read this pledge and sign it for the year %(year)s.", year=year)
        fields["read"] = BooleanField(label, [InputRequired(_l("Please tick this box."))])
    form: ReadForm = type("ReadForm", (ReadForm,), fields)()
    for place, each in enumerate(questions):
        choices: Any = form[f"question_{place}"]
        choices.choices = [(str(nth), choice) for nth, choice in enumerate(each.choices)]
    return form
