"""The ways in: the letter as a resident writes it or a clerk takes it down; the receipt code, a word, a rating."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, RadioField, StringField
from wtforms.validators import InputRequired, Optional, ValidationError

from blueprints.accounts.forms import unit_choices
from blueprints.accounts.wall import Concerns, goes_up
from blueprints.bypass.models import organ_key
from blueprints.petitions.docket.domain import CHANNEL_LABELS, KIND_LABELS, Channel, Kind
from blueprints.petitions.docket.models import Letter
from core import clock, places
from core.extensions import reading
from core.forms import Files, OfficeForm, SelectField, chosen, line, options, text
from core.pages import language
from settings import settings


class PlaceField(StringField):
    """A village or a township by its code; after validation it is `place`."""

    place: places.Spot | None = None

    def pre_validate(self, form: Any) -> None:
        """The code must be one of ours."""
        code = (self.data or "").strip()
        if code.isascii() and code.isdigit():  # anything else is no code; PostgreSQL could not even be asked for a NUL
            self.place = places.find(code)
        if self.place is None or self.place.level == "district":
            raise ValidationError(_("Please choose the village or community."))


def _units() -> list[tuple[str, str]]:
    """Asked for when they are drawn or chosen from, so not with most letters that come in."""
    return [("", _("None, or I do not know")), *unit_choices()]


class LetterForm(OfficeForm):
    """A letter, as the public writes it or as the office takes it down."""

    seals = True  # what is about this office itself is sealed for one level up, where the organ there gave its key
    upward = False  # this letter is, as its check found
    refused = False  # or it is not taken here

    kind = RadioField(_l("What is it about?"), [chosen()], choices=options(KIND_LABELS))
    signing = RadioField(
        _l("Do you want to give your name?"),
        [chosen()],
        choices=options({"named": _l("Yes, I give my name"), "anonymous": _l("No, I write anonymously")}),
    )
    name = line(_l("Name"), 60, needed=False)
    address = line(_l("Address"), 200, needed=False)
    contact = line(_l("Telephone"), 60, needed=False)
    township = SelectField(_l("Township or street"), validate_choice=False, choices=[])
    place = PlaceField(_l("Village or community"))
    subject = line(_l("Subject"), 100)
    text = text(_l("Your letter"), 20_000)
    person = line(_l("Person it is about"), 60, needed=False)
    unit = SelectField(_l("Unit it is about"), [Optional()], choices=_units)
    files = Files(_l("Files"))

    def validate_name(self, field: Field) -> None:
        """Who gives their name, gives it; an answer needs to reach them (2022 Art 19)."""
        self._named(field)

    def validate_address(self, field: Field) -> None:
        """The address, for the same reason."""
        self._named(field)

    def _named(self, field: Field) -> None:
        if self.signing.data == "named" and not field.data:
            raise ValidationError(_("Please fill this in, or choose to write anonymously."))

    def validate_unit(self, field: Field) -> None:
        """A letter about this office, or a part of it, goes one level up, and nothing of it is kept here."""
        if self._unit():
            self._refuse_own([("", self._unit())])

    def validate_person(self, field: Field) -> None:
        """The same for a letter about somebody who works in this office: whoever is left would be a colleague."""
        if field.data:
            self._refuse_own([(field.data, self._unit())])

    def _unit(self) -> int | None:
        typed = self.unit.data or ""  # may still be anything: the person is looked at first
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 18 else None

    def _refuse_own(self, concerns: Concerns) -> None:
        with reading() as database:
            own = goes_up(database, concerns)
        if own and self.seals and organ_key() is not None:
            self.upward = True
        elif own:
            self.refused = True
            raise ValidationError(self._one_up())

    def _one_up(self) -> str:
        told: str = _(
            "This office may not handle a letter about itself, and keeps no copy. Please send it to: %(organ)s.",
            organ=settings().SUPERIOR_NAME if language() == "zh" else settings().SUPERIOR_NAME_EN,
        )
        return told

    def letter(self, receipt: str) -> Letter:
        """The letter, after validation."""
        identity = None
        if self.signing.data == "named":
            identity = {name: self[name].data or "" for name in ("name", "address", "contact")}
        assert self.place.place is not None
        about = (self.person.data or "", self._unit())
        return Letter(
            kind=Kind(self.kind.data),
            channel=self.channel_of_entry(),
            place=self.place.place,
            subject=self.subject.data or "",
            text=self.text.data or "",
            identity=identity,
            concerns=[about] if any(about) else [],
            files=self.files.cleaned,
            receipt=receipt,
            received_on=self.day_of_entry(),
        )

    def channel_of_entry(self) -> Channel:
        """How this letter comes in."""
        return Channel.ONLINE

    def day_of_entry(self) -> date | None:
        """The day it came in, if it is not today."""
        return None


class IntakeForm(LetterForm):
    """A visit, a call or a paper letter, taken down by a clerk (2022 Art 19)."""

    seals = False  # the clerk would have read it: whoever came is told where to go

    channel = RadioField(
        _l("How did it come in?"),
        [chosen()],
        choices=options({each: label for each, label in CHANNEL_LABELS.items() if each is not Channel.ONLINE}),
    )
    received_on = DateField(_l("Received on"), [InputRequired(_l("Please give the date."))])

    def validate_received_on(self, field: Field) -> None:
        """Not tomorrow, and not so long ago that it is a mistyped year."""
        if field.data and not 0 <= (clock.today() - field.data).days <= 366:
            raise ValidationError(_("The date lies in the future, or more than a year back."))

    def channel_of_entry(self) -> Channel:
        return Channel(self.channel.data)

    def day_of_entry(self) -> date | None:
        day: date | None = self.received_on.data
        return day


class RepresentForm(OfficeForm):
    """Somebody who speaks for a joint petition."""

    name = line(_l("Name"), 60)
    address = line(_l("Address"), 200)
    contact = line(_l("Telephone"), 60, needed=False)
