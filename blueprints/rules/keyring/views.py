"""The pages of the own key: make it, open and close it, another passphrase, a new one for a lost one."""

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import TooManyRequests

from blueprints.accounts.models import own_account
from blueprints.rules.keyring import models
from blueprints.rules.keyring.forms import ChangeForm, LostForm, NewForm, OpenForm
from blueprints.rules.keyring.models import Made, OfficerKey, own_key
from core import limits, unlocked
from core.errors import Kept, send_again
from core.extensions import db
from core.pages import found, here, page
from core.permissions import allow
from core.questions import sends

bp = Blueprint("keyring", __name__, url_prefix="/reports/key")


def held() -> unlocked.Opened | None:
    """The officer's key that lies open in this browser."""
    return unlocked.held(unlocked.OFFICER)


def ask_key() -> Response:
    """The question for the passphrase, in place of a page or a step that needs the key; what was sent comes along."""
    kept = Kept.sent() if sends() else None
    form = OpenForm(formdata=None, next=request.full_path.rstrip("?"), kept=kept.packed() if kept else "")
    status = 401 if sends() else 200
    return page("rules/keyring/open.html", status=status, form=form, own=own_key(g.viewer), kept=kept)


@bp.get("/")
@allow("reports.key")
def show() -> ResponseReturnValue:
    """What the office keeps of my key, and what I can do with it."""
    return page("rules/keyring/key.html", own=own_key(g.viewer), open=held() is not None)


@bp.get("/open")
@allow("reports.key")
def ask() -> ResponseReturnValue:
    """The question for the passphrase."""
    form = OpenForm(next=here(request.args.get("next", url_for("reports.listed"))))
    return page("rules/keyring/open.html", form=form, own=own_key(g.viewer), kept=None)


@bp.post("/open")
@allow("reports.key")
def open_key() -> ResponseReturnValue:
    """Open the own key in this browser, for as long as somebody works with it."""
    form, own = OpenForm(), found(own_key(g.viewer))
    private = _private(own, form.key_password.data or "") if form.validate_on_submit() else None
    if private is None:
        if not form.errors:
            form.key_password.errors = [_("This is not the passphrase of your key.")]
        return page("rules/keyring/open.html", status=422, form=form, own=own, kept=Kept.unpacked(form.kept.data))
    unlocked.keep(unlocked.OFFICER, own.id, private)
    return send_again(form.kept.data) or redirect(here(form.next.data or url_for("reports.listed")), 303)


def _private(own: OfficerKey, passphrase: str) -> bytes | None:
    """The private part; who guesses has to wait, as with the own password. Nothing is held meanwhile."""
    turn = limits.take_turn((limits.OWN_PASSWORD, f"key {own.id}"))
    if turn.wait:
        raise TooManyRequests(retry_after=turn.wait)
    private = models.open_with(passphrase, own)
    if private is not None:
        turn.was_right()
    return private


@bp.post("/close")
@allow("reports.key")
def close() -> ResponseReturnValue:
    """Close the key in this browser."""
    unlocked.forget(unlocked.OFFICER)
    flash(_("Your key is closed in this browser."), "success")
    return redirect(url_for(".show"), 303)


@bp.route("/new", methods=["GET", "POST"])
@allow("reports.key")
def make() -> ResponseReturnValue:
    """Make a key; one whose passphrase is lost is given up for it."""
    own, username = own_key(g.viewer), found(own_account(g.viewer)).username
    form = LostForm(username) if own else NewForm(username)
    if not form.validate_on_submit():
        return page("rules/keyring/new.html", status=422 if sends() else 200, form=form, own=own)
    made = Made(form.new_password.data or "")
    key = OfficerKey.make(g.viewer, made)
    unlocked.keep(unlocked.OFFICER, key.id, made.private)
    flash(_("Your key is made, and open in this browser."), "success")
    return redirect(url_for(".show"), 303)


@bp.route("/passphrase", methods=["GET", "POST"])
@allow("reports.key")
def change() -> ResponseReturnValue:
    """Another passphrase for the same key."""
    own = own_key(g.viewer)
    if own is None:
        return page("rules/keyring/key.html", own=None, open=False)
    form = ChangeForm(found(own_account(g.viewer)).username)
    valid = form.validate_on_submit()
    private = _private(own, form.key_password.data or "") if valid else None
    if private is None:
        if valid:
            form.key_password.errors = [_("This is not the passphrase of your key.")]
        return page("rules/keyring/change.html", status=422 if sends() else 200, form=form, own=own)
    secret = models.sealed_under(own.id, private, form.new_password.data or "")
    row = found(db.session.scalar(models.current(g.viewer.id).with_for_update()))
    found(row if row.id == own.id else None).put_under(secret, by=g.viewer.id)
    flash(_("Your key has another passphrase."), "success")
    return redirect(url_for(".show"), 303)
