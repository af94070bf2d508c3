"""What every form shares: text that any database can hold, and words that people understand when it cannot."""

import os
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any

import wtforms
from flask import request, session
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import (
    DateField,
    Field,
    FileField,
    Form,
    HiddenField,
    IntegerField,
    MultipleFileField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Length, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget, Select, html_params

from core import attachments, clock, money, places
from core.extensions import READING
from core.pages import language
from core.texts import of_forms, plain

_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def tidy(text: str | None) -> str | None:
    """Text as it is kept: one form of each character (NFC), plain line ends, no blanks around it."""
    if text is None:
        return None
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def readable(_form: Form, field: Field) -> None:
    """Refuse what is not text: control characters (PostgreSQL cannot hold NUL) and lone surrogates."""
    if _UNREADABLE.search(field.data or ""):
        raise StopValidation(str(_l("Please remove the characters that cannot be read.")))


class OneLine:
    """Refuses line ends in a short text."""

    def __call__(self, _form: Form, field: Field) -> None:
        if "\n" in (field.data or ""):
            raise ValidationError(str(_l("Please write this in one line.")))


class Needed(InputRequired):
    """Something must stand here; blanks are nothing."""

    def __init__(self) -> None:
        super().__init__(_l("Please fill this in."))

    def __call__(self, form: BaseForm, field: Field) -> None:
        if field.data is None or (isinstance(field.data, str) and not field.data.strip()):
            raise StopValidation(str(self.message))


def most(characters: int) -> Length:
    """At most so many characters."""
    return Length(max=characters, message=_l("At most %(max)d characters, please.", max=characters))


def line(label: Any, characters: int, *, needed: bool = True, **more: Any) -> StringField:
    """A short text."""
    return StringField(label, [*_first(needed), readable, OneLine(), most(characters)], filters=[tidy], **more)


def text(label: Any, characters: int, *, needed: bool = True, **more: Any) -> TextAreaField:
    """A long text."""
    return TextAreaField(label, [*_first(needed), readable, most(characters)], filters=[tidy], **more)


def _first(needed: bool) -> list[Needed]:
    """Nothing where a text may be left out: Optional() would stop the form's own question whether it really may."""
    return [Needed()] if needed else []


class _Drawn:
    """Draws a select as a whole; WTForms makes several objects of each option, and a queue offers eighty."""

    def __call__(self, field: Any, **given: Any) -> Markup:
        if isinstance(field.choices, dict):  # in groups
            return Markup(Select()(field, **given))  # noqa: S704 - WTForms escapes it
        given = {"id": field.id, "required": bool(field.flags.required), **given, "name": field.name}
        pairs = field.choices or ()
        drawn = "".join(_option(str(value), str(label), field.coerce(value) == field.data) for value, label in pairs)
        return Markup(f"<select {html_params(**given)}>{drawn}</select>")  # noqa: S704 - escaped where it is drawn


class SelectField(wtforms.SelectField):
    """One of a list of (value, label)."""

    widget = _Drawn()

    def pre_validate(self, form: BaseForm) -> None:
        """What was chosen is one of them; whether something must be, the validators say."""
        if self.data in (None, ""):
            return
        pairs: Any = () if isinstance(self.choices, dict) else self.choices or ()
        if not any(self.coerce(value) == self.data for value, _ in pairs):
            super().pre_validate(form)


class NumberField(IntegerField):
    """A whole number; what is none is told in our words, since WTForms has none in Chinese."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Digits alone: a number in a form is no place for int()'s other spellings."""
        typed = str(valuelist[0]).strip() if valuelist else ""
        if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
            self.data = None
            raise ValueError(_("Please give a number."))
        self.data = int(typed)


class MoneyField(StringField):
    """An amount of money, typed in yuan; `data` counts fen. What is no amount stays in the form as it was typed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read it as people write it."""
        self.data: Any = None
        typed = str(valuelist[0]).strip() if valuelist else ""
        if not typed:
            return
        try:
            self.data = money.read(typed)
        except money.BadAmount as bad:
            raise ValueError(bad.why[language()]) from None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else money.plain(self.data)


class VillageField(HiddenField):
    """The village that a list is narrowed to: links name it by its code, nobody types it. `told` is its name.

    What is no village of ours narrows nothing.
    """

    told = ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        code = valuelist[0] if valuelist else ""
        known = code.isascii() and code.isdigit() and len(code) == 12
        self.told = dict(places.villages_of(code[:9])).get(code, "") if known else ""
        self.data = code if self.told else ""


@lru_cache(4096)
def _option(value: str, label: str, chosen: bool) -> str:
    return f'<option{" selected" if chosen else ""} value="{escape(value)}">{escape(label)}</option>'


def options(labels: Mapping[Any, Any]) -> Callable[[], list[tuple[str, Any]]]:
    """The choices of a field, asked for when it is drawn: WTForms wants no tuples where a field is declared."""
    return lambda: [(str(value), label) for value, label in plain(labels).items()]


def years(many: int = 5) -> list[tuple[str, str]]:
    """The choices of a year: this one and those before it."""
    this = clock.today().year
    return [(str(year), str(year)) for year in range(this, this - many, -1)]


def chosen() -> InputRequired:
    """One of the choices must be taken."""
    return InputRequired(_l("Please choose one."))


class OfficeForm(FlaskForm):  # type: ignore[misc] # Flask-WTF comes without types
    """A form that carries its token against forgery."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """What was sent reaches a field as what the field is for: a file no text, a text no file, and nothing else."""

        def wrap_formdata(self, form: BaseForm, formdata: Any) -> Any:
            """What was typed, and the files of the fields for files."""
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            if request.method in READING:
                return None
            files = {each.name: request.files.getlist(each.name) for each in form if isinstance(each, FileField)}
            return CombinedMultiDict([request.form, MultiDict(files)])

        def get_translations(self, form: BaseForm) -> Any:
            """Those that are kept; Flask-WTF would read them from their file for each request."""
            return of_forms()


class ChangeForm(OfficeForm):
    """A form that changes a row: it carries the version that the person saw."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version the person saw; -1 where the field was tampered with."""
        found = self.version.data or ""
        return int(found) if found.isascii() and found.isdigit() and len(found) < 10 else -1


class Boxes(SelectMultipleField):
    """Several of a list, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def day(label: Any) -> DateField:
    """A date."""
    return DateField(label, [InputRequired(_l("Please give the date."))])


def to_come(_form: Form, field: Field) -> None:
    """A day from today on, within two years."""
    if field.data and not clock.today() <= field.data <= clock.today() + timedelta(days=731):
        raise ValidationError(str(_l("Please give a day from today on, within two years.")))


class ConfirmForm(ChangeForm):
    """A yes is enough."""


class ReasonForm(ChangeForm):
    """Why."""

    reason = text(_l("Reason"), 2000)


class NoteForm(ChangeForm):
    """A remark, if there is one."""

    reason = text(_l("Remark"), 2000, needed=False)


# --- what residents send ---------------------------------------------------------------------------------------------


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
        if sum(each.stream.seek(0, os.SEEK_END) for each in sent) > attachments.MOST_IN_ALL:
            raise ValidationError(_("The files have more than 30 MB together."))
        for each in sent:
            each.stream.seek(0)
        try:
            self.cleaned = [attachments.clean(each.filename, each.stream.read()) for each in sent]
        except attachments.Refused as refused:
            raise ValidationError(f"{refused.name}: {refused}") from None


class ReceiptForm(OfficeForm):
    """The receipt code; whatever is wrong with it, the answer is the same."""

    receipt = StringField(_l("Receipt code"))
    kept = HiddenField()  # what somebody was sending when their letter had been closed


class AboutForm(OfficeForm):
    """Something about the letter that is open in this browser: in another tab it may be another one by now."""

    about = HiddenField()  # the letter that stood on the page

    def validate(self, extra_validators: Any = None) -> bool:
        """What was written on the page of one letter never goes by itself to another, which others read."""
        valid = bool(super().validate(extra_validators))
        if self.about.data == self.opened_now():
            return valid
        self.about.data = self.opened_now()
        self.form_errors.append(
            _(
                "In this browser another letter was opened meanwhile: the one that this page shows. "
                "If what you wrote belongs to it, send it now; else open the right letter with its code."
            )
        )
        return False

    def opened_now(self) -> str:
        """Which one is open now."""
        return str(session.get("letter"))
