"""What the receipt tells of itself: its door."""

from flask_babel import lazy_gettext as _l

from core.desk import Door

DOORS = (Door("member", "receipt.status", _l("Look up a letter"), _l("With a receipt code."), in_menu=False),)
