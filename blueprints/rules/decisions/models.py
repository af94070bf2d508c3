"""The table of decisions in versions, the verbs that change a draft, and who decides what on a day."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ColumnElement, String, UniqueConstraint, select, true
from sqlalchemy.orm import Mapped, mapped_column

from blueprints.rules.decisions.domain import (
    MOST_RULINGS,
    WORKFLOW,
    Answer,
    Ruling,
    State,
    fitting,
    in_order,
    samples,
    sums,
)
from core import clock
from core.extensions import Base, Id, db, one_of
from core.record import ThreadHead
from core.roles import Role, Viewer
from core.workflow import NotPossible, Step


class DecisionTable(ThreadHead, Base):
    """A version of the table. It says nothing of anybody, so it is kept as it is written."""

    __tablename__ = "decision_table"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint("(state = 'adopted') = (effective_on IS NOT NULL)", name="effective"),
        CheckConstraint("(state = 'adopted') = (adopted_by IS NOT NULL)", name="adopted"),
        UniqueConstraint("effective_on", name="uq_decision_table_effective_on"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(100))
    ask: Mapped[str]  # whom to ask where no rule fits
    held: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # the rulings, in the order of the table
    effective_on: Mapped[date | None]
    adopted_by: Mapped[str | None]  # the meeting that adopted it, in words

    @classmethod
    def begin(cls, source: str, *, by: Viewer) -> "DecisionTable":
        """A draft that says what another version says, or a shipped sample. Raises NotPossible where there is none."""
        if source in samples():
            sample = samples()[source]
            row = cls(title=sample.title, ask=sample.ask, held=[each.as_json() for each in sample.rulings])
        else:
            other = load(int(source), by) if source.isascii() and source.isdigit() and len(source) <= 18 else None
            if other is None:
                raise NotPossible("begin")
            row = cls(title=other.title, ask=other.ask, held=list(other.held))
        row.state, row.version = State.DRAFT, 0
        db.session.add(row)
        row.trace("begun", by=by.id)
        return row

    @property
    def rulings(self) -> list[Ruling]:
        """What it says, in order."""
        return [Ruling.from_json(each) for each in self.held]

    @property
    def settled(self) -> bool:
        """Whether it took effect: from then on it does not change."""
        return self.effective_on is not None and self.effective_on <= clock.today()

    def steps(self, viewer: Viewer) -> list[Step]:
        """The steps this person may take now."""
        return [
            step
            for step in WORKFLOW.open_to(viewer.role, State(self.state))
            if not (step.action == "take_back" and self.settled) and not (step.action == "adopt" and not self.held)
        ]

    def may(self, action: str, viewer: Viewer) -> bool:
        """Whether this person may take this step now."""
        return WORKFLOW.step(action) in self.steps(viewer)

    def put(self, number: int | None, ruling: Ruling, *, by: Viewer) -> None:
        """Say something else in a row, by its place from one on, or in a new one. Raises NotPossible."""
        rows = self._to_edit(by)
        if number is None:
            rows.append(ruling)
        elif 0 < number <= len(rows):
            rows[number - 1] = ruling
        else:
            raise NotPossible("put")
        keys = {(each.matter, each.from_fen) for each in rows}
        if len(rows) > MOST_RULINGS or len(keys) < len(rows):
            raise NotPossible("twice")
        self.held = [each.as_json() for each in in_order(rows)]
        self.trace("put", by=by.id, kind=ruling.kind)

    def take_out(self, number: int, *, by: Viewer) -> None:
        """Say nothing of this any more. Raises NotPossible."""
        rows = self._to_edit(by)
        if not 0 < number <= len(rows):
            raise NotPossible("take out")
        gone = rows.pop(number - 1)
        self.held = [each.as_json() for each in rows]
        self.trace("taken out", by=by.id, kind=gone.kind)

    def _to_edit(self, by: Viewer) -> list[Ruling]:
        if not self.may("edit", by):
            raise NotPossible("edit")
        return self.rulings

    def move(self, action: str, values: Mapping[str, Any], *, by: Viewer) -> None:
        """Take a step with the version as a whole. Raises NotPossible, also for a day that is past or taken."""
        step = WORKFLOW.step(action)
        if step not in self.steps(by) or action == "edit":
            raise NotPossible(action)
        noted: dict[str, Any] = {}
        if action == "describe":
            self.title, self.ask = values["title"], values["ask"]
        elif action == "adopt":
            taken = select(DecisionTable.id).where(DecisionTable.effective_on == values["effective_on"])
            if values["effective_on"] < clock.today() or db.session.scalar(taken):
                raise NotPossible("day")
            self.effective_on, self.adopted_by = values["effective_on"], values["adopted_by"]
            noted = {"effective_on": self.effective_on.isoformat()}
        elif action == "take_back":
            self.effective_on = self.adopted_by = None
        self.state = step.after(State(self.state))
        self.trace(action, by=by.id, state=self.state, **noted)


def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """What was adopted is for everybody; a draft for the leaders, who write it."""
    return true() if viewer.role == Role.LEADER else DecisionTable.state == State.ADOPTED


def load(id: int, viewer: Viewer, *, to_move: bool = False) -> DecisionTable | None:
    """A version, if this person may see it; `to_move` holds its row."""
    wanted = select(DecisionTable).where(DecisionTable.id == id, seen_by(viewer))
    return db.session.scalar(wanted.with_for_update() if to_move else wanted)


def versions(viewer: Viewer) -> Sequence[DecisionTable]:
    """Every version that this person may see: drafts first, then the latest."""
    rows = db.session.scalars(select(DecisionTable).where(seen_by(viewer)).order_by(DecisionTable.id.desc())).all()
    return sorted(rows, key=lambda each: each.effective_on or date.max, reverse=True)


def in_force(on: date) -> DecisionTable | None:
    """The version that counted, counts or will count on that day."""
    wanted = select(DecisionTable).where(DecisionTable.effective_on <= on)
    return db.session.scalar(wanted.order_by(DecisionTable.effective_on.desc()).limit(1))


def answer(
    *,
    kind: str = "",
    words: str = "",
    amount_fen: int | None = None,
    on: date | None = None,
    labels: Mapping[Any, str] | None = None,
) -> Answer:
    """Who decides what these words, or this kind and amount, mean."""
    day = on or clock.today()
    table = in_force(day)
    if table is None:
        return Answer(day, kind, amount_fen)
    rulings = table.rulings
    found = fitting(rulings, kind=kind, words=words, amount_fen=amount_fen, labels=labels)
    return Answer(day, kind, amount_fen, found, table.id, table.effective_on, table.ask, sums(rulings))


def who_decides(kind: str, amount_fen: int | None = None, on: date | None = None) -> Answer:
    """Who decides a matter of this kind (domain.Kind) and amount, in fen, on a day; today, where none is given.

    `answer.ruling` is the one that fits. None where several do and the amount would tell, or where no rule was found:
    nobody decides then before those were asked whom `answer.ask` names.
    """
    return answer(kind=kind, amount_fen=amount_fen, on=on)
