"""Papers as PDF: a sheet drawn on A4 as offices set their letters, with its font inside the file."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise, zip_longest
from typing import Any, Literal

import segno
from flask import Response, send_file
from fpdf import FPDF, ViewerPreferences
from fpdf.enums import TextMode
from fpdf.fonts import TTFFont

from core import typeface
from core.sheets import Block, Sheet, to_read
from core.words import Lang

PLACEHOLDER = "〓"  # the printers' sign for a character that the fount lacks
_MISSING = {
    "zh": "注：“〓”处为字库所缺之字，依次为 {}。",
    "en": "Note: 〓 stands for characters that the font lacks: {}.",
}

WIDTH, HEIGHT = 210.0, 297.0  # A4, in mm as everything here
LEFT, RIGHT, TOP, BOTTOM = 28.0, 26.0, 25.0, 28.0
MEASURE = WIDTH - LEFT - RIGHT
POINT = 25.4 / 72
RED = (200, 16, 24)


@dataclass(frozen=True)
class Style:
    """How a role is set: size and leading in points, indents and space before it in mm."""

    size: float
    leading: float
    bold: bool = False
    align: Literal["left", "centre", "organ"] = "left"
    first: float = 0  # indent of the first line, in ems
    before: float = 0
    colour: tuple[int, int, int] = (0, 0, 0)


def _styles(lang: Lang, small: bool) -> dict[str, Style]:
    zh = lang == "zh"
    body = Style(13 if small else 15.6, 21 if small else 28, first=2) if zh else Style(11.5, 18, before=2.4)
    return {
        "head": Style(9.5, 14, align="centre"),
        "letterhead": Style(26 if zh else 17, 36 if zh else 26, bold=True, align="centre", colour=RED),
        "number": Style(body.size - 1.6, body.leading, align="centre", before=7),
        "title": Style(21 if zh else 15, 32 if zh else 23, bold=True, align="centre", before=5),
        "addressee": replace(body, first=0, before=8),
        "heading": replace(body, bold=True, before=4 if small or not zh else 0),
        "text": body,
        "facts": Style(12 if small or not zh else 14, 18 if small or not zh else 23, before=3),
        "table": Style(10.5 if zh else 10, 16, before=3),
        "code": Style(22, 31, bold=True, align="centre", before=2),
        "organ": replace(body, first=0, before=8 if small else 16, align="organ"),
        "date": replace(body, first=0, before=0, align="organ"),
        "seal": Style(body.size - 3, body.leading, align="organ", colour=(110, 110, 110)),
        "note": Style(10, 15, before=8),
    }


@dataclass
class _Line:
    """One line of a page: texts at their places, or a drawing, and whether the next line must stay with it."""

    height: float
    style: Style
    runs: list[tuple[float, str, float]] = field(default_factory=list)  # x, text, space between characters
    draw: Callable[[FPDF, float], None] | None = None
    above: float = 0
    keep: bool = False
    again: tuple["_Line", ...] = ()  # the heads of its table: they stand on each page that it begins


def as_pdf(sheet: Sheet, lang: Lang) -> bytes:
    """The sheet as an A4 PDF with its font inside. The same sheet always gives the same bytes."""
    lacking = missing(sheet)
    if lacking:
        said = _MISSING[lang].format("、".join(f"U+{ord(each):04X}" for each in lacking))
        sheet = replace(sheet, note=f"{sheet.note}\n{said}".strip())
    parts = [(role, _printable(block)) for role, block in sheet.parts(lang)]
    pdf = _open(sheet, lang)
    letters = "".join(block.text + "".join(map("".join, block.rows)) for _, block in parts)
    # add_font() takes a file by name only, and a letter's characters are no matter for a temporary file.
    font = TTFFont(pdf, typeface.small(letters + "— 0123456789"), "song", "")  # type: ignore[arg-type]
    pdf.fonts["song"] = font
    pdf.set_font("song", size=12)
    pages = list(_pages(list(_Setter(font, lang, sheet.small).set(parts))))
    for number, page in enumerate(pages, 1):
        pdf.add_page()
        y = TOP
        for line in page:
            y += line.above if line is not page[0] else 0
            _draw(pdf, line, y)
            y += line.height
        _footer(pdf, number)
    return bytes(pdf.output())


def send(row: dict[str, Any], lang: Lang, name: str, addressee: str = "") -> Response:
    """A kept paper as a download, with the petitioner's name on it where the reader may know it."""
    data = as_pdf(to_read(row, lang, addressee), lang)
    answer = send_file(BytesIO(data), "application/pdf", as_attachment=True, download_name=f"{name}.pdf")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def missing(sheet: Sheet) -> list[str]:
    """The characters that the font lacks, each once, in the order of the sheet: tell the clerk before it is issued."""
    found: dict[str, None] = {}
    for _, block in sheet.parts("zh"):
        for character in _visible(block.text + "".join(map("".join, block.rows))):
            if not character.isspace() and not typeface.has(character):
                found[character] = None
    return list(found)


