"""What is rising: against the own past, with honest words where there is little; and the wall around every item."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask

from blueprints.petitions.rising.domain import Series, Trend, periods
from core.extensions import db
from tests.browse import Browser
from tests.letters import FARMING
from tests.rounds import found, issue

SignIn = Callable[..., Browser]
DAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("now", "past", "trend"),
    [
        (9, (3, 4, 5), Trend.ABOVE),
        (5, (3, 4, 5), Trend.WITHIN),
        (2, (5, 6, 7), Trend.BELOW),
        (4, (0, 0, 0), Trend.FEW),
        (50, (1,), Trend.NO_PAST),
    ],
)
def test_a_figure_is_held_against_its_own_past(now: int, past: tuple[int, ...], trend: Trend) -> None:
    assert Series(now, past).trend is trend


def test_the_past_is_made_of_whole_periods_that_are_known() -> None:
    spans = periods(DAY, 30, DAY - timedelta(days=100))
    assert [(each.until - each.since).days for each in spans] == [29, 29, 29]
    assert spans[1].until == spans[0].since - timedelta(days=1)


def test_whoever_an_item_is_about_finds_nothing_of_it_and_no_number_tells(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        round = issue()
        id = found(round, by="handler", subject="标记题目", person="李登记")
        own = found(round, by="handler2", subject="标记二", against=FARMING)
        db.session.commit()
    for username, hidden in (("clerk", id), ("handler2", own)):
        person = sign_in(username)
        person.get(f"/screening/items/{hidden}", expect=404)
        for path in ("/desk", "/screening/items", "/screening/"):
            assert str(hidden) not in person.get(path).html
    clerk = sign_in("clerk")
    for path in (f"/screening/{round}", f"/screening/{round}/print", "/screening/rising/behind"):
        assert "标记题目" not in clerk.get(path).text
    assert not [row for row in clerk.get(f"/screening/{round}").texts("tbody tr") if row.endswith(" 2")]
    rising = clerk.get("/screening/rising").one("section[aria-labelledby=causes]").text()
    assert "水利农田" in rising
    assert sign_in("leader").get("/screening/items").all("tbody a")
