"""The docket's pages: the queue, a case, its steps, its files and papers."""

from typing import Any

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

import rooms
from blueprints.petitions.casefile.domain import INSIDE
from blueprints.petitions.casefile.models import CaseFile, Paper
from blueprints.petitions.docket import queries
from blueprints.petitions.docket.domain import EXPLAINED, INSIDE_CLOCKS, LABELS, STAFF, TERMS, WORKFLOW
from blueprints.petitions.docket.forms import (
    REFUSED,
    STEP_FORMS,
    AnswerForm,
    FilterForm,
    IdentityForm,
    MessageForm,
    offer,
)
from blueprints.petitions.docket.models import Petition, load
from blueprints.petitions.phrasebook.models import usable
from core import attachments, papers
from core.desk import read
from core.forms import ChangeForm
from core.pages import found, language, note, page
from core.permissions import allow, may
from core.questions import Question, ask, sends
from core.sheets import to_read
from core.texts import plain
from core.workflow import Step

bp = Blueprint("docket", __name__, url_prefix="/petitions")
ACTIONS = ", ".join(step.action for step in WORKFLOW)


@bp.get("/")
@allow("petitions.read")
def queue() -> ResponseReturnValue:
    """The matters this person may see, the most urgent first."""
    form = FilterForm(request.args)
    if g.viewer.role not in STAFF:
        del form.unread  # what the petitioner writes to the office is no business of who filed the letter
    wanted = form.wanted()
    listing = queries.queue(g.viewer, wanted, request.args.get("after", ""))
    answer = page("petitions/docket/queue.html", block="list", form=form, listing=listing, labels=plain(LABELS))
    return note(answer, queue=wanted.in_short())


@bp.get("/<id:id>")
@allow("petitions.read")
def show(id: int) -> ResponseReturnValue:
    """A case: facts, what happened, papers, messages, and the steps open to this person now."""
    petition = found(load(id, g.viewer))
    inside = g.viewer.role in STAFF
    held = CaseFile(petition.id)
    answer = page(
        "petitions/docket/case.html",
        petition=petition,
        inside=inside,
        terms=TERMS,
        clocks=[each for each in held.clocks if inside or each.name not in INSIDE_CLOCKS],
        parts=held.parts if inside else [],
        speakers=petition.speakers if inside else 0,
        may_represent=may(g.viewer, "petitions.register") and petition.open,
        joined=queries.joined(petition, g.viewer) if inside else [],
        concerns=petition.concerns(),
        files=[
            {"name": each.name, "url": url_for(".file", id=petition.id, file=each.id), "size": each.size}
            for each in petition.files()
            if inside or each.message_id is None
        ],
        papers=[each for each in held.papers if inside or each.kind not in INSIDE],
        timeline=queries.timeline(petition, inside=inside),
        steps=petition.steps(g.viewer, held) if inside else [],
        keys_of=WORKFLOW.keys,
        place_name=petition.place_name,
        labels=plain(LABELS),
        **_of_rooms(petition.id),
    )
    if request.cookies.get("case", "").rpartition(".")[2] == str(id):
        return answer
    due_on = petition.due_on if inside else None  # no list of a contact comes by the day
    return note(answer, case=f"{due_on or ''}.{id}")  # its place in the queue, whatever a step does to it


def _of_rooms(id: int) -> dict[str, Any]:
    """What other rooms add to a case, which mostly is nothing."""
    added = {name: each for room in rooms.cases() for name, each in room(id, g.viewer).items()}
    return dict(zip(added, read(added.values(), petition=id), strict=True))


