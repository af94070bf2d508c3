"""Reports of violations: sealed to the officers' own keys, handled step by step, and read by nobody else."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from blueprints.accounts.models import Unit, User
from blueprints.bypass.models import Bypass
from blueprints.rules.keyring.models import Made, OfficerKey
from blueprints.rules.register.models import articles_in_force
from blueprints.rules.reports import domain
from blueprints.rules.reports.domain import SMALL, WORKFLOW, Kind, Outcome, State, guarded, limits_on
from blueprints.rules.reports.models import Part, Report, ReportFile, Secret, Sending, Wrap, by_code
from core import attachments, check, clock, receipts, vault
from core.envelope import Unopened, make_pair, unlock
from core.extensions import db
from core.record import Entry
from core.roles import Role
from core.unlocked import Unlocked
from tests import register as rules
from tests.browse import Browser, Value, queries
from tests.letters import WATER, everything_stored, put, shown_code, unit_id, viewer
from tests.offices import Offices
from tests.people import PASSWORD
from tests.reports import (
    ACCUSED,
    PASSPHRASE,
    POST,
    TIP,
    answers,
    attached,
    holder,
    officer,
    officers,
    only,
    row,
    step,
    tip,
    walk,
)
from tests.upkeep import bare, run, spoil

quick = pytest.mark.parametrize("database", ["sqlite"])  # a rule of a page or a form: one database is enough
TO_HEARD = ("take", "verify", "hear")


def signed_in(app: Flask, username: str) -> Browser:
    browser = Browser(app)
    browser.sign_in(username, PASSWORD)
    return browser


def count(app: Flask, model: Any) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets time pass."""

    def pass_by(**time: int) -> None:
        moment = clock.now() + timedelta(**time)
        monkeypatch.setattr("core.clock.now", lambda: moment)

    return pass_by


# --- the way through -------------------------------------------------------------------------------------------------


def test_a_report_is_read_with_the_passphrase_answered_and_read_with_the_code(app: Flask) -> None:
    officers(app)
    code = tip(app)
    id = only(app)
    reader = officer(app)
    page = reader.get(f"/reports/{id}")
    for word in ("三条烟和一张购物卡", ACCUSED, "高举报", "13900005678"):
        assert word in page.text
    walk(reader, id, "take", "message")
    reporter = holder(app, code)
    assert "请问是哪一天收的" in reporter.page.text
    reporter.submit("/reports/status/message", text="正月初三收的")
    assert "正月初三收的" in reader.get(f"/reports/{id}").text
    step(reader, id, "dismiss")
    assert row(app, id).state == "closed"
    assert "没有说明违反了什么规定" in reporter.get("/reports/status").text


# --- nobody else -----------------------------------------------------------------------------------------------------

MARKS = {
    **{"text": "MARKtext", "person": "MARKperson", "name": "MARKname", "contact": "MARKcontact"},
    **{"message": "MARKmessage", "note": "MARKnote", "put": "MARKput", "statement": "MARKstatement"},
    **{"rule": "MARKrule", "article": "MARKarticle", "evidence": "MARKevidence", "finding": "MARKfinding"},
    **{"decision": "MARKdecision", "member": "MARKmember", "file": "MARKfile", "filename": "MARKfilename"},
    **{"back": "MARKback", "retaliation": "MARKretaliation", "objection": "MARKobjection", "answer": "MARKanswer"},
}


def _everything(app: Flask) -> tuple[int, str]:
    """Write a marker into every field there is; the report and its code."""
    officers(app, "officer2")
    files = [attached(f"{MARKS['filename']}.txt", MARKS["file"])]
    changes: dict[str, Any] = {name: MARKS[name] for name in ("text", "person", "name", "contact")}
    code = tip(app, **changes, files=files)
    id = only(app)
    first, second = officer(app), officer(app, "officer2")
    step(first, id, "take")
    step(first, id, "verify", reason=MARKS["note"])
    step(first, id, "message", text=MARKS["message"])
    step(first, id, "note", text=MARKS["note"])
    step(first, id, "hear", put=MARKS["put"], statement=MARKS["statement"], files=[attached("b.txt", MARKS["file"])])
    cited: dict[str, Any] = {name: MARKS[name] for name in ("rule", "article", "evidence")}
    step(first, id, "find", text=MARKS["finding"], **cited)
    step(first, id, "propose", text=MARKS["decision"], member=MARKS["member"])
    walk(second, id, "confirm", "notify")
    step(second, id, "object", text=MARKS["objection"])
    reporter = holder(app, code)
    reporter.submit("/reports/status/message", text=MARKS["back"])
    reporter.get("/reports/status/retaliation")
    reporter.submit("/reports/status/retaliation", text=MARKS["retaliation"])
    with app.app_context():
        notice = db.session.scalars(select(Report.id).where(Report.of_id == id)).one()
    step(second, notice, "reply", text=MARKS["answer"])
    assert MARKS["answer"] in reporter.get("/reports/status/retaliation").text
    shown = first.get(f"/reports/{id}").html
    assert all(MARKS[name] in shown for name in ("text", "note", "statement", "finding", "filename", "back"))
    return id, code


def _in(words: str) -> list[str]:
    return [mark for mark in MARKS.values() if mark in words or mark.encode().hex() in words.lower()]


