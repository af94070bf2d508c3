"""The register by what is looked for: a trade, a village, a grade, whether it holds."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import lru_cache

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload

from blueprints.pairing.experts.domain import TRADE_LABELS
from blueprints.pairing.talents.domain import EVENT_LABELS, LABELS, SOON, Holds, State
from blueprints.pairing.talents.models import Talent, seen_by
from blueprints.pairing.timeline import happened
from core import clock
from core.desk import AT_MOST
from core.extensions import db
from core.pages import Listing, newest_key
from core.places import Place
from core.record import Happened
from core.roles import Role, Viewer
from core.tables import Sheet, write_xlsx
from core.texts import plain

PAGE = 50
MOST_TAKEN = 5000


@dataclass(frozen=True)
class Filter:
    """What the list is narrowed to; an empty word means everything."""

    trade: str = ""
    township: str = ""
    village: str = ""
    grade: str = ""
    holds: str = ""
    state: str = ""

    def asked(self) -> dict[str, str]:
        """The filter as it stands in an address."""
        return {name: word for name, word in asdict(self).items() if word}

    def clauses(self) -> Iterator[ColumnElement[bool]]:
        """The filter as WHERE clauses."""
        yield Talent.state == (self.state or State.REGISTERED)
        if self.trade:
            yield Talent.trade == self.trade
        if self.village:
            yield Talent.place_code == self.village
        elif self.township:
            yield Talent.place_code.startswith(self.township)
        if self.grade:
            yield Talent.grade == self.grade
        today = clock.today()
        match self.holds:
            case Holds.VALID:
                yield Talent.valid_until >= today
            case Holds.SOON:
                yield Talent.valid_until.between(today, today + SOON)
            case Holds.EXPIRED:
                yield Talent.valid_until < today
            case Holds.NONE:
                yield Talent.valid_until.is_(None)


def _lines(viewer: Viewer) -> Select[Talent]:
    return select(Talent).where(seen_by(viewer)).options(joinedload(Talent.place).joinedload(Place.parent))


def listed(viewer: Viewer, wanted: Filter, after: str = "") -> Listing[Talent]:
    """The entries this person may see under a filter, the newest first."""
    rows = _lines(viewer).where(*wanted.clauses()).order_by(Talent.id.desc()).limit(PAGE + 1)
    if key := newest_key(after):
        rows = rows.where(Talent.id < key)
    found = list(db.session.scalars(rows))
    return Listing(found[:PAGE], str(found[PAGE - 1].id) if len(found) > PAGE else None, wanted.asked())


def to_take(viewer: Viewer, wanted: Filter) -> Sequence[Talent]:
    """The same list to be taken along."""
    rows = _lines(viewer).where(*wanted.clauses()).order_by(Talent.id.desc()).limit(MOST_TAKEN)
    return db.session.scalars(rows).all()


def workbook(rows: Sequence[Talent]) -> bytes:
    """A list as a workbook; how people are reached is not in it."""
    labels = plain({**LABELS, "trade": TRADE_LABELS})
    headings = [_("Name"), _("Village or community"), _("Trade"), _("Grade"), _("Holds until"), _("State of the grade")]
    cells = (
        (
            each.name or _("erased"),
            each.place.full_name,
            labels["trade"][each.trade],
            labels["grade"][each.grade] if each.grade else "",
            each.valid_until,
            labels["holds"][each.holds],
        )
        for each in rows
    )
    return write_xlsx(Sheet(_("Rural talent"), headings, cells))


def ends_soon(viewer: Viewer) -> Select[Talent] | None:
    """For the desks of those who keep the register: grades that ended lately or end soon, the first to end first."""
    if viewer.role not in (Role.CLERK, Role.LEADER):
        return None
    return _ends_soon(viewer, clock.today())


@lru_cache(256)
def _ends_soon(viewer: Viewer, today: date) -> Select[Talent]:
    here = (Talent.state == State.REGISTERED, Talent.valid_until.between(today - timedelta(days=365), today + SOON))
    return _lines(viewer).where(*here).order_by(Talent.valid_until, Talent.id).limit(AT_MOST)


def of_village(code: str, viewer: Viewer) -> Sequence[Talent]:
    """Who stands in the register for a village, as far as this person may see it."""
    here = (Talent.place_code == code, Talent.state == State.REGISTERED)
    return db.session.scalars(_lines(viewer).where(*here).order_by(Talent.id.desc()).limit(AT_MOST)).all()


def timeline(talent: Talent, *, since: int = 0) -> list[Happened]:
    """What happened to an entry, oldest first."""
    return happened(talent.thread, EVENT_LABELS, since=since)
