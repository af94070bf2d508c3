"""What the other rooms put on the page of a village: some of it, the word that there is more, and the way to all of it."""

from collections.abc import Callable
from itertools import count

import pytest
from flask import Flask

from core.desk import SHOWN
from core.extensions import db
from tests.browse import Browser, Page, squeeze
from tests.contact_office import activity, find, group, visit
from tests.graduates import talent
from tests.household_office import nominate, open_round
from tests.letters import VILLAGE
from tests.pairing_office import need, pair, promise

SignIn = Callable[..., Browser]
OTHER = "420117002001"
NAMES = {VILLAGE: "红旗社区", OTHER: "江北社区"}
numbers = count(1)


def activities(app: Flask, place: str, many: int) -> None:
    with app.app_context():
        for _ in range(many):
            activity(place=place, by="clerk", key=str(next(numbers)))
        db.session.commit()


def households(app: Flask, place: str, many: int) -> None:
    round = open_round(app, title=f"{NAMES[place]}的评选")
    for _ in range(many):
        nominate(app, round, f"龚第{next(numbers)}户", place_code=place)


def talents(app: Flask, place: str, many: int) -> None:
    with app.app_context():
        for _ in range(many):
            talent(place)
        db.session.commit()


def visits(app: Flask, place: str, many: int) -> None:
    with app.app_context():
        out = group(name=f"{NAMES[place]}的联系组", place=place)
        for days in range(many):
            visit(out, days=days)
        db.session.commit()


def findings(app: Flask, place: str, many: int) -> None:
    with app.app_context():
        went = visit(group(name=f"{NAMES[place]}的联系组", place=place))
        for _ in range(many):
            find(went, key=str(next(numbers)))
        db.session.commit()


# The heading of the room on the page of a village, and what puts things there.
ROOMS = {
    "activities": activities,
    "households": households,
    "talents": talents,
    "contact_visits": visits,
    "contact_findings": findings,
}


def told(page: Page, room: str) -> str:
    return squeeze(page.one(f"section[aria-labelledby={room}]").text(separator=" "))


def listed(person: Browser, address: str) -> list[str]:
    """The rows of all pages of a list."""
    rows = person.get(address).texts("main tbody tr")
    while "下一页" in person.page.texts("nav a"):
        rows += person.follow("下一页").texts("main tbody tr")
    return rows


@pytest.mark.parametrize("room", ROOMS)
def test_a_village_with_more_than_its_page_shows_says_so_and_leads_to_all_of_it(
    app: Flask, sign_in: SignIn, room: str
) -> None:
    ROOMS[room](app, VILLAGE, SHOWN + 1)
    ROOMS[room](app, OTHER, 1)
    clerk = sign_in("clerk")
    assert "此处未全部列出。" not in told(clerk.get(f"/villages/{OTHER}"), room)
    page = clerk.get(f"/villages/{VILLAGE}")
    assert "此处未全部列出。" in told(page, room)
    assert len(page.all(f"section[aria-labelledby={room}] :is(tbody tr, p > a:not(.button))")) == SHOWN
    (button,) = page.all(f"section[aria-labelledby={room}] a.button")
    rows = listed(clerk, str(button.attributes["href"]))
    assert len(rows) == SHOWN + 1
    assert all(NAMES[VILLAGE] in row for row in rows)
    clerk.get(str(button.attributes["href"]))
    assert "只显示红旗社区。" in clerk.page.text
    assert any(NAMES[OTHER] in row for row in clerk.follow("查看全部村").texts("main tbody tr"))


@pytest.mark.parametrize("village", ["420117999999", "4" * 12, "１２３４５６７８９０１２", "420117001", "x"])
def test_what_is_no_village_narrows_no_list(sqlite_office: Flask, village: str) -> None:
    for fill in ROOMS.values():
        fill(sqlite_office, VILLAGE if fill is visits else OTHER, 1)
    with sqlite_office.app_context():
        promise(pair(place=OTHER))
        need(place=VILLAGE)
        db.session.commit()
    clerk = Browser(sqlite_office)
    clerk.arrive("clerk")
    lists = ("activities/", "households/", "talents/", "contact-visits/", "contact-visits/findings", "needs/")
    for address in (*lists, "villages/late?which=open"):
        page = clerk.get(f"/{address}{'&' if '?' in address else '?'}village={village}")
        assert "只显示" not in page.text
        assert page.all("main tbody tr"), address
