"""The forms of the docket: a letter, and what each step asks for."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import (
    BooleanField,
    DateField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Optional, ValidationError

from blueprints.accounts.models import Unit, User, name_digest
from blueprints.petitions.docket.domain import (
    CHANNEL_LABELS,
    DELIVERY_LABELS,
    ELSEWHERE_LABELS,
    KIND_LABELS,
    OUTCOME_LABELS,
    STATE_LABELS,
    Channel,
    Delivery,
    Kind,
)
from blueprints.petitions.docket.models import Letter
from blueprints.petitions.docket.queries import Filter
from core import attachments, clock, places
from core.extensions import reading
from core.forms import ChangeForm, OfficeForm, line, text, tidy
from core.pages import language
from core.places import Place
from core.roles import Role
from settings import settings

_CHOOSE = _l("Please choose one.")
MOST_REQUESTS = 10


def chosen() -> InputRequired:
    """One of the choices must be taken."""
    return InputRequired(_CHOOSE)


class Files(MultipleFileField):
    """Files of a letter or a message; after validation `cleaned` holds what may be kept."""

    def __init__(self, label: Any, **more: Any) -> None:
        super().__init__(label, **more)
        self.cleaned: list[attachments.Cleaned] = []

    def pre_validate(self, form: Any) -> None:
        """Check and clean each file by its content; say by name which one cannot be taken, and why."""
        sent = [each for each in self.data or () if getattr(each, "filename", "")]
        if len(sent) > attachments.MOST_FILES:
            raise ValidationError(_("At most %(count)d files, please.", count=attachments.MOST_FILES))
        try:
            self.cleaned = [attachments.clean(each.filename, each.stream.read()) for each in sent]
        except attachments.Refused as refused:
            raise ValidationError(f"{refused.name}: {refused}") from None


class PlaceField(StringField):
    """A village or a township by its code; after validation `place` is the row."""

    place: Place | None = None

    def pre_validate(self, form: Any) -> None:
        """The code must be one of ours."""
        with reading() as database:
            self.place = database.get(Place, (self.data or "").strip()[:12])
        if self.place is None or self.place.level == "district":
            raise ValidationError(_("Please choose the village or community."))


def units(*, office: bool = True) -> list[tuple[str, str]]:
    """The units that are open, by name, as choices."""
    wanted = select(Unit.id, Unit.name).where(Unit.closed_at.is_(None)).order_by(Unit.line)
    if not office:
        wanted = wanted.where(~Unit.is_office)
    with reading() as database:
        return [(str(id), name) for id, name in database.execute(wanted)]


class LetterForm(OfficeForm):
    """A letter, as the public writes it or as the office takes it down."""

    kind = RadioField(_l("What is it about?"), [chosen()], choices=list(KIND_LABELS.items()))
    signing = RadioField(
        _l("Do you want to give your name?"),
        [chosen()],
        choices=[("named", _l("Yes, I give my name")), ("anonymous", _l("No, I write anonymously"))],
    )
    name = line(_l("Name"), 60, needed=False)
    address = line(_l("Address"), 200, needed=False)
    contact = line(_l("Telephone"), 60, needed=False)
    township = SelectField(_l("Township or street"), validate_choice=False, choices=[])
    place = PlaceField(_l("Village or community"))
    subject = line(_l("Subject"), 100)
    text = text(_l("Your letter"), 20_000)
    person = line(_l("Person it is about"), 60, needed=False)
    unit = SelectField(_l("Unit it is about"), [Optional()])
    files = Files(_l("Files"))

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.unit.choices = [("", _("None, or I do not know")), *units()]

    def validate_name(self, field: Field) -> None:
        """Who gives their name, gives it; an answer needs to reach them (2022 Art 19)."""
        self._named(field)

    def validate_address(self, field: Field) -> None:
        """The address, for the same reason."""
        self._named(field)

    def _named(self, field: Field) -> None:
        if self.signing.data == "named" and not field.data:
            raise ValidationError(_("Please fill this in, or choose to write anonymously."))

    def validate_unit(self, field: Field) -> None:
        """A letter about this office goes one level up, and nothing of it is kept here."""
        with reading() as database:
            unit = database.get(Unit, int(field.data)) if (field.data or "").isdecimal() else None
        if unit is not None and unit.is_office:
            raise ValidationError(self._one_up())

    def validate_person(self, field: Field) -> None:
        """The same for a letter about the head of this office."""
        if not field.data:
            return
        head = select(User.id).where(User.name_digest == name_digest(field.data), User.role == Role.LEADER)
        with reading() as database:
            found = database.scalar(head.limit(1))
        if found is not None:
            raise ValidationError(self._one_up())

    def _one_up(self) -> str:
        told: str = _(
            "This office may not handle a letter about itself, and keeps no copy. Please send it to: %(organ)s.",
            organ=settings().SUPERIOR_NAME if language() == "zh" else settings().SUPERIOR_NAME_EN,
        )
        return told

    def letter(self, receipt: str) -> Letter:
        """The letter, after validation."""
        identity = None
        if self.signing.data == "named":
            identity = {name: self[name].data or "" for name in ("name", "address", "contact")}
        assert self.place.place is not None
        about = (self.person.data or "", int(self.unit.data) if self.unit.data else None)
        return Letter(
            kind=Kind(self.kind.data),
            channel=self.channel_of_entry(),
            place=self.place.place,
            subject=self.subject.data or "",
            text=self.text.data or "",
            identity=identity,
            concerns=[about] if any(about) else [],
            files=self.files.cleaned,
            receipt=receipt,
            received_on=self.day_of_entry(),
        )

    def channel_of_entry(self) -> Channel:
        """How this letter comes in."""
        return Channel.ONLINE

    def day_of_entry(self) -> date | None:
        """The day it came in, if it is not today."""
        return None


class IntakeForm(LetterForm):
    """A visit, a call or a paper letter, taken down by a clerk (2022 Art 19)."""

    channel = RadioField(
        _l("How did it come in?"),
        [chosen()],
        choices=[(each, label) for each, label in CHANNEL_LABELS.items() if each is not Channel.ONLINE],
    )
    received_on = DateField(_l("Received on"), [InputRequired(_l("Please give the date."))])

    def validate_received_on(self, field: Field) -> None:
        """Not tomorrow, and not so long ago that it is a mistyped year."""
        if field.data and not 0 <= (clock.today() - field.data).days <= 366:
            raise ValidationError(_("The date lies in the future, or more than a year back."))

    def channel_of_entry(self) -> Channel:
        return Channel(self.channel.data)

    def day_of_entry(self) -> date | None:
        day: date | None = self.received_on.data
        return day


class FilterForm(Form):
    """What the queue is narrowed to; it stays in the URL."""

    q = StringField(_l("Search"), filters=[tidy])
    state = SelectField(_l("State"))
    kind = SelectField(_l("Class"))
    channel = SelectField(_l("Channel"))
    unit = SelectField(_l("Unit"))
    place = SelectField(_l("Township or street"))
    overdue = BooleanField(_l("Overdue only"))

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        every = ("", _("All"))
        self.state.choices = [("", _("Open")), ("all", _("All")), *STATE_LABELS.items()]
        self.kind.choices = [every, *KIND_LABELS.items()]
        self.channel.choices = [every, *CHANNEL_LABELS.items()]
        self.unit.choices = [every, *units(office=True)]
        self.place.choices = [every, *places.townships()]

    def wanted(self) -> Filter:
        """The filter; a word that is not one of the choices narrows to nothing known and is left out."""
        self.validate()
        held = {
            name: "" if self[name].errors else self[name].data or "" for name in ("state", "kind", "channel", "place")
        }
        unit = None if self.unit.errors or not self.unit.data else int(self.unit.data)
        return Filter(q=(self.q.data or "")[:100], unit=unit, overdue=bool(self.overdue.data), **held)


# --- what the steps ask --------------------------------------------------------------------------------------------


class ConfirmForm(ChangeForm):
    """A yes is enough."""


class RegisterForm(ChangeForm):
    """The class of the matter, as the office judges it."""

    kind = RadioField(_l("Class"), [chosen()], choices=list(KIND_LABELS.items()))


class DeclineForm(ChangeForm):
    """Why it is not accepted here, and where the petitioner can go instead."""

    elsewhere = SelectField(_l("Who is competent"), [chosen()], choices=[("", _l("Choose")), *ELSEWHERE_LABELS.items()])
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
    outcome = RadioField(_l("Outcome"), [chosen()], choices=list(OUTCOME_LABELS.items()))
    basis = text(_l("Legal basis"), 2000)

    def one_more(self) -> None:
        """Room for another request."""
        if len(self.items) < MOST_REQUESTS:
            self.items.append_entry()


class ReasonForm(ChangeForm):
    """Why."""

    reason = text(_l("Reason"), 2000)


class NoteForm(ChangeForm):
    """A remark, if there is one."""

    reason = text(_l("Remark"), 2000, needed=False)


class MessageForm(ChangeForm):
    """Something to write."""

    text = text(_l("Text"), 5000)


class DeliveryForm(ChangeForm):
    """How and when a paper reached the petitioner, and what proves it. Rights run from that day."""

    how = RadioField(_l("How"), [chosen()], choices=list(DELIVERY_LABELS.items()))
    on = DateField(_l("On"), [InputRequired(_l("Please give the date."))])
    proof = line(_l("Proof: signature, or number of the postal receipt"), 200, needed=False)

    def validate_proof(self, field: Field) -> None:
        """What was handed over or posted leaves a trace on paper."""
        if self.how.data != Delivery.RECEIPT_PAGE and not field.data:
            raise ValidationError(_("Please say what proves the delivery."))

    def validate_on(self, field: Field) -> None:
        """A delivery lies in the past."""
        if field.data and not 0 <= (clock.today() - field.data).days <= 366:
            raise ValidationError(_("The date lies in the future, or more than a year back."))


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
