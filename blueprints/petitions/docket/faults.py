"""What `flask check` proves of the docket, and writes anew when it is restored."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from blueprints.accounts.models import Unit, User
from blueprints.accounts.wall import names, units_against
from blueprints.petitions.casefile.domain import PaperKind
from blueprints.petitions.casefile.models import Attachment, Concern, Message, Paper, Recusal
from blueprints.petitions.docket.domain import AT_WORK, ENDED, WORKFLOW, State
from blueprints.petitions.docket.models import INDEX, Petition
from core import check, profiles, sheets, vault
from core.procedures import Procedure
from core.record import Entry, Fault
from core.roles import Role
from core.serials import Counted

NUMBERED: Counted = {
    "docket": lambda year: select(func.count(Petition.id)).where(Petition.number.startswith(f"{year}-")),
    **{
        kind: lambda year, kind=kind: select(func.count(Paper.id)).where(Paper.kind == kind, Paper.year == year)  # type: ignore[misc]
        for kind in PaperKind
    },
}


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """What the docket promises besides: found by a search, and moved by the record alone."""
    moves = [*(step.action for step in WORKFLOW), "taken over"]
    last = (
        select(Entry.data)
        .where(Entry.thread == "petition", Entry.thread_id == Petition.id, Entry.action.in_(moves))
        .order_by(Entry.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    for petition, noted in check.rows(session, select(Petition, last)):
        counts["letters"] += 1
        if petition.state != (noted or {"state": State.RECEIVED}).get("state"):
            yield Fault(f"petition {petition.id}", "its state is not what the record says")
        with suppress(vault.Broken, ValueError):  # named already
            if not INDEX.holds(session, petition.id, petition.words):
                yield Fault(f"petition {petition.id}", "a search does not find it")
    yield from _out_of_step(session)
    yield from _without_procedure(session)
    for paper in session.scalars(select(Paper).execution_options(yield_per=200)):
        counts["papers"] += 1
        try:
            sheets.from_json(paper.sheets)
        except (KeyError, TypeError, ValueError):
            yield Fault(f"paper {paper.number}", "its text cannot be read")
        except vault.Broken:
            continue


def _without_procedure(session: Session) -> Iterator[Fault]:
    """Procedures that matters have begun with and that are not there, or cannot be read any more."""
    texts = {row.code: row.text for row in session.execute(select(Procedure.code, Procedure.text))}
    for code in session.scalars(select(Petition.profile).distinct()):
        try:
            _ = profiles.read_profile(code, texts[code]) if code in texts else profiles.profile(code)
        except profiles.ProfileError:
            yield Fault(f"procedure {code}", "matters began with it, and it cannot be read")


def _out_of_step(session: Session) -> Iterator[Fault]:
    """Matters with more or less in their file than their record tells of: each part was counted when it came in."""
    told: dict[str, Counter[int]] = {what: Counter() for what in ("files", "concerns", "messages", "papers")}
    try:
        for id, data in check.rows(session, select(Entry.thread_id, Entry.data).where(Entry.thread == "petition")):
            told["files"][id] += data.get("files", 0)
            told["concerns"][id] += data.get("concerns", 0) + data.get("added", 0) - data.get("removed", 0)
            told["messages"][id] += "message" in data
            told["papers"][id] += "paper" in data
    except (ValueError, TypeError, AttributeError):
        return  # named already: an entry holds what no entry can hold
    parts: dict[str, Any] = {"files": Attachment, "concerns": Concern, "messages": Message, "papers": Paper}
    for what, part in parts.items():
        rows = check.rows(session, select(part.petition_id, func.count()).group_by(part.petition_id))
        there = {id: count for id, count in rows}
        for id, count in told[what].items():
            if there.get(id, 0) != count:
                yield Fault(f"petition {id}", f"its record tells of {count} {what}, there are {there.get(id, 0)}")


def unseen(session: Session) -> Iterator[str]:
    """Open letters that wait for somebody who is not there, or may not see them: complained of, withdrawn, gone."""
    still_open = Petition.state.not_in(ENDED)
    about: dict[int, list[tuple[bytes | None, int | None]]] = {}
    rows = select(Concern.petition_id, Concern.person_digest, Concern.unit_id)
    for id, person, unit in session.execute(rows.join(Petition, Petition.id == Concern.petition_id).where(still_open)):
        about.setdefault(id, []).append((person, unit))
    off: dict[int, set[int]] = {}
    withdrawn = select(Recusal.petition_id, Recusal.user_id).join(Petition, Petition.id == Recusal.petition_id)
    for id, user in session.execute(withdrawn.where(still_open)):
        off.setdefault(id, set()).add(user)
    people = select(User.id, User.role, User.unit_id, User.name_digest, Unit.line).join(Unit, Unit.id == User.unit_id)
    here = session.execute(people.where(User.closed_at.is_(None))).all()

    def left(id: int, role: Role, unit: int | None = None) -> bool:
        return any(
            each.role == role
            and unit in (None, each.unit_id)
            and each.id not in off.get(id, ())
            and not names(about.get(id, ()), each.name_digest, each.line)
            for each in here
        )

    needed = [role for role in (Role.CLERK, Role.LEADER) if any(each.role == role for each in here)]
    for id in sorted({*about, *off}):
        if not all(left(id, role) for role in needed):
            yield (
                f"petition {id}: every clerk or every leader there is now is complained of in it or has withdrawn, "
                "so nobody can move it on"
            )
    given: Any = select(Petition.id, Petition.unit_id).where(Petition.state.in_(AT_WORK))
    for id, unit in check.rows(session, given):
        if not left(id, Role.HANDLER, unit):
            yield f"petition {id}: nobody in the unit it was given to may see it"
        elif units_against(session, about.get(id, ())).intersection(session.get_one(Unit, unit).line_ids):
            yield f"petition {id}: somebody of whom it complains works by now in the unit it was given to, or above it"


def index(session: Session) -> int:
    """Write the search index anew; how many texts it holds then."""
    INDEX.empty(session)
    count = 0
    petitions = session.scalars(select(Petition).execution_options(yield_per=200))
    for some in petitions.partitions():
        INDEX.put_all(session, [(each.id, each.words) for each in some])
        count += len(some)
    return count
