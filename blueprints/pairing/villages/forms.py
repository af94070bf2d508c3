"""What the list of villages, and the page of what was promised to them, are narrowed to."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form

from blueprints.pairing.pairs import queries as pairs
from blueprints.pairing.pairs.models import can_pair
from blueprints.pairing.villages.queries import Filter
from core import clock, places
from core.forms import SelectField, VillageField


class _Words(Form):
    """Words of an address: one that is none of the choices is left out."""

    def words(self) -> dict[str, str]:
        """What was chosen."""
        self.validate()
        return {each.name: "" if each.errors else each.data or "" for each in self}


class FilterForm(_Words):
    """The list of villages."""

    township = SelectField(_l("Township or street"), default="")
    paired = SelectField(_l("Paired or not"), default="")
    unit = SelectField(_l("Unit"), default="")

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        every = ("", _("All"))
        self.township.choices = [every, *places.townships()]
        self.paired.choices = [every, ("yes", _("Paired now")), ("no", _("Not paired now"))]
        self.unit.choices = [every, *((str(id), name) for id, name in can_pair())]

    def wanted(self) -> Filter:
        """The filter."""
        return Filter(**self.words())


class PromisesForm(_Words):
    """The promises of the year."""

    which = SelectField(_l("Which ones"), default="")
    year = SelectField(_l("Year"), default="")
    village = VillageField()
    township = SelectField(_l("Township or street"), default="")
    unit = SelectField(_l("Unit"), default="")

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        every, this = ("", _("All")), clock.today().year
        self.which.choices = [("", _("Late")), ("open", _("All open ones")), ("all", _("All"))]
        self.year.choices = [every, *((str(year), str(year)) for year in range(this + 1, this - 5, -1))]
        self.township.choices = [every, *places.townships()]
        self.unit.choices = [every, *((str(id), name) for id, name in can_pair())]

    def wanted(self) -> pairs.Filter:
        """The filter."""
        return pairs.Filter(**self.words())
