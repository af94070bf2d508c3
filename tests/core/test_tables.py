"""Tables as files: they come in bounded and as text alone, and go out so that nothing in them starts."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date

import pytest
from flask import Flask
from openpyxl import Workbook, load_workbook

from core.tables import Refused, Sheet, read_rows, write_xlsx

HEADINGS = ["地点", "事由"]
ROWS = [["红旗社区", "水塘"], ["南街社区", "道路，桥"]]
CSV = '地点,事由\r\n红旗社区,水塘\r\n\r\n南街社区,"道路，桥"\r\n'


def book(*rows: Sequence[object]) -> bytes:
    made = Workbook()
    for row in rows:
        made.worksheets[0].append(list(row))
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


@pytest.fixture(autouse=True)
def inside(sqlite_office: Flask) -> object:
    with sqlite_office.test_request_context():
        yield


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_reads_the_same_in_every_encoding_that_excel_writes(encoding: str) -> None:
    rows = read_rows(CSV.encode(encoding), "表.csv")
    assert [row.cells for row in rows] == [HEADINGS, *ROWS]
    assert [row.line for row in rows] == [1, 2, 4]


def test_a_workbook_reads_as_text_with_the_line_numbers_that_excel_shows() -> None:
    rows = read_rows(book(["地点", "日期", "人数"], [], [" 红旗社区 ", date(2026, 11, 5), 12.0], [None, None, None]))
    assert [(row.line, row.cells) for row in rows] == [
        (1, ["地点", "日期", "人数"]),
        (3, ["红旗社区", "2026-11-05", "12"]),
    ]
    assert rows[1].cell(9) == ""


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "＝", "＋", "－", "＠"])
def test_what_a_program_might_run_goes_out_as_text_and_reads_back_as_it_was(start: str) -> None:
    text = f"{start}cmd|' /C calc'!A0"
    data = write_xlsx(Sheet("表", HEADINGS, [[text, "x"]]))
    cell = load_workbook(io.BytesIO(data)).worksheets[0]["A2"]
    assert cell.data_type == "s"
    assert str(cell.value).startswith(f"'{start}")
    assert read_rows(data)[1].cells[0] == text.strip()


def test_what_was_written_reads_back() -> None:
    data = write_xlsx(Sheet("表", HEADINGS, ROWS, {0: ["红旗社区", "南街社区"]}), Sheet("说明", ["说明"]))
    assert [row.cells for row in read_rows(data)] == [HEADINGS, *ROWS]
    made = load_workbook(io.BytesIO(data))
    assert len(made.worksheets) == 3
    assert [cell.value for cell in made.worksheets[2]["A"]] == ["地点", "红旗社区", "南街社区"]
    assert made.worksheets[0].data_validations.dataValidation[0].sqref == "A2:A501"


def test_a_table_is_known_by_its_content_and_not_by_its_name() -> None:
    assert read_rows(book(["a", "b"]), "table.csv")[0].cells == ["a", "b"]
    for data, name in (
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old.xls"),
        (b"PK\x03\x04 not a workbook", "table.xlsx"),
        (b"%PDF-1.7", "table.xlsx"),
        (b"a,b\x00c", "table.csv"),
        (b'a,"b', "table.csv"),
        (b"", "table.csv"),
        (b" , \n", "table.csv"),
    ):
        with pytest.raises(Refused):
            read_rows(data, name)


def test_a_table_is_bounded_before_it_is_taken_apart() -> None:
    lines = [["行"], *([str(number)] for number in range(500))]
    assert len(read_rows(book(*lines))) == 501
    with pytest.raises(Refused, match="500"):
        read_rows(book(*lines, ["多一行"]))
    with pytest.raises(Refused, match="60"):
        read_rows(book(["x"] * 61))
    packed = io.BytesIO(book(["x"]))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.xml", b" " * (21 << 20))
    with pytest.raises(Refused):
        read_rows(packed.getvalue())


def test_a_macro_is_refused() -> None:
    packed = io.BytesIO(book(["x"]))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    with pytest.raises(Refused):
        read_rows(packed.getvalue(), "table.xlsx")
