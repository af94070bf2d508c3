"""Places: a file comes in whole or not at all, and a form offers them without drawing them again."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from core import clock, places
from core.extensions import db
from core.places import BadRows, Outcome, Place, import_file
from tests.browse import queries

FILE = Path(__file__).parents[2] / "data" / "divisions_420117.csv"
HEADER = "code,name,parent_code,level"
DISTRICT = "999999,试验区,9999,district"
TOWN = "999999001,东街道,999999,township"
VILLAGE = "999999001001,上村,999999001,village"


@pytest.fixture
def quick(sqlite_office: Flask) -> Iterator[Flask]:
    """One database is enough to prove what is decided before any database is asked."""
    with sqlite_office.app_context():
        yield sqlite_office


def take(*lines: str, header: str = HEADER) -> Outcome:
    return import_file(db.session(), "\n".join([header, *lines]).encode())


def test_the_real_file_brings_693_places_and_again_none(context: Flask) -> None:
    import_file(db.session(), FILE)
    assert db.session.scalar(select(func.count(Place.code)).where(Place.code.startswith("420117"))) == 693
    changed_at = db.session.scalar(select(func.max(Place.changed_at)))
    assert import_file(db.session(), FILE) == Outcome(added=0, changed=0, unchanged=693)
    assert db.session.scalar(select(func.max(Place.changed_at))) == changed_at


def test_importing_again_changes_only_what_changed(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert take(DISTRICT, TOWN, VILLAGE) == Outcome(3, 0, 0)
    later = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert take(DISTRICT, TOWN, VILLAGE.replace("上村", "下村"), "999999001002,新村,999999001,village") == Outcome(
        1, 1, 2
    )
    db.session.expire_all()
    changed = db.session.scalars(select(Place.name).where(Place.changed_at == later).order_by(Place.code)).all()
    assert changed == ["下村", "新村"]


def test_a_child_may_stand_before_its_parent_or_come_in_a_later_file(context: Flask) -> None:
    assert take(VILLAGE, TOWN, DISTRICT).added == 3
    assert take("999999001009,后村,999999001,village").added == 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("99999900100x,上村,999999001,village", "The code must be 6, 9 or 12 digits."),
        ("９９９９９９００１００１,上村,999999001,village", "The code must be 6, 9 or 12 digits."),
        ("9999990010011,上村,999999001,village", "The code must be 6, 9 or 12 digits."),
        (",上村,999999001,village", "The code must be 6, 9 or 12 digits."),
        ("999999001001,上村,999999001,township", "A code of 12 digits is a village."),
        ("999999001001,上村,999999,village", "The parent must be the place with the code 999999001."),
        ("999999002001,上村,999999002,village", "The parent must be the place with the code 999999002."),
        ("999999001001, \u3000,999999001,village", "The name is empty."),
        ("999999001001,上\0村,999999001,village", "The name has a character that cannot be printed."),
        ("999999001001,上\u202e村,999999001,village", "The name has a character that cannot be printed."),
        (f"999999001001,{'村' * 61},999999001,village", "The name is longer than 60 characters."),
        ("999999001001,上村,999999001", "This line does not have four values."),
        ('999999001001,"上"村,999999001,village', "This line is not proper CSV."),
    ],
)
def test_a_broken_row_is_named_with_its_line_and_nothing_comes_in(quick: Flask, line: str, reason: str) -> None:
    with pytest.raises(BadRows) as caught:
        take(DISTRICT, TOWN, line)
    assert caught.value.rows == [(4, reason)]
    assert not db.session.scalars(select(Place).where(Place.code.startswith("9"))).all()


def test_every_broken_row_is_named_at_once(quick: Flask) -> None:
    with pytest.raises(BadRows) as caught:
        take(DISTRICT, TOWN, VILLAGE, VILLAGE, "12,x,1,village", "999999001003,,999999001,village")
    assert caught.value.rows == [
        (5, "The code stands in line 4 already."),
        (6, "The code must be 6, 9 or 12 digits."),
        (7, "The name is empty."),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_file_may_come_in_the_encodings_of_offices(quick: Flask, encoding: str) -> None:
    import_file(db.session(), f"{HEADER}\r\n{DISTRICT}\r\n\r\n{TOWN}\r\n".encode(encoding))
    assert db.session.get(Place, "999999001").name == "东街道"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The first line must name the columns code,name,parent_code,level."),
        (b"code;name;parent_code;level\n", "The first line must name the columns code,name,parent_code,level."),
        (HEADER.encode(), "There is no place in the file."),
        (b"\xff\xfe\xff", "The file is neither UTF-8 nor GB18030 text."),
        (b"PK\x03\x04" + bytes(range(256)), "The file is neither UTF-8 nor GB18030 text."),
    ],
)
def test_another_file_is_refused_in_words(quick: Flask, data: bytes, reason: str) -> None:
    with pytest.raises(BadRows) as caught:
        import_file(db.session(), data)
    assert caught.value.rows == [(1, reason)]


def test_too_many_rows_are_refused(quick: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MOST_ROWS", 2)
    with pytest.raises(BadRows) as caught:
        take(DISTRICT, TOWN, VILLAGE)
    assert caught.value.rows == [(4, "There are more than 2 rows.")]


@pytest.mark.parametrize(("lines", "code"), [([DISTRICT, TOWN], 0), ([DISTRICT, "9,x,,"], 1)])
def test_the_command_says_what_it_did(app: Flask, tmp_path: Path, lines: Sequence[str], code: int) -> None:
    file = tmp_path / "places.csv"
    file.write_text("\n".join([HEADER, *lines]), "utf-8")
    result = app.test_cli_runner().invoke(args=["import-places", str(file)])
    assert result.exit_code == code, result.output
    with app.app_context():
        kept = db.session.get(Place, "999999")
        assert (kept is None) == bool(code)
    assert ("line 3: " if code else "2 places added, 0 changed, 0 as they were.") in result.output


def test_a_place_is_named_with_its_township(context: Flask) -> None:
    import_file(db.session(), FILE)
    assert db.session.get(Place, "420117001001").full_name.startswith("邾城街道 / ")  # type: ignore[union-attr]
    assert db.session.get(Place, "420117001").full_name == "邾城街道"  # type: ignore[union-attr]


def test_the_form_offers_all_places_or_those_of_one_township(context: Flask) -> None:
    import_file(db.session(), FILE)
    assert len(places.townships()) == 15
    assert sum(len(places.villages_of(code)) for code, _name in places.townships()) == 677
    everything = places.options()
    assert everything.count("<optgroup ") == 15
    assert everything.count("<option ") == 15 + 677
    one = places.options("420117001")
    assert one.count("<option ") == 1 + len(places.villages_of("420117001"))
    assert "<optgroup" not in one
    assert places.options("nowhere") == everything


def test_the_chosen_place_stays_chosen(context: Flask) -> None:
    import_file(db.session(), FILE)
    for chosen in ("420117001", "420117001001"):
        assert f'<option value="{chosen}" selected>' in places.options("", chosen)
        assert places.options("420117001", chosen).count(" selected") == 1
    for foreign in ("", '"', "42", "420117001001 ", "\ud800"):
        assert " selected" not in places.options("", foreign)


def test_a_name_cannot_break_out_of_the_form(context: Flask) -> None:
    take(DISTRICT, '999999001,"<b>""东",999999,township')
    assert "<b>" not in places.options()
    assert "&lt;b&gt;&#34;东" in places.options()


def test_the_options_are_drawn_once_and_again_when_a_place_changes(context: Flask) -> None:
    take(DISTRICT, TOWN, VILLAGE)
    db.session.commit()
    places.options()
    with queries(context) as seen:
        assert "上村" in places.options()
    assert len(seen) == 1
    take(VILLAGE.replace("上村", "下村"))
    assert "下村" in places.options()
    db.session.execute(delete(Place).where(Place.code == "999999001001"))
    assert "下村" not in places.options()
