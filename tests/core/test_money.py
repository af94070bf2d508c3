"""Money: whole fen from what people type to what they read, without a float in between."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from wtforms import Form

from core import money
from core.forms import MoneyField
from core.tables import Sheet, write_xlsx


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("1200.50", 120050),
        ("1,200.50", 120050),
        ("１，２００．５", 120050),
        ("¥1200.5", 120050),
        ("￥ 1 200.50", 120050),
        ("1200元", 120000),
        ("人民币 1200.5 元整", 120050),
        ("cny 0.01", 1),
        ("12。5", 1250),
        ("1.500", 150),
        ("0", 0),
        ("007", 700),
        ("99999999.99", money.MOST - 1),
    ],
)
def test_an_amount_is_read_as_people_type_it(typed: str, fen: int) -> None:
    assert money.read(typed) == fen


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        *(
            (words, money.NO_AMOUNT)
            for words in ("", "十元", "-1", "+1", "1e3", "1,20", ",1", ".5", "1..2", "١٢", "nan")
        ),
        *((words, money.TOO_FINE) for words in ("0.001", "1.234")),
        *((words, money.TOO_MUCH) for words in ("100000000", "9" * 30)),
    ],
)
def test_what_is_no_amount_is_refused_with_the_reason(typed: str, why: object) -> None:
    with pytest.raises(money.BadAmount) as caught:
        money.read(typed)
    assert caught.value.why is why


@given(st.integers(0, money.MOST - 1))
def test_what_is_written_reads_back_to_the_fen(fen: int) -> None:
    for words in (money.plain(fen), money.grouped(fen), money.shown(fen).zh, money.shown(fen).en):
        assert money.read(words) == fen
    assert money.yuan(fen) * 100 == fen


@given(st.integers(0, money.MOST), st.integers(1, 500))
def test_a_share_is_rounded_half_up_to_the_fen(fen: int, among: int) -> None:
    assert abs(2 * (money.each(fen, among) * among - fen)) <= among
    assert money.each(fen, 0) == 0


def test_half_a_fen_goes_up() -> None:
    assert [money.each(fen, 2) for fen in (1, 2, 3)] == [1, 1, 2]
    assert money.each(1000, 3) == 333


@pytest.mark.parametrize(
    ("fen", "capitals"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (50, "伍角整"),
        (105, "壹元零伍分"),
        (120050, "壹仟贰佰元伍角整"),
        (100_010_10, "壹拾万零壹拾元壹角整"),
        (1_000_500_00, "壹佰万零伍佰元整"),
        (10_000_005_00, "壹仟万零伍元整"),
        (100_000_000_00, "壹亿元整"),
        (100_000_001_01, "壹亿零壹元零壹分"),
    ],
)
def test_capitals_are_those_of_a_bill(fen: int, capitals: str) -> None:
    assert money.capitals(fen) == capitals


class Bill(Form):
    amount = MoneyField("Amount")


@contextmanager
def asked(app: Flask, language: str) -> Iterator[None]:
    with app.test_request_context("/"), force_locale(language):
        yield


def test_a_field_keeps_what_was_typed_and_says_beside_it_what_is_wrong(sqlite_office: Flask) -> None:
    from werkzeug.datastructures import MultiDict

    for language, words in (("zh_Hans_CN", money.TOO_FINE.zh), ("en", money.TOO_FINE.en)):
        with asked(sqlite_office, language):
            form = Bill(MultiDict({"amount": "１.234"}))
            assert not form.validate()
            assert form.amount.errors == [words]
            assert 'value="１.234"' in form.amount()
            assert 'value="1200.50"' in Bill(amount=120050).amount()


def test_a_workbook_has_money_as_numbers(sqlite_office: Flask) -> None:
    with sqlite_office.test_request_context("/"):
        data = write_xlsx(Sheet("A", ["sum"], [[money.yuan(120050)], [Decimal("0.10")]]))
    cells = [row[0] for row in load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == [1200.5, 0.1]
    assert {cell.number_format for cell in cells} == {"#,##0.00"}
