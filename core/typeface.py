"""The one font of the papers: which characters it has, and a small copy with just those that one paper needs.

Reading the whole font takes a third of a second of a thread's time, so it is read once and kept (40 MB); the copy for
one paper then takes a few milliseconds.
"""

from functools import cache
from io import BytesIO
from pathlib import Path
from threading import Lock

from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib import TTFont

FILE = Path(__file__).resolve().parents[1] / "assets" / "fonts" / "NotoSerifSC-Regular.ttf"

_reading = Lock()  # fontTools reads and unpacks what is asked for when it is asked for


@cache
def _whole() -> TTFont:
    return TTFont(FILE, lazy=True)


@cache
def _glyphs() -> dict[int, str]:
    return dict(_whole().getBestCmap())


def has(character: str) -> bool:
    """True when the font can draw this character."""
    with _reading:
        return ord(character) in _glyphs()


def small(text: str) -> BytesIO:
    """A font file with the characters of this text; the same text always gives the same bytes."""
    with _reading:
        whole, glyphs = _whole(), _glyphs()
        wanted = {code: glyphs[code] for code in sorted({*map(ord, text), ord(" ")}) if code in glyphs}
        outlines = whole["glyf"]
        names = dict.fromkeys((".notdef", *wanted.values()))
        for name in list(names):
            names |= dict.fromkeys(outlines[name].getComponentNames(outlines))
        font = FontBuilder(whole["head"].unitsPerEm, isTTF=True)
        font.font.recalcTimestamp = False
        font.setupGlyphOrder(list(names))
        font.setupCharacterMap(wanted)
        font.setupGlyf({name: outlines[name] for name in names})
        font.setupHorizontalMetrics({name: whole["hmtx"][name] for name in names})
        font.setupHorizontalHeader(ascent=whole["hhea"].ascent, descent=whole["hhea"].descent)
        font.setupOS2(sCapHeight=whole["OS/2"].sCapHeight, usWeightClass=whole["OS/2"].usWeightClass)
        font.setupNameTable({"familyName": "Noto Serif SC", "styleName": "Regular", "fullName": "NotoSerifSC-Regular"})
        font.setupPost(keepGlyphNames=False)
        font.font["head"].created = font.font["head"].modified = whole["head"].modified
        copy = BytesIO()
        font.save(copy)
        copy.seek(0)
        return copy
