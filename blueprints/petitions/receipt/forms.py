"""The receipt code, and what its holder may write: a word, a rating, a request."""

from typing import Any

from flask import session
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField

from blueprints.petitions.docket.domain import SATISFACTION_LABELS
from blueprints.petitions.letterbox.forms import Files
from core.forms import OfficeForm, chosen, options, text


class ReceiptForm(OfficeForm):
    """The receipt code; whatever is wrong with it, the answer is the same."""

    receipt = StringField(_l("Receipt code"))
    kept = HiddenField()  # what somebody was sending when their letter had been closed


class AboutForm(OfficeForm):
    """Something about the letter that is open in this browser: in another tab it may be another one by now."""

    about = HiddenField()  # the letter that stood on the page

    def validate(self, extra_validators: Any = None) -> bool:
        """What was written on the page of one letter never goes by itself to another, which others read."""
        valid = bool(super().validate(extra_validators))
        if self.about.data == str(session.get("letter")):
            return valid
        self.about.data = str(session.get("letter"))
        self.form_errors.append(
            _(
                "In this browser another letter was opened meanwhile: the one that this page shows. "
                "If what you wrote belongs to it, send it now; else open the right letter with its code."
            )
        )
        return False


class WriteForm(AboutForm):
    """A word to the office."""

    text = text(_l("Your message"), 5000)
    files = Files(_l("Files"))


class RatingForm(AboutForm):
    """How the handling was."""

    satisfaction = RadioField(_l("Are you satisfied?"), [chosen()], choices=options(SATISFACTION_LABELS))
    words = text(_l("Anything you want to say about it"), 1000, needed=False)


class AskForm(AboutForm):
    """Why the petitioner asks: the organ above for a review, or this office that somebody does not handle it."""

    reason = text(_l("Please say why"), 5000)
