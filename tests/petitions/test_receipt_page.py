"""The receipt page: what the holder of a code sees and may do, and that a code cannot be guessed."""

import io
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import func, select

from blueprints.petitions.casefile.models import Attachment
from blueprints.petitions.docket.domain import State
from blueprints.petitions.docket.models import Petition
from blueprints.petitions.receipt.domain import STANDS
from core import clock, limits, receipts
from core.extensions import db
from tests.browse import Browser, Value
from tests.letters import TYPED, WRITER, look_up, petition, press, put, step

SignIn = Callable[..., Browser]
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stops the clock."""
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


def unknown(app: Flask) -> str:
    """A code as good as any other, which no letter has."""
    with app.app_context():
        return receipts.make(secrets.token_bytes(16))


# --- what it shows -------------------------------------------------------------------------------------------------


def test_it_says_in_plain_words_where_the_letter_stands(app: Flask) -> None:
    for state in State:
        reader = Browser(app, "en")
        page = look_up(reader, put(app, state).code)
        assert page.texts(".lead") == [STANDS[state]._args[0]], state


@pytest.mark.usefixtures("monday")
def test_it_names_what_comes_next_until_when_and_how_that_was_counted(app: Flask, visitor: Browser) -> None:
    look_up(visitor, put(app, State.ACCEPTED).code)
    dues = visitor.page.all("section[aria-labelledby=next] .due")
    assert len(dues) == 2
    told = " ".join(visitor.page.texts("section[aria-labelledby=next]"))
    for part in ("2026年3月17日", "2026年5月1日", "第二十三条", "第三十四条", "2026年3月2日"):
        assert part in told


def test_a_code_may_be_typed_as_people_write_it(app: Flask) -> None:
    code = put(app).code
    for typed in (receipts.grouped(code), f" {code} ", "-".join(code), "".join(chr(ord(c) + 0xFEE0) for c in code)):
        look_up(Browser(app), typed)


def test_papers_are_read_with_the_own_name_on_them(app: Flask, visitor: Browser) -> None:
    look_up(visitor, put(app, State.SIGNED).code)
    links = [str(node.attributes["href"]) for node in visitor.page.all("section[aria-labelledby=papers] a")]
    assert len(links) == 2
    assert WRITER["name"] in visitor.get(links[0]).html
    paper = visitor.get(f"{links[0]}.pdf")
    assert WRITER["name"] in PdfReader(io.BytesIO(paper.response.data)).pages[0].extract_text()


def test_messages_go_both_ways_and_for_anonymous_writers_too(app: Flask, visitor: Browser, sign_in: SignIn) -> None:
    made = put(app, State.HANDLING, named=False)
    press(sign_in("handler"), made.id, "message", text="水泵是什么型号？")
    assert "水泵是什么型号？" in look_up(visitor, made.code).text
    visitor.submit("/letters/status/message", text="是潜水泵，标记甲。")
    assert "是潜水泵，标记甲。" in visitor.page.text
    assert "是潜水泵，标记甲。" in sign_in("handler").get(f"/petitions/{made.id}").text


def test_a_message_of_the_petitioner_stands_on_the_desk_until_somebody_does_something(
    app: Flask, visitor: Browser, sign_in: SignIn
) -> None:
    made = put(app, State.HANDLING)
    look_up(visitor, made.code)
    visitor.submit("/letters/status/message", text="还有一件事。")
    handler, clerk = sign_in("handler"), sign_in("clerk")
    for person in (handler, clerk):
        assert person.get("/desk").all(f"section[aria-labelledby=unread] a[href='/petitions/{made.id}']")
        assert len(person.get("/petitions/?unread=y").all("tbody tr")) == 1
    assert not sign_in("handler2").get("/desk").all("section[aria-labelledby=unread]")
    press(handler, made.id, "message")
    assert not clerk.get("/desk").all("section[aria-labelledby=unread]")
    assert clerk.get("/petitions/?unread=y").all("tbody tr") == []


def test_after_the_end_petitioner_and_office_can_still_write_to_each_other(
    app: Flask, visitor: Browser, sign_in: SignIn
) -> None:
    made = put(app, State.CLOSED)
    look_up(visitor, made.code)
    visitor.submit("/letters/status/message", text="又坏了，标记丁。")
    handler = sign_in("handler")
    assert handler.get("/desk").all("section[aria-labelledby=unread] a")
    press(handler, made.id, "message", text="请另写一封信，标记戊。")
    assert "标记戊" in visitor.get("/letters/status").text
    row = petition(app, made.id)
    assert (row.state, row.due_on) == (State.CLOSED, None)


def test_who_in_the_office_wrote_is_not_told(app: Flask, visitor: Browser, sign_in: SignIn) -> None:
    made = put(app, State.HANDLING)
    press(sign_in("handler"), made.id, "message")
    page = look_up(visitor, made.code)
    for name in ("赵水务", "李登记", "handler"):
        assert name not in page.html


def test_further_files_are_added_with_a_message(app: Flask, visitor: Browser, sign_in: SignIn) -> None:
    made = put(app)
    look_up(visitor, made.code)
    photo = [(io.BytesIO("收据".encode()), "收据.txt")]
    visitor.submit("/letters/status/message", fields={"text": "补充收据。", "files": photo})
    assert visitor.page.texts(".files a") == ["收据.txt"]
    clerk = sign_in("clerk")
    clerk.get(f"/petitions/{made.id}")
    assert "收据" in clerk.follow("收据.txt").response.data.decode("utf-8-sig")
    with app.app_context():
        assert db.session.scalars(select(Attachment)).one().message_id is not None


def test_the_same_message_sent_twice_stands_once(app: Flask, visitor: Browser) -> None:
    look_up(visitor, put(app).code)
    for text, name in (("甲", ""), ("甲", ""), ("甲", "收据.txt"), ("甲", "收据.txt"), ("乙", ""), ("甲", "")):
        files: Value = [(io.BytesIO(b"1"), name)] if name else []
        visitor.submit("/letters/status/message", fields={"text": text, "files": files})
    assert [text[-1] for text in visitor.page.texts(".message .prose")] == ["甲", "甲", "乙", "甲"]
    assert len(visitor.page.all(".files a")) == 1


def test_an_empty_message_comes_back_and_is_not_kept(app: Flask, visitor: Browser) -> None:
    made = put(app)
    look_up(visitor, made.code)
    assert visitor.submit("/letters/status/message", expect=422, text=" ").all("#text-error")
    assert petition(app, made.id).version == 1


@pytest.mark.usefixtures("monday")
def test_every_opening_of_the_identity_is_shown_with_time_and_office_but_not_the_person(
    app: Flask, visitor: Browser, sign_in: SignIn
) -> None:
    made = put(app, State.HANDLING)
    assert "赵水务" not in look_up(visitor, made.code).html
    for username in ("handler", "clerk"):
        person = sign_in(username)
        person.get(f"/petitions/{made.id}/identity")
        person.submit(f"/petitions/{made.id}/identity", reason="核实地址，标记乙")
    page = visitor.get("/letters/status")
    assert page.texts("section[aria-labelledby=opened] tbody tr") == [
        "2026-03-02 09:00 新洲区水务局 查看您的姓名、住址和电话",
        "2026-03-02 09:00 组织部信访科 查看您的姓名、住址和电话",
    ]
    for secret in ("赵水务", "李登记", "标记乙"):
        assert secret not in page.html


# --- rating --------------------------------------------------------------------------------------------------------


def test_the_handling_is_rated_once_it_is_answered_and_once_only(app: Flask, visitor: Browser) -> None:
    made = put(app, State.DRAFTED)
    look_up(visitor, made.code)
    assert not visitor.page.all("form[action='/letters/status/rating']")
    token = visitor.page.all("main input[name=csrf_token]")[0].attributes["value"] or ""
    rating = {"csrf_token": token, "satisfaction": "satisfied"}
    visitor.post("/letters/status/rating", rating)
    assert petition(app, made.id).satisfaction is None
    with app.app_context():
        step(made.id, "sign")
        db.session.commit()
    visitor.get("/letters/status")
    visitor.submit("/letters/status/rating", expect=422)
    visitor.submit("/letters/status/rating", satisfaction="dissatisfied", words="拖了很久，标记丙")
    assert not visitor.page.all("form[action='/letters/status/rating']")
    visitor.post("/letters/status/rating", rating)
    assert petition(app, made.id).satisfaction == "dissatisfied"
    with app.app_context():
        entries = db.session.get_one(Petition, made.id).timeline()
        assert [(each.action, each.note) for each in entries].count(("rated", "拖了很久，标记丙")) == 1


# --- who may -------------------------------------------------------------------------------------------------------


def test_a_code_opens_its_own_letter_and_nothing_of_another(app: Flask, visitor: Browser) -> None:
    mine, other = put(app, State.SIGNED), put(app, State.SIGNED, text="另一封")
    with app.app_context():
        paper = db.session.get_one(Petition, other.id).papers()[0].id
    look_up(visitor, mine.code)
    assert "另一封" not in visitor.page.html
    visitor.get(f"/letters/status/papers/{paper}.pdf", expect=404)
    visitor.get(f"/letters/status/files/{paper}", expect=404)


@pytest.mark.parametrize("path", ["message", "rating"])
def test_without_a_code_nothing_is_written(app: Flask, visitor: Browser, path: str) -> None:
    visitor.get("/letters/status")
    token = visitor.page.all("input[name=csrf_token]")[0].attributes["value"] or ""
    sent = {"csrf_token": token, "text": "x", "satisfaction": "fair"}
    visitor.post(f"/letters/status/{path}", sent, expect=401)
    assert visitor.page.all("input[name=receipt]")


def test_closing_the_letter_asks_for_the_code_again(app: Flask, visitor: Browser) -> None:
    look_up(visitor, put(app).code)
    visitor.submit("/letters/leave")
    assert visitor.get("/letters/status").all("input[name=receipt]")
    assert str(TYPED["subject"]) not in visitor.page.html


# --- guessing ------------------------------------------------------------------------------------------------------


def test_wrong_unknown_and_malformed_codes_are_answered_alike(app: Flask) -> None:
    code = put(app).code
    mistyped = code[:5] + str((int(code[5]) + 1) % 10) + code[6:]
    answers = set()
    for typed in (unknown(app), mistyped, "1234", "", "x" * 3000, "' OR 1=1 --", "1" * 20, code + "0", "\0" * 20):
        answer = look_up(Browser(app), typed, expect=404)
        told = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.html)
        answers.add(re.sub(r'(<input[^>]* name="receipt"[^>]*) value="[^"]*"', r"\1", told))
    assert len(answers) == 1


@pytest.mark.usefixtures("monday")
def test_ten_wrong_codes_from_one_address_wait_and_the_right_one_goes_on_working(app: Flask) -> None:
    code = put(app).code
    for _ in range(10):
        look_up(Browser(app), unknown(app), expect=404)  # another cookie each time: it does not help
    refused = look_up(Browser(app), unknown(app), expect=429)
    assert 0 < int(refused.response.headers["Retry-After"]) <= 600
    assert look_up(Browser(app), code).path == "/letters/status"
    elsewhere = Browser(app)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    look_up(elsewhere, unknown(app), expect=404)


def test_a_wait_ends(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY)
    for _ in range(10):
        look_up(Browser(app), unknown(app), expect=404)
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(minutes=10))
    look_up(Browser(app), unknown(app), expect=404)


def test_a_mistyped_code_is_no_guess(app: Flask, visitor: Browser) -> None:
    code = put(app).code
    mistyped = code[:5] + str((int(code[5]) + 1) % 10) + code[6:]
    for _ in range(11):
        look_up(visitor, mistyped, expect=404)


@pytest.mark.usefixtures("monday")
def test_three_hundred_wrong_codes_an_hour_from_everywhere_wait_and_the_right_one_goes_on_working(app: Flask) -> None:
    code = put(app).code
    with app.app_context():
        for _ in range(298):
            limits.count(limits.RECEIPTS_IN_ALL)
    answers = []
    for host in range(4):
        guesser = Browser(app)
        guesser.client.environ_base["REMOTE_ADDR"] = f"203.0.113.{host}"
        guesser.get("/letters/status")
        token = guesser.page.all("main input[name=csrf_token]")[0].attributes["value"] or ""
        sent = {"csrf_token": token, "receipt": unknown(app)}
        answers.append(guesser.client.post("/letters/status", data=sent).status_code)
    assert answers == [404, 404, 429, 429]
    assert look_up(Browser(app), code).path == "/letters/status"


@pytest.mark.usefixtures("monday")
def test_a_code_is_not_guessed_through_the_printed_slip_either(app: Flask, visitor: Browser) -> None:
    code = put(app).code
    visitor.get("/letters/status")
    token = visitor.page.all("main input[name=csrf_token]")[0].attributes["value"] or ""
    for _ in range(10):
        visitor.post("/letters/slip.pdf", {"csrf_token": token, "receipt": unknown(app)}, expect=404)
    visitor.post("/letters/slip.pdf", {"csrf_token": token, "receipt": unknown(app)}, expect=429)
    assert visitor.post("/letters/slip.pdf", {"csrf_token": token, "receipt": code}).status == 200


def test_looking_a_letter_up_leaves_no_entry(app: Flask, visitor: Browser) -> None:
    made = put(app)
    look_up(visitor, made.code)
    assert petition(app, made.id).version == 1
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Petition)) == 1


def test_the_petitioner_sees_what_the_identity_was_opened_for(app: Flask, sign_in: Callable[..., Browser]) -> None:
    made = put(app, State.ACCEPTED)
    clerk, writer = sign_in("clerk"), Browser(app)
    clerk.get(f"/petitions/{made.id}/identity")
    clerk.submit(f"/petitions/{made.id}/identity", reason="上门核实")
    with app.app_context():
        paper = db.session.get_one(Petition, made.id).papers()[0].id
    clerk.get(f"/petitions/{made.id}/identity")
    clerk.submit(f"/petitions/{made.id}/identity", reason="寄送告知书", paper=str(paper))
    rows = look_up(writer, made.code).texts("section[aria-labelledby=opened] tbody tr")
    assert ["查看您的姓名" in row for row in rows] == [True, False]
    assert ["打印" in row for row in rows] == [False, True]
    assert not any("核实" in row or "clerk" in row or "李登记" in row for row in rows)
    assert all("组织部信访科" in row for row in rows)


def test_a_term_of_the_petitioner_that_has_passed_is_not_called_late(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = put(app, State.CLOSED)
    later = clock.now() + timedelta(days=60)
    monkeypatch.setattr(clock, "now", lambda: later)
    told = look_up(Browser(app), made.code).one("section[aria-labelledby=next]").text()
    assert "期限已过" in told
    assert "超期" not in told
