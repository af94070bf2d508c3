"""Procedures as data: copied, edited until they take effect, and then kept; each letter begins with one of them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from core import clock, procedures, profiles
from core.extensions import db
from core.procedures import Procedure, in_force, profile
from core.profiles import ProfileError
from core.words import Words
from core.workflow import NotPossible
from tests.letters import viewer

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
Goes = Callable[[int], None]


@pytest.fixture(autouse=True)
def days_go(monkeypatch: pytest.MonkeyPatch) -> Goes:
    """Stops the clock on a Monday; lets days pass."""

    def go(days: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(days=days))

    go(0)
    return go


def copied(code: str = "2022-local", on: date | None = None) -> Procedure:
    row = Procedure.copy(code, by=viewer("administrator").id)
    if on:
        row.edit(row.text, on, by=viewer("administrator").id)
    db.session.commit()
    return row


@pytest.mark.parametrize("code", profiles.shipped())
def test_a_copy_says_what_the_original_says_and_cites_the_same_articles(context: Flask, code: str) -> None:
    source, copy = profile(code), copied(code).profile
    assert (copy.clocks, copy.articles, copy.in_force_on) == (source.clocks, source.articles, source.in_force_on)
    assert copy.cite("handling") == source.cite("handling")
    assert copy.id != source.id


def test_the_text_of_a_profile_reads_back_the_same() -> None:
    for code in profiles.shipped():
        whole = profiles.profile(code)
        assert profiles.read_profile(f"{code}.toml", profiles.written(whole)) == whole


def test_a_letter_begins_with_the_procedure_in_force_on_the_day_it_is_received(context: Flask) -> None:
    later, sooner = copied(on=TODAY + timedelta(days=9)), copied(on=TODAY + timedelta(days=3))
    copied()  # a draft
    days = [in_force(TODAY + timedelta(days=days)) for days in (-1, 0, 2, 3, 8, 9, 400)]
    assert days == ["2022"] * 3 + [sooner.code] * 2 + [later.code] * 2


def test_of_two_for_the_same_day_the_later_made_is_in_force(context: Flask) -> None:
    copied(on=TODAY)
    assert copied(on=TODAY).code == in_force(TODAY)


def test_no_procedure_takes_effect_on_a_day_that_is_past(context: Flask) -> None:
    row = copied()
    with pytest.raises(NotPossible):
        row.edit(row.text, TODAY - timedelta(days=1), by=viewer("administrator").id)


def test_a_procedure_is_edited_until_it_takes_effect_and_never_afterwards(context: Flask, days_go: Goes) -> None:
    by = viewer("administrator").id
    row = copied(on=TODAY + timedelta(days=1))
    row.edit(row.text.replace("length = 5\n", "length = 4\n"), row.effective_on, by=by)
    db.session.commit()
    assert profile(row.code).rule("notice").length == 4
    days_go(1)
    with pytest.raises(NotPossible):
        row.edit(row.text, None, by=by)
    with pytest.raises(NotPossible):
        row.edit(row.text, TODAY + timedelta(days=5), by=by)


def test_what_is_no_procedure_is_not_kept(context: Flask) -> None:
    row = copied()
    for right, wrong in (("length = 5\n", "length = 0\n"), ('"working_days"', '"weeks"'), (row.code, "2022")):
        assert right in row.text
        with pytest.raises(ProfileError):
            row.edit(row.text.replace(right, wrong), None, by=viewer("administrator").id)
    assert row.version == 1


def test_a_repealed_regulation_does_not_come_into_force_again(context: Flask) -> None:
    row = copied("2005")
    with pytest.raises(ProfileError, match="not in force"):
        row.edit(row.text, TODAY, by=viewer("administrator").id)


def test_the_setting_names_the_procedure_until_one_takes_effect(context: Flask) -> None:
    assert in_force(TODAY) == "2022"
    with pytest.raises(ProfileError, match="there is no procedure"):
        procedures.profile("2022.99")


def test_the_shipped_variant_has_the_numbers_it_names_and_says_that_they_must_be_checked() -> None:
    local, base = profiles.profile("2022-local"), profiles.profile("2022")
    # fmt: off
    numbers = {  # clock, class: length, unit
        ("notice", ""):        (5,  "working_days"),
        ("handling", "claim"): (30, "days"),
        ("extension", ""):     (60, "days"),
    }
    # fmt: on
    for each in local.clocks:
        if number := numbers.get((each.id, each.kind)):
            assert (each.length, each.unit) == number
            assert each.source is not None
            assert "核对" in each.source.zh
            assert "to be checked" in each.source.en
        else:
            assert each == base.clock(each.id, each.kind)
    assert local.cite("handling") == Words(zh="《信访工作条例》第三十四条", en="2022 Art 34")
