"""Figures: numbers worked out by hand, each with the very matters behind it, walled, and silent where they are small."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from blueprints.petitions.casefile.domain import PaperKind
from blueprints.petitions.docket.domain import State
from blueprints.petitions.docket.models import Petition
from blueprints.petitions.figures import queries
from blueprints.petitions.figures.domain import HIDDEN, SMALL, Age, By, Count, Measure, Period, period, told
from blueprints.petitions.figures.queries import Asked, Done, Wanted, behind, divided, how_many, table, whole
from blueprints.petitions.retention.models import hits, redact
from core.extensions import db
from tests.browse import Browser
from tests.letters import FARMING, PUMPS, WATER, press, put, put_many, step, unit_id, viewer

SignIn = Callable[..., Browser]
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


def closed(
    app: Flask, on: Callable[[date], None], *, solved: str, answered: date, rating: str = "", **more: Any
) -> int:
    """A matter received, accepted and given on the second of March, answered on that day, and closed then."""
    on(date(2026, 3, 2))
    unit = str(more.get("unit", WATER))
    id = put(app, State.HANDLING, **more).id
    with app.app_context():
        step(id, "notify", unit=unit)
        on(answered)
        for action in ("answer", "sign", "deliver"):
            step(id, action, unit=unit, **({"outcome": "explained"} if action == "answer" else {}))
        if rating:
            petition = db.session.get_one(Petition, id)
            petition.rate(rating, "")  # type: ignore[arg-type]
        step(id, "close", unit=unit, solved=solved)
        db.session.commit()
    return id


def counted(app: Flask, who: str, measure: Measure, by: By | None = None) -> dict[Any, tuple[int, int]]:
    with app.app_context():
        mine = viewer(who)
        found = divided(mine, measure, YEAR, by) if by else {None: whole(mine, measure, YEAR)}
        return {key: (count.good, count.whole) for key, count in found.items() if not count.hidden}


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        *((wrong, date(2026, 1, 1), date(2026, 12, 31)) for wrong in ("", "2026Q5", "2026-13", "0", "99999", "x")),
    ],
)
def test_a_period_has_its_first_and_last_day(word: str, first: date, last: date) -> None:
    assert period(word, date(2026, 11, 25)) == Period(first, last)


def test_an_answer_counts_by_the_last_day_of_its_clock_and_is_in_time_up_to_that_day(
    app: Flask, on: Callable[[date], None]
) -> None:
    last = date(2026, 5, 1)  # sixty days after the second of March
    closed(app, on, solved="village", answered=last)
    closed(app, on, solved="district", answered=last + timedelta(days=1))
    on(date(2026, 3, 2))
    put(app, State.HANDLING)  # whose last day has passed without an answer
    on(date(2026, 11, 25))
    put(app, State.HANDLING)  # whose last day is still to come
    assert counted(app, "clerk", Measure.ANSWERS)[None] == (1, 3)


def test_solved_where_it_arose_is_of_all_that_was_answered_and_closed(app: Flask, on: Callable[[date], None]) -> None:
    for solved in ("village", "township", "district", "above", "not_solved"):
        closed(app, on, solved=solved, answered=date(2026, 3, 20))
    with app.app_context():
        declined = put(app, State.DECLINED).id
        step(declined, "notify")
        step(declined, "close", by="leader", solved="")
        db.session.commit()
    assert counted(app, "leader", Measure.SOLVED)[None] == (2, 5)


def test_satisfaction_is_of_those_that_were_rated(app: Flask, on: Callable[[date], None]) -> None:
    for rating in ("satisfied", "fair", "dissatisfied", ""):
        closed(app, on, solved="village", answered=date(2026, 3, 20), rating=rating)
    assert counted(app, "leader", Measure.SATISFIED)[None] == (2, 3)


def test_each_number_opens_just_the_matters_behind_it(app: Flask, sign_in: SignIn, on: Callable[[date], None]) -> None:
    closed(app, on, solved="village", answered=date(2026, 5, 1))
    closed(app, on, solved="district", answered=date(2026, 5, 2), unit=FARMING)
    put(app, State.RECEIVED)
    on(date(2026, 6, 1))
    clerk = sign_in("clerk")
    page = clerk.get("/figures/?period=2026&by=unit")
    links = {
        str(node.attributes["href"])
        for node in page.all("#figures a")
        if "/figures/behind" in str(node.attributes["href"])
    }
    assert len(links) > 10
    for link in links:
        told = (
            next(int(node.text()) for node in page.all(f"a[href='{link}']") if node.text().strip().isdigit())
            if any(node.text().strip().isdigit() for node in page.all(f"a[href='{link}']"))
            else None
        )
        rows = clerk.get(link).all(".list tbody tr")
        assert told is None or len(rows) == told, link


def test_figures_are_walled_like_the_matters_they_count(app: Flask, on: Callable[[date], None]) -> None:
    put(app, unit=FARMING)
    put(app, against=WATER, unit=FARMING)
    put(app, State.HANDLING, unit=FARMING, against=PUMPS)
    assert counted(app, "clerk", Measure.RECEIVED)[None] == (0, 3)
    assert counted(app, "handler", Measure.RECEIVED)[None] == (0, 0)  # of the unit complained of
    assert counted(app, "handler2", Measure.RECEIVED)[None] == (0, 1)  # the own unit's alone
    with app.app_context():
        unit = unit_id(FARMING)
        wanted = Wanted(Measure.RECEIVED, YEAR, by=By.UNIT, key=str(unit))
        assert len(behind(viewer("handler2"), wanted, "").rows) == 1
        assert not behind(viewer("handler"), wanted, "").rows


@pytest.mark.parametrize(
    ("count", "small"),
    [
        (Count(0), False),
        (Count(4), True),
        (Count(5), False),
        (Count(9, 5), True),  # four are the rest
        (Count(10, 5), False),
        (Count(9, 9), False),
        (Count(30, 1), True),
    ],
)
def test_a_number_is_small_where_it_its_good_part_or_the_rest_is_below_five(count: Count, small: bool) -> None:
    assert count.small is small
    assert told({"a": count}) == {"a": HIDDEN if small else count}


@pytest.mark.parametrize(
    ("numbers", "hidden"),
    [
        ({"a": 3, "b": 18, "c": 7}, {"a", "c"}),  # of 28 less 18: not which of them has how many
        ({"a": 1, "b": 2, "c": 9, "d": 30}, {"a", "b", "c"}),  # two that make three together are small still
        ({"a": 4, "b": 4, "c": 30}, {"a", "b"}),
        ({"a": 6, "b": 18}, set()),
        ({"a": 3}, {"a"}),  # then the sum is hidden too
        ({"a": 3, "b": 0, "c": 9}, {"a", "c"}),  # nought hides nobody
    ],
)
def test_a_small_number_cannot_be_worked_out_from_the_sum_and_the_others(
    numbers: dict[str, int], hidden: set[str]
) -> None:
    counts = {key: Count(number) for key, number in numbers.items()}
    found = told(counts, [list(counts)])
    assert {key for key, count in found.items() if count.hidden} == hidden
    rest = sum(numbers.values()) - sum(count.whole for count in found.values())
    assert not hidden or rest >= SMALL or len(numbers) == 1


def test_where_a_number_is_in_two_sums_neither_tells_it() -> None:
    months = {"01": Count(3), "02": Count(8), "03": Count(20), "04": Count(9), "05": Count(40)}
    found = told(months, [["01", "02", "03"], ["04", "05"], list(months)])
    assert {key for key, count in found.items() if count.hidden} == {"01", "02"}


def test_who_may_not_see_the_matters_is_told_no_small_number(
    app: Flask, sign_in: SignIn, on: Callable[[date], None]
) -> None:
    put_many(app, 4)
    auditor = sign_in("auditor")
    page = auditor.get("/figures/?period=2026&by=kind")
    assert not page.all("#figures a[href*='/figures/behind']")
    assert "4" not in page.texts("#figures .summary dd")
    for address in ("behind?measure=received&period=2026", "taken", "taken.xlsx"):
        auditor.get(f"/figures/{address}", expect=403)
    put_many(app, 1)
    assert "5" in auditor.get("/figures/?period=2026&by=kind").texts("#figures .summary dd")


def test_an_auditor_cannot_subtract_a_small_unit_from_the_office(
    app: Flask, sign_in: SignIn, on: Callable[[date], None]
) -> None:
    from core.tables import read_rows

    for unit, many in ((WATER, 5), (FARMING, 1), (PUMPS, 6)):
        for _ in range(many):
            put(app, State.ASSIGNED, unit=unit)
    assert counted(app, "auditor", Measure.RECEIVED) == {None: (0, 12)}
    with app.app_context():
        farming, pumps = unit_id(FARMING), unit_id(PUMPS)
    assert counted(app, "auditor", Measure.RECEIVED, By.UNIT) == {pumps: (0, 6)}
    assert len(counted(app, "clerk", Measure.RECEIVED, By.UNIT)) == 3
    assert counted(app, "clerk", Measure.RECEIVED, By.UNIT)[farming] == (0, 1)
    data = sign_in("auditor").get("/figures/figures.xlsx?period=2026&by=unit").response.data
    rows = {row.cell(0): row.cell(1) for row in read_rows(data)}
    assert (rows[PUMPS], rows[WATER], rows[FARMING]) == ("6", "", "")


def test_no_unit_and_no_place_is_ranked_by_number(app: Flask, on: Callable[[date], None]) -> None:
    put(app, State.HANDLING, unit=WATER)
    for _ in range(3):
        put(app, State.HANDLING, unit=FARMING)
    with app.app_context():
        names = [row.name for row in table(viewer("clerk"), YEAR, By.UNIT)]
        assert names == sorted(names)


def test_the_ages_of_open_matters_divide_all_of_them(app: Flask, on: Callable[[date], None]) -> None:
    for days in (0, 15, 16, 60, 61, 90, 91, 400):
        on(date(2026, 11, 25) - timedelta(days=days))
        put(app)
    on(date(2026, 11, 25))
    with app.app_context():
        who = viewer("clerk")
        found = queries.ages(who)
        assert {age: count.whole for age, count in found.items()} == dict.fromkeys(Age, 2)
        assert all(len(behind(who, age).rows) == how_many(who, age) == 2 for age in Age)


def test_the_yearly_report_tells_what_the_year_brought(app: Flask, sign_in: SignIn, on: Callable[[date], None]) -> None:
    closed(app, on, solved="village", answered=date(2026, 3, 20))
    for _ in range(5):
        put(app, State.REGISTERED, against=FARMING)
    put(app, State.FORWARDED)
    with app.app_context():
        step(put(app, State.HANDLING).id, "supervise", by="leader")
        db.session.commit()
    leader = sign_in("leader")
    page = leader.get("/figures/report/2026")
    facts = dict(zip(page.texts(".sheet-facts th"), page.texts(".sheet-facts td"), strict=True))
    assert (facts["合计"], facts["转送"], facts["督办"], facts["交办"]) == ("8件", "1件", "1件", "2件")
    assert facts[FARMING] == "5件"
    assert WATER not in facts
    assert leader.get("/figures/report/2026.pdf").response.mimetype == "application/pdf"
    assert FARMING not in sign_in("clerk").get("/figures/report/2026").html, "for a leader alone"


def test_each_number_of_the_report_opens_as_many_as_it_tells(
    app: Flask, sign_in: SignIn, on: Callable[[date], None]
) -> None:
    closed(app, on, solved="village", answered=date(2026, 5, 2), rating="fair")
    for _ in range(5):
        put(app, State.REGISTERED, against=FARMING)
    put(app, State.DECLINED, channel="visit")
    twice = put(app, State.HANDLING, unit=FARMING).id
    with app.app_context():
        for _ in range(2):
            step(twice, "supervise", by="leader", unit=FARMING)
        db.session.commit()
    leader = sign_in("leader")
    page = leader.get("/figures/report/2026")
    links = [(str(node.attributes["href"]), node.text()) for node in page.all(".sheet-facts a")]
    assert len(links) > 12
    for link, words in links:
        number = int(words.split("/")[1].rstrip("，件数较少）")) if "/" in words else int(words.removesuffix("件"))
        assert len(leader.get(link).all(".list tbody tr")) == number, (link, words)
    assert ("督办", "2件") in zip(page.texts(".sheet-facts th"), page.texts(".sheet-facts td"), strict=True)
    assert not sign_in("auditor").get("/figures/report/2026").all(".sheet-facts a")
    about = next(link for link, _ in links if "about=" in link)
    sign_in("clerk").get(about, expect=404)


def test_the_report_of_a_unit_says_that_it_counts_its_own_alone(
    app: Flask, sign_in: SignIn, on: Callable[[date], None]
) -> None:
    own = "只统计本单位承办的信访事项"
    assert own in sign_in("handler").get("/figures/report/2026").html
    assert own not in sign_in("leader").get("/figures/report/2026").html


def test_the_report_says_nothing_of_proposals_to_who_may_see_none(
    app: Flask, sign_in: SignIn, on: Callable[[date], None]
) -> None:
    assert "改进建议" in sign_in("clerk").get("/figures/report/2026").html
    assert "改进建议" not in sign_in("auditor").get("/figures/report/2026").html


def test_a_matter_that_was_handled_twice_counts_and_is_listed_by_each_of_its_clocks(
    app: Flask, on: Callable[[date], None]
) -> None:
    id = put(app, State.REVIEWING).id
    with app.app_context():
        step(id, "review", verdict="revoked")
        step(id, "redo", by="leader")
        db.session.commit()
    on(date(2026, 11, 25))
    assert counted(app, "clerk", Measure.ANSWERS) == {None: (1, 2)}
    with app.app_context():
        rest = Wanted(Measure.ANSWERS, YEAR, "rest")
        asked: list[tuple[Asked, int]] = [(Wanted(Measure.ANSWERS, YEAR), 2), (rest, 1), (Done(2026, None), 1)]
        asked += [(Done(2026, PaperKind.OPINION), 1), (Done(2025, PaperKind.OPINION), 0)]
        for each, number in asked:
            assert len(behind(viewer("clerk"), each).rows) == how_many(viewer("clerk"), each) == number


def test_a_list_of_clocks_is_read_on_without_a_gap_or_a_double_where_a_matter_has_two(
    app: Flask, on: Callable[[date], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    twice, once = put(app, State.REVIEWING).id, put(app, State.HANDLING).id
    with app.app_context():
        step(twice, "review", verdict="revoked")
        step(twice, "redo", by="leader")
        db.session.commit()
    on(date(2026, 11, 25))
    monkeypatch.setattr(queries, "PAGE", 1)
    with app.app_context():
        asked, listed = Wanted(Measure.ANSWERS, YEAR), list[int]()
        key: str | None = ""
        while key is not None:
            listing = behind(viewer("clerk"), asked, key)
            listed += [row.id for row in listing.rows]
            key = listing.next_key
        assert listed == [twice, once, twice], "the second clock of the one began after that of the other"
        assert how_many(viewer("clerk"), asked) == 3


def test_a_month_is_that_of_what_is_counted(app: Flask, on: Callable[[date], None]) -> None:
    closed(app, on, solved="village", answered=date(2026, 4, 30))
    assert counted(app, "clerk", Measure.RECEIVED, By.MONTH) == {"2026-03": (0, 1)}
    assert counted(app, "clerk", Measure.ANSWERS, By.MONTH) == {"2026-05": (1, 1)}
    assert counted(app, "clerk", Measure.SOLVED, By.MONTH) == {"2026-04": (1, 1)}


def test_the_list_behind_a_figure_goes_on_by_its_key(app: Flask, sign_in: SignIn, on: Callable[[date], None]) -> None:
    put_many(app, queries.PAGE + 3)
    clerk = sign_in("clerk")
    first = clerk.get("/figures/behind?measure=received&period=2026&by=kind&key=claim")
    assert f"{queries.PAGE + 3}件" in first.text.replace(" ", "")
    following = str(first.one(".pager a").attributes["href"])
    assert "by=kind" in following
    second = clerk.get(following)
    rows = [*first.texts(".list tbody tr"), *second.texts(".list tbody tr")]
    assert len(rows) == len(set(rows)) == queries.PAGE + 3


def test_the_list_behind_a_figure_is_taken_along_as_excel_and_that_is_recorded(
    app: Flask, sign_in: SignIn, on: Callable[[date], None]
) -> None:
    put(app, subject='=HYPERLINK("x")', unit=FARMING)
    put(app, against=FARMING)
    put(app, State.HANDLING, unit=FARMING)
    for who, number in (("clerk", 3), ("handler2", 1)):
        browser = sign_in(who)
        assert browser.get("/figures/taken.xlsx").is_html, "there is no file yet"
        browser.get("/figures/behind?measure=received&period=2026")
        page = browser.submit("taking")
        work = list(app.extensions["jobs"].values())[-1]
        work.thread.join()
        assert (work.kept, work.done, work.total) == (True, number, number)
        assert "10分钟" in browser.get(page.path).text.replace(" ", "")
        sheet: Any = load_workbook(io.BytesIO(browser.get("/figures/taken.xlsx").response.data)).worksheets[0]
        assert sheet.max_row == number + 1
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert not [cell for cell in cells if cell.data_type == "f" or str(cell.value).startswith("=")]
    on(date(2026, 3, 3))
    assert sign_in("clerk").get("/figures/taken.xlsx").is_html, "nor any more"
    told_of = sign_in("auditor").get("/record").text
    assert "3件" in told_of.replace(" ", "")


def test_a_list_taken_along_is_gone_once_its_owner_may_not_see_all_of_it_any_more(
    app: Flask, sign_in: SignIn, on: Callable[[date], None]
) -> None:
    id = put(app, State.HANDLING).id
    put(app)
    clerk = sign_in("clerk")
    clerk.get("/figures/behind?measure=received&period=2026")
    clerk.submit("taking")
    list(app.extensions["jobs"].values())[-1].thread.join()
    assert not clerk.get("/figures/taken.xlsx").is_html
    press(clerk, id, "withdraw")
    assert clerk.get("/figures/taken.xlsx").is_html


def test_a_list_taken_along_is_gone_once_something_in_it_was_made_unreadable(
    app: Flask, sign_in: SignIn, on: Callable[[date], None]
) -> None:
    id = put(app, State.HANDLING, subject="王小明家的水泵").id
    clerk = sign_in("clerk")
    clerk.get("/figures/behind?measure=received&period=2026")
    clerk.submit("taking")
    list(app.extensions["jobs"].values())[-1].thread.join()
    with app.app_context():
        step(id, "note")
        db.session.commit()
    assert not clerk.get("/figures/taken.xlsx").is_html, "whatever else happens to a matter"
    with app.app_context():
        row = db.session.get_one(Petition, id)
        redact(row, "王小明", [hit.key for hit in hits(row, "王小明")], "第三人信息", by=viewer("clerk"))
        db.session.commit()
    assert clerk.get("/figures/taken.xlsx").is_html


def test_the_page_costs_the_same_with_many_letters(app: Flask, sign_in: SignIn, on: Callable[[date], None]) -> None:
    from tests.browse import queries as statements

    clerk = sign_in("clerk")
    put_many(app, 3)
    clerk.get("/figures/")
    with statements(app) as few:
        clerk.get("/figures/")
    put_many(app, 30)
    with statements(app) as many:
        clerk.get("/figures/")
    assert len(few) == len(many) <= 25


def test_the_workbook_holds_what_the_page_shows(app: Flask, sign_in: SignIn, on: Callable[[date], None]) -> None:
    from core.tables import read_rows

    put(app, State.HANDLING)
    data = sign_in("clerk").get("/figures/figures.xlsx?period=2026&by=unit").response.data
    rows = [row.cells for row in read_rows(data)]
    assert [row[:2] for row in rows[1:]] == [[WATER, "1"]]
    with app.app_context():
        assert db.session.scalar(select(Petition.id)) is not None
