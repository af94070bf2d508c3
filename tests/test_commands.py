"""What an operator may ask of the office, and that `flask check` finds whatever is wrong and names it."""

import dataclasses
import json
import threading
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

import commands
from app import create_app
from blueprints.accounts.models import Unit, User
from blueprints.petitions.casefile.models import Attachment, Message, Paper
from blueprints.petitions.docket.domain import State
from blueprints.petitions.docket.models import INDEX, Petition
from core import attachments, rotation, vault
from core.attachments import Cleaned
from core.extensions import db, snapshot
from core.record import Entry, entries
from demo import PLACES
from tests.browse import Browser
from tests.letters import Put, look_up, put, step
from tests.offices import QUICK, Offices
from tests.upkeep import bare, contents, goes_on, run, spoil, start

NOTE = Cleaned("收据.txt", "txt", "一张收据".encode())


@pytest.fixture
def letter(app: Flask) -> Put:
    """A matter with papers, a file, messages and its answer delivered."""
    made = put(app, State.HANDLING, files=(NOTE,))
    with app.app_context():
        for action in ("message", "note", "answer", "sign", "deliver"):
            step(made.id, action)
        db.session.commit()
    return made


def files_of(app: Flask) -> list[tuple[int, Path]]:
    with app.app_context(), snapshot() as session:
        return [(id, attachments.path_of(id)) for id in session.scalars(select(Attachment.id).order_by(Attachment.id))]


# --- the first administrator ---------------------------------------------------------------------------------------


def test_the_first_administrator_signs_in_with_the_shown_password_and_must_change_it(
    offices: Offices, database: str
) -> None:
    app = bare(offices, database)
    told = run(app, "create-admin", "--username", "xuweian", "--name", "许维安")
    password = told.split()[-1]
    with app.app_context():
        admin = db.session.scalars(select(User)).one()
        office = db.session.scalars(select(Unit)).one()
        assert (admin.name, admin.role, admin.must_change) == ("许维安", "administrator", True)
        assert office.is_office
        assert admin.unit_id == office.id
    browser = Browser(app)
    browser.sign_in("xuweian", password)
    assert browser.page.path == "/own-account" or browser.page.all("input[type=password]")
    run(app, "check")


def test_another_administrator_joins_the_same_office(app: Flask) -> None:
    run(app, "create-admin", answers="second\n许二\n")
    with app.app_context():
        assert db.session.scalar(select(func.count(Unit.id)).where(Unit.is_office)) == 1
        assert db.session.scalars(select(User.role).where(User.username == "second")).one() == "administrator"


def test_an_administrator_that_cannot_be_is_refused_in_a_sentence(sqlite_office: Flask) -> None:
    before = contents(sqlite_office)
    for username, name, said in (
        ("clerk", "李静", "taken"),
        ("许维安", "许维安", "user name"),
        ("x" * 41, "许维安", "user name"),
        ("xuweian", " ", "characters"),
        ("xuweian", "许\x00", "characters"),
    ):
        assert said in run(sqlite_office, "create-admin", "--username", username, "--name", name, code=1)
    assert contents(sqlite_office) == before


def test_without_tables_a_command_says_what_to_do_first(tmp_path: Path) -> None:
    app = create_app(dataclasses.replace(QUICK, INSTANCE=tmp_path))
    assert "flask db upgrade" in run(app, "create-admin", "--username", "aa", "--name", "甲", code=1)
    assert "flask db upgrade" in run(app, "import-places", PLACES, code=1)
    assert "flask db upgrade" in run(app, "demo", code=1)
    assert "flask db upgrade" in run(app, "check", code=1)
    assert "flask db upgrade" in run(app, "rotate-keys", code=1)
    assert "flask db upgrade" in run(app, "backup", tmp_path / "backups", code=1)
    with app.app_context():
        db.engine.dispose()


# --- check ---------------------------------------------------------------------------------------------------------


def test_a_whole_office_is_in_order_and_the_check_says_what_it_looked_at(app: Flask, letter: Put) -> None:
    said = run(app, "check")
    assert "Everything is in order." in said
    with app.app_context():
        assert f"entries {db.session.scalar(select(func.count(Entry.id)))}" in said
    assert "letters 1" in said
    assert "papers 2" in said
    assert "files 1" in said


