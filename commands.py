"""The operator's commands, all under `flask`: fill, check, back up, restore, and change the keys of an office."""

import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import click
import flask_migrate
from alembic import command as alembic
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

import demo
import rooms
from blueprints.accounts.domain import USERNAME
from blueprints.accounts.models import Unit, User, first_password, load_viewer
from blueprints.bypass.domain import in_words, unpack
from blueprints.bypass.models import hand_over
from blueprints.petitions.daily import models as daily
from core import attachments, backup, check, clock, mail, places, rotation, vault
from core.envelope import Unopened, make_pair, private_key
from core.extensions import db, snapshot
from core.permissions import PERMISSIONS
from core.record import Fault
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
    if revision != _versions().get_current_head():
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
            wrong = _tell(check.faults(session, rooms.faults, counts))
            strays = [f"uploads/{stray}" for stray in check.strays(session, listed)]
            unseen = list(rooms.unseen(session))
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
                written = backup.write(session, fresh)
            if backup.verify(fresh) != written:
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
            backup.verify(folder)
            with snapshot() as session:
                _must_be_empty(session)
            flask_migrate.upgrade()
            with db.engine.begin() as connection:
                _must_be_empty(Session(connection))
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
    restored = backup.read(connection, folder)
    if revision != head:
        alembic.upgrade(config, "head")
    with Session(connection) as session:
        restored["searchable"] = rooms.index(session)
        if _tell(check.faults(session, rooms.faults, Counter())):
            raise backup.Unusable("The backup does not stand the check.")
    return restored


def _alembic() -> Config:
    config: Config = current_app.extensions["migrate"].migrate.get_config()
    return config


@cache
def _versions() -> ScriptDirectory:
    """The revisions of the tables: files of this program, read once."""
    return ScriptDirectory.from_config(_alembic())


def _head_after(revision: str) -> str:
    """The newest revision of the tables, if that of a backup leads there. Raises backup.Unusable."""
    script = _versions()
    try:
        script.get_revision(revision)
    except CommandError:
        raise backup.Unusable("It was made by a newer version of this program: install that first.") from None
    return str(script.get_current_head())


def _must_be_empty(session: Session) -> None:
    """Raises backup.Unusable where a table of the office has a row."""
    there = frozenset(inspect(session.connection()).get_table_names())
    if check.filled(session, there - backup.LEFT_OUT):
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
        click.echo("Sealed again: " + _sum(rotation.seal_again()))
        if _unfinished():
            raise click.ClickException("Not everything could be sealed again: run it once more, then `flask check`.")
        kept = rotation.forget_old() if forget_old else None
    click.echo(f"The keys have changed: copy {vault.keys().path} to its safe place again, now.")
    if kept:
        click.echo(
            f"The old keys are gone from it. A copy of all stands in {kept}: move it to where the older backups are."
        )
    elif forget_old:
        raise click.ClickException("The old keys stay: something was written with them just now. Run it once more.")


def _unfinished() -> bool:
    with snapshot() as session:
        return rotation.unfinished(session)


# --- the daily digest ----------------------------------------------------------------------------------------------


@click.command("digest")
@with_appcontext
def digest() -> None:
    """Tell everybody who has something late or due within a week: by mail where that is set, else on the desk."""
    _needs_tables()
    people = select(User.id).where(User.closed_at.is_(None), User.role.in_(PERMISSIONS["petitions.move"]))
    counts: Counter[str] = Counter()
    for id in db.session.scalars(people.order_by(User.id)).all():
        viewer = load_viewer(db.session(), id)
        made = daily.make_digest(viewer) if viewer else None
        if viewer is None or made is None:
            continue
        kept, due = made
        counts["digests"] += 1
        address = daily.address_of(viewer) if kept.sent_at is None and mail.ready() else ""
        db.session.commit()  # kept before anything leaves, and nothing is held meanwhile; sent once, however often run
        if address:
            try:
                mail.send(address, *_in_words(due))
            except mail.NotSent as error:
                click.echo(f"To the account {id} nothing was sent: {error}", err=True)
                counts["failed"] += 1
                continue
            kept.sent_at = clock.now()
            db.session.commit()
            counts["mails"] += 1
    click.echo("Digests: " + _sum(counts))
    if counts["failed"]:
        raise click.ClickException("Some were not sent: they stand on the desk, and are sent when this is run again.")


def _in_words(due: list[daily.Due]) -> tuple[str, str]:
    """Title and text of a digest, in both languages: numbers and dates alone."""
    parts = []
    for locale in ("zh_Hans_CN", "en"):
        with force_locale(locale):
            lines = [f"{each.number or _('not registered yet')}  {each.due_on.isoformat()}" for each in due[:_SHOWN]]
            more = [_("And %(count)s more.", count=len(due) - _SHOWN)] if len(due) > _SHOWN else []
            parts.append("\n".join([_("Late, or due within a week:"), *lines, *more]))
    with force_locale("zh_Hans_CN"):
        title = _("Matters that are due")
    return title, "\n\n".join(parts)


# --- the organ one level up ----------------------------------------------------------------------------------------


@click.command("superior-keys")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--passphrase", prompt="Passphrase of the private key", hide_input=True, confirmation_prompt=True)
def superior_keys(folder: Path, passphrase: str) -> None:
    """For the organ one level up, on its own machine: make the pair of keys that letters about this office go to."""
    if len(passphrase) < 12:
        raise click.ClickException("The passphrase needs 12 characters.")
    private, public = make_pair(passphrase)
    try:
        _write_new(folder / "superior-private.pem", private)
        _write_new(folder / "superior-public.pem", public)
    except OSError as error:
        raise click.ClickException(f"No pair was made. {_plain(error)}") from None
    click.echo(f"The office gets {folder / 'superior-public.pem'} and names it in SUPERIOR_KEY.")
    click.echo("superior-private.pem and its passphrase stay with you: without both no sealed letter can be read.")


@click.command("bypass-export")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@with_appcontext
def bypass_export(folder: Path) -> None:
    """Write the sealed letters that wait into DIR, to be handed over to the organ one level up."""
    _needs_tables()
    try:
        count = hand_over(folder, _write_new)
        db.session.commit()
    except OSError as error:
        raise click.ClickException(f"Nothing is noted as handed over. {_plain(error)}") from None
    click.echo(f"{count} sealed letters are in {folder}; their writers see that they were handed over today.")


@click.command("bypass-open")
@click.argument("key", metavar="KEY", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("package", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--passphrase", prompt="Passphrase of the private key", hide_input=True)
def bypass_open(key: Path, package: Path, folder: Path, passphrase: str) -> None:
    """For the organ one level up, on its own machine: open a sealed letter into DIR."""
    try:
        letter, files = unpack(package.read_bytes(), private_key(key.read_bytes(), passphrase))
        _write_new(folder / "letter.txt", in_words(letter).encode())
        for file in files:
            _write_new(folder / file.name, file.data)
    except (Unopened, OSError) as error:
        words = _plain(error) if isinstance(error, OSError) else str(error)
        raise click.ClickException(f"It was not opened: {words}") from None
    click.echo(f"Opened into {folder}: the letter and {len(files)} files.")


def _write_new(path: Path, data: bytes) -> None:
    """A new file for its owner alone, safe on the disk; never over one that is there."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    vault.sync_folder(path.parent)


ALL = (
    digest,
    fill_demo,
    places.import_places,
    create_admin,
    check_all,
    back_up,
    restore,
    rotate_keys,
    superior_keys,
    bypass_export,
    bypass_open,
)
