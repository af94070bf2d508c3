"""A backup is whole, sealed, taken while others write; a restore brings all of it back, or nothing."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import func, select

import commands
from blueprints.accounts.models import Unit
from blueprints.petitions.casefile.models import Attachment
from blueprints.petitions.docket.domain import State
from blueprints.petitions.docket.models import Petition
from core import attachments, backup, sessions, vault
from core.attachments import Cleaned
from core.extensions import db, snapshot
from tests import postgres
from tests.browse import Browser
from tests.letters import WRITER, Put, look_up, put, step, viewer
from tests.offices import Offices
from tests.people import PASSWORD
from tests.upkeep import bare, contents, goes_on, run, spoil, start

NOTE = Cleaned("收据.txt", "txt", "一张收据".encode())


@pytest.fixture
def office(app: Flask) -> Flask:
    """An office in which something of everything happened."""
    put(app, State.RECEIVED, named=False, files=(NOTE, Cleaned("二.txt", "txt", b"2" * 3_000_000)))
    put(app, State.DECLINED, person="某人", against="水务局排灌站")
    put(app, State.CLOSED, files=(NOTE,))
    made = put(app, State.HANDLING)
    with app.app_context():
        for action in ("message", "note"):
            step(made.id, action)
        units = {unit.name: unit for unit in db.session.scalars(select(Unit))}
        younger = Unit.open("新洲区水利中心", None, by=None)
        db.session.flush()
        units["水务局排灌站"].change("水务局排灌站", younger, by=viewer("administrator").id)
        db.session.commit()
    return app


def archive_of(app: Flask, folder: Path) -> Path:
    """Back the office up; the dated folder."""
    run(app, "backup", folder)
    (made,) = folder.iterdir()
    return made


def is_empty(app: Flask) -> bool:
    return not any(contents(app).values()) and not [
        path for path in (Path(app.instance_path) / "uploads").rglob("*") if path.is_file()
    ]


# --- there and back ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["sqlite", "postgres"])
def test_a_backup_comes_back_whole_on_either_database(
    offices: Offices, office: Flask, target: str, tmp_path: Path
) -> None:
    saved = archive_of(office, tmp_path)
    other = bare(offices, target, keys_of=office)
    assert "Restored and checked" in run(other, "restore", saved)
    assert contents(other) == contents(office)
    assert "Everything is in order." in run(other, "check")
    assert [path for path in saved.rglob("*") if path.name.startswith(".")] == []


def test_a_restored_office_is_served_searched_and_goes_on(
    offices: Offices, app: Flask, database: str, tmp_path: Path
) -> None:
    made = put(app, State.HANDLING, files=(NOTE,))
    restored = bare(offices, database, keys_of=app)
    run(restored, "restore", archive_of(app, tmp_path))

    assert "村口水塘的水泵坏了" in look_up(Browser(restored), made.code).text
    clerk = Browser(restored)
    clerk.sign_in("clerk", PASSWORD)
    assert "村口水塘的水泵坏了" in clerk.get("/petitions/?q=水泵").text
    with restored.app_context():
        assert b"".join(attachments.stream(db.session.scalars(select(Attachment.id)).one())) == NOTE.data
        step(made.id, "answer")
        db.session.commit()
    put(restored, State.REGISTERED)
    run(restored, "check")
    with restored.app_context():
        assert {str(number)[-5:] for number in db.session.scalars(select(Petition.number))} == {"00001", "00002"}


def test_who_was_signed_in_is_not_signed_in_after_a_restore(
    offices: Offices, app: Flask, database: str, tmp_path: Path
) -> None:
    clerk = Browser(app)
    clerk.sign_in("clerk", PASSWORD)
    restored = bare(offices, database, keys_of=app)
    run(restored, "restore", archive_of(app, tmp_path))
    with restored.app_context(), snapshot() as session:
        assert session.scalar(select(func.count(sessions.Sitting.digest))) == 0


def test_a_backup_from_before_a_change_of_keys_opens_as_long_as_the_old_key_is_kept(
    offices: Offices, office: Flask, database: str, tmp_path: Path
) -> None:
    before = archive_of(office, tmp_path / "before")
    run(office, "rotate-keys")
    after = archive_of(office, tmp_path / "after")
    for saved in (before, after):
        restored = bare(offices, database, keys_of=office)
        run(restored, "restore", saved)
        run(restored, "check")

    run(office, "rotate-keys", "--forget-old")
    newest = bare(offices, database, keys_of=office)
    said = run(newest, "restore", before, code=1)
    assert "is not here. Put the keys.json of the office that made it in place." in said
    assert is_empty(newest)
    keys = Path(newest.instance_path) / "keys"
    (kept,) = keys.glob("keys-until-*.json")
    kept.replace(keys / "keys.json")
    run(newest, "restore", before)


def test_a_backup_taken_while_four_people_write_is_of_one_moment(
    offices: Offices, app: Flask, database: str, tmp_path: Path
) -> None:
    made, wrong, done = list[Put](), list[BaseException](), threading.Event()
    put(app)

    def write() -> None:
        try:
            while not done.is_set() and len(made) < 60:
                letter = put(app, State.ACCEPTED, files=(NOTE,))
                made.append(letter)
                with app.app_context():
                    step(letter.id, "assign")
                    step(letter.id, "note")
                    db.session.commit()
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(3):
        run(app, "backup", tmp_path / str(number))
    done.set()
    for thread in threads:
        thread.join()
    assert not wrong
    for number in range(3):
        (saved,) = (tmp_path / str(number)).iterdir()
        restored = bare(offices, database, keys_of=app)
        run(restored, "restore", saved)  # which checks every chain, reference, value and file
    run(app, "check")


# --- sealed --------------------------------------------------------------------------------------------------------

MARKER = "qx7玄铁令牌"


def forms(marker: str) -> Iterator[bytes]:
    """How a text might stand in a file."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
        yield marker.encode(encoding)
        yield marker[3:].encode(encoding)
    yield json.dumps(marker)[1:-1].encode()
    yield marker.encode().hex().encode()
    for shift in range(3):
        yield base64.b64encode(b"x" * shift + marker.encode())[4:-4]


