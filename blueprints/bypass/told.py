"""What the bypass tells of itself: its door."""

from flask_babel import lazy_gettext as _l

from core.desk import Door

DOORS = (Door("protection.bypass", "bypass.waiting", _l("Sealed letters")),)
