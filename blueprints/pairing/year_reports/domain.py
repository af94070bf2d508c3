"""The procedure of a yearly report, what the office writes in it, and the figures that are kept with it; pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple, Self

from flask_babel import lazy_gettext as _l

from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow


class State(StrEnum):
    """Where a report stands."""

    DRAFTED = "drafted"
    SENT = "sent"
    ISSUED = "issued"
    REPLACED = "replaced"
    DROPPED = "dropped"


class Section(StrEnum):
    """What the office writes itself."""

    OVERVIEW = "overview"
    WELL = "well"
    LACKING = "lacking"
    NEXT = "next"


class Only(StrEnum):
    """What must be so besides, for a step to be open."""

    WRITTEN = "written"
    ALONE = "alone"
    ITSELF = "itself"


OPEN = (State.DRAFTED, State.SENT)
NUMBERED = (State.ISSUED, State.REPLACED)  # what has a number never changes again

STATE_LABELS = {
    State.DRAFTED: _l("Report drafted"),
    State.SENT: _l("Sent to the leader"),
    State.ISSUED: _l("Report issued"),
    State.REPLACED: _l("Replaced by a corrected report"),
    State.DROPPED: _l("Draft dropped"),
}

SECTION_LABELS = {
    Section.OVERVIEW: _l("The year as a whole"),
    Section.WELL: _l("What went well"),
    Section.LACKING: _l("What did not go well"),
    Section.NEXT: _l("What is planned for the next year"),
}

ONLY_LABELS = {
    Only.WRITTEN: _l("once every section is written"),
    Only.ALONE: _l("while no other report of the year is being drafted"),
    Only.ITSELF: _l("by itself, when the corrected report is issued"),
}

WRITERS = (Role.CLERK, Role.LEADER)
READERS = (*WRITERS, Role.HANDLER, Role.CONTACT)
S, B, L = State, Only, (Role.LEADER,)

# fmt: off
WORKFLOW = Workflow(
    #    action     label                                     from          to           who            paper                asks             besides
    Step("write",   _l("Write the sections"),                 (S.DRAFTED,), None,        WRITERS,                            asks="sections"),
    Step("send",    _l("Send the report to the leader"),      (S.DRAFTED,), S.SENT,      (Role.CLERK,),                                       only=B.WRITTEN),
    Step("drop",    _l("Drop the draft"),                     (S.DRAFTED,), S.DROPPED,   WRITERS,                            asks="reason",   rare=True),
    Step("issue",   _l("Issue the report"),                   (S.SENT,),    S.ISSUED,    L,             paper="year_report", asks="figures"),
    Step("back",    _l("Send the draft back"),                (S.SENT,),    S.DRAFTED,   L,                                  asks="reason"),
    Step("correct", _l("Draft a corrected report"),           (S.ISSUED,),  None,        WRITERS,                            asks="reason",   only=B.ALONE, rare=True),
    Step("replace", _l("Replaced by a corrected report"),     (S.ISSUED,),  S.REPLACED,  L,                                                   only=B.ITSELF),
    start=S.DRAFTED,
)
# fmt: on

EVENT_LABELS = {
    "begun": _l("Report begun"),
    "write": _l("Sections written"),
    "send": _l("Sent to the leader"),
    "drop": _l("Draft dropped"),
    "issue": _l("Report issued"),
    "back": _l("Draft sent back"),
    "correct": _l("Corrected report begun"),
    "replace": _l("Replaced by a corrected report"),
}

LABELS = {"state": STATE_LABELS, "section": SECTION_LABELS}

TABLES = (
    Table(
        "year report",
        Words(zh="年度结对帮扶报告", en="Yearly report on pairing assistance"),
        WORKFLOW,
        STATE_LABELS,
        "year_reports.work",
        Words(
            zh="签发时，数字和表格随报告一并留存，此后不再变动；更正须另行签发新的报告，并注明所替代的文号。",
            en="When a report is issued, its figures and tables are kept with it and never change; a correction is a "
            "new report, which names the one it replaces.",
        ),
        only=ONLY_LABELS,
        papers={"year_report": _l("Yearly report on pairing assistance")},
    ),
)

# --- figures -------------------------------------------------------------------------------------------------------


class Line(NamedTuple):
    """One number of the year."""

    key: str
    words: Words
    number: int
    fen: bool = False


class Column(NamedTuple):
    """What a column of a table counts."""

    key: str
    words: Words
    fen: bool = False


class Row(NamedTuple):
    """One row of a table: what it is of, and a number for each column."""

    key: str
    words: Words
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Part:
    """One table of the year."""

    key: str
    title: Words
    head: Words
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Figures:
    """The figures of a year as of a day: plain data, so that they can be kept as they were. Money counts fen."""

    year: int
    as_of: date
    lines: tuple[Line, ...]
    took: tuple[float, float, float] | None  # days until a need was met: median, and between which the middle half lies
    parts: tuple[Part, ...]

    def as_json(self) -> dict[str, Any]:
        """A dictionary that JSON can hold and `from_json` reads back."""
        return {
            "year": self.year,
            "as_of": self.as_of.isoformat(),
            "lines": [[each.key, asdict(each.words), each.number, each.fen] for each in self.lines],
            "took": list(self.took) if self.took else None,
            "parts": [
                {
                    "key": part.key,
                    "title": asdict(part.title),
                    "head": asdict(part.head),
                    "columns": [[each.key, asdict(each.words), each.fen] for each in part.columns],
                    "rows": [[row.key, asdict(row.words), list(row.numbers)] for row in part.rows],
                }
                for part in self.parts
            ],
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """The figures as they were kept. Raises KeyError, TypeError, ValueError."""
        median, low, high = told["took"] or (0.0, 0.0, 0.0)
        return cls(
            year=told["year"],
            as_of=date.fromisoformat(told["as_of"]),
            lines=tuple(Line(key, Words(**words), number, fen) for key, words, number, fen in told["lines"]),
            took=(median, low, high) if told["took"] else None,
            parts=tuple(
                Part(
                    part["key"],
                    Words(**part["title"]),
                    Words(**part["head"]),
                    tuple(Column(key, Words(**words), fen) for key, words, fen in part["columns"]),
                    tuple(Row(key, Words(**words), tuple(numbers)) for key, words, numbers in part["rows"]),
                )
                for part in told["parts"]
            ),
        )

    def numbers(self) -> Iterator[tuple[tuple[str, ...], Words, int, bool]]:
        """Every number with its place, what it is of, and whether it is money."""
        for line in self.lines:
            yield ("", line.key), line.words, line.number, line.fen
        for part in self.parts:
            for row in part.rows:
                for column, number in zip(part.columns, row.numbers, strict=True):
                    of = Words(zh=f"{row.words.zh}：{column.words.zh}", en=f"{row.words.en}: {column.words.en}")
                    yield (part.key, row.key, column.key), of, number, column.fen


def as_text(told: Any) -> str:
    """The same text for the same content, whoever wrote it down: what a digest is made of."""
    return json.dumps(told, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


class Difference(NamedTuple):
    """A number that is not what it was; what is not there counts as nought."""

    words: Words
    before: int
    now: int
    fen: bool


def differences(before: Figures, now: Figures) -> list[Difference]:
    """Where the figures of a year are others now, in the order of the report."""
    was = {place: (words, number, fen) for place, words, number, fen in before.numbers()}
    is_now = {place: (words, number, fen) for place, words, number, fen in now.numbers()}
    found = []
    for place in [*was, *(each for each in is_now if each not in was)]:
        words, _number, fen = was.get(place) or is_now[place]
        old, new = (each[place][1] if place in each else 0 for each in (was, is_now))
        if old != new:
            found.append(Difference(words, old, new, fen))
    return found
