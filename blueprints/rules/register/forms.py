"""The forms of the register: a rule and its text, what each step asks for, the filter of the list."""

from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, FileField, Form, SelectField, StringField
from wtforms.validators import InputRequired, ValidationError

from blueprints.rules.register import domain
from blueprints.rules.register.domain import KIND_LABELS, STATE_LABELS, State
from blueprints.rules.register.models import Rule, Version, number_taken
from blueprints.rules.register.queries import Filter
from core import clock, documents
from core.attachments import Cleaned, Refused, clean
from core.deadlines import ONE_DAY
from core.forms import ChangeForm, ConfirmForm, NoteForm, chosen, line, options, text, tidy
from core.forms import SelectField as Choice
from core.texts import plain

MOST = 60_000  # characters of a text
_EARLIEST = date(1949, 10, 1)
_DAY = InputRequired(_l("Please give the date."))


class TextForm(ChangeForm):
    """The text of a version: typed, pasted, or taken from a file, and looked at before it is kept."""

    text = text(
        _l("Text of the rule"),
        MOST,
        needed=False,
        description=_l(
            "Type or paste it. A line that begins with “Article 1” begins an article, one with “Chapter 1” a chapter; "
            "what stands before the first article is the preamble. The heading of an article stands in square brackets."
        ),
    )
    file = FileField(_l("Or take it from a file (.docx or .txt)"))
    parsed: domain.Text
    came_from_file = False
    refused = ""

    def read(self) -> None:
        """Take the text out of the file, if one was sent: slow work, done before anything is held."""
        given = self.file.data
        if not getattr(given, "filename", ""):
            return
        try:
            found = clean(given.filename, given.stream.read())
        except Refused as refused:
            self.refused = str(refused)
            return
        if found.kind not in ("docx", "txt"):
            self.refused = _("Only a .docx or a .txt file can be read here.")
            return
        self.text.data, self.came_from_file = tidy(_words(found)), True

    def validate_text(self, field: Field) -> None:
        """Something must stand there, and be taken apart into articles."""
        if not (field.data or "").strip() and not self.refused:
            raise ValidationError(_("Please fill this in."))
        self.parsed = domain.parse(field.data or "")

    def validate_file(self, field: Field) -> None:
        """The file could be read."""
        if self.refused:
            raise ValidationError(self.refused)


def _words(file: Cleaned) -> str:
    if file.kind == "txt":
        return file.data.decode()
    return "\n".join(documents.paragraphs(file.data))


def _of_rule() -> dict[str, Any]:
    return {
        "number": line(
            _l("Document number"),
            60,
            description=_l("As the body that issued it numbers it."),
        ),
        "issuer": line(_l("Issued by"), 100),
        "kind": Choice(_l("Kind of rule"), [chosen()], choices=options({"": _l("Choose"), **KIND_LABELS})),
        "title": line(_l("Title"), 200),
        "title_en": line(_l("Title in English"), 200, needed=False),
    }


class DescribeForm(ChangeForm):
    """What a rule is called, who issued it, what it is about."""

    number, issuer, kind, title, title_en = _of_rule().values()
    rule: int | None = None

    def validate_number(self, field: Field) -> None:
        """No two rules have one number."""
        if field.data and number_taken(field.data, self.rule):
            raise ValidationError(_("Another rule in the register has this number."))


class RuleForm(TextForm):
    """A new rule with its text."""

    number, issuer, kind, title, title_en = _of_rule().values()

    def validate_number(self, field: Field) -> None:
        """No two rules have one number."""
        if field.data and number_taken(field.data):
            raise ValidationError(_("Another rule in the register has this number."))


class DayForm(ChangeForm):
    """From when a version applies."""

    earliest = _EARLIEST

    on = DateField(_l("In force from"), [_DAY])

    def validate_on(self, field: Field) -> None:
        """After the version before it, and not so late that it is a mistyped year."""
        if field.data and not self.earliest <= field.data <= clock.today() + timedelta(days=180):
            raise ValidationError(
                _("The date lies more than half a year ahead, or not after the day of the version before.")
            )


class TrialForm(DayForm):
    """From when, and until when, a version is tried."""

    until = DateField(
        _l("Trial until"), [_DAY], description=_l("Before and after this day the desk asks for a decision.")
    )

    def validate_until(self, field: Field) -> None:
        """After it begins."""
        if field.data and self.on.data and not self.on.data < field.data <= self.on.data + timedelta(days=1900):
            raise ValidationError(_("The trial ends after it begins, and within five years."))


class UntilForm(ChangeForm):
    """Another last day of a trial."""

    ends = _EARLIEST

    until = DateField(_l("Trial until"), [_DAY])
    reason = text(_l("Reason"), 2000)

    def validate_until(self, field: Field) -> None:
        """Later than until now, and to come."""
        latest = clock.today() + timedelta(days=1900)
        if field.data and not max(self.ends, clock.today()) < field.data <= latest:
            raise ValidationError(
                _("Please give a day that is still to come and after the last one, within five years.")
            )


class EndForm(ChangeForm):
    """On which day a rule applies for the last time."""

    earliest = _EARLIEST

    last = DateField(_l("Last day on which it applies"), [_DAY])
    reason = text(_l("Reason"), 2000)

    def validate_last(self, field: Field) -> None:
        """Not before it began."""
        if field.data and not self.earliest <= field.data <= clock.today() + timedelta(days=180):
            raise ValidationError(_("The date lies more than half a year ahead, or before the rule came into force."))


STEP_FORMS: dict[str | None, type[ChangeForm]] = {
    None: ConfirmForm,
    "text": TextForm,
    "trial": TrialForm,
    "day": DayForm,
    "note": NoteForm,
    "until": UntilForm,
    "end": EndForm,
}


def begin(form: ChangeForm, rule: Rule, version: Version, *, fresh: bool) -> None:
    """Between which days the form of a step may choose, and, where it is fresh, what stands in it."""
    if isinstance(form, TextForm) and fresh:
        form.text.data = version.body
    if isinstance(form, DayForm):
        current = rule.current()
        if current and current.from_on:
            form.earliest = current.from_on + ONE_DAY
        if fresh:
            form.on.data = max(clock.today(), form.earliest)
    if isinstance(form, UntilForm) and version.trial_until_on:
        form.ends = version.trial_until_on
    if isinstance(form, EndForm) and version.from_on:
        form.earliest = version.from_on


class FilterForm(Form):
    """What the register is narrowed to; it stays in the URL."""

    q = StringField(_l("Search title and text"))
    state = SelectField(_l("State"), default="")
    kind = SelectField(_l("Kind of rule"), default="")

    def __init__(self, editor: bool, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        hidden = () if editor else (State.DRAFT, State.DISCARDED)
        states = [(value, label) for value, label in plain(STATE_LABELS).items() if value not in hidden]
        self.state.choices = [("", _("All that stand now")), ("all", _("All")), *states]
        self.kind.choices = [("", _("All")), *plain(KIND_LABELS).items()]

    def wanted(self) -> Filter:
        """The filter; a word that is not one of the choices is left out."""
        self.validate()
        held = {name: "" if self[name].errors else self[name].data or "" for name in ("state", "kind")}
        return Filter(q=(self.q.data or "").strip()[:100], **held)
