"""The pages of needs: the list, a new one, a need with its measures, its steps and its photos."""

import secrets
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from blueprints.pairing.needs import models, queries
from blueprints.pairing.needs.domain import COLUMNS, DRAFT_DAYS, EXPLAINED, LABELS, MEASURE, WORKFLOW
from blueprints.pairing.needs.forms import FilterForm, NeedForm, NoteNeedForm, OwnNeedForm, form_of, photos_taken
from blueprints.pairing.needs.models import Need, load
from blueprints.petitions.docket.models import load as load_case
from blueprints.petitions.screening.models import load as load_item
from blueprints.petitions.visits.models import load as load_visit
from core import attachments, clock, money, places, sessions
from core.extensions import csrf
from core.pages import found, page
from core.permissions import allow
from core.questions import Question, ask, sends
from core.roles import Role
from core.tables import send_xlsx
from core.texts import plain
from core.workflow import NotPossible

bp = Blueprint("needs", __name__, url_prefix="/needs")
bp.add_app_template_global(lambda item: models.needs_of("item", item.id, g.viewer), "needs_of_item")
bp.add_app_template_global(lambda visit: models.needs_of("visit", visit.id, g.viewer), "needs_of_visit")


@bp.get("/")
@allow("needs.read")
def listed() -> ResponseReturnValue:
    """The needs this person may see."""
    form = FilterForm(request.args)
    listing = queries.listed(g.viewer, form.wanted(), request.args.get("after", ""))
    return page("pairing/needs/list.html", block="list", form=form, listing=listing, labels=plain(LABELS))


@bp.get("/export")
@allow("needs.export")
def ask_export() -> ResponseReturnValue:
    """How many rows and which columns would be taken along."""
    form = FilterForm(request.args)
    wanted = form.wanted()
    about: dict[str, Any] = {"count": len(queries.to_take(g.viewer, wanted)), "most": queries.MOST_TAKEN}
    return page("pairing/needs/export.html", columns=COLUMNS, told=form.told(), asked=wanted.asked(), **about)


@bp.post("/export")
@allow("needs.export")
def export() -> ResponseReturnValue:
    """The list as Excel; who took it along is written down."""
    wanted = FilterForm(request.args).wanted()
    rows = queries.to_take(g.viewer, wanted)
    if len(rows) > queries.MOST_TAKEN:
        asked: dict[str, Any] = {**wanted.asked()}
        return redirect(url_for(".ask_export", **asked), 303)
    models.note_taken(g.viewer, len(rows), wanted.asked())
    return send_xlsx(queries.workbook(rows, g.viewer), f"{_('Needs of villages')}-{clock.today()}")


@bp.get("/new")
@allow("needs.raise")
def ask_new() -> ResponseReturnValue:
    """An empty form; staff say first of which township."""
    return _new_page(_new_form())


def _new_form() -> NeedForm:
    if g.viewer.role is Role.CONTACT:
        return OwnNeedForm()
    place = request.args.get("place", "")
    form = NoteNeedForm(place=place)
    form.fill(g.viewer, place[:9] or request.args.get("township", ""))
    return form


def _source(*, to_move: bool = False) -> Any:
    """The letter, screening item or down-visit that the need is raised from, where the address names one."""
    for name, fetch in (("petition", load_case), ("item", load_item)):
        if typed := request.args.get(name, ""):
            return found(fetch(_id(typed), g.viewer, to_move=to_move) if g.viewer.role is not Role.CONTACT else None)
    if typed := request.args.get("visit", ""):
        return found(load_visit(_id(typed), to_move=to_move) if g.viewer.role is not Role.CONTACT else None)
    return None


def _id(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 18):
        raise NotFound
    return int(typed)


def _new_page(form: NeedForm, status: int = 200) -> Response:
    form.form_key.data = form.key(secrets.token_hex(16))
    about: dict[str, Any] = {"form": form, "own": models.own_village(g.viewer), "townships": places.townships()}
    about |= {"complains": models.complains(_source()), "draft": _draft(), "draft_days": DRAFT_DAYS}
    about["again"] = any(each.filename for each in request.files.values())  # a page cannot give files back
    return page("pairing/needs/new.html", status=status, asked=request.args, **about)


def _draft() -> str:
    """Under which name a contact's phone keeps what is typed until the office has it."""
    return f"draft {g.viewer.id} need"


