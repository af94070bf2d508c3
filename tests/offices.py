"""Makes the offices that the tests work in: quickly, by real migrations, on SQLite and on PostgreSQL.

One is migrated and peopled once for each database; others are copies of it. The one that most tests ask for is used
again: what a test left in it is put back as it was at first, or else the next test gets a new one.
"""

import dataclasses
import shutil
from collections.abc import Callable, Hashable
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import flask_migrate
import psycopg
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket
from psycopg import sql
from sqlalchemy import Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from app import create_app
from core.extensions import db
from settings import Settings
from tests import postgres
from tests.people import open_office

QUICK = Settings(DEMO=False, ARGON2_TIME_COST=1, ARGON2_MEMORY_KIB=8)
MODELS = {True: "peopled", False: "migrated"}  # the databases that are copied: with people, or without
REMEMBERED = ("calendar", "jobs", "places", "procedures", "units")  # what an office keeps in memory of its tables

_compile, _compiled = Rule.compile, dict[Hashable, tuple[Any, ...]]()


def _compile_once(rule: Rule) -> None:
    """What an address is read and written by: the same in each office of the tests, and most of the time of a new one."""
    key = (rule.rule, rule.subdomain, repr(rule.defaults))
    if key in _compiled:
        rule._parts, rule._trace, rule._converters, arguments, build, build_unknown = _compiled[key]
        rule.arguments |= arguments
        rule._build, rule._build_unknown = build.__get__(rule), build_unknown.__get__(rule)
        return
    _compile(rule)
    build, build_unknown = (each.__func__ for each in (rule._build, rule._build_unknown))  # type: ignore[attr-defined]
    _compiled[key] = (rule._parts, rule._trace, rule._converters, {*rule.arguments}, build, build_unknown)


Rule.compile = _compile_once  # type: ignore[assignment, method-assign]


class Compiled(FileSystemBytecodeCache):
    """Templates are compiled once a language, not once a test."""

    def get_bucket(self, environment: Any, name: str, filename: str | None, source: str) -> Bucket:
        return super().get_bucket(environment, f"{environment.language}/{name}", filename, source)


class Tables(Protocol):
    """A database that knows what it held at first."""

    def put_back(self) -> bool:
        """Make it so again; False where that cannot be done."""

    def close(self) -> None: ...


class OfSqlite:
    """One file, copied over again. Nobody may be connected."""

    def __init__(self, app: Flask, model: Path) -> None:
        self.file, self.model = Path(app.instance_path, "data", "office.db"), model / "data" / "office.db"

    def put_back(self) -> bool:
        for beside in self.file.parent.glob("office.db-*"):
            beside.unlink()
        shutil.copyfile(self.model, self.file)
        return True

    def close(self) -> None:
        pass


