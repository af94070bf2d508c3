"""Many at once: what would change is shown first, then all of it happens or nothing; lists are taken along in the open."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from blueprints.petitions.docket.domain import Kind, State
from blueprints.petitions.docket.models import Petition
from core import record
from core.extensions import db
from core.record import Entry
from tests.browse import Browser, Page, queries
from tests.letters import FARMING, WATER, WRITER, everything_stored, petition, press, put, put_many, unit_id

SignIn = Callable[..., Browser]
PREVIEW = "显示将有哪些变化"


def tick(browser: Browser, ids: list[int], unit: str = WATER) -> Page:
    """Tick the matters in the queue, choose the unit, and look at what would change."""
    with browser.app.app_context():
        water = str(unit_id(unit))
    browser.get("/petitions/")
    browser.get("/petitions/bulk/assign?" + "&".join(f"matter={id}" for id in ids))
    return browser.submit(PREVIEW, unit=water)


def states(app: Flask, ids: list[int]) -> list[str]:
    return [petition(app, id).state for id in ids]


@pytest.fixture
def three(app: Flask) -> list[int]:
    return [put(app, State.ACCEPTED, subject=f"{each}号").id for each in range(3)]


# --- assign --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("username", ["clerk", "leader"])
def test_ticked_matters_are_assigned_each_with_its_own_entry(
    app: Flask, sign_in: SignIn, three: list[int], username: str
) -> None:
    person = sign_in(username)
    page = tick(person, three)
    assert sum("已受理 → 已交办" in row for row in page.texts("tbody tr")) == 3
    assert states(app, three) == ["accepted"] * 3  # so far it is only shown
    person.submit("assign", reason="请尽快核实。")
    assert "3 件" in person.page.text.replace("3件", "3 件")
    assert states(app, three) == ["assigned"] * 3
    with app.app_context():
        for id in three:
            last = record.entries(db.session.get_one(Petition, id).thread)[-1]
            assert (last.action, last.note, last.data["unit"]) == ("assign", "请尽快核实。", unit_id(WATER))


def test_the_boxes_of_the_queue_lead_to_the_preview(sign_in: SignIn, three: list[int]) -> None:
    clerk = sign_in("clerk")
    page = clerk.get("/petitions/")
    boxes = page.all("input[name=matter]")
    assert {int(box.attributes["value"] or 0) for box in boxes} == set(three)
    assert {box.attributes["form"] for box in boxes} == {"many"}
    assert page.one("form#many").attributes["action"] == "/petitions/bulk/assign"
    for username in ("handler", "contact"):
        assert not sign_in(username).get("/petitions/").all("input[name=matter]")


def test_what_cannot_be_assigned_is_named_with_the_reason_and_left_out(app: Flask, sign_in: SignIn) -> None:
    good = put(app, State.ACCEPTED, subject="可以").id
    early = put(app, State.REGISTERED, subject="太早").id
    about = put(app, State.ACCEPTED, subject="反映水务", against=WATER).id
    person = put(app, State.ACCEPTED, subject="反映其人", person="赵水务").id
    clerk = sign_in("clerk")
    told = dict(
        zip(
            ("可以", "太早", "反映水务", "反映其人"),
            tick(clerk, [good, early, about, person]).texts("tbody tr"),
            strict=True,
        )
    )
    assert "已受理 → 已交办" in told["可以"]
    assert "当前状态" in told["太早"]
    assert "反映的" in told["反映水务"]
    assert "反映的" in told["反映其人"]
    clerk.submit("assign")
    assert states(app, [good, early, about, person]) == ["assigned", "registered", "accepted", "accepted"]


def test_nothing_happens_to_any_when_one_of_them_changed_meanwhile(
    app: Flask, sign_in: SignIn, three: list[int]
) -> None:
    clerk, other = sign_in("clerk"), sign_in("clerk2")
    tick(clerk, three)
    press(other, three[1], "note")
    late = clerk.submit("assign", expect=409, reason="写好的交办意见")
    assert states(app, three) == ["accepted"] * 3
    assert sum("已由他人变更" in row for row in late.texts("tbody tr")) == 1
    assert late.one("#reason").text() == "写好的交办意见"
    clerk.submit("assign")  # the other two
    assert states(app, three) == ["assigned", "accepted", "assigned"]


def test_a_unit_complained_of_meanwhile_or_by_a_forged_form_gets_nothing(
    app: Flask, sign_in: SignIn, three: list[int]
) -> None:
    about = put(app, State.ACCEPTED, subject="反映水务", against=WATER).id
    clerk = sign_in("clerk")
    page = tick(clerk, three)
    token = page.all("main form[method=post] input[name=csrf_token]")[0].attributes["value"]
    forged = [f"{id}.{petition(app, id).version}" for id in (*three, about)]
    with app.app_context():
        sent = {"csrf_token": token, "matter": forged, "unit": str(unit_id(WATER))}
    clerk.post("/petitions/bulk/assign", sent, expect=409)
    assert states(app, [*three, about]) == ["accepted"] * 4


def test_a_matter_outside_what_somebody_may_see_is_neither_listed_nor_assigned(app: Flask, sign_in: SignIn) -> None:
    walled = put(app, State.ACCEPTED, subject="反映登记员", person="李登记").id
    clerk = sign_in("clerk")
    page = clerk.get(f"/petitions/bulk/assign?matter={walled}&matter={'9' * 18}&matter=x&matter=")
    assert "反映登记员" not in page.text
    assert not page.all("tbody tr")
    token = clerk.page.all("input[name=csrf_token]")[0].attributes["value"]
    with app.app_context():
        sent = {"csrf_token": token, "matter": f"{walled}.3", "unit": str(unit_id(FARMING))}
    clerk.post("/petitions/bulk/assign", sent, expect=409)
    assert states(app, [walled]) == ["accepted"]


def test_a_handler_assigns_nothing(sign_in: SignIn, three: list[int]) -> None:
    sign_in("handler").get(f"/petitions/bulk/assign?matter={three[0]}", expect=403)


def test_a_preview_of_many_takes_as_many_queries_as_one_of_few(app: Flask, sign_in: SignIn) -> None:
    made = [put(app, State.ACCEPTED, person=f"某人{each}").id for each in range(12)]
    clerk = sign_in("clerk")

    def cost(ids: list[int]) -> int:
        tick(clerk, ids)
        with queries(app) as sent:
            clerk.client.get(clerk.page.path + "?" + "&".join(f"matter={id}" for id in ids))
        return len(sent)

    assert cost(made) == cost(made[:2])


# --- take along ----------------------------------------------------------------------------------------------------


def taken(browser: Browser, asked: str = "") -> list[list[object]]:
    """The rows of the list as Excel would show them."""
    browser.get(f"/petitions/export?{asked}")
    answer = browser.submit("下载").response
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_a_list_is_taken_along_as_filtered_without_who_wrote(app: Flask, sign_in: SignIn) -> None:
    put(app, State.HANDLING, subject="=水泵")
    put(app, subject="建议", kind=Kind.PROPOSAL)
    clerk = sign_in("clerk")
    page = clerk.get("/petitions/export?state=handling")
    assert "办理中" in page.text
    head, row = taken(clerk, "state=handling")
    assert "标题" in head
    assert "'=水泵" in row
    assert not [word for word in WRITER.values() if word in str(row)]
    assert len(taken(clerk)) == 3


def test_a_list_of_more_than_a_page_is_taken_along_whole(app: Flask, sign_in: SignIn) -> None:
    put_many(app, 60)
    clerk = sign_in("clerk")
    for asked in ("", "state=all", "q=水泵"):
        page = clerk.get(f"/petitions/export?{asked}")
        assert "60" in page.texts("dd")[0], asked
        assert len({str(row) for row in taken(clerk, asked)}) == 61, asked


def test_nobody_takes_along_what_they_may_not_see(app: Flask, sign_in: SignIn) -> None:
    put(app, State.HANDLING, subject="水务的")
    put(app, State.HANDLING, unit=FARMING, subject="农业的")
    put(app, State.HANDLING, unit=FARMING, subject="反映水务的", against=WATER)
    put(app, subject="反映登记员", person="李登记")
    assert [row[5] for row in taken(sign_in("handler"))[1:]] == ["水务的"]
    assert "反映登记员" not in [row[5] for row in taken(sign_in("clerk"))]
    assert sign_in("clerk").get("/petitions/export").texts("dd")[0] == "3"  # not even the number tells
    sign_in("contact").get("/petitions/export", expect=403)


def test_that_a_list_was_taken_along_stands_in_the_record_without_what_was_searched(
    app: Flask, sign_in: SignIn
) -> None:
    put(app, text="张三丰的水泵")
    clerk = sign_in("clerk")
    taken(clerk, "q=张三丰&kind=claim")
    with app.app_context():
        entry = db.session.scalars(select(Entry).where(Entry.thread == "export")).one()
        assert entry.data == {"rows": 1, "searched": True, "filter": {"kind": "claim"}}
    assert "张三丰" not in "".join(everything_stored(app))
    for username in ("leader", "auditor"):
        page = sign_in(username).get("/record")
        assert any(
            "1 件" in row and "clerk" in row for row in (each.replace("1件", "1 件") for each in page.texts("tr"))
        )


def test_a_list_that_is_too_long_is_not_taken_along(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_many(app, 30)
    monkeypatch.setattr("blueprints.petitions.daily.models.MOST_TAKEN", 29)
    clerk = sign_in("clerk")
    page = clerk.get("/petitions/export")
    assert "下载" not in page.buttons
    clerk.post("/petitions/export", {"csrf_token": page.all("input[name=csrf_token]")[0].attributes["value"]})
    assert clerk.page.is_html
    with app.app_context():
        assert not db.session.scalars(select(Entry).where(Entry.thread == "export")).all()


# --- saved filters -------------------------------------------------------------------------------------------------


def test_a_saved_filter_is_a_link_above_the_queue_for_who_saved_it(app: Flask, sign_in: SignIn) -> None:
    put(app, subject="建议", kind=Kind.PROPOSAL)
    put(app, subject="诉求")
    clerk = sign_in("clerk")
    clerk.get("/petitions/?kind=proposal&q=建议")
    clerk.submit("/petitions/filters", label="要看的建议")
    assert clerk.page.path.startswith("/petitions/?")
    clerk.get("/petitions/")
    page = clerk.follow("要看的建议 1")
    assert [text.split(" ")[0] for text in page.texts("td[data-label=标题]")] == ["建议"]
    assert not sign_in("clerk2").get("/petitions/").all(".saved")
    stored = "".join(everything_stored(app))
    assert "要看的建议" not in stored  # a name of a filter may be a person's


def test_a_saved_filter_is_replaced_by_its_name_and_deleted_by_its_owner_alone(app: Flask, sign_in: SignIn) -> None:
    clerk, other = sign_in("clerk"), sign_in("clerk2")
    for asked in ("kind=proposal", "kind=claim"):
        clerk.get(f"/petitions/?{asked}")
        clerk.submit("/petitions/filters", label="我的")
    links = clerk.get("/petitions/").all(".saved a[aria-keyshortcuts]")
    assert [link.attributes["href"] for link in links] == ["/petitions/?kind=claim"]
    page = clerk.get("/petitions/filters")
    address = page.all("main form")[0].attributes["action"] or ""
    token = other.get("/petitions/").all("input[name=csrf_token]")[0].attributes["value"]
    other.post(address, {"csrf_token": token})
    assert clerk.get("/petitions/").all(".saved a[aria-keyshortcuts]")
    clerk.get("/petitions/filters")
    clerk.submit(address)
    assert not clerk.get("/petitions/").all(".saved")


def test_a_filter_without_a_name_is_asked_for_one_and_twenty_are_enough(sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    clerk.get("/petitions/?kind=claim")
    page = clerk.submit("/petitions/filters", expect=422, label=" ")
    assert page.one("input[name=asked]").attributes["value"] == "kind=claim"
    for each in range(20):
        clerk.get("/petitions/")
        clerk.submit("/petitions/filters", label=f"筛选{each}")
    clerk.get("/petitions/")
    assert "20" in clerk.submit("/petitions/filters", label="再来一个").text
    assert len(clerk.get("/petitions/filters").all("tbody tr")) == 20
