"""The operator's commands, all under `flask`: fill, check, back up, restore, and change the keys of an office."""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click
import flask_migrate
from alembic import command as alembic
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import Connection, func, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

import demo
from blueprints.accounts.domain import USERNAME
from blueprints.accounts.models import Unit, User, first_password
from blueprints.petitions.casefile.models import Attachment, Concern, Message, Paper, Serial
from blueprints.petitions.docket.domain import WORKFLOW, State
from blueprints.petitions.docket.models import INDEX, Petition, enough_left
from blueprints.petitions.screening.domain import WORKFLOW as ITEM_WORKFLOW
from blueprints.petitions.screening.models import Item, ItemConcern
from core import attachments, backup, check, clock, places, rotation, sheets, vault
from core.extensions import db, snapshot
from core.record import Entry, Fault
from core.roles import Role
from settings import settings

_SHOWN = 20  # faults of one sort; the others are counted


@contextmanager
def alone() -> Iterator[None]:
    """One of these at a time: the lock is SQLite's on an empty file, so it ends with its process on every system."""
    lock = sqlite3.connect(settings().instance / "data" / "upkeep.lock", timeout=0, isolation_level=None)
    try:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise click.ClickException("Another check, backup, restore or change of keys is running.") from None
        yield
    except DBAPIError as error:
        raise click.ClickException(f"The database says: {_first_line(error)}.") from None
    finally:
        lock.close()


def _first_line(error: DBAPIError) -> str:
    """What the database says, without the lines after it, which may quote a row."""
    return next(iter(str(error.orig).splitlines()), type(error).__name__)


# --- beginning -----------------------------------------------------------------------------------------------------


@click.command("demo")
@click.option(
    "--first", is_flag=True, help="At every start: fill the office only where DEMO=1 and nobody has an account."
)
@with_appcontext
def fill_demo(first: bool) -> None:
    """Fill an empty office with invented people and letters."""
    if first and not settings().DEMO:
        return
    if _somebody():
        if first:
            return
        raise click.ClickException("The office is not empty: the demo is only for an empty one.")
    for line in (*demo.fill(), *(() if first else demo.sign_in_names())):  # a server that starts tells the names itself
        click.echo(line)


def _somebody() -> bool:
    _needs_tables()
    return db.session.scalar(select(User.id).limit(1)) is not None


def _needs_tables() -> None:
    """Raises click.ClickException where the database is not the one that this program knows."""
    try:
        with snapshot() as session:
            there = inspect(session.connection()).has_table("alembic_version")
            revision = session.scalar(text("SELECT version_num FROM alembic_version")) if there else None
    except DBAPIError as error:
        raise click.ClickException(f"The database does not answer: {_first_line(error)}.") from None
    if revision != ScriptDirectory.from_config(_alembic()).get_current_head():
        raise click.ClickException("The database has not the tables of this version: run `flask db upgrade` first.")


@click.command("create-admin")
@click.option("--username", prompt="User name (for signing in, such as liwei)")
@click.option("--name", prompt="Name (of the person)")
@with_appcontext
def create_admin(username: str, name: str) -> None:
    """Open the account of an administrator; the first password is shown once."""
    _needs_tables()
    username, name = username.strip().lower(), name.strip()
    if not USERNAME.fullmatch(username):
        raise click.ClickException("A user name begins with a letter: 2 to 40 of a-z, 0-9, dot, hyphen, underscore.")
    if not 0 < len(name) <= 60 or not name.isprintable():
        raise click.ClickException("A name has 1 to 60 characters.")
    if db.session.scalar(select(User.id).where(User.username == username)):
        raise click.ClickException(f"The user name {username} is taken.")
    office = db.session.scalar(select(Unit).where(Unit.is_office))
    if office is None:
        office = Unit.open(settings().OFFICE_NAME, None, by=None, is_office=True)
    password = first_password()
    User.open(username, name, Role.ADMINISTRATOR, office, password, by=None)
    db.session.commit()
    click.echo(f"{name} ({username}) is an administrator of {office.name}.")
    click.echo(f"First password, shown this once, to be changed at the first sign-in: {password}")


