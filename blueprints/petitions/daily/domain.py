"""The keys that every page has; why a matter cannot be assigned; what stands in a list to take along."""

from flask_babel import lazy_gettext as _l

# What to press, and what it does. The letters of the steps come from the table of the procedure.
KEYS = (
    ("?", _l("This page")),
    ("g d", _l("My desk: first g, then d")),
    ("g q", _l("Queue: first g, then q")),
    ("/", _l("Into the search field")),
    ("Esc", _l("Out of a field")),
    ("j", _l("One row down in a list; the arrow does the same once a row has the focus")),
    ("k", _l("One row up")),
    ("Enter", _l("Open the row")),
    ("x", _l("Tick the row, or take the tick away")),
    ("1 2 3", _l("On the queue: a saved filter")),
    ("n", _l("On a case: the next matter in the queue")),
    ("Ctrl Enter", _l("Send the form")),
)

REASONS = {
    "changed": _l("Somebody else changed it meanwhile."),
    "state": _l("In this state it cannot be assigned."),
    "wall": _l("It complains of this unit, of a unit above it, or of somebody who works there."),
}

# The columns of a list that is taken along: never who wrote.
COLUMNS = (
    _l("Docket number"),
    _l("Received on"),
    _l("Channel"),
    _l("Class"),
    _l("Place"),
    _l("Subject"),
    _l("State"),
    _l("Unit"),
    _l("Due on"),
)

# What the record says happened besides the steps of a case.
EVENT_LABELS = {"taken along": _l("A list was taken along as Excel")}
