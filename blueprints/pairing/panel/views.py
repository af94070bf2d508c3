"""The pages of a panel: what I have to score, a score, a tie; once it is closed the ranking and who gave what."""

from dataclasses import dataclass

from flask import Blueprint, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.pairing.households.models import load as load_household
from blueprints.pairing.panel import queries
from blueprints.pairing.panel.domain import shown
from blueprints.pairing.panel.forms import NoteTieForm, TieForm, score_form
from blueprints.pairing.panel.models import Score, Tie, load_on_panel, load_scorable, own
from blueprints.pairing.rounds.models import Round, load
from core.pages import found, page
from core.permissions import allow
from core.questions import Question, ask, sends
from core.tables import Sheet, send_xlsx, write_xlsx

bp = Blueprint("panel", __name__, url_prefix="/panel")


@dataclass
class _Blank:
    """A score that is not there yet."""

    version: int = 0


@bp.get("/")
@allow("panel.score")
def mine() -> ResponseReturnValue:
    """The households that I score now, and those that I do not, for a tie."""
    return page("pairing/panel/mine.html", tasks=queries.tasks(g.viewer), tied=queries.tied_away(g.viewer))


@bp.route("/<id:id>/score", methods=["GET", "POST"])
@allow("panel.score")
def score(id: int) -> ResponseReturnValue:
    """Points for each criterion; they can be changed until the panel is closed, and nobody else reads them before."""
    household = found(load_scorable(id, g.viewer, to_move=sends()))
    given = own(household, g.viewer)
    form = score_form(household.round.criteria, given.points if given else None)
    return ask(
        Question(
            _("Score the household"),
            form,
            given or _Blank(),
            url_for(".mine"),
            lambda: Score.give(household, form.points(), by=g.viewer),
            ((_("My scores"), url_for(".mine")),),
            template="pairing/panel/score.html",
            about={"household": household, "photos": household.photos()},
        )
    )


@bp.route("/<id:id>/tie", methods=["GET", "POST"])
@allow("panel.score")
def tie(id: int) -> ResponseReturnValue:
    """I have a tie to this household: I do not score it."""
    household, form = found(load_on_panel(id, g.viewer, to_move=sends())), TieForm()
    return ask(
        Question(
            _("I have a tie to this household"),
            form,
            household,
            url_for(".mine"),
            lambda: Tie.note(household, g.viewer.id, form.why.data or "", by=g.viewer),
            ((_("My scores"), url_for(".mine")),),
            told=_("%(name)s, %(village)s", name=household.name, village=household.place.full_name),
        )
    )


@bp.route("/<id:id>/note-tie", methods=["GET", "POST"])
@allow("rounds.manage")
def note_tie(id: int) -> ResponseReturnValue:
    """The office notes that a member has a tie to this household."""
    household = found(load_household(id, g.viewer, to_move=sends()))
    form, back = NoteTieForm(), url_for("households.show", id=id)
    form.fill(household.round)
    return ask(
        Question(
            _("Note a tie of a member"),
            form,
            household,
            back,
            lambda: Tie.note(household, int(form.member.data), form.why.data or "", by=g.viewer),
            ((_("Households"), url_for("households.listed")), (household.name, back)),
        )
    )


# --- once the panel is closed --------------------------------------------------------------------------------------


def _closed(id: int) -> Round:
    row = found(load(id, g.viewer))
    return found(row if queries.reads_ranking(g.viewer, row) else None)


@bp.get("/rounds/<id:id>")
@allow("rounds.read")
def ranking(id: int) -> ResponseReturnValue:
    """The households by their medians."""
    row = _closed(id)
    return page("pairing/panel/ranking.html", round=row, lines=queries.ranking(row, g.viewer), shown=shown)


@bp.get("/rounds/<id:id>/ranking.xlsx")
@allow("rounds.read")
def workbook(id: int) -> ResponseReturnValue:
    """The same as Excel, without telephone numbers."""
    row = _closed(id)
    heads = [_("Rank"), _("Head of household"), _("Village"), _("What they do")]
    heads += [_("Median"), _("Lowest"), _("Highest"), _("Scorers")]
    lines = [
        (
            each.placed.rank,
            each.household.name,
            each.household.place.full_name,
            each.household.what,
            *(("", "", "", "") if each.tied else each.placed.spread),
        )
        for each in queries.ranking(row, g.viewer)
    ]
    return send_xlsx(write_xlsx(Sheet(_("Ranking"), heads, lines)), f"{_('Ranking')}-{row.year}")


@bp.get("/<id:id>/scores")
@allow("rounds.read")
def scores(id: int) -> ResponseReturnValue:
    """Who gave a household what, for those without a tie to it."""
    household, given = found(queries.given(id, g.viewer))
    return page("pairing/panel/scores.html", household=household, given=given)
