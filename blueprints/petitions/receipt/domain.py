"""The procedure in the petitioner's words: where a matter stands, what comes next, what may be asked for."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l

from blueprints.petitions.docket.domain import State

OPEN_FOR = timedelta(minutes=30)  # how long a receipt code opens its letter in one browser

STANDS = {
    State.RECEIVED: _l("Your letter is here. A clerk will register it."),
    State.REGISTERED: _l("Your letter is registered. The office is checking whether it is the right one to handle it."),
    State.ACCEPTED: _l("Your letter was accepted. It will be given to the unit that handles it."),
    State.FORWARDED: _l("Another organ is competent for your letter, and has it now. The notice below says which."),
    State.MERGED: _l(
        "Other letters are on the same matter. They are handled together, and each writer gets the answer."
    ),
    State.DECLINED: _l("This office cannot handle your letter. The notice below says why, and where you can go."),
    State.ASSIGNED: _l("Your letter was given to a unit, which will take it on."),
    State.HANDLING: _l("Your letter is being handled."),
    State.DRAFTED: _l("The answer is written and waits for a leader to sign it."),
    State.SIGNED: _l("The answer is ready. You can read it below; it will also be delivered to you."),
    State.DELIVERED: _l("The answer was delivered to you."),
    State.REVIEWING: _l("The organ one level up is reviewing the answer, as you asked."),
    State.REVIEWED: _l("The review is done. Its opinion stands below; it will also be delivered to you."),
    State.REEXAMINING: _l("The next organ up is re-examining the matter, as you asked."),
    State.REEXAMINED: _l("The re-examination is done. Its opinion stands below; it is the last one on this matter."),
    State.CLOSED: _l("This matter is closed. You can still write to us here."),
    State.ARCHIVED: _l("This matter is closed and in the archive. You can still write to us here."),
}

# Where nothing can be sent to who wrote, nothing else is said to be on its way.
LIES_READY = {
    State.SIGNED: _l("The answer is ready. You can read it below."),
    State.REVIEWED: _l("The review is done. Its opinion stands below."),
}

# What the petitioner sees of the record: steps of the procedure, not the work inside the office.
SHOWN = {
    "received": _l("Letter received"),
    "register": _l("Registered"),
    "accept": _l("Accepted"),
    "decline": _l("Not accepted"),
    "forward": _l("Forwarded to the competent organ"),
    "returned": _l("Came back from the organ it was forwarded to"),
    "assign": _l("Given to a unit"),
    "reassign": _l("Given to another unit"),
    "take": _l("Handling began"),
    "extend": _l("More time was needed: see the notice"),
    "hear": _l("A hearing was held"),
    "mediate": _l("A mediation was agreed on"),
    "sign": _l("Answer signed"),
    "answered with": _l("Answer signed"),
    "notify": _l("Notice given"),
    "deliver": _l("Answer delivered"),
    "carry_out": _l("What was promised has been carried out"),
    "ask_review": _l("Review requested"),
    "review": _l("Review done"),
    "redo": _l("The matter is handled again"),
    "ask_reexamination": _l("Re-examination requested"),
    "reexamine": _l("Re-examination done"),
    "recusal asked": _l("You asked that somebody does not handle it"),
    "close": _l("Closed"),
    "rated": _l("You rated the handling"),
    "redacted": _l("A passage was made unreadable"),
}

# What the petitioner may ask the organ above for, in the words of a button and of what it means.
ASKS = {
    "ask_review": (
        _l("Ask for a review"),
        _l("You do not agree with the answer? The organ one level up can review it."),
    ),
    "ask_reexamination": (
        _l("Ask for a re-examination"),
        _l("You do not agree with the review opinion? The next organ up can re-examine it. That is the last step."),
    ),
}
