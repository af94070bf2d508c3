"""The public pages of nominations: nominating a household, its code, where it stands, withdrawing."""

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.pairing.experts.forms import too_many
from blueprints.pairing.households.domain import GIVES_UP, PEOPLE, STANDS, State
from blueprints.pairing.households.models import AlreadyThere, Household, hold, of_sending, opened
from blueprints.pairing.households.queries import by_code
from blueprints.pairing.nominations.forms import CodeForm, NominationForm
from blueprints.pairing.rounds.models import Round, public
from blueprints.pairing.rounds.models import hold as hold_round
from core import attachments, codes, limits, papers, places
from core.codes import Opener
from core.extensions import csrf
from core.pages import found, language, page
from core.permissions import allow
from core.questions import sends
from core.sheets import to_read
from core.workflow import NotPossible

bp = Blueprint("nominations", __name__, url_prefix="/demonstration")

CODES = Opener("household", "household_sent", "pairing/nominations/look_up.html", CodeForm, by_code)


# --- nominating ----------------------------------------------------------------------------------------------------


@bp.get("/<id:id>/nominate")
@allow("public")
def nominate(id: int) -> ResponseReturnValue:
    """An empty nomination; with `township` in the address, HTMX asks for that township's villages."""
    row = found(public(id))
    if not row.takes_nominations:
        return redirect(url_for("naming.notice", id=id), 303)
    CODES.begin()
    own = g.viewer.place_code if g.viewer else None
    first = {"township": own[:9], "place": own} if own else {}
    return _nominate_page(row, NominationForm(request.args or None, **first))


def _nominate_page(row: Round, form: NominationForm, status: int = 200) -> Response:
    form.township.choices = [("", _("Choose")), *places.townships()]
    about: dict[str, Any] = {"form": form, "places": places, "round": row, "own": g.viewer and g.viewer.place_code}
    return page("pairing/nominations/nominate.html", block="village", status=status, **about)


@bp.post("/<id:id>/nominate")
@allow("public")
def send(id: int) -> ResponseReturnValue:
    """Take the nomination in; the same form sent twice is one household with one code."""
    row, form = found(public(id)), NominationForm().for_(g.viewer)
    if not form.validate_on_submit():
        return _nominate_page(row, form, 422)
    if g.viewer is None and (wait := limits.one_more_form(request)):
        form.form_errors.append(too_many(wait))
        return _nominate_page(row, form, 429)
    said = form.nomination()
    number = CODES.number((id, said.fingerprint()))
    by = g.viewer if g.viewer is not None and g.viewer.role in PEOPLE else None
    try:
        Household.nominate(hold_round(id), said, number, by=by)
    except AlreadyThere:
        form.phone.errors = [_("A household with this telephone number stands in this round already.")]
        return _nominate_page(row, form, 422)
    except NotPossible:
        form.form_errors.append(_("This round takes no nominations now."))
        return _nominate_page(row, form, 409)
    CODES.keep(number)
    return redirect(url_for(".code"), 303)


csrf.exempt(send)  # the form checks its own token, so that a late one gives the nomination back


@bp.get("/code")
@allow("public")
def code() -> ResponseReturnValue:
    """The code of the household, shown once: for itself, or to be handed on to it."""

    def draw(number: bytes) -> Response | None:
        household = of_sending(number)
        about = {"household": household, **codes.shown(number)}
        return page("pairing/nominations/code.html", **about) if household else None

    return CODES.once(draw, "pairing/nominations/shown.html")


# --- with the code -------------------------------------------------------------------------------------------------


@bp.get("/household")
@allow("public")
def status() -> ResponseReturnValue:
    """Where the household stands that this browser opened by its code, else the question for the code."""
    household = _held()
    if household is None:
        return CODES.ask()
    return page(
        "pairing/nominations/status.html",
        household=household,
        stands=STANDS[household.told],
        sheet=to_read(household.sheets, language()) if household.sheets and household.told == State.NAMED else None,
        gives_up=State(household.state) in GIVES_UP,
        photos=[
            {"name": each.name, "url": url_for(".own_photo", photo=each.id), "size": each.size}
            for each in household.photos()
        ],
    )


@bp.post("/household")
@allow("public")
def look_up() -> ResponseReturnValue:
    """Find the household of a code. A right code always works; wrong ones run into the limits."""
    return CODES.look_up(url_for(".status"))


def _held() -> Household | None:
    """The household that this browser has opened by its code, not too long ago; held, where it may change."""
    id = CODES.held()
    return None if id is None else hold(id) if sends() else opened(id)


@bp.get("/household/files/<id:photo>")
@allow("public")
def own_photo(photo: int) -> ResponseReturnValue:
    """A photo of the own household."""
    row = found(found(_held()).photo(photo))
    return attachments.send(row.id, row.name, row.kind)


@bp.get("/household/certificate.pdf")
@allow("public")
def own_pdf() -> ResponseReturnValue:
    """The own certificate, once the code is given."""
    household = _held()
    if household is None:
        return CODES.ask()
    sheets = household.sheets if household.told == State.NAMED else None
    return papers.send(found(sheets), language(), household.number)


@bp.post("/household/withdraw")
@allow("public")
def withdraw() -> ResponseReturnValue:
    """Withdraw: what was said is removed."""
    household = _held()
    if household is None:
        return redirect(url_for(".status"), 303)
    try:
        household.withdraw()
        CODES.another()
        flash(_("You withdrew. What you had sent is removed."), "success")
    except NotPossible:
        flash(_("This is not possible now."), "warning")
    return redirect(url_for(".status"), 303)


@bp.post("/household/leave")
@allow("public")
def leave() -> ResponseReturnValue:
    """Close the household on this device."""
    CODES.close()
    return redirect(url_for("naming.index"), 303)
