"""The pages of the image standards: sheets, drives, one's own sheet, and what a colleague may see and write."""

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.accounts.models import User, happened
from blueprints.rules.image import queries
from blueprints.rules.image.domain import (
    AUDIENCE_LABELS,
    CHECK_EVENT_LABELS,
    CHECK_WORKFLOW,
    DRIVE_EVENT_LABELS,
    DRIVE_WORKFLOW,
    EXPLAINED,
    LABELS,
    REMARK_EVENT_LABELS,
    REMARK_WORKFLOW,
    SHEET_EVENT_LABELS,
    SHEET_WORKFLOW,
)
from blueprints.rules.image.forms import (
    AudienceForm,
    CheckForm,
    DriveForm,
    RemarkForm,
    ReplyForm,
    SheetForm,
    SimpleForm,
    UntilForm,
)
from blueprints.rules.image.models import (
    Drive,
    Remark,
    SelfCheck,
    Sheet,
    check_of,
    load_drive,
    load_remark,
    load_sheet,
    may_remark,
    remark_to,
)
from core import clock
from core.extensions import db
from core.pages import found, page
from core.permissions import allow
from core.questions import Question, ask, sends
from core.texts import plain
from core.workflow import NotPossible

bp = Blueprint("image", __name__, url_prefix="/image")

_ROOM = "rules/image"


@bp.get("/")
@allow("image.read")
def index() -> ResponseReturnValue:
    """The drives that ask this person, and the sheets."""
    listing, sheets = queries.drives(g.viewer, request.args.get("after", "")), queries.sheets(g.viewer)
    return page(f"{_ROOM}/index.html", listing=listing, sheets=sheets, labels=plain(LABELS))


# --- sheets ----------------------------------------------------------------------------------------------------------


@bp.get("/sheets/<id:id>")
@allow("image.read")
def sheet(id: int) -> ResponseReturnValue:
    """A sheet: its standards, and who sees what is written."""
    row = found(load_sheet(id, g.viewer))
    events = happened(row.thread, SHEET_EVENT_LABELS)
    about: dict[str, Any] = {"sheet": row, "steps": row.steps(g.viewer), "events": events}
    return page(f"{_ROOM}/sheet.html", labels=plain(LABELS), **about)


@bp.post("/sheets/new")
@allow("image.manage")
def begin() -> ResponseReturnValue:
    """A draft that says what the newest sheet says."""
    row = Sheet.begin(by=g.viewer)
    flash(_("The draft is there. Nobody but the leaders sees it before it is put to use."), "success")
    return redirect(url_for(".sheet", id=row.id), 303)


@bp.route("/sheets/<id:id>/<any(edit, use, audience, retire):action>", methods=["GET", "POST"])
@allow("image.manage")
def move_sheet(id: int, action: str) -> ResponseReturnValue:
    """Every button of a sheet; the table decides."""
    row = found(load_sheet(id, g.viewer, to_move=sends()))
    step, back = SHEET_WORKFLOW.step(action), url_for(".sheet", id=id)
    forms = {"sheet": SheetForm, "audience": AudienceForm, None: SimpleForm}
    form: Any = forms[step.asks](title=row.title, audience=row.audience, standards=row.held)
    crumbs = ((_("Image standards"), url_for(".index")), (row.title, back))
    return ask(
        Question(
            step.label,
            form,
            row,
            back,
            lambda: row.move(action, form.values(), by=g.viewer),
            crumbs,
            step in row.steps(g.viewer),
            explained=EXPLAINED.get(action, ""),
            changes=lambda since: happened(row.thread, SHEET_EVENT_LABELS, since=since),
            refused=_refused,
            template=f"{_ROOM}/edit.html" if action == "edit" else "question.html",
            about={"codes": [each.group for each in row.standards], "labels": plain(LABELS)},
        )
    )


def _refused(why: NotPossible) -> Any:
    if str(why) == "wider":
        return _("Somebody has written already, trusting who would see it: it cannot be shown to more people now.")
    return _("This step is not open now.")


# --- drives ----------------------------------------------------------------------------------------------------------


@bp.get("/drives/new")
@allow("image.manage")
def new() -> ResponseReturnValue:
    """A new drive."""
    return page(f"{_ROOM}/new.html", form=DriveForm(from_on=clock.today()))


@bp.post("/drives/new")
@allow("image.manage")
def start() -> ResponseReturnValue:
    """Start it: from its first day on whoever it asks sees it on their desk."""
    form = DriveForm()
    if not form.validate_on_submit():
        return page(f"{_ROOM}/new.html", status=422, form=form)
    row = Drive.start(*form.values(), by=g.viewer)
    flash(_("The drive is started: from its first day on its members see it on their desk."), "success")
    return redirect(url_for(".drive", id=row.id), 303)


@bp.get("/drives/<id:id>")
@allow("image.read")
def drive(id: int) -> ResponseReturnValue:
    """A drive: what this person has said, whom they may write to, what they wrote."""
    row = found(load_drive(id, g.viewer))
    return page(
        f"{_ROOM}/drive.html",
        drive=row,
        check=check_of(id, g.viewer.id, g.viewer),
        people=queries.people(row, g.viewer),
        written=queries.written(row, g.viewer),
        steps=[step for step in row.steps(g.viewer) if step.action not in ("check", "remark")],
        may_check=row.may("check", g.viewer),
        labels=plain(LABELS),
    )


@bp.route("/drives/<id:id>/<any(postpone, close):action>", methods=["GET", "POST"])
@allow("image.manage")
def move_drive(id: int, action: str) -> ResponseReturnValue:
    """Another last day, or the end."""
    row = found(load_drive(id, g.viewer, to_move=sends()))
    step = DRIVE_WORKFLOW.step(action)
    form: Any = UntilForm(until_on=row.until_on) if step.asks else SimpleForm()
    act = lambda: row.move(action, form.data, by=g.viewer)
    return ask(
        _question(row, step.label, form, row, act, step in row.steps(g.viewer), explained=EXPLAINED.get(action, ""))
    )