def test_a_marker_is_found_nowhere_in_clear_nor_opened_with_the_servers_own_keys(
    app: Flask, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _, code = _everything(app)
    stored = "\n".join(everything_stored(app))
    assert not _in(stored)
    assert code not in stored
    assert not _in(caplog.text)
    run(app, "backup", tmp_path)
    (archive,) = tmp_path.rglob("office.sealed")
    with app.app_context(), archive.open("rb") as sealed:
        opened = b"".join(vault.open_file(sealed, "backup")).decode("utf-8", "replace")
        assert '"report_part"' in opened  # it holds the rows, as they are sealed
        assert not _in(opened)
        for model in check.models():
            columns = vault.sealed_columns(model)
            for id, *values in (
                db.session.execute(select(model.id, *(getattr(model, name) for name in columns))) if columns else ()
            ):
                for column, value in zip(columns, values, strict=True):
                    told = vault.open(value, f"{model.__tablename__}.{column}:{id}").decode() if value else ""
                    assert not _in(told), column
        names = list(attachments.named(db.session()))
        assert len(names) == 2
        for each in names:
            assert not _in(b"".join(attachments.stream(each.id)).decode("utf-8", "replace"))
        keys = [bytes.fromhex(each) for each in vault.keys()._stored["seal"]]
        for part in db.session.scalars(select(Part)):
            for key in keys:
                with pytest.raises(Unopened):
                    unlock(key, part.locked, f"report_part.locked:{part.id}")


def test_what_lies_open_while_somebody_works_is_sealed_by_a_secret_of_the_browser(app: Flask) -> None:
    officers(app)
    code = tip(app)
    officer(app)
    holder(app, code)
    with app.app_context():
        private = by_code(code)
        assert private is not None
        assert db.session.scalar(select(func.count()).select_from(Unlocked)) == 2
        key = db.session.scalars(select(OfficerKey)).one()
        assert key.secret is not None
        assert key.public.hex() not in key.secret
    stored = "\n".join(everything_stored(app))
    assert private[1].hex() not in stored


def test_the_keys_of_the_server_try_out_no_receipt_code_quickly(app: Flask) -> None:
    officers(app)
    code = tip(app)
    assert code.startswith("9")
    with app.app_context():
        kept = db.session.scalars(select(Report.receipt_digest)).one()
        assert kept == Secret.of(code).digest != receipts.digest(code)
        others = f"1{code[1:]}", f"{code[:-1]}{(int(code[-1]) + 1) % 10}", receipts.make(b"another", "9")
        assert [by_code(each) for each in others] == [None] * 3


def test_an_officer_without_a_key_of_it_finds_nothing_and_no_number_changes(app: Flask) -> None:
    officers(app, "officer2")
    with app.app_context():
        unit = db.session.scalars(select(OfficerKey.user_id).order_by(OfficerKey.id)).all()
        assert len(unit) == 2
    before = _numbers(officer(app, "officer2"))
    tip(app, person="沈公正")  # the second officer, and with them their unit
    id = only(app)
    walled, other = officer(app, "officer2"), officer(app)
    assert _numbers(walled) == before
    for path in (f"/reports/{id}", f"/reports/{id}/take", f"/reports/{id}/files/1", f"/reports/{id}/papers/1"):
        walled.get(path, 404)
    walled.client.post(f"/reports/{id}/take", data={"version": "1"})
    assert row(app, id).version == 1
    assert "沈公正" in other.get(f"/reports/{id}").text


@quick
def test_the_number_of_a_report_tells_nothing_of_others(app: Flask) -> None:
    officers(app)
    tip(app)
    tip(app, text="另一件事")
    with app.app_context():
        first, second = db.session.scalars(select(Report.number).order_by(Report.id)).all()
    assert re.fullmatch(r"20\d\d-\d{6}", first)
    assert abs(int(first[5:]) - int(second[5:])) != 1


def _numbers(browser: Browser) -> list[str]:
    return [
        re.sub(r"value=\"[^\"]*\"", "", "".join(browser.get(path).texts("main")))
        for path in ("/reports/", "/reports/figures", "/desk")
    ]


@pytest.mark.parametrize("role", ["clerk", "handler", "leader", "auditor", "administrator", "contact"])
@quick
def test_no_other_role_opens_a_report(app: Flask, role: str) -> None:
    officers(app)
    tip(app)
    id = only(app)
    browser = signed_in(app, role)
    for path in ("/reports/", "/reports/retaliation", "/reports/key/"):
        assert browser.client.get(path).status_code == 403
    for path in (f"/reports/{id}", f"/reports/{id}/take"):
        assert browser.client.get(path).status_code == 404
    told = "".join(browser.get("/desk").texts("main"))
    assert ACCUSED not in told


def test_the_auditor_sees_codes_of_what_happened_and_the_leader_not_even_these(app: Flask) -> None:
    officers(app)
    tip(app)
    walk(officer(app), only(app), "take", "verify")
    told = signed_in(app, "auditor").get("/record").text
    assert "已决定核实" in told
    assert ACCUSED not in told
    assert "线索" not in "".join(signed_in(app, "leader").get("/record").texts("main table"))
    with app.app_context():
        for entry in db.session.scalars(select(Entry).where(Entry.thread == "report")):
            assert entry.note_sealed is None
            assert set(entry.data) <= {"state", "officers", "files", "outcome", "officer"}


@pytest.mark.parametrize(
    ("about", "receives"),
    [
        ({"person": ACCUSED}, {"discipline", "officer2"}),
        ({"person": "周纪检"}, {"officer2"}),
        ({"person": "孙部长"}, {"officer2"}),  # the unit of the first officer
        ({"person": "新来的沈公正同志"}, {"discipline"}),
    ],
)
@quick
def test_whom_a_report_names_and_their_unit_get_no_key_of_it(
    app: Flask, about: dict[str, Any], receives: set[str]
) -> None:
    officers(app, "officer2")
    tip(app, **about)
    with app.app_context():
        users = text(
            'SELECT username FROM "user" u JOIN officer_key k ON k.user_id = u.id JOIN report_wrap w ON w.key_id = k.id'
        )
        assert {name for (name,) in db.session.execute(users)} == receives


# --- one level up ----------------------------------------------------------------------------------------------------


def test_without_an_officer_who_may_receive_it_a_report_is_sealed_for_one_level_up(
    offices: Offices, database: str, tmp_path: Path
) -> None:
    private, public = make_pair(PASSPHRASE)
    (tmp_path / "private.pem").write_bytes(private)
    (tmp_path / "public.pem").write_bytes(public)
    app = offices.make(database, SUPERIOR_KEY=tmp_path / "public.pem")
    officers(app)
    visitor = Browser(app)
    code = tip(app, visitor, person="周纪检", text="MARKtext")
    assert visitor.page.path == "/letters/sealed"
    assert (count(app, Report), count(app, Bypass)) == (0, 1)
    assert not _in("\n".join(everything_stored(app)))
    run(app, "bypass-export", tmp_path / "out")
    (package,) = (tmp_path / "out").iterdir()
    run(app, "bypass-open", tmp_path / "private.pem", package, tmp_path / "opened", "--passphrase", PASSPHRASE)
    letter = (tmp_path / "opened" / "letter.txt").read_text("utf-8")
    assert "MARKtext" in letter
    assert "违规线索：收受礼品" in letter
    looking = Browser(app)
    looking.get("/letters/status")
    assert "年" in looking.submit("/letters/status", receipt=code).text


@quick
def test_without_that_organs_key_nothing_is_kept_and_the_form_says_where_to_turn(app: Flask) -> None:
    visitor = Browser(app)
    visitor.get("/reports/new")
    told = visitor.submit("/reports/new", 422, fields={**TIP, "text": "MARKtext"})  # nobody has a key yet
    assert "中共武汉市委组织部" in told.text
    assert "MARKtext" in told.one(".only-print").text()
    assert "MARKtext" in told.one("textarea").text()
    assert count(app, Report) == count(app, Sending) == 0
    assert not _in("\n".join(everything_stored(app)))


# --- the form --------------------------------------------------------------------------------------------------------


def test_a_form_sent_twice_makes_one_report_and_shows_the_same_code_once_more(app: Flask) -> None:
    officers(app)
    visitor = Browser(app)
    code = tip(app, visitor)
    visitor.get("/reports/sent")
    assert not visitor.page.all(".receipt-code")
    visitor.get("/reports/new")
    visitor.submit("/reports/new", fields=TIP)
    assert shown_code(visitor.page) == code
    assert count(app, Report) == 1
    assert tip(app) != code  # another browser, another report
    visitor.submit("/reports/leave")
    assert tip(app, visitor) != code
    assert count(app, Report) == 3


@quick
def test_a_member_of_staff_who_reports_leaves_no_trace_of_the_account(app: Flask) -> None:
    officers(app)
    clerk = signed_in(app, "clerk")
    code = tip(app, clerk)
    clerk.get("/letters/status")
    clerk.submit("/letters/status", receipt=code)
    assert clerk.page.path == "/reports/status"
    id = only(app)
    with app.app_context():
        me = db.session.execute(text("SELECT id FROM \"user\" WHERE username = 'clerk'")).scalar_one()
        assert db.session.scalars(select(Entry.actor_id).where(Entry.thread == "report")).all() == [None]
        assert db.session.scalars(select(Part.author_id)).all() == [None]
        kept = str(db.session.execute(text("SELECT data FROM sitting WHERE user_id = :me"), {"me": me}).all())
        assert str(id) not in kept
        assert "report" not in kept
        assert db.session.execute(text("SELECT sitting FROM unlocked")).all() == [(None,)]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"person": ""}, "请写明被反映的人，或者选择单位"),
        ({"name": ""}, "请填写，或者选择匿名反映"),
        ({"text": "字" * 20_001}, "20000"),
        ({"kind": "retaliation"}, ""),
        ({"unit": "999"}, ""),
    ],
)
@quick
def test_what_is_missing_or_wrong_comes_back_with_everything_typed(
    app: Flask, changes: dict[str, str], says: str
) -> None:
    officers(app)
    visitor = Browser(app)
    visitor.get("/reports/new")
    told = visitor.submit("/reports/new", 422, fields={**TIP, **changes})
    assert says.replace("20000", "") in told.text
    assert (changes.get("text") or "三条烟") in told.html
    assert count(app, Report) == 0