def _visible(words: str) -> str:
    """Without marks that have no shape of their own: joiners, direction marks, variation selectors."""
    return "".join(
        each
        for each in words
        if unicodedata.category(each) != "Cf" and not unicodedata.name(each, "").startswith("VARIATION")
    )


def _printable(block: Block) -> Block:
    def fit(words: str) -> str:
        return "".join(
            each if each == "\n" or typeface.has(each) else " " if each.isspace() else PLACEHOLDER
            for each in _visible(words.replace("\r\n", "\n"))
        )

    return replace(block, text=fit(block.text), rows=tuple(tuple(map(fit, row)) for row in block.rows))


def _open(sheet: Sheet, lang: Lang) -> FPDF:
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.set_creation_date(datetime(sheet.issued_on.year, sheet.issued_on.month, sheet.issued_on.day, tzinfo=UTC))
    pdf.set_lang("zh-CN" if lang == "zh" else "en")
    pdf.set_title(sheet.title)
    pdf.set_subject(sheet.number)
    pdf.set_author(sheet.office)
    pdf.set_creator("Xiafang")
    pdf.set_producer("Xiafang")
    pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
    return pdf


class _Setter:
    """Breaks the parts of a sheet into lines."""

    def __init__(self, font: TTFFont, lang: Lang, small: bool) -> None:
        self.ems: Any = font.cw  # widths in thousandths of an em
        self.styles = _styles(lang, small)
        self.justify = lang == "zh"

    def width(self, words: str, style: Style) -> float:
        thousandths = sum(self.ems[ord(each)] for each in words)
        return float(thousandths) / 1000 * style.size * POINT

    def set(self, parts: list[tuple[str, Block]]) -> Iterator[_Line]:
        closing = [block.text for role, block in parts if self.styles[role].align == "organ"]
        for role, block in parts:
            style = self.styles[role]
            match role:
                case "facts":
                    yield from self.facts(block, style)
                case "table":
                    yield from self.table(block, style)
                case "code":
                    yield from self.code(block, style)
                case "organ" | "date" | "seal":
                    yield from self.organ(block.text, style, closing)
                case _:
                    yield from self.paragraphs(role, block, style)

    def paragraphs(self, role: str, block: Block, style: Style) -> Iterator[_Line]:
        for number, words in enumerate(block.paragraphs):
            lines = list(self.paragraph(words, style))
            lines[0].above = style.before if number == 0 or role == "text" else 0
            for line in lines:
                line.keep = role in ("head", "letterhead", "number", "title", "addressee", "heading")
            if role == "letterhead" and number == len(block.paragraphs) - 1:
                lines.append(_Line(3, style, draw=_rules, keep=True))
            yield from lines

    def paragraph(self, words: str, style: Style) -> Iterator[_Line]:
        indent = style.first * style.size * POINT
        measure = self.narrowest(words, style) if style.align == "centre" else MEASURE
        broken = list(_break(words, lambda piece: self.width(piece, style), measure - indent, measure))
        for number, piece in enumerate(broken):
            x = LEFT + (indent if number == 0 else 0)
            width = self.width(piece, style)
            space = 0.0
            if style.align == "centre":
                x = LEFT + (MEASURE - width) / 2
            elif self.justify and number < len(broken) - 1:
                slack = LEFT + MEASURE - x - width
                space = slack / (len(piece) - 1) if len(piece) > 1 and slack < 2 * style.size * POINT else 0.0
            yield _Line(style.leading * POINT, style, [(x, piece, space)])

    def narrowest(self, words: str, style: Style) -> float:
        """The measure that fills the lines of a title evenly."""

        def count(measure: float) -> int:
            return len(list(_break(words, lambda piece: self.width(piece, style), measure, measure)))

        measure, lines = MEASURE, count(MEASURE)
        while lines > 1 and measure > MEASURE / 2 and count(measure - 2) == lines:
            measure -= 2
        return measure

    def organ(self, words: str, style: Style, closing: list[str]) -> Iterator[_Line]:
        """Name, date and seal of the organ, centred on one another at the right, two ems in."""
        block = max(self.width(each, self.styles["organ"]) for each in closing)
        centre = LEFT + MEASURE - 2 * style.size * POINT - block / 2
        x = centre - self.width(words, style) / 2
        yield _Line(style.leading * POINT, style, [(x, words, 0)], above=style.before, keep=True)

    def facts(self, block: Block, style: Style) -> Iterator[_Line]:
        pad = 2.0
        labels = min(max(self.width(label, style) for label, _ in block.rows), MEASURE * 0.4) + 2 * pad
        edges = (LEFT, LEFT + labels, LEFT + MEASURE)
        for number, (label, value) in enumerate(block.rows):
            left = _break(label, lambda piece: self.width(piece, style), labels - 2 * pad, labels - 2 * pad)
            room = MEASURE - labels - 2 * pad
            right = [
                piece
                for words in value.splitlines() or [""]
                for piece in _break(words, lambda piece: self.width(piece, style), room, room)
            ]
            rows = list(zip_longest(left, right, fillvalue=""))
            for line, (name, words) in enumerate(rows):
                above = style.before if number == line == 0 else 0
                runs = [(LEFT + pad, name, 0.0), (LEFT + labels + pad, words, 0.0)]
                draw = _grid(edges, first=line == 0, last=line == len(rows) - 1, height=style.leading * POINT)
                yield _Line(
                    style.leading * POINT,
                    style,
                    [run for run in runs if run[1]],
                    draw,
                    above,
                    keep=line < len(rows) - 1,
                )

    def table(self, block: Block, style: Style) -> Iterator[_Line]:
        """What a row is of at the left, numbers at the right of columns that are as wide as they must be."""
        pad, height, heads = 1.8, style.leading * POINT, replace(style, bold=True)
        columns = list(zip(*block.rows, strict=True))[1:]
        for most in (27.0, 18.0, 0.0):  # heads may be broken, numbers may not
            widths = [
                max(*(self.width(cell, style) for cell in cells[1:]), min(self.width(cells[0], heads), most)) + 2 * pad
                for cells in columns
            ]
            if sum(widths) < MEASURE * 0.7:  # the first column keeps almost a third
                break
        edges = [LEFT, LEFT + MEASURE - sum(widths)]
        for width in widths:
            edges.append(edges[-1] + width)
        above: tuple[_Line, ...] = ()
        for number, cells in enumerate(block.rows):
            rooms = [right - left - 2 * pad for left, right in pairwise(edges)]
            broken = [
                list(_break(words, lambda piece: self.width(piece, style), room, room))
                for words, room in zip(cells, rooms, strict=True)
            ]
            made = []
            for nth, pieces in enumerate(zip_longest(*broken, fillvalue="")):
                runs = [(edges[0] + pad, pieces[0], 0.0)] if pieces[0] else []
                runs += [
                    (edges[at + 1] - pad - self.width(piece, style), piece, 0.0)
                    for at, piece in enumerate(pieces)
                    if at and piece
                ]
                last = nth == max(map(len, broken)) - 1
                draw = _grid(edges, first=number == nth == 0, last=last, height=height)
                made.append(_Line(height, style if number else heads, runs, draw, keep=not last or number == 0))
            if number == 0:
                made[0].above, above = style.before, tuple(made)
            else:
                made[0].again = above
            yield from made

    def code(self, block: Block, style: Style) -> Iterator[_Line]:
        side = 26.0
        squares = segno.make("".join(block.text.split()), error="m", micro=False)
        yield _Line(
            side + 3,
            style,
            draw=lambda pdf, y: _draw_qr(pdf, squares, LEFT + (MEASURE - side) / 2, y, side),
            above=4,
            keep=True,
        )
        yield from self.paragraph(block.text, style)


