"""The forms of a nomination, and of its code."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, StringField
from wtforms.validators import ValidationError

from blueprints.pairing.households.domain import MOST_PHOTOS
from blueprints.pairing.households.models import Nomination
from blueprints.pairing.questions.forms import Photos
from blueprints.pairing.training.domain import tidy_phone
from blueprints.petitions.letterbox.forms import PlaceField
from core import codes
from core.forms import OfficeForm, SelectField, line, text
from core.roles import Role, Viewer


class NominationForm(OfficeForm):
    """A household: who, where, what it does and why others could learn from it."""

    name = line(_l("Head of household"), 60)
    phone = line(_l("Telephone"), 40)
    township = SelectField(_l("Township or street"), validate_choice=False, choices=[])
    place = PlaceField(_l("Village or community"))
    what = line(_l("What it does, in one line"), 100)
    why = text(_l("How, with what success, and whom it taught"), 5000)
    photos = Photos(_l("Photos"))
    consent = BooleanField(_l("The household agrees: if it is on the list, its name, village and this line are shown"))
    shows_photos = BooleanField(_l("Its photos may be shown there too"))

    def validate_phone(self, field: Field) -> None:
        """A number that can be called."""
        if tidy_phone(field.data or "") is None:
            raise ValidationError(_("Please give the whole telephone number, digits only."))

    def validate_place(self, field: PlaceField) -> None:
        """A village, not its street."""
        if field.place is None or field.place.level != "village":
            raise ValidationError(_("Please choose the village or community."))

    def validate_photos(self, field: Photos) -> None:
        """Few, and each for a reason."""
        if len(field.cleaned) > MOST_PHOTOS:
            raise ValidationError(_("At most %(count)d photos, please.", count=MOST_PHOTOS))

    def validate_consent(self, field: Field) -> None:
        """Nobody is shown who did not agree."""
        if not field.data:
            raise ValidationError(_("Without this the household cannot be nominated: the list is shown to everybody."))

    def for_(self, viewer: Viewer | None) -> "NominationForm":
        """For a contact the own village is meant, whatever was sent."""
        if viewer is not None and viewer.role is Role.CONTACT:
            self.place.data = viewer.place_code
        return self

    def nomination(self) -> Nomination:
        """The household, after validation."""
        assert self.place.place is not None
        return Nomination(
            place_code=self.place.place.code,
            name=self.name.data or "",
            phone=self.phone.data or "",
            what=self.what.data or "",
            why=self.why.data or "",
            shows_photos=bool(self.shows_photos.data),
            photos=self.photos.cleaned,
        )


class CodeForm(codes.CodeForm):
    """The code of a household."""

    receipt = StringField(_l("Code of your household"))
