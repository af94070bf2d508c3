"""A letter about this office's own head goes one level up, sealed: nothing of it can be read here by anybody."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from flask import Flask
from sqlalchemy import func, select

from app import create_app
from blueprints.bypass.domain import Enclosed, pack, unpack
from blueprints.bypass.models import Bypass
from blueprints.petitions.docket.models import Petition
from core import vault
from core.envelope import Unopened, make_pair, private_key, public_key
from core.extensions import db
from core.record import Entry
from settings import BadSetting, Settings
from tests.browse import Browser, Value
from tests.letters import TYPED, everything_stored, look_up, shown_code
from tests.offices import Offices
from tests.people import PASSWORD
from tests.upkeep import bare, run

PASSPHRASE = "一句足够长的口令，别人猜不到"
MARKER = "孙部长收了三万元这句话不许别人看见"
ABOUT: dict[str, Value] = {**TYPED, "person": "孙部长", "text": MARKER, "subject": "反映孙部长收钱标记"}


@pytest.fixture
def organ(tmp_path: Path) -> Path:
    """The folder of the organ one level up, with its pair of keys."""
    private, public = make_pair(PASSPHRASE)
    (tmp_path / "private.pem").write_bytes(private)
    (tmp_path / "public.pem").write_bytes(public)
    return tmp_path


@pytest.fixture
def office(offices: Offices, database: str, organ: Path) -> Flask:
    """An office that has the public key of the organ above it."""
    return offices.make(database, SUPERIOR_KEY=organ / "public.pem")


def send(app: Flask, **changes: Value) -> tuple[Browser, str]:
    visitor = Browser(app)
    visitor.get("/letters/new")
    visitor.submit("/letters/new", fields={**ABOUT, **changes})
    return visitor, shown_code(visitor.page)


def test_what_is_about_the_offices_own_head_is_sealed_and_opened_by_the_organ_alone(office: Flask, organ: Path) -> None:
    visitor, code = send(office, files=[(BytesIO("证据全文".encode()), "证据.txt")])
    assert "中共武汉市委组织部" in visitor.page.text
    assert len(code) == 20
    told = run(office, "bypass-export", organ / "out")
    assert "1 sealed letters" in told
    (package,) = (organ / "out").iterdir()
    assert MARKER.encode() not in package.read_bytes()
    opened = organ / "opened"
    run(office, "bypass-open", organ / "private.pem", package, opened, "--passphrase", PASSPHRASE)
    letter = (opened / "letter.txt").read_text("utf-8")
    for word in (MARKER, "反映孙部长收钱标记", "孙部长", "张三丰", "红旗社区五号", "13800001234"):
        assert word in letter
    assert (opened / "1-证据.txt").read_text("utf-8") == "证据全文"


def test_nothing_of_a_sealed_letter_is_found_here_nor_opened_with_the_offices_keys(
    office: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    send(office, files=[(BytesIO("证据全文".encode()), "证据.txt")])
    stored = "\n".join(everything_stored(office))
    for word in (MARKER, "收钱标记", "张三丰", "孙部长收", "13800001234", "证据"):
        assert word not in stored, word
        assert word.encode().hex() not in stored, word
        assert word not in caplog.text
    with office.app_context():
        assert db.session.scalar(select(func.count()).select_from(Petition)) == 0
        assert db.session.scalar(select(func.count()).select_from(Entry).where(Entry.thread == "petition")) == 0
        package = db.session.scalars(select(Bypass.package)).one()
        keys = json.loads(vault.keys().path.read_text())
        for secret in (*keys["seal"], *keys["mac"].values()):
            with pytest.raises(Unopened):
                unpack(package, X25519PrivateKey.from_private_bytes(bytes.fromhex(secret)))
        with pytest.raises(vault.Broken):
            vault.open(package, "bypass.package:1")


def test_no_clerk_leader_or_auditor_sees_more_than_how_many_wait(office: Flask, organ: Path) -> None:
    send(office)
    for who in ("clerk", "leader", "discipline", "auditor"):
        browser = Browser(office)
        browser.sign_in(who, PASSWORD)
        status = browser.client.get("/protection/sealed").status_code
        assert status == (200 if who == "auditor" else 403)
        for path in ("/desk", "/record", "/petitions/"):
            if browser.client.get(path).status_code == 200:
                assert "封存" not in "".join(browser.get(path).texts("main"))
    told = browser_of(office, "auditor").get("/protection/sealed")
    rows = dict(zip(told.texts("dt"), told.texts("dd"), strict=True))
    assert (rows["待转交"], rows["已转交"]) == ("1", "0")
    run(office, "bypass-export", organ / "out")
    told = browser_of(office, "auditor").get("/protection/sealed")
    rows = dict(zip(told.texts("dt"), told.texts("dd"), strict=True))
    assert (rows["待转交"], rows["已转交"]) == ("0", "1")


def browser_of(app: Flask, who: str) -> Browser:
    browser = Browser(app)
    browser.sign_in(who, PASSWORD)
    return browser


def test_the_receipt_says_that_it_was_sealed_and_when_it_was_handed_over(office: Flask, organ: Path) -> None:
    _, code = send(office)
    holder = Browser(office)
    told = look_up(holder, code)
    assert "尚未" in told.text or "还没有" in told.text
    assert MARKER not in told.html
    run(office, "bypass-export", organ / "out")
    assert "年" in look_up(Browser(office), code).texts("dd")[2]


def test_its_code_is_shown_once_and_a_second_sending_makes_no_second_letter(office: Flask) -> None:
    visitor, code = send(office)
    visitor.get("/letters/sealed")
    assert not visitor.page.all(".receipt-code")
    visitor.get("/letters/new")
    visitor.submit("/letters/new", fields=ABOUT)
    assert shown_code(visitor.page) == code
    with office.app_context():
        assert db.session.scalar(select(func.count()).select_from(Bypass)) == 1


def test_a_letter_about_others_is_taken_in_as_ever(office: Flask) -> None:
    visitor = Browser(office)
    visitor.get("/letters/new")
    visitor.submit("/letters/new", fields=TYPED)
    assert visitor.page.path == "/letters/sent"
    with office.app_context():
        assert db.session.scalar(select(func.count()).select_from(Bypass)) == 0


def test_what_a_clerk_takes_down_about_the_office_itself_is_not_sealed_but_sent_there(office: Flask) -> None:
    clerk = browser_of(office, "clerk")
    clerk.get("/petitions/new")
    told = clerk.submit("/petitions/new", 422, fields={**ABOUT, "channel": "visit"})
    assert "中共武汉市委组织部" in told.text
    with office.app_context():
        assert db.session.scalar(select(func.count()).select_from(Bypass)) == 0


def test_without_the_organs_key_nothing_is_kept_and_the_writer_prints_what_they_wrote(app: Flask) -> None:
    visitor = Browser(app)
    visitor.get("/letters/new")
    told = visitor.submit("/letters/new", 422, fields=ABOUT)
    assert MARKER in told.one(".only-print").text()
    assert told.all("[data-print]")
    assert MARKER not in "\n".join(everything_stored(app))


def test_packages_are_not_written_over_and_not_handed_over_twice(office: Flask, organ: Path) -> None:
    send(office)
    run(office, "bypass-export", organ / "out")
    assert "0 sealed letters" in run(office, "bypass-export", organ / "out")
    assert len(list((organ / "out").iterdir())) == 1


def test_a_backup_brings_sealed_letters_back_as_sealed_as_they_were(
    office: Flask, offices: Offices, database: str, organ: Path
) -> None:
    _, code = send(office)
    run(office, "backup", organ / "backup")
    other = bare(offices, database, keys_of=office)
    run(other, "restore", next((organ / "backup").iterdir()))
    run(other, "bypass-export", organ / "out")
    (package,) = (organ / "out").iterdir()
    letter, _ = unpack(package.read_bytes(), private_key((organ / "private.pem").read_bytes(), PASSPHRASE))
    assert letter["text"] == MARKER
    assert look_up(Browser(other), code).texts("dd")


def test_a_folder_that_cannot_be_written_leaves_the_letters_waiting(office: Flask, organ: Path) -> None:
    send(office)
    with office.app_context():
        number = db.session.scalars(select(Bypass.number)).one()
    (organ / "out").mkdir()
    (organ / "out" / f"{number}.sealed").write_text("something else")
    assert "Nothing is noted" in run(office, "bypass-export", organ / "out", code=1)
    assert "1 sealed letters" in run(office, "bypass-export", organ / "other")


def test_another_key_a_wrong_passphrase_and_an_altered_package_open_nothing(office: Flask, organ: Path) -> None:
    send(office)
    run(office, "bypass-export", organ / "out")
    (package,) = (organ / "out").iterdir()
    wrong = run(office, "bypass-open", organ / "private.pem", package, organ / "x", "--passphrase", "falsch", code=1)
    assert "passphrase is wrong" in wrong
    other, _ = make_pair(PASSPHRASE)
    (organ / "other.pem").write_bytes(other)
    wrong = run(office, "bypass-open", organ / "other.pem", package, organ / "x", "--passphrase", PASSPHRASE, code=1)
    assert "does not open it" in wrong
    data = bytearray(package.read_bytes())
    data[-1] ^= 1
    with pytest.raises(Unopened):
        unpack(bytes(data), private_key((organ / "private.pem").read_bytes(), PASSPHRASE))
    assert not (organ / "x").exists()


def test_a_package_from_a_stranger_writes_nothing_outside_its_folder(organ: Path) -> None:
    key = public_key((organ / "public.pem").read_bytes())
    evil = [Enclosed(name, b"x") for name in ("../../evil", "/etc/evil", "..", "a\\..\\b.txt", "")]
    letter: dict[str, Any] = {"subject": "", "text": "", "place": "", "sealed_on": "", "about": [], "identity": None}
    _, files = unpack(pack(letter, evil, key), private_key((organ / "private.pem").read_bytes(), PASSPHRASE))
    assert [file.name for file in files] == ["1-evil", "2-evil", "3-file", "4-b.txt", "5-file"]


def test_a_package_tells_the_length_of_its_letter_in_steps_alone(organ: Path) -> None:
    key = public_key((organ / "public.pem").read_bytes())
    assert len(pack({"text": "短"}, [], key)) == len(pack({"text": "长" * 3000}, [], key))


def test_the_organ_makes_its_own_pair_which_is_never_written_over(sqlite_office: Flask, tmp_path: Path) -> None:
    make: Callable[..., str] = lambda **more: run(
        sqlite_office, "superior-keys", tmp_path / "pair", "--passphrase", PASSPHRASE, **more
    )
    make()
    private = (tmp_path / "pair" / "superior-private.pem").read_bytes()
    assert b"ENCRYPTED" in private
    public_key((tmp_path / "pair" / "superior-public.pem").read_bytes())
    assert "File exists" in make(code=1)
    assert (tmp_path / "pair" / "superior-private.pem").read_bytes() == private


def test_a_key_that_is_none_is_told_when_the_office_starts(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("nothing")
    with pytest.raises(BadSetting, match="SUPERIOR_KEY"):
        create_app(Settings(INSTANCE=tmp_path / "office", DEMO=False, SUPERIOR_KEY=tmp_path / "key.pem"))
