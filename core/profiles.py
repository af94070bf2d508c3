"""The clocks of one regulation, read from a file in data/procedure: every number of the law is data. Pure.

What an office has copied and edited is the text of such a file, kept in the database (core.procedures).
"""

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, replace
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from core.deadlines import Rule, Unit
from core.words import Words

FOLDER = Path(__file__).resolve().parents[1] / "data" / "procedure"
LIMITS = FOLDER.parent / "limits"


class Owes(StrEnum):
    """Who must act before the clock ends. A petitioner owes nothing: for them the clock is a right."""

    OFFICE = "office"
    UNIT = "unit"
    PETITIONER = "petitioner"
    REVIEW_ORGAN = "review_organ"
    REEXAMINATION_ORGAN = "reexamination_organ"


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One clock of a profile. `kind` limits it to one class of petition; `extends` names the clock it lengthens."""

    id: str
    kind: str = ""
    name: Words
    length: int
    unit: Unit
    article: tuple[int, ...] = ()
    source: Words | None = None  # the local text that a variant takes its number from
    target: bool = False  # the office's own aim, because the law sets no number
    owed_by: Owes
    starts_on: Words
    stops_on: Words
    extends: str = ""
    hearing_not_counted: bool = False


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One regulation: the days it is in force (`until_on` is None while it is), its articles and its clocks."""

    id: str
    name: Words | None = None  # what a variant is called; a regulation bears its own name
    regulation: Words
    cited_as: str = ""  # how an English text cites the regulation, where that is not the profile's id
    in_force_on: date
    until_on: date | None = None
    articles: dict[str, int]  # those that papers cite, by what they are about
    clocks: tuple[Clock, ...] = ()

    @property
    def title(self) -> Words:
        """What people call it."""
        return self.name or self.regulation

    def in_force(self, day: date) -> bool:
        """True on the first and on the last day too."""
        return self.in_force_on <= day and (self.until_on is None or day <= self.until_on)

    def clock(self, id: str, kind: str = "") -> Clock:
        """The clock for this class of petition, else the one for every class. Raises LookupError."""
        for wanted in (kind, ""):
            for clock in self.clocks:
                if (clock.id, clock.kind) == (id, wanted):
                    return clock
        raise LookupError(f"profile {self.id} has no clock {id!r} for {kind or 'every class'}")

    def rule(self, id: str, kind: str = "") -> Rule:
        """What `deadlines.due` and `deadlines.extend` need of a clock. Raises LookupError."""
        clock = self.clock(id, kind)
        return Rule(
            clock=clock.id,
            length=clock.length,
            unit=clock.unit,
            source=self.ground(clock),
            rolls=clock.owed_by is Owes.PETITIONER,
            target=clock.target,
            hearing_not_counted=clock.hearing_not_counted,
        )

    def ground(self, clock: Clock) -> Words:
        """Where a clock's number comes from."""
        if clock.target:
            return Words(zh="本机关自定目标", en="the office's own target")
        return clock.source or self.cite(*clock.article)

    def cite(self, *articles: int | str) -> Words:
        """Articles by number, or by what they are about: 《信访工作条例》第二十三条, 2022 Art 23."""
        numbers = sorted({self.articles[each] if isinstance(each, str) else each for each in articles})
        return Words(
            zh=self.regulation.zh + "、".join(f"第{chinese_number(each)}条" for each in numbers),
            en=f"{self.cited_as or self.id} Art {', '.join(map(str, numbers))}",
        )


def chinese_number(number: int) -> str:
    """A number from 1 to 99 as a Chinese text writes it: 三十四."""
    if not 1 <= number <= 99:
        raise ValueError(f"from 1 to 99, not {number}")
    digits = "〇一二三四五六七八九"
    tens, ones = divmod(number, 10)
    return (digits[tens] if tens > 1 else "") + ("十" if tens else "") + (digits[ones] if ones else "")


