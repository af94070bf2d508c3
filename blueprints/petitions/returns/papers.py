"""The table to fill in: its columns, what to write into each, and the allowed values."""

from flask_babel import gettext as _

from blueprints.accounts.forms import unit_choices
from blueprints.petitions.returns.domain import COLUMNS
from blueprints.petitions.screening.domain import FIELD_LABELS, PEOPLE_LABELS, URGENCY_LABELS
from core import places
from core.tables import Sheet, write_xlsx
from core.texts import plain


def to_fill_in() -> bytes:
    """An empty table: its columns, what to write into each, and the allowed values."""
    headings = [str(each) for each in COLUMNS.values()]
    values = {
        "township": [name for _code, name in places.townships()],
        "field": list(plain(FIELD_LABELS).values()),
        "urgency": list(plain(URGENCY_LABELS).values()),
        "people": list(plain(PEOPLE_LABELS).values()),
        "unit": [name.strip("\u3000 ") for _id, name in unit_choices()],
    }
    columns = list(COLUMNS)
    hints = [
        (str(COLUMNS["township"]), _("One of the allowed values.")),
        (str(COLUMNS["place"]), _("The name as on a map; leave it empty where the whole township is meant.")),
        (str(COLUMNS["subject"]), _("In a few words, without names. At most 100 characters.")),
        (str(COLUMNS["text"]), _("What is happening, since when, and what may come of it. Not who complains.")),
        (str(COLUMNS["field"]), _("One of the allowed values.")),
        (str(COLUMNS["urgency"]), _("One of the allowed values.")),
        (str(COLUMNS["people"]), _("One of the allowed values: a guess is enough.")),
        (str(COLUMNS["action"]), _("What should be done, and by whom. It may stay empty.")),
        (
            str(COLUMNS["unit"]),
            _("Only where it is about a unit, whose people then do not see the item. It may stay empty."),
        ),
        (
            str(COLUMNS["person"]),
            _("Only where it is about an official, who then does not see the item. It may stay empty."),
        ),
        ("", _("One row is one item; at most 500 rows. Do not change the headings. All rows are taken, or none.")),
    ]
    return write_xlsx(
        Sheet(_("Items"), headings, choices={columns.index(name): words for name, words in values.items()}),
        Sheet(_("How to fill it in"), [_("Column"), _("What to write")], hints),
    )
