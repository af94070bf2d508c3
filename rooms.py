"""The rooms of the house, wing by wing, in the order of the menu: a room is open once its name stands here.

Nothing else lists rooms. What a room has to tell stands in its own files, where it has them: `views.bp` its pages;
`told` its doors, the words of its record, and what it puts on a desk, on the page of a case or a village and in the
account of pairing; `faults` what
`flask check` proves of it; `domain.TABLES` its procedures, as docs/procedure.md and docs/rights.txt print them.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

from flask import Blueprint
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from core.check import Counts
from core.desk import Door, Figure, Narrowed, Part, Waiting
from core.record import Fault, Told
from core.roles import Viewer
from core.serials import gaps
from core.workflow import Table


class Wing(NamedTuple):
    """A heading of the menu, and the rooms under it."""

    heading: LazyString | None
    rooms: tuple[str, ...]


WINGS = (
    Wing(None, ("desk",)),
    Wing(
        _l("Letters and visits"),
        (
            *("petitions.docket", "petitions.letterbox", "petitions.receipt", "petitions.daily"),
            *("petitions.screening", "petitions.returns", "petitions.rising"),
            *("petitions.visits", "petitions.reception", "petitions.doorstep"),
            *("petitions.causes", "petitions.figures", "petitions.phrasebook", "petitions.ledger"),
            *("petitions.protection", "bypass", "petitions.retention"),
        ),
    ),
    Wing(
        _l("Pairing assistance"),
        (
            *("pairing.villages", "pairing.needs", "pairing.pairs", "pairing.account", "pairing.year_reports"),
            *("pairing.training", "pairing.enrolment", "pairing.experts", "pairing.questions", "pairing.knowledge"),
            *("pairing.contact_visits", "pairing.contact_groups", "pairing.activities"),
            *("pairing.posts", "pairing.intake", "pairing.applications", "pairing.keeping", "pairing.talents"),
            *("pairing.rounds", "pairing.households", "pairing.panel"),
            *("pairing.nominations", "pairing.objections", "pairing.naming"),
        ),
    ),
    Wing(
        _l("Rules"),
        (
            *("rules.register", "rules.reading", "rules.decisions", "rules.image"),
            *("rules.receptions", "rules.hotline", "rules.reports", "rules.keyring"),
        ),
    ),
    Wing(_l("Office"), ("record", "petitions.rulebook", "accounts")),
)


def _parts(file: str, name: str) -> Iterator[Any]:
    """What stands under this name in this file of each room that has it."""
    for wing in WINGS:
        for room in wing.rooms:
            yield from _part(room, file, name)


@cache
def _part(room: str, file: str, name: str) -> tuple[Any, ...]:
    if find_spec(f"blueprints.{room}.{file}") is None:
        return ()
    found = getattr(import_module(f"blueprints.{room}.{file}"), name, None)
    return () if found is None else (found,)


def blueprints() -> Iterator[Blueprint]:
    """The pages of each room."""
    return _parts("views", "bp")


def doors() -> Iterator[tuple[LazyString | None, tuple[Door, ...]]]:
    """The pages to begin with, under the heading of each wing."""
    for wing in WINGS:
        yield wing.heading, tuple(door for room in wing.rooms for own in _part(room, "told", "DOORS") for door in own)


def told() -> tuple[Told, ...]:
    """What each room tells of its threads in the record."""
    return tuple(each for own in _parts("told", "TOLD") for each in own)


def desks() -> Iterator[Callable[[Viewer], list[Part]]]:
    """What asks each room for its part of a desk."""
    return _parts("told", "desk")


def villages() -> Iterator[Callable[[str, Viewer], list[Part]]]:
    """What asks each room for its part of a village's page, by the village's code."""
    return _parts("told", "village")


def cases() -> Iterator[Callable[[int, Viewer], Mapping[str, Waiting[Any]]]]:
    """What asks each room for what it adds to the page of a case, by the case's id, under the names of its templates.

    The queries take the id as the value `petition`; who asks has made sure that this person may see the case.
    """
    return _parts("told", "case")


def figures() -> Iterator[Callable[[int, Narrowed, Viewer], list[Figure]]]:
    """What asks each room for its lines in the account of pairing: `figures(year, narrowed, viewer)` in its told.py.

    A line counts only what its reader may see (seen_by), and the list it opens has the same WHERE. The number of
    queries does not grow with the rows.
    """
    return _parts("told", "figures")


def tables() -> Iterator[Table]:
    """The procedures of each room."""
    for own in _parts("domain", "TABLES"):
        yield from own


def faults(session: Session, counts: Counts) -> Iterator[Fault]:
    """What is wrong in any room, and among the numbers given."""
    for check in _parts("faults", "faults"):
        yield from check(session, counts)
    yield from gaps(session, {kind: count for own in _parts("faults", "NUMBERED") for kind, count in own.items()})


def unseen(session: Session) -> Iterator[str]:
    """What waits in any room for somebody who is not there, or may not see it."""
    for remarks in _parts("faults", "unseen"):
        yield from remarks(session)


def index(session: Session) -> int:
    """Write the search indexes anew; how many texts they hold then."""
    return sum(write(session) for write in _parts("faults", "index"))
