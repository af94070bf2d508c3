"""The pages of accounts: sign-in, the own account, and for the administrator people and units."""

from flask import Blueprint, flash, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import TooManyRequests
from wtforms import Field

from blueprints.accounts import domain, models
from blueprints.accounts.forms import NewUserForm, PasswordForm, SignInForm, UnitForm, UserFilter, UserForm
from blueprints.accounts.models import Unit, User, hasher, password_fits, to_change
from core import browsers, limits, sessions
from core.errors import Kept, send_again
from core.extensions import db, reading
from core.pages import Listing, found, here, page
from core.permissions import MEMBER, PUBLIC, allow
from core.roles import Role
from core.workflow import NotPossible

bp = Blueprint("accounts", __name__)

_ROWS = 50
_LAST = _l("This is the last administrator: first give that role to somebody else.")


def _wrong(field: Field, why: str) -> None:
    """Put a refusal that only the database could know beside its field."""
    field.errors = [*field.errors, why]


# --- sign-in -------------------------------------------------------------------------------------------------------


@bp.get("/sign-in")
@allow(PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Ask for user name and password."""
    if g.viewer:
        return redirect("/desk")
    return page("accounts/sign_in.html", form=SignInForm(next=request.args.get("next", "")))


def sign_in_again() -> ResponseReturnValue:
    """Somebody sent something after their sign-in had ended: the sign-in carries it along, to be sent afterwards."""
    kept = Kept.sent()
    form = SignInForm(formdata=None, kept=kept.packed() if kept else "")
    return page("accounts/sign_in.html", status=401, form=form, kept=kept)


@bp.post("/sign-in")
@allow(PUBLIC)
def enter() -> ResponseReturnValue:
    """Check the password, which is slow by intent, before anything is held; then begin a sitting."""
    form = SignInForm()
    if not form.validate_on_submit():
        return page("accounts/sign_in.html", status=422, form=form)
    username, password = str(form.username.data).strip().lower(), str(form.password.data)
    turn = limits.take_turn(*browsers.tries(request, username))
    if turn.wait:
        return _later(turn.wait, form)
    user = models.open_account(username)
    if not password_fits(password, user.password_hash if user else None):
        user = None
    fresh = models.dearer_hash(user, password) if user else None
    row = models.unchanged(user) if user else None
    if row is None:
        _wrong(form.password, _("The user name or the password is wrong."))
        return page("accounts/sign_in.html", status=422, form=form)
    turn.was_right()
    row.signs_in(fresh)
    sessions.begin(sessions.current(), user_id=row.id)
    return _welcome(row, form)


def _later(seconds: int, form: SignInForm) -> ResponseReturnValue:
    """After too many wrong passwords: say how long to wait."""
    answer = page("accounts/sign_in.html", status=429, form=form, seconds=seconds)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _welcome(user: User, form: SignInForm) -> ResponseReturnValue:
    """The page after the sign-in; from now on this browser is known."""
    to = url_for(".own") if user.must_change else here(form.next.data or "/desk")
    answer = (not user.must_change and send_again(form.kept.data)) or make_response(redirect(to, 303))
    return browsers.remember(request, answer, user.username)


@bp.post("/sign-out")
@allow(PUBLIC)
def sign_out() -> ResponseReturnValue:
    """End this sitting."""
    sessions.end(sessions.current())
    return redirect("/", 303)


# --- the own account -----------------------------------------------------------------------------------------------


@bp.get("/account")
@allow(MEMBER)
def own() -> ResponseReturnValue:
    """What the office keeps about me as a user, and my password."""
    user = found(models.own_account(g.viewer))
    return page("accounts/own.html", user=user, form=PasswordForm(user.username))


@bp.post("/account")
@allow(MEMBER)
def change_password() -> ResponseReturnValue:
    """Take a new password: every other sign-in of this person ends."""
    user = found(models.own_account(g.viewer))
    form = PasswordForm(user.username)
    if not form.validate_on_submit():
        return page("accounts/own.html", status=422, user=user, form=form)
    turn = limits.take_turn((limits.OWN_PASSWORD, str(user.id)))  # after it nothing is held while a password is checked
    if turn.wait:
        raise TooManyRequests(retry_after=turn.wait)
    fits = password_fits(str(form.current_password.data), user.password_hash)
    fresh = hasher().hash(str(form.new_password.data)) if fits else ""
    row = models.unchanged(user) if fits else None
    if row is None:
        _wrong(form.current_password, _("This is not your password until now."))
        return page("accounts/own.html", status=422, user=user, form=form)
    turn.was_right()
    row.change_password(fresh, by=row.id)
    sessions.begin(sessions.current(), user_id=row.id)
    flash(_("Your new password is set. You are signed out everywhere else."), "success")
    return redirect("/desk" if user.must_change else url_for(".own"), 303)


# --- people --------------------------------------------------------------------------------------------------------


@bp.get("/accounts/")
@allow("accounts.manage")
def people() -> ResponseReturnValue:
    """The accounts, by user name."""
    form = UserFilter(request.args)
    form.fill(db.session())
    query = models.listed(**form.asked())
    after = request.args.get("after", "")
    if domain.USERNAME.fullmatch(after):
        query = query.where(User.username > after)
    rows = db.session.scalars(query.limit(_ROWS + 1)).all()
    last = rows[_ROWS - 1].username if len(rows) > _ROWS else None
    filters = {name: str(value) for name, value in form.asked().items()}
    return page("accounts/people.html", "list", form=form, listing=Listing(rows[:_ROWS], last, filters))


@bp.route("/accounts/new", methods=["GET", "POST"])
@allow("accounts.manage")
def new_person() -> ResponseReturnValue:
    """Open an account; its first password is shown once, in the answer itself."""
    form = NewUserForm()
    with reading() as database:
        form.fill(database)
        if not form.validate_on_submit():
            return page("accounts/person.html", status=422 if form.is_submitted() else 200, form=form, user=None)
        unit = found(database.get(Unit, form.unit_id.data))
    password = models.first_password()
    username, name, role, place = form.username.data, form.name.data, Role(form.role.data), form.place_code.data or None
    user = User.open(str(username), str(name), role, unit, password, by=g.viewer.id, place_code=place)
    try:
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        _wrong(form.username, _("This user name is taken."))
        return page("accounts/person.html", status=422, form=form, user=None)
    return page("accounts/password.html", user=user, password=password)


@bp.route("/accounts/<id:id>", methods=["GET", "POST"])
@allow("accounts.manage")
def person(id: int) -> ResponseReturnValue:
    """One account: name, role, unit, village; what happened to it."""
    user = found(to_change(User, id) if request.method == "POST" else db.session.get(User, id))
    form = UserForm(obj=user, version=user.version)
    form.fill(db.session(), unit_id=user.unit_id)
    if not form.validate_on_submit():
        return _person(user, form, 422 if form.is_submitted() else 200)
    if form.seen != user.version:
        form.version.data = str(user.version)
        return _person(user, form, 409)
    unit = found(db.session.get(Unit, form.unit_id.data))
    role, place = Role(form.role.data), form.place_code.data or None
    try:
        if form.name.data != user.name:
            user.rename(str(form.name.data), by=g.viewer.id)
        if (role, unit.id, place) != (user.role, user.unit_id, user.place_code):
            user.change_role(role, unit, place, by=g.viewer.id)
    except NotPossible:
        db.session.rollback()
        _wrong(form.role, str(_LAST))
        return _person(found(db.session.get(User, id)), form, 422)
    flash(_("Saved. A change of role or unit ends the sign-ins of this person."), "success")
    return redirect(url_for(".person", id=id), 303)


def _person(user: User, form: UserForm, status: int) -> ResponseReturnValue:
    conflict = None
    if status == 409:
        unit = found(db.session.get(Unit, form.unit_id.data)).name
        conflict = [
            (form.name.label.text, user.name, form.name.data),
            (form.role.label.text, user.role_label, Role(form.role.data).label),
            (form.unit_id.label.text, user.unit.name, unit),
        ]
    events = models.history(user)
    return page("accounts/person.html", status=status, user=user, form=form, events=events, conflict=conflict)


@bp.post("/accounts/<id:id>/<any(close, reopen):action>")
@allow("accounts.manage")
def move_person(id: int, action: str) -> ResponseReturnValue:
    """Close an account, so that its sign-ins end at once, or open it again."""
    user = found(to_change(User, id))
    try:
        (user.close if action == "close" else user.reopen)(by=g.viewer.id)
        flash(_("Saved."), "success")
    except NotPossible:
        flash(str(_LAST), "error")
    return redirect(url_for(".person", id=id), 303)


@bp.post("/accounts/<id:id>/password")
@allow("accounts.manage")
def new_password(id: int) -> ResponseReturnValue:
    """Give a new first password, shown once; sent again by the reload button it does nothing more."""
    password = models.first_password()
    fresh = hasher().hash(password)
    user = found(to_change(User, id))
    if request.form.get("version") != str(user.version):
        flash(_("This account was changed in the meantime. Please look at it again."), "warning")
        return redirect(url_for(".person", id=id), 303)
    user.change_password(fresh, by=g.viewer.id)
    return page("accounts/password.html", user=user, password=password)


# --- units ---------------------------------------------------------------------------------------------------------


@bp.get("/accounts/units")
@allow("accounts.manage")
def units() -> ResponseReturnValue:
    """The tree of units."""
    return page("accounts/units.html", tree=models.unit_tree(db.session()))


@bp.route("/accounts/units/new", methods=["GET", "POST"], endpoint="new_unit")
@bp.route("/accounts/units/<id:id>", methods=["GET", "POST"])
@allow("accounts.manage")
def unit(id: int | None = None) -> ResponseReturnValue:
    """Add a unit; rename one, or move it in the tree."""
    row = found(to_change(Unit, id) if request.method == "POST" else db.session.get(Unit, id)) if id else None
    form = UnitForm(name=row.name, parent_id=row.parent_id or 0, version=row.version) if row else UnitForm()
    form.fill(db.session(), parent_id=row.parent_id if row else None)
    if not form.validate_on_submit():
        return page("accounts/unit.html", status=422 if form.is_submitted() else 200, form=form, unit=row)
    if row and form.seen != row.version:
        form.version.data = str(row.version)
        conflict = [(form.name.label.text, row.name, form.name.data)]
        return page("accounts/unit.html", status=409, form=form, unit=row, conflict=conflict)
    try:
        parent, name = _parent(form), str(form.name.data)
        row.change(name, parent, by=g.viewer.id) if row else Unit.open(name, parent, by=g.viewer.id)
        db.session.flush()
    except (IntegrityError, NotPossible) as refused:
        return _unit_refused(refused, form, id)
    flash(_("Saved."), "success")
    return redirect(url_for(".units"), 303)


def _parent(form: UnitForm) -> Unit | None:
    return found(db.session.get(Unit, form.parent_id.data)) if form.parent_id.data else None


def _unit_refused(refused: Exception, form: UnitForm, id: int | None) -> ResponseReturnValue:
    db.session.rollback()
    if isinstance(refused, IntegrityError):
        _wrong(form.name, _("There is a unit of this name already."))
    else:
        _wrong(form.parent_id, _("A unit cannot stand there in the tree."))
    return page("accounts/unit.html", status=422, form=form, unit=db.session.get(Unit, id) if id else None)


@bp.post("/accounts/units/<id:id>/<any(close, reopen):action>")
@allow("accounts.manage")
def move_unit(id: int, action: str) -> ResponseReturnValue:
    """Close a unit that is not needed any more, or open it again."""
    row = found(to_change(Unit, id))
    try:
        (row.close if action == "close" else row.reopen)(by=g.viewer.id)
        flash(_("Saved."), "success")
    except NotPossible:
        flash(_("Somebody still works in this unit, or an open unit belongs to it."), "error")
    return redirect(url_for(".unit", id=id), 303)
