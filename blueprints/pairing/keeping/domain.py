"""What is kept for a period, the lists of its review, and what may be decided in each by whom."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from core.periods import periods
from core.roles import Role


class Kind(StrEnum):
    """What is kept; so its period is called in data/retention.toml."""

    APPLICATION = "application"
    SERVICE = "service"


class Show(StrEnum):
    """The lists of the review."""

    DUE = "due"
    PREPARED = "prepared"
    ERASED = "erased"


class Action(StrEnum):
    """What is decided."""

    PREPARE = "prepare"
    WITHDRAW = "withdraw"
    ERASE = "erase"


KIND_LABELS = {Kind.APPLICATION: _l("Applications not taken"), Kind.SERVICE: _l("Those who have left")}
SHOW_LABELS = {
    Show.DUE: _l("Period has ended"),
    Show.PREPARED: _l("Prepared for erasure"),
    Show.ERASED: _l("Erased"),
}
ACTION_LABELS = {
    Action.PREPARE: _l("Prepare the erasure"),
    Action.WITHDRAW: _l("Do not erase"),
    Action.ERASE: _l("Erase"),
}
EXPLAINED = {
    Action.PREPARE: _l("Nothing is removed yet. A leader who is somebody else has to confirm it."),
    Action.WITHDRAW: _l("These entries are listed for review again."),
    Action.ERASE: _l(
        "Name, contact and every text are removed for ever, and the code finds nothing any more. Number, village, dates, "
        "outcome and the record of events stay."
    ),
}

# One prepares an erasure and another confirms it.
WHO = {
    Action.PREPARE: (Role.CLERK, Role.LEADER),
    Action.WITHDRAW: (Role.CLERK, Role.LEADER),
    Action.ERASE: (Role.LEADER,),
}
OPEN_IN: dict[Show, tuple[Action, ...]] = {
    Show.DUE: (Action.PREPARE,),
    Show.PREPARED: (Action.ERASE, Action.WITHDRAW),
    Show.ERASED: (),
}
STANDS_IN = {Action.PREPARE: Show.DUE, Action.WITHDRAW: Show.PREPARED, Action.ERASE: Show.PREPARED}


def years(kind: Kind) -> int:
    """How many years it is kept."""
    return periods()[kind].years
