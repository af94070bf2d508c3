"""How long a matter is kept: by class, reviewed, held, erased by two persons with the record intact; and redaction."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from blueprints.accounts.models import Unit, User
from blueprints.pairing.contact_visits.models import Finding, Photo
from blueprints.petitions.casefile.models import Attachment, Belonging, Copied, Paper
from blueprints.petitions.docket.domain import Kind, State
from blueprints.petitions.docket.models import Petition, load
from blueprints.petitions.protection.models import Retaliation
from blueprints.petitions.retention.domain import Action, periods
from blueprints.petitions.retention.models import Decision, Keeping, decide, open_to, sealed_of
from blueprints.petitions.screening.models import Item
from blueprints.petitions.visits.models import Visit, add_case, promise, take_along
from core import clock, receipts, vault
from core.attachments import Cleaned, path_of
from core.check import models
from core.extensions import db
from core.periods import years_after
from core.record import Entry
from core.roles import Role
from core.workflow import NotPossible
from tests import rounds
from tests.browse import Browser, Value
from tests.contact_office import find, group, visit
from tests.letters import TYPED, WATER, Put, everything_stored, look_up, offered, petition, put, step, unit_id, viewer
from tests.people import PASSWORD
from tests.upkeep import spoil
from tests.visits import put_day, put_visit

SignIn = Callable[..., Browser]
YEARS = 11
FILE = Cleaned(name="水泵照片说明.txt", kind="txt", data="附件里的话".encode())


@pytest.fixture(autouse=True)
def second(app: Flask) -> None:
    with app.app_context():
        office = db.session.get_one(Unit, unit_id("中共新洲区委组织部"))
        User.open("leader2", "何部长", Role.LEADER, office, PASSWORD, by=None, must_change=False)
        db.session.commit()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """So many years pass."""
    real = clock.now

    def pass_by(years: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=366 * years))

    return pass_by


def closed(app: Flask, **changes: Any) -> Put:
    made = put(app, State.HANDLING, files=(FILE,), **changes)
    with app.app_context():
        step(made.id, "message", text="请问水泵是什么型号？")
        step(made.id, "note", text="内部备注一句")
        unit = str(changes.get("unit", WATER))
        for action in ("answer", "sign", "deliver", "notify", "carry_out", "close"):
            step(made.id, action, unit=unit, **({"reason": "结案说明一句"} if action == "close" else {}))
        db.session.get_one(Petition, made.id).open_identity("核实身份理由", by=viewer("clerk"))
        db.session.commit()
    return made


def subject(app: Flask, id: int) -> str:
    with app.app_context():
        return db.session.get_one(Petition, id).subject


def listed(browser: Browser, show: str = "due") -> str:
    return " ".join(browser.get(f"/protection/retention?show={show}").texts("tbody tr"))


def do(browser: Browser, action: str, *ids: int, expect: int = 200, **typed: Value) -> None:
    browser.get(f"/protection/retention/{action}?" + "&".join(f"id={id}" for id in ids))
    if browser.page.all("main textarea"):
        browser.submit(f"/protection/retention/{action}", expect, fields={"reason": "保存期满", **typed})


def erase(sign_in: SignIn, *ids: int) -> None:
    do(sign_in("clerk"), "prepare", *ids)
    do(sign_in("leader"), "erase", *ids)


# --- what is due -----------------------------------------------------------------------------------------------------


def test_each_class_has_its_own_period_reckoned_from_closing(
    app: Flask, sign_in: SignIn, later: Callable[[int], None]
) -> None:
    assert {kind: period.years for kind, period in periods().items()} == {
        Kind.PROPOSAL: 5,
        Kind.ACCUSATION: 10,
        Kind.CLAIM: 10,
    }
    claim, proposal = closed(app), closed(app)
    open_one = put(app, State.HANDLING)
    with app.app_context():
        row = db.session.get_one(Petition, proposal.id)
        row.kind = "proposal"
        row.trace("note", by=None)
        db.session.commit()
    numbers = {
        name: str(petition(app, made.id).number) for name, made in {"claim": claim, "proposal": proposal}.items()
    }
    assert not listed(sign_in("leader")).strip()
    later(6)
    told = listed(sign_in("leader"))
    assert numbers["proposal"] in told
    assert numbers["claim"] not in told
    later(YEARS)
    told = listed(sign_in("leader"))
    assert numbers["proposal"] in told
    assert numbers["claim"] in told
    assert str(petition(app, open_one.id).number) not in told


@pytest.mark.parametrize(
    ("day", "years", "ends"),
    [
        (date(2026, 11, 25), 10, date(2036, 11, 25)),
        (date(2024, 2, 29), 5, date(2029, 3, 1)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2036, 11, 25), -10, date(2026, 11, 25)),
    ],
)
def test_a_period_ends_on_the_same_day_of_a_later_year(day: date, years: int, ends: date) -> None:
    assert years_after(day, years) == ends


def test_a_matter_is_due_on_the_very_day_its_period_ends_and_not_before(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = closed(app)
    with app.app_context():
        shut = clock.today()
        due = years_after(shut, 10)
        real = clock.now()
        for day, expected in ((due - timedelta(days=1), False), (due, True)):
            monkeypatch.setattr(clock, "now", lambda day=day: real + (day - shut))
            assert open_to([made.id], Action.PREPARE, viewer("clerk")) == ({made.id} if expected else set())


def test_kept_longer_is_not_listed_again_before_that_day(
    app: Flask, sign_in: SignIn, later: Callable[[int], None]
) -> None:
    made = closed(app)
    later(YEARS)
    with app.app_context():
        until = clock.today() + timedelta(days=400)
    do(sign_in("leader"), "keep", made.id, until=until.isoformat())
    assert not listed(sign_in("leader")).strip()
    later(YEARS + 2)
    assert str(petition(app, made.id).number) in listed(sign_in("leader"))


# --- a hold ----------------------------------------------------------------------------------------------------------


def test_a_legal_hold_stops_an_erasure_even_one_prepared_and_is_lifted_with_a_reason(
    app: Flask, sign_in: SignIn, later: Callable[[int], None]
) -> None:
    made = closed(app)
    later(YEARS)
    do(sign_in("clerk"), "prepare", made.id)
    leader = sign_in("leader")
    leader.get(f"/protection/matters/{made.id}")
    leader.follow("暂缓删除")
    leader.submit("/protection/retention/hold", reason="法院正在审理")
    assert "法院正在审理" in listed(leader, "held")
    assert not listed(leader, "due").strip()
    do(leader, "erase", made.id)
    do(sign_in("clerk"), "prepare", made.id)
    assert subject(app, made.id) == TYPED["subject"]
    do(leader, "release", made.id)
    assert str(petition(app, made.id).number) in listed(leader, "due")


# --- two persons -----------------------------------------------------------------------------------------------------


def test_whoever_prepares_an_erasure_does_not_confirm_it(
    app: Flask, sign_in: SignIn, later: Callable[[int], None]
) -> None:
    made = closed(app)
    later(YEARS)
    leader = sign_in("leader")
    do(leader, "prepare", made.id)
    do(leader, "erase", made.id)
    assert subject(app, made.id) == TYPED["subject"]
    with app.app_context(), pytest.raises(NotPossible):
        decide(db.session.get_one(Petition, made.id), Decision(Action.ERASE, "x"), by=viewer("leader"))
    do(sign_in("leader2"), "erase", made.id)
    assert subject(app, made.id) != TYPED["subject"]


def test_the_auditor_confirms_by_number_and_reads_no_subject(
    app: Flask, sign_in: SignIn, later: Callable[[int], None]
) -> None:
    made = closed(app)
    later(YEARS)
    do(sign_in("clerk"), "prepare", made.id)
    auditor = sign_in("auditor")
    told = auditor.get("/protection/retention?show=prepared")
    assert str(petition(app, made.id).number) in told.text
    assert SUBJECT not in told.html
    do(auditor, "erase", made.id)
    assert subject(app, made.id) != TYPED["subject"]


def test_nothing_is_decided_without_the_right_to_it(app: Flask, sign_in: SignIn, later: Callable[[int], None]) -> None:
    made = closed(app)
    later(YEARS)
    for who, action in (("clerk", "hold"), ("clerk", "keep"), ("auditor", "prepare"), ("auditor", "hold")):
        browser = sign_in(who)
        browser.get(f"/protection/retention/{action}?id={made.id}")
        assert not browser.page.all("main textarea"), (who, action)
        with app.app_context(), pytest.raises(NotPossible):
            decide(db.session.get_one(Petition, made.id), Decision(Action(action), "x"), by=viewer(who))


def test_a_walled_matter_is_in_no_list_and_cannot_be_decided(
    app: Flask, sign_in: SignIn, later: Callable[[int], None]
) -> None:
    with app.app_context():
        water = db.session.get_one(Unit, unit_id(WATER))
        User.open("leader3", "高局长", Role.LEADER, water, PASSWORD, by=None, must_change=False)
        db.session.commit()
    made = closed(app, against="水务局排灌站", unit="新洲区农业农村局", person="高局长")
    later(YEARS)
    assert str(petition(app, made.id).number) in listed(sign_in("leader"))
    walled = sign_in("leader3")
    assert not listed(walled).strip()
    walled.get(f"/protection/retention/hold?id={made.id}")
    assert not walled.page.all("main textarea")


def test_several_are_decided_together_or_none(app: Flask, sign_in: SignIn, later: Callable[[int], None]) -> None:
    first, second = closed(app), closed(app)
    later(YEARS)
    clerk, other = sign_in("clerk"), sign_in("clerk2")
    for browser in (clerk, other):
        browser.get(f"/protection/retention/prepare?id={first.id}&id={second.id}")
    do(sign_in("leader"), "hold", second.id)
    clerk.submit("/protection/retention/prepare", 409, reason="期满")
    with app.app_context():
        assert not db.session.scalar(select(func.count(Keeping.id)).where(Keeping.prepared_on.is_not(None)))
    do(clerk, "prepare", first.id)
    with app.app_context():
        assert db.session.scalar(select(func.count(Keeping.id)).where(Keeping.prepared_on.is_not(None))) == 1


# --- erasing ---------------------------------------------------------------------------------------------------------

SUBJECT, TEXT = str(TYPED["subject"]), str(TYPED["text"])
SAID: tuple[str, ...] = (SUBJECT, TEXT, "张三丰", "13800001234", "请问水泵是什么型号", "内部备注一句", "结案说明一句")
SAID += ("核实身份理由", "请尽快核实", "水泵照片说明", "一周内修好", "XA123456789", "停我家的水")


def test_an_erased_matter_keeps_its_number_dates_outcome_and_record_and_not_a_word(
    app: Flask, sign_in: SignIn, later: Callable[[int], None]
) -> None:
    made = closed(app)
    writer = Browser(app)
    look_up(writer, made.code)
    writer.get("/letters/status/retaliation")
    writer.submit("/letters/status/retaliation", text="要停我家的水")
    with app.app_context():
        id = db.session.scalars(select(Retaliation.id)).one()
        db.session.get_one(Retaliation, id).move("reply", {"text": "已处理"}, by=viewer("leader"))
        file = db.session.scalars(select(Attachment.id)).one()
        db.session.commit()
        assert path_of(file).exists()
    before = petition(app, made.id)
    later(YEARS)
    erase(sign_in, made.id)
    after = petition(app, made.id)
    for kept in ("number", "kind", "channel", "place_code", "received_on", "outcome", "state", "unit_id", "anonymous"):
        assert getattr(after, kept) == getattr(before, kept)
    with app.app_context():
        assert not path_of(file).exists()
        row = db.session.get_one(Petition, made.id)
        notices = db.session.scalars(select(Retaliation)).all()
        shown = [place.value for place in sealed_of(row)] + [[each.text, each.answer] for each in notices]
        notes = [each.note for each in db.session.scalars(select(Entry)) if each.note]
    for word in SAID:
        assert word not in repr(shown), word
        assert word not in repr(notes), word
    check = app.test_cli_runner().invoke(args=["check"])
    assert check.exit_code == 0, check.output
    assert re.search(r"notes redacted or removed under the retention rule [1-9]", check.output)


def test_after_an_erasure_search_case_papers_and_the_receipt_tell_nothing(
    app: Flask, sign_in: SignIn, later: Callable[[int], None]
) -> None:
    made = closed(app)
    later(YEARS)
    assert "水泵" in listed(sign_in("clerk"))
    erase(sign_in, made.id)
    clerk = sign_in("clerk")
    assert not clerk.get("/petitions/?q=水泵&state=all").all("tbody tr")
    case = clerk.get(f"/petitions/{made.id}")
    assert "已按保存期限规定" in case.text
    assert "水泵" not in case.html
    with app.app_context():
        papers = db.session.scalars(select(Paper.id).where(Paper.petition_id == made.id)).all()
    assert len(papers) == 2
    for paper in papers:
        assert "已按保存期限规定" in clerk.get(f"/petitions/{made.id}/papers/{paper}").text
        assert clerk.client.get(f"/petitions/{made.id}/papers/{paper}.pdf").status_code == 200
    clerk.get(f"/petitions/{made.id}/identity")
    assert "张三丰" not in clerk.submit(f"/petitions/{made.id}/identity", reason="看一眼").html
    removed = look_up(Browser(app), made.code, expect=404)
    unknown = look_up(Browser(app), "00000000000000000000", expect=404)
    assert _main(removed.html) == _main(unknown.html)
    with app.app_context():
        assert str(petition(app, made.id).number) in listed(sign_in("leader"), "erased")


def _main(html: str) -> str:
    return re.sub(r'value="[^"]*"', "", html.partition("<main")[2])


def test_who_is_complained_of_stays_walled_after_the_erasure(
    app: Flask, sign_in: SignIn, later: Callable[[int], None]
) -> None:
    made = closed(app, against=WATER, unit="新洲区农业农村局", person="钱大路")
    later(YEARS)
    erase(sign_in, made.id)
    with app.app_context():
        assert load(made.id, viewer("handler")) is None
        assert "钱大路" not in repr([place.value for place in sealed_of(db.session.get_one(Petition, made.id))])


def test_nothing_is_erased_while_somebody_waits_for_an_answer(
    app: Flask, sign_in: SignIn, later: Callable[[int], None]
) -> None:
    made = closed(app)
    later(YEARS)
    do(sign_in("clerk"), "prepare", made.id)
    writer = Browser(app)
    look_up(writer, made.code)
    writer.get("/letters/status/retaliation")
    writer.submit("/letters/status/retaliation", text="要停我家的水")
    do(sign_in("leader"), "erase", made.id)
    assert subject(app, made.id) == TYPED["subject"]


def test_a_file_of_an_erasure_that_is_dropped_stays(app: Flask, later: Callable[[int], None]) -> None:
    made = closed(app)
    later(YEARS)
    with app.app_context():
        row = db.session.get_one(Petition, made.id)
        file = row.files()[0].id
        decide(row, Decision(Action.PREPARE, "期满"), by=viewer("clerk"))
        decide(row, Decision(Action.ERASE, "期满"), by=viewer("leader"))
        db.session.rollback()
        db.session.commit()
        assert path_of(file).exists()


def test_nothing_is_written_into_an_erased_matter_by_anybody(
    app: Flask, sign_in: SignIn, later: Callable[[int], None]
) -> None:
    made = closed(app)
    with app.app_context():
        step(made.id, "archive")
        db.session.commit()
    later(YEARS)
    writer = Browser(app)
    look_up(writer, made.code)  # open in a browser while it is erased
    erase(sign_in, made.id)
    before = petition(app, made.id).version
    assert "查询码" in writer.submit("/letters/status/message", 401, text="还有一句话").text
    assert not writer.get("/letters/status").all("#messages")
    for username in ("clerk", "handler", "leader"):
        assert not offered(sign_in(username).get(f"/petitions/{made.id}"))
    to_visit, day = put_visit(app, announce=False), put_day(app)
    clerk = sign_in("clerk")
    clerk.get(f"/reception/{day}")
    clerk.submit(f"/reception/{day}/sign-up", 422, number=str(petition(app, made.id).number))
    with app.app_context():
        for action in ("ask_review", "message", "note", "about"):
            with pytest.raises(NotPossible):
                step(made.id, action)
        take_along(db.session.get_one(Visit, to_visit), [made.id], [], by=viewer("clerk"))
        db.session.commit()
    redact(clerk, made.id, "保存期限")
    clerk.submit(f"/protection/matters/{made.id}", 422, passage="保存期限", reason="张三丰")
    assert petition(app, made.id).version == before


def test_what_was_promised_to_a_petitioner_goes_with_the_matter_and_what_was_promised_to_a_village_stays(
    app: Flask, sign_in: SignIn, later: Callable[[int], None]
) -> None:
    made = closed(app)
    visited = put_visit(app)
    with app.app_context():
        visit = db.session.get_one(Visit, visited)
        about = (viewer("handler").id, clock.today())
        add_case(visit, db.session.get_one(Petition, made.id), by=viewer("clerk"))
        promise(visit, db.session.get_one(Petition, made.id), "给张三丰家修水泵", *about, by=viewer("clerk"))
        kept = promise(visit, db.session.get_one(Petition, made.id), "给张三丰家接电", *about, by=viewer("clerk"))
        kept.move("keep", {"text": "张三丰当场看过"}, by=viewer("handler"))
        db.session.commit()
    clerk = sign_in("clerk")
    redact(clerk, made.id, "接电")
    clerk.submit(f"/protection/matters/{made.id}", passage="接电", reason="第三人信息")
    clerk.get(f"/visits/{visited}/promise")
    assert str(made.id) in clerk.page.html
    later(YEARS)
    assert "接电" not in sign_in("handler").get("/visits/promises").text
    erase(sign_in, made.id)
    told = sign_in("handler").get("/visits/promises")
    assert "张三丰" not in told.html
    assert "修水泵" not in told.html
    assert "修好路灯" in told.html
    clerk = sign_in("clerk")
    clerk.get(f"/visits/{visited}/promise")
    assert str(made.id) not in clerk.page.html, "nothing new is promised to it"
    assert not told.all("tbody a[href*='/tell']"), "nobody writes to a receipt code that opens nothing"
    assert app.test_cli_runner().invoke(args=["check"]).exit_code == 0


def found(app: Flask, case: int) -> int:
    """What a contact group found, with a photo, and what became that matter; the id of the finding."""
    with app.app_context():
        photo = Cleaned(name="张三丰家门口.jpg", kind="jpg", data="照片里的话".encode())
        id = find(visit(group()), "张三丰家的水泵", person="李四光", photos=(photo,))
        row = db.session.get_one(Finding, id)
        row.state, row.petition_id, row.due_on, row.handed_on = "letter", case, None, clock.today()
        row.trace("letter", by=viewer("clerk").id, note="张三丰说的", state="letter", letter=case)
        db.session.commit()
    return id


def test_what_a_contact_group_found_goes_with_the_letter_that_it_became(
    app: Flask, sign_in: SignIn, later: Callable[[int], None]
) -> None:
    made, other = closed(app), closed(app)
    id, kept = found(app, made.id), None
    with app.app_context():
        photo = db.session.scalars(select(Photo.id)).one()
        kept = find(db.session.get_one(Finding, id).visit_id, "与来信无关的问题", key="2")
        db.session.commit()
        file = path_of(photo)
    assert file.exists()
    later(YEARS)
    erase(sign_in, other.id)
    with app.app_context():
        assert db.session.get_one(Finding, id).subject == "张三丰家的水泵", "another matter was erased"
    erase(sign_in, made.id)
    with app.app_context():
        row = db.session.get_one(Finding, id)
        assert not {"张三丰", "三根立柱", "李四光"} & {row.subject, row.text, row.person}
        assert len({row.subject, row.text, row.person}) == 1
        assert row.photos() == []
        notes = db.session.scalars(select(Entry.note_sealed).where(Entry.thread == "contact_finding"))
        assert not any(notes)
        assert db.session.get_one(Finding, kept).subject == "与来信无关的问题"
    assert not file.exists()
    assert "张三丰" not in sign_in("clerk").get(f"/contact-visits/findings/{id}").text
    checked = app.test_cli_runner().invoke(args=["check"])
    assert checked.exit_code == 0, checked.output


def returned(app: Flask, case: int) -> tuple[int, int]:
    """What a contact group found, and the item of a screening that it became, which was joined to that matter."""
    with app.app_context():
        item = rounds.found(rounds.issue(), subject="张三丰家的水泵", action="请张三丰来谈", person="李四光")
        rounds.decide(item, "join", number=db.session.get_one(Petition, case).number, reason="张三丰说的")
        id = find(visit(group(name=f"为{case}而设")), "张三丰家的水泵", person="李四光")
        row = db.session.get_one(Finding, id)
        row.state, row.item_id, row.due_on, row.handed_on = "item", item, None, clock.today()
        row.trace("item", by=viewer("clerk").id, state="item", item=item)
        db.session.commit()
    return item, id


def test_what_was_returned_in_a_screening_goes_with_the_matter_that_it_was_joined_to(
    app: Flask, sign_in: SignIn, later: Callable[[int], None]
) -> None:
    made, other = closed(app), closed(app)
    (id, finding), (kept, _) = returned(app, made.id), returned(app, other.id)
    later(YEARS)
    erase(sign_in, made.id)
    with app.app_context():
        row, behind = db.session.get_one(Item, id), db.session.get_one(Finding, finding)
        words = {row.subject, row.text, row.action, row.person, row.outcome, behind.subject, behind.text, behind.person}
        assert len(words) == 1, words
        notes = select(Entry.note_sealed).where(Entry.thread == "screening_item", Entry.thread_id == id)
        assert not any(db.session.scalars(notes))
        assert db.session.get_one(Item, kept).subject == "张三丰家的水泵", "another matter was erased"
    told = sign_in("leader").get(f"/screening/items/{id}")
    assert "张三丰" not in told.html
    assert "李四光" not in told.html
    with app.app_context():
        late = rounds.found(rounds.issue(), subject="张三丰又来了")
        db.session.commit()
    clerk = sign_in("clerk")
    clerk.get(f"/screening/items/{late}/join")
    clerk.submit(f"/screening/items/{late}/join", 422, number=str(petition(app, made.id).number))
    assert "没有这个编号" in clerk.page.text
    assert app.test_cli_runner().invoke(args=["check"]).exit_code == 0


def test_a_note_that_somebody_took_out_by_hand_is_an_alteration(app: Flask) -> None:
    closed(app)
    spoil(app, "UPDATE entry SET note_sealed = NULL WHERE action = 'close'")
    check = app.test_cli_runner().invoke(args=["check"])
    assert check.exit_code == 1
    assert "it was altered" in check.output


def test_an_entry_altered_after_its_note_was_removed_is_found(
    app: Flask, sign_in: SignIn, later: Callable[[int], None]
) -> None:
    made = closed(app)
    later(YEARS)
    erase(sign_in, made.id)
    with app.app_context():
        other = viewer("clerk2").id
    spoil(app, "UPDATE entry SET actor_id = :other WHERE action = 'identity opened'", other=other)
    check = app.test_cli_runner().invoke(args=["check"])
    assert check.exit_code == 1
    assert "it was altered" in check.output


def test_every_sealed_text_that_belongs_to_a_matter_is_reached_by_an_erasure(
    app: Flask, sign_in: SignIn, later: Callable[[int], None]
) -> None:
    """A new table with a sealed value that belongs to a matter stands here once somebody has thought of it."""
    with app.app_context():
        sealed = {
            f"{model.__tablename__}.{name}"
            for model in models()
            if "petition_id" in model.__table__.columns or model is Petition
            for name, each in vars(model).items()
            if isinstance(each, vault.Sealed)
        }
        belonging = {model.__tablename__ for model in models() if issubclass(model, Belonging)}  # type: ignore[attr-defined]
    by_hand = {"petition", "retaliation"}
    by_thread = {"visit_promise"}  # of a matter, or of the visit alone
    copied = {model.__tablename__ for model in models() if issubclass(model, Copied)}  # type: ignore[attr-defined]
    assert {name.partition(".")[0] for name in sealed} <= belonging | by_hand | by_thread | copied
    assert {"petition.identity", "petition.opinion", "paper.sheets", "representative.identity"} == sealed - TEXTS, (
        "not a plain text: see _blank() in retention/models.py"
    )


TEXTS = {
    "petition.subject",
    "petition.text",
    "concern.person",
    "message.text",
    "attachment.name",
    "paper.proof",
    "retaliation.text",
    "retaliation.person",
    "retaliation.answer",
    "keeping.hold",
    "part.task",
    "reception_visitor.result",
    "part.opinion",
    "visit_promise.text",
    "visit_promise.done",
    "contact_finding.subject",
    "contact_finding.text",
    "contact_finding.person",
    "contact_finding.remark",
    "screening_item.subject",
    "screening_item.text",
    "screening_item.action",
    "screening_item.person",
    "screening_item.outcome",
}


# --- redaction -------------------------------------------------------------------------------------------------------


def redact(browser: Browser, id: int, passage: str, reason: str = "第三人信息", expect: int = 200) -> None:
    browser.get(f"/petitions/{id}")
    browser.follow(f"/protection/matters/{id}")
    browser.submit(f"/protection/matters/{id}", expect, passage=passage, reason=reason)


def test_a_redacted_passage_is_gone_from_what_became_the_letter_too(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.HANDLING, subject="张三丰家的水泵", text="三根立柱松动。")
    id = found(app, made.id)
    clerk = sign_in("clerk")
    redact(clerk, made.id, "张三丰")
    clerk.submit(f"/protection/matters/{made.id}", passage="张三丰", reason="第三人信息")
    with app.app_context():
        row = db.session.get_one(Finding, id)
        assert "张三丰" not in row.subject
        assert row.subject.endswith("家的水泵")
        assert (row.text, row.person) == ("三根立柱松动。", "李四光")
        (photo,) = row.photos()
        assert "张三丰" not in photo.name
        assert photo.name.endswith("家门口.jpg")
        last = db.session.scalars(select(Entry).where(Entry.thread == "contact_finding").order_by(Entry.number)).all()[
            -1
        ]
        assert (last.action, last.data["times"]) == ("redacted", 2)
        assert "张三丰" not in str(last.data)
    assert "张三丰家" not in sign_in("clerk").get(f"/contact-visits/findings/{id}").text
    assert app.test_cli_runner().invoke(args=["check"]).exit_code == 0


def test_a_redacted_passage_is_gone_from_what_was_joined_to_the_matter_too(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.HANDLING, subject="张三丰家的水泵", text="三根立柱松动。")
    id, finding = returned(app, made.id)
    clerk = sign_in("clerk")
    redact(clerk, made.id, "张三丰")
    clerk.submit(f"/protection/matters/{made.id}", passage="张三丰", reason="第三人信息")
    with app.app_context():
        row = db.session.get_one(Item, id)
        assert "张三丰" not in f"{row.subject} {row.text} {row.action} {row.outcome}"
        assert row.person == "李四光"
        assert "张三丰" not in db.session.get_one(Finding, finding).subject
    assert "张三丰" not in clerk.get(f"/screening/items/{id}").html
    assert app.test_cli_runner().invoke(args=["check"]).exit_code == 0


def test_a_redacted_passage_is_gone_from_the_store_and_the_record_says_how_much_where_and_why(
    app: Flask, sign_in: SignIn
) -> None:
    made = put(app, State.HANDLING, subject="王小明家的水泵", text="王小明欠我钱。王小明住村东。")
    with app.app_context():
        step(made.id, "message", text="请王小明来一趟")
        step(made.id, "answer", items=[{"request": "王小明", "facts": "属实", "opinion": "已办"}])
        step(made.id, "sign")
        db.session.commit()
    clerk = sign_in("clerk")
    redact(clerk, made.id, "王小明")
    assert len(clerk.page.all("input[name=place]")) == 6  # subject, text, message, answer, two papers
    clerk.submit(f"/protection/matters/{made.id}", passage="王小明", reason="第三人信息")
    told = clerk.get(f"/petitions/{made.id}")
    assert "▇▇家的水泵" in told.heading
    assert "王小明" not in told.html
    assert "第三人信息" in told.text
    assert not clerk.get("/petitions/?q=王小明").all("tbody tr")
    assert clerk.get("/petitions/?q=住村东").all("tbody tr")
    with app.app_context():
        row = db.session.get_one(Petition, made.id)
        assert "王小明" not in repr([place.value for place in sealed_of(row)])
        entry = row.timeline()[-1]
        assert (entry.action, entry.data["characters"]) == ("redacted", 3)
        assert entry.data["times"] > 6
        assert f"petition.text.{made.id}" in entry.data["where"]
    assert "王小明" not in "\n".join(everything_stored(app))
    check = app.test_cli_runner().invoke(args=["check"])
    assert check.exit_code == 0, check.output


def test_a_passage_stays_where_the_tick_was_taken_out(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.REGISTERED, subject="水泵坏了", text="水泵在村东。")
    clerk = sign_in("clerk")
    redact(clerk, made.id, "水泵")
    clerk.submit(f"/protection/matters/{made.id}", passage="水泵", reason="重复", place=f"petition.text.{made.id}")
    row = petition(app, made.id)
    with app.app_context():
        assert (row.subject, row.text) == ("水泵坏了", "▇▇在村东。")


def test_a_remark_of_the_record_that_holds_the_passage_is_removed_whole_and_the_chain_holds(
    app: Flask, sign_in: SignIn
) -> None:
    made = put(app, State.ASSIGNED)
    clerk = sign_in("clerk")
    redact(clerk, made.id, "尽快核实")
    clerk.submit(f"/protection/matters/{made.id}", passage="尽快核实", reason="不宜留存")
    assert "尽快核实" not in clerk.get(f"/petitions/{made.id}").text
    check = app.test_cli_runner().invoke(args=["check"])
    assert check.exit_code == 0, check.output


def test_a_passage_that_does_not_stand_there_or_stands_in_the_reason_is_refused(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.REGISTERED)
    clerk = sign_in("clerk")
    redact(clerk, made.id, "没有这句话", expect=422)
    redact(clerk, made.id, "水泵", reason="去掉水泵", expect=422)
    redact(clerk, made.id, "水", expect=422)
    with app.app_context():
        assert db.session.get_one(Petition, made.id).text == TYPED["text"]


def test_a_redaction_asks_again_when_the_matter_moved_meanwhile(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.REGISTERED)
    clerk = sign_in("clerk")
    redact(clerk, made.id, "水泵")
    with app.app_context():
        step(made.id, "accept")
        db.session.commit()
    clerk.submit(f"/protection/matters/{made.id}", 409, passage="水泵", reason="重复")
    with app.app_context():
        assert "水泵" in db.session.get_one(Petition, made.id).text


def test_a_redaction_does_not_tell_who_wrote_or_speaks_for_a_joint_petition(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.HANDLING)
    with app.app_context():
        speaks = {"name": "李四光", "address": "幸福路九号", "contact": ""}
        db.session.get_one(Petition, made.id).represent(speaks, receipts.make(b"x"), by=viewer("clerk"))
        db.session.commit()
    for guess in ("李四光", "幸福路", "张三丰"):
        redact(sign_in("clerk"), made.id, guess, expect=422)


def test_who_may_not_see_a_matter_redacts_nothing_in_it(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.REGISTERED, person="李登记", against=WATER)
    sign_in("clerk").get(f"/protection/matters/{made.id}", expect=404)
    sign_in("handler").get(f"/protection/matters/{made.id}", expect=404)
