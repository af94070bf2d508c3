"""What the image standards tell of themselves: their door, the words of the record, what is open on a desk."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from blueprints.rules.image.domain import (
    CHECK_EVENT_LABELS,
    DRIVE_EVENT_LABELS,
    REMARK_EVENT_LABELS,
    SHEET_EVENT_LABELS,
)
from blueprints.rules.image.models import Drive, Remark, SelfCheck, Sheet, checks_of, remarks_of
from blueprints.rules.image.queries import to_check, waiting
from core.desk import Door, Part, Row, Waiting
from core.record import Told, about
from core.roles import Viewer

DOORS = (
    Door(
        "image.read",
        "image.index",
        _l("Five models, five images"),
        _l("The standards, what I say of myself, and what colleagues write to me."),
    ),
)

TOLD = (
    Told("image_sheet", SHEET_EVENT_LABELS, names=select(Sheet.id, Sheet.title)),
    Told("image_drive", DRIVE_EVENT_LABELS, names=select(Drive.id, Drive.title)),
    # Who has written, and who has not, is not to be read from the record either.
    Told("image_check", CHECK_EVENT_LABELS, wall=lambda viewer: about(SelfCheck, checks_of(viewer))),
    Told("image_remark", REMARK_EVENT_LABELS, wall=lambda viewer: about(Remark, remarks_of(viewer))),
)


def desk(viewer: Viewer) -> list[Part]:
    """The drives that wait for this person's self-check."""
    return [Part("image", _l("Self-check to write"), Waiting(waiting(viewer), lambda: _rows(viewer)))]


def _rows(viewer: Viewer) -> list[Row]:
    return [Row(each.title, "image.check", {"id": each.id}, each.until_on) for each in to_check(viewer)]
