"""How long which class of matter is kept, and what stands where something was taken out."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from blueprints.petitions.docket.domain import Kind
from core.periods import Period
from core.periods import periods as all_periods
from core.roles import Role


def periods() -> dict[Kind, Period]:
    """The office's periods for matters. Raises KeyError where a class has none."""
    return {kind: all_periods()[kind] for kind in Kind}


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
