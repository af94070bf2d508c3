"""The pages of villages: the list, a village, and which promises to villages are late."""

from typing import Any

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

import rooms
from blueprints.pairing.needs import queries as needs
from blueprints.pairing.needs.domain import LABELS as NEED_LABELS
from blueprints.pairing.needs.models import Measure, Need, may_ask_for
from blueprints.pairing.pairs import queries as pairs
from blueprints.pairing.pairs.domain import LABELS
from blueprints.pairing.pairs.models import load_village
from blueprints.pairing.pairs.queries import Filter as Promises
from blueprints.pairing.villages import queries
from blueprints.pairing.villages.forms import FilterForm, PromisesForm
from blueprints.petitions.visits.domain import STATE_LABELS as VISIT_STATES
from core import money
from core.pages import found, page
from core.permissions import allow
from core.texts import plain

bp = Blueprint("villages", __name__, url_prefix="/villages")


@bp.get("/")
@allow("pairing.read")
def listed() -> ResponseReturnValue:
    """The villages this person may see."""
    form = FilterForm(request.args)
    listing = queries.listed(g.viewer, form.wanted(), request.args.get("after", ""))
    return page("pairing/villages/list.html", block="list", form=form, listing=listing)


@bp.get("/late")
@allow("pairing.read")
def late() -> ResponseReturnValue:
    """Which of the year's promises to villages are late: goals of the plans, measures, needs without an answer."""
    form, first = PromisesForm(request.args), "after" not in request.args
    wanted = form.wanted()
    about: dict[str, Any] = {"form": form, "first": first, "most": needs.MOST_SHOWN, "measures": [], "needs": []}
    about |= {"labels": plain(LABELS), "need_labels": plain(NEED_LABELS), "villages": None}
    about["listing"] = pairs.goals(g.viewer, wanted, request.args.get("after", ""))
    if wanted.which in ("", "open") and first:
        only = {"late": wanted.which == ""}
        about["measures"] = needs.measures_to_do(g.viewer, queries.narrowed(wanted, Measure.due_on), **only)
        about["needs"] = needs.unanswered(g.viewer, queries.narrowed(wanted, Need.due_on), **only)
        about["people"] = pairs.helpers({each.place_code for each in about["needs"]}, g.viewer)
    if not wanted.which and first:
        about["villages"] = queries.late_villages(g.viewer, wanted)
    if wanted.village:
        about["village"] = load_village(wanted.village, g.viewer)
    return page("pairing/villages/late.html", block="list", **about)


@bp.get("/<code:code>")
@allow("pairing.read")
def show(code: str) -> ResponseReturnValue:
    """A village: people, needs, measures, visits, money, photos, what happened, and how many matters are open."""
    village = found(load_village(code, g.viewer))
    pairings = pairs.of_village(code, g.viewer)
    return page(
        "pairing/villages/village.html",
        village=village,
        contacts=queries.contacts_of([code]).get(code, []),
        late=queries.late_villages(g.viewer, Promises(village=code)),
        pairings=pairings,
        responsible=pairs.responsible(pairings),
        goals=pairs.open_goals(code, g.viewer),
        needs=needs.of_village(code, g.viewer),
        measures=needs.measures_of_village(code, g.viewer),
        may_ask=may_ask_for(g.viewer, code),
        matters=queries.open_matters(code, g.viewer),
        visits=queries.visits(code),
        latest={"visits": queries.MOST_VISITS, "photos": needs.MOST_PHOTOS, "events": queries.MOST_EVENTS},
        parts=[part.shown() for room in rooms.villages() for part in room(code, g.viewer) if part.rows],
        spent=needs.money_of(Need.place_code == code, g.viewer),
        photos=needs.photos_of_village(code, g.viewer),
        timeline=queries.timeline(code, g.viewer),
        money=money.shown,
        labels={**plain(LABELS), **{f"need_{name}": each for name, each in plain(NEED_LABELS).items()}},
        photo_labels=plain(NEED_LABELS),
        visit_states=plain(VISIT_STATES),
    )
