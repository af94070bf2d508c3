"""The procedure of a reception, the standard it is held against, and the check line by line."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Self

from flask_babel import lazy_gettext as _l

from core import money
from core.deadlines import Rule, Unit
from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow

SAMPLE = Path(__file__).resolve().parents[3] / "data" / "receptions" / "sample.toml"

MOST_DAYS = 31  # of one visit
MOST_PEOPLE = 500


class State(StrEnum):
    """Where a reception stands."""

    DRAFT = "draft"
    REQUESTED = "requested"
    RETURNED = "returned"
    REFUSED = "refused"
    APPROVED = "approved"
    BILLED = "billed"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class Only(StrEnum):
    """What must be so besides the role."""

    ASKED = "asked"
    UNIT = "unit"
    OTHER = "other"
    THIRD = "third"


class Kind(StrEnum):
    """What money is spent on."""

    WORKING_MEAL = "working_meal"
    MEAL = "meal"
    LODGING = "lodging"
    TRANSPORT = "transport"
    OTHER = "other"


class Line(StrEnum):
    """The lines of a standard."""

    LETTER = "letter"
    HOSTS = "hosts"
    MEALS = "meals"
    PLACE = "place"
    ALCOHOL = "alcohol"
    WORKING_MEAL = "working_meal"
    MEAL = "meal"
    LODGING = "lodging"
    TRANSPORT = "transport"
    OTHER = "other"
    BILL = "bill"


class Alcohol(StrEnum):
    """When alcohol may be served."""

    NEVER = "never"
    WORKING_DAYS = "working_days"  # not on a visit that has a working day in it
    FREE = "free"


STATE_LABELS = {
    State.DRAFT: _l("Draft"),
    State.REQUESTED: _l("Waiting for approval"),
    State.RETURNED: _l("Sent back"),
    State.REFUSED: _l("Refused"),
    State.APPROVED: _l("Approved"),
    State.BILLED: _l("Bill entered"),
    State.SETTLED: _l("Settled"),
    State.CANCELLED: _l("Cancelled"),
}
ONLY_LABELS = {
    Only.ASKED: _l("for who asked for it"),
    Only.UNIT: _l("for the unit that asked for it"),
    Only.OTHER: _l("for somebody else than who asked for it"),
    Only.THIRD: _l("for somebody who neither asked for it nor entered the bill"),
}
ALCOHOL_LABELS = {
    Alcohol.NEVER: _l("Never"),
    Alcohol.WORKING_DAYS: _l("Not on a visit with a working day in it"),
    Alcohol.FREE: _l("No rule"),
}
LABELS = {"state": STATE_LABELS}

_STAFF = (Role.CLERK, Role.HANDLER, Role.LEADER)
_OPEN = (State.DRAFT, State.RETURNED)

# fmt: off
WORKFLOW = Workflow(
    Step("change",  _l("Change the request"),    _OPEN,                             None,            _STAFF,                     asks="request", only=Only.ASKED),
    Step("send",    _l("Send for approval"),     _OPEN,                             State.REQUESTED, _STAFF,                                     only=Only.ASKED),
    Step("approve", _l("Approve"),               (State.REQUESTED,),                State.APPROVED,  (Role.LEADER,),             asks="approve", only=Only.OTHER, paper="approval"),
    Step("return",  _l("Send back"),             (State.REQUESTED,),                State.RETURNED,  (Role.LEADER,),             asks="reason",  only=Only.OTHER),
    Step("refuse",  _l("Refuse"),                (State.REQUESTED,),                State.REFUSED,   (Role.LEADER,),             asks="reason",  only=Only.OTHER),
    Step("bill",    _l("Enter the bill"),        (State.APPROVED,),                 State.BILLED,    _STAFF,                     asks="bill",    only=Only.UNIT),
    Step("rebill",  _l("Send the bill back"),    (State.BILLED,),                   State.APPROVED,  (Role.CLERK, Role.LEADER),  asks="reason",  only=Only.THIRD),
    Step("settle",  _l("Settle"),                (State.BILLED,),                   State.SETTLED,   (Role.CLERK, Role.LEADER),  asks="settle",  only=Only.THIRD),
    Step("cancel",  _l("Cancel the reception"),  (*_OPEN, State.REQUESTED, State.APPROVED), State.CANCELLED, _STAFF,             asks="reason",  only=Only.ASKED, rare=True),
    start=State.DRAFT,
)
# fmt: on

EVENT_LABELS = {
    "drafted": _l("Request written"),
    "change": _l("Request changed"),
    "send": _l("Sent for approval"),
    "approve": _l("Approved"),
    "return": _l("Sent back"),
    "refuse": _l("Refused"),
    "bill": _l("Bill entered"),
    "rebill": _l("Bill sent back"),
    "settle": _l("Settled"),
    "cancel": _l("Cancelled"),
    "calendar changed": _l("The calendar changed: running clocks counted anew"),
}
STANDARD_EVENT_LABELS = {"set": _l("Standard written"), "changed": _l("Standard changed")}
EXPLAINED = {
    "send": _l("A leader other than you decides. Until then you cannot change the request."),
    "settle": _l("By settling you say that you looked at the files and that the figures are theirs."),
}

# What a kind of cost is reckoned by: how many people, how many times.
BASES = {
    Kind.WORKING_MEAL: Words(zh="每人每餐", en="a person and meal"),
    Kind.MEAL: Words(zh="每人每天", en="a guest and day"),
    Kind.LODGING: Words(zh="每人每晚", en="a guest and night"),
    Kind.TRANSPORT: Words(zh="每人每天", en="a guest and day"),
    Kind.OTHER: Words(zh="每人每次", en="a guest and visit"),
}
LINE_WORDS = {
    Line.LETTER: Words(zh="公函", en="Official letter"),
    Line.HOSTS: Words(zh="陪餐人数", en="Hosts at the table"),
    Line.MEALS: Words(zh="工作餐次数", en="Working meals"),
    Line.PLACE: Words(zh="接待场所", en="Place"),
    Line.ALCOHOL: Words(zh="饮酒", en="Alcohol"),
    Line.WORKING_MEAL: Words(zh="工作餐费", en="Cost of working meals"),
    Line.MEAL: Words(zh="其他用餐费", en="Cost of other meals"),
    Line.LODGING: Words(zh="住宿费", en="Cost of lodging"),
    Line.TRANSPORT: Words(zh="交通费", en="Cost of transport"),
    Line.OTHER: Words(zh="其他费用", en="Other costs"),
    Line.BILL: Words(zh="报账期限", en="Time for the bill"),
}
_YES, _NO = Words(zh="有", en="yes"), Words(zh="无", en="none")
_SERVED, _DRY = Words(zh="饮酒", en="served"), Words(zh="不饮酒", en="none served")


@dataclass(frozen=True)
class Ground:
    """The rule that a line comes from, its article, and whether no reason opens it."""

    rule: Words
    article: str
    absolute: bool = False

    @property
    def words(self) -> Words:
        """As it is cited."""
        if not self.article:
            return self.rule
        return Words(zh=f"{self.rule.zh}第{self.article}条", en=f"{self.rule.en}, Art. {self.article}")


@dataclass(frozen=True)
class Standard:
    """What a reception may have. Limits are fen for one person, by what BASES says."""

    code: str
    title: Words
    sample: bool
    letter: bool
    small: int
    few: int
    share: int
    meals: int
    alcohol: Alcohol
    bill_days: int
    places: tuple[Words, ...]
    limits: Mapping[Kind, int]
    grounds: Mapping[Line, Ground]

    @classmethod
    def read(cls, code: str, told: dict[str, Any]) -> Self:
        """As a file or a row has it. Raises KeyError, TypeError or ValueError where something is missing."""
        grounds = {
            line: Ground(Words(**row["rule"]), row["article"], row.get("absolute", False))
            for line, row in ((line, told["grounds"][line]) for line in Line)
        }
        return cls(
            code=code,
            title=Words(**told["title"]),
            sample=told.get("sample", False),
            **{name: told[name] for name in ("letter", "small", "few", "share", "meals", "bill_days")},
            alcohol=Alcohol(told["alcohol"]),
            places=tuple(Words(**each) for each in told["places"]),
            limits={kind: money.read(told["limits"][kind]) for kind in Kind},
            grounds=grounds,
        )

    def as_json(self) -> dict[str, Any]:
        """A dictionary that JSON can hold and `read` reads back."""

        def both(words: Words) -> dict[str, str]:
            return {"zh": words.zh, "en": words.en}

        plain = ("letter", "small", "few", "share", "meals", "bill_days")
        return {
            "title": both(self.title),
            **{name: getattr(self, name) for name in plain},
            "alcohol": self.alcohol.value,
            "places": [both(each) for each in self.places],
            "limits": {kind.value: money.plain(fen) for kind, fen in self.limits.items()},
            "grounds": {
                line.value: {"rule": both(each.rule), "article": each.article, "absolute": each.absolute}
                for line, each in self.grounds.items()
            },
        }

    def hosts_to(self, guests: int) -> int:
        """How many hosts so many guests may have."""
        if guests <= 0:
            return 0
        return self.few if guests <= self.small else max(self.few, guests // self.share)

    def place(self, written: str) -> Words:
        """A place in both languages; one that is not listed is as it was written."""
        return next((each for each in self.places if each.zh == written), Words(zh=written, en=written))

    def allowed(self) -> dict[Line, Words]:
        """Each line in words, for those who read the standard."""
        places = Words(zh="、".join(each.zh for each in self.places), en="; ".join(each.en for each in self.places))
        hosts = Words(
            zh=f"来宾不超过{self.small}人的，不超过{self.few}人；超过的，不超过来宾的{self.share}分之一",
            en=f"up to {self.small} guests: {self.few}; with more, one for {self.share} guests",
        )
        alcohol = {
            Alcohol.NEVER: Words(zh="不得饮酒", en="never"),
            Alcohol.WORKING_DAYS: Words(zh="有工作日的接待不得饮酒", en="none on a visit with a working day in it"),
            Alcohol.FREE: Words(zh="不作规定", en="no rule"),
        }
        return {
            Line.LETTER: Words(zh="须有公函", en="needed") if self.letter else Words(zh="不要求", en="not needed"),
            Line.HOSTS: hosts,
            Line.MEALS: Words(zh=f"每次接待{self.meals}次", en=f"{self.meals} in a visit"),
            Line.PLACE: places,
            Line.ALCOHOL: alcohol[self.alcohol],
            **{Line(kind): self._rate(kind) for kind in Kind},
            Line.BILL: Words(
                zh=f"接待结束后{self.bill_days}个工作日内", en=f"within {self.bill_days} working days after the visit"
            ),
        }

    def _rate(self, kind: Kind) -> Words:
        amount = money.shown(self.limits[kind])
        return Words(zh=f"{BASES[kind].zh} {amount.zh}", en=f"{amount.en} {BASES[kind].en}")

    def bill_rule(self) -> Rule:
        """The clock of the bill."""
        ground = self.grounds[Line.BILL].words
        return Rule("bill", self.bill_days, Unit.WORKING_DAYS, ground)


@cache
def sample() -> Standard:
    """The standard that the program brings along."""
    return Standard.read("sample", tomllib.loads(SAMPLE.read_text("utf-8")))


# --- the check -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Visit:
    """A reception as it is held against the standard: as asked, or as it was. Costs are fen."""

    guests: int
    hosts: int
    meals: int
    days: int
    working: bool  # a working day is among them
    place: str
    alcohol: bool
    letter: str
    costs: Mapping[Kind, int]

    @property
    def total(self) -> int:
        """All of it, in fen."""
        return sum(self.costs.values())


@dataclass(frozen=True)
class Finding:
    """One line: what is allowed, what is asked, where it stands, whether it fits."""

    line: Line
    allowed: Words
    asked: Words
    ground: Ground
    fits: bool

    @property
    def label(self) -> Words:
        """What the line is about."""
        return LINE_WORDS[self.line]

    @property
    def shut(self) -> bool:
        """It does not fit, and no reason opens it."""
        return not self.fits and self.ground.absolute


def check(standard: Standard, visit: Visit) -> list[Finding]:
    """Every line of the standard but the bill's. Sums are compared whole: nothing is divided, nothing rounded."""
    said = standard.allowed()
    most = standard.hosts_to(visit.guests)
    dry = standard.alcohol is Alcohol.NEVER or (standard.alcohol is Alcohol.WORKING_DAYS and visit.working)

    def people(count: int) -> Words:
        return Words(zh=f"{count}人", en=str(count))

    def times(count: int) -> Words:
        return Words(zh=f"{count}次", en=str(count))

    listed = any(each.zh == visit.place for each in standard.places)
    lines: dict[Line, tuple[Words, Words, bool]] = {
        Line.LETTER: (
            said[Line.LETTER],
            Words(zh=visit.letter, en=visit.letter) if visit.letter else _NO,
            bool(visit.letter) or not standard.letter,
        ),
        Line.HOSTS: (people(most), people(visit.hosts), visit.hosts <= most),
        Line.MEALS: (times(standard.meals), times(visit.meals), visit.meals <= standard.meals),
        Line.PLACE: (said[Line.PLACE], standard.place(visit.place), listed),
        Line.ALCOHOL: (
            _DRY if dry else said[Line.ALCOHOL],
            _SERVED if visit.alcohol else _DRY,
            not (dry and visit.alcohol),
        ),
    }
    for kind in Kind:
        sum_, most_fen = _sum(standard, visit, kind)
        asked = visit.costs.get(kind, 0)
        lines[Line(kind)] = (sum_, money.shown(asked), asked <= most_fen)
    return [
        Finding(line, allowed, asked, standard.grounds[line], fits) for line, (allowed, asked, fits) in lines.items()
    ]


