"""The queue and the search: what is urgent first, right for short Chinese words, page by page without a gap."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from blueprints.petitions.docket.domain import Channel, Kind, State
from core import clock
from core.extensions import db
from tests.browse import Browser, Page, queries
from tests.letters import FARMING, WATER, look_up, petition, press, put, put_many, unit_id

SignIn = Callable[..., Browser]
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ANHUI = "420117002001"


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stops the clock."""
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


def subjects(page: Page) -> list[str]:
    return [text.split(" ")[0] for text in page.texts("td[data-label=标题]")]


# --- order and pages -----------------------------------------------------------------------------------------------


def test_the_most_urgent_stands_first_with_its_clock_in_the_first_column(app: Flask, sign_in: SignIn) -> None:
    for day, subject in ((1, "二"), (2, "三"), (0, "一")):
        put(app, subject=subject, received_on=date(2026, 2, 20) + timedelta(days=day))
    page = sign_in("clerk").get("/petitions/")
    assert subjects(page) == ["一", "二", "三"]
    assert "5 天" in page.texts("tbody td")[0].replace("5天", "5 天")


@pytest.mark.parametrize("path", ["/petitions/", "/petitions/?state=all", "/petitions/?q=水泵"])
def test_more_than_a_page_is_read_on_without_a_gap_or_a_double(app: Flask, sign_in: SignIn, path: str) -> None:
    made = put_many(app, 30, received_on=date(2026, 2, 24)) + put_many(app, 30)
    clerk = sign_in("clerk")
    found: list[str] = []
    clerk.get(path)
    for _ in range(5):
        found += [str(node.attributes["href"]) for node in clerk.page.all("tbody a")]
        if not (further := [node for node in clerk.page.all(".pager a") if "after=" in str(node.attributes["href"])]):
            break
        clerk.get(str(further[-1].attributes["href"]))
    expected = [f"/petitions/{each.id}" for each in made]
    assert sorted(found) == sorted(expected)
    assert found == (expected if path == "/petitions/" else expected[::-1])


def test_the_filter_stays_in_the_address_of_the_next_page(app: Flask, sign_in: SignIn) -> None:
    put_many(app, 26, kind=Kind.PROPOSAL)
    put_many(app, 10, kind=Kind.CLAIM, received_on=date(2026, 2, 24))
    clerk = sign_in("clerk")
    first = clerk.get("/petitions/?kind=proposal&place=420117001")
    assert len(first.all("tbody tr")) == 25
    second = clerk.follow("下一页")
    assert "kind=proposal" in second.path
    assert "place=420117001" in second.path
    assert len(second.all("tbody tr")) == 1
    assert second.one("#kind option[selected]").attributes["value"] == "proposal"
    assert len(clerk.follow("第一页").all("tbody tr")) == 25


def test_an_address_that_makes_no_sense_shows_a_queue(app: Flask, sign_in: SignIn) -> None:
    put(app)
    clerk = sign_in("clerk")
    for query in ("after=x", "after=2026-13-45.1", "after=%00", "after=" + "9" * 30, "unit=" + "9" * 30):
        assert clerk.get(f"/petitions/?{query}").all("tbody tr"), query
    for query in ("state=burnt", "place='", "q=%00", "kind=x&channel=y"):
        assert clerk.get(f"/petitions/?{query}").heading


# --- filters -------------------------------------------------------------------------------------------------------


def test_each_filter_narrows_the_queue(app: Flask, sign_in: SignIn) -> None:
    put(app, State.HANDLING, subject="办理中")
    put(app, State.ASSIGNED, unit=FARMING, subject="已分配")
    put(app, State.CLOSED, subject="已办结")
    put(app, subject="建议", kind=Kind.PROPOSAL)
    put(app, subject="来访", channel=Channel.VISIT)
    put(app, subject="别处", place=ANHUI)
    clerk = sign_in("clerk")
    with app.app_context():
        water = unit_id(WATER)
    every = {"办理中", "已分配", "建议", "来访", "别处"}
    for query, expected in {
        "": every,
        "state=all": every | {"已办结"},
        "state=closed": {"已办结"},
        "state=handling": {"办理中"},
        f"unit={water}": {"办理中"},
        "kind=proposal": {"建议"},
        "channel=visit": {"来访"},
        "place=420117002": {"别处"},
        "kind=claim&channel=visit": {"来访"},
        "kind=proposal&channel=visit": set(),
    }.items():
        assert set(subjects(clerk.get(f"/petitions/?{query}"))) == expected, query


