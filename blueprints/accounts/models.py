"""Units and users: who works where, in which role."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Select, String, and_, bindparam, func, select
from sqlalchemy.engine import Row as Columns
from sqlalchemy.orm import Mapped, Session, aliased, joinedload, mapped_column, relationship

from blueprints.accounts import domain
from core import clock, sessions, vault
from core.extensions import Base, Id, Moment, db, fetch, reading
from core.places import Place
from core.record import Thread, ThreadHead, entries, write
from core.roles import Role, Viewer
from core.workflow import NotPossible
from settings import settings

Row = TypeVar("Row", bound="Unit | User")

_LONGEST_LINE = 400
_CLEAR_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


class Unit(ThreadHead, Base):
    """A unit of the office or of the district: it handles matters, or is what a matter is about."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    parent_id: Mapped[int | None] = mapped_column(Id, ForeignKey("unit.id"), index=True)
    line: Mapped[str] = mapped_column(String(_LONGEST_LINE))  # "/top/…/own/": the units above and this one
    is_office: Mapped[bool] = mapped_column(default=False)  # this office itself: letters about it go one level up
    closed_at: Mapped[datetime | None] = mapped_column(Moment)

    parent: Mapped["Unit | None"] = relationship(remote_side=[id])

    @property
    def line_ids(self) -> tuple[int, ...]:
        """The ids of the units above this one, top first, and its own."""
        return _ids(self.line)

    @classmethod
    def open(cls, name: str, parent: "Unit | None", *, by: int | None, is_office: bool = False) -> "Unit":
        """Add a unit below another, or at the top. Raises NotPossible where the tree is too deep."""
        unit = cls(name=name, parent_id=parent.id if parent else None, is_office=is_office, version=0)
        unit.line = f"{parent.line if parent else '/'}{unit.id}/"
        if len(unit.line) > _LONGEST_LINE:
            raise NotPossible("too deep")
        db.session.add(unit)
        unit.trace("opened", by=by)
        return unit

    def change(self, name: str, parent: "Unit | None", *, by: int) -> None:
        """Rename the unit or move it, with all below it, to another place in the tree. Raises NotPossible."""
        everything = select(Unit).order_by(Unit.id).with_for_update().execution_options(populate_existing=True)
        db.session.scalars(everything).all()  # held, so that two moves at once cannot close a circle
        if parent is not None and parent.line.startswith(self.line):
            raise NotPossible("a unit below itself")
        before = self.line
        line = f"{parent.line if parent else '/'}{self.id}/"
        below = db.session.scalars(select(Unit).where(Unit.line.startswith(before), Unit.id != self.id)).all()
        if max(len(each.line) for each in (self, *below)) - len(before) + len(line) > _LONGEST_LINE:
            raise NotPossible("too deep")
        self.name, self.parent_id, self.line = name, parent.id if parent else None, line
        self.trace("changed", by=by)
        for each in below if line != before else ():
            each.line = line + each.line.removeprefix(before)
            each.trace("moved", by=by)

    def close(self, *, by: int) -> None:
        """Close a unit in which nobody works any more and below which nothing is open. Raises NotPossible."""
        people = select(User.id).where(User.unit_id == self.id, User.closed_at.is_(None))
        below = select(Unit.id).where(Unit.parent_id == self.id, Unit.closed_at.is_(None))
        if self.is_office or db.session.scalar(people.union_all(below).limit(1)):
            raise NotPossible("in use")
        self.closed_at = clock.now()
        self.trace("closed", by=by)

    def reopen(self, *, by: int) -> None:
        """Open a closed unit again."""
        self.closed_at = None
        self.trace("reopened", by=by)


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

    @property
    def role_label(self) -> str:
        """The role's name for people."""
        return Role(self.role).label

    def rename(self, name: str, *, by: int) -> None:
        """Correct the name; complaints that name this person go by it too."""
        self.name, self.name_digest = name, name_digest(name)
        self.trace("renamed", by=by)

    def change_password(self, password_hash: str, *, by: int) -> None:
        """Take a new password (already hashed: that is slow work and is done outside the transaction)."""
        self.password_hash = password_hash
        self.must_change = by != self.id
        sessions.end_all(self.id)
        self.trace("password changed", by=by)

    def change_role(self, role: Role, unit: Unit, place_code: str | None, *, by: int) -> None:
        """Give another role, unit or village. Raises NotPossible for the last administrator."""
        before = self.role
        if before == Role.ADMINISTRATOR and role != before:
            self._leaves_an_administrator()
        self.role, self.unit_id, self.place_code = role, unit.id, place_code
        sessions.end_all(self.id)
        self.trace("role changed", by=by, before=before, role=role)

    def close(self, *, by: int) -> None:
        """Close the account: every sign-in of this person ends. Raises NotPossible for the last administrator."""
        if self.role == Role.ADMINISTRATOR:
            self._leaves_an_administrator()
        self.closed_at = clock.now()
        sessions.end_all(self.id)
        self.trace("closed", by=by)

    def reopen(self, *, by: int) -> None:
        """Open a closed account again."""
        self.closed_at = None
        self.trace("reopened", by=by)

    def signs_in(self, fresh_hash: str | None) -> None:
        """Note a sign-in; `fresh_hash` is the password at today's cost, where it was stored at an older one."""
        if fresh_hash:
            self.password_hash = fresh_hash
            self.trace("password rehashed", by=self.id)
        write(Thread("sign_in", self.id), "signed in", by=self.id)

    def _leaves_an_administrator(self) -> None:
        """The rows are held, so that two administrators cannot remove each other at the same moment."""
        open_ones = select(User.id).where(User.role == Role.ADMINISTRATOR, User.closed_at.is_(None))
        if set(db.session.scalars(open_ones.order_by(User.id).with_for_update())) <= {self.id}:
            raise NotPossible("the last administrator")


