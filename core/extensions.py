"""The database, and the one place where a request's changes are kept or dropped.

Stock SQLAlchemy on SQLite loses updates without an error: two requests read, both write, the later one wins. So a
request that may write takes the write lock with its first statement (BEGIN IMMEDIATE) and a GET never writes.
"""

import secrets
import threading
import time
from collections import namedtuple
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from select import select as select_ready
from typing import Any, TypeVar

import psycopg
from flask import Flask, Request, Response
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from psycopg.pq import TransactionStatus
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Executable,
    Integer,
    MetaData,
    Result,
    Select,
    event,
    text,
)
from sqlalchemy.exc import InvalidatePoolError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from core import kept
from core.texts import OfficeBabel
from settings import Settings

Row = TypeVar("Row")

_FRESH = 5  # seconds; a connection that nobody used for longer is asked whether its server is still there

READING = frozenset({"GET", "HEAD", "OPTIONS"})

# On SQLite only an INTEGER key is the row id itself; BIGINT would add a second index.
Id = BigInteger().with_variant(Integer(), "sqlite")


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, aware on the way in and on the way out, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def one_of(column: str, words: Iterable[str]) -> str:
    """For a CHECK: the column holds one of these words."""
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


class Base(DeclarativeBase):
    """The tables of every room. A row has its id before it is written, since what it seals is bound to that id."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )

    def __init__(self, **values: Any) -> None:
        if "id" in self.__mapper__.columns:
            self.id = values.pop("id", None) or new_id()
        for name, value in values.items():
            if not hasattr(type(self), name):
                raise TypeError(f"{type(self).__name__} has no {name}")
            setattr(self, name, value)


db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})
csrf = CSRFProtect()
babel = OfficeBabel()
migrate = Migrate(render_as_batch=True, compare_type=True)

# --- ids -----------------------------------------------------------------------------------------------------------

_EPOCH_MS = 1_735_689_600_000  # 2025-01-01 in UTC
_RANDOM_BITS = 16
_ids = threading.Lock()
_last_id = 0


def new_id() -> int:
    """A key made by the application: the millisecond, then chance; later ones are larger within one process."""
    global _last_id
    with _ids:
        fresh = (time.time_ns() // 1_000_000 - _EPOCH_MS) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
        _last_id = max(fresh, _last_id + 1)
        return _last_id


# --- transactions --------------------------------------------------------------------------------------------------

_writing: ContextVar[bool] = ContextVar("writing", default=True)  # commands and tests may write; a GET may not
_only_reads: ContextVar[bool] = ContextVar("only_reads", default=False)  # this whole request does
_undo: ContextVar[list[Callable[[], None]] | None] = ContextVar("undo", default=None)


def writes() -> bool:
    """Whether the transaction that begins now may write."""
    return _writing.get()


@contextmanager
def reading() -> Iterator[Session]:
    """A short transaction of its own that only reads, so that slow work after it holds no lock.

    A request that only reads holds none in any case: it goes on in the transaction it has.
    """
    if _only_reads.get():
        yield db.session()
        return
    token = _writing.set(False)
    try:
        with Session(db.engine, expire_on_commit=False) as session:
            yield session
    finally:
        _writing.reset(token)


def fetch(session: Session, query: Executable, **values: Any) -> Result[*tuple[Any, ...]]:
    """Plain rows of columns for what each page asks: past the ORM, which would take three times as long over them; and
    past SQLAlchemy, where the query comes again (core/kept.py)."""
    return kept.ask(_connection(session), query, values)


def _connection(session: Session) -> Connection:
    connection: Connection | None = session.info.get("fetches")
    if connection is None or connection.closed:  # it is closed with its transaction
        connection = session.info["fetches"] = session.connection()
    return connection


def once(key: Hashable, ask: Callable[[], Row]) -> Row:
    """What `ask` answers: the answer it gave before, in a request that only reads."""
    if not _only_reads.get():
        return ask()
    answered: dict[Hashable, Row] = db.session.info.setdefault("answered", {})
    if key not in answered:
        answered[key] = ask()
    return answered[key]


def look(table: type[Row], query: Executable, **values: Any) -> Sequence[Row]:
    """Rows of a table, where they can be changed; in a request that only reads copies of them, asked for once.

    A copy has the columns of its row, what else the query asks for by a name, and what the class adds to them; but it
    cannot be changed, and no ORM sees to it.
    """
    if not _only_reads.get():
        return db.session.scalars(query, values).all()
    return once((query, *values.values()), lambda: _copies(table, fetch(db.session(), query, **values)))


def which_find(queries: Iterable[Select[Any]], **values: Any) -> set[Select[Any]]:
    """Those of these queries that find something, all asked in one statement. To put it together takes a hundred times
    as long as to run it: a query is to be the same object whenever the same is asked."""
    asked = tuple(dict.fromkeys(queries))
    if not asked:
        return set()
    answers = kept.whether(_connection(db.session()), asked, values)
    return {query for query, there in zip(asked, answers, strict=True) if there}


def _copies(table: Any, rows: Result[*tuple[Any, ...]]) -> Sequence[Any]:
    found = rows.all()
    return [*map(_copy_of(table, tuple(rows.keys()))._make, found)] if found else ()


@cache
def _copy_of(table: type[Any], columns: tuple[str, ...]) -> Any:
    own = {name: value for each in reversed(table.__mro__) for name, value in vars(each).items() if name not in columns}
    taken = {name: value for name, value in own.items() if not name.startswith(("__", "_sa_"))}
    return type(table.__name__, (namedtuple(table.__name__, columns),), {**taken, "__tablename__": table.__tablename__})


@contextmanager
def snapshot() -> Iterator[Session]:
    """A transaction that only reads and sees one moment of the whole database, however long it lasts."""
    token = _writing.set(False)
    try:
        with db.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            else:
                connection.exec_driver_sql("SELECT 1 FROM sqlite_master")  # a moment of SQLite begins with what is read
            with Session(connection) as session:
                yield session
    finally:
        _writing.reset(token)


@contextmanager
def aside() -> Iterator[Session]:
    """A second, short transaction that is kept even when the request's own is dropped: counters, for instance.

    The request's own ends before it: on SQLite its lock must not be in the way of ours.
    """
    with _second() as connection, Session(connection, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def beside() -> Iterator[Connection]:
    """The same for a plain statement, where nobody waits for the disk: the reading log.

    A loss of power may take what was written in the last moments.
    """
    with _second() as connection:
        sqlite = connection.dialect.name == "sqlite"
        raw: Any = connection.connection.driver_connection
        if sqlite:
            raw.execute("PRAGMA synchronous=NORMAL")  # it is changed between transactions only
        try:
            with connection.begin():
                if not sqlite:
                    connection.execute(text("SET LOCAL synchronous_commit = off"))
                yield connection
        finally:
            if sqlite:
                raw.execute("PRAGMA synchronous=FULL")


@contextmanager
def _second() -> Iterator[Connection]:
    db.session.rollback()
    token = _writing.set(True)
    try:
        with db.engine.connect() as connection:
            yield connection
    finally:
        _writing.reset(token)


def begin(request: Request) -> None:
    """A request begins: may it write? Known before anything is read for it, its session first of all."""
    reads = request.method in READING
    _only_reads.set(reads)
    _writing.set(not reads)
    _undo.set(None)


def on_rollback(undo: Callable[[], None]) -> None:
    """Call `undo` if what this request changes is dropped (a file that was stored for a row that is not)."""
    waiting = _undo.get()
    if waiting is None:
        _undo.set(waiting := [])
    waiting.append(undo)


def on_commit(do: Callable[[], None]) -> None:
    """Do this once what the session changes is kept (the file of a row that is no longer there goes)."""
    db.session.info.setdefault("on_commit", []).append(do)


@event.listens_for(Session, "after_commit")
def _kept(session: Session) -> None:
    for do in session.info.pop("on_commit", ()):
        with suppress(OSError):  # what stays behind is named by `flask check`
            do()


@event.listens_for(Session, "after_soft_rollback")
def _dropped(session: Session, _previous: Any) -> None:
    session.info.pop("on_commit", None)


def settle(response: Response) -> Response:
    """A successful change is kept, all else is dropped: here and nowhere else."""
    if writes() and response.status_code < 400:
        db.session.commit()
        _undo.set(None)
    else:
        db.session.rollback()
    return response


def init_app(app: Flask, settings: Settings) -> None:
    """Connect the extensions and the transaction rule."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(settings)
    db.init_app(app)
    csrf.init_app(app)
    migrate.init_app(app, db, directory=str(app.root_path) + "/migrations")
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _tune_sqlite(db.engine, settings)
        else:
            _tune_postgres(db.engine)

    @app.teardown_request
    def drop(error: BaseException | None) -> None:
        try:
            db.session.rollback()
        finally:
            for undo in _undo.get() or ():
                with suppress(OSError):  # what stays behind is named by `flask check`
                    undo()
            _undo.set(None)
            _writing.set(True)
            _only_reads.set(False)


