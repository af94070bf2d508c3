"""The screening's pages for those who are asked: what to return, an item, a table, and that this is everything."""

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.petitions.returns import papers
from blueprints.petitions.returns.forms import ItemForm, KeepForm, TableForm, form_key, look_at
from blueprints.petitions.screening import queries
from blueprints.petitions.screening.domain import LABELS
from blueprints.petitions.screening.models import Finding, Item, Round, load_round
from core import places
from core.pages import found, page
from core.permissions import allow
from core.tables import send_xlsx
from core.texts import plain
from core.workflow import NotPossible

bp = Blueprint("returns", __name__, url_prefix="/screening")


@bp.get("/<id:id>/return")
@allow("screening.return")
def own(id: int) -> ResponseReturnValue:
    """What this unit or village has to return, and what it has."""
    round = found(load_round(id, g.viewer))
    listing = queries.items(g.viewer, queries.Filter(round=id), request.args.get("after", ""))
    return _page("own", round, addressee=found(round.asked(g.viewer)), listing=listing)


def _page(name: str, round: Round, status: int = 200, **more: Any) -> Response:
    about: dict[str, Any] = {"round": round, "labels": plain(LABELS)}
    return page(f"petitions/returns/{name}.html", status=status, **about, **more)


@bp.post("/<id:id>/return")
@allow("screening.return")
def complete(id: int) -> ResponseReturnValue:
    """That is everything this unit or village found; or that it found nothing."""
    round = found(load_round(id, g.viewer, to_move=True))
    try:
        round.complete(by=g.viewer)
    except NotPossible:
        return _not_open(id)
    flash(_("Your return is complete. Should something more turn up, add it until the round is closed."), "success")
    return redirect(url_for(".own", id=id), 303)


@bp.get("/<id:id>/return/new")
@allow("screening.return")
def ask_item(id: int) -> ResponseReturnValue:
    """An empty item; with `township` in the address, HTMX asks for that township's villages."""
    here = {"place": g.viewer.place_code, "township": (g.viewer.place_code or "")[:9]}
    form = ItemForm(request.args or None, form_key=form_key(None), **here)
    return _item_page(found(load_round(id, g.viewer)), form)


def _item_page(round: Round, form: ItemForm, status: int = 200) -> Response:
    form.township.choices = [("", _("Choose")), *places.townships()]
    about: dict[str, Any] = {"round": round, "form": form, "places": places}
    return page("petitions/returns/new.html", block="village", status=status, **about)


@bp.post("/<id:id>/return/new")
@allow("screening.return")
def report(id: int) -> ResponseReturnValue:
    """Return an item."""
    form = ItemForm()
    valid = form.validate_on_submit()
    round = found(load_round(id, g.viewer, to_move=True))
    if not valid:
        return _item_page(round, form, 422)
    return _keep(round, [form.finding()], form.form_key.data)


def _not_open(id: int) -> ResponseReturnValue:
    flash(_("The round is closed: nothing more can be returned."), "warning")
    return redirect(url_for(".own", id=id), 303)


def _keep(round: Round, findings: list[Finding], key: str | None) -> ResponseReturnValue:
    try:
        Item.report(round, findings, form_key(key), by=g.viewer)
    except NotPossible:
        return _not_open(round.id)
    flash(_("With the office: %(count)d.", count=len(findings)), "success")
    return redirect(url_for(".own", id=round.id), 303)


@bp.get("/<id:id>/return/table.xlsx")
@allow("screening.return")
def table(id: int) -> ResponseReturnValue:
    """The table to fill in."""
    found(load_round(id, g.viewer))
    return send_xlsx(papers.to_fill_in(), f"screening-{id}")


@bp.get("/<id:id>/return/table")
@allow("screening.return")
def ask_table(id: int) -> ResponseReturnValue:
    """Choose a table that was filled in."""
    return _page("table", found(load_round(id, g.viewer)), form=TableForm())


@bp.post("/<id:id>/return/table")
@allow("screening.return")
def preview(id: int) -> ResponseReturnValue:
    """Show what a table would bring in, or what is wrong with it, row by row; nothing is kept yet."""
    form = TableForm()
    valid = form.validate_on_submit()
    round = found(load_round(id, g.viewer))
    if not valid:
        return _page("table", round, 422, form=form)
    keep = KeepForm(formdata=None, kept=form.packed(id, g.viewer), form_key=form_key(None))
    return _page("preview", round, form=keep, previews=form.previews)


@bp.post("/<id:id>/return/keep")
@allow("screening.return")
def keep(id: int) -> ResponseReturnValue:
    """Keep what was shown: all of it."""
    form = KeepForm()
    rows = form.rows(id, g.viewer) if form.validate_on_submit() else []
    previews, faults = look_at(rows) if rows else ([], [])
    round = found(load_round(id, g.viewer, to_move=True))
    if faults or not previews:  # a unit was closed meanwhile, or the page was open for too long
        flash(_("Nothing was kept. Please choose the table once more."), "warning")
        return redirect(url_for(".ask_table", id=id), 303)
    return _keep(round, [each.finding for each in previews], form.form_key.data)
