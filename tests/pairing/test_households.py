"""Demonstration households: from the nomination to the visit a year later."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import func, select

from blueprints.pairing.households.models import Household, HouseholdPhoto
from blueprints.pairing.objections.models import Objection
from blueprints.pairing.panel.domain import cut, order, shown, spread, total
from blueprints.pairing.panel.models import Score
from blueprints.pairing.panel.queries import ranking
from blueprints.pairing.rounds.domain import Criterion
from blueprints.pairing.rounds.models import Round
from core import attachments, clock, workdays
from core.extensions import db
from core.record import Entry
from core.tables import read_rows
from core.workflow import NotPossible
from tests.browse import Browser, Page, Value
from tests.household_office import (
    HEAD,
    NOMINATION,
    OTHER_VILLAGE,
    TITLE,
    WHAT,
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
    to_scoring,
)
from tests.letters import FARMING, VILLAGE, WATER, everything_stored, shown_code, viewer
from tests.pairing_office import pair
from tests.upkeep import run, spoil

SignIn = Callable[..., Browser]
Later = Callable[[int], None]
Panel = tuple[str, ...]
sqlite = pytest.mark.parametrize("database", ["sqlite"])
LANG = {"zh": {"Accept-Language": "zh-Hans-CN"}, "en": {"Accept-Language": "en"}}

ROUND: dict[str, Value] = {
    "title": TITLE,
    "year": "2026",
    "entry": "本区农户",
    "places": "1",
    "criteria-0-name": "技术应用",
    "criteria-0-weight": "60",
    "criteria-1-name": "带动作用",
    "criteria-1-weight": "40",
}


def on(days: int = 0) -> str:
    """The office's date in so many days."""
    return (clock.now() + timedelta(hours=8, days=days)).date().isoformat()


def photo_file() -> BytesIO:
    return BytesIO(photo().data)


def open_household(visitor: Browser, code: str) -> Page:
    """Look a household up by its code."""
    visitor.get("/demonstration/household")
    return visitor.submit("/demonstration/household", receipt=code)


def pdf_text(data: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)


def squeeze(words: str) -> str:
    return "".join(words.split())


def test_a_round_goes_from_its_draft_to_a_named_household(
    app: Flask, sign_in: SignIn, visitor: Browser, later: Later
) -> None:
    clerk = sign_in("clerk")
    clerk.get("/rounds/new")
    with app.app_context():
        panel = [str(viewer(each).id) for each in ("clerk2", "handler", "handler2")]
    about = {**ROUND, "from_on": on(), "until_on": on(5), "members": panel}
    clerk.submit("/rounds/new", fields=about)
    assert clerk.page.heading == TITLE
    round = clerk.page.path
    clerk.get(f"{round}/open")
    clerk.submit(f"{round}/open")
    nominate = f"/demonstration/{round.rsplit('/')[-1]}/nominate"
    visitor.get("/demonstration/")
    visitor.follow(TITLE)
    visitor.follow("申报示范户")
    visitor.submit(nominate, fields=NOMINATION)
    assert shown_code(visitor.page)
    clerk.get(round)
    clerk.follow(HEAD)
    household = clerk.page.path
    clerk.get(f"{household}/accept")
    clerk.submit(f"{household}/accept")
    later(6)
    clerk = sign_in("clerk")
    clerk.get(f"{round}/score")
    clerk.submit(f"{round}/score")
    for member, points in (("clerk2", "80"), ("handler", "90"), ("handler2", "70")):
        scorer = sign_in(member)
        scorer.get("/panel/")
        scorer.follow(HEAD)
        scorer.submit(scorer.page.path, points0=points, points1="50")
        assert "已评" in scorer.page.text
    clerk.get(f"{round}/close")
    clerk.submit(f"{round}/close")
    page = clerk.follow(f"/panel/rounds/{round.rsplit('/')[-1]}")
    assert "68.00" in page.text
    leader = sign_in("leader")
    leader.get(f"{round}/publish")
    leader.submit(f"{round}/publish")
    later(30)
    clerk, leader = sign_in("clerk"), sign_in("leader")
    clerk.get(f"{round}/end")
    clerk.submit(f"{round}/end")
    leader.get(f"{household}/name")
    leader.submit(f"{household}/name")
    leader.get(f"{round}/decide")
    leader.submit(f"{round}/decide")
    assert WHAT in Browser(app).get(round.replace("/rounds", "")).text
    assert "新组信示〔" in leader.get(f"{household}/certificate").html


# --- a round -------------------------------------------------------------------------------------------------------


@sqlite
def test_a_round_is_not_opened_before_its_weights_add_up_to_100(app: Flask, sign_in: SignIn) -> None:
    round = open_round(app, opened=False, criteria=[Criterion("技术应用", "", 60), Criterion("带动作用", "", 30)])
    clerk = sign_in("clerk")
    assert "权重合计为90" in clerk.get(f"/demonstration/rounds/{round}").text
    assert "开始申报" not in clerk.page.texts("main .steps a")
    with pytest.raises(NotPossible):
        move(app, round, "open", by="clerk")


