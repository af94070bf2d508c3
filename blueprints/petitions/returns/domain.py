"""The columns of the table that a unit or a village fills in."""

from flask_babel import lazy_gettext as _l

MAY_LACK = ("action", "unit", "person")
COLUMNS = {  # what stands in which column of the table, in its order
    "township": _l("Township or street"),
    "place": _l("Village or community"),
    "subject": _l("Subject"),
    "text": _l("What is going on?"),
    "field": _l("What kind of trouble?"),
    "urgency": _l("How urgent is it?"),
    "people": _l("How many people does it concern?"),
    "action": _l("What do you propose?"),
    "unit": _l("Unit it is about"),
    "person": _l("Person it is about"),
}
