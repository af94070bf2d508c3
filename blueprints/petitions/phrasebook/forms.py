"""What a template is made of."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.validators import ValidationError

from blueprints.petitions.phrasebook.domain import FIELDS, TEXT_LABELS, unknown
from core.forms import ChangeForm, line, text
from core.pages import language


class PhraseForm(ChangeForm):
    """A name, and at least one text."""

    label = line(_l("Name of the template"), 60)
    facts = text(TEXT_LABELS["facts"], 5000, needed=False)
    opinion = text(TEXT_LABELS["opinion"], 5000, needed=False)
    basis = text(TEXT_LABELS["basis"], 2000, needed=False)
    text = text(TEXT_LABELS["text"], 5000, needed=False)

    def _known(self, field: Field) -> None:
        if wrong := unknown(field.data or ""):
            told = ", ".join("{" + FIELDS[key][language()] + "}" for key in FIELDS)
            raise ValidationError(
                _("%(wrong)s is no field. Fields are: %(told)s", wrong="{" + wrong[0] + "}", told=told)
            )

    validate_facts = validate_opinion = validate_basis = validate_text = _known

    def validate(self, extra_validators: Any = None) -> bool:
        """There are words in it."""
        valid = bool(super().validate(extra_validators))
        if any(self[part].data for part in TEXT_LABELS):
            return valid
        self.form_errors.append(_("Write at least one of the texts."))
        return False

    def held(self) -> dict[str, str]:
        """What is kept."""
        return {"name": self.label.data or "", **{part: self[part].data or "" for part in TEXT_LABELS}}