# --- proof ---------------------------------------------------------------------------------------------------------


@click.command("check")
@with_appcontext
def check_all() -> None:
    """Prove that whatever the office keeps is there, opens, and was not altered. Exit code 1 if not."""
    _needs_tables()
    counts: check.Counts = Counter()
    with alone():
        listed = list(attachments.on_disk())
        with snapshot() as session:
            wrong = _tell(check.faults(session, HOLDINGS, counts))
            strays = [f"uploads/{stray}" for stray in check.strays(session, Attachment, listed)]
            unseen = list(_unseen(session))
    for remarks, more in ((strays, "files that no row names"), (unseen, "letters that nobody here can move on")):
        for remark in remarks[:_SHOWN]:
            click.echo(f"Remark: {remark}.")
        if len(remarks) > _SHOWN:
            click.echo(f"Remark: {len(remarks) - _SHOWN} more {more}.")
    click.echo("Looked at: " + _sum(counts))
    if wrong:
        raise click.ClickException(f"{wrong} things are wrong.")
    click.echo("Everything is in order.")


def _tell(faults: Iterable[Fault]) -> int:
    """Name what is wrong, line by line, and of one sort not endlessly; how many there were."""
    sorts: Counter[str] = Counter()
    for fault in faults:
        sorts[fault.what] += 1
        if sorts[fault.what] <= _SHOWN:
            click.echo(f"{fault.where}: {fault.what}", err=True)
    for what, count in sorts.items():
        if count > _SHOWN:
            click.echo(f"… and {count - _SHOWN} more: {what}", err=True)
    return sorts.total()


def _sum(counts: check.Counts) -> str:
    return ", ".join(f"{what.replace('_', ' ')} {count}" for what, count in sorted(counts.items())) or "nothing"