def test_a_marker_of_a_letter_is_nowhere_in_clear(
    app: Flask, tmp_path: Path, postgres_server: Callable[[], postgres.Server], database: str
) -> None:
    file = Cleaned(f"{MARKER}.txt", "txt", MARKER.encode() * 50)
    identity = {"name": MARKER, "address": MARKER, "contact": MARKER}
    made = put(app, State.HANDLING, subject=MARKER, text=MARKER * 20, identity=identity, person=MARKER, files=(file,))
    with app.app_context():
        step(made.id, "message", text=MARKER)
        step(made.id, "note", text=MARKER)
        step(made.id, "answer", items=[{"request": MARKER, "facts": MARKER, "opinion": MARKER}], basis=MARKER)
        step(made.id, "sign")
        step(made.id, "deliver", proof=MARKER)
        db.session.commit()
    run(app, "backup", tmp_path)
    run(app, "rotate-keys")
    folders = [Path(app.instance_path), tmp_path]
    if database == "postgres":
        folders.append(postgres_server().folder / "data")
    looked = 0
    for path in (each for folder in folders for each in folder.rglob("*") if each.is_file()):
        data = path.read_bytes()
        looked += 1
        for form in forms(MARKER):
            assert form not in data, f"{path.name} holds {form!r}"
    assert looked > 5


def test_the_keys_are_not_in_a_backup_and_the_command_says_where_they_are(office: Flask, tmp_path: Path) -> None:
    said = run(office, "backup", tmp_path)
    keys = Path(office.instance_path) / "keys" / "keys.json"
    assert f"The keys are NOT in it. Keep a copy of {keys}" in said
    stored = json.loads(keys.read_text())
    for key in (*stored["seal"], *stored["mac"].values()):
        for path in tmp_path.rglob("*"):
            if path.is_file():
                assert key.encode() not in path.read_bytes()
                assert bytes.fromhex(key) not in path.read_bytes()


# --- nothing rather than half --------------------------------------------------------------------------------------


def test_an_office_with_anything_in_it_takes_no_backup_in(office: Flask, tmp_path: Path) -> None:
    saved = archive_of(office, tmp_path)
    before = contents(office)
    assert "The office is not empty" in run(office, "restore", saved, code=1)
    assert contents(office) == before


def test_without_the_offices_own_keys_nothing_is_restored_and_it_is_said_why(
    offices: Offices, office: Flask, database: str, tmp_path: Path
) -> None:
    saved = archive_of(office, tmp_path)
    stranger = bare(offices, database)
    assert "Put the keys.json of the office that made it in place." in run(stranger, "restore", saved, code=1)
    assert is_empty(stranger)

    mixed = bare(offices, database, keys_of=office)
    keys = Path(mixed.instance_path) / "keys" / "keys.json"
    stored = json.loads(keys.read_text())
    keys.write_text(json.dumps({**stored, "mac": {**stored["mac"], "record": "00" * 32}}))
    with mixed.app_context():
        vault.keys().read()
    assert "digest keys here are not those" in run(mixed, "restore", saved, code=1)
    assert is_empty(mixed)