def name_digest(name: str) -> bytes:
    """The keyed digest by which a person that a matter names is compared with the people who sign in."""
    return vault.mac("person", domain.plain_name(name).encode())[:16]


def named_in(session: Session, words: str) -> Sequence[User]:
    """The people with an account, open or closed, whom these words name, whatever title or other name stands beside."""
    people = session.execute(select(User.id, User.name))
    ids = [id for id, name in people if domain.names(words, name)]
    return session.scalars(select(User).where(User.id.in_(ids)).order_by(User.id)).all() if ids else ()


def load_viewer(session: Session, user_id: int) -> Viewer | None:
    """The person with this account, or None when it is closed."""
    row = fetch(session, _VIEWER, id=user_id).one_or_none()
    return viewer_of(row) if row else None


def viewer_of(row: Columns[*tuple[Any, ...]]) -> Viewer | None:
    """The person whose columns stand in this row (see `with_viewer`); None without an open account."""
    if row.id is None:
        return None
    seen = {name: getattr(row, name) for name in _SEEN}
    return Viewer(**seen | {"role": Role(row.role), "unit_line": _ids(row.unit_line)})


def with_viewer(query: Select[*tuple[Any, ...]], user_id: ColumnElement[int | None]) -> Select[*tuple[Any, ...]]:
    """The query with the columns of that person beside each of its rows, empty where the account is closed.

    With every page a sitting and its person are asked for: one statement less is a twelfth of some pages.
    """
    open_account = and_(User.id == user_id, User.closed_at.is_(None))
    return query.add_columns(*_SEEN.values()).outerjoin(User, open_account).outerjoin(Unit, Unit.id == User.unit_id)


# Columns, not rows: they are asked for with every page.
_SEEN: dict[str, ColumnElement[Any]] = {
    "id": User.id.label("id"),
    "name": User.name.label("name"),
    "role": User.role.label("role"),
    "unit_id": User.unit_id.label("unit_id"),
    "unit_name": Unit.name.label("unit_name"),
    "unit_line": Unit.line.label("unit_line"),
    "place_code": User.place_code.label("place_code"),
    "name_digest": User.name_digest.label("name_digest"),
    "must_change": User.must_change.label("must_change"),
}
_VIEWER = (
    select(*_SEEN.values())
    .join(Unit, Unit.id == User.unit_id)
    .where(User.id == bindparam("id"), User.closed_at.is_(None))
)


def _ids(line: str) -> tuple[int, ...]:
    return tuple(int(each) for each in line.strip("/").split("/"))


def to_change(table: type[Row], id: int) -> Row | None:
    """A row that this request is going to change, held until it has."""
    return db.session.get(table, id, with_for_update=True)


def open_account(username: str) -> User | None:
    """The open account of that name, read without holding anything: the password is checked next, and that is slow."""
    if not domain.USERNAME.fullmatch(username):
        return None
    with reading() as database:
        return database.scalar(select(User).where(User.username == username, User.closed_at.is_(None)))


def own_account(viewer: Viewer) -> User | None:
    """The account of somebody who signed in, read without holding anything."""
    with reading() as database:
        return database.get(User, viewer.id, options=[joinedload(User.unit)])


