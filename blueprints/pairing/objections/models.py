"""An objection to a list on notice: the verbs that move it, and who sees it."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    exists,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from blueprints.pairing.households.models import Household, on_list
from blueprints.pairing.objections.domain import OFFICE, WORKFLOW, State
from blueprints.pairing.reached import Reached
from blueprints.pairing.rounds.domain import terms_on
from blueprints.pairing.rounds.models import Member, Round
from core import clock, deadlines, receipts, sendings, vault, workdays
from core.deadlines import Deadline
from core.extensions import Base, Id, db, one_of
from core.places import Place
from core.roles import Viewer
from core.workflow import NotPossible, Step


@dataclass(frozen=True)
class Said:
    """An objection as a form brings it in, checked."""

    household_id: int
    text: str
    name: str  # empty: without a name
    contact: str


class Objection(Reached, Base):
    """What somebody says against a household on the list; what it says and who says it is sealed."""

    __tablename__ = "household_objection"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint("(state = 'received') = (due_on IS NOT NULL)", name="due"),
        CheckConstraint("(state = 'answered') = (answer_sealed IS NOT NULL)", name="answer"),
        CheckConstraint("(answer_sealed IS NULL) = (answered_on IS NULL)", name="answered"),
        Index("ix_household_objection_state", "state", "due_on", "id"),
        Index("ix_household_objection_household_id", "household_id", "id"),
        Index("ix_household_objection_sending_digest", "sending_digest"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    household_id: Mapped[int] = mapped_column(Id, ForeignKey("household.id"))
    state: Mapped[str] = mapped_column(String(10))
    received_on: Mapped[date]
    due_on: Mapped[date | None]
    answered_on: Mapped[date | None]
    sum: Mapped[dict[str, Any]] = mapped_column(JSON)  # how the last day was counted
    code_digest: Mapped[bytes] = mapped_column(unique=True)
    sending_digest: Mapped[bytes]
    text_sealed: Mapped[bytes]
    name_sealed: Mapped[bytes | None]
    contact_sealed: Mapped[bytes | None]
    answer_sealed: Mapped[bytes | None]

    text = vault.Sealed[str]("text_sealed")
    name = vault.Sealed[str | None]("name_sealed")
    phone = vault.Sealed[str | None]("contact_sealed")
    answer = vault.Sealed[str | None]("answer_sealed")

    household: Mapped[Household] = relationship()

    @classmethod
    def raise_(cls, of: Round, said: Said, sending: bytes) -> None:
        """Take an objection in, once however often it is sent; the caller holds the round. Raises NotPossible."""
        if not sendings.first(sending):
            return
        if not of.takes_objections or said.household_id not in {each.id for each in listed(of)}:
            raise NotPossible("object")
        deadline = deadlines.due(terms_on(clock.today()).rule("answer"), clock.today(), workdays)
        row = cls(
            household_id=said.household_id,
            state=WORKFLOW.start,
            received_on=clock.today(),
            due_on=deadline.due_on,
            answered_on=None,
            sum=deadline.as_json(),
            code_digest=receipts.digest(sendings.code(sending)),
            sending_digest=sendings.digest_of(sending),
            text=said.text,
            name=said.name or None,
            phone=said.contact or None,
            answer=None,
            version=0,
        )
        db.session.add(row)
        row.trace("received", by=None, state=row.state)

    @property
    def contact(self) -> str | None:
        """Who objects, where they said so."""
        return " · ".join(filter(None, (self.name, self.phone))) or None

    @property
    def deadline(self) -> Deadline:
        """The last day for the answer, with its sum."""
        return Deadline.from_json(self.sum)

    def steps(self, viewer: Viewer) -> list[Step]:
        """The steps this person may take now."""
        return WORKFLOW.open_to(viewer.role, State(self.state))

    def reply(self, words: str, *, by: Viewer) -> None:
        """Answer it in writing. Raises NotPossible."""
        step = WORKFLOW.take("answer", by.role, State(self.state))
        self.answer, self.answered_on, self.due_on = words, clock.today(), None
        self.state = step.after(State(self.state))
        self.trace("answer", by=by.id, state=self.state)


def listed(of: Round) -> list[Household]:
    """The households on the list of a round, by their village and the time they came: not by their rank."""
    rows = select(Household).join(Round, Round.id == Household.round_id).where(Round.id == of.id, on_list())
    rows = rows.options(joinedload(Household.place).joinedload(Place.parent))
    return list(db.session.scalars(rows.order_by(Household.place_code, Household.id)))


def unanswered(of: Round) -> int:
    """How many objections to the list of a round wait for their answer."""
    rows = select(func.count(Objection.id)).join(Household, Household.id == Objection.household_id)
    return db.session.scalar(rows.where(Household.round_id == of.id, Objection.state == State.RECEIVED)) or 0


def may_see_all(viewer: Viewer, of: Round) -> bool:
    """Whether no objection to the list of a round is kept from this person, who may then learn if there is one."""
    on_panel = exists().where(Member.round_id == of.id, Member.user_id == viewer.id)
    nominated = exists().where(Household.round_id == of.id, Household.by_id == viewer.id)
    return viewer.role in OFFICE and not db.session.scalar(select(or_(on_panel, nominated)))


@lru_cache(256)
def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The objections this person may see: of the office whoever is, and was, not on that panel, nor nominated it."""
    if viewer.role not in OFFICE:
        return false()
    on_panel = exists().where(Member.round_id == Household.round_id, Member.user_id == viewer.id)
    others = select(Household.id).where(~on_panel, ~Household.by_id.is_not_distinct_from(viewer.id))
    return Objection.household_id.in_(others)


_AROUND = (
    joinedload(Objection.household).joinedload(Household.round),
    joinedload(Objection.household).joinedload(Household.place).joinedload(Place.parent),
)


def load(id: int, viewer: Viewer, *, to_move: bool = False) -> Objection | None:
    """The objection, if this person may see it; `to_move` holds its row until the request is settled."""
    wanted = select(Objection).where(Objection.id == id, seen_by(viewer))
    return db.session.scalar(wanted.with_for_update(of=Objection) if to_move else wanted.options(*_AROUND))


def of_sending(sending: bytes) -> Objection | None:
    """The objection of a sending."""
    return db.session.scalar(select(Objection).where(Objection.sending_digest == sendings.digest_of(sending)))
