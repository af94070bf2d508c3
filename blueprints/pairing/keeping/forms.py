"""What is asked: which entries, and why."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField, SelectMultipleField

from blueprints.pairing.keeping.domain import Kind, Show
from core.forms import OfficeForm, text
from core.pages import newest_key

MOST = 50  # entries of one decision


class WantedForm(Form):
    """Which list; it stands in the address."""

    kind = SelectField(choices=list(Kind), validate_choice=False)
    show = SelectField(choices=list(Show), validate_choice=False)
    id = SelectMultipleField(validate_choice=False)

    @property
    def wanted(self) -> tuple[Kind, Show]:
        """The kind and the list; what is none of ours is the first."""
        kind, show = self.kind.data, self.show.data
        return Kind(kind) if kind in list(Kind) else Kind.APPLICATION, Show(show) if show in list(Show) else Show.DUE

    @property
    def ids(self) -> list[int]:
        """The entries that were ticked; what is no id is left out."""
        return [key for each in (self.id.data or ())[:MOST] if (key := newest_key(each))]


class DecisionForm(OfficeForm):
    """Why; it stands in the record of each entry."""

    reason = text(_l("Reason"), 1000)
