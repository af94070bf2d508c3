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
    IntegerField,
    RadioField,
    StringField,
)
from wtforms.validators import InputRequired, Optional, ValidationError

from blueprints.accounts.forms import unit_choices
from blueprints.petitions.casefile.domain import DELIVERY_LABELS
from blueprints.petitions.docket.domain import (
    CHANNEL_LABELS,
    ELSEWHERE_LABELS,
    FAULT_LABELS,
    KIND_LABELS,
    OUTCOME_LABELS,
    SOLVED_LABELS,
    STATE_LABELS,
    VERDICT_LABELS,
    Outcome,
)
from blueprints.petitions.docket.models import Petition, fit_for
from blueprints.petitions.docket.queries import Filter
from core import clock, places
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
from core.procedures import profile
from core.roles import Role, Viewer
from core.texts import plain
from core.workflow import Step

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
            unread="unread" in self and bool(self.unread.data),
            **held,
        )


# --- what the steps ask --------------------------------------------------------------------------------------------


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


class ForwardForm(ChangeForm):
    """The organ that is competent instead: a unit that this office knows, or another."""

    unit = SelectField(_l("Unit"), description=_l("Or write the name of another organ below."))
    organ = line(_l("Another organ"), 100, needed=False)
    reason = text(_l("Remark for the petitioner"), 2000, needed=False)

    def validate_organ(self, field: Field) -> None:
        """One of the two."""
        if bool(field.data) == bool(self.unit.data):
            raise ValidationError(_("Please choose a unit, or write the name of another organ, not both."))


class JoinForm(ChangeForm):
    """A unit that takes part, what it is to do, and by when."""

    unit = SelectField(_l("Unit"), [chosen()])
    task = text(_l("What this unit is to do"), 2000)
    due_on = DateField(_l("To be done by"), [InputRequired(_l("Please give the date."))])

    def validate_due_on(self, field: Field) -> None:
        """From today on."""
        _not_past(field)


class ReleaseForm(ChangeForm):
    """Which unit has nothing more to do with it, and why."""

    part = SelectField(_l("Unit"), [chosen()])
    reason = text(_l("Reason"), 2000)


class PartForm(ChangeForm):
    """What a co-handling unit found, and what it proposes."""

    text = text(_l("Facts, and the opinion of our unit"), 5000)


class MergeForm(ChangeForm):
    """The letter on the same matter that is answered for both."""

    number = line(_l("Docket number of the other letter"), 20)
    reason = text(_l("Why it is the same matter"), 2000)


class ExtendForm(ChangeForm):
    """How much longer, and why; the petitioner reads the reason."""

    days = IntegerField(_l("Days"), [InputRequired(_l("Please give a number."))])
    reason = text(_l("Reason, in words for the petitioner"), 2000)
    most = 0  # of the profile

    def validate_days(self, field: Field) -> None:
        """No more than the profile allows."""
        if field.data is not None and not 1 <= field.data <= self.most:
            raise ValidationError(_("From 1 to %(most)d days.", most=self.most))


class HearingForm(ChangeForm):
    """A hearing: when, who took part, what came out."""

    on = DateField(_l("On"), [InputRequired(_l("Please give the date."))])
    until = DateField(_l("Until, if it took several days"), [Optional()])
    text = text(_l("Who took part in which part, and what the hearing found"), 5000)

    def validate_until(self, field: Field) -> None:
        """Not before it began, and not for ever."""
        if field.data and self.on.data and not 0 <= (field.data - self.on.data).days <= 60:
            raise ValidationError(_("The last day lies before the first, or more than 60 days after it."))

    def validate_on(self, field: Field) -> None:
        """It has been held."""
        _past(field)


class MediationForm(ChangeForm):
    """What both sides agreed on."""

    on = DateField(_l("On"), [InputRequired(_l("Please give the date."))])
    both = BooleanField(
        _l("Both sides have consented to the mediation"), [InputRequired(_l("Without it there is none."))]
    )
    text = text(_l("The agreement"), 5000)

    def validate_on(self, field: Field) -> None:
        """It has been held."""
        _past(field)


class RequestAboveForm(ChangeForm):
    """A request for a review or a re-examination that came on paper or by word of mouth."""

    on = DateField(_l("Request received on"), [InputRequired(_l("Please give the date."))])
    text = text(_l("What is asked, and on which grounds"), 5000)

    def validate_on(self, field: Field) -> None:
        """It has come."""
        _past(field)


class VerdictForm(ChangeForm):
    """What the organ above decided, as its paper says."""

    asked_on = date.min  # nothing is decided sooner

    verdict = RadioField(_l("Decision"), [chosen()], choices=options(VERDICT_LABELS))
    dated = DateField(_l("Date of the decision"), [InputRequired(_l("Please give the date."))])
    their_number = line(_l("Number of the paper"), 60, needed=False)
    text = text(_l("Facts and grounds"), 5000)

    def validate_dated(self, field: Field) -> None:
        """It has been taken, and not before it was asked for."""
        if field.data and not self.asked_on <= field.data <= clock.today():
            raise ValidationError(_("The date lies in the future, or before the day the request came in."))


class SuperviseForm(ChangeForm):
    """What the unit did wrong, and what it is asked to do."""

    fault = RadioField(_l("Why"), [chosen()], choices=options(FAULT_LABELS))
    text = text(_l("What the unit is asked to do"), 2000)


class RespondForm(ChangeForm):
    """The unit's written answer to a supervision letter."""

    text = text(_l("Answer to the supervision letter"), 5000)


