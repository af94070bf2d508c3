"""The pages of the rules of procedure: who decides this, the table in its versions, and its editing."""

from typing import Any

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.accounts.models import happened
from blueprints.rules.decisions import models
from blueprints.rules.decisions.domain import (
    EVENT_LABELS,
    EXPLAINED,
    KIND_LABELS,
    LABELS,
    WORKFLOW,
    Ruling,
    sums,
    yuan_of,
)
from blueprints.rules.decisions.forms import STEP_FORMS, AskForm, BeginForm, RulingForm
from blueprints.rules.decisions.models import DecisionTable, load
from core import clock
from core.forms import ConfirmForm
from core.pages import found, page
from core.permissions import allow
from core.questions import Question, ask, sends
from core.texts import plain
from core.workflow import NotPossible

bp = Blueprint("decisions", __name__, url_prefix="/decisions")

_STEPS = ", ".join(step.action for step in WORKFLOW if step.action != "edit")
_TEMPLATES = "rules/decisions"


@bp.get("/")
@allow("decisions.read")
def who() -> ResponseReturnValue:
    """Who decides this? A few words, or a kind and an amount; the answer cites the rule."""
    form = AskForm(request.args)
    valid = form.validate()
    asked = form.wanted() if valid else {}
    about: dict[str, Any] = {"form": form, "asked": valid and form.asked, "yuan": yuan_of, "labels": plain(LABELS)}
    answer = models.answer(**asked, labels=plain(KIND_LABELS))
    return page(f"{_TEMPLATES}/who.html", block="answer", status=200 if valid else 422, answer=answer, **about)


@bp.get("/versions")
@allow("decisions.read")
def versions() -> ResponseReturnValue:
    """Every version of the table."""
    current = models.in_force(clock.today())
    labels = plain(LABELS)
    return page(f"{_TEMPLATES}/versions.html", rows=models.versions(g.viewer), current=current, labels=labels)


@bp.get("/<id:id>")
@allow("decisions.read")
def show(id: int) -> ResponseReturnValue:
    """One version, whole; for paper too."""
    table = found(load(id, g.viewer))
    rulings, current = table.rulings, models.in_force(clock.today())
    return page(
        f"{_TEMPLATES}/table.html",
        table=table,
        rulings=rulings,
        sums=sums(rulings),
        counts=current is not None and current.id == table.id,
        steps=[step for step in table.steps(g.viewer) if step.action != "edit"],
        edits=table.may("edit", g.viewer),
        events=happened(table.thread, EVENT_LABELS),
        yuan=yuan_of,
        labels=plain(LABELS),
    )


@bp.get("/new")
@allow("decisions.manage")
def new() -> ResponseReturnValue:
    """What a new draft is to begin with."""
    return page(f"{_TEMPLATES}/new.html", form=BeginForm(g.viewer))


@bp.post("/new")
@allow("decisions.manage")
def begin() -> ResponseReturnValue:
    """Begin it."""
    form = BeginForm(g.viewer)
    if not form.validate_on_submit():
        return page(f"{_TEMPLATES}/new.html", status=422, form=form)
    table = DecisionTable.begin(str(form.source.data), by=g.viewer)
    flash(_("The draft is there. Nothing counts before it is adopted."), "success")
    return redirect(url_for(".show", id=table.id), 303)


@bp.route(f"/<id:id>/<any({_STEPS}):action>", methods=["GET", "POST"])
@allow("decisions.manage")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of a version as a whole; the table decides."""
    table = found(load(id, g.viewer, to_move=sends()))
    step = WORKFLOW.step(action)
    form = STEP_FORMS[step.asks](title=table.title, ask=table.ask)
    act = lambda: table.move(action, form.data, by=g.viewer)
    return ask(_question(table, step.label, form, act, action, explained=EXPLAINED.get(action, "")))


def _question(table: DecisionTable, title: Any, form: Any, act: Any, action: str = "edit", **more: Any) -> Question:
    back = url_for(".show", id=table.id)
    crumbs = ((_("Who decides this?"), url_for(".who")), (_("Versions"), url_for(".versions")), (table.title, back))
    changes = lambda since: happened(table.thread, EVENT_LABELS, since=since)
    more = {"crumbs": crumbs, "open": table.may(action, g.viewer), "changes": changes, "refused": _refused, **more}
    return Question(title, form, table, back, act, **more)


def _refused(why: NotPossible) -> Any:
    return {
        "day": _("Another version takes effect on that day: choose another day."),
        "twice": _("There is a row for this kind of matter with this amount already; or the table has too many rows."),
    }.get(str(why), _("This step is not open now."))


@bp.route("/<id:id>/rows/new", methods=["GET", "POST"])
@allow("decisions.manage")
def add(id: int) -> ResponseReturnValue:
    """One more row."""
    table, form = found(load(id, g.viewer, to_move=sends())), RulingForm()
    act = lambda: table.put(None, form.ruling(), by=g.viewer)
    return ask(_question(table, _("Add a row"), form, act, template=f"{_TEMPLATES}/row.html"))


@bp.route("/<id:id>/rows/<id:part>/change", methods=["GET", "POST"])
@allow("decisions.manage")
def change(id: int, part: int) -> ResponseReturnValue:
    """A row put right; `part` is its place in the table."""
    table = found(load(id, g.viewer, to_move=sends()))
    form = RulingForm.of(_row(table, part))
    act = lambda: table.put(part, form.ruling(), by=g.viewer)
    return ask(_question(table, _("Change the row"), form, act, template=f"{_TEMPLATES}/row.html"))


def _row(table: DecisionTable, part: int) -> Ruling | None:
    """A row that is to be changed; 404 where there is none, unless somebody took it out while it was typed."""
    row = table.rulings[part - 1] if 0 < part <= len(table.held) else None
    return row if sends() else found(row)


@bp.route("/<id:id>/rows/<id:part>/take-out", methods=["GET", "POST"])
@allow("decisions.manage")
def take_out(id: int, part: int) -> ResponseReturnValue:
    """A row taken out of a draft."""
    table = found(load(id, g.viewer, to_move=sends()))
    row, form = _row(table, part), ConfirmForm()
    act = lambda: table.take_out(part, by=g.viewer)
    explained = _("The draft says nothing of it any more. Versions in force stay as they are.")
    about = {"told": row.name if row else "", "explained": explained}
    return ask(_question(table, _("Take the row out"), form, act, **about))