def unchanged(user: User) -> User | None:
    """The row of an account that was read before, held from now on; None if its password or state changed since."""
    row = to_change(User, user.id)
    return row if row and row.closed_at is None and row.password_hash == user.password_hash else None


_UNITS = select(func.count(Unit.id), func.sum(Unit.version))


def units_revision(database: Session) -> tuple[int, int]:
    """Another one after each change of a unit, which its entry in the record counts."""
    count, versions = fetch(database, _UNITS).one()
    return count, versions


class Branch(NamedTuple):
    """A unit in the tree: how deep it stands, and below which other."""

    id: int
    name: str
    is_office: bool
    closed_at: datetime | None
    depth: int
    above: str


def unit_tree(database: Session) -> list[Branch]:
    """Every unit, each below the unit it belongs to, by name."""
    wanted = select(Unit.parent_id, Unit.id, Unit.name, Unit.is_office, Unit.closed_at).order_by(Unit.name)
    below: dict[int | None, list[tuple[int, str, bool, datetime | None]]] = {}
    for parent, id, name, is_office, closed_at in fetch(database, wanted):
        below.setdefault(parent, []).append((id, name, is_office, closed_at))

    def walk(parent: int | None, depth: int, above: str) -> Iterator[Branch]:
        for unit in below.get(parent, ()):
            yield Branch(*unit, depth, above)
            yield from walk(unit[0], depth + 1, unit[1])

    return list(walk(None, 0, ""))


def village_choices(database: Session) -> dict[str, list[tuple[str, str]]]:
    """The villages and communities (code, name) under the name of their township."""
    found: dict[str, list[tuple[str, str]]] = {}
    township = aliased(Place)
    rows = select(township.name, Place.code, Place.name).join(township, township.code == Place.parent_code)
    for above, code, name in database.execute(rows.where(Place.level == "village").order_by(Place.code)):
        found.setdefault(above, []).append((code, name))
    return found


class Event(NamedTuple):
    """An entry of the record for people: what, when, by whom."""

    title: str
    at: datetime
    by: str


def history(user: User) -> list[Event]:
    """What happened to an account, oldest first."""
    return happened(user.thread, domain.EVENT_LABELS)


def happened(thread: Thread, labels: Mapping[Any, Any], *, since: int = 0) -> list[Event]:
    """What happened to a row after entry number `since`, in the words of its room, oldest first."""
    found = entries(thread, since=since)
    rows = select(User.id, User.name).where(User.id.in_({entry.actor_id for entry in found}))
    names = {each.id: each.name for each in db.session.execute(rows)}
    return [Event(str(labels[entry.action]), entry.at, names.get(entry.actor_id or 0, "")) for entry in found]


def listed(q: str = "", role: str = "", unit: int = 0, closed: bool = False) -> Select[User]:
    """Accounts by user name, with their units: open ones, or closed ones."""
    found = select(User).options(joinedload(User.unit)).order_by(User.username)
    found = found.where(User.closed_at.is_not(None) if closed else User.closed_at.is_(None))
    if q:
        found = found.where(User.name.contains(q, autoescape=True) | User.username.contains(q.lower(), autoescape=True))
    if role:
        found = found.where(User.role == role)
    if unit:
        found = found.where(User.unit_id == unit)
    return found


@cache
def _hasher(time_cost: int, memory_kib: int) -> tuple[PasswordHasher, str]:
    made = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
    return made, made.hash("nobody has this password")


def hasher() -> PasswordHasher:
    """argon2id at the office's cost."""
    return _hasher(settings().ARGON2_TIME_COST, settings().ARGON2_MEMORY_KIB)[0]


def dearer_hash(user: User, password: str) -> str | None:
    """The password at today's cost, where it is stored at another."""
    return hasher().hash(password) if hasher().check_needs_rehash(user.password_hash) else None


def first_password() -> str:
    """Sixteen signs by chance (79 bits) in groups of four, none of which is mistaken for another on paper."""
    return "-".join("".join(secrets.choice(_CLEAR_SIGNS) for _sign in range(4)) for _group in range(4))


def password_fits(password: str, password_hash: str | None) -> bool:
    """Whether this is the password; an unknown user costs the same time as a wrong password."""
    made, nobody = _hasher(settings().ARGON2_TIME_COST, settings().ARGON2_MEMORY_KIB)
    try:
        made.verify(password_hash or nobody, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None
