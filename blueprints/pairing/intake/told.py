"""What the plan of the years tells of itself: its door and the words of the record."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import String, cast, select

from blueprints.pairing import taken
from blueprints.pairing.intake.domain import EVENT_LABELS
from blueprints.pairing.intake.models import PlanYear
from core.desk import Door
from core.record import Told

DOORS = (
    Door(
        "posts.manage",
        "intake.plan",
        _l("Posts in villages: plan and fact"),
        _l("How many college students were to go into villages each year, and how many went."),
        in_menu=False,
    ),
)

TOLD = (
    Told("post_plan", EVENT_LABELS, names=select(PlanYear.id, cast(PlanYear.year, String))),
    Told("service_export", taken.EVENT_LABELS, words=taken.many),
)
