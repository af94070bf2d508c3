"""The account of pairing: a number and the list it opens are the same, and count only what their reader may see."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from openpyxl import load_workbook

import rooms
from blueprints.pairing.account.domain import CHARTED, DIVIDED, By, Measure, Took, took
from blueprints.pairing.account.queries import Asked, Row, account, behind, most_money, number
from blueprints.pairing.needs.domain import Kind
from blueprints.pairing.year_reports.queries import live
from core import clock
from core.desk import Figure, Narrowed
from core.extensions import db
from tests import graduates
from tests.browse import Browser, queries
from tests.contact_office import activity, find, group, visit
from tests.letters import FARMING, VILLAGE, WATER, unit_id, viewer
from tests.pairing_office import need, pair, promise, take

SignIn = Callable[..., Browser]
ALL = Narrowed()
SQLITE = pytest.mark.parametrize("database", ["sqlite"])  # rules of pages, the same on both
MET = ("plan", "done", "report", "confirm")
OTHER = "420117002001"


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    moment = clock.now() + timedelta(days=days)
    monkeypatch.setattr("core.clock.now", lambda: moment)


def this_year() -> int:
    return (clock.now() + timedelta(hours=8)).year


def a_year() -> None:
    """Two needs of one village, one of them met and paid for; one of another village, answered by nobody."""
    pair()
    need()
    id = need("plan", kind=Kind.ROAD)
    take(id, "done", spent=1234_56)
    take(id, "report")
    take(id, "confirm")
    need(by="clerk", place=OTHER)
    db.session.commit()


def test_every_number_is_that_of_the_list_it_opens(app: Flask) -> None:
    with app.app_context():
        a_year()
        who, year = viewer("clerk"), clock.today().year
        of = account(who, year, Narrowed())
        assert of.totals[Measure.RAISED] == 3
        assert of.totals[Measure.MET] == 1
        assert of.totals[Measure.SPENT] == 1234_56
        for measure, total in of.totals.items():
            asked = Asked(measure, year)
            rows = behind(who, asked).rows
            assert number(who, asked) == total
            assert (sum(row.fen or 0 for row in rows) if measure in ("planned", "spent") else len(rows)) == total
        for by, rows_of in ((By.VILLAGE, of.villages), (By.KIND, of.kinds), (By.MONTH, of.months)):
            for row in rows_of:
                for measure, told in row.numbers.items():
                    assert number(who, Asked(measure, year, Narrowed(), by, row.key)) == told
            for measure in DIVIDED[:2]:  # the parts make up the whole
                assert sum(row.numbers[measure] for row in rows_of) == of.totals[measure]


def test_a_unit_counts_what_it_may_see_alone(app: Flask) -> None:
    with app.app_context():
        a_year()
        year = clock.today().year
        assert account(viewer("handler"), year, Narrowed()).totals[Measure.RAISED] == 2
        assert {row.key for row in account(viewer("handler"), year, Narrowed()).villages} != {OTHER}
        assert number(viewer("handler"), Asked(Measure.RAISED, year, Narrowed(), By.VILLAGE, OTHER)) == 0


def test_the_account_is_narrowed_to_a_township_and_to_a_unit(app: Flask) -> None:
    with app.app_context():
        a_year()
        who, year = viewer("clerk"), clock.today().year
        assert account(who, year, Narrowed(township=OTHER[:9])).totals[Measure.RAISED] == 1
        assert account(who, year, Narrowed(unit=str(unit_id(WATER)))).totals[Measure.RAISED] == 2
        assert account(who, year, Narrowed(unit=str(unit_id(FARMING)))).totals[Measure.RAISED] == 0
        assert account(who, year - 1, Narrowed()).totals[Measure.RAISED] == 0


def test_money_spent_on_a_measure_that_was_dropped_stays_spent_but_is_not_planned(app: Flask) -> None:
    with app.app_context():
        pair()
        id = need("plan")
        take(id, "progress", spent=500)
        take(id, "drop")
        db.session.commit()
        totals = account(viewer("clerk"), clock.today().year, Narrowed()).totals
        assert (totals[Measure.PLANNED], totals[Measure.SPENT]) == (0, 500)


def test_a_goal_open_after_its_day_is_late_and_no_dropped_one_is_counted(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        pairing = pair()
        promise(pairing, due=1)
        promise(pairing, due=3)
        db.session.commit()
        year = clock.today().year
        later(monkeypatch, 2)
        of_both = [account(viewer("clerk"), each, Narrowed()).totals for each in (year, year + 1)]  # in December too
        totals = {each: sum(of[each] for of in of_both) for each in Measure}
        assert (totals[Measure.GOALS], totals[Measure.LATE], totals[Measure.KEPT]) == (2, 1, 0)


def test_the_time_to_meet_is_told_by_its_middle_and_its_middle_half() -> None:
    assert took([]) is None
    assert took([7]) == Took(7, 7, 7)
    assert took([1, 2, 3, 4, 100]) == Took(3, 2, 4)


@SQLITE
def test_the_page_links_each_number_and_keeps_the_filter(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        a_year()
        unit = unit_id(WATER)
    clerk = sign_in("clerk")
    page = clerk.get(f"/account/?unit={unit}")
    assert page.status == 200
    assert f"/account/behind?measure=raised&amp;year={this_year()}&amp;unit={unit}" in page.html
    listed = clerk.get(f"/account/behind?measure=spent&by=kind&key=road&unit={unit}")
    assert "1,234.56" in listed.html
    assert clerk.get("/account/behind?measure=nothing", expect=404).status == 404
    assert clerk.get("/account/behind?measure=goals&by=kind&key=road", expect=404).status == 404


@SQLITE
def test_the_account_asks_as_often_however_much_there_is(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        pair()
        db.session.commit()
    clerk = sign_in("clerk")
    clerk.get("/account/")
    with queries(app) as few:
        clerk.get("/account/")
    with app.app_context():
        a_year_more()
    with queries(app) as many:
        clerk.get("/account/")
    assert len(many) == len(few)


def a_year_more() -> None:
    for kind in (Kind.ROAD, Kind.CARE, Kind.WATER):
        need(kind=kind)
        need(kind=kind, by="clerk", place=OTHER)
    db.session.commit()


@SQLITE
def test_another_room_adds_its_own_line(app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    own = [lambda year, narrowed, viewer: [Figure(f"Households {year}", 12, "needs.listed", {"state": "all"})]]
    monkeypatch.setattr("rooms.figures", lambda: iter(own))
    page = sign_in("clerk").get("/account/")
    assert f"Households {this_year()}" in page.html
    assert "/needs/?state=all" in page.html


@SQLITE
def test_the_workbook_holds_the_numbers_of_the_page(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        a_year()
    answer = sign_in("clerk").client.get("/account/account.xlsx")
    whole, villages, kinds = load_workbook(BytesIO(answer.data)).worksheets
    assert whole["B2"].value == 3
    assert villages.max_row == 3
    assert kinds.max_row == 3


def a_year_in_villages() -> None:
    """Two activities held and one planned; a visit held with two problems found, one about the water bureau."""
    activity("hold", key="1")
    activity("hold", "report", key="2")
    activity(key="3")
    trip = visit(group(leader="handler2", members=("clerk", "handler")))
    find(trip, by="handler2")
    find(trip, "水费收取不公开", against=WATER, by="handler2", key="2")
    visit(group(name="第二联系组"), days=30)
    db.session.commit()


def lines(who: str, narrowed: Narrowed = ALL) -> dict[str, Figure]:
    told = [each for room in rooms.figures() for each in room(clock.today().year, narrowed, viewer(who))]
    return {each.words._args[0]: each for each in told}


@pytest.mark.parametrize(
    ("line", "number", "listed"),
    [
        ("Activities held in villages", 2, 2),
        ("People who came to activities", 92, 2),
        ("Contact visits held", 1, 1),
        ("Problems found on contact visits", 2, 2),
    ],
)
def test_what_other_rooms_count_opens_the_list_of_it(
    app: Flask, sign_in: SignIn, line: str, number: int, listed: int
) -> None:
    with app.app_context():
        a_year_in_villages()
        figure = lines("clerk")[line]
        assert figure.number == number
    clerk = sign_in("clerk")
    page = clerk.get(f"/account/?township={VILLAGE[:9]}")
    links = [each.attributes["href"] or "" for each in page.all("dl.summary a") if each.text() == str(number)]
    found = [each for each in links if each.startswith(("/activities", "/contact-visits"))]
    assert {len(clerk.get(each).all("table.list tbody tr")) for each in found} == {listed}
    with app.app_context():
        assert lines("clerk", Narrowed(township=OTHER[:9]))[line].number == 0


def test_who_took_up_a_post_is_counted_and_listed_for_clerk_and_leader_alike(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        graduates.serve()
        db.session.commit()
        for who in ("clerk", "leader"):
            taken = lines(who)["College students who took up a post in a village"]
            assert (taken.number, taken.for_all) == (1, True)
            assert lines(who)["College students who left their post"].number == 0
        year = clock.today().year
    assert len(sign_in("clerk").get(f"/posts/services?which=taken&year={year}").all("table.list tbody tr")) == 1
    assert not sign_in("clerk").get(f"/posts/services?which=left&year={year}").all("table.list tbody tr")


def test_a_problem_found_is_not_counted_for_whom_it_complains_of_and_stands_in_no_report(app: Flask) -> None:
    with app.app_context():
        a_year_in_villages()
        found = lines("handler")["Problems found on contact visits"]
        assert found.number == 1  # the other one is about the own unit
        assert not found.for_all
        told = live(viewer("leader"), clock.today().year).lines
        assert "Contact visits held" in {each.words.en for each in told}
        assert "Problems found on contact visits" not in {each.words.en for each in told}


@SQLITE
def test_the_account_of_one_village_leaves_out_the_others_and_other_rooms(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        a_year()
        a_year_in_villages()
        assert account(viewer("clerk"), clock.today().year, Narrowed(village=OTHER)).totals[Measure.RAISED] == 1
    page = sign_in("clerk").get(f"/account/?village={OTHER}")
    assert page.one("select[name=village] option[selected]").attributes["value"] == OTHER
    assert f"village={OTHER}" in (
        page.one("a[href*='measure=raised'][href*='behind']:not([href*='by='])").attributes["href"] or ""
    )
    assert not page.all("dl.summary a[href^='/activities']")
    assert "阳逻街道 / 江北社区" in page.one("p.only-print").text()  # what it is narrowed to stands on paper, too
    villages = [each.attributes["value"] for each in sign_in("handler").get("/account/").all("[name=village] option")]
    assert villages == ["", VILLAGE]


@SQLITE
def test_what_is_behind_a_figure_is_taken_along_as_excel(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        a_year()
    clerk = sign_in("clerk")
    address = f"/account/behind?year={this_year()}&measure=spent&by=kind&key=road"
    link = clerk.get(address).one("a[href*='behind.xlsx']").attributes["href"] or ""
    listed, about = load_workbook(BytesIO(clerk.client.get(link).data)).worksheets
    assert listed.max_row == 2
    assert listed.cell(2, 5).value == pytest.approx(1234.56)
    assert about["C2"].value == pytest.approx(1234.56)
    assert clerk.client.get("/account/behind.xlsx?measure=nothing").status_code == 404


@SQLITE
def test_money_is_drawn_in_whole_yuan_above_its_table(app: Flask, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    assert not clerk.get("/account/").all("#money-village-title")  # no picture of nothing
    with app.app_context():
        a_year()
    page = clerk.get("/account/")
    for by in ("village", "kind"):
        drawn = page.one(f"section[aria-labelledby=by-{by}] figure")
        assert "1234" in [each.text() for each in drawn.css(".chart-value")]


def test_a_picture_holds_those_with_the_most_money_in_the_order_of_the_table() -> None:
    rows = [Row(str(each), str(each), {Measure.PLANNED: each % 7, Measure.SPENT: 0}) for each in range(30)]
    shown = most_money(rows)
    assert len(shown) == CHARTED
    assert [each.key for each in shown] == sorted((each.key for each in shown), key=int)
    assert min(each.numbers[Measure.PLANNED] for each in shown) == 4
