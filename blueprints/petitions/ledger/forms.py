"""What an import asks: the file, then which column holds what."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, FileField, SelectField
from wtforms.validators import ValidationError

from blueprints.petitions.docket.domain import CHANNEL_LABELS, KIND_LABELS, Channel, Kind
from blueprints.petitions.ledger.domain import FIELDS, MOST_ROWS, NEEDED, Defaults, guess
from core import places
from core.forms import OfficeForm
from core.tables import Refused, read_rows
from core.texts import plain

Rows = list[tuple[int, list[str]]]


class FileForm(OfficeForm):
    """The table; after validation `rows` holds what stands in it."""

    file = FileField(_l("Table (.xlsx or .csv)"))
    rows: Rows = []
    data_of_file = b""

    def validate_file(self, field: Field) -> None:
        """It can be read, and has rows below its headings."""
        given = field.data
        self.data_of_file = given.stream.read() if getattr(given, "filename", "") else b""
        if not self.data_of_file:
            raise ValidationError(_("Choose the file."))
        try:
            read = read_rows(self.data_of_file, given.filename, most=MOST_ROWS)
        except Refused as refused:
            raise ValidationError(str(refused)) from None
        self.rows = [(row.line, row.cells) for row in read]
        if len(self.rows) < 2:
            raise ValidationError(_("There is no row below the headings."))


class MappingForm(OfficeForm):
    """Which column holds what, and what holds for rows that say nothing of it."""

    class Meta(OfficeForm.Meta):
        csrf = False

    default_kind = SelectField(_l("Class, where none is named"), choices=[])
    default_channel = SelectField(_l("Channel, where none is named"), choices=[])
    default_place = SelectField(_l("Place, where none is found"), choices=[], validate_choice=False)
    doubles = BooleanField(_l("Leave out rows that are likely here already"))

    def __init__(self, headings: list[str], asked: Any, **named: Any) -> None:
        given = asked if "received_on" in asked else None
        guessed = {key: str(column) for key, column in guess(headings).items()}
        begin = {"default_kind": Kind.CLAIM.value, "default_channel": Channel.LETTER.value, "doubles": True}
        super().__init__(formdata=given, **({} if given else {**begin, **guessed}), **named)
        self.default_kind.choices = [(str(value), label) for value, label in plain(KIND_LABELS).items()]
        self.default_channel.choices = [(str(value), label) for value, label in plain(CHANNEL_LABELS).items()]
        towns = [(name, [(town, name), *places.villages_of(town)]) for town, name in places.townships()]
        self.default_place.choices = {"": [("", _("None: say what is wrong"))], **dict(towns)}
        self.mapped = given is not None
        columns = [
            ("", _("not in this table")),
            *((str(number), f"{_letter(number)} {each}") for number, each in enumerate(headings)),
        ]
        for key in FIELDS:
            field: Any = self[key]
            field.choices = columns

    def columns(self) -> dict[str, int]:
        """Which column holds what."""
        return {key: int(self[key].data) for key in FIELDS if self[key].data and self[key].data.isdecimal()}

    def defaults(self) -> Defaults:
        """What holds for the rest."""
        return Defaults(Kind(self.default_kind.data), Channel(self.default_channel.data), self.default_place.data or "")

    def validate_default_place(self, field: Any) -> None:
        """One of ours, or none."""
        codes = {code for _name, offered in field.choices.items() for code, _label in offered}
        if (field.data or "") not in codes:
            raise ValidationError(_("Please choose the village or community."))

    def validate(self, extra_validators: Any = None) -> bool:
        """What is needed has a column, and no column is taken twice."""
        valid = bool(super().validate(extra_validators))
        taken = list(self.columns().values())
        for key in FIELDS:
            if key in NEEDED and not self[key].data:
                self[key].errors = [_("Choose the column: without it no row can come in.")]
                valid = False
            elif self[key].data and taken.count(int(self[key].data)) > 1:
                self[key].errors = [_("This column is chosen twice.")]
                valid = False
        return valid


def _letter(number: int) -> str:
    """The name of a column as Excel has it."""
    return (chr(64 + number // 26) if number >= 26 else "") + chr(65 + number % 26)


for _key, (_label, _words) in FIELDS.items():
    setattr(MappingForm, _key, SelectField(_label, choices=[]))
