"""The procedure of a round, its clocks, which are data, and what its criteria and its panel must be."""

from collections.abc import Collection, Sequence
from datetime import date
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from core.profiles import FOLDER, Profile, load_profile
from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow

WHOLE = 100  # what the weights add up to, in percent
FEWEST_MEMBERS = 3


class State(StrEnum):
    """Where a round stands."""

    DRAFTED = "drafted"
    NOMINATING = "nominating"
    SCORING = "scoring"
    CLOSED = "closed"
    NOTICE = "notice"
    DECIDING = "deciding"
    DECIDED = "decided"
    CANCELLED = "cancelled"


class Only(StrEnum):
    """What must be so besides, for a step to be open."""

    READY = "ready"
    CHECKED = "checked"
    SCORED = "scored"
    EQUAL = "equal"
    SETTLED = "settled"
    ANSWERED = "answered"
    EACH = "each"


class Criterion(NamedTuple):
    """What a household is held against: its name, what it means, its weight in whole percent."""

    name: str
    meaning: str
    weight: int


STATE_LABELS = {
    State.DRAFTED: _l("Draft of a round"),
    State.NOMINATING: _l("Open for nominations"),
    State.SCORING: _l("The panel scores"),
    State.CLOSED: _l("The panel is closed"),
    State.NOTICE: _l("On public notice"),
    State.DECIDING: _l("Notice over, to be decided"),
    State.DECIDED: _l("Results are known"),
    State.CANCELLED: _l("Round called off"),
}

ONLY_LABELS = {
    Only.READY: _l("once the weights add up to 100 and the panel has an uneven number of members, at least three"),
    Only.CHECKED: _l("after the last day of nominations, once each of them was checked"),
    Only.SCORED: _l("once more than half of the panel has scored each household"),
    Only.EQUAL: _l("while households with equal medians would fill the last places"),
    Only.SETTLED: _l("once no equal medians leave open who is on the list"),
    Only.ANSWERED: _l("once the notice has stood its time and each objection is answered"),
    Only.EACH: _l("once each household on the list is decided on"),
}

OFFICE, LEADER = (Role.CLERK, Role.LEADER), (Role.LEADER,)
MEMBERS = (Role.CLERK, Role.HANDLER, Role.CONTACT)  # who may be on a panel: the leader decides, and so does not score

S, B = State, Only
OPEN = (S.DRAFTED, S.NOMINATING, S.SCORING, S.CLOSED, S.NOTICE)  # then each household is decided on
KNOWN = (S.CLOSED, S.NOTICE, S.DECIDING, S.DECIDED)  # from here on medians and their order may be read
SHOWN = (S.NOTICE, S.DECIDING, S.DECIDED)  # the list, or what became of it, is for everybody to read

# fmt: off
WORKFLOW = Workflow(
    #    action       label                                        from                        to            who      clock            asks             besides
    Step("change",    _l("Change the round"),                      (S.DRAFTED,),               None,         OFFICE,                  asks="round"),
    Step("open",      _l("Open it for nominations"),               (S.DRAFTED,),               S.NOMINATING, OFFICE,                                   only=B.READY),
    Step("members",   _l("Change the panel"),                      (S.NOMINATING, S.SCORING),  None,         OFFICE,                  asks="members"),
    Step("score",     _l("End nominations, let the panel score"),  (S.NOMINATING,),            S.SCORING,    OFFICE,                                   only=B.CHECKED),
    Step("close",     _l("Close the panel"),                       (S.SCORING,),               S.CLOSED,     OFFICE,                                   only=B.SCORED),
    Step("settle",    _l("Decide between equal medians"),          (S.CLOSED,),                None,         LEADER,                  asks="settle",   only=B.EQUAL),
    Step("publish",   _l("Put the list on public notice"),         (S.CLOSED,),                S.NOTICE,     LEADER,  start="notice",                  only=B.SETTLED),
    Step("end",       _l("End the notice"),                        (S.NOTICE,),                S.DECIDING,   OFFICE,  stop="notice",                   only=B.ANSWERED),
    Step("decide",    _l("Make the results known"),                (S.DECIDING,),              S.DECIDED,    LEADER,                                   only=B.EACH),
    Step("cancel",    _l("Call the round off"),                    OPEN,                       S.CANCELLED,  LEADER,                  asks="reason"),
    start=S.DRAFTED,
)
# fmt: on

EVENT_LABELS = {
    "drafted": _l("Round drafted"),
    "change": _l("Round changed"),
    "open": _l("Open for nominations"),
    "members": _l("Panel of a round changed"),
    "score": _l("Nominations ended, the panel scores"),
    "close": _l("Panel closed"),
    "settle": _l("Decided between equal medians"),
    "publish": _l("List put on public notice"),
    "end": _l("Public notice ended"),
    "decide": _l("Results made known"),
    "cancel": _l("Round called off"),
}

EXPLAINED = {
    "open": _l(
        "From now on everybody can read what is asked, and nominate a household. Criteria and weights are fixed."
    ),
    "score": _l("Nobody can be nominated any more. Each member scores for themselves and sees no other score."),
    "close": _l("No score can be given or changed any more. Then medians and their order can be read."),
    "publish": _l("The households that come first, as many as there are places, stand on a public page for this time."),
    "end": _l("No objection is taken any more. Then the leader decides on each household of the list."),
    "decide": _l("Everybody can read who was named, and each household reads it with its code."),
}

LABELS = {"state": STATE_LABELS}

TABLES = (
    Table(
        "selection",
        Words(zh="科技致富示范户：评选", en="Round of demonstration households"),
        WORKFLOW,
        STATE_LABELS,
        "rounds.manage",
        Words(
            zh="期限见 data/limits，均为内部要求：公示“notice”按工作日计算。部长不担任评委。",
            en="The clocks stand in data/limits and are the office's own: `notice` counts working days. "
            "The leader is on no panel.",
        ),
        only=ONLY_LABELS,
    ),
)


def add_up(criteria: Sequence[Criterion]) -> bool:
    """Whether the weights make a whole."""
    return bool(criteria) and sum(each.weight for each in criteria) == WHOLE


def fit(members: Collection[int]) -> bool:
    """Whether so many make a panel: at least three, and uneven, so that a median is somebody's own."""
    return len(members) >= FEWEST_MEMBERS and len(members) % 2 == 1


def needed(members: int) -> int:
    """How many of a panel must score a household: more than half."""
    return members // 2 + 1


# --- clocks --------------------------------------------------------------------------------------------------------


@cache
def all_terms() -> tuple[Profile, ...]:
    """The clocks by the day from which they apply, the earliest first."""
    found = (load_profile(path) for path in (FOLDER.parent / "limits").glob("households-*.toml"))
    return tuple(sorted(found, key=lambda each: each.in_force_on))


def terms_on(day: date) -> Profile:
    """The clocks of what begins on this day; the earliest for what is older than all of them."""
    begun = [each for each in all_terms() if each.in_force_on <= day]
    return begun[-1] if begun else all_terms()[0]
