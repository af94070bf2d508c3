"""The figures of the years, plan against fact, and the tables that go out."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import case, func, select

from blueprints.pairing.intake.domain import COLUMNS, EVENT_LABELS
from blueprints.pairing.intake.models import PlanYear
from blueprints.pairing.posts.domain import LABELS
from blueprints.pairing.posts.models import Service, mentors_by_name
from blueprints.pairing.posts.queries import ServiceFilter, in_post_on, lines
from blueprints.pairing.timeline import happened
from core import clock
from core.extensions import db
from core.record import Happened
from core.roles import Viewer
from core.tables import Sheet, write_xlsx
from core.texts import plain

MOST_TAKEN = 5000
MOST_YEARS = 15


class Figures(NamedTuple):
    """One year: its plan, where it has one; who was taken in, who left, who was in post at its end or is today."""

    year: int
    plan: PlanYear | None
    taken: int
    left: int
    held: int


def figures() -> Sequence[Figures]:
    """Each year that has a plan, or in which somebody was taken in."""
    plans = {each.year: each for each in db.session.scalars(select(PlanYear))}
    begun = set(db.session.scalars(select(Service.begun_year).distinct()))
    years = sorted(plans.keys() | begun)[-MOST_YEARS:]
    if not years:
        return []
    today = clock.today()
    wanted = []
    for year in years:
        first, last = date(year, 1, 1), date(year, 12, 31)
        for counted in (
            Service.begun_year == year,
            Service.left_on.between(first, last),
            in_post_on(min(last, today)) if first <= today else Service.id.is_(None),
        ):
            wanted.append(func.coalesce(func.sum(case((counted, 1), else_=0)), 0))
    numbers = list(map(int, db.session.execute(select(*wanted)).one()))
    return [Figures(year, plans.get(year), *numbers[3 * nth : 3 * nth + 3]) for nth, year in enumerate(years)]


def timeline(plan: PlanYear, *, since: int = 0) -> list[Happened]:
    """What happened to the plan of a year, oldest first."""
    return happened(plan.thread, EVENT_LABELS, since=since)


def to_take(viewer: Viewer, wanted: ServiceFilter) -> Sequence[Service]:
    """Who serves or served, under the filter of the list, to be taken along."""
    return db.session.scalars(
        lines(viewer).where(*wanted.clauses()).order_by(Service.id.desc()).limit(MOST_TAKEN)
    ).all()


def workbook(rows: Sequence[Service]) -> bytes:
    """A list as a workbook; how people are reached is not in it."""
    labels = plain({name: LABELS[name] for name in ("stage", "why")})
    headings = [
        *(_("Name"), _("Village or community"), _("State"), _("In post since"), _("Mentor")),
        *(_("Yearly review"), _("Left on"), _("Why?")),
    ]
    cells = (
        (
            *(each.name, each.place.full_name, labels["stage"][each.state], each.begun_on),
            *(each.mentor.name if each.mentor else "", each.due_on, each.left_on),
            labels["why"][each.left_why] if each.left_why else "",
        )
        for each in rows
    )
    return write_xlsx(Sheet(_("Who serves"), headings, cells))


def template() -> bytes:
    """An empty table with the headings that an import reads."""
    return write_xlsx(Sheet(_("Who serves"), list(map(str, COLUMNS.values())), choices={4: mentors_by_name()}))