@quick
def test_unknown_and_mistyped_codes_read_alike_and_letters_and_reports_open_at_one_place(app: Flask) -> None:
    officers(app)
    code, letter = tip(app), put(app).code
    told = []
    for wrong in ("12345678901234567890", "0" * 20, "unlesbar", code[:-1] + str((int(code[-1]) + 1) % 10)):
        visitor = Browser(app)
        visitor.get("/letters/status")
        told.append(visitor.submit("/letters/status", 404, receipt=wrong).texts("main .error-summary"))
        assert visitor.client.get_cookie("xiafang_report_key") is None
    assert all(each == told[0] for each in told)
    for right, path in ((code, "/reports/status"), (letter, "/letters/status")):
        visitor = Browser(app)
        visitor.get("/letters/status")
        assert visitor.submit("/letters/status", receipt=right).path == path


@quick
def test_the_code_is_in_no_address_and_the_key_of_the_form_in_no_row(app: Flask) -> None:
    officers(app)
    visitor = Browser(app)
    code = tip(app, visitor)
    sending = visitor.client.get_cookie("xiafang_tip_sent", path="/reports")
    key = visitor.client.get_cookie("xiafang_tip", path="/reports")
    assert sending
    assert key
    assert sending.http_only
    stored = "\n".join(everything_stored(app))
    for secret in (code, sending.value, key.value):
        assert secret not in stored