@bp.route(f"/<id:id>/<any({ACTIONS}):action>", methods=["GET", "POST"])
@allow("petitions.move")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of the procedure: what it asks for, then the step; the table decides."""
    petition = found(load(id, g.viewer, to_move=sends()))
    step, form = WORKFLOW.step(action), _form(petition, action)
    back = url_for(".show", id=id)
    question = Question(
        step.label,
        form,
        petition,
        back,
        lambda: petition.move(action, form.data, by=g.viewer),
        crumbs=((_("Queue"), url_for(".queue")), (petition.subject, back)),
        open=step in petition.steps(g.viewer),
        explained=EXPLAINED.get(action, ""),
        changes=lambda since: queries.timeline(petition, inside=True, since=since),
        refused=lambda _why: REFUSED.get(action, _("This step is not open now.")),
        template="petitions/docket/step.html",
        about=_beside(petition, step),
    )
    if question.current and _goes_on(petition, form):
        return question.draw()
    answer = ask(question)
    if answer.status_code == 303 and load(id, g.viewer) is None:  # not seen any more after having withdrawn
        return redirect(url_for(".queue"), 303)
    return answer


def _beside(petition: Petition, step: Step) -> dict[str, Any]:
    """What stands beside the questions of a step."""
    return {
        "petition": petition,
        "step": step,
        "alike": queries.same_matter(petition, g.viewer) if step.action in ("register", "merge") else (),
        "parts": petition.parts() if step.action == "answer" else (),
        "others": step.action in ("answer", "sign") and any(petition.joined()),
    }


def _goes_on(petition: Petition, form: ChangeForm) -> bool:
    """Whether only the form changes: one more request, or a text from the phrasebook."""
    if "more" in request.form and isinstance(form, AnswerForm):
        form.one_more()
        return True
    if "insert" in request.form and isinstance(form, AnswerForm | MessageForm):
        if phrase := usable(g.viewer, request.form.get("phrase", "")):
            form.insert(phrase.filled(petition.fields()))
        return True
    return False


def _form(petition: Petition, action: str) -> ChangeForm:
    step = WORKFLOW.step(action)
    form = STEP_FORMS[step.asks](**petition.suggested(action))
    offer(form, petition, step, g.viewer)
    return form


@bp.get("/<id:id>/identity")
@allow("petitions.identity")
def ask_identity(id: int) -> ResponseReturnValue:
    """Who wrote is behind a reason."""
    return _identity_page(found(load(id, g.viewer)), IdentityForm())


def _identity_page(petition: Petition, form: IdentityForm, status: int = 200, *, opened: bool = False) -> Response:
    identity = petition.identity if opened else None
    about: dict[str, Any] = {"petition": petition, "form": form, "identity": identity}
    return page("petitions/docket/identity.html", status=status, papers=petition.papers(inside=False), **about)


@bp.post("/<id:id>/identity")
@allow("petitions.identity")
def open_identity(id: int) -> ResponseReturnValue:
    """Write the opening down, then show the identity: on this answer alone, on no page that can be loaded again."""
    petition = found(load(id, g.viewer, to_move=True))
    form = IdentityForm()
    if petition.anonymous:
        abort(404)
    if not form.validate_on_submit():
        return _identity_page(petition, form, 422)
    row = found(petition.paper_of(int(form.paper.data))) if form.paper.data else None
    petition.open_identity(form.reason.data or "", by=g.viewer, paper=row.id if row else None)
    if row is not None:
        return papers.send(row.sheets, language(), row.number, petition.addressee)
    return _identity_page(petition, form, opened=True)


@bp.get("/<id:id>/files/<id:file>")
@allow("petitions.read")
def file(id: int, file: int) -> ResponseReturnValue:
    """A file of a case, as a download."""
    row = found(found(load(id, g.viewer)).file_of(file))
    if row.message_id is not None and g.viewer.role not in STAFF:
        abort(404)  # it came after the letter, from the petitioner to the office alone
    return attachments.send(row.id, row.name, row.kind)


@bp.get("/<id:id>/papers/<id:paper>")
@allow("petitions.read")
def paper(id: int, paper: int) -> ResponseReturnValue:
    """A paper as it was issued, to read or print."""
    petition = found(load(id, g.viewer))
    row = _paper(petition, paper)
    return page("petitions/docket/paper.html", petition=petition, paper=row, sheet=to_read(row.sheets, language()))


def _paper(petition: Petition, id: int) -> Paper:
    """One of its papers; what passes between the office and a unit is not for the contact who filed it."""
    return found(petition.paper_of(id, inside=g.viewer.role in STAFF))


@bp.get("/<id:id>/papers/<id:paper>.pdf")
@allow("petitions.read")
def paper_pdf(id: int, paper: int) -> ResponseReturnValue:
    """The same paper as a PDF."""
    row = _paper(found(load(id, g.viewer)), paper)
    return papers.send(row.sheets, language(), row.number)
