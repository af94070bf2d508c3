"""What the hotline tells of itself: its door."""

from flask_babel import lazy_gettext as _l

from core.desk import Door

DOORS = (Door("member", "hotline.new", _l("Report a violation"), _l("With your name or anonymously.")),)
