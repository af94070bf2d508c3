"""The procedure through its pages: who may take which step in which state, and what each step does."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.petitions.casefile.models import Message, Paper, Part
from blueprints.petitions.docket.domain import ENDED, WITH_UNIT, WORKFLOW, State
from blueprints.petitions.docket.models import Petition
from core import clock, record
from core.extensions import db
from core.roles import Role
from tests.browse import Browser, Page, Value
from tests.letters import (
    FARMING,
    TAKEN_BY,
    TYPED,
    WATER,
    WRITER,
    answers,
    days,
    look_up,
    offered,
    other,
    petition,
    press,
    put,
    step,
    unit_id,
    viewer,
)
from tests.people import PEOPLE

SignIn = Callable[..., Browser]
At = Callable[[datetime], None]
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ROLES = {username: role for username, _, role, _ in PEOPLE if username not in ("clerk2", "handler2")}


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Stops the clock at a moment."""

    def stop(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    stop(MONDAY)
    return stop


# Of a plain matter in any state these wait for something that only the tests further down bring about.
WAITING = {"close", "part", "release", "redo", "respond"}


def wanted(role: Role, state: State) -> set[str]:
    """The steps of the table, less those that have nothing to do yet."""
    waiting = WAITING | ({"ask_reexamination"} if state in ENDED else set())  # these were never reviewed
    return {each.action for each in WORKFLOW if role in each.who and state in each.from_} - waiting


# --- every step × role × state -------------------------------------------------------------------------------------


@pytest.mark.parametrize("database", ["sqlite"])  # some thousand pages that ask the table, not the database
def test_just_the_steps_of_the_table_are_offered_and_every_other_one_is_refused(app: Flask, sign_in: SignIn) -> None:
    people = {username: sign_in(username) for username in ROLES}
    tokens = {username: token(person.get("/account")) for username, person in people.items()}
    for state in State:
        id = put(app, state).id
        version = str(petition(app, id).version)
        for username, role in ROLES.items():
            person = people[username]
            sees = role in (Role.CLERK, Role.LEADER) or (role is Role.HANDLER and state in _WITH_WATER)
            shown = offered(person.get(f"/petitions/{id}", expect=200 if sees else 404))
            assert shown == (wanted(role, state) if sees else set()), f"{username} in {state}"
            for each in WORKFLOW:
                if each.action in shown or not (sees or each.action in ("register", "note")):
                    continue
                sent = {"csrf_token": tokens[username], "version": version, **answers(each.action)}
                answer = person.client.post(f"/petitions/{id}/{each.action}", data=sent)
                assert answer.status_code == (409 if sees else 404), f"{username} {each.action} in {state}"
        row = petition(app, id)
        assert (row.state, str(row.version)) == (state, version)


def token(page: Page) -> str:
    """The token against forged forms that stands in the page."""
    return page.all("main input[name=csrf_token]")[0].attributes["value"] or ""


_WITH_WATER = {*WITH_UNIT, *ENDED}
_TAKEN = [
    (each.action, state, username)
    for each in WORKFLOW
    for state in map(State, each.from_)
    for username, role in ROLES.items()
    if role in each.who and (role is not Role.HANDLER or state in _WITH_WATER)
    if (each.action, role) != ("withdraw", Role.LEADER)  # there is but one: see test_recusal.py
]


def ready(app: Flask, action: str, state: State) -> int:
    """A matter in that state in which nothing keeps this step shut."""
    verdict = {"verdict": "revoked"} if action == "redo" else {}
    reviewed = action == "ask_reexamination" and state in ENDED
    unreachable = action == "close" and state == State.SIGNED  # else the answer is delivered first
    id = put(app, State.REVIEWED if reviewed else state, named=not unreachable).id
    with app.app_context():
        match action:
            case "ask_reexamination" if reviewed:
                for each in (
                    "notify",
                    "notify",
                    "carry_out",
                    "close",
                    *(("archive",) if state == State.ARCHIVED else ()),
                ):
                    step(id, each)
            case "part" | "release":
                step(id, "join")
            case "respond":
                step(id, "supervise")
            case "redo":
                row = db.session.get_one(Petition, id)
                row.verdict = verdict["verdict"]
                row.trace("note", by=None)
            case "merge":
                other()
            case "close":
                while "notify" in {each.action for each in db.session.get_one(Petition, id).steps(viewer("clerk"))}:
                    step(id, "notify")
                if state in WITH_UNIT:
                    step(id, "carry_out")
                if state == State.FORWARDED:  # its term for an objection has passed
                    row = db.session.get_one(Petition, id)
                    next(each for each in row.clocks() if each.name == "objection").due_on -= timedelta(days=30)
                    row.trace("note", by=None)
        db.session.commit()
    return id


def test_every_step_of_the_table_is_taken_in_these_tests() -> None:
    assert {action for action, *_ in _TAKEN} == {each.action for each in WORKFLOW}


@pytest.mark.parametrize("database", ["sqlite"])  # the matrix above goes over PostgreSQL too
@pytest.mark.parametrize("action", [each.action for each in WORKFLOW])
def test_a_button_that_shows_is_a_button_that_works(app: Flask, sign_in: SignIn, action: str) -> None:
    with app.app_context():
        water, farming = unit_id(WATER), unit_id(FARMING)
        clerk2 = viewer("clerk2").id
    people: dict[str, Browser] = {}
    for _, state, username in (each for each in _TAKEN if each[0] == action):
        id = ready(app, action, state)
        who = "handler2" if action == "part" else username
        person = people.get(who) or people.setdefault(who, sign_in(who))
        fields: dict[str, Value | None] = {"person": str(clerk2)} if action == "recuse" else {}
        if action == "release":
            with app.app_context():
                fields["part"] = str(db.session.scalars(select(Part.id).where(Part.petition_id == id)).one())
        if action == "close" and state in (State.DECLINED, State.FORWARDED):
            fields["solved"] = None  # nothing was answered, so it is not asked
        done = press(person, id, action, unit=farming if action in ("join", "reassign") else water, fields=fields)
        sees_it_no_more = action in ("withdraw", "object")
        assert done.path == ("/petitions/" if sees_it_no_more else f"/petitions/{id}")
        assert petition(app, id).state == WORKFLOW.step(action).after(state), f"{username} in {state}"
        with app.app_context():
            last = record.entries(db.session.get_one(Petition, id).thread)[-1]
            assert last.action == action


def test_a_step_that_is_not_there_is_no_page(app: Flask, sign_in: SignIn) -> None:
    id = put(app).id
    clerk = sign_in("clerk")
    clerk.get(f"/petitions/{id}/burn", expect=404)
    clerk.get(f"/petitions/{id}/register")
    token = clerk.page.all("input[name=csrf_token]")[0].attributes["value"] or ""
    clerk.post(f"/petitions/{id}/burn", {"csrf_token": token}, expect=404)


def test_the_page_of_a_step_that_is_not_open_leads_back_to_the_case(app: Flask, sign_in: SignIn) -> None:
    id = put(app).id
    assert sign_in("clerk").get(f"/petitions/{id}/accept").path == f"/petitions/{id}"


# --- units ---------------------------------------------------------------------------------------------------------


def test_a_handler_sees_the_matters_of_the_own_unit_and_no_other(app: Flask, sign_in: SignIn) -> None:
    ours, theirs, new = put(app, State.ASSIGNED), put(app, State.ASSIGNED, unit=FARMING), put(app)
    handler = sign_in("handler")
    handler.get(f"/petitions/{ours.id}")
    for each in (theirs, new):
        handler.get(f"/petitions/{each.id}", expect=404)
        handler.get(f"/petitions/{each.id}/identity", expect=404)
        assert f"/petitions/{each.id}" not in handler.get("/petitions/?state=all").html


# --- what each step asks -------------------------------------------------------------------------------------------


LACKING = [  # state, step, what is left out
    (State.REGISTERED, "decline", "reason"),
    (State.REGISTERED, "decline", "elsewhere"),
    (State.ACCEPTED, "assign", "unit"),
    (State.HANDLING, "answer", "items-0-facts"),
    (State.HANDLING, "answer", "outcome"),
    (State.HANDLING, "answer", "basis"),
    (State.DRAFTED, "rework", "reason"),
    (State.SIGNED, "deliver", "how"),
    (State.SIGNED, "deliver", "on"),
    (State.SIGNED, "deliver", "proof"),
    (State.SIGNED, "message", "text"),
]


def test_a_step_that_lacks_what_it_asks_comes_back_with_every_word(app: Flask, sign_in: SignIn) -> None:
    people = {username: sign_in(username) for username in ("clerk", "handler", "leader")}
    ids: dict[State, int] = {}
    for state, action, left_out in LACKING:
        id = ids.setdefault(state, ids.get(state) or put(app, state).id)
        person = people[TAKEN_BY.get(action, "clerk")]
        back = press(person, id, action, expect=422, fields={left_out: ""})
        assert back.all("#errors"), (action, left_out)
        for name, value in answers(action).items():
            if name not in (left_out, "unit", "how", "outcome", "elsewhere"):
                field = back.one(f"[name={name}]")
                assert (field.text() if field.tag == "textarea" else field.attributes["value"]) == value
        assert petition(app, id).state == state


def test_one_more_request_keeps_what_was_written(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.HANDLING).id
    handler = sign_in("handler")
    handler.get(f"/petitions/{id}/answer")
    more = handler.submit("1", fields=answers("answer"))
    assert more.one("[name=items-0-facts]").text() == "水泵确实坏了三个月。"
    second = {f"items-1-{name}": "第二项" for name in ("request", "facts", "opinion")}
    handler.submit(more.heading, fields=dict(second))
    with app.app_context():
        opinion = db.session.get_one(Petition, id).opinion
        assert opinion is not None
        assert [item["facts"] for item in opinion["items"]] == ["水泵确实坏了三个月。", "第二项"]


def test_an_answer_sent_back_for_rework_keeps_its_text(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.DRAFTED).id
    press(sign_in("leader"), id, "rework")
    handler = sign_in("handler")
    handler.get(f"/petitions/{id}/answer")
    assert handler.page.one("[name=items-0-facts]").text() == "水泵确实坏了。"
    assert handler.page.one("input[name=outcome][checked]").attributes["value"] == "supported"


# --- numbers, papers, clocks ---------------------------------------------------------------------------------------


def test_the_docket_numbers_of_a_year_have_no_gap_and_no_double(app: Flask, sign_in: SignIn, at: At) -> None:
    clerk = sign_in("clerk")
    ids = [put(app).id for _ in range(3)]
    press(clerk, ids[0], "register", expect=422, kind="revenge")
    for id in ids:
        press(clerk, id, "register")
    assert [petition(app, id).number for id in ids] == ["2026-00001", "2026-00002", "2026-00003"]


def test_registration_may_correct_the_class(app: Flask, sign_in: SignIn) -> None:
    id = put(app).id
    press(sign_in("clerk"), id, "register", kind="proposal")
    assert petition(app, id).kind == "proposal"


def test_acceptance_issues_its_notice_and_starts_sixty_days(app: Flask, sign_in: SignIn, at: At) -> None:
    id = put(app, State.REGISTERED).id
    press(sign_in("clerk"), id, "accept")
    assert days(app, id)["handling"] == (date(2026, 3, 2), date(2026, 5, 1), None)
    assert papers(app, id) == ["acceptance"]


def test_refusal_names_the_channel_on_its_paper(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.REGISTERED).id
    clerk = sign_in("clerk")
    press(clerk, id, "decline", elsewhere="arbitration")
    assert papers(app, id) == ["declined"]
    assert "仲裁" in clerk.follow(_paper(app, id)).html
    assert "此事应由法院审理。" in clerk.page.html
    assert "handling" not in days(app, id)


def papers(app: Flask, id: int) -> list[str]:
    with app.app_context():
        return [paper.kind for paper in db.session.get_one(Petition, id).papers()]


def _paper(app: Flask, id: int) -> str:
    with app.app_context():
        return f"/petitions/{id}/papers/{db.session.get_one(Petition, id).papers()[-1].id}"


def test_the_sign_off_issues_the_opinion_and_stops_the_handling(app: Flask, sign_in: SignIn, at: At) -> None:
    id = put(app, State.DRAFTED).id
    at(MONDAY + timedelta(days=59))
    leader = sign_in("leader")
    press(leader, id, "sign")
    assert days(app, id)["handling"][2] == date(2026, 4, 30)
    assert papers(app, id) == ["acceptance", "opinion"]
    assert "一周内修好。" in leader.follow(_paper(app, id)).html


def test_the_notice_stops_on_the_day_it_was_given_not_on_the_day_it_was_written_down(
    app: Flask, sign_in: SignIn, at: At
) -> None:
    id = put(app, State.ACCEPTED).id
    at(MONDAY + timedelta(days=20))
    press(sign_in("clerk"), id, "notify", on="2026-03-12")
    assert days(app, id)["notice"] == (date(2026, 3, 2), date(2026, 3, 17), date(2026, 3, 12))


def test_a_paper_is_delivered_neither_before_it_was_issued_nor_in_the_future(
    app: Flask, sign_in: SignIn, at: At
) -> None:
    id = put(app, State.SIGNED).id
    at(MONDAY + timedelta(days=1))
    clerk = sign_in("clerk")
    for on in ("2026-03-01", "2026-03-04", "1999-01-01"):
        assert press(clerk, id, "deliver", expect=422, on=on).all("#on-error"), on


def test_delivery_is_kept_with_day_way_and_proof(app: Flask, sign_in: SignIn, at: At) -> None:
    id = put(app, State.SIGNED).id
    at(MONDAY + timedelta(days=3))
    press(sign_in("clerk"), id, "deliver", on="2026-03-04")
    with app.app_context():
        paper = db.session.scalars(select(Paper).where(Paper.petition_id == id, Paper.kind == "opinion")).one()
        assert (paper.issued_on, paper.delivered_on) == (date(2026, 3, 2), date(2026, 3, 4))
        assert (paper.delivered_how, paper.proof) == ("registered_post", "挂号XA123456789")


def test_no_delivery_counts_without_its_proof_not_even_one_on_the_receipt_page(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.SIGNED, named=False).id
    clerk = sign_in("clerk")
    assert press(clerk, id, "deliver", expect=422, how="receipt_page", proof="").all("#proof-error")
    assert petition(app, id).state == State.SIGNED
    press(clerk, id, "deliver", how="receipt_page", proof="本人来电确认已阅")
    assert petition(app, id).state == State.DELIVERED


def test_nothing_is_closed_before_every_paper_has_reached_the_petitioner(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.DELIVERED).id
    handler = sign_in("handler")
    assert "close" not in offered(handler.get(f"/petitions/{id}"))
    press(sign_in("clerk"), id, "notify")
    assert "close" not in offered(handler.get(f"/petitions/{id}")), "what was supported is not carried out yet"
    press(handler, id, "carry_out")
    press(handler, id, "close")
    row = petition(app, id)
    assert (row.state, row.due_on, row.solved) == ("closed", None, "village")
    running = {name for name, (_, _, stopped) in days(app, id).items() if stopped is None}
    assert running == {"ask_review"}, "of all clocks only the petitioner's right goes on"


def test_an_anonymous_letter_ends_with_its_answer_lying_ready_and_no_right_begins_or_ends_by_that(
    app: Flask, sign_in: SignIn, at: At
) -> None:
    made, named = put(app, State.SIGNED, named=False), put(app, State.SIGNED)
    assert days(app, made.id)["notice"][2] == date(2026, 3, 2), "the notice lies ready from the day it was issued"
    assert days(app, named.id)["notice"][2] is None
    for id in (made.id, named.id):
        press(sign_in("handler"), id, "carry_out")
    leader = sign_in("leader")
    assert "close" not in offered(leader.get(f"/petitions/{named.id}"))
    press(leader, made.id, "close", solved="village")
    row = petition(app, made.id)
    assert (row.state, row.due_on, row.solved) == (State.CLOSED, None, "village")
    assert "ask_review" not in days(app, made.id), "nothing was delivered"
    at(MONDAY + timedelta(days=200))
    resident = Browser(app)
    page = look_up(resident, made.code)
    assert "无法向您送达" in page.text
    assert "处理意见书" in page.text
    resident.submit("/letters/status/ask/ask_review", reason="水泵没有修好。")
    assert petition(app, made.id).state == State.REVIEWING
    with app.app_context():
        asked = next(each for each in db.session.get_one(Petition, made.id).timeline() if each.action == "ask_review")
        assert asked.data["standing"] == "early"
        step(made.id, "review")
        step(made.id, "close", by="leader")
        db.session.commit()


def test_a_declined_anonymous_letter_is_closed_without_a_delivery(app: Flask, sign_in: SignIn) -> None:
    made, named = put(app, State.DECLINED, named=False), put(app, State.DECLINED)
    assert "将送达" not in look_up(Browser(app), made.code).one(".lead").text()
    leader = sign_in("leader")
    assert "close" not in offered(leader.get(f"/petitions/{named.id}"))
    press(leader, made.id, "close", fields={"solved": None})
    assert petition(app, made.id).state == State.CLOSED


def test_what_is_due_next_is_the_earliest_clock_that_runs(app: Flask, sign_in: SignIn, at: At) -> None:
    id = put(app, State.ACCEPTED).id
    clerk = sign_in("clerk")
    assert (petition(app, id).due_on, petition(app, id).due_clock) == (date(2026, 3, 17), "notice")
    press(clerk, id, "notify")
    assert (petition(app, id).due_on, petition(app, id).due_clock) == (date(2026, 5, 1), "handling")


def test_each_date_of_a_case_opens_its_own_sum(app: Flask, sign_in: SignIn, at: At) -> None:
    page = sign_in("clerk").get(f"/petitions/{put(app, State.ACCEPTED).id}")
    sums = page.texts(".due .sum")
    assert len(sums) == 2
    assert any("15" in each and "第二十三条" in each for each in sums)
    assert any("60" in each and "第三十四条" in each for each in sums)


def test_the_time_of_a_proposal_is_shown_as_the_offices_own_aim(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        id = put(app, State.REGISTERED).id
    clerk = sign_in("clerk", "en")
    with app.app_context():
        row = db.session.get_one(Petition, id)
        row.kind = "proposal"
        row.trace("register", by=None)
        db.session.commit()
    press(clerk, id, "accept")
    assert "aim of the office itself" in clerk.get(f"/petitions/{id}").text


# --- identity ------------------------------------------------------------------------------------------------------


def test_no_page_of_staff_shows_who_wrote_unless_the_identity_was_opened(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.SIGNED).id
    with app.app_context():
        papers = [paper.id for paper in db.session.get_one(Petition, id).papers()]
    assert len(papers) == 2
    for username in ("clerk", "handler", "leader"):
        person = sign_in(username)
        for path in ("", "/identity", "/note", *(f"/papers/{paper}" for paper in papers)):
            shown = person.get(f"/petitions/{id}{path}")
            assert not [word for word in WRITER.values() if word in shown.html], f"{username} {path}"
        for path in ("/petitions/", "/desk", "/petitions/?q=水泵"):
            assert not [word for word in WRITER.values() if word in person.get(path).html]


def test_an_identity_opens_for_a_reason_which_is_recorded(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.HANDLING).id
    handler = sign_in("handler")
    handler.get(f"/petitions/{id}/identity")
    assert WRITER["name"] not in handler.submit(f"/petitions/{id}/identity", expect=422).html
    opened = handler.submit(f"/petitions/{id}/identity", reason="上门查看水泵")
    for word in WRITER.values():
        assert word in opened.text
    assert WRITER["name"] not in handler.get(f"/petitions/{id}/identity").html  # not on a page that loads again
    with app.app_context():
        last = record.entries(db.session.get_one(Petition, id).thread)[-1]
        assert (last.action, last.note) == ("identity opened", "上门查看水泵")
    assert "上门查看水泵" in sign_in("clerk").get(f"/petitions/{id}").text


def test_a_paper_is_printed_with_the_name_only_by_opening_the_identity(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.SIGNED).id
    clerk = sign_in("clerk")
    clerk.get(f"/petitions/{id}/identity")
    with app.app_context():
        paper = db.session.get_one(Petition, id).papers()[0].id
        before = db.session.get_one(Petition, id).version
    given = clerk.submit(f"/petitions/{id}/identity", reason="邮寄告知书", paper=str(paper))
    assert given.response.mimetype == "application/pdf"
    assert petition(app, id).version == before + 1


def test_nobody_is_named_where_nobody_gave_a_name(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.REGISTERED, named=False).id
    clerk = sign_in("clerk")
    assert not clerk.get(f"/petitions/{id}").all(f"a[href='/petitions/{id}/identity']")
    token = clerk.page.all("input[name=csrf_token]")[0].attributes["value"] or ""
    clerk.post(f"/petitions/{id}/identity", {"csrf_token": token, "reason": "x"}, expect=404)


def test_an_identity_is_nobodys_business_who_does_not_handle_the_matter(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.HANDLING, by="contact").id
    for username in ("contact", "discipline", "auditor", "administrator", "handler2"):
        person = sign_in(username)
        sent = {"csrf_token": token(person.get("/account")), "reason": "好奇"}
        person.get(f"/petitions/{id}/identity", expect=404)
        person.post(f"/petitions/{id}/identity", sent, expect=404)
    assert petition(app, id).version == 5


# --- notes, messages, contacts -------------------------------------------------------------------------------------


def test_an_internal_note_is_seen_inside_the_office_and_nowhere_else(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.HANDLING, by="contact")
    press(sign_in("handler"), made.id, "note")
    assert "先问排灌站" in sign_in("clerk").get(f"/petitions/{made.id}").text
    assert "先问排灌站" not in sign_in("contact").get(f"/petitions/{made.id}").html
    assert "先问排灌站" not in look_up(Browser(app), made.code).html
    with app.app_context():
        assert [each.to_petitioner for each in db.session.scalars(select(Message))] == [False]


def test_a_contact_sees_what_they_filed_without_a_button_and_nothing_else(app: Flask, sign_in: SignIn) -> None:
    mine, others = put(app, by="contact"), put(app)
    contact = sign_in("contact")
    page = contact.get(f"/petitions/{mine.id}")
    assert str(TYPED["subject"]) in page.text
    assert not offered(page)
    assert WRITER["name"] not in page.html
    contact.get(f"/petitions/{others.id}", expect=404)
    assert len(contact.get("/petitions/").all(".list tbody tr")) == 1


def test_the_contact_who_filed_it_reads_nothing_that_came_after_the_letter(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.HANDLING, by="contact")
    resident = Browser(app)
    look_up(resident, made.code)
    proof = [(io.BytesIO("证据".encode()), "证据.txt")]
    resident.submit("/letters/status/message", fields={"text": "联络员收了钱，标记己。", "files": proof})
    press(sign_in("handler"), made.id, "message", text="我们来核实，标记庚。")
    press(sign_in("handler"), made.id, "answer")
    press(sign_in("leader"), made.id, "rework", reason="退回，标记辛。")
    staff = sign_in("clerk").get(f"/petitions/{made.id}")
    file = str(next(node for node in staff.all(".files a")).attributes["href"])
    contact = sign_in("contact")
    page = contact.get(f"/petitions/{made.id}")
    for secret in ("标记己", "标记庚", "标记辛", "证据", "退回"):
        assert secret not in page.html
    assert len(page.texts(".timeline li")) == 5
    contact.get(file, expect=404)


def test_that_the_petitioner_wrote_shows_to_the_contact_who_filed_it_in_no_list_and_no_filter(
    app: Flask, sign_in: SignIn
) -> None:
    made = put(app, State.HANDLING, by="contact")
    put(app, State.HANDLING, by="contact", subject="另一件事")
    contact = sign_in("contact")
    pages = ("/petitions/", "/petitions/?unread=y", "/petitions/?q=水泵", "/petitions/?q=水泵&unread=y", "/desk")
    before = [contact.get(page).one("main").text() for page in pages]
    resident = Browser(app)
    look_up(resident, made.code)
    resident.submit("/letters/status/message", text="联络员收了钱，标记己。")
    assert "新留言" in sign_in("clerk").get("/petitions/?unread=y").text
    assert [contact.get(page).one("main").text() for page in pages] == before
    assert not contact.get("/petitions/").all("input[name=unread]")


def test_which_contact_filed_a_letter_is_not_told_for_it_may_be_their_own(app: Flask, sign_in: SignIn) -> None:
    id = put(app, by="contact").id
    assert "陈联络" not in sign_in("clerk").get(f"/petitions/{id}").html


def test_the_timeline_says_who_in_the_office_did_what(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.HANDLING).id
    with app.app_context():
        step(id, "message", by="handler")
        db.session.commit()
    told = sign_in("clerk").get(f"/petitions/{id}").texts(".timeline li")
    assert len(told) == 6
    assert "李登记" in told[1]
    assert "赵水务" in told[-1]
    assert "请问水泵是什么型号？" in told[-1]