@sqlite
@pytest.mark.parametrize("panel", [("clerk2", "handler"), ("clerk2", "handler", "handler2", "contact")])
def test_a_panel_has_at_least_three_members_and_an_uneven_number(app: Flask, sign_in: SignIn, panel: Panel) -> None:
    clerk = sign_in("clerk")
    clerk.get("/rounds/new")
    with app.app_context():
        members = [str(viewer(each).id) for each in panel]
    page = clerk.submit("/rounds/new", 422, fields={**ROUND, "from_on": on(), "until_on": on(5), "members": members})
    assert "评委至少三人，且为单数" in page.text
    assert len(page.all("#members input[checked]")) == len(panel)  # what was ticked is still ticked
    round = open_round(app, opened=False, panel=panel)
    with pytest.raises(NotPossible):
        move(app, round, "open", by="clerk")


@sqlite
def test_the_leader_decides_and_so_is_on_no_panel(app: Flask, sign_in: SignIn) -> None:
    assert "孙部长" not in sign_in("clerk").get("/rounds/new").text
    with pytest.raises(NotPossible):
        open_round(app, panel=("clerk2", "handler", "leader"))


@sqlite
def test_a_draft_of_a_round_is_for_the_office_and_its_panel_alone(
    app: Flask, sign_in: SignIn, visitor: Browser
) -> None:
    round = open_round(app, opened=False, panel=("clerk2", "handler", "contact"))
    for username, status in [("clerk", 200), ("leader", 200), ("handler", 200), ("handler2", 404), ("auditor", 404)]:
        sign_in(username).get(f"/demonstration/rounds/{round}", expect=status)
    visitor.get(f"/demonstration/{round}", expect=404)
    visitor.get(f"/demonstration/{round}/nominate", expect=404)


@sqlite
def test_criteria_are_fixed_once_a_round_is_open(app: Flask, sign_in: SignIn) -> None:
    round = open_round(app)
    with pytest.raises(NotPossible):
        move(app, round, "change", by="clerk", plan=None)
    clerk = sign_in("clerk")
    assert clerk.get(f"/demonstration/rounds/{round}/change").heading == TITLE  # not open: the round came instead


# --- nominating ----------------------------------------------------------------------------------------------------


