"""How long which class of matter is kept, and what stands where something was taken out."""

import tomllib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from flask_babel import lazy_gettext as _l

from blueprints.petitions.docket.domain import Kind
from core.roles import Role
from core.words import Words

PERIODS = Path(__file__).resolve().parents[3] / "data" / "retention.toml"


@dataclass(frozen=True)
class Period:
    """How long matters of one class are kept after they were closed, and who said so."""

    kind: Kind
    years: int
    source: Words

    def ends_on(self, closed_on: date) -> date:
        """The day from which a matter closed on that day is due for review."""
        return years_after(closed_on, self.years)


def years_after(day: date, years: int) -> date:
    """The same day so many years later (earlier, where negative); of a leap day the first of March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


@cache
def periods() -> dict[Kind, Period]:
    """The office's periods, read once from data/retention.toml."""
    rows = tomllib.loads(PERIODS.read_text("utf-8"))["period"]
    found = {Kind(row["kind"]): Period(Kind(row["kind"]), int(row["years"]), Words(**row["source"])) for row in rows}
    if found.keys() != set(Kind) or not all(period.years > 0 for period in found.values()):
        raise ValueError(f"{PERIODS.name}: each class needs one period of at least a year")
    return found


def removed_words(day: date) -> Words:
    """What stands where something was erased."""
    return Words(
        zh=f"（已按保存期限规定于{day.year}年{day.month}月{day.day}日删除）",
        en=f"(removed under the retention rule on {day.isoformat()})",
    )


REDACTED = "▇▇"

# What stands in the text of a matter, by table and column; what is not named here is called by the last.
PLACES = {
    "petition.subject": _l("Subject"),
    "petition.text": _l("The letter"),
    "petition.opinion": _l("The answer"),
    "message.text": _l("Message or note"),
    "paper.sheets": _l("Paper"),
    "paper.proof": _l("Proof of delivery"),
    "attachment.name": _l("Name of a file"),
    "entry.note": _l("Reason or remark in the record"),
}
OTHER_PLACE = _l("Other text of the matter")


class Action(StrEnum):
    """What a review of a matter, or of several, ends with."""

    KEEP = "keep"
    HOLD = "hold"
    PREPARE = "prepare"
    RELEASE = "release"
    WITHDRAW = "withdraw"
    ERASE = "erase"


ACTION_LABELS = {
    Action.KEEP: _l("Keep longer"),
    Action.HOLD: _l("Put under legal hold"),
    Action.PREPARE: _l("Prepare the erasure"),
    Action.RELEASE: _l("Lift the hold"),
    Action.WITHDRAW: _l("Do not erase"),
    Action.ERASE: _l("Erase"),
}


# Who may do it; one prepares an erasure and another confirms it.
WHO = {
    Action.KEEP: (Role.LEADER,),
    Action.HOLD: (Role.LEADER,),
    Action.RELEASE: (Role.LEADER,),
    Action.PREPARE: (Role.CLERK, Role.LEADER),
    Action.WITHDRAW: (Role.CLERK, Role.LEADER, Role.AUDITOR),
    Action.ERASE: (Role.LEADER, Role.AUDITOR),
}

EXPLAINED = {
    Action.KEEP: _l("These matters are not listed again before that day."),
    Action.HOLD: _l("While the hold lasts nothing of these matters is erased, whatever their period."),
    Action.RELEASE: _l("These matters are again under their period: where it has ended, they are listed for review."),
    Action.PREPARE: _l("Nothing is removed yet. Another person, a leader or the auditor, has to confirm it."),
    Action.WITHDRAW: _l("These matters are listed for review again."),
    Action.ERASE: _l(
        "Who wrote, the text, messages, files and papers are removed for ever, and the receipt code finds nothing any "
        "more. Number, dates, class, outcome and the record of events stay."
    ),
}


class Show(StrEnum):
    """The lists of the page."""

    DUE = "due"
    PREPARED = "prepared"
    HELD = "held"
    ERASED = "erased"


SHOW_LABELS = {
    Show.DUE: _l("Period has ended"),
    Show.PREPARED: _l("Prepared for erasure"),
    Show.HELD: _l("Under legal hold"),
    Show.ERASED: _l("Erased"),
}

# What may be done with a matter in which list.
OPEN_IN = {
    Show.DUE: (Action.PREPARE, Action.KEEP, Action.HOLD),
    Show.PREPARED: (Action.ERASE, Action.WITHDRAW),
    Show.HELD: (Action.RELEASE,),
    Show.ERASED: (),
}
