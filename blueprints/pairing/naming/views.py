"""The pages of a round: for the office with every step; for everybody who may enter, the list, the results."""

from typing import Any

from flask import Blueprint, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from blueprints.pairing.households import queries as households
from blueprints.pairing.households.domain import LABELS as HOUSEHOLD_LABELS
from blueprints.pairing.naming.models import advance, missing, steps
from blueprints.pairing.objections.models import listed
from blueprints.pairing.objections.queries import to_answer
from blueprints.pairing.panel.queries import reads_ranking, ties
from blueprints.pairing.rounds import queries
from blueprints.pairing.rounds.domain import EXPLAINED, LABELS, SHOWN, WHOLE, WORKFLOW
from blueprints.pairing.rounds.forms import SettleForm, answers, step_form
from blueprints.pairing.rounds.models import Round, load, public
from core import attachments
from core.pages import found, page
from core.permissions import allow
from core.questions import Question, ask, sends
from core.roles import Role
from core.texts import plain
from core.workflow import NotPossible

bp = Blueprint("naming", __name__, url_prefix="/demonstration")

_STEPS = ", ".join(step.action for step in WORKFLOW)


def labels() -> dict[str, Any]:
    """The words of every page about a round and its households."""
    return plain({**LABELS, "household": HOUSEHOLD_LABELS["state"], "origin": HOUSEHOLD_LABELS["origin"]})


# --- for everybody -------------------------------------------------------------------------------------------------


@bp.get("/")
@allow("public")
def index() -> ResponseReturnValue:
    """Where a household can be nominated now, which lists are on notice, who was named."""
    return page("pairing/naming/index.html", taking=queries.taking(), shown=queries.shown(), labels=labels())


@bp.get("/<id:id>")
@allow("public")
def notice(id: int) -> ResponseReturnValue:
    """A round for everybody: who may enter and what counts; the list on notice; who was named."""
    row = found(public(id))
    there = listed(row) if row.state in SHOWN else []
    photos = households.public_photos(there)
    return page(
        "pairing/naming/notice.html",
        round=row,
        households=[
            (each, [url_for(".photo", id=each.id, photo=of) for of in photos.get(each.id, ())]) for each in there
        ],
        labels=labels(),
    )


@bp.get("/photos/<id:id>/files/<id:photo>")
@allow("public")
def photo(id: int, photo: int) -> ResponseReturnValue:
    """A photo of a household on the list, if it agreed that everybody sees it."""
    row = found(found(households.shown(id)).photo(photo))
    return attachments.send(row.id, row.name, row.kind)


# --- for the office ------------------------------------------------------------------------------------------------


@bp.get("/rounds/<id:id>")
@allow("rounds.read")
def round(id: int) -> ResponseReturnValue:
    """A round: what was agreed, its panel, its households, what is missing, what may be done now."""
    row = found(load(id, g.viewer))
    lacks, office = missing(row), g.viewer.role in (Role.CLERK, Role.LEADER)
    return page(
        "pairing/naming/round.html",
        round=row,
        members=row.members(),
        member=queries.is_member(g.viewer, row),
        households=households.of_round(row, g.viewer),
        lacks=lacks,
        office=office,
        ties=ties(row) if office else [],
        unanswered=to_answer(g.viewer, row) if office else 0,
        steps=steps(row, g.viewer, lacks),
        ranked=reads_ranking(g.viewer, row),
        whole=WHOLE,
        timeline=queries.timeline(row),
        labels=labels(),
    )


@bp.route(f"/rounds/<id:id>/<any({_STEPS}):action>", methods=["GET", "POST"])
@allow("rounds.manage")
def move(id: int, action: str) -> ResponseReturnValue:
    """Every button of a round; the table decides, and what its households lack."""
    row = found(load(id, g.viewer, to_move=sends()))
    lacks, step, back = missing(row), WORKFLOW.step(action), url_for(".round", id=id)
    form = step_form(step.asks, row)
    if isinstance(form, SettleForm):
        form.picked.choices = [(str(each.household.id), _line(each.household)) for each in lacks.equal]

    def refused(why: NotPossible) -> Any:
        if str(why) == "settle":
            return ngettext(
                "Please choose just %(num)s household.", "Please choose just %(num)s households.", lacks.left
            )
        return _("This step is not open now.")

    return ask(
        Question(
            step.label,
            form,
            row,
            back,
            lambda: advance(row, action, answers(form), by=g.viewer),
            ((_("Selection rounds"), url_for("rounds.listed")), (row.title, back)),
            open=step in steps(row, g.viewer, lacks),
            told=_settle_told(row, lacks) if action == "settle" else "",
            explained=EXPLAINED.get(action, ""),
            changes=lambda since: queries.timeline(row, since=since),
            refused=refused,
            template="pairing/rounds/step.html",
        )
    )


def _line(household: Any) -> str:
    return f"{household.name}（{household.place.full_name}）"


def _settle_told(row: Round, lacks: Any) -> str:
    words: str = ngettext(
        "These households have equal medians, and %(num)s place is left for them.",
        "These households have equal medians, and %(num)s places are left for them.",
        lacks.left,
    )
    return words
