"""The keys of the discipline officers. The private part lies under the officer's passphrase, and that under the vault's
seal: who has the database alone cannot even try passphrases, and who has the server's keys can do no more than try."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from blueprints.accounts.models import Unit, User, name_digest
from blueprints.accounts.wall import Concerns, everybody_named, names
from core import clock, envelope, vault
from core.envelope import Cost, Pair
from core.extensions import Base, Id, Moment, db, new_id, reading
from core.record import ThreadHead
from core.roles import Role, Viewer
from settings import settings


class OfficerKey(ThreadHead, Base):
    """One pair of an officer. A pair that is given up keeps its row, but its private part is gone."""

    __tablename__ = "officer_key"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (secret_sealed IS NOT NULL)", name="secret"),
        Index("ix_officer_key_user", "user_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    public: Mapped[bytes]
    secret_sealed: Mapped[bytes | None]

    secret = vault.Sealed[str | None]("secret_sealed")  # under the passphrase besides; see open_with()

    user: Mapped[User] = relationship()

    @classmethod
    def make(cls, viewer: Viewer, made: "Made") -> "OfficerKey":
        """A first pair, or a new one in place of one whose passphrase is lost."""
        before = db.session.scalar(current(viewer.id).with_for_update())
        if before is not None:
            before.ended_at, before.secret = clock.now(), None
            before.trace("ended", by=viewer.id)
        key = cls(id=made.id, user_id=viewer.id, made_at=clock.now(), ended_at=None, public=made.public, version=0)
        key.secret = made.secret
        db.session.add(key)
        key.trace("made", by=viewer.id)
        db.session.flush()
        return key

    def put_under(self, secret: str, *, by: int) -> None:
        """The same pair under another passphrase: the sealing is slow work and is done before."""
        self.secret = secret
        self.trace("passphrase changed", by=by)


class Made:
    """A pair that is not kept yet. Slow by intent, so it is made before anything is held."""

    def __init__(self, passphrase: str) -> None:
        self.id = new_id()
        pair = Pair.of(envelope.fresh_key())
        self.public, self.private = pair.public, pair.private
        self.secret = sealed_under(self.id, pair.private, passphrase)


def cost() -> Cost:
    """What a guess at a passphrase costs: what one at a password does."""
    return Cost(settings().ARGON2_TIME_COST, settings().ARGON2_MEMORY_KIB)


def sealed_under(id: int, private: bytes, passphrase: str) -> str:
    """The private part under a passphrase, as it is kept."""
    return envelope.under_words(private, passphrase, _place(id), cost()).hex()


def open_with(passphrase: str, key: OfficerKey) -> bytes | None:
    """The private part, if this is the passphrase. Slow by intent."""
    try:
        return envelope.from_words(bytes.fromhex(key.secret or ""), passphrase, _place(key.id))
    except envelope.Unopened:
        return None


def _place(id: int) -> str:
    return f"officer_key.secret:{id}"


def current(user_id: int) -> Select[OfficerKey]:
    """The key that this person has now."""
    return select(OfficerKey).where(OfficerKey.user_id == user_id, OfficerKey.ended_at.is_(None))


def own_key(viewer: Viewer) -> OfficerKey | None:
    """The same, read without holding anything."""
    with reading() as session:
        return session.scalar(current(viewer.id))


def eligible(session: Session, concerns: Concerns, *, but: Sequence[int] = ()) -> list[OfficerKey]:
    """The keys of the officers who may receive something about these people and units: not who is named in it, nor who
    works in a unit named, or that of a person named, or below one. `but` are people who may not besides."""
    named = [(name_digest(person) if person else None, unit) for person, unit in everybody_named(session, concerns)]
    keys = (
        select(OfficerKey, User.name_digest, Unit.line)
        .join(User, User.id == OfficerKey.user_id)
        .join(Unit, Unit.id == User.unit_id)
        .where(User.role == Role.DISCIPLINE, User.closed_at.is_(None), OfficerKey.ended_at.is_(None))
        .where(User.id.not_in(but))
        .options(joinedload(OfficerKey.user))
        .order_by(OfficerKey.id)
    )
    return [key for key, digest, line in session.execute(keys) if not names(named, digest, line)]
