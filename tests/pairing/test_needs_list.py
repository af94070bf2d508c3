"""The list of needs: found by their words in Chinese and English, narrowed, paged, and taken along as Excel."""

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import flask_migrate
import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from blueprints.pairing.needs import queries as reading
from blueprints.pairing.needs.domain import Kind
from blueprints.pairing.needs.models import INDEX, Need
from blueprints.pairing.needs.queries import Filter
from blueprints.petitions.docket.domain import State as CaseState
from blueprints.petitions.docket.models import Petition
from core.extensions import db
from core.record import Entry
from tests.browse import Browser, Page, queries
from tests.letters import FARMING, VILLAGE, WATER, put, unit_id, viewer
from tests.pairing_office import need, pair, take
from tests.upkeep import contents, run

SignIn = Callable[..., Browser]
SQLITE = pytest.mark.parametrize("database", ["sqlite"])

OTHER = "420117002001"


def found(page: Page) -> list[str]:
    return page.texts("tbody td[data-label='需求内容']")


def several(app: Flask) -> None:
    """Three needs: two of the contact's village, whose unit is the water bureau; one of another, of the farming bureau."""
    with app.app_context():
        pair()
        pair(unit=FARMING, place=OTHER, member="handler2")
        need(title="东塘水泵坏了", text="二组三组一百亩晚稻等水。Pump no. 7, type QY-65.")
        need(title="三组路灯不亮", text="晚上看不见路。", kind=Kind.ROAD)
        need(title="油茶销路", text="想找水泵厂家捎带运货。", kind=Kind.MARKET, place=OTHER, by="clerk")
        db.session.commit()


def taken(person: Browser, asked: str = "") -> list[list[Any]]:
    """The rows of the list as Excel would show them."""
    person.get(f"/needs/export?{asked}")
    answer = person.submit("下载").response
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


# --- the search ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("水泵", ["油茶销路", "东塘水泵坏了"]),  # two characters, in the title or in the text
        ("路灯", ["三组路灯不亮"]),
        ("灯", ["三组路灯不亮"]),  # one
        ("pump", ["东塘水泵坏了"]),
        ("Pump 晚稻", ["东塘水泵坏了"]),
        ("pum", []),
        ("东塘 路灯", []),
        ("泵水", []),
        ("%", []),
    ],
)
def test_a_need_is_found_by_its_words_in_chinese_and_english(
    app: Flask, sign_in: SignIn, words: str, titles: list[str]
) -> None:
    several(app)
    assert found(sign_in("clerk").get(f"/needs/?q={quote(words)}")) == titles


def test_a_search_is_narrowed_by_the_filters_and_by_who_asks(app: Flask, sign_in: SignIn) -> None:
    several(app)
    clerk = sign_in("clerk")
    assert found(clerk.get("/needs/?q=水泵&kind=market")) == ["油茶销路"]
    assert found(clerk.get(f"/needs/?q=水泵&village={VILLAGE}")) == ["东塘水泵坏了"]
    assert found(sign_in("handler").get("/needs/?q=水泵")) == ["东塘水泵坏了"]
    assert found(sign_in("handler2").get("/needs/?q=水泵")) == ["油茶销路"]
    assert found(sign_in("contact").get("/needs/?q=水泵")) == ["东塘水泵坏了"]


