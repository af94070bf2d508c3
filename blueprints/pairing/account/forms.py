"""Which year the account is of, what it is narrowed to, what is behind a figure; all of it stays in the address."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form

from blueprints.pairing.account.domain import DIVIDED, By, Measure
from blueprints.pairing.account.queries import Asked, villages
from blueprints.pairing.pairs.models import can_pair
from core import clock, places
from core.desk import Narrowed
from core.forms import SelectField, years
from core.roles import Viewer


class AccountForm(Form):
    """The year, the township, the village, the unit; a word that is none of the choices is left out."""

    year = SelectField(_l("Year"))
    township = SelectField(_l("Township or street"), default="")
    village = SelectField(_l("Village or community"), default="")
    unit = SelectField(_l("Unit"), default="")

    def __init__(self, arguments: Any, viewer: Viewer) -> None:
        super().__init__(arguments)
        every, this = ("", _("All")), clock.today().year
        self.year.choices = years()
        self.township.choices = [every, *places.townships()]
        self.village.choices = [every, *villages(viewer)]
        self.unit.choices = [every, *((str(id), name) for id, name in can_pair())]
        self.validate()
        for each, instead in ((self.year, str(this)), (self.township, ""), (self.village, ""), (self.unit, "")):
            each.data = instead if each.errors or not each.data else each.data
            each.errors = []

    @property
    def of(self) -> int:
        """The year."""
        return int(self.year.data)

    @property
    def narrowed(self) -> Narrowed:
        """What it is narrowed to."""
        return Narrowed(self.township.data or "", self.unit.data or "", self.village.data or "")

    @property
    def told(self) -> list[str]:
        """What it is narrowed to, in words: on paper there is no form."""
        fields: tuple[Any, ...] = (self.township, self.village, self.unit)
        return [f"{each.label.text}: {dict(each.choices)[each.data]}" for each in fields if each.data]

    @property
    def address(self) -> dict[str, str]:
        """All of it, as it stands in an address."""
        return {each.name: each.data for each in self if each.data}


def wanted(form: AccountForm, arguments: Any) -> Asked | None:
    """The figure that an address asks for; None where there is no such figure."""
    measure, by = arguments.get("measure", Measure.RAISED), arguments.get("by", "")
    if measure not in set(Measure) or (by and (by not in set(By) or measure not in DIVIDED)):
        return None
    key = arguments.get("key", "")[:20]
    kept = key if by and key.isascii() and key.isprintable() else ""
    return Asked(Measure(measure), form.of, form.narrowed, By(by) if by else None, kept)