# --- keys ------------------------------------------------------------------------------------------------------------


@quick
def test_a_wrong_passphrase_opens_nothing_and_who_guesses_waits(app: Flask) -> None:
    officers(app)
    tip(app)
    guesser = officer(app, opens=False)
    for _ in range(5):
        guesser.get("/reports/key/open")
        guesser.submit("/reports/key/open", 422, key_password="nicht das richtige Wort")
    guesser.client.post("/reports/key/open", data={})
    guesser.get("/reports/key/open")
    answers = [
        guesser.client.post(
            "/reports/key/open", data={**_token(guesser), "key_password": "noch einmal falsch"}
        ).status_code
        for _ in range(3)
    ]
    assert 429 in answers
    assert guesser.get(f"/reports/{only(app)}").heading == "打开您的密钥"


def _token(browser: Browser) -> dict[str, str]:
    return {"csrf_token": browser.page.all("main input[name=csrf_token]")[0].attributes["value"] or ""}


@pytest.mark.parametrize("minutes", [[21], [15] * 7 + [16]], ids=["unused", "used all the time"])
@quick
def test_a_key_closes_unused_and_in_any_case_and_what_was_typed_meanwhile_is_not_lost(
    app: Flask, later: Any, minutes: list[int]
) -> None:
    officers(app)
    tip(app)
    id = only(app)
    writer = officer(app)
    writer.get(f"/reports/{id}/note")
    for each in minutes[:-1]:
        later(minutes=each)
        writer.get(f"/reports/{id}/note")
    later(minutes=minutes[-1])
    told = writer.submit(f"/reports/{id}/note", 401, text="MARKnote")
    assert told.heading == "打开您的密钥"
    assert "MARKnote" not in "\n".join(everything_stored(app))
    assert "MARKnote" in writer.submit("/reports/key/open", key_password=PASSPHRASE).html
    writer.submit(f"/reports/{id}/note")
    assert "MARKnote" in writer.get(f"/reports/{id}").text


@quick
def test_signing_out_closes_the_key_and_a_copy_of_its_cookie_opens_nothing(app: Flask) -> None:
    officers(app)
    tip(app)
    reader = officer(app)
    cookie = reader.client.get_cookie("xiafang_officer_key")
    assert cookie is not None
    reader.submit("/sign-out")
    assert count(app, Unlocked) == 0
    again = officer(app, opens=False)
    again.client.set_cookie("xiafang_officer_key", cookie.value)
    assert again.get(f"/reports/{only(app)}").heading == "打开您的密钥"


@quick
def test_a_new_password_or_a_closed_account_closes_the_key(app: Flask) -> None:
    officers(app)
    reader = officer(app)
    assert count(app, Unlocked) == 1
    with app.app_context():
        db.session.get_one(User, viewer("discipline").id).close(by=viewer("administrator").id)
        db.session.commit()
    assert count(app, Unlocked) == 0
    assert reader.get("/reports/").path.startswith("/sign-in")


@quick
def test_another_passphrase_opens_the_same_reports_and_the_old_one_nothing(app: Flask) -> None:
    officers(app)
    tip(app)
    reader = officer(app)
    reader.get("/reports/key/passphrase")
    change = "更换口令"
    fresh = {"new_password": "anders, und auch lang genug", "new_password_again": "anders, und auch lang genug"}
    reader.submit(change, 422, fields={"key_password": "falsch, aber lang", **fresh})
    reader.submit(change, fields={"key_password": PASSPHRASE, **fresh})
    again = officer(app, opens=False)
    again.get("/reports/key/open")
    again.submit("/reports/key/open", 422, key_password=PASSPHRASE)
    again.submit("/reports/key/open", key_password=fresh["new_password"])
    assert ACCUSED in again.get(f"/reports/{only(app)}").text


def test_who_lost_the_passphrase_makes_a_new_key_and_a_colleague_shares_again(app: Flask) -> None:
    officers(app, "officer2")
    tip(app)
    id = only(app)
    loser = officer(app, opens=False)
    loser.get("/reports/key/new")
    typed: dict[str, Value] = {
        "new_password": "ein ganz neues langes Wort",
        "new_password_again": "ein ganz neues langes Wort",
    }
    loser.submit("生成密钥", 422, fields=typed)  # the box is not ticked
    loser.submit("生成密钥", fields=typed, lost=True)
    loser.get(f"/reports/{id}", 404)
    colleague = officer(app, "officer2")
    colleague.get(f"/reports/{id}/share")
    (choice,) = [each.attributes["value"] for each in colleague.page.all("#officer option") if each.attributes["value"]]
    colleague.submit(f"/reports/{id}/share", officer=str(choice))
    assert ACCUSED in loser.get(f"/reports/{id}").text


@pytest.mark.parametrize("passphrase", ["zu kurz", "discipline-discipline", "aaaaaaaaaaaaaa"])
@quick
def test_a_weak_passphrase_makes_no_key(app: Flask, passphrase: str) -> None:
    browser = signed_in(app, "discipline")
    browser.get("/reports/key/new")
    browser.submit("生成密钥", 422, new_password=passphrase, new_password_again=passphrase)
    assert count(app, OfficerKey) == 0


# --- who reads it besides --------------------------------------------------------------------------------------------


