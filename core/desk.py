"""What a room puts on a page that is not its own, a desk, a village's or a case's, and the doors to it."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import Select

from core.extensions import db, which_find

SHOWN = 25  # of what waits on a desk under one heading
AT_MOST = SHOWN + 1  # what its query asks for: one more tells that there are more

Thing = TypeVar("Thing")
Found = TypeVar("Found")


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
class Waiting(Generic[Thing]):
    """What is mostly not there: the queries that would find it, and what reads and tells it where one of them does.

    Such a query is put together once for a person and a day (`lru_cache`).
    """

    queries: tuple[Select[Any], ...]
    told: Callable[[], Sequence[Thing]]

    def read(self, found: Set[Select[Any]]) -> Sequence[Thing]:
        """What is there, if one of these queries finds something."""
        return () if found.isdisjoint(self.queries) else self.told()


def waits(query: Select[Found] | None, row: Callable[[Found], Row]) -> Waiting[Row]:
    """What a query finds (AT_MOST rows), each told as a row of its own; for whom there is no query, nothing waits."""
    if query is None:
        return Waiting((), list)
    return Waiting((query,), lambda: [row(each) for each in db.session.scalars(query)])


def read(waiting: Iterable[Sequence[Any] | Waiting[Any]], **values: Any) -> list[Sequence[Any]]:
    """What each of these tells: of all that may be there one statement asks whether it is, and only then it is read."""
    whole = list(waiting)
    found = which_find((query for each in whole if isinstance(each, Waiting) for query in each.queries), **values)
    return [each.read(found) if isinstance(each, Waiting) else each for each in whole]


@dataclass(frozen=True)
class Part:
    """What stands under one heading; without rows it is left out, unless it says that there are none."""

    key: str
    heading: Any
    rows: Sequence[Row] | Waiting[Row]  # on a desk, whose rooms have mostly nothing, what would find them; AT_MOST
    empty: Any = ""
    more: tuple[Any, str, Mapping[str, Any]] | None = None  # a button below: its words, its page
    cut: bool = False  # more wait than are shown

    def with_rows(self, rows: Sequence[Row]) -> "Part":
        """The part of a desk, once it is known what waits."""
        return replace(self, rows=rows[:SHOWN], cut=len(rows) > SHOWN)

    def shown(self) -> "Part":
        """The part of a village's page, whose rows are read already."""
        assert not isinstance(self.rows, Waiting)
        return self.with_rows(self.rows)


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
