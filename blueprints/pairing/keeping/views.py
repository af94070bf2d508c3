"""The pages of what is kept for a period: the lists of the review, and what is decided in them."""

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.pairing.keeping import models
from blueprints.pairing.keeping.domain import (
    ACTION_LABELS,
    EXPLAINED,
    KIND_LABELS,
    OPEN_IN,
    SHOW_LABELS,
    WHO,
    Action,
    Kind,
)
from blueprints.pairing.keeping.forms import DecisionForm, WantedForm
from core.pages import page
from core.periods import periods
from core.permissions import allow
from core.texts import plain

bp = Blueprint("keeping", __name__, url_prefix="/posts/keeping")

_ACTIONS = ", ".join(Action)


@bp.get("/")
@allow("posts.manage")
def review() -> ResponseReturnValue:
    """What is over for longer than its period, what is prepared for erasure, and what was erased."""
    kind, show = WantedForm(request.args).wanted
    return page(
        "pairing/keeping/review.html",
        kind=kind,
        show=show,
        kinds=plain(KIND_LABELS),
        shows=plain(SHOW_LABELS),
        listing=models.listed(kind, show, request.args.get("after", "")),
        actions=[(action, plain(ACTION_LABELS)[action]) for action in OPEN_IN[show] if g.viewer.role in WHO[action]],
        periods={each: periods()[each] for each in Kind},
    )


@bp.get(f"/<any({_ACTIONS}):action>")
@allow("posts.manage")
def ask(action: str) -> ResponseReturnValue:
    """What would change, and the question why."""
    wanted = WantedForm(request.args)
    return _page(Action(action), wanted, DecisionForm(formdata=None))


def _page(action: Action, wanted: WantedForm, form: DecisionForm, status: int = 200) -> Response:
    kind, _show = wanted.wanted
    rows = models.open_to(kind, wanted.ids, action, g.viewer)
    about = {"label": plain(ACTION_LABELS)[action], "explained": plain(EXPLAINED)[action], "kinds": plain(KIND_LABELS)}
    left_out = len(wanted.ids) - len(rows)
    answer = {"action": action, "kind": kind, "rows": rows, "left_out": left_out, "form": form, **about}
    return page("pairing/keeping/decide.html", None, status, **answer)


@bp.post(f"/<any({_ACTIONS}):action>")
@allow("posts.manage")
def decide(action: str) -> ResponseReturnValue:
    """Decide about all of them, or about none where one has changed meanwhile."""
    form, wanted = DecisionForm(), WantedForm(request.form)
    kind, _show = wanted.wanted
    if not form.validate_on_submit() or not wanted.ids:
        return _page(Action(action), wanted, form, 422)
    models.hold(kind, wanted.ids)
    rows = models.open_to(kind, wanted.ids, Action(action), g.viewer)
    if len(rows) != len(set(wanted.ids)):
        return _page(Action(action), wanted, form, 409)
    for each in rows:
        models.decide(each, Action(action), form.reason.data or "", by=g.viewer)
    flash(_("Done: %(step)s.", step=plain(ACTION_LABELS)[Action(action)]), "success")
    return redirect(url_for(".review", kind=kind), 303)
