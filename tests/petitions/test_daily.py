"""Daily work: what comes next, and a case on paper."""

from collections.abc import Callable
from datetime import date, timedelta

from flask import Flask

from blueprints.petitions.docket.domain import Kind, State
from tests.browse import Browser
from tests.letters import FARMING, WATER, WRITER, petition, press, put

SignIn = Callable[..., Browser]

# --- the next matter -----------------------------------------------------------------------------------------------


def three(app: Flask) -> list[int]:
    """Three letters, the most urgent first."""
    return [
        put(app, subject=f"{each}号", received_on=date(2026, 11, 20) + timedelta(days=each)).id for each in range(3)
    ]


def after(browser: Browser, id: int) -> str:
    return browser.get(f"/petitions/{id}/next").heading


def test_the_next_matter_follows_the_queue_even_when_a_step_has_moved_this_one(app: Flask, sign_in: SignIn) -> None:
    first, second, third = three(app)
    clerk = sign_in("clerk")
    clerk.get("/petitions/")
    press(clerk, first, "register")
    press(clerk, first, "decline")
    press(clerk, first, "notify")  # its clock has stopped: it stands elsewhere now
    assert petition(app, first).due_clock is None
    assert after(clerk, first) == "1号"
    clerk.get(f"/petitions/{second}")
    assert after(clerk, second) == "2号"
    clerk.get(f"/petitions/{third}")
    assert after(clerk, third) in ("0号", "1号")
    assert "从头开始" in clerk.page.text


def test_the_next_matter_keeps_to_the_filter_of_the_queue(app: Flask, sign_in: SignIn) -> None:
    one = put(app, subject="甲", kind=Kind.PROPOSAL).id
    put(app, subject="乙")
    put(app, subject="丙", kind=Kind.PROPOSAL)
    clerk = sign_in("clerk")
    clerk.get("/petitions/?kind=proposal")
    clerk.get(f"/petitions/{one}")
    assert after(clerk, one) == "丙"
    clerk.get("/petitions/?state=registered")
    clerk.get(f"/petitions/{one}")
    assert clerk.get(f"/petitions/{one}/next").path == "/petitions/?state=registered"
    assert "没有其他" in clerk.page.text


def test_the_words_of_a_search_are_not_remembered_in_the_browser(app: Flask, sign_in: SignIn) -> None:
    put(app)
    clerk = sign_in("clerk")
    clerk.get("/petitions/?q=张三丰&kind=claim")
    kept = clerk.client.get_cookie("queue", path="/petitions")
    assert kept is not None
    assert kept.value == "kind=claim"


def test_the_next_matter_is_never_one_that_is_walled(app: Flask, sign_in: SignIn) -> None:
    one = put(app, State.HANDLING, subject="甲").id
    put(app, State.HANDLING, subject="乙", unit=FARMING, against=WATER)
    put(app, State.HANDLING, subject="丙", unit=FARMING)
    handler = sign_in("handler")
    handler.get(f"/petitions/{one}")
    assert handler.get(f"/petitions/{one}/next").path == "/petitions/"


# --- a case on paper -----------------------------------------------------------------------------------------------


def test_a_case_on_paper_has_everything_but_who_wrote(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.DELIVERED).id
    press(sign_in("handler"), id, "note")
    for username in ("clerk", "handler", "leader"):
        page = sign_in(username).get(f"/petitions/{id}/print")
        assert "水泵确实坏了。" in page.text
        assert "内部：先问排灌站。" in page.text
        assert "挂号XA123456789" in page.text
        assert len(page.all(".sheet")) == 2  # the notice and the opinion
        assert not [word for word in WRITER.values() if word in page.html]


def test_a_contact_prints_no_more_than_they_see(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.DELIVERED, by="contact")
    press(sign_in("handler"), made.id, "note")
    press(sign_in("clerk"), made.id, "supervise")
    assert "请说明逾期原因。" in sign_in("clerk").get(f"/petitions/{made.id}/print").text
    page = sign_in("contact").get(f"/petitions/{made.id}/print")
    assert "请说明逾期原因。" not in page.text
    assert len(page.all(".sheet")) == 2  # the notice and the opinion
    assert "督办" not in page.text
    assert "内部：先问排灌站。" not in page.text
    assert "挂号XA123456789" not in page.text


def test_a_case_that_somebody_may_not_see_is_not_printed(app: Flask, sign_in: SignIn) -> None:
    other = put(app, State.HANDLING, unit=FARMING).id
    about = put(app, State.HANDLING, unit=FARMING, against=WATER).id
    handler = sign_in("handler")
    for id in (other, about):
        handler.get(f"/petitions/{id}/print", expect=404)
        handler.get(f"/petitions/{id}/next")  # tells nothing of it
        assert handler.page.path == "/petitions/"
