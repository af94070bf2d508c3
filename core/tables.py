"""Tables that come in and go out as files: .xlsx, and .csv in UTF-8 or GB18030. Text alone: no formula, no macro.

What comes in is recognised by its content, not by its name, and is bounded before it is taken apart. What goes out
starts nothing where it is opened, and what was written here reads back as it was.
"""

import csv
import io
import threading
import unicodedata
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from flask import Response, send_file
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from openpyxl import Workbook, load_workbook
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from core import cleaning
from core.cleaning import Refused

__all__ = ["Refused", "Row", "Sheet", "read_rows", "send_xlsx", "write_xlsx"]

MOST_ROWS = 500
MOST_COLUMNS = 60
MOST_UNPACKED = 20 << 20  # bytes of a workbook, unpacked: its texts are all held in memory
_FAR = 200_000  # rows looked through for something that is written: a sheet that is coloured to its end has a million

_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # a program may run what begins with these
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_OLD = _l("This is a table in an old format. Save it as .xlsx or .csv and choose it again.")
_DAMAGED = _l("This table cannot be read. Open it, save it as .xlsx or .csv and choose it again.")
_NO_TABLE = _l("This is no table: .xlsx or .csv files are taken.")

# Taking a workbook apart needs many times its size in memory: one at a time.
_turn = threading.Lock()


class Row(NamedTuple):
    """A row in which something stands: its number as Excel shows it, and its cells as text."""

    line: int
    cells: list[str]

    def cell(self, number: int) -> str:
        """The text of a column, counted from 0; nothing where the row ends before it."""
        return self.cells[number] if number < len(self.cells) else ""


def read_rows(data: bytes, name: str = "", *, most: int = MOST_ROWS) -> list[Row]:
    """The rows of the first sheet, headings included, empty ones left out; at most `most` besides the first.

    Every cell is tidy text: NFC, no blanks around it; a day as 2026-11-25, a whole number without a point. Raises
    Refused, with a reason in words.
    """
    if data.startswith(b"PK\x03\x04"):
        found = _workbook(data)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(_OLD)
    else:
        found = _text(data, name)
    rows: list[Row] = []
    for line, values in found:
        if not any(cells := [_tidy(each) for each in values]):
            continue
        if len(rows) > most:
            raise Refused(_("There are more than %(most)d rows. Divide the table.", most=most))
        if any(cells[MOST_COLUMNS:]):
            raise Refused(_("There are more than %(most)d columns.", most=MOST_COLUMNS))
        while not cells[-1]:
            cells.pop()
        rows.append(Row(line, cells))
    if not rows:
        raise Refused(_l("There is nothing in this table."))
    return rows


def _workbook(data: bytes) -> Iterator[tuple[int, Sequence[Any]]]:
    """The rows of the first sheet, after everything that acts or fetches was refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(each.file_size for each in packed.infolist()) > MOST_UNPACKED:
                raise Refused(_l("There is too much in this table. Divide it."))
        clean = cleaning.clean("table.xlsx", data).data
        with _turn, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what a workbook has besides its cells
            book = load_workbook(io.BytesIO(clean), read_only=True, data_only=True, keep_links=False)
            sheet: Any = book.worksheets[0]
            sheet.reset_dimensions()  # what a file says of its own size may be anything
            rows = sheet.iter_rows(max_row=_FAR, max_col=MOST_COLUMNS + 1, values_only=True)
            written = [(line, row) for line, row in enumerate(rows, 1) if any(each is not None for each in row)]
            book.close()
    except Refused:
        raise
    except Exception as error:  # a hostile file may make a library raise anything at all
        raise Refused(_DAMAGED) from error
    return iter(written)


def _text(data: bytes, name: str) -> Iterator[tuple[int, Sequence[Any]]]:
    """The records of a text: what Excel saves as CSV, or as "Unicode text" with tabs."""
    if name and not name.lower().endswith((".csv", ".txt", ".tsv")):
        raise Refused(_NO_TABLE)
    text = cleaning.clean("table.txt", data).data.decode()
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    try:
        yield from enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1)
    except csv.Error as error:
        raise Refused(_DAMAGED) from error


def _tidy(value: Any) -> str:
    """A cell as text."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if (value.hour, value.minute, value.second) == (0, 0, 0):
            return value.date().isoformat()
    text = unicodedata.normalize("NFC", str(value).replace("\r\n", "\n").replace("\r", "\n"))
    text = "".join(each for each in text if each in "\n\t" or unicodedata.category(each) not in ("Cc", "Cs"))
    bare = text.strip()
    return bare[1:].strip() if bare.startswith("'") and bare[1:].startswith(_STARTS) else bare


