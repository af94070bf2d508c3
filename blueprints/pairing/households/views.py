"""The pages of households: nominating one and following it by its code; for staff the list, a household, its steps."""

import secrets
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.pairing.experts.forms import too_many
from blueprints.pairing.households import queries
from blueprints.pairing.households.domain import EXPLAINED, LABELS, OF_THE_ROUND, PEOPLE, WORKFLOW
from blueprints.pairing.households.forms import FilterForm, NominationForm, step_form
from blueprints.pairing.households.models import AlreadyThere, Household, load, of_sending
from blueprints.pairing.rounds.models import Round, public
from blueprints.pairing.rounds.models import hold as hold_round
from core import attachments, limits, papers, places, receipts, sendings, sessions
from core.extensions import csrf
from core.pages import found, language, page
from core.permissions import allow
from core.questions import Question, ask, sends
from core.sheets import to_read
from core.texts import plain
from core.workflow import NotPossible

bp = Blueprint("households", __name__, url_prefix="/households")

_STEPS = ", ".join(step.action for step in WORKFLOW if step.action not in OF_THE_ROUND)


def labels() -> dict[str, Any]:
    """The words of every page about households."""
    return plain(LABELS)


# --- nominating ----------------------------------------------------------------------------------------------------


@bp.get("/nominate/<id:id>")
@allow("public")
def nominate(id: int) -> ResponseReturnValue:
    """An empty nomination; with `township` in the address, HTMX asks for that township's villages."""
    row = found(public(id))
    if not row.takes_nominations:
        return redirect(url_for("naming.notice", id=id), 303)
    if not session.get("form_key"):
        session["form_key"] = secrets.token_hex(16)
    own = g.viewer.place_code if g.viewer else None
    first = {"township": own[:9], "place": own} if own else {}
    return _nominate_page(row, NominationForm(request.args or None, **first))


def _nominate_page(row: Round, form: NominationForm, status: int = 200) -> Response:
    form.township.choices = [("", _("Choose")), *places.townships()]
    about: dict[str, Any] = {"form": form, "places": places, "round": row, "own": g.viewer and g.viewer.place_code}
    return page("pairing/households/nominate.html", block="village", status=status, **about)


@bp.post("/nominate/<id:id>")
@allow("public")
def send(id: int) -> ResponseReturnValue:
    """Take the nomination in; the same form sent twice is one household with one code."""
    row, form = found(public(id)), NominationForm().for_(g.viewer)
    if not form.validate_on_submit():
        return _nominate_page(row, form, 422)
    if g.viewer is None and (wait := limits.one_more_form(request)):
        form.form_errors.append(too_many(wait))
        return _nominate_page(row, form, 429)
    said, sitting = form.nomination(), sessions.current()
    number = sendings.number_of(sitting.setdefault("form_key", secrets.token_hex(16)), (id, said.fingerprint()))
    by = g.viewer if g.viewer is not None and g.viewer.role in PEOPLE else None
    try:
        Household.nominate(hold_round(id), said, number, by=by)
    except AlreadyThere:
        form.phone.errors = [_("A household with this telephone number stands in this round already.")]
        return _nominate_page(row, form, 422)
    except NotPossible:
        flash(_("This round takes no nominations now."), "warning")
        return redirect(url_for("naming.notice", id=id), 303)
    sessions.keep(sitting, household_sent=number.hex())
    return redirect(url_for(".code"), 303)


csrf.exempt(send)  # the form checks its own token, so that a late one gives the nomination back


@bp.get("/code")
@allow("public")
def code() -> ResponseReturnValue:
    """The code of the household, shown once: for itself, or to be handed on to it."""
    number = bytes.fromhex(session.get("household_sent", ""))
    household = of_sending(number) if number and sendings.to_show(number) else None
    if household is None:
        return page("pairing/households/shown.html")
    own = sendings.code(number)
    qr = receipts.qr_svg(own, _("Code as a picture for a phone"), "qr")
    answer = page("pairing/households/code.html", household=household, code=own, qr=qr)
    if request.method == "GET":  # a HEAD shows nobody anything
        sendings.note_shown(number)
    return answer


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
    mine = household.is_for(g.viewer)
    return page(
        "pairing/households/household.html",
        household=household,
        mine=mine,
        photos=[(url_for(".photo", id=id, photo=each.id), each) for each in household.photos()],
        visits=household.visits() if mine else [],
        steps=household.steps(g.viewer),
        timeline=queries.timeline(household) if mine else [],
        labels=labels(),
    )


@bp.get("/<id:id>/files/<id:photo>")
@allow("households.read")
def photo(id: int, photo: int) -> ResponseReturnValue:
    """A photo of a household."""
    return _photo(found(load(id, g.viewer)), photo)


def _photo(household: Household, id: int) -> Response:
    row = found(household.photo(id))
    return attachments.send(row.id, row.name, row.kind)


@bp.route(f"/<id:id>/<any({_STEPS}):action>", methods=["GET", "POST"])
@allow("households.work")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of a household; the table decides."""
    household = found(load(id, g.viewer, to_move=sends()))
    step, back = WORKFLOW.step(action), url_for(".show", id=id)
    form = step_form(step.asks)
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


@bp.get("/<id:id>/certificate")
@allow("households.read")
def certificate(id: int) -> ResponseReturnValue:
    """The certificate as it was issued."""
    household = found(load(id, g.viewer))
    sheet = to_read(found(household.sheets), language())
    return page("pairing/households/certificate.html", household=household, sheet=sheet, pdf=url_for(".pdf", id=id))


@bp.get("/<id:id>/certificate.pdf")
@allow("households.read")
def pdf(id: int) -> ResponseReturnValue:
    """The same as a PDF."""
    household = found(load(id, g.viewer))
    return papers.send(found(household.sheets), language(), household.number)