_OPENING = r"“‘（〔［｛《〈「『【(\[{"
_CLOSING = r"”’）〕］｝》〉」』】)\]},.;:?!，。、；：？！…—％%·"
_LATIN = r"!-~\u00a1-\u1fff\u2100-\u2e7f"
_UNITS = re.compile(rf"[{_OPENING}]*(?:[{_LATIN}]+|\S)(?:\s*[{_CLOSING}])*|\s+")


def _break(words: str, width: Callable[[str], float], first: float, rest: float) -> Iterator[str]:
    """Lines within the measure: Latin words whole, no closing mark first on a line, no opening one last."""
    hair = 0.01  # a sum of widths may come out a hair wider than the same sum taken before
    line, room = "", first + hair
    for unit in _UNITS.findall(words):
        if unit.isspace() and not line:
            continue
        if width((line + unit).rstrip()) <= room:
            line += unit
            continue
        if line:
            yield line.rstrip()
            line, room = "", rest + hair
        for character in "" if unit.isspace() else unit:
            if line and width(line + character) > room:  # one unit wider than a line: an address, a run of dots
                yield line
                line, room = "", rest + hair
            line += character
    if line:
        yield line.rstrip()


def _pages(lines: list[_Line]) -> Iterator[list[_Line]]:
    """Whole pages. What must stay together does, and the last two lines of text go with the organ's name."""
    ends = next((number for number, line in enumerate(lines) if line.style.align == "organ"), len(lines))
    for line in lines[max(ends - 2, 0) : ends]:
        line.keep = True
    room = HEIGHT - TOP - BOTTOM
    page: list[_Line] = []
    used = 0.0
    group: list[_Line] = []
    for line in lines:
        group.append(line)
        if line.keep and line is not lines[-1]:
            continue
        height = sum(each.height + each.above for each in group)
        if page and used + height > room and height <= room:
            yield page
            page, used = _begun(group[0])
        for each in group:
            if page and used + each.above + each.height > room:
                yield page
                page, used = _begun(each)
            used += each.height + (each.above if page else 0)
            page.append(each)
        group = []
    if page:
        yield page


