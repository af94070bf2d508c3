"""The register: how a text becomes articles, what a version may become and by whom, what is cited, found and compared."""

from collections.abc import Callable
from io import BytesIO
from random import Random
from time import monotonic

import flask_migrate
import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from blueprints.rules.register.domain import (
    Change,
    citations,
    compare,
    digest,
    in_han,
    marks,
    parse,
    prohibitions,
)
from blueprints.rules.register.models import (
    Rule,
    RuleArticle,
    Version,
    articles_in_force,
    citation,
)
from blueprints.rules.register.told import desk
from core.desk import read
from core.extensions import db
from core.record import Entry, Untraced
from core.workflow import NotPossible
from tests.browse import Browser, Page, Value, squeeze
from tests.browse import queries as sent_queries
from tests.causes import on
from tests.core.test_documents import document, p
from tests.letters import viewer
from tests.register import AMENDED, TEXT, TITLE, amend, articles, enter, in_force, move, put, rule_of
from tests.upkeep import run, spoil

SignIn = Callable[..., Browser]
WORDS: dict[str, Value] = {
    "title": TITLE,
    "title_en": "Official receptions",
    "number": "新组〔2026〕1号",
    "issuer": "组织部",
    "kind": "reception",
    "text": TEXT,
}


def text_of(page: Page) -> str:
    """All that stands on a page, the text of a rule included, which is marked as being in a language of its own."""
    return squeeze(page.one("main").text())


def refused(app: Flask, statement: str) -> None:
    """What the table itself does not take, whoever writes it."""
    with app.app_context():
        with pytest.raises(IntegrityError):
            db.session.execute(text(statement))
        db.session.rollback()


# --- a text and its articles -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "number", "heading", "words"),
    [
        ("第一条　为了节约。", "1", "", "为了节约。"),
        ("第十二条【陪餐】不超过三人。", "12", "陪餐", "不超过三人。"),
        ("第 3 条：凭公函。", "3", "", "凭公函。"),
        ("第一百零二条 附则。", "102", "", "附则。"),
        ("第二条之一 例外。", "2-1", "", "例外。"),
        ("Article 4. [Drink] None at noon.", "4", "Drink", "None at noon."),
        ("ARTICLE 4-2: None.", "4-2", "", "None."),
    ],
)
def test_a_line_that_begins_like_an_article_is_one(line: str, number: str, heading: str, words: str) -> None:
    (found,) = parse(f"序。\n{line}").articles
    assert (found.number, found.heading, found.text) == (number, heading, words)


@pytest.mark.parametrize(
    "line", ["第一条、第二条除外。", "第一条规定的除外。", "第一条第二款另行规定。", "Article 1 does not apply."]
)
def test_a_line_that_speaks_of_an_article_is_text(line: str) -> None:
    assert parse(line).articles == ()
    assert parse(line).preamble == line


def test_a_number_that_is_not_above_the_one_before_begins_no_article_and_is_told() -> None:
    found = parse("第二条 甲\n第一条 乙\n第三条 丙")
    assert [each.number for each in found.articles] == ["2", "3"]
    assert found.articles[0].text == "甲\n第一条 乙"
    assert found.doubts == ("第一条 乙",)


def test_chapters_stand_before_their_articles_and_the_preamble_before_all() -> None:
    found = parse(TEXT)
    assert found.preamble == "为了节约，制定本办法。"
    assert [each.chapter for each in found.articles] == ["第一章 总则", "", ""]
    assert parse("我承诺不赌博。").articles == ()


def test_numbers_are_written_as_they_are_read() -> None:
    for number in range(1, 1000):
        assert parse(f"第{in_han(number)}条 x").articles[0].number == str(number)


@settings(deadline=None, derandomize=True)
@given(
    st.lists(
        st.sampled_from(
            ["第一条 甲", "第二条【题】乙", "第一章 总", "第一条", "", " 丙 ", "Article 3 x", "第三条、丁"]
        ),
        max_size=8,
    )
)
def test_the_canonical_text_reads_as_the_very_same_articles(lines: list[str]) -> None:
    body = parse("\n".join(lines)).canonical()
    assert parse(body).canonical() == body


