"""What the account of pairing tells of itself: its door."""

from flask_babel import lazy_gettext as _l

from core.desk import Door

DOORS = (
    Door(
        "account.read",
        "account.account",
        _l("Account of pairing"),
        _l("What a year of pairing brought: needs met, money, goals, courses."),
    ),
)