def test_a_damaged_backup_is_refused_and_the_office_stays_empty(
    offices: Offices, sqlite_office: Flask, tmp_path: Path
) -> None:
    put(sqlite_office, State.CLOSED, files=(NOTE,))
    saved = archive_of(sqlite_office, tmp_path)
    other = bare(offices, "sqlite", keys_of=sqlite_office)
    file = next(path for path in (saved / backup.UPLOADS).rglob("*") if path.is_file())
    for damaged in (saved / backup.ARCHIVE, file):
        whole = damaged.read_bytes()
        middle = len(whole) // 2
        for data in (whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :], whole[:-1], b"", None):
            damaged.unlink() if data is None else damaged.write_bytes(data)
            said = run(other, "restore", saved, code=1)
            assert "Nothing was restored." in said
            assert "damaged" in said or "There is no backup" in said
            assert is_empty(other)
        damaged.write_bytes(whole)
    run(other, "restore", saved)


def test_a_backup_of_a_spoilt_office_does_not_stand_the_check_and_leaves_no_trace(
    offices: Offices, office: Flask, database: str, tmp_path: Path
) -> None:
    spoil(office, "UPDATE entry SET action = 'decline' WHERE action = 'accept'")
    saved = archive_of(office, tmp_path)
    other = bare(offices, database, keys_of=office)
    said = run(other, "restore", saved, code=1)
    assert "it was altered" in said
    assert "The backup does not stand the check." in said
    assert not any(contents(other).values())
    run(other, "create-admin", "--username", "xuweian", "--name", "许维安")
    run(other, "check")


def test_a_restore_that_is_killed_leaves_all_or_nothing_and_can_be_run_again(
    offices: Offices, office: Flask, database: str, tmp_path: Path
) -> None:
    saved = archive_of(office, tmp_path)
    other = bare(offices, database, keys_of=office)
    with start(other, "restore", saved) as process:
        while goes_on(process) and not list((Path(other.instance_path) / "uploads").glob("*/*")):
            pass  # the files come last, inside the transaction of the rows
        process.kill()
    with other.app_context():
        db.engine.dispose()
    if any(contents(other).values()):
        assert contents(other) == contents(office)
        return
    run(other, "restore", saved)
    assert contents(other) == contents(office)


def test_a_backup_whose_file_is_missing_is_not_made(office: Flask, tmp_path: Path) -> None:
    with office.app_context():
        attachments.discard(db.session.scalars(select(Attachment.id).limit(1)).one())
    assert "is missing or altered: see `flask check`" in run(office, "backup", tmp_path, code=1)
    assert list(tmp_path.iterdir()) == []


def test_a_backup_that_has_no_room_is_told_in_a_sentence(sqlite_office: Flask, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file stands where the folder should be")
    assert "No backup was made." in run(sqlite_office, "backup", tmp_path / "taken" / "here", code=1)


@pytest.mark.parametrize("revision", ["base", "0023"])  # without a table; with tables that lack a column
def test_an_office_is_restored_into_tables_that_were_made_by_another_revision(
    offices: Offices, office: Flask, database: str, tmp_path: Path, revision: str
) -> None:
    saved = archive_of(office, tmp_path)
    other = bare(offices, database, keys_of=office)
    with other.app_context():
        flask_migrate.downgrade(revision=revision)
    run(other, "restore", saved)
    assert contents(other) == contents(office)


def test_a_backup_of_older_tables_goes_through_them_to_those_of_today(
    offices: Offices, office: Flask, database: str, tmp_path: Path
) -> None:
    saved = archive_of(office, tmp_path)
    other = bare(offices, database, keys_of=office)
    with other.app_context(), db.engine.begin() as connection:
        commands._bring_back(connection, saved, backup.revision(saved), head="of another day")
    assert contents(other) == contents(office)
    run(other, "check")


def test_a_backup_of_a_newer_version_is_refused(offices: Offices, office: Flask, database: str, tmp_path: Path) -> None:
    other = bare(offices, database, keys_of=office)
    spoil(office, "UPDATE alembic_version SET version_num = 'newer'")
    with office.app_context(), snapshot() as session:
        backup.write(session, tmp_path / "newer")
    assert "newer version of this program" in run(other, "restore", tmp_path / "newer", code=1)
    assert "flask db upgrade" in run(office, "backup", tmp_path, code=1)
    assert is_empty(other)


def test_names_of_who_wrote_are_readable_again_for_who_may_read_them(
    offices: Offices, office: Flask, database: str, tmp_path: Path
) -> None:
    other = bare(offices, database, keys_of=office)
    run(other, "restore", archive_of(office, tmp_path))
    with other.app_context():
        found = [each.identity for each in db.session.scalars(select(Petition))]
    assert WRITER in found
