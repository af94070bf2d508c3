"""What daily work asks."""

from urllib.parse import parse_qsl

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField

from blueprints.petitions.docket.forms import FilterForm
from blueprints.petitions.docket.queries import Filter
from core.forms import OfficeForm


class KeysForm(OfficeForm):
    """Whether single keys do something."""

    on = BooleanField(_l("Single keys do something"))


def filter_of(asked: str) -> Filter:
    """The filter as it stands in an address or is remembered; what makes no sense is left out."""
    return FilterForm(MultiDict(parse_qsl(asked))).wanted()
