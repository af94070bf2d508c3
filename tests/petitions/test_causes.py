"""Causes: what ties cases together, its remedies, its proposals to units, and who never learns of it."""

from collections.abc import Callable

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.accounts.models import Unit, User
from blueprints.petitions.causes import models, queries
from blueprints.petitions.causes.domain import MOST_CAUSES, WORKFLOW, State
from blueprints.petitions.causes.models import Cause, Proposal, Remedy, Tie
from blueprints.petitions.causes.queries import Filter, ProposalsMade, listed, proposals_made
from blueprints.petitions.causes.told import case
from blueprints.petitions.docket.domain import State as CaseState
from blueprints.petitions.docket.models import Petition
from core.desk import read
from core.extensions import db
from core.record import Entry, Untraced
from core.roles import Role
from core.workflow import NotPossible
from tests.browse import Browser, Value
from tests.browse import queries as sent_queries
from tests.causes import (
    DISTRICT,
    OTHER_TOWNSHIP,
    PROPOSED,
    TITLE,
    TOWNSHIP,
    WORDS,
    day,
    move,
    name,
    on,
    propose,
    remedy,
)
from tests.letters import FARMING, PUMPS, WATER, petition, put, unit_id, viewer
from tests.people import PASSWORD
from tests.upkeep import run, spoil

SignIn = Callable[..., Browser]


def cause_of(app: Flask, id: int) -> Cause:
    with app.app_context():
        return db.session.get_one(Cause, id)


def seen(app: Flask, username: str) -> list[int]:
    """The causes that somebody's list holds."""
    with app.app_context():
        return [line.cause.id for line in listed(viewer(username), Filter(state="all")).rows]


def actions(app: Flask, kind: str, id: int) -> list[str]:
    with app.app_context():
        rows = select(Entry.action).where(Entry.thread == kind, Entry.thread_id == id).order_by(Entry.number)
        return list(db.session.scalars(rows))


# --- cases ---------------------------------------------------------------------------------------------------------


def test_a_clerk_names_a_cause_and_ties_cases_found_by_number_and_by_words(app: Flask, sign_in: SignIn) -> None:
    first, second = put(app, CaseState.REGISTERED, subject="泵坏了"), put(app, CaseState.REGISTERED, subject="渠道堵了")
    clerk = sign_in("clerk")
    clerk.get("/causes/")
    clerk.follow("新建问题根源")
    clerk.submit("/causes/new", fields=WORDS)
    assert clerk.page.heading == TITLE
    assert f"{on().year}-001" in clerk.page.text
    id = int(clerk.page.path.rpartition("/")[2])
    for q, chosen, other in (
        (str(petition(app, first.id).number), "泵坏了", "渠道堵了"),
        ("渠道", "渠道堵了", "泵坏了"),
    ):
        clerk.follow("关联信访事项")
        page = clerk.submit("搜索", q=q)
        assert chosen in page.text
        assert other not in page.text
        clerk.submit("关联信访事项", cases=[page.one("input[name=cases]").attributes["value"] or ""])
    assert {"泵坏了", "渠道堵了"} <= set(clerk.page.texts("section[aria-labelledby=cases] a"))
    assert actions(app, "cause", id) == ["opened", "tie", "tie"]
    for each in (first.id, second.id):
        assert TITLE in clerk.get(f"/petitions/{each}").texts("p.causes")[0]


def test_a_case_is_tied_from_its_own_page_to_an_old_cause_or_a_new_one(app: Flask, sign_in: SignIn) -> None:
    case, id = put(app, CaseState.REGISTERED).id, name(app)
    clerk = sign_in("clerk")
    clerk.get(f"/petitions/{case}")
    clerk.follow("关联问题根源")
    clerk.submit("关联问题根源", expect=422)
    clerk.submit("关联问题根源", cause=str(id))
    assert TITLE in clerk.page.texts("p.causes")[0]
    clerk.follow("关联问题根源")
    clerk.follow("为它新建问题根源")
    clerk.submit("/causes/new", fields={**WORDS, "title": "另一个根源"})
    assert "另一个根源" in clerk.get(f"/petitions/{case}").texts("p.causes")[0]


