"""Kinds of matters, the meetings that decide them, one ruling of the table, and how the ruling that fits is found."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l

from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow

FOLDER = Path(__file__).resolve().parents[3] / "data" / "decisions"
MOST_RULINGS = 100
MOST_FEN = 10**15  # ten million million yuan: more is a slip of the key


class Kind(StrEnum):
    """What sort of matter it is: the word by which another room asks who decides."""

    APPOINTMENT = "appointment"
    MONEY = "money"
    PURCHASE = "purchase"
    REMIND = "remind"
    DISCIPLINE = "discipline"
    RULE = "rule"
    RECRUITING = "recruiting"
    PLAN = "plan"
    AWARD = "award"
    REVIEW = "review"
    URGENT = "urgent"
    OTHER = "other"


class Meeting(StrEnum):
    """Who decides: a meeting, or where the table says so a leader without one."""

    LEADER = "leader"
    OFFICE = "office"
    MINISTRY = "ministry"
    COMMITTEE = "committee"
    MEMBERS = "members"
    LIFE = "life"


class Quorum(StrEnum):
    """How many must be there."""

    HALF = "half"
    TWO_THIRDS = "two_thirds"
    ALL = "all"
    NONE = "none"


class Majority(StrEnum):
    """How many must agree."""

    HALF_OF_ALL = "half_of_all"
    HALF_OF_PRESENT = "half_of_present"
    TWO_THIRDS = "two_thirds"
    NONE = "none"


class State(StrEnum):
    """Whether a version of the table counts."""

    DRAFT = "draft"
    ADOPTED = "adopted"
    DROPPED = "dropped"


KIND_LABELS = {
    Kind.APPOINTMENT: _l("Appointing and removing cadres"),
    Kind.MONEY: _l("Spending money"),
    Kind.PURCHASE: _l("Purchases"),
    Kind.REMIND: _l("Reminding or criticising a member"),
    Kind.DISCIPLINE: _l("Handling above “criticise”"),
    Kind.RULE: _l("Rule documents"),
    Kind.RECRUITING: _l("Recruiting Party members"),
    Kind.PLAN: _l("Plans and important work"),
    Kind.AWARD: _l("Awards and commendations"),
    Kind.REVIEW: _l("Self-examination of the leading group"),
    Kind.URGENT: _l("Urgent matters"),
    Kind.OTHER: _l("Other matters"),
}

MEETING_LABELS = {
    Meeting.LEADER: _l("The leader in charge, without a meeting"),
    Meeting.OFFICE: _l("Ministry office meeting"),
    Meeting.MINISTRY: _l("Ministry meeting"),
    Meeting.COMMITTEE: _l("Branch committee"),
    Meeting.MEMBERS: _l("Branch members’ meeting"),
    Meeting.LIFE: _l("Democratic life meeting"),
}

QUORUM_LABELS = {
    Quorum.HALF: _l("more than half of its members are there"),
    Quorum.TWO_THIRDS: _l("at least two thirds of its members are there"),
    Quorum.ALL: _l("all of its members are there"),
    Quorum.NONE: _l("no meeting is needed"),
}

MAJORITY_LABELS = {
    Majority.HALF_OF_ALL: _l("more than half of all who have a vote"),
    Majority.HALF_OF_PRESENT: _l("more than half of those present who have a vote"),
    Majority.TWO_THIRDS: _l("two thirds of all who have a vote"),
    Majority.NONE: _l("no vote"),
}

STATE_LABELS = {
    State.DRAFT: _l("Draft"),
    State.ADOPTED: _l("Adopted by a meeting"),
    State.DROPPED: _l("Draft given up"),
}

EVENT_LABELS = {
    "begun": _l("Table of decisions begun"),
    "describe": _l("Title of a table of decisions changed"),
    "put": _l("Ruling of a table of decisions changed"),
    "taken out": _l("Ruling taken out of a table of decisions"),
    "adopt": _l("Table of decisions adopted"),
    "take_back": _l("Adoption of a table of decisions taken back"),
    "drop": _l("Draft of a table of decisions given up"),
}

LABELS = {
    "kind": KIND_LABELS,
    "meeting": MEETING_LABELS,
    "quorum": QUORUM_LABELS,
    "majority": MAJORITY_LABELS,
    "state": STATE_LABELS,
}

S, LEADERS = State, (Role.LEADER,)

# fmt: off
WORKFLOW = Workflow(
    #    action       label                               from           to          who       asks
    Step("describe",  _l("Change title and whom to ask"), (S.DRAFT,),    None,       LEADERS,  asks="describe"),
    Step("edit",      _l("Change the rulings"),           (S.DRAFT,),    None,       LEADERS,  asks="ruling"),
    Step("adopt",     _l("Record that it was adopted"),   (S.DRAFT,),    S.ADOPTED,  LEADERS,  asks="adopt"),
    Step("take_back", _l("Take the adoption back"),       (S.ADOPTED,),  S.DRAFT,    LEADERS),
    Step("drop",      _l("Give the draft up"),            (S.DRAFT,),    S.DROPPED,  LEADERS),
    start=S.DRAFT,
)
# fmt: on

EXPLAINED = {
    "take_back": _l("It has not taken effect yet. It becomes a draft again, which nobody but the leaders sees."),
    "drop": _l("The draft is kept, but nobody can change or adopt it any more."),
}

TABLES = (
    Table(
        "decisions",
        Words(zh="议事规则：决策事项表", en="Rules of procedure: the table of decisions"),
        WORKFLOW,
        STATE_LABELS,
        "decisions.read",
        Words(
            zh="生效以后不再改动；要改，另起一稿。取消通过只在生效之前可以。",
            en="Once in effect it never changes: another version is begun. An adoption is taken back only before that.",
        ),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """One row of the table: who decides what, in the office's own words. `from_fen` is the amount it begins with."""

    kind: str
    name: str
    words: str = ""  # by which people look for it, apart from its name
    from_fen: int = 0
    meeting: str
    quorum: str
    majority: str
    prepares: str
    heard: str
    alone: str  # what no leader decides alone
    follows: str = ""  # what comes after the decision
    rule: str
    article: str

    @property
    def matter(self) -> str:
        """Rulings on one matter differ by the amount alone."""
        return f"{self.kind} {self.name if self.kind == Kind.OTHER else ''}"

    def as_json(self) -> dict[str, Any]:
        """What is kept."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Ruling":
        """A ruling that was kept, or stands in a file. Raises TypeError; ValueError for what is none."""
        row = cls(**kept)
        Kind(row.kind), Meeting(row.meeting), Quorum(row.quorum), Majority(row.majority)
        needed = (row.name, row.prepares, row.heard, row.alone, row.rule, row.article)
        if not all(needed) or not 0 <= row.from_fen <= MOST_FEN:
            raise ValueError(row.name)
        return row


@dataclass(frozen=True)
class Answer:
    """Who decides a matter. `rulings` holds one; several where an amount or a choice would tell them apart; none where
    no rule fits, and then `ask` says whom to ask. `table_id` is the version that answers, in force on the day `on`."""

    on: date
    kind: str = ""
    amount_fen: int | None = None
    rulings: Sequence[Ruling] = ()
    table_id: int | None = None
    effective_on: date | None = None
    ask: str = ""
    sums: Mapping[str, Sequence[int]] = field(
        default_factory=dict
    )  # of each matter, the amounts its rulings begin with

    @property
    def ruling(self) -> Ruling | None:
        """The one ruling that fits, if there is just one."""
        return self.rulings[0] if len(self.rulings) == 1 else None

    @property
    def needs_amount(self) -> bool:
        """Whether an amount would tell the rulings apart."""
        matters = [each.matter for each in self.rulings]
        return self.amount_fen is None and len(set(matters)) < len(matters)

    def upto(self, ruling: Ruling) -> int | None:
        """The amount from which another ruling on the same matter counts, in fen."""
        return next((each for each in self.sums.get(ruling.matter, ()) if each > ruling.from_fen), None)


def sums(rulings: Iterable[Ruling]) -> dict[str, list[int]]:
    """Of each matter the amounts with which its rulings begin, in order."""
    found: dict[str, list[int]] = {}
    for each in rulings:
        found.setdefault(each.matter, []).append(each.from_fen)
    return {matter: sorted(amounts) for matter, amounts in found.items()}


def in_order(rulings: Iterable[Ruling]) -> list[Ruling]:
    """As the table is read: by kind, by matter, then by the amount."""
    kinds = list(Kind)
    return sorted(rulings, key=lambda each: (kinds.index(Kind(each.kind)), each.matter, each.from_fen))


def fitting(
    rulings: Sequence[Ruling],
    *,
    kind: str = "",
    words: str = "",
    amount_fen: int | None = None,
    labels: Mapping[Any, str] | None = None,
) -> list[Ruling]:
    """The rulings that fit, in the order of the table. Of each matter that depends on an amount, the one that counts
    for it; where none is given, all of them. `labels` are the names of the kinds, as whoever asks reads them."""
    matters: dict[str, list[Ruling]] = {}
    for each in in_order(rulings):
        matters.setdefault(each.matter, []).append(each)
    found = [rows for rows in matters.values() if not kind or rows[0].kind == kind]
    if words.strip():
        known = [(rows, _likeness(words, _keys(rows, labels or {}))) for rows in found]
        best = max((score for _, score in known), default=0)
        least = 10 if best >= 10 else 1  # a word that is there outweighs two characters that happen to stand together
        found = [rows for rows, score in known if score >= least]
    if amount_fen is None:
        return [each for rows in found for each in rows]
    if not kind and not words.strip():  # an amount alone asks about money
        found = [rows for rows in found if rows[-1].from_fen]
    counts = ([each for each in rows if each.from_fen <= amount_fen][-1:] for rows in found)
    return [each for rows in counts for each in rows]


_BETWEEN = re.compile(r"[\s,，、;；。.:：/|“”\"'’()（）]+")
_LATIN = re.compile(r"[a-z]{4,}")
_HAN = re.compile(r"[\u3400-\u9fff]+")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _keys(rows: Sequence[Ruling], labels: Mapping[Any, str]) -> frozenset[str]:
    said = " ".join((labels.get(rows[0].kind, ""), *(f"{each.name} {each.words}" for each in rows)))
    return frozenset(each for each in _BETWEEN.split(_plain(said)) if len(each) > 1)


def _likeness(asked: str, keys: frozenset[str]) -> int:
    """Ten for each word that is there, one for each pair of characters. It orders rules, never people."""
    asked = _plain(asked)
    together = "".join(asked.split())
    score = 0
    begins = {each[:5] for key in keys for each in _LATIN.findall(key)}
    score += 10 * sum(each[:5] in begins for each in _LATIN.findall(asked))
    score += 10 * sum(bool(_HAN.search(key)) and (key in together or together in key) for key in keys)
    pairs = {pair for key in keys for pair in _pairs(key)}
    return score + len(pairs & _pairs(asked))


def _pairs(text: str) -> set[str]:
    return {run[at : at + 2] for run in _HAN.findall(text) for at in range(len(run) - 1)}


# --- money -----------------------------------------------------------------------------------------------------------

_YUAN = re.compile(r"[¥￥]?(\d{1,3}(?:,\d{3})+|\d{1,12})(\.\d{1,4})?(万)?元?", re.ASCII)


def fen_of(typed: str) -> int:
    """An amount of whole yuan as people type it (50000, 50,000, ５万元, ￥1.2万), in fen. Raises ValueError.

    The one place where this room reads an amount.
    """
    found = _YUAN.fullmatch("".join(unicodedata.normalize("NFKC", typed).split()))
    if found is None:
        raise ValueError(typed)
    digits, part = found[1].replace(",", ""), (found[2] or ".").removeprefix(".")
    yuan, rest = divmod(int(digits + part) * (10_000 if found[3] else 1), int("1" + "0" * len(part)))
    if rest or yuan * 100 > MOST_FEN:
        raise ValueError(typed)
    return yuan * 100


def yuan_of(fen: int) -> str:
    """The same for people: 50,000."""
    return f"{fen // 100:,}"


# --- what ships ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sample:
    """A table that ships with the program, to begin with: text of our own, marked as a sample."""

    code: str
    title: str
    ask: str
    rulings: Sequence[Ruling]


@cache
def samples() -> Mapping[str, Sample]:
    """The shipped tables by the name of their file."""
    return {path.stem: read_sample(path.stem, path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))}


def read_sample(code: str, text: str) -> Sample:
    """A table from the text of a file. Raises ValueError, TypeError, KeyError for what is none."""
    told = tomllib.loads(text)
    rows = [
        Ruling.from_json({**{name: each[name] for name in each if name != "from_yuan"}, "from_fen": 100 * yuan})
        for each in told["ruling"]
        for yuan in (each.get("from_yuan", 0),)
    ]
    return Sample(code, told["title"], told["ask"], in_order(rows))
