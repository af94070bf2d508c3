"""Which period the figures are of, and what they are divided by; both stay in the address."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form

from blueprints.petitions.casefile.domain import PaperKind
from blueprints.petitions.figures.domain import BEHIND_LABELS, BY_LABELS, Age, By, Measure, Period, period
from blueprints.petitions.figures.queries import About, Asked, Done, Wanted
from core import clock
from core.forms import SelectField
from core.pages import newest_key
from core.roles import Role, Viewer
from core.texts import plain

YEARS = 3


class FiguresForm(Form):
    """The period: this year and those before, their quarters, the months of this year; and the division."""

    period = SelectField(_l("Period"))
    by = SelectField(_l("By"))

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        today = clock.today()
        years = range(today.year, today.year - YEARS, -1)
        whole = [(str(year), _("%(year)s", year=year)) for year in years]
        quarters = [(f"{today.year}Q{nth}", f"{today.year} Q{nth}") for nth in range((today.month + 2) // 3, 0, -1)]
        months = [(f"{today.year}-{month:02d}", f"{today.year}-{month:02d}") for month in range(today.month, 0, -1)]
        self.period.choices = [*whole, *quarters, *months]
        self.by.choices = list(plain(BY_LABELS).items())

    @property
    def word(self) -> str:
        """The period as it stands in an address."""
        pairs: Any = self.period.choices or ()
        known = {value for value, _label in pairs}
        return str(self.period.data) if self.period.data in known else str(clock.today().year)

    @property
    def days(self) -> Period:
        """The days of the period."""
        return period(self.word, clock.today())

    @property
    def divided(self) -> By:
        """What the table is divided by."""
        return By(self.by.data) if self.by.data in set(By) else By.UNIT


ASKED = ("age", "period", "measure", "part", "by", "key", "done", "about")  # what an address may hold


def wanted(arguments: Any, viewer: Viewer) -> Asked | None:
    """What an address asks for behind a figure; None where it asks for nothing that there is for this person."""
    get = arguments.get
    if get("age") in set(Age):
        return Age(get("age"))
    days = period(get("period", "")[:10], clock.today())
    if "done" in arguments:
        what = get("done")
        known = what == "assigned" or what in set(PaperKind)
        return Done(days.since.year, None if what == "assigned" else PaperKind(what)) if known else None
    if "about" in arguments:
        unit = newest_key(get("about"))
        return About(days.since.year, unit) if unit and viewer.role == Role.LEADER else None
    if get("measure", Measure.RECEIVED) not in set(Measure):
        return None
    measure = Measure(get("measure", Measure.RECEIVED))
    by = By(get("by")) if get("by") in set(By) else None
    key = get("key", "")[:20]
    part = get("part", "") if get("part") in BEHIND_LABELS[measure] else ""
    return Wanted(measure, days, part, by, key if key.isascii() and key.isprintable() else "")


def asked_in(arguments: Any) -> dict[str, str]:
    """The part of an address that asks for something, to stay in it."""
    return {name: arguments[name][:20] for name in ASKED if arguments.get(name)}