def test_a_new_officer_reads_a_report_once_a_colleague_shared_it_but_never_one_about_themselves(app: Flask) -> None:
    officers(app)
    tip(app, person="沈公正", unit="")
    tip(app, person=ACCUSED)
    with app.app_context():
        about_them, other = db.session.scalars(select(Report.id).order_by(Report.id)).all()
    officers_more(app, "officer2")
    new, colleague = officer(app, "officer2"), officer(app)
    new.get(f"/reports/{other}", 404)
    colleague.get(f"/reports/{other}/share")
    options = {each.text(): each.attributes["value"] for each in colleague.page.all("#officer option")}
    colleague.submit(f"/reports/{other}/share", officer=str(options["沈公正"]))
    assert ACCUSED in new.get(f"/reports/{other}").text
    colleague.get(f"/reports/{about_them}/share")
    assert "沈公正" not in colleague.page.texts("#officer")[0]
    colleague.submit(f"/reports/{about_them}/share", 422, officer=str(options["沈公正"]))
    new.get(f"/reports/{about_them}", 404)


@quick
def test_an_officer_who_bears_the_name_or_joins_the_unit_later_reads_it_no_more(app: Flask) -> None:
    officers(app, "officer2")
    tip(app, person="后来者")
    tip(app, person="", unit=unit_id_of(app, WATER))
    with app.app_context():
        by_name, by_unit = db.session.scalars(select(Report.id).order_by(Report.id)).all()
    for id in (by_name, by_unit):
        officer(app, "officer2").get(f"/reports/{id}")
    with app.app_context():
        user = db.session.scalars(select(User).where(User.username == "officer2")).one()
        user.rename("后来者", by=user.id)
        user.change_role(Role.DISCIPLINE, db.session.get_one(Unit, unit_id(WATER)), None, by=user.id)
        db.session.commit()
    for id in (by_name, by_unit):
        officer(app, "officer2").get(f"/reports/{id}", 404)


def unit_id_of(app: Flask, name: str) -> str:
    with app.app_context():
        return str(unit_id(name))


def officers_more(app: Flask, username: str) -> None:
    """An officer who comes later."""
    with app.app_context():
        unit = db.session.scalar(select(Unit).where(Unit.name == POST)) or Unit.open(POST, None, by=None)
        db.session.flush()
        User.open(username, "沈公正", Role.DISCIPLINE, unit, PASSWORD, by=None, must_change=False)
        db.session.flush()
        OfficerKey.make(viewer(username), Made(PASSPHRASE))
        db.session.commit()


def test_who_withdraws_or_is_taken_off_loses_the_key_at_once_and_gets_none_again(app: Flask) -> None:
    officers(app, "officer2", "officer3")
    tip(app)
    id = only(app)
    first, second, third = officer(app), officer(app, "officer2"), officer(app, "officer3")
    step(first, id, "take")
    first.get(f"/reports/{id}/withdraw")
    first.submit(f"/reports/{id}/withdraw", fields=answers("withdraw"))
    assert count(app, Wrap) == 2
    assert row(app, id).handler_id is None
    first.get(f"/reports/{id}", 404)
    second.get(f"/reports/{id}/recuse")
    options = {each.text(): each.attributes["value"] for each in second.page.all("#officer option")}
    assert set(options) == {"请选择", "韩公正"}
    second.submit(f"/reports/{id}/recuse", officer=str(options["韩公正"]), reason="举报人申请回避。")
    third.get(f"/reports/{id}", 404)
    second.get(f"/reports/{id}/share")
    assert [each.text() for each in second.page.all("#officer option")] == ["请选择"]
    assert "自行回避" not in second.get(f"/reports/{id}").texts(".steps")[0]  # the last one cannot
    second.get(f"/reports/{id}/withdraw")
    assert second.page.path == f"/reports/{id}"


# --- the procedure ---------------------------------------------------------------------------------------------------


def test_every_state_of_the_table_is_reached_from_its_start() -> None:
    reached = {WORKFLOW.start} | {step.to for step in WORKFLOW if step.to}
    assert reached == {state for step in WORKFLOW for state in step.from_} | {State.CLOSED}


@quick
def test_nothing_is_decided_before_the_member_was_heard_and_without_a_finding(app: Flask) -> None:
    officers(app)
    tip(app)
    id = only(app)
    reader = officer(app)
    walk(reader, id, "take", "verify", "examine")
    for action in ("clear", "decide", "propose"):
        reader.get(f"/reports/{id}/{action}")
        assert reader.page.path == f"/reports/{id}"
    step(reader, id, "hear")
    reader.get(f"/reports/{id}/decide")
    assert reader.page.path == f"/reports/{id}"  # no finding yet
    for missing in ("rule", "article", "evidence"):
        step(reader, id, "find", 422, **{missing: ""})
    walk(reader, id, "find", "decide")
    assert (row(app, id).state, row(app, id).outcome) == ("decided", "criticise")


@quick
def test_a_finding_cites_an_article_of_the_register_as_it_stood_on_that_day(app: Flask) -> None:
    officers(app)
    tip(app)
    id = only(app)
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        rules.in_force()
        db.session.commit()
        article, words = articles_in_force()[0]
    reader = officer(app)
    walk(reader, id, *TO_HEARD)
    step(reader, id, "find", cited=str(article), rule="", article="")
    assert words in reader.get(f"/reports/{id}").text
    walk(reader, id, "decide")
    reader.get(f"/reports/{id}")
    (paper,) = {str(node.attributes["href"]) for node in reader.page.all(f"a[href^='/reports/{id}/papers/']")}
    assert words in reader.get(paper.removesuffix(".pdf")).one(".sheet").text()


