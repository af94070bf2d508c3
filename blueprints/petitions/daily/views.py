"""The pages of daily work."""

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from blueprints.accounts.models import Unit
from blueprints.petitions.casefile.domain import INSIDE
from blueprints.petitions.casefile.models import CaseFile
from blueprints.petitions.daily import models, queries
from blueprints.petitions.daily.domain import COLUMNS, KEYS
from blueprints.petitions.daily.forms import AddressForm, AssignForm, KeysForm, SaveForm, filter_of, in_words
from blueprints.petitions.docket.domain import INSIDE_CLOCKS, LABELS, STAFF, TERMS, WORKFLOW
from blueprints.petitions.docket.forms import FilterForm
from blueprints.petitions.docket.models import load
from blueprints.petitions.docket.queries import timeline
from core import clock, mail
from core.extensions import db
from core.pages import found, keys_on, language, page, switch_keys
from core.permissions import allow, may
from core.sheets import to_read
from core.tables import Sheet, send_xlsx, write_xlsx
from core.texts import plain
from core.workflow import NotPossible

bp = Blueprint("daily", __name__)

# The queue stands in a room below and shows what this one adds to it.
bp.app_context_processor(lambda: {"saved_filters": lambda: models.saved_filters(g.viewer)})


@bp.get("/help/keys")
@allow("member")
def keys() -> ResponseReturnValue:
    """Every key, and the switch that turns them off."""
    steps = [step for step in WORKFLOW if g.viewer.role in step.who] if may(g.viewer, "petitions.move") else []
    form = KeysForm(formdata=None, on=keys_on())
    return page("petitions/daily/keys.html", form=form, keys_of=WORKFLOW.keys, steps=steps, every=KEYS)


@bp.post("/help/keys")
@allow("member")
def turn_keys() -> ResponseReturnValue:
    """Switch the keys on or off, on this device."""
    on = bool(KeysForm().on.data)
    flash(_("Single keys are on.") if on else _("Single keys are off."), "success")
    return switch_keys(redirect(url_for(".keys"), 303), on=on)


@bp.get("/petitions/<id:id>/next")
@allow("petitions.read")
def following(id: int) -> ResponseReturnValue:
    """The matter after this one in the queue, under the filter that the queue was last shown with."""
    wanted, place = filter_of(request.cookies.get("queue", "")), request.cookies.get("case", "")
    next, anew = queries.following(g.viewer, wanted, place, id)
    if next is None:
        flash(_("There is no other matter in this list."), "message")
        return redirect(f"{url_for('docket.queue')}?{wanted.in_short()}", 303)
    if anew:
        flash(_("That was the last one: the list begins again at its top."), "message")
    return redirect(url_for("docket.show", id=next), 303)


@bp.get("/petitions/<id:id>/print")
@allow("petitions.read")
def on_paper(id: int) -> ResponseReturnValue:
    """All that this person may see of a case, on one page for paper; never who wrote."""
    petition = found(load(id, g.viewer))
    inside = g.viewer.role in STAFF
    held = CaseFile(petition.id)
    return page(
        "petitions/daily/print.html",
        petition=petition,
        inside=inside,
        clocks=[each for each in held.clocks if inside or each.name not in INSIDE_CLOCKS],
        terms=TERMS,
        parts=held.parts if inside else [],
        concerns=petition.concerns() if inside else [],
        files=[each for each in petition.files() if inside or each.message_id is None],
        papers=[(each, to_read(each.sheets, language())) for each in held.papers if inside or each.kind not in INSIDE],
        timeline=timeline(petition, inside=inside),
        place_name=petition.place_name,
        labels=plain(LABELS),
    )


# --- saved filters -------------------------------------------------------------------------------------------------


@bp.get("/petitions/filters")
@allow("petitions.read")
def filters() -> ResponseReturnValue:
    """The own saved filters, to delete them."""
    rows = [(each, in_words(filter_of(each.asked))) for each in models.saved_filters(g.viewer)]
    return page("petitions/daily/filters.html", rows=rows)


@bp.post("/petitions/filters")
@allow("petitions.read")
def save_filter() -> ResponseReturnValue:
    """Save the filter that the queue shows, under a name."""
    form = SaveForm()
    asked = form.wanted()
    if not form.validate_on_submit():
        return page("petitions/daily/save.html", status=422, form=form, asked=asked)
    try:
        models.save_filter(g.viewer, form.label.data or "", asked)
    except NotPossible:
        flash(_("You have %(count)s saved filters. Delete one first.", count=models.MOST_FILTERS), "warning")
        return redirect(url_for(".filters"), 303)
    flash(_("The filter is saved."), "success")
    return redirect(f"{url_for('docket.queue')}?{asked}", 303)


