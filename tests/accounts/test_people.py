"""What an administrator does to accounts and units, and what happens to the people then."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from blueprints.accounts.models import Unit, User, name_digest
from core import record
from core.extensions import db
from core.record import Entry
from tests.browse import Browser, Page, queries
from tests.people import PASSWORD

SignIn = Callable[..., Browser]
NEW = "garden-teapot-93"


@pytest.fixture
def administrator(sign_in: SignIn) -> Browser:
    return sign_in("administrator", "en")


def test_a_new_account_signs_in_with_the_password_shown_once(administrator: Browser, app: Flask) -> None:
    with app.app_context():
        unit = _unit("组织部信访科").id
    administrator.get("/accounts/new")
    shown = administrator.submit("Open the account", username="li.hong", name="李红", role="clerk", unit_id=str(unit))
    password = _shown(shown)
    assert password not in administrator.get(f"/accounts/{_id(app, 'li.hong')}").html
    hong = Browser(app)
    assert hong.sign_in("li.hong", password).path == "/account"
    hong.submit("/account", current_password=password, new_password=NEW, new_password_again=NEW)
    assert hong.page.path == "/desk"


def test_the_first_password_stands_nowhere_in_the_database(administrator: Browser, app: Flask) -> None:
    with app.app_context():
        unit = _unit("组织部信访科").id
    administrator.get("/accounts/new")
    password = _shown(
        administrator.submit("Open the account", username="li.hong", name="李红", role="clerk", unit_id=str(unit))
    )
    with app.app_context():
        user = _user("li.hong")
        assert password not in user.password_hash
        assert all(password not in str(entry.data) for entry in record.entries(user.thread))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "clerk"}, "username"),
        ({"username": "李红"}, "username"),
        ({"username": "x"}, "username"),
        ({"username": "li\0hong"}, "username"),
        ({"name": ""}, "name"),
        ({"name": "李\0红"}, "name"),
        ({"name": "李" * 61}, "name"),
        ({"role": "emperor"}, "role"),
        ({"unit_id": "9" * 30}, "unit_id"),
        ({"unit_id": "one"}, "unit_id"),
        ({"role": "contact"}, "place_code"),
        ({"role": "contact", "place_code": "420117999999"}, "place_code"),
    ],
)
def test_what_cannot_be_an_account_comes_back_with_what_was_typed(
    administrator: Browser, app: Flask, changes: dict[str, str], field: str
) -> None:
    with app.app_context():
        unit = str(_unit("组织部信访科").id)
    administrator.get("/accounts/new")
    typed = {"username": "li.hong", "name": "李红", "role": "clerk", "unit_id": unit, **changes}
    refused = administrator.submit("Open the account", expect=422, fields=dict(typed))
    assert refused.all(f"#{field}-error")
    if "name" not in changes:
        assert refused.one("#name").attributes["value"] == "李红"
    with app.app_context():
        assert db.session.scalar(select(User.id).where(User.username == "li.hong")) is None


def test_a_contact_has_a_village_and_nobody_else_has(administrator: Browser, app: Flask) -> None:
    administrator.get(f"/accounts/{_id(app, 'contact')}")
    administrator.submit("Save", role="clerk")
    with app.app_context():
        assert _user("contact").place_code is None
    administrator.submit("Save", expect=422, role="contact", place_code="")
    administrator.submit("Save", role="contact", place_code="420117001001")
    with app.app_context():
        assert _user("contact").place_code == "420117001001"


@pytest.mark.parametrize("change", ["role", "unit", "close", "password"])
def test_a_change_of_rights_ends_every_sign_in_of_that_person(
    administrator: Browser, sign_in: SignIn, app: Flask, change: str
) -> None:
    clerk, other, id = sign_in("clerk"), sign_in("clerk2"), _id(app, "clerk")
    administrator.get(f"/accounts/{id}")
    with app.app_context():
        unit = str(_unit("新洲区水务局").id)
    if change == "role":
        administrator.submit("Save", role="auditor")
    elif change == "unit":
        administrator.submit("Save", unit_id=unit)
    elif change == "close":
        administrator.submit(f"/accounts/{id}/close")
    else:
        administrator.submit(f"/accounts/{id}/password")
    assert clerk.get("/account").path.startswith("/sign-in")
    assert other.get("/account").path == "/account"


def test_a_reset_password_is_shown_once_and_must_be_changed(administrator: Browser, app: Flask) -> None:
    id = _id(app, "clerk")
    form = administrator.get(f"/accounts/{id}").form(f"/accounts/{id}/password")[0]
    sent = {str(node.attributes["name"]): node.attributes["value"] for node in form.css("input")}
    password = _shown(administrator.submit(f"/accounts/{id}/password"))
    again = administrator.post(f"/accounts/{id}/password", data=sent)  # the reload button
    assert again.path == f"/accounts/{id}"
    assert not again.all("#first-password")
    clerk = Browser(app)
    assert clerk.sign_in("clerk", password).path == "/account"
    assert clerk.get("/desk").path == "/account"


def test_a_closed_account_cannot_sign_in_until_it_is_opened_again(administrator: Browser, app: Flask) -> None:
    id = _id(app, "clerk")
    administrator.get(f"/accounts/{id}")
    administrator.submit(f"/accounts/{id}/close")
    clerk = Browser(app)
    clerk.get("/sign-in")
    clerk.submit("/sign-in", expect=422, username="clerk", password=PASSWORD)
    administrator.submit(f"/accounts/{id}/reopen")
    assert clerk.submit("/sign-in", username="clerk", password=PASSWORD).path == "/desk"


def test_an_administrator_always_remains(administrator: Browser, app: Flask) -> None:
    id = _id(app, "administrator")
    administrator.get(f"/accounts/{id}")
    administrator.submit("Save", expect=422, role="clerk")
    administrator.get(f"/accounts/{id}")
    administrator.submit(f"/accounts/{id}/close")
    assert administrator.get("/accounts/").status == 200
    administrator.get(f"/accounts/{_id(app, 'leader')}")
    administrator.submit("Save", role="administrator")
    administrator.get(f"/accounts/{id}")
    assert administrator.submit("Save", role="clerk").path.startswith("/sign-in")


def test_the_wall_follows_a_corrected_name(administrator: Browser, app: Flask) -> None:
    administrator.get(f"/accounts/{_id(app, 'clerk')}")
    administrator.submit("Save", name="李 登 科")
    with app.app_context():
        assert _user("clerk").name_digest == name_digest("李登科")


def test_the_later_of_two_administrators_is_shown_what_changed(sign_in: SignIn, app: Flask) -> None:
    first, second, id = sign_in("administrator", "en"), sign_in("administrator", "en"), _id(app, "clerk")
    for each in (first, second):
        each.get(f"/accounts/{id}")
    first.submit("Save", name="李先保")
    late = second.submit("Save", expect=409, name="李后保")
    assert "李先保" in late.text
    assert late.one("#name").attributes["value"] == "李后保"
    second.submit("Save", name="李后保")
    with app.app_context():
        assert _user("clerk").name == "李后保"


@pytest.mark.usefixtures("administrator")
def test_every_change_has_its_entry(administrator: Browser, app: Flask) -> None:
    id, actor = _id(app, "clerk"), _id(app, "administrator")
    administrator.get(f"/accounts/{id}")
    administrator.submit("Save", name="李登科", role="leader")
    administrator.submit(f"/accounts/{id}/close")
    administrator.submit(f"/accounts/{id}/reopen")
    administrator.get(f"/accounts/{id}")
    administrator.submit(f"/accounts/{id}/password")
    with app.app_context():
        entries = record.entries(_user("clerk").thread)
        told = ["opened", "renamed", "role changed", "closed", "reopened", "password changed"]
        assert [each.action for each in entries] == told
        assert {each.actor_id for each in entries[1:]} == {actor}
        assert list(record.check(db.session.scalars(record.everything()), _lengths())) == []


@pytest.mark.parametrize("username", ["contact", "clerk", "handler", "leader", "discipline", "auditor"])
def test_only_an_administrator_manages_accounts(sign_in: SignIn, app: Flask, username: str) -> None:
    person, id = sign_in(username), _id(app, "clerk")
    for path in ("/accounts/", "/accounts/new", "/accounts/units", "/accounts/units/new"):
        person.get(path, expect=403)
    person.get(f"/accounts/{id}", expect=404)


@pytest.mark.parametrize("path", ["/accounts/1", "/accounts/units/1", "/accounts/" + "9" * 30, "/accounts/１"])
def test_an_account_that_is_not_there_is_not_found(administrator: Browser, path: str) -> None:
    administrator.get(path, expect=404)


def test_people_are_found_by_name_role_and_unit(administrator: Browser, app: Flask) -> None:
    administrator.get("/accounts/")
    assert _listed(administrator.submit("Show", q="登记")) == ["clerk"]
    assert _listed(administrator.submit("Show", q="CLERK")) == ["clerk", "clerk2"]
    assert _listed(administrator.submit("Show", q="", role="handler")) == ["handler", "handler2"]
    with app.app_context():
        unit = str(_unit("新洲区水务局").id)
    assert _listed(administrator.submit("Show", role="", unit=unit)) == ["handler"]
    assert _listed(administrator.submit("Show", unit="0", q="100%")) == []


@pytest.mark.parametrize(
    "query", ["q=%00", "q=" + "x" * 100, "role=emperor", "unit=" + "9" * 30, "unit=x", "after=%00"]
)
def test_a_filter_that_makes_no_sense_shows_everybody(administrator: Browser, query: str) -> None:
    assert len(_listed(administrator.get("/accounts/?" + query))) == 9


def test_a_long_list_goes_on_where_the_page_ended(administrator: Browser, app: Flask) -> None:
    with app.app_context():
        unit = _unit("组织部信访科")
        for number in range(60):
            made = User.open(f"z{number:02}", "众", "clerk", unit, PASSWORD, by=None)  # type: ignore[arg-type]
            made.password_hash = "-"
        db.session.commit()
    first = _listed(administrator.get("/accounts/?role=clerk"))
    second = _listed(administrator.follow("Next page"))
    assert len(first) == 50
    assert len(first + second) == 62 == len(set(first + second))


def test_the_list_takes_as_many_queries_for_many_people_as_for_few(administrator: Browser, app: Flask) -> None:
    with queries(app) as few:
        administrator.get("/accounts/?role=leader")
    with queries(app) as many:
        administrator.get("/accounts/")
    assert len(many) == len(few)


# --- units ---------------------------------------------------------------------------------------------------------


def test_a_unit_is_added_below_another(administrator: Browser, app: Flask) -> None:
    with app.app_context():
        water = _unit("新洲区水务局").id
    administrator.get("/accounts/units/new")
    administrator.submit("Save", name="水务局堤防管理站", parent_id=str(water))
    with app.app_context():
        assert _unit("水务局堤防管理站").line.startswith(f"/{water}/")


def test_two_units_of_one_name_are_refused(administrator: Browser) -> None:
    administrator.get("/accounts/units/new")
    refused = administrator.submit("Save", expect=422, name="新洲区水务局")
    assert refused.one("#name").attributes["value"] == "新洲区水务局"


def test_what_stands_below_a_unit_moves_with_it(administrator: Browser, sign_in: SignIn, app: Flask) -> None:
    with app.app_context():
        water, farming = _unit("新洲区水务局").id, _unit("新洲区农业农村局").id
    administrator.get(f"/accounts/units/{water}")
    administrator.submit("Save", parent_id=str(farming))
    with app.app_context():
        assert _unit("水务局排灌站").line.startswith(f"/{farming}/{water}/")
        assert list(record.check(db.session.scalars(record.everything()), _lengths())) == []


def test_a_unit_never_stands_below_itself(administrator: Browser, app: Flask) -> None:
    with app.app_context():
        water, pumps = _unit("新洲区水务局").id, _unit("水务局排灌站").id
    for below in (water, pumps):
        administrator.get(f"/accounts/units/{water}")
        administrator.submit("Save", expect=422, parent_id=str(below))


def test_the_later_change_of_a_unit_is_told(sign_in: SignIn, app: Flask) -> None:
    with app.app_context():
        water = _unit("新洲区水务局").id
    first, second = sign_in("administrator", "en"), sign_in("administrator", "en")
    for each in (first, second):
        each.get(f"/accounts/units/{water}")
    first.submit("Save", name="新洲区水利局")
    assert "新洲区水利局" in second.submit("Save", expect=409, name="新洲区水务水利局").text


def test_a_unit_in_which_somebody_works_stays_open(administrator: Browser, app: Flask) -> None:
    with app.app_context():
        water, pumps = _unit("新洲区水务局").id, _unit("水务局排灌站").id
    administrator.get(f"/accounts/units/{water}")
    administrator.submit(f"/accounts/units/{water}/close")
    administrator.get(f"/accounts/units/{pumps}")
    administrator.submit(f"/accounts/units/{pumps}/close")
    with app.app_context():
        assert _unit("新洲区水务局").closed_at is None
        assert _unit("水务局排灌站").closed_at is not None
    administrator.submit(f"/accounts/units/{pumps}/reopen")
    with app.app_context():
        assert _unit("水务局排灌站").closed_at is None


# --- looking into the store ----------------------------------------------------------------------------------------


def _user(username: str) -> User:
    return db.session.scalars(select(User).where(User.username == username)).one()


def _unit(name: str) -> Unit:
    return db.session.scalars(select(Unit).where(Unit.name == name)).one()


def _id(app: Flask, username: str) -> int:
    with app.app_context():
        return _user(username).id


def _shown(page: Page) -> str:
    return page.one("#first-password").text(strip=True)


def _listed(page: Page) -> list[str]:
    return page.texts(".list tbody th")


def _lengths() -> Iterator[tuple[record.Thread, int]]:
    heads: list[User | Unit] = [*db.session.scalars(select(User)), *db.session.scalars(select(Unit))]
    yield from ((row.thread, row.version) for row in heads)
    for id, length in db.session.execute(
        select(Entry.thread_id, func.max(Entry.number)).where(Entry.thread == "sign_in").group_by(Entry.thread_id)
    ):
        yield record.Thread("sign_in", id), length
