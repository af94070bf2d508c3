"""Review and re-examination: the petitioner's right runs from delivery alone, one level up each time (2022 Art 35, 36)."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from blueprints.petitions.docket.domain import Kind, Standing, State
from blueprints.petitions.docket.models import Petition
from core import record
from core.extensions import db
from tests.browse import Browser
from tests.letters import days, look_up, offered, petition, press, put, step

SignIn = Callable[..., Browser]
pytestmark = pytest.mark.parametrize("database", ["sqlite"])  # rules of dates and pages; no query of their own
On = Callable[[date], None]


def last(app: Flask, id: int) -> record.Entry:
    with app.app_context():
        return record.entries(db.session.get_one(Petition, id).thread)[-1]


def delivered(app: Flask, day: date) -> tuple[int, str]:
    made = put(app, State.SIGNED)
    with app.app_context():
        step(made.id, "deliver", on=day)
        db.session.commit()
    return made.id, made.code


def test_the_term_for_a_review_runs_from_delivery_and_rolls_to_the_next_working_day(app: Flask, on: On) -> None:
    id = put(app, State.SIGNED).id
    assert "ask_review" not in days(app, id), "what has not been delivered begins no term"
    with app.app_context():
        step(id, "deliver", on=date(2026, 3, 2))
        db.session.commit()
    # Thirty days end on 1 April; a delivery on the fifth would end on Saturday 4 April, within the Qingming holiday.
    assert days(app, id)["ask_review"] == (date(2026, 3, 2), date(2026, 4, 1), None)
    other = put(app, State.SIGNED).id
    on(date(2026, 3, 5))
    with app.app_context():
        step(other, "deliver", on=date(2026, 3, 5))
        db.session.commit()
    assert days(app, other)["ask_review"][1] == date(2026, 4, 7)


@pytest.mark.parametrize(
    ("asked", "standing"), [(date(2026, 4, 1), Standing.IN_TIME), (date(2026, 4, 2), Standing.LATE)]
)
def test_a_request_is_in_time_up_to_the_last_day_and_what_is_late_is_said_not_refused(
    app: Flask, sign_in: SignIn, on: On, asked: date, standing: Standing
) -> None:
    id, _ = delivered(app, date(2026, 3, 2))
    on(asked)
    press(sign_in("clerk"), id, "ask_review", on=asked.isoformat())
    assert petition(app, id).state == State.REVIEWING
    assert last(app, id).data["standing"] == standing
    assert days(app, id)["ask_review"][2] == asked


def test_a_request_before_a_delivery_is_proven_is_early(app: Flask, sign_in: SignIn, on: On) -> None:
    made = put(app, State.SIGNED)
    resident = Browser(app)
    look_up(resident, made.code)
    resident.submit("/letters/status/ask/ask_review", reason="水泵没有修好。")
    assert petition(app, made.id).state == State.REVIEWING
    assert last(app, made.id).data["standing"] == Standing.EARLY


def test_the_petitioner_asks_by_the_receipt_code_and_the_office_sees_it(app: Flask, sign_in: SignIn, on: On) -> None:
    id, code = delivered(app, date(2026, 3, 2))
    resident = Browser(app)
    look_up(resident, code)
    resident.submit("/letters/status/ask/ask_review", 422, reason="")
    asked = resident.submit("/letters/status/ask/ask_review", reason="答复没有说清楚，标记甲。")
    assert not asked.all("form[action$='/ask/ask_review']"), "once"
    assert days(app, id)["review"] == (date(2026, 3, 2), date(2026, 4, 1), None)
    case = sign_in("leader").get(f"/petitions/{id}")
    assert "标记甲" in case.text
    assert petition(app, id).unread


def test_only_a_claim_for_relief_can_be_reviewed(app: Flask, sign_in: SignIn, on: On) -> None:
    made = put(app, State.REGISTERED)
    with app.app_context():
        row = db.session.get_one(Petition, made.id)
        row.kind = Kind.PROPOSAL
        for action in ("accept", "assign", "take", "answer", "sign", "deliver"):
            step(made.id, action)
        db.session.commit()
    assert "ask_review" not in days(app, made.id)
    assert "ask_review" not in offered(sign_in("clerk").get(f"/petitions/{made.id}"))
    assert not look_up(Browser(app), made.code).all("form[action$='/ask/ask_review']")


def test_the_review_opinion_reaches_the_petitioner_and_its_delivery_begins_the_next_right(
    app: Flask, sign_in: SignIn, on: On
) -> None:
    made = put(app, State.REVIEWING)
    with app.app_context():
        step(made.id, "notify")
        db.session.commit()
    clerk = sign_in("clerk")
    press(clerk, made.id, "review", text="事实清楚，标记乙。")
    assert "ask_reexamination" not in days(app, made.id)
    press(clerk, made.id, "notify", on="2026-03-02")
    assert days(app, made.id)["ask_reexamination"] == (date(2026, 3, 2), date(2026, 4, 1), None)
    resident = Browser(app)
    look_up(resident, made.code)
    paper = resident.page.all("section[aria-labelledby=papers] a")[-1].attributes["href"]
    told = resident.get(str(paper)).html
    assert "标记乙" in told
    assert "复核" in told, "what is left is named"
    assert "中共武汉市委组织部" in told


def test_a_re_examination_leaves_out_the_days_of_a_hearing_and_no_other_clock_does(
    app: Flask, sign_in: SignIn, on: On
) -> None:
    id = put(app, State.REEXAMINING).id
    on(date(2026, 3, 12))
    press(sign_in("leader"), id, "hear", on="2026-03-10", until="2026-03-12")
    assert days(app, id)["reexamination"][1] == date(2026, 4, 4)  # thirty days and three
    other = put(app, State.HANDLING).id
    before = days(app, other)["handling"][1]
    press(sign_in("leader"), other, "hear", on="2026-03-12")
    assert days(app, other)["handling"][1] == before


def test_a_revoked_opinion_is_handled_again_with_a_clock_of_its_own_and_can_be_reviewed_again(
    app: Flask, sign_in: SignIn, on: On
) -> None:
    id = put(app, State.REVIEWING).id
    press(sign_in("clerk"), id, "review", verdict="revoked")
    on(date(2026, 4, 1))
    leader = sign_in("leader")
    press(leader, id, "redo")
    assert petition(app, id).state == State.HANDLING
    assert days(app, id)["handling"][:2] == (date(2026, 4, 1), date(2026, 5, 31))
    with app.app_context():
        for action in ("answer", "sign", "deliver"):
            step(id, action)
        db.session.commit()
    assert "ask_review" in offered(sign_in("clerk").get(f"/petitions/{id}"))
    upheld = put(app, State.REVIEWED).id
    assert "redo" not in offered(leader.get(f"/petitions/{upheld}"))


def test_after_the_re_examination_nothing_more_can_be_asked(app: Flask, sign_in: SignIn, on: On) -> None:
    made = put(app, State.REEXAMINED)
    assert not {"ask_review", "ask_reexamination"} & offered(sign_in("clerk").get(f"/petitions/{made.id}"))
    assert not look_up(Browser(app), made.code).all("form[action*='/ask/ask_re']")


# --- what the petitioner may still ask, whatever the office has done meanwhile -------------------------------------


def asks(app: Flask, code: str) -> set[str]:
    """What the receipt page offers to ask the organ above for."""
    forms = look_up(Browser(app), code).all("form[action*='/ask/ask_re']")
    return {str(form.attributes["action"]).rpartition("/")[2] for form in forms}


def test_an_answer_that_was_asked_about_before_its_delivery_is_delivered_all_the_same_and_begins_no_second_term(
    app: Flask, sign_in: SignIn, on: On
) -> None:
    made = put(app, State.SIGNED)
    with app.app_context():
        step(made.id, "notify")
        db.session.get_one(Petition, made.id).ask("ask_review", "水泵没有修好。")
        db.session.commit()
    clerk = sign_in("clerk")
    press(clerk, made.id, "notify", how="registered_post", proof="挂号XA987654321")
    with app.app_context():
        answer = db.session.get_one(Petition, made.id).papers()[-1]
        assert (answer.kind, answer.proof) == ("opinion", "挂号XA987654321")
    assert "ask_review" not in days(app, made.id), "the right has been used"
    press(clerk, made.id, "review")
    press(clerk, made.id, "notify")
    handler = sign_in("handler")
    press(handler, made.id, "carry_out")
    press(handler, made.id, "close")


def test_a_request_dated_before_the_delivery_is_early_even_if_it_is_written_down_later(
    app: Flask, sign_in: SignIn, on: On
) -> None:
    id = put(app, State.SIGNED).id
    on(date(2026, 3, 6))
    clerk = sign_in("clerk")
    press(clerk, id, "deliver", on="2026-03-05")
    press(clerk, id, "ask_review", on="2026-03-04")
    assert last(app, id).data["standing"] == Standing.EARLY


def test_the_term_of_an_older_answer_says_nothing_of_a_request_on_the_new_one(
    app: Flask, sign_in: SignIn, on: On
) -> None:
    id = put(app, State.REVIEWING).id
    with app.app_context():
        step(id, "review", verdict="revoked")
        step(id, "redo", by="leader", reason="重新办理")
        for action in ("answer", "sign"):
            step(id, action)
        db.session.commit()
    press(sign_in("clerk"), id, "ask_review")
    assert last(app, id).data["standing"] == Standing.EARLY


@pytest.mark.parametrize("state", [State.CLOSED, State.ARCHIVED])
def test_closing_takes_no_right_away(app: Flask, sign_in: SignIn, on: On, state: State) -> None:
    made, reviewed = put(app, state), put(app, State.REVIEWED)
    with app.app_context():
        for action in ("notify", "notify", "carry_out", "close", "archive")[: 5 if state == State.ARCHIVED else 4]:
            step(reviewed.id, action)
        db.session.commit()
    assert petition(app, reviewed.id).state == state
    assert (asks(app, made.code), asks(app, reviewed.code)) == ({"ask_review"}, {"ask_reexamination"})
    clerk = sign_in("clerk")
    press(clerk, reviewed.id, "ask_reexamination")
    row = petition(app, reviewed.id)
    assert (row.state, row.due_clock, row.closed_on, row.solved) == (State.REEXAMINING, "reexamination", None, None)
    assert "ask_reexamination" not in offered(clerk.get(f"/petitions/{made.id}")), "nothing was reviewed"


def test_a_revoked_answer_cannot_be_closed_and_what_it_promised_is_not_owed_any_more(
    app: Flask, sign_in: SignIn, on: On
) -> None:
    id = put(app, State.REVIEWING).id
    with app.app_context():
        step(id, "notify")
        step(id, "review", verdict="revoked")
        step(id, "notify")
        step(id, "carry_out")
        db.session.commit()
    for username in ("handler", "leader"):
        assert "close" not in offered(sign_in(username).get(f"/petitions/{id}"))
    other = put(app, State.REVIEWING).id
    with app.app_context():
        step(other, "review", verdict="revoked")
        step(other, "notify", on=date(2026, 3, 2))
        db.session.commit()
    press(sign_in("leader"), other, "redo")
    running = {name for name, (_, _, stopped) in days(app, other).items() if stopped is None}
    assert "handling" in running
    assert not {"carry_out", "ask_review", "ask_reexamination"} & running


@pytest.mark.parametrize(("state", "action"), [(State.REVIEWING, "review"), (State.REEXAMINING, "reexamine")])
def test_the_organ_above_is_in_time_by_the_day_of_its_decision_not_by_the_day_that_is_written_down(
    app: Flask, sign_in: SignIn, on: On, state: State, action: str
) -> None:
    id = put(app, state).id
    on(date(2026, 4, 20))
    clerk = sign_in("clerk")
    assert press(clerk, id, action, expect=422, dated="2026-03-01").all("#dated-error"), "nobody had asked yet"
    press(clerk, id, action, dated="2026-03-30")
    clock = {"review": "review", "reexamine": "reexamination"}[action]
    assert days(app, id)[clock] == (date(2026, 3, 2), date(2026, 4, 1), date(2026, 3, 30))


def test_the_same_facts_and_grounds_are_not_taken_again_after_a_re_examination(
    app: Flask, sign_in: SignIn, on: On
) -> None:
    id = put(app, State.REGISTERED).id
    clerk = sign_in("clerk")
    press(clerk, id, "decline", elsewhere="final", reason="此事已于2025年12月复核。")
    paper = clerk.get(f"/petitions/{id}").all("section[aria-labelledby=papers] a")[-1]
    told = clerk.follow(str(paper.attributes["href"])).html
    assert "复核" in told
    assert "第三十六条" in told
    assert "新的事实和理由" in told