def _sum(standard: Standard, visit: Visit, kind: Kind) -> tuple[Words, int]:
    """What may be spent on a kind, and how that is reckoned. Hosts and meals beyond what is allowed add nothing."""
    heads = visit.guests
    count = {
        Kind.WORKING_MEAL: min(visit.meals, standard.meals),
        Kind.MEAL: visit.days,
        Kind.LODGING: visit.days - 1,
        Kind.TRANSPORT: visit.days,
        Kind.OTHER: 1,
    }[kind]
    if kind is Kind.WORKING_MEAL:
        heads += min(visit.hosts, standard.hosts_to(visit.guests))
    limit = standard.limits[kind]
    total = limit * heads * count
    how = f"{money.grouped(limit)} × {heads} × {count} = "
    amount = money.shown(total)
    return Words(zh=how + amount.zh, en=how + amount.en), total


def overrun(planned: Mapping[Kind, int], actual: Mapping[Kind, int]) -> int:
    """By how much the bill is above what was approved, kind by kind: what is saved on one pays for no other."""
    return sum(max(0, actual.get(kind, 0) - planned.get(kind, 0)) for kind in Kind)


def misfits(findings: Sequence[Finding]) -> list[Finding]:
    """Those lines that do not fit."""
    return [each for each in findings if not each.fits]


def listed_places(lines: str) -> Iterator[Words]:
    """The places that somebody typed: a line for each, in Chinese, and after a bar in English."""
    for line in lines.splitlines():
        zh, _bar, en = (part.strip() for part in line.replace("｜", "|").partition("|"))
        if zh:
            yield Words(zh=zh, en=en or zh)


def renamed(standard: Standard, code: str) -> Standard:
    """The same under another code, as the office's own."""
    return replace(standard, code=code, sample=False)


TABLES = (
    Table(
        "guests",
        Words(zh="公务接待的办理步骤", en="An official reception's steps"),
        WORKFLOW,
        STATE_LABELS,
        "receptions.work",
        Words(
            zh="报账期限由接待标准规定。不符合标准的申请须书面说明理由方可批准；标准中注明“一律不得例外”的，不予批准。",
            en="The time for the bill stands in the standard. What does not fit it is approved with a written reason "
            "alone, and where the standard says so not at all.",
        ),
        ONLY_LABELS,
        papers={"approval": Words(zh="公务接待审批单", en="Approval sheet")},
    ),
)
