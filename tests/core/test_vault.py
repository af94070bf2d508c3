"""Sealed values open with the office's key at their own place, whole, and nowhere else."""

import stat
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from blueprints.petitions.docket.models import Petition
from core import vault
from core.extensions import db
from core.vault import Broken, Keys
from settings import Settings
from tests.letters import put

SIXTEEN = 16


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are sealed in pieces of sixteen bytes."""
    monkeypatch.setattr(vault, "_CHUNK", SIXTEEN)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Flask]:
    """Keys and nothing else: sealing knows no database."""
    app = Flask("keys")
    app.extensions["settings"] = Settings(INSTANCE=tmp_path)
    vault.init_app(app, app.extensions["settings"])
    with app.app_context():
        yield app


# --- values --------------------------------------------------------------------------------------------------------


def test_a_value_opens_at_its_place(office: Flask) -> None:
    assert vault.open(vault.seal("水泵".encode(), "petition.text:1"), "petition.text:1") == "水泵".encode()


@pytest.mark.parametrize("place", ["petition.text:2", "petition.subject:1", "message.text:1", ""])
def test_a_value_does_not_open_at_another_place(office: Flask, place: str) -> None:
    with pytest.raises(Broken):
        vault.open(vault.seal(b"x", "petition.text:1"), place)


def test_a_value_altered_in_any_byte_does_not_open(office: Flask) -> None:
    sealed = vault.seal(b"x", "p:1")
    for position in range(len(sealed)):
        wrong = bytearray(sealed)
        wrong[position] ^= 1
        with pytest.raises(Broken):
            vault.open(bytes(wrong), "p:1")


@pytest.mark.parametrize("length", [0, 3, 4, 16, 30])
def test_a_value_cut_off_does_not_open(office: Flask, length: int) -> None:
    with pytest.raises(Broken):
        vault.open(vault.seal(b"x", "p:1")[:length], "p:1")


def test_the_same_value_is_never_sealed_alike(office: Flask) -> None:
    assert vault.seal(b"x", "p:1") != vault.seal(b"x", "p:1")


def test_two_rows_with_their_letters_exchanged_do_not_open(app: Flask) -> None:
    one, two = put(app).id, put(app, text="另一封信").id
    exchange = "UPDATE petition SET text_sealed = (SELECT text_sealed FROM petition AS p WHERE p.id = :b) WHERE id = :a"
    with app.app_context():
        db.session.execute(text(exchange), {"a": one, "b": two})
        row = db.session.get_one(Petition, one)
        with pytest.raises(Broken):
            assert row.text
        assert row.subject  # what was not moved opens
        db.session.rollback()


def test_two_columns_of_one_row_exchanged_do_not_open(app: Flask) -> None:
    id = put(app).id
    with app.app_context():
        db.session.execute(text("UPDATE petition SET text_sealed = subject_sealed WHERE id = :id"), {"id": id})
        with pytest.raises(Broken):
            assert db.session.get_one(Petition, id).text
        db.session.rollback()


# --- files ---------------------------------------------------------------------------------------------------------


def sealed(clear: bytes, place: str = "attachment:1") -> bytes:
    target = BytesIO()
    vault.seal_file(BytesIO(clear), target, place)
    return target.getvalue()


def opened(stored: bytes, place: str = "attachment:1") -> bytes:
    return b"".join(vault.open_file(BytesIO(stored), place))


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 32, 100])
def test_a_file_of_any_size_comes_back_whole(office: Flask, size: int) -> None:
    clear = bytes(range(size))
    assert opened(sealed(clear)) == clear


HEAD = 7  # the mark and the key's id
PIECE = 12 + SIXTEEN + 16  # nonce, text, tag


# fmt: off
DAMAGED: dict[str, Callable[[bytes], bytes]] = {  # what happened to a sealed file of three pieces
    "the last piece is gone":     lambda s: s[:HEAD + 2 * PIECE],
    "two pieces are gone":        lambda s: s[:HEAD + PIECE],
    "every piece is gone":        lambda s: s[:HEAD],
    "cut within a piece":         lambda s: s[:-1],
    "the first piece is gone":    lambda s: s[:HEAD] + s[HEAD + PIECE:],
    "the middle piece is gone":   lambda s: s[:HEAD + PIECE] + s[HEAD + 2 * PIECE:],
    "two pieces exchanged":       lambda s: s[:HEAD] + s[HEAD + PIECE:HEAD + 2 * PIECE] + s[HEAD:HEAD + PIECE] + s[HEAD + 2 * PIECE:],
    "a piece twice":              lambda s: s[:HEAD + PIECE] + s[HEAD:],
    "something added":            lambda s: s + s[-PIECE:],
    "one byte altered":           lambda s: s[:HEAD + 20] + bytes([s[HEAD + 20] ^ 1]) + s[HEAD + 21:],
    "another key named":          lambda s: s[:3] + b"none" + s[7:],
    "not a sealed file":          lambda s: b"plain text, as it is",
    "empty":                      lambda s: b"",
}
# fmt: on


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_file_does_not_open(office: Flask, what: str) -> None:
    whole = sealed(bytes(3 * SIXTEEN))
    assert len(whole) == HEAD + 3 * PIECE
    with pytest.raises(Broken):
        opened(DAMAGED[what](whole))


@pytest.mark.usefixtures("small")
def test_a_file_does_not_open_for_another_attachment(office: Flask) -> None:
    with pytest.raises(Broken):
        opened(sealed(b"x"), "attachment:2")


@pytest.mark.usefixtures("small")
def test_a_piece_of_another_file_does_not_fit(office: Flask) -> None:
    one, two = sealed(bytes(48)), sealed(bytes(48), "attachment:2")
    with pytest.raises(Broken):
        opened(one[: HEAD + PIECE] + two[HEAD + PIECE :])


# --- keys ----------------------------------------------------------------------------------------------------------


def test_a_new_key_seals_what_is_new_and_opens_what_is_old(office: Flask) -> None:
    old, old_file = vault.seal(b"old", "p:1"), sealed(b"old file")
    vault.keys().add()
    new = vault.seal(b"new", "p:1")
    assert new[:4] != old[:4]
    assert (vault.open(old, "p:1"), vault.open(new, "p:1"), opened(old_file)) == (b"old", b"new", b"old file")
    assert (vault.current(old), vault.current(new)) == (False, True)
    assert vault.current(vault.reseal(old, "p:1"))


def test_old_keys_are_forgotten_only_with_a_copy_that_opens_older_backups(office: Flask) -> None:
    keys = vault.keys()
    old = vault.seal(b"old", "p:1")
    keys.add()
    again = vault.reseal(old, "p:1")
    copy = keys.forget_old()
    assert vault.open(again, "p:1") == b"old"
    with pytest.raises(Broken, match="not here"):
        vault.open(old, "p:1")
    keys.path.write_text(copy.read_text("ascii"), "ascii")
    assert vault.open(old, "p:1") == b"old"


def test_a_key_that_another_process_made_is_found(office: Flask) -> None:
    ours = vault.keys()
    other = Keys(ours.path.parent)
    other.add()
    office.extensions["vault"] = other
    sealed_there = vault.seal(b"x", "p:1")
    office.extensions["vault"] = ours
    assert vault.open(sealed_there, "p:1") == b"x"
    assert vault.current(sealed_there)


def test_a_second_start_keeps_the_keys_which_are_the_owners_alone(office: Flask) -> None:
    path = vault.keys().path
    before = path.read_bytes()
    assert Keys(path.parent).path.read_bytes() == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not any(each.suffix != ".json" for each in path.parent.iterdir())


def test_the_keys_stand_outside_the_folder_of_the_database(office: Flask) -> None:
    settings = office.extensions["settings"]
    folder = vault.keys().path.parent
    assert folder not in (settings.instance / "data", settings.uploads)
    assert settings.instance / "data" not in folder.parents


def test_a_digest_depends_on_its_purpose_and_on_the_key(office: Flask) -> None:
    digests = {vault.mac(purpose, b"x") for purpose in vault.PURPOSES}
    assert len(digests) == len(vault.PURPOSES)
    keys = vault.keys()
    keys.mac = dict.fromkeys(vault.PURPOSES, bytes(32))
    assert vault.mac("receipt", b"x") not in digests
