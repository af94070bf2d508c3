"""Units and users: who works where, in which role."""

from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from blueprints.accounts import domain
from core import clock, sessions, vault
from core.extensions import Base, Id, Moment, db
from core.record import ThreadHead
from core.roles import Role, Viewer
from settings import settings


class Unit(ThreadHead, Base):
    """A unit of the office or of the district: it handles matters, or is what a matter is about."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    parent_id: Mapped[int | None] = mapped_column(Id, ForeignKey("unit.id"), index=True)
    line: Mapped[str] = mapped_column(String(400))  # "/top/…/own/": the units above and this one
    is_office: Mapped[bool] = mapped_column(default=False)  # this office itself: letters about it go one level up
    closed_at: Mapped[datetime | None] = mapped_column(Moment)

    parent: Mapped["Unit | None"] = relationship(remote_side=[id])

    @property
    def line_ids(self) -> tuple[int, ...]:
        """The ids of the units above this one, top first, and its own."""
        return tuple(int(each) for each in self.line.strip("/").split("/"))

    @classmethod
    def open(cls, name: str, parent: "Unit | None", *, by: int | None, is_office: bool = False) -> "Unit":
        """Add a unit below another, or at the top."""
        unit = cls(name=name, parent_id=parent.id if parent else None, is_office=is_office, version=0)
        unit.line = f"{parent.line if parent else '/'}{unit.id}/"
        db.session.add(unit)
        unit.trace("opened", by=by)
        return unit


class User(ThreadHead, Base):
    """A person who signs in."""

    __tablename__ = "user"
    __table_args__ = (CheckConstraint("(role = 'contact') = (place_code IS NOT NULL)", name="place_of_contact"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    username: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    name_digest: Mapped[bytes]  # keyed; compared with the digests of the people that a matter names
    role: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int] = mapped_column(Id, ForeignKey("unit.id"), index=True)
    place_code: Mapped[str | None] = mapped_column(String(12), ForeignKey("place.code"))
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change: Mapped[bool] = mapped_column(default=True)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)

    unit: Mapped[Unit] = relationship()

    @classmethod
    def open(
        cls,
        username: str,
        name: str,
        role: Role,
        unit: Unit,
        password: str,
        *,
        by: int | None,
        place_code: str | None = None,
        must_change: bool = True,
    ) -> "User":
        """Open an account with a first password, which its owner must change."""
        user = cls(
            username=username,
            name=name,
            name_digest=name_digest(name),
            role=role,
            unit_id=unit.id,
            place_code=place_code,
            password_hash=hasher().hash(password),
            must_change=must_change,
            version=0,
        )
        db.session.add(user)
        user.trace("opened", by=by, role=role)
        return user

    def change_password(self, password_hash: str, *, by: int) -> None:
        """Take a new password (already hashed: that is slow work and is done outside the transaction)."""
        self.password_hash = password_hash
        self.must_change = by != self.id
        sessions.end_all(self.id)
        self.trace("password changed", by=by)

    def change_role(self, role: Role, unit: Unit, place_code: str | None, *, by: int) -> None:
        """Give another role, unit or village."""
        before = self.role
        self.role, self.unit_id, self.place_code = role, unit.id, place_code
        sessions.end_all(self.id)
        self.trace("role changed", by=by, before=before, role=role)

    def close(self, *, by: int) -> None:
        """Close the account: every sign-in of this person ends."""
        self.closed_at = clock.now()
        sessions.end_all(self.id)
        self.trace("closed", by=by)

    def reopen(self, *, by: int) -> None:
        """Open a closed account again."""
        self.closed_at = None
        self.trace("reopened", by=by)


def name_digest(name: str) -> bytes:
    """The keyed digest by which a person that a matter names is compared with the people who sign in."""
    return vault.mac("person", domain.plain_name(name).encode())[:16]


def load_viewer(session: Session, user_id: int) -> Viewer | None:
    """The person of a sitting, or None when the account is closed."""
    row = session.execute(
        select(User, Unit).join(Unit, Unit.id == User.unit_id).where(User.id == user_id, User.closed_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    user, unit = row
    return Viewer(
        id=user.id,
        name=user.name,
        role=Role(user.role),
        unit_id=unit.id,
        unit_name=unit.name,
        unit_line=unit.line_ids,
        place_code=user.place_code,
        name_digest=user.name_digest,
        must_change=user.must_change,
    )


@cache
def _hasher(time_cost: int, memory_kib: int) -> tuple[PasswordHasher, str]:
    made = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
    return made, made.hash("nobody has this password")


def hasher() -> PasswordHasher:
    """argon2id at the office's cost."""
    return _hasher(settings().ARGON2_TIME_COST, settings().ARGON2_MEMORY_KIB)[0]


def password_fits(password: str, password_hash: str | None) -> bool:
    """Whether this is the password; an unknown user costs the same time as a wrong password."""
    made, nobody = _hasher(settings().ARGON2_TIME_COST, settings().ARGON2_MEMORY_KIB)
    try:
        return made.verify(password_hash or nobody, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False
