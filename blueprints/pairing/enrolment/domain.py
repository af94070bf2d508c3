"""What somebody who enrolled is told about their place."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l

from blueprints.pairing.training.domain import Place

OPEN_FOR = timedelta(minutes=30)  # how long a code opens its place in one browser

STANDS = {
    Place.SEAT: _l("You have a seat."),
    Place.WAITING: _l("The course is full: you are on the waiting list. When somebody gives a seat up, it is yours."),
    Place.GIVEN_UP: _l("You gave the place up. Your name and number are removed."),
}
