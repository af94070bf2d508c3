"""The sheet of standards, who sees what is written under it, and the procedures of sheets, drives, words and remarks."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from flask_babel import lazy_gettext as _l

from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow

FOLDER = Path(__file__).resolve().parents[3] / "data" / "image"
OF_EACH = 5  # five models, five images


class Group(StrEnum):
    """The two halves of a sheet."""

    MODEL = "model"
    IMAGE = "image"


class Level(StrEnum):
    """What a member says of themselves: a word, never a number."""

    MEETS = "meets"
    PARTLY = "partly"
    WORK = "work"


class Audience(StrEnum):
    """Who sees what is written besides whom it is about and whoever wrote it; from the narrowest to the widest."""

    OWN = "own"
    LEADERS = "leaders"
    UNIT = "unit"


class SheetState(StrEnum):
    """Whether drives can be held with a sheet."""

    DRAFT = "draft"
    USED = "used"
    RETIRED = "retired"


class DriveState(StrEnum):
    """Whether a drive still takes words in."""

    OPEN = "open"
    CLOSED = "closed"


class CheckState(StrEnum):
    """Whether what a member said of themselves stands."""

    DONE = "done"
    WITHDRAWN = "withdrawn"


class RemarkState(StrEnum):
    """Whether a remark stands."""

    STANDING = "standing"
    WITHDRAWN = "withdrawn"


class Whose(StrEnum):
    """Whose words a step is about: nobody touches those of somebody else."""

    AUTHOR = "author"
    MEMBER = "member"


GROUP_LABELS = {Group.MODEL: _l("Five models"), Group.IMAGE: _l("Five images")}

LEVEL_LABELS = {
    Level.MEETS: _l("I meet it"),
    Level.PARTLY: _l("I meet it in part"),
    Level.WORK: _l("I have to work on it"),
}

AUDIENCE_LABELS = {
    Audience.OWN: _l("the member alone, and whoever wrote it"),
    Audience.LEADERS: _l("the member, and the leaders of the unit and above it"),
    Audience.UNIT: _l("the member, colleagues of the unit, and the leaders of the unit and above it"),
}

SHEET_LABELS = {
    SheetState.DRAFT: _l("Draft"),
    SheetState.USED: _l("In use"),
    SheetState.RETIRED: _l("No longer used"),
}

DRIVE_LABELS = {DriveState.OPEN: _l("Running"), DriveState.CLOSED: _l("Ended")}
CHECK_LABELS = {CheckState.DONE: _l("Said"), CheckState.WITHDRAWN: _l("Withdrawn")}
REMARK_LABELS = {RemarkState.STANDING: _l("Remark stands"), RemarkState.WITHDRAWN: _l("Withdrawn")}
WHOSE_LABELS = {
    Whose.AUTHOR: _l("by whoever wrote the remark"),
    Whose.MEMBER: _l("by the member it is about"),
}

SHEET_EVENT_LABELS = {
    "begun": _l("Sheet of image standards begun"),
    "edit": _l("Sheet of image standards changed"),
    "use": _l("Sheet of image standards put to use"),
    "audience": _l("Who sees what is written was set anew"),
    "retire": _l("Sheet of image standards no longer used"),
}

DRIVE_EVENT_LABELS = {
    "started": _l("Drive for image standards started"),
    "postpone": _l("Last day of a drive changed"),
    "close": _l("Drive for image standards ended"),
}

CHECK_EVENT_LABELS = {
    "check": _l("Self-check written"),
    "correct": _l("Self-check corrected"),
    "withdraw": _l("Self-check withdrawn"),
}

REMARK_EVENT_LABELS = {
    "remark": _l("Remark of a colleague written"),
    "correct": _l("Remark of a colleague corrected"),
    "withdraw": _l("Remark of a colleague withdrawn"),
    "answer": _l("Remark of a colleague answered"),
    "unanswer": _l("Answer to a remark withdrawn"),
}

LABELS = {
    "group": GROUP_LABELS,
    "level": LEVEL_LABELS,
    "audience": AUDIENCE_LABELS,
    "sheet": SHEET_LABELS,
    "drive": DRIVE_LABELS,
}

S, D, C, R = SheetState, DriveState, CheckState, RemarkState
LEADERS, MEMBERS = (Role.LEADER,), tuple(role for role in Role if role is not Role.CONTACT)

# fmt: off
SHEET_WORKFLOW = Workflow(
    #    action       label                              from                        to           who      asks
    Step("edit",      _l("Change the sheet"),            (S.DRAFT,),                 None,        LEADERS, asks="sheet"),
    Step("use",       _l("Put it to use"),               (S.DRAFT,),                 S.USED,      LEADERS),
    Step("audience",  _l("Set who sees what is written"), (S.USED,),                 None,        LEADERS, asks="audience"),
    Step("retire",    _l("Use it no longer"),            (S.DRAFT, S.USED),          S.RETIRED,   LEADERS),
    start=S.DRAFT,
)
DRIVE_WORKFLOW = Workflow(
    #    action       label                              from                        to           who      asks
    Step("check",     _l("Check myself"),                (D.OPEN,),                  None,        MEMBERS, asks="check"),
    Step("remark",    _l("Write a remark"),              (D.OPEN,),                  None,        MEMBERS, asks="remark"),
    Step("postpone",  _l("Set another last day"),        (D.OPEN,),                  None,        LEADERS, asks="until"),
    Step("close",     _l("End the drive"),               (D.OPEN,),                  D.CLOSED,    LEADERS),
    start=D.OPEN,
)
CHECK_WORKFLOW = Workflow(
    #    action       label                              from                        to           who      asks
    Step("correct",   _l("Correct my self-check"),       (C.DONE, C.WITHDRAWN),      C.DONE,      MEMBERS, asks="check",  only=Whose.MEMBER),
    Step("withdraw",  _l("Withdraw my self-check"),      (C.DONE,),                  C.WITHDRAWN, MEMBERS,                only=Whose.MEMBER),
    start=C.DONE,
)
REMARK_WORKFLOW = Workflow(
    #    action       label                              from                        to           who      asks
    Step("correct",   _l("Correct my remark"),           (R.STANDING, R.WITHDRAWN),  R.STANDING,  MEMBERS, asks="remark", only=Whose.AUTHOR),
    Step("withdraw",  _l("Withdraw my remark"),          (R.STANDING,),              R.WITHDRAWN, MEMBERS,                only=Whose.AUTHOR),
    Step("answer",    _l("Answer the remark"),           (R.STANDING,),              None,        MEMBERS, asks="answer", only=Whose.MEMBER),
    Step("unanswer",  _l("Withdraw my answer"),          (R.STANDING, R.WITHDRAWN),  None,        MEMBERS,                only=Whose.MEMBER),
    start=R.STANDING,
)
# fmt: on

EXPLAINED = {
    "use": _l(
        "From now on drives can be held with it. Its standards do not change any more: for another wording, begin another sheet."
    ),
    "retire": _l("No drive is started with it any more. What was written under it stays as it is."),
    "close": _l("Nothing more can be written. Words can still be withdrawn, and remarks answered."),
    "withdraw": _l("The words are removed. That they were there, and when they were withdrawn, stays in the record."),
    "unanswer": _l("The answer is removed. That it was there, and when it was withdrawn, stays in the record."),
}

_OWN = Words(
    zh="更正只在活动期间；撤回、答复随时可以。撤回后内容不再保存，只留下撤回的记录。",
    en="Corrections are possible while the drive lasts; withdrawing and answering always. What is withdrawn is not kept.",
)

TABLES = (
    Table(
        "sheet",
        Words(zh="五模范五形象：标准", en="Image standards: the sheet"),
        SHEET_WORKFLOW,
        SHEET_LABELS,
        "image.read",
        Words(
            zh="谁能看到可以随时收窄；只有还没有人写过时才能放宽。",
            en="Who sees what is written can be narrowed at any time, and widened only before anybody has written.",
        ),
    ),
    Table(
        "drive",
        Words(zh="五模范五形象：活动", en="Image standards: a drive"),
        DRIVE_WORKFLOW,
        DRIVE_LABELS,
        "image.read",
    ),
    Table(
        "self-check",
        Words(zh="五模范五形象：自查", en="Image standards: a self-check"),
        CHECK_WORKFLOW,
        CHECK_LABELS,
        "image.read",
        _OWN,
        only=WHOSE_LABELS,
    ),
    Table(
        "remark",
        Words(zh="五模范五形象：同事意见", en="Image standards: a remark"),
        REMARK_WORKFLOW,
        REMARK_LABELS,
        "image.read",
        _OWN,
        only=WHOSE_LABELS,
    ),
)


def wider(one: str, other: str) -> bool:
    """Whether the first audience lets in somebody whom the other does not."""
    order = list(Audience)
    return order.index(Audience(one)) > order.index(Audience(other))


def narrowest(one: str, other: str) -> str:
    """The narrower of two audiences."""
    return other if wider(one, other) else one


@dataclass(frozen=True)
class Standard:
    """One standard: its name, its text, and what it looks like in daily work."""

    code: str
    name: str
    text: str
    daily: str

    @property
    def group(self) -> Group:
        """Which half it belongs to."""
        return Group(self.code.partition("-")[0])

    def as_json(self) -> dict[str, str]:
        """What is kept."""
        return asdict(self)


CODES = tuple(f"{group}-{number}" for group in Group for number in range(1, OF_EACH + 1))


def standards_of(kept: Sequence[Mapping[str, str]]) -> list[Standard]:
    """The standards of a sheet, as they are kept. Raises ValueError, TypeError for what is no sheet."""
    found = [Standard(**each) for each in kept]
    if tuple(each.code for each in found) != CODES or not all(each.name and each.text and each.daily for each in found):
        raise ValueError("no sheet")
    return found


@dataclass(frozen=True)
class Sample:
    """A sheet that ships with the program, to begin with: text of our own, marked as a sample."""

    title: str
    audience: str
    standards: Sequence[Standard]


@cache
def sample() -> Sample:
    """The shipped sheet."""
    told = tomllib.loads((FOLDER / "sample.toml").read_text("utf-8"))
    by_group: dict[Group, list[dict[str, str]]] = {group: [] for group in Group}
    for each in told["standard"]:
        by_group[Group(each["group"])].append(each)
    kept = [
        {"code": f"{group}-{number}", **{name: each[name] for name in ("name", "text", "daily")}}
        for group, rows in by_group.items()
        for number, each in enumerate(rows, 1)
    ]
    return Sample(told["title"], Audience(told["audience"]), standards_of(kept))
