"""What is asked of the passphrase of an officer's key, and what becomes of a key."""

from flask_babel import lazy_gettext as _l

LONGEST = 200  # characters

EVENT_LABELS = {
    "made": _l("Discipline officer's key made"),
    "passphrase changed": _l("Passphrase of the key changed"),
    "ended": _l("Key given up for a new one"),
}
