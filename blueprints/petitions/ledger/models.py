"""Tables of an old register: read and kept sealed, imported in one go, then removed."""

import secrets
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, mapped_column

from blueprints.accounts.models import Unit
from blueprints.accounts.wall import goes_up
from blueprints.petitions.docket.domain import State
from blueprints.petitions.docket.models import Letter, Petition, seen_by
from blueprints.petitions.docket.steps import complained_of
from blueprints.petitions.ledger.domain import Checked, Defaults, Draft, Known, Problem, check, plain
from core import clock, places, receipts, vault
from core.extensions import Base, Id, Moment, db, one_of
from core.jobs import Progress
from core.places import Place
from core.record import ThreadHead
from core.roles import Viewer
from core.workflow import NotPossible

Rows = list[tuple[int, list[str]]]


class Table(ThreadHead, Base):
    """A table that somebody brought. Its rows are sealed, and are gone once it is imported or dropped."""

    __tablename__ = "ledger_table"
    __table_args__ = (
        CheckConstraint(one_of("state", ("read", "imported", "dropped")), name="state"),
        CheckConstraint("(state = 'read') = (rows_sealed IS NOT NULL)", name="rows_while_read"),
        # The same file comes in once.
        Index(
            "uq_ledger_table_imported",
            "digest",
            unique=True,
            sqlite_where=text("state = 'imported'"),
            postgresql_where=text("state = 'imported'"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    digest: Mapped[bytes]  # keyed, of the whole file
    read_at: Mapped[datetime] = mapped_column(Moment)
    count: Mapped[int]  # rows besides the headings; after the import, matters
    rows_sealed: Mapped[bytes | None]

    rows = vault.Sealed[Rows | None]("rows_sealed")  # the headings first: line, cells

    @classmethod
    def bring(cls, rows: Rows, data: bytes, *, by: Viewer) -> "Table":
        """Keep what was read; what the same person left unfinished goes. Raises NotPossible if it came in before."""
        digest = vault.mac("form", b"ledger" + data)
        if db.session.scalar(select(cls.id).where(cls.digest == digest, cls.state == "imported")):
            raise NotPossible("imported")
        for left in db.session.scalars(select(cls).where(cls.user_id == by.id, cls.state == "read")):
            left.drop(by=by)
        table = cls(user_id=by.id, state="read", digest=digest, read_at=clock.now(), count=len(rows) - 1, version=0)
        table.rows = rows
        db.session.add(table)
        table.trace("laid out", by=by.id, rows=table.count)
        return table

    def drop(self, *, by: Viewer) -> None:
        """Remove it without importing. Raises NotPossible."""
        if self.state != "read":
            raise NotPossible("drop")
        self.rows, self.state = None, "dropped"
        self.trace("dropped", by=by.id)

    @property
    def headings(self) -> list[str]:
        """The headings of its columns."""
        return (self.rows or [(1, [])])[0][1]


def mine(viewer: Viewer, id: int, *, to_change: bool = False) -> Table | None:
    """A table that this person brought: nobody else sees its rows."""
    wanted = select(Table).where(Table.id == id, Table.user_id == viewer.id)
    return db.session.scalar(wanted.with_for_update() if to_change else wanted)


def brought(viewer: Viewer) -> Sequence[Table]:
    """The latest tables that this person brought."""
    wanted = select(Table).where(Table.user_id == viewer.id, Table.state != "dropped")
    return db.session.scalars(wanted.order_by(Table.id.desc()).limit(20)).all()


# --- the dry run ---------------------------------------------------------------------------------------------------


def known() -> Known:
    """What the office knows and a row may name."""
    towns = places.townships()
    villages = [(name, town, code) for town, _name in towns for code, name in places.villages_of(town)]
    units = db.session.execute(select(Unit.name, Unit.id).where(Unit.closed_at.is_(None)))
    return Known(villages, {name: code for code, name in towns}, {plain(name): id for name, id in units}, clock.today())


def dry_run(rows: Rows, columns: dict[str, int], default: Defaults) -> Checked:
    """Every row as a matter, and what is wrong; nothing is kept."""
    checked = check(rows[1:], columns, default, known())
    own = [each for each in checked.drafts if (each.person or each.against) and goes_up(db.session(), _about(each))]
    checked.problems += [Problem(each.line, "person" if each.person else "against", "own") for each in own]
    checked.problems.sort(key=lambda each: each.line)
    checked.drafts = [each for each in checked.drafts if each not in own]
    return checked


def _about(draft: Draft) -> list[tuple[str, int | None]]:
    return [(draft.person, draft.against)] if draft.person or draft.against else []


class Double(NamedTuple):
    """A row that is here already, by day and subject: as a matter, or in an earlier line."""

    line: int
    petition: int | None
    earlier: int | None


def doubles(drafts: Sequence[Draft], viewer: Viewer) -> list[Double]:
    """The rows that are likely here already. Of matters that this person may not see nothing is told."""
    first: dict[tuple[date, str, str], int] = {}
    days = {draft.received_on for draft in drafts}
    here: dict[tuple[date, str], int] = {}
    wanted = select(Petition).where(seen_by(viewer), Petition.received_on.in_(days))
    for petition in db.session.scalars(wanted.execution_options(yield_per=200)):
        here.setdefault((petition.received_on, plain(petition.subject)), petition.id)
    found: list[Double] = []
    for draft in drafts:
        key = draft.received_on, plain(draft.subject)
        earlier = first.setdefault((*key, plain(draft.text)), draft.line)
        if key in here or earlier != draft.line:
            found.append(Double(draft.line, here.get(key), earlier if earlier != draft.line else None))
    return found


# --- the import ----------------------------------------------------------------------------------------------------


class Plan(NamedTuple):
    """How a table is to be read, and the words that each matter's note begins with."""

    columns: dict[str, int]
    default: Defaults
    leave_out: frozenset[int]  # lines
    words: str  # "imported from the register, line %(line)s"


def bring_in(table: Table, plan: Plan, *, by: Viewer, progress: Progress) -> None:
    """Make matters of all rows, or of none. Raises NotPossible where something is wrong with one of them."""
    if table.state != "read" or table.rows is None:
        raise NotPossible("imported")
    checked = dry_run(table.rows, plan.columns, plan.default)
    if checked.problems:
        raise NotPossible("problems")
    drafts = [each for each in checked.drafts if each.line not in plan.leave_out]
    progress.total = len(drafts)
    for draft in sorted(drafts, key=lambda each: (each.received_on, each.line)):
        with db.session.no_autoflush:  # each verb flushes where the next has to read what it wrote: half of the time
            _take_over(draft, plan.words, by)
        progress.done += 1
        if progress.done % 50 == 0:
            db.session.flush()
            db.session.expunge_all()  # what is written need not stay in memory
    held = db.session.get_one(Table, table.id)
    held.rows, held.state, held.count = None, "imported", len(drafts)
    held.trace("imported", by=by.id, rows=len(drafts))
    db.session.flush()


def _take_over(draft: Draft, words: str, by: Viewer) -> None:
    """One matter: received on its day, registered, noted where it comes from; closed, where the register says so."""
    letter = Letter(
        kind=draft.kind,
        channel=draft.channel,
        place=db.session.get_one(Place, draft.place),
        subject=draft.subject,
        text=draft.text,
        identity=draft.identity,
        concerns=_about(draft),
        files=(),
        receipt=receipts.make(secrets.token_bytes(32)),  # nobody was given it, and nobody can find it again
        received_on=draft.received_on,
    )
    petition = Petition.file(letter, by=by)
    db.session.flush()
    petition.move("register", {"kind": draft.kind}, by=by)
    petition.move("note", {"text": "\n".join(_noted(draft, words))}, by=by)
    db.session.flush()
    if draft.closed_on is not None:
        _close(petition, draft, by)


def _noted(draft: Draft, words: str) -> Iterator[str]:
    yield words.format(line=draft.line)
    yield from (each for each in (draft.number, draft.unit_name, draft.result) if each)


def _close(petition: Petition, draft: Draft, by: Viewer) -> None:
    """Closed before it came here. When its notice was given nobody knows: so no clock of it claims anything."""
    unit = db.session.get(Unit, draft.unit or 0)
    if unit is not None and complained_of(petition).intersection(unit.line_ids):
        unit = None
    for each in petition.clocks():
        db.session.delete(each)
    petition.state, petition.due_on, petition.due_clock = State.CLOSED, None, None
    petition.unit_id = unit.id if unit else None
    petition.closed_on = draft.closed_on
    assert draft.closed_on is not None
    about: dict[str, Any] = {"state": State.CLOSED, "on": draft.closed_on.isoformat()}
    petition.trace("taken over", by=by.id, note=draft.result or None, **about)
