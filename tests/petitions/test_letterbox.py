"""The public form: who may write what, what comes back, and that the receipt code is shown once and kept nowhere."""

import io
import logging
import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from blueprints.petitions.casefile.models import Concern
from blueprints.petitions.docket.models import Petition
from core import clock
from core.extensions import db
from core.receipts import grouped
from settings import settings
from tests.browse import Browser, Value
from tests.letters import TYPED, WATER, WRITER, everything_stored, look_up, shown_code, unit_id, write

ANONYMOUS = {"signing": "anonymous", "name": "", "address": "", "contact": ""}


def count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Petition)) or 0


# --- what may be written -------------------------------------------------------------------------------------------


def test_a_letter_by_name_is_kept_whole(app: Flask, visitor: Browser) -> None:
    write(visitor)
    with app.app_context():
        row = db.session.scalars(select(Petition)).one()
        assert (row.state, row.kind, row.channel, row.place_code) == ("received", "claim", "online", TYPED["place"])
        assert (row.subject, row.text, row.identity) == (TYPED["subject"], TYPED["text"], WRITER)
        assert not row.anonymous


def test_who_writes_anonymously_leaves_no_name_even_if_one_was_typed(app: Flask, visitor: Browser) -> None:
    write(visitor, signing="anonymous")
    with app.app_context():
        row = db.session.scalars(select(Petition)).one()
        assert row.anonymous
        assert row.identity is None
    assert not any(WRITER["name"] in each for each in everything_stored(app))


def test_a_letter_is_of_one_of_three_classes(app: Flask, visitor: Browser) -> None:
    for kind in ("proposal", "accusation", "claim"):
        write(visitor, kind=kind)
    with app.app_context():
        assert set(db.session.scalars(select(Petition.kind))) == {"proposal", "accusation", "claim"}


def test_a_letter_may_have_twenty_thousand_characters_and_not_one_more(app: Flask, visitor: Browser) -> None:
    visitor.get("/letters/new")
    fields = {**TYPED, "text": "水" * 20_001}
    refused = visitor.submit("/letters/new", expect=422, fields=fields)
    assert refused.all("#text-error")
    assert refused.one("#text").text() == fields["text"]
    assert count(app) == 0
    write(visitor, text="水" * 20_000)
    with app.app_context():
        assert len(db.session.scalars(select(Petition)).one().text) == 20_000


def test_whom_it_is_about_is_kept_as_person_and_unit(app: Flask, visitor: Browser) -> None:
    with app.app_context():
        water = unit_id(WATER)
    write(visitor, person="冯不识", unit=str(water))
    with app.app_context():
        (concern,) = db.session.scalars(select(Concern))
        assert (concern.person, concern.unit_id) == ("冯不识", water)
    assert not any("冯不识" in each for each in everything_stored(app))


def test_files_of_a_letter_come_back_as_they_were_sent(app: Flask, visitor: Browser) -> None:
    words = "水泵照片说明".encode()
    code = write(visitor, files=[(io.BytesIO(words), "说明.txt"), (io.BytesIO(words * 2), "二.txt")])
    look_up(visitor, code)
    assert visitor.page.texts(".files a") == ["说明.txt", "二.txt"]
    got = visitor.follow("说明.txt")
    assert got.response.data.decode("utf-8-sig").strip() == words.decode()
    assert "attachment" in got.response.headers["Content-Disposition"]


def test_files_that_cannot_be_taken_are_named_and_nothing_else_is_lost(app: Flask, visitor: Browser) -> None:
    for files, said in (
        ([(f"{each}.txt", b"x") for each in range(6)], "5"),
        ([("program.exe", b"MZ\x90\0")], "program.exe"),
        ([("photo.jpg", b"%PDF-1.4 no photo")], "photo.jpg"),
    ):
        visitor.get("/letters/new")
        sent = [(io.BytesIO(data), name) for name, data in files]
        refused = visitor.submit("/letters/new", expect=422, fields={**TYPED, "files": sent})
        assert said in refused.one("#files-error").text()
        assert refused.one("#text").text() == TYPED["text"]
    assert count(app) == 0


# --- what comes back -----------------------------------------------------------------------------------------------


