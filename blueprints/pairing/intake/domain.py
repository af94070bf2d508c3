"""How a row of somebody's table becomes a service in a post, and what is wrong with it."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask_babel import lazy_gettext as _l

MOST_ROWS = 500
EARLIEST = date(2000, 1, 1)

COLUMNS = {
    "village": _l("Village (name or code)"),
    "name": _l("Name"),
    "contact": _l("Telephone"),
    "begun_on": _l("In post since"),
    "mentor": _l("Mentor (sign-in name)"),
}
NEEDED = ("village", "name", "contact", "begun_on")
LONGEST = 60

PROBLEMS = {
    "empty": _l("Nothing stands here, and it is needed."),
    "long": _l("This is too long."),
    "date": _l("This is no date, such as 2024-03-05."),
    "future": _l("This day lies in the future."),
    "early": _l("This day lies before 2000."),
    "village": _l("No village of the district is named so, or several are: give its code."),
    "twice": _l("This village stands in the table twice."),
    "filled": _l("Somebody serves in the post of this village already."),
    "matched": _l("An applicant is matched to the post of this village."),
    "served": _l("Somebody served in this village until a later day."),
    "mentor": _l("Nobody of the staff signs in with this name."),
}

EVENT_LABELS = {"planned": _l("Plan of the year set"), "changed": _l("Plan of the year changed")}

Rows = Sequence[tuple[int, Sequence[str]]]


@dataclass(frozen=True)
class Known:
    """What the office knows: villages by name and code, the posts in them, mentors, and which day it is."""

    villages: Mapping[str, str]
    filled: frozenset[str]
    matched: frozenset[str]
    left: Mapping[str, date]  # when somebody left a post there last
    mentors: Mapping[str, int]
    today: date


@dataclass(frozen=True)
class Problem:
    """What is wrong in one cell: the line as Excel shows it, the column, the reason."""

    line: int
    column: str
    why: str


@dataclass(frozen=True)
class Draft:
    """A service as a row tells of it."""

    line: int
    village: str
    name: str
    contact: str
    begun_on: date
    mentor: int | None


@dataclass
class Checked:
    """Everything that a table says: services, and what is wrong with the other rows."""

    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def check(rows: Rows, known: Known) -> Checked:
    """Each row below the headings as a service, or what is wrong with it."""
    found = Checked()
    cells = [(line, dict(zip(COLUMNS, [*row, *[""] * len(COLUMNS)], strict=False))) for line, row in rows]
    codes = Counter(known.villages.get(_bare(each["village"])) for _line, each in cells)
    for line, each in cells:
        code = known.villages.get(_bare(each["village"]), "")
        wrong = list(_wrong(each, code, codes[code], known))
        found.problems += [Problem(line, column, why) for column, why in wrong]
        if not wrong:
            mentor = known.mentors.get(each["mentor"])
            day = read_day(each["begun_on"])
            assert day is not None  # it is no date otherwise, which is wrong
            found.drafts.append(Draft(line, code, each["name"], each["contact"], day, mentor))
    return found


def _wrong(row: Mapping[str, str], code: str, times: int, known: Known) -> Iterable[tuple[str, str]]:
    empty = [column for column in NEEDED if not row[column]]
    yield from ((column, "empty") for column in empty)
    yield from ((column, "long") for column in COLUMNS if len(row[column]) > LONGEST)
    if row["village"]:
        if not code:
            yield "village", "village"
        elif times > 1:
            yield "village", "twice"
        elif code in known.filled:
            yield "village", "filled"
        elif code in known.matched:
            yield "village", "matched"
    if row["begun_on"]:
        yield from (("begun_on", why) for why in _day(row["begun_on"], known.today))
        day = read_day(row["begun_on"])
        if day and day < known.left.get(code, day):
            yield "begun_on", "served"
    if row["mentor"] and row["mentor"] not in known.mentors:
        yield "mentor", "mentor"


def _day(text: str, today: date) -> Iterable[str]:
    day = read_day(text)
    if day is None:
        return ["date"]
    return ["future"] if day > today else ["early"] if day < EARLIEST else []


_DAY = re.compile(r"([0-9]{4})[-./年]([0-9]{1,2})[-./月]([0-9]{1,2})日?")


def read_day(text: str) -> date | None:
    """A day as people write it: 2024-03-05, 2024.3.5, 2024年3月5日."""
    written = _DAY.fullmatch(_bare(text))
    try:
        return date(*map(int, written.groups())) if written else None
    except ValueError:
        return None


def _bare(text: str) -> str:
    return "".join(text.split())


def by_name(villages: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """Villages (code, name, full name) by what a table may call them: a name that two have names neither."""
    named: dict[str, set[str]] = {}
    for code, name, full in villages:
        for word in (code, name, full):
            named.setdefault(_bare(word), set()).add(code)
    return {word: min(codes) for word, codes in named.items() if len(codes) == 1}
