"""Needs of villages: raised on a phone, answered with measures, reported, confirmed or objected to, and closed."""

import re
import secrets
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import delete, func, select, update

from blueprints.pairing.needs.domain import MEASURE, WORKFLOW, Kind, State
from blueprints.pairing.needs.models import Asked, Measure, Need, NeedClock, Origin, Photo, Progress
from blueprints.petitions.docket.domain import State as CaseState
from blueprints.petitions.screening.models import Item
from blueprints.petitions.visits.models import Plan, Visit
from core import attachments, clock
from core.extensions import db
from core.profiles import LIMITS, terms, terms_on
from core.record import Entry, Untraced
from core.workflow import NotPossible
from tests.browse import Browser, Page, Value, queries
from tests.letters import FARMING, VILLAGE, WATER, petition, put, unit_id, viewer
from tests.pairing_office import need, pair, photo, take
from tests.rounds import found, issue
from tests.upkeep import contents, run

SignIn = Callable[..., Browser]
SQLITE = pytest.mark.parametrize("database", ["sqlite"])  # rules of forms and pages, the same on both

OTHER = "420117002001"
TYPED: dict[str, Value] = {"kind": "water", "title": "东塘水泵坏了", "text": "二组三组一百亩晚稻等水。"}


def make(app: Flask, *steps: str, paired: bool = True, **about: Any) -> int:
    """A need of the contact's village, with the water bureau paired, moved on by these steps; its id."""
    with app.app_context():
        if paired:
            pair()
        id = need(*steps, **about)
        db.session.commit()
    return id


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    moment = clock.now() + timedelta(days=days)
    monkeypatch.setattr("core.clock.now", lambda: moment)


def day(days: int) -> str:
    return ((clock.now() + timedelta(hours=8)).date() + timedelta(days=days)).isoformat()


def press(
    person: Browser, id: int, action: str, expect: int = 200, fields: dict[str, Value] | None = None, **typed: Value
) -> Page:
    person.get(f"/needs/{id}")
    person.follow(f"/needs/{id}/{action}")
    return person.submit(f"/needs/{id}/{action}", expect, fields={**(fields or {}), **typed})


def state(app: Flask, id: int) -> str:
    with app.app_context():
        return db.session.get_one(Need, id).state


# --- from raising to closing ---------------------------------------------------------------------------------------


