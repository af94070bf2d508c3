"""The procedure of an entry of the register, the grades, what a sheet asks, and which grade still holds."""

from datetime import date, timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow

SOON = timedelta(days=60)  # before a grade ends, it is on the desk


class State(StrEnum):
    """Whether the person still agrees to stand in the register."""

    REGISTERED = "registered"
    WITHDRAWN = "withdrawn"


class Grade(StrEnum):
    """What an evaluation came to."""

    JUNIOR = "junior"
    MIDDLE = "middle"
    SENIOR = "senior"


class Mark(StrEnum):
    """How well one point of a sheet is met."""

    STRONG = "strong"
    ENOUGH = "enough"
    WEAK = "weak"


class Point(StrEnum):
    """What a sheet looks at."""

    SKILL = "skill"
    RESULT = "result"
    TEACHING = "teaching"
    STANDING = "standing"


class Consent(StrEnum):
    """How somebody agreed."""

    SIGNED = "signed"
    SAID = "said"


class Holds(StrEnum):
    """What the list is narrowed to: whether there is a grade, and whether it holds."""

    VALID = "valid"
    SOON = "soon"
    EXPIRED = "expired"
    NONE = "none"


STATE_LABELS = {State.REGISTERED: _l("Stands in the register"), State.WITHDRAWN: _l("Consent withdrawn")}
GRADE_LABELS = {Grade.JUNIOR: _l("Junior grade"), Grade.MIDDLE: _l("Middle grade"), Grade.SENIOR: _l("Senior grade")}
MARK_LABELS = {Mark.STRONG: _l("strong"), Mark.ENOUGH: _l("sufficient"), Mark.WEAK: _l("weak")}
POINT_LABELS = {
    Point.SKILL: _l("Skill in the trade"),
    Point.RESULT: _l("Results and income from it"),
    Point.TEACHING: _l("Teaches and takes others along"),
    Point.STANDING: _l("Standing in the village"),
}
CONSENT_LABELS = {Consent.SIGNED: _l("signed on paper"), Consent.SAID: _l("said to a member of staff")}
HOLDS_LABELS = {
    Holds.VALID: _l("Grade holds"),
    Holds.SOON: _l("Grade ends soon"),
    Holds.EXPIRED: _l("Grade has ended"),
    Holds.NONE: _l("Not evaluated yet"),
}

S = State
KEEPERS = (Role.CLERK, Role.LEADER)

# fmt: off
WORKFLOW = Workflow(
    #    action      label                                 from             to            who       starts          asks
    Step("evaluate", _l("Write an evaluation sheet"),      (S.REGISTERED,), None,         KEEPERS,  start="grade",  asks="sheet"),
    Step("change",   _l("Change the entry"),               (S.REGISTERED,), None,         KEEPERS,                  asks="entry"),
    Step("withdraw", _l("The person withdraws consent"),   (S.REGISTERED,), S.WITHDRAWN,  KEEPERS,  stop="grade",   asks="told"),
    start=S.REGISTERED,
)
# fmt: on

EVENT_LABELS = {
    "entered": _l("Entered in the register, with consent"),
    "evaluate": _l("Evaluation sheet written"),
    "change": _l("Entry changed"),
    "withdraw": _l("Consent withdrawn: name, contact, evaluations and texts erased"),
    "contact opened": _l("Contact opened"),
}

LABELS = {
    "state": STATE_LABELS,
    "grade": GRADE_LABELS,
    "mark": MARK_LABELS,
    "point": POINT_LABELS,
    "consent": CONSENT_LABELS,
    "holds": HOLDS_LABELS,
}

TABLES = (
    Table(
        "talent",
        Words(zh="农村实用人才", en="Rural practical talent"),
        WORKFLOW,
        STATE_LABELS,
        "talents.manage",
        Words(
            zh="等级有效期“grade”见 data/limits，由本机关自定。撤回同意后，姓名、联系方式、评价表和文字内容一并删除。",
            en="How long a grade holds (`grade`) stands in data/limits and is the office's own number. With the consent go "
            "the name, the contact, the evaluations and every text.",
        ),
    ),
)


def holds(grade: str | None, valid_until: date | None, today: date) -> Holds:
    """Whether a grade holds on this day."""
    if grade is None or valid_until is None:
        return Holds.NONE
    if valid_until < today:
        return Holds.EXPIRED
    return Holds.SOON if valid_until <= today + SOON else Holds.VALID