class OfPostgres:
    """Its tables, emptied and filled again where a row changed: a tenth of the work of copying a database, and whoever
    is connected has all at hand that was asked before."""

    SWEPT = 100  # after so many times what was deleted is swept out: nobody else does it
    # What has been made, changed or dropped besides rows: then all is made anew.
    BUILT = sql.SQL("""SELECT array_agg((place, number, newest)::text ORDER BY place) FROM (
        SELECT 1, count(*), max(xmin::text::bigint) FROM pg_class UNION ALL
        SELECT 2, count(*), max(xmin::text::bigint) FROM pg_attribute UNION ALL
        SELECT 3, count(*), max(xmin::text::bigint) FROM pg_constraint UNION ALL
        SELECT 4, count(*), max(xmin::text::bigint) FROM pg_index UNION ALL
        SELECT 5, count(*), max(xmin::text::bigint) FROM pg_trigger UNION ALL
        SELECT 6, count(*), max(xmin::text::bigint) FROM pg_proc UNION ALL
        SELECT 7, count(*), sum(last_value) FROM pg_sequences
        ) AS built (place, number, newest)""")

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True, prepare_threshold=1, options="-c lock_timeout=5s")
        # It has one to itself: whoever sets this role makes the database plan anew what it was asked before.
        self.filling = psycopg.connect(
            url, autocommit=True, options="-c lock_timeout=5s -c session_replication_role=replica"
        )
        found = self.connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        self.names = [name for (name,) in found.fetchall()]
        self.rows = {name: rows for name in self.names if (rows := self._copy_out(name))}
        self.built = self._ask(self.BUILT)
        self.changed = self._changed()
        self.newest = self._newest()
        self.times = 0

    def _copy_out(self, name: str) -> bytes:
        with self.connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))) as copy:
            return b"".join(copy)

    def _changed(self) -> sql.Composed:
        """Asks of each table whether it has other rows than at first."""
        empty = sql.SQL("EXISTS (SELECT FROM {table})")
        filled = sql.SQL("(SELECT count(*) <> {number} OR max(xmin::text::bigint) > %(newest)s FROM {table})")
        return sql.SQL("SELECT ARRAY[{}]").format(
            sql.SQL(", ").join(
                (filled if name in self.rows else empty).format(
                    table=sql.Identifier(name), number=self.rows.get(name, b"").count(b"\n")
                )
                for name in self.names
            )
        )

    def _newest(self) -> int:
        row = self.filling.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
        assert row
        newest: int = row[0]
        return newest

    def _ask(self, question: sql.SQL | sql.Composed, **values: Any) -> Any:
        row = self.connection.execute(question, values).fetchone()
        assert row
        return row[0]

    def put_back(self) -> bool:
        try:
            if self._ask(self.BUILT) != self.built:
                return False
            answers = self._ask(self.changed, newest=self.newest)
            changed = [name for name, other in zip(self.names, answers, strict=True) if other]
            emptied = (sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in changed)
            with self.filling.transaction():
                self.filling.execute(sql.SQL("; ").join(emptied), prepare=False)
                for name in changed:
                    if name in self.rows:
                        into = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))
                        with self.filling.cursor().copy(into) as copy:
                            copy.write(self.rows[name])
                self.newest = self._newest()
            self.times += 1
            if self.times % self.SWEPT == 0:
                self.connection.execute("VACUUM")
        except psycopg.Error:  # somebody holds a row, or the server went away
            return False
        return True

    def close(self) -> None:
        self.connection.close()
        self.filling.close()


class Office:
    """An office that is used again."""

    def __init__(self, app: Flask, database: str | None, tables: Tables) -> None:
        self.app, self.database, self.tables = app, database, tables
        self.besides = self._besides()

    def _besides(self) -> tuple[Any, ...]:
        """What makes an office besides its tables and its files."""
        own = self.app.extensions
        at_work = [each for each in own.get("jobs", {}).values() if each.thread and each.thread.is_alive()]
        keys = {path: path.read_bytes() for path in own["settings"].keys.iterdir()}
        remembered = {*own} - {*REMEMBERED}
        return {**self.app.config}, own["settings"], own["vault"], keys, remembered, at_work

    def put_back(self) -> bool:
        """As it was at first; False where something was changed that no page changes, or goes on."""
        app, uploads = self.app, self.app.extensions["settings"].uploads
        with app.app_context():
            engine = db.engine
        pool: Any = engine.pool
        if pool.checkedout() or self._besides() != self.besides or not uploads.is_dir():
            return False
        if engine.dialect.name == "sqlite":
            engine.dispose()
        for name in REMEMBERED:
            app.extensions.pop(name, None)
        try:
            for path in uploads.iterdir():
                shutil.rmtree(path)
        except OSError:  # no page puts a file there
            return False
        return self.tables.put_back()


