"""The pages of contact visits: the list, a visit and its steps, what is taken down on a phone, what it becomes."""

import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.pairing.contact_groups.models import load as load_group
from blueprints.pairing.contact_visits import queries
from blueprints.pairing.contact_visits.domain import (
    A_LETTER,
    BY_ITSELF,
    DRAFT_DAYS,
    EVENT_LABELS,
    EXPLAINED,
    LABELS,
    VISIT,
    VISIT_EVENT_LABELS,
    WORKFLOW,
)
from blueprints.pairing.contact_visits.forms import (
    FilterForm,
    FindingForm,
    HeldForm,
    PlanForm,
    finding_form,
    visit_form,
)
from blueprints.pairing.contact_visits.models import Finding, Visit, load, load_visit, may_plan
from blueprints.pairing.timeline import happened
from blueprints.petitions.letterbox.forms import IntakeForm
from core import attachments, clock, places, sessions
from core.extensions import csrf, db
from core.pages import found, page
from core.permissions import allow
from core.questions import Question, ask, sends
from core.texts import plain
from core.workflow import NotPossible

bp = Blueprint("contact_visits", __name__, url_prefix="/contact-visits")
bp.add_app_template_global(lambda group: queries.visits_of(group, g.viewer), "contact_visits_of")
bp.add_app_template_global(lambda group: may_plan(group, g.viewer), "may_plan_contact")
bp.add_app_template_global(lambda need: queries.found_need(need.id, g.viewer), "contact_visit_of_need")

STEPS = ", ".join(step.action for step in VISIT if step.action not in BY_ITSELF)
BECOMES = ", ".join(step.action for step in WORKFLOW if step.action not in A_LETTER)


@bp.get("/")
@allow("contacts.read")
def listed() -> ResponseReturnValue:
    """The visits of all groups, the newest first."""
    form = HeldForm(request.args)
    listing = queries.visits(g.viewer, form.wanted(), request.args.get("after", ""))
    return page("pairing/contact_visits/list.html", block="list", listing=listing, form=form)


@bp.route("/plan/<id:id>", methods=["GET", "POST"])
@allow("contacts.work")
def plan(id: int) -> ResponseReturnValue:
    """Plan a visit of a group."""
    group = found(load_group(id, g.viewer, to_move=sends()))
    form = PlanForm(held_on=clock.today(), stops=[str(each.id) for each in group.route()])
    form.fill(group)
    back = url_for("contact_groups.show", id=id)
    crumbs = ((_("Contact groups"), url_for("contact_groups.listed")), (group.name, back))
    act = lambda: Visit.plan(group, form.data, by=g.viewer)
    return ask(Question(_("Plan a visit"), form, group, back, act, crumbs, may_plan(group, g.viewer), refused=_refused))


def _refused(why: NotPossible) -> str:
    words: dict[str, str] = {
        "day": _("This group has a visit on that day already."),
        "stop": _("One of these stops is not on the route any more."),
        "would tell": _(
            "Somebody of whom this complains can read what was found, and would see it vanish. Take the letter down by "
            "itself, and write here only what was done on the spot."
        ),
    }
    return words.get(str(why)) or _("This step is not open now.")


@bp.get("/<id:id>")
@allow("contacts.read")
def show(id: int) -> ResponseReturnValue:
    """A visit: where it goes, what was found, what became of it."""
    visit = found(load_visit(id, g.viewer))
    return page(
        "pairing/contact_visits/visit.html",
        visit=visit,
        stops=visit.stops(),
        steps=visit.steps(g.viewer),
        by_itself=BY_ITSELF,
        lines=queries.of_visit(visit, g.viewer),
        timeline=happened(visit.thread, VISIT_EVENT_LABELS),
        labels=plain(LABELS),
    )


