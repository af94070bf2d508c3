"""What the knowledge page is searched for."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField

from blueprints.pairing.experts.domain import SEASON_LABELS, TRADE_LABELS
from blueprints.pairing.knowledge.queries import Filter
from core.forms import SelectField, most, readable, tidy
from core.texts import plain


class FilterForm(Form):
    """Words, a trade, a season; they stay in the URL."""

    q = StringField(_l("Search"), [readable, most(100)], filters=[tidy])
    trade = SelectField(_l("Trade"), default="")
    season = SelectField(_l("Season"), default="")

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        every = ("", _("All"))
        self.trade.choices = [every, *plain(TRADE_LABELS).items()]
        self.season.choices = [every, *plain(SEASON_LABELS).items()]

    def wanted(self) -> Filter:
        """The filter; what is not one of the choices, or no text, narrows nothing."""
        self.validate()
        return Filter(**{each.name: "" if each.errors else each.data or "" for each in self})
