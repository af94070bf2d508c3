"""An old register comes in from a table: by its real columns, seen first, all of it or nothing, once."""

import io
from collections.abc import Callable, Sequence
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.petitions.docket.domain import Channel, Kind, State
from blueprints.petitions.docket.models import Petition
from blueprints.petitions.ledger.domain import Known, day, guess, place_of
from core import jobs, record
from core.extensions import db
from core.record import Entry
from core.tables import Sheet, write_xlsx
from tests.browse import Browser, Page
from tests.letters import WATER, everything_stored, put, unit_id
from tests.people import PASSWORD

SignIn = Callable[..., Browser]
HEADINGS = [
    "序号",
    "来信日期",
    "信访人",
    "住址",
    "联系电话",
    "反映内容",
    "信访类别",
    "办理单位",
    "办理结果",
    "办结日期",
]
OPEN = ["1", "2026-10-20", "刘老实", "红旗社区三组", "13900001111", "村口水泵坏了，没人修。", "申诉求决", WATER, "", ""]
CLOSED = [
    "2",
    "2025年3月5日",
    "匿名",
    "南街社区",
    "",
    "建议修一条路。",
    "建议意见",
    WATER,
    "已修好并回访。",
    "2025.4.1",
]
TODAY = date(2026, 11, 25)


def csv(*rows: Sequence[str], encoding: str = "gb18030") -> bytes:
    return "\r\n".join(",".join(row) for row in [HEADINGS, *rows]).encode(encoding)


def bring(clerk: Browser, data: bytes, name: str = "信访台账.csv", expect: int = 200) -> Page:
    clerk.get("/petitions/import/")
    return clerk.submit("读取表格", expect=expect, file=(io.BytesIO(data), name))


def dry(clerk: Browser, **changes: str) -> Page:
    return clerk.submit("查看各行导入后的情况", fields=dict(changes))


def import_all(app: Flask, clerk: Browser) -> Page:
    """Press the button, and wait until the work is done."""
    button = next(each for each in clerk.page.buttons if each.startswith("导入 "))
    clerk.submit(button)
    with app.app_context():
        for progress in app.extensions["jobs"].values():
            progress.thread.join()
            assert progress.kept or progress.failed
    return clerk.get(clerk.page.path)


def matters(app: Flask) -> list[Petition]:
    with app.app_context():
        return list(db.session.scalars(select(Petition).order_by(Petition.received_on)))


def told(page: Page) -> list[str]:
    return page.texts(".summary dd")


# --- what a table says ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05",
        "2026/3/5",
        "2026.3.5",
        "2026年3月5日",
        "2026 年 3 月 5 日",
        "20260305",
        "46086",
        "2026-03-05 08:30:00",
    ],
)
def test_a_date_is_read_as_people_and_programs_write_it(text: str) -> None:
    assert day(text) == date(2026, 3, 5)


@pytest.mark.parametrize("text", ["三月五日", "2026-02-30", "2026", "5/3/2026", "", "99999999"])
def test_what_is_no_date_is_not_guessed(text: str) -> None:
    assert day(text) is None


def test_columns_are_guessed_by_their_headings() -> None:
    found = guess(HEADINGS)
    assert {key: HEADINGS[column] for key, column in found.items()} == {
        "number": "序号",
        "received_on": "来信日期",
        "name": "信访人",
        "address": "住址",
        "contact": "联系电话",
        "text": "反映内容",
        "kind": "信访类别",
        "unit": "办理单位",
        "result": "办理结果",
        "closed_on": "办结日期",
    }
    assert guess(["被反映人", "信访人姓名", "反映人"]) == {"person": 0, "name": 1}


def test_a_place_is_the_one_village_that_a_text_names() -> None:
    villages = [
        ("红旗社区", "1", "11"),
        ("红旗村委会", "2", "21"),
        ("大红旗村委会", "2", "22"),
        ("南街社区", "1", "12"),
    ]
    known = Known(villages, {"邾城街道": "1", "阳逻街道": "2"}, {}, TODAY)
    for text, code in {
        "南街社区三组": "12",
        "邾城街道红旗社区": "11",
        "阳逻街道红旗村": "21",
        "阳逻大红旗村五组": "22",
        "红旗三组": "",  # it may be either
        "邾城某处": "1",
        "外地": "",
    }.items():
        assert place_of(text, known) == code, text