# --- from a draft into force -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_rule_is_looked_at_before_it_is_kept_and_only_who_writes_sees_a_draft(app: Flask, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    clerk.get("/rules/")
    clerk.follow("录入制度")
    page = clerk.submit("先预览", fields=WORDS)
    assert "共 3 条" in page.text
    assert "第二条 饮酒" in text_of(page)
    with app.app_context():
        assert db.session.scalar(select(Rule)) is None
    clerk.submit("保存为草稿")
    assert clerk.page.heading == TITLE
    assert [node.attributes["id"] for node in clerk.page.all(".rule-article")] == [
        "article-1",
        "article-2",
        "article-3",
    ]
    assert TITLE in clerk.get("/rules/").text
    handler = sign_in("handler")
    assert TITLE not in handler.get("/rules/?state=all").text
    for path in ("/rules/1", "/rules/1/1", "/rules/1/1/print"):
        handler.get(path, 404)


@pytest.mark.parametrize("database", ["sqlite"])
def test_what_is_wrong_comes_back_with_what_was_typed(app: Flask, sign_in: SignIn) -> None:
    put(app, number="新组〔2026〕1号")
    clerk = sign_in("clerk")
    clerk.get("/rules/new")
    page = clerk.submit("保存为草稿", expect=422, fields={**WORDS, "kind": ""})
    assert page.all("#number-error")
    assert page.all("#kind-error")
    assert "工作日不饮酒" in page.one("#text").text()
    assert clerk.submit("保存为草稿", expect=422, text="", number="另一号").all("#text-error")


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_text_comes_out_of_a_word_file_and_is_looked_at_first(app: Flask, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    clerk.get("/rules/new")
    file = BytesIO(document(p("序言。") + p("第一条 接待从简。") + p("第二条 不饮酒。")))
    page = clerk.submit("保存为草稿", fields={**WORDS, "text": "", "file": (file, "办法.docx")})
    assert "共 2 条" in page.text
    assert "第一条 接待从简。" in page.one("#text").text()
    clerk.submit("保存为草稿")
    with app.app_context():
        assert [each.text for each in db.session.scalars(select(RuleArticle))] == ["接待从简。", "不饮酒。"]
    clerk.get("/rules/new")
    page = clerk.submit(
        "先预览", expect=422, fields={**WORDS, "number": "2号", "file": (BytesIO(b"%PDF-1.4"), "x.docx")}
    )
    assert page.all("#file-error")


@pytest.mark.parametrize("database", ["sqlite"])
def test_only_a_leader_brings_into_force_and_what_came_into_force_never_changes(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        rule = enter()
        db.session.commit()
        with pytest.raises(NotPossible):
            move(rule, "enact", by="clerk", on=on())
    assert "批准施行" not in sign_in("clerk").get("/rules/1").text
    leader = sign_in("leader")
    leader.get("/rules/1")
    leader.follow("批准施行")
    leader.submit("批准施行", expect=422, on=str(on(400)))
    leader.submit("批准施行", on=str(on(-3)))
    assert "现行有效" in leader.page.text
    leader.get("/rules/1/1/edit")
    assert "现在不能办理这一步" in leader.page.text or leader.page.path == "/rules/1/1"
    with app.app_context():
        current = rule_of(1).current()
        assert current is not None
        with pytest.raises(NotPossible):
            current.write(parse("别的。"))
    assert sign_in("handler").get("/rules/1").heading == TITLE


def test_a_newer_version_takes_the_place_of_the_one_before(app: Flask) -> None:
    with app.app_context():
        rule = in_force(ago=30)
        amend(rule, ago=5)
        db.session.commit()
        new, old = rule.versions()
        assert (old.state, old.until_on, new.state, new.from_on) == ("amended", on(-6), "in_force", on(-5))
        told = list(db.session.scalars(select(Entry.action).where(Entry.thread == "rule").order_by(Entry.number)))
        assert told == ["entered", "enact", "revise", "edit", "replace", "enact"]
    run(app, "check")


def test_a_newer_version_cannot_begin_before_the_one_it_replaces(app: Flask) -> None:
    with app.app_context():
        rule = in_force(ago=30)
        move(rule, "revise", by="clerk")
        with pytest.raises(NotPossible):
            move(rule, "enact", on=on(-30))


def test_a_rule_has_one_draft_and_one_version_that_stands_even_past_the_verbs(app: Flask) -> None:
    with app.app_context():
        rule = in_force()
        move(rule, "revise", by="clerk")
        current = rule.current()
        assert current is not None
        assert "revise" not in [step.action for step in rule.steps(current, viewer("clerk"))]
        db.session.commit()
        id = rule.id
    for state in ("draft", "in_force"):
        values = "'2026-01-01'" if state == "in_force" else "NULL"
        refused(
            app,
            "INSERT INTO rule_version (id, rule_id, ordinal, state, entered_on, from_on, body, digest) "
            f"VALUES (1, {id}, 9, '{state}', '2026-01-01', {values}, '', '')",
        )


@pytest.mark.parametrize("database", ["sqlite"])
def test_of_two_who_change_a_draft_the_later_is_told_and_keeps_the_own_text(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        enter()
        db.session.commit()
    one, other = sign_in("clerk"), sign_in("clerk2")
    for each in (one, other):
        each.get("/rules/1/1/edit")
    one.submit("保存为草稿", text="第一条 先到。")
    page = other.submit("保存为草稿", expect=409, text="第一条 后到。")
    assert page.one("#text").text().strip() == "第一条 后到。"
    other.submit("保存为草稿")
    with app.app_context():
        assert [each.text for each in db.session.scalars(select(RuleArticle))] == ["后到。"]


def test_a_change_without_an_entry_is_refused(app: Flask) -> None:
    with app.app_context():
        rule = in_force()
        db.session.commit()
        articles(rule)[0].text = "改了"
        with pytest.raises(Untraced):
            db.session.commit()
        db.session.rollback()


# --- a trial ---------------------------------------------------------------------------------------------------------


def on_trial(ago: int = 300, left: int = 10) -> Rule:
    rule = enter()
    move(rule, "try", on=on(-ago), until=on(left))
    return rule


@pytest.mark.parametrize(("left", "shown"), [(60, False), (30, True), (0, True), (-5, True)])
def test_the_desk_reminds_before_and_after_the_last_day_of_a_trial(app: Flask, left: int, shown: bool) -> None:
    with app.app_context(), app.test_request_context():
        on_trial(left=left)
        db.session.commit()
        for username, may in (("leader", True), ("clerk", True), ("handler", False)):
            rows = [row for found in read([part.rows for part in desk(viewer(username))]) for row in found]
            assert [row.due_on for row in rows] == ([on(left)] if shown and may else [])


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_leader_extends_a_trial_and_then_confirms_it(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        on_trial(left=-2)
        db.session.commit()
    leader = sign_in("leader")
    leader.get("/desk")
    leader.follow(TITLE)
    leader.follow("延长试行")
    leader.submit("延长试行", expect=422, until=str(on(-1)), reason="再看一年")
    leader.submit("延长试行", until=str(on(200)), reason="再看一年")
    assert "再看一年" in leader.page.text
    leader.follow("试行转为正式施行")
    leader.submit("试行转为正式施行")
    with app.app_context():
        current = rule_of(1).current()
        assert current is not None
        assert (current.state, current.trial_until_on) == ("in_force", None)
    run(app, "check")


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_repealed_rule_stays_readable_and_says_so(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        on_trial()
        db.session.commit()
    leader = sign_in("leader")
    leader.get("/rules/1")
    leader.follow("废止")
    leader.submit("废止", last=str(on()), reason="不再需要")
    page = sign_in("handler").get("/rules/1")
    assert "本制度已经废止" in page.text
    assert "工作日不饮酒" in text_of(page)
    assert TITLE not in sign_in("handler").get("/rules/").text


# --- what is cited ---------------------------------------------------------------------------------------------------


def test_articles_that_apply_can_be_chosen_and_are_named_in_both_languages(app: Flask) -> None:
    with app.app_context():
        rule = in_force(title_en="Official receptions")
        enter("没有施行的草稿")
        db.session.commit()
        ids = [each.id for each in articles(rule)]
        with app.test_request_context():
            assert articles_in_force()[1] == (ids[1], "制度第1号《公务接待管理办法》第二条 饮酒")
            assert [id for id, _ in articles_in_force()] == ids
        with app.test_request_context(), force_locale("en"):
            assert citation(ids[2]) == "Rule 1, Article 3 (Official receptions)"
            assert citation(7) == ""


def test_what_applied_on_a_day_is_cited_as_it_was_then(app: Flask) -> None:
    with app.app_context(), app.test_request_context():
        rule = in_force(ago=30)
        before = [each.id for each in articles(rule)]
        amend(rule, ago=5)
        db.session.commit()
        after = [each.id for each in articles(rule)]
        assert not set(before) & set(after)
        for day, ids in ((on(-31), []), (on(-30), before), (on(-6), before), (on(-5), after)):
            assert [id for id, _ in articles_in_force(day)] == ids
        assert citation(before[2]).endswith("第三条")


def test_a_version_that_begins_later_does_not_apply_yet_and_the_one_before_still_does(app: Flask) -> None:
    with app.app_context(), app.test_request_context():
        rule = in_force(ago=30)
        before = [each.id for each in articles(rule)]
        amend(rule, ago=-10)
        db.session.commit()
        assert [id for id, _ in articles_in_force()] == before
        assert [id for id, _ in articles_in_force(on(10))] == [each.id for each in articles(rule)]


@pytest.mark.parametrize("database", ["sqlite"])
def test_the_address_of_an_article_leads_to_the_version_that_is_cited(app: Flask, sign_in: SignIn) -> None:
    put(app)
    with app.app_context():
        rule = rule_of(1)
        second = articles(rule)[1].id
        amend(rule)
        draft = enter("草稿")
        db.session.commit()
        hidden = db.session.scalars(select(RuleArticle.id).where(RuleArticle.rule_id == draft.id)).first()
    handler = sign_in("handler")
    answer = handler.client.get(f"/rules/articles/{second}")
    assert answer.headers["Location"] == "/rules/1/1#article-2"
    handler.get(f"/rules/articles/{hidden}", 404)


def test_a_text_that_cites_is_taken_apart_and_nothing_of_it_is_lost() -> None:
    text = "见制度第3号第二条、制度第12号，制度第4号《甲》第五条之一；see rule 3, article 4."
    found = list(citations(text))
    assert "".join(each.text for each in found) == text
    assert [(each.rule, each.article) for each in found if each.rule] == [(3, "2"), (12, ""), (4, "5-1"), (3, "4")]


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_citation_is_a_link_to_what_the_reader_may_see_and_text_otherwise(app: Flask, sign_in: SignIn) -> None:
    put(app, "甲", "第一条 <b>按</b>制度第2号第一条、制度第3号第一条和制度第9号办理。")
    put(app, "乙", "第一条 乙。")
    with app.app_context():
        enter("丙")
        db.session.commit()
    page = sign_in("handler").get("/rules/1")
    links = {node.text(): node.attributes["href"] for node in page.all(".rule-article p > a")}
    assert links == {"制度第2号第一条": "/rules/2#article-1"}
    assert "<b>按</b>" in text_of(page)
    assert "制度第3号第一条" in sign_in("clerk").get("/rules/1").texts(".rule-article p > a")


# --- search, lists ---------------------------------------------------------------------------------------------------


def titles(browser: Browser, query: str) -> list[str]:
    return browser.get(f"/rules/?{query}").texts("#rules td:nth-child(2) > div > a")


def test_two_characters_an_english_word_and_a_title_are_found_and_the_place_is_shown(
    app: Flask, sign_in: SignIn
) -> None:
    put(app)
    put(app, "Study day", "Article 1. Everybody studies on Thursday afternoon.", title_en="Thursday study day")
    handler = sign_in("handler")
    assert titles(handler, "q=饮酒") == [TITLE]
    assert handler.page.all("#rules a[href='/rules/1/1#article-2']")
    assert titles(handler, "q=接待 三人") == [TITLE]
    assert titles(handler, "q=thursday AFTERNOON") == ["Study day"]
    assert titles(handler, "q=酒") == [TITLE]
    assert titles(handler, "q=早退") == []
    assert titles(handler, "q=饮酒&kind=study") == []


def test_a_search_finds_the_text_as_it_is_now_and_no_draft_of_others(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        rule = in_force(ago=30)
        amend(rule, AMENDED.replace("公函", "邀请函"), ago=5)
        move(rule, "revise", by="clerk")
        move(rule, "edit", by="clerk", parsed=parse("第一条 秘密草稿。"))
        rule.describe(
            {**{name: getattr(rule, name) for name in ("number", "issuer", "kind", "title_en")}, "title": "接待规定"},
            by=viewer("clerk"),
        )
        db.session.commit()
    handler, clerk = sign_in("handler"), sign_in("clerk")
    assert titles(handler, "q=邀请函") == ["接待规定"]
    assert titles(handler, "q=接待规定") == ["接待规定"]
    assert titles(handler, "q=管理办法&state=all") == []
    assert titles(handler, "q=不超过三人") == []
    assert titles(handler, "q=不超过三人&state=amended") == ["接待规定"]
    assert titles(handler, "q=秘密草稿&state=all") == []
    assert titles(clerk, "q=秘密草稿") == ["接待规定"]
    run(app, "check")


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_long_list_pages_by_key_with_its_filter_and_costs_the_same_however_long(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        for number in range(28):
            in_force(f"制度{number:02d}", "第一条 按时到会。")
        db.session.commit()
    handler = sign_in("handler")
    for query in ("kind=reception", "q=按时到会"):
        first = titles(handler, query)
        handler.follow("下一页")
        assert query.partition("=")[0] in handler.page.path
        rest = handler.page.texts("#rules td:nth-child(2) > div > a")
        assert sorted(first + rest) == [f"制度{number:02d}" for number in range(28)]
    with sent_queries(app) as few:
        handler.get("/rules/?q=按时到会&kind=reception")
    with sent_queries(app) as none:
        handler.get("/rules/?q=按时到会&kind=study")
    assert len(few) - len(none) <= 2


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_page_of_a_rule_takes_the_same_queries_whatever_it_cites(app: Flask, sign_in: SignIn) -> None:
    put(app, "甲", "第一条 甲。")
    put(app, "乙", "".join(f"第{in_han(each)}条 见制度第1号第一条。\n" for each in range(1, 30)))
    handler = sign_in("handler")
    with sent_queries(app) as plain:
        handler.get("/rules/1")
    with sent_queries(app) as citing:
        handler.get("/rules/2")
    assert len(citing) <= len(plain) + 1


# --- what changed ----------------------------------------------------------------------------------------------------


def test_articles_are_compared_with_the_one_they_came_from_whatever_their_number() -> None:
    pairs = compare(parse(TEXT), parse(AMENDED))
    told = [(pair.change, pair.before and pair.before.number, pair.after and pair.after.number) for pair in pairs]
    assert told == [
        (Change.SAME, "", ""),
        (Change.SAME, "1", "1"),
        (Change.SAME, "2", "2"),
        (Change.ADDED, None, "3"),
        (Change.CHANGED, "3", "4"),
    ]
    gone = compare(parse(AMENDED), parse(TEXT))
    assert [pair.change for pair in gone].count(Change.REMOVED) == 1


@given(st.text(alphabet="甲乙丙，。ab \n", max_size=40), st.text(alphabet="甲乙丙，。ab \n", max_size=40))
def test_marks_leave_out_nothing_of_either_text(before: str, after: str) -> None:
    removed, added = marks(before, after)
    assert "".join(piece for _, piece in removed) == before
    assert "".join(piece for _, piece in added) == after
    assert [piece for kind, piece in removed if kind == "="] == [piece for kind, piece in added if kind == "="]


@pytest.mark.parametrize("database", ["sqlite"])
def test_two_versions_stand_side_by_side_with_marks_that_can_be_heard(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        amend(in_force())
        db.session.commit()
    handler = sign_in("handler")
    handler.get("/rules/1")
    handler.follow("修订对照")
    assert handler.page.path == "/rules/1/2/from/1"
    assert handler.page.texts("del") == ["［删去： 三 ］"]
    assert "［新增： 两 ］" in handler.page.texts("ins")
    assert sign_in("handler", "en").get("/rules/1/2/from/1").texts("del") == ["[removed: 三 ]"]


# --- the five prohibitions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("database", ["sqlite"])
def test_anybody_reads_the_five_with_examples_what_to_do_in_doubt_and_where_to_report(
    app: Flask, language: str
) -> None:
    page = Browser(app, language).get("/rules/prohibitions")
    five = prohibitions()
    assert len(five) == 5
    for each in five:
        words = (each.title, each.text, each.doubt, *each.examples)
        assert all(said["zh" if language == "zh" else "en"] in page.text for said in words)
        assert each.examples
    report = page.one("main p:nth-of-type(2) a").attributes["href"]
    assert Browser(app, language).get(report or "").status == 200


def test_where_the_register_has_the_rule_the_page_quotes_the_one_that_applies(app: Flask) -> None:
    text = "\n".join(f"第{in_han(each)}条 第{in_han(each)}项原文。" for each in range(1, 6))
    with app.app_context():
        rule = in_force("五个严禁", text, kind="prohibitions")
        db.session.commit()
    assert "第四条 第四项原文。" in text_of(Browser(app).get("/rules/prohibitions"))
    with app.app_context():
        move(rule_of(rule.serial), "repeal", last=on(-1), reason="")
        db.session.commit()
    assert not Browser(app).get("/rules/prohibitions").all("blockquote")


# --- the store -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE rule_version SET state = 'trial', trial_until_on = '2030-01-01'", "its state is not what the record"),
        ("UPDATE rule_version SET body = '第一条 别的。'", "its text is not the one that came into force"),
        ("UPDATE rule_article SET text = '别的。' WHERE position = 1", "its articles are not those of its text"),
        ("DELETE FROM rule_search", "a search does not find it"),
        ("DELETE FROM rule", "1 were given, 0 are there"),
    ],
)
@pytest.mark.parametrize("database", ["postgres"])
def test_the_check_finds_what_was_altered_in_a_rule(app: Flask, statement: str, told: str) -> None:
    put(app)
    run(app, "check")
    spoil(app, statement)
    assert told in run(app, "check", code=1)


def test_a_text_and_its_digest_altered_together_do_not_escape_the_record(app: Flask) -> None:
    put(app, text="第一条 甲。")
    forged = parse("第一条 乙。").canonical()
    spoil(app, "UPDATE rule_version SET body = :body, digest = :digest", body=forged, digest=digest(forged))
    assert "its text is not the one that came into force" in run(app, "check", code=1)


def test_the_tables_go_down_and_up_again_with_rows_in_them(app: Flask) -> None:
    put(app)
    with app.app_context():
        db.session.remove()
        flask_migrate.downgrade(revision="0010")
        flask_migrate.upgrade()
        db.session.remove()
        assert db.session.scalar(select(Version.id)) is None
    run(app, "check")
    assert put(app) == 1


@pytest.mark.parametrize("database", ["sqlite"])
def test_states_that_cannot_be_are_refused_by_the_table_itself(app: Flask) -> None:
    put(app)
    for change in ("until_on = '2026-01-01'", "from_on = NULL", "state = 'trial'", "state = 'repealed'", "state = 'x'"):
        refused(app, f"UPDATE rule_version SET {change}")


@pytest.mark.parametrize(
    "path", ["/rules/{}", "/rules/1/{}", "/rules/1/1/from/{}", "/rules/articles/{}", "/reading/{}"]
)
def test_a_number_that_no_rule_can_have_is_no_page(app: Flask, sign_in: SignIn, path: str) -> None:
    put(app)
    sign_in("clerk").get(path.format("9" * 18), 404)


@pytest.mark.parametrize("every", [1, 3])
def test_texts_as_long_as_a_rule_may_be_are_compared_while_somebody_waits(every: int) -> None:
    chance = Random(7)
    signs = "的一是不在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里"
    old = ["".join(chance.choices(signs, k=280)) for _ in range(60)]
    new = [f"{each[:140]}改{each[141:]}" if not place % every else each for place, each in enumerate(old)]
    before, after = ("\n".join(f"第{in_han(nth)}条 {each}" for nth, each in enumerate(all, 1)) for all in (old, new))
    started = monotonic()
    changes = [pair.change for pair in compare(parse(before), parse(after))]
    assert changes.count(Change.CHANGED) == -(-60 // every)
    assert monotonic() - started < 10
