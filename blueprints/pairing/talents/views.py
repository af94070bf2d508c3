"""The pages of the register: the list, an entry, its steps, and the contact behind a reason."""

import secrets
from typing import Any

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.pairing.contact import contact_of
from blueprints.pairing.experts.domain import TRADE_LABELS
from blueprints.pairing.taken import note_taken
from blueprints.pairing.talents import queries
from blueprints.pairing.talents.domain import LABELS, WORKFLOW, State
from blueprints.pairing.talents.forms import EntryForm, FilterForm, step_form, values
from blueprints.pairing.talents.models import Entry, Talent, load
from core import clock, places, sendings, sessions
from core.pages import found, page
from core.permissions import allow, may
from core.questions import Question, ask, sends
from core.tables import send_xlsx
from core.texts import plain

bp = Blueprint("talents", __name__, url_prefix="/talents")

_STEPS = ", ".join(step.action for step in WORKFLOW)


def labels() -> dict[str, Any]:
    """The words of every page about talent."""
    return plain({**LABELS, "trade": TRADE_LABELS})


@bp.get("/")
@allow("talents.read")
def listed() -> ResponseReturnValue:
    """The entries this person may see, by trade, place, grade and validity."""
    form = FilterForm(request.args)
    listing = queries.listed(g.viewer, form.wanted(), request.args.get("after", ""))
    return page("pairing/talents/list.html", block="list", form=form, listing=listing, labels=labels())


@bp.post("/talents.xlsx")
@allow("talents.manage")
def workbook() -> ResponseReturnValue:
    """The list under its filter as a workbook, without contacts; who takes it along is written down."""
    wanted = FilterForm(request.args).wanted()
    rows = queries.to_take(g.viewer, wanted)
    note_taken("talent_export", g.viewer, len(rows), wanted.asked())
    return send_xlsx(queries.workbook(rows), "talents")


@bp.route("/new", methods=["GET", "POST"])
@allow("talents.manage")
def enter() -> ResponseReturnValue:
    """A new entry; with `township` in the address, HTMX asks for that township's villages."""
    form = EntryForm(consent_on=clock.today()) if sends() else EntryForm(request.args or None, consent_on=clock.today())
    if sends() and form.validate_on_submit():
        return _enter(form.entry())
    status = 422 if sends() else 200
    return page("pairing/talents/new.html", block="village", status=status, form=form, places=places)


def _enter(entry: Entry) -> ResponseReturnValue:
    key = sessions.current().setdefault("form_key", secrets.token_hex(16))
    talent = Talent.enter(entry, sendings.number_of(key, entry), by=g.viewer)
    if talent is None:
        flash(_("This person stands in the register already: the form was sent before."), "warning")
        return redirect(url_for(".listed", village=entry.place_code), 303)
    flash(_("The person stands in the register."), "success")
    return redirect(url_for(".show", id=talent.id), 303)


@bp.get("/<id:id>")
@allow("talents.read")
def show(id: int) -> ResponseReturnValue:
    """An entry: what somebody can do, the grade and its sheets, who noted the consent."""
    talent = found(load(id, g.viewer))
    return page(
        "pairing/talents/talent.html",
        talent=talent,
        steps=talent.steps(g.viewer),
        opens=talent.state == State.REGISTERED and may(g.viewer, "talents.contact"),
        timeline=queries.timeline(talent),
        labels=labels(),
    )


@bp.route(f"/<id:id>/<any({_STEPS}):action>", methods=["GET", "POST"])
@allow("talents.manage")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of an entry; the table decides."""
    talent = found(load(id, g.viewer, to_move=sends()))
    step, back = WORKFLOW.step(action), url_for(".show", id=id)
    form = step_form(step.asks, talent)
    return ask(
        Question(
            step.label,
            form,
            talent,
            back,
            lambda: talent.move(action, values(form), by=g.viewer),
            crumbs=((_("Rural talent"), url_for(".listed")), (_name(talent), back)),
            open=step in talent.steps(g.viewer),
            changes=lambda since: queries.timeline(talent, since=since),
            template="pairing/talents/entry.html" if step.asks == "entry" else "question.html",
            about={"places": places},
        )
    )


def _name(talent: Talent) -> str:
    return talent.name or _("Name erased")


@bp.route("/<id:id>/contact", methods=["GET", "POST"])
@allow("talents.contact")
def contact(id: int) -> ResponseReturnValue:
    """How somebody is reached is behind a reason."""
    talent = found(load(id, g.viewer, to_move=sends()))
    crumbs = ((_("Rural talent"), url_for(".listed")), (_name(talent), url_for(".show", id=id)))
    return contact_of(talent, talent.name, crumbs)
