"""What `flask check` proves of the image standards."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from blueprints.rules.image.domain import CheckState, DriveState, RemarkState, SheetState, standards_of
from blueprints.rules.image.models import Drive, Remark, SelfCheck, Sheet
from core import check
from core.record import Fault


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """Rows moved by the record alone, and sheets that hold five and five standards."""
    begins = {
        Sheet: SheetState.DRAFT,
        Drive: DriveState.OPEN,
        SelfCheck: CheckState.DONE,
        Remark: RemarkState.STANDING,
    }
    for model, begin in begins.items():
        yield from check.moved_past(session, model, begin)
    for id, held in check.rows(session, select(Sheet.id, Sheet.held)):
        counts["sheets of image standards"] += 1
        try:
            standards_of(held)
        except (TypeError, ValueError):
            yield Fault(f"image_sheet {id}", "it does not hold five and five standards")
