"""What a room puts on a page that is not its own, a desk or a village's, and the doors to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Row:
    """One thing to do or to know: its words, its page if the reader may open one, and until when."""

    words: str
    endpoint: str
    asked: Mapping[str, Any] = field(default_factory=dict)  # what the address of that page takes
    due_on: date | None = None
    kind: Any = ""  # what sort of thing it is, where a part has several
    note: str = ""


@dataclass(frozen=True)
class Part:
    """What stands under one heading; without rows it is left out, unless it says that there are none."""

    key: str
    heading: Any
    rows: Sequence[Row]
    empty: Any = ""
    more: tuple[Any, str, Mapping[str, Any]] | None = None  # a button below: its words, its page


@dataclass(frozen=True)
class Narrowed:
    """What the figures of a year are narrowed to; an empty word means everything. Of a single village other rooms are
    not asked."""

    township: str = ""
    unit: str = ""
    village: str = ""


@dataclass(frozen=True)
class Figure:
    """One number of a year, and the list of just what it counts, where the reader may open one.

    `for_all`: every clerk and every leader of the office counts the same, no wall makes it smaller for one of them;
    only such a line may stand in a report, which is one paper for all. Its words are lazy: they are told in both
    languages.
    """

    words: Any
    number: int
    endpoint: str = ""
    asked: Mapping[str, Any] = field(default_factory=dict)  # what the address of that list takes
    for_all: bool = False


@dataclass(frozen=True)
class Door:
    """A page where work in a room begins: who may open it, and what it is called in the menu."""

    permission: str
    endpoint: str
    label: Any
    about: Any = None  # a sentence on what is behind it; with one, it stands on the desk too
    in_menu: bool = True
    first: bool = False  # what its people come for most: it stands above everything else on the desk