class ProfileError(ValueError):
    """A profile that cannot be used. The message has one line for each mistake, with its file and line."""


def load_profile(path: Path) -> Profile:
    """Read one file. A local variant names its base, beside it, as `variant_of` and gives only what differs.

    Raises ProfileError, and OSError when the file cannot be read.
    """
    return read_profile(path.name, path.read_text(encoding="utf-8"), path.parent)


def read_profile(name: str, text: str, folder: Path = FOLDER) -> Profile:
    """Read the text of a file of that name; its base, if it names one, lies in `folder`. Raises ProfileError."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{name}: {error}") from error
    base = None
    reader = _Reader(name, text)
    if "variant_of" in tables:
        sibling = folder / f"{tables.pop('variant_of')}.toml"
        if sibling.name == name or not sibling.is_file():
            reader.wrong("variant_of", f"there is no {sibling.name} beside this file")
            raise ProfileError(reader.mistakes[0])
        base = load_profile(sibling)
        base = replace(base, cited_as=base.cited_as or base.id)
    return reader.read(tables, base)


def written(profile: Profile) -> str:
    """The profile as the text of a file that needs no other: `read_profile` reads the same back."""
    head = (f"{name} = {_toml(value)}" for name, value in _told(profile) if name != "clocks")
    clocks = ("\n".join(f"{name} = {_toml(value)}" for name, value in _told(clock)) for clock in profile.clocks)
    return "\n\n[[clock]]\n".join(("\n".join(head), *clocks)) + "\n"


def _told(row: Profile | Clock) -> list[tuple[str, Any]]:
    """The values of a row that are not what they are without a word."""
    pairs = ((each, getattr(row, each.name)) for each in fields(row))
    return [(each.name, value) for each, value in pairs if each.default is MISSING or value != each.default]


def _toml(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Words():
            return _toml({"zh": value.zh, "en": value.en})
        case dict():
            return "{ " + ", ".join(f"{json.dumps(key)} = {_toml(each)}" for key, each in value.items()) + " }"
        case tuple():
            return f"[{', '.join(_toml(each) for each in value)}]"
        case int() | date():
            return str(value)
    return json.dumps(str(value), ensure_ascii=False)


@cache
def shipped() -> tuple[str, ...]:
    """The names of the profiles in data/procedure."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def profile(id: str) -> Profile:
    """The profile of that name in data/procedure, read once. Raises ProfileError."""
    path = FOLDER / f"{id}.toml"
    if path.parent != FOLDER or not path.is_file():
        raise ProfileError(f"there is no procedure {id!r} in {FOLDER}")
    return load_profile(path)


@cache
def terms(of: str) -> tuple[Profile, ...]:
    """The clocks of these matters in data/limits, the earliest first: a file for each day from which they count."""
    found = [load_profile(path) for path in LIMITS.glob(f"{of}-*.toml")]
    return tuple(sorted(found, key=lambda each: each.in_force_on))


def terms_on(of: str, day: date) -> Profile:
    """The clocks that a matter of that day begins with; the earliest for what is older than all of them."""
    begun = [each for each in terms(of) if each.in_force_on <= day]
    return begun[-1] if begun else terms(of)[0]


