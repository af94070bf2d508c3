"""The forms of the register: an entry, an evaluation sheet, why a contact is opened, what the list is narrowed to."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, Form, RadioField
from wtforms.validators import ValidationError

from blueprints.pairing.experts.domain import TRADE_LABELS, Trade
from blueprints.pairing.experts.forms import trades
from blueprints.pairing.talents.domain import (
    CONSENT_LABELS,
    GRADE_LABELS,
    HOLDS_LABELS,
    MARK_LABELS,
    POINT_LABELS,
    STATE_LABELS,
    Consent,
    Grade,
    Point,
)
from blueprints.pairing.talents.models import Entry, SheetGiven, Talent
from blueprints.pairing.talents.queries import Filter
from blueprints.petitions.letterbox.forms import PlaceField
from core import clock, places
from core.forms import ChangeForm, SelectField, VillageField, chosen, day, line, options, text
from core.texts import plain


def past(_form: Form, field: Field) -> None:
    """Not tomorrow."""
    if field.data and field.data > clock.today():
        raise ValidationError(_("The date lies in the future."))


class EntryForm(ChangeForm):
    """Somebody who agreed to stand in the register."""

    name = line(_l("Name"), 60)
    contact = line(_l("Telephone or other way to be reached"), 100)
    trade = SelectField(_l("Trade"), [chosen()], choices=trades)
    township = SelectField(_l("Township or street"), validate_choice=False, choices=[])
    place = PlaceField(_l("Village or community"))
    skill = text(_l("What they can do, and what came of it"), 2000)
    consent = RadioField(_l("How was the consent given?"), [chosen()], choices=options(CONSENT_LABELS))
    consent_on = day(_l("Consent given on"))
    agreed = BooleanField(_l("The person agreed to stand in the register, to be evaluated and to be asked"))

    validate_consent_on = past

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.township.choices = [("", _("Choose")), *places.townships()]

    def validate_place(self, field: Any) -> None:
        """A village, not a whole township."""
        if field.place and field.place.level != "village":
            raise ValidationError(_("Please choose the village or community."))

    def validate_agreed(self, field: Field) -> None:
        """Nobody stands here who did not agree."""
        if not field.data:
            raise ValidationError(_("Without the person's consent they are not entered."))

    kept = ""  # the contact that stands there already

    @classmethod
    def about(cls, talent: Talent) -> "EntryForm":
        """The form with what the entry says, but for the contact: that is opened with a reason, or stays as it is."""
        form = ChangeEntryForm(
            name=talent.name,
            trade=talent.trade,
            township=talent.place_code[:9],
            place=talent.place_code,
            skill=talent.skill,
            consent=talent.consent,
            consent_on=talent.consent_on,
            agreed=True,
        )
        form.kept = talent.contact or ""
        return form

    def entry(self) -> Entry:
        """The entry, after validation."""
        assert self.place.place is not None
        assert self.consent_on.data is not None
        return Entry(
            trade=Trade(self.trade.data),
            place_code=self.place.place.code,
            name=self.name.data or "",
            contact=self.contact.data or self.kept,
            skill=self.skill.data or "",
            consent=Consent(self.consent.data),
            consent_on=self.consent_on.data,
        )


class ChangeEntryForm(EntryForm):
    """The same for somebody who stands there already."""

    contact = line(
        _l("New telephone or other way to be reached"),
        100,
        needed=False,
        description=_l("Leave this empty to keep the one that stands there."),
    )


class SheetForm(ChangeForm):
    """An evaluation sheet: each point, the grade, what it rests on."""

    on = day(_l("Day of the evaluation"))
    skill = RadioField(POINT_LABELS[Point.SKILL], [chosen()], choices=options(MARK_LABELS))
    result = RadioField(POINT_LABELS[Point.RESULT], [chosen()], choices=options(MARK_LABELS))
    teaching = RadioField(POINT_LABELS[Point.TEACHING], [chosen()], choices=options(MARK_LABELS))
    standing = RadioField(POINT_LABELS[Point.STANDING], [chosen()], choices=options(MARK_LABELS))
    grade = RadioField(_l("Grade"), [chosen()], choices=options(GRADE_LABELS))
    text = text(_l("What the evaluation rests on"), 3000)

    consented_on: Any = None

    def validate_on(self, field: Field) -> None:
        """Neither tomorrow, nor before the person agreed."""
        past(self, field)
        if field.data and self.consented_on and field.data < self.consented_on:
            raise ValidationError(_("On that day the person had not agreed yet."))

    def sheet(self) -> SheetGiven:
        """The sheet, after validation."""
        assert self.on.data is not None
        marks = {str(each): str(self[each].data) for each in Point}
        return SheetGiven(Grade(self.grade.data), marks, self.text.data or "", self.on.data)


class WithdrawForm(ChangeForm):
    """That the person said so; what they said is not kept, since everything about them goes."""

    told = BooleanField(
        _l("The person said so, or wrote it. Name, contact, evaluations and texts are erased; this cannot be undone")
    )

    def validate_told(self, field: Field) -> None:
        """Not by a slip."""
        if not field.data:
            raise ValidationError(_("Please confirm that the person withdrew the consent."))


def step_form(asks: str | None, talent: Talent) -> ChangeForm:
    """The form of a step, with what the entry says where it begins with that."""
    if asks == "entry":
        return EntryForm.about(talent)
    if asks == "sheet":
        form = SheetForm(on=clock.today())
        form.consented_on = talent.consent_on
        return form
    return WithdrawForm()


def values(form: ChangeForm) -> dict[str, Any]:
    """What the verb of a step takes, after validation."""
    if isinstance(form, EntryForm):
        return {"entry": form.entry()}
    return {"sheet": form.sheet()} if isinstance(form, SheetForm) else {}


class FilterForm(Form):
    """What the list is narrowed to; it stays in the URL."""

    trade = SelectField(_l("Trade"), default="")
    township = SelectField(_l("Township or street"), default="")
    grade = SelectField(_l("Grade"), default="")
    holds = SelectField(_l("State of the grade"), default="")
    state = SelectField(_l("State"), default="")
    village = VillageField()

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        every = ("", _("All"))
        self.trade.choices = [every, *plain(TRADE_LABELS).items()]
        self.township.choices = [every, *places.townships()]
        self.grade.choices = [every, *plain(GRADE_LABELS).items()]
        self.holds.choices = [every, *plain(HOLDS_LABELS).items()]
        self.state.choices = [(value, label) for value, label in plain(STATE_LABELS).items()]

    def wanted(self) -> Filter:
        """The filter; what is not one of the choices narrows nothing."""
        self.validate()
        names = ("trade", "township", "grade", "holds", "state", "village")
        words = {name: "" if self[name].errors else self[name].data or "" for name in names}
        return Filter(**words)