def test_a_search_among_the_open_ones_offers_the_closed_ones(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        pair()
        need("decline")
        db.session.commit()
    clerk = sign_in("clerk")
    assert found(clerk.get("/needs/?q=水泵")) == []
    assert found(clerk.follow("在已核结的需求中一并查找")) == ["东塘水泵坏了"]


@SQLITE
def test_the_search_and_the_filter_stay_in_the_address_from_page_to_page(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        pair()
        for number in range(27):
            need(title=f"水泵{number:02d}")
        db.session.commit()
    clerk = sign_in("clerk")
    clerk.get(f"/needs/?q=水泵&kind=water&village={VILLAGE}")
    assert len(found(clerk.page)) == 25
    following = clerk.follow("下一页")
    assert found(following) == ["水泵01", "水泵00"]
    form, _button = following.form("/needs/")
    kept = {each.attributes["name"]: each.attributes.get("value") for each in form.css("input[name]")}
    assert (kept["q"], kept["village"]) == ("水泵", VILLAGE)


def test_a_need_from_a_letter_is_found_without_opening_who_wrote_it(app: Flask, sign_in: SignIn) -> None:
    letter = put(app, CaseState.REGISTERED, person="赵水务", text="邻居张三丰把渠堵了。")
    with app.app_context():
        pair()
        need(title="支渠清淤", text="渠道淤塞。", by="clerk", source=db.session.get_one(Petition, letter.id))
        db.session.commit()
    for username in ("clerk", "handler"):  # of whom the letter complains, and who does not see it
        person = sign_in(username)
        assert found(person.get("/needs/?q=清淤")) == ["支渠清淤"]
        for word in ("张三丰", "邻居", "赵水务"):  # the letter's words, whom it names and who wrote it
            assert found(person.get(f"/needs/?q={word}")) == []


def test_no_word_of_a_need_lies_in_clear_in_the_index(app: Flask) -> None:
    several(app)
    held = repr(contents(app))
    for word in ("水泵", "路灯", "pump", "晚稻"):
        assert word not in held


def test_a_need_that_a_search_does_not_find_is_named_by_the_check(app: Flask) -> None:
    several(app)
    run(app, "check")
    with app.app_context():
        row = db.session.scalars(select(Need).order_by(Need.id)).first()
        assert row is not None
        INDEX.remove(db.session(), row.id, row.words)
        db.session.commit()
        id = row.id
    assert f"need {id}: a search does not find it" in run(app, "check", code=1)


def test_needs_that_were_there_before_the_search_are_found_after_the_migration(app: Flask, sign_in: SignIn) -> None:
    several(app)
    with app.app_context():
        db.session.remove()
        flask_migrate.downgrade(revision="0019")
        flask_migrate.upgrade()
    assert found(sign_in("clerk").get("/needs/?q=路灯")) == ["三组路灯不亮"]
    run(app, "check")


def test_a_search_asks_the_index_and_takes_as_many_queries_with_many_needs_as_with_few(
    app: Flask, sign_in: SignIn
) -> None:
    several(app)
    clerk = sign_in("clerk")

    def count() -> list[int]:
        taken = []
        for path in ("/needs/", "/needs/?q=水泵", "/needs/?q=水泵&state=all&kind=water"):
            clerk.get(path)
            with queries(app) as sent:
                clerk.get(path)
            taken.append(len(sent))
        return taken

    before = count()
    with app.app_context():
        for number in range(30):
            need(title=f"水泵{number:02d}")
        db.session.commit()
    assert count() == before
    with queries(app) as sent:
        clerk.get("/needs/?q=水泵")
    assert any("need_search" in each for each in sent)


# --- taken along -----------------------------------------------------------------------------------------------------


def test_the_list_is_taken_along_as_filtered_without_text_letter_or_who_raised_it(app: Flask, sign_in: SignIn) -> None:
    letter = put(app, CaseState.REGISTERED, text="邻居张三丰把渠堵了。")
    with app.app_context():
        pair()
        source = db.session.get_one(Petition, letter.id)
        id = need(title="=支渠清淤", text="渠道淤塞。", by="clerk", source=source)
        take(id, "plan")
        take(id, "progress", spent=123456)
        need(title="三组路灯不亮", kind=Kind.ROAD)
        db.session.commit()
        number = db.session.get_one(Petition, letter.id).number
    rows = taken(sign_in("clerk"), "q=清淤&kind=water")
    assert len(rows) == 2
    told = dict(zip(rows[0], rows[1], strict=True))
    assert (told["需求内容"], told["村（社区）"], told["单位"]) == ("'=支渠清淤", "邾城街道 / 红旗社区", WATER)
    assert (float(told["计划资金（元）"]), float(told["已用资金（元）"])) == (18600.50, 1234.56)
    for word in ("渠道淤塞", "张三丰", "李登记", "陈联络", str(number)):
        assert word not in repr(rows)


def test_what_is_taken_along_is_what_this_person_may_see(app: Flask, sign_in: SignIn) -> None:
    several(app)
    assert [row[3] for row in taken(sign_in("handler2"))[1:]] == ["油茶销路"]
    assert len(taken(sign_in("leader"))) == 4
    for username in ("contact", "auditor"):
        sign_in(username).get("/needs/export", expect=403)
    assert "/needs/export" not in sign_in("contact").get("/needs/").html


def test_that_needs_were_taken_along_stands_in_the_record_without_what_was_searched(
    app: Flask, sign_in: SignIn
) -> None:
    several(app)
    taken(sign_in("clerk"), "q=看不见路&kind=road")
    with app.app_context():
        entry = db.session.scalars(select(Entry).where(Entry.thread == "needs_list")).one()
        assert entry.data == {"rows": 1, "searched": True, "filter": {"kind": "road"}}
    told = sign_in("auditor").get("/record")
    assert "导出需求清单" in told.text
    assert "看不见路" not in told.html


@SQLITE
def test_a_list_that_is_too_long_is_not_taken_along(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    several(app)
    monkeypatch.setattr(reading, "MOST_TAKEN", 2)
    clerk = sign_in("clerk")
    assert "请先缩小筛选范围" in clerk.get("/needs/export").text
    assert not clerk.page.all("form[action^='/needs/export']")
    with app.app_context():
        clerk.get("/needs/export?kind=road")
        assert len(reading.to_take(viewer("clerk"), Filter())) == 3
        assert not db.session.scalars(select(Entry).where(Entry.thread == "needs_list")).all()


@SQLITE
def test_the_filter_that_is_taken_along_stands_on_the_page_in_words(app: Flask, sign_in: SignIn) -> None:
    several(app)
    with app.app_context():
        water = unit_id(WATER)
    page = sign_in("clerk").get(f"/needs/export?q=水泵&kind=water&unit={water}&late=y")
    told = page.one("main dl").text()
    for word in ("水泵", "饮水", WATER, "是"):
        assert word in told
