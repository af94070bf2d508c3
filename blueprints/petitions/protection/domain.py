"""What is done with a notice of retaliation, and what counts as a reading."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow

# --- readings ------------------------------------------------------------------------------------------------------


class What(StrEnum):
    """What of a matter somebody opened."""

    CASE = "case"
    FILE = "file"
    PAPER = "paper"
    IDENTITY = "identity"


WHAT_LABELS = {
    What.CASE: _l("Case"),
    What.FILE: _l("File"),
    What.PAPER: _l("Paper"),
    What.IDENTITY: _l("Who wrote"),
}

# The views that show something of one matter to staff; a test names each that is missing here.
READS = {
    "docket.show": What.CASE,
    "docket.move": What.CASE,
    "docket.ask_identity": What.CASE,
    "docket.open_identity": What.IDENTITY,
    "docket.file": What.FILE,
    "daily.on_paper": What.CASE,
    "letterbox.represent": What.CASE,
    "docket.paper": What.PAPER,
    "docket.paper_pdf": What.PAPER,
    "retention.matter": What.CASE,
    "retention.redact": What.CASE,
}
SHOWN = (200, 409, 422)  # a form that comes back shows the matter too, or what others did meanwhile

# --- retaliation ---------------------------------------------------------------------------------------------------


class NoticeState(StrEnum):
    """Where a notice of retaliation stands."""

    RECEIVED = "received"
    LOOKING = "looking"
    ANSWERED = "answered"
    CLOSED = "closed"


class Addressed(StrEnum):
    """Who looks into a notice: a leader, or where none is impartial, the discipline officers."""

    LEADERS = "leaders"
    DISCIPLINE = "discipline"


NOTICE_STATES = {
    NoticeState.RECEIVED: _l("Received"),
    NoticeState.LOOKING: _l("Being looked into"),
    NoticeState.ANSWERED: _l("Answered"),
    NoticeState.CLOSED: _l("Closed"),
}

ADDRESSED_LABELS = {
    Addressed.LEADERS: _l("A leader of this office"),
    Addressed.DISCIPLINE: _l("The discipline officers"),
}

HANDLED = ("take", "answer")  # who did one of these in a matter is its handler
LOOKS = (Role.LEADER, Role.DISCIPLINE)

N = NoticeState
# fmt: off
RETALIATION = Workflow(  # 2022 Art 18, 46
    #    action   label                       from                      to          who    clock               asks
    Step("look",  _l("Begin to look into it"), (N.RECEIVED,),            N.LOOKING,  LOOKS),
    Step("reply", _l("Answer in writing"),    (N.RECEIVED, N.LOOKING),  N.ANSWERED, LOOKS, stop="retaliation", asks="message"),
    Step("close", _l("Close"),                (N.ANSWERED,),            N.CLOSED,   LOOKS,                     asks="note"),
    Step("note",  _l("Add an internal note"), tuple(N),                 None,       LOOKS,                     asks="remark"),
    start=N.RECEIVED,
)
# fmt: on

NOTICE_EVENTS = {
    "received": _l("Notice of retaliation received"),
    "look": _l("Notice of retaliation: being looked into"),
    "reply": _l("Notice of retaliation: answered"),
    "close": _l("Notice of retaliation: closed"),
    "note": _l("Notice of retaliation: internal note"),
    "erased": _l("Notice of retaliation: removed under the retention rule"),
}

TABLES = (
    Table(
        "notice",
        Words(zh="打击报复反映的办理步骤", en="A notice of retaliation"),
        RETALIATION,
        NOTICE_STATES,
        "protection.retaliation",
    ),
)
