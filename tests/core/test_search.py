"""Search: right for two Chinese characters and for English, on both databases, over text they cannot read."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from core import search
from core.extensions import Base, Id, db
from tests.browse import queries

INDEX = search.Index("trial_search")
MANY = 320  # more than are looked at before the index is asked
HAN = "上下水塘鱼虾田地村路桥修补欠款张王李赵"


class Trial(Base):
    """A text in clear, to compare the index with."""

    __tablename__ = "trial"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    unit: Mapped[int] = mapped_column(default=0, index=True)
    content: Mapped[str]


Base.metadata.remove(Trial.metadata.tables["trial"])  # known to the tests alone


class Migration:
    """What of Alembic's `op` an index needs."""

    @staticmethod
    def get_context() -> Any:
        return db.session.connection()

    @staticmethod
    def execute(statement: str) -> None:
        db.session.execute(text(statement))


@pytest.fixture
def trial(context: Flask) -> Iterator[Flask]:
    Trial.__table__.create(db.session.connection())  # type: ignore[attr-defined]
    search.create(Migration, INDEX.name)
    db.session.commit()
    yield context
    db.session.rollback()


def write(*contents: str, unit: int = 0) -> list[int]:
    ids = []
    for content in contents:
        row = Trial(content=content, unit=unit)
        db.session.add(row)
        INDEX.put(db.session(), row.id, content)
        ids.append(row.id)
    db.session.flush()
    return ids


def find(query: str, most: int = 25, **where: Any) -> list[int]:
    """Everything that is found, page after page."""
    statement = select(Trial.id, Trial.content).filter_by(**where)
    found: list[int] = []
    after: int | None = None
    while True:
        rows, after = INDEX.newest(statement, Trial.id, query, content, most=most, after=after)
        assert len(rows) <= most
        found += [row.id for row in rows]
        if after is None:
            return found


def content(row: Row[Any]) -> str:
    return str(row.content)


# --- what matches --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("鱼塘被淹", {"鱼塘", "塘被", "被淹"}),
        ("Road REPAIR", {"road", "repair"}),
        ("A座3楼漏水", {"a", "3", "楼漏", "漏水"}),
        ("Ｇ３１８国道", {"g", "318", "国道"}),
        ("水，电", set()),
        ("straße", {"strasse"}),
        ("𠮷野家", {"𠮷野", "野家"}),
        ("", set()),
        ("\0\ud800！？", set()),
    ],
)
def test_a_text_is_taken_apart_into_pairs_and_whole_words(given_text: str, expected: set[str]) -> None:
    assert search.terms(given_text) == expected


@pytest.mark.parametrize(
    ("query", "given_text", "expected"),
    [
        ("甲乙丙", "甲乙，乙丙", False),  # the pairs are there, the word is not
        ("甲乙丙", "前甲乙丙后", True),
        ("road", "broadband", False),
        ("ROAD 水", "A road by the 水库", True),
        ("A座", "A座位", True),
        ("鱼塘 张三", "张三的鱼塘", True),
        ("鱼塘 李四", "张三的鱼塘", False),
        ("！", "！", False),
    ],
)
def test_each_run_of_a_query_stands_in_the_text(query: str, given_text: str, expected: bool) -> None:
    assert search.verify(query, given_text) is expected


@given(st.text(alphabet=HAN + "ab1 ，", max_size=30), st.data())
def test_every_part_of_a_text_of_two_characters_finds_it(given_text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(given_text)))
    part = given_text[start : start + 2]
    whole_words = all(each in HAN + " ，" for each in part)
    if whole_words and search.searchable(part):
        assert search.verify(part, given_text)
        assert search.terms(part) <= search.terms(given_text)


# --- on both databases ---------------------------------------------------------------------------------------------


def test_finds_what_reading_everything_finds(trial: Flask) -> None:
    chance = random.Random(5)
    words = ["road", "water", "318", "G318"]
    texts = [
        "".join(chance.choice([*HAN, "，", f" {chance.choice(words)} "]) for _ in range(chance.randrange(2, 40)))
        for _ in range(200)
    ]
    ids = write(*texts)
    queries = [
        "水塘",
        "张王",
        "路桥修",
        "修",
        "road",
        "G318",
        "水 road",
        "塘鱼虾田",
        "318 田地",
        "欠款 赵",
        "李",
        "没有",
    ]
    for query in queries:
        expected = [id for id, each in zip(ids, texts, strict=True) if search.verify(query, each)]
        assert find(query, most=7) == sorted(expected, reverse=True), query
    assert all(find(query) for query in queries[:2])


def test_the_newest_stand_first_and_pages_join_without_gap(trial: Flask) -> None:
    ids = write(*(f"鱼塘 {number}" for number in range(61)))
    assert find("鱼塘", most=25) == ids[::-1]
    assert find("鱼塘", most=61) == ids[::-1]
    assert find("鱼塘", most=20)[:20] == ids[:-21:-1]


def test_who_may_see_little_finds_all_of_it_behind_many_others(trial: Flask) -> None:
    mine = write(*["鱼塘被淹 road"] * 3, unit=1)
    write(*["鱼塘被淹 road"] * MANY, unit=2)
    mine += write("鱼塘被淹 road", unit=1)
    for query in ("鱼塘", "鱼", "鱼塘被淹", "road"):
        assert find(query, unit=1) == mine[::-1]
        assert find(query, unit=3) == []


def test_what_is_rare_is_found_behind_many_newer_ones(trial: Flask) -> None:
    rare = write("鳜鱼 salmon")
    write(*["鱼塘被淹"] * MANY)
    for query in ("鳜鱼", "salmon", "鳜"):
        assert find(query) == rare