def test_a_form_with_something_missing_keeps_what_was_typed(app: Flask, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    clerk.get("/causes/new")
    page = clerk.submit("/causes/new", expect=422, fields={**WORDS, "title": "", "place": ""})
    assert page.one("#explanation").text() == WORDS["explanation"]
    assert page.all("#title-error")
    assert page.all("#place-error")


def test_a_case_has_at_most_three_causes_and_each_only_once(app: Flask, sign_in: SignIn) -> None:
    case = put(app, CaseState.REGISTERED).id
    ids = [name(app, case) for _ in range(MOST_CAUSES)]
    fourth = name(app)
    with app.app_context():
        clerk = viewer("clerk")
        for id in (fourth, ids[0]):
            with pytest.raises(NotPossible):
                db.session.get_one(Cause, id).tie(db.session.get_one(Petition, case), by=clerk)
        assert not queries.to_tie(db.session.get_one(Cause, fourth), clerk, "")
    page = sign_in("clerk").get(f"/petitions/{case}")
    assert "关联问题根源" not in page.texts("p.causes a")


def test_nobody_ties_a_case_they_may_not_see(app: Flask, sign_in: SignIn) -> None:
    own, other = put(app, CaseState.HANDLING).id, put(app, CaseState.HANDLING, unit=FARMING).id
    id = name(app, own)
    handler = sign_in("handler")
    page = handler.get(f"/causes/{id}/tie")
    assert str(other) not in page.html
    more = put(app, CaseState.HANDLING).id
    handler.get(f"/causes/{id}/tie")
    token, version = (
        handler.page.one(f"main form[method=post] input[name={each}]").attributes["value"]
        for each in ("csrf_token", "version")
    )
    handler.post(f"/causes/{id}/tie", {"csrf_token": token, "version": version, "cases": str(other)}, expect=422)
    handler.get(f"/causes/case/{other}", expect=404)
    handler.get(f"/causes/{id}/tie")
    handler.submit("关联信访事项", cases=[str(more)])
    with app.app_context():
        assert set(db.session.scalars(select(Tie.petition_id))) == {own, more}


def test_a_case_is_untied_with_a_reason_that_stands_in_the_record(app: Flask, sign_in: SignIn) -> None:
    case = put(app, CaseState.REGISTERED, subject="泵坏了").id
    id = name(app, case)
    clerk = sign_in("clerk")
    clerk.get(f"/causes/{id}")
    clerk.follow("取消关联 " + str(petition(app, case).number))
    clerk.submit("取消关联", expect=422, reason="")
    page = clerk.submit("取消关联", reason="是另一回事")
    assert "泵坏了" not in page.texts("section[aria-labelledby=cases]")[0]
    assert "是另一回事" in page.text
    assert actions(app, "cause", id)[-1] == "untie"
    with app.app_context():
        db.session.get_one(Cause, id).tie(db.session.get_one(Petition, case), by=viewer("clerk"))  # and again
        db.session.commit()


# --- remedies ------------------------------------------------------------------------------------------------------


def test_a_remedy_has_a_unit_a_person_of_it_and_a_day_to_come(app: Flask, sign_in: SignIn) -> None:
    id = name(app)
    with app.app_context():
        water, own, other = str(unit_id(WATER)), str(viewer("handler").id), str(viewer("handler2").id)
    clerk = sign_in("clerk")
    clerk.get(f"/causes/{id}/remedy")
    given: dict[str, Value] = {"text": "签责任书", "unit": water, "person": other, "due_on": day(-1)}
    page = clerk.submit("添加治本措施", expect=422, fields=given)
    assert page.all("#person-error")
    assert page.all("#due_on-error")
    page = clerk.submit("添加治本措施", fields={**given, "person": own, "due_on": day(5)})
    assert "赵水务" in page.text
    assert "还剩 5 天" in page.text
    assert actions(app, "cause", id)[-1] == "remedy"


def test_a_late_remedy_is_said_to_be_late_on_the_page_in_the_list_and_on_the_desk(app: Flask, sign_in: SignIn) -> None:
    id = name(app)
    remedy(app, id, due=-3)
    for username in ("clerk", "handler"):
        person = sign_in(username)
        for path in (f"/causes/{id}", "/causes/?late=y", "/desk"):
            assert "已超期 3 天" in person.get(path).text, (username, path)
    assert "已超期 3 天" not in sign_in("handler2").get("/desk").text


def test_the_unit_says_what_was_done_and_what_proves_it_and_another_unit_cannot(app: Flask, sign_in: SignIn) -> None:
    id = name(app, put(app, CaseState.HANDLING, unit=FARMING).id)
    part = remedy(app, id, person="handler", due=-1)
    other = sign_in("handler2")
    other.get(f"/causes/{id}/remedies/{part}/done")
    told: dict[str, Value] = {"on": day(), "outcome": "四十三处已签", "proof": "汇总表第6号"}
    other.submit("措施已完成", expect=409, fields=told)
    handler = sign_in("handler")
    handler.get(f"/causes/{id}")
    handler.follow("填报完成情况")
    handler.submit("措施已完成", expect=422, fields={**told, "on": day(1)})
    page = handler.submit("措施已完成", fields=told)
    assert {"四十三处已签", "汇总表第6号"} <= set(page.text.split())
    assert "超期" in page.text
    assert actions(app, "cause", id)[-1] == "done"


def test_a_remedy_is_in_place_only_when_all_its_parts_are_done(app: Flask, sign_in: SignIn) -> None:
    id = name(app)
    leader = sign_in("leader")
    assert not {"开始治理", "措施已到位"} & set(leader.get(f"/causes/{id}").texts(".steps a"))
    first, second = remedy(app, id), remedy(app, id)
    leader.get(f"/causes/{id}/begin")
    leader.submit("开始治理")
    with app.app_context():
        cause = db.session.get_one(Cause, id)
        done = {"on": on(-3), "outcome": "已签", "proof": "表"}
        cause.do(db.session.get_one(Remedy, first), done, by=viewer("handler"))
        db.session.commit()
    assert "措施已到位" not in leader.get(f"/causes/{id}").texts(".steps a")
    leader.get(f"/causes/{id}/remedies/{second}/drop")
    leader.submit("不再实施这项措施", reason="不需要了")
    leader.get(f"/causes/{id}/place")
    leader.submit("措施已到位", expect=422, on=day(-4))  # before the last remedy was done
    leader.submit("措施已到位", expect=422, on=day(1))
    leader.submit("措施已到位", on=day(-3))
    assert cause_of(app, id).in_place_on == on(-3)
    assert cause_of(app, id).state == State.IN_PLACE
    steps: tuple[tuple[str, dict[str, Value], State], ...] = (
        ("hold", {"reason": ""}, State.HOLDS),
        ("close", {"reason": "一年没有来信"}, State.CLOSED),
        ("return", {"reason": "又有来信"}, State.CAME_BACK),
    )
    for step, answers, state in steps:
        leader.get(f"/causes/{id}/{step}")
        leader.submit(f"/causes/{id}/{step}", fields=answers)
        assert cause_of(app, id).state == state


def test_only_a_leader_closes_and_no_handler_moves_a_cause(app: Flask, sign_in: SignIn) -> None:
    id = name(app, put(app, CaseState.HANDLING).id)
    assert "办结" not in sign_in("clerk").get(f"/causes/{id}").texts(".steps a")
    assert sign_in("handler").get(f"/causes/{id}").texts(".steps a") == ["关联信访事项"]
    with app.app_context():
        for step in WORKFLOW:
            if step.action != "tie":
                with pytest.raises(NotPossible):
                    db.session.get_one(Cause, id).move(step.action, {}, by=viewer("handler"))


# --- proposals -----------------------------------------------------------------------------------------------------


def test_a_proposal_is_a_numbered_paper_delivered_and_answered_within_its_clock(app: Flask, sign_in: SignIn) -> None:
    id = name(app)
    with app.app_context():
        water = str(unit_id(WATER))
    leader, clerk, handler = sign_in("leader"), sign_in("clerk"), sign_in("handler")
    leader.get(f"/causes/{id}/propose")
    leader.submit("向单位提出改进建议", fields={**PROPOSED, "unit": water})
    page = leader.follow(leader.page.one("section[aria-labelledby=proposals] a").attributes["href"] or "")
    number = f"新组信建〔{on().year}〕1号"
    assert number in page.heading
    sheet = page.one("article.sheet").text()
    for words in (
        number,
        "关于泵站管护的改进建议书",
        "新洲区水务局：",
        "第四十条",
        "报修三个月无人到场",
        "30日内",
        "自行确定",
    ):
        assert words in sheet
    row = int(page.path.rpartition("/")[2])
    assert leader.get(f"/causes/proposals/{row}.pdf").response.data.startswith(b"%PDF")
    handler.get(f"/causes/proposals/{row}", expect=404)  # it has not reached the unit
    assert "改进建议" not in handler.get("/desk").texts("h2")

    clerk.get(f"/causes/proposals/{row}")
    clerk.follow("登记送达")
    clerk.submit("登记送达", expect=422, how="exchange", on=day(1), proof="第9号")
    clerk.submit("登记送达", how="exchange", on=day(), proof="第9号")
    assert day(30) in clerk.page.html
    assert "这是本机关自定的目标，不是法定期限" in clerk.page.text or "目标" in clerk.page.one(".sum").text()

    assert "泵站管护" in handler.get("/desk").text
    handler.get(f"/causes/proposals/{row}")
    handler.follow("反馈改进建议")
    handler.submit("反馈改进建议", expect=422, reply="refused", text="")
    page = handler.submit("反馈改进建议", reply="partly", text="先做三十处，其余明年做。")
    assert {"部分采纳", "按期"} <= set(page.text.split())
    assert actions(app, "cause_proposal", row) == ["issued", "delivered", "answered"]
    assert "反馈改进建议" not in page.texts("main a")
    assert "先做三十处" in leader.get(f"/causes/proposals/{row}").text
    with app.app_context():
        made = proposals_made(on().year, viewer("leader"))
    assert made == ProposalsMade(on().year, made=1, adopted=0, partly=1, refused=0)


def test_an_answer_that_is_late_says_so_before_and_after(app: Flask, sign_in: SignIn) -> None:
    row = propose(app, name(app), delivered=33)
    handler, leader = sign_in("handler"), sign_in("leader")
    for person, path in ((handler, "/desk"), (leader, "/desk"), (leader, "/causes/proposals/?which=late")):
        assert "已超期 3 天" in person.get(path).text
    clerk = sign_in("clerk")
    clerk.get(f"/causes/proposals/{row}/answer")
    clerk.submit("反馈改进建议", expect=422, reply="adopted", text="照办", on=day(-40))  # before it was delivered
    page = clerk.submit("反馈改进建议", reply="adopted", text="照办", on=day(-2))  # it came on paper
    assert "超期" in page.texts("section[aria-labelledby=answer]")[0]
    assert "没有改进建议" in leader.get("/causes/proposals/?which=late").text


def test_a_proposal_is_answered_once_and_by_its_own_unit(app: Flask, sign_in: SignIn) -> None:
    row = propose(app, name(app))
    sign_in("handler2").get(f"/causes/proposals/{row}/answer", expect=404)
    handler = sign_in("handler")
    handler.get(f"/causes/proposals/{row}/answer")
    with app.app_context():
        db.session.get_one(Proposal, row).reply_with({"reply": "adopted", "text": "照办"}, by=viewer("handler"))
        db.session.commit()
    late = handler.submit("反馈改进建议", expect=409, reply="refused", text="不同意")
    assert late.one("#text").text() == "不同意"
    late = handler.submit("反馈改进建议", expect=409)
    with app.app_context():
        assert db.session.get_one(Proposal, row).reply == "adopted"


# --- before and after ----------------------------------------------------------------------------------------------


def in_place(app: Flask, *cases: int, ago: int = 40) -> int:
    """A cause whose remedy is in place since so many days."""
    id = name(app, *cases)
    part = remedy(app, id, unit=FARMING)
    move(app, id, "begin")
    with app.app_context():
        cause, then = db.session.get_one(Cause, id), on(-ago)
        cause.do(db.session.get_one(Remedy, part), {"on": then, "outcome": "已办", "proof": "表"}, by=viewer("clerk"))
        db.session.flush()
        cause.move("place", {"on": then}, by=viewer("clerk"))
        db.session.commit()
    return id


def letters(app: Flask, *ages: int, unit: str = WATER) -> list[int]:
    """Registered letters that came in so many days ago, with that unit."""
    return [put(app, CaseState.HANDLING, unit=unit, received_on=on(-age)).id for age in ages]


def test_the_page_shows_a_chart_its_table_and_words_that_fit_the_numbers(app: Flask, sign_in: SignIn) -> None:
    id = in_place(app, *letters(app, 45, 50, 55, 60, 65, 70, 75, 78, 79))
    page = sign_in("clerk").get(f"/causes/{id}")
    assert "难以只用偶然波动来解释" in page.texts("p.lead")[0]
    assert "此前40天来信9件，此后39天来信0件" in page.text.replace(" ", "")
    bars, rows = page.texts("figure.chart text.chart-value"), page.texts(".chart-table tbody td.number")
    assert bars == rows
    assert sum(map(int, rows)) == 9
    few = in_place(app, *letters(app, 60, 10))
    assert "来信太少" in sign_in("clerk").get(f"/causes/{few}?months=12").texts("p.lead")[0]
    assert "尚未到位" in sign_in("clerk").get(f"/causes/{name(app)}").text


def test_a_handler_counts_only_the_cases_of_the_own_unit(app: Flask, sign_in: SignIn) -> None:
    own, others = letters(app, 50, 30), letters(app, 60, 55, 20, 10, unit=FARMING)
    id = in_place(app, *own, *others)
    page = sign_in("handler").get(f"/causes/{id}")
    assert sum(map(int, page.texts(".chart-table tbody td.number"))) == 2
    assert len(page.all("section[aria-labelledby=cases] tbody tr")) == 2
    assert not any(str(other) in page.html for other in others)
    assert page.texts(".timeline strong").count("关联事项") == 2
    assert sign_in("handler").get("/causes/").texts("td.number") == ["2"]
    assert sign_in("clerk").get("/causes/").texts("td.number") == ["6"]


# --- the wall ------------------------------------------------------------------------------------------------------


@pytest.fixture
def walled(app: Flask) -> dict[str, int]:
    """A cause with a case of the water bureau's own, and one that complains of the bureau; a proposal to it."""
    own = put(app, CaseState.HANDLING, subject="自己的事项").id
    against = put(app, CaseState.REGISTERED, against=WATER).id
    id = name(app, against, own, title="标记根源")
    part = remedy(app, id, unit=FARMING, due=-2)
    return {"cause": id, "own": own, "against": against, "remedy": part, "proposal": propose(app, id, delivered=1)}


def test_whom_a_tied_case_complains_of_finds_the_cause_nowhere_but_the_proposal(
    app: Flask, sign_in: SignIn, walled: dict[str, int]
) -> None:
    id, part = walled["cause"], walled["remedy"]
    handler = sign_in("handler")
    for path in ("", "/tie", "/remedy", "/change", f"/remedies/{part}/done"):
        handler.get(f"/causes/{id}{path}", expect=404)
    assert seen(app, "handler") == []
    for path in ("/causes/", "/causes/?state=all", "/causes/?late=y", "/desk", f"/petitions/{walled['own']}",
                 f"/causes/case/{walled['own']}", "/causes/proposals/"):  # fmt: skip
        page = handler.get(path)
        assert "标记根源" not in page.html, path
        assert "签管护责任书" not in page.html, path
        assert f"/causes/{id}" not in page.html, path
        assert "根源" not in "".join(page.texts(".timeline")), path
    page = handler.get(f"/causes/proposals/{walled['proposal']}")  # written for this unit
    assert "标记根源" not in page.html
    handler.follow("反馈改进建议")
    handler.submit("反馈改进建议", reply="adopted", text="照办")
    assert seen(app, "clerk") == [id]


def test_the_wall_stands_for_a_unit_below_for_a_named_clerk_and_after_the_tie_has_ended(
    app: Flask, sign_in: SignIn, walled: dict[str, int]
) -> None:
    id = walled["cause"]
    with app.app_context():
        pumps = db.session.get_one(Unit, unit_id(PUMPS))
        User.open("below", "褚排灌", Role.CLERK, pumps, PASSWORD, by=None, must_change=False)
        cause = db.session.get_one(Cause, id)
        tie = db.session.scalars(select(Tie).where(Tie.petition_id == walled["against"])).one()
        cause.untie(tie, "弄错了", by=viewer("clerk"))
        db.session.commit()
    sign_in("below").get(f"/causes/{id}", expect=404)
    sign_in("handler").get(f"/causes/{id}", expect=404)
    named = put(app, CaseState.REGISTERED, person="王接访").id
    other = name(app, named)
    assert seen(app, "clerk2") == [id]
    assert seen(app, "leader") == [other, id]
    sign_in("clerk2").get(f"/causes/{other}", expect=404)
    record = sign_in("auditor").get("/record").text
    assert cause_of(app, other).number in record


def test_the_record_tells_nothing_of_a_cause_to_the_leader_whom_a_tied_case_complains_of(
    app: Flask, sign_in: SignIn
) -> None:
    id = name(app, put(app, CaseState.REGISTERED, person="孙部长", against=FARMING).id)
    propose(app, id)
    number = cause_of(app, id).number
    assert number not in sign_in("leader").get("/record").text
    assert sign_in("auditor").get("/record").text.count(number) == 5


def test_a_cause_never_vanishes_before_the_eyes_of_those_whom_a_case_complains_of(app: Flask, sign_in: SignIn) -> None:
    own, against = put(app, CaseState.HANDLING).id, put(app, CaseState.REGISTERED, against=WATER).id
    id = name(app, own)
    assert seen(app, "handler") == [id]
    clerk = sign_in("clerk")
    clerk.get(f"/causes/{id}/tie")
    page = clerk.submit("关联信访事项", expect=422, cases=[str(against)])
    assert "从他们眼前消失" in page.text
    clerk.get(f"/petitions/{against}")
    clerk.follow("关联问题根源")
    assert "从他们眼前消失" in clerk.submit("关联问题根源", expect=422, cause=str(id)).text
    assert seen(app, "handler") == [id]
    clerk.follow("为它新建问题根源")  # a cause of its own has the case from its birth
    clerk.submit("/causes/new", fields={**WORDS, "title": "单独的根源"})
    assert seen(app, "handler") == [id]
    other = seen(app, "clerk")[0]
    more, named = put(app, CaseState.REGISTERED, against=WATER).id, put(app, CaseState.REGISTERED, person="王接访").id
    with app.app_context():
        cause, by = db.session.get_one(Cause, other), viewer("clerk")
        cause.tie(db.session.get_one(Petition, more), by=by)  # walled already: nothing vanishes
        with pytest.raises(NotPossible):
            cause.tie(db.session.get_one(Petition, named), by=by)  # the other clerk sees every cause until then


def test_ties_that_somebody_may_not_see_do_not_change_what_they_may_do(app: Flask, walled: dict[str, int]) -> None:
    with app.app_context():
        own, clerk = db.session.get_one(Petition, walled["own"]), viewer("clerk")
        assert [tie.cause_id for tie in models.ties_of(own.id, clerk)] == [walled["cause"]]
        assert not models.ties_of(own.id, viewer("handler"))
        for username, seen in (("clerk", [walled["cause"]]), ("handler", [])):
            (causes,) = read(case(own.id, viewer(username)).values(), petition=own.id)
            assert [each.id for each in causes] == seen


def test_a_remedy_is_never_given_to_whom_a_tied_case_complains_of(app: Flask, walled: dict[str, int]) -> None:
    with app.app_context():
        cause = db.session.get_one(Cause, walled["cause"])
        units, persons = models.owners(cause)
        assert {WATER, PUMPS}.isdisjoint(label for _, label in units)
        assert not [label for _, label in persons if "赵水务" in label]
        values = {"text": "x", "unit": str(unit_id(PUMPS)), "person": "", "due_on": on()}
        with pytest.raises(NotPossible):
            cause.move("remedy", values, by=viewer("clerk"))


def test_proposals_made_are_counted_within_the_wall(app: Flask, walled: dict[str, int]) -> None:
    put_against = put(app, CaseState.REGISTERED, person="王接访").id
    propose(app, name(app, put_against), FARMING)
    with app.app_context():
        year = on().year
        assert proposals_made(year, viewer("leader")).made == 2
        assert proposals_made(year, viewer("clerk2")).made == 1
        assert proposals_made(year - 1, viewer("leader")).made == 0
        assert proposals_made(year, viewer("auditor")).made == 0


@pytest.mark.parametrize("username", ["contact", "discipline", "auditor", "administrator"])
def test_contacts_discipline_auditor_and_administrator_see_no_cause(
    app: Flask, sign_in: SignIn, walled: dict[str, int], username: str
) -> None:
    person = sign_in(username)
    person.get("/causes/", expect=403)
    person.get("/causes/proposals/", expect=403)
    person.get(f"/causes/{walled['cause']}", expect=404)
    person.get(f"/causes/proposals/{walled['proposal']}", expect=404)
    person.get(f"/causes/proposals/{walled['proposal']}.pdf", expect=404)


def test_a_contact_does_not_learn_that_the_own_letter_has_a_cause(app: Flask, sign_in: SignIn) -> None:
    case = put(app, CaseState.REGISTERED, by="contact").id
    name(app, case)
    page = sign_in("contact").get(f"/petitions/{case}")
    assert TITLE not in page.html
    assert "根源" not in page.text


def test_the_auditor_reads_that_it_happened_without_a_word_of_it(
    app: Flask, sign_in: SignIn, walled: dict[str, int]
) -> None:
    page = sign_in("auditor").get("/record")
    number = cause_of(app, walled["cause"]).number
    told = [row for row in page.texts("tbody tr") if number in row]
    assert len(told) >= 6
    assert any("已送达单位" in row for row in told)
    for words in ("标记根源", "签管护责任书", "泵站管护"):
        assert words not in page.html


# --- list, record, store -------------------------------------------------------------------------------------------


def test_the_list_is_narrowed_by_state_field_township_and_late_remedies(app: Flask, sign_in: SignIn) -> None:
    plain = name(app, title="甲根源")
    land = name(app, title="乙根源", field="land")
    far = name(app, title="丙根源", place=OTHER_TOWNSHIP + "001")
    whole = name(app, title="丁根源", place=DISTRICT)
    remedy(app, plain, due=-1)
    move(app, land, "close", by="leader", reason="不成立")
    clerk = sign_in("clerk")
    for asked, found in (
        ("", [whole, far, plain]),
        ("state=all", [whole, far, land, plain]),
        ("state=closed", [land]),
        ("state=all&field=land", [land]),
        (f"township={OTHER_TOWNSHIP}", [far]),
        ("late=y", [plain]),
        ("state=holds", []),
        ("state=nonsense&field=x", [whole, far, plain]),
    ):
        page = clerk.get(f"/causes/?{asked}")
        assert [int((each.attributes["href"] or "").rpartition("/")[2]) for each in page.all("#causes td a")] == found
    assert "没有符合条件" in clerk.get("/causes/?state=holds").text


def test_the_list_pages_by_key_and_keeps_the_filter_with_a_constant_number_of_queries(
    app: Flask, sign_in: SignIn
) -> None:
    with app.app_context():
        for nth in range(queries.PAGE + 3):
            Cause.open({**WORDS, "title": f"第{nth}个"}, by=viewer("clerk"))
        db.session.commit()
    clerk = sign_in("clerk")
    with sent_queries(app) as first:
        page = clerk.get("/causes/?field=water")
    assert len(page.all("#causes tbody tr")) == queries.PAGE
    page = clerk.follow("下一页")
    assert len(page.all("#causes tbody tr")) == 3
    assert "field=water" in page.path
    with sent_queries(app) as few:
        clerk.get("/causes/?township=" + TOWNSHIP + "&field=water&late=y")
    assert abs(len(first) - len(few)) <= 1


def test_the_later_of_two_gets_409_with_what_the_first_did_and_the_own_text(app: Flask, sign_in: SignIn) -> None:
    id = name(app)
    first, second = sign_in("clerk"), sign_in("clerk2")
    first.get(f"/causes/{id}/change")
    second.get(f"/causes/{id}/change")
    first.submit("修改内容", explanation="先到的说明")
    late = second.submit("修改内容", expect=409, explanation="后到的说明")
    assert "李登记" in late.text
    assert late.one("#explanation").text() == "后到的说明"
    second.submit("修改内容")
    assert "后到的说明" in second.page.text


def test_no_part_of_a_cause_changes_without_an_entry(app: Flask, walled: dict[str, int]) -> None:
    with app.app_context():
        db.session.get_one(Remedy, walled["remedy"]).due_on = on()
        with pytest.raises(Untraced):
            db.session.commit()
    with app.app_context():
        db.session.get_one(Proposal, walled["proposal"]).due_on = on()
        with pytest.raises(Untraced):
            db.session.commit()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM cause_tie WHERE id = (SELECT max(id) FROM cause_tie)", 'another number of entries "tie"'),
        ("DELETE FROM cause_remedy", 'another number of entries "remedy"'),
        ("UPDATE cause SET state = 'closed'", "its state is not what the record says"),
        ("UPDATE cause_proposal SET subject_sealed = sheets_sealed", "does not open"),
        ("DELETE FROM cause_proposal", "it has entries in the record, but it is not there"),
    ],
)
def test_the_check_finds_what_was_taken_from_a_cause_or_altered(
    app: Flask, walled: dict[str, int], statement: str, told: str
) -> None:
    run(app, "check")
    spoil(app, statement)
    assert told in run(app, "check", code=1)


def test_the_tables_go_down_and_up_again_with_rows_in_them(app: Flask, walled: dict[str, int]) -> None:
    with app.app_context():
        db.session.remove()
        flask_migrate.downgrade(revision="0003")
        flask_migrate.upgrade()
        db.session.remove()
    assert seen(app, "clerk") == []
    run(app, "check")
    id = name(app, walled["own"])
    assert cause_of(app, id).number.endswith("-001")
