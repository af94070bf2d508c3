"""The rising page, and what stands behind one of its figures."""

from typing import Any

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from blueprints.petitions.docket.domain import KIND_LABELS
from blueprints.petitions.docket.domain import LABELS as CASE_LABELS
from blueprints.petitions.rising import queries
from blueprints.petitions.rising.domain import LEAST_PAST, SMALL_CELL, TOO_FEW, TREND_LABELS
from blueprints.petitions.rising.forms import BehindForm, RisingForm
from blueprints.petitions.screening.domain import FIELD_LABELS, LABELS
from core.pages import page
from core.permissions import allow
from core.texts import plain

bp = Blueprint("rising", __name__, url_prefix="/screening/rising")


@bp.get("")
@allow("screening.issue")
def rising() -> ResponseReturnValue:
    """Causes, places and classes against their own past."""
    form = RisingForm(request.args)
    days, sort = form.asked()
    figures = queries.rising(g.viewer, days, plain(FIELD_LABELS), plain(KIND_LABELS), changed_first=sort == "change")
    limits = {"few": TOO_FEW, "small": SMALL_CELL, "past": LEAST_PAST}
    about: dict[str, Any] = {"form": form, "rising": figures, "limits": limits, "trends": plain(TREND_LABELS)}
    return page("petitions/rising/rising.html", block="figures", **about)


@bp.get("/behind")
@allow("screening.issue")
def behind() -> ResponseReturnValue:
    """The items and letters that a figure counts."""
    form = BehindForm(request.args)
    wanted = form.wanted()
    items, letters = queries.items(g.viewer, wanted), queries.letters(g.viewer, wanted, request.args.get("after", ""))
    about: dict[str, Any] = {
        "items": items,
        "letters": letters,
        "wanted": wanted,
        "place": queries.name_of(wanted.place),
    }
    return page("petitions/rising/behind.html", labels=plain(LABELS), cases=plain(CASE_LABELS), **about)