def test_texts_that_no_index_knows_hide_nothing_older(trial: Flask) -> None:
    wanted = write("鱼塘被淹", "鱼塘干了")
    db.session.add_all(Trial(content="道路不平") for _ in range(MANY))
    db.session.flush()
    assert find("鱼塘") == wanted[::-1]


def test_a_statement_that_is_searched_again_finds_what_other_words_ask_for(trial: Flask) -> None:
    old = write("鱼塘被淹", "水库干了", "鱼塘水库")
    common = write(*["道路不平"] * MANY)
    statement = select(Trial.id, Trial.content)
    asked = {
        "鱼塘": [old[2], old[0]],
        "水库": [old[2], old[1]],
        "道路": common[:-26:-1],
        "鱼塘 水库": [old[2]],
        "山林": [],
    }
    for _ in range(3):
        for query, found in asked.items():
            rows, _after = INDEX.newest(statement, Trial.id, query, content, most=25)
            assert [row.id for row in rows] == found


def test_a_removed_text_is_not_found_and_a_changed_one_by_its_new_words(trial: Flask) -> None:
    first, second = write("鱼塘被淹", "鱼塘干涸")
    INDEX.remove(db.session(), first, "鱼塘被淹")
    assert hits("鱼塘") == [second]
    INDEX.remove(db.session(), second, "鱼塘干涸")
    INDEX.put(db.session(), second, "道路破损")
    assert hits("鱼塘") == []
    assert hits("道路") == [second]


def test_an_emptied_index_finds_nothing_until_it_is_filled_again(trial: Flask) -> None:
    (id,) = write("鱼塘被淹")
    INDEX.empty(db.session())
    assert hits("鱼塘") == []
    INDEX.put(db.session(), id, "鱼塘被淹")
    assert hits("鱼塘") == [id]


def test_what_is_rolled_back_is_not_found(trial: Flask) -> None:
    write("鱼塘被淹")
    db.session.rollback()
    assert hits("鱼塘") == []


def hits(query: str) -> list[int]:
    """What the index alone has."""
    hit = INDEX.matching(query)
    return list(db.session.scalars(select(hit.c.id).order_by(hit.c.id)))


def test_a_figure_counts_the_hits_within_what_one_may_see(trial: Flask) -> None:
    write("鱼塘 one", "鱼塘 two", unit=1)
    write("鱼塘 one", unit=2)
    hit = INDEX.matching("鱼塘")
    counted = select(func.count()).select_from(Trial).join(hit, hit.c.id == Trial.id).where(Trial.unit == 1)
    assert db.session.scalar(counted) == 2
    assert hits("鱼") == []  # one character has no term: figures are not made of it


# fmt: off
ODD = [
    "", " ", "*", '"', "OR", "a AND b NOT", "terms:x", "'; DROP TABLE trial; --", "\0", "\ud800", "水" * 9000, "a b " * 999,
    "NEAR(鱼塘 2)", "%", "_", "{", "\\", "鱼塘*", "-鱼塘", "鱼\0塘",
]
# fmt: on


def test_no_query_is_an_error(trial: Flask) -> None:
    ids = write("鱼塘 near 2 a b or")
    for query in ODD:
        assert find(query) in ([], ids), query


def test_no_word_of_a_text_stands_in_the_database(trial: Flask, database: str) -> None:
    write("鳜鱼 salmonella 20261123")
    kept = ["trial_search_data"] if database == "sqlite" else ["trial_search"]
    stored = repr([db.session.execute(text(f"SELECT * FROM {table}")).all() for table in kept])
    assert len(stored) > 50
    for word in ("salmonella", "20261123", "鳜鱼", repr("鳜鱼".encode())[2:-1]):
        assert word not in stored


def test_two_indexes_have_other_digests_for_one_word(trial: Flask) -> None:
    assert INDEX._digests({"鱼塘"}) != search.Index("other_search")._digests({"鱼塘"})


def test_a_search_takes_as_many_statements_with_many_texts_as_with_few(trial: Flask) -> None:
    def statements(query: str) -> int:
        with queries(trial) as seen:
            INDEX.newest(select(Trial.id, Trial.content), Trial.id, query, content, most=25)
        return len(seen)

    write(*["鱼塘 rare"] * 30)
    few = [statements(query) for query in ("鱼塘", "rare", "没有")]
    write(*["鱼塘 often"] * MANY)
    assert [statements(query) for query in ("鱼塘", "rare", "没有")] == few
    assert max(few) <= 2


def test_the_newest_hits_stream_out_of_the_index_unsorted(sqlite_office: Flask) -> None:
    with sqlite_office.app_context():
        Trial.__table__.create(db.session.connection())  # type: ignore[attr-defined]
        search.create(Migration, INDEX.name)
        hit = INDEX.matching("鱼塘")
        newest = select(Trial.id).join(hit, hit.c.id == Trial.id).order_by(hit.c.id.desc()).limit(25)
        plan = str(newest.compile(db.engine, compile_kwargs={"literal_binds": True}))
        steps = [row.detail for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {plan}"))]
        assert steps[0].startswith("SCAN trial_search VIRTUAL TABLE")
        assert not [step for step in steps if "TEMP B-TREE" in step]


def test_an_index_is_made_and_removed_without_a_trace(trial: Flask) -> None:
    search.drop(Migration, INDEX.name)
    search.create(Migration, INDEX.name)
    search.drop(Migration, INDEX.name)
    db.session.commit()
    assert not [name for name in db.inspect(db.engine).get_table_names() if name.startswith("trial_search")]


@pytest.mark.parametrize("name", ["petition_search", "petition_search_data", "petition_search_idx"])
def test_the_comparison_of_migrations_leaves_an_index_alone(name: str) -> None:
    assert not search.include_name(name, "table", {})
    assert search.include_name("petition", "table", {})
