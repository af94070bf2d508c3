"""The procedure in the petitioner's words: where a matter stands, and what comes next."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l

from blueprints.petitions.docket.domain import Kind, State

OPEN_FOR = timedelta(minutes=30)  # how long a receipt code opens its letter in one browser

KIND_EXAMPLES = {
    Kind.PROPOSAL: _l(
        "You suggest how something could be better: a bus that should stop, a form that could be shorter."
    ),
    Kind.ACCUSATION: _l(
        "You report that an official or a unit broke a rule: took a gift, looked away, treated you unfairly."
    ),
    Kind.CLAIM: _l(
        "You ask for something you believe is your right: a subsidy not paid, land not returned, a road not repaired."
    ),
}

STANDS = {
    State.RECEIVED: _l("Your letter is here. A clerk will register it."),
    State.REGISTERED: _l("Your letter is registered. The office is checking whether it is the right one to handle it."),
    State.ACCEPTED: _l("Your letter was accepted. It will be given to the unit that handles it."),
    State.DECLINED: _l("This office cannot handle your letter. The notice below says why, and where you can go."),
    State.ASSIGNED: _l("Your letter was given to a unit, which will take it on."),
    State.HANDLING: _l("Your letter is being handled."),
    State.DRAFTED: _l("The answer is written and waits for a leader to sign it."),
    State.SIGNED: _l("The answer is ready. You can read it below; it will also be delivered to you."),
    State.DELIVERED: _l("The answer was delivered to you."),
    State.CLOSED: _l("This matter is closed. You can still write to us here."),
}

# What the petitioner sees of the record: steps of the procedure, not the work inside the office.
SHOWN = {
    "received": _l("Letter received"),
    "register": _l("Registered"),
    "accept": _l("Accepted"),
    "decline": _l("Not accepted"),
    "assign": _l("Given to a unit"),
    "take": _l("Handling began"),
    "sign": _l("Answer signed"),
    "notify": _l("Notice given"),
    "deliver": _l("Answer delivered"),
    "close": _l("Closed"),
    "rated": _l("You rated the handling"),
    "redacted": _l("A passage was made unreadable"),
}
