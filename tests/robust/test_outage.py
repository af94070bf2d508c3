"""The store is full, held by somebody, or away: the page says so and keeps the text; then all works by itself again."""

import os
import resource
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from blueprints.petitions.docket.models import Petition
from core.extensions import db
from tests import postgres
from tests.letters import put
from tests.offices import Offices
from tests.robust.conftest import LETTER, Caller, House

TYPED = 'The water stands knee-deep\nin the yard <b>of</b> the "school". 水'
SECONDS = 1  # that a change waits for the database


def letters(app: Flask) -> int:
    """How many letters the office holds."""
    with app.app_context():
        count = db.session.scalar(select(func.count()).select_from(Petition))
        db.session.rollback()
        db.engine.dispose()
    return count or 0


def is_told_and_keeps_the_text(caller: Caller, file: bool = False) -> None:
    """What somebody finds who sends a letter now."""
    with_file = {"files": (BytesIO(b"a note"), "note.txt")} if file else {}
    caller.submit("/letters/new", expect=503, fields={**LETTER, "text": TYPED, **with_file})
    assert caller.page.response.headers["Retry-After"] == "30"
    assert "kept here" in caller.page.text
    assert [area.text() for area in caller.page.all("textarea")] == [TYPED]


def can_send_it_now(caller: Caller) -> None:
    """The page that kept the text sends it, and only once."""
    before = caller.page
    caller.submit("Send again")
    code = caller.receipt()
    caller.page = before
    caller.submit("Send again")
    assert caller.receipt() == code


# --- a full disk ---------------------------------------------------------------------------------------------------


@contextmanager
def small_disk(folder: Path) -> Iterator[Callable[[House, bool], None]]:
    """A disk of its own where the system lets us make one; else the server may not make a file longer."""
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", folder], capture_output=True
        ).returncode
    )
    ballast = folder / "ballast"

    def fill(house: House, full: bool) -> None:
        assert house.process is not None
        assert house.process.pid is not None
        if not mounted:
            most = 1 if full else resource.RLIM_INFINITY
            resource.prlimit(house.process.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
        elif full:
            with ballast.open("wb", buffering=0) as file, suppress(OSError):
                while file.write(bytes(4096)):
                    pass
        else:
            ballast.unlink()

    try:
        yield fill
    finally:
        if mounted:
            subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.parametrize("with_file", [False, True], ids=["letter", "letter with a file"])
def test_a_full_disk_is_told_keeps_the_text_and_is_recovered_from(
    offices: Offices, serve: Callable[..., House], tmp_path: Path, with_file: bool
) -> None:
    (tmp_path / "disk").mkdir()
    with small_disk(tmp_path / "disk") as fill:
        app = offices.make("sqlite", at=tmp_path / "disk" / "office")
        house = serve(app, BUSY_SECONDS=str(SECONDS))
        caller, clerk = house.visitor("en"), house.sign_in("clerk", "en")
        caller.get("/letters/new")
        fill(house, True)
        is_told_and_keeps_the_text(caller, with_file)
        clerk.get("/petitions/")  # reading goes on
        fill(house, False)
        can_send_it_now(caller)
        house.stop()
        assert letters(app) == 1
        left = [path for path in Path(app.instance_path, "uploads").rglob("*") if path.is_file()]
        assert left == []  # nothing half written


# --- a database that somebody holds --------------------------------------------------------------------------------


def test_a_locked_database_is_told_keeps_the_text_and_is_recovered_from(
    sqlite_office: Flask, serve: Callable[..., House]
) -> None:
    house = serve(sqlite_office, BUSY_SECONDS=str(SECONDS))
    caller, clerk = house.visitor("en"), house.sign_in("clerk", "en")
    caller.get("/letters/new")
    note = f"/petitions/{put(sqlite_office).id}/note"
    clerk.get(note)
    path = Path(sqlite_office.instance_path, "data", "office.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as somebody:
        somebody.execute("BEGIN EXCLUSIVE")
        is_told_and_keeps_the_text(caller)
        clerk.submit(note, expect=503, text=TYPED)
        kept = clerk.page
        clerk.get("/petitions/")
        house.visitor("en").get("/healthz")
        somebody.execute("ROLLBACK")
    can_send_it_now(caller)
    clerk.page = kept
    clerk.submit("Send again")
    assert "The water stands knee-deep" in clerk.page.text
    assert letters(sqlite_office) == 2


def test_a_row_that_somebody_holds_is_told(postgres_office: Flask, serve: Callable[..., House]) -> None:
    house = serve(postgres_office, BUSY_SECONDS=str(SECONDS))
    caller = house.visitor("en")
    caller.get("/letters/new")
    with postgres_office.app_context(), db.engine.begin() as somebody:
        somebody.exec_driver_sql("LOCK TABLE submission IN EXCLUSIVE MODE")
        is_told_and_keeps_the_text(caller)
    can_send_it_now(caller)
    assert letters(postgres_office) == 1


# --- a database that is away ---------------------------------------------------------------------------------------


def test_postgres_restarted_at_once_is_told_and_recovered_from(
    all_offices: Offices, tmp_path: Path, serve: Callable[..., House]
) -> None:
    with postgres.running(synchronous_commit="on") as server:
        offices = Offices(tmp_path, lambda: server)
        app = offices.make("postgres")
        house = serve(app, BUSY_SECONDS=str(SECONDS))
        caller, clerk, other = house.visitor("en"), house.sign_in("clerk", "en"), house.visitor("en")
        first = other.send_letter()
        caller.get("/letters/new")
        server.stop(at_once=True)
        is_told_and_keeps_the_text(caller)
        clerk.get("/petitions/", expect=503)  # even who is signed in is told so, in plain words
        other.get("/healthz", expect=503)
        server.start()
        can_send_it_now(caller)
        clerk.get("/petitions/")
        other.get("/healthz")

        caller.get("/letters/new")
        server.stop(at_once=True)
        server.start()  # nobody noticed: connections in the pool are dead, and the next letter goes through
        caller.submit("/letters/new", fields={**LETTER, "text": "Another one."})
        assert caller.receipt()
        caller.get("/letters/status")
        caller.submit("/letters/status", receipt=first)
        assert caller.page.path == "/letters/status"
        house.stop()
        assert letters(app) == 3
        offices.close()
