"""Demonstration households: from the nomination to the visit a year later."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from core import clock
from tests.browse import Browser, Value
from tests.household_office import (
    HEAD,
    NOMINATION,
    TITLE,
    WHAT,
)
from tests.letters import shown_code, viewer

SignIn = Callable[..., Browser]
Later = Callable[[int], None]
sqlite = pytest.mark.parametrize("database", ["sqlite"])


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Lets days pass, from the real moment on."""
    real = clock.now

    def go(days: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=days))

    return go


def on(days: int = 0) -> str:
    return (clock.now() + timedelta(hours=8, days=days)).date().isoformat()


def test_a_round_goes_from_its_draft_to_a_named_household(
    app: Flask, sign_in: SignIn, visitor: Browser, later: Later
) -> None:
    clerk = sign_in("clerk")
    clerk.get("/rounds/new")
    with app.app_context():
        panel = [str(viewer(each).id) for each in ("clerk2", "handler", "handler2")]
    about: dict[str, Value] = {
        "title": TITLE, "year": "2026", "entry": "本区农户", "from_on": on(), "until_on": on(5), "places": "1",
        "criteria-0-name": "技术应用", "criteria-0-weight": "60", "criteria-1-name": "带动作用",
        "criteria-1-weight": "40", "members": panel,
    }  # fmt: skip
    clerk.submit("/rounds/new", fields=about)
    assert clerk.page.heading == TITLE
    round = clerk.page.path
    clerk.get(f"{round}/open")
    clerk.submit(f"{round}/open")
    nominate = f"/demonstration/{round.rsplit('/')[-1]}/nominate"
    visitor.get("/demonstration/")
    visitor.follow(TITLE)
    visitor.follow("申报示范户")
    visitor.submit(nominate, fields=NOMINATION)
    assert shown_code(visitor.page)
    clerk.get(round)
    clerk.follow(HEAD)
    household = clerk.page.path
    clerk.get(f"{household}/accept")
    clerk.submit(f"{household}/accept")
    later(6)
    clerk = sign_in("clerk")
    clerk.get(f"{round}/score")
    clerk.submit(f"{round}/score")
    for member, points in (("clerk2", "80"), ("handler", "90"), ("handler2", "70")):
        scorer = sign_in(member)
        scorer.get("/panel/")
        scorer.follow(HEAD)
        scorer.submit(scorer.page.path, points0=points, points1="50")
        assert "已评" in scorer.page.text
    clerk.get(f"{round}/close")
    clerk.submit(f"{round}/close")
    page = clerk.follow(f"/panel/rounds/{round.rsplit('/')[-1]}")
    assert "68.00" in page.text
    leader = sign_in("leader")
    leader.get(f"{round}/publish")
    leader.submit(f"{round}/publish")
    later(30)
    clerk, leader = sign_in("clerk"), sign_in("leader")
    clerk.get(f"{round}/end")
    clerk.submit(f"{round}/end")
    leader.get(f"{household}/name")
    leader.submit(f"{household}/name")
    leader.get(f"{round}/decide")
    leader.submit(f"{round}/decide")
    assert WHAT in Browser(app).get(round.replace("/rounds", "")).text
    assert "新组信示〔" in leader.get(f"{household}/certificate").html
