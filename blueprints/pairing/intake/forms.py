"""The forms of the plan and of a table that comes in."""

import json
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, FileField, HiddenField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from blueprints.pairing.intake.domain import COLUMNS, MOST_ROWS
from core.forms import ChangeForm, NumberField, OfficeForm, readable, text
from core.tables import MOST_COLUMNS, Refused, read_rows

MOST_PLANNED = 9999
_RANGE = NumberRange(0, MOST_PLANNED, _l("From 0 to 9999, please."))


class PlanForm(OfficeForm):
    """A year, and how many are to be taken in."""

    year = NumberField(_l("Year"), [InputRequired(), NumberRange(2000, 2100, _l("From 2000 to 2100, please."))])
    planned = NumberField(_l("How many are to be taken in"), [InputRequired(), _RANGE])


class ChangePlanForm(ChangeForm):
    """Another number for a year."""

    planned = NumberField(_l("How many are to be taken in"), [InputRequired(), _RANGE])
    reason = text(_l("Reason"), 1000)


class FileForm(OfficeForm):
    """The table; after validation `read` holds what stands in it below the headings."""

    file = FileField(_l("Table (.xlsx or .csv)"))
    read: list[tuple[int, list[str]]] = []

    def validate_file(self, field: Field) -> None:
        """It can be read, has our headings, and rows below them."""
        data = field.data.stream.read() if getattr(field.data, "filename", "") else b""
        if not data:
            raise ValidationError(_("Choose the file."))
        try:
            rows = read_rows(data, field.data.filename, most=MOST_ROWS)
        except Refused as refused:
            raise ValidationError(str(refused)) from None
        if [each.strip() for each in rows[0].cells[: len(COLUMNS)]] != list(map(str, COLUMNS.values())):
            raise ValidationError(_("The first line must have the headings of our empty table, in their order."))
        self.read = [(row.line, row.cells[: len(COLUMNS)]) for row in rows[1:]]
        if not self.read:
            raise ValidationError(_("There is no row below the headings."))


class BringForm(OfficeForm):
    """The rows that somebody has looked at, and what the posts of villages that have none yet are for."""

    rows = HiddenField()
    duties = text(_l("What the posts are for, in villages that have none yet"), 2000)
    read: list[tuple[int, list[str]]] = []

    def validate_rows(self, field: Field) -> None:
        """Rows as the look before wrote them into the page."""
        try:
            told: Any = json.loads(field.data or "")
            self.read = [(int(line), [_cell(self, each) for each in cells]) for line, cells in told]
        except (ValueError, TypeError, AttributeError, RecursionError):
            self.read = []
        if not 0 < len(self.read) <= MOST_ROWS or any(len(cells) > MOST_COLUMNS for _line, cells in self.read):
            self.read = []
            raise ValidationError("rows")  # no field to lead to: the page of the file says it


class _Text:
    def __init__(self, data: str) -> None:
        self.data = data


def _cell(form: Any, cell: str) -> str:
    """A cell that any database can hold. Raises ValueError."""
    readable(form, _Text(cell.strip()))  # type: ignore[arg-type] # reads nothing but its data
    return cell.strip()


def as_text(rows: Any) -> str:
    """Rows as the form carries them."""
    return json.dumps(rows, ensure_ascii=False, default=_iso)


def _iso(value: date) -> str:
    return value.isoformat()