@bp.route(f"/<id:id>/<any({STEPS}):action>", methods=["GET", "POST"])
@allow("contacts.work")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of a visit: what it asks for, then the step; the table decides."""
    visit = found(load_visit(id, g.viewer, to_move=sends()))
    step = VISIT.step(action)
    form = visit_form(step.asks, visit)
    back = url_for(".show", id=id)
    crumbs = ((_("Contact visits"), url_for(".listed")), (visit.group.name, back))
    changes = lambda since: happened(visit.thread, VISIT_EVENT_LABELS, since=since)
    act = lambda: visit.move(action, form.data, by=g.viewer)
    more: dict[str, Any] = {"changes": changes, "refused": _refused, "explained": EXPLAINED.get(action, "")}
    return ask(Question(step.label, form, visit, back, act, crumbs, step in visit.steps(g.viewer), **more))


# --- on the way ----------------------------------------------------------------------------------------------------


@bp.get("/<id:id>/take-down")
@allow("contacts.work")
def ask_take_down(id: int) -> ResponseReturnValue:
    """An empty form for what was found; what is typed is kept on the device until the office has it."""
    visit = _own(id)
    found(visit if any(each.action == "take_down" for each in visit.steps(g.viewer)) else None)
    return _take_down_page(visit, FindingForm(form_key=secrets.token_hex(16), found_on=clock.today()))


def _own(id: int, *, to_move: bool = False) -> Visit:
    visit = found(load_visit(id, g.viewer, to_move=to_move))
    return found(visit if visit.has(g.viewer) else None)


def _take_down_page(visit: Visit, form: FindingForm, status: int = 200) -> Response:
    form.fill(visit)
    form.form_key.data = form.key(secrets.token_hex(16))
    about: dict[str, Any] = {"visit": visit, "draft": _draft(visit), "draft_days": DRAFT_DAYS}
    return page("pairing/contact_visits/take_down.html", status=status, form=form, **about)


def _draft(visit: Visit) -> str:
    """Under which name the device keeps what is typed: one for each person and visit."""
    return f"draft {g.viewer.id} {visit.id}"


@bp.post("/<id:id>/take-down")
@allow("contacts.work")
def take_down(id: int) -> ResponseReturnValue:
    """Take it down, once, however often it is sent."""
    visit, form = _own(id), FindingForm()
    form.fill(visit)
    if not form.validate_on_submit():
        return _take_down_page(visit, form, 422)
    key = form.key(secrets.token_hex(16))
    try:
        Finding.take_down(_own(id, to_move=True), form.seen(), key, by=g.viewer)
    except NotPossible as why:  # somebody closed the visit meanwhile: what was typed stays in the form
        db.session.rollback()
        form.form_errors.append(_refused(why))
        return _take_down_page(_own(id), form, 422)
    sessions.keep(sessions.current(), found_key=key)
    return redirect(url_for(".taken_down", id=id), 303)


csrf.exempt(take_down)  # the form checks its own token, so that a late one gives back what was typed


@bp.get("/<id:id>/taken-down")
@allow("contacts.work")
def taken_down(id: int) -> ResponseReturnValue:
    """The office has it: from now on the device need not keep the draft."""
    visit = _own(id)
    about: dict[str, Any] = {"draft": _draft(visit), "key": session.get("found_key", "")}
    lines = queries.of_visit(visit, g.viewer)
    return page("pairing/contact_visits/taken_down.html", visit=visit, lines=lines, labels=plain(LABELS), **about)


# --- what was found ------------------------------------------------------------------------------------------------


@bp.get("/findings")
@allow("contacts.work")
def findings() -> ResponseReturnValue:
    """What was found and is not at its end, or what the filter asks for."""
    form = FilterForm(g.viewer, request.args)
    listing = queries.findings(g.viewer, form.wanted(), request.args.get("after", ""))
    return page("pairing/contact_visits/findings.html", block="list", form=form, listing=listing, labels=plain(LABELS))


@bp.get("/findings/<id:id>")
@allow("contacts.work")
def finding(id: int) -> ResponseReturnValue:
    """Something that was found, its photos, its clock, and what became of it."""
    row = found(load(id, g.viewer))
    return page(
        "pairing/contact_visits/finding.html",
        finding=row,
        steps=row.steps(g.viewer),
        photos=row.photos(),
        became=queries.became(row, g.viewer),
        timeline=happened(row.thread, EVENT_LABELS),
        labels=plain(LABELS),
    )


@bp.route(f"/findings/<id:id>/<any({BECOMES}):action>", methods=["GET", "POST"])
@allow("contacts.work")
def hand_on(id: int, action: str) -> ResponseReturnValue:
    """It becomes a need, an item of a screening, or a remark."""
    row = found(load(id, g.viewer, to_move=sends()))
    step = WORKFLOW.step(action)
    form = finding_form(action, row, g.viewer)
    form.enctype = "multipart/form-data" if action == "need" else None
    act = lambda: row.become(action, form.becomes(row), by=g.viewer)
    return _question(row, step.label, form, step in row.steps(g.viewer), act)


def _question(row: Finding, title: Any, form: Any, open: bool, act: Callable[[], Any]) -> Response:
    back = url_for(".finding", id=row.id)
    crumbs = ((_("Problems found"), url_for(".findings")), (row.subject, back))
    changes = lambda since: happened(row.thread, EVENT_LABELS, since=since)
    return ask(Question(title, form, row, back, act, crumbs, open, told=row.text, changes=changes, refused=_refused))


@bp.get("/findings/<id:id>/letter")
@allow("contacts.work")
def ask_letter(id: int) -> ResponseReturnValue:
    """The intake form of a letter, with what was found in it."""
    row = found(load(id, g.viewer))
    if WORKFLOW.step("letter") not in row.steps(g.viewer):
        return _not_open(id)
    return _intake(row, IntakeForm(request.args or None, **row.as_letter()))


def _intake(row: Finding, form: IntakeForm, status: int = 200) -> Response:
    form.township.choices = [("", _("Choose")), *places.townships()]
    about: dict[str, Any] = {"form": form, "places": places, "action": url_for(".letter", id=row.id)}
    return page("petitions/letterbox/intake.html", block="village", status=status, **about)


@bp.post("/findings/<id:id>/letter")
@allow("contacts.work")
def letter(id: int) -> ResponseReturnValue:
    """It becomes a letter: taken in as any other, and tied to the finding in the same transaction."""
    form = IntakeForm()
    valid = form.validate_on_submit()
    row = found(load(id, g.viewer, to_move=True))
    if WORKFLOW.step("letter") not in row.steps(g.viewer):
        return _not_open(id)
    if not valid:
        return _intake(row, form, 422)
    try:
        sent = row.become("letter", {"letter": form}, by=g.viewer)
    except NotPossible as why:
        db.session.rollback()
        form.form_errors.append(_refused(why))
        return _intake(found(load(id, g.viewer)), form, 422)
    sessions.keep(sessions.current(), sent=sent)
    return redirect(url_for("letterbox.sent"), 303)


def _not_open(id: int) -> ResponseReturnValue:
    flash(_("This step is not open now."), "warning")
    return redirect(url_for(".finding", id=id), 303)


@bp.get("/findings/<id:id>/files/<id:photo>")
@allow("contacts.work")
def photo(id: int, photo: int) -> ResponseReturnValue:
    """A photo of what was found."""
    row = found(found(load(id, g.viewer)).photo(photo))
    return attachments.send(row.id, row.name, row.kind)