# --- out -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sheet:
    """One sheet: its title, headings, rows (text, numbers, money, days or nothing), and what a column allows."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Any]] = ()
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)  # column, counted from 0: its allowed values


def write_xlsx(*sheets: Sheet) -> bytes:
    """A workbook of these sheets. What a column allows is offered by Excel, and stands on a sheet at the end."""
    book = Workbook()
    book.remove(book.worksheets[0])
    written = [(each, _sheet(book, each)) for each in sheets]
    offered = [(sheet, column, values) for each, sheet in written for column, values in each.choices.items()]
    if offered:
        headings = {id(sheet): each.headings for each, sheet in written}
        allowed = book.create_sheet(_("Allowed values"))
        for number, (sheet, column, values) in enumerate(offered, 1):
            letter = get_column_letter(number)
            for line, value in enumerate((headings[id(sheet)][column], *values), 1):
                _put(allowed, line, number, value, bold=line == 1)
            allowed.column_dimensions[letter].width = 36
            wanted = DataValidation(
                type="list",
                formula1=f"'{allowed.title}'!${letter}$2:${letter}${len(values) + 1}",
                allow_blank=True,
            )
            wanted.add(f"{get_column_letter(column + 1)}2:{get_column_letter(column + 1)}{MOST_ROWS + 1}")
            sheet.add_data_validation(wanted)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        _InMemory(book, packed).save()
    return target.getvalue()


class _InMemory(ExcelWriter):
    """Writes a workbook without the temporary file in which openpyxl lays down each sheet in clear."""

    def __init__(self, book: Workbook, packed: zipfile.ZipFile) -> None:
        super().__init__(book, packed)
        self._packed = packed

    def write_worksheet(self, ws: Any) -> None:
        """One sheet, into the workbook and nowhere else."""
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        sheet = io.BytesIO()
        writer: Any = WorksheetWriter(ws, sheet)
        writer.write()
        ws._rels = writer._rels
        self._packed.writestr(ws.path[1:], sheet.getvalue())
        self.manifest.append(ws)


def _sheet(book: Workbook, given: Sheet) -> Worksheet:
    sheet: Worksheet = book.create_sheet(given.title)
    longest = [_width(each) for each in given.headings]
    for number, heading in enumerate(given.headings, 1):
        _put(sheet, 1, number, heading, bold=True)
    for line, row in enumerate(given.rows, 2):
        for number, value in enumerate(row, 1):
            _put(sheet, line, number, value)
            if number <= len(longest):
                longest[number - 1] = max(longest[number - 1], _width(value))
    for number, width in enumerate(longest, 1):
        sheet.column_dimensions[get_column_letter(number)].width = min(width + 3, 50)
    sheet.freeze_panes = "A2"
    return sheet


def _width(value: Any) -> int:
    """About how wide a text is: a Chinese character takes two."""
    lines = str(value or "").split("\n")
    return max(sum(2 if ord(each) > 0x2E7F else 1 for each in line) for line in lines)


def _put(sheet: Worksheet, line: int, column: int, value: Any, *, bold: bool = False) -> None:
    if value is None or value == "":
        return
    cell: Any = sheet.cell(line, column)
    if isinstance(value, int | float | date | Decimal):
        cell.value = value
        if isinstance(value, Decimal):  # money
            cell.number_format = "#,##0.00"
    else:
        cell.value = _plain(str(value))
        cell.data_type = "s"  # whatever it begins with, it is text
    if bold:
        cell.font = Font(bold=True)
    cell.alignment = Alignment(vertical="top", wrap_text=True)


def _plain(text: str) -> str:
    """Text that no program takes for a formula, not even once it was saved as CSV."""
    kept = "".join(each for each in text if each in "\n\t" or unicodedata.category(each) not in ("Cc", "Cs"))[:32_000]
    return f"'{kept}" if kept.startswith(_STARTS) else kept


def send_xlsx(data: bytes, name: str) -> Response:
    """A workbook as a download."""
    answer = send_file(io.BytesIO(data), _XLSX, as_attachment=True, download_name=f"{name}.xlsx")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
