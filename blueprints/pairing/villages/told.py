"""What the villages tell of themselves: their doors."""

from flask_babel import lazy_gettext as _l

from core.desk import Door

DOORS = (
    Door(
        "pairing.read",
        "villages.listed",
        _l("Paired villages"),
        _l("Who helps which village, with which plan, and what was done there."),
    ),
    Door(
        "pairing.read",
        "villages.late",
        _l("Late promises"),
        _l("Which promises of the year to villages are late."),
    ),
)
