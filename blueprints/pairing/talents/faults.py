"""What `flask check` proves of the register of talent."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from blueprints.pairing.talents.domain import WORKFLOW, State
from blueprints.pairing.talents.models import Talent, TalentSheet, full
from core import check
from core.record import Entry, Fault


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """Entries moved by the record alone, grades that a sheet gave, and nothing left of who withdrew."""
    counts["entries of rural talent"] += session.scalar(select(func.count(Talent.id))) or 0
    yield from check.moved_past(session, Talent, WORKFLOW.start)
    given = select(TalentSheet.id).where(
        TalentSheet.talent_id == Talent.id,
        TalentSheet.grade == Talent.grade,
        TalentSheet.valid_until == Talent.valid_until,
    )
    for (id,) in check.rows(session, select(Talent.id).where(Talent.grade.is_not(None), ~given.exists())):
        yield Fault(f"talent {id}", "no sheet gives the grade that stands there")
    marked: Any = select(TalentSheet.id, TalentSheet.marks)
    for id, marks in check.rows(session, marked):
        if not full(marks):
            yield Fault(f"talent_sheet {id}", "its points have no marks, or other ones")
    kept = select(TalentSheet.id).where(TalentSheet.talent_id == Talent.id)
    said = select(Entry.id).where(
        Entry.thread == "talent", Entry.thread_id == Talent.id, Entry.note_sealed.is_not(None)
    )
    gone = select(Talent.id).where(Talent.state == State.WITHDRAWN, kept.exists() | said.exists())
    for (id,) in check.rows(session, gone):
        yield Fault(f"talent {id}", "texts or evaluations are left of somebody who withdrew the consent")
