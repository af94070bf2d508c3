"""Receipt codes: what a person may mistype, what is stored, what the picture holds."""

import re
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from stdnum import verhoeff

from app import create_app
from core import receipts
from settings import Settings

SEED = bytes(range(32))
DIGITS = st.text("0123456789", min_size=19, max_size=19)


def with_check(body: str) -> str:
    return body + verhoeff.calc_check_digit(body)


def test_the_same_seed_has_the_same_code_and_another_seed_another(context: Flask) -> None:
    codes = {receipts.make(bytes([number]) * 32) for number in range(200)}
    assert len(codes) == 200
    assert receipts.make(SEED) == receipts.make(SEED)
    assert all(receipts.tidy(code) == code for code in codes)


def test_every_digit_of_a_code_takes_every_value(context: Flask) -> None:
    codes = [receipts.make(number.to_bytes(32)) for number in range(400)]
    assert all({code[place] for code in codes} == set("0123456789") for place in range(receipts.LENGTH))


def test_another_office_makes_another_code_of_the_same_seed(sqlite_office: Flask, tmp_path: Path) -> None:
    other = create_app(Settings(INSTANCE=tmp_path / "other"))
    with sqlite_office.app_context():
        here = receipts.make(SEED)
    with other.app_context():
        assert receipts.make(SEED) != here


@given(DIGITS)
def test_a_code_is_known_however_it_was_typed(body: str) -> None:
    code = with_check(body)
    full_width = code.translate({ord(str(digit)): chr(ord("０") + digit) for digit in range(10)})
    for typed in (code, receipts.grouped(code), full_width, f"  {receipts.grouped(full_width)}\u3000", "-".join(code)):
        assert receipts.tidy(typed) == code


@given(DIGITS, st.integers(0, 19), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(body: str, place: int, off: int) -> None:
    code = with_check(body)
    wrong = code[:place] + str((int(code[place]) + off) % 10) + code[place + 1 :]
    assert receipts.tidy(wrong) is None


@given(DIGITS, st.integers(0, 18))
def test_two_neighbours_changed_about_are_noticed(body: str, place: int) -> None:
    code = with_check(body)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert receipts.tidy(swapped) == (code if swapped == code else None)


@pytest.mark.parametrize(
    "text", ["", "1", "0" * 19, "0" * 21, "x" * 20, "٠" * 20, "²" * 20, "\0" * 20, "\ud800", "0" * 5000]
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert receipts.tidy(text) is None


def test_malformed_and_unknown_codes_are_looked_up_alike(context: Flask) -> None:
    known = receipts.digest(receipts.make(SEED))
    found = [receipts.digest_of_anything(text) for text in (with_check("1" * 19), "1" * 20, "", "\ud800", "x" * 9000)]
    assert {len(each) for each in found} == {32}
    assert known not in found
    assert receipts.digest_of_anything(receipts.grouped(receipts.make(SEED))) == known


def test_a_digest_says_nothing_of_the_code(context: Flask) -> None:
    code = receipts.make(SEED)
    assert code.encode() not in receipts.digest(code)
    assert bytes.fromhex(code) not in receipts.digest(code)


def test_the_picture_obeys_the_content_policy_and_has_a_title() -> None:
    drawn = receipts.qr_svg(with_check("7" * 19), 'Code <of> "this" letter', "qr")
    assert "style" not in drawn
    assert "href" not in drawn
    assert '<title>Code &lt;of&gt; "this" letter</title>' in drawn
    assert re.match(r'<svg role="img" [^>]*class="qr"', drawn)
