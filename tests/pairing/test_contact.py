"""Contact groups, their visits, what they find on a phone, and how that is followed to its end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from blueprints.pairing.contact_groups.models import Group, Stop
from blueprints.pairing.contact_visits.domain import VISIT, WORKFLOW
from blueprints.pairing.contact_visits.models import Finding, FindingConcern, Photo, Visit
from blueprints.pairing.needs.models import Need
from blueprints.pairing.needs.models import Photo as NeedPhoto
from blueprints.petitions.casefile.models import Attachment
from blueprints.petitions.docket.models import Petition
from blueprints.petitions.screening.models import Item
from core import clock
from core.extensions import db
from core.profiles import terms, terms_on
from core.record import Entry
from tests.browse import Browser, Page, Value, queries
from tests.contact_office import find, group, visit
from tests.letters import FARMING, TYPED, VILLAGE, WATER, put, unit_id, viewer
from tests.pairing_office import pair, photo
from tests.rounds import decide, issue
from tests.upkeep import run

SignIn = Callable[..., Browser]
SQLITE = pytest.mark.parametrize("database", ["sqlite"])  # rules of forms and pages, the same on both
SEEN: dict[str, Value] = {"subject": "机耕路塌方一处", "text": "三组机耕路塌了四米。"}


def made(
    app: Flask, *, found: int = 0, paired: bool = False, days: int = 0, **about: Any
) -> tuple[int, int, list[int]]:
    """A group led by a handler, a visit of today, and so many findings: their ids."""
    with app.app_context():
        if paired:
            pair()
        team = group(**about)
        trip = visit(team, days=days)
        findings = [find(trip, f"问题{nth}号", key=str(nth)) for nth in range(found)]
        db.session.commit()
    return team, trip, findings


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    moment = clock.now() + timedelta(days=days)
    monkeypatch.setattr("core.clock.now", lambda: moment)


def state(app: Flask, id: int) -> str:
    with app.app_context():
        return db.session.get_one(Finding, id).state


def count(app: Flask, table: Any) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(table.id))) or 0


def become(person: Browser, id: int, action: str, expect: int = 200, **typed: Value) -> Page:
    address = f"/contact-visits/findings/{id}"
    person.get(address)
    person.follow(f"{address}/{action}")
    return person.submit(f"{address}/{action}", expect, fields=typed)


# --- groups and routes ---------------------------------------------------------------------------------------------


@SQLITE
def test_a_clerk_sets_a_group_up_and_gives_it_its_route(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        handler, leader = str(viewer("handler").id), str(viewer("leader").id)
    clerk = sign_in("clerk")
    clerk.get("/contact-groups/new")
    page = clerk.submit("成立", fields={"name": "第一联系组", "leader": leader, "members": [handler]})
    address = page.path
    for place, enterprise in (("420117001", ""), (VILLAGE, ""), (VILLAGE, "红旗米厂")):
        clerk.follow(f"{address}/stop")
        page = clerk.submit(f"{address}/stop", fields={"place": place, "enterprise": enterprise})
    assert page.texts("main ol.plain-list li")[2].startswith("红旗米厂（邾城街道 / 红旗社区）")
    assert "孙部长" in page.text
    assert "赵水务" in page.text
    clerk.follow(f"{address}/stop")
    assert clerk.submit(f"{address}/stop", 422, fields={"place": VILLAGE, "enterprise": "红旗米厂"}).all("#errors")
    run(app, "check")


@SQLITE
def test_no_two_groups_have_one_name_and_nobody_but_staff_belongs_to_one(app: Flask, sign_in: SignIn) -> None:
    made(app)
    with app.app_context():
        handler, contact = str(viewer("handler").id), str(viewer("contact").id)
    clerk = sign_in("clerk")
    clerk.get("/contact-groups/new")
    typed: dict[str, Value] = {"name": "第一联系组", "leader": handler, "members": [handler]}
    assert clerk.submit("成立", 422, fields=typed).all("#errors")
    clerk.get("/contact-groups/new")
    assert clerk.submit("成立", 422, fields={**typed, "name": "第二联系组", "leader": contact}).all("#errors")
    assert count(app, Group) == 1


@SQLITE
def test_a_stop_that_is_taken_out_of_the_route_keeps_what_was_found_there(app: Flask, sign_in: SignIn) -> None:
    team, trip, _ = made(app, found=1)
    with app.app_context():
        stop = db.session.scalars(select(Stop.id)).one()
    clerk = sign_in("clerk")
    clerk.get(f"/contact-groups/{team}")
    clerk.follow(f"/contact-groups/{team}/stops/{stop}/leave-out")
    page = clerk.submit(f"/contact-groups/{team}/stops/{stop}/leave-out")
    assert "路线上还没有走访点" in page.text
    assert "红旗社区" in clerk.get(f"/contact-visits/{trip}").text


# --- visits --------------------------------------------------------------------------------------------------------


@SQLITE
def test_a_member_plans_a_visit_and_a_group_goes_out_once_a_day(app: Flask, sign_in: SignIn) -> None:
    team, _, _ = made(app)
    handler = sign_in("handler")
    handler.get(f"/contact-groups/{team}")
    handler.follow(f"/contact-visits/plan/{team}")
    page = handler.submit(f"/contact-visits/plan/{team}", 422)  # today, when it goes already
    assert "已有走访安排" in page.text
    with app.app_context():
        day = (clock.today() + timedelta(days=3)).isoformat()
    handler.submit(f"/contact-visits/plan/{team}", fields={"held_on": day})
    assert count(app, Visit) == 2


def test_only_the_group_and_a_clerk_act_on_a_visit(app: Flask, sign_in: SignIn) -> None:
    _, trip, found = made(app, found=1)
    stranger = sign_in("handler2")
    assert not [each for each in stranger.get(f"/contact-visits/{trip}").buttons if "记录" in each]
    stranger.get(f"/contact-visits/{trip}/take-down", 404)
    stranger.get(f"/contact-visits/findings/{found[0]}", 404)
    assert "问题0号" not in stranger.get("/contact-visits/findings").text
    assert "问题0号" in sign_in("leader").get(f"/contact-visits/findings/{found[0]}").text
    leader = sign_in("leader")
    assert "/remark" not in leader.get(f"/contact-visits/findings/{found[0]}").html
    assert "/need" in sign_in("clerk2").get(f"/contact-visits/findings/{found[0]}").html
    sign_in("contact").get(f"/contact-visits/{trip}", 404)


@SQLITE
def test_nothing_is_taken_down_before_the_day_of_the_visit(app: Flask, sign_in: SignIn) -> None:
    _, trip, _ = made(app, days=2)
    handler = sign_in("handler")
    assert "take-down" not in handler.get(f"/contact-visits/{trip}").html
    handler.get(f"/contact-visits/{trip}/take-down", 404)


@SQLITE
def test_a_visit_is_closed_once_everything_is_handed_on(app: Flask, sign_in: SignIn) -> None:
    _, trip, found = made(app, found=1)
    handler = sign_in("handler")
    assert f"/contact-visits/{trip}/close" not in handler.get(f"/contact-visits/{trip}").html
    become(handler, found[0], "remark", remark="当场扶正。")
    handler.get(f"/contact-visits/{trip}")
    handler.follow(f"/contact-visits/{trip}/close")
    assert "走访已办结" in handler.submit(f"/contact-visits/{trip}/close").text


# --- taken down on the way -----------------------------------------------------------------------------------------


def test_what_was_found_is_taken_down_once_however_often_it_is_sent(app: Flask, sign_in: SignIn) -> None:
    _, trip, _ = made(app)
    handler = sign_in("handler")
    address = f"/contact-visits/{trip}/take-down"
    key = handler.get(address).one("input[name=form_key]").attributes["value"]
    page = handler.submit(address, fields={**SEEN, "photos": [(photo(), "路.jpg")]})
    assert "机耕路塌方一处" in page.text
    assert page.one("script[data-key]").attributes["data-key"] == key  # the phone forgets this very draft
    handler.get(address)
    handler.submit(address, fields={**SEEN, "form_key": key or "", "photos": [(photo(), "路.jpg")]})
    assert (count(app, Finding), count(app, Photo)) == (1, 1)
    handler.get(address)
    handler.submit(address, fields={**SEEN, "form_key": key or ""})  # reopened, the form has lost its photos
    assert (count(app, Finding), count(app, Photo)) == (1, 1)
    with app.app_context():
        assert db.session.get_one(Visit, trip).state == "held"
        row = db.session.scalars(select(Finding)).one()
        assert row.due_on == row.deadline.due_on
    run(app, "check")


@SQLITE
def test_photos_that_come_with_the_same_words_sent_again_are_kept(app: Flask, sign_in: SignIn) -> None:
    _, trip, _ = made(app)
    handler = sign_in("handler")
    address = f"/contact-visits/{trip}/take-down"
    key = handler.get(address).one("input[name=form_key]").attributes["value"] or ""
    handler.submit(address, fields=SEEN)
    handler.get(address)
    handler.submit(address, fields={**SEEN, "form_key": key, "photos": [(photo(), "路.jpg")]})
    assert (count(app, Finding), count(app, Photo)) == (1, 1)
    run(app, "check")


@SQLITE
def test_what_was_sent_after_the_visit_was_closed_stays_in_the_form(app: Flask, sign_in: SignIn) -> None:
    _, trip, _ = made(app)
    handler = sign_in("handler")
    handler.get(f"/contact-visits/{trip}/take-down")
    with app.app_context():
        row = db.session.get_one(Visit, trip)
        row.move("hold", {}, by=viewer("clerk"))
        row.move("close", {}, by=viewer("clerk"))
        db.session.commit()
    page = handler.submit(f"/contact-visits/{trip}/take-down", 422, fields=SEEN)
    assert "三组机耕路塌了四米。" in page.html
    assert count(app, Finding) == 0


@SQLITE
def test_what_was_taken_down_and_is_sent_again_after_closing_is_answered_as_before(app: Flask, sign_in: SignIn) -> None:
    _, trip, _ = made(app)
    handler = sign_in("handler")
    address = f"/contact-visits/{trip}/take-down"
    key = handler.get(address).one("input[name=form_key]").attributes["value"] or ""
    handler.submit(address, fields=SEEN)
    with app.app_context():
        id = db.session.scalars(select(Finding.id)).one()
    handler.get(address)
    with app.app_context():
        db.session.get_one(Finding, id).become("remark", {"remark": "当场扶正。"}, by=viewer("clerk"))
        db.session.get_one(Visit, trip).move("close", {}, by=viewer("clerk"))
        db.session.commit()
    page = handler.submit(address, fields={**SEEN, "form_key": key})
    assert page.path.endswith("/taken-down")
    assert count(app, Finding) == 1


@SQLITE
def test_what_waited_on_a_phone_was_found_on_the_day_it_was_written(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, trip, _ = made(app)
    with app.app_context():
        written = clock.today()
    later(monkeypatch, 3)
    handler = sign_in("handler")
    address = f"/contact-visits/{trip}/take-down"
    handler.get(address)
    early: dict[str, Value] = {**SEEN, "found_on": (written - timedelta(days=1)).isoformat()}
    assert handler.submit(address, 422, fields=early).all("#found_on-error")
    handler.submit(address, fields={**SEEN, "found_on": written.isoformat()})
    with app.app_context():
        row = db.session.scalars(select(Finding)).one()
        assert (row.found_on, row.deadline.start_on) == (written, written)


def test_what_complains_of_the_groups_leader_stands_on_the_clerks_desk(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        trip = visit(group(members=("clerk", "handler2")))
        find(trip, "水费收取不公开", against=WATER, by="handler2")
        find(trip, "小桥护栏松动", by="handler2", key="2")
        db.session.commit()
    desk = sign_in("clerk").get("/desk").text
    assert "水费收取不公开" in desk
    assert "小桥护栏松动" not in desk
    assert "水费收取不公开" not in sign_in("handler").get("/desk").text


@SQLITE
def test_a_finding_that_complains_of_somebody_becomes_a_need_with_a_warning(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        trip = visit(group(members=("clerk", "handler2")))
        one = find(trip, against=WATER, by="handler2")
        other = find(trip, by="handler2", key="2")
        db.session.commit()
    clerk = sign_in("clerk")
    assert "反映了某人" in clerk.get(f"/contact-visits/findings/{one}/need").text
    assert "反映了某人" not in clerk.get(f"/contact-visits/findings/{other}/need").text


@SQLITE
def test_what_is_about_the_office_itself_is_not_kept(app: Flask, sign_in: SignIn) -> None:
    _, trip, _ = made(app)
    handler = sign_in("handler")
    handler.get(f"/contact-visits/{trip}/take-down")
    page = handler.submit(f"/contact-visits/{trip}/take-down", 422, fields={**SEEN, "person": "孙部长"})
    assert page.all("#errors")
    assert count(app, Finding) == 0


# --- what it becomes -----------------------------------------------------------------------------------------------


def test_a_finding_becomes_a_need_which_links_back_and_is_followed_to_its_end(app: Flask, sign_in: SignIn) -> None:
    _, trip, _ = made(app, paired=True)
    with app.app_context():
        handler = viewer("handler")
    person = sign_in("handler")
    person.get(f"/contact-visits/{trip}/take-down")
    person.submit(f"/contact-visits/{trip}/take-down", fields={**SEEN, "photos": [(photo(), "路.jpg")]})
    with app.app_context():
        id = db.session.scalars(select(Finding.id)).one()
    assert "需求已提出" in become(person, id, "need", kind="road").text
    assert count(app, NeedPhoto) == 1  # the photo goes along
    with app.app_context():
        need = db.session.scalars(select(Need.id)).one()
    assert person.get(f"/needs/{need}").all(f"a[href='/contact-visits/findings/{id}']")
    stranger = sign_in("contact")
    told = stranger.get(f"/needs/{need}")
    assert "来自" in told.text
    assert not told.all(f"a[href='/contact-visits/findings/{id}']")
    assert "机耕路塌方一处" in person.get("/contact-visits/findings").text
    with app.app_context():
        db.session.get_one(Need, need).move("decline", {"reason": "已列入计划。"}, by=handler)
        db.session.commit()
    assert "机耕路塌方一处" not in person.get("/contact-visits/findings").text
    assert "机耕路塌方一处" in person.get("/contact-visits/findings?where=ended").text
    run(app, "check")


def test_a_finding_becomes_an_item_of_a_round_that_asks_the_unit(app: Flask, sign_in: SignIn) -> None:
    _, _, found = made(app, found=1)
    handler = sign_in("handler")
    assert "/item" not in handler.get(f"/contact-visits/findings/{found[0]}").html
    with app.app_context():
        round = str(issue())
        db.session.commit()
    typed: dict[str, Value] = {"round": round, "field": "building", "urgency": "soon", "people": "some"}
    assert "待研究" in become(handler, found[0], "item", 200, **typed).text
    with app.app_context():
        item = db.session.scalars(select(Item.id)).one()
        decide(item, "drop")
        db.session.commit()
    assert "问题0号" in handler.get("/contact-visits/findings?where=ended").text


def test_a_finding_becomes_a_letter_whose_state_is_told_to_those_who_may_see_it(app: Flask, sign_in: SignIn) -> None:
    _, trip, _ = made(app)
    handler = sign_in("handler")
    handler.get(f"/contact-visits/{trip}/take-down")
    handler.submit(
        f"/contact-visits/{trip}/take-down", fields={**SEEN, "subject": "问题0号", "photos": [(photo(), "路.jpg")]}
    )
    with app.app_context():
        found = [db.session.scalars(select(Finding.id)).one()]
    address = f"/contact-visits/findings/{found[0]}/letter"
    handler.get(address)
    letter = {name: TYPED[name] for name in ("kind", "signing", "name", "address", "contact")}
    assert handler.submit(address, fields=letter).all(".receipt, .slip")
    told = handler.get(f"/contact-visits/findings/{found[0]}")
    assert "后续情况不向您显示" in told.text  # the case is not theirs
    assert not told.all("main a[href^='/petitions/']")
    clerk = sign_in("clerk")
    assert clerk.get(f"/contact-visits/findings/{found[0]}").all("main a[href^='/petitions/']")
    assert "问题0号" in handler.get("/contact-visits/findings?where=under_way").text
    assert (count(app, Petition), count(app, Attachment)) == (1, 1)  # the photo goes along
    run(app, "check")


@SQLITE
def test_a_remark_says_what_was_done_on_the_spot_and_ends_it(app: Flask, sign_in: SignIn) -> None:
    _, _, found = made(app, found=1)
    handler = sign_in("handler")
    assert become(handler, found[0], "remark", 422, remark="").all("#errors")
    assert "当场扶正。" in become(handler, found[0], "remark", remark="当场扶正。").text
    assert "问题0号" not in handler.get("/contact-visits/findings").text
    with app.app_context():
        row = db.session.get_one(Finding, found[0])
        assert (row.due_on, row.handed_on) == (None, clock.today())
        assert "扶正" not in str(db.session.scalars(select(Entry.data)).all())


@SQLITE
def test_what_became_something_becomes_nothing_else(app: Flask, sign_in: SignIn) -> None:
    _, _, found = made(app, found=1, paired=True)
    one, other = sign_in("handler"), sign_in("clerk")
    address = f"/contact-visits/findings/{found[0]}"
    one.get(f"{address}/remark")
    other.get(f"{address}/need")
    one.submit(f"{address}/remark", fields={"remark": "当场扶正。"})
    other.submit(f"{address}/need", 409, fields={"kind": "road"})
    assert count(app, Need) == 0


# --- the wall ------------------------------------------------------------------------------------------------------


def test_whoever_a_finding_complains_of_finds_no_trace_of_it(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        trip = visit(group(members=("clerk", "handler2")))
        id = find(trip, "水费收取不公开", against=WATER, by="handler2")
        db.session.commit()
    assert "水费收取不公开" in sign_in("handler2").get(f"/contact-visits/{trip}").text
    walled = sign_in("handler")  # leads the group, and works in that unit
    assert "水费收取不公开" not in walled.get(f"/contact-visits/{trip}").text
    walled.get(f"/contact-visits/findings/{id}", 404)
    assert "水费收取不公开" not in walled.get("/contact-visits/findings?where=all").text
    assert walled.get("/contact-visits/").texts("td.number") == ["0"]
    assert "水费收取不公开" not in walled.get("/desk").text
    assert f"/contact-visits/{trip}/close" in walled.get(f"/contact-visits/{trip}").html  # as if there were nothing
    assert f"/contact-visits/{trip}/close" not in sign_in("handler2").get(f"/contact-visits/{trip}").html
    run(app, "check")


def test_a_visit_over_and_without_anything_left_stands_on_the_desk_of_its_leader_to_close(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        trip = visit(group(members=("clerk", "handler2")))
        find(trip, "水费收取不公开", against=WATER, by="handler2")
        db.session.commit()
    later(monkeypatch, 1)
    assert sign_in("handler").get("/desk").all(f"a[href='/contact-visits/{trip}']")  # walled from what waits
    with app.app_context():
        find(trip, "小桥护栏松动", by="handler2", key="2")
        db.session.commit()
    assert not sign_in("handler").get("/desk").all(f"a[href='/contact-visits/{trip}']")


def test_a_letter_that_complains_of_a_reader_of_the_finding_is_not_made_of_it(app: Flask, sign_in: SignIn) -> None:
    _, _, found = made(app, found=1, members=("clerk", "handler2"))
    address = f"/contact-visits/findings/{found[0]}/letter"
    clerk = sign_in("clerk")
    clerk.get(address)
    letter = {name: TYPED[name] for name in ("kind", "signing", "name", "address", "contact")}
    with app.app_context():
        farming = str(unit_id(FARMING))
    page = clerk.submit(address, 422, fields={**letter, "unit": farming})
    assert "被反映人现在能看到" in page.text
    assert (count(app, Petition), state(app, found[0])) == (0, "found")


def test_a_case_that_comes_to_complain_of_a_reader_takes_the_finding_out_of_sight(app: Flask, sign_in: SignIn) -> None:
    _, trip, found = made(app, found=1)
    case = put(app, against=WATER)
    with app.app_context():
        row = db.session.get_one(Finding, found[0])
        row.state, row.petition_id, row.due_on, row.handed_on = "letter", case.id, None, clock.today()
        row.trace("letter", by=viewer("clerk").id, state="letter", letter=case.id)
        db.session.commit()
    handler = sign_in("handler")
    handler.get(f"/contact-visits/findings/{found[0]}", 404)
    assert "问题0号" not in handler.get(f"/contact-visits/{trip}").text
    assert "问题0号" in sign_in("clerk").get(f"/contact-visits/{trip}").text


# --- what is due, the village's page -------------------------------------------------------------------------------


def test_what_is_not_handed_on_stands_on_the_desk_of_the_groups_leader(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, found = made(app, found=1)
    assert "问题0号" in sign_in("handler").get("/desk").text
    assert "问题0号" not in sign_in("clerk").get("/desk").text  # a member, who does not lead it
    later(monkeypatch, 20)
    assert "超期" in sign_in("handler").get(f"/contact-visits/findings/{found[0]}").text
    assert "问题0号" in sign_in("handler").get("/contact-visits/findings?late=y").text


def test_the_villages_page_tells_of_visits_and_of_what_is_not_at_its_end(app: Flask, sign_in: SignIn) -> None:
    _, trip, found = made(app, found=2, paired=True)
    handler = sign_in("handler")
    become(handler, found[0], "remark", remark="当场扶正。")
    page = handler.get(f"/villages/{VILLAGE}")
    assert page.all(f"a[href='/contact-visits/{trip}']")
    assert "问题1号" in page.text
    assert "问题0号" not in page.text
    contact = sign_in("contact").get(f"/villages/{VILLAGE}")
    assert "第一联系组" in contact.text
    assert "问题1号" not in contact.text
    assert not contact.all(f"a[href='/contact-visits/{trip}']")


@SQLITE
def test_the_lists_cost_the_same_however_long_they_are(app: Flask, sign_in: SignIn) -> None:
    handler = sign_in("handler")
    _, trip, _ = made(app, found=2)
    handler.get("/contact-visits/findings")  # the places are read once
    costs = []
    for many in (2, 9):
        with app.app_context():
            for nth in range(many):
                find(trip, f"又一个{nth}", key=str(100 * many + nth))
            db.session.commit()
        for address in ("/contact-visits/findings", f"/contact-visits/{trip}", "/contact-visits/"):
            with queries(app) as seen:
                handler.get(address)
            costs.append(len(seen))
    assert costs[:3] == costs[3:]


@SQLITE
def test_the_filter_narrows_the_list_by_group_township_and_lateness(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        one = group()
        find(visit(one), "邾城的问题", key="1")
        two = group(name="第二联系组", place="420117002001")
        find(visit(two), "阳逻的问题", key="2")
        db.session.commit()
    clerk = sign_in("clerk")
    assert "邾城的问题" not in clerk.get(f"/contact-visits/findings?group={two}").text
    page = clerk.get("/contact-visits/findings?township=420117001")
    assert "邾城的问题" in page.text
    assert "阳逻的问题" not in page.text
    assert "没有符合条件的内容" in clerk.get("/contact-visits/findings?late=y").text or clerk.page.all(".empty")
    clerk.get("/contact-visits/findings?group=zz&where=zz&township=zz")


# --- data and tables -----------------------------------------------------------------------------------------------


@SQLITE
def test_the_clock_is_data_and_a_later_set_is_for_what_is_found_later(app: Flask) -> None:
    with app.app_context():
        first = terms("contact")[0]
        assert terms_on("contact", first.in_force_on - timedelta(days=400)) is first
        assert first.rule("hand_on").target


@SQLITE
@pytest.mark.parametrize("table", [VISIT, WORKFLOW])
def test_every_step_has_its_own_key(table: Any, app: Flask) -> None:
    assert len({step.action for step in table}) == len(list(table))
    assert all(step.only for step in table)


@SQLITE
def test_check_sees_a_finding_whose_wall_was_taken_away(app: Flask) -> None:
    with app.app_context():
        find(visit(group(members=("clerk", "handler2"))), against=WATER, by="handler2")
        db.session.commit()
        db.session.connection().exec_driver_sql("DELETE FROM contact_concern")
        db.session.connection().commit()
        assert db.session.scalar(select(func.count(FindingConcern.id))) == 0
    assert "contact_finding" in run(app, "check", code=1)