def _docket_faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """What the docket promises besides: found by a search, moved by the record alone, numbered without a gap."""
    moves = [step.action for step in WORKFLOW]
    last = (
        select(Entry.data)
        .where(Entry.thread == "petition", Entry.thread_id == Petition.id, Entry.action.in_(moves))
        .order_by(Entry.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    for petition, noted in check.rows(session, select(Petition, last)):
        counts["letters"] += 1
        if petition.state != (noted or {"state": State.RECEIVED}).get("state"):
            yield Fault(f"petition {petition.id}", "its state is not what the record says")
        with suppress(vault.Broken, ValueError):  # named already
            if not INDEX.holds(session, petition.id, petition.words):
                yield Fault(f"petition {petition.id}", "a search does not find it")
    yield from _out_of_step(session)
    for paper in session.scalars(select(Paper).execution_options(yield_per=200)):
        counts["papers"] += 1
        try:
            sheets.from_json(paper.sheets)
        except (KeyError, TypeError, ValueError):
            yield Fault(f"paper {paper.number}", "its text cannot be read")
        except vault.Broken:
            continue
    for serial in session.scalars(select(Serial)):
        given = select(func.count(Paper.id)).where(Paper.kind == serial.kind, Paper.year == serial.year)
        if serial.kind == "docket":
            given = select(func.count(Petition.id)).where(Petition.number.startswith(f"{serial.year}-"))
        if (there := session.scalar(given)) != serial.last:
            yield Fault(f"numbers of {serial.kind} {serial.year}", f"{serial.last} were given, {there} are there")
    yield from _screening_faults(session, counts)


def _screening_faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """Items moved by the record alone, each with the wall that it came in with."""
    of_item = select(Entry.data).where(Entry.thread == "screening_item", Entry.thread_id == Item.id)
    moves = of_item.where(Entry.action.in_([step.action for step in ITEM_WORKFLOW]))
    last = moves.order_by(Entry.number.desc()).limit(1).scalar_subquery()
    first = of_item.where(Entry.number == 1).scalar_subquery()
    walled = select(func.count(ItemConcern.id)).where(ItemConcern.item_id == Item.id).scalar_subquery()
    begin = {"state": ITEM_WORKFLOW.start}
    for id, state, noted, came, there in check.rows(session, select(Item.id, Item.state, last, first, walled)):
        counts["screening items"] += 1
        if state != (noted or begin).get("state"):
            yield Fault(f"screening_item {id}", "its state is not what the record says")
        if there != (came or {}).get("concerns"):
            yield Fault(f"screening_item {id}", f"{there} concerns are there, its record tells of another number")


def _out_of_step(session: Session) -> Iterator[Fault]:
    """Matters with more or less in their file than their record tells of: each part was counted when it came in."""
    told: dict[str, Counter[int]] = {what: Counter() for what in ("files", "concerns", "messages", "papers")}
    try:
        for id, data in check.rows(session, select(Entry.thread_id, Entry.data).where(Entry.thread == "petition")):
            told["files"][id] += data.get("files", 0)
            told["concerns"][id] += data.get("concerns", 0)
            told["messages"][id] += "message" in data
            told["papers"][id] += "paper" in data
    except (ValueError, TypeError, AttributeError):
        return  # named already: an entry holds what no entry can hold
    parts: dict[str, Any] = {"files": Attachment, "concerns": Concern, "messages": Message, "papers": Paper}
    for what, part in parts.items():
        rows = check.rows(session, select(part.petition_id, func.count()).group_by(part.petition_id))
        there = {id: count for id, count in rows}  # noqa: C416 - a Row is no pair to mypy
        for id, count in told[what].items():
            if there.get(id, 0) != count:
                yield Fault(f"petition {id}", f"its record tells of {count} {what}, there are {there.get(id, 0)}")


def _unseen(session: Session) -> Iterator[str]:
    """Open letters that wait for somebody who is not there, or may not see them, because accounts or units changed."""
    about: dict[int, list[tuple[bytes | None, int | None]]] = {}
    rows = select(Concern.petition_id, Concern.person_digest, Concern.unit_id)
    rows = rows.join(Petition, Petition.id == Concern.petition_id).where(Petition.state != State.CLOSED)
    for id, person, unit in session.execute(rows):
        about.setdefault(id, []).append((person, unit))
    for id, concerns in about.items():
        if not enough_left(session, concerns):
            yield f"petition {id}: it complains of every clerk or every leader there is now, so nobody can move it on"
    handlers: dict[int, list[tuple[bytes, str]]] = {}
    people = select(User.unit_id, User.name_digest, Unit.line).join(Unit, Unit.id == User.unit_id)
    for unit, digest, line in session.execute(people.where(User.role == Role.HANDLER, User.closed_at.is_(None))):
        handlers.setdefault(unit, []).append((digest, line))

    def walled(id: int, digest: bytes, line: str) -> bool:
        return any(person == digest or (unit and f"/{unit}/" in line) for person, unit in about.get(id, ()))

    given: Any = select(Petition.id, Petition.unit_id).where(Petition.state == State.ASSIGNED)
    for id, unit in check.rows(session, given):
        if all(walled(id, *handler) for handler in handlers.get(unit, ())):
            yield f"petition {id}: nobody in the unit it was given to may see it"


def _index(session: Session) -> int:
    """Write the search index anew."""
    INDEX.empty(session)
    count = 0
    petitions = session.scalars(select(Petition).execution_options(yield_per=200))
    for some in petitions.partitions():
        INDEX.put_all(session, [(each.id, each.words) for each in some])
        count += len(some)
    return count


HOLDINGS = check.Holdings(files=Attachment, faults=_docket_faults, index=_index)


# --- backup --------------------------------------------------------------------------------------------------------


@click.command("backup")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@with_appcontext
def back_up(folder: Path) -> None:
    """Write a sealed backup into a new dated folder inside DIR, while the office goes on, and read it back."""
    _needs_tables()
    name = f"office-{clock.local(clock.now()):%Y%m%d-%H%M%S}"
    fresh, done = folder / f"{name}.unfinished", folder / name
    try:
        with alone():
            folder.mkdir(parents=True, exist_ok=True)
            with snapshot() as session:
                written = backup.write(session, fresh, Attachment)
            if backup.verify(fresh, Attachment) != written:
                raise backup.Unusable("What was written is not what was read back.")
            fresh.rename(done)
            vault.sync_folder(folder)
    except (backup.Unusable, OSError) as error:
        raise click.ClickException(f"No backup was made. {_plain(error)}") from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    click.echo(f"Backup: {done}")
    click.echo("Written and read back: " + _sum(written))
    click.echo(f"The keys are NOT in it. Keep a copy of {vault.keys().path} in another safe place:")
    click.echo("without it this backup cannot be opened by anybody.")


def _plain(error: Exception) -> str:
    return f"{error.strerror}." if isinstance(error, OSError) else str(error)


@click.command("restore")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@with_appcontext
def restore(folder: Path) -> None:
    """Bring a backup back into an empty office: all of it, checked, or nothing."""
    try:
        with alone():
            revision = backup.revision(folder)
            head = _head_after(revision)
            backup.verify(folder, Attachment)
            with snapshot() as session:
                _must_be_empty(session.connection())
            flask_migrate.upgrade()
            with db.engine.begin() as connection:
                _must_be_empty(connection)
                restored = _bring_back(connection, folder, revision, head)
    except (backup.Unusable, OSError) as error:
        raise click.ClickException(f"Nothing was restored. {_plain(error)}") from None
    click.echo("Restored and checked: " + _sum(restored))


def _bring_back(connection: Connection, folder: Path, revision: str, head: str) -> check.Counts:
    """All of a restore, in one transaction: into the tables as they were then, and from there to those of today."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    config = _alembic()
    config.attributes["connection"] = connection
    if revision != head:
        alembic.downgrade(config, "base")
        alembic.upgrade(config, revision)
    restored = backup.read(connection, folder, Attachment)
    if revision != head:
        alembic.upgrade(config, "head")
    with Session(connection) as session:
        restored["searchable"] = HOLDINGS.index(session)
        if _tell(check.faults(session, HOLDINGS, Counter())):
            raise backup.Unusable("The backup does not stand the check.")
    return restored


def _alembic() -> Config:
    config: Config = current_app.extensions["migrate"].migrate.get_config()
    return config


def _head_after(revision: str) -> str:
    """The newest revision of the tables, if that of a backup leads there. Raises backup.Unusable."""
    script = ScriptDirectory.from_config(_alembic())
    try:
        script.get_revision(revision)
    except CommandError:
        raise backup.Unusable("It was made by a newer version of this program: install that first.") from None
    return str(script.get_current_head())


def _must_be_empty(connection: Connection) -> None:
    """Raises backup.Unusable where a table of the office has a row."""
    there = set(inspect(connection).get_table_names())
    for table in db.metadata.sorted_tables:
        if table.name in there - backup.LEFT_OUT and connection.execute(select(table).limit(1)).first():
            raise backup.Unusable("The office is not empty: a backup is restored into an empty one.")


# --- keys ----------------------------------------------------------------------------------------------------------


@click.command("rotate-keys")
@click.option(
    "--forget-old", is_flag=True, help="Afterwards drop the old keys; older backups then need a copy of them."
)
@with_appcontext
def rotate_keys(forget_old: bool) -> None:
    """Seal everything with a new key, while the office goes on. If it is killed, run it again."""
    _needs_tables()
    with alone():
        if _unfinished():
            click.echo("An earlier run was not finished: going on with its key.")
        else:
            vault.keys().add()
        click.echo("Sealed again: " + _sum(rotation.seal_again(Attachment)))
        if _unfinished():
            raise click.ClickException("Not everything could be sealed again: run it once more, then `flask check`.")
        kept = rotation.forget_old(Attachment) if forget_old else None
    click.echo(f"The keys have changed: copy {vault.keys().path} to its safe place again, now.")
    if kept:
        click.echo(
            f"The old keys are gone from it. A copy of all stands in {kept}: move it to where the older backups are."
        )
    elif forget_old:
        raise click.ClickException("The old keys stay: something was written with them just now. Run it once more.")


def _unfinished() -> bool:
    with snapshot() as session:
        return rotation.unfinished(session.connection(), Attachment)


ALL = (fill_demo, places.import_places, create_admin, check_all, back_up, restore, rotate_keys)
