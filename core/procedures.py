"""The procedures of the office: those that the program brings along, and those that the office copied and edited.

A matter keeps the procedure it began with. So a copy can be edited until the day it takes effect, and never afterwards:
whatever is to change then is a copy again. The text of each is that of a file in data/procedure, read and checked by
core.profiles.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from flask import current_app
from sqlalchemy import String, bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from core import clock, profiles
from core.extensions import Base, Id, db, fetch
from core.profiles import Profile, ProfileError
from core.record import ThreadHead
from core.workflow import NotPossible
from settings import settings


class Procedure(ThreadHead, Base):
    """A procedure that the office made from another one."""

    __tablename__ = "procedure"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(20), unique=True)  # what a matter keeps
    origin: Mapped[str] = mapped_column(String(20))  # the one it was copied from
    effective_on: Mapped[date | None] = mapped_column(
        index=True
    )  # new matters begin with it from that day; none: a draft
    text: Mapped[str]

    @property
    def profile(self) -> Profile:
        """What it says."""
        return profiles.read_profile(self.code, self.text)

    @property
    def settled(self) -> bool:
        """Whether it took effect: from then on matters may have begun with it, and it does not change any more."""
        return self.effective_on is not None and self.effective_on <= clock.today()

    @classmethod
    def copy(cls, code: str, *, by: int | None) -> "Procedure":
        """A draft that says what another procedure says. Raises ProfileError where there is none."""
        source = profile(code)
        root = code.partition(".")[0][:14]
        last = db.session.scalar(select(func.count(cls.id)).where(cls.code.startswith(f"{root}.", autoescape=True)))
        row = cls(code=f"{root}.{(last or 0) + 1}", origin=code, effective_on=None, version=0)
        row.text = profiles.written(replace(source, id=row.code, cited_as=source.cited_as or source.id))
        db.session.add(row)
        row.trace("procedure copied", by=by)
        return row

    def edit(self, text: str, effective_on: date | None, *, by: int) -> None:
        """Say something else, or take effect on another day, from tomorrow's letters on or later.

        Raises NotPossible once it took effect or for a day that is past, and ProfileError for what is no procedure, or
        one that is not in force that day.
        """
        if self.settled or (effective_on is not None and effective_on < clock.today()):
            raise NotPossible("settled")
        fresh = profiles.read_profile(self.code, text)
        if fresh.id != self.code or (effective_on and not fresh.in_force(effective_on)):
            raise ProfileError(f"{self.code}: not in force on {effective_on}")
        dated = effective_on != self.effective_on
        self.text, self.effective_on = text, effective_on
        told = {"effective_on": effective_on.isoformat() if effective_on else None} if dated else {}
        self.trace("procedure dated" if dated else "procedure edited", by=by, **told)


def profile(code: str) -> Profile:
    """The procedure of that name. Raises ProfileError."""
    if code in profiles.shipped():
        return profiles.profile(code)
    kept: dict[str, Profile] = current_app.extensions.setdefault("procedures", {})
    if code not in kept:
        row = db.session.scalar(select(Procedure).where(Procedure.code == code))
        if row is None:
            raise ProfileError(f"there is no procedure {code!r}")
        if not row.settled:
            return row.profile
        kept[code] = row.profile
    return kept[code]


def in_force(day: date) -> str:
    """The name of the procedure that a matter received on that day begins with."""
    code: str | None = fetch(db.session(), _IN_FORCE, day=day).scalar()
    return code or settings().PROFILE


_IN_FORCE = (
    select(Procedure.code)
    .where(Procedure.effective_on <= bindparam("day"))
    .order_by(Procedure.effective_on.desc(), Procedure.id.desc())
    .limit(1)
)


def all_of_them() -> Sequence[Procedure]:
    """What the office made, the latest first."""
    return db.session.scalars(select(Procedure).order_by(Procedure.id.desc())).all()