def test_what_is_above_criticism_needs_a_second_officer_who_is_another_one(app: Flask) -> None:
    officers(app, "officer2")
    tip(app)
    id = only(app)
    first, second = officer(app), officer(app, "officer2")
    walk(first, id, *TO_HEARD, "find", "propose")
    assert row(app, id).state == "proposed"
    first.get(f"/reports/{id}/confirm")
    assert first.page.path == f"/reports/{id}"
    first.client.post(f"/reports/{id}/confirm", data={"version": str(row(app, id).version)})
    assert row(app, id).state == "proposed"
    step(second, id, "send_back")
    assert (row(app, id).state, row(app, id).outcome) == ("heard", None)
    step(first, id, "propose")
    step(second, id, "confirm")
    found = row(app, id)
    assert (found.state, found.outcome) == ("decided", "discipline")
    assert found.confirmed_by_id != found.decided_by_id
    with app.app_context(), pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE report SET confirmed_by_id = NULL"))


@quick
def test_one_officer_alone_cannot_decide_what_two_must(app: Flask) -> None:
    officers(app)
    tip(app)
    id = only(app)
    reader = officer(app)
    walk(reader, id, *TO_HEARD, "find")
    reader.get(f"/reports/{id}/decide")
    data = {**answers("decide"), "outcome": "discipline"}
    reader.submit(f"/reports/{id}/decide", 422, fields=data)
    assert row(app, id).state == "heard"


def test_who_is_cleared_gets_a_letter_that_says_so_and_nothing_of_a_report(app: Flask) -> None:
    officers(app)
    code = tip(app)
    id = only(app)
    reader = officer(app)
    walk(reader, id, *TO_HEARD, "clear")
    with app.app_context():
        part = db.session.scalars(select(Part.id).where(Part.what == "letter")).one()
    paper = reader.get(f"/reports/{id}/papers/{part}")
    sheet = paper.one(".sheet").text()
    assert "不属实，予以澄清" in sheet
    assert ACCUSED in sheet
    assert "新组信纪〔" in sheet
    assert not re.search("举报|线索|反映人|高举报", sheet)
    answer = reader.client.get(f"/reports/{id}/papers/{part}.pdf")
    assert answer.data.startswith(b"%PDF")
    walk(reader, id, "notify", "close")
    reporter = holder(app, code)
    assert "经核实未能证实" in reporter.page.text
    assert "澄清" not in reporter.page.text


@quick
def test_the_reporter_reads_where_it_stands_and_neither_notes_nor_findings_nor_the_measure(app: Flask) -> None:
    officers(app)
    code = tip(app)
    id = only(app)
    reader = officer(app)
    walk(reader, id, *TO_HEARD, "find", "decide", "notify", "note")
    told = holder(app, code).page.text
    assert "已经作出决定，并已告知被反映人" in told
    for word in ("批评", "退卡收据", "先问商场", "已经退回", "周纪检", "严肃"):
        assert word not in told
    step(reader, id, "close")
    assert "已按规定处理" in holder(app, code).page.text


def test_an_objection_is_answered_by_another_officer_and_can_undo_the_decision(app: Flask) -> None:
    officers(app, "officer2")
    tip(app)
    id = only(app)
    first, second = officer(app), officer(app, "officer2")
    walk(first, id, *TO_HEARD, "find", "decide", "notify", "object")
    for action in ("uphold", "reopen"):
        first.get(f"/reports/{id}/{action}")
        assert first.page.path == f"/reports/{id}"
    step(second, id, "reopen")
    assert (row(app, id).state, row(app, id).outcome) == ("heard", None)
    walk(second, id, "clear", "notify", "object")
    step(first, id, "uphold")
    step(first, id, "close", 422, waived=False)  # the answer was not delivered
    day = str(answers("notify")["on"])
    step(first, id, "close", on=day, proof="本人签收")
    assert row(app, id).state == "closed"


@quick
def test_where_there_is_no_other_officer_the_only_one_answers_an_objection(app: Flask) -> None:
    officers(app)
    tip(app)
    id = only(app)
    walk(officer(app), id, *TO_HEARD, "find", "decide", "notify", "object", "uphold")
    assert row(app, id).state == "answered"


@quick
def test_an_objection_counts_within_its_term_and_nothing_is_closed_before_it_is_over(app: Flask, later: Any) -> None:
    officers(app)
    tip(app)
    id = only(app)
    walk(officer(app), id, *TO_HEARD, "find", "decide", "notify")
    step(officer(app), id, "close", 422, waived=False)
    later(days=20)
    step(officer(app), id, "object", 422)
    step(officer(app), id, "close", waived=False)
    assert row(app, id).state == "closed"


@quick
def test_a_term_of_the_member_makes_nothing_late_and_its_end_is_told_on_the_desk(app: Flask, later: Any) -> None:
    officers(app)
    code = tip(app)
    id = only(app)
    reader = officer(app)
    walk(reader, id, *TO_HEARD, "find", "decide")
    step(reader, id, "notify", 422, on="2020-01-01")  # before the paper was written
    step(reader, id, "notify")
    assert "可以申辩至" in reader.get("/reports/").text
    assert "被反映人可以申辩至" in holder(app, code).page.text
    assert "已送达本人" not in reader.get("/desk").text
    later(days=20)
    reader = officer(app)
    assert "超期" not in reader.get("/reports/").text
    assert "未收到申辩，可以办结" in reader.get("/desk").text


@quick
def test_the_limits_are_data_of_the_office_and_each_sum_can_be_opened(app: Flask) -> None:
    officers(app)
    tip(app)
    with app.app_context():
        report = db.session.get_one(Report, only(app))
        rule = limits_on(report.received_on).rule("screen")
        assert rule.target
        assert report.deadline is not None
        assert (report.deadline.rule, report.deadline.due_on) == (rule, report.due_on)
    assert "不是法定期限" in signed_in(app, "auditor").get("/reports/limits").text


