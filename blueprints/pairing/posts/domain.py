"""The procedures of a post and of somebody's service in it; the words of a review and of a departure."""

from datetime import timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow

SOON = timedelta(days=30)  # before a review is due, it is on the desk


class State(StrEnum):
    """Whether somebody serves in a post."""

    VACANT = "vacant"
    FILLED = "filled"
    CLOSED = "closed"


class Stage(StrEnum):
    """Where a service stands."""

    SERVING = "serving"
    LEFT = "left"


class Grade(StrEnum):
    """What a yearly review came to."""

    EXCELLENT = "excellent"
    COMPETENT = "competent"
    BASIC = "basic"
    FAILED = "failed"


class Why(StrEnum):
    """Why somebody left a post."""

    OFFICE = "office"
    VILLAGE = "village"
    STUDY = "study"
    OTHER_WORK = "other_work"
    FAMILY = "family"
    HEALTH = "health"
    TERM = "term"
    UNFIT = "unfit"
    OTHER = "other"


class Only(StrEnum):
    """What must be so besides."""

    MENTOR = "mentor"
    UNMATCHED = "unmatched"


STATE_LABELS = {State.VACANT: _l("Vacant"), State.FILLED: _l("Filled"), State.CLOSED: _l("Closed down")}
STAGE_LABELS = {Stage.SERVING: _l("In post"), Stage.LEFT: _l("Has left")}
GRADE_LABELS = {
    Grade.EXCELLENT: _l("Excellent"),
    Grade.COMPETENT: _l("Competent"),
    Grade.BASIC: _l("Basically competent"),
    Grade.FAILED: _l("Not competent"),
}
WHY_LABELS = {
    Why.OFFICE: _l("Taken into the civil service or an institution"),
    Why.VILLAGE: _l("Elected to the village's own leading body"),
    Why.STUDY: _l("Goes on studying"),
    Why.OTHER_WORK: _l("Other work or an own business"),
    Why.FAMILY: _l("Family"),
    Why.HEALTH: _l("Health"),
    Why.TERM: _l("The term is over"),
    Why.UNFIT: _l("Not competent in the review"),
    Why.OTHER: _l("Another reason"),
}
ONLY_LABELS = {
    Only.MENTOR: _l("the mentor; clerks and leaders, who write it down for one"),
    Only.UNMATCHED: _l("while no applicant is matched to it"),
}

S, G = State, Stage
KEEPERS = (Role.CLERK, Role.LEADER)
STAFF = (Role.CLERK, Role.HANDLER, Role.LEADER)

# fmt: off
WORKFLOW = Workflow(
    #    action   label                              from          to          who       asks
    Step("change", _l("Change what the post is for"), (S.VACANT, S.FILLED), None, KEEPERS, asks="duties"),
    Step("close",  _l("Close the post"),             (S.VACANT,),  S.CLOSED,   KEEPERS,  asks="reason", only=Only.UNMATCHED),
    Step("fill",   _l("Fill the post"),              (S.VACANT,),  S.FILLED,   KEEPERS,  asks="begin"),
    Step("empty",  _l("The post becomes vacant"),    (S.FILLED,),  S.VACANT,   KEEPERS,  asks="leave"),
    start=S.VACANT,
)

SERVICE = Workflow(
    #    action    label                        from          to       who       starts / stops  asks           only when
    Step("review", _l("Write the yearly review"), (G.SERVING,), None,  STAFF,    start="review", asks="review", only=Only.MENTOR),
    Step("mentor", _l("Name another mentor"),   (G.SERVING,), None,    KEEPERS,                  asks="mentor"),
    Step("leave",  _l("Note the departure"),    (G.SERVING,), G.LEFT,  KEEPERS,  stop="review",  asks="leave"),
    start=G.SERVING,
)
# fmt: on

BY_SERVICE = frozenset({"fill", "empty"})  # a post's steps that follow from somebody's coming and going

EVENT_LABELS = {
    "set up": _l("Post set up"),
    "change": _l("Post changed"),
    "close": _l("Post closed"),
    "fill": _l("Post filled"),
    "empty": _l("Post vacant again"),
}

KEPT = {
    "erasure prepared": _l("Erasure prepared"),
    "erasure withdrawn": _l("Erasure withdrawn"),
    "erased": _l("Removed under the retention rule"),
}

SERVICE_EVENTS = {
    "begun": _l("Post taken up"),
    "review": _l("Yearly review written"),
    "mentor": _l("Another mentor named"),
    "leave": _l("Post left"),
    "contact opened": _l("Contact opened"),
    **KEPT,
}

LABELS = {"state": STATE_LABELS, "stage": STAGE_LABELS, "grade": GRADE_LABELS, "why": WHY_LABELS}

TABLES = (
    Table(
        "post",
        Words(zh="一村一名大学生：岗位", en="One college student per village: a post"),
        WORKFLOW,
        STATE_LABELS,
        "posts.manage",
        Words(
            zh="每村只设一个岗位。“到岗”随报名人录用或者导入表格发生，“空出”随离岗发生。",
            en="A village has one post. It is filled when an applicant is appointed or a table is imported, and vacant again "
            "when somebody leaves.",
        ),
        only=ONLY_LABELS,
    ),
    Table(
        "service",
        Words(zh="一村一名大学生：在岗", en="One college student per village: a service"),
        SERVICE,
        STAGE_LABELS,
        "posts.serve",
        Words(
            zh="年度考核“review”的期限见 data/limits，为本机关自定目标。",
            en="When the yearly review (`review`) is due stands in data/limits and is the office's own target.",
        ),
        only=ONLY_LABELS,
    ),
)
