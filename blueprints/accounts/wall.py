"""The wall: whom a matter complains of, with the people of their unit, does not see it (2022 Art 30, 46).

A matter keeps whom it is about in rows of its own with `unit_id` and `person_digest`. Every query of matters has
`not_against(...)` in it, so that lists, search, counts, files and papers are walled alike.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from blueprints.accounts.models import Unit, User, name_digest, named_in
from core.roles import Role, Viewer

Concerns = Sequence[tuple[str, int | None]]  # a person as typed, or nobody; a unit's id


def not_against(viewer: Viewer, about: Any, matter: ColumnElement[bool]) -> ColumnElement[bool]:
    """That none of the rows of `about` which belong to a `matter` names this person, their unit or one above it."""
    named = or_(about.unit_id.in_(viewer.unit_line), about.person_digest == viewer.name_digest)
    return ~exists().where(matter, named).correlate_except(about)  # also where the query around has such rows itself


def everybody_named(session: Session, concerns: Concerns) -> Concerns:
    """Whom a matter is about, as it was said, and each person of ours in it by their own name.

    Where no unit was said, theirs is walled too, as of this day: nobody who comes later with the same name hides the
    matter from a whole unit, and nobody who leaves gets to see it. A contact works in a village, not in the unit.
    """
    found = list(concerns)
    for words, unit in concerns:
        for user in named_in(session, words) if words else ():
            elsewhere = unit or user.role == Role.CONTACT or user.closed_at
            found.append((user.name, None if elsewhere else user.unit_id))
    placed = {name for name, unit in found if unit}
    return [(name, unit) for name, unit in dict.fromkeys(found) if unit or name not in placed]


def goes_up(session: Session, concerns: Concerns) -> bool:
    """Whether a matter belongs one level up: it is about this office, a part of it or what is above it, or about those
    who alone could take it in or sign its answer."""
    named = everybody_named(session, concerns)
    about = list(session.scalars(select(Unit.line).where(Unit.id.in_([unit for _, unit in named if unit]))))
    own = session.scalars(select(Unit.line).where(Unit.is_office))
    if any(line.startswith(office) or office.startswith(line) for office in own for line in about):
        return True
    return not enough_left(session, [(name_digest(person) if person else None, unit) for person, unit in named])


def enough_left(session: Session, concerns: Sequence[tuple[bytes | None, int | None]]) -> bool:
    """Whether somebody of each role that a matter needs may see it, though it complains of these people and units."""
    staff = select(User.role, User.name_digest, Unit.line).join(Unit, Unit.id == User.unit_id)
    here = session.execute(staff.where(User.role.in_((Role.CLERK, Role.LEADER)), User.closed_at.is_(None))).all()
    return {role for role, digest, line in here if not names(concerns, digest, line)} == {role for role, _, _ in here}


def names(concerns: Sequence[tuple[bytes | None, int | None]], digest: bytes, line: str) -> bool:
    """Whether these people and units include somebody of that name, or of a unit on that line."""
    return any(person == digest or (unit and f"/{unit}/" in line) for person, unit in concerns)


def units_against(session: Session, concerns: Sequence[tuple[bytes | None, int | None]]) -> set[int]:
    """The units that are complained of: those named, and those of the people named."""
    digests = [digest for digest, _ in concerns if digest]
    units = {unit for _, unit in concerns if unit}
    if digests:
        at_work = select(User.unit_id).where(User.name_digest.in_(digests), User.role != Role.CONTACT)
        units.update(session.scalars(at_work.where(User.closed_at.is_(None))))
    return units


def called(session: Session, against: set[int], words: str) -> bool:
    """Whether these words name one of these units, or a part of one, be it in short or with more around it."""
    typed = "".join(words.split())
    if not against or not typed:
        return False
    rows = session.execute(select(Unit.name, Unit.line)).all()
    names = ["".join(name.split()) for name, line in rows if any(f"/{unit}/" in line for unit in against)]
    return any(name in typed or typed in name for name in names)


def fit(session: Session, against: set[int], choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of these units, as choices of a form, those that may handle it: not one complained of, nor a part of it."""
    if not against:
        return choices
    lines = session.execute(select(Unit.id, Unit.line).where(Unit.id.in_([int(id) for id, _ in choices])))
    walled = {str(id) for id, line in lines if any(f"/{unit}/" in line for unit in against)}
    return [(id, name) for id, name in choices if id not in walled]
