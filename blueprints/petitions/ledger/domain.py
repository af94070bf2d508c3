"""How a row of somebody's register becomes a matter: columns by their headings, dates as people write them, places."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l

from blueprints.petitions.docket.domain import Channel, Kind

MOST_ROWS = 1000  # they come in in one go, and while they do nobody else can change anything
EARLIEST = date(1990, 1, 1)

# What a matter has, what it is called, and the headings that registers give it. The first heading that fits wins.
FIELDS = {
    "received_on": (
        _l("Received on"),
        ("来信日期", "来访日期", "收到日期", "登记日期", "受理日期", "信访日期", "日期", "received"),
    ),
    "name": (_l("Petitioner"), ("信访人姓名", "信访人", "来访人", "来信人", "反映人", "姓名", "petitioner", "name")),
    "address": (_l("Address"), ("住址", "家庭住址", "地址", "address")),
    "contact": (_l("Telephone"), ("联系电话", "联系方式", "电话", "手机", "telephone", "phone")),
    "place": (_l("Village or community"), ("村", "社区", "所属村", "属地", "村（社区）", "village", "place")),
    "subject": (_l("Subject"), ("标题", "事由", "信访事项", "主题", "subject")),
    "text": (
        _l("What is said"),
        ("反映内容", "反映问题", "反映的问题", "主要内容", "信访内容", "主要诉求", "诉求", "内容", "text"),
    ),
    "kind": (_l("Class"), ("信访类别", "信访类型", "类别", "性质", "class")),
    "channel": (_l("Channel"), ("信访形式", "信访方式", "来源", "渠道", "形式", "channel")),
    "person": (_l("Person it is about"), ("被反映人", "被举报人", "反映对象", "person")),
    "against": (_l("Unit it is about"), ("被反映单位", "被举报单位", "unit it is about")),
    "unit": (_l("Unit that handled it"), ("办理单位", "承办单位", "责任单位", "办理部门", "unit")),
    "result": (_l("Result"), ("办理结果", "处理结果", "办理情况", "处理情况", "答复情况", "result")),
    "closed_on": (_l("Closed on"), ("办结日期", "办结时间", "结案日期", "答复日期", "closed")),
    "number": (_l("Old number"), ("登记编号", "编号", "信访编号", "序号", "number", "no.")),
}
NEEDED = ("received_on", "text")
LONGEST = {
    "name": 60,
    "address": 200,
    "contact": 60,
    "subject": 100,
    "text": 20_000,
    "person": 60,
    "result": 2000,
    "number": 40,
}

KIND_WORDS = {
    Kind.PROPOSAL: ("建议", "意见", "proposal"),
    Kind.ACCUSATION: ("检举", "控告", "举报", "accusation"),
    Kind.CLAIM: ("申诉", "求决", "诉求", "claim"),
}
CHANNEL_WORDS = {
    Channel.ONLINE: ("网", "online"),
    Channel.VISIT: ("访", "visit"),
    Channel.CALL: ("电", "call"),
    Channel.LETTER: ("信", "letter"),
}

PROBLEMS = {
    "empty": _l("Nothing stands here, and it is needed."),
    "date": _l("This is no date, such as 2024-03-05."),
    "future": _l("This day lies in the future."),
    "early": _l("This day lies before 1990."),
    "order": _l("It was closed before it was received."),
    "long": _l("This is too long."),
    "kind": _l("No class is named here: proposal, accusation or claim for relief."),
    "channel": _l("No channel is named here: letter, visit, call or online."),
    "place": _l("No village or community of the district is named here."),
    "unit": _l("There is no unit of this name."),
    "own": _l(
        "It is about this office or somebody who works in it: that is handled one level up, and may not be kept here."
    ),
}


@dataclass(frozen=True)
class Known:
    """What the office knows: its villages (name, township, code), its units by name, and which day it is."""

    villages: Sequence[tuple[str, str, str]]
    townships: Mapping[str, str]
    units: Mapping[str, int]
    today: date


@dataclass(frozen=True)
class Defaults:
    """What holds for rows that say nothing of it."""

    kind: Kind
    channel: Channel
    place: str = ""


@dataclass(frozen=True)
class Problem:
    """What is wrong in one cell: the line as Excel shows it, the field, the reason."""

    line: int
    field: str
    why: str


@dataclass(frozen=True)
class Draft:
    """A matter as a row tells of it."""

    line: int
    received_on: date
    kind: Kind
    channel: Channel
    place: str
    subject: str
    text: str
    identity: dict[str, str] | None
    person: str = ""
    against: int | None = None
    unit: int | None = None
    unit_name: str = ""
    result: str = ""
    closed_on: date | None = None
    number: str = ""


@dataclass
class Checked:
    """Everything that a table says: matters, and what is wrong with the other rows."""

    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def plain(text: str) -> str:
    """A heading or a name as it is compared: without blanks and brackets, small."""
    return re.sub(r"[\s　()（）:：/]", "", text).lower()


def guess(headings: Sequence[str]) -> dict[str, int]:
    """Which column most likely holds what: by the heading itself, then by what stands in it."""
    found: dict[str, int] = {}
    bare = [plain(heading) for heading in headings]
    for exact in (True, False):
        for key, (_label, words) in FIELDS.items():
            for word in words if key not in found else ():
                for column, heading in enumerate(bare):
                    fits = heading == plain(word) if exact else len(word) > 1 and plain(word) in heading
                    if fits and column not in found.values():
                        found[key] = column
                        break
                if key in found:
                    break
    return found


_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s].*)?")
_RUN = re.compile(r"(\d{4})(\d{2})(\d{2})")


def day(text: str) -> date | None:
    """A date as people or programs write it; a plain number of five digits is Excel's count of days."""
    text = text.strip()
    try:
        if found := _DATE.fullmatch(text) or _RUN.fullmatch(text):
            return date(*map(int, found.groups()))
        if re.fullmatch(r"[2-6]\d{4}", text):
            return date(1899, 12, 30) + timedelta(days=int(text))
    except ValueError:
        return None
    return None


