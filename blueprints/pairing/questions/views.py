"""The pages of questions: asking and following one without signing in; for staff the list, a question, its steps."""

from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.pairing.experts.domain import TRADE_LABELS
from blueprints.pairing.experts.forms import too_many
from blueprints.pairing.questions import queries
from blueprints.pairing.questions.domain import EXPLAINED, LABELS, STANDS, WORKFLOW, State
from blueprints.pairing.questions.forms import AskForm, CodeForm, FilterForm, step_form
from blueprints.pairing.questions.models import Question, QuestionPhoto, by_code, load, of_sending
from core import attachments, codes, limits, places
from core.codes import Opener
from core.extensions import csrf, db
from core.pages import found, page
from core.permissions import allow
from core.questions import Question as Asking
from core.questions import ask, sends
from core.roles import Role
from core.texts import plain

bp = Blueprint("questions", __name__, url_prefix="/questions")

_STEPS = ", ".join(step.action for step in WORKFLOW)
CODES = Opener("question", "question_sent", "pairing/questions/look_up.html", CodeForm, by_code)


def labels() -> dict[str, Any]:
    """The words of every page about questions."""
    return plain({**LABELS, "trade": TRADE_LABELS})


# --- asking --------------------------------------------------------------------------------------------------------


@bp.get("/new")
@allow("public")
def new() -> ResponseReturnValue:
    """An empty question; with `township` in the address, HTMX asks for that township's villages."""
    CODES.begin()
    own = g.viewer.place_code if g.viewer else None
    first = {"township": own[:9], "place": own} if own else {}
    return _ask_page(AskForm(request.args or None, **first))


def _ask_page(form: AskForm, status: int = 200) -> Response:
    form.township.choices = [("", _("Choose")), *places.townships()]
    return page("pairing/questions/new.html", block="village", status=status, form=form, places=places)


@bp.post("/new")
@allow("public")
def send() -> ResponseReturnValue:
    """Take the question in; the same form sent twice is one question with one code."""
    form = AskForm()
    if not form.validate_on_submit():
        return _ask_page(form, 422)
    if wait := limits.one_more_form(request):
        form.form_errors.append(too_many(wait))
        return _ask_page(form, 429)
    asked = form.asked()
    number = CODES.number(asked.fingerprint())
    Question.ask(asked, number, by=g.viewer if g.viewer and g.viewer.role == Role.CONTACT else None)
    CODES.keep(number)
    return redirect(url_for(".code"), 303)


csrf.exempt(send)  # the form checks its own token, so that a late one gives the question back


@bp.get("/code")
@allow("public")
def code() -> ResponseReturnValue:
    """The case number, and the code, shown once."""

    def draw(number: bytes) -> Response | None:
        question = of_sending(number)
        about = {"question": question, **codes.shown(number)}
        return page("pairing/questions/code.html", **about) if question else None

    return CODES.once(draw, "pairing/questions/shown.html")


# --- with the code -------------------------------------------------------------------------------------------------


@bp.get("/status")
@allow("public")
def status() -> ResponseReturnValue:
    """Where the question stands that this browser opened by its code, else the question for the code."""
    question = _held()
    if question is None:
        return CODES.ask()
    return page(
        "pairing/questions/status.html",
        question=question,
        stands=STANDS[State(question.state)],
        photos=_photos(question, ".own_photo"),
        published=queries.published(question),
        labels=labels(),
    )


@bp.post("/status")
@allow("public")
def look_up() -> ResponseReturnValue:
    """Find the question of a code. A right code always works; wrong ones run into the limits."""
    return CODES.look_up(url_for(".status"))


def _held() -> Question | None:
    """The question that this browser has opened by its code, if that is not too long ago."""
    id = CODES.held()
    return db.session.get(Question, id) if id else None


def _photos(question: Question, endpoint: str, **more: Any) -> list[dict[str, Any]]:
    return [
        {"name": each.name, "url": url_for(endpoint, photo=each.id, **more), "size": each.size}
        for each in question.photos
    ]


def _photo(question: Question, id: int) -> Response:
    photo: QuestionPhoto = found(next((each for each in question.photos if each.id == id), None))
    return attachments.send(photo.id, photo.name, photo.kind)


@bp.get("/status/photos/<id:photo>")
@allow("public")
def own_photo(photo: int) -> ResponseReturnValue:
    """A photo of the own question."""
    return _photo(found(_held()), photo)


@bp.post("/leave")
@allow("public")
def leave() -> ResponseReturnValue:
    """Close the question on this device."""
    CODES.close()
    return redirect(url_for("knowledge.listed"), 303)


# --- for staff -----------------------------------------------------------------------------------------------------


@bp.get("/")
@allow("questions.read")
def index() -> ResponseReturnValue:
    """The questions this person may see, the newest first."""
    form = FilterForm(request.args)
    listing = queries.questions(g.viewer, form.wanted(), request.args.get("after", ""))
    return page("pairing/questions/list.html", block="list", form=form, listing=listing, labels=labels())


@bp.get("/<id:id>")
@allow("questions.read")
def show(id: int) -> ResponseReturnValue:
    """A question: what is asked, who answers, what may be done now."""
    question = found(load(id, g.viewer))
    return page(
        "pairing/questions/question.html",
        question=question,
        photos=_photos(question, ".photo", id=id),
        published=queries.published(question),
        steps=question.steps(g.viewer),
        timeline=queries.timeline(question),
        labels=labels(),
    )


@bp.get("/<id:id>/photos/<id:photo>")
@allow("questions.read")
def photo(id: int, photo: int) -> ResponseReturnValue:
    """A photo of a question."""
    return _photo(found(load(id, g.viewer)), photo)


@bp.route(f"/<id:id>/<any({_STEPS}):action>", methods=["GET", "POST"])
@allow("questions.work")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of a question; the table decides."""
    question = found(load(id, g.viewer, to_move=sends()))
    step, back = WORKFLOW.step(action), url_for(".show", id=id)
    form = step_form(step.asks, question)
    return ask(
        Asking(
            step.label,
            form,
            question,
            back,
            lambda: question.move(action, form.data, by=g.viewer),
            crumbs=((_("Farmers' questions"), url_for(".index")), (question.number, back)),
            open=step in question.steps(g.viewer),
            told=question.text,
            explained=EXPLAINED.get(action, ""),
            changes=lambda since: queries.timeline(question, since=since),
        )
    )
