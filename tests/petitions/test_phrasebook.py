"""Templates: their fields are filled in from the case, nothing typed is lost, and who wrote is never among them."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.petitions.docket.domain import State
from blueprints.petitions.phrasebook.domain import FIELDS, filled, unknown
from blueprints.petitions.phrasebook.models import Phrase
from core import record
from core.extensions import db
from tests.browse import Browser, Value
from tests.letters import FARMING, WRITER, everything_stored, petition, put

SignIn = Callable[..., Browser]
TEXTS: dict[str, Value] = {
    "label": "水利类答复",
    "facts": "经核实，{地点}反映的“{标题}”情况属实。",
    "opinion": "由{办理单位}限期整改。",
    "basis": "《信访工作条例》第三十二条",
    "text": "{登记编号}正在办理，收到日期{收到日期}。",
}


def write(browser: Browser, **changes: Value) -> int:
    browser.get("/templates/new")
    browser.submit("/templates/new", fields={**TEXTS, **changes})
    with browser.app.app_context():
        return max(db.session.scalars(select(Phrase.id)))


def test_a_field_is_filled_in_and_one_without_a_value_stays_to_be_seen() -> None:
    assert (
        filled("{标题} {subject} ｛ 地点 ｝ {unit}", {"subject": "路", "place": "村", "unit": ""}) == "路 路 村 {unit}"
    )
    assert filled("{{标题}}", {"subject": "{地点}", "place": "x"}) == "{{地点}}"  # what a letter says is no template
    assert unknown("{标题} {姓名} {}") == ["姓名", ""]


def test_no_field_tells_who_wrote(app: Flask) -> None:
    made = put(app, State.HANDLING)
    with app.test_request_context():
        values = petition_fields(made.id)
        assert values.keys() == FIELDS.keys()
        assert not [word for word in WRITER.values() if word in str(values)]


def petition_fields(id: int) -> dict[str, str]:
    from blueprints.petitions.docket.models import Petition

    return db.session.get_one(Petition, id).fields()


def test_a_template_goes_into_the_answer_after_what_was_typed(app: Flask, sign_in: SignIn) -> None:
    phrase = str(write(sign_in("clerk")))
    id = put(app, State.HANDLING, subject="水泵坏了").id
    handler = sign_in("handler")
    handler.get(f"/petitions/{id}/answer")
    page = handler.submit("插入", fields={"phrase": phrase, "basis": "先写的依据", "outcome": "supported"})
    place = "邾城街道 / 红旗社区"
    assert page.one("#items-0-facts").text() == f"经核实，{place}反映的“水泵坏了”情况属实。"
    assert page.one("#items-0-opinion").text() == "由新洲区水务局限期整改。"
    assert page.one("#basis").text() == "先写的依据\n《信访工作条例》第三十二条"
    assert page.all("input[name=outcome][checked]")[0].attributes["value"] == "supported"
    assert petition(app, id).state == State.HANDLING  # nothing is sent yet
    assert handler.submit("插入", phrase="").one("#basis").text().startswith("先写的依据")


def test_a_second_template_goes_to_the_request_that_has_no_words_yet(app: Flask, sign_in: SignIn) -> None:
    phrase = str(write(sign_in("clerk"), facts="第二项属实。", opinion="", basis=""))
    id = put(app, State.HANDLING).id
    handler = sign_in("handler")
    handler.get(f"/petitions/{id}/answer")
    handler.submit("再加一项诉求", fields={"items-0-facts": "第一项属实。"})
    page = handler.submit("插入", fields={"phrase": phrase, "items-1-request": "另一项"})
    assert page.one("#items-0-facts").text() == "第一项属实。"
    assert page.one("#items-1-facts").text() == "第二项属实。"
    assert page.one("#items-1-request").text() == "另一项"


def test_a_template_goes_into_a_message(app: Flask, sign_in: SignIn) -> None:
    phrase = str(write(sign_in("clerk")))
    id = put(app, State.HANDLING).id
    handler = sign_in("handler")
    handler.get(f"/petitions/{id}/message")
    page = handler.submit("插入", phrase=phrase, text="您好：")
    assert page.one("#text").text().startswith(f"您好：\n{petition(app, id).number}正在办理，收到日期20")


def test_a_template_without_words_for_a_message_is_not_offered_there(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.HANDLING).id
    clerk = sign_in("clerk")
    assert not clerk.get(f"/petitions/{id}/message").all("#phrase")
    write(clerk, text="")
    assert not clerk.get(f"/petitions/{id}/message").all("#phrase")
    write(clerk, facts="", opinion="", basis="")
    assert len(clerk.get(f"/petitions/{id}/message").all("#phrase option")) == 2


@pytest.mark.parametrize("wrong", ["{姓名}", "{}", "{name}"])
def test_what_is_no_field_is_refused_with_everything_typed(app: Flask, sign_in: SignIn, wrong: str) -> None:
    clerk = sign_in("clerk")
    clerk.get("/templates/new")
    page = clerk.submit("/templates/new", expect=422, fields={**TEXTS, "facts": f"{wrong}您好"})
    assert "{登记编号}" in page.text
    assert page.one("#opinion").text() == TEXTS["opinion"]
    clerk.submit("/templates/new", expect=422, fields={**dict.fromkeys(TEXTS, ""), "label": "空的"})


def test_a_handler_keeps_the_templates_of_the_unit_and_no_other_unit_sees_them(app: Flask, sign_in: SignIn) -> None:
    clerk, water, farming = sign_in("clerk"), sign_in("handler"), sign_in("handler2")
    office, own = write(clerk, label="全部通用"), write(water, label="水务专用")
    assert [row.split(" ")[0] for row in water.get("/templates/").texts("tbody tr")] == ["全部通用", "水务专用"]
    assert [row.split(" ")[0] for row in farming.get("/templates/").texts("tbody tr")] == ["全部通用"]
    water.get(f"/templates/{office}", expect=404)
    farming.get(f"/templates/{own}", expect=404)
    sign_in("leader").get(f"/templates/{own}", expect=404)
    id = put(app, State.HANDLING, unit=FARMING).id
    farming.get(f"/petitions/{id}/answer")
    page = farming.page
    assert [option.attributes["value"] for option in page.all("#phrase option")] == ["", str(office)]
    token = page.all("main input[name=csrf_token]")[0].attributes["value"]
    sent = {"csrf_token": token, "version": str(petition(app, id).version), "insert": "1", "phrase": str(own)}
    assert "限期整改" not in farming.post(f"/petitions/{id}/answer", sent).html


def test_each_version_of_a_template_stands_in_its_record_and_sealed(app: Flask, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    id = write(clerk)
    clerk.get(f"/templates/{id}")
    clerk.submit(f"/templates/{id}", opinion="改后的意见。")
    page = clerk.get(f"/templates/{id}")
    assert len(page.all(".timeline li")) == 2
    assert "限期整改" in page.text
    assert "改后的意见" in page.text
    clerk.submit(f"/templates/{id}/retire")
    assert not clerk.get("/templates/").all("tbody tr")
    assert "水利类答复" not in "".join(everything_stored(app))
    with app.app_context():
        actions = [each.action for each in record.entries(db.session.get_one(Phrase, id).thread)]
        assert actions == ["written", "changed", "retired"]
    assert "模板" in sign_in("leader").get("/record").text


def test_of_two_who_change_a_template_the_later_is_told(app: Flask, sign_in: SignIn) -> None:
    one, two = sign_in("clerk"), sign_in("clerk2")
    id = write(one)
    for person in (one, two):
        person.get(f"/templates/{id}")
    one.submit(f"/templates/{id}", opinion="先到。")
    late = two.submit(f"/templates/{id}", expect=409, opinion="后到。")
    assert "先到。" in late.text
    assert late.one("#opinion").text() == "后到。"
    two.submit(f"/templates/{id}")
    with app.app_context():
        assert db.session.get_one(Phrase, id).held["opinion"] == "后到。"
