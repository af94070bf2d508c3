"""What a reporter writes: the report, a message, a notice of retaliation."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField
from wtforms.validators import Optional, ValidationError

from blueprints.accounts.forms import unit_choices
from blueprints.bypass.models import organ_key
from blueprints.rules.hotline import models
from blueprints.rules.reports.domain import KIND_LABELS, REPORTED, Kind
from blueprints.rules.reports.models import Tip
from core import unlocked
from core.extensions import reading
from core.forms import AboutForm, Files, OfficeForm, SelectField, chosen, line, options, text


def _units() -> list[tuple[str, str]]:
    return [("", _("None, or I do not know")), *unit_choices()]


def _id(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) <= 18 else None


class ReportForm(OfficeForm):
    """A report, as the public writes it."""

    upward = False  # it goes to the organ one level up, sealed
    refused = False  # nobody here may receive it, and no such organ gave its key

    kind = RadioField(
        _l("What is it about?"), [chosen()], choices=options({each: KIND_LABELS[each] for each in REPORTED})
    )
    person = line(_l("Person it is about"), 60, needed=False)
    unit = SelectField(_l("Unit it is about"), [Optional()], choices=_units)
    files = Files(_l("Files"))
    signing = RadioField(
        _l("Do you want to give your name?"),
        [chosen()],
        choices=options({"named": _l("Yes, I give my name"), "anonymous": _l("No, I report anonymously")}),
    )
    name = line(_l("Name"), 60, needed=False)
    contact = line(_l("How to reach you"), 120, needed=False)
    text = text(_l("Your report"), 20_000)

    def validate_name(self, field: Field) -> None:
        """Who gives their name, gives it."""
        if self.signing.data == "named" and not field.data:
            raise ValidationError(_("Please fill this in, or choose to report anonymously."))

    def validate_person(self, field: Field) -> None:
        """Whom it is about decides who may read it: without a person or a unit nobody could be kept away from it."""
        unit = _id(self.unit.data)
        if not field.data and unit is None:
            raise ValidationError(_("Please name the person, or choose the unit: they will never see your report."))
        with reading() as database:
            nobody = models.goes_up(database, field.data or "", unit)
        if nobody and organ_key() is not None:
            self.upward = True
        elif nobody:
            self.refused = True
            raise ValidationError(_("Nobody in this office may receive this report."))

    @property
    def tip(self) -> Tip:
        """The report, after validation."""
        identity = {name: self[name].data or "" for name in ("name", "contact")}
        return Tip(
            kind=Kind(self.kind.data),
            text=self.text.data or "",
            person=self.person.data or "",
            unit=_id(self.unit.data),
            identity=identity if self.signing.data == "named" else None,
            files=self.files.cleaned,
        )


class _OpenForm(AboutForm):
    """Something about the report that is open in this browser."""

    def opened_now(self) -> str:
        held = unlocked.held(unlocked.REPORTER)
        return str(held.whose) if held else ""


class WriteForm(_OpenForm):
    """A word to the office."""

    files = Files(_l("Files"))
    text = text(_l("Your message"), 5000)


class NoticeForm(_OpenForm):
    """That somebody is treated badly because of a report, and by whom."""

    person = line(_l("Who does it (person)"), 60, needed=False)
    unit = SelectField(_l("Unit it is about"), [Optional()], choices=_units)
    text = text(_l("What happens to you"), 5000)

    @property
    def unit_id(self) -> int | None:
        """The unit chosen."""
        return _id(self.unit.data)
