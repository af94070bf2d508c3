"""What the letterbox tells of itself: its door."""

from flask_babel import lazy_gettext as _l

from core.desk import Door

DOORS = (
    Door(
        "petitions.register",
        "letterbox.ask_intake",
        _l("Take down"),
        _l("A visit, a call or a letter on paper; the receipt is printed at once."),
    ),
    Door(
        "petitions.file", "letterbox.new", _l("Write a letter"), _l("For yourself, or for a resident of your village.")
    ),
)
