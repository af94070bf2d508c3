"""What stands on a paper of the office, as plain structures that are kept at issue so that it never changes afterwards.

A paper is two sheets, one for each language. The PDF and the page on the screen both read `Sheet.parts()`, so that they
hold the same text in the same order.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal, Self

from babel.dates import format_date

from core.words import LANGS, Lang

BlockKind = Literal["heading", "text", "facts", "table", "code"]


@dataclass(frozen=True)
class Block:
    """A piece of a sheet: a heading, running text, facts with their labels, a table, or a code to type or to scan."""

    kind: BlockKind
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()  # of a table the heads first

    @property
    def paragraphs(self) -> list[str]:
        """The text without its empty lines."""
        return [line.strip() for line in self.text.splitlines() if line.strip()]


def heading(text: str) -> Block:
    """A line that names what follows."""
    return Block("heading", text)


def text(words: str) -> Block:
    """Running text; each line of it is a paragraph."""
    return Block("text", words)


def facts(*rows: tuple[str, str]) -> Block:
    """Labels with their values."""
    return Block("facts", rows=rows)


def table(heads: tuple[str, ...], *rows: tuple[str, ...]) -> Block:
    """Rows of as many cells as there are heads: first what a row is of, then its numbers."""
    return Block("table", rows=(heads, *rows))


def code(groups: str) -> Block:
    """Something to copy digit by digit; on paper with its QR picture."""
    return Block("code", groups)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One paper in one language, complete: nothing on it is looked up or worked out later."""

    kind: str
    number: str  # 新组信复〔2026〕12号
    title: str
    addressee: str = ""  # as it is kept, without the name: the name is put in for whoever may read it
    blocks: tuple[Block, ...]
    office: str
    issued_on: date
    seal: str = ""  # what stands where the seal goes
    head: str = ""  # said above everything else
    note: str = ""  # said below everything else
    small: bool = False  # set small, to stay on one page

    def parts(self, lang: Lang) -> Iterator[tuple[str, Block]]:
        """The whole sheet in reading order: the role of each piece and the piece."""
        to = "" if not self.addressee else f"{self.addressee}：" if lang == "zh" else f"To: {self.addressee}"
        above = {
            "head": self.head,
            "letterhead": self.office,
            "number": self.number,
            "title": self.title,
            "addressee": to,
        }
        yield from ((role, text(words)) for role, words in above.items() if words)
        for block in self.blocks:
            yield block.kind, block
        yield "organ", text(self.office)
        yield "date", text(written(self.issued_on, lang))
        if self.seal:
            yield "seal", text(self.seal)
        if self.note:
            yield "note", text(self.note)

    def as_json(self) -> dict[str, Any]:
        """A dictionary that JSON can hold and `from_json` reads back."""
        return asdict(self) | {"issued_on": self.issued_on.isoformat()}

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> Self:
        blocks = tuple(replace(Block(**each), rows=tuple(map(tuple, each["rows"]))) for each in row["blocks"])
        return cls(**row | {"issued_on": date.fromisoformat(row["issued_on"]), "blocks": blocks})


Sheets = Mapping[Lang, Sheet]


def as_json(sheets: Sheets) -> dict[str, Any]:
    """Both sheets, to be kept at issue."""
    return {lang: sheets[lang].as_json() for lang in LANGS}


def from_json(row: dict[str, Any]) -> Sheets:
    """Both sheets as they were issued."""
    return {lang: Sheet.from_json(row[lang]) for lang in LANGS}


def to_read(row: dict[str, Any], lang: Lang, addressee: str = "") -> Sheet:
    """A kept paper in one language, with the petitioner's name on it where the reader may know it."""
    sheet = from_json(row)[lang]
    return replace(sheet, addressee=addressee) if addressee else sheet


def written(day: date, lang: Lang) -> str:
    """A day as a paper writes it: 2026年11月23日, 23 November 2026."""
    return format_date(day, "y年M月d日" if lang == "zh" else "d MMMM y", locale=lang)
