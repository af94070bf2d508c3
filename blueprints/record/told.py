"""What the record tells of itself: its door."""

from flask_babel import lazy_gettext as _l

from core.desk import Door

DOORS = (Door("record.read", "record.record", _l("Record"), _l("What happened, when, and by which account.")),)
