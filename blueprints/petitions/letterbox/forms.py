"""The forms of a resident: the letter, the receipt code, a word to the office, a rating."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField

from blueprints.petitions.docket.domain import SATISFACTION_LABELS
from blueprints.petitions.docket.forms import Files, LetterForm, chosen
from core.forms import OfficeForm, text

__all__ = ["LetterForm", "RatingForm", "ReceiptForm", "WriteForm"]


class ReceiptForm(OfficeForm):
    """The receipt code; whatever is wrong with it, the answer is the same."""

    receipt = StringField(_l("Receipt code"))


class WriteForm(OfficeForm):
    """A word to the office."""

    text = text(_l("Your message"), 5000)
    files = Files(_l("Files"))


class RatingForm(OfficeForm):
    """How the handling was."""

    satisfaction = RadioField(_l("Are you satisfied?"), [chosen()], choices=list(SATISFACTION_LABELS.items()))
    words = text(_l("Anything you want to say about it"), 1000, needed=False)
