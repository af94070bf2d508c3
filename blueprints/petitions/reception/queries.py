"""What is read of reception days and hours, for staff, for the public, and for the petitioner."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from blueprints.accounts.models import Unit, User
from blueprints.petitions.docket.models import Petition, seen_by
from blueprints.petitions.reception.domain import LOOKED_BACK, State, gaps
from blueprints.petitions.reception.models import (
    ReceptionDay,
    ReceptionVisitor,
    WindowCase,
    WindowHours,
    WindowRecord,
)
from blueprints.petitions.visits import queries as visits
from core import clock
from core.extensions import db
from core.roles import Role, Viewer

MOST = 50


def _days() -> Select[ReceptionDay]:
    return select(ReceptionDay).options(joinedload(ReceptionDay.leader).joinedload(User.unit))


def upcoming(*, announced: bool = False) -> Sequence[ReceptionDay]:
    """The days that lie ahead, the next first; the public sees those that were announced."""
    states = [State.ANNOUNCED] if announced else [State.PLANNED, State.ANNOUNCED]
    wanted = _days().where(ReceptionDay.state.in_(states), ReceptionDay.held_on >= clock.today())
    return db.session.scalars(wanted.order_by(ReceptionDay.held_on, ReceptionDay.id).limit(MOST)).all()


def past() -> Sequence[ReceptionDay]:
    """The latest days that are over."""
    over = or_(ReceptionDay.held_on < clock.today(), ReceptionDay.state.in_([State.HELD, State.CANCELLED]))
    wanted = _days().where(over).order_by(ReceptionDay.held_on.desc(), ReceptionDay.id.desc())
    return db.session.scalars(wanted.limit(MOST)).all()


def of_month(first: date, following: date) -> Sequence[ReceptionDay]:
    """The days of a month that were not cancelled."""
    wanted = _days().where(ReceptionDay.held_on >= first, ReceptionDay.held_on < following)
    return db.session.scalars(wanted.where(ReceptionDay.state != State.CANCELLED).order_by(ReceptionDay.held_on)).all()


class Heard(NamedTuple):
    """A matter in its slot: number and subject, never a name."""

    time: str
    petition_id: int
    number: str | None
    subject: str
    came: bool | None
    result: str | None


def visitors(day: ReceptionDay, viewer: Viewer) -> list[Heard]:
    """The matters that signed up, as this person may see them, in the order of their slots."""
    wanted = (
        select(ReceptionVisitor, Petition)
        .join(Petition, Petition.id == ReceptionVisitor.petition_id)
        .where(ReceptionVisitor.day_id == day.id, seen_by(viewer))
        .order_by(ReceptionVisitor.slot)
    )
    return [
        Heard(day.time_of(row.slot), petition.id, petition.number, petition.subject, row.came, row.result)
        for row, petition in db.session.execute(wanted)
    ]


def matter(id: int, viewer: Viewer, *, to_move: bool = False) -> Petition | None:
    """A matter, if this person may see it."""
    return _one(Petition.id == id, viewer, to_move)


def numbered(number: str, viewer: Viewer, *, to_move: bool = False) -> Petition | None:
    """The matter of a docket number, if this person may see it."""
    return _one(Petition.number == number, viewer, to_move)


def _one(which: Any, viewer: Viewer, to_move: bool) -> Petition | None:
    wanted = select(Petition).where(which, seen_by(viewer))
    return db.session.scalar(wanted.with_for_update(of=Petition) if to_move else wanted)


# --- hours ---------------------------------------------------------------------------------------------------------


class Week(NamedTuple):
    """Hours with what was recorded of late, and the days on which nothing was."""

    hours: WindowHours
    records: list[tuple[WindowRecord, list[tuple[int, str | None]]]]
    gaps: list[date]
    own: bool  # this person keeps them


def published() -> Sequence[WindowHours]:
    """The hours that stand on the public page."""
    today = clock.today()
    wanted = select(WindowHours).where(or_(WindowHours.until_on.is_(None), WindowHours.until_on >= today))
    ordered = wanted.join(Unit, Unit.id == WindowHours.unit_id).order_by(
        WindowHours.weekday, WindowHours.starts, Unit.name
    )
    return db.session.scalars(ordered.limit(200)).all()


def weeks(viewer: Viewer) -> list[Week]:
    """All hours of late with their records and gaps; of the matters taken down those that this person may see."""
    since = clock.today() - LOOKED_BACK
    wanted = select(WindowHours).where(or_(WindowHours.until_on.is_(None), WindowHours.until_on >= since))
    wanted = wanted.join(Unit, Unit.id == WindowHours.unit_id).order_by(Unit.name, WindowHours.weekday, WindowHours.id)
    hours = db.session.scalars(wanted.limit(200)).all()
    records: dict[int, list[WindowRecord]] = {}
    found = select(WindowRecord).where(WindowRecord.held_on >= since).order_by(WindowRecord.held_on.desc())
    for row in db.session.scalars(found):
        records.setdefault(row.hours_id, []).append(row)
    taken: dict[int, list[tuple[int, str | None]]] = {}
    seen = (
        select(WindowCase.record_id, Petition.id, Petition.number)
        .join(Petition, Petition.id == WindowCase.petition_id)
        .join(WindowRecord, WindowRecord.id == WindowCase.record_id)
        .where(WindowRecord.held_on >= since, seen_by(viewer))
    )
    for record, id, number in db.session.execute(seen):
        taken.setdefault(record, []).append((id, number))
    return [
        Week(
            each,
            [(row, taken.get(row.id, [])) for row in records.get(each.id, [])],
            gaps(
                each.weekday,
                each.since_on,
                each.until_on,
                {row.held_on for row in records.get(each.id, [])},
                clock.today(),
            ),
            viewer.role == Role.CLERK or (viewer.role == Role.HANDLER and viewer.unit_id == each.unit_id),
        )
        for each in hours
    ]


# --- what the petitioner sees --------------------------------------------------------------------------------------


class Slot(NamedTuple):
    """The slot of a petitioner on a reception day."""

    day: ReceptionDay
    time: str
    came: bool | None
    fit: bool


class Told(NamedTuple):
    """What the receipt page says of visits and reception days."""

    visits: Sequence[visits.Asked]
    days: Sequence[Slot]
    promises: Sequence[visits.Promised]

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.visits or self.days or self.promises)


def told(petition: Petition) -> Told:
    """Where the petitioner signed up to be heard, and what was promised and kept."""
    signed_up = {row.day_id: row for row in ReceptionVisitor.all_of(petition.id)}
    days = _days().where(ReceptionDay.id.in_(signed_up)).order_by(ReceptionDay.held_on.desc()) if signed_up else None
    slots = [
        Slot(day, day.time_of(signed_up[day.id].slot), signed_up[day.id].came, day.hears(petition.id))
        for day in (db.session.scalars(days.limit(5)) if days is not None else ())
    ]
    return Told(visits.asked(petition), slots, visits.kept_promises(petition))
