"""Money as whole fen: read from what people type, and written as an office writes it. Pure; never a float.

An amount is an int that counts fen. It stands in columns of BigInteger, is summed and compared as it is, and becomes
yuan only where people read it.
"""

import re
import unicodedata
from decimal import Decimal

from core.words import Words

FEN = 100  # of a yuan
MOST = 10_000_000_000  # fen: a hundred million yuan, less one fen, is the most that a form takes

_AROUND = re.compile(r"^(?:人民币|cny|rmb|¥)|(?:圆|元|yuan)整?$", re.I)
_AMOUNT = re.compile(r"([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]*))?")
_CAPITALS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿")

NO_AMOUNT = Words(zh="请填写金额，如 1200.50。", en="Please write an amount in yuan, such as 1200.50.")
TOO_FINE = Words(zh="金额最多到分（小数点后两位）。", en="An amount goes to the fen: two digits after the point.")
TOO_MUCH = Words(zh="金额过大，请核对。", en="This amount is too large. Please check it.")


class BadAmount(ValueError):
    """What somebody typed is no amount; `why` says it in both languages."""

    def __init__(self, why: Words) -> None:
        super().__init__(why.en)
        self.why = why


def read(typed: str) -> int:
    """The fen of what somebody typed: 1,200.50, １２００．５, ¥1200.5, 1200元. Raises BadAmount."""
    words = unicodedata.normalize("NFKC", typed).replace("。", ".").replace(" ", "")
    words = _AROUND.sub("", _AROUND.sub("", words))
    found = _AMOUNT.fullmatch(words)
    if not found:
        raise BadAmount(NO_AMOUNT)
    yuan, fen = found[1].replace(",", ""), (found[2] or "").rstrip("0")
    if len(fen) > 2:
        raise BadAmount(TOO_FINE)
    if len(yuan.lstrip("0")) > 12 or (amount := int(yuan) * FEN + int(fen.ljust(2, "0"))) >= MOST:
        raise BadAmount(TOO_MUCH)
    return amount


def plain(fen: int) -> str:
    """As it stands in a form: 1200.50."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // FEN}.{abs(fen) % FEN:02d}"


def grouped(fen: int) -> str:
    """As it stands in a column of a table: 1,200.50."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // FEN:,}.{abs(fen) % FEN:02d}"


def shown(fen: int) -> Words:
    """With its currency: 1,200.50 元, CNY 1,200.50."""
    return Words(zh=f"{grouped(fen)} 元", en=f"CNY {grouped(fen)}")


def yuan(fen: int) -> Decimal:
    """For a cell of a workbook."""
    return Decimal(fen).scaleb(-2)


def each(fen: int, among: int) -> int:
    """What falls to each of so many, rounded half up to the fen; nothing where there is nobody. To be read only: what
    is allowed is compared by the whole sum."""
    return (2 * fen + among) // (2 * among) if among > 0 else 0


def capitals(fen: int) -> str:
    """In the characters that nobody can alter on paper: 壹仟贰佰元伍角整."""
    whole, jiao, last = fen // FEN, fen % FEN // 10, fen % 10
    words = f"{_count(whole)}元" if whole else ""
    if jiao:
        words += f"{_CAPITALS[jiao]}角"
    elif last and whole:
        words += _CAPITALS[0]
    if last:
        return f"{words}{_CAPITALS[last]}分"
    return f"{words or '零元'}整"


def _count(number: int) -> str:
    words, gap = "", False
    digits = str(number)
    for position, digit in enumerate(map(int, digits)):
        place = len(digits) - 1 - position
        if digit:
            words += (_CAPITALS[0] if gap and words else "") + _CAPITALS[digit] + _PLACES[place % 4]
        gap = not digit
        if place % 4 == 0 and place and number // 10**place % 10_000:
            words += _GROUPS[place // 4]
    return words