def _begun(line: _Line) -> tuple[list[_Line], float]:
    """A page that begins with this line: the heads of its table stand above it again."""
    return [*line.again], sum(each.height for each in line.again)


def _draw(pdf: FPDF, line: _Line, y: float) -> None:
    if line.draw:
        line.draw(pdf, y)
    style = line.style
    pdf.set_font_size(style.size)
    # One weight of a font of 14 MB is enough: bold is the same outline, drawn with a thin pen as well.
    pen = style.size * 0.03 if style.bold else 0.0
    baseline = y + (style.leading + style.size * 0.72) * POINT / 2
    with pdf.local_context(
        text_mode=TextMode.FILL_STROKE if pen else TextMode.FILL,
        line_width=pen,
        text_color=style.colour,
        draw_color=style.colour,
    ):
        for x, words, space in line.runs:
            pdf.set_char_spacing(space)
            pdf.text(x, baseline, words)


def _footer(pdf: FPDF, number: int) -> None:
    pdf.set_font_size(12)
    pdf.set_text_color(0, 0, 0)
    words = f"— {number} —"
    pdf.text((WIDTH - pdf.get_string_width(words)) / 2, HEIGHT - BOTTOM + 12, words)


def _rules(pdf: FPDF, y: float) -> None:
    """The double red line under the letterhead."""
    pdf.set_draw_color(*RED)
    for width, at in ((0.8, 1.4), (0.25, 2.6)):
        pdf.set_line_width(width)
        pdf.line(LEFT, y + at, LEFT + MEASURE, y + at)


def _grid(edges: Sequence[float], *, first: bool, last: bool, height: float) -> Callable[[FPDF, float], None]:
    def draw(pdf: FPDF, y: float) -> None:
        pdf.set_draw_color(90, 90, 90)
        pdf.set_line_width(0.2)
        for x in edges:
            pdf.line(x, y, x, y + height)
        for at in [y] * first + [y + height] * last:
            pdf.line(edges[0], at, edges[-1], at)

    return draw


def _draw_qr(pdf: FPDF, squares: segno.QRCode, x: float, y: float, side: float) -> None:
    rows = list(squares.matrix)
    size = side / len(rows)
    pdf.set_fill_color(0, 0, 0)
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            if dark:
                pdf.rect(x + across * size, y + down * size, size, size, style="F")