@bp.post("/new")
@allow("needs.raise")
def new() -> ResponseReturnValue:
    """Raise it: the paired unit sees it on its desk."""
    form = _new_form()
    if not form.validate_on_submit():
        return _new_page(form, 422)
    key = form.key(secrets.token_hex(16))
    try:
        row = Need.ask(form.asked(_village(form), _source(to_move=True)), key, by=g.viewer)
    except NotPossible:
        raise NotFound from None
    if isinstance(form, OwnNeedForm):
        sessions.keep(sessions.current(), raised=row.id, raised_key=key)
        return redirect(url_for(".received"), 303)
    flash(_("The need is raised. Who answers it sees it on their desk."), "success")
    return redirect(url_for(".show", id=row.id), 303)


csrf.exempt(new)  # the form checks its own token, so that a late one gives back what was typed


def _village(form: NeedForm) -> str:
    return str(form.place.data if isinstance(form, NoteNeedForm) else g.viewer.place_code)


@bp.get("/received")
@allow("needs.own")
def received() -> ResponseReturnValue:
    """The office has the contact's need: who answers it by when; from now on the phone need not keep the draft."""
    need = load(int(session.get("raised", 0)), g.viewer)
    if need is None:
        return redirect(url_for("desk.desk"), 303)
    about: dict[str, Any] = {"clock": need.running(), "photos": queries.photos(need), "labels": plain(LABELS)}
    about |= {"draft": _draft(), "key": session.get("raised_key", "")}
    return page("pairing/needs/received.html", need=need, **about)


@bp.get("/<id:id>")
@allow("needs.read")
def show(id: int) -> ResponseReturnValue:
    """A need: what is needed, its clock, measures with their progress and photos, what happened."""
    need = found(load(id, g.viewer))
    shown = queries.photos(need)
    return page(
        "pairing/needs/need.html",
        need=need,
        steps=need.steps(g.viewer),
        clock=need.running(),
        measures=need.measures(),
        photos=[each for each in shown if each.progress_id is None],
        progress=queries.progress(need, shown),
        sources=queries.sources(need, g.viewer),
        timeline=queries.timeline(need),
        money=money.shown,
        labels=plain(LABELS),
    )


@bp.route(f"/<id:id>/<any({', '.join(step.action for step in WORKFLOW)}):action>", methods=["GET", "POST"])
@allow("needs.move")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of a need: what it asks for, then the step; the table decides."""
    need = found(load(id, g.viewer, to_move=sends()))
    step = WORKFLOW.step(action)
    form = form_of(action, step.asks, need, g.viewer)
    open = step in need.steps(g.viewer)
    act = lambda: need.move(action, photos_taken(form), by=g.viewer)
    return _ask(need, step.label, form, open, act, explained=EXPLAINED.get(action, ""))


def _ask(need: Need, title: Any, form: Any, open: bool, act: Any, **more: Any) -> Response:
    back = url_for(".show", id=need.id)
    crumbs = ((_("Needs of villages"), url_for(".listed")), (need.title, back))
    form.enctype = "multipart/form-data" if any(each.type == "Photos" for each in form) else None
    changes = lambda since: queries.timeline(need, since=since)
    question = Question(
        title, form, need, back, act, crumbs, open, changes=changes, refused=lambda why: _refused(), **more
    )
    return ask(question)


def _refused() -> str:
    words: str = _("This step is not open now.")
    return words


@bp.route(
    f"/<id:id>/measures/<id:part>/<any({', '.join(step.action for step in MEASURE)}):action>", methods=["GET", "POST"]
)
@allow("needs.move")
def move_measure(id: int, part: int, action: str) -> ResponseReturnValue:
    """Every button of a measure, in the same way."""
    need = found(load(id, g.viewer, to_move=sends()))
    measure = found(need.measure(part))
    step = MEASURE.step(action)
    form = form_of(action, step.asks, need, g.viewer, measure)
    act = lambda: measure.move(action, photos_taken(form), by=g.viewer)
    return _ask(need, step.label, form, step in measure.steps(g.viewer), act, told=measure.text)


@bp.get("/<id:id>/files/<id:photo>")
@allow("needs.read")
def photo(id: int, photo: int) -> ResponseReturnValue:
    """A photo of a need."""
    row = found(found(load(id, g.viewer)).photo(photo))
    return attachments.send(row.id, row.name, row.kind)
