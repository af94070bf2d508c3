"""What I am to read, what I have read; who has read what the office asked for, and who has not, by unit."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, select

from blueprints.accounts.models import User
from blueprints.rules.reading import domain
from blueprints.rules.reading.models import Addressee, Assignment, Reading, asks, people
from blueprints.rules.register.domain import APPLIES
from blueprints.rules.register.models import Rule, Version
from core.extensions import db, fetch
from core.pages import Listing, newest_key
from core.roles import Viewer
from core.words import Words

PAGE = 25


class ToRead(NamedTuple):
    """A rule that somebody is to read, or a pledge to sign."""

    id: int  # of the request
    serial: int
    named: Words
    ordinal: int
    year: int
    due_on: date
    reminded_on: date | None
    read_on: date | None


def own(viewer: Viewer, rule: int | None = None) -> list[ToRead]:
    """What this person is asked to read, in the version that stands, or what they are asked of one rule; the first due
    first, and each only once, though several requests may ask for it."""
    wanted = _own(viewer)
    rows = fetch(db.session(), wanted if rule is None else wanted.where(Rule.id == rule))
    lines = [
        ToRead(
            row.id,
            row.serial,
            Words(zh=row.title, en=row.title_en or row.title),
            row.ordinal,
            row.year,
            domain.due(row.due_on, row.issued_on, row.days, row.from_on),
            row.reminded_on,
            row.read_on,
        )
        for row in rows
    ]
    first: dict[tuple[int, int], ToRead] = {}
    for line in sorted(lines, key=lambda line: (line.due_on, line.id)):
        first.setdefault((line.serial, line.year), line)
    return list(first.values())


@lru_cache(256)
def unread(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """What of it this person has not read."""
    return _own(viewer).where(Reading.read_on.is_(None))


@lru_cache(256)
def _own(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    read = and_(Reading.version_id == Version.id, Reading.user_id == viewer.id, Reading.year == Assignment.year)
    return _ASKED.outerjoin(Reading, read).add_columns(Reading.read_on).where(asks(viewer))


_ASKED: Select[*tuple[Any, ...]] = (
    select(
        Assignment.id,
        Assignment.year,
        Assignment.due_on,
        Assignment.issued_on,
        Assignment.days,
        Assignment.reminded_on,
        Rule.serial,
        Rule.title,
        Rule.title_en,
        Version.ordinal,
        Version.from_on,
    )
    .join(Rule, Rule.id == Assignment.rule_id)
    .join(Version, and_(Version.rule_id == Rule.id, Version.state.in_(APPLIES)))
)


class Done(NamedTuple):
    """What somebody acknowledged."""

    serial: int
    named: Words
    ordinal: int
    year: int
    read_on: date
    digest: bytes
    passed: bool


def done(viewer: Viewer, after: str = "") -> Listing[Done]:
    """What this person has acknowledged, the latest first."""
    wanted = (
        select(Reading, Rule, Version.ordinal)
        .join(Rule, Rule.id == Reading.rule_id)
        .join(Version, Version.id == Reading.version_id)
        .where(Reading.user_id == viewer.id)
        .order_by(Reading.id.desc())
        .limit(PAGE + 1)
    )
    if key := newest_key(after):
        wanted = wanted.where(Reading.id < key)
    rows = db.session.execute(wanted).all()
    lines = [
        Done(rule.serial, rule.named, ordinal, row.year, row.read_on, row.digest, row.passed)
        for row, rule, ordinal in rows[:PAGE]
    ]
    return Listing(lines, str(rows[PAGE - 1].Reading.id) if len(rows) > PAGE else None)


# --- who has not ---------------------------------------------------------------------------------------------------


class Request(NamedTuple):
    """A request as the office lists it: who has read it, of those whom it asks."""

    assignment: Assignment
    rule: Rule
    version: Version | None  # that stands now
    due_on: date
    read: int
    asked: int

    @property
    def left(self) -> int:
        """How many have not."""
        return self.asked - self.read


class Group(NamedTuple):
    """The people of one unit."""

    unit: str
    people: Sequence[User]


def requests(after: str = "", rule: int | None = None) -> Listing[Request]:
    """One page of the requests, the newest first; or those about one rule."""
    wanted = (
        select(Assignment, Rule, Version)
        .join(Rule, Rule.id == Assignment.rule_id)
        .outerjoin(Version, and_(Version.rule_id == Rule.id, Version.state.in_(APPLIES)))
        .order_by(Assignment.id.desc())
        .limit(PAGE + 1)
    )
    if rule is not None:
        wanted = wanted.where(Rule.id == rule)
    if key := newest_key(after):
        wanted = wanted.where(Assignment.id < key)
    rows = db.session.execute(wanted).all()
    shown = [(row.Assignment, row.Rule, row.Version) for row in rows[:PAGE]]
    asked, read = _asked([each for each, _, _ in shown]), _read([version for _, _, version in shown if version])
    lines = []
    for each, about, version in shown:
        ids = {user.id for user, _unit in asked[each.id]}
        had = read.get((version.id, each.year), set()) if version else set()
        lines.append(
            Request(each, about, version, each.due(version) if version else each.due_on, len(ids & had), len(ids))
        )
    return Listing(lines, str(rows[PAGE - 1].Assignment.id) if len(rows) > PAGE else None)


def who(assignment: Assignment, version: Version | None) -> tuple[list[Group], list[Group]]:
    """Who has not read it, and who has, unit by unit; within a unit by name and by nothing else."""
    had = _read([version]).get((version.id, assignment.year), set()) if version else set()
    asked = _asked([assignment])[assignment.id]
    return _grouped([each for each in asked if each[0].id not in had]), _grouped(
        [each for each in asked if each[0].id in had]
    )


def _grouped(asked: list[tuple[User, str]]) -> list[Group]:
    units: dict[str, list[User]] = {}
    for user, unit in asked:
        units.setdefault(unit, []).append(user)
    return [Group(unit, members) for unit, members in units.items()]


def _asked(assignments: Sequence[Assignment]) -> dict[int, list[tuple[User, str]]]:
    """Whom each of these requests asks: by role, or by a unit on the line of their own."""
    named: dict[int, tuple[set[str], set[int]]] = {each.id: (set(), set()) for each in assignments}
    for row in db.session.scalars(select(Addressee).where(Addressee.assignment_id.in_(named))):
        roles, units = named[row.assignment_id]
        roles |= {row.role} if row.role else set()
        units |= {row.unit_id} if row.unit_id else set()
    everybody = people() if assignments else []
    return {
        each.id: [
            (user, unit)
            for user, unit, line in everybody
            if each.everybody or user.role in named[each.id][0] or named[each.id][1] & set(line)
        ]
        for each in assignments
    }


def _read(versions: Sequence[Version]) -> Mapping[tuple[int, int], set[int]]:
    """Who acknowledged these versions, by version and year."""
    found: dict[tuple[int, int], set[int]] = {}
    wanted = select(Reading.version_id, Reading.year, Reading.user_id)
    for version, year, user in fetch(
        db.session(), wanted.where(Reading.version_id.in_([each.id for each in versions]))
    ):
        found.setdefault((version, year), set()).add(user)
    return found
