"""The pages of reading: what I am to read, a text with its box and quiz; what the office asks for, and who has not."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.rules.reading import domain, models, queries
from blueprints.rules.reading.domain import ASKERS, EVENT_LABELS, EXPLAINED, LABELS, WORKFLOW
from blueprints.rules.reading.forms import STEP_FORMS, AskForm, PledgeForm, QuizForm, form_to_read
from blueprints.rules.reading.models import Assignment, Quiz, Reading, quiz_of
from blueprints.rules.register import domain as register
from blueprints.rules.register.domain import CHANGE_LABELS, Kind
from blueprints.rules.register.models import Rule, Version, load_version
from blueprints.rules.register.models import load as load_rule
from blueprints.rules.register.queries import timeline
from core import clock
from core.pages import found, language, page
from core.permissions import allow
from core.questions import Question, ask, sends
from core.texts import plain
from core.workflow import NotPossible

bp = Blueprint("reading", __name__, url_prefix="/reading")

_STEPS = ", ".join(step.action for step in WORKFLOW)


@dataclass
class _Shown:
    """What a form was drawn with: another version since then, or another quiz, makes it late."""

    version: Any


@bp.app_template_global("reading_of")
def _reading_of(rule: Rule) -> dict[str, Any]:
    """For the page of a rule, which knows nothing of this room: what I am to read of it, and who was asked."""
    asker = g.viewer.role in ASKERS
    asked = queries.requests(rule=rule.id).rows if asker else ()
    return {"own": queries.own(g.viewer, rule.id), "requests": asked, "asker": asker}


@bp.get("/")
@allow("rules.read")
def own() -> ResponseReturnValue:
    """What I am to read and to sign, and what I have."""
    waiting = [each for each in queries.own(g.viewer) if each.read_on is None]
    done = queries.done(g.viewer, request.args.get("after", ""))
    return page("rules/reading/own.html", waiting=waiting, done=done, asker=g.viewer.role in ASKERS)


@bp.route("/<id:id>", methods=["GET", "POST"])
@allow("rules.read")
def read(id: int) -> ResponseReturnValue:
    """The text that stands, or what changed in it since I read it; its quiz, and the box to acknowledge it."""
    asked = found(models.load_own(id, g.viewer))
    version = found(asked.rule.current())
    had = models.read(version, asked.year, g.viewer)
    if had is not None and sends():
        return redirect(url_for(".read", id=id), 303)
    if had is not None:
        return page("rules/reading/done.html", asked=asked, rule=asked.rule, shown=version, had=had)
    quiz = quiz_of(version)
    form = form_to_read(quiz, asked.year)
    return ask(
        Question(
            _("Read and sign") if asked.year else _("Read and acknowledge"),
            form,
            _Shown(version.ordinal * 1000 + (quiz.version if quiz else 0)),
            url_for(".own"),
            lambda: Reading.acknowledge(asked, version, form.answers(), by=g.viewer),
            crumbs=((_("To read and to sign"), url_for(".own")),),
            refused=lambda why: _refused(why, quiz),
            template="rules/reading/read.html",
            about=_text(asked, version),
        )
    )


def _refused(why: NotPossible, quiz: Quiz | None) -> str:
    if str(why) != "quiz" or quiz is None:
        return str(_("This can no longer be acknowledged."))
    needed, count = quiz.pass_mark, len(quiz.questions)
    words: str = _(
        "Not enough is right yet: %(needed)d of %(count)d questions must be. Look at the text again; you may try as "
        "often as you like, and nobody is told.",
        needed=needed,
        count=count,
    )
    return words


def _text(asked: Assignment, version: Version) -> dict[str, Any]:
    before = None if "whole" in request.args else models.read_before(version, g.viewer)
    about: dict[str, Any] = {
        "asked": asked,
        "rule": asked.rule,
        "shown": version,
        "text": version.text(),
        "before": before,
    }
    pairs = register.compare(before.text(), version.text()) if before else ()
    return {**about, "due_on": asked.due(version), "pairs": pairs, "changes": plain(CHANGE_LABELS)}


# --- the office's side ---------------------------------------------------------------------------------------------


@bp.get("/asked")
@allow("reading.ask")
def requests() -> ResponseReturnValue:
    """What the office asks people to read, and how many have."""
    listing = queries.requests(request.args.get("after", ""))
    return page("rules/reading/requests.html", listing=listing, labels=plain(LABELS))


@bp.get("/asked/<id:id>")
@allow("reading.ask")
def show(id: int) -> ResponseReturnValue:
    """A request: who has not read it, by unit, and who has."""
    asked = found(models.load(id, g.viewer))
    version = asked.rule.current()
    missing, had = queries.who(asked, version)
    return page(
        "rules/reading/request.html",
        asked=asked,
        rule=asked.rule,
        shown=version,
        due_on=asked.due(version) if version else asked.due_on,
        whom=[each.named for each in asked.addressees()],
        missing=missing,
        had=had,
        steps=asked.steps(g.viewer),
        timeline=timeline(asked.thread, EVENT_LABELS),
        labels=plain(LABELS),
    )


@bp.route(f"/asked/<id:id>/<any({_STEPS}):action>", methods=["GET", "POST"])
@allow("reading.ask")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of a request; the table decides."""
    asked = found(models.load(id, g.viewer, to_move=sends()))
    step, back = WORKFLOW.step(action), url_for(".show", id=id)
    form = STEP_FORMS[step.asks]()
    return ask(
        Question(
            step.label,
            form,
            asked,
            back,
            lambda: asked.move(action, form.data, by=g.viewer),
            crumbs=((_("Asked to read"), url_for(".requests")), (asked.rule.named[language()], back)),
            open=step in asked.steps(g.viewer),
            explained=plain(EXPLAINED).get(action, ""),
            changes=lambda since: timeline(asked.thread, EVENT_LABELS, since=since),
        )
    )


