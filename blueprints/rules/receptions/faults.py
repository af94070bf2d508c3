"""What `flask check` proves of official receptions."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from blueprints.accounts.models import User
from blueprints.rules.receptions.domain import Kind, Standard, State, sample
from blueprints.rules.receptions.models import BillFile, Cost, Reception, StandardVersion
from core import check, sheets, vault
from core.record import Entry, Fault
from core.roles import Role
from core.serials import Counted

NUMBERED: Counted = {"reception": lambda year: select(func.count(Reception.id)).where(Reception.year == year)}


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """Receptions moved by the record alone; lines that add up to their sums; every line and file that the record tells
    of; standards and sheets that can be read."""
    yield from check.moved_past(session, Reception, State.DRAFT)
    known = {sample().code}
    for row in session.scalars(select(StandardVersion)):
        counts["standards of receptions"] += 1
        known.add(row.code)
        try:
            Standard.read(row.code, row.told)
        except (KeyError, TypeError, ValueError):
            yield Fault(f"reception_standard {row.id}", "it cannot be read")
    planned, actual = func.coalesce(func.sum(Cost.planned_fen), 0), func.sum(Cost.actual_fen)
    over = func.sum(Cost.actual_fen - Cost.planned_fen).filter(Cost.actual_fen > Cost.planned_fen)
    sums: Select[*tuple[Any, ...]] = select(Cost.reception_id, func.count(), planned, actual, func.coalesce(over, 0))
    lines = {id: tuple(each) for id, *each in check.rows(session, sums.group_by(Cost.reception_id))}
    there, told = _files(session)
    for reception in session.scalars(select(Reception).execution_options(yield_per=200)):
        counts["official receptions"] += 1
        where = f"official_reception {reception.id}"
        amounts = (reception.planned_fen, reception.actual_fen, reception.overrun_fen)
        if lines.get(reception.id) != (len(Kind), *amounts):
            yield Fault(where, "its lines do not add up to its sums")
        if there[reception.id] != told[reception.id]:
            yield Fault(where, "its record tells of another number of files")
        if reception.standard_code not in known:
            yield Fault(where, f"its standard {reception.standard_code} is not there")
        try:
            if reception.sheets is not None:
                sheets.from_json(reception.sheets)
        except (KeyError, TypeError, ValueError):
            yield Fault(where, "its approval sheet cannot be read")
        except vault.Broken:
            continue


def _files(session: Session) -> tuple[Counter[int], Counter[int]]:
    """How many files each bill has, and of how many its record tells."""
    there, told = Counter[int](), Counter[int]()
    for (id,) in check.rows(session, select(BillFile.reception_id)):
        there[id] += 1
    bills = select(Entry.thread_id, Entry.data).where(Entry.thread == "official_reception", Entry.action == "bill")
    with suppress(ValueError, TypeError, AttributeError):  # named already
        for id, data in check.rows(session, bills):
            told[id] += data["files"]
    return there, told


def unseen(session: Session) -> Iterator[str]:
    """Requests that nobody is there to approve: their writer is the only leader."""
    leaders = select(User.id).where(User.role == Role.LEADER, User.closed_at.is_(None))
    here = set(session.scalars(leaders))
    waiting = select(Reception.id, Reception.by_id).where(Reception.state == State.REQUESTED)
    for id, by in session.execute(waiting):
        if not here - {by}:
            yield f"official reception {id}: it waits for approval, and no leader but its writer is there"