@quick
def test_a_change_of_the_calendar_counts_the_limits_of_reports_anew(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    tuesday = datetime(2026, 2, 10, 1, 0, tzinfo=UTC)  # Saturday 14 is worked
    monkeypatch.setattr("core.clock.now", lambda: tuesday)
    officers(app)
    tip(app)
    before = row(app, only(app)).due_on
    admin = signed_in(app, "administrator")
    admin.get("/settings/calendar/2026")
    day: dict[str, Value] = {"day": "2026-02-14", "what": "plain", "why": "国办发明电〔2026〕1号"}
    told = admin.submit("/settings/calendar/2026/day", 200, day)
    assert ACCUSED not in told.text
    admin.submit("保存日历")
    after = row(app, only(app))
    assert after.due_on > before
    assert after.version == 2
    assert "Everything is in order." in run(app, "check")


def test_of_two_officers_at_once_the_later_one_is_told_and_keeps_the_text(app: Flask) -> None:
    officers(app, "officer2")
    tip(app)
    id = only(app)
    first, second = officer(app), officer(app, "officer2")
    step(first, id, "take")
    second.get(f"/reports/{id}/note")
    step(first, id, "verify")
    told = second.submit(f"/reports/{id}/note", 409, text="别丢了这句话")
    assert "已决定核实" in told.text
    assert "别丢了这句话" in told.html


# --- retaliation -----------------------------------------------------------------------------------------------------


def _notice(app: Flask, code: str, expect: int = 200, **changes: str) -> Browser:
    reporter = holder(app, code)
    reporter.get("/reports/status/retaliation")
    reporter.submit("/reports/status/retaliation", expect, fields={"text": "领导要把我调走。", **changes})
    return reporter


def test_a_notice_of_retaliation_goes_past_the_officer_who_handles_the_report(app: Flask) -> None:
    officers(app, "officer2")
    code = tip(app)
    id = only(app)
    first, second = officer(app), officer(app, "officer2")
    step(first, id, "take")
    before = _numbers(first)
    reporter = _notice(app, code)
    with app.app_context():
        notice = db.session.scalars(select(Report.id).where(Report.of_id == id)).one()
    assert _numbers(first) == before
    first.get(f"/reports/{notice}", 404)
    assert str(notice) not in first.get("/reports/retaliation").html + first.get(f"/reports/{id}").html
    assert "领导要把我调走" in second.get(f"/reports/{notice}").text
    walk(second, notice, "look", "reply", "end")
    assert "已经制止" in reporter.get("/reports/status/retaliation").text
    reporter.submit("/reports/status/retaliation", text="领导要把我调走。")
    assert count(app, Report) == 2  # pressed twice


def test_who_takes_the_report_over_loses_the_notice_unless_nobody_else_could_read_it(app: Flask) -> None:
    officers(app, "officer2", "officer3")
    code = tip(app)
    id = only(app)
    first, second, third = officer(app), officer(app, "officer2"), officer(app, "officer3")
    step(first, id, "take")
    _notice(app, code)
    with app.app_context():
        notice = db.session.scalars(select(Report.id).where(Report.of_id == id)).one()
    step(second, id, "take_over")
    second.get(f"/reports/{notice}", 404)
    third.get(f"/reports/{notice}")
    third.get(f"/reports/{id}/take_over")
    third.submit(f"/reports/{id}/take_over", 422)
    assert row(app, id).handler_id != row(app, notice).handler_id
    third.get(f"/reports/{notice}")


@quick
def test_where_nobody_else_is_left_a_notice_is_not_taken_and_nothing_of_it_is_kept(app: Flask) -> None:
    officers(app, "officer2")
    code = tip(app)
    id = only(app)
    step(officer(app), id, "take")
    reporter = _notice(app, code, 422, person="沈公正", text="MARKretaliation")
    assert "中共武汉市委组织部" in reporter.page.text
    assert "MARKretaliation" in reporter.page.html
    assert count(app, Report) == 1
    assert not _in("\n".join(everything_stored(app)))


# --- what the reporter does ------------------------------------------------------------------------------------------


def test_files_go_both_ways_and_those_inside_the_office_not_to_the_reporter(app: Flask) -> None:
    officers(app)
    code = tip(app, files=[attached("照片.txt", "证据一")])
    id = only(app)
    reader, reporter = officer(app), holder(app, code)
    reporter.submit("/reports/status/message", text="再补一份", files=[attached("补充.txt", "证据二")])
    step(reader, id, "message", files=[attached("清单.txt", "请填写")])
    step(reader, id, "note", files=[attached("内部.txt", "内部材料")])
    with app.app_context():
        ids = db.session.scalars(select(ReportFile.id).order_by(ReportFile.id)).all()
    bodies = [reader.client.get(f"/reports/{id}/files/{each}").data.decode() for each in ids]
    assert bodies == ["证据一", "证据二", "请填写", "内部材料"]
    own = [reporter.client.get(f"/reports/status/files/{each}").status_code for each in ids]
    assert own == [200, 200, 200, 404]
    assert Browser(app).client.get(f"/reports/status/files/{ids[0]}").status_code == 404
    assert "内部.txt" not in reporter.get("/reports/status").text


@quick
def test_a_message_pressed_twice_is_written_once_and_never_goes_to_another_report(app: Flask) -> None:
    officers(app)
    code, other = tip(app), tip(app, text="另一件事")
    reporter = holder(app, code)
    for _ in range(2):
        reporter.get("/reports/status")
        reporter.submit("/reports/status/message", text="正月初三收的")
    tab = Browser(app)
    tab.client = reporter.client
    tab.get("/letters/status")
    tab.submit("/letters/status", receipt=other)
    told = reporter.submit("/reports/status/message", 422, text="只说给第一件")
    assert "只说给第一件" in told.html
    with app.app_context():
        messages = select(func.count()).select_from(Part).where(Part.what == "message")
        assert db.session.scalar(messages) == 1


@quick
def test_a_report_closes_after_a_while_and_what_was_typed_is_sent_after_the_code_is_given_again(
    app: Flask, later: Any
) -> None:
    officers(app)
    code = tip(app)
    reporter = holder(app, code)
    later(minutes=31)
    told = reporter.submit("/reports/status/message", 401, text="MARKback")
    assert told.heading == "查询线索"
    assert "MARKback" not in "\n".join(everything_stored(app))
    reporter.submit("/letters/status", receipt=code)
    assert "MARKback" in reporter.page.html
    reporter.submit("/reports/status/message")
    assert "MARKback" in reporter.get("/reports/status").text
    reporter.submit("/reports/leave")
    assert reporter.get("/reports/status").heading == "查询线索"
    assert count(app, Unlocked) == 0


@quick
def test_what_a_reporter_writes_after_the_end_reaches_the_desk_until_it_was_read(app: Flask) -> None:
    officers(app)
    code = tip(app)
    id = only(app)
    reader = officer(app)
    walk(reader, id, "take", "dismiss")
    assert not reader.get("/reports/").texts("tbody a")
    holder(app, code).submit("/reports/status/message", text="现在我知道是哪条规定了。")
    for path in ("/desk", "/reports/"):
        assert "反映人有新留言" in reader.get(path).text
    step(reader, id, "read")
    for path in ("/desk", "/reports/"):
        assert "反映人有新留言" not in reader.get(path).text


# --- figures and lists -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"a": 9, "b": 7}, {"a": 9, "b": 7}),
        ({"a": 0, "b": 7}, {"a": 0, "b": 7}),
        ({"a": 2, "b": 7, "c": 9}, {"a": None, "b": None, "c": 9}),
        ({"a": 2, "b": 4, "c": 9}, {"a": None, "b": None, "c": 9}),
        ({"a": 1, "b": 1, "c": 9}, {"a": None, "b": None, "c": None}),
        ({"a": 3}, {"a": None}),
    ],
)
def test_a_small_number_is_hidden_with_as_many_others_as_it_takes(counts: dict[str, int], told: dict[str, Any]) -> None:
    assert guarded(counts) == told
    assert SMALL == 5


