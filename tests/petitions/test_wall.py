"""The conflict wall: whoever a letter complains of never learns of it, in whatever role and by whatever path."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.accounts.models import Unit, User
from blueprints.petitions.docket.domain import WORKFLOW, State
from blueprints.petitions.docket.models import Petition
from core.attachments import Cleaned
from core.extensions import db
from core.record import Entry
from core.roles import Role
from settings import settings
from tests.browse import Browser
from tests.letters import FARMING, PUMPS, TYPED, WATER, Put, answers, petition, press, put, shown_code, step, unit_id
from tests.people import PASSWORD

SignIn = Callable[..., Browser]
FILE = Cleaned(name="证据.txt", kind="txt", data="证据".encode())
MARK = "标记题目"

LETTERS = "组织部信访科"

# Who is walled off by what: (user name, person complained of, unit complained of, unit that handles it).
WALLED = [
    ("inside", "", WATER, FARMING),
    ("below", "", WATER, FARMING),
    ("inside", "冯局长", "", FARMING),
    ("inside", "水务局的冯 局 长", FARMING, LETTERS),
    ("inside", "赵水务", "", FARMING),
    ("below", "赵水务", "", FARMING),
    ("handler", "赵水务", "", FARMING),
    ("clerk", "李登记", "", WATER),
    ("clerk2", "李登记", "", WATER),
    ("contact", "陈联络", "", WATER),
    ("leader", "孙部长", "", WATER),
    ("auditor", "吴审计", "", WATER),
]


@pytest.fixture
def against(app: Flask) -> Callable[..., Put]:
    """Puts in a letter with a file and a paper. Two who read every letter work where they may be complained of."""
    with app.app_context():
        for username, name, unit in (("inside", "冯局长", WATER), ("below", "褚排灌", PUMPS)):
            work = db.session.get_one(Unit, unit_id(unit))
            User.open(username, name, Role.CLERK, work, PASSWORD, by=None, must_change=False)
        db.session.commit()

    def make(person: str, unit: str, handled_by: str, subject: str = MARK) -> Put:
        given: dict[str, Any] = {"unit": handled_by, "person": person, "against": unit, "subject": subject}
        return put(app, State.ASSIGNED, by="contact", files=(FILE,), **given)

    return make


def _user(username: str) -> int:
    return db.session.scalars(select(User.id).where(User.username == username)).one()


def test_whoever_is_complained_of_finds_nothing_anywhere(
    app: Flask, sign_in: SignIn, against: Callable[..., Put]
) -> None:
    for mark, (username, person, unit, handled_by) in zip("甲乙丙丁戊己庚辛壬癸子丑", WALLED, strict=True):
        made = against(person, unit, handled_by, subject=f"{mark}{MARK}")
        _finds_nothing(app, sign_in(username), made, f"{mark}{MARK}")
    made = against("", FARMING, WATER, subject=f"寅{MARK}")
    for username in ("inside", "below", "clerk", "leader"):  # whom nobody complains of
        sign_in(username).get(f"/petitions/{made.id}")


def _finds_nothing(app: Flask, accused: Browser, made: Put, mark: str) -> None:
    with app.app_context():
        row = db.session.get_one(Petition, made.id)
        number, paper, file = str(row.number), row.papers()[0].id, row.files()[0].id
    token = accused.get("/account").all("input[name=csrf_token]")[0].attributes["value"] or ""
    sent = {"csrf_token": token, "version": str(row.version), "reason": "x", **answers("note")}
    steps = [f"/{each.action}" for each in WORKFLOW]
    for path in ["", "/identity", f"/papers/{paper}", f"/papers/{paper}.pdf", f"/files/{file}", *steps]:
        assert accused.client.get(f"/petitions/{made.id}{path}").status_code == 404, path
    for path in ("/identity", *steps):
        assert accused.client.post(f"/petitions/{made.id}{path}", data=sent).status_code == 404, path

    lists = ["/desk", "/petitions/", "/petitions/?state=all", "/petitions/?overdue=y", f"/petitions/?q={mark}"]
    for path in [*lists, f"/petitions/?q={number}", "/petitions/?q=题", "/petitions/?kind=claim", "/record"]:
        answer = accused.client.get(path)
        assert answer.status_code in (200, 403)
        told = re.sub(r'value="[^"]*"', "", answer.get_data(as_text=True))  # what was asked for stands in the form
        for secret in (mark, number, str(made.id)):
            assert secret not in told, path
    assert petition(app, made.id).version == row.version


def test_everybody_else_sees_it_whom_their_role_lets(app: Flask, sign_in: SignIn, against: Callable[..., Put]) -> None:
    made = against("赵水务", WATER, FARMING)
    for username in ("clerk", "handler2", "leader", "contact"):
        person = sign_in(username)
        assert person.get(f"/petitions/{made.id}").heading == MARK
        assert MARK in person.get("/petitions/").text
        assert MARK in person.get(f"/petitions/?q={MARK}").text


def test_the_contact_who_filed_it_does_not_see_whom_it_is_about(
    app: Flask, sign_in: SignIn, against: Callable[..., Put]
) -> None:
    made = against("马某某", WATER, FARMING)
    assert "马某某" not in sign_in("contact").get(f"/petitions/{made.id}").html
    assert "马某某" in sign_in("clerk").get(f"/petitions/{made.id}").html


@pytest.mark.parametrize("about", [{"against": WATER}, {"person": "赵水务"}], ids=["a unit", "somebody in it"])
@pytest.mark.parametrize("unit", [WATER, PUMPS])
def test_a_letter_is_never_assigned_to_the_unit_it_complains_of_nor_to_a_part_of_it(
    app: Flask, sign_in: SignIn, unit: str, about: dict[str, str]
) -> None:
    id = put(app, State.ACCEPTED, person=about.get("person", ""), against=about.get("against", "")).id
    clerk = sign_in("clerk")
    with app.app_context():
        walled = unit_id(unit)
    offered = clerk.get(f"/petitions/{id}/assign").all("#unit option")
    assert str(walled) not in [node.attributes["value"] for node in offered]
    assert len(offered) > 2
    token = clerk.page.all("main input[name=csrf_token]")[0].attributes["value"] or ""
    sent = {"csrf_token": token, "version": "3", **answers("assign", walled)}
    assert clerk.client.post(f"/petitions/{id}/assign", data=sent).status_code == 422
    assert petition(app, id).unit_id is None
    with app.app_context(), pytest.raises(Exception, match="assign"):
        step(id, "assign", unit=unit)  # not even past the form


def test_a_letter_about_a_contact_is_read_by_the_office_that_the_account_belongs_to(
    app: Flask, sign_in: SignIn
) -> None:
    id = put(app, State.DRAFTED, person="陈联络").id
    press(sign_in("leader"), id, "sign")


def test_a_unit_above_the_one_complained_of_may_handle_it(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.ACCEPTED, against=PUMPS).id
    with app.app_context():
        water = unit_id(WATER)
    press(sign_in("clerk"), id, "assign", unit=water)
    sign_in("handler").get(f"/petitions/{id}")


@pytest.mark.parametrize("words", ["赵水务", "赵水务局长", "水务局赵水务、钱农业", "局长 赵 水 务", "王某和赵水务"])
def test_a_person_is_known_whatever_stands_beside_the_name(sqlite_office: Flask, words: str) -> None:
    id = put(sqlite_office, State.ACCEPTED, person=words).id
    with sqlite_office.app_context(), pytest.raises(Exception, match="assign"):
        step(id, "assign", unit=WATER)


def test_another_persons_longer_name_walls_nobody(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.ACCEPTED, person="赵水务生").id
    with app.app_context():
        step(id, "assign", unit=WATER)
        db.session.commit()
    sign_in("handler").get(f"/petitions/{id}")


def test_a_letter_that_nobody_here_could_take_in_goes_one_level_up(app: Flask, visitor: Browser) -> None:
    with app.app_context():
        superior, water = settings().SUPERIOR_NAME, str(unit_id(WATER))
    visitor.get("/letters/new")
    both = {**TYPED, "person": "李登记、王接访", "unit": water}
    assert superior in visitor.submit("/letters/new", expect=422, fields=both).one("#errors").text()
    assert shown_code(visitor.submit("/letters/new", person="李登记"))  # the other clerk is left


def test_who_bears_the_same_name_later_is_walled_alone(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.ASSIGNED, unit=FARMING, person="尤新来").id
    with app.app_context():
        work = db.session.get_one(Unit, unit_id(LETTERS))
        User.open("newcomer", "尤新来", Role.CLERK, work, PASSWORD, by=None, must_change=False)
        db.session.commit()
    sign_in("newcomer").get(f"/petitions/{id}", expect=404)
    sign_in("clerk").get(f"/petitions/{id}")


def test_who_moves_away_from_the_unit_complained_of_stays_walled_by_name(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.ASSIGNED, unit=FARMING, person="赵水务").id
    with app.app_context():
        row = db.session.get_one(User, _user("handler"))
        row.unit_id = unit_id(FARMING)
        row.trace("role changed", by=None)
        db.session.commit()
    sign_in("handler").get(f"/petitions/{id}", expect=404)
    sign_in("handler2").get(f"/petitions/{id}")


def test_the_wall_stands_at_once_for_who_moves_into_the_unit_complained_of(app: Flask, sign_in: SignIn) -> None:
    id = put(app, State.RECEIVED, against=WATER).id
    with app.app_context():
        clerk = db.session.get_one(User, _user("clerk"))
        clerk.unit_id = unit_id(PUMPS)
        clerk.trace("role changed", by=None)
        db.session.commit()
    sign_in("clerk").get(f"/petitions/{id}", expect=404)
    sign_in("clerk2").get(f"/petitions/{id}")


def test_who_does_not_work_on_letters_sees_none(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.HANDLING, subject=MARK, files=(FILE,))
    for username in ("discipline", "auditor", "administrator"):
        person = sign_in(username)
        for path in ("/petitions/", f"/petitions/?q={MARK}", "/petitions/new"):
            person.get(path, expect=403)
        person.get(f"/petitions/{made.id}", expect=404)
        assert MARK not in person.get("/desk").html


def test_the_auditor_sees_that_something_happened_without_names_or_words(app: Flask, sign_in: SignIn) -> None:
    made = put(app, State.HANDLING, subject=MARK, person="马某某", text="标记内容")
    handler = sign_in("handler")
    press(handler, made.id, "note", text="标记备注")
    handler.get(f"/petitions/{made.id}/identity")
    handler.submit(f"/petitions/{made.id}/identity", reason="标记理由")
    told = sign_in("auditor").get("/record")
    assert str(petition(app, made.id).number) in told.text
    assert "handler" in told.text
    for secret in (MARK, "标记内容", "标记备注", "标记理由", "马某某", "张三丰", "赵水务"):
        assert secret not in told.html
    with app.app_context():
        assert db.session.scalars(select(Entry.id).where(Entry.action == "identity opened")).one() > 0
