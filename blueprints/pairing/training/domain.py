"""The procedure of a course, what its places are, how telephone numbers are compared, which counts are too small."""

import re
from collections.abc import Mapping
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow

SMALL = 5  # fewer people than this are not counted aloud: who knows two of three knows the third


class State(StrEnum):
    """Where a course stands."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    HELD = "held"
    CANCELLED = "cancelled"


class Place(StrEnum):
    """What somebody who enrolled has."""

    SEAT = "seat"
    WAITING = "waiting"
    GIVEN_UP = "given_up"


class How(StrEnum):
    """How it was noted that somebody came."""

    PHONE = "phone"
    LIST = "list"


class Use(StrEnum):
    """How useful a course was, in three degrees."""

    VERY = "very"
    SOMEWHAT = "somewhat"
    LITTLE = "little"


STATE_LABELS = {
    State.DRAFT: _l("Draft of a course"),
    State.ANNOUNCED: _l("Announced"),
    State.HELD: _l("Has been held"),
    State.CANCELLED: _l("Called off"),
}

PLACE_LABELS = {
    Place.SEAT: _l("Has a seat"),
    Place.WAITING: _l("On the waiting list"),
    Place.GIVEN_UP: _l("Gave the place up"),
}

HOW_LABELS = {How.PHONE: _l("by telephone"), How.LIST: _l("by the list")}

USE_LABELS = {
    Use.VERY: _l("Very useful"),
    Use.SOMEWHAT: _l("Partly useful"),
    Use.LITTLE: _l("Of little use"),
}

S = State
STAFF = (Role.CLERK, Role.HANDLER, Role.LEADER)
HELPERS = (*STAFF, Role.CONTACT)  # who may enrol others

# fmt: off
WORKFLOW = Workflow(
    #    action      label                               from                    to            who       asks
    Step("announce", _l("Announce the course"),          (S.DRAFT,),             S.ANNOUNCED,  STAFF),
    Step("change",   _l("Change the course"),            (S.DRAFT, S.ANNOUNCED), None,         STAFF,    asks="course"),
    Step("enrol",    _l("Enrol people"),                 (S.ANNOUNCED,),         None,         HELPERS,  asks="people"),
    Step("give_up",  _l("Give a place up"),              (S.ANNOUNCED,),         None,         HELPERS),
    Step("attend",   _l("Note who came"),                (S.ANNOUNCED, S.HELD),  None,         STAFF,    asks="list"),
    Step("absent",   _l("Take an attendance back"),      (S.ANNOUNCED,),         None,         STAFF),
    Step("hold",     _l("Record that it was held"),      (S.ANNOUNCED,),         S.HELD,       STAFF),
    Step("cancel",   _l("Call the course off"),          (S.DRAFT, S.ANNOUNCED), S.CANCELLED,  STAFF,    asks="reason"),
    start=S.DRAFT,
)
# fmt: on

OF_A_PLACE = ("give_up", "absent")  # steps about one person's place, not about the course

EVENT_LABELS = {
    "drafted": _l("Course drafted"),
    "announce": _l("Course announced"),
    "change": _l("Course changed"),
    "hold": _l("Course held"),
    "cancel": _l("Course called off"),
    "evaluated": _l("Course evaluated by somebody who came"),
}

PLACE_EVENT_LABELS = {
    "enrolled": _l("Enrolled in a course"),
    "moved up": _l("Moved up from the waiting list"),
    "give_up": _l("Place in a course given up"),
    "attend": _l("Attendance noted"),
    "absent": _l("Attendance taken back"),
    "evaluated": _l("Evaluation given"),
}

EXPLAINED = {
    "announce": _l("From now on everybody can read it on the public page and enrol."),
    "hold": _l("Whoever came can then evaluate it with their code. Enrolment is closed."),
}

LABELS = {"state": STATE_LABELS, "place": PLACE_LABELS, "how": HOW_LABELS, "use": USE_LABELS}

TABLES = (Table("course", Words(zh="实用技术培训班", en="Training courses"), WORKFLOW, STATE_LABELS, "training.read"),)

_FULL_WIDTH = {ord("０") + digit: str(digit) for digit in range(10)} | {ord("＋"): "+"}
_BETWEEN = re.compile(r"[\s()（）.\u002d\u2010-\u2015\u2212\uff0d]+")
_PHONE = re.compile(r"[0-9]{7,15}")


def tidy_phone(typed: str) -> str | None:
    """A telephone number as it is compared: digits alone, without +86; None if it is none."""
    digits = _BETWEEN.sub("", typed.translate(_FULL_WIDTH))
    digits = digits.removeprefix("+86").removeprefix("0086").removeprefix("+")
    return digits if _PHONE.fullmatch(digits) else None


def told_use(counts: Mapping[Use, int]) -> dict[Use, int | None]:
    """How many found it how useful. None where a count is small, or could be worked out from the sum beside it."""
    whole = {use: counts.get(use, 0) for use in Use}
    if sum(whole.values()) < SMALL:
        return dict.fromkeys(Use)
    hidden = {use for use, count in whole.items() if 0 < count < SMALL}
    left = sorted((use for use in Use if whole[use] and use not in hidden), key=lambda use: whole[use])
    while hidden and left and (len(hidden) == 1 or sum(whole[use] for use in hidden) < SMALL):
        hidden.add(left.pop(0))
    return {use: None if use in hidden else count for use, count in whole.items()}