def test_overdue_is_what_a_clock_says_and_not_what_merely_waits_for_us(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(app, subject="迟了")
    waits = put(app, State.DECLINED, subject="等着")
    press(sign_in("clerk"), waits.id, "notify")
    assert petition(app, waits.id).due_clock is None
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(days=15))
    assert subjects(sign_in("clerk").get("/petitions/?overdue=y")) == []  # the last day itself is in time
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(days=16))
    clerk = sign_in("clerk")
    assert subjects(clerk.get("/petitions/?overdue=y")) == ["迟了"]
    assert [row for row in clerk.get("/desk").texts("tbody tr") if "等着" in row and "超期" in row] == []


# --- search --------------------------------------------------------------------------------------------------------


def test_a_word_of_two_characters_is_found(app: Flask, sign_in: SignIn) -> None:
    put(app, subject="村口", text="水泵坏了三个月。")
    put(app, subject="路灯", text="灯不亮，水不通，泵也没有。")
    clerk = sign_in("clerk")
    assert subjects(clerk.get("/petitions/?q=水泵")) == ["村口"]
    assert subjects(clerk.get("/petitions/?q=路灯")) == ["路灯"]
    assert subjects(clerk.get("/petitions/?q=电表")) == []


def test_a_longer_phrase_is_found_only_where_it_stands_as_it_is(app: Flask, sign_in: SignIn) -> None:
    put(app, subject="甲", text="村委会主任把低保给了亲戚")
    put(app, subject="乙", text="低保给，保给了，给了别人；委会主任，村委会")
    clerk = sign_in("clerk")
    assert subjects(clerk.get("/petitions/?q=低保给了")) == ["甲"]
    assert subjects(clerk.get("/petitions/?q=村委会")) == ["乙", "甲"]


def test_an_english_word_is_found_whole_in_any_case(app: Flask, sign_in: SignIn) -> None:
    put(app, subject="English", text="The Pump at the pond is broken.")
    clerk = sign_in("clerk")
    for query, expected in {"pump": ["English"], "PUMP pond": ["English"], "pum": [], "pump well": []}.items():
        assert subjects(clerk.get(f"/petitions/?q={query}")) == expected, query


def test_a_docket_number_finds_its_matter(app: Flask, sign_in: SignIn) -> None:
    first, second = put(app, State.ACCEPTED, subject="一号"), put(app, State.CLOSED, subject="二号")
    clerk = sign_in("clerk")
    for made, subject in ((first, "一号"), (second, "二号")):
        assert subjects(clerk.get(f"/petitions/?q={petition(app, made.id).number}")) == [subject]
    assert subjects(clerk.get("/petitions/?q=2026-99999")) == []


def test_a_search_is_narrowed_by_the_filters_and_by_who_asks(app: Flask, sign_in: SignIn) -> None:
    put(app, State.HANDLING, subject="水务")
    put(app, State.HANDLING, unit=FARMING, subject="农业")
    put(app, subject="建议", kind=Kind.PROPOSAL)
    assert subjects(sign_in("clerk").get("/petitions/?q=水泵&kind=proposal")) == ["建议"]
    assert subjects(sign_in("handler").get("/petitions/?q=水泵")) == ["水务"]
    assert subjects(sign_in("contact").get("/petitions/?q=水泵")) == []


# --- cost ----------------------------------------------------------------------------------------------------------


def test_pages_take_as_many_queries_with_two_hundred_matters_as_with_ten(app: Flask, sign_in: SignIn) -> None:
    clerk, handler = sign_in("clerk"), sign_in("handler")

    def fill(number: int) -> None:
        put_many(app, number)
        with app.app_context():
            given = "state = 'handling', unit_id = :unit, number = CAST(id AS varchar(20))"
            db.session.execute(text(f"UPDATE petition SET {given} WHERE state = 'received'"), {"unit": unit_id(WATER)})
            db.session.commit()

    def cost() -> dict[str, int]:
        full = put(app, State.SIGNED)
        for _ in range(3):
            press(clerk, full.id, "message")
        holder = Browser(app)
        look_up(holder, full.code)
        taken: dict[str, int] = {}
        pages = [(clerk, f"/petitions/{full.id}"), (handler, "/petitions/"), (holder, "/letters/status")]
        pages += [(clerk, path) for path in ("/petitions/", "/petitions/?q=水泵", "/petitions/?state=all", "/desk")]
        for browser, path in pages:
            with queries(app) as sent:
                browser.client.get(path)
            taken[path.replace(str(full.id), "id")] = len(sent)
        return taken

    fill(10)
    few = cost()
    fill(190)
    assert cost() == few
    assert few["/desk"] <= 3, few  # however many rooms there are
    assert max(few.values()) <= 10, few
