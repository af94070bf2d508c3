"""Default deny: whoever asks, a view opens only to the permission it names."""

from collections.abc import Callable

import pytest
from flask import Flask

from core.permissions import PERMISSIONS, allow, may
from core.roles import Role
from tests.browse import Browser
from tests.people import PEOPLE

SignIn = Callable[..., Browser]
EVERYBODY = [username for username, *_ in PEOPLE]


@pytest.fixture
def app(own_office: Flask) -> Flask:
    return own_office


@pytest.fixture
def forgetful(app: Flask) -> Flask:
    """An office in which somebody forgot to name the permission of two views."""
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    app.add_url_rule("/forgotten/<id:id>", "forgotten_row", lambda id: "secret")
    return app


def test_a_view_that_names_no_permission_opens_to_nobody(forgetful: Flask, sign_in: SignIn) -> None:
    assert Browser(forgetful).get("/forgotten").path.startswith("/sign-in")
    for username in EVERYBODY:
        person = sign_in(username)
        person.get("/forgotten", expect=403)
        person.get("/forgotten/1", expect=404)


def test_a_view_cannot_name_a_permission_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="raed"):
        allow("petitions.raed")


def test_nobody_is_whoever_signed_in() -> None:
    assert may(None, "public")
    assert not any(may(None, permission) for permission in PERMISSIONS)


def test_who_did_not_sign_in_is_asked_to_and_comes_back(visitor: Browser) -> None:
    for path in ("/desk", "/petitions/", "/petitions/1", "/record", "/accounts/", "/account"):
        asked = visitor.get(path)
        assert asked.path.startswith("/sign-in?next=")
        assert asked.one("main input[name=next]").attributes["value"] == path


def test_what_may_not_be_opened_says_so_but_whether_a_certain_matter_exists_is_not_told(sign_in: SignIn) -> None:
    administrator = sign_in("administrator")
    administrator.get("/petitions/", expect=403)
    administrator.get("/petitions/1", expect=404)


def test_letters_are_nobodys_who_does_not_work_on_them() -> None:
    readers = {
        role for name in ("petitions.read", "petitions.move", "petitions.identity") for role in PERMISSIONS[name]
    }
    assert not readers & {Role.ADMINISTRATOR, Role.AUDITOR, Role.DISCIPLINE}
    assert Role.CONTACT not in PERMISSIONS["petitions.move"] | PERMISSIONS["petitions.identity"]
