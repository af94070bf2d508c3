"""The pages of the templates."""

from typing import Any

from flask import Blueprint, flash, g, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.petitions.phrasebook import models
from blueprints.petitions.phrasebook.domain import FIELDS, TEXT_LABELS
from blueprints.petitions.phrasebook.forms import PhraseForm
from blueprints.petitions.phrasebook.models import Phrase
from core.extensions import db
from core.pages import found, page
from core.permissions import allow
from core.roles import Role
from core.workflow import NotPossible

bp = Blueprint("phrasebook", __name__, url_prefix="/templates")

# The step of a case offers them.
bp.app_context_processor(lambda: {"phrases": lambda asks: models.offered(g.viewer, asks)})


@bp.get("/")
@allow("petitions.phrases")
def listing() -> ResponseReturnValue:
    """The templates that this person may use."""
    own = g.viewer.unit_id if g.viewer.role == Role.HANDLER else None
    return page("petitions/phrasebook/list.html", rows=models.listed(g.viewer), own=own, labels=TEXT_LABELS)


@bp.get("/new")
@allow("petitions.phrases")
def new() -> ResponseReturnValue:
    """An empty template."""
    return _form_page(PhraseForm(formdata=None, version="0"))


def _form_page(
    form: PhraseForm, phrase: Phrase | None = None, status: int = 200, *, theirs: bool = False
) -> ResponseReturnValue:
    versions = models.versions(phrase) if phrase else []
    about: dict[str, Any] = {"form": form, "phrase": phrase, "versions": versions, "theirs": theirs}
    return page("petitions/phrasebook/phrase.html", status=status, fields=FIELDS, labels=TEXT_LABELS, **about)


@bp.post("/new")
@allow("petitions.phrases")
def write() -> ResponseReturnValue:
    """Keep a new one."""
    form = PhraseForm()
    if not form.validate_on_submit():
        return _form_page(form, None, 422)
    Phrase.write(form.held(), by=g.viewer)
    flash(_("The template is saved."), "success")
    return redirect(url_for(".listing"), 303)


@bp.get("/<id:id>")
@allow("petitions.phrases")
def show(id: int) -> ResponseReturnValue:
    """A template, to change it or to see what it said before."""
    phrase = found(models.to_keep(g.viewer, id))
    held = phrase.held
    return _form_page(PhraseForm(formdata=None, version=str(phrase.version), label=held["name"], **held), phrase)


@bp.post("/<id:id>")
@allow("petitions.phrases")
def change(id: int) -> ResponseReturnValue:
    """Keep other words."""
    phrase = found(models.to_keep(g.viewer, id, to_change=True))
    form = PhraseForm()
    if form.seen != phrase.version:
        form.version.data = str(phrase.version)
        return _form_page(form, phrase, 409, theirs=True)
    if not form.validate_on_submit():
        return _form_page(form, phrase, 422)
    try:
        phrase.change(form.held(), by=g.viewer)
    except NotPossible:
        return _form_page(form, phrase, 409, theirs=True)
    flash(_("The template is saved."), "success")
    return redirect(url_for(".listing"), 303)


@bp.post("/<id:id>/retire")
@allow("petitions.phrases")
def retire(id: int) -> ResponseReturnValue:
    """Offer it no longer."""
    try:
        found(models.to_keep(g.viewer, id, to_change=True)).retire(by=g.viewer)
        flash(_("The template is no longer offered."), "success")
    except NotPossible:
        db.session.rollback()
    return redirect(url_for(".listing"), 303)
