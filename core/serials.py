"""Numbers that are given once, without a gap: per kind and year."""

from collections.abc import Callable, Iterator, Mapping

from sqlalchemy import Select, String, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.extensions import Base, db
from core.record import Fault

Counted = Mapping[str, Callable[[int], Select[int]]]  # by kind: how many rows carry a number of that year


class Serial(Base):
    """The last number given, per kind and year."""

    __tablename__ = "serial"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]

    @classmethod
    def next(cls, kind: str, year: int) -> int:
        """The next number; whoever asks at the same time waits, and a number of a dropped change is given again."""
        insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
        count = insert(cls).values(kind=kind, year=year, last=1)
        count = count.on_conflict_do_update(index_elements=["kind", "year"], set_={"last": cls.last + 1})
        return db.session.scalars(count.returning(cls.last)).one()


def gaps(session: Session, counted: Counted) -> Iterator[Fault]:
    """Numbers given and not there."""
    for serial in session.scalars(select(Serial)):
        there = session.scalar(counted[serial.kind](serial.year)) if serial.kind in counted else None
        if there != serial.last:
            yield Fault(f"numbers of {serial.kind} {serial.year}", f"{serial.last} were given, {there or 0} are there")
