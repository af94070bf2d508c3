"""Demonstration households: what stays closed to whom, and until when."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.pairing.households.models import FollowUp, Household, HouseholdPhoto
from blueprints.pairing.objections.models import Objection
from core import clock
from core.extensions import db
from core.workflow import NotPossible
from tests.browse import Browser, queries
from tests.household_office import (
    HEAD,
    NOMINATION,
    OTHER_VILLAGE,
    TITLE,
    WHY,
    alike,
    give,
    move,
    nominate,
    object_to,
    open_round,
    photo,
    step,
    to_deciding,
    to_notice,
)
from tests.letters import viewer

SignIn = Callable[..., Browser]
Later = Callable[[int], None]
SQLITE = pytest.mark.parametrize("database", ["sqlite"])
END = "结束公示"


def on_notice(
    app: Flask, later: Later, *, by: str | None = None, points: dict[str, tuple[int, int]] | None = None
) -> int:
    """A household of another village on the list, nominated by somebody; its id."""
    round = open_round(app)
    id, _code = nominate(app, round, by=by, place_code=OTHER_VILLAGE, photos=[photo()])
    step(app, id, "accept")
    later(11)
    move(app, round, "score", by="clerk")
    give(app, id, points=points or alike(80))
    move(app, round, "close", by="clerk")
    move(app, round, "publish")
    return id


def test_a_named_household_of_another_village_is_known_by_name_alone(app: Flask, sign_in: SignIn, later: Later) -> None:
    id = on_notice(app, later)
    with app.app_context():
        picture = db.session.scalars(select(HouseholdPhoto.id)).one()
        number = db.session.get_one(Household, id).round_id
    later(60)
    for username in ("clerk", "clerk2", "handler"):  # the office, and its panel
        reader = sign_in(username)
        assert WHY in reader.get(f"/households/{id}").text
        assert reader.client.get(f"/households/{id}/files/{picture}").status_code == 200
    move(app, number, "end", by="clerk")
    step(app, id, "name", by="leader")
    contact = sign_in("contact")
    contact.get(f"/households/{id}", expect=404)  # the results are not known yet
    move(app, number, "decide")
    page = contact.get(f"/households/{id}")
    assert HEAD in page.text
    assert WHY not in page.text
    for path in (f"files/{picture}", "certificate", "certificate.pdf"):
        assert contact.client.get(f"/households/{id}/{path}").status_code == 404


@SQLITE
def test_results_are_known_to_nobody_outside_the_office_before_they_are_made_known(
    app: Flask, sign_in: SignIn, later: Later
) -> None:
    round, [first, second], codes = to_deciding(app, later, "甲户", "乙户")
    step(app, first, "name", by="leader")
    step(app, second, "refuse", by="leader", reason="理由标记丙")
    public = Browser(app).get(f"/demonstration/{round}").text
    assert "甲户" in public
    assert "乙户" in public
    holders = [Browser(app), Browser(app)]
    told = []
    for holder, code in zip(holders, codes, strict=True):
        holder.get("/demonstration/household")
        told.append(holder.submit("/demonstration/household", receipt=code))
    assert told[0].one(".lead").text() == told[1].one(".lead").text()
    assert "理由标记丙" not in told[1].html
    assert holders[0].client.get("/demonstration/household/certificate.pdf").status_code == 404
    contact = sign_in("contact")  # of their village
    for id in (first, second):
        page = contact.get(f"/households/{id}")
        assert "理由标记丙" not in page.html
        assert contact.client.get(f"/households/{id}/certificate").status_code == 404
    move(app, round, "decide")
    assert "乙户" not in Browser(app).get(f"/demonstration/{round}").text
    assert "理由标记丙" in holders[1].get("/demonstration/household").text
    assert holders[0].client.get("/demonstration/household/certificate.pdf").status_code == 200


@SQLITE
def test_a_round_whose_notice_is_over_is_decided_and_not_called_off(app: Flask, later: Later) -> None:
    round, _ids, _codes = to_deciding(app, later)
    with pytest.raises(NotPossible):
        move(app, round, "cancel", reason="不评了。")


@SQLITE
def test_a_title_that_was_withdrawn_yields_no_certificate(app: Flask, later: Later) -> None:
    round, [id], [code] = to_deciding(app, later)
    step(app, id, "name", by="leader")
    move(app, round, "decide")
    holder = Browser(app)
    holder.get("/demonstration/household")
    holder.submit("/demonstration/household", receipt=code)
    assert holder.client.get("/demonstration/household/certificate.pdf").status_code == 200
    later(400)
    found = {"now": "不做了。", "income": "", "teaches": "no", "advice": "ends", "why": "停产。"}
    with pytest.raises(NotPossible):
        step(app, id, "follow_up", made_on=date(2010, 1, 1), **found)  # before it was named
    with app.app_context():
        today = clock.today()
    step(app, id, "follow_up", made_on=today, **found)
    step(app, id, "revoke", by="leader", reason="停产。")
    holder.get("/demonstration/household")
    holder.submit("/demonstration/household", receipt=code)
    assert holder.client.get("/demonstration/household/certificate.pdf").status_code == 404


@SQLITE
def test_a_draft_that_was_called_off_stays_unknown(app: Flask, sign_in: SignIn) -> None:
    round = open_round(app, opened=False)
    move(app, round, "cancel", reason="内部原因")
    Browser(app).get(f"/demonstration/{round}", expect=404)
    assert TITLE not in sign_in("contact").get("/rounds/").text
    assert TITLE in sign_in("clerk").get("/rounds/").text


@SQLITE
def test_that_an_objection_waits_shows_to_nobody_of_the_panel_nor_to_everybody(
    app: Flask, sign_in: SignIn, later: Later
) -> None:
    round, [id], _codes = to_notice(app, later)
    objection, _code = object_to(app, round, id)
    later(60)

    def seen() -> tuple[list[str], str, str]:
        member = sign_in("clerk2").get(f"/demonstration/rounds/{round}")
        return (
            member.buttons + member.texts("main .steps a"),
            member.text,
            Browser(app).get(f"/demonstration/{round}").text,
        )

    waiting = seen()
    with app.app_context():
        db.session.get_one(Objection, objection).reply("查过了。", by=viewer("clerk"))
        db.session.commit()
    assert seen() == waiting
    assert END not in " ".join(waiting[0])
    assert "超期" not in waiting[2]
    assert END in sign_in("clerk").get(f"/demonstration/rounds/{round}").text


@SQLITE
def test_the_record_tells_no_one_who_nominated_that_somebody_objected(
    app: Flask, sign_in: SignIn, later: Later
) -> None:
    id = on_notice(app, later, by="leader")
    with app.app_context():
        round = db.session.get_one(Household, id).round_id
    object_to(app, round, id)
    assert "收到异议" not in sign_in("leader").get("/record").text
    assert "收到异议" in sign_in("auditor").get("/record").text


@SQLITE
def test_who_has_a_tie_reads_the_rank_of_that_household_and_no_points(
    app: Flask, sign_in: SignIn, later: Later
) -> None:
    round = open_round(app)
    id, _code = nominate(app, round, by="handler")
    step(app, id, "accept")
    later(11)
    move(app, round, "score", by="clerk")
    give(app, id, points={"clerk2": (80, 80), "handler2": (60, 60)})
    move(app, round, "close", by="clerk")
    assert "70.00" in sign_in("handler2").get(f"/panel/rounds/{round}").text
    page = sign_in("handler").get(f"/panel/rounds/{round}").text
    assert HEAD in page
    for points in ("70.00", "60.00", "80.00"):
        assert points not in page


@SQLITE
def test_a_nomination_that_nobody_has_checked_is_no_concern_of_the_panel(app: Flask, sign_in: SignIn) -> None:
    id, _code = nominate(app, open_round(app), place_code=OTHER_VILLAGE)
    sign_in("handler2").get(f"/panel/{id}/tie", expect=404)
    step(app, id, "accept")
    assert HEAD in sign_in("handler2").get(f"/panel/{id}/tie").text


@SQLITE
def test_a_nomination_that_comes_too_late_is_given_back(app: Flask, later: Later) -> None:
    round = open_round(app)
    visitor = Browser(app)
    visitor.get(f"/demonstration/{round}/nominate")
    later(20)
    assert WHY in visitor.submit(f"/demonstration/{round}/nominate", 409, fields=NOMINATION).html


@SQLITE
def test_the_notice_asks_for_all_photos_at_once(app: Flask, later: Later) -> None:
    names = [f"户{nth}" for nth in range(5)]
    round = open_round(app, places=len(names))
    ids = [nominate(app, round, name, shows_photos=True, photos=[photo()])[0] for name in names]
    for id in ids:
        step(app, id, "accept")
    later(11)
    move(app, round, "score", by="clerk")
    for id in ids:
        give(app, id, points=alike(80))
    move(app, round, "close", by="clerk")
    move(app, round, "publish")
    with queries(app) as seen:
        page = Browser(app).get(f"/demonstration/{round}")
    assert len(page.all("main img")) == len(names)
    assert len([each for each in seen if "household_photo" in each]) == 1


@SQLITE
def test_a_household_that_withdraws_leaves_nothing_of_what_it_told_a_visitor(app: Flask, later: Later) -> None:
    round, [id], _codes = to_deciding(app, later)
    step(app, id, "name", by="leader")
    move(app, round, "decide")
    later(400)
    with app.app_context():
        today = clock.today()
    step(app, id, "follow_up", made_on=today, now="又扩了十亩。", income="most", teaches="yes", advice="stays", why="")
    step(app, id, "withdraw", reason="农户要求。")
    with app.app_context():
        visit = db.session.scalars(select(FollowUp)).one()
        assert (visit.now, visit.income) == ("", None)


@SQLITE
def test_a_round_whose_days_are_over_is_not_opened(app: Flask, later: Later) -> None:
    round = open_round(app, opened=False)
    later(30)
    with pytest.raises(NotPossible):
        move(app, round, "open", by="clerk")