# --- the import ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["gb18030", "utf-8-sig", "xlsx"])
def test_a_register_comes_in_with_its_own_dates(app: Flask, sign_in: SignIn, kind: str) -> None:
    clerk = sign_in("clerk")
    rows = [OPEN, CLOSED]
    data = write_in(app, rows) if kind == "xlsx" else csv(*rows, encoding=kind)
    bring(clerk, data, "台账.xlsx" if kind == "xlsx" else "台账.csv")
    dry(clerk)
    assert told(clerk.page) == ["2", "1", "1", "0", "0"]
    assert not matters(app)  # so far nothing is kept
    assert "2 件" in import_all(app, clerk).text.replace("2件", "2 件")
    closed, still = matters(app)
    assert (still.state, still.received_on, still.kind, still.channel) == (
        State.REGISTERED,
        date(2026, 10, 20),
        Kind.CLAIM,
        Channel.LETTER,
    )
    assert still.due_clock == "notice"
    assert still.due_on == date(2026, 11, 4)  # overdue is overdue
    assert still.number == "2026-00001"
    assert (closed.state, closed.number, closed.due_on, closed.anonymous) == (State.CLOSED, "2025-00001", None, True)
    with app.app_context():
        still, closed = (db.session.get_one(Petition, each.id) for each in (still, closed))
        assert still.identity == {"name": "刘老实", "address": "红旗社区三组", "contact": "13900001111"}
        assert still.place_code == "420117001001"
        assert closed.unit_id == unit_id(WATER)
        assert not closed.clocks()  # nobody knows when its notice was given
        last = record.entries(closed.thread)[-1]
        assert (last.action, last.note, last.data) == (
            "taken over",
            "已修好并回访。",
            {"state": "closed", "on": "2025-04-01"},
        )
        note = still.messages(all_of_them=True)[0]
        assert "第 2 行" in note.text.replace("第2行", "第 2 行")
        assert not note.to_petitioner


def write_in(app: Flask, rows: Sequence[Sequence[str]]) -> bytes:
    with app.test_request_context():
        return write_xlsx(Sheet("台账", HEADINGS, rows))


def test_an_imported_matter_is_found_and_goes_on_like_any_other(app: Flask, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    bring(clerk, csv(OPEN, CLOSED))
    dry(clerk)
    import_all(app, clerk)
    assert len(clerk.get("/petitions/?q=水泵").all("tbody tr")) == 1
    clerk.get(f"/petitions/{matters(app)[1].id}")
    clerk.follow(f"{clerk.page.path}/accept")
    clerk.submit("受理")
    assert "受理" in clerk.page.text
    page = clerk.get(f"/petitions/{matters(app)[0].id}")
    assert "台账" in page.text
    result = app.test_cli_runner().invoke(args=["check"])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        (1, "昨天", "不是日期"),
        (1, "2999-01-01", "尚未到来"),
        (1, "", "必填"),
        (5, "", "必填"),
        (3, "外省某地", "村"),
        (6, "涉农", "类别"),
        (9, "2020-01-01", "早于"),
        (4, "1" * 61, "太长"),
    ],
)
def test_each_fault_is_told_with_its_line_and_column_and_nothing_comes_in(
    app: Flask, sign_in: SignIn, column: int, value: str, reason: str
) -> None:
    clerk = sign_in("clerk")
    wrong = [*CLOSED]
    wrong[column] = value
    bring(clerk, csv(OPEN, wrong))
    page = dry(clerk)
    assert [row for row in page.texts("tbody tr") if row.startswith("3 ") and HEADINGS[column] in row and reason in row]
    assert not [each for each in page.buttons if each.startswith("导入 ")]
    id = page.path.split("/")[3]
    token = page.all("main input[name=csrf_token]")[0].attributes["value"]
    asked = "&".join(f"{key}={number}" for key, number in guess(HEADINGS).items())
    clerk.post(f"/petitions/import/{id}?{asked}", {"csrf_token": token}, expect=422)
    assert not matters(app)


