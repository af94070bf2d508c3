"""Reception days with slots, early and late hours with their gaps, and the calendar that other programs read."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from blueprints.petitions.docket.domain import State
from blueprints.petitions.docket.models import Petition
from blueprints.petitions.reception.domain import gaps, slot_time, within_office_hours
from blueprints.petitions.reception.models import ReceptionDay, WindowHours, WindowRecord
from core import ics
from core.extensions import db
from core.record import Entry
from tests.browse import Browser, Value
from tests.letters import FARMING, WATER, everything_stored, put, unit_id
from tests.petitions.test_visits import day, plan, step, user_id

SignIn = Callable[..., Browser]


@pytest.fixture
def clerk(sign_in: SignIn) -> Browser:
    return sign_in("clerk")


def day_of(app: Flask, clerk: Browser, ahead: int = 5, *, announce: bool = True, **changes: Value) -> int:
    """Plan a reception day by the form, and announce it; its id."""
    clerk.get("/reception/new")
    typed: dict[str, Value] = {
        "held_on": day(ahead).isoformat(),
        "starts": "09:00",
        "minutes": "20",
        "slots": "9",
        "leader": str(user_id(app, "leader")),
        "where": "一楼接待室",
    }
    clerk.submit("/reception/new", fields={**typed, **changes})
    found = re.search(r"/reception/(\d+)$", clerk.page.path)
    assert found
    if announce:
        clerk.follow(f"/reception/{found[1]}/announce")
        clerk.submit(f"/reception/{found[1]}/announce")
    return int(found[1])


def number_of(app: Flask, id: int) -> str:
    with app.app_context():
        return db.session.get_one(Petition, id).number or ""


# --- reception days ------------------------------------------------------------------------------------------------


def test_a_clerk_gives_a_matter_one_of_the_free_times(app: Flask, clerk: Browser) -> None:
    id = day_of(app, clerk, slots="3")
    made = [put(app, State.HANDLING, subject=f"第{each}件") for each in range(4)]
    for each in made[:3]:
        clerk.get(f"/reception/{id}")
        clerk.submit(f"/reception/{id}/sign-up", number=number_of(app, each.id))
    assert clerk.page.texts("#main tbody td[data-label='时间']") == ["09:00", "09:20", "09:40"]
    clerk.submit(f"/reception/{id}/sign-up", expect=422, number=number_of(app, made[3].id))
    assert "约满" in clerk.page.text
    clerk.submit(f"/reception/{id}/sign-up", expect=422, number="2026-99999")
    assert app.test_cli_runner().invoke(args=["check"]).exit_code == 0


def test_a_matter_about_the_viewer_is_not_shown_in_its_slot(app: Flask, sign_in: SignIn, clerk: Browser) -> None:
    id = day_of(app, clerk)
    made = put(app, State.HANDLING, unit=FARMING, person="李登记", subject="标记题目")
    other = sign_in("leader")
    other.get(f"/reception/{id}")
    other.submit(f"/reception/{id}/sign-up", number=number_of(app, made.id))
    assert "标记题目" in other.page.text
    page = clerk.get(f"/reception/{id}")
    assert "标记题目" not in page.text
    assert str(made.id) not in page.html
    with app.app_context():  # the day's own record tells nothing of it either
        told = list(db.session.scalars(select(Entry.action).where(Entry.thread == "reception_day")))
    assert told == ["planned", "announce"]
    clerk.get(f"/reception/{id}/result?case={made.id}", expect=404)


def test_a_day_that_is_over_takes_no_sign_up_and_one_ahead_was_not_held(app: Flask, clerk: Browser) -> None:
    ahead = day_of(app, clerk)
    clerk.get(f"/reception/{ahead}")
    assert not clerk.page.all(f"a[href='/reception/{ahead}/hold']")
    over = day_of(app, clerk, ahead=-1)
    clerk.get(f"/reception/{over}")
    assert not clerk.page.all(f"form[action='/reception/{over}/sign-up']")
    clerk.follow(f"/reception/{over}/hold")
    clerk.submit(f"/reception/{over}/hold")
    with app.app_context():
        assert db.session.get_one(ReceptionDay, over).state == "held"


def test_a_slot_begins_when_the_one_before_it_ends() -> None:
    assert [slot_time("08:50", 20, slot) for slot in range(4)] == ["08:50", "09:10", "09:30", "09:50"]


# --- early and late hours ------------------------------------------------------------------------------------------


def publish(browser: Browser, **changes: Value) -> None:
    browser.get("/reception/hours/new")
    typed: dict[str, Value] = {
        "weekday": str(day().weekday()),
        "starts": "18:00",
        "ends": "20:00",
        "on_duty": "值班员老黄",
        "since_on": day(-21).isoformat(),
    }
    browser.submit("/reception/hours/new", fields={**typed, **changes})


def test_a_unit_publishes_its_hours_for_everybody_to_read(app: Flask, sign_in: SignIn, visitor: Browser) -> None:
    publish(sign_in("handler"))
    told = visitor.get("/visits/announced").text
    assert WATER in told
    assert "18:00–20:00" in told
    assert "值班员老黄" in told


def test_a_handler_keeps_the_hours_of_the_own_unit_alone(app: Flask, sign_in: SignIn) -> None:
    handler = sign_in("handler")
    handler.get("/reception/hours/new")
    assert [each for each in handler.page.texts("#unit option") if each != "请选择"] == [WATER]
    publish(handler)
    with app.app_context():
        id = db.session.scalars(select(WindowHours.id)).one()
    sign_in("handler2").get(f"/reception/hours/{id}/record", expect=404)
    assert "停止这一时段" not in sign_in("handler2").get("/reception/hours").text


def test_office_hours_are_neither_early_nor_late(clerk: Browser, app: Flask) -> None:
    clerk.get("/reception/hours/new")
    with app.app_context():
        water = str(unit_id(WATER))
    typed: dict[str, Value] = {
        "unit": water,
        "weekday": "0",
        "starts": "09:00",
        "ends": "11:00",
        "on_duty": "黄",
        "since_on": str(day()),
    }
    clerk.submit("/reception/hours/new", expect=422, fields=typed)
    assert within_office_hours(4, "09:00", "17:00")
    assert not within_office_hours(5, "09:00", "11:00")
    assert not within_office_hours(0, "16:00", "18:00")


def test_announced_hours_without_a_record_show_as_gaps_until_they_are_recorded(app: Flask, sign_in: SignIn) -> None:
    handler = sign_in("handler")
    publish(handler)
    made = put(app, State.HANDLING)
    assert len(handler.get("/reception/hours").all("a[href*='day=']")) == 3  # of three weeks; today is not over
    gap = str(handler.page.all("a[href*='day=']")[0].attributes["href"])
    handler.get(gap)
    address = gap.partition("?")[0]
    told: dict[str, Value] = {"who": "黄师傅", "came": "2", "words": "一件登记。", "numbers": number_of(app, made.id)}
    handler.submit(address, fields=told)
    assert len(handler.page.all("a[href*='day=']")) == 2
    assert number_of(app, made.id) in handler.page.text
    handler.get(gap)
    handler.submit(address, expect=422, fields=told)  # a day is recorded once
    with app.app_context():
        assert db.session.scalar(select(func.count(WindowRecord.id))) == 1
    assert app.test_cli_runner().invoke(args=["check"]).exit_code == 0
    assert not [each for each in everything_stored(app) if "黄师傅" in each or "一件登记" in each]


def test_a_matter_taken_down_in_those_hours_is_shown_to_who_may_see_it_alone(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.HANDLING, unit=FARMING, person="李登记")
    other, number = sign_in("handler2"), number_of(app, made.id)
    publish(other)
    with app.app_context():
        id = db.session.scalars(select(WindowHours.id)).one()
    walled = sign_in("clerk")
    walled.get(f"/reception/hours/{id}/record")
    told: dict[str, Value] = {"held_on": str(day()), "who": "甲", "came": "1", "numbers": number}
    walled.submit(f"/reception/hours/{id}/record", expect=422, fields=told)
    other.get(f"/reception/hours/{id}/record")
    other.submit(f"/reception/hours/{id}/record", fields=told)
    assert number in other.page.text
    assert number not in walled.get("/reception/hours").text


def test_gaps_are_counted_from_the_first_day_to_yesterday_and_four_weeks_back() -> None:
    wednesday, today = 2, date(2026, 11, 25)  # a Wednesday
    days = gaps(wednesday, date(2026, 1, 1), None, set(), today)
    assert days == [date(2026, 11, 18), date(2026, 11, 11), date(2026, 11, 4), date(2026, 10, 28)]
    assert gaps(wednesday, date(2026, 11, 12), None, {date(2026, 11, 18)}, today) == []
    assert gaps(wednesday, date(2026, 11, 1), date(2026, 11, 10), set(), today) == [date(2026, 11, 4)]


def test_hours_that_ended_leave_the_public_page_the_day_after(
    app: Flask, sign_in: SignIn, visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = sign_in("handler")
    publish(handler)
    with app.app_context():
        id = db.session.scalars(select(WindowHours.id)).one()
    handler.submit(f"/reception/hours/{id}/end")
    assert WATER in visitor.get("/visits/announced").text
    monkeypatch.setattr("core.clock.today", lambda: day(1))
    assert WATER not in visitor.get("/visits/announced").text


# --- the calendar --------------------------------------------------------------------------------------------------


def test_the_calendar_shows_a_month_and_leads_to_the_ones_beside_it(app: Flask, clerk: Browser) -> None:
    visit = plan(app, clerk, ahead=0, where="村办公室")
    day_of(app, clerk, ahead=0)
    clerk.get("/reception/calendar")
    assert "村办公室" in clerk.page.text
    assert "一楼接待室" in clerk.page.text
    clerk.follow("下个月")
    assert "村办公室" not in clerk.page.text
    clerk.follow("上个月")
    assert "村办公室" in clerk.page.text
    for odd in ("13", "2026-13", "x" * 400, "2026-1", "２０２６-11"):
        clerk.get(f"/reception/calendar?month={odd}")
    step(clerk, visit, "cancel", reason="改期。")
    assert "村办公室" not in clerk.get("/reception/calendar").text


def unfolded(data: bytes) -> Iterator[tuple[str, str]]:
    """The lines of a calendar file as RFC 5545 reads them: name and value."""
    for octets in data.split(b"\r\n"):
        assert len(octets) <= 75
    assert data.endswith(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    for line in data.decode().replace("\r\n ", "").split("\r\n"):
        if line:
            name, _, value = line.partition(":")
            yield name, value


def parsed(data: bytes) -> list[dict[str, str]]:
    """The appointments of a calendar file, their texts as people read them."""
    events: list[dict[str, str]] = []
    inside = False
    lines = list(unfolded(data))
    assert lines[0] == ("BEGIN", "VCALENDAR")
    assert lines[-1] == ("END", "VCALENDAR")
    assert ("VERSION", "2.0") in lines
    for name, value in lines:
        if (name, value) == ("BEGIN", "VEVENT"):
            events.append({})
            inside = True
        elif (name, value) == ("END", "VEVENT"):
            inside = False
        elif inside:
            assert name not in events[-1]
            events[-1][name] = re.sub(r"\\(.)", lambda sign: "\n" if sign[1] in "nN" else sign[1], value)
    return events


def test_a_parser_reads_back_what_a_calendar_file_says(app: Flask) -> None:
    title = "下访；地点,\\ 甲" * 12 + "😀"
    made = ics.Appointment("visit-1", date(2026, 3, 1), "09:00", "11:30", title, "村委会\n二楼", "第一行\n第二行")
    with app.app_context():
        data = ics.calendar(
            [made, ics.Appointment("visit-2", date(2026, 3, 2), "00:30", "01:00", "x", "y", status="CANCELLED")]
        )
    first, second = parsed(data)
    assert first["SUMMARY"] == title
    assert first["LOCATION"] == "村委会\n二楼"
    assert first["DESCRIPTION"] == "第一行\n第二行"
    assert first["UID"] != second["UID"]
    moment = datetime.strptime(first["DTSTART"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert moment == datetime(2026, 3, 1, 1, 0, tzinfo=UTC)  # nine o'clock in Wuhan
    assert datetime.strptime(second["DTSTART"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) == moment + timedelta(hours=15.5)
    assert first["DTEND"] == "20260301T033000Z"
    assert re.fullmatch(r"\d{8}T\d{6}Z", first["DTSTAMP"])
    assert (first["STATUS"], second["STATUS"]) == ("CONFIRMED", "CANCELLED")


def test_one_visit_and_all_that_lies_ahead_are_downloaded_without_any_matter(app: Flask, clerk: Browser) -> None:
    made = put(app, State.HANDLING)
    visit, reception = plan(app, clerk), day_of(app, clerk)
    clerk.get(f"/visits/{visit}/cases")
    clerk.submit(f"/visits/{visit}/cases", fields={"case": [str(made.id)]})
    for address, uids in {
        f"/visits/{visit}.ics": {f"visit-{visit}"},
        f"/reception/{reception}.ics": {f"reception-{reception}"},
        "/reception/calendar.ics": {f"visit-{visit}", f"reception-{reception}"},
    }.items():
        answer = clerk.client.get(address)
        assert answer.mimetype == "text/calendar"
        assert "attachment" in answer.headers["Content-Disposition"]
        events = parsed(answer.data)
        assert {event["UID"].partition("@")[0] for event in events} == uids
        assert "水泵" not in answer.get_data(as_text=True)
