"""What is told of what is kept for a period: its door, and what waits for a review."""

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from blueprints.pairing.keeping.domain import KIND_LABELS, WHO, Action, Kind
from blueprints.pairing.keeping.models import due, how_many
from core.desk import Door, Part, Row, Waiting
from core.roles import Viewer
from core.texts import plain

DOORS = (Door("posts.manage", "keeping.review", _l("Retention: applications and service"), in_menu=False),)


def desk(viewer: Viewer) -> list[Part]:
    """How many entries have come to the end of their period."""
    ended = Waiting(tuple(map(due, Kind)) if viewer.role in WHO[Action.PREPARE] else (), _counted)
    return [Part("keeping", _l("Retention: applications and service"), ended)]


def _counted() -> list[Row]:
    return [
        Row(
            ngettext("%(num)s entry whose period has ended", "%(num)s entries whose period has ended", count),
            "keeping.review",
            {"kind": kind},
            kind=plain(KIND_LABELS)[kind],
        )
        for kind in Kind
        if (count := how_many(kind))
    ]