@sqlite
def test_a_township_brings_its_villages_to_a_nomination_and_no_others(app: Flask, visitor: Browser) -> None:
    address = f"/demonstration/{open_round(app)}/nominate?township={VILLAGE[:9]}"
    part = visitor.get(address, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    values = [node.attributes["value"] for node in part.all("option")]
    assert VILLAGE in values
    assert "420117002001" not in values
    assert not part.all("h1")


def test_a_household_nominates_itself_is_told_where_it_stands_and_withdraws_by_its_code(
    app: Flask, sign_in: SignIn, visitor: Browser
) -> None:
    round = open_round(app)
    visitor.get(f"/demonstration/{round}/nominate")
    photo: Value = (photo_file(), "田.jpg")
    visitor.submit(f"/demonstration/{round}/nominate", fields={**NOMINATION, "photos": photo})
    code = shown_code(visitor.page)
    assert "只显示一次" in visitor.get("/demonstration/code").text
    visitor.submit(visitor.get("/demonstration/household").path, receipt=code)
    assert "本机关正在审核" in visitor.page.text
    assert visitor.get("/demonstration/household").all("a[href*='/household/files/']")
    with app.app_context():
        id = db.session.scalars(select(Household.id)).one()
        [file] = db.session.scalars(select(HouseholdPhoto.id))
        assert attachments.path_of(file).exists()
    visitor.submit("退出评选")
    assert "您已退出" in visitor.page.text
    with app.app_context():
        row = db.session.get_one(Household, id)
        assert (row.name, row.phone, row.what, row.why, row.phone_digest) == (None,) * 5
        assert not row.photos()
        assert not attachments.path_of(file).exists()
    assert HEAD not in sign_in("clerk").get(f"/households/{id}").text


@sqlite
def test_the_same_nomination_sent_twice_is_one_household_with_one_code(app: Flask, visitor: Browser) -> None:
    round = open_round(app)
    codes = set()
    for _time in range(2):
        visitor.get(f"/demonstration/{round}/nominate")
        visitor.submit(f"/demonstration/{round}/nominate", fields=NOMINATION)
        codes.add(shown_code(visitor.page))
    with app.app_context():
        assert db.session.scalar(select(func.count(Household.id))) == len(codes) == 1


@sqlite
def test_a_household_stands_in_a_round_once_and_may_enter_again_after_it_withdrew(app: Flask, visitor: Browser) -> None:
    round = open_round(app)
    id, _code = nominate(app, round, phone="13912345678")
    visitor.get(f"/demonstration/{round}/nominate")
    page = visitor.submit(f"/demonstration/{round}/nominate", 422, fields=NOMINATION)  # the same number, with blanks
    assert "已有用这个电话号码申报的农户" in page.text
    assert WHY in page.html
    with app.app_context():
        db.session.get_one(Household, id).withdraw()
        db.session.commit()
    visitor.submit(f"/demonstration/{round}/nominate")
    assert shown_code(visitor.page)


@sqlite
def test_without_consent_to_be_shown_nobody_is_nominated(app: Flask, visitor: Browser) -> None:
    round = open_round(app)
    visitor.get(f"/demonstration/{round}/nominate")
    page = visitor.submit(f"/demonstration/{round}/nominate", 422, fields={**NOMINATION, "consent": False})
    assert "农户不同意公开的不能申报" in page.text


@sqlite
def test_nominations_are_taken_on_their_days_alone(app: Flask, visitor: Browser, later: Later) -> None:
    with app.app_context():
        today = clock.today()
    early = open_round(app, from_on=today + timedelta(days=2))
    assert "申报示范户" not in visitor.get(f"/demonstration/{early}").texts("main a")
    with pytest.raises(NotPossible):
        nominate(app, early)
    later(10)
    assert nominate(app, early)
    later(11)
    with pytest.raises(NotPossible):
        nominate(app, early)


@sqlite
def test_who_nominates_is_the_household_its_village_or_a_unit(app: Flask, sign_in: SignIn) -> None:
    round = open_round(app)
    for username, origin, place in [("contact", "village", VILLAGE), ("handler", "unit", OTHER_VILLAGE)]:
        person = sign_in(username)
        person.get(f"/demonstration/{round}/nominate")
        fields = {**NOMINATION, "phone": f"139000000{len(origin)}{len(origin)}", "name": username, "place": place}
        if username == "contact":
            fields.pop("place")  # the own village is meant
        person.submit(f"/demonstration/{round}/nominate", fields=fields)
        assert "请转交给农户" in person.page.text
        with app.app_context():
            rows = {each.name: each for each in db.session.scalars(select(Household))}
            assert (rows[username].origin, rows[username].place_code) == (origin, place)
            assert (rows[username].unit_id is not None) == (origin == "unit")
    with pytest.raises(NotPossible):  # a contact speaks for no other village
        nominate(app, round, by="contact", place_code=OTHER_VILLAGE)


@sqlite
def test_why_a_household_cannot_enter_is_read_with_its_code(app: Flask, sign_in: SignIn, visitor: Browser) -> None:
    round = open_round(app)
    id, code = nominate(app, round)
    clerk = sign_in("clerk")
    clerk.get(f"/households/{id}/decline")
    clerk.submit("不符合条件", 422, reason="")
    clerk.submit("不符合条件", reason="从业不满三年。")
    assert "从业不满三年" in open_household(visitor, code).text


@sqlite
def test_a_telephone_number_is_opened_with_a_reason_by_those_alone_who_speak_for_the_household(
    app: Flask, sign_in: SignIn
) -> None:
    round = open_round(app)
    id, _code = nominate(app, round, phone="13912345678")
    step(app, id, "accept")
    for username, status in [("clerk", 200), ("contact", 200), ("handler", 404), ("handler2", 404)]:
        person = sign_in(username)
        assert HEAD in person.get(f"/households/{id}").text
        assert "13912345678" not in person.page.html
        person.get(f"/households/{id}/contact", expect=status)
    clerk = sign_in("clerk")
    clerk.get(f"/households/{id}/contact")
    clerk.submit("查看联系方式", 422, reason="")
    assert "13912345678" in clerk.submit("查看联系方式", reason="约定实地查看时间。").text
    assert "约定实地查看时间" in clerk.get(f"/households/{id}").text
    for username in ("discipline", "auditor", "administrator"):
        sign_in(username).get(f"/households/{id}", expect=404)


def test_nobody_sees_a_household_of_another_village_or_unit_before_it_is_named(
    app: Flask, sign_in: SignIn, later: Later
) -> None:
    round = open_round(app, panel=("clerk", "clerk2", "handler"))
    id, _code = nominate(app, round, by="handler", place_code=OTHER_VILLAGE)
    for username in ("contact", "handler2"):
        person = sign_in(username)
        person.get(f"/households/{id}", expect=404)
        assert HEAD not in person.get("/households/").text
        assert HEAD not in person.get(f"/demonstration/rounds/{round}").text


# --- the panel -----------------------------------------------------------------------------------------------------


def test_nobody_reads_a_score_a_total_or_an_order_before_the_panel_closes(
    app: Flask, sign_in: SignIn, later: Later
) -> None:
    round, [first, second], _codes = to_scoring(app, later, "甲户", "乙户")
    give(app, first, points=alike(97))
    give(app, second, points=alike(86))
    pages = [f"/demonstration/rounds/{round}", f"/households/{first}", "/households/", "/panel/", "/desk", "/record"]
    closed = [f"/panel/rounds/{round}", f"/panel/rounds/{round}/ranking.xlsx", f"/panel/{first}/scores"]
    for username in ("clerk", "leader", "handler", "contact", "administrator", "auditor", "discipline"):
        person = sign_in(username)
        for path in pages:
            source = re.sub(r'name="csrf_token" value="[^"]*"', "", person.client.get(path).get_data(as_text=True))
            assert not re.search(r"(?<!\w)(97|86)(?!\w)", source)
        for path in closed:
            assert person.client.get(path).status_code in (403, 404)
    assert not re.search(r"(?<!\w)(97|86)(?!\w)", run(app, "check"))
    assert "[97" not in "".join(everything_stored(app))
    move(app, round, "close", by="clerk")
    assert "97.00" in sign_in("leader").get(f"/panel/rounds/{round}").text


@sqlite
def test_a_member_reads_and_changes_the_own_score_until_the_panel_closes(
    app: Flask, sign_in: SignIn, later: Later
) -> None:
    round, [id], _codes = to_scoring(app, later)
    give(app, id, points=alike(80))
    member = sign_in("handler")
    member.get(f"/panel/{id}/score")
    assert [each.attributes["value"] for each in member.page.all("input[name^=points]")] == ["80", "80"]
    member.submit(f"/panel/{id}/score", 422, points0="101", points1="")
    member.submit(f"/panel/{id}/score", points0="60", points1="70")
    assert sign_in("handler2").get(f"/panel/{id}/score").one("#points0").attributes["value"] == "80"
    move(app, round, "close", by="clerk")
    member.get(f"/panel/{id}/score", expect=404)
    assert "64.00–80.00" in sign_in("clerk").get(f"/panel/rounds/{round}").text


@sqlite
def test_only_a_member_of_the_panel_scores(app: Flask, sign_in: SignIn, later: Later) -> None:
    _round, [id], _codes = to_scoring(app, later)
    for username in ("clerk", "contact", "leader", "auditor", "administrator"):
        sign_in(username).get(f"/panel/{id}/score", expect=404)
    with app.app_context(), pytest.raises(NotPossible):
        Score.give(db.session.get_one(Household, id), [1, 1], by=viewer("clerk"))


@sqlite
@pytest.mark.parametrize(
    ("member", "by", "place"),
    [("handler", "handler", OTHER_VILLAGE), ("clerk2", "clerk", OTHER_VILLAGE), ("contact", None, VILLAGE)],
    ids=["nominated it", "the own unit nominated it", "contact of its village"],
)
def test_a_member_with_a_tie_to_a_household_does_not_score_it(
    app: Flask, sign_in: SignIn, later: Later, member: str, by: str | None, place: str
) -> None:
    round = open_round(app, panel=("clerk2", "handler", "contact"))
    id, _code = nominate(app, round, by=by, place_code=place)
    step(app, id, "accept")
    later(11)
    move(app, round, "score", by="clerk")
    person = sign_in(member)
    person.get(f"/panel/{id}/score", expect=404)
    assert "须回避、不由您评分的农户" in person.get("/panel/").text
    with app.app_context(), pytest.raises(NotPossible):
        Score.give(db.session.get_one(Household, id), [1, 1], by=viewer(member))
    others = dict.fromkeys({"clerk2", "handler", "contact"} - {member}, (70, 70))
    give(app, id, points=others)
    move(app, round, "close", by="clerk")
    assert "70.00" in sign_in("leader").get(f"/panel/{id}/scores").text
    person.get(f"/panel/{id}/scores", expect=404)  # nor do they read the scores of the others


@sqlite
@pytest.mark.parametrize("who", ["member", "office"])
def test_a_score_given_before_a_tie_was_noted_is_kept_and_not_counted(
    app: Flask, sign_in: SignIn, later: Later, who: str
) -> None:
    round, [id], _codes = to_scoring(app, later)
    give(app, id, points=alike(90, 60, 70))
    if who == "member":
        member = sign_in("clerk2")
        member.get(f"/panel/{id}/tie")
        member.submit(f"/panel/{id}/tie", why="是我表弟家。")
    else:
        clerk = sign_in("clerk")
        with app.app_context():
            tied = str(viewer("clerk2").id)
        clerk.get(f"/panel/{id}/note-tie")
        clerk.submit(f"/panel/{id}/note-tie", member=tied, why="据反映是其表弟家。")
        assert "王接访" in clerk.get(f"/demonstration/rounds/{round}").text
    sign_in("clerk2").get(f"/panel/{id}/score", expect=404)
    move(app, round, "close", by="clerk")
    clerk = sign_in("clerk")
    assert "65.00" in clerk.get(f"/panel/rounds/{round}").text  # the median of 60 and 70
    assert "否：须回避，或已不是评委" in clerk.get(f"/panel/{id}/scores").text
    with app.app_context():
        assert sorted(str(each) for each in db.session.scalars(select(Score.counted))) == ["False", "True", "True"]


@sqlite
def test_a_panel_is_not_closed_before_more_than_half_scored_each_household_and_says_which_lack(
    app: Flask, sign_in: SignIn, later: Later
) -> None:
    round, [first, second], _codes = to_scoring(app, later, "甲户", "乙户")
    give(app, first, points=alike(90))
    give(app, second, points={"handler": (50, 50)})
    clerk = sign_in("clerk")
    missing = clerk.get(f"/demonstration/rounds/{round}").one("section[aria-labelledby=missing]").text()
    assert "乙户" in missing
    assert "有效评分1份" in missing
    assert "甲户" not in missing
    with pytest.raises(NotPossible):
        move(app, round, "close", by="clerk")
    give(app, second, points={"handler2": (50, 50)})
    move(app, round, "close", by="clerk")


@sqlite
def test_the_score_of_somebody_who_left_the_panel_is_not_counted(app: Flask, later: Later) -> None:
    round, [id], _codes = to_scoring(app, later)
    give(app, id, points=alike(90, 60, 70))
    with app.app_context():
        members = [viewer(each).id for each in ("clerk", "handler", "handler2")]
    move(app, round, "members", by="clerk", members=members, reason="王接访出差。")
    move(app, round, "close", by="clerk")
    with app.app_context():
        [line] = ranking(db.session.get_one(Round, round))
        assert (line.placed.spread.median, line.placed.spread.scorers) == (Decimal(65), 2)


def test_totals_are_weighed_and_medians_put_households_in_order() -> None:
    assert total((80, 50), (60, 40)) == 6800
    spreads = {1: spread([7000, 9000, 8000]), 2: spread([8000, 8000]), 3: spread([9001, 9000])}
    assert [(each.id, each.rank, each.equal) for each in order(spreads)] == [(3, 1, False), (1, 2, True), (2, 2, True)]
    assert [shown(each.median) for each in spreads.values()] == ["80.00", "80.00", "90.005"]
    assert cut(order(spreads), 3).listed(()) == frozenset({1, 2, 3})
    assert cut(order(spreads), 1).listed(()) == frozenset({3})
    open_one = cut(order(spreads), 2)
    assert open_one.listed(()) is None
    assert open_one.listed((2,)) == frozenset({2, 3})
    assert open_one.listed((1, 2)) is None


def test_equal_medians_are_said_as_equal_and_decided_by_the_leader_with_a_reason(
    app: Flask, sign_in: SignIn, later: Later
) -> None:
    round, ids, _codes = to_scoring(app, later, "甲户", "乙户", "丙户")
    for id, points in zip(ids, (90, 80, 80), strict=True):
        give(app, id, points=alike(points))
    move(app, round, "close", by="clerk")
    clerk, leader = sign_in("clerk"), sign_in("leader")
    assert clerk.get(f"/panel/rounds/{round}").text.count("2 并列") == 2
    with pytest.raises(NotPossible):
        move(app, round, "publish")
    leader.get(f"/demonstration/rounds/{round}/settle")
    leader.submit(f"/demonstration/rounds/{round}/settle", 422, picked=[str(ids[1]), str(ids[2])], reason="都好")
    leader.submit(f"/demonstration/rounds/{round}/settle", 422, picked=[str(ids[2])], reason="")
    leader.submit(f"/demonstration/rounds/{round}/settle", picked=[str(ids[2])], reason="丙户带动户数更多。")
    assert "丙户带动户数更多" in clerk.get(f"/panel/rounds/{round}").text
    move(app, round, "publish")
    with app.app_context():
        assert [db.session.get_one(Household, id).state for id in ids] == ["listed", "unlisted", "listed"]


@sqlite
def test_the_ranking_as_excel_has_no_telephone_number(app: Flask, sign_in: SignIn, later: Later) -> None:
    round, _ids, _codes = to_notice(app, later, "甲户", "乙户")
    data = sign_in("clerk").client.get(f"/panel/rounds/{round}/ranking.xlsx").data
    heads, first, second = [row.cells for row in read_rows(data)]
    assert heads[:2] == ["名次", "户主"]
    assert (first[0], first[1], first[4], second[1]) == ("1", "甲户", "90", "乙户")
    assert "139" not in "".join(first + second)


# --- the notice ----------------------------------------------------------------------------------------------------


@sqlite
def test_the_notice_counts_working_days_and_shows_its_sum(app: Flask, visitor: Browser, later: Later) -> None:
    round, _ids, _codes = to_notice(app, later)
    with app.app_context():
        row = db.session.get_one(Round, round)
        day, left = clock.today(), 7
        while left:
            day += timedelta(days=1)
            left -= workdays.is_working(day)
        assert row.notice_on == day
    assert "7个工作日" in visitor.get(f"/demonstration/{round}").text.replace(" ", "")


@sqlite
def test_the_notice_shows_name_village_and_what_for_and_photos_only_where_the_household_agreed(
    app: Flask, visitor: Browser, later: Later
) -> None:
    round = open_round(app)
    shown_one, _code = nominate(app, round, "甲户", phone="13911110001", shows_photos=True, photos=[photo()])
    hidden, _code = nominate(app, round, "乙户", phone="13911110002", photos=[photo()])
    for id in (shown_one, hidden):
        step(app, id, "accept")
    later(11)
    move(app, round, "score", by="clerk")
    for id in (shown_one, hidden):
        give(app, id, points=alike(80))
    assert "甲户" not in visitor.get(f"/demonstration/{round}").text
    move(app, round, "close", by="clerk")
    move(app, round, "publish")
    page = visitor.get(f"/demonstration/{round}")
    assert all(words in page.text for words in ("甲户", "乙户", "红旗社区", WHAT))
    assert not any(words in page.html for words in ("1391111", WHY, "80.00"))
    [address] = [each.attributes["src"] or "" for each in page.all("main img")]
    assert visitor.client.get(address).status_code == 200
    with app.app_context():
        other = db.session.scalars(select(HouseholdPhoto.id).where(HouseholdPhoto.household_id == hidden)).one()
    assert visitor.client.get(f"/demonstration/photos/{hidden}/files/{other}").status_code == 404


@sqlite
def test_a_household_that_is_not_on_the_list_stands_on_no_public_page(
    app: Flask, visitor: Browser, later: Later
) -> None:
    round, _ids, [_one, _two, code] = to_notice(app, later, "甲户", "乙户", "丙户")
    assert "丙户" not in visitor.get(f"/demonstration/{round}").text
    assert "您这次没有入围" in open_household(visitor, code).text


@sqlite
def test_who_withdraws_while_on_notice_leaves_the_list(app: Flask, visitor: Browser, later: Later) -> None:
    round, _ids, [code, _other] = to_notice(app, later, "甲户", "乙户")
    open_household(visitor, code)
    visitor.submit("退出评选")
    visitor.submit("/demonstration/household/leave")
    assert "甲户" not in visitor.get(f"/demonstration/{round}").text
    assert "乙户" in visitor.page.text


# --- objections ----------------------------------------------------------------------------------------------------


@sqlite
def test_anybody_objects_without_a_name_and_reads_the_answer_by_code(
    app: Flask, sign_in: SignIn, visitor: Browser, later: Later
) -> None:
    round, [id], _codes = to_notice(app, later)
    visitor.get(f"/demonstration/{round}")
    visitor.follow("提出异议")
    assert "写信" in visitor.page.text  # where an accusation against an official belongs
    visitor.submit(f"/objections/new/{round}", 422, text="虾苗是买来的。")
    visitor.submit(f"/objections/new/{round}", household=str(id), text="虾苗是买来的。")
    code = shown_code(visitor.page)
    clerk = sign_in("clerk")
    clerk.get("/objections/")
    clerk.follow(HEAD)
    assert "匿名" in clerk.page.text
    own = clerk.page.path
    clerk.get(f"{own}/answer")
    clerk.submit(f"{own}/answer", 422, answer="")
    clerk.submit(f"{own}/answer", answer="经核实，虾苗自繁自育。")
    visitor.submit(visitor.get("/objections/status").path, receipt=code)
    assert "自繁自育" in visitor.page.text


def test_who_objects_is_seen_by_nobody_of_the_panel_and_by_nobody_who_nominated_the_household(
    app: Flask, sign_in: SignIn, visitor: Browser, later: Later
) -> None:
    round = open_round(app)
    id, code = nominate(app, round, by="leader", place_code=OTHER_VILLAGE)
    step(app, id, "accept")
    later(11)
    move(app, round, "score", by="clerk")
    give(app, id, points=alike(80))
    move(app, round, "close", by="clerk")
    move(app, round, "publish")
    objection, _code = object_to(app, round, id, name="吴举报")
    seen = {"clerk": 200, "clerk2": 404, "leader": 404, "handler": 404, "contact": 404, "auditor": 404}
    for username, status in seen.items():
        person = sign_in(username)
        person.get(f"/objections/{objection}", expect=status)
        pages = [f"/demonstration/rounds/{round}", f"/households/{id}", "/objections/", "/desk"]
        html = [person.client.get(path).get_data(as_text=True) for path in pages]
        assert any(f"/objections/{objection}" in each for each in html) == (status == 200)
        if status != 200:
            assert not any("虾苗" in each or "件异议没有答复" in each for each in html)
    clerk = sign_in("clerk")
    assert "吴举报" not in clerk.get(f"/objections/{objection}").html
    clerk.get(f"/objections/{objection}/contact")
    assert "吴举报" in clerk.submit("查看联系方式", reason="核实情况。").text
    for page in (open_household(visitor, code).html, visitor.get(f"/demonstration/{round}").html):
        assert "吴举报" not in page
        assert "虾苗" not in page


@sqlite
def test_objections_are_taken_only_while_the_list_is_on_notice(app: Flask, visitor: Browser, later: Later) -> None:
    round, [id], _codes = to_notice(app, later)
    later(60)
    assert visitor.get(f"/objections/new/{round}").heading == TITLE
    with pytest.raises(NotPossible):
        object_to(app, round, id)


@sqlite
def test_the_notice_does_not_end_before_its_day_nor_with_an_unanswered_objection(
    app: Flask, sign_in: SignIn, later: Later
) -> None:
    round, [id], _codes = to_notice(app, later)
    objection, _code = object_to(app, round, id)
    with app.app_context():
        db.session.get_one(Objection, objection).reply("已核实。", by=viewer("clerk"))
        db.session.commit()
    with pytest.raises(NotPossible):  # its day has not come
        move(app, round, "end", by="clerk")
    second, _code = object_to(app, round, id, "还有一件事。")
    later(60)
    assert "还有1件异议没有答复" in sign_in("clerk").get(f"/demonstration/rounds/{round}").text
    with pytest.raises(NotPossible):
        move(app, round, "end", by="clerk")
    with pytest.raises(NotPossible):  # nor does the leader decide before
        step(app, id, "name", by="leader")
    with app.app_context():
        db.session.get_one(Objection, second).reply("已核实。", by=viewer("clerk"))
        db.session.commit()
    move(app, round, "end", by="clerk")


@sqlite
def test_an_objection_is_sealed_and_its_record_holds_no_word_of_it(app: Flask, later: Later) -> None:
    round, [id], _codes = to_notice(app, later)
    objection, code = object_to(app, round, id, "虾苗是买来的。", name="吴举报")
    stored = "\n".join(everything_stored(app))
    assert not any(words in stored for words in ("虾苗", "吴举报", code, HEAD, WHY))
    with app.app_context():
        [entry] = db.session.scalars(select(Entry).where(Entry.thread_id == objection))
        assert (entry.actor_id, entry.data, entry.note) == (None, {"state": "received"}, None)


# --- the title -----------------------------------------------------------------------------------------------------


@sqlite
def test_the_leader_alone_decides_on_each_household_of_the_list(app: Flask, sign_in: SignIn, later: Later) -> None:
    round, [first, second], codes = to_deciding(app, later, "甲户", "乙户")
    with pytest.raises(NotPossible):
        step(app, first, "name", by="clerk")
    with pytest.raises(NotPossible):  # not before each was decided on
        move(app, round, "decide")
    step(app, first, "name", by="leader")
    leader = sign_in("leader")
    leader.get(f"/households/{second}/refuse")
    leader.submit(f"/households/{second}/refuse", 422, reason="")
    leader.submit(f"/households/{second}/refuse", reason="公示期间查实有拖欠土地流转费。")
    move(app, round, "decide")
    page = Browser(app).get(f"/demonstration/{round}").text
    assert "甲户" in page
    assert "乙户" not in page
    assert "拖欠土地流转费" in open_household(Browser(app), codes[1]).text


@sqlite
def test_certificates_are_numbered_without_a_gap_and_their_pdf_says_what_the_page_says(
    app: Flask, sign_in: SignIn, later: Later
) -> None:
    round, ids, codes = to_deciding(app, later, "甲户", "乙户")
    for id in ids:
        step(app, id, "name", by="leader")
    move(app, round, "decide")
    year = on()[:4]
    with app.app_context():
        assert [db.session.get_one(Household, id).number for id in ids] == [
            f"新组信示〔{year}〕{nth}号" for nth in (1, 2)
        ]
    for language, words in (("zh", "科技致富示范户证书"), ("en", "Certificate of a demonstration household")):
        clerk = sign_in("clerk", language)
        sheet = clerk.get(f"/households/{ids[0]}/certificate").one(".sheet").text()
        pdf = pdf_text(clerk.client.get(f"/households/{ids[0]}/certificate.pdf", headers=LANG[language]).data)
        for said in (words, "甲户", WHAT):
            assert squeeze(said) in squeeze(sheet)
            assert squeeze(said) in squeeze(pdf)
    visitor = Browser(app)
    assert "科技致富示范户证书" in open_household(visitor, codes[0]).html
    assert visitor.client.get("/demonstration/household/certificate.pdf").data.startswith(b"%PDF")


@sqlite
def test_a_visit_is_due_a_year_later_and_says_what_they_do_now(app: Flask, sign_in: SignIn, later: Later) -> None:
    _round, [id], _codes = to_deciding(app, later)
    step(app, id, "name", by="leader")
    assert "登记回访" not in sign_in("clerk").get(f"/households/{id}").texts("main a")  # too early
    later(40 + 360)
    contact = sign_in("contact")  # of its village
    assert HEAD in contact.get("/desk").text
    contact.get(f"/households/{id}/follow_up")
    contact.submit("登记回访", 422, now="", teaches="yes")
    early = contact.submit("登记回访", 422, made_on="2010-01-01", now="又扩了十亩。", teaches="yes")
    assert "当时还没有命名" in early.text
    contact.submit("登记回访", made_on=on(), now="又扩了十亩。", teaches="yes", income="most")
    page = contact.get(f"/households/{id}").text
    assert "又扩了十亩" in page
    assert "是家庭主要收入" in page
    assert HEAD not in contact.get("/desk").text
    with app.app_context():
        assert db.session.get_one(Household, id).due_on is None
    later(40 + 900)
    today = date.fromisoformat(on())
    with pytest.raises(NotPossible):
        step(app, id, "follow_up", made_on=today, now="x", teaches="no", advice="stays", income="", why="")


@sqlite
def test_a_title_is_withdrawn_by_the_leader_alone_once_a_visitor_proposes_it(
    app: Flask, sign_in: SignIn, visitor: Browser, later: Later
) -> None:
    _round, [id], [code] = to_deciding(app, later)
    step(app, id, "name", by="leader")
    later(40 + 360)
    with pytest.raises(NotPossible):
        step(app, id, "revoke", by="leader", reason="不做了。")
    clerk, leader = sign_in("clerk"), sign_in("leader")
    clerk.get(f"/households/{id}/follow_up")
    clerk.submit("登记回访", 422, now="不做了。", teaches="no", advice="ends", why="")
    clerk.submit("登记回访", now="不做了。", teaches="no", advice="ends", why="已转行。")
    assert HEAD in leader.get("/desk").text
    assert "撤销称号" not in clerk.get(f"/households/{id}").texts("main .steps a")
    leader.get(f"/households/{id}/revoke")
    leader.submit("撤销称号", 422, reason="")
    leader.submit("撤销称号", reason="已不再从事，撤销称号。")
    assert "已不再从事" in open_household(visitor, code).text
    with app.app_context():
        assert db.session.get_one(Household, id).serial == 1  # the number stays given


# --- what others are told ------------------------------------------------------------------------------------------


def test_the_account_counts_what_its_lists_show(app: Flask, sign_in: SignIn, later: Later) -> None:
    _round, ids, _codes = to_deciding(app, later, "甲户", "乙户")
    step(app, ids[0], "name", by="leader")
    year = on()[:4]
    clerk = sign_in("clerk")
    page = clerk.get(f"/account/?year={year}")
    links = [each.attributes["href"] or "" for each in page.all("a[href^='/households/?']")]
    assert any("named=" in each for each in links)
    for link in links:
        rows = clerk.get(link.replace("&amp;", "&")).all("#rows tbody tr")
        assert len(rows) == (1 if "named=" in link else 0)
    assert len(clerk.get("/households/").all("#rows tbody tr")) == 2


@sqlite
def test_a_village_page_shows_its_households_to_those_who_may_see_them(
    app: Flask, sign_in: SignIn, later: Later
) -> None:
    round = open_round(app)
    nominate(app, round, by="handler")
    with app.app_context():
        for unit, member in ((WATER, "handler"), (FARMING, "handler2")):
            pair(unit=unit, member=member)
        db.session.commit()
    for username, sees in [("clerk", True), ("contact", True), ("handler", True), ("handler2", False)]:
        page = sign_in(username).client.get(f"/villages/{VILLAGE}")
        assert (HEAD in page.get_data(as_text=True)) == sees


@sqlite
def test_what_waits_for_somebody_stands_on_their_desk(app: Flask, sign_in: SignIn, later: Later) -> None:
    round, [id], _codes = to_scoring(app, later)
    assert "待我评分的农户" in sign_in("handler").get("/desk").text
    give(app, id, points=alike(80))
    assert "待我评分的农户" not in sign_in("handler").get("/desk").text
    assert "科技致富示范户评选" in sign_in("clerk").get("/desk").text
    move(app, round, "close", by="clerk")
    assert "评分已结束，请公示名单" in sign_in("leader").get("/desk").text
    move(app, round, "publish")
    object_to(app, round, id)
    assert "待答复的异议" in sign_in("clerk").get("/desk").text


@sqlite
def test_the_check_finds_what_no_page_can_do(app: Flask, later: Later) -> None:
    round, [first, _second], _codes = to_notice(app, later, "甲户", "乙户")
    object_to(app, round, first)
    run(app, "check")  # which ends with 0 where nothing is wrong
    spoil(app, "UPDATE household_round SET state = 'scoring'")
    spoil(app, "UPDATE household_score SET counted = NULL")
    said = run(app, "check", code=1)
    assert f"household_round {round}: its state is not what the record says" in said
    assert f"household {first}: it is further than its round, which is scoring" in said
    assert f"household {first}: it stands on the list of a round and no score of it counts" in said


@sqlite
def test_a_round_that_is_called_off_says_why_to_everybody(app: Flask, visitor: Browser, later: Later) -> None:
    round, _ids, [code] = to_scoring(app, later)
    with pytest.raises(NotPossible):
        move(app, round, "cancel", by="clerk", reason="x")
    move(app, round, "cancel", reason="因洪灾推迟到明年。")
    assert "因洪灾推迟到明年" in visitor.get(f"/demonstration/{round}").text
    assert "因洪灾推迟到明年" in open_household(visitor, code).text
