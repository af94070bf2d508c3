"""The forms of the docket: the filter of the queue, and what each step asks for."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    StringField,
)
from wtforms.validators import InputRequired, ValidationError

from blueprints.accounts.forms import unit_choices
from blueprints.petitions.casefile.domain import DELIVERY_LABELS
from blueprints.petitions.docket.domain import (
    CHANNEL_LABELS,
    ELSEWHERE_LABELS,
    KIND_LABELS,
    OUTCOME_LABELS,
    STATE_LABELS,
)
from blueprints.petitions.docket.queries import Filter
from core import clock, places
from core.forms import ChangeForm, OfficeForm, SelectField, chosen, line, options, text, tidy
from core.texts import plain

MOST_REQUESTS = 10


class FilterForm(Form):
    """What the queue is narrowed to; it stays in the URL."""

    q = StringField(_l("Search"), filters=[tidy])
    state = SelectField(_l("State"), default="")
    kind = SelectField(_l("Class"), default="")
    channel = SelectField(_l("Channel"), default="")
    unit = SelectField(_l("Unit"), default="")
    place = SelectField(_l("Township or street"), default="")
    overdue = BooleanField(_l("Overdue only"))
    unread = BooleanField(_l("New messages only"))

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        every = ("", _("All"))
        self.state.choices = [("", _("Open")), ("all", _("All")), *plain(STATE_LABELS).items()]
        self.kind.choices = [every, *plain(KIND_LABELS).items()]
        self.channel.choices = [every, *plain(CHANNEL_LABELS).items()]
        self.unit.choices = [every, *unit_choices()]
        self.place.choices = [every, *places.townships()]

    def wanted(self) -> Filter:
        """The filter; a word that is not one of the choices narrows to nothing known and is left out."""
        self.validate()
        held = {
            name: "" if self[name].errors else self[name].data or "" for name in ("state", "kind", "channel", "place")
        }
        unit = None if self.unit.errors or not self.unit.data else int(self.unit.data)
        return Filter(
            q=(self.q.data or "")[:100],
            unit=unit,
            overdue=bool(self.overdue.data),
            unread=bool(self.unread.data),
            **held,
        )


# --- what the steps ask --------------------------------------------------------------------------------------------


class ConfirmForm(ChangeForm):
    """A yes is enough."""


class RegisterForm(ChangeForm):
    """The class of the matter, as the office judges it."""

    kind = RadioField(_l("Class"), [chosen()], choices=options(KIND_LABELS))


class DeclineForm(ChangeForm):
    """Why it is not accepted here, and where the petitioner can go instead."""

    elsewhere = SelectField(_l("Who is competent"), [chosen()], choices=options({"": _l("Choose"), **ELSEWHERE_LABELS}))
    reason = text(_l("Reason, in words for the petitioner"), 2000)


class AssignForm(ChangeForm):
    """The unit that is to handle it."""

    unit = SelectField(_l("Unit"), [chosen()])
    reason = text(_l("Instruction to the unit"), 2000, needed=False)


class RequestForm(Form):
    """One request of the petitioner with its facts and the opinion on it (2022 Art 32)."""

    request = text(_l("Request"), 1000)
    facts = text(_l("Facts and grounds"), 5000)
    opinion = text(_l("Opinion"), 5000)


class AnswerForm(ChangeForm):
    """The handling opinion: each request answered, the outcome, the legal basis."""

    items = FieldList(FormField(RequestForm, _l("Request")), min_entries=1, max_entries=MOST_REQUESTS)
    outcome = RadioField(_l("Outcome"), [chosen()], choices=options(OUTCOME_LABELS))
    basis = text(_l("Legal basis"), 2000)

    def one_more(self) -> None:
        """Room for another request."""
        if len(self.items) < MOST_REQUESTS:
            self.items.append_entry()

    def insert(self, words: Mapping[str, str]) -> None:
        """Put ready-made words after what stands there: to the first request that has none, else to the last."""
        forms = [each.form for each in self.items]
        request = next((each for each in forms if not (each.facts.data or each.opinion.data)), forms[-1])
        for field, part in ((request.facts, "facts"), (request.opinion, "opinion"), (self.basis, "basis")):
            field.data = _after(field.data, words[part])


class ReasonForm(ChangeForm):
    """Why."""

    reason = text(_l("Reason"), 2000)


class NoteForm(ChangeForm):
    """A remark, if there is one."""

    reason = text(_l("Remark"), 2000, needed=False)


class MessageForm(ChangeForm):
    """Something to write."""

    text = text(_l("Text"), 5000)

    def insert(self, words: Mapping[str, str]) -> None:
        """Put ready-made words after what stands there."""
        self.text.data = _after(self.text.data, words["text"])


def _after(typed: str | None, words: str) -> str:
    return "\n".join(part for part in (typed, words) if part)


class DeliveryForm(ChangeForm):
    """How and when a paper reached the petitioner, and what proves it. Rights run from that day."""

    issued_on = date.min  # of the paper: nobody receives it sooner

    how = RadioField(_l("How"), [chosen()], choices=options(DELIVERY_LABELS))
    on = DateField(_l("On"), [InputRequired(_l("Please give the date."))])
    proof = line(_l("Proof: signature, number of the postal receipt, or who confirmed having read it"), 200)

    def validate_on(self, field: Field) -> None:
        """A delivery lies in the past, and after the paper was issued."""
        if field.data and not self.issued_on <= field.data <= clock.today():
            raise ValidationError(_("The date lies in the future, or before the day the paper was issued."))


class IdentityForm(OfficeForm):
    """Why somebody needs to know who wrote."""

    reason = text(_l("Why do you need to know who wrote?"), 500)
    paper = HiddenField()  # a paper to be printed with the name on it, to hand over or post

    def validate_paper(self, field: Field) -> None:
        """A number, or nothing."""
        if field.data and not (field.data.isascii() and field.data.isdigit() and len(field.data) <= 18):
            raise ValidationError(_("There is no such paper."))


STEP_FORMS: dict[str | None, type[ChangeForm]] = {
    None: ConfirmForm,
    "register": RegisterForm,
    "decline": DeclineForm,
    "assign": AssignForm,
    "answer": AnswerForm,
    "reason": ReasonForm,
    "note": NoteForm,
    "message": MessageForm,
    "delivery": DeliveryForm,
}
