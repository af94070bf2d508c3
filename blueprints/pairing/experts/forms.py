"""The forms of the roster: an entry, and what the list is narrowed to."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import BooleanField, DateField, Field, Form, SelectMultipleField
from wtforms.validators import InputRequired, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from blueprints.pairing.experts.domain import SEASON_LABELS, STATE_LABELS, TRADE_LABELS, Season, Trade
from blueprints.pairing.experts.models import Entry, Expert, accounts
from blueprints.pairing.experts.queries import Filter
from core import clock
from core.forms import ChangeForm, ConfirmForm, ReasonForm, SelectField, chosen, line, options
from core.texts import plain


class _Boxes(SelectMultipleField):
    """Several of a list, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def too_many(seconds: int) -> str:
    """Why a form of the public is not taken now; what was typed stays in it."""
    minutes = (seconds + 59) // 60
    words: str = ngettext(
        "Too many forms came from your address. Please send this again in %(num)s minute, or call the office.",
        "Too many forms came from your address. Please send this again in %(num)s minutes, or call the office.",
        minutes,
    )
    return words


def trades() -> list[tuple[str, str]]:
    """The trades, of which one has to be chosen."""
    return [("", _("Choose")), *((str(trade), str(label)) for trade, label in plain(TRADE_LABELS).items())]


class EntryForm(ChangeForm):
    """An expert: what they know, when they can be asked, and that they agreed."""

    name = line(_l("Name"), 60)
    unit = line(_l("Unit or institute"), 100)
    trades = _Boxes(
        _l("Trades"), [InputRequired(_l("Please choose at least one."))], choices=options(TRADE_LABELS), coerce=str
    )
    season = SelectField(_l("Season"), [chosen()], choices=options(SEASON_LABELS), default=Season.ALL.value)
    languages = line(_l("Languages of contact"), 60)
    phone = line(_l("Telephone"), 60)
    account = SelectField(_l("Account of the expert"), [Optional()], choices=[])
    consent = BooleanField(_l("The expert has agreed to be on the roster and to be asked"))
    consent_on = DateField(_l("Agreed on"), [InputRequired(_l("Please give the date."))])

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.account.choices = [("", _("None: staff type the answers in")), *((str(id), n) for id, n in accounts())]

    def validate_consent(self, field: Field) -> None:
        """Nobody is on the roster who did not agree."""
        if not field.data:
            raise ValidationError(_("Without the expert's consent they are not entered."))

    def validate_consent_on(self, field: Field) -> None:
        """Not tomorrow."""
        if field.data and field.data > clock.today():
            raise ValidationError(_("The date lies in the future."))

    @classmethod
    def about(cls, expert: Expert, *typed: Any) -> "EntryForm":
        """The form with what the entry says."""
        return cls(
            *typed,
            name=expert.name,
            unit=expert.unit,
            trades=[each.trade for each in expert.trades],
            season=expert.season,
            languages=expert.languages,
            phone=expert.phone,
            account=str(expert.user_id or ""),
            consent=True,
            consent_on=expert.consent_on,
        )

    def entry(self) -> Entry:
        """The entry, after validation."""
        assert self.consent_on.data is not None
        return Entry(
            name=self.name.data or "",
            unit=self.unit.data or "",
            trades=[Trade(each) for each in self.trades.data or ()],
            season=Season(self.season.data),
            languages=self.languages.data or "",
            phone=self.phone.data or "",
            consent_on=self.consent_on.data,
            user_id=int(self.account.data) if self.account.data else None,
        )


STEP_FORMS: dict[str | None, type[ChangeForm]] = {None: ConfirmForm, "reason": ReasonForm}


class FilterForm(Form):
    """What the roster is narrowed to; it stays in the URL."""

    trade = SelectField(_l("Trade"), default="")
    season = SelectField(_l("Season"), default="")
    state = SelectField(_l("State"), default="")

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        every = ("", _("All"))
        self.trade.choices = [every, *plain(TRADE_LABELS).items()]
        self.season.choices = [every, *plain(SEASON_LABELS).items()]
        self.state.choices = [every, *plain(STATE_LABELS).items()]

    def wanted(self) -> Filter:
        """The filter; what is not one of the choices narrows nothing."""
        self.validate()
        return Filter(**{each.name: "" if each.errors else each.data or "" for each in self})
