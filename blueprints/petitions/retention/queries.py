"""The lists of the review: matters whose period has ended, those prepared for erasure, held, and erased."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from blueprints.accounts.models import User
from blueprints.petitions.casefile.models import Attachment, Message, Paper
from blueprints.petitions.docket.domain import Kind
from blueprints.petitions.docket.models import Petition
from blueprints.petitions.retention.domain import Show, periods
from blueprints.petitions.retention.models import Keeping, ended, kept_for
from core import clock
from core.extensions import db
from core.pages import Listing, newest_key
from core.roles import Role, Viewer

PAGE = 25


@dataclass(frozen=True)
class Line:
    """One matter of a list: what the decision goes by. The subject is empty for who may not read letters."""

    id: int
    number: str | None
    kind: str
    subject: str
    closed_on: date | None
    ends_on: date | None
    keeping: Keeping | None
    by: str | None  # who prepared, or holds


def listed(viewer: Viewer, show: Show, after: str) -> Listing[Line]:
    """One page of a list, the oldest matter first."""
    key = newest_key(after)
    rows = _rows(viewer)
    match show:
        case Show.DUE:
            rows = rows.where(ended(clock.today()))
        case Show.PREPARED:
            rows = rows.where(Keeping.prepared_on.is_not(None), Keeping.erased_on.is_(None))
        case Show.HELD:
            rows = rows.where(Keeping.held_on.is_not(None))
        case Show.ERASED:
            rows = rows.where(Keeping.erased_on.is_not(None))
    if key:
        rows = rows.where(Petition.id > key)
    found = db.session.execute(rows.order_by(Petition.id).limit(PAGE + 1)).all()
    lines = [_line(row, viewer) for row in found[:PAGE]]
    return Listing(lines, str(lines[-1].id) if len(found) > PAGE else None, {"show": show})


def chosen(viewer: Viewer, ids: Iterable[int]) -> list[Line]:
    """These matters, if this person may know of their keeping."""
    rows = _rows(viewer).where(Petition.id.in_(list(ids))).order_by(Petition.id)
    return [_line(row, viewer) for row in db.session.execute(rows)]


def _rows(viewer: Viewer) -> Any:
    by = aliased(User)
    return (
        select(Petition, Keeping, by.name)
        .outerjoin(Keeping, Keeping.petition_id == Petition.id)
        .outerjoin(by, by.id == func.coalesce(Keeping.prepared_by_id, Keeping.held_by_id))
        .where(kept_for(viewer))
    )


def _line(row: Any, viewer: Viewer) -> Line:
    petition, keeping, by = row
    closed_on = petition.closed_on
    return Line(
        id=petition.id,
        number=petition.number,
        kind=petition.kind,
        subject="" if viewer.role == Role.AUDITOR else petition.subject,
        closed_on=closed_on,
        ends_on=periods()[Kind(petition.kind)].ends_on(closed_on) if closed_on else None,
        keeping=keeping,
        by=by,
    )


def parts(ids: Iterable[int]) -> dict[str, Counter[int]]:
    """How many messages, files and papers these matters have, by matter: what an erasure would take."""
    found: dict[str, Counter[int]] = {}
    kinds: dict[str, Any] = {"messages": Message, "files": Attachment, "papers": Paper}
    for name, part in kinds.items():
        count = select(part.petition_id, func.count()).where(part.petition_id.in_(list(ids))).group_by(part.petition_id)
        found[name] = Counter({id: number for id, number in db.session.execute(count)})
    return found
