"""The pages of contact groups: all of them with their routes, a new one, one of them and its steps."""

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.pairing.contact_groups import models
from blueprints.pairing.contact_groups.domain import EVENT_LABELS, EXPLAINED, LABELS, OF_A_STOP, WORKFLOW
from blueprints.pairing.contact_groups.forms import TeamForm, answers, form_of
from blueprints.pairing.contact_groups.models import Group, load
from blueprints.pairing.timeline import happened
from core.extensions import db
from core.forms import ConfirmForm
from core.pages import found, page
from core.permissions import allow
from core.questions import Question, ask, sends
from core.texts import plain
from core.workflow import NotPossible

bp = Blueprint("contact_groups", __name__, url_prefix="/contact-groups")

WHOLE = ", ".join(step.action for step in WORKFLOW if step.action not in OF_A_STOP)


@bp.get("/")
@allow("contacts.read")
def listed() -> ResponseReturnValue:
    """The groups with their members and routes."""
    groups = models.groups(g.viewer)
    about: dict[str, Any] = {"members": models.names_of(groups), "routes": models.routes_of(groups)}
    return page("pairing/contact_groups/list.html", groups=groups, labels=plain(LABELS), **about)


@bp.get("/new")
@allow("contacts.manage")
def ask_new() -> ResponseReturnValue:
    """An empty form."""
    return _new_page(TeamForm())


def _new_page(form: TeamForm, status: int = 200) -> Response:
    form.fill()
    return page("pairing/contact_groups/new.html", status=status, form=form)


@bp.post("/new")
@allow("contacts.manage")
def new() -> ResponseReturnValue:
    """Set it up; its route follows on its page."""
    form = TeamForm()
    form.fill()
    if not form.validate_on_submit():
        return _new_page(form, 422)
    try:
        row = Group.set_up(form.team(), by=g.viewer)
    except NotPossible as why:
        db.session.rollback()
        form.form_errors.append(_refused(why))
        return _new_page(form, 422)
    flash(_("The group is set up. Now give it its route, stop by stop."), "success")
    return redirect(url_for(".show", id=row.id), 303)


def _refused(why: NotPossible) -> str:
    words: dict[str, str] = {
        "name": _("A group has this name already."),
        "stop": _("This stop is on the route already."),
        "member": _("Somebody whom you chose does not work here any more."),
    }
    return words.get(str(why)) or _("This step is not open now.")


@bp.get("/<id:id>")
@allow("contacts.read")
def show(id: int) -> ResponseReturnValue:
    """A group: its members, its route, its visits."""
    group = found(load(id, g.viewer))
    steps = group.steps(g.viewer)
    return page(
        "pairing/contact_groups/group.html",
        group=group,
        members=group.members(),
        route=group.route(),
        steps=[step for step in steps if step.action not in OF_A_STOP],
        of_a_stop=[step for step in steps if step.action in OF_A_STOP],
        timeline=happened(group.thread, EVENT_LABELS),
        labels=plain(LABELS),
    )


@bp.route(f"/<id:id>/<any({WHOLE}):action>", methods=["GET", "POST"])
@allow("contacts.manage")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of a group: what it asks for, then the step; the table decides."""
    group = found(load(id, g.viewer, to_move=sends()))
    step = WORKFLOW.step(action)
    form = form_of(step.asks, group)
    act = lambda: group.move(action, answers(form), by=g.viewer)
    return _ask(group, step.label, form, step in group.steps(g.viewer), act)


@bp.route("/<id:id>/stops/<id:part>/leave-out", methods=["GET", "POST"])
@allow("contacts.manage")
def leave_out(id: int, part: int) -> ResponseReturnValue:
    """Take a stop out of the route."""
    group = found(load(id, g.viewer, to_move=sends()))
    stop, step = found(group.stop(part)), WORKFLOW.step("leave_out")
    open = step in group.steps(g.viewer) and stop.until_on is None
    act = lambda: group.leave_out(stop, by=g.viewer)
    return _ask(group, step.label, ConfirmForm(), open, act, told=stop.words, explained=EXPLAINED["leave_out"])


def _ask(group: Group, title: Any, form: Any, open: bool, act: Any, **more: Any) -> Response:
    back = url_for(".show", id=group.id)
    crumbs = ((_("Contact groups"), url_for(".listed")), (group.name, back))
    changes = lambda since: happened(group.thread, EVENT_LABELS, since=since)
    return ask(Question(title, form, group, back, act, crumbs, open, changes=changes, refused=_refused, **more))
