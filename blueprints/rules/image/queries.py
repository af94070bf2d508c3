"""Which drives ask somebody, and whom a page of a drive shows: one member with what this person may see of them."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import joinedload

from blueprints.accounts.models import Unit, User
from blueprints.rules.image.domain import Audience, CheckState, DriveState, SheetState
from blueprints.rules.image.models import (
    Drive,
    Remark,
    SelfCheck,
    Sheet,
    check_of,
    drives_of,
    may_remark,
    remarks_of,
    sheets_of,
)
from core import clock
from core.desk import AT_MOST
from core.extensions import db, fetch
from core.pages import Listing, newest_key
from core.roles import Role, Viewer

_PAGE = 50


def drives(viewer: Viewer, after: str) -> Listing[Drive]:
    """The drives that this person may see, the newest first."""
    wanted = select(Drive).where(drives_of(viewer)).options(joinedload(Drive.unit))
    if (key := newest_key(after)) is not None:
        wanted = wanted.where(Drive.id < key)
    rows = db.session.scalars(wanted.order_by(Drive.id.desc()).limit(_PAGE + 1)).all()
    return Listing(rows[:_PAGE], str(rows[_PAGE - 1].id) if len(rows) > _PAGE else None)


def sheets(viewer: Viewer) -> Sequence[Sheet]:
    """The sheets that this person may see, the newest first."""
    return db.session.scalars(select(Sheet).where(sheets_of(viewer)).order_by(Sheet.id.desc()).limit(_PAGE)).all()


def usable() -> list[tuple[int, str]]:
    """The sheets in use, as choices."""
    wanted = select(Sheet.id, Sheet.title).where(Sheet.state == SheetState.USED).order_by(Sheet.id.desc())
    return [(id, title) for id, title in fetch(db.session(), wanted)]


class Open(NamedTuple):
    """A drive that waits for somebody's self-check."""

    id: int
    title: str
    until_on: date


def waiting(viewer: Viewer) -> tuple[Select[*tuple[Any, ...]], ...]:
    """The drives that run today and in which this person has not said anything yet."""
    return (_to_check(viewer, clock.today()),) if viewer.role != Role.CONTACT else ()


def to_check(viewer: Viewer) -> list[Open]:
    """The same, as a desk tells them."""
    return [Open(*row) for query in waiting(viewer) for row in fetch(db.session(), query)]


@lru_cache(256)
def _to_check(viewer: Viewer, today: date) -> Select[*tuple[Any, ...]]:
    said = exists().where(SelfCheck.drive_id == Drive.id, SelfCheck.member_id == viewer.id)
    return (
        select(Drive.id, Drive.title, Drive.until_on)
        .where(Drive.state == DriveState.OPEN, Drive.until_on >= today, Drive.from_on <= today)
        .where(Drive.unit_id.in_(viewer.unit_line), ~said.where(SelfCheck.state == CheckState.DONE))
        .order_by(Drive.until_on, Drive.id)
        .limit(AT_MOST)
    )


class Named(NamedTuple):
    """A member whose page this person may open; a name and a unit, and nothing of what is there."""

    id: int
    name: str
    unit: str


def _members(drive: Drive) -> Select[User]:
    asked = Unit.line.contains(f"/{drive.unit_id}/"), User.role != Role.CONTACT, User.closed_at.is_(None)
    return select(User).join(Unit, Unit.id == User.unit_id).where(*asked)


def people(drive: Drive, viewer: Viewer) -> list[Named]:
    """Colleagues of the unit; for a leader also those below, where anything was ever written for leaders to see.

    All of them, whether they have said anything or not: the list tells nobody's from another's.
    """
    near = User.unit_id == viewer.unit_id
    if viewer.role == Role.LEADER and _told_leaders(drive):
        near = or_(near, Unit.line.contains(f"/{viewer.unit_id}/"))
    wanted = _members(drive).where(near, User.id != viewer.id)
    columns = wanted.with_only_columns(User.id, User.name, Unit.name).order_by(Unit.name, User.name, User.id)
    return [Named(*row) for row in fetch(db.session(), columns.limit(500))]


def _told_leaders(drive: Drive) -> bool:
    wide = [exists().where(each.drive_id == drive.id, each.audience != Audience.OWN) for each in (SelfCheck, Remark)]
    return drive.sheet.audience != Audience.OWN or bool(db.session.scalar(select(or_(*wide))))


class Person(NamedTuple):
    """One member, with what this person may see of them."""

    member: User
    check: SelfCheck | None
    remarks: Sequence[Remark]
    may_remark: bool


def person(drive: Drive, member_id: int, viewer: Viewer) -> Person | None:
    """A member's page; None where there is none for this person."""
    listed = {each.id for each in people(drive, viewer)} | {viewer.id}
    member = db.session.get(User, member_id, options=[joinedload(User.unit)])
    check, remarks = check_of(drive.id, member_id, viewer), _remarks(drive, Remark.about_id == member_id, viewer)
    if member is None or (member_id not in listed and check is None and not remarks):
        return None
    return Person(member, check, remarks, may_remark(drive, member, viewer))


def written(drive: Drive, viewer: Viewer) -> Sequence[Remark]:
    """What this person wrote to colleagues."""
    return _remarks(drive, Remark.by_id == viewer.id, viewer)


def _remarks(drive: Drive, which: object, viewer: Viewer) -> Sequence[Remark]:
    wanted = select(Remark).where(Remark.drive_id == drive.id, remarks_of(viewer), which)  # type: ignore[arg-type]
    people = joinedload(Remark.by).joinedload(User.unit), joinedload(Remark.about).joinedload(User.unit)
    drives = joinedload(Remark.drive).joinedload(Drive.sheet)
    return db.session.scalars(wanted.options(*people, drives).order_by(Remark.written_at, Remark.id)).all()