def test_the_columns_are_the_ones_that_the_clerk_chose(app: Flask, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    data = "甲,乙,丙\r\n2026-10-01,路坏了。,红旗社区\r\n".encode()
    page = bring(clerk, data)
    assert not page.all("#received_on option[selected]")
    page = dry(clerk)
    assert "请选择对应的列" in page.text
    dry(clerk, received_on="0", text="1", place="2", default_kind="proposal", default_channel="call")
    import_all(app, clerk)
    (only,) = matters(app)
    assert (only.kind, only.channel, only.anonymous, only.place_code) == ("proposal", "call", True, "420117001001")
    assert not [each for each in dry_again(clerk, data) if "导入" in each]


def dry_again(clerk: Browser, data: bytes) -> list[str]:
    return bring(clerk, data, expect=422).buttons


def test_a_row_about_this_office_is_not_kept_here(app: Flask, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    data = "日期,内容,村,被反映人,被反映单位\r\n2026-10-01,甲。,红旗社区,孙部长,\r\n2026-10-01,乙。,红旗社区,,组织部信访科\r\n"
    bring(clerk, data.encode())
    page = dry(clerk)
    assert sum("上一级" in row for row in page.texts("tbody tr")) == 2


def test_whoever_a_row_complains_of_never_sees_it(app: Flask, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    data = f"日期,内容,村,被反映单位,办理单位,办结日期\r\n2026-10-01,水务局乱收费。,红旗社区,{WATER},{WATER},2026-10-20\r\n"
    bring(clerk, data.encode())
    dry(clerk)
    import_all(app, clerk)
    assert sign_in("handler").get("/petitions/?state=all").texts("tbody tr") == []
    (only,) = matters(app)
    assert only.unit_id is None


def test_the_same_file_comes_in_once(app: Flask, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    bring(clerk, csv(OPEN))
    dry(clerk)
    import_all(app, clerk)
    page = bring(sign_in("clerk2"), csv(OPEN), expect=422)
    assert "已经导入过" in page.text
    assert len(matters(app)) == 1


def test_a_row_that_is_likely_here_is_shown_and_left_out_unless_the_clerk_wants_it(app: Flask, sign_in: SignIn) -> None:
    put(app, subject="村口水泵坏了，没人修", received_on=date(2026, 10, 20))
    put(app, subject="建议修一条路", received_on=date(2025, 3, 5), person="李登记")  # walled: nothing is told of it
    clerk = sign_in("clerk")
    again = [*CLOSED]
    again[0] = "9"
    bring(clerk, csv(OPEN, CLOSED, again))
    page = dry(clerk)
    assert told(page) == ["3", "1", "2", "2", "0"]
    assert [row.split(" ")[0] for row in page.texts("section tbody tr")] == ["2", "4"]
    assert "导入 1 件" in page.buttons
    clerk.submit("查看各行导入后的情况", doubles=False)
    import_all(app, clerk)
    assert len(matters(app)) == 5


def test_an_import_that_fails_halfway_keeps_nothing(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clerk = sign_in("clerk")
    bring(clerk, csv(OPEN, CLOSED))
    dry(clerk)
    real = Petition.move

    def breaks(petition: Petition, action: str, values: dict[str, object], **more: object) -> object:
        if petition.received_on.year == 2026 and action == "note":
            raise OSError("刘老实")
        return real(petition, action, values, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Petition, "move", breaks)
    page = import_all(app, clerk)
    assert "没有保存" in page.text
    assert not matters(app)
    assert "刘老实" not in caplog.text
    monkeypatch.setattr(Petition, "move", real)
    clerk.follow("对应列与试运行")
    dry(clerk)
    import_all(app, clerk)
    assert len(matters(app)) == 2


def test_the_page_tells_how_far_the_import_is_and_asks_again_with_or_without_scripts(
    app: Flask, sign_in: SignIn
) -> None:
    clerk = sign_in("clerk")
    bring(clerk, csv(OPEN, CLOSED))
    id = clerk.page.path.split("/")[3]
    app.extensions["jobs"] = {f"ledger {id}": jobs.Progress(total=2, done=1)}
    page = clerk.get(f"/petitions/import/{id}/progress")
    bar = page.one("progress")
    assert (bar.attributes["value"], bar.attributes["max"]) == ("1", "2")
    assert page.one("#progress").attributes["hx-trigger"] == "load delay:1s"
    assert 'http-equiv="refresh"' in str(page.one("noscript").html)
    assert clerk.get(f"/petitions/import/{id}").path.endswith("/progress")  # nothing else can be done meanwhile
    clerk.get(f"/petitions/import/{id}/progress")


def test_nobody_else_sees_the_rows_and_they_lie_sealed_until_they_are_removed(app: Flask, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    page = bring(clerk, csv(OPEN))
    assert "刘老实" in page.text  # the clerk sees the first row while choosing the columns
    assert "刘老实" not in "".join(everything_stored(app))
    sign_in("clerk2").get(page.path, expect=404)
    for username in ("handler", "leader", "auditor"):
        sign_in(username).get("/petitions/import/", expect=403)
    clerk.submit(f"{page.path}/drop")
    with app.app_context():
        assert [each.action for each in db.session.scalars(select(Entry).where(Entry.thread == "ledger_table"))] == [
            "laid out",
            "dropped",
        ]
    assert "已移除" in clerk.get(page.path).text
    assert "刘老实" not in clerk.page.text


@pytest.mark.parametrize(
    ("name", "data"), [("a.csv", b""), ("a.csv", b"a,b\r\n"), ("a.exe", b"MZ\x00"), ("a.xlsx", b"PK\x03\x04nothing")]
)
def test_what_is_no_table_is_refused_in_words(sign_in: SignIn, name: str, data: bytes) -> None:
    assert bring(sign_in("clerk"), data, name, expect=422).all("#errors")


def test_a_longer_register_comes_in_row_by_row_and_is_in_order(sqlite_office: Flask) -> None:
    clerk = Browser(sqlite_office)
    clerk.sign_in("clerk", PASSWORD)
    rows = [[str(each), "2026-01-05", "", "红旗社区", "", f"第{each}件事。", "", "", "", ""] for each in range(120)]
    bring(clerk, csv(*rows))
    dry(clerk)
    import_all(sqlite_office, clerk)
    made = matters(sqlite_office)
    assert {each.number for each in made} == {f"2026-{each:05d}" for each in range(1, 121)}
    assert sqlite_office.test_cli_runner().invoke(args=["check"]).exit_code == 0


def test_a_register_with_too_many_rows_is_refused(sign_in: SignIn) -> None:
    page = bring(sign_in("clerk"), csv(*[OPEN] * 1001), expect=422)
    assert "1000" in page.text
