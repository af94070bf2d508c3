"""The yearly report: live while it is drafted, fixed once it is issued, corrected by a new one that names the old."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from blueprints.pairing.needs.domain import Kind
from blueprints.pairing.year_reports.domain import Figures, Section, State, differences
from blueprints.pairing.year_reports.models import YearReport
from blueprints.pairing.year_reports.queries import live
from core import clock
from core.desk import Figure
from core.extensions import db
from core.record import Entry
from core.workflow import NotPossible
from tests.browse import Browser, Page, queries
from tests.letters import viewer
from tests.pairing_office import need, pair, promise, take
from tests.upkeep import run, spoil

SignIn = Callable[..., Browser]
SQLITE = pytest.mark.parametrize("database", ["sqlite"])  # rules of pages, the same on both
WRITTEN = {
    "overview": "全年结对帮扶平稳推进。",
    "well": "东塘泵站恢复供水。",
    "lacking": "个别需求答复偏慢。",
    "next": "加强回访。",
}


def a_year() -> None:
    """A pairing with a goal, a need that was met and paid for, and one that waits."""
    promise(pair())
    need()
    id = need("plan", kind=Kind.ROAD)
    take(id, "done", spent=1234_56)
    take(id, "report")
    take(id, "confirm")


def report(*steps: str) -> int:
    """The report of this year, moved on by these steps; its id. The caller commits."""
    row = YearReport.begin(clock.today().year, by=viewer("clerk"))
    db.session.flush()
    for action in steps:
        go(row, action)
    return row.id


def go(row: YearReport, action: str, **values: object) -> None:
    by = viewer("leader" if action in ("issue", "back") else "clerk")
    given = {"reason": "数字有补录。", **WRITTEN, **values}
    if action == "issue":
        given["figures"] = live(by, row.year)
    row.move(action, given, by=by)
    db.session.flush()


def sheet(page: Page) -> str:
    """What the paper says on the page."""
    return page.one("article.sheet").text(separator=" ")


ISSUED = ("write", "send", "issue")


def test_a_report_is_written_sent_issued_and_read(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        a_year()
        year = clock.today().year
        db.session.commit()
    clerk = sign_in("clerk")
    clerk.get("/year-reports/new")
    address = clerk.submit("/year-reports/new", fields={"year": str(year)}).path
    assert "草稿，尚未签发" in sheet(clerk.page)
    clerk.follow(f"{address}/write")
    clerk.submit(f"{address}/write", fields={**WRITTEN})
    clerk.follow(f"{address}/send")
    clerk.submit(f"{address}/send")
    leader = sign_in("leader")
    leader.get(address)
    leader.follow(f"{address}/issue")
    page = leader.submit(f"{address}/issue")
    assert f"〔{year}〕1号" in sheet(page)
    assert WRITTEN["lacking"] in sheet(page)
    assert "1,234.56" in sheet(page)
    assert not page.all(".steps a[href$='/write']")
    assert f"〔{year}〕1号" in sheet(sign_in("handler").get(address))


def test_an_issued_report_keeps_its_figures_and_the_office_is_told_where_they_differ_now(
    app: Flask, sign_in: SignIn
) -> None:
    with app.app_context():
        a_year()
        id = report(*ISSUED)
        db.session.commit()
        before = db.session.get_one(YearReport, id).figures
        need(kind=Kind.CARE)
        db.session.commit()
    page = sign_in("clerk").get(f"/year-reports/{id}")
    assert ["提出需求", "2", "3"] in [
        [cell.text(strip=True) for cell in row.css("th, td")] for row in page.all("#differ ~ details tr")
    ]
    others = sign_in("handler").get(f"/year-reports/{id}")
    assert not others.all("#differ")  # others count less, and the numbers of today are not theirs
    with app.app_context():
        assert db.session.get_one(YearReport, id).figures == before


def test_figures_kept_are_read_back_as_they_were(app: Flask) -> None:
    with app.app_context():
        a_year()
        now = live(viewer("clerk"), clock.today().year)
        assert Figures.from_json(now.as_json()) == now
        assert now == live(viewer("leader"), now.year)  # the same whoever of the office asks
        assert differences(now, now) == []
        with pytest.raises(PermissionError):
            live(viewer("handler"), now.year)


def test_of_other_rooms_only_what_is_the_same_for_all_stands_in_a_report(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = [Figure("Households", 12, for_all=True), Figure("Findings", 7)]
    monkeypatch.setattr("rooms.figures", lambda: iter([lambda year, narrowed, viewer: own]))
    with app.app_context():
        lines = {each.words.en: each.number for each in live(viewer("leader"), 2026).lines}
        assert lines["Households"] == 12
        assert "Findings" not in lines


def test_a_correction_is_a_new_report_that_names_the_one_it_replaces(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        a_year()
        first = report(*ISSUED)
        old = db.session.get_one(YearReport, first)
        text = old.sheets
        go(old, "correct")
        second = report("send")
        assert db.session.get_one(YearReport, second).replaces_id == first
        assert old.state == State.ISSUED  # until the new one is issued
        go(db.session.get_one(YearReport, second), "issue")
        db.session.commit()
        assert (old.state, old.sheets) == (State.REPLACED, text)
        number = old.number or ""
    page = sign_in("handler").get(f"/year-reports/{second}")
    assert f"本报告替代{number}报告" in sheet(page)
    assert page.all(f"a[href='/year-reports/{first}']")
    assert "本报告已由" in sign_in("handler").get(f"/year-reports/{first}").text


def test_nobody_changes_an_issued_report(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        id = report(*ISSUED)
        row = db.session.get_one(YearReport, id)
        for action in ("write", "send", "drop", "issue", "back", "replace"):
            with pytest.raises(NotPossible):
                go(row, action)
        db.session.commit()
    clerk = sign_in("clerk")
    assert clerk.client.get(f"/year-reports/{id}/write").status_code == 303


def test_of_a_year_one_report_is_drafted_and_one_in_use(app: Flask) -> None:
    with app.app_context():
        first = report("write")
        assert report() == first
        report("send", "issue")
        assert report() == first  # what is in use is corrected, not begun anew
        row = db.session.get_one(YearReport, first)
        go(row, "correct")
        with pytest.raises(NotPossible):
            go(row, "correct")
        go(db.session.get_one(YearReport, report()), "drop")
        go(row, "correct")
        db.session.commit()
        assert db.session.scalars(select(YearReport.state).order_by(YearReport.id)).all() == [
            "issued",
            "dropped",
            "drafted",
        ]


def test_a_report_is_sent_once_every_section_is_written(app: Flask) -> None:
    with app.app_context():
        row = db.session.get_one(YearReport, report())
        for each in Section:
            with pytest.raises(NotPossible):
                go(row, "send")
            row.move("write", {**row.sections, each: WRITTEN[each]}, by=viewer("clerk"))
        go(row, "send")
        go(row, "back")
        assert row.state == State.DRAFTED


def test_the_check_finds_a_figure_or_a_paper_that_was_altered(app: Flask) -> None:
    with app.app_context():
        a_year()
        id = report(*ISSUED)
        db.session.commit()
    assert "yearly reports on pairing 1" in run(app, "check")
    with app.app_context():
        row = db.session.get_one(YearReport, id)
        kept = row.kept or {}
        kept["lines"][0][2] += 1
        row.kept = kept
        sealed = row.figures_sealed
        db.session.rollback()
    spoil(app, "UPDATE year_report SET figures_sealed = :sealed WHERE id = :id", sealed=sealed, id=id)
    assert "its figures are not those that were issued" in run(app, "check", code=1)


def test_a_leader_issues_the_figures_that_stood_on_the_page(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        id = report("write", "send")
        db.session.commit()
    leader = sign_in("leader")
    leader.get(f"/year-reports/{id}/issue")
    with app.app_context():
        a_year()
        db.session.commit()
    page = leader.submit(f"/year-reports/{id}/issue", expect=422)
    assert "打开本页后数字有变化" in page.text
    assert "〔" in leader.submit(f"/year-reports/{id}/issue").one(".sheet-number").text()
    with app.app_context():
        entry = db.session.scalars(select(Entry).where(Entry.thread_id == id, Entry.action == "issue")).one()
        assert len(entry.data["figures"]) == 64


@SQLITE
def test_of_two_who_write_at_once_the_later_sees_both_versions(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        id = report()
        db.session.commit()
    first, second = sign_in("clerk"), sign_in("clerk2")
    first.get(f"/year-reports/{id}/write")
    second.get(f"/year-reports/{id}/write")
    first.submit(f"/year-reports/{id}/write", fields={"overview": "第一稿概况。"})
    page = second.submit(f"/year-reports/{id}/write", fields={"overview": "第二稿概况。"}, expect=409)
    row = page.one("table.compare tbody tr").text(separator=" ")
    assert "第一稿概况。" in row
    assert "第二稿概况。" in row
    assert page.one("textarea[name=overview]").text(strip=True) == "第二稿概况。"
    assert "第二稿概况。" in sheet(second.submit(f"/year-reports/{id}/write"))


@SQLITE
def test_a_draft_is_the_offices_alone(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        id = report("write", "send")
        db.session.commit()
    for who in ("handler", "contact"):
        reader = sign_in(who)
        for ending in ("", ".pdf", "/issue"):
            assert reader.client.get(f"/year-reports/{id}{ending}").status_code == 404
        assert str(id) not in reader.get("/year-reports/").html
    for who in ("auditor", "discipline", "administrator"):
        assert sign_in(who).client.get("/year-reports/").status_code == 403


@SQLITE
def test_the_pdf_holds_what_the_page_shows(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        a_year()
        id = report(*ISSUED)
        db.session.commit()
    clerk = sign_in("clerk")
    pieces = clerk.get(f"/year-reports/{id}").all("article.sheet :is(p, h2, h3, th, td)")
    pdf = PdfReader(BytesIO(clerk.client.get(f"/year-reports/{id}.pdf").data))
    printed = "".join("".join(each.extract_text().split()) for each in pdf.pages)
    shown = ["".join(each.text().split()) for each in pieces]
    assert len(shown) > 40
    assert [each for each in shown if each not in printed] == []


@SQLITE
def test_a_report_asks_as_often_however_much_there_is(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        pair()
        id = report()
        db.session.commit()
    clerk = sign_in("clerk")
    clerk.get(f"/year-reports/{id}")
    with queries(app) as few:
        clerk.get(f"/year-reports/{id}")
    with app.app_context():
        for kind in (Kind.ROAD, Kind.CARE):
            need(kind=kind)
            need(kind=kind, by="clerk", place="420117002001")
        pair(place="420117002001")
        db.session.commit()
    with queries(app) as many:
        clerk.get(f"/year-reports/{id}")
    assert len(many) == len(few)