def _question(drive: Drive, title: Any, form: Any, row: Any, act: Any, is_open: bool, **more: Any) -> Question:
    back = url_for(".drive", id=drive.id)
    crumbs = ((_("Image standards"), url_for(".index")), (drive.title, back))
    labels = {Drive: DRIVE_EVENT_LABELS, SelfCheck: CHECK_EVENT_LABELS, Remark: REMARK_EVENT_LABELS}[type(row)]
    changes = lambda since: happened(row.thread, labels, since=since)
    more = {"crumbs": crumbs, "open": is_open, "changes": changes, **more}
    return Question(title, form, row, back, act, **more)


# --- what a member says of themselves --------------------------------------------------------------------------------


@bp.route("/drives/<id:id>/check", methods=["GET", "POST"])
@allow("image.read")
def check(id: int) -> ResponseReturnValue:
    """One's own self-check: said, or corrected."""
    row = found(load_drive(id, g.viewer, to_move=sends()))
    own = check_of(id, g.viewer.id, g.viewer, to_move=sends())
    form = CheckForm(own.answers if own else None)

    def act() -> None:
        if own is None:
            SelfCheck.write(row, form.answers(), by=g.viewer)
        else:
            own.move(row, "correct", form.answers(), by=g.viewer)

    title = CHECK_WORKFLOW.step("correct").label if own else DRIVE_WORKFLOW.step("check").label
    about = {"standards": row.sheet.standards, "labels": plain(LABELS), "sees": _sees(row)}
    more: dict[str, Any] = {"template": f"{_ROOM}/check.html", "about": about}
    return ask(_question(row, title, form, own or row, act, row.may("check", g.viewer), **more))


def _sees(drive: Drive) -> Any:
    return plain(AUDIENCE_LABELS)[drive.sheet.audience]


@bp.route("/drives/<id:id>/check/withdraw", methods=["GET", "POST"])
@allow("image.read")
def withdraw(id: int) -> ResponseReturnValue:
    """One's own self-check taken back."""
    row = found(load_drive(id, g.viewer))
    own = found(check_of(id, g.viewer.id, g.viewer, to_move=sends()))
    step, form = CHECK_WORKFLOW.step("withdraw"), SimpleForm()
    act = lambda: own.move(row, "withdraw", None, by=g.viewer)
    is_open = step in own.steps(row, g.viewer)
    return ask(_question(row, step.label, form, own, act, is_open, explained=EXPLAINED["withdraw"]))


@bp.get("/drives/<id:id>/print")
@allow("image.read")
def own_sheet(id: int) -> ResponseReturnValue:
    """One's own sheet, for paper."""
    return _person_page(id, g.viewer.id, "own")


@bp.get("/drives/<id:id>/of/<id:part>")
@allow("image.read")
def person(id: int, part: int) -> ResponseReturnValue:
    """One member, whose account is `part`: what this person may see of them. There is no page of several."""
    return _person_page(id, part, "person")


def _person_page(id: int, member: int, name: str) -> Response:
    row = found(load_drive(id, g.viewer))
    shown = found(queries.person(row, member, g.viewer))
    about: dict[str, Any] = {"drive": row, "person": shown, "labels": plain(LABELS), "whose": member == g.viewer.id}
    names = {each.code: each.name for each in row.sheet.standards}
    own = shown.check.steps(row, g.viewer) if shown.check else []
    return page(f"{_ROOM}/{name}.html", standards=row.sheet.standards, names=names, own_steps=own, **about)


# --- remarks ---------------------------------------------------------------------------------------------------------


@bp.route("/drives/<id:id>/of/<id:part>/remark", methods=["GET", "POST"])
@allow("image.read")
def remark(id: int, part: int) -> ResponseReturnValue:
    """A signed remark for a colleague."""
    row = found(load_drive(id, g.viewer, to_move=sends()))
    about, form = found(db.session.get(User, part)), RemarkForm(row.sheet.standards)
    found(about.unit_id == g.viewer.unit_id or None)
    is_open = may_remark(row, about, g.viewer) and remark_to(id, part, g.viewer) is None
    act = lambda: Remark.write(row, about, form.values(), by=g.viewer)
    words = {"about": {"name": about.name, "sees": _sees(row)}, "template": f"{_ROOM}/remark.html"}
    return ask(_question(row, DRIVE_WORKFLOW.step("remark").label, form, row, act, is_open, **words))


@bp.route("/remarks/<id:id>/<any(correct, withdraw, answer, unanswer):action>", methods=["GET", "POST"])
@allow("image.read")
def move_remark(id: int, action: str) -> ResponseReturnValue:
    """Each with their own words: corrected, withdrawn, answered; the table decides."""
    row = found(load_remark(id, g.viewer, to_move=sends()))
    step, words = REMARK_WORKFLOW.step(action), row.words or {}
    forms: dict[str | None, Any] = {
        "remark": lambda: RemarkForm(row.drive.sheet.standards, **words),
        "answer": lambda: ReplyForm(text=row.answer),
        None: SimpleForm,
    }
    form = forms[step.asks]()
    act = lambda: row.move(action, form.values(), by=g.viewer)
    more: dict[str, Any] = {"explained": EXPLAINED.get(action, ""), "told": words.get("text", "")}
    if step.asks == "remark":
        more = {"about": {"name": row.about.name, "sees": _sees(row.drive)}, "template": f"{_ROOM}/remark.html"}
    return ask(_question(row.drive, step.label, form, row, act, step in row.steps(g.viewer), **more))