class Offices:
    """Makes offices quickly: migrated and peopled once for each database, then copied, or put back after a test."""

    def __init__(self, folder: Path, server: Callable[[], postgres.Server], models: "Offices | None" = None) -> None:
        """What `models` has made already is copied from there; what is made here stays until it is closed here."""
        self.models = models or self
        self.folder = folder
        self.server = server
        self.numbers = count(1)
        self.pages: Compiled = models.pages if models else Compiled(str(folder))
        self.engines: dict[str, Engine] = models.engines if models else {}
        self.open: list[tuple[Flask, str | None]] = []
        self.usual: dict[str, Office] = {}  # by database
        self.lent: set[str] = set()

    def _model(self, kind: str, people: bool) -> Path:
        """The folder of an office that is only copied: with the tests' people, or as the migrations leave it."""
        instance = self.folder / f"model-{kind}-{people}"
        if instance.exists():
            return instance
        if people:
            shutil.copytree(self._model(kind, people=False), instance)
        url = ""
        if kind == "postgres":
            url = self.server().copy(self._named(MODELS[False]) if people else "template1", self._named(MODELS[people]))
        app = create_app(dataclasses.replace(QUICK, INSTANCE=instance, DATABASE_URL=url))
        with app.app_context():
            if people:
                open_office()
            else:
                flask_migrate.upgrade()
            db.session.commit()
            db.session.remove()
            db.engine.dispose()
        return instance

    def again(self, kind: str) -> Flask:
        """The office on that database that tests use one after another, as it was at first."""
        if kind not in self.usual:
            self.make(kind)
            app, database = self.open.pop()
            url = app.extensions["settings"].DATABASE_URL
            tables = OfPostgres(url) if kind == "postgres" else OfSqlite(app, self.models._model(kind, people=True))
            self.usual[kind] = Office(app, database, tables)
        self.lent.add(kind)
        return self.usual[kind].app

    def make(self, kind: str, at: Path | None = None, **changes: object) -> Flask:
        """A new office on that database, in the folder `at` if it matters; `changes` are settings."""
        instance = at or self.folder / f"office-{next(self.numbers)}"
        shutil.copytree(self.models._model(kind, people=True), instance)
        return self._opened(kind, instance, MODELS[True], changes)

    def bare(self, kind: str, keys: Path | None, **changes: object) -> Flask:
        """An office as `flask db upgrade` leaves it, with keys of its own or those in a folder."""
        instance = self.folder / f"bare-{next(self.numbers)}"
        shutil.copytree(
            self.models._model(kind, people=False), instance, ignore=shutil.ignore_patterns("keys", "uploads")
        )
        if keys is not None:
            shutil.copytree(keys, instance / "keys")
        return self._opened(kind, instance, MODELS[False], changes)

    def _opened(self, kind: str, instance: Path, model: str, changes: dict[str, Any]) -> Flask:
        name = None
        if kind == "postgres":
            name = self._named(instance.name)
            changes = {"DATABASE_URL": self.server().copy(self.models._named(model), name), **changes}
        app = create_app(dataclasses.replace(QUICK, INSTANCE=instance, **changes))
        app.jinja_env.bytecode_cache = self.pages
        self._share(app, kind)
        self.open.append((app, name))
        return app

    def _named(self, database: str) -> str:
        return f"{self.folder.name}-{database}"  # several who make offices may share a server

    def _share(self, app: Flask, kind: str) -> None:
        """Statements are compiled once a database, not once a test: the engines of one kind keep them together."""
        with app.app_context():
            engine = db.engine
        first = self.engines.get(kind)
        if first is None:
            with engine.connect():  # what the dialect finds out about the database, it finds out now
                pass
            engine._compiled_cache = LRUCache(10_000)
            self.engines[kind] = engine
        else:
            engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache

    def tidy(self) -> None:
        """A test is over: what it made goes, what it used is put back."""
        for kind in {*self.lent}:
            self.lent.remove(kind)
            office = self.usual.pop(kind)
            if office.put_back():
                self.usual[kind] = office
            else:
                self._give_up(office)
        for app, name in self.open:
            self._remove(app, name)
        self.open.clear()

    def _give_up(self, office: Office) -> None:
        office.tables.close()
        self._remove(office.app, office.database)

    def _remove(self, app: Flask, name: str | None) -> None:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        if name:
            self.server().drop(name)
        shutil.rmtree(app.instance_path, ignore_errors=True)

    def close(self) -> None:
        """The tests are over."""
        self.lent.clear()
        for office in self.usual.values():
            self._give_up(office)
        self.usual.clear()
        self.tidy()
