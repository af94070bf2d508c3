"""A year as it hangs on a wall, and a notice as lines of text."""

import re
from calendar import Calendar
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from core.deadlines import Unit
from core.notices import Day, in_plain_week
from core.profiles import Owes, Profile
from core.words import Lang

FIRST_YEAR = 2001  # the first with a published table
YEARS_AHEAD = 3
MOST_LINES = 120
CODE = re.compile(r"[\w.-]{1,20}", re.ASCII)
WEEK = tuple(date(2024, 1, day) for day in range(1, 8))  # a Monday and the days after it, to name the columns

YEAR_EVENT_LABELS = {"calendar changed": _l("Calendar of the year changed")}

PROCEDURE_EVENT_LABELS = {
    "procedure copied": _l("Procedure copied"),
    "procedure edited": _l("Procedure edited"),
    "procedure dated": _l("Effective date of a procedure set"),
}

UNIT_LABELS = {Unit.DAYS: _l("calendar days"), Unit.WORKING_DAYS: _l("working days")}

COUNTED_LABELS = {Unit.DAYS: _l("every calendar day"), Unit.WORKING_DAYS: _l("working days alone")}

OWES_LABELS = {
    Owes.OFFICE: _l("the office"),
    Owes.UNIT: _l("the unit"),
    Owes.PETITIONER: _l("the petitioner, as a right"),
    Owes.REVIEW_ORGAN: _l("the review organ"),
    Owes.REEXAMINATION_ORGAN: _l("the re-examination organ"),
}

GROUND_LABELS = {
    "article": _l("an article of the regulation"),
    "source": _l("another text, named below"),
    "target": _l("the office's own target"),
}

WHAT_LABELS = {"free": _l("free"), "working": _l("working day"), "plain": _l("as in the plain week")}
LABELS = {"unit": UNIT_LABELS, "owes": OWES_LABELS, "ground": GROUND_LABELS, "what": WHAT_LABELS}

# fmt: off
_SAID = {"free": False, "off": False, "休": False, "休息": False, "放假": False,
         "working": True, "work": True, "班": True, "上班": True, "工作": True}
# fmt: on
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)


def newest_first(profile: Profile) -> tuple[int, str]:
    """The order of regulations in a list: the newest first, and before its variants."""
    return -profile.in_force_on.toordinal(), profile.id


class Cell(NamedTuple):
    """A day on the wall. `marked`: it is not as in the plain week."""

    on: date
    working: bool
    marked: bool
    name: str


def months(year: int, days: Iterable[Day]) -> list[list[list[Cell | None]]]:
    """Twelve months of weeks that begin on Monday; None where a day belongs to another month."""
    named = {day.on: day for day in days}
    return [
        [[_cell(on, named) if on.month == month else None for on in week] for week in weeks]
        for month, weeks in ((month, Calendar().monthdatescalendar(year, month)) for month in range(1, 13))
    ]


def _cell(on: date, named: Mapping[date, Day]) -> Cell:
    day = named.get(on)
    working = day.working if day else in_plain_week(on)
    return Cell(on, working, working != in_plain_week(on), day.name if day else "")


class BadLines(ValueError):
    """Lines that are no notice: each that is wrong with its number, and what is wrong with it."""

    def __init__(self, wrong: Sequence[tuple[int, object]]) -> None:
        super().__init__("; ".join(f"{number}: {what}" for number, what in wrong))
        self.wrong = wrong


def read_lines(text: str, year: int, most_name: int) -> list[Day]:
    """The days of a year's notice, a line for each: date, working or free, name. Raises BadLines."""
    wrong: list[tuple[int, object]] = []
    found: dict[date, Day] = {}
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    for number, line in lines[:MOST_LINES]:
        first, what, name = ([part.strip() for part in re.split("[,，\t]", line, maxsplit=2)] + ["", ""])[:3]
        on, working = _date(first), _SAID.get(what.lower())
        if on is None or working is None:
            wrong.append((number, _l("Please write: date, free or working, name.")))
        elif on.year != year:
            wrong.append((number, _l("This day is not in %(year)s.", year=year)))
        elif on in found:
            wrong.append((number, _l("This day stands here twice.")))
        elif len(name) > most_name:
            wrong.append((number, _l("The name has at most %(most)s characters.", most=most_name)))
        elif working and in_plain_week(on):
            wrong.append((number, _l("This day is a working day in any case. Is the date right?")))
        else:
            found[on] = Day(on, working, name)
    if len(lines) > MOST_LINES:
        wrong.append((lines[MOST_LINES][0], _l("A year has at most %(most)s such days.", most=MOST_LINES)))
    if wrong:
        raise BadLines(wrong)
    return [found[on] for on in sorted(found)]


def _date(text: str) -> date | None:
    parts = _DATE.fullmatch(text)
    try:
        return date(*map(int, parts.groups())) if parts else None
    except ValueError:
        return None


def as_lines(days: Iterable[Day], lang: Lang) -> str:
    """The days as `read_lines` reads them, in the words of that language."""
    free, working = ("休", "班") if lang == "zh" else ("free", "working")
    return "\n".join(f"{day.on},{working if day.working else free},{day.name}" for day in days)


def sourced(days: Iterable[Day], before: Iterable[Day], source: str) -> list[Day]:
    """The days, each with the notice it is from: a day that stays as it was keeps its own."""
    old = {day.on: day for day in before}
    return [day._replace(source=old[day.on].source if _same(old.get(day.on), day) else source) for day in days]


def _same(old: Day | None, day: Day) -> bool:
    return old is not None and (old.working, old.name) == (day.working, day.name)


def with_day(days: Iterable[Day], on: date, what: str, name: str) -> list[Day]:
    """The days, one of them put anew: free, working, or as in the plain week."""
    others = [day for day in days if day.on != on]
    return sorted(others if what == "plain" else [*others, Day(on, what == "working", name)])


class Change(NamedTuple):
    """A day that a change of the calendar puts otherwise."""

    on: date
    before: str
    after: str
    name: str


def changes(before: Iterable[Day], after: Iterable[Day]) -> list[Change]:
    """Every day that is not afterwards what it was before, by what it is then: free, working, or as in the plain week."""
    old, new = ({day.on: day for day in days} for days in (before, after))
    found = (
        Change(on, _what(old.get(on)), _what(new.get(on)), (new.get(on) or old[on]).name)
        for on in sorted(old.keys() | new.keys())
        if not (on in old and on in new and _same(old[on], new[on]))
    )
    return list(found)


def _what(day: Day | None) -> str:
    return "plain" if day is None else "working" if day.working else "free"
