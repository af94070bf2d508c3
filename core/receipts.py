"""Receipt codes: twenty digits that open one letter for whoever wrote it; the office keeps only a keyed digest.

A code can be typed on a number pad and read over the phone: nineteen digits of chance and a check digit (Verhoeff,
from python-stdnum) that notices every single wrong digit and every two neighbours changed about.
"""

import re

import segno
from markupsafe import Markup
from stdnum import verhoeff

from core import vault

LENGTH = 20

_FULL_WIDTH = {ord("０") + digit: str(digit) for digit in range(10)}
_BETWEEN = re.compile(r"[\s\u002d\u2010-\u2015\u2212\uff0d]+")  # blanks, and whatever a keyboard has for a hyphen
_CODE = re.compile(rf"[0-9]{{{LENGTH}}}")
_NO_CODE = "-" * LENGTH  # no letter has it, and its digest costs what any other costs


def make(seed: bytes, first: str = "") -> str:
    """The code that belongs to a secret seed: the same form sent twice gets the same code. `first` begins it."""
    chance = LENGTH - 1 - len(first)
    number = int.from_bytes(vault.mac("receipt", b"make:" + seed)) % 10**chance
    body = f"{first}{number:0{chance}d}"
    return body + verhoeff.calc_check_digit(body)


def grouped(code: str) -> str:
    """The code as people read it: 1234 5678 …"""
    return " ".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def tidy(text: str) -> str | None:
    """The code somebody typed, without blanks and hyphens; None if it is not a code or was mistyped."""
    code = _BETWEEN.sub("", text.translate(_FULL_WIDTH)) if len(text) <= 4 * LENGTH else ""
    return code if _CODE.fullmatch(code) and verhoeff.is_valid(code) else None


def digest(code: str) -> bytes:
    """What is stored in place of a code: nobody finds a code from it without the key."""
    return vault.mac("receipt", b"digest:" + code.encode())


def digest_of_anything(text: str) -> bytes:
    """The digest to look up for whatever was typed: what is no code takes the same way and finds nothing."""
    return digest(tidy(text) or _NO_CODE)


def qr_svg(code: str, title: str, css_class: str = "qr") -> Markup:
    """The code, and nothing else, as a QR picture to stand in the page: no style attribute, no address."""
    picture = segno.make(code, error="m", micro=False)
    svg = picture.svg_inline(omitsize=True, light="#fff", svgclass=css_class, lineclass=None, title=title)
    return Markup(svg.replace("<svg ", '<svg role="img" ', 1))  # noqa: S704 - segno escapes title and class