def test_a_need_goes_from_a_photo_on_a_phone_to_its_closing(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        pair()
        owner = str(viewer("handler").id)
        db.session.commit()
    contact = sign_in("contact")
    contact.get("/needs/new")
    page = contact.submit("提交需求", fields={**TYPED, "photos": [(photo(), "东塘.jpg")]})
    assert page.one("h1").text() == "您的需求已收到"
    assert WATER in page.text  # the paired unit answers it
    assert len(page.all("main img")) == 1
    address = contact.follow("查看这项需求").path
    id = int(address.rsplit("/", 1)[1])

    handler = sign_in("handler")
    handler.get("/desk")
    handler.follow("东塘水泵坏了")
    measure: dict[str, Value] = {"text": "更换电机", "owner": owner, "due_on": day(20), "planned": "18,600.50"}
    press(handler, id, "plan", fields=measure, budget="小型水利维修资金")
    assert "18,600.50 元" in handler.page.text
    with app.app_context():
        part = db.session.scalars(select(Measure.id)).one()
    done: dict[str, Value] = {"text": "新电机已安装。", "spent": "18430.05"}
    handler.follow(f"{address}/measures/{part}/done")
    handler.submit(
        f"{address}/measures/{part}/done",
        fields={**done, "before": [(photo(), "前.jpg")], "after": [(photo("blue"), "后.jpg")]},
    )
    assert "18,430.05 元" in handler.page.text
    press(handler, id, "report", reason="水泵已修好，请查看。")

    contact.get("/desk")
    contact.follow("东塘水泵坏了")
    assert "水泵已修好，请查看。" in contact.page.text
    press(contact, id, "confirm", reason="放上水了。")
    clerk = sign_in("clerk")
    clerk.get("/desk")
    clerk.follow("东塘水泵坏了")
    press(clerk, id, "close")
    assert state(app, id) == "closed"
    with app.app_context():
        row = db.session.get_one(Need, id)
        assert row.due_on is None
        assert [each.name for each in row.clocks()] == ["answer", "confirm", "close"]
        assert all(each.stopped_on for each in row.clocks())
        told = [
            each.action
            for each in db.session.scalars(select(Entry).where(Entry.thread == "need").order_by(Entry.number))
        ]
    assert told == ["raised", "plan", "begin", "measure done", "report", "confirm", "close"]
    run(app, "check")


def test_the_village_objects_and_the_unit_goes_on(app: Flask, sign_in: SignIn) -> None:
    id = make(app, "plan", "done", "report")
    contact = sign_in("contact")
    assert press(contact, id, "object", 422, reason="").all("#errors")
    page = press(contact, id, "object", reason="水泵还漏水。", photos=[(photo(), "漏水.jpg")])
    assert "水泵还漏水。" in page.text
    assert len(page.all("main img")) == 1
    assert state(app, id) == "under_way"
    handler = sign_in("handler")
    handler.get(f"/needs/{id}")
    assert f"/needs/{id}/measure" in handler.page.html
    with app.app_context():
        assert db.session.get_one(Need, id).running() is None


def test_after_an_objection_the_need_stands_on_the_desk_of_its_unit_again(app: Flask, sign_in: SignIn) -> None:
    make(app, "plan", "done", "report")
    assert "东塘水泵坏了" not in sign_in("handler").get("/desk").text
    with app.app_context():
        take(db.session.scalars(select(Need.id)).one(), "object")
        db.session.commit()
    assert "东塘水泵坏了" in sign_in("handler").get("/desk").text
    assert "东塘水泵坏了" not in sign_in("clerk").get("/desk").text


def test_a_need_not_answered_in_time_stands_on_the_leaders_desk(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(app)
    assert "东塘水泵坏了" not in sign_in("leader").get("/desk").text
    later(monkeypatch, 18)
    assert "东塘水泵坏了" in sign_in("leader").get("/desk").text


def test_what_was_declined_can_be_asked_for_again_with_a_new_clock(app: Flask, sign_in: SignIn) -> None:
    id = make(app, "decline")
    contact = sign_in("contact")
    assert "说明。" in contact.get(f"/needs/{id}").text  # the reason
    press(contact, id, "again", reason="已补充材料。")
    with app.app_context():
        row = db.session.get_one(Need, id)
        assert (row.state, row.ended_on, row.answered_on) == ("raised", None, None)
        assert [(each.name, each.stopped_on is None) for each in row.clocks()] == [("answer", False), ("answer", True)]


def test_a_withdrawn_need_asks_nothing_of_anybody(app: Flask, sign_in: SignIn) -> None:
    id = make(app, "plan")
    press(sign_in("contact"), id, "withdraw", reason="村里自己修好了。")
    with app.app_context():
        row = db.session.get_one(Need, id)
        assert (row.state, row.due_on) == ("withdrawn", None)
    handler = sign_in("handler")
    assert "东塘水泵坏了" not in handler.get("/desk").text
    assert not handler.get(f"/needs/{id}").all(f"a[href*='/needs/{id}/measures/']")


# --- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("username", "sees"),
    [
        ("contact", True), ("clerk", True), ("leader", True), ("handler", True),
        ("handler2", False), ("discipline", False), ("auditor", False), ("administrator", False),
    ],
)  # fmt: skip
def test_a_need_and_its_photos_are_open_to_the_village_its_unit_and_the_office_alone(
    app: Flask, sign_in: SignIn, username: str, sees: bool
) -> None:
    with app.app_context():
        pair()
        id = need(photos=[attachments.clean("东塘.jpg", photo().read())])
        picture = db.session.scalars(select(Photo.id)).one()
        db.session.commit()
    person = sign_in(username)
    for path in (f"/needs/{id}", f"/needs/{id}/files/{picture}"):
        person.get(path, expect=200 if sees else 404)
    if username not in ("discipline", "auditor", "administrator"):
        assert ("东塘水泵坏了" in person.get("/needs/").text) is sees
        assert ("东塘水泵坏了" in person.get("/needs/?state=all&kind=water").text) is sees


def test_a_contact_sees_and_moves_nothing_of_another_village(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        pair(place=OTHER)
        id = need("plan", "done", "report", place=OTHER, by="clerk")
        db.session.commit()
    contact = sign_in("contact")
    contact.get(f"/needs/{id}", expect=404)
    contact.get(f"/needs/{id}/confirm", expect=404)
    contact.get(f"/villages/{OTHER}", expect=404)
    with app.app_context(), pytest.raises(NotPossible):
        need(place=OTHER, by="contact")


def test_only_the_unit_that_answers_plans_and_reports(app: Flask, sign_in: SignIn) -> None:
    id = make(app, "plan")
    for username in ("clerk", "leader", "contact"):
        person = sign_in(username)
        page = person.get(f"/needs/{id}")
        for action in ("measure", "begin", "report"):
            assert f"/needs/{id}/{action}" not in page.html
            with app.app_context(), pytest.raises(NotPossible):
                take(id, action, by=username)
    with app.app_context(), pytest.raises(NotPossible):
        take(id, "progress", by="leader")


def test_a_unit_that_no_longer_answers_sees_no_need_and_the_new_one_does(app: Flask, sign_in: SignIn) -> None:
    id = make(app)
    with app.app_context():
        farming = str(unit_id(FARMING))
    press(sign_in("clerk"), id, "give", unit=farming)
    sign_in("handler").get(f"/needs/{id}", expect=404)
    assert "东塘水泵坏了" in sign_in("handler2").get("/desk").text


def test_without_a_pairing_the_office_gives_the_need_to_a_unit_or_declines_it(app: Flask, sign_in: SignIn) -> None:
    id = make(app, paired=False)
    clerk = sign_in("clerk")
    assert "东塘水泵坏了" in clerk.get("/desk").text
    sign_in("handler").get(f"/needs/{id}", expect=404)
    press(clerk, id, "refuse", reason="暂无单位可以承办。")
    assert state(app, id) == "declined"


def test_of_two_paired_units_the_first_that_answers_takes_it(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        pair()
        pair(unit=FARMING, member="handler2")
        id = need()
        assert db.session.get_one(Need, id).unit_id is None
        db.session.commit()
    sign_in("handler").get(f"/needs/{id}")
    with app.app_context():
        take(id, "plan", by="handler2")
        db.session.commit()
    sign_in("handler").get(f"/needs/{id}", expect=404)
    sign_in("handler2").get(f"/needs/{id}")


def test_a_clerk_writes_down_what_the_village_said_and_from_which_paper(app: Flask, sign_in: SignIn) -> None:
    id = make(app, "plan", "done", "report")
    clerk = sign_in("clerk")
    assert press(clerk, id, "confirm", 422, proof="").all("#proof-error")
    assert "村主任签字，11月3日" in press(clerk, id, "confirm", proof="村主任签字，11月3日").text
    assert state(app, id) == "confirmed"
    other = make(app, "plan", "done", "report", paired=False)
    assert not sign_in("contact").get(f"/needs/{other}/confirm").all("[name=proof]")


def test_the_leader_closes_without_the_village_only_once_its_time_has_passed(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = make(app, "plan", "done", "report")
    assert "silent" not in sign_in("leader").get(f"/needs/{id}").html
    later(monkeypatch, 30)
    press(sign_in("leader"), id, "silent", reason="村里未答复，已电话提醒两次。")
    assert state(app, id) == "closed"


# --- a phone's form ----------------------------------------------------------------------------------------------------


@SQLITE
def test_a_form_sent_twice_makes_one_need(app: Flask, sign_in: SignIn) -> None:
    contact = sign_in("contact")
    page = contact.get("/needs/new")
    for _time in range(2):
        contact.page = page
        contact.submit("提交需求", fields=TYPED)
    with app.app_context():
        assert db.session.scalar(select(func.count(Need.id))) == 1


@SQLITE
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", ""),
        ("title", ""),
        ("title", "字" * 61),
        ("text", "字" * 3001),
        ("wanted_on", "2001-01-01"),
        ("wanted_on", "soon"),
    ],
)
def test_a_need_with_a_fault_comes_back_with_everything_typed(
    app: Flask, sign_in: SignIn, field: str, value: str
) -> None:
    contact = sign_in("contact")
    contact.get("/needs/new")
    page = contact.submit("提交需求", 422, fields={**TYPED, field: value})
    assert page.all(f"#{field}-error")
    if field != "text":
        assert page.one("#text").text() == TYPED["text"]
    assert "照片不会随表单保留" not in page.text
    with app.app_context():
        assert db.session.scalar(select(Need.id)) is None


@SQLITE
def test_what_is_no_photo_is_refused_by_name_and_nothing_is_kept(app: Flask, sign_in: SignIn) -> None:
    contact = sign_in("contact")
    contact.get("/needs/new")
    words = (BytesIO("名单".encode()), "名单.txt")
    page = contact.submit("提交需求", 422, fields={**TYPED, "photos": [(photo(), "塘.jpg"), words]})
    assert "名单.txt" in page.one("#photos-error").text()
    assert page.one("#text").text() == TYPED["text"]
    assert "照片不会随表单保留" in page.text
    five: Value = [(photo(), f"{n}.jpg") for n in range(5)]
    assert contact.submit("提交需求", 422, fields={**TYPED, "photos": five, "camera": [(photo(), "拍.jpg")]}).all(
        "#photos-error"
    )
    assert contact.submit("提交需求", 422, fields={**TYPED, "photos": [(photo(), f"{n}.jpg") for n in range(6)]}).all(
        "#photos-error"
    )
    with app.app_context():
        assert db.session.scalar(select(Photo.id)) is None
        assert not list(attachments.on_disk())


@SQLITE
def test_a_large_photo_is_kept_small_enough_for_a_phone(app: Flask, sign_in: SignIn) -> None:
    contact = sign_in("contact")
    contact.get("/needs/new")
    page = contact.submit("提交需求", fields={**TYPED, "photos": [(photo(size=(4000, 3000)), "塘.jpg")]})
    with Image.open(BytesIO(contact.client.get(page.one("main img").attributes["src"] or "").data)) as kept:
        assert kept.size == (1600, 1200)


@SQLITE
def test_on_a_phone_the_kind_one_line_and_a_photo_are_enough(app: Flask, sign_in: SignIn) -> None:
    contact = sign_in("contact")
    contact.get("/desk")
    contact.follow("提出需求")
    assert contact.page.one("input[capture=environment]").attributes["accept"] == "image/*"
    contact.submit("提交需求", fields={"kind": "water", "title": "东塘水泵坏了", "camera": [(photo(), "拍.jpg")]})
    assert len(contact.page.all("main img")) == 1
    with app.app_context():
        row = db.session.scalars(select(Need)).one()
        assert (row.place_code, row.title, row.text) == (VILLAGE, "东塘水泵坏了", "")
    contact.follow("查看这项需求")
    clerk = sign_in("clerk")  # who writes down what the village said, says what it said
    clerk.get(f"/needs/new?place={VILLAGE}")
    assert clerk.submit("提交需求", 422, fields={"kind": "water", "title": "东塘水泵坏了"}).all("#text-error")


@SQLITE
def test_the_same_words_sent_again_are_one_need_with_or_without_their_photos(app: Flask, sign_in: SignIn) -> None:
    contact = sign_in("contact")
    page = contact.get("/needs/new")
    for photos in ([], [(photo(), "东塘.jpg")], [(photo(), "东塘.jpg"), (photo(), "又.jpg")], []):
        contact.page = page
        contact.submit("提交需求", fields={**TYPED, "photos": photos})
        assert contact.page.one("h1").text() == "您的需求已收到"
    with app.app_context():
        assert db.session.scalar(select(func.count(Need.id))) == 1
        assert db.session.scalar(select(func.count(Photo.id))) == 1
    run(app, "check")


@SQLITE
def test_a_form_that_was_open_too_long_gives_back_what_was_typed(app: Flask, sign_in: SignIn) -> None:
    contact = sign_in("contact")
    contact.get("/needs/new")
    page = contact.submit("提交需求", 422, fields={**TYPED, "csrf_token": "stale"})
    assert page.one("#text").text() == TYPED["text"]
    assert contact.submit("提交需求").one("h1").text() == "您的需求已收到"


@SQLITE
def test_that_a_need_was_received_is_told_to_who_raised_it_alone(app: Flask, sign_in: SignIn) -> None:
    assert sign_in("contact").get("/needs/received").path == "/desk"
    sign_in("clerk").get("/needs/received", expect=403)


def test_no_word_and_no_photo_of_a_need_lies_in_clear(app: Flask) -> None:
    with app.app_context():
        pair()
        id = need("plan", photos=[attachments.clean("东塘.jpg", photo().read())])
        take(id, "progress", text="王二麻子家门口的线路")
        db.session.commit()
        files = [path.read_bytes() for path, _id in attachments.on_disk()]
    held = repr(contents(app))
    for word in ("东塘", "等水", "更换电机", "王二麻子", "小型水利", "说明。"):
        assert word not in held
    assert files
    assert not any(b"JFIF" in each for each in files)


@SQLITE
@pytest.mark.parametrize(
    ("typed", "kept"),
    [("18,600.50", 1860050), ("０．１", 10), ("1200元", 120000), ("", 0), ("1.005", None), ("-5", None)],
)
def test_money_is_read_to_the_fen(app: Flask, sign_in: SignIn, typed: str, kept: int | None) -> None:
    id = make(app)
    with app.app_context():
        owner = str(viewer("handler").id)
    told: dict[str, Value] = {"text": "更换电机", "owner": owner, "due_on": day(20), "planned": typed, "budget": "经费"}
    page = press(sign_in("handler"), id, "plan", 200 if kept is not None else 422, told)
    assert bool(page.all("#planned-error")) is (kept is None)
    with app.app_context():
        assert db.session.scalar(select(Measure.planned_fen)) == kept


@SQLITE
def test_money_comes_from_a_budget_line_and_a_measure_belongs_to_somebody_of_the_unit(
    app: Flask, sign_in: SignIn
) -> None:
    id = make(app)
    with app.app_context():
        ours, other = str(viewer("handler").id), str(viewer("handler2").id)
    handler = sign_in("handler")
    told: dict[str, Value] = {"text": "更换电机", "owner": ours, "due_on": day(20), "planned": "100", "budget": ""}
    assert press(handler, id, "plan", 422, told).all("#budget-error")
    assert press(handler, id, "plan", 422, {**told, "budget": "经费", "owner": other}).all("#owner-error")
    assert press(handler, id, "plan", 422, {**told, "budget": "经费", "due_on": day(-1)}).all("#due_on-error")
    with app.app_context(), pytest.raises(NotPossible):
        take(id, "plan", owner=other)


# --- clocks ------------------------------------------------------------------------------------------------------------


def test_the_clock_is_data_with_its_day_and_shows_its_own_sum(app: Flask, sign_in: SignIn) -> None:
    id = make(app)
    with app.app_context():
        rule = terms_on("needs", clock.today()).rule("answer")
    page = sign_in("handler").get(f"/needs/{id}")
    assert f"{rule.length} 日" in page.one(".sum").text()
    assert "本机关自定" in page.one(".sum").text()
    with app.app_context():
        row = db.session.get_one(Need, id)
        assert row.due_on == clock.today() + timedelta(days=rule.length)


def test_every_step_names_a_clock_that_every_set_of_terms_has() -> None:
    names = {name for step in WORKFLOW for name in (step.start, step.stop) if name}
    assert sorted(path.stem for path in LIMITS.glob("needs-*.toml")) == sorted(each.id for each in terms("needs"))
    for each in terms("needs"):
        assert names <= {known.id for known in each.clocks}
        assert all(known.target for known in each.clocks)  # no law sets them: nobody is told that one does


def test_a_need_that_is_not_answered_is_late_in_words_and_in_the_filter(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(app)
    assert "东塘水泵坏了" not in sign_in("handler").get("/needs/?late=y").text
    later(monkeypatch, 18)
    page = sign_in("handler").get("/needs/?late=y")
    assert "东塘水泵坏了" in page.text
    assert "已超期" in page.text


def test_while_the_unit_is_at_work_the_first_measure_is_what_is_due(app: Flask) -> None:
    with app.app_context():
        pair()
        id = need()
        today = clock.today()
        take(id, "plan", due_on=today + timedelta(days=30))
        take(id, "measure", due_on=today + timedelta(days=9))
        row = db.session.get_one(Need, id)
        assert row.due_on == today + timedelta(days=9)
        take(id, "done")
        assert row.due_on == today + timedelta(days=30)
        with pytest.raises(NotPossible):
            take(id, "report")  # one is still open
        first = row.measures()[0]
        first.move("drop", {"reason": "另有安排。"}, by=viewer("handler"))
        take(id, "report")
        assert row.state == State.REPORTED


def test_a_measure_that_is_changed_says_why_and_keeps_what_stood_there(app: Flask, sign_in: SignIn) -> None:
    id = make(app, "plan")
    with app.app_context():
        row = db.session.scalars(select(Measure)).one()
        part, before = row.id, row.due_on
    handler = sign_in("handler")
    address = f"/needs/{id}/measures/{part}/change"
    handler.get(address)
    assert handler.page.one("#planned").attributes["value"] == "18600.50"
    assert handler.submit(address, 422, due_on=day(40), reason="").all("#reason-error")
    assert "电机到货晚。" in handler.submit(address, due_on=day(40), reason="电机到货晚。").text
    with app.app_context():
        data = db.session.scalars(select(Entry.data).where(Entry.action == "measure change")).one()
    assert (data["before"], data["due_on"]) == (before.isoformat(), day(40))


def test_of_two_at_once_the_later_one_is_shown_what_the_first_did(app: Flask, sign_in: SignIn) -> None:
    id = make(app, "plan", "done", "report")
    contact, clerk = sign_in("contact"), sign_in("clerk")
    contact.get(f"/needs/{id}/object")
    press(clerk, id, "confirm", proof="村主任签字")
    page = contact.submit(f"/needs/{id}/object", 409, reason="还漏水。")
    assert "还漏水。" in page.html
    assert "村里已确认" in page.text


# --- where it comes from -----------------------------------------------------------------------------------------------


def raise_from(clerk: Browser, where: str) -> str:
    clerk.get(where)
    clerk.follow("由此提出村级需求")
    return clerk.submit("提交需求", fields=TYPED).path


def test_a_need_from_a_letter_is_linked_both_ways_without_its_writer(app: Flask, sign_in: SignIn) -> None:
    case = put(app, CaseState.ASSIGNED, unit=WATER)
    with app.app_context():
        pair()
        db.session.commit()
    number = str(petition(app, case.id).number)
    clerk = sign_in("clerk")
    address = raise_from(clerk, f"/petitions/{case.id}")
    for username in ("clerk", "handler"):
        person = sign_in(username)
        assert number in person.get(address).text
        assert "张三丰" not in person.page.html
        person.follow(number)
        person.follow("东塘水泵坏了")
    contact = sign_in("contact")  # the village sees the need, not the letter
    for secret in (number, str(case.id), "张三丰", "由信访事项提出"):
        assert secret not in contact.get(address).html


def test_whom_the_letter_is_about_finds_no_trace_of_it_in_the_need(app: Flask, sign_in: SignIn) -> None:
    case = put(app, CaseState.REGISTERED, against=WATER)
    with app.app_context():
        pair()
        db.session.commit()
    number = str(petition(app, case.id).number)
    address = raise_from(sign_in("clerk"), f"/petitions/{case.id}")
    handler = sign_in("handler")
    page = handler.get(address)
    for secret in (number, str(case.id), "由信访事项提出"):
        assert secret not in page.html
    with app.app_context():  # the need's own record has as many entries as any other
        assert db.session.scalar(select(Need.version)) == 1
    handler.get(f"/needs/new?petition={case.id}", expect=404)
    clerk = sign_in("clerk")
    assert "不要写只有来信才知道的内容" in clerk.get(f"/needs/new?petition={case.id}&place={VILLAGE}").text


def test_a_need_from_a_screening_item_and_from_a_visit_is_linked_both_ways(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        item = found(issue())
        who = [viewer("leader").id]
        today = clock.today()
        plan = Plan(today, "09:00", "11:00", VILLAGE[:9], [VILLAGE], "村委会", "", who, [])
        visit = Visit.plan(plan, by=viewer("clerk"))
        visit.move("announce", {}, by=viewer("clerk"))
        visit.move("carry_out", {}, by=viewer("clerk"))
        trip = visit.id
        db.session.commit()
    clerk = sign_in("clerk")
    for where in (f"/screening/items/{item}", f"/visits/{trip}"):
        clerk.get(where)
        clerk.follow("由此提出村级需求")
        if not clerk.page.all("form[method=post][enctype]"):
            clerk.submit("继续", township=VILLAGE[:9])
        page = clerk.submit("提交需求", fields={**TYPED, "place": VILLAGE})
        clerk.get(page.path)
        assert clerk.page.all(f"main a[href='{where}']")
        clerk.follow(where)
        assert clerk.page.all(f"main a[href='{page.path}']")
    with app.app_context():
        assert db.session.get_one(Item, item).version == 2


@pytest.mark.parametrize("name", ["petition", "item", "visit"])
@SQLITE
def test_a_need_cannot_be_raised_from_what_is_not_there(app: Flask, sign_in: SignIn, name: str) -> None:
    for typed in ("1", "9" * 30, "汉", "-1"):
        sign_in("clerk").get(f"/needs/new?{name}={typed}", expect=404)
    sign_in("contact").get(f"/needs/new?{name}=1", expect=404)


# --- the record ----------------------------------------------------------------------------------------------------------


def test_a_need_is_not_changed_without_an_entry(app: Flask) -> None:
    id = make(app, "plan")
    with app.app_context():
        db.session.scalars(select(Measure)).one().planned_fen = 1
        with pytest.raises(Untraced):
            db.session.commit()
        db.session.rollback()
        for table in (Need, Measure, NeedClock, Photo, Origin, Progress):
            with pytest.raises(Untraced):
                db.session.execute(update(table).values(id=1))
        assert db.session.get_one(Need, id).state == "planned"


@pytest.mark.parametrize(
    ("spoiled", "told"),
    [
        (update(Need.__table__).values(state="raised"), "its state is not what the record says"),  # type: ignore[arg-type]
        (update(Measure.__table__).values(spent_fen=1), "is not the sum"),  # type: ignore[arg-type]
        (delete(Progress.__table__), "another number of entries of progress"),  # type: ignore[arg-type]
    ],
)
def test_the_check_finds_what_was_altered_past_the_record(app: Flask, spoiled: Any, told: str) -> None:
    id = make(app, "plan")
    with app.app_context():
        take(id, "progress", spent=500)
        db.session.commit()
    run(app, "check")
    with app.app_context():
        db.session.connection().execute(spoiled)
        db.session.commit()
    assert told in run(app, "check", code=1)


def test_the_record_of_the_office_tells_a_need_without_a_word_of_it(app: Flask, sign_in: SignIn) -> None:
    make(app, "plan")
    for reader in ("auditor", "leader"):
        page = sign_in(reader).get("/record")
        assert "需求已提出" in page.text
        assert "东塘" not in page.html


# --- lists -----------------------------------------------------------------------------------------------------------------


def test_the_list_pages_by_key_and_keeps_its_filter(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        pair()
        for number in range(27):
            need(title=f"需求{number:02d}", kind=Kind.ROAD if number % 9 == 0 else Kind.WATER)
        db.session.commit()
    clerk = sign_in("clerk")
    page = clerk.get("/needs/?kind=water&state=raised")
    shown = page.texts("tbody td[data-label='需求内容']")
    assert len(shown) == 24
    clerk.get("/needs/?state=raised")
    assert len(clerk.page.all("tbody tr")) == 25
    following = clerk.follow("下一页")
    assert "state=raised" in re.sub("&amp;", "&", following.path)
    assert len(following.all("tbody tr")) == 2


def test_the_pages_take_the_same_number_of_queries_however_much_is_there(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        pair()
        first = need("plan")
        db.session.commit()
    clerk = sign_in("clerk")

    def count() -> list[int]:
        taken = []
        for path in (
            "/needs/",
            f"/needs/{first}",
            f"/villages/{VILLAGE}",
            "/villages/?paired=yes",
            "/villages/late",
            "/desk",
        ):
            clerk.get(path)
            with queries(app) as seen:
                clerk.get(path)
            taken.append(len(seen))
        return taken

    before = count()
    with app.app_context():
        for _time in range(5):
            need("plan", "progress", photos=[attachments.clean("塘.jpg", photo().read())])
        for _time in range(3):
            take(first, "measure")
        db.session.commit()
    assert count() == before


def test_every_step_of_both_tables_has_words_for_the_record() -> None:
    from blueprints.pairing.needs.domain import EVENT_LABELS

    assert {step.action for step in WORKFLOW} <= set(EVENT_LABELS)
    assert {f"measure {step.action}" for step in MEASURE} <= set(EVENT_LABELS)


@SQLITE
def test_another_browsers_key_makes_another_need_and_a_bad_key_none_twice(app: Flask) -> None:
    with app.app_context():
        asked = Asked(VILLAGE, Kind.WATER, "东塘", "等水", None)
        key = secrets.token_hex(16)
        assert Need.ask(asked, key, by=viewer("contact")).id == Need.ask(asked, key, by=viewer("contact")).id
        assert (
            Need.ask(asked, secrets.token_hex(16), by=viewer("contact")).id
            != Need.ask(asked, key, by=viewer("clerk")).id
        )
