"""What is asked: the filter of the readings, a notice of retaliation, and what is done with it."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Form
from wtforms.validators import Optional

from blueprints.accounts.forms import unit_choices
from blueprints.petitions.protection.queries import Filter
from core.forms import AboutForm, ChangeForm, ConfirmForm, SelectField, line, text


class ReadingsForm(Form):
    """What the readings are narrowed to; it stays in the URL."""

    number = line(_l("Docket number"), 20, needed=False)
    account = line(_l("Account"), 40, needed=False)
    day = DateField(_l("Day"), [Optional()])

    def wanted(self) -> Filter:
        """The filter; a day that is none is left out, and a word that cannot be read is nobody's."""
        self.validate()
        number, account = ("–" if each.errors else each.data or "" for each in (self.number, self.account))
        return Filter(number, account.lower(), None if self.day.errors else self.day.data)


def _units() -> list[tuple[str, str]]:
    return [("", _("None, or I do not know")), *unit_choices()]


class NoticeForm(AboutForm):
    """That somebody is treated badly because they wrote."""

    text = text(_l("What happened, when, and how does it go on?"), 5000)
    person = line(_l("Who does it? (a name, if you know it)"), 60, needed=False)
    unit = SelectField(_l("Which unit does it?"), [Optional()], choices=_units)

    @property
    def unit_id(self) -> int | None:
        """The unit that was chosen."""
        return int(self.unit.data) if self.unit.data else None


class ReplyForm(ChangeForm):
    """The answer, which the petitioner reads with the receipt code."""

    text = text(_l("Your answer"), 5000)


class RemarkForm(ChangeForm):
    """A remark, if there is one."""

    reason = text(_l("Remark"), 2000, needed=False)


class InsideForm(ChangeForm):
    """A note for those who look into it."""

    remark = text(_l("Note"), 5000)


STEP_FORMS: dict[str | None, type[ChangeForm]] = {
    None: ConfirmForm,
    "message": ReplyForm,
    "note": RemarkForm,
    "remark": InsideForm,
}