class ReportUpForm(ChangeForm):
    """A major or urgent matter, told to those above at once (2022 Art 25)."""

    organ = line(_l("Reported to"), 100)
    on = DateField(_l("On"), [InputRequired(_l("Please give the date."))])
    how = RadioField(
        _l("How"),
        [chosen()],
        choices=options({"paper": _l("In writing"), "phone": _l("By telephone"), "met": _l("In person")}),
    )
    text = text(_l("What was reported"), 2000)

    def validate_on(self, field: Field) -> None:
        """It was done."""
        _past(field)


class CarryOutForm(ChangeForm):
    """What was done of what the answer promised."""

    on = DateField(_l("On"), [InputRequired(_l("Please give the date."))])
    reason = text(_l("What was done, and what proves it"), 2000)

    def validate_on(self, field: Field) -> None:
        """It was done."""
        _past(field)


class AboutForm(ChangeForm):
    """Whom the matter is about, corrected: somebody more, or a mistaken one less."""

    person = line(_l("Person it is about, too"), 60, needed=False)
    unit = SelectField(_l("Unit it is about, too"))
    remove = SelectField(_l("Was named by mistake"), description=_l("Only a leader may take away a wall."))
    reason = text(_l("Reason"), 2000)

    def validate_reason(self, field: Field) -> None:
        """Something must change."""
        if not (self.person.data or self.unit.data or self.remove.data):
            raise ValidationError(_("Please say first what is to be corrected."))


class RecuseForm(ChangeForm):
    """Who is taken off a matter, and at whose wish (2022 Art 28)."""

    person = SelectField(_l("Who"), [chosen()])
    asked_by = RadioField(
        _l("At whose wish"),
        [chosen()],
        choices=options({"petitioner": _l("The petitioner's"), "leader": _l("The leader's own")}),
    )
    reason = text(_l("Reason"), 2000)


def _past(field: Field) -> None:
    if field.data and field.data > clock.today():
        raise ValidationError(_("The date lies in the future."))


def _not_past(field: Field) -> None:
    if field.data and field.data < clock.today():
        raise ValidationError(_("The date lies in the past."))


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
    carry_out_on = DateField(
        _l("To be carried out by"),
        [Optional()],
        description=_l("For what is supported. Without a day the office's own term runs."),
    )

    def validate_carry_out_on(self, field: Field) -> None:
        """A promise lies ahead."""
        if self.outcome.data == Outcome.SUPPORTED:
            _not_past(field)

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


class CloseForm(NoteForm):
    """Where it was solved, and a remark."""

    solved = RadioField(_l("Where was it solved?"), [chosen()], choices=options(SOLVED_LABELS))


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
    "forward": ForwardForm,
    "assign": AssignForm,
    "answer": AnswerForm,
    "part": PartForm,
    "join": JoinForm,
    "release": ReleaseForm,
    "merge": MergeForm,
    "extend": ExtendForm,
    "hearing": HearingForm,
    "mediation": MediationForm,
    "request": RequestAboveForm,
    "verdict": VerdictForm,
    "supervise": SuperviseForm,
    "respond": RespondForm,
    "report_up": ReportUpForm,
    "carry_out": CarryOutForm,
    "about": AboutForm,
    "recuse": RecuseForm,
    "close": CloseForm,
    "reason": ReasonForm,
    "message": MessageForm,
    "delivery": DeliveryForm,
}


def offer(form: ChangeForm, petition: Petition, step: Step, viewer: Viewer) -> None:
    """Give the form of a step what there is to choose in this matter, and the bounds of this matter's profile."""
    match form:
        case AssignForm() | JoinForm():
            form.unit.choices = [("", _("Choose")), *fit_for(petition, unit_choices())]
        case ForwardForm():
            form.unit.choices = [("", _("Another organ")), *fit_for(petition, unit_choices())]
        case ReleaseForm():
            form.part.choices = [("", _("Choose")), *((str(each.id), each.unit_name) for each in petition.open_parts())]
        case AboutForm():
            named = petition.concerns() if viewer.role == Role.LEADER else ()
            form.unit.choices = [("", _("None"))]
            form.unit.choices += unit_choices()
            form.remove.choices = [("", _("Nobody")), *((str(each.id), each.words) for each in named)]
        case RecuseForm():
            people = ((str(each.id), f"{each.name} · {each.unit.name}") for each in petition.readers())
            form.person.choices = [("", _("Choose")), *people]
        case ExtendForm():
            form.most = profile(petition.profile).rule("extension", petition.kind).length
        case VerdictForm():
            if running := petition.casefile.running(step.stop or ""):
                form.asked_on = running.started_on
        case CloseForm():
            if petition.outcome is None:  # nothing was answered here, so nothing solved
                del form.solved
        case DeliveryForm() if step in petition.steps(viewer):
            form.issued_on = petition.awaited(step.action).issued_on


# Why a step that was open could not be taken after all.
REFUSED = {
    **dict.fromkeys(
        ("assign", "reassign", "join", "forward"),
        _l("This unit cannot take it: it has it already, or the letter is about it or a unit above it."),
    ),
    "merge": _l(
        "There is no such letter to join this one to: an open one of the same class that you may see, not joined to "
        "another itself, whose units this letter is not about."
    ),
    "about": _l(
        "This cannot be corrected so: nothing would change, or nobody of this office would be left to handle it, or it "
        "takes away a wall, which is for a leader."
    ),
    **dict.fromkeys(
        ("withdraw", "recuse"),
        _l("Nobody else of this role could see to the matter then. First it needs another colleague."),
    ),
    "extend": _l("The time cannot be extended so."),
}
