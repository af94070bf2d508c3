"""The plan of a year, and a table that comes in as a whole or not at all."""

from collections.abc import Sequence

from sqlalchemy import CheckConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from blueprints.accounts.models import User
from blueprints.pairing.intake.domain import Checked, Draft, Known, Rows, by_name, check
from blueprints.pairing.posts.domain import STAFF
from blueprints.pairing.posts.domain import State as PostState
from blueprints.pairing.posts.models import Post, Student, hold, last_left, matched, of_village
from core import clock, sendings
from core.extensions import Base, Id, db
from core.places import Level, Place, townships
from core.record import ThreadHead
from core.roles import Viewer
from core.workflow import NotPossible


class PlanYear(ThreadHead, Base):
    """How many are to be taken in in a year."""

    __tablename__ = "post_plan"
    __table_args__ = (
        CheckConstraint("planned >= 0", name="planned"),
        CheckConstraint("year BETWEEN 2000 AND 2100", name="year"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    year: Mapped[int] = mapped_column(unique=True)
    planned: Mapped[int]

    @classmethod
    def set_up(cls, year: int, planned: int, *, by: Viewer) -> "PlanYear":
        """The plan of a year that has none. Raises NotPossible."""
        if db.session.scalar(select(cls.id).where(cls.year == year)) is not None:
            raise NotPossible("planned")
        row = cls(year=year, planned=planned, version=0)
        db.session.add(row)
        row.trace("planned", by=by.id, year=year, planned=planned)
        db.session.flush()  # what follows looks for it
        return row

    def change(self, planned: int, reason: str, *, by: Viewer) -> None:
        """Another number, with the reason."""
        before, self.planned = self.planned, planned
        self.trace("changed", by=by.id, note=reason, before=before, planned=planned)


def load(id: int, *, to_move: bool = False) -> PlanYear | None:
    """The plan of a year; `to_move` holds its row until the request is settled."""
    wanted = select(PlanYear).where(PlanYear.id == id)
    return db.session.scalar(wanted.with_for_update(of=PlanYear) if to_move else wanted)


# --- a table that comes in -----------------------------------------------------------------------------------------


def known() -> Known:
    """What the office knows and a row may name."""
    places = db.session.scalars(select(Place).where(Place.level == Level.VILLAGE))
    towns = dict(townships())
    villages = by_name((each.code, each.name, f"{towns.get(each.code[:9], '')}/{each.name}") for each in places)
    filled = frozenset(db.session.scalars(select(Post.place_code).where(Post.state == PostState.FILLED)))
    to_come = frozenset(db.session.scalars(select(Post.place_code).where(matched())))
    staff = db.session.execute(select(User.username, User.id).where(User.closed_at.is_(None), User.role.in_(STAFF)))
    mentors = {name: id for name, id in staff}
    return Known(villages, filled, to_come, last_left(set(villages.values())), mentors, clock.today())


def dry_run(rows: Rows) -> Checked:
    """What the rows would become, and what is wrong; nothing is kept."""
    return check(rows, known())


def bring_in(drafts: Sequence[Draft], duties: str, sending: bytes, *, by: Viewer) -> None:
    """Everybody of the table in the post of their village, once however often it is sent; a village without a post gets
    it. Raises NotPossible."""
    if not sendings.first(sending):
        return
    for each in sorted(drafts, key=lambda draft: draft.village):  # two tables at once wait for each other in one order
        there = of_village(each.village)
        post = hold(there.id) if there else Post.set_up(each.village, duties, by=by)
        if post is None:
            raise NotPossible("post")
        post.fill(Student(each.name, each.contact, each.begun_on, each.mentor), by=by)