def test_figures_tell_a_leader_whole_months_without_small_numbers_and_an_officer_what_they_may_see(
    app: Flask, later: Any
) -> None:
    officers(app)
    tip(app)
    mine = dict(
        zip(*[iter(officer(app).get("/reports/figures").texts("table tbody th, table tbody td"))] * 2, strict=True)
    )
    assert mine["收受礼品、礼金和有价证券"] == "1"
    leader = signed_in(app, "leader").get("/reports/figures")
    assert "不列示" not in "".join(leader.texts("table"))  # this month is not over
    later(days=32)
    told = signed_in(app, "leader").get("/reports/figures")
    assert "不列示" in "".join(told.texts("table"))
    assert "1" not in told.texts("table td")


def test_the_list_pages_by_key_with_a_constant_number_of_statements(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blueprints.rules.reports.queries.PAGE", 3)
    officers(app)
    tip(app)
    reader = officer(app)
    with queries(app) as few:
        reader.get("/reports/")
    for number in range(4):
        tip(app, text=f"第{number}件")
    with queries(app) as many:
        first = reader.get("/reports/")
    assert len(many) == len(few)
    rows = first.texts("tbody a")
    assert len(rows) == 3
    assert not set(rows) & set(reader.follow("下一页").texts("tbody a"))
    assert len(reader.page.texts("tbody a")) == 2
    assert not reader.get("/reports/?state=closed").texts("tbody a")


# --- upkeep ----------------------------------------------------------------------------------------------------------


def test_reports_outlive_a_backup_a_new_sealing_key_and_are_proved_by_the_check(
    app: Flask, offices: Offices, database: str, tmp_path: Path
) -> None:
    officers(app)
    code = tip(app, files=[attached("照片.txt", "证据一")])
    id = only(app)
    walk(officer(app), id, *TO_HEARD, "clear")
    run(app, "rotate-keys")
    assert "reports of violations 1" in run(app, "check")
    run(app, "backup", tmp_path)
    other = bare(offices, database, keys_of=app)
    run(other, "restore", next(tmp_path.iterdir()))
    assert count(other, Unlocked) == 0
    assert ACCUSED in officer(other).get(f"/reports/{id}").text
    assert "三条烟" in holder(other, code).page.html
    spoil(other, "UPDATE report SET state = 'heard', outcome = NULL")
    assert "its state is not what the record says" in run(other, "check", code=1)


@quick
def test_a_report_that_nobody_can_open_any_more_is_named(app: Flask) -> None:
    officers(app)
    tip(app)
    assert "has a key that opens it" not in run(app, "check")
    spoil(app, "UPDATE officer_key SET ended_at = made_at, secret_sealed = NULL")
    assert "no discipline officer has a key that opens it" in run(app, "check")


@quick
def test_who_has_no_key_yet_is_told_on_the_desk(app: Flask) -> None:
    told = signed_in(app, "discipline").get("/desk").text
    assert "您还没有密钥" in told
    officers(app)
    tip(app)
    assert "您还没有密钥" not in signed_in(app, "discipline").get("/desk").text


def test_words_of_the_domain_are_complete() -> None:
    assert set(domain.KIND_LABELS) == set(Kind)
    assert set(domain.STATE_LABELS) == set(domain.STANDS) == set(State)
    assert set(domain.OUTCOME_LABELS) == set(domain.RESULTS) == set(Outcome)
    actions = {each.action for each in (*domain.WORKFLOW, *domain.RETALIATION)}
    assert actions <= set(domain.EVENT_LABELS)