REFUSED: list[tuple[dict[str, Value], str]] = [
    ({"kind": ""}, "kind"),
    ({"kind": "revenge"}, "kind"),
    ({"signing": ""}, "signing"),
    ({"subject": " "}, "subject"),
    ({"subject": "字" * 101}, "subject"),
    ({"text": ""}, "text"),
    ({"text": "a\0b"}, "text"),
    ({"place": "999999999999"}, "place"),
    ({"place": "420117"}, "place"),
    ({"place": ""}, "place"),
    ({"name": ""}, "name"),
    ({"address": ""}, "address"),
    ({"unit": "12"}, "unit"),
    ({"contact": "1" * 61}, "contact"),
]


def test_a_letter_that_cannot_be_taken_comes_back_with_every_word_and_the_error_beside_its_field(
    app: Flask, visitor: Browser
) -> None:
    visitor.get("/letters/new")
    right = {**TYPED, "person": "王五", "csrf_token": token(visitor)}
    for changes, field in REFUSED:
        sent = {**right, **changes}
        refused = visitor.post("/letters/new", sent, expect=422)
        assert refused.all(f"#{field}-error"), changes
        assert [node for node in refused.all("#errors a") if node.attributes["href"] in (f"#{field}", f"#{field}-0")]
        for name in ("subject", "name", "address", "contact", "person"):
            if name != field:
                assert refused.one(f"#{name}").attributes["value"] == sent[name]
        if field != "text":
            assert refused.one("#text").text() == sent["text"]
        if field != "kind":
            assert refused.one("input[name=kind][checked]").attributes["value"] == "claim"
        if field != "place":
            assert refused.one("#place option[selected]").attributes["value"] == sent["place"]
    assert count(app) == 0


def token(browser: Browser) -> str:
    """The token against forged forms that stands in the page."""
    return str(browser.page.all("input[name=csrf_token]")[0].attributes["value"])


def test_a_form_that_was_open_too_long_comes_back_with_the_letter_and_can_be_sent(app: Flask, visitor: Browser) -> None:
    visitor.get("/letters/new")
    refused = visitor.post("/letters/new", {**TYPED, "csrf_token": "old"}, expect=422)
    assert refused.one("#text").text() == TYPED["text"]
    assert refused.all("#errors li")
    assert shown_code(visitor.submit("/letters/new"))
    assert count(app) == 1


