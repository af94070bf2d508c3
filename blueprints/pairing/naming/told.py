"""What the rounds put on a desk: which notice ends soon, and which round waits for the leader."""

from flask_babel import lazy_gettext as _l

from blueprints.pairing.naming.queries import due
from core.desk import Part, Row
from core.roles import Viewer


def desk(viewer: Viewer) -> list[Part]:
    """The rounds in which the next step is this person's, with the last day of a notice."""
    found = due(viewer)
    rows = [Row(each.title, "naming.round", {"id": each.id}, due_on, note=str(words)) for each, due_on, words in found]
    return [Part("rounds", _l("Rounds of demonstration households"), rows)]