def test_an_altered_entry_is_named_whatever_was_altered(app: Flask, letter: Put) -> None:
    with app.app_context(), snapshot() as session:
        noted = select(Entry.number).where(Entry.thread_id == letter.id, Entry.note_sealed.is_not(None))
        number = session.scalars(noted.order_by(Entry.number).limit(1)).one()
        own = {"id": letter.id, "number": number}
        columns = "action, actor_id, at, data, note_sealed, digest"
        where = "WHERE thread_id = :id AND number = :number"
        before = session.execute(text(f"SELECT {columns} FROM entry {where}"), own).one()._asdict()
    before["data"] = json.dumps(before["data"]) if isinstance(before["data"], dict) else before["data"]
    another = {
        "action": "decline",
        "actor_id": None,
        "at": str(before["at"]).replace("20", "21", 1),
        "data": "{}",
        "note_sealed": None,
        "digest": bytes(32),
    }
    for column, value in another.items():
        spoil(app, f"UPDATE entry SET {column} = :value {where}", value=value, **own)
        assert f"petition {letter.id}, entry {number}: it was altered" in run(app, "check", code=1), column
        spoil(app, f"UPDATE entry SET {column} = :value {where}", value=before[column], **own)
    run(app, "check")


def test_an_entry_that_holds_what_none_can_hold_does_not_stop_the_check(sqlite_office: Flask) -> None:
    made = put(sqlite_office, State.ACCEPTED)
    spoil(sqlite_office, "UPDATE entry SET data = '{' WHERE thread_id = :id AND number = 2", id=made.id)
    said = run(sqlite_office, "check", code=1)
    assert "an entry holds what no entry can hold" in said
    assert "letters 1" in said


def test_the_end_of_a_thread_cannot_be_cut_off(app: Flask, letter: Put) -> None:
    with app.app_context():
        last = db.session.get_one(Petition, letter.id).version
    spoil(app, "DELETE FROM entry WHERE thread_id = :id AND number = :last", id=letter.id, last=last)
    assert f"petition {letter.id}: it should end with entry {last}" in run(app, "check", code=1)


def test_an_entry_cannot_be_taken_out_of_the_middle(app: Flask, letter: Put) -> None:
    spoil(app, "DELETE FROM entry WHERE thread_id = :id AND number = 3", id=letter.id)
    assert f"petition {letter.id}, entry 4: an entry before it is missing" in run(app, "check", code=1)


def test_entries_of_another_thread_do_not_follow(app: Flask, letter: Put) -> None:
    other = put(app, State.HANDLING)
    where = "WHERE thread_id = :id AND number > 2"
    spoil(app, f"UPDATE entry SET thread_id = -1 {where}", id=letter.id)
    spoil(app, f"UPDATE entry SET thread_id = :to {where}", id=other.id, to=letter.id)
    said = run(app, "check", code=1)
    assert f"petition {letter.id}, entry 3: it does not follow the entry before it" in said


def test_a_letter_that_was_removed_leaves_its_entries_and_its_number(app: Flask, letter: Put) -> None:
    gone = put(app, State.REGISTERED)
    spoil(app, "DELETE FROM petition WHERE id = :id", id=gone.id)
    said = run(app, "check", code=1)
    assert f"petition {gone.id}: it has entries in the record, but it is not there" in said
    assert "2 were given, 1 are there" in said
    assert f"petition_id names petition {gone.id}, which is not there" in said


def test_a_state_that_no_step_led_to_is_named(app: Flask, letter: Put) -> None:
    spoil(app, "UPDATE petition SET state = 'signed' WHERE id = :id", id=letter.id)
    assert f"petition {letter.id}: its state is not what the record says" in run(app, "check", code=1)


def test_two_sealed_rows_that_were_swapped_do_not_open(app: Flask, letter: Put) -> None:
    other = put(app, subject="另一封信", text="另一封信的内容。")
    with app.app_context():
        one, two = (db.session.get_one(Petition, each.id).text_sealed for each in (letter, other))
    spoil(app, "UPDATE petition SET text_sealed = :value WHERE id = :id", id=letter.id, value=two)
    spoil(app, "UPDATE petition SET text_sealed = :value WHERE id = :id", id=other.id, value=one)
    said = run(app, "check", code=1)
    for each in (letter, other):
        assert f"petition {each.id}, text_sealed: it does not open" in said