def test_a_township_brings_its_villages_and_no_others(visitor: Browser) -> None:
    part = visitor.get("/letters/new?township=420117001", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    values = [node.attributes["value"] for node in part.all("option")]
    assert "420117001001" in values
    assert "420117002001" not in values
    assert not part.all("h1")


# --- the receipt code ----------------------------------------------------------------------------------------------


def test_the_receipt_code_has_twenty_digits_and_is_shown_once(visitor: Browser) -> None:
    code = write(visitor)
    assert re.fullmatch(r"[0-9]{20}", code)
    again = visitor.get("/letters/sent")
    assert code not in re.sub(r"\s", "", again.text)
    assert not again.all(".receipt-code")


def test_the_receipt_code_stands_in_no_address_title_cookie_or_log(
    visitor: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    code = write(visitor)
    seen = [visitor.page.path, visitor.page.title, *(str(cookie) for cookie in cookies(visitor))]
    visitor.submit("/letters/slip.pdf")
    look_up(visitor, code)
    look_up(visitor, code[:-1] + str((int(code[-1]) + 1) % 10), expect=404)
    seen += [visitor.page.path, visitor.page.title, *(str(cookie) for cookie in cookies(visitor)), caplog.text]
    for form in (code, grouped(code)):
        assert not [each for each in seen if form in each]


def cookies(browser: Browser) -> list[object]:
    kept = list((browser.client._cookies or {}).values())
    assert kept
    return [(cookie.key, cookie.value) for cookie in kept]


def test_no_address_device_or_word_of_a_public_request_is_logged(
    visitor: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    visitor.client.environ_base["REMOTE_ADDR"] = "203.0.113.77"
    visitor.client.environ_base["HTTP_USER_AGENT"] = "Quaint/7"
    write(visitor)
    for secret in ("203.0.113.77", "Quaint/7", TYPED["subject"], TYPED["text"], *WRITER.values()):
        assert str(secret) not in caplog.text


def test_of_the_receipt_code_only_a_keyed_digest_is_stored(app: Flask, visitor: Browser) -> None:
    code = write(visitor)
    stored = list(everything_stored(app))
    assert stored
    for form in (code, grouped(code), code.encode().hex()):
        assert not any(form in each for each in stored)


def test_nothing_of_a_letter_is_stored_in_clear(app: Flask, visitor: Browser) -> None:
    write(visitor, text="标记文字：紫色的拖拉机", subject="标记标题：绿色的磨坊", person="标记某人")
    for word in ("紫色的拖拉机", "绿色的磨坊", "标记某人", *WRITER.values()):
        assert not any(word in each for each in everything_stored(app))


def test_the_receipt_page_names_the_last_day_of_the_notice_and_its_ground(
    visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 2, 1, 0, tzinfo=UTC))
    write(visitor)
    days = [str(node.attributes["datetime"]) for node in visitor.page.all(".slip time")]
    assert "2026-03-17" in days  # 15 days, the day itself not counted
    assert "第二十三条" in visitor.page.text


def test_the_printed_slip_is_given_for_the_code_and_for_nothing_else(visitor: Browser) -> None:
    code = write(visitor)
    given = visitor.submit("/letters/slip.pdf")
    assert given.response.mimetype == "application/pdf"
    visitor.get("/letters/new")
    wrong = code[:3] + str((int(code[3]) + 1) % 10) + code[4:]
    visitor.post("/letters/slip.pdf", {"receipt": wrong, "csrf_token": token(visitor)}, expect=404)


def test_who_finishes_leaves_nothing_on_the_device(visitor: Browser) -> None:
    code = write(visitor)
    visitor.submit("/letters/leave")
    assert not visitor.get("/letters/sent").all(".receipt-code")
    assert visitor.get("/letters/status").all("input[name=receipt]")
    assert look_up(visitor, code).status == 200


# --- sent twice ----------------------------------------------------------------------------------------------------


def test_the_same_form_sent_twice_is_one_matter_with_the_same_code(app: Flask, visitor: Browser) -> None:
    visitor.get("/letters/new")
    sent = {**TYPED, "csrf_token": token(visitor)}
    first = shown_code(visitor.post("/letters/new", sent))
    again = shown_code(visitor.post("/letters/new", sent))  # the back button, then the same button
    assert again == first
    assert count(app) == 1


def test_a_double_click_makes_one_matter(app: Flask, visitor: Browser) -> None:
    visitor.get("/letters/new")
    sent = {**TYPED, "csrf_token": token(visitor)}
    answers = [visitor.client.post("/letters/new", data=sent) for _ in range(2)]  # neither waits for a page
    assert [each.status_code for each in answers] == [303, 303]
    assert count(app) == 1


def test_the_same_form_with_other_words_is_another_matter(app: Flask, visitor: Browser) -> None:
    first = write(visitor)
    assert write(visitor, text="又坏了。") != first
    assert count(app) == 2


def test_the_same_words_from_another_browser_are_another_matter(app: Flask, visitor: Browser) -> None:
    first = write(visitor)
    assert write(Browser(app)) != first
    assert count(app) == 2


# --- about this office itself --------------------------------------------------------------------------------------


ABOUT_US = [  # unit, person
    ("中共新洲区委组织部", ""),
    ("组织部信访科", ""),
    ("", "孙部长"),
    ("", "孙 部长"),
    ("", "李登记"),
    (WATER, "孙部长"),
]


def test_a_letter_about_this_office_or_who_works_in_it_goes_one_level_up_and_no_copy_stays(
    app: Flask, visitor: Browser
) -> None:
    for unit, person in ABOUT_US:
        with app.app_context():
            superior = settings().SUPERIOR_NAME
            id = str(unit_id(unit)) if unit else ""
        visitor.get("/letters/new")
        about = {**TYPED, "unit": id, "person": person, "text": "标记：石榴树"}
        told = visitor.submit("/letters/new", expect=422, fields=about)
        assert superior in told.one("#errors").text(), (unit, person)
        assert told.one("#text").text() == "标记：石榴树"  # it stays with its writer
    assert count(app) == 0
    assert not any("石榴树" in each for each in everything_stored(app))
