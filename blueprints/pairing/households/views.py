"""The pages of households for the office: the list, a household, its steps, its certificate."""

from typing import Any

from flask import Blueprint, Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.pairing.contact import contact_of
from blueprints.pairing.households import queries
from blueprints.pairing.households.domain import (
    EXPLAINED,
    LABELS,
    OF_THE_ROUND,
    WORKFLOW,
)
from blueprints.pairing.households.forms import FilterForm, step_form
from blueprints.pairing.households.models import Household, load
from core import attachments, papers
from core.pages import found, language, page
from core.permissions import allow
from core.questions import Question, ask, sends
from core.sheets import to_read
from core.texts import plain

bp = Blueprint("households", __name__, url_prefix="/households")

_STEPS = ", ".join(step.action for step in WORKFLOW if step.action not in OF_THE_ROUND)


def labels() -> dict[str, Any]:
    """The words of every page about households."""
    return plain(LABELS)


# --- for staff -----------------------------------------------------------------------------------------------------


@bp.get("/")
@allow("households.read")
def listed() -> ResponseReturnValue:
    """The households this person may see, the newest first."""
    form = FilterForm(request.args)
    listing = queries.listed(g.viewer, form.wanted(), request.args.get("after", ""))
    return page("pairing/households/list.html", block="list", form=form, listing=listing, labels=labels())


@bp.get("/<id:id>")
@allow("households.read")
def show(id: int) -> ResponseReturnValue:
    """A household: who it is, what it does, where it stands, what may be done now."""
    household = found(load(id, g.viewer))
    mine, reads = household.is_for(g.viewer), household.read_by(g.viewer)
    return page(
        "pairing/households/household.html",
        household=household,
        mine=mine,
        state=household.told_to(g.viewer),
        why=household.why if reads else None,
        photos=[(url_for(".photo", id=id, photo=each.id), each) for each in household.photos()] if reads else [],
        visits=household.visits() if mine else [],
        steps=household.steps(g.viewer),
        timeline=queries.timeline(household) if mine and household.told_to(g.viewer) == household.state else [],
        labels=labels(),
    )


@bp.get("/<id:id>/files/<id:photo>")
@allow("households.read")
def photo(id: int, photo: int) -> ResponseReturnValue:
    """A photo of a household."""
    household = found(load(id, g.viewer))
    return _photo(found(household if household.read_by(g.viewer) else None), photo)


def _photo(household: Household, id: int) -> Response:
    row = found(household.photo(id))
    return attachments.send(row.id, row.name, row.kind)


@bp.route(f"/<id:id>/<any({_STEPS}):action>", methods=["GET", "POST"])
@allow("households.work")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of a household; the table decides."""
    household = found(load(id, g.viewer, to_move=sends()))
    step, back = WORKFLOW.step(action), url_for(".show", id=id)
    form = step_form(step.asks, household.named_on)
    return ask(
        Question(
            step.label,
            form,
            household,
            back,
            lambda: household.move(action, form.data, by=g.viewer),
            ((_("Households"), url_for(".listed")), (household.name or _("Household"), back)),
            open=step in household.steps(g.viewer),
            explained=EXPLAINED.get(action, ""),
            changes=lambda since: queries.timeline(household, since=since),
        )
    )


@bp.route("/<id:id>/contact", methods=["GET", "POST"])
@allow("households.read")
def contact(id: int) -> ResponseReturnValue:
    """The telephone number, for those who speak for the household: behind a reason, which is recorded."""
    household = found(load(id, g.viewer, to_move=sends()))
    found(household if household.is_for(g.viewer) and household.phone else None)
    crumbs = ((_("Households"), url_for(".listed")), (household.name, url_for(".show", id=id)))
    return contact_of(household, household.name, crumbs)


@bp.get("/<id:id>/certificate")
@allow("households.read")
def certificate(id: int) -> ResponseReturnValue:
    """The certificate as it was issued, for those who speak for the household."""
    household = found(load(id, g.viewer))
    sheet = to_read(found(household.certificate(g.viewer)), language())
    return page("pairing/households/certificate.html", household=household, sheet=sheet, pdf=url_for(".pdf", id=id))


@bp.get("/<id:id>/certificate.pdf")
@allow("households.read")
def pdf(id: int) -> ResponseReturnValue:
    """The same as a PDF."""
    household = found(load(id, g.viewer))
    return papers.send(found(household.certificate(g.viewer)), language(), household.number)
