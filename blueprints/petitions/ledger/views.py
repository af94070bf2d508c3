"""The pages of an import: the file, its columns and a dry run, the import with its progress."""

from typing import Any

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.petitions.ledger import models
from blueprints.petitions.ledger.domain import FIELDS, MOST_ROWS, PROBLEMS, Checked
from blueprints.petitions.ledger.forms import FileForm, MappingForm
from blueprints.petitions.ledger.models import Table
from core import jobs
from core.extensions import db
from core.jobs import Progress
from core.pages import found, page
from core.permissions import allow
from core.workflow import NotPossible

bp = Blueprint("ledger", __name__, url_prefix="/petitions/import")
SHOWN = 100  # rows and faults on the page; of the others the number


@bp.get("/")
@allow("petitions.register")
def ask() -> ResponseReturnValue:
    """Which file; and what was brought before."""
    return _file_page(FileForm())


def _file_page(form: FileForm, status: int = 200) -> ResponseReturnValue:
    tables = models.brought(g.viewer)
    return page("petitions/ledger/file.html", status=status, form=form, tables=tables, most=MOST_ROWS)


@bp.post("/")
@allow("petitions.register")
def bring() -> ResponseReturnValue:
    """Read the table and keep it sealed until it is imported or dropped."""
    form = FileForm()
    if not form.validate_on_submit():
        return _file_page(form, 422)
    try:
        table = Table.bring(form.rows, form.data_of_file, by=g.viewer)
    except NotPossible:
        form.form_errors.append(_("This file was imported before. It comes in once."))
        return _file_page(form, 422)
    return redirect(url_for(".dry", id=table.id), 303)


@bp.get("/<id:id>")
@allow("petitions.register")
def dry(id: int) -> ResponseReturnValue:
    """Which column holds what, and what the rows would become: nothing is kept."""
    table = found(models.mine(g.viewer, id))
    if table.rows is None or _running(id):
        return redirect(url_for(".progress", id=id), 303)
    form = MappingForm(table.headings, request.args)
    return _dry_page(table, form)


def _dry_page(table: Table, form: MappingForm, status: int = 200) -> ResponseReturnValue:
    rows = table.rows or []
    checked, doubles = Checked(), []
    if ready := form.validate():
        checked = models.dry_run(rows, form.columns(), form.defaults())
        doubles = models.doubles(checked.drafts, g.viewer)
    about: dict[str, Any] = {
        "ready": ready,
        "checked": checked,
        "doubles": doubles,
        "asked": request.query_string.decode(),
    }
    about |= {"example": rows[1:4], "fields": FIELDS, "problems": PROBLEMS, "shown": SHOWN}
    return page("petitions/ledger/dry.html", status=status, table=table, form=form, **about)


@bp.post("/<id:id>")
@allow("petitions.register")
def start(id: int) -> ResponseReturnValue:
    """Import all of it; the work goes on after this answer."""
    table = found(models.mine(g.viewer, id))
    if table.rows is None:
        return redirect(url_for(".progress", id=id), 303)
    form = MappingForm(table.headings, request.args)
    checked = models.dry_run(table.rows, form.columns(), form.defaults()) if form.mapped and form.validate() else None
    if checked is None or checked.problems or not checked.drafts:
        return _dry_page(table, form, 422)
    left_out = [each.line for each in models.doubles(checked.drafts, g.viewer)] if form.doubles.data else []
    words = _("Imported from the register kept before, line {line}.")
    plan = models.Plan(form.columns(), form.defaults(), frozenset(left_out), words)
    db.session.rollback()  # the work begins with a database that nobody holds
    viewer = g.viewer

    def work(progress: Progress) -> None:
        held = found(models.mine(viewer, id, to_change=True))
        models.bring_in(held, plan, by=viewer, progress=progress)

    jobs.start(_name(id), work)
    return redirect(url_for(".progress", id=id), 303)


def _name(id: int) -> str:
    return f"ledger {id}"


def _running(id: int) -> bool:
    progress = jobs.progress_of(_name(id))
    return progress is not None and progress.running


@bp.get("/<id:id>/progress")
@allow("petitions.register")
def progress(id: int) -> ResponseReturnValue:
    """How far it is; the page asks again by itself until it is done."""
    table = found(models.mine(g.viewer, id))
    return page("petitions/ledger/progress.html", block="progress", table=table, work=jobs.progress_of(_name(id)))


@bp.post("/<id:id>/drop")
@allow("petitions.register")
def drop(id: int) -> ResponseReturnValue:
    """Remove a table without importing it."""
    table = found(models.mine(g.viewer, id, to_change=True))
    if table.state == "read" and not _running(id):
        table.drop(by=g.viewer)
        flash(_("The table was removed. Nothing of it was kept."), "success")
    return redirect(url_for(".ask"), 303)