def place_of(text: str, known: Known) -> str:
    """The code of the one village that a text names, else of the township; nothing where it might be several."""
    text = plain(text)
    towns = [code for name, code in known.townships.items() if _short(name) in text]
    here = [each for each in known.villages if _short(each[0]) in text]
    if towns and any(township in towns for _name, township, _code in here):
        here = [each for each in here if each[1] in towns]
    longest = max((len(_short(each[0])) for each in here), default=0)
    codes = {code for name, _township, code in here if len(_short(name)) == longest}
    if len(codes) == 1:
        return codes.pop()
    return towns[0] if len(towns) == 1 else ""


def _short(name: str) -> str:
    """A name of a place without what people leave out."""
    bare = plain(name)
    for tail in ("村民委员会", "居民委员会", "居委会", "村委会", "委会", "街道办事处", "街道", "社区", "村", "镇"):
        if bare.endswith(tail) and len(bare) - len(tail) >= 2:
            return bare.removesuffix(tail)
    return bare


def check(
    rows: Sequence[tuple[int, Sequence[str]]], columns: Mapping[str, int], default: Defaults, known: Known
) -> Checked:
    """Every row as a matter, or what is wrong with it. `columns` says which column holds what."""
    checked = Checked()
    for line, cells in rows:
        said = {key: cells[column] if column < len(cells) else "" for key, column in columns.items()}
        wrong = _Row(line, {key: said.get(key, "").strip() for key in FIELDS}, default, known)
        draft = wrong.draft()
        checked.problems += wrong.problems
        if draft is not None and not wrong.problems:
            checked.drafts.append(draft)
    return checked


class _Row:
    """One row while it is looked at."""

    def __init__(self, line: int, said: dict[str, str], default: Defaults, known: Known) -> None:
        self.line, self.said, self.default, self.known = line, said, default, known
        self.problems: list[Problem] = []

    def wrong(self, field: str, why: str) -> None:
        self.problems.append(Problem(self.line, field, why))

    def draft(self) -> Draft | None:
        for key, most in LONGEST.items():
            if len(self.said[key]) > most:
                self.wrong(key, "long")
        if not self.said["text"]:
            self.wrong("text", "empty")
        received_on, closed_on = self.day("received_on", needed=True), self.day("closed_on")
        if received_on and closed_on and closed_on < received_on:
            self.wrong("closed_on", "order")
        kind = self.word("kind", KIND_WORDS, self.default.kind)
        channel = self.word("channel", CHANNEL_WORDS, self.default.channel)
        place = place_of(self.said["place"] or self.said["address"], self.known) or self.default.place
        if not place:
            self.wrong("address" if self.said["address"] and not self.said["place"] else "place", "place")
        against = self.known.units.get(plain(self.said["against"]))
        if self.said["against"] and against is None:
            self.wrong("against", "unit")
        if received_on is None:
            return None
        name = self.said["name"]
        named = {key: self.said[key] for key in ("name", "address", "contact")}
        return Draft(
            line=self.line,
            received_on=received_on,
            kind=Kind(kind),
            channel=Channel(channel),
            place=place,
            subject=self.said["subject"].replace("\n", " ") or _begin(self.said["text"]),
            text=self.said["text"],
            identity=named if name and name not in ("匿名", "无", "/", "anonymous") else None,
            person=self.said["person"],
            against=against,
            unit=self.known.units.get(plain(self.said["unit"])),
            unit_name=self.said["unit"],
            result=self.said["result"],
            closed_on=closed_on,
            number=self.said["number"],
        )

    def day(self, field: str, *, needed: bool = False) -> date | None:
        text = self.said[field]
        if not text:
            if needed:
                self.wrong(field, "empty")
            return None
        found = day(text)
        if found is None:
            self.wrong(field, "date")
        elif found > self.known.today:
            self.wrong(field, "future")
        elif found < EARLIEST:
            self.wrong(field, "early")
        return found

    def word(
        self, field: str, words: Mapping[Kind, tuple[str, ...]] | Mapping[Channel, tuple[str, ...]], default: str
    ) -> str:
        text = plain(self.said[field])
        if not text:
            return default
        for value, names in words.items():
            if any(name in text for name in names):
                return value
        self.wrong(field, field)
        return default


def _begin(text: str) -> str:
    """The beginning of a text, as its subject."""
    first = re.split(r"[。！？\n]", text.strip(), maxsplit=1)[0].strip() or text.strip()
    return first if len(first) <= 40 else first[:39] + "…"


EVENT_LABELS = {
    "laid out": _l("Table of an old register read"),
    "imported": _l("Old register imported"),
    "dropped": _l("Table of an old register removed"),
}
