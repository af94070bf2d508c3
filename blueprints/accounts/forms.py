"""The forms of accounts: sign-in, the own password, people, units."""

from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import BooleanField, Field, Form, HiddenField, PasswordField, StringField
from wtforms import SelectField as GroupedField
from wtforms.validators import Optional, ValidationError

from blueprints.accounts import domain
from blueprints.accounts.models import unit_tree, units_revision, village_choices
from core.extensions import reading
from core.forms import ChangeForm, Needed, OfficeForm, SelectField, line, most, readable
from core.roles import ROLE_LABELS, Role

_LONGEST_PASSWORD = 200


class SignInForm(OfficeForm):
    """Who comes in, where they wanted to go, and what they were sending when their sign-in had ended."""

    username = StringField(_l("User name"), [Needed(), most(100)])
    password = PasswordField(_l("Password"), [Needed(), most(_LONGEST_PASSWORD)])
    next = HiddenField()
    kept = HiddenField()


class PasswordForm(OfficeForm):
    """The own password: the one until now, and twice the new one."""

    current_password = PasswordField(_l("Password until now"), [Needed(), most(_LONGEST_PASSWORD)])
    new_password = PasswordField(
        _l("New password"),
        [Needed(), most(_LONGEST_PASSWORD)],
        description=_l(
            "At least 12 characters. Three or four words that do not belong together are easy to keep in mind."
        ),
    )
    new_password_again = PasswordField(_l("New password once more"), [Needed(), most(_LONGEST_PASSWORD)])

    def __init__(self, username: str, **more: Any) -> None:
        super().__init__(**more)
        self._username = username

    def validate_new_password(self, field: Field) -> None:
        """Long enough, not common, and another one than before."""
        wrong = domain.weakness(field.data, self._username)
        if wrong is None and field.data == self.current_password.data:
            wrong = _("The new password is the same as the one until now.")
        if wrong:
            raise ValidationError(wrong)

    def validate_new_password_again(self, field: Field) -> None:
        """Typed twice, to notice a slip."""
        if field.data != self.new_password.data:
            raise ValidationError(_("The two new passwords are not the same."))


def _user_name(_form: Form, field: Field) -> None:
    if not domain.USERNAME.fullmatch(field.data):
        raise ValidationError(
            _("A user name has 2 to 40 small letters, digits, dots, hyphens or underlines, and begins with a letter.")
        )


class UserForm(ChangeForm):
    """What an administrator says of a person."""

    name = line(_l("Name"), 60)
    role = SelectField(_l("Role"), [Needed()])
    unit_id = SelectField(_l("Unit"), [Needed()], coerce=int)
    place_code = GroupedField(_l("Village or community"), default="", description=_l("Only for a grassroots contact."))

    def fill(self, database: Session, *, unit_id: int | None = None) -> None:
        """Offer what there is to choose; a closed unit only to whom it belongs already."""
        self.role.choices = [(role.value, ROLE_LABELS[role]) for role in Role]
        self.unit_id.choices = _unit_choices(database, unit_id)
        self.place_code.choices = {"": [("", _l("None"))], **village_choices(database)}

    def validate_place_code(self, field: Field) -> None:
        """A contact serves one village; nobody else has one."""
        if self.role.data not in domain.WITH_PLACE:
            field.data = None
        elif not field.data:
            raise ValidationError(_("A grassroots contact needs a village or community."))


class NewUserForm(UserForm):
    """A new account also needs its user name, which stays."""

    username = StringField(
        _l("User name"),
        [Needed(), readable, _user_name],
        filters=[lambda text: text.strip().lower() if text else text],
        description=_l("For signing in; it cannot be changed later. Pinyin is usual, for example: li.xiulan"),
    )


class UnitForm(ChangeForm):
    """A unit and its place in the tree; 0 stands for the top."""

    name = line(_l("Name of the unit"), 100)
    parent_id = SelectField(_l("Belongs to"), [Needed()], coerce=int)

    def fill(self, database: Session, *, parent_id: int | None = None) -> None:
        """Offer the open units, and the top."""
        self.parent_id.choices = [(0, _l("No other unit")), *_unit_choices(database, parent_id)]


class UserFilter(OfficeForm):
    """Which accounts to show."""

    class Meta:
        csrf = False

    q = line(_l("Name or user name"), 60, needed=False)
    role = SelectField(_l("Role"), [Optional()], default="")
    unit = SelectField(_l("Unit"), [Optional()], coerce=int, default=0)
    closed = BooleanField(_l("Closed accounts"))

    def fill(self, database: Session) -> None:
        """Offer every role and unit."""
        self.role.choices = [("", _l("All")), *((role.value, ROLE_LABELS[role]) for role in Role)]
        self.unit.choices = [(0, _l("All")), *_unit_choices(database, all_units=True)]

    def asked(self) -> dict[str, Any]:
        """What was asked for and can be; the rest counts as not asked."""
        self.validate()
        return {name: value for name, value in self.data.items() if value and name not in self.errors}


def _unit_choices(database: Session, own: int | None = None, *, all_units: bool = False) -> list[tuple[int, str]]:
    """The tree as a list: each level one wide blank further in."""
    return [
        (unit.id, "\u3000" * unit.depth + unit.name)
        for unit in unit_tree(database)
        if all_units or unit.closed_at is None or unit.id == own
    ]


def unit_choices() -> list[tuple[str, str]]:
    """The open units as the choices of a form elsewhere, kept until a unit changes."""
    with reading() as database:
        revision = units_revision(database)
        kept: tuple[Any, list[tuple[str, str]]] = current_app.extensions.get("units", (None, []))
        if kept[0] != revision:
            kept = current_app.extensions["units"] = (
                revision,
                [(str(id), name) for id, name in _unit_choices(database)],
            )
        return kept[1]
