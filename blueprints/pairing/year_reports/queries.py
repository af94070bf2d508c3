"""The figures of a year for a report, its list, and what waits on a desk."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from flask_babel import force_locale
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

import rooms
from blueprints.pairing.account import queries as account
from blueprints.pairing.account.domain import DIVIDED, MEASURE_LABELS, MONEY, Measure
from blueprints.pairing.year_reports.domain import Column, Figures, Line, Part, Row, State
from blueprints.pairing.year_reports.models import YearReport, seen_by
from core import clock
from core.desk import AT_MOST, Narrowed
from core.extensions import db
from core.pages import LANGUAGES, Listing, newest_key
from core.roles import Role, Viewer
from core.words import Words

PAGE = 25

_VILLAGES = Words(zh="各村情况", en="By village")
_KINDS = Words(zh="各类需求和经费用途", en="By kind of need, which is the purpose of money")
_MONTHS = Words(zh="各月需求", en="Needs in each month")
_PAIRINGS = Words(zh="结对单位和年度目标", en="Who helps which village, and the goals of the year")
_HEADS = {
    "village": Words(zh="村（社区）", en="Village"),
    "kind": Words(zh="需求类别", en="Kind of need"),
    "month": Words(zh="月份", en="Month"),
    "pairing": Words(zh="单位和村", en="Unit and village"),
}
_TRAINING = (
    ("hours", Words(zh="授课学时", en="Hours taught")),
    ("seats", Words(zh="培训名额", en="Seats in courses")),
    ("came", Words(zh="参训人次", en="Came to courses")),
)
_GOALS = (Measure.GOALS, Measure.KEPT, Measure.LATE)


def live(viewer: Viewer, year: int) -> Figures:
    """The figures of a year as they are now, of all rooms.

    A report is one paper for all its readers, so nothing in it may depend on who asks. A clerk and a leader of the
    office see all needs, pairings and courses alike; of what other rooms add, only lines that are `for_all` are taken:
    one that a wall makes smaller for somebody would tell, on paper, what the wall keeps from them.
    """
    if viewer.role not in (Role.CLERK, Role.LEADER):
        raise PermissionError("the figures of a report are counted for the office alone")
    of = account.account(viewer, year, Narrowed())
    words = {each: _both(MEASURE_LABELS[each]) for each in Measure}
    others = [each for room in rooms.figures() for each in room(year, Narrowed(), viewer) if each.for_all]
    of_rooms = [(_both(each.words), each.number) for each in others]
    columns = tuple(Column(each, words[each], each in MONEY) for each in DIVIDED)
    in_months = tuple(Column(each, words[each]) for each in (Measure.RAISED, Measure.MET))
    return Figures(
        year=year,
        as_of=clock.today(),
        lines=(
            *(Line(each, words[each], number, each in MONEY) for each, number in of.totals.items()),
            *(Line(name, label, getattr(of.training, name)) for name, label in _TRAINING),
            *(Line(label.en, label, number) for label, number in of_rooms),
        ),
        took=(of.took.median, of.took.low, of.took.high) if of.took else None,
        parts=(
            _part(
                "pairing",
                _PAIRINGS,
                tuple(Column(each, words[each]) for each in _GOALS),
                account.pairings(viewer, year),
            ),
            _part("village", _VILLAGES, columns, of.villages),
            _part("kind", _KINDS, columns, of.kinds),
            _part("month", _MONTHS, in_months, of.months),
        ),
    )


def _part(key: str, title: Words, columns: tuple[Column, ...], rows: Sequence[account.Row]) -> Part:
    told = (
        Row(row.key, _both(row.name), tuple(row.numbers.get(Measure(each.key), 0) for each in columns)) for row in rows
    )
    return Part(key, title, _HEADS[key], columns, tuple(told))


def _both(label: Any) -> Words:
    """A label in both languages: what is kept may not change when a translation does."""
    said = {}
    for lang, locale in LANGUAGES.items():
        with force_locale(locale):
            said[lang] = str(label)
    return Words(zh=said["zh"], en=said["en"])


def listed(viewer: Viewer, after: str = "") -> Listing[YearReport]:
    """One page of the reports this person may see, the newest first."""
    rows = select(YearReport).where(seen_by(viewer)).options(joinedload(YearReport.replaces))
    if key := newest_key(after):
        rows = rows.where(YearReport.id < key)
    found = db.session.scalars(rows.order_by(YearReport.id.desc()).limit(PAGE + 1)).all()
    return Listing(found[:PAGE], str(found[PAGE - 1].id) if len(found) > PAGE else None)


@cache
def waiting(role: Role) -> Select[YearReport] | None:
    """What waits for somebody: to a leader what was sent, to a clerk what is drafted."""
    mine = {Role.LEADER: State.SENT, Role.CLERK: State.DRAFTED}.get(role)
    if mine is None:
        return None
    return select(YearReport).where(YearReport.state == mine).order_by(YearReport.year, YearReport.id).limit(AT_MOST)
