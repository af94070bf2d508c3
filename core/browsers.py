"""Known browsers: where somebody has signed in before, the wrong passwords that others type elsewhere delay nobody.

At each sign-in the browser is given a mark: a number by chance and a keyed digest over it and the user name. It says
whose it is only to who asks for that very name, goes to the page of the sign-in alone, and opens nothing: a sign-in
with it waits by itself (core/limits.py). Nothing is stored of it here.
"""

import hmac
import re
import secrets

from flask import Request, Response

from core import clock, limits, vault
from core.limits import Limit
from settings import settings

COOKIE = "xiafang_known"
_DAYS = 90  # a mark counts in the period in which it was made, and through the next
_MOST = 8  # people who share a computer
_NUMBER = 16  # signs
_MARK = re.compile(rf"[\w-]{{{_NUMBER}}}[0-9a-f]{{32}}", re.ASCII)


def tries(request: Request, username: str) -> tuple[tuple[Limit, str], ...]:
    """Whom a wrong password makes wait: a browser that this account has signed in with before, alone; else whoever
    tries this account from the same address, and a little whoever signs in from there with a browser not yet known."""
    for mark in _marks(request):
        if _fits(mark, username):
            return ((limits.SIGN_IN_BY_BROWSER, mark),)
    address = limits.client_address(request)
    return (limits.SIGN_IN_BY_ACCOUNT, f"{username} {address}"), (limits.SIGN_IN_BY_ADDRESS, address)


def remember(request: Request, response: Response, username: str) -> Response:
    """Somebody has signed in: their browser gets a new mark, and keeps those of others who share it."""
    fresh = _mark(secrets.token_urlsafe(12), username, _period())
    others = [mark for mark in _marks(request) if not _fits(mark, username)]
    response.set_cookie(
        COOKIE,
        ".".join([fresh, *others][:_MOST]),
        max_age=2 * _DAYS * 86_400,
        path="/sign-in",
        httponly=True,
        samesite="Lax",
        secure=settings().HTTPS,
    )
    return response


def _marks(request: Request) -> list[str]:
    return [mark for mark in request.cookies.get(COOKIE, "").split(".")[:_MOST] if _MARK.fullmatch(mark)]


def _fits(mark: str, username: str) -> bool:
    now, number = _period(), mark[:_NUMBER]
    return any(hmac.compare_digest(mark, _mark(number, username, period)) for period in (now, now - 1))


def _mark(number: str, username: str, period: int) -> str:
    told = f"known browser\0{period}\0{number}\0{username}".encode("utf-8", "surrogatepass")
    return number + vault.mac("cookie", told).hex()[:32]


def _period() -> int:
    return int(clock.now().timestamp()) // (_DAYS * 86_400)
