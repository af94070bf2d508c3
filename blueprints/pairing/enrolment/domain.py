"""What somebody who enrolled is told about their place."""

from flask_babel import lazy_gettext as _l

from blueprints.pairing.training.domain import Place

STANDS = {
    Place.SEAT: _l("You have a seat."),
    Place.WAITING: _l("The course is full: you are on the waiting list. When somebody gives a seat up, it is yours."),
    Place.GIVEN_UP: _l("You gave the place up. Your name and number are removed."),
}
