"""A cause as the office reads it: its states and steps, the fields of life, and how two counts of letters compare.

Source: Regulation on Letters and Visits Work (in force 2022-05-01), Art 40: the proposal to improve; Art 41: its count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import exp, lgamma, log

from flask_babel import lazy_gettext as _l

from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow


class State(StrEnum):
    """Where a cause stands."""

    OPEN = "open"
    UNDER_WAY = "under_way"
    IN_PLACE = "in_place"
    HOLDS = "holds"
    CAME_BACK = "came_back"
    CLOSED = "closed"


class Field(StrEnum):
    """The field of life that a cause belongs to."""

    WATER = "water"
    LAND = "land"
    ROADS = "roads"
    HOUSING = "housing"
    SCHOOL = "school"
    HEALTH = "health"
    LABOUR = "labour"
    WELFARE = "welfare"
    ENVIRONMENT = "environment"
    FARMING = "farming"
    VILLAGE = "village"
    CADRES = "cadres"
    PARTY = "party"
    OTHER = "other"


class Handed(StrEnum):
    """How a proposal reached its unit."""

    IN_PERSON = "in_person"
    REGISTERED_POST = "registered_post"
    EXCHANGE = "exchange"


class Reply(StrEnum):
    """What a unit makes of a proposal."""

    ADOPTED = "adopted"
    PARTLY = "partly"
    REFUSED = "refused"


STATE_LABELS = {
    State.OPEN: _l("Named, no remedy yet"),
    State.UNDER_WAY: _l("Remedy under way"),
    State.IN_PLACE: _l("Remedy in place"),
    State.HOLDS: _l("The remedy holds"),
    State.CAME_BACK: _l("It came back"),
    State.CLOSED: _l("Closed"),
}

FIELD_LABELS = {
    Field.WATER: _l("Drinking water and irrigation"),
    Field.LAND: _l("Land and its taking"),
    Field.ROADS: _l("Roads and transport"),
    Field.HOUSING: _l("Housing and building"),
    Field.SCHOOL: _l("Schools"),
    Field.HEALTH: _l("Health care"),
    Field.LABOUR: _l("Wages and employment"),
    Field.WELFARE: _l("Allowances and relief"),
    Field.ENVIRONMENT: _l("Environment"),
    Field.FARMING: _l("Farming"),
    Field.VILLAGE: _l("Village affairs and accounts"),
    Field.CADRES: _l("Conduct of cadres"),
    Field.PARTY: _l("Party members and branches"),
    Field.OTHER: _l("Other"),
}

HANDED_LABELS = {
    Handed.IN_PERSON: _l("Handed over, signed for"),
    Handed.REGISTERED_POST: _l("Registered post"),
    Handed.EXCHANGE: _l("Exchange of official documents"),
}

REPLY_LABELS = {
    Reply.ADOPTED: _l("Adopted"),
    Reply.PARTLY: _l("Partly adopted"),
    Reply.REFUSED: _l("Not adopted"),
}

LEADS, STAFF = (Role.CLERK, Role.LEADER), (Role.CLERK, Role.HANDLER, Role.LEADER)

S = State
LIVE = (S.OPEN, S.UNDER_WAY, S.IN_PLACE, S.HOLDS, S.CAME_BACK)

# fmt: off
WORKFLOW = Workflow(
    #    action       label                                  from                               to            who            asks
    Step("begin",     _l("Remedy begins"),                   (S.OPEN, S.CAME_BACK),             S.UNDER_WAY,  LEADS),
    Step("place",     _l("Remedy is in place"),              (S.UNDER_WAY,),                    S.IN_PLACE,   LEADS,         asks="day"),
    Step("hold",      _l("The remedy holds"),                (S.IN_PLACE,),                     S.HOLDS,      LEADS,         asks="note"),
    Step("return",    _l("It came back"),                    (S.IN_PLACE, S.HOLDS, S.CLOSED),   S.CAME_BACK,  LEADS,         asks="reason"),
    Step("close",     _l("Close"),                           (S.OPEN, S.HOLDS),                 S.CLOSED,     (Role.LEADER,), asks="reason"),
    Step("tie",       _l("Tie cases to it"),                 LIVE,                              None,         STAFF,         asks="tie"),
    Step("remedy",    _l("Add a remedy"),                    (S.OPEN, S.UNDER_WAY, S.CAME_BACK), None,        LEADS,         asks="remedy"),
    Step("propose",   _l("Write a proposal to a unit"),      LIVE,                              None,         LEADS,         asks="proposal"),
    Step("change",    _l("Change the text"),                 LIVE,                              None,         LEADS,         asks="cause"),
    start=S.OPEN,
)
# fmt: on

EVENT_LABELS = {
    "opened": _l("Cause named"),
    "begin": _l("Remedy began"),
    "place": _l("Remedy in place"),
    "hold": _l("The remedy holds"),
    "return": _l("It came back"),
    "close": _l("Closed"),
    "tie": _l("Case tied"),
    "untie": _l("Case untied"),
    "remedy": _l("Remedy added"),
    "done": _l("Remedy done"),
    "drop": _l("Remedy dropped"),
    "propose": _l("Proposal written"),
    "change": _l("Text changed"),
}

PROPOSAL_EVENT_LABELS = {
    "issued": _l("Proposal issued"),
    "delivered": _l("Delivered to the unit"),
    "answered": _l("Answered by the unit"),
}

# What a step without questions means, told before the button is pressed.
EXPLAINED = {
    "begin": _l("Work on the remedy begins. At least one remedy must have been added with its unit and its day."),
}

LABELS = {"state": STATE_LABELS, "field": FIELD_LABELS, "handed": HANDED_LABELS, "reply": REPLY_LABELS}

MOST_CAUSES = 3  # of one case: what has more causes than that has none that helps

# --- before and after ----------------------------------------------------------------------------------------------


class Verdict(StrEnum):
    """What two counts allow to say, and no more."""

    NO_DAY = "no_day"  # no remedy is in place yet
    TOO_FEW = "too_few"
    FEWER = "fewer"
    MORE = "more"
    NO_DIFFERENCE = "no_difference"


VERDICT_LABELS = {
    Verdict.NO_DAY: _l("No remedy is in place yet, so there is no before and after."),
    Verdict.TOO_FEW: _l("Too few letters to tell."),
    Verdict.FEWER: _l("Fewer than before, more than chance alone would easily explain."),
    Verdict.MORE: _l("More than before, more than chance alone would easily explain."),
    Verdict.NO_DIFFERENCE: _l("No clear difference."),
}

SURE = 0.05  # what chance alone does less often than this is taken for more than chance


def chance_of_split(after: int, before: int, days_after: int, days_before: int) -> float:
    """How often chance alone splits so many letters at least as unevenly, if nothing had changed: from 0 to 1.

    The exact conditional test for two Poisson rates. If letters come at one steady rate, each of the `before + after`
    falls into the days after with the probability days_after / (days_after + days_before), so the number after is
    binomial; the probabilities of all numbers that are no more likely than the one seen are added.

    Source: J. Przyborowski, H. Wilenski, Homogeneity of results in testing samples from Poisson series,
    Biometrika 31 (1940) 313-323. Raises ValueError for a negative count or a side without a day.
    """
    if after < 0 or before < 0 or days_after < 1 or days_before < 1:
        raise ValueError("counts are not negative, and each side has a day at least")
    number, share = after + before, days_after / (days_after + days_before)
    likely = [
        exp(
            lgamma(number + 1)
            - lgamma(nth + 1)
            - lgamma(number - nth + 1)
            + nth * log(share)
            + (number - nth) * log(1 - share)
        )
        for nth in range(number + 1)
    ]
    seen = likely[after] * (1 + 1e-9)  # two numbers that are equally likely differ by rounding alone
    return min(1.0, sum(each for each in likely if each <= seen))


def verdict(after: int, before: int, days_after: int, days_before: int) -> Verdict:
    """What may be said of two counts.

    Too few is said where chance could explain even the best that could have been: none at all after the remedy.
    """
    if days_after < 1 or days_before < 1:
        return Verdict.TOO_FEW
    if chance_of_split(after, before, days_after, days_before) <= SURE:
        return Verdict.FEWER if after * days_before < before * days_after else Verdict.MORE
    if chance_of_split(0, before + after, days_after, days_before) > SURE:
        return Verdict.TOO_FEW
    return Verdict.NO_DIFFERENCE


@dataclass(frozen=True)
class Span:
    """One month of the comparison, counted from the day of the remedy: its first and last day and its letters."""

    first: date
    last: date
    count: int
    after: bool
    whole: bool  # all its days count


@dataclass(frozen=True)
class Comparison:
    """The months before and after the day on which a remedy was in place."""

    day: date
    spans: tuple[Span, ...]
    before: int
    after: int
    days_before: int
    days_after: int

    @property
    def verdict(self) -> Verdict:
        """What may be said of it."""
        return verdict(self.after, self.before, self.days_after, self.days_before)

    @property
    def chance(self) -> float | None:
        """How often chance alone does as much; nothing where one side has no day yet."""
        if self.days_after < 1 or self.days_before < 1:
            return None
        return chance_of_split(self.after, self.before, self.days_after, self.days_before)


def compare(day: date, received: Iterable[date], months: int, today: date, since: date = date.min) -> Comparison:
    """Count letters by the month before and after a day, `months` on each side, up to yesterday.

    The day itself counts as before: what was in the post cannot have known of the remedy. The current day is left out,
    since it is not over. What lies before `since`, when the office began to register, or has not begun, is no time
    without letters, and does not count.
    """
    letters = sorted(received)
    spans = []
    start = day + timedelta(days=1)
    for nth in range(-months, months):
        first, last = add_months(start, nth), add_months(start, nth + 1) - timedelta(days=1)
        begins, ends = max(first, since), min(last, today - timedelta(days=1))
        if begins <= ends:
            count = sum(begins <= each <= ends for each in letters)
            spans.append(Span(begins, ends, count, nth >= 0, (begins, ends) == (first, last)))
    before, after = ([each for each in spans if each.after is side] for side in (False, True))
    return Comparison(
        day=day,
        spans=tuple(spans),
        before=sum(each.count for each in before),
        after=sum(each.count for each in after),
        days_before=_days(before),
        days_after=_days(after),
    )


def _days(spans: Sequence[Span]) -> int:
    return sum((each.last - each.first).days + 1 for each in spans)


def add_months(day: date, months: int) -> date:
    """The same day of another month, or its last day where the month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    end = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, end))


TABLES = (
    Table(
        "cause",
        Words(zh="问题根源的办理步骤", en="A cause's steps"),
        WORKFLOW,
        STATE_LABELS,
        "causes.work",
        Words(
            zh="向单位提出的改进建议另有文书，其答复期限为“supervise”。",
            en="A proposal to a unit is a paper; its answer has a clock of its own, `supervise`.",
        ),
    ),
)
