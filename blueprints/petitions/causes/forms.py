"""The forms of causes: the filter of the list, what each step asks for, and what a unit answers."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Field, Form, HiddenField, RadioField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from blueprints.accounts.forms import unit_choices
from blueprints.petitions.causes import domain, queries
from blueprints.petitions.causes.domain import FIELD_LABELS, HANDED_LABELS, REPLY_LABELS, STATE_LABELS
from blueprints.petitions.causes.models import Cause, fit, owners, would_tell
from blueprints.petitions.docket.models import Petition
from core import clock, places
from core.extensions import db, reading
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
    tidy,
)
from core.places import Place
from core.roles import Viewer
from core.texts import plain

_LATEST = date(2100, 1, 1)  # a later day is a mistyped year
_DAY = InputRequired(_l("Please give the date."))


class FilterForm(Form):
    """What the list is narrowed to; it stays in the URL."""

    state = SelectField(_l("State"), default="")
    field = SelectField(_l("Field of life"), default="")
    township = SelectField(_l("Township or street"), default="")
    late = BooleanField(_l("With late remedies only"))

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        every = ("", _("All"))
        self.state.choices = [("", _("All but closed ones")), ("all", _("All")), *plain(STATE_LABELS).items()]
        self.field.choices = [every, *plain(FIELD_LABELS).items()]
        self.township.choices = [every, *places.townships()]

    def wanted(self) -> queries.Filter:
        """The filter; a word that is not one of the choices is left out."""
        self.validate()
        held = {name: "" if self[name].errors else self[name].data or "" for name in ("state", "field", "township")}
        return queries.Filter(late=bool(self.late.data), **held)


class PlaceField(StringField):
    """The district, a township or a village, by its code."""

    def pre_validate(self, form: Any) -> None:
        """The code must be one of ours."""
        code = self.data or ""
        known = None
        if code.isascii() and code.isdigit() and len(code) <= 12:
            with reading() as database:
                known = database.get(Place, code)
        if known is None:
            raise ValidationError(_("Please choose a place."))


class CauseForm(ChangeForm):
    """A cause in words."""

    title = line(
        _l("What is the cause?"),
        100,
        description=_l("One line, such as: the pumps of the village ponds have no keeper."),
    )
    explanation = text(
        _l("Why do letters come from it?"),
        5000,
        description=_l(
            "Facts and reasons. Write no name of anybody who wrote, and nothing by which they could be known."
        ),
    )
    field = SelectField(_l("Field of life"), [chosen()], choices=options({"": _l("Choose"), **FIELD_LABELS}))
    place = PlaceField(_l("Where does it apply?"))
    case = HiddenField()  # a case that is tied at once


class DayForm(ChangeForm):
    """The day on which the remedy was in place."""

    earliest = date.min

    on = DateField(
        _l("In place since"), [_DAY], description=_l("Letters before and after this day are compared with one another.")
    )

    def validate_on(self, field: Field) -> None:
        """Not tomorrow, and not before the last remedy was done."""
        if field.data and not self.earliest <= field.data <= clock.today():
            raise ValidationError(_("The date lies in the future, or before the day the last remedy was done."))


WOULD_TELL = _l(
    "This case complains of somebody who sees this cause. If it were tied, the cause would vanish before their eyes. "
    "Name a cause of its own for it, from the page of the case."
)


class TieForm(ChangeForm):
    """The cases that come from this cause."""

    cause: Cause

    q = HiddenField(filters=[tidy])
    cases = SelectMultipleField(
        _l("Cases"),
        [InputRequired(_l("Please choose at least one case."))],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,
    )

    def validate_cases(self, field: Field) -> None:
        """Only cases that are offered; an id that is none of them does not exist here."""
        choices: Any = self.cases.choices or ()
        offered = {value for value, _label in choices}
        if not set(field.data or ()) <= offered:
            raise ValidationError(_("One of these cases can no longer be tied. Please look at the list again."))
        for id in field.data or ():
            if would_tell(self.cause, db.session.get_one(Petition, int(id))):
                raise ValidationError(f"{dict(choices)[id]}: {WOULD_TELL}")


class RemedyForm(ChangeForm):
    """What is to be done, by whom, until when."""

    text = text(_l("What is to be done"), 2000)
    unit = SelectField(_l("Unit"), [chosen()])
    person = SelectField(_l("Person"), default="")
    due_on = DateField(_l("Done by"), [_DAY])

    def offer(self, cause: Cause) -> None:
        """Who may be given it."""
        self.cause = cause
        units, persons = owners(cause)
        self.unit.choices = [("", _("Choose")), *units]
        self.person.choices = [("", _("Nobody in particular")), *persons]

    def validate_person(self, field: Field) -> None:
        """Somebody of that unit."""
        if field.data and self.unit.data and not fit(self.cause, int(self.unit.data), int(field.data)):
            raise ValidationError(_("This person does not work in that unit."))

    def validate_due_on(self, field: Field) -> None:
        """A day that is still to come."""
        if field.data and not clock.today() <= field.data < _LATEST:
            raise ValidationError(_("Please give a day that is still to come."))


class DoneForm(ChangeForm):
    """When a remedy was done, what was done, and what proves it."""

    on = DateField(_l("Done on"), [_DAY])
    outcome = text(_l("What was done"), 2000)
    proof = line(_l("What proves it: number of a document, record of an inspection, or who confirmed it"), 200)

    def validate_on(self, field: Field) -> None:
        """Not tomorrow, and not so long ago that it is a mistyped year."""
        if field.data and not 0 <= (clock.today() - field.data).days <= 3660:
            raise ValidationError(_("The date lies in the future, or more than ten years back."))


class ProposalForm(ChangeForm):
    """A proposal as the unit will read it; the wording around it is the paper's own."""

    unit = SelectField(_l("To which unit"), [chosen()])
    subject = line(_l("About"), 60, description=_l("As it stands in the title: the upkeep of village ponds."))
    found = text(
        _l("What the letters show"),
        5000,
        description=_l("The unit reads this. Write nothing that tells who wrote or of whom a letter complains."),
    )
    asked = text(_l("What is proposed"), 5000)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.unit.choices = [("", _("Choose")), *unit_choices()]


