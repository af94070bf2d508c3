"""No letter whose receipt was shown is lost, at whatever moment the server is killed.

A kill proves nothing about a loss of power, which also takes what the system had not yet written: so the settings of
the database's connections are read back, and what is synced before the answer is watched.
"""

import os
import random
import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from sqlalchemy import event, select, text

from blueprints.petitions.docket.models import Petition
from blueprints.petitions.receipt.models import by_receipt
from core import attachments, record
from core.extensions import db
from tests.browse import Browser
from tests.robust.conftest import LETTER, Gone, House

KILLS = 3
WRITERS = 3


class Writer(threading.Thread):
    """Somebody who sends letter after letter and notes each receipt code that a page showed."""

    def __init__(self, house: House, number: int, up: threading.Event, over: threading.Event) -> None:
        super().__init__(daemon=True)
        self.house, self.number, self.up, self.over = house, number, up, over
        self.shown: dict[str, str] = {}
        self.cut_off = 0
        self.problem: BaseException | None = None
        self.one_more = threading.Semaphore(0)

    def run(self) -> None:
        try:
            count = 0
            while not self.over.is_set():
                self.up.wait()
                count += 1
                words = f"Letter {count} of writer {self.number}."
                file = (BytesIO(words.encode()), "note.txt")
                try:
                    code = self.house.visitor().send_letter(text=words, files=file)
                except Gone:
                    self.cut_off += 1
                else:
                    self.shown[code] = words
                    self.one_more.release()
        except BaseException as error:
            self.problem = error
            self.one_more.release(1000)


def test_a_kill_at_any_moment_loses_no_letter_whose_receipt_was_shown(
    sqlite_office: Flask, serve: Callable[..., House]
) -> None:
    house = serve(sqlite_office)
    up, over = threading.Event(), threading.Event()
    writers = [Writer(house, number, up, over) for number in range(WRITERS)]
    up.set()
    for writer in writers:
        writer.start()
    chance = random.Random(4711)
    for _ in range(KILLS):
        assert writers[0].one_more.acquire(timeout=20), "no letter came through"
        over.wait(chance.random() * 0.2)  # a moment of chance: whatever is being done then is cut off
        house.kill()
        up.clear()
        house.start()
        up.set()
    assert writers[0].one_more.acquire(timeout=20)
    over.set()
    for writer in writers:
        writer.join(20)
        assert writer.problem is None, writer.problem
    house.stop()

    shown = {code: words for writer in writers for code, words in writer.shown.items()}
    assert len(shown) > KILLS
    assert sum(writer.cut_off for writer in writers) > 0, "no request was cut off, so nothing was proved"
    with sqlite_office.app_context():
        assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
        for code, words in shown.items():
            petition = db.session.get(Petition, by_receipt(code) or 0)
            assert petition is not None, "a receipt was shown for a letter that is not there"
            assert petition.text == words
            (file,) = petition.files()
            assert b"".join(attachments.stream(file.id)) == words.encode()
        # What was cut off is there as a whole or not at all.
        for petition in db.session.scalars(select(Petition)):
            assert petition.text
            assert len(petition.files()) == 1
            assert len(petition.clocks()) == 1
        lengths = ((row.thread, row.version) for row in db.session.scalars(select(Petition)))
        petitions = record.everything().where(record.Entry.thread == "petition")
        assert not list(record.check(db.session.scalars(petitions), lengths))


def test_every_connection_of_the_pool_commits_to_the_disk(sqlite_office: Flask) -> None:
    with sqlite_office.app_context():
        connections = [db.engine.connect() for _ in range(12)]  # held together: each is another one
        for connection in connections:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2, "synchronous is not FULL"
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            connection.close()


def test_files_are_on_the_disk_before_the_row_and_the_row_before_the_answer(
    sqlite_office: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    uploads = Path(sqlite_office.instance_path) / "uploads"
    fsync, send_file = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        place = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        if uploads in place.parents:
            happened.append("folder synced" if place.is_dir() else f"file synced, {place.stat().st_size > 100}")
        fsync(descriptor)

    def named(path: Path, target: Path) -> Path:
        if uploads in path.parents:
            happened.append("file named")
        return send_file(path, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", named)

    @sqlite_office.after_request
    def answered(response: Response) -> Response:
        happened.append("answered")
        return response

    visitor = Browser(sqlite_office)
    visitor.get("/letters/new")
    happened.clear()
    with sqlite_office.app_context():
        engine = db.engine

    def committed(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement == "COMMIT":
            happened.append("committed")

    event.listen(engine, "after_cursor_execute", committed)
    visitor.submit("/letters/new", fields={**LETTER, "files": (BytesIO(b"words " * 50), "note.txt")})
    event.remove(engine, "after_cursor_execute", committed)
    first = happened[: happened.index("answered") + 1]
    of_the_file = [each for each in first if each.startswith("file")]
    assert of_the_file == ["file synced, True", "file named"]
    named_at = first.index("file named")
    assert first[named_at + 1] == "folder synced"
    assert first[-2:] == ["committed", "answered"]
