"""What the desk tells of itself: its door."""

from flask_babel import lazy_gettext as _l

from core.desk import Door

DOORS = (Door("member", "desk.desk", _l("My desk")),)
