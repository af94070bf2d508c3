"""The text of a Word document, paragraph by paragraph, with the numbers that Word itself puts before them."""

from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple
from xml.etree import ElementTree
from zipfile import ZipFile

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "零一二三四五六七八九"
_BREAKS = {f"{_W}tab": " ", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_LEFT_OUT = (f"{_W}del", f"{_W}moveFrom")  # what somebody took out while changes were tracked


class _Level(NamedTuple):
    """How the paragraphs of one level of a list are numbered: 第%1条, and where it begins."""

    text: str
    chinese: bool
    start: int


def paragraphs(document: bytes) -> list[str]:
    """The paragraphs of a .docx that core.cleaning has let through; those of tables too, an empty one for a blank."""
    with ZipFile(BytesIO(document)) as parts:
        names = set(parts.namelist())

        def part(name: str) -> ElementTree.Element | None:
            path = f"word/{name}.xml"
            return ElementTree.fromstring(parts.read(path)) if path in names else None  # noqa: S314 - cleaned before

        body, styles, numbering = part("document"), part("styles"), part("numbering")
    if body is None:
        return []
    numbers = _Numbers(styles, numbering)
    return [numbers.before(each) + "".join(_text(each)).strip() for each in body.iter(f"{_W}p")]


def _text(element: ElementTree.Element) -> Iterator[str]:
    for each in element:
        if each.tag == f"{_W}t":
            yield each.text or ""
        elif each.tag in _BREAKS:
            yield _BREAKS[each.tag]
        elif each.tag not in _LEFT_OUT and each.tag != f"{_W}p":  # a paragraph in a frame is one of its own
            yield from _text(each)


class _Numbers:
    """Word keeps the number of a paragraph not in its text but in a list that the paragraph, or its style, names."""

    def __init__(self, styles: ElementTree.Element | None, numbering: ElementTree.Element | None) -> None:
        self._of_style: dict[str, tuple[str, int]] = {}
        for style in () if styles is None else styles.iter(f"{_W}style"):
            if found := _list_of(style):
                self._of_style[style.get(f"{_W}styleId", "")] = found
        self._levels: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, str] = {}
        for each in () if numbering is None else numbering:
            if each.tag == f"{_W}abstractNum":
                self._levels[each.get(f"{_W}abstractNumId", "")] = dict(map(_level, each.iter(f"{_W}lvl")))
            elif each.tag == f"{_W}num":
                self._lists[each.get(f"{_W}numId", "")] = _value(each, "abstractNumId")
        self._counts: defaultdict[str, dict[int, int]] = defaultdict(dict)

    def before(self, paragraph: ElementTree.Element) -> str:
        """What Word shows before this paragraph; asked for each in turn, since it counts."""
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        named = self._of_style.get(style.get(f"{_W}val", "")) if style is not None else None
        found = _list_of(paragraph) or named
        if found is None:
            return ""
        list_id, depth = self._lists.get(found[0], ""), found[1]
        levels, counts = self._levels.get(list_id, {}), self._counts[list_id]
        level = levels.get(depth)
        if level is None or not level.text:
            return ""
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [each for each in counts if each > depth]:
            del counts[deeper]
        shown = level.text
        for each, other in levels.items():
            number = counts.get(each, other.start)
            shown = shown.replace(f"%{each + 1}", _in_han(number) if level.chinese else str(number))
        return f"{shown} "


def _list_of(element: ElementTree.Element) -> tuple[str, int] | None:
    properties = element.find(f"{_W}pPr/{_W}numPr")
    if properties is None:
        return None
    depth = _value(properties, "ilvl")
    return _value(properties, "numId"), int(depth) if depth.isdecimal() else 0


def _level(element: ElementTree.Element) -> tuple[int, _Level]:
    start, form = _value(element, "start"), _value(element, "numFmt")
    bullet = form in ("bullet", "none")
    text = "" if bullet else _value(element, "lvlText")
    depth = element.get(f"{_W}ilvl", "0")
    chinese = form.lower().startswith(("chinese", "japanese", "ideograph", "taiwanese"))
    return int(depth), _Level(text, chinese, int(start) if start.isdecimal() else 1)


def _value(element: ElementTree.Element, name: str) -> str:
    found = element.find(f"{_W}{name}")
    return "" if found is None else found.get(f"{_W}val", "")


def _in_han(number: int) -> str:
    if number > 99:
        return str(number)
    tens, ones = divmod(number, 10)
    words = f"{_DIGITS[tens] if tens > 1 else ''}十" if tens else ""
    return words + (_DIGITS[ones] if ones or not tens else "")
