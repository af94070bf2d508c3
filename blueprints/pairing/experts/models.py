"""An entry of the roster, its trades, and the verbs that change it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from blueprints.accounts.models import User
from blueprints.pairing.experts.domain import WORKFLOW, Season, State, Trade
from core import vault
from core.extensions import Base, Id, db, one_of
from core.record import Recorded, Thread, ThreadHead
from core.roles import Role, Viewer
from core.workflow import NotPossible, Step


@dataclass(frozen=True)
class Entry:
    """What a form says of an expert, checked."""

    name: str
    unit: str
    trades: Sequence[Trade]
    season: Season
    languages: str
    phone: str
    consent_on: date
    user_id: int | None


class Expert(ThreadHead, Base):
    """Somebody who knows a trade and has agreed to be asked; with an account, they answer by themselves."""

    __tablename__ = "expert"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint(one_of("season", Season), name="season"),
        Index("ix_expert_state", "state", "id"),
        Index("ix_expert_user_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(8))
    season: Mapped[str] = mapped_column(String(8))
    unit: Mapped[str] = mapped_column(String(100))  # in words: institutes outside the office have no row
    languages: Mapped[str] = mapped_column(String(60))
    consent_on: Mapped[date]  # when they agreed to be on the roster
    user_id: Mapped[int | None] = mapped_column(Id, ForeignKey("user.id"))
    name_sealed: Mapped[bytes]
    phone_sealed: Mapped[bytes]

    name = vault.Sealed[str]("name_sealed")
    phone = vault.Sealed[str]("phone_sealed")

    trades: Mapped[list["ExpertTrade"]] = relationship(order_by="ExpertTrade.trade", lazy="selectin")

    @classmethod
    def enter(cls, entry: Entry, *, by: Viewer) -> "Expert":
        """A new entry."""
        row = cls(state=WORKFLOW.start, version=0)
        row._say(entry)
        db.session.add(row)
        row.trace("entered", by=by.id, state=row.state, trades=len(entry.trades))
        db.session.flush()  # what follows refers to its row
        db.session.add_all(ExpertTrade(expert_id=row.id, trade=trade) for trade in entry.trades)
        return row

    def _say(self, entry: Entry) -> None:
        self.season, self.unit, self.languages = entry.season, entry.unit, entry.languages
        self.consent_on, self.user_id = entry.consent_on, entry.user_id
        self.name, self.phone = entry.name, entry.phone

    def steps(self, viewer: Viewer) -> list[Step]:
        """What this person may do with the entry now."""
        return WORKFLOW.open_to(viewer.role, State(self.state))

    def move(self, action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Change the entry, or take it off the active list and back. Raises NotPossible."""
        step = WORKFLOW.take(action, by.role, State(self.state))
        noted: dict[str, Any] = {}
        if step.action == "change":
            noted = self._change(values["entry"])
        self.state = step.after(State(self.state))
        self.trace(action, by=by.id, note=values.get("reason") or None, state=self.state, **noted)
        return step

    def _change(self, entry: Entry) -> dict[str, Any]:
        self._say(entry)
        for each in self.trades:
            if each.trade not in entry.trades:
                db.session.delete(each)
        there = {each.trade for each in self.trades}
        db.session.add_all(ExpertTrade(expert_id=self.id, trade=trade) for trade in entry.trades if trade not in there)
        return {"trades": len(entry.trades)}


class ExpertTrade(Recorded, Base):
    """A trade that an expert knows."""

    __tablename__ = "expert_trade"
    __table_args__ = (
        CheckConstraint(one_of("trade", Trade), name="trade"),
        Index("ix_expert_trade_trade", "trade", "expert_id"),
    )

    expert_id: Mapped[int] = mapped_column(Id, ForeignKey("expert.id"), primary_key=True, autoincrement=False)
    trade: Mapped[str] = mapped_column(String(12), primary_key=True)

    @property
    def thread(self) -> Thread:
        """The record of the expert."""
        return Thread("expert", self.expert_id)


def load(id: int, *, to_move: bool = False) -> Expert | None:
    """The entry; whoever may open the roster sees all of it."""
    wanted = select(Expert).where(Expert.id == id)
    return db.session.scalar(wanted.with_for_update(of=Expert) if to_move else wanted)


def require_active(id: int) -> Expert:
    """The expert, if they can be asked now. Raises NotPossible."""
    expert = load(id)
    if expert is None or expert.state != State.ACTIVE:
        raise NotPossible("expert")
    return expert


def active() -> list[tuple[int, str]]:
    """Whom a course or a question can be given to, as choices: id, and name with unit."""
    rows = db.session.scalars(select(Expert).where(Expert.state == State.ACTIVE).order_by(Expert.id))
    return [(each.id, f"{each.name}（{each.unit}）") for each in rows]


def accounts() -> list[tuple[int, str]]:
    """The handlers whose account can stand behind an entry."""
    people = select(User.id, User.name, User.username).where(User.role == Role.HANDLER, User.closed_at.is_(None))
    return [(id, f"{name} ({username})") for id, name, username in db.session.execute(people.order_by(User.id))]
