"""What the office asks of user names and passwords."""

import re
import unicodedata
from functools import cache

from flask_babel import lazy_gettext as _l

from core.roles import Role
from settings import HOME

PASSWORD_LENGTH = 12
USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")
_VARIANT = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # chooses the shape of the character before it
_BETWEEN_NAMES = re.compile(r"[\W_]+")

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
    """A name as it is compared: one form of each character; no blanks, dots, signs that nobody sees, no case."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(each for each in text if unicodedata.category(each)[0] in "LMN" and not _VARIANT.match(each))


def names(words: str, name: str) -> bool:
    """Whether what somebody typed names this person: 水务局赵水务局长, 赵 水 务, 赵水务、钱某; but not 赵水务生, another."""
    sought = plain_name(name)
    pieces = (words, *_BETWEEN_NAMES.split(words))
    return len(sought) > 1 and any(
        found and len(after) != 1 for _, found, after in (plain_name(piece).partition(sought) for piece in pieces)
    )


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
