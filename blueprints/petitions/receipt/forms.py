"""The receipt code, and what its holder may write: a word, a rating, a request."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from blueprints.petitions.docket.domain import SATISFACTION_LABELS
from core.forms import AboutForm, Files, chosen, options, text


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
