"""The form of a round: its days, its criteria with their weights, its panel."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, FieldList, Form, FormField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from blueprints.pairing.rounds.domain import Criterion, fit
from blueprints.pairing.rounds.models import Plan, Round, can_score
from core import clock
from core.forms import Boxes, ChangeForm, ConfirmForm, NumberField, ReasonForm, chosen, day, line, text
from core.texts import of_forms

MOST_CRITERIA = 8
MOST_PLACES = 200


def _number(label: Any, least: int, most: int, **more: Any) -> NumberField:
    bounds = NumberRange(least, most, _l("From %(least)d to %(most)d, please.", least=least, most=most))
    return NumberField(label, [InputRequired(_l("Please give a number.")), bounds], **more)


class CriterionForm(Form):
    """One criterion; a row without a name is none."""

    class Meta(Form.Meta):  # type: ignore[misc]
        """What WTForms says, in the language of the page."""

        def get_translations(self, form: Any) -> Any:
            """Those that are kept."""
            return of_forms()

    name = line(_l("Criterion"), 40, needed=False)
    meaning = line(_l("What it means"), 200, needed=False)
    weight = line(_l("Weight in percent"), 3, needed=False)

    def validate_weight(self, field: Field) -> None:
        """A whole number, where there is a criterion."""
        typed = field.data or ""
        if self.name.data and not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= 100):
            raise ValidationError(_("Please give a whole number from 1 to 100."))
        if typed and not self.name.data:
            raise ValidationError(_("Please name the criterion."))

    def criterion(self) -> Criterion | None:
        """The criterion, after validation."""
        if not self.name.data:
            return None
        return Criterion(self.name.data, self.meaning.data or "", int(self.weight.data or 0))


class MembersForm(ChangeForm):
    """Who is on the panel."""

    members = Boxes(_l("Members of the panel"), [InputRequired(_l("Please choose at least three."))])

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.members.choices = [(str(id), name) for id, name in can_score()]

    def validate_members(self, field: Field) -> None:
        """An uneven number, so that a median is somebody's own."""
        if not fit(field.data or ()):
            raise ValidationError(_("A panel has at least three members, and an uneven number of them."))

    def chosen(self) -> list[int]:
        """Their ids, after validation."""
        return [int(each) for each in self.members.data or ()]


class PanelForm(MembersForm):
    """The panel of a round that is open, and why it changes."""

    reason = text(_l("Reason"), 2000)


class RoundForm(MembersForm):
    """A round: who may enter, until when, held against what, by whom."""

    title = line(_l("Title"), 100)
    year = _number(_l("Year"), 2020, 2100)
    entry = text(_l("Who may enter"), 2000)
    from_on = day(_l("Nominations from"))
    until_on = day(_l("Nominations until"))
    places = _number(_l("How many are named at most"), 1, MOST_PLACES)
    criteria = FieldList(FormField(CriterionForm), min_entries=MOST_CRITERIA, max_entries=MOST_CRITERIA)

    def validate_until_on(self, field: Field) -> None:
        """Not over before it begins, nor before today."""
        if field.data and self.from_on.data and field.data < self.from_on.data:
            raise ValidationError(_("It ends before it begins."))
        if field.data and field.data < clock.today():
            raise ValidationError(_("This day has passed."))

    def validate_criteria(self, field: "FieldList[Any]") -> None:
        """There is at least one, and none twice; that they add up to 100 is asked when the round is opened."""
        names = [each.form.name.data for each in field.entries if each.form.name.data]
        if not names:
            raise ValidationError(_("Please name at least one criterion."))
        if len(set(names)) < len(names):
            raise ValidationError(_("One criterion stands there twice."))

    @classmethod
    def of(cls, row: Round) -> "RoundForm":
        """The form with what the round says."""
        plain = {name: getattr(row, name) for name in ("title", "year", "entry", "from_on", "until_on", "places")}
        members = [str(each.user_id) for each in row.members()]
        criteria = [{**each._asdict(), "weight": str(each.weight)} for each in row.criteria]
        return cls(**plain, members=members, criteria=criteria)

    def plan(self) -> Plan:
        """The round, after validation."""
        found = [each.form.criterion() for each in self.criteria.entries]
        assert self.from_on.data is not None
        assert self.until_on.data is not None
        return Plan(
            title=self.title.data or "",
            year=self.year.data or 0,
            entry=self.entry.data or "",
            from_on=self.from_on.data,
            until_on=self.until_on.data,
            places=self.places.data or 1,
            criteria=[each for each in found if each is not None],
            members=self.chosen(),
        )


class SettleForm(ReasonForm):
    """Which of the households with equal medians are on the list, and why."""

    picked = Boxes(_l("Which of them are on the list?"), [chosen()])


def step_form(asks: str | None, row: Round) -> ChangeForm:
    """The form of a step, with what the round says where it begins with that."""
    match asks:
        case "round":
            return RoundForm.of(row)
        case "members":
            return PanelForm(members=[str(each.user_id) for each in row.members()])
        case "reason":
            return ReasonForm()
        case "settle":
            return SettleForm()
    return ConfirmForm()


def answers(form: ChangeForm) -> dict[str, Any]:
    """What was answered, after validation."""
    if isinstance(form, RoundForm):
        return {"plan": form.plan()}
    return {**form.data, "members": form.chosen()} if isinstance(form, PanelForm) else dict(form.data)
