"""The forms of an objection: saying it, its code, the answer, what the list is narrowed to."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField, StringField

from blueprints.pairing.objections.domain import STATE_LABELS
from blueprints.pairing.objections.models import Said, listed
from blueprints.pairing.rounds.models import Round
from core import codes
from core.forms import ChangeForm, OfficeForm, SelectField, chosen, line, text
from core.texts import plain


class ObjectionForm(OfficeForm):
    """What speaks against a household of the list; a name is not needed."""

    household = RadioField(_l("Against which household?"), [chosen()], choices=[])
    text = text(_l("What speaks against it?"), 5000)
    name = line(_l("Name"), 60, needed=False)
    contact = line(_l("Telephone"), 60, needed=False)

    def fill(self, of: Round) -> None:
        """The households of the list."""
        self.household.choices = [(str(each.id), f"{each.name}（{each.place.full_name}）") for each in listed(of)]

    def said(self) -> Said:
        """The objection, after validation."""
        return Said(int(self.household.data), self.text.data or "", self.name.data or "", self.contact.data or "")


class CodeForm(codes.CodeForm):
    """The code of an objection."""

    receipt = StringField(_l("Code of your objection"))


class AnswerForm(ChangeForm):
    """The answer, which whoever objected reads with the code."""

    answer = text(_l("The answer"), 5000)


class FilterForm(Form):
    """What the list is narrowed to; it stays in the URL."""

    state = SelectField(_l("State"), default="")

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.state.choices = [("", _("All")), *plain(STATE_LABELS).items()]

    def wanted(self) -> str:
        """The state; what is not one of the choices narrows nothing."""
        self.validate()
        return "" if self.state.errors else self.state.data or ""
