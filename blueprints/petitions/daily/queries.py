"""What comes next, and what a step for many would change."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select

from blueprints.accounts.models import Unit, User
from blueprints.petitions.casefile.models import Concern
from blueprints.petitions.daily.domain import REASONS
from blueprints.petitions.daily.models import Ticked
from blueprints.petitions.docket.domain import WORKFLOW, State
from blueprints.petitions.docket.models import Petition
from blueprints.petitions.docket.queries import Filter, in_due_order, queue
from core.extensions import db
from core.roles import Role, Viewer


def following(viewer: Viewer, wanted: Filter, place: str, this: int) -> tuple[int | None, bool]:
    """The matter after `place` in the queue under that filter, and whether the queue began anew at its top.

    `place` is where the matter `this` stood when it was opened, as `due.id`: a step may have moved it since.
    """
    due, _, id = place.rpartition(".")
    if id == str(this) and (due or not in_due_order(viewer, wanted)):
        for row in queue(viewer, wanted, place if in_due_order(viewer, wanted) else id).rows:
            if row.id != this:
                return row.id, False
    for row in queue(viewer, wanted).rows:
        if row.id != this:
            return row.id, True
    return None, True


class Change(NamedTuple):
    """What assigning would do to one matter; `why` says why it cannot be, if so."""

    petition: Petition
    why: str | None


def plan(petitions: Sequence[Petition], ticked: Sequence[Ticked], unit: Unit, viewer: Viewer) -> list[Change]:
    """What assigning these matters to the unit would change, and which cannot be assigned."""
    against = _complained_of(petitions)
    seen = {each.id: each.version for each in ticked}

    def why(petition: Petition) -> str | None:
        if seen.get(petition.id) and seen[petition.id] != petition.version:
            return str(REASONS["changed"])
        if not any(step.action == "assign" for step in WORKFLOW.open_to(viewer.role, State(petition.state))):
            return str(REASONS["state"])
        if against[petition.id].intersection(unit.line_ids):
            return str(REASONS["wall"])
        return None

    return [Change(petition, why(petition)) for petition in petitions]


def _complained_of(petitions: Sequence[Petition]) -> dict[int, set[int]]:
    """For each matter the units that it complains of, and those of the people it names: asked for all at once."""
    found: dict[int, set[int]] = {petition.id: set() for petition in petitions}
    concerns = db.session.scalars(select(Concern).where(Concern.petition_id.in_(found))).all()
    digests = {each.person_digest for each in concerns if each.person_digest}
    at_work = select(User.name_digest, User.unit_id).where(User.name_digest.in_(digests), User.closed_at.is_(None))
    people = db.session.execute(at_work.where(User.role != Role.CONTACT)).all() if digests else []
    for concern in concerns:
        if concern.unit_id:
            found[concern.petition_id].add(concern.unit_id)
        found[concern.petition_id].update(unit for digest, unit in people if digest == concern.person_digest)
    return found
