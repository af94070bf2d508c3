"""What the retention tells of itself: its door."""

from flask_babel import lazy_gettext as _l

from core.desk import Door

DOORS = (Door("protection.retention", "retention.review", _l("Retention")),)