STEP_FORMS: dict[str | None, type[ChangeForm]] = {
    None: ConfirmForm,
    "day": DayForm,
    "note": NoteForm,
    "reason": ReasonForm,
    "tie": TieForm,
    "remedy": RemedyForm,
    "proposal": ProposalForm,
    "cause": CauseForm,
}


def form_of(cause: Cause, action: str, viewer: Viewer, q: str) -> ChangeForm:
    """The form of a step with what can be chosen in it."""
    asks = domain.WORKFLOW.step(action).asks
    form = STEP_FORMS[asks](**cause.suggested(action))
    if isinstance(form, TieForm):
        form.cause, form.q.data = cause, form.q.data or q
        form.cases.choices = [
            (str(each.id), " · ".join((each.number or _("new"), each.subject, each.place)))
            for each in queries.to_tie(cause, viewer, (form.q.data or "")[:100])
        ]
    if isinstance(form, RemedyForm):
        form.offer(cause)
    if isinstance(form, DayForm):
        form.earliest = cause.earliest_in_place()
    return form


# --- a case, a proposal --------------------------------------------------------------------------------------------


class CaseForm(OfficeForm):
    """The cause that a case is tied to, from the page of the case."""

    cause = SelectField(_l("Cause"), [chosen()])


class HandedForm(ChangeForm):
    """How and when a proposal reached its unit: the clock of the answer runs from that day."""

    issued_on = date.min

    how = RadioField(_l("How"), [chosen()], choices=options(HANDED_LABELS))
    on = DateField(_l("On"), [_DAY])
    proof = line(_l("Proof: signature, number of the postal receipt, or number of the exchange"), 200)

    def validate_on(self, field: Field) -> None:
        """A delivery lies in the past, and after the paper was issued."""
        if field.data and not self.issued_on <= field.data <= clock.today():
            raise ValidationError(_("The date lies in the future, or before the day the paper was issued."))


class ReplyForm(ChangeForm):
    """What the unit makes of the proposal."""

    delivered_on = date.min

    reply = RadioField(_l("Is it adopted?"), [chosen()], choices=options(REPLY_LABELS))
    text = text(_l("What the unit does, and until when; where it does not adopt all of it, why"), 5000)


class PaperReplyForm(ReplyForm):
    """The same, where the unit answered on paper and a clerk writes it down."""

    on = DateField(_l("Answered on"), [_DAY])

    def validate_on(self, field: Field) -> None:
        """Between the delivery and today."""
        if field.data and not self.delivered_on <= field.data <= clock.today():
            raise ValidationError(_("The date lies in the future, or before the proposal was delivered."))
