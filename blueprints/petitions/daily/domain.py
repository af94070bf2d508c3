"""The keys that every page has."""

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
    ("n", _l("On a case: the next matter in the queue")),
    ("Ctrl Enter", _l("Send the form")),
)
