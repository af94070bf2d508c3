"""The form of a score, one number for each criterion, and of a tie."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, NumberRange

from blueprints.pairing.panel.domain import MOST
from blueprints.pairing.rounds.domain import Criterion
from blueprints.pairing.rounds.models import Round
from core.forms import ChangeForm, NumberField, SelectField, chosen, text


class ScoreForm(ChangeForm):
    """Points for each criterion of a round; its fields are made for that round."""

    def points(self) -> list[int]:
        """The points in the order of the criteria, after validation."""
        return [each.data or 0 for each in self if isinstance(each, NumberField)]


def score_form(criteria: list[Criterion], given: list[int] | None) -> ScoreForm:
    """The form of a round's criteria, with what was given before."""

    class Own(ScoreForm):
        pass

    words = _l("From %(least)d to %(most)d, please.", least=0, most=MOST)
    for nth, each in enumerate(criteria):
        label = _("%(name)s (weight %(weight)d%%)", name=each.name, weight=each.weight)
        checks = [InputRequired(_l("Please give a number.")), NumberRange(0, MOST, words)]
        setattr(Own, f"points{nth}", NumberField(label, checks, description=each.meaning))
    return Own(**{f"points{nth}": each for nth, each in enumerate(given or ())})


class TieForm(ChangeForm):
    """The own tie to a household."""

    why = text(_l("What ties you to this household?"), 500)


class NoteTieForm(ChangeForm):
    """A tie of a member, as the office came to know of it."""

    member = SelectField(_l("Member of the panel"), [chosen()])
    why = text(_l("What ties them to this household?"), 500)

    def fill(self, of: Round) -> None:
        """The members of the panel."""
        members = [(str(each.user_id), each.user.name) for each in of.members()]
        self.member.choices = [("", _("Choose")), *members]