def test_one_byte_of_any_sealed_value_is_enough(app: Flask, letter: Put) -> None:
    with app.app_context(), snapshot() as session:
        sealed = {
            (model, name): session.execute(select(model.id, column).where(column.is_not(None)).limit(1)).first()
            for model in rotation._with_sealed()
            for name in vault.sealed_columns(model)
            for column in [getattr(model, name)]
        }
    held = [(model, name, *found) for (model, name), found in sealed.items() if found is not None]

    def write(spoilt: int | None = None) -> None:
        """Put every value back as it was, or with one bit changed in the byte at so many hundredths of its length."""
        for model, name, id, value in held:
            put = bytearray(value)
            if spoilt is not None:
                put[spoilt * (len(value) - 1) // 100] ^= 1
            spoil(app, f"UPDATE {model.__tablename__} SET {name} = :value WHERE id = :id", id=id, value=bytes(put))

    assert len(held) > 5
    for place in (0, 10, 50, 100):
        write(place)
        said = run(app, "check", code=1)
        for model, name, id, _value in held:
            assert (f"{model.__tablename__} {id}, {name}: " if model is not Entry else "entry ") in said
    write()
    run(app, "check")


def test_a_paper_whose_text_is_no_paper_is_named(app: Flask, letter: Put) -> None:
    with app.app_context():
        paper = db.session.scalars(select(Paper).limit(1)).one()
        sealed = vault.seal(json.dumps({"zh": {}}).encode(), f"paper.sheets_sealed:{paper.id}")
    spoil(app, "UPDATE paper SET sheets_sealed = :value WHERE id = :id", id=paper.id, value=sealed)
    assert f"paper {paper.number}: its text cannot be read" in run(app, "check", code=1)


def test_a_file_that_is_missing_altered_or_foreign_is_named(app: Flask, letter: Put) -> None:
    put(app, files=(NOTE,))
    (id, path), (_other, beside) = files_of(app)
    whole = path.read_bytes()

    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert f"attachment {id}: its file does not open" in run(app, "check", code=1)
    path.write_bytes(beside.read_bytes())
    assert f"attachment {id}: its file does not open" in run(app, "check", code=1)
    path.unlink()
    assert f"attachment {id}: its file is missing" in run(app, "check", code=1)
    path.write_bytes(whole)
    run(app, "check")


def test_a_file_that_no_row_names_is_a_remark_and_no_fault(app: Flask, letter: Put) -> None:
    with app.app_context():
        attachments.store(4711, b"left by a crash")
    said = run(app, "check")
    assert "/4711: a file that no row names" in said
    assert "Everything is in order." in said


def test_a_letter_that_a_search_does_not_find_is_named(app: Flask, letter: Put) -> None:
    with app.app_context():
        petition = db.session.get_one(Petition, letter.id)
        INDEX.remove(db.session(), petition.id, petition.words)
        db.session.commit()
    assert f"petition {letter.id}: a search does not find it" in run(app, "check", code=1)


def test_a_row_that_names_another_that_is_not_there_is_named(app: Flask, letter: Put) -> None:
    spoil(app, "UPDATE message SET author_id = 4711 WHERE author_id IS NOT NULL")
    assert "author_id names user 4711, which is not there" in run(app, "check", code=1)


def test_a_damaged_database_file_is_a_sentence_and_not_a_traceback(sqlite_office: Flask) -> None:
    for _ in range(20):
        put(sqlite_office, State.ACCEPTED)
    database = Path(sqlite_office.instance_path) / "data" / "office.db"
    with sqlite_office.app_context():
        db.session.remove()
        with db.engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        data = database.read_bytes()
        for start in (0, len(data) * 3 // 40, len(data) // 2):
            db.engine.dispose()
            database.write_bytes(data[:start] + b"\xff" * 8192 + data[start + 8192 :])
            said = run(sqlite_office, "check", code=1)
            assert "database" in said
            assert "Everything is in order" not in said


def test_of_many_faults_of_one_sort_some_are_named_and_the_rest_counted(app: Flask) -> None:
    for _ in range(12):
        put(app, State.ACCEPTED)
    spoil(app, "UPDATE entry SET action = 'other' WHERE thread = 'petition'")
    said = run(app, "check", code=1)
    assert said.count("it was altered") == commands._SHOWN + 1
    assert "… and 16 more: it was altered" in said
    assert "48 things are wrong." in said  # and no step led to their states


def test_only_one_such_command_runs_at_a_time(sqlite_office: Flask, tmp_path: Path) -> None:
    with sqlite_office.app_context(), commands.alone():
        for words in (["check"], ["backup", tmp_path], ["rotate-keys"]):
            assert "Another check, backup, restore or change of keys" in run(sqlite_office, *words, code=1)
    run(sqlite_office, "check")


# --- keys ----------------------------------------------------------------------------------------------------------


def key_ids(app: Flask) -> set[bytes]:
    """The ids of the keys with which anything is sealed now."""
    with app.app_context(), snapshot() as session:
        found = {vault.file_key(path.read_bytes()) for _, path in files_of(app)}
        for model in rotation._with_sealed():
            for name in vault.sealed_columns(model):
                found |= {value[:4] for value in session.scalars(select(getattr(model, name))) if value}
    return found


def test_a_new_key_leaves_nothing_sealed_with_the_old_one_and_changes_no_content(app: Flask, letter: Put) -> None:
    (old,) = key_ids(app)
    with app.app_context():
        before = [entry.digest for entry in entries(db.session.get_one(Petition, letter.id).thread)]
        db.session.remove()
    run(app, "rotate-keys")
    assert old not in key_ids(app)
    assert len(key_ids(app)) == 1
    run(app, "check")
    with app.app_context():
        petition = db.session.get_one(Petition, letter.id)
        assert petition.text == "水泵坏了三个月，没有人修。请派人来修。"
        assert [entry.digest for entry in entries(petition.thread)] == before
        (id,) = db.session.scalars(select(Attachment.id))
        assert b"".join(attachments.stream(id)) == NOTE.data
    look_up(Browser(app), letter.code)


def test_a_server_that_runs_meanwhile_reads_the_new_key_and_seals_with_it(app: Flask, letter: Put) -> None:
    operator = create_app(app.extensions["settings"])  # another process has its own copy of the keys
    run(operator, "rotate-keys", "--forget-old")
    look_up(Browser(app), letter.code)
    put(app, State.ACCEPTED, files=(NOTE,))
    assert len(key_ids(app)) == 1
    run(operator, "check")
    with operator.app_context():
        db.engine.dispose()


def test_a_change_of_keys_that_was_killed_is_gone_on_with(app: Flask) -> None:
    for _ in range(3):
        put(app, State.HANDLING, files=(NOTE,))
    with app.app_context():
        vault.keys().add()
        rotation._some_rows(Message, 0, Counter())
        rotation._some_rows(Petition, 0, Counter())
        (id, _), *_ = files_of(app)
        attachments.reseal(id)  # killed before its digest was noted
    assert len(key_ids(app)) == 2
    assert "flask rotate-keys" in run(app, "check", code=1)
    assert "An earlier run was not finished" in run(app, "rotate-keys")
    assert len(key_ids(app)) == 1
    run(app, "check")
    with app.app_context():
        assert len(vault.keys().sealing) == 2


def test_a_change_of_keys_that_is_really_killed_loses_nothing(app: Flask) -> None:
    made = [put(app, State.HANDLING, files=(NOTE,)) for _ in range(6)]
    (old,) = key_ids(app)
    keys = Path(app.instance_path) / "keys" / "keys.json"
    before = keys.read_bytes()
    with start(app, "rotate-keys") as process:
        while goes_on(process) and keys.read_bytes() == before:
            pass  # it is being loaded
        while process.poll() is None and key_ids(app) == {old}:
            pass
        process.kill()
    run(app, "rotate-keys")
    assert old not in key_ids(app)
    assert len(key_ids(app)) == 1
    run(app, "check")
    for each in made:
        look_up(Browser(app), each.code)


def test_what_is_written_while_the_keys_change_is_lost_by_nobody(app: Flask) -> None:
    put(app, State.HANDLING)
    done, made, wrong = threading.Event(), list[Put](), list[BaseException]()

    def write() -> None:
        try:
            while not done.is_set() and len(made) < 20:
                made.append(put(app, State.ACCEPTED, files=(NOTE,)))
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    run(app, "rotate-keys")
    done.set()
    for thread in threads:
        thread.join()
    assert not wrong
    assert made
    run(app, "check")
    with app.app_context():
        for each in made:
            assert db.session.get_one(Petition, each.id).subject


def test_old_keys_are_dropped_only_when_asked_and_a_copy_stays(sqlite_office: Flask) -> None:
    app = sqlite_office
    put(app, State.HANDLING, files=(NOTE,))
    keys = Path(app.instance_path) / "keys"
    (first,) = json.loads((keys / "keys.json").read_text())["seal"]
    run(app, "rotate-keys")
    assert first in json.loads((keys / "keys.json").read_text())["seal"]
    said = run(app, "rotate-keys", "--forget-old")
    assert len(json.loads((keys / "keys.json").read_text())["seal"]) == 1
    (kept,) = keys.glob("keys-until-*.json")
    assert str(kept) in said
    assert first in json.loads(kept.read_text())["seal"]
    run(app, "check")


def test_a_value_that_does_not_open_keeps_the_old_keys(app: Flask, letter: Put) -> None:
    with app.app_context():
        sealed = db.session.get_one(Petition, letter.id).text_sealed
    spoil(
        app,
        "UPDATE petition SET text_sealed = :v WHERE id = :id",
        id=letter.id,
        v=sealed[:-1] + bytes([sealed[-1] ^ 1]),
    )
    assert "flask check" in run(app, "rotate-keys", "--forget-old", code=1)
    with app.app_context():
        vault.keys().read()
        assert len(vault.keys().sealing) == 2


def test_a_file_without_a_row_does_not_keep_an_old_key(app: Flask, letter: Put) -> None:
    with app.app_context():
        attachments.store(4711, b"left by a crash")
    run(app, "rotate-keys", "--forget-old")
    with app.app_context():
        assert b"".join(attachments.stream(4711)) == b"left by a crash"
