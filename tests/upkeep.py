"""For tests of the operator's commands: run them, look at everything a database holds, and spoil what is stored."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from click.testing import Result
from flask import Flask
from sqlalchemy import select, text

from core.backup import LEFT_OUT
from core.extensions import db
from settings import HOME
from tests.offices import Offices


def run(app: Flask, *words: str | Path, code: int = 0, answers: str = "") -> str:
    """Run `flask …`; what it printed. It must end with that exit code and never with a traceback."""
    result: Result = app.test_cli_runner().invoke(args=[str(word) for word in words], input=answers)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output


def bare(offices: Offices, kind: str, keys_of: Flask | None = None, **changes: Any) -> Flask:
    """An office as `flask db upgrade` leaves it: tables without a row; with the keys of another office, if named."""
    return offices.bare(kind, Path(keys_of.instance_path) / "keys" if keys_of else None, **changes)


def start(app: Flask, *words: str | Path) -> subprocess.Popen[str]:
    """Run `flask …` in a process of its own, which may then be killed."""
    settings = app.extensions["settings"]
    own = {"INSTANCE": str(settings.INSTANCE), "DATABASE_URL": settings.DATABASE_URL, "DEMO": "0"}
    command = [sys.executable, "-m", "flask", "--app", "app", *map(str, words)]
    return subprocess.Popen(command, cwd=HOME, env={**os.environ, **own}, stdout=subprocess.PIPE, text=True)


def goes_on(process: subprocess.Popen[str]) -> bool:
    """Whether it still runs, a moment later: whoever asks without a pause takes the processor from it."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(0.001)
    return process.returncode is None


def contents(app: Flask) -> dict[str, set[str]]:
    """Every row of every table that a backup holds, as values, whatever the database."""
    with app.app_context(), db.engine.connect() as connection:
        return {
            table.name: {repr(tuple(row)) for row in connection.execute(select(table))}
            for table in db.metadata.sorted_tables
            if table.name not in LEFT_OUT
        }


def spoil(app: Flask, statement: str, **values: Any) -> None:
    """Change a table behind the office's back, as somebody with the database in hand could: no constraint asks."""
    with app.app_context():
        raw = db.engine.connect()
        sqlite = raw.dialect.name == "sqlite"
        if sqlite:
            raw.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        with raw.begin():
            if not sqlite:
                raw.execute(text("SET LOCAL session_replication_role = replica"))
            changed = raw.execute(text(statement), values).rowcount
        if sqlite:
            raw.connection.cursor().execute("PRAGMA foreign_keys=ON")
        raw.close()
        assert changed, "nothing was spoiled"
