"""What a sheet, a drive, a self-check, a remark and its answer ask for."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, FieldList, Form, FormField, RadioField
from wtforms import Field as AnyField
from wtforms.validators import InputRequired, ValidationError

from blueprints.accounts.models import unit_tree
from blueprints.rules.image.domain import AUDIENCE_LABELS, CODES, LEVEL_LABELS, Level, Standard
from blueprints.rules.image.queries import usable
from core import clock
from core.extensions import db
from core.forms import ChangeForm, ConfirmForm, OfficeForm, SelectField, chosen, line, options
from core.forms import text as prose
from core.texts import of_forms


class _Part(Form):
    """One of several alike in a form."""

    class Meta(Form.Meta):  # type: ignore[misc]
        """What WTForms says, in the language of the page."""

        def get_translations(self, form: Any) -> Any:
            """Those that are kept."""
            return of_forms()


class StandardForm(_Part):
    """One standard of a sheet."""

    name = line(_l("Standard"), 40)
    text = prose(_l("What it says"), 300)
    daily = prose(_l("What it looks like in daily work"), 500)


class SheetForm(ChangeForm):
    """A title, who sees what is written, and the ten standards."""

    title = line(_l("Title"), 100)
    audience = RadioField(_l("Who sees what is written"), [chosen()], choices=options(AUDIENCE_LABELS))
    standards = FieldList(FormField(StandardForm))

    def validate_standards(self, field: "FieldList[Any]") -> None:
        """Five and five."""
        if len(field.entries) != len(CODES):
            raise ValidationError(_("The standards of this page are not those of the sheet. Please load it again."))

    def values(self) -> dict[str, Any]:
        """The sheet, after validation."""
        pairs = zip(CODES, self.standards.entries, strict=True)
        standards = [
            Standard(code, **{name: each.data[name] for name in ("name", "text", "daily")}) for code, each in pairs
        ]
        return {"title": self.title.data, "audience": self.audience.data, "standards": standards}


class AudienceForm(ChangeForm):
    """Who sees what is written from now on."""

    audience = RadioField(_l("Who sees what is written"), [chosen()], choices=options(AUDIENCE_LABELS))

    def values(self) -> dict[str, Any]:
        """What was chosen."""
        return {"audience": self.audience.data}


class SimpleForm(ConfirmForm):
    """A yes is enough."""

    def values(self) -> dict[str, Any]:
        """Nothing was asked."""
        return {}


def _day(label: Any) -> DateField:
    return DateField(label, [InputRequired(_l("Please give the date."))])


class DriveForm(OfficeForm):
    """A drive: with which sheet, for whom, in which days."""

    title = line(_l("Title"), 100)
    sheet = SelectField(_l("Sheet"), [chosen()])
    unit = SelectField(_l("Members of this unit, and of those below it"), [chosen()])
    from_on = _day(_l("From"))
    until_on = _day(_l("Until"))

    def __init__(self, **named: Any) -> None:
        units = [each for each in unit_tree(db.session()) if not each.closed_at]
        super().__init__(unit=next((str(each.id) for each in units if each.is_office), ""), **named)
        self.sheet.choices = [(str(id), title) for id, title in usable()]
        self.unit.choices = [(str(each.id), each.name) for each in units]

    def validate_until_on(self, field: AnyField) -> None:
        """The days run forwards, and are not past."""
        if field.data and self.from_on.data and field.data < self.from_on.data:
            raise ValidationError(_("The last day lies before the first."))
        if field.data and field.data < clock.today():
            raise ValidationError(_("The day lies in the past."))

    def values(self) -> tuple[str, int, int, tuple[date, date]]:
        """The drive, after validation."""
        assert self.from_on.data
        assert self.until_on.data
        days = self.from_on.data, self.until_on.data
        return self.title.data or "", int(self.sheet.data), int(self.unit.data), days


class UntilForm(ChangeForm):
    """Another last day."""

    until_on = _day(_l("Until"))

    def validate_until_on(self, field: AnyField) -> None:
        """A day to come."""
        if field.data and field.data < clock.today():
            raise ValidationError(_("The day lies in the past."))


class AnswerForm(_Part):
    """What a member says of one standard."""

    level = RadioField(_l("How it stands with me"), [chosen()], choices=options(LEVEL_LABELS))
    words = prose(_l("In my own words"), 1000, needed=False)

    def validate_words(self, field: AnyField) -> None:
        """Where something is left to do, what it is."""
        if not field.data and self.level.data in (Level.PARTLY, Level.WORK):
            raise ValidationError(_("Please write what is still to be done."))


class CheckForm(ChangeForm):
    """A word and words for each standard."""

    standards = FieldList(FormField(AnswerForm))

    def __init__(self, answers: Mapping[str, Mapping[str, str]] | None, **named: Any) -> None:
        said = [dict((answers or {}).get(code, {"level": "", "words": ""})) for code in CODES]
        super().__init__(standards=said, **named)

    def validate_standards(self, field: "FieldList[Any]") -> None:
        """Five and five."""
        if len(field.entries) != len(CODES):
            raise ValidationError(_("The standards of this page are not those of the sheet. Please load it again."))

    def answers(self) -> dict[str, dict[str, str]]:
        """What was said, by the code of the standard."""
        pairs = zip(CODES, self.standards.entries, strict=True)
        return {code: {"level": each.data["level"], "words": each.data["words"] or ""} for code, each in pairs}


class RemarkForm(ChangeForm):
    """What a colleague noticed, and what would help."""

    standard = SelectField(_l("Which standard it is about"), default="")
    text = prose(_l("What I noticed"), 1000)
    advice = prose(_l("What I suggest, or how I can help"), 1000)

    def __init__(self, standards: Sequence[Standard], **named: Any) -> None:
        super().__init__(**named)
        self.standard.choices = [("", _("In general")), *((each.code, each.name) for each in standards)]

    def values(self) -> dict[str, str]:
        """The words, after validation."""
        return {name: self[name].data or "" for name in ("standard", "text", "advice")}


class ReplyForm(ChangeForm):
    """The answer of the member."""

    text = prose(_l("My answer"), 1000)

    def values(self) -> dict[str, Any]:
        """What was typed."""
        return {"text": self.text.data}