@bp.get("/new/<id:number>")
@allow("reading.ask")
def ask_new(number: int) -> ResponseReturnValue:
    """Whom to ask to read a rule, and by when."""
    rule = found(load_rule(number, g.viewer))
    found(rule.current())
    return page("rules/reading/new.html", rule=rule, form=_form(rule))


def _form(rule: Rule) -> AskForm:
    return PledgeForm(year=clock.today().year) if rule.kind == Kind.PLEDGE else AskForm()


@bp.post("/new/<id:number>")
@allow("reading.ask")
def new(number: int) -> ResponseReturnValue:
    """Ask them: from now on they see it on their desk."""
    rule = found(load_rule(number, g.viewer))
    found(rule.current())
    form = _form(rule)
    if not form.validate_on_submit():
        return page("rules/reading/new.html", status=422, rule=rule, form=form)
    asked = Assignment.issue(rule, form.values(), by=g.viewer)
    flash(_("They are asked: they see it on their desk."), "success")
    return redirect(url_for(".show", id=asked.id), 303)


@bp.route("/quiz/<id:number>/<id:ordinal>", methods=["GET", "POST"])
@allow("reading.ask")
def quiz(number: int, ordinal: int) -> ResponseReturnValue:
    """The quiz on a version: its questions and how many must be right."""
    rule = found(load_rule(number, g.viewer, to_move=sends()))
    version = found(load_version(rule, ordinal, g.viewer))
    quiz = quiz_of(version)
    begin = {"questions": domain.written(quiz.asked()), "pass_mark": quiz.pass_mark} if quiz else {}
    form = QuizForm(**({} if sends() else begin))
    back = url_for("register.version", number=number, ordinal=ordinal)
    row: Quiz | _Shown = quiz or _Shown(0)
    act = lambda: Quiz.set(version, form.read, form.pass_mark.data or 0, by=g.viewer)
    crumbs = ((rule.named[language()], back),)
    return ask(Question(_("Set the quiz"), form, row, back, act, crumbs))
