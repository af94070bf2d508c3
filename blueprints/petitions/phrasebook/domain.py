"""The fields of a template, and how a matter fills them in."""

import re
from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from core.words import Words

# What may stand in braces, in either language. Nothing of who wrote is among them.
FIELDS = {
    "number": Words(zh="登记编号", en="docket number"),
    "subject": Words(zh="标题", en="subject"),
    "place": Words(zh="地点", en="place"),
    "received": Words(zh="收到日期", en="received on"),
    "unit": Words(zh="办理单位", en="unit"),
}

# The texts of a template: the first three go into an answer, the last into a message.
TEXT_LABELS = {
    "facts": _l("Facts and grounds"),
    "opinion": _l("Opinion"),
    "basis": _l("Legal basis"),
    "text": _l("Message to the petitioner"),
}

EVENT_LABELS = {
    "written": _l("Template written"),
    "changed": _l("Template changed"),
    "retired": _l("Template retired"),
}

_FIELD = re.compile(r"[{｛]([^{}｛｝\n]*)[}｝]")
_NAMES = {name: key for key, words in FIELDS.items() for name in (words.zh, words.en)}


def unknown(text: str) -> list[str]:
    """What stands in braces and is no field."""
    return [name for name in _FIELD.findall(text) if name.strip() not in _NAMES]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields filled in; one that the matter has no value for stays as it is, to be seen."""

    def put(found: re.Match[str]) -> str:
        return values.get(_NAMES.get(found[1].strip(), ""), "") or found[0]

    return _FIELD.sub(put, text)
