"""What the office asks of user names and passwords."""

import re
import unicodedata
from functools import cache

from flask_babel import lazy_gettext as _l

from core.roles import Role
from settings import HOME

PASSWORD_LENGTH = 12
USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")

# A grassroots contact serves one village; everybody else works in a unit of the office or of the district.
WITH_PLACE = frozenset({Role.CONTACT})

UNIT_EVENT_LABELS = {
    "opened": _l("Unit added"),
    "changed": _l("Unit renamed or moved"),
    "moved": _l("Moved with the unit above it"),
    "closed": _l("Unit closed"),
    "reopened": _l("Unit opened again"),
}

SIGN_IN_LABELS = {"signed in": _l("Signed in")}

EVENT_LABELS = {
    "opened": _l("Account opened"),
    "renamed": _l("Name changed"),
    "role changed": _l("Role, unit or village changed"),
    "password changed": _l("Password changed"),
    "password rehashed": _l("Password stored at a higher cost"),
    "closed": _l("Account closed"),
    "reopened": _l("Account opened again"),
}


def plain_name(name: str) -> str:
    """A name as it is compared: one form of each character, no spaces or middle dots, no case."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(each for each in text if not each.isspace() and each not in "·.•・‧")


def weakness(password: str, username: str) -> str | None:
    """What is wrong with a new password, in words for the person, or None."""
    text = unicodedata.normalize("NFKC", password)
    if len(text) < PASSWORD_LENGTH:
        return str(_l("A password has at least %(count)d characters.", count=PASSWORD_LENGTH))
    if username and username.casefold() in text.casefold():
        return str(_l("A password does not contain the user name."))
    if text.casefold() in common() or len(set(text)) < 5:
        return str(_l("This password is too easy to guess."))
    return None


@cache
def common() -> frozenset[str]:
    """Passwords that many people use; a list of our own in data/common_passwords.txt."""
    return frozenset((HOME / "data" / "common_passwords.txt").read_text("utf-8").casefold().split())
