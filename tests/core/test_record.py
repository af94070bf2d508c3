"""The record: no change without an entry, no entry ever changed, and whatever was done to the chain shows."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update

from blueprints.accounts.models import Unit
from core import record, vault
from core.extensions import db
from core.record import Entry, Fault, Thread, Untraced


@pytest.fixture
def unit(context: Flask) -> Unit:
    """A unit with a thread of four entries."""
    row = db.session.scalars(select(Unit).where(Unit.name == "新洲区水务局")).one()
    for name in ("renamed", "moved"):
        row.trace(name, by=None, note="因为机构改革")
        db.session.commit()
    row.trace("closed", by=None)
    db.session.commit()
    return row


def faults() -> list[Fault]:
    db.session.expire_all()
    return list(record.check(db.session.scalars(record.everything()), lengths()))


def lengths() -> Iterator[tuple[Thread, int]]:
    for row in db.session.scalars(select(Unit)):
        yield row.thread, row.version


def test_a_change_without_an_entry_is_refused_and_nothing_is_kept(unit: Unit) -> None:
    unit.name = "另一个名字"
    with pytest.raises(Untraced):
        db.session.commit()
    db.session.rollback()
    db.session.expire_all()
    assert db.session.get_one(Unit, unit.id).name == "新洲区水务局"


def test_a_new_row_without_an_entry_is_refused(context: Flask) -> None:
    row = Unit(name="无痕单位", parent_id=None, is_office=False, version=0)
    row.line = f"/{row.id}/"
    db.session.add(row)
    with pytest.raises(Untraced):
        db.session.commit()


def test_a_row_is_not_removed_without_an_entry(context: Flask) -> None:
    db.session.delete(db.session.scalars(select(Unit).where(Unit.name == "水务局排灌站")).one())
    with pytest.raises(Untraced):
        db.session.commit()


def test_an_entry_for_another_row_does_not_cover_a_change(unit: Unit) -> None:
    other = db.session.scalars(select(Unit).where(Unit.name == "新洲区农业农村局")).one()
    other.name = "另一个名字"
    unit.trace("renamed", by=None)
    with pytest.raises(Untraced):
        db.session.commit()


@pytest.mark.parametrize(
    "drop", [lambda: db.session.rollback(), lambda: db.session.close()], ids=["rolled back", "closed"]
)
def test_an_entry_that_was_dropped_is_not_what_the_next_one_follows(unit: Unit, drop: Callable[[], None]) -> None:
    thread = unit.thread
    for name in ("dropped", "dropped too"):
        record.write(thread, name, by=None)
    drop()
    row = db.session.get_one(Unit, thread.id)
    row.trace("note", by=None)
    row.version = record.write(thread, "note", by=None).number
    db.session.commit()
    assert row.version == 6
    assert faults() == []


def test_an_entry_of_a_step_that_was_taken_back_is_not_followed(unit: Unit) -> None:
    unit.trace("note", by=None)
    step = db.session.begin_nested()
    record.write(unit.thread, "taken back", by=None)
    step.rollback()
    unit.trace("note", by=None)
    db.session.commit()
    assert unit.version == 6
    assert faults() == []


def test_a_change_with_its_entry_is_kept_and_the_version_moves_on(unit: Unit) -> None:
    before = unit.version
    unit.name = "新洲区水利局"
    unit.trace("renamed", by=None)
    db.session.commit()
    db.session.expire_all()
    assert (unit.name, unit.version) == ("新洲区水利局", before + 1)
    assert faults() == []


def test_what_was_dropped_does_not_burden_the_next_change(unit: Unit) -> None:
    unit.name = "另一个名字"
    db.session.flush()
    db.session.rollback()
    unit.trace("renamed", by=None)
    db.session.commit()
    unit.trace("renamed", by=None)
    db.session.flush()
    db.session.rollback()
    unit.name = "另一个名字"  # the entry above was dropped with its transaction and covers nothing
    with pytest.raises(Untraced):
        db.session.commit()


def test_an_entry_is_never_changed(unit: Unit) -> None:
    entry = record.entries(unit.thread)[0]
    entry.action = "harmless"
    with pytest.raises(Untraced):
        db.session.commit()


def test_an_entry_is_never_removed(unit: Unit) -> None:
    db.session.delete(record.entries(unit.thread)[-1])
    with pytest.raises(Untraced):
        db.session.commit()


@pytest.mark.parametrize(
    "statement", [update(Entry).values(action="harmless"), delete(Entry)], ids=["update", "delete"]
)
def test_not_even_all_at_once(unit: Unit, statement: object) -> None:
    with pytest.raises(Untraced):
        db.session.execute(statement)  # type: ignore[call-overload]


def test_a_thread_does_not_go_on_from_an_older_entry(unit: Unit) -> None:
    with pytest.raises(Untraced):
        record.write(unit.thread, "renamed", by=None, after=unit.version - 1)


def test_a_sound_record_has_no_fault(unit: Unit) -> None:
    assert faults() == []


ENTRY = "UPDATE entry SET {} WHERE thread = 'unit' AND thread_id = :id AND number = 2"
Tamper = dict[str, tuple[str, str]]

# fmt: off
TAMPERED: Tamper = {  # what somebody with the database's password does: (statement, which entry shows it)
    "another action":     (ENTRY.format("action = 'opened'"), "entry 2"),
    "another actor":      (ENTRY.format("actor_id = (SELECT min(id) FROM \"user\")"), "entry 2"),
    "another day":        (ENTRY.format("at = '2020-01-01 00:00:00+00:00'"), "entry 2"),
    "other data":         (ENTRY.format("data = '{\"unit\": 1}'"), "entry 2"),
    "no note":            (ENTRY.format("note_sealed = NULL"), "entry 2"),
    "another's note":     (ENTRY.format("note_sealed = (SELECT note_sealed FROM entry AS e WHERE e.thread_id = :id AND e.number = 3)"), "entry 2"),
    "one removed":        ("DELETE FROM entry WHERE thread = 'unit' AND thread_id = :id AND number = 2", "entry 3"),
    "the first removed":  ("DELETE FROM entry WHERE thread = 'unit' AND thread_id = :id AND number = 1", "entry 2"),
    "the last removed":   ("DELETE FROM entry WHERE thread = 'unit' AND thread_id = :id AND number = 4", "unit"),
    "all removed":        ("DELETE FROM entry WHERE thread = 'unit' AND thread_id = :id", "unit"),
}
# fmt: on


def test_whatever_is_done_to_the_chain_is_found_and_named(unit: Unit) -> None:
    id = unit.id
    for what, (statement, where) in TAMPERED.items():
        db.session.execute(text(statement), {"id": id})
        found = [each.where for each in faults()]
        db.session.rollback()
        assert any(f"unit {id}" in each and where in each for each in found), what


def test_a_forged_entry_needs_the_key_to_fit(unit: Unit) -> None:
    last = record.entries(unit.thread)[-1]
    row = {"thread": "unit", "thread_id": unit.id, "number": last.number + 1, "at": last.at, "action": "opened"}
    db.session.execute(
        Entry.__table__.insert().values(**row, id=last.id + 1, data={}, previous=last.digest, digest=b"x" * 32)  # type: ignore[attr-defined]
    )
    found = faults()
    db.session.rollback()
    assert any("altered" in each.what for each in found)


def test_a_new_key_does_not_break_the_chain(unit: Unit) -> None:
    entry = record.entries(unit.thread)[1]
    vault.keys().add()
    place = f"entry.note_sealed:{entry.id}"
    fresh = vault.reseal(entry.note_sealed or b"", place)
    db.session.execute(text("UPDATE entry SET note_sealed = :s WHERE id = :id"), {"s": fresh, "id": entry.id})
    assert vault.current(fresh)
    assert faults() == []
    db.session.rollback()


def test_a_note_is_not_stored_in_clear(unit: Unit) -> None:
    row = db.session.execute(text("SELECT note_sealed FROM entry WHERE note_sealed IS NOT NULL")).first()
    assert row is not None
    assert "机构改革".encode() not in bytes(row[0])
