"""The passphrase of an officer's key: chosen, typed, changed. By their names, no page carries these fields along."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, PasswordField
from wtforms.validators import ValidationError

from blueprints.accounts.domain import weakness
from blueprints.rules.keyring.domain import LONGEST
from core.forms import Needed, OfficeForm, most

_HINT = _l("At least 12 characters, another one than your password. Four or five words that do not belong together.")


class OpenForm(OfficeForm):
    """The passphrase; where somebody wanted to go, and what they were sending when the key had been closed."""

    key_password = PasswordField(_l("Passphrase of your key"), [Needed(), most(LONGEST)])
    next = HiddenField()
    kept = HiddenField()


class NewForm(OfficeForm):
    """A passphrase for a new key."""

    new_password = PasswordField(_l("Passphrase"), [Needed(), most(LONGEST)], description=_HINT)
    new_password_again = PasswordField(_l("Passphrase once more"), [Needed(), most(LONGEST)])

    def __init__(self, username: str, **more: Any) -> None:
        super().__init__(**more)
        self._username = username

    def validate_new_password(self, field: Field) -> None:
        """Long enough, and none that many people use."""
        if weakness(field.data, self._username):
            raise ValidationError(
                _("Please choose a longer or a rarer one: at least 12 characters, without your user name.")
            )

    def validate_new_password_again(self, field: Field) -> None:
        """Typed twice, to notice a slip."""
        if field.data != self.new_password.data:
            raise ValidationError(_("The two passphrases are not the same."))


class LostForm(NewForm):
    """A new key in place of one whose passphrase is lost."""

    lost = BooleanField(
        _l("I know that with this key I lose every report until a colleague shares it with my new key."), [Needed()]
    )

    def validate_lost(self, field: Field) -> None:
        """It cannot be taken back."""
        if not field.data:
            raise ValidationError(_("Please tick this, or go back."))


class ChangeForm(NewForm):
    """Another passphrase for the same key."""

    key_password = PasswordField(_l("Passphrase until now"), [Needed(), most(LONGEST)])