def _engine_options(settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {"hide_parameters": True}  # an error message must not carry a letter
    options["pool_use_lifo"] = True  # the connection that was used last has the most at hand
    if settings.database.startswith("sqlite"):
        options["connect_args"] = {
            "timeout": settings.BUSY_SECONDS,
            "check_same_thread": False,
            "cached_statements": 512,  # an office has more than the driver's 128
        }
        options["pool_size"] = 16
    else:
        options["connect_args"] = {
            "connect_timeout": settings.BUSY_SECONDS,
            "options": f"-c lock_timeout={settings.BUSY_SECONDS}s -c statement_timeout=60s",
        }
    return options


def _tune_postgres(engine: Engine) -> None:
    """A connection from before a restart is replaced, not handed out; what reading has had planned stays so on it."""

    @event.listens_for(engine, "checkin")
    def checkin(_raw: Any, record: Any) -> None:
        record.info["since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def checkout(raw: Any, record: Any, _proxy: Any) -> None:
        try:
            if time.monotonic() - record.info.get("since", 0) > _FRESH or _told_something(raw.pgconn.socket):
                engine.dialect.do_ping(raw)
        except psycopg.Error as error:
            raise InvalidatePoolError from error  # the others are as old

    @event.listens_for(engine, "rollback")
    def rollback(connection: Connection) -> None:
        # The driver forgets every statement it prepared once it rolls back, for what they name might be gone with it;
        # then it would prepare none, since most requests end so. Where nothing was changed, the server is told instead.
        # After an error it is to forget: a migration under a running server makes what was planned before useless.
        if writes() or connection.invalidated:
            return
        raw: Any = connection.connection.driver_connection
        if raw.info.transaction_status == TransactionStatus.INTRANS:
            raw.pgconn.exec_(b"ROLLBACK")


def _told_something(socket: int) -> bool:
    """Whether a server said something unasked, as one does that goes away. It is seen without a question."""
    try:
        return bool(select_ready([socket], [], [], 0)[0])
    except ValueError:  # a number that this question cannot be asked about
        return True


def _tune_sqlite(engine: Engine, settings: Settings) -> None:
    """Durable commits, real transactions, foreign keys; writers of one process wait in a queue, not asleep."""
    turn = threading.Lock()

    @event.listens_for(engine, "connect")
    def connect(raw: Any, _record: Any) -> None:
        raw.isolation_level = None  # the driver's own BEGIN comes too late and is never IMMEDIATE
        cursor = raw.cursor()
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not writes():
            driver(connection).execute("BEGIN")  # past SQLAlchemy, since it is in every request and cannot fail
            return
        if not turn.acquire(timeout=settings.BUSY_SECONDS):
            raise OperationalError("BEGIN IMMEDIATE", None, TimeoutError("another change holds the database"))
        connection.info["turn"] = turn
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            give_back(connection)
            raise

    @event.listens_for(engine, "commit")
    def commit(connection: Connection) -> None:
        # SQLAlchemy tells before it commits: commit here, so that the lock is held until the data are safe.
        try:
            connection.exec_driver_sql("COMMIT")
        finally:
            if not driver(connection).in_transaction:
                give_back(connection)

    @event.listens_for(engine, "rollback")
    def rollback(connection: Connection) -> None:
        try:
            driver(connection).rollback()
        finally:
            give_back(connection)

    def driver(connection: Connection) -> Any:
        return connection.connection.driver_connection

    def give_back(connection: Connection) -> None:
        held = connection.info.pop("turn", None)
        if held is not None:
            held.release()
