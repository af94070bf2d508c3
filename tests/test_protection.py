"""Nobody learns or receives what is not theirs: attacks on the seams between rooms, each of which must fail."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, url_for
from sqlalchemy import delete, func, insert, select, text, update

from app import create_app
from blueprints.accounts.models import Unit, User
from blueprints.pairing.experts.models import Expert
from blueprints.pairing.needs.models import Measure
from blueprints.pairing.questions.models import Knowledge, Question, QuestionPhoto
from blueprints.pairing.training.models import Course, Enrolment, Evaluation
from blueprints.pairing.year_reports.models import YearReport
from blueprints.petitions.casefile.models import Attachment, Concern, Message, Paper
from blueprints.petitions.causes.models import Cause, Proposal, Remedy, Tie
from blueprints.petitions.docket.domain import Channel, State
from blueprints.petitions.docket.models import Petition, unwalled
from blueprints.petitions.protection.models import Retaliation
from blueprints.rules.receptions.domain import State as Stage
from core import clock, vault
from core.attachments import Cleaned
from core.extensions import db
from core.record import Untraced
from core.roles import Role
from settings import BadSetting, Settings
from tests import contact_office, courses, graduates, household_office, register
from tests import pairing_office as pairs
from tests.browse import Browser, Value
from tests.causes import name, propose, remedy
from tests.hostings import host
from tests.letters import FARMING, PUMPS, TYPED, WATER, answers, look_up, petition, put, step, unit_id, viewer
from tests.people import PASSWORD
from tests.upkeep import contents

SignIn = Callable[..., Browser]


def _token(browser: Browser) -> str:
    return browser.page.all("main input[name=csrf_token]")[0].attributes["value"] or ""


# --- one browser, two letters ---------------------------------------------------------------------------------------


def test_what_is_written_on_the_page_of_one_letter_never_goes_to_another(app: Flask) -> None:
    complaint, other = put(app, subject="投诉", against=WATER), put(app, subject="别的事")
    first, second = Browser(app), Browser(app)
    look_up(first, complaint.code)
    second.client = first.client  # another tab of the same browser
    second.get("/letters/status")
    second.post("/letters/status", {"csrf_token": _token(second), "receipt": other.code})
    told = first.submit("/letters/status/message", expect=422, text="只说给投诉的经办人")
    assert "别的事" in told.text
    assert "只说给投诉的经办人" in told.html  # still there, to be copied or sent
    assert petition(app, other.id).version == petition(app, complaint.id).version == 1
    first.submit("/letters/status/message", text="这是别的事的话")  # now it was said which letter it is
    assert petition(app, other.id).version == 2


def test_a_letter_opened_by_its_code_closes_after_half_an_hour_for_staff_too(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = put(app, State.SIGNED)
    clerk = sign_in("clerk")
    look_up(clerk, made.code)
    clerk.get("/letters/status/papers/" + str(_paper(app, made.id)))
    real = clock.now
    for minutes in (20, 31):
        monkeypatch.setattr(clock, "now", lambda minutes=minutes: real() + timedelta(minutes=minutes))
        clerk.get("/desk")  # still signed in
        assert bool(clerk.get("/letters/status").all("input[name=receipt]")) == (minutes > 30)
    clerk.get("/letters/status/papers/" + str(_paper(app, made.id)), expect=404)


def _paper(app: Flask, id: int) -> int:
    with app.app_context():
        return db.session.scalars(select(Paper.id).where(Paper.petition_id == id).limit(1)).one()


# --- whom a letter is about -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "walled"),
    [
        ("赵水务", {"handler"}),
        ("赵水务、钱农业", {"handler", "handler2"}),
        ("赵水务 钱农业", {"handler", "handler2"}),
        ("水务局赵水务局长", {"handler"}),
        ("赵 水·务", {"handler"}),
        ("赵\u200b水\ufeff务", {"handler"}),
        ("赵水务和钱农业两人", {"handler", "handler2"}),
        ("赵水务生", set()),  # somebody else
        ("水务", set()),
    ],
)
def test_a_name_walls_its_bearer_whatever_stands_beside_it(app: Flask, typed: str, walled: set[str]) -> None:
    id = put(app, person=typed).id
    with app.app_context():
        everybody = {username for username in ("handler", "handler2") if not _free(username, id)}
    assert everybody == walled


def _free(username: str, id: int) -> bool:
    wanted = select(Petition.id).where(Petition.id == id, unwalled(viewer(username)))
    return db.session.scalar(wanted) is not None


def test_who_comes_later_with_the_same_name_hides_no_letter_from_their_colleagues(app: Flask) -> None:
    id = put(app, person="王伟").id
    with app.app_context():
        unit = db.session.get_one(Unit, unit_id("组织部信访科"))
        User.open("wang.wei", "王伟", Role.CLERK, unit, PASSWORD, by=None)
        db.session.commit()
        assert not _free("wang.wei", id)
        assert _free("clerk", id)


def test_the_wall_of_a_unit_stays_when_the_person_complained_of_leaves_it(app: Flask) -> None:
    id = put(app, person="赵水务").id
    with app.app_context():
        named = db.session.scalars(select(User).where(User.username == "handler")).one()
        farming = db.session.get_one(Unit, unit_id(FARMING))
        named.change_role(Role.HANDLER, farming, None, by=viewer("administrator").id)
        User.open("left", "冯排灌", Role.HANDLER, db.session.get_one(Unit, unit_id(PUMPS)), PASSWORD, by=None)
        db.session.commit()
        assert not _free("handler", id)
        assert not _free("left", id)
        assert _free("handler2", id)


def _refused(app: Flask, **about: Value) -> bool:
    """Whether the form sends a letter about these to the organ one level up, and keeps nothing of it."""
    visitor = Browser(app)
    visitor.get("/letters/new")
    token = visitor.page.all("main input[name=csrf_token]")[0].attributes["value"] or ""
    answer = visitor.client.post("/letters/new", data={**TYPED, **about, "csrf_token": token})
    told = answer.status_code == 422 and "中共武汉市委组织部" in answer.get_data(as_text=True)
    with app.app_context():
        kept = db.session.scalar(select(func.count()).select_from(Petition))
    assert kept == (0 if told else 1)
    return told


def test_a_letter_that_nobody_here_could_take_in_is_not_taken(app: Flask) -> None:
    with app.app_context():
        office = db.session.scalars(select(Unit).where(Unit.is_office)).one()
        above = Unit.open("中共新洲区委", None, by=None)
        db.session.flush()
        office.change(office.name, above, by=viewer("administrator").id)
        db.session.commit()
        up, letters = str(above.id), str(unit_id("组织部信访科"))
    assert _refused(app, unit=up)  # everybody here belongs to it
    assert _refused(app, unit=letters)
    assert _refused(app, person="信访科李登记科长")


def test_a_letter_about_the_only_people_who_could_take_it_in_is_not_taken(app: Flask) -> None:
    with app.app_context():
        water = db.session.get_one(Unit, unit_id(WATER))
        for username in ("clerk", "clerk2"):
            clerk = db.session.scalars(select(User).where(User.username == username)).one()
            clerk.change_role(Role.CLERK, water, None, by=viewer("administrator").id)
        db.session.commit()
        unit = str(water.id)
    assert _refused(app, unit=unit)
    assert _refused(app, person="王接访")
    assert not _refused(app, person="钱农业")


def test_a_namesake_in_this_office_does_not_turn_a_letter_away(app: Flask) -> None:
    with app.app_context():
        farming = str(unit_id(FARMING))
    assert not _refused(app, person="李登记", unit=farming)
    with app.app_context():
        id = db.session.scalars(select(Petition.id)).one()
        assert not _free("clerk", id)
        assert _free("clerk2", id)


def test_a_letter_that_changed_accounts_have_left_to_nobody_is_named_by_the_check(app: Flask) -> None:
    id = put(app, against=WATER).id
    check = app.test_cli_runner().invoke(args=["check"])
    assert "Remark" not in check.output
    with app.app_context():
        water = db.session.get_one(Unit, unit_id(WATER))
        for username in ("clerk", "clerk2"):
            clerk = db.session.scalars(select(User).where(User.username == username)).one()
            clerk.change_role(Role.CLERK, water, None, by=viewer("administrator").id)
        db.session.commit()
    check = app.test_cli_runner().invoke(args=["check"])
    assert f"Remark: petition {id}: every clerk or every leader" in check.output
    assert check.exit_code == 0  # nothing is broken, and a restore must still go through


def test_a_letter_given_to_a_unit_in_which_nobody_may_see_it_is_named_by_the_check(app: Flask) -> None:
    walled, left = put(app, State.ASSIGNED, against=FARMING), put(app, State.ASSIGNED, unit=PUMPS)
    check = app.test_cli_runner().invoke(args=["check"])
    assert f"Remark: petition {left.id}: nobody in the unit" in check.output  # no handler works there
    assert str(walled.id) not in check.output
    with app.app_context():
        water, farming = (db.session.get_one(Unit, unit_id(name)) for name in (WATER, FARMING))
        water.change(water.name, farming, by=viewer("administrator").id)
        db.session.commit()
    check = app.test_cli_runner().invoke(args=["check"])
    assert f"Remark: petition {walled.id}: nobody in the unit" in check.output


# --- who wrote ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", ["leader", "auditor"])
def test_the_record_does_not_tell_which_contact_sent_a_letter_in(app: Flask, sign_in: SignIn, reader: str) -> None:
    made = put(app, State.REGISTERED, by="contact", named=False)
    number = str(petition(app, made.id).number)
    told = [row for row in sign_in(reader).get("/record").texts("tbody tr") if number in row]
    assert len(told) == 2
    assert not [row for row in told if "contact" in row]
    assert [row for row in told if "clerk" in row]


def test_another_role_neither_names_who_sent_a_letter_in_as_a_contact_nor_opens_what_was_taken_down_as_a_clerk(
    app: Flask, sign_in: SignIn
) -> None:
    sent = put(app, State.REGISTERED, by="contact", named=False)
    taken_down = put(app, State.REGISTERED, by="clerk2", channel=Channel.VISIT)
    own = put(app, State.REGISTERED, by="clerk2", subject="做了联络员之后写的")  # as if sent in by then
    with app.app_context():
        by, unit = viewer("administrator").id, db.session.get_one(Unit, unit_id(WATER))
        people = {each.username: each for each in db.session.scalars(select(User))}
        place = people["contact"].place_code
        people["contact"].change_role(Role.HANDLER, unit, None, by=by)
        people["clerk2"].change_role(Role.CONTACT, unit, place, by=by)
        db.session.commit()
        name = people["contact"].name
    for reader in ("leader", "auditor"):
        told = sign_in(reader).get("/record").texts("tbody tr")
        rows = [row for row in told if str(petition(app, sent.id).number) in row]
        assert rows
        assert not [row for row in rows if "contact" in row]
    assert name not in sign_in("clerk").get(f"/petitions/{sent.id}").one(".timeline").text()
    contact = sign_in("clerk2")
    contact.get(f"/petitions/{taken_down.id}", expect=404)
    contact.get(f"/petitions/{own.id}")
    assert contact.get("/petitions/?state=all").texts("tbody a") == ["做了联络员之后写的"]


def test_a_contact_does_not_read_what_a_resident_writes_to_the_office_later(app: Flask, sign_in: SignIn) -> None:
    letter = Cleaned(name="信.txt", kind="txt", data="信".encode())
    made = put(app, State.HANDLING, by="contact", files=(letter,))
    resident, contact = Browser(app), sign_in("contact")
    look_up(resident, made.code)
    later = [(BytesIO("证据".encode()), "后来的.txt")]
    resident.submit("/letters/status/message", fields={"text": "联络员劝我别写。", "files": later})
    with app.app_context():
        step(made.id, "message", by="handler", text="请放心。")
        db.session.commit()
        first, second = db.session.scalars(select(Attachment.id).order_by(Attachment.id))
    page = contact.get(f"/petitions/{made.id}")
    for secret in ("联络员劝我别写", "后来的", "请放心"):
        assert secret not in page.html
    contact.get(f"/petitions/{made.id}/files/{first}")
    contact.get(f"/petitions/{made.id}/files/{second}", expect=404)
    told = sign_in("handler").get(f"/petitions/{made.id}")
    assert "联络员劝我别写" in told.text
    assert "后来的.txt" in told.text


def test_a_role_that_may_read_letters_is_seen_in_the_record_once_it_is_given(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        id = db.session.scalars(select(User.id).where(User.username == "auditor")).one()
    administrator = sign_in("administrator")
    administrator.get(f"/accounts/{id}")
    administrator.submit("保存", role="leader")
    told = sign_in("leader").get("/record").texts("tbody tr")
    given = [row for row in told if "auditor" in row and "administrator" in row]
    assert len(given) == 1
    assert "领导" in given[0]


# --- the keys -------------------------------------------------------------------------------------------------------


def test_an_office_whose_keys_are_away_makes_no_new_ones(sqlite_office: Flask) -> None:
    settings: Settings = sqlite_office.extensions["settings"]
    keys = settings.keys / "keys.json"
    away = keys.rename(settings.instance / "away.json")
    with pytest.raises(BadSetting, match=r"put its keys\.json back"):
        create_app(settings)
    assert not keys.exists()
    away.rename(keys)
    create_app(settings)


def test_two_that_start_at_once_have_the_same_keys(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _number: vault.Keys(tmp_path / "keys"), range(64)))
    assert {each.current for each in made} == {made[0].current}
    assert [each.name for each in (tmp_path / "keys").iterdir()] == ["keys.json"]


# --- no change without a trace --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "model",
    [
        *(Petition, Concern, Paper, Message, Attachment, Unit, User, Cause, Tie, Remedy, Proposal),
        *(Expert, Course, Enrolment, Evaluation, Question, QuestionPhoto, Knowledge),
    ],
)
def test_recorded_rows_are_not_changed_many_at_once_past_the_record(context: Flask, model: type[Any]) -> None:
    for statement in (update(model).values(id=1), delete(model), insert(model).values(id=1)):
        with pytest.raises(Untraced):
            db.session.execute(statement)


@pytest.mark.parametrize("table", ["concern", "message", "paper", "attachment"])
def test_a_part_taken_out_of_a_case_is_found_though_every_chain_is_sound(app: Flask, table: str) -> None:
    file = Cleaned(name="证据.txt", kind="txt", data="证据".encode())
    id = put(app, State.SIGNED, against=FARMING, person="马某某", files=(file,)).id
    with app.app_context():
        step(id, "note")
        db.session.commit()
    assert app.test_cli_runner().invoke(args=["check"]).exit_code == 0
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text(f"DELETE FROM {table} WHERE petition_id = {id}"))
    checked = app.test_cli_runner().invoke(args=["check"])
    assert checked.exit_code == 1
    assert f"petition {id}: its record tells of" in checked.output


def _tie(app: Flask, cause: int) -> int:
    with app.app_context():
        return db.session.scalars(select(Tie.id).where(Tie.cause_id == cause)).one()


# --- forged requests ------------------------------------------------------------------------------------------------


def test_no_address_changes_anything_without_the_token_of_its_form(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.SIGNED)
    people = [sign_in(username) for username in ("clerk", "handler", "leader", "contact", "administrator")]
    people.append(Browser(app))
    look_up(people[-1], made.code)
    with app.app_context():
        user, unit = db.session.scalar(select(User.id)), unit_id(WATER)
        notice = Retaliation.send(db.session.get_one(Petition, made.id), "x", "", None).id
        reception = host(clock.today(), Stage.DRAFT)
        asked = register.ask(register.in_force()).id
        db.session.commit()
    cause = name(app, made.id)
    part, proposal = remedy(app, cause), propose(app, cause)  # after which the cause has a record of four entries, too
    ids = {"docket": made.id, "accounts.unit": unit, "accounts.move_unit": unit, "accounts": user}
    ids |= {"protection": notice, "retention": made.id, "receptions": reception, "reading": asked}
    ids |= {"causes": cause, "causes.tie_case": made.id, "causes.deliver": proposal, "causes.answer": proposal}
    sent = {**TYPED, **answers("deliver"), "text": "x", "reason": "x", "satisfaction": "fair", "username": "clerk"}
    sent |= {"password": PASSWORD, "version": "4", "receipt": made.code, "role": "leader", "unit_id": str(unit)}
    actions = {"docket.move": "note", "visits.settle": "keep", "reception.move": "hold"}
    actions |= {"protection": "note", "retention": "hold", "screening.move": "watch", "receptions": "send"}
    actions |= {"register.move": "revise"}
    actions |= {"decisions": "adopt", "image.move_sheet": "use", "image.move_remark": "withdraw"}
    with app.app_context():  # a pairing and a need with records of four entries
        pairing = pairs.pair()
        goal = [pairs.promise(pairing) for _time in range(3)][-1]
        need = pairs.need("plan", "progress")
        measure = db.session.scalars(select(Measure.id).where(Measure.need_id == need)).one()
        db.session.commit()
    ids |= {"pairs": pairing, "needs": need}
    actions |= {"pairs": "end", "pairs.move_goal": "drop", "needs": "withdraw", "needs.move_measure": "drop"}
    course = courses.course(app)
    courses.put_in(app, course, ("田学农", "13912345678"))
    asked, known = courses.question(app)[0], courses.expert(app)
    with app.app_context():
        place, token = db.session.scalars(select(Enrolment.id)).one(), db.session.get_one(Course, course).token
    ids |= {"training": course, "enrolment": course, "training.of_a_place": place, "questions": asked, "experts": known}
    actions |= {"training": "cancel", "training.of_a_place": "give_up", "questions": "refer", "experts": "rest"}
    with app.app_context():
        team = contact_office.group()
        trip = contact_office.visit(team)
        finding = contact_office.find(trip)
        activity = contact_office.activity()
        post, service, applied, talent = graduates.everything()
        year = graduates.plan().id
        db.session.commit()
    ids |= {"contact_groups": team, "contact_visits": trip, "contact_visits.plan": team, "activities": activity}
    ids |= {"contact_visits.hand_on": finding, "contact_visits.letter": finding}
    ids |= {"posts": post, "posts.move_service": service, "posts.contact": service, "applications": applied}
    ids |= {"intake": year, "talents": talent}
    actions |= {"keeping": "prepare"}
    actions |= {"posts": "change", "posts.move_service": "leave", "applications": "decline", "talents": "withdraw"}
    actions |= {"contact_groups": "dissolve", "contact_visits.hand_on": "remark", "activities": "cancel"}
    with app.app_context():  # last year's report, with a record of four entries
        clerk = viewer("clerk")
        report = YearReport.begin(clock.today().year - 1, by=clerk)
        for _time in range(3):
            report.move("write", {}, by=clerk)
        db.session.commit()
        ids, sent = {**ids, "year_reports": report.id}, {**sent, "year": str(clock.today().year)}
    actions |= {"year_reports": "drop"}
    choosing = household_office.open_round(app)
    household, _code = household_office.nominate(app, choosing)
    ids |= {"naming": choosing, "nominations": choosing, "objections": choosing}
    ids |= {"households": household, "panel": household}
    actions |= {"naming": "cancel", "households": "decline"}
    before, tried = contents(app), 0
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.endpoint == "language":  # which opens and stores nothing
            continue
        given: dict[str, Any] = {"id": ids.get(rule.endpoint, ids.get(rule.endpoint.partition(".")[0], made.id))}
        given["action"] = actions.get(rule.endpoint, actions.get(rule.endpoint.partition(".")[0], "close"))
        if rule.endpoint.startswith("causes.untie"):
            given["tie"] = _tie(app, cause)
        if rule.endpoint == "causes.end_remedy":
            given |= {"part": part, "action": "drop"}
        if rule.endpoint == "needs.move_measure":
            given["part"] = measure
        given = {
            "part": 1,
            **given,
            "token": token,
            "year": 2026,
            "code": "2022",
            "what": "recusal",
            "number": 1,
            "ordinal": 1,
        }
        given["goal"] = goal
        with app.test_request_context():
            path = url_for(rule.endpoint, **{name: given[name] for name in rule.arguments})
        for person in people:
            status = person.client.post(path, data=sent).status_code
            assert status in (400, 401, 403, 404, 422), f"{path}: {status}"
            tried += 1
    assert tried > 100
    assert contents(app) == before
