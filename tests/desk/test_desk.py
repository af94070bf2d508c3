"""My desk: what is due for me this week. The record: that something happened, not what it says."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

import rooms
from blueprints.petitions.docket.domain import State
from blueprints.petitions.docket.models import Petition
from blueprints.petitions.docket.queries import PAGE
from blueprints.rules.reports.queries import keyless
from core import check, clock
from core.desk import AT_MOST, SHOWN, Waiting
from core.extensions import db
from core.record import Entry, ThreadHead
from core.roles import Role
from tests import rounds
from tests.browse import Browser, queries
from tests.letters import FARMING, look_up, petition, press, put, put_many, step, viewer
from tests.people import PEOPLE

SignIn = Callable[..., Browser]
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def test_the_desk_shows_what_is_late_or_due_within_a_week(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for before, subject in ((20, "迟了"), (8, "七天后"), (7, "八天后")):
        monkeypatch.setattr(clock, "now", lambda before=before: MONDAY - timedelta(days=before))
        put(app, subject=subject)
    monkeypatch.setattr(clock, "now", lambda: MONDAY)
    told = sign_in("clerk").get("/desk").texts("tbody a")
    assert told == ["迟了", "七天后"]


def test_what_is_late_stands_before_what_is_due_within_a_week(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for before, subject in ((8, "七天后"), (20, "迟了")):
        monkeypatch.setattr(clock, "now", lambda before=before: MONDAY - timedelta(days=before))
        put(app, subject=subject)
    monkeypatch.setattr(clock, "now", lambda: MONDAY)
    desk = sign_in("clerk").get("/desk")
    for part, subject in (("late", "迟了"), ("due", "七天后")):
        assert desk.texts(f"section[aria-labelledby={part}] tbody a") == [subject]
    assert [str(node.attributes["id"]) for node in desk.all("h2")][:2] == ["late", "due"]


def test_where_more_is_late_than_a_page_holds_the_desk_leads_on_and_does_not_say_that_nothing_is_due(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY - timedelta(days=8))
    put(app, subject="七天后")
    monkeypatch.setattr(clock, "now", lambda: MONDAY - timedelta(days=20))
    put_many(app, PAGE)
    monkeypatch.setattr(clock, "now", lambda: MONDAY)
    clerk = sign_in("clerk")
    desk = clerk.get("/desk")
    assert len(desk.texts("section[aria-labelledby=late] tbody a")) == PAGE
    assert "本周没有到期事项" not in desk.text
    rest = "其余事项见信访事项列表"
    assert rest in desk.text
    clerk.follow(rest)
    assert clerk.page.path == "/petitions/"


def test_where_more_petitioners_wrote_than_a_page_holds_the_desk_leads_to_all_of_them(
    app: Flask, sign_in: SignIn
) -> None:
    made = put_many(app, PAGE + 1)
    for each in made:
        writer = Browser(app)
        look_up(writer, each.code)
        writer.submit("/letters/status/message", text="还没有人来。")
    clerk = sign_in("clerk")
    desk = clerk.get("/desk")
    assert len(desk.texts("section[aria-labelledby=unread] li a")) == PAGE
    clerk.follow(desk.one("section[aria-labelledby=unread] a.button").attributes["href"] or "")
    assert len(clerk.page.texts("tbody tr")) == PAGE
    assert "unread" in str(clerk.page.all("a[rel=next], a[href*=after]")[0].attributes["href"])


def test_where_more_waits_in_a_room_than_a_desk_shows_the_desk_says_so(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        round = rounds.issue()
        items = [rounds.found(round, subject=f"第{each}处水渠") for each in range(SHOWN + 1)]
        for each in items:
            rounds.decide(each, "watch")
        db.session.commit()
    leader = sign_in("leader")
    watched = "section[aria-labelledby=watched]"
    assert len(leader.get("/desk").texts(f"{watched} tbody tr")) == SHOWN
    assert "还有更多" in leader.page.one(watched).text()
    with app.app_context():
        rounds.decide(items[0], "drop")
        db.session.commit()
    assert len(leader.get("/desk").texts(f"{watched} tbody tr")) == SHOWN
    assert "还有更多" not in leader.page.one(watched).text()


# What counts instead of listing, or is read whole since several requests may ask for one thing.
NOT_LISTED = {"keeping", "retaliation", "to_read"}


def test_every_query_of_a_desk_asks_for_one_row_more_than_is_shown(context: Flask) -> None:
    parts = [part for username, *_ in PEOPLE for room in rooms.desks() for part in room(viewer(username))]
    asked = {(part.key, query) for part in parts if isinstance(part.rows, Waiting) for query in part.rows.queries}
    assert len({key for key, _ in asked}) > 25
    single = {keyless(viewer(username)) for username, _, role, _ in PEOPLE if role is Role.DISCIPLINE}
    other = {key for key, query in asked if query not in single and not query.compare(query.limit(AT_MOST))}
    assert other <= NOT_LISTED


def test_what_waits_for_us_without_a_clock_is_called_our_turn_and_not_late(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY)
    id, ended = put(app, State.FORWARDED, subject="转出去的").id, put(app, State.CLOSED, subject="办结的").id
    put(app, subject="刚收到的")
    with app.app_context():
        step(id, "notify")
        db.session.commit()
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(days=12))
    desk = sign_in("leader").get("/desk")
    assert desk.texts("section[aria-labelledby=ours] tbody a") == ["转出去的"]
    assert desk.texts("section[aria-labelledby=due] tbody a") == ["刚收到的"]
    assert not desk.all("section[aria-labelledby=late]"), "nothing runs that could be late"
    with app.app_context():
        assert db.session.get_one(Petition, ended).due_on is None
        step(id, "close", by="leader")
        db.session.commit()
    assert not sign_in("leader").get("/desk").all("section[aria-labelledby=ours]")


def test_a_desk_asks_all_rooms_in_one_statement_and_reads_those_alone_that_have_something(
    app: Flask, sign_in: SignIn
) -> None:
    def sent(username: str) -> list[str]:
        person = sign_in(username)
        with queries(app) as seen:
            person.get("/desk")
        assert len([each for each in seen if each.startswith("SELECT EXISTS")]) == 1, username
        return seen

    asks = {username: len(sent(username)) for username, _name, _role, _unit in PEOPLE}
    assert asks["clerk"] == 3  # who they are, the queue, all the rest
    assert max(asks.values()) <= 4, asks
    made = put(app, State.HANDLING)
    resident = Browser(app)
    look_up(resident, made.code)
    resident.submit("/letters/status/message", text="还有一件事")
    assert len(sent("clerk")) == 4
    assert len(sign_in("clerk").get("/desk").all("section[aria-labelledby=unread] li")) == 1


def test_every_kind_of_thread_has_a_room_that_tells_of_it() -> None:
    heads = {str(model.__tablename__) for model in check.models() if ThreadHead in model.__mro__}
    assert heads <= {told.kind for told in rooms.told()}


def test_a_handlers_desk_shows_the_own_unit_alone(app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY - timedelta(days=14))
    put(app, State.ASSIGNED, subject="我们的")
    put(app, State.ASSIGNED, unit=FARMING, subject="别人的")
    monkeypatch.setattr(clock, "now", lambda: MONDAY)
    assert sign_in("handler").get("/desk").texts("tbody a") == ["我们的"]


def test_a_desk_has_just_the_doors_that_open(app: Flask, sign_in: SignIn) -> None:
    for role, username in {role: name for name, _, role, _ in PEOPLE}.items():
        person = sign_in(username)
        doors = {str(node.attributes["href"]) for node in person.get("/desk").all(".doors a, nav.menu a")}
        assert len(doors) >= 2, role
        for door in doors:
            person.get(door)


# --- the record ----------------------------------------------------------------------------------------------------


def test_the_record_tells_each_event_in_words_and_by_which_account(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.CLOSED, by="contact")
    resident = Browser(app)
    look_up(resident, made.code)
    resident.submit("/letters/status/message", text="谢谢")
    resident.submit("/letters/status/rating", satisfaction="fair")
    sign_in("administrator").get("/accounts/units")
    auditor = sign_in("auditor")
    rows = auditor.get("/record").texts("tbody tr")
    with app.app_context():
        assert len(rows) == min(50, db.session.scalar(select(func.count()).select_from(Entry)) or 0)
    number = str(petition(app, made.id).number)
    assert len([row for row in rows if number in row]) == 13
    assert not [row for row in rows if re.search(r"[a-z] [a-z]", row)]  # no code of an action stands for a word
    assert any("clerk" in row for row in rows)


def test_every_event_that_is_written_has_its_words(app: Flask) -> None:
    events = {told.kind: told.events for told in rooms.told()}
    assert set(events) >= {"petition", "user", "unit", "sign_in"}
    put(app, State.CLOSED)
    with app.app_context():
        written = db.session.execute(select(Entry.thread, Entry.action).distinct()).all()
        assert len(written) > 10
        assert not [each for each in written if each.action not in events[each.thread]]


def test_the_record_goes_on_page_by_page(app: Flask, sign_in: SignIn) -> None:
    put_many(app, 60)
    leader = sign_in("leader")
    first = leader.get("/record").texts("tbody tr")
    second = leader.follow("下一页").texts("tbody tr")
    with app.app_context():
        assert len(first + second) == (db.session.scalar(select(func.count()).select_from(Entry)) or 0)
    assert len(first) == 50


def test_the_record_is_read_by_the_auditor_and_the_leader_alone(sign_in: SignIn) -> None:
    for username in ("contact", "clerk", "handler", "discipline", "administrator"):
        sign_in(username).get("/record", expect=403)


def test_the_record_cannot_be_written_to_by_who_reads_it(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.HANDLING)
    auditor = sign_in("auditor")
    token = auditor.get("/account").all("input[name=csrf_token]")[0].attributes["value"] or ""
    auditor.post("/record", {"csrf_token": token}, expect=405)
    auditor.post(f"/petitions/{made.id}/note", {"csrf_token": token, "text": "x"}, expect=404)


def test_the_case_page_of_a_leader_and_the_record_agree(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.DRAFTED)
    leader = sign_in("leader")
    press(leader, made.id, "sign")
    number = str(petition(app, made.id).number)
    told = [row for row in leader.get("/record").texts("tbody tr") if number in row]
    assert len(told) == len(leader.get(f"/petitions/{made.id}").texts(".timeline li"))