class _Reader:
    """Turns tables into a Profile and collects every mistake with the line it stands in."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.lines = text.splitlines()
        self.starts = [n for n, line in enumerate(self.lines, 1) if line.strip().startswith("[[clock]]")]
        self.mistakes: list[str] = []

    def wrong(self, key: str, message: str, nth: int | None = None) -> None:
        """Note a mistake at a key of the nth clock, or of the head of the file."""
        first = 1 if nth is None else self.starts[nth]
        end = next((start for start in self.starts if start > first), len(self.lines) + 1)
        named = re.compile(rf"\s*\[?{re.escape(key)}\b")
        line = next((n for n in range(first, end) if named.match(self.lines[n - 1])), first)
        self.mistakes.append(f"{self.file}, line {line}: {message}")

    def read(self, tables: dict[str, Any], base: Profile | None) -> Profile:
        rows = tables.pop("clock", [])
        if len(self.starts) != len(rows):
            raise ProfileError(f"{self.file}: write each clock as a [[clock]]")
        head = self.fields(tables, Profile, base)
        clocks = {(clock.id, clock.kind): clock for clock in (base.clocks if base else ())}
        seen = set()
        for nth, row in enumerate(rows):
            key = (str(row.get("id")), str(row.get("kind", "")))
            if key in seen:
                self.wrong("id", f"this clock stands here twice: {' '.join(key)}", nth)
            seen.add(key)
            # What a variant overrides keeps its names, but never its ground: the new number needs one of its own.
            old = {} if key not in clocks else vars(clocks[key]) | {"article": (), "source": None, "target": False}
            found = self.fields(row, Clock, old, nth)
            if found is None:
                continue
            clock = Clock(**found)
            if [bool(clock.article), clock.source is not None, clock.target].count(True) != 1:
                self.wrong("id", "a clock has one ground: article, source or target = true", nth)
            if clock.extends and not any(id == clock.extends for id, _ in clocks):
                self.wrong("extends", f"no clock {clock.extends!r} stands above this one", nth)
            clocks[key] = clock
        if self.mistakes or head is None:
            raise ProfileError("\n".join(self.mistakes))
        return Profile(**head | {"clocks": tuple(clocks.values())})

    def fields(
        self, table: dict[str, Any], shape: type, base: Profile | dict[str, Any] | None, nth: int | None = None
    ) -> dict[str, Any] | None:
        """The table as arguments of a dataclass, filled up from the base; None when something is wrong."""
        before = len(self.mistakes)
        known = {each.name: each for each in fields(shape) if each.name != "clocks"}
        for key in table.keys() - known.keys():
            self.wrong(key, f"{key} is not known here", nth)
        found = dict(vars(base) if isinstance(base, Profile) else base or {})
        for name, each in known.items():
            read, expected = _READERS[each.type]
            if name in table:
                try:
                    found[name] = read(table[name])
                except (TypeError, ValueError, KeyError):
                    self.wrong(name, f"{name} is {expected}, not {table[name]!r}", nth)
            elif name not in found and each.default is MISSING:
                self.wrong("id", f"{name} is missing", nth)
        return found if len(self.mistakes) == before else None


def _exactly(kind: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not kind or value in ("", b""):
            raise TypeError
        return value

    return read


def _count(value: Any) -> int:
    if type(value) is not int or value < 1:
        raise ValueError
    return value


def _words(value: Any) -> Words:
    if set(value) != {"zh", "en"} or not all(type(each) is str and each.strip() for each in value.values()):
        raise ValueError
    return Words(**value)


def _articles(value: Any) -> tuple[int, ...]:
    if type(value) is not list or not value:
        raise TypeError
    for each in value:
        chinese_number(_count(each))  # an article that a paper could not cite is none
    return tuple(value)


_DATE = (_exactly(date), "a date such as 2022-05-01")
_WORDS = (_words, 'a text in both languages such as { zh = "…", en = "…" }')
_READERS: dict[Any, tuple[Callable[[Any], Any], str]] = {
    str: (_exactly(str), "a text"),
    int: (_count, "a whole number of 1 or more"),
    bool: (_exactly(bool), "true or false"),
    date: _DATE,
    date | None: _DATE,
    Words: _WORDS,
    Words | None: _WORDS,
    Unit: (Unit, f"one of {', '.join(Unit)}"),
    Owes: (Owes, f"one of {', '.join(Owes)}"),
    tuple[int, ...]: (_articles, "a list of article numbers such as [23]"),
    dict[str, int]: (lambda value: {key: _count(number) for key, number in value.items()}, "article numbers"),
}
