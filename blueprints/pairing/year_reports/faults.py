"""What `flask check` proves of the yearly reports."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from blueprints.pairing.year_reports.domain import Figures
from blueprints.pairing.year_reports.models import YearReport, digest
from core import check, sheets, vault
from core.record import Entry, Fault
from core.serials import Counted

NUMBERED: Counted = {
    "year_report": lambda year: select(func.count(YearReport.id)).where(YearReport.serial_year == year)
}


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """Reports moved by the record alone; the figures and the paper of each are those that were issued."""
    yield from check.moved_past(session, YearReport, "drafted")
    told: dict[int, dict[str, Any]] = {}
    issues: Any = select(Entry.thread_id, Entry.data).where(Entry.thread == "year_report", Entry.action == "issue")
    with suppress(ValueError, TypeError):  # named already
        told = dict(check.rows(session, issues))
    for row in session.scalars(
        select(YearReport).where(YearReport.serial.is_not(None)).execution_options(yield_per=50)
    ):
        counts["yearly reports on pairing"] += 1
        where, proof = f"year_report {row.id}", told.get(row.id, {})
        try:
            if digest(row.kept) != proof.get("figures"):
                yield Fault(where, "its figures are not those that were issued")
            if digest(row.sheets) != proof.get("sheets"):
                yield Fault(where, "its paper is not the one that was issued")
            Figures.from_json(row.kept or {})
            sheets.from_json(row.sheets or {})
        except (KeyError, TypeError, ValueError):
            yield Fault(where, "it cannot be read")
        except vault.Broken:
            continue