@bp.post("/petitions/filters/<id:id>/delete")
@allow("petitions.read")
def delete_filter(id: int) -> ResponseReturnValue:
    """Delete one of the own."""
    models.forget_filter(g.viewer, id)
    flash(_("The filter is deleted."), "success")
    return redirect(url_for(".filters"), 303)


# --- the daily digest ----------------------------------------------------------------------------------------------


@bp.get("/digest")
@allow("petitions.move")
def digest() -> ResponseReturnValue:
    """What today's digest says, and where it is sent to."""
    return _digest_page(AddressForm(formdata=None, address=models.address_of(g.viewer)))


def _digest_page(form: AddressForm, status: int = 200) -> ResponseReturnValue:
    about: dict[str, Any] = {"due": models.due_for(g.viewer), "made": models.digest_of(g.viewer)}
    return page("petitions/daily/digest.html", status=status, form=form, mails=mail.ready(), **about)


@bp.post("/digest")
@allow("petitions.move")
def keep_address() -> ResponseReturnValue:
    """Send the digest somewhere else, or nowhere."""
    form = AddressForm()
    if not form.validate_on_submit():
        return _digest_page(form, 422)
    models.keep_address(g.viewer, form.address.data or "")
    flash(_("Saved."), "success")
    return redirect(url_for(".digest"), 303)


# --- many at once --------------------------------------------------------------------------------------------------


@bp.get("/petitions/bulk/assign")
@allow("petitions.bulk")
def ask_assign() -> ResponseReturnValue:
    """Which unit the ticked matters are to go to; then what would change."""
    return _assign_page(AssignForm(request.args))


def _assign_page(form: AssignForm, status: int = 200) -> Response:
    ticked = form.ticked()
    petitions = models.chosen(g.viewer, ticked)
    unit = db.session.get(Unit, form.unit_id() or 0)
    changes = queries.plan(petitions, ticked, unit, g.viewer) if unit else []
    about: dict[str, Any] = {"form": form, "petitions": petitions, "unit": unit, "changes": changes}
    return page("petitions/daily/assign.html", status=status, labels=plain(LABELS), **about)


@bp.post("/petitions/bulk/assign")
@allow("petitions.bulk")
def assign() -> ResponseReturnValue:
    """Assign all of them, each with its own entry, or none."""
    form = AssignForm()
    ticked = form.ticked()
    if not form.validate_on_submit():
        return _assign_page(form, 422)
    petitions = models.chosen(g.viewer, ticked, to_move=True)
    unit = found(db.session.get(Unit, form.unit_id() or 0))
    if len(petitions) < len(ticked) or any(each.why for each in queries.plan(petitions, ticked, unit, g.viewer)):
        return _assign_page(form, 409)
    try:
        models.assign_all(petitions, unit.id, form.reason.data or "", by=g.viewer)
    except NotPossible:
        return _assign_page(form, 409)
    many = ngettext("%(num)s matter", "%(num)s matters", len(petitions))
    flash(_("Assigned to %(unit)s: %(many)s.", unit=unit.name, many=many), "success")
    return redirect(f"{url_for('docket.queue')}?{filter_of(request.cookies.get('queue', '')).in_short()}", 303)


# --- a list to take along ------------------------------------------------------------------------------------------


@bp.get("/petitions/export")
@allow("petitions.export")
def ask_export() -> ResponseReturnValue:
    """How many rows and which columns would be taken along."""
    wanted = FilterForm(request.args).wanted()
    about: dict[str, Any] = {
        "count": models.how_many(g.viewer, wanted),
        "most": models.MOST_TAKEN,
        "told": in_words(wanted),
    }
    return page("petitions/daily/export.html", columns=COLUMNS, asked=wanted.in_full(), **about)


@bp.post("/petitions/export")
@allow("petitions.export")
def export() -> ResponseReturnValue:
    """The list as Excel; who took it along is written down."""
    wanted = FilterForm(request.args).wanted()
    rows = models.rows_of(g.viewer, wanted)
    if len(rows) > models.MOST_TAKEN:
        return redirect(f"{url_for('.ask_export')}?{wanted.in_full()}", 303)
    labels = plain(LABELS)
    cells = [
        (
            row.number,
            row.received_on,
            labels["channel"][row.channel],
            labels["kind"][row.kind],
            row.place,
            row.subject,
            labels["state"][row.state],
            row.unit,
            row.due_on if row.due_clock else None,
        )
        for row in rows
    ]
    data = write_xlsx(Sheet(_("Matters"), [str(each) for each in COLUMNS], cells))
    models.note_taken(g.viewer, wanted, len(rows))
    return send_xlsx(data, f"{_('Matters')}-{clock.today().isoformat()}")
