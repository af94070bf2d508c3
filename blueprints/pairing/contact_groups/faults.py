"""What `flask check` proves of the contact groups."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from blueprints.pairing.contact_groups.models import Group, Member
from core import check
from core.record import Fault


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """Groups moved by the record alone, each with its leader among its members."""
    yield from check.moved_past(session, Group, "active")
    leads = select(func.count(Member.id)).where(Member.group_id == Group.id, Member.user_id == Group.leader_id)
    rows: Any = select(Group.id, leads.scalar_subquery())
    for id, led in check.rows(session, rows):
        counts["contact groups"] += 1
        if led != 1:
            yield Fault(f"contact_group {id}", "who leads it is not among its members")
